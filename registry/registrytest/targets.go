package registrytest

import (
	"errors"
	"slices"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func (w World) targets(t *testing.T, v evidence.Version, want ...evidence.Target) {
	t.Helper()
	got, err := w.Store.Targets(t.Context(), v)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s has %q, %v, want %q", v, got, err, want)
	}
}

func testStages(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two := w.passing(t, "a"), w.passing(t, "b")
	w.targets(t, one)
	w.move(t, one, registry.Staging)
	w.targets(t, one, registry.Staging)
	w.move(t, one, registry.Production)
	w.targets(t, one, registry.Production) // one stage at a time
	if got := w.holder(t, registry.Staging); got != "" {
		t.Errorf("Staging points at %q still", got)
	}
	w.move(t, two, registry.Production)
	w.targets(t, one, registry.Archived) // the previous holder
	w.targets(t, two, registry.Production)
	if last := w.last(t); last.Act != evidence.Promoted || last.Version != "2" || last.From != "1" || last.Target != registry.Production || last.By != By() || !last.Decision.Allowed() || last.Digest == "" {
		t.Errorf("the log has %+v", last)
	}
	w.audit(t)
	w.move(t, one, registry.None)
	w.targets(t, one)
	w.move(t, one, registry.Archived)
	for _, away := range []evidence.Target{registry.Archived, registry.None, registry.Staging} {
		w.refused(t, w.Request(two, away), evidence.LeavesProtected)
	}
	w.targets(t, two, registry.Production)
	w.move(t, w.passing(t, "c"), registry.Production)
	archived, err := s.Holders(t.Context(), "m", registry.Archived)
	if err != nil || !slices.Equal(Numbers(archived), []string{"1", "2"}) {
		t.Errorf("archived are %q, %v", Numbers(archived), err)
	}
	none, err := s.Holders(t.Context(), "m", registry.None)
	if err != nil || len(none) > 0 {
		t.Errorf("in None are %q, %v", Numbers(none), err)
	}
	if _, err := s.Holders(t.Context(), "m", "Prod"); err == nil {
		t.Error("there are holders of a stage that does not exist")
	}
	if _, err := w.Promote(t.Context(), one, "production"); err == nil {
		t.Error("moved to a stage that does not exist")
	}
	gone := one
	gone.Number = "9"
	if _, err := w.Promote(t.Context(), gone, registry.Staging); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("moved a version that is not there: %v", err)
	}
	other := world(t, s, "n")
	third := other.passing(t, "a")
	other.move(t, third, registry.Production)
	if got := other.holder(t, registry.Production); got != "1" {
		t.Errorf("Production of another model points at %q", got)
	}
}

func testAliases(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two := w.passing(t, "a"), w.passing(t, "b")
	w.move(t, one, registry.Production)
	w.move(t, one, "@candidate")
	w.move(t, one, registry.ChampionAlias)
	w.targets(t, one, registry.Production, "@candidate", registry.ChampionAlias)
	w.move(t, two, registry.ChampionAlias)
	w.targets(t, one, registry.Production, "@candidate")
	w.targets(t, two, registry.ChampionAlias)
	v, ok, err := registry.Champion(t.Context(), s, "m")
	if err != nil || !ok || v.Number != "2" {
		t.Errorf("champion is %s, %v, %v", v, ok, err)
	}
	w.audit(t)
	for _, alias := range []evidence.Target{"", "@", "@latest", "@Latest", "@v1", "@V22", "@Champion", "@CHAMPION", "@champiоn", "@champion\n", "@a b", "@a/b", "@@a"} {
		if d, err := w.Promote(t.Context(), one, alias); err == nil {
			t.Errorf("%q: %+v", alias, d)
		}
	}
	for _, alias := range []evidence.Target{"@version", "@v1a", "@a-B_9"} {
		w.move(t, one, alias)
	}
}

func testAlwaysProtected(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.register(t, "a") // no evidence
	for _, target := range []evidence.Target{registry.Production, registry.ChampionAlias} {
		r := w.Request(v, target)
		w.refused(t, r, evidence.NoEvidence)
		r.Requires.Open = true
		w.refused(t, r, evidence.OpenContradicted)
		r.Requires.Requires = nil
		w.refused(t, r, evidence.OpenContradicted)
		r.Requires.Open = false
		w.refused(t, r, evidence.NoRequirements)
	}
	w.attest(t, v)
	r := w.Request(v, registry.Production)
	r.Requires.Requires = []string{"lineage"}
	w.refused(t, r, evidence.GatesNotRequired)
	// By the ledger's own methods nothing moves either.
	m := registry.Move{Model: "m", To: v.Number, Target: registry.Production}
	if both, ok := s.Registry.(registry.Atomic); ok {
		lease := must[registry.Lease](t)(s.Begin(t.Context(), w.Request(v, registry.Production)))
		for name, d := range map[string]evidence.Decision{"zero": {}, "refusing": {Met: []string{"gates"}, Unmet: []evidence.Refusal{{Reason: evidence.GateFailed}}}} {
			if err := both.DecideAndMove(t.Context(), lease, d, "", m); err == nil {
				t.Errorf("a %s decision moved it", name)
			}
		}
		if err := s.Move(t.Context(), m); !errors.Is(err, registry.ErrUndecided) {
			t.Errorf("moved without a decision: %v", err)
		}
		if err := s.Decide(t.Context(), lease, evidence.Decision{}, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.Move(t.Context(), m); !errors.Is(err, registry.ErrUndecided) {
			t.Errorf("moved on a refusal: %v", err)
		}
		if got := w.holder(t, registry.Production); got != "" {
			t.Errorf("Production points at %q", got)
		}
	}
	w.move(t, v, registry.Production)
	if both, ok := s.Registry.(registry.Atomic); ok {
		if err := s.Move(t.Context(), m); !errors.Is(err, registry.ErrUndecided) {
			t.Errorf("moved on a promotion that is over: %v", err)
		}
		_ = both
	}
}
