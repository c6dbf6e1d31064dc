package sqlstore

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

const (
	processes = 4
	each      = 16
)

// TestProcessesRace has 4 processes with 16 goroutines each promote 64 versions to one target at once: P5.
func TestProcessesRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	for i := range processes * each {
		v, err := w.Register(t.Context(), strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Attest(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	var racers []*racer
	for i := range processes {
		racers = append(racers, newRacer(t, child(t, "race", path, "m", strconv.Itoa(i*each+1), strconv.Itoa((i+1)*each+1))))
	}
	raceRound := inShort(raceRound)
	for round := range raceRound {
		target := evidence.Target(fmt.Sprintf("@round-%d", round))
		if round == 0 {
			target = registry.Production
		}
		for _, r := range racers {
			r.say(t, string(target))
		}
		for _, r := range racers {
			if got := r.hear(t); got != "begun" {
				t.Fatalf("round %d: %s", round, got)
			}
		}
		for _, r := range racers {
			r.say(t, "go")
		}
		var won []string
		for _, r := range racers {
			for range each {
				switch got := r.hear(t); {
				case strings.HasPrefix(got, "won "):
					won = append(won, got[4:])
				case !strings.HasPrefix(got, "lost ") || strings.Contains(got, "SQLITE_BUSY") || strings.Contains(got, "locked"):
					t.Errorf("round %d: %s", round, got)
				}
			}
		}
		holders, err := s.Holders(t.Context(), "m", target)
		if err != nil || len(won) != 1 || len(holders) != 1 || holders[0].Number != won[0] {
			t.Fatalf("round %d: %q won, %s points at %q, %v", round, won, target, registrytest.Numbers(holders), err)
		}
		if err := w.Audit(t.Context()); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
	for _, r := range racers {
		r.end(t)
	}
	records, err := s.Log(t.Context(), "m", 1)
	if err != nil {
		t.Fatal(err)
	}
	promoted := 0
	for _, r := range records {
		if r.Act == evidence.Promoted {
			promoted++
		}
	}
	if promoted != raceRound {
		t.Errorf("%d promotions in %d rounds", promoted, raceRound)
	}
	t.Logf("%d rounds of %d racers in %d processes, 1 winner each; %d records", raceRound, processes*each, processes, len(records))
}

type racer struct {
	c   *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newRacer(t *testing.T, c *exec.Cmd) *racer {
	t.Helper()
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r := &racer{c, in, bufio.NewReader(out)}
	if got := r.hear(t); got != "ready" {
		t.Fatalf("it says %q", got)
	}
	return r
}

func (r *racer) say(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(r.in, line); err != nil {
		t.Fatal(err)
	}
}

func (r *racer) hear(t *testing.T) string {
	t.Helper()
	line, err := r.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (r *racer) end(t *testing.T) {
	t.Helper()
	if err := r.in.Close(); err != nil {
		t.Error(err)
	}
	if err := r.c.Wait(); err != nil {
		t.Error(err)
	}
}

// TestMadeOnce opens a registry that is not there yet in many places at once: it is made once.
func TestMadeOnce(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "registry.db")
		ids := make(chan string, 16)
		var all sync.WaitGroup
		for range cap(ids) {
			all.Go(func() {
				s, err := Open(t.Context(), path, options())
				if err != nil {
					t.Error(err)
					return
				}
				ids <- s.instance
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		for range processes { // and other processes, which end with the model that they do not find
			all.Go(func() {
				c := child(t, "stop", path, "m")
				c.Stderr = nil
				out, err := c.CombinedOutput()
				if err == nil || !strings.Contains(string(out), registry.ErrNotFound.Error()) {
					t.Errorf("it says %q, %v", out, err)
				}
			})
		}
		all.Wait()
		close(ids)
		s := opened(t, path)
		for id := range ids {
			if id != s.instance || id == "" {
				t.Errorf("instance %q, then %q", id, s.instance)
			}
		}
	}
}
