package sqlstore

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// Tests that need several processes, or one that can be killed, run this test binary again; what it does then is named by childEnv.
const childEnv = "GATECARD_SQLSTORE_CHILD"

func TestMain(m *testing.M) {
	do, ok := map[string]func(context.Context, *Store, []string) error{"write": writeForever, "once": writeOnce, "race": raceRounds, "stop": stopUnderLease}[os.Getenv(childEnv)]
	if !ok {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	s, err := Open(ctx, os.Args[1], options())
	if err == nil {
		err = do(ctx, s, os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child is this binary, doing something to the registry at path.
func child(t *testing.T, do, path string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe, append([]string{path}, args...)...)
	c.Env = append(os.Environ(), childEnv+"="+do)
	c.Stderr = os.Stderr
	return c
}

// ack tells the parent that something is done: it must never be lost from now on.
func ack(what string, v evidence.Version, d evidence.Digest) {
	fmt.Printf("%s\t%s\t%s\t%s\n", what, v.Model, v.Number, d) // one write to a pipe: whole or not there
}

// writeForever registers, attaches, attests and promotes until it is killed.
func writeForever(ctx context.Context, s *Store, args []string) error {
	for i := 0; ; i++ {
		if err := write(ctx, s, args[0], fmt.Sprintf("weights %d of %d", i, os.Getpid())); err != nil {
			return err
		}
	}
}

func writeOnce(ctx context.Context, s *Store, args []string) error {
	return write(ctx, s, args[0], "weights")
}

func write(ctx context.Context, s *Store, model, text string) error {
	w, err := registrytest.NewWorld(ctx, stored(s), model)
	if err != nil {
		return err
	}
	v, err := w.Register(ctx, text)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	ack("version", v, v.Manifest.Digest())
	report := registrytest.Blob("report.json", "report of "+v.String())
	if err := s.Attach(ctx, v, report); err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	ack("attachment", v, report.SHA256)
	b, err := w.Attest(ctx, v)
	if err != nil {
		return fmt.Errorf("attest: %w", err)
	}
	ack("evidence", v, b.Envelope.Digest())
	d, err := w.Promote(ctx, v, registry.Production)
	if err != nil || !d.Allowed() {
		return fmt.Errorf("promote: %+v, %w", d, err)
	}
	ack("promoted", v, b.Envelope.Digest())
	return nil
}

// gate is a store whose Begins wait for each other, and then for a word from the parent.
type gate struct {
	*Store
	begun *sync.WaitGroup
	open  chan struct{}
	first *sync.Map
}

func (g gate) Begin(ctx context.Context, r registry.Request) (registry.Lease, error) {
	l, err := g.Store.Begin(ctx, r)
	if _, again := g.first.LoadOrStore(r.Version.Number, true); !again {
		g.begun.Done()
		<-g.open
	}
	return l, err
}

// raceRounds promotes versions from..to of a model to a target named by the parent, all at once, and says which won.
func raceRounds(ctx context.Context, s *Store, args []string) error {
	from, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	to, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	fmt.Println("ready")
	for lines.Scan() {
		g := gate{s, &sync.WaitGroup{}, make(chan struct{}), &sync.Map{}}
		g.begun.Add(to - from)
		w := registrytest.World{Store: &registry.Store{Registry: &g, Ledger: &g}, Model: args[0]}
		results := make(chan string)
		for n := from; n < to; n++ {
			number, target := strconv.Itoa(n), evidence.Target(lines.Text())
			go func() {
				result := raceOne(ctx, w, number, target)
				if _, began := g.first.LoadOrStore(number, true); !began { // it failed before: nobody is to wait for it
					g.begun.Done()
				}
				results <- result
			}()
		}
		g.begun.Wait()
		fmt.Println("begun")
		lines.Scan() // all processes have begun
		close(g.open)
		for range to - from {
			fmt.Println(<-results)
		}
	}
	return lines.Err()
}

func raceOne(ctx context.Context, w registrytest.World, number string, target evidence.Target) string {
	v, err := w.Store.Version(ctx, w.Model, number)
	if err != nil {
		return err.Error()
	}
	r := w.Request(v, target)
	r.Requires.Open, r.Requires.Requires = false, []string{"gates"}
	d, err := registry.Promote(ctx, w.Store, r, registrytest.Now(v))
	switch {
	case err != nil:
		return "lost " + err.Error()
	case !d.Allowed():
		return fmt.Sprintf("refused %v", d.Unmet)
	}
	return "won " + number
}

// stopUnderLease begins a promotion, says so, and does nothing more.
func stopUnderLease(ctx context.Context, s *Store, args []string) error {
	v, err := s.Version(ctx, args[0], "1")
	if err != nil {
		return err
	}
	w := registrytest.World{Store: stored(s), Model: args[0]}
	if _, err := s.Begin(ctx, w.Request(v, registry.Production)); err != nil {
		return err
	}
	fmt.Println("begun")
	select {}
}
