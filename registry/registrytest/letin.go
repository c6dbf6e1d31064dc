package registrytest

import (
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// What let a version in stays so, whatever is attached and attested of it later.
func testLetInBy(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one, two := w.register(t, "a"), w.passing(t, "b")
	first := w.attest(t, one)
	letIn := func(v evidence.Version, want evidence.Digest) {
		t.Helper()
		b, ok, err := registry.LetInBy(t.Context(), s, v)
		switch {
		case err != nil || ok != (want != ""):
			t.Errorf("%s: %v, %v, want %q", v, ok, err, want)
		case ok && b.Envelope.Digest() != want:
			t.Errorf("%s was let in by %s, want %s", v, b.Envelope.Digest(), want)
		}
	}
	letIn(one, "")
	w.move(t, one, registry.Staging)
	letIn(one, "") // open: nothing let it in
	w.move(t, one, registry.Production)
	letIn(one, first.Envelope.Digest())
	later := w.attest(t, one, func(s *evidence.Statement) { s.Issued = s.Issued.Add(time.Minute) })
	letIn(one, first.Envelope.Digest())
	w.move(t, two, registry.Production)
	letIn(one, first.Envelope.Digest())
	if _, d := w.rollback(t, Now(one)); !d.Allowed() {
		t.Fatal(d.Unmet)
	}
	letIn(one, first.Envelope.Digest())
	w.move(t, one, registry.ChampionAlias)
	letIn(one, later.Envelope.Digest())
}
