package registrytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

const racers = 64

// barrier is a ledger that lets the first Begin of each racer go on only once all have begun.
type barrier struct {
	registry.Ledger
	begun *sync.WaitGroup
	first *sync.Map // by version
}

func (b barrier) Begin(ctx context.Context, r registry.Request) (registry.Lease, error) {
	l, err := b.Ledger.Begin(ctx, r)
	if _, again := b.first.LoadOrStore(r.Version.Number, true); !again {
		b.begun.Done()
		b.begun.Wait()
	}
	return l, err
}

// one is a store whose registry and ledger are the same value, as [registry.Atomic] asks.
type one struct {
	registry.Registry
	registry.Ledger
	registry.Atomic
}

func joined(s *registry.Store, l registry.Ledger) *registry.Store {
	both, ok := s.Registry.(registry.Atomic)
	if !ok {
		return &registry.Store{Registry: s.Registry, Ledger: l}
	}
	o := &one{s.Registry, l, both}
	return &registry.Store{Registry: o, Ledger: o}
}

// split is the same store as a foreign registry with a ledger beside it.
func split(s *registry.Store) *registry.Store {
	return &registry.Store{Registry: struct{ registry.Registry }{s.Registry}, Ledger: s.Ledger}
}

func testOneWinner(t *testing.T, s *registry.Store) {
	for name, under := range map[string]func(*registry.Store) *registry.Store{"as it is": func(s *registry.Store) *registry.Store { return s }, "as a foreign registry": split} {
		t.Run(name, func(t *testing.T) {
			w := world(t, s, "m-"+name[:4])
			var versions []evidence.Version
			for i := range racers {
				versions = append(versions, w.passing(t, strconv.Itoa(i)))
			}
			for round, target := range []evidence.Target{registry.Production, registry.ChampionAlias} {
				before := len(w.records(t))
				var begun sync.WaitGroup
				begun.Add(racers)
				base := under(s)
				racing := joined(base, barrier{base.Ledger, &begun, &sync.Map{}})
				won := race(t, racing, w, versions, target)
				if len(won) != 1 {
					t.Fatalf("round %d: %d of %d won: %q", round+1, len(won), racers, won)
				}
				if got := w.holder(t, target); got != won[0] {
					t.Errorf("round %d: %s won, and %s points at %q", round+1, won[0], target, got)
				}
				w.onePromoted(t, w.records(t)[before:], won[0])
				w.audit(t)
				settled(t.Context(), t, s)
			}
		})
	}
}

// onePromoted: beside the winner's, a promotion may be in the log that was decided and lost its lease before a foreign registry moved. Then the
// log says how it ended.
func (w World) onePromoted(t *testing.T, records []evidence.Record, winner string) {
	t.Helper()
	open := map[string]bool{}
	for _, r := range records {
		switch r.Act {
		case evidence.Promoted:
			open[r.Version] = true
		case evidence.Healed:
			if r.From != r.Version { // decided, and left elsewhere
				delete(open, r.From)
			}
		}
	}
	if len(open) != 1 || !open[winner] {
		t.Errorf("promotions in the log that nothing ended: %v; %s won", open, winner)
	}
}

// race promotes all versions at once, and gives the numbers of those that won. Whoever lost must say so.
func race(t *testing.T, s *registry.Store, w World, versions []evidence.Version, target evidence.Target) (won []string) {
	t.Helper()
	w.Store = s
	results := make(chan string, len(versions))
	for _, v := range versions {
		go func() {
			d, err := w.Promote(t.Context(), v, target)
			switch {
			case err == nil && d.Allowed():
				results <- v.Number
			case errors.Is(err, registry.ErrMoved), errors.Is(err, registry.ErrFenced):
				results <- ""
			default:
				results <- fmt.Sprintf("version %s: %+v, %v", v.Number, d, err)
			}
		}()
	}
	for range versions {
		switch r := <-results; {
		case r == "":
		case len(r) > len("version"):
			t.Error(r)
		default:
			won = append(won, r)
		}
	}
	return won
}

// testChain races without a barrier: several may win, one after the other, and each leaves its predecessor behind.
func testChain(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	var versions []evidence.Version
	for i := range 16 {
		versions = append(versions, w.passing(t, strconv.Itoa(i)))
	}
	won := race(t, s, w, versions, registry.Production)
	var chain []string
	holder := ""
	for _, r := range w.records(t) {
		if r.Act == evidence.Promoted {
			if r.From != holder {
				t.Errorf("record %d: %s comes from %q, and %q held it", r.Number, r.Version, r.From, holder)
			}
			holder = r.Version
			chain = append(chain, holder)
		}
	}
	slices.Sort(won)
	sorted := slices.Sorted(slices.Values(chain))
	if len(won) == 0 || !slices.Equal(won, sorted) || w.holder(t, registry.Production) != holder {
		t.Errorf("%q say that they won, the log says %q, Production points at %q", won, sorted, w.holder(t, registry.Production))
	}
	archived := must[[]evidence.Version](t)(s.Holders(t.Context(), "m", registry.Archived))
	if len(archived) != len(won)-1 {
		t.Errorf("%d won, and %d are archived", len(won), len(archived))
	}
	w.audit(t)
}

func testFencing(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two := w.passing(t, "a"), w.passing(t, "b")
	yes := evidence.Decision{Target: registry.Production, Met: []string{"gates"}}
	stale := must[registry.Lease](t)(s.Begin(t.Context(), w.Request(one, registry.Production)))
	if pending := must[[]registry.Lease](t)(s.Pending(t.Context())); len(pending) != 0 {
		t.Errorf("what goes on is pending: %+v", pending)
	}
	lease := must[registry.Lease](t)(s.Begin(t.Context(), w.Request(two, registry.Staging))) // any target of the model
	if lease.Fence <= stale.Fence {
		t.Errorf("fence %d after %d", lease.Fence, stale.Fence)
	}
	if err := s.Decide(t.Context(), stale, yes, ""); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("decided on a lost lease: %v", err)
	}
	move := registry.Move{Model: "m", To: "1", Target: registry.Production}
	both, atomic := s.Registry.(registry.Atomic)
	if atomic {
		if err := both.DecideAndMove(t.Context(), stale, yes, "", move); !errors.Is(err, registry.ErrFenced) {
			t.Errorf("moved on a lost lease: %v", err)
		}
		forged := stale
		forged.Fence = lease.Fence
		if err := both.DecideAndMove(t.Context(), forged, yes, "", move); !errors.Is(err, registry.ErrFenced) {
			t.Errorf("moved on a forged lease: %v", err)
		}
		if err := both.DecideAndMove(t.Context(), lease, yes, "", move); err == nil {
			t.Error("moved what was not asked for")
		}
	}
	if atomic { // a move that was decided on while the lease was held is lost with it
		third := must[registry.Lease](t)(s.Begin(t.Context(), w.Request(one, registry.Production)))
		if err := s.Decide(t.Context(), third, yes, ""); err != nil {
			t.Fatal(err)
		}
		lease = must[registry.Lease](t)(s.Begin(t.Context(), w.Request(two, registry.Staging)))
		if err := s.Move(t.Context(), move); !errors.Is(err, registry.ErrUndecided) {
			t.Errorf("moved on a lost lease: %v", err)
		}
		if err := s.End(t.Context(), third, errors.New("lost")); err != nil {
			t.Fatal(err)
		}
		stale = must[registry.Lease](t)(s.Begin(t.Context(), w.Request(one, registry.Production)))
		if err := registry.Heal(t.Context(), s); err != nil { // all before it
			t.Fatal(err)
		}
		lease = must[registry.Lease](t)(s.Begin(t.Context(), w.Request(two, registry.Staging)))
	}
	pending := must[[]registry.Lease](t)(s.Pending(t.Context()))
	if len(pending) != 1 || pending[0].Intent != stale.Intent || pending[0].Request.Version.String() != "m/1" {
		t.Errorf("pending are %+v", pending)
	}
	if err := registry.Heal(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if last := w.last(t); last.Act != evidence.Healed || last.Detail == "" {
		t.Errorf("the log has %+v", last)
	}
	settled(t.Context(), t, s)
	if atomic {
		move := registry.Move{Model: "m", To: "2", Target: registry.Staging}
		elsewhere := move
		elsewhere.From = "1"
		if err := both.DecideAndMove(t.Context(), lease, yes, "", elsewhere); !errors.Is(err, registry.ErrMoved) {
			t.Errorf("moved from where it was not: %v", err)
		}
		if err := both.DecideAndMove(t.Context(), lease, yes, "", move); err != nil {
			t.Errorf("by the newest lease: %v", err)
		}
		if err := both.DecideAndMove(t.Context(), lease, yes, "", move); !errors.Is(err, registry.ErrFenced) {
			t.Errorf("twice: %v", err)
		}
	} else if err := s.Decide(t.Context(), lease, yes, ""); err != nil {
		t.Errorf("by the newest lease: %v", err)
	}
}

// setsPolicy is a ledger in which somebody sets another policy between verification and move.
type setsPolicy struct {
	registry.Ledger
	once *sync.Once
	set  func()
}

func (p setsPolicy) Evidence(ctx context.Context, v evidence.Version) ([]evidence.Bundle, error) {
	p.once.Do(p.set)
	return p.Ledger.Evidence(ctx, v)
}

func testPolicyChangesUnderWay(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "a")
	base := w
	w.Store = joined(s, setsPolicy{s.Ledger, &sync.Once{}, func() { // after the policy in force was read
		must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", []byte(`{"gates":["stricter"]}`), By()))
	}})
	w.refused(t, w.Request(v, registry.Production), evidence.PolicyMoved)
	base.audit(t)
	settled(t.Context(), t, s)
}
