package sqlstore

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// TestKill kills processes that write, two at a time, and looks for what they said was done: P1.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	if _, err := registrytest.NewWorld(t.Context(), stored(s), "m0"); err != nil { // the key is enrolled once
		t.Fatal(err)
	}
	var acked, since int
	kinds := map[string]int{}
	kills := inShort(kills)
	for round := range kills / 2 {
		var lines []string
		read := make(chan []string)
		for i := range 2 {
			go func() { read <- killed(t, path, fmt.Sprintf("m%d", i)) }()
		}
		for range 2 {
			lines = append(lines, <-read...)
		}
		for _, line := range lines {
			kinds[strings.SplitN(line, "\t", 2)[0]]++
			acked++
			if err := found(t, s, line); err != nil {
				t.Errorf("kill %d: %q was acknowledged: %v", 2*round+1, line, err)
			}
		}
		if since += len(lines); since > 500 || round == kills/2-1 { // the whole is checked now and then: it grows
			since = 0
			intact(t, s)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	records, _, err := s.Check(t.Context())
	t.Logf("%d kills, %d acknowledged writes (%v), %d records, 0 lost; %v", kills/2*2, acked, kinds, records, err)
	for _, kind := range []string{"version", "attachment", "evidence", "promoted"} {
		if kinds[kind] == 0 {
			t.Errorf("no %q was ever acknowledged: nothing was tested", kind)
		}
	}
}

// killed starts a writer, kills it some time after its first word, and gives what it said.
func killed(t *testing.T, path, model string) (lines []string) {
	c := child(t, "write", path, model)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Error(err)
		return nil
	}
	if err := c.Start(); err != nil {
		t.Error(err)
		return nil
	}
	said := bufio.NewReader(out)
	for {
		line, err := said.ReadString('\n')
		if err != nil { // what was cut off in the middle was not said
			if err != io.EOF {
				t.Error(err)
			}
			break
		}
		if len(lines) == 0 {
			timer := time.AfterFunc(time.Duration(15+rand.IntN(60)+50*rand.IntN(4))*time.Millisecond, func() { _ = c.Process.Kill() })
			defer timer.Stop()
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		t.Errorf("it was not killed: %v", err)
	}
	return lines
}

// found looks for what was acknowledged.
func found(t *testing.T, s *Store, line string) error {
	part := strings.Split(line, "\t")
	if len(part) != 4 {
		return fmt.Errorf("it is no acknowledgement")
	}
	v, err := s.Version(t.Context(), part[1], part[2])
	if err != nil {
		return err
	}
	digest := evidence.Digest(part[3])
	switch part[0] {
	case "version":
		if v.Manifest.Digest() != digest {
			return fmt.Errorf("its manifest is %s", v.Manifest.Digest())
		}
		blobs, err := s.Artifacts(t.Context(), v)
		if err != nil {
			return err
		}
		for _, b := range blobs {
			if err := whole(t, b); err != nil {
				return err
			}
		}
	case "attachment":
		b, err := s.Attachment(t.Context(), v, digest)
		if err != nil {
			return err
		}
		return whole(t, b)
	case "evidence":
		bundles, err := s.Evidence(t.Context(), v)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(bundles, func(b evidence.Bundle) bool { return b.Envelope.Digest() == digest }) {
			return fmt.Errorf("it is not among %d bundles", len(bundles))
		}
	case "promoted":
		records, err := s.Log(t.Context(), v.Model, 1)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(records, func(r evidence.Record) bool {
			return r.Act == evidence.Promoted && r.Version == v.Number && r.Digest == digest
		}) {
			return fmt.Errorf("the promotion is not in the log")
		}
	default:
		return fmt.Errorf("it is no acknowledgement")
	}
	return nil
}

func whole(t *testing.T, b registry.Blob) error {
	from, err := b.Open(t.Context())
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	_, err = io.Copy(io.Discard, from)
	return err
}

// intact checks the whole file, the log, and that what was interrupted heals.
func intact(t *testing.T, s *Store) {
	t.Helper()
	var result string
	if err := s.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity: %s, %v", result, err)
	}
	if err := registry.Heal(t.Context(), stored(s)); err != nil {
		t.Errorf("heal: %v", err)
	}
	if pending, err := s.Pending(t.Context()); err != nil || len(pending) > 0 {
		t.Errorf("%d intents are pending after healing, %v", len(pending), err)
	}
	var open int
	if err := s.db.QueryRowContext(t.Context(), "SELECT count(*) FROM intent WHERE ended = 0").Scan(&open); err != nil || open > 0 {
		t.Errorf("%d intents are open though nobody is there, %v", open, err)
	}
	for _, model := range []string{"m0", "m1"} {
		w := registrytest.World{Store: stored(s), Model: model}
		if err := w.Audit(t.Context()); err != nil {
			t.Errorf("%s: %v", model, err)
		}
	}
}

// TestDeadProcess: an intent of a process that lives is let alone; once it was killed it is healed at once, and not when its lease runs out.
func TestDeadProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Register(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	c := child(t, "stop", path, "m")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	if err := registry.Heal(t.Context(), stored(s)); err != nil {
		t.Fatal(err)
	}
	last := func() evidence.Record {
		records, err := s.Log(t.Context(), "m", 1)
		if err != nil {
			t.Fatal(err)
		}
		return records[len(records)-1]
	}
	if r := last(); r.Act != evidence.Intended {
		t.Errorf("while its process lives, the log ends with %+v", r)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	if err := registry.Heal(t.Context(), stored(s)); err != nil {
		t.Fatal(err)
	}
	if r := last(); r.Act != evidence.Healed {
		t.Errorf("once its process is dead, the log ends with %+v", r)
	}
}

// TestLeaseRunsOut: where nobody can see whether its process lives, an intent is healed once its time is over.
func TestLeaseRunsOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	now := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("east", 3600))
	s, err := Open(t.Context(), path, registry.Options{Signer: registrytest.Key(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Register(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 1, 11, 0, 0, 123000000, time.UTC); v.Created != want {
		t.Errorf("created at %v, want %v", v.Created, want)
	}
	if _, err := s.Begin(t.Context(), w.Request(v, registry.Production)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {leaseTime - time.Millisecond, 0}, {time.Millisecond, 1}} {
		now = now.Add(c.after)
		if pending, err := s.Pending(t.Context()); err != nil || len(pending) != c.want {
			t.Errorf("%d are pending, want %d, %v", len(pending), c.want, err)
		}
	}
}

// inShort is how often something is done where there is little time: `go test -short`, with the race detector say.
func inShort(n int) int {
	if testing.Short() {
		return max(2, n/5)
	}
	return n
}
