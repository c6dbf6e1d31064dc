package registrytest

import (
	"context"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Run holds a backend to its contract. Open gives an empty store whose ledger never held a record and signs with [Key]; it closes it by
// t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) *registry.Store) {
	for _, test := range []struct {
		name string
		test func(t *testing.T, s *registry.Store)
	}{
		{"instance", testInstance},
		{"versions", testVersions},
		{"versions are whole or not there", testCreateRefuses},
		{"the same files are one version", testCreateOnce},
		{"attachments", testAttachments},
		{"keys", testKeys},
		{"policies", testPolicies},
		{"looks", testLooks},
		{"first look sets the policy", testFirstLook},
		{"evidence", testEvidence},
		{"log", testLog},
		{"readers", testReaders},
		{"stages", testStages},
		{"aliases", testAliases},
		{"targets that are always protected", testAlwaysProtected},
		{"refusals", testRefusals},
		{"replays", testReplays},
		{"swapped bytes", testSwappedBytes},
		{"attachments that changed", testAttachmentsChanged},
		{"champion changed", testChampionChanged},
		{"evidence of before the first champion", testBootstrapReplay},
		{"trust narrows", testTrustNarrows},
		{"already there", testAlreadyThere},
		{"dry run", testDryRun},
		{"rollback", testRollback},
		{"rollback verifies", testRollbackVerifies},
		{"rollback loses", testRollbackLoses},
		{"what let a version in", testLetInBy},
		{"one winner", testOneWinner},
		{"promotions one after the other", testChain},
		{"fencing", testFencing},
		{"policy changes under way", testPolicyChangesUnderWay},
		{"crash after each step", testCrashes},
		{"failure of each step", testFailures},
		{"mismatch after the move", testMismatchAfterMove},
		{"healing hashes again", testHealHashes},
		{"two holders", testTwoHolders},
		{"damage", testDamage},
	} {
		t.Run(test.name, func(t *testing.T) { test.test(t, open(t)) })
	}
}

// The helpers below fail the test where the thing itself is not what is tested.

func world(t *testing.T, s *registry.Store, model string) World {
	t.Helper()
	w, err := NewWorld(t.Context(), s, model)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w World) register(t *testing.T, text string) evidence.Version {
	t.Helper()
	v, err := w.Register(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w World) attest(t *testing.T, v evidence.Version, changes ...func(*evidence.Statement)) evidence.Bundle {
	t.Helper()
	b, err := w.Attest(t.Context(), v, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// passing registers a version that may be promoted.
func (w World) passing(t *testing.T, text string) evidence.Version {
	t.Helper()
	v := w.register(t, text)
	w.attest(t, v)
	return v
}

// move promotes, and wants it to be let in.
func (w World) move(t *testing.T, v evidence.Version, target evidence.Target) evidence.Decision {
	t.Helper()
	d, err := w.Promote(t.Context(), v, target)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Allowed() {
		t.Fatalf("%s to %s: refused: %v", v, target, d.Unmet)
	}
	return d
}

// refused promotes, and wants it to be refused for the reason, and nothing to move.
func (w World) refused(t *testing.T, r registry.Request, reason evidence.Reason) {
	t.Helper()
	before := w.holder(t, r.Requires.Target)
	d, err := registry.Promote(t.Context(), w.Store, r, Now(r.Version))
	if err != nil {
		t.Fatal(err)
	}
	if d.Allowed() || !has(d, reason) {
		t.Errorf("%s to %s: met %q, unmet %v, want a refusal for %s", r.Version, r.Requires.Target, d.Met, d.Unmet, reason)
	}
	if after := w.holder(t, r.Requires.Target); after != before {
		t.Errorf("%s pointed at %q, and points at %q after a refusal", r.Requires.Target, before, after)
	}
	if last := w.last(t); last.Act != evidence.Refused || last.Decision == nil || !has(*last.Decision, reason) {
		t.Errorf("the refusal for %s is not in the log: %+v", reason, last)
	}
	w.audit(t)
}

// holder is the number that a target points at, or "".
func (w World) holder(t *testing.T, target evidence.Target) string {
	t.Helper()
	vs, err := w.Store.Holders(t.Context(), w.Model, target)
	if err != nil {
		t.Fatal(err)
	}
	if len(vs) > 1 {
		t.Fatalf("%s points at %q", target, Numbers(vs))
	}
	if len(vs) == 0 {
		return ""
	}
	return vs[0].Number
}

// records of the model.
func (w World) records(t *testing.T) []evidence.Record {
	t.Helper()
	records, err := w.Store.Log(t.Context(), w.Model, 1)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func (w World) last(t *testing.T) evidence.Record {
	t.Helper()
	records := w.records(t)
	return records[len(records)-1]
}

// count counts the model's records of an act.
func (w World) count(t *testing.T, act evidence.Act) (n int) {
	t.Helper()
	for _, r := range w.records(t) {
		if r.Act == act {
			n++
		}
	}
	return n
}

func (w World) audit(t *testing.T) {
	t.Helper()
	if err := w.Audit(t.Context()); err != nil {
		t.Error(err)
	}
}

// settled wants that nothing is left to heal.
func settled(ctx context.Context, t *testing.T, s *registry.Store) {
	t.Helper()
	pending, err := s.Pending(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range pending {
		t.Errorf("intent %d of %s to %s is still pending", l.Intent, l.Request.Version, l.Request.Requires.Target)
	}
}
