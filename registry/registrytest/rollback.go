package registrytest

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// back asks for a rollback of the model.
func (w World) back(r evidence.Requirements) registry.Request {
	return registry.Request{Version: evidence.Version{Model: w.Model}, Requires: r, By: By()}
}

func (w World) rollback(t *testing.T, now registry.Clock) (string, evidence.Decision) {
	t.Helper()
	v, d, err := registry.Rollback(t.Context(), w.Store, w.back(w.Requires(registry.Production)), now)
	if err != nil {
		t.Fatal(err)
	}
	return v.Number, d
}

func testRollback(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	year := func(v evidence.Version) registry.Clock {
		return func() time.Time { return v.Created.AddDate(1, 0, 0) } // all evidence has expired
	}
	one := w.passing(t, "a")
	now := year(one)
	back := func(want string) {
		t.Helper()
		got, d := w.rollback(t, now)
		if got != want || !d.Allowed() || w.holder(t, registry.Production) != want {
			t.Fatalf("rolled back to %q, want %q: %+v; Production points at %q", got, want, d, w.holder(t, registry.Production))
		}
		if last := w.last(t); last.Act != evidence.RolledBack || last.Version != want || last.By != By() {
			t.Errorf("the log has %+v", last)
		}
		w.audit(t)
	}
	stuck := func(holder string) {
		t.Helper()
		got, d := w.rollback(t, now)
		if got != "" || d.Allowed() || len(d.Unmet) != 1 || !has(d, evidence.NothingEarlier) || w.holder(t, registry.Production) != holder {
			t.Errorf("rolled back to %q: %+v; Production points at %q", got, d, w.holder(t, registry.Production))
		}
		if last := w.last(t); last.Act != evidence.Refused {
			t.Errorf("the log has %+v", last)
		}
	}
	stuck("")
	w.move(t, one, registry.Production)
	stuck("1")
	two, three, four := w.passing(t, "b"), w.passing(t, "c"), w.passing(t, "d")
	w.move(t, two, registry.Production)
	w.move(t, three, registry.Production)
	back("2")
	back("1") // and not to 3 again
	stuck("1")
	w.move(t, three, registry.Production)
	w.move(t, one, registry.Production)
	w.move(t, four, registry.Production)
	w.move(t, four, "@candidate") // another target's history is not mixed in
	back("1")
	back("3")
	back("1") // where 3 came from
	w.targets(t, four, registry.Archived, "@candidate")
	w.move(t, three, registry.Staging)
	if d, err := w.Promote(t.Context(), one, registry.Archived); err != nil || !has(d, evidence.LeavesProtected) || w.holder(t, registry.Production) != "1" {
		t.Errorf("Production was emptied: %+v, %v", d, err)
	}
	if _, _, err := registry.Rollback(t.Context(), s, w.back(w.Requires(registry.Archived)), now); err == nil {
		t.Error("rolled back Archived")
	}
	settled(t.Context(), t, s)
}

func testRollbackVerifies(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two, three := w.passing(t, "a"), w.passing(t, "b"), w.passing(t, "c")
	for _, v := range []evidence.Version{one, two, three} {
		w.move(t, v, registry.Production)
	}
	// A failure that came later does not undo that it was let in, and a policy that came later is not asked.
	w.attest(t, one, Failing)
	w.attest(t, two, Failing)
	stricter := w
	must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", []byte(`{"gates":["stricter"]}`), By()))
	requires := stricter.Requires(registry.Production)
	requires.Policy, requires.Gates = evidence.DigestOf([]byte(`{"gates":["stricter"]}`)), []string{"stricter"}

	// Whom the caller does not trust lets nothing be gone back to; and a dry run says so, and records nothing.
	narrower := w.back(requires)
	narrower.Trust, narrower.DryRun = evidence.Trust{}, true
	before := len(w.records(t))
	if v, d, err := registry.Rollback(t.Context(), s, narrower, Now(one)); err != nil || !has(d, evidence.KeyUntrusted) {
		t.Errorf("trusting nobody, rolled back to %s: %+v, %v", v, d, err)
	}
	narrower.Requires.Target, narrower.Requires.Open, narrower.Requires.Requires = registry.Staging, true, nil
	if v, d, err := registry.Rollback(t.Context(), s, narrower, Now(one)); err != nil || !has(d, evidence.NothingEarlier) {
		t.Errorf("Staging, which nothing ever held, rolled back to %s: %+v, %v", v, d, err)
	}
	if after := len(w.records(t)); after != before || w.holder(t, registry.Production) != "3" {
		t.Errorf("dry runs made %d records, and Production points at %q", after-before, w.holder(t, registry.Production))
	}

	// The bytes of 2 have changed: the nearest that verifies is 1.
	w.Store = &registry.Store{Ledger: s.Ledger, Registry: bytesOf{s.Registry, func(bs []registry.Blob) []registry.Blob {
		if i := slices.IndexFunc(bs, func(b registry.Blob) bool { return b.SHA256 == evidence.DigestOf([]byte("b")) }); i >= 0 {
			bs[i] = reading(bs[i], "B", io.EOF)
		}
		return bs
	}}}
	v, d, err := registry.Rollback(t.Context(), w.Store, w.back(requires), Now(one))
	if err != nil || v.Number != "1" || !d.Allowed() {
		t.Errorf("rolled back to %s: %+v, %v", v, d, err)
	}
	w.Store = s
	// By requirements that are not of the policy in force nothing moves.
	w.Requires(registry.Production)
	old := w.Request(two, registry.Production)
	old.Rollback = true
	w.refused(t, old, evidence.PolicyMoved)
	// To a version that it never pointed at, a rollback does not go, whatever its evidence.
	four := w.passing(t, "d")
	never := registry.Request{Version: four, Requires: requires, By: By(), Rollback: true}
	w.refused(t, never, evidence.NeverPromoted)
	again := registry.Request{Version: one, Requires: requires, By: By(), Rollback: true, DryRun: true}
	if d, err := registry.Promote(t.Context(), s, again, Now(one)); err != nil || !d.Allowed() {
		t.Errorf("to one that it did point at: %+v, %v", d, err)
	}
}

// movesMeanwhile is a ledger in which somebody else promotes while the history is read.
type movesMeanwhile struct {
	registry.Ledger
	once *sync.Once
	move func()
}

func (m movesMeanwhile) Log(ctx context.Context, model string, from int64) ([]evidence.Record, error) {
	records, err := m.Ledger.Log(ctx, model, from)
	m.once.Do(m.move)
	return records, err
}

func testRollbackLoses(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two, three := w.passing(t, "a"), w.passing(t, "b"), w.passing(t, "c")
	w.move(t, one, registry.Production)
	w.move(t, two, registry.Production)
	racing := joined(s, movesMeanwhile{s.Ledger, &sync.Once{}, func() { w.move(t, three, registry.Production) }})
	v, d, err := registry.Rollback(t.Context(), racing, w.back(w.Requires(registry.Production)), Now(one))
	if !errors.Is(err, registry.ErrMoved) || w.holder(t, registry.Production) != "3" {
		t.Errorf("rolled back to %s: %+v, %v; Production points at %q", v, d, err, w.holder(t, registry.Production))
	}
	w.audit(t)
}
