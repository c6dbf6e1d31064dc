package registrytest

import (
	"context"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Evidence of a time before the first champion is no good after it, wherever that champion went.
func testBootstrapReplay(t *testing.T, s *registry.Store) {
	for name, after := range map[string]func(w World, two evidence.Version){
		"it is champion still": func(World, evidence.Version) {},
		"it made way": func(w World, two evidence.Version) {
			w.move(t, w.passing(t, "c"), registry.Production)
		},
		"it made way as the alias alone": func(w World, two evidence.Version) {
			w.move(t, w.passing(t, "c"), registry.ChampionAlias)
		},
	} {
		w := world(t, s, name)
		versus := func(v evidence.Version, target evidence.Target) registry.Request {
			r := w.Request(v, target)
			r.Requires.Gates, r.Requires.Versus = []string{"recall", "versus"}, []string{"versus"}
			return r
		}
		first := func(s *evidence.Statement) {
			s.Standing.NeverChampion = true
			s.Results = append(s.Results, evidence.Result{Gate: "versus", Verdict: evidence.NotApplicable})
		}
		one, two := w.register(t, "a"), w.register(t, "b")
		w.attest(t, one, first)
		w.attest(t, two, first)
		for _, target := range []evidence.Target{registry.Production, registry.ChampionAlias} { // in one run
			if d, err := registry.Promote(t.Context(), s, versus(two, target), Now(two)); err != nil || !d.Allowed() {
				t.Fatalf("%s: the first version to %s: %+v, %v", name, target, d, err)
			}
		}
		after(w, two)
		for _, target := range []evidence.Target{registry.Production, registry.ChampionAlias} {
			w.refused(t, versus(one, target), evidence.NotApplicableRefused)
		}
		// The log alone tells, whatever registry and look say: here nothing points anywhere.
		empty := &registry.Store{Registry: pointless{s.Registry}, Ledger: s.Ledger}
		if d, err := registry.Promote(t.Context(), empty, versus(one, registry.Production), Now(one)); err != nil || d.Allowed() || !has(d, evidence.NotApplicableRefused) || has(d, evidence.ChampionChanged) {
			t.Errorf("%s, and nothing points anywhere: %+v, %v", name, d, err)
		}
	}
}

// pointless is a registry in which somebody else has taken all pointers away.
type pointless struct{ registry.Registry }

func (pointless) Holders(context.Context, string, evidence.Target) ([]evidence.Version, error) {
	return nil, nil
}

func (pointless) Targets(context.Context, evidence.Version) ([]evidence.Target, error) {
	return nil, nil
}
