package registrytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// step counts the calls that a promotion makes into registry and ledger, and stops it before or after one of them.
type step struct {
	n, at int
	after bool
	stop  func(name string) error
	names []string
}

var errStopped = errors.New("stopped")

func called[T any](s *step, name string, call func() (T, error)) (T, error) {
	s.n++
	s.names = append(s.names, name)
	var none T
	if s.n == s.at && !s.after {
		return none, s.stop("before " + name)
	}
	v, err := call()
	if s.n == s.at && s.after {
		return none, errors.Join(err, s.stop("after "+name))
	}
	return v, err
}

func did(s *step, name string, call func() error) error {
	_, err := called(s, name, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// steppedRegistry and steppedLedger are every call that Promote makes.
type steppedRegistry struct {
	registry.Registry
	s *step
}

func (r steppedRegistry) Version(ctx context.Context, model, number string) (evidence.Version, error) {
	return called(r.s, "Version", func() (evidence.Version, error) { return r.Registry.Version(ctx, model, number) })
}

func (r steppedRegistry) Holders(ctx context.Context, model string, t evidence.Target) ([]evidence.Version, error) {
	return called(r.s, "Holders", func() ([]evidence.Version, error) { return r.Registry.Holders(ctx, model, t) })
}

func (r steppedRegistry) Artifacts(ctx context.Context, v evidence.Version) ([]registry.Blob, error) {
	return called(r.s, "Artifacts", func() ([]registry.Blob, error) { return r.Registry.Artifacts(ctx, v) })
}

func (r steppedRegistry) Attachment(ctx context.Context, v evidence.Version, d evidence.Digest) (registry.Blob, error) {
	return called(r.s, "Attachment", func() (registry.Blob, error) { return r.Registry.Attachment(ctx, v, d) })
}

func (r steppedRegistry) Move(ctx context.Context, m registry.Move) error {
	return did(r.s, "Move", func() error { return r.Registry.Move(ctx, m) })
}

type steppedLedger struct {
	registry.Ledger
	s *step
}

func (l steppedLedger) Trust(ctx context.Context) (evidence.Trust, error) {
	return called(l.s, "Trust", func() (evidence.Trust, error) { return l.Ledger.Trust(ctx) })
}

func (l steppedLedger) Evidence(ctx context.Context, v evidence.Version) ([]evidence.Bundle, error) {
	return called(l.s, "Evidence", func() ([]evidence.Bundle, error) { return l.Ledger.Evidence(ctx, v) })
}

func (l steppedLedger) Begin(ctx context.Context, r registry.Request) (registry.Lease, error) {
	return called(l.s, "Begin", func() (registry.Lease, error) { return l.Ledger.Begin(ctx, r) })
}

func (l steppedLedger) Pending(ctx context.Context) ([]registry.Lease, error) {
	return called(l.s, "Pending", func() ([]registry.Lease, error) { return l.Ledger.Pending(ctx) })
}

func (l steppedLedger) Decide(ctx context.Context, lease registry.Lease, d evidence.Decision, e evidence.Digest) error {
	return did(l.s, "Decide", func() error { return l.Ledger.Decide(ctx, lease, d, e) })
}

func (l steppedLedger) End(ctx context.Context, lease registry.Lease, outcome error) error {
	return did(l.s, "End", func() error { return l.Ledger.End(ctx, lease, outcome) })
}

type steppedAtomic struct {
	registry.Atomic
	s *step
}

func (a steppedAtomic) DecideAndMove(ctx context.Context, lease registry.Lease, d evidence.Decision, e evidence.Digest, m registry.Move) error {
	return did(a.s, "DecideAndMove", func() error { return a.Atomic.DecideAndMove(ctx, lease, d, e, m) })
}

// stepped wraps all of a store, atomic or not.
func stepped(s *registry.Store, st *step) *registry.Store {
	r, l := steppedRegistry{s.Registry, st}, steppedLedger{s.Ledger, st}
	if both, ok := s.Registry.(registry.Atomic); ok {
		o := &one{r, l, steppedAtomic{both, st}}
		return &registry.Store{Registry: o, Ledger: o}
	}
	return &registry.Store{Registry: r, Ledger: l}
}

func testCrashes(t *testing.T, s *registry.Store) {
	eachStep(t, s, "crash", func(name string) error { panic(name) })
}

func testFailures(t *testing.T, s *registry.Store) {
	eachStep(t, s, "failure", func(name string) error { return fmt.Errorf("%s: %w", name, errStopped) })
}

// eachStep stops a promotion before and after each of its calls, looks at what is left, and promotes again.
func eachStep(t *testing.T, s *registry.Store, what string, stop func(string) error) {
	for name, under := range map[string]*registry.Store{"as it is": s, "as a foreign registry": split(s)} {
		t.Run(name, func(t *testing.T) {
			whole := stopAt(t, under, what+"-"+name[:4]+"-whole", &step{}, false)
			if len(whole) < 12 {
				t.Fatalf("a promotion is only %q", whole)
			}
			for at := range whole {
				for _, after := range []bool{false, true} {
					st := &step{at: at + 1, after: after, stop: stop}
					stopAt(t, under, fmt.Sprintf("%s-%s-%d-%v", what, name[:4], at+1, after), st, true)
				}
			}
		})
	}
}

func stopAt(t *testing.T, s *registry.Store, model string, st *step, stops bool) []string {
	t.Helper()
	w := world(t, s, model)
	old, v := w.passing(t, "old"), w.passing(t, "new")
	w.move(t, old, registry.Production)
	w.Store = stepped(s, st)
	d, crashed, err := promoting(t.Context(), w, v)
	w.Store = s
	where := ""
	if stops {
		where = fmt.Sprintf("%s, call %d (%s), after %v", model, st.at, st.names[len(st.names)-1], st.after)
		if !crashed && err == nil && !d.Allowed() {
			t.Errorf("%s: a decision was made of a failure: %+v", where, d)
		}
	} else if crashed || err != nil || !d.Allowed() {
		t.Fatalf("%s: %+v, %v", model, d, err)
	}

	// Nothing moved without its record, whatever else is missing: before anybody heals.
	got, promoted := w.holder(t, registry.Production), w.count(t, evidence.Promoted)
	if got != old.Number && got != v.Number || got == v.Number && promoted < 2 {
		t.Errorf("%s: Production points at %q, with %d promotions in the log", where, got, promoted)
	}
	if !crashed && err != nil { // no crash: nothing may be left to heal, but where the end itself failed
		if err := registry.Heal(t.Context(), s); err != nil {
			t.Errorf("%s: heal: %v", where, err)
		}
	}
	// The next promotion takes the lease, and heals.
	again := w.move(t, v, registry.Production)
	if w.holder(t, registry.Production) != v.Number {
		t.Errorf("%s: again: %+v, and Production points at %q", where, again, w.holder(t, registry.Production))
	}
	w.move(t, old, registry.Production)
	if !crashed {
		w.audit(t)
	}
	settled(t.Context(), t, s)
	if err := w.Audit(t.Context()); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	return st.names
}

// promoting promotes, and says whether it crashed on the way.
func promoting(ctx context.Context, w World, v evidence.Version) (d evidence.Decision, crashed bool, err error) {
	defer func() { crashed = recover() != nil }()
	d, err = w.Promote(ctx, v, registry.Production)
	return d, false, err
}

// crashed is a ledger whose one pending intent is the one that was begun last.
type crashed struct {
	registry.Ledger
	lease *registry.Lease
}

func (c crashed) Begin(ctx context.Context, r registry.Request) (registry.Lease, error) {
	l, err := c.Ledger.Begin(ctx, r)
	*c.lease = l
	return l, err
}

func (c crashed) Pending(context.Context) ([]registry.Lease, error) {
	if c.lease.Decided == nil {
		return nil, nil
	}
	return []registry.Lease{*c.lease}, nil
}

// testHealHashes: where it was interrupted between the move and the second hashing of the bytes, healing does that too.
func testHealHashes(t *testing.T, s *registry.Store) {
	for name, swapped := range map[string]bool{"as judged": false, "swapped": true, "decided since": true} {
		w := world(t, s, name)
		old, v := w.passing(t, "old"), w.passing(t, "new")
		w.move(t, old, registry.Production)
		foreign, ledger := split(s), crashed{s.Ledger, &registry.Lease{}}
		w.Store = &registry.Store{Registry: panicsAfterMove{foreign.Registry}, Ledger: ledger}
		if _, stopped, err := promoting(t.Context(), w, v); !stopped || w.holder(t, registry.Production) != v.Number {
			t.Fatalf("it did not stop after the move: %v", err)
		}
		decision := w.last(t)
		ledger.lease.Decided = &decision
		healing := &registry.Store{Ledger: ledger, Registry: bytesOf{foreign.Registry, func(bs []registry.Blob) []registry.Blob {
			if swapped {
				bs[0] = reading(bs[0], "other", io.EOF)
			}
			return bs
		}}}
		since := false
		if both, ok := s.Registry.(registry.Atomic); ok && name == "decided since" {
			since = true
			lease := must[registry.Lease](t)(s.Begin(t.Context(), w.Request(v, registry.Production)))
			yes, again := evidence.Decision{Target: registry.Production, Met: []string{"gates"}}, registry.Move{Model: w.Model, From: v.Number, To: v.Number, Target: registry.Production}
			if err := both.DecideAndMove(t.Context(), lease, yes, "", again); err != nil {
				t.Fatal(err)
			}
		}
		if err := registry.Heal(t.Context(), healing); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := v.Number
		if swapped && !since {
			want = old.Number
		}
		w.Store = s
		if last := w.last(t); w.holder(t, registry.Production) != want || last.Act != evidence.Healed || last.Version != want {
			t.Errorf("%s: Production points at %q, the log ends with %+v", name, w.holder(t, registry.Production), last)
		}
		w.audit(t)
		// What never came about is no earlier holder.
		w.move(t, w.passing(t, "newer"), registry.Production)
		if back, _ := w.rollback(t, Now(v)); back != want {
			t.Errorf("%s: rolled back to %q, want %q", name, back, want)
		}
	}
	settled(t.Context(), t, s)
}

type panicsAfterMove struct{ registry.Registry }

func (r panicsAfterMove) Move(ctx context.Context, m registry.Move) error {
	err := r.Registry.Move(ctx, m)
	panic(fmt.Sprint("crash: ", err))
}

// twoHold is a foreign registry in which somebody else has put a second version into Production, until something is moved.
type twoHold struct {
	registry.Registry
	moved *bool
}

func (r twoHold) Move(ctx context.Context, m registry.Move) error {
	*r.moved = true
	return r.Registry.Move(ctx, m)
}

func (r twoHold) Holders(ctx context.Context, model string, t evidence.Target) ([]evidence.Version, error) {
	vs, err := r.Registry.Holders(ctx, model, t)
	if *r.moved || t != registry.Production {
		return vs, err
	}
	other, err := r.Registry.Version(ctx, model, "2")
	return append(vs, other), err
}

// testTwoHolders: a stage that two versions hold is nobody's; the next promotion mends it.
func testTwoHolders(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, _, three := w.passing(t, "a"), w.passing(t, "b"), w.passing(t, "c")
	w.move(t, one, registry.Production)
	w.Store = &registry.Store{Registry: twoHold{s.Registry, new(bool)}, Ledger: s.Ledger}
	if v, ok, err := registry.Champion(t.Context(), w.Store, "m"); err == nil {
		t.Errorf("of two champions there is one: %s, %v", v, ok)
	}
	versus := w.Request(three, registry.Production)
	versus.Requires.Versus = versus.Requires.Gates
	if d, err := registry.Promote(t.Context(), w.Store, versus, Now(three)); err != nil || !has(d, evidence.ChampionChanged) {
		t.Errorf("compared with one of two: %+v, %v", d, err)
	}
	if different, err := registry.Differences(t.Context(), w.Store, "m"); err != nil || len(different) != 1 || different[0].Target != registry.Production || len(different[0].Holders) != 2 {
		t.Errorf("different are %+v, %v", different, err)
	}
	if d, err := w.Promote(t.Context(), three, registry.Production); err != nil || !d.Allowed() {
		t.Errorf("after two held it: %+v, %v", d, err)
	}
	w.Store = s
	if got := w.holder(t, registry.Production); got != "3" {
		t.Errorf("Production points at %q", got)
	}
	w.audit(t)
	settled(t.Context(), t, s)
}

// swapsAfter is a foreign registry in which the bytes change as soon as the target has moved.
type swapsAfter struct {
	registry.Registry
	moved *bool
	extra bool // or somebody else's version is left there beside it, once
}

func (r swapsAfter) Move(ctx context.Context, m registry.Move) error {
	err := r.Registry.Move(ctx, m)
	*r.moved = m.From != m.To && !*r.moved
	return err
}

func (r swapsAfter) Artifacts(ctx context.Context, v evidence.Version) ([]registry.Blob, error) {
	blobs, err := r.Registry.Artifacts(ctx, v)
	if *r.moved && !r.extra && v.Number == "2" {
		blobs[0] = reading(blobs[0], "swapped", io.EOF)
	}
	return blobs, err
}

func (r swapsAfter) Holders(ctx context.Context, model string, t evidence.Target) ([]evidence.Version, error) {
	vs, err := r.Registry.Holders(ctx, model, t)
	if r.extra && *r.moved && len(vs) == 1 && vs[0].Number == "2" {
		other, err := r.Registry.Version(ctx, model, "1")
		return append(vs, other), err
	}
	return vs, err
}

func testMismatchAfterMove(t *testing.T, s *registry.Store) {
	w := world(t, s, "swapped")
	old, v := w.passing(t, "old"), w.passing(t, "new")
	w.move(t, old, registry.Production)
	w.Store = &registry.Store{Registry: swapsAfter{s.Registry, new(bool), false}, Ledger: s.Ledger}
	d, err := w.Promote(t.Context(), v, registry.Production)
	if err != nil || d.Allowed() || !has(d, evidence.BytesChanged) {
		t.Errorf("bytes that were swapped after the move: %+v, %v", d, err)
	}
	w.Store = s
	if got := w.holder(t, registry.Production); got != old.Number {
		t.Errorf("Production points at %q", got)
	}
	if last := w.last(t); last.Act != evidence.Healed || last.Version != old.Number || last.Target != registry.Production {
		t.Errorf("the log has %+v", last)
	}
	w.audit(t)
	if got, d := w.rollback(t, Now(v)); d.Allowed() {
		t.Errorf("rolled back to %s: it was not promoted from anywhere", got)
	}

	// Where nothing was there before, it goes back to nothing.
	w = world(t, s, "swapped-first")
	w.register(t, "old")
	v = w.passing(t, "new")
	w.Store = &registry.Store{Registry: swapsAfter{s.Registry, new(bool), false}, Ledger: s.Ledger}
	if d, err := w.Promote(t.Context(), v, registry.ChampionAlias); err != nil || d.Allowed() {
		t.Errorf("bytes that were swapped after the move: %+v, %v", d, err)
	}
	w.Store = s
	if got := w.holder(t, registry.ChampionAlias); got != "" {
		t.Errorf("@champion points at %q", got)
	}
	w.audit(t)

	// A second holder, which the registry left there, is moved away.
	w = world(t, s, "second holder")
	old, v = w.passing(t, "old"), w.passing(t, "new")
	w.move(t, old, registry.Production)
	w.Store = &registry.Store{Registry: swapsAfter{s.Registry, new(bool), true}, Ledger: s.Ledger}
	if d, err := w.Promote(t.Context(), v, registry.Production); err != nil || !d.Allowed() {
		t.Errorf("with a second holder: %+v, %v", d, err)
	}
	w.Store = s
	w.audit(t)
	settled(t.Context(), t, s)
}
