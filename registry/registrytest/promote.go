package registrytest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func testRefusals(t *testing.T, s *registry.Store) {
	unset := World{s, "unset"}
	if _, err := s.Enrol(t.Context(), Public(), By()); err != nil {
		t.Fatal(err)
	}
	v := unset.register(t, "a")
	r := unset.Request(v, registry.Production)
	unset.refused(t, r, evidence.PolicyMissing)
	r.Requires.Policy = ""
	unset.refused(t, r, evidence.PolicyMissing)
	r = unset.Request(v, registry.Staging)
	unset.refused(t, r, evidence.PolicyMoved) // the requirements are of a policy that is not in force
	r.Requires.Policy = ""
	if d, err := registry.Promote(t.Context(), s, r, Now(v)); err != nil || !d.Allowed() {
		t.Errorf("an open target without a policy: %v, %v", d, err)
	}

	w := world(t, s, "m")
	for name, c := range map[string]struct {
		change func(*evidence.Statement)
		ask    func(*registry.Request)
		reason evidence.Reason
	}{
		"failing":              {change: Failing, reason: evidence.GateFailed},
		"expired":              {change: func(s *evidence.Statement) { s.Expires = s.Issued.Add(time.Hour) }, reason: evidence.EvidenceExpired},
		"judged by another":    {change: func(s *evidence.Statement) { s.Standing.Policy.Digest = evidence.DigestOf([]byte("x")) }, reason: evidence.PolicyNotCurrent},
		"policy not logged":    {change: func(s *evidence.Statement) { s.Standing.Policy.Record = 0 }, reason: evidence.PolicyNotLogged},
		"a recheck":            {change: func(s *evidence.Statement) { s.Kind = evidence.Recheck }, reason: evidence.NoEvidence},
		"gate missing":         {ask: func(r *registry.Request) { r.Requires.Gates = []string{"recall", "auc"} }, reason: evidence.GateMissing},
		"unknown requirement":  {ask: func(r *registry.Request) { r.Requires.Requires = []string{"gates", "vibes"} }, reason: evidence.UnknownRequirement},
		"other requirements":   {ask: func(r *registry.Request) { r.Requires.Policy = evidence.DigestOf([]byte("x")) }, reason: evidence.PolicyMoved},
		"made anew":            {ask: func(r *registry.Request) { r.Version.Created = r.Version.Created.Add(-time.Hour) }, reason: evidence.VersionRecreated},
		"attachment not there": {change: func(s *evidence.Statement) { s.Attachments = append(s.Attachments, Blob("never.json", "x").File) }, reason: evidence.AttachmentMissing},
		"no card":              {ask: func(r *registry.Request) { r.Requires.Requires = []string{"gates", "card"} }, reason: evidence.CardMissing},
	} {
		t.Run(name, func(t *testing.T) {
			v := w.register(t, name)
			change := c.change
			if change == nil {
				change = func(*evidence.Statement) {}
			}
			w.attest(t, v, change)
			r := w.Request(v, registry.Production)
			if c.ask != nil {
				c.ask(&r)
			}
			w.refused(t, r, c.reason)
		})
	}
	settled(t.Context(), t, s)
}

// An old pass is no good once a newer run failed, however it is presented again.
func testReplays(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.register(t, "a")
	pass := w.attest(t, v)
	w.attest(t, v, Failing, func(s *evidence.Statement) { s.Issued = s.Issued.Add(time.Minute) })
	w.refused(t, w.Request(v, registry.Production), evidence.GateFailed)
	w.refusedAfter(t, v, pass.Envelope)
	nameless := pass.Envelope
	nameless.Signatures = []evidence.Signature{{Sig: pass.Envelope.Signatures[0].Sig}}
	w.refusedAfter(t, v, nameless)

	copied, made, err := s.Create(t.Context(), "m", append(Files("a"), Blob("notes.txt", "a copy")), evidence.Lineage{}, By()) // no evidence of its own
	if err != nil || !made {
		t.Fatal(copied, made, err)
	}
	w.refused(t, w.Request(copied, registry.Production), evidence.NoEvidence)
	other := world(t, s, "n")
	same := other.register(t, "a")
	other.refused(t, other.Request(same, registry.Production), evidence.NoEvidence)

	// The policy changed since, and back: only the policy in force counts, whatever was in force before.
	w.attest(t, v, func(s *evidence.Statement) { s.Issued = s.Issued.Add(2 * time.Minute) })
	must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", []byte(`{"gates":["stricter"]}`), By()))
	w.refused(t, w.Request(v, registry.Production), evidence.PolicyMoved)
	now := w.Request(v, registry.Production)
	now.Requires.Policy = evidence.DigestOf([]byte(`{"gates":["stricter"]}`))
	w.refused(t, now, evidence.PolicyNotCurrent)
}

func (w World) refusedAfter(t *testing.T, v evidence.Version, e evidence.Envelope) {
	t.Helper()
	if _, err := w.Store.AddEvidence(t.Context(), e, By()); err != nil {
		t.Logf("added again: %v", err)
	}
	w.refused(t, w.Request(v, registry.Production), evidence.GateFailed)
}

// bytesOf is a registry in which somebody changes files behind its back.
type bytesOf struct {
	registry.Registry
	swap func([]registry.Blob) []registry.Blob
}

func (b bytesOf) Artifacts(ctx context.Context, v evidence.Version) ([]registry.Blob, error) {
	blobs, err := b.Registry.Artifacts(ctx, v)
	return b.swap(slices.Clone(blobs)), err
}

func reading(b registry.Blob, text string, end error) registry.Blob {
	b.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader([]byte(text)), endsWith{end})), nil
	}
	return b
}

type endsWith struct{ err error }

func (e endsWith) Read([]byte) (int, error) { return 0, e.err }

func testSwappedBytes(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "weights")
	for name, swap := range map[string]func([]registry.Blob) []registry.Blob{
		"other bytes": func(bs []registry.Blob) []registry.Blob { bs[0] = reading(bs[0], "WEIGHTS", io.EOF); return bs },
		"cut off":     func(bs []registry.Blob) []registry.Blob { bs[0] = reading(bs[0], "weight", io.EOF); return bs },
		"longer":      func(bs []registry.Blob) []registry.Blob { bs[0] = reading(bs[0], "weights!", io.EOF); return bs },
		"one more":    func(bs []registry.Blob) []registry.Blob { return append(bs, Blob("z.so", "z")) },
		"one less":    func(bs []registry.Blob) []registry.Blob { return bs[:1] },
		"renamed":     func(bs []registry.Blob) []registry.Blob { bs[0].Path = "aodel.onnx"; return bs },
		"names swapped": func(bs []registry.Blob) []registry.Blob {
			bs[0].Open, bs[1].Open = bs[1].Open, bs[0].Open
			return bs
		},
		"gone": func(bs []registry.Blob) []registry.Blob {
			bs[0].Open = func(context.Context) (io.ReadCloser, error) { return nil, registry.ErrNotFound }
			return bs
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.Store = &registry.Store{Registry: bytesOf{s.Registry, swap}, Ledger: s.Ledger}
			w.refused(t, w.Request(v, registry.Production), evidence.BytesChanged)
		})
	}
	for name, damage := range map[string]func(registry.Blob) registry.Blob{
		"at once": func(b registry.Blob) registry.Blob { return reading(b, "", registry.ErrDamaged) },
		"later":   func(b registry.Blob) registry.Blob { return reading(b, "weighty", registry.ErrDamaged) },
		"at the end": func(b registry.Blob) registry.Blob {
			return reading(b, "weights", fmt.Errorf("%w: %w", registry.ErrDamaged, io.EOF))
		},
		"not even file": func(b registry.Blob) registry.Blob {
			b.Open = func(context.Context) (io.ReadCloser, error) { return nil, registry.ErrDamaged }
			return b
		},
	} {
		w.Store = &registry.Store{Ledger: s.Ledger, Registry: bytesOf{s.Registry, func(bs []registry.Blob) []registry.Blob {
			bs[0] = damage(bs[0])
			return bs
		}}}
		w.refused(t, w.Request(v, registry.Production), evidence.StoredBytesDamaged)
		d := w.last(t).Decision
		if has(*d, evidence.BytesChanged) || d.Unmet[0].Detail != `"model.onnx" is damaged in the store` {
			t.Errorf("damaged %s: %v", name, d.Unmet)
		}
	}
	w.Store = &registry.Store{Ledger: s.Ledger, Registry: bytesOf{s.Registry, func(bs []registry.Blob) []registry.Blob {
		bs[0] = reading(bs[0], "weig", errors.New("input/output error"))
		return bs
	}}}
	if d, err := w.Promote(t.Context(), v, registry.Production); err == nil {
		t.Errorf("where the bytes cannot be read, the decision is %+v", d)
	}
	settled(t.Context(), t, s)
	w.Store = s
	w.move(t, v, registry.Production)
}

func testAttachmentsChanged(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "a")
	// A later run attaches other bytes by the same name; what was bound is there still.
	if err := s.Attach(t.Context(), v, Blob("gates.json", "of a later run")); err != nil {
		t.Fatal(err)
	}
	w.move(t, v, registry.Production)
}

func testChampionChanged(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	one := w.passing(t, "a")
	first := must[evidence.Standing](t)(s.Look(t.Context(), registry.Look{Model: "m", Policy: w.Policy(), Manifest: one.Manifest.Digest(), Dataset: evidence.DigestOf([]byte("r")), By: By()}))
	if !first.NeverChampion {
		t.Error("a model that was never promoted had a champion")
	}
	if _, ok, err := registry.Champion(t.Context(), s, "m"); ok || err != nil {
		t.Errorf("it has one: %v, %v", ok, err)
	}
	w.move(t, one, registry.Production)
	v, ok, err := registry.Champion(t.Context(), s, "m")
	if err != nil || !ok || v.Number != "1" {
		t.Errorf("the holder of Production is not the champion: %s, %v, %v", v, ok, err)
	}
	second := must[evidence.Standing](t)(s.Look(t.Context(), registry.Look{Model: "m", Policy: w.Policy(), Dataset: evidence.DigestOf([]byte("r")), By: By()}))
	if second.NeverChampion {
		t.Error("a model with a champion never had one")
	}
	versus := func(champion string) func(*evidence.Statement) {
		return func(s *evidence.Statement) { s.Champion = champion }
	}
	ask := func(v evidence.Version) registry.Request {
		r := w.Request(v, registry.Production)
		r.Requires.Versus = r.Requires.Gates
		return r
	}
	two, three := w.register(t, "b"), w.register(t, "c")
	w.attest(t, two, versus("m/1"))
	w.attest(t, three, versus("m/1"))
	if d, err := registry.Promote(t.Context(), s, ask(two), Now(two)); err != nil || !d.Allowed() {
		t.Fatalf("compared with the champion: %v, %v", d, err)
	}
	w.refused(t, ask(three), evidence.ChampionChanged)
	// The alias goes before Production.
	w.move(t, one, registry.ChampionAlias)
	if d, err := registry.Promote(t.Context(), s, ask(three), Now(three)); err != nil || !d.Allowed() {
		t.Errorf("compared with the alias champion: %v, %v", d, err)
	}
	// A champion that was taken away is one that was set.
	for _, target := range []evidence.Target{registry.Production, registry.Staging, "@challenger"} {
		other := world(t, s, "other-"+strings.Trim(string(target), "@"))
		v := other.passing(t, "a")
		other.move(t, v, target)
		if target == registry.Production {
			other.move(t, other.passing(t, "b"), registry.Production)
		} else {
			other.move(t, v, registry.Archived)
		}
		st := must[evidence.Standing](t)(s.Look(t.Context(), registry.Look{Model: other.Model, Policy: other.Policy(), Dataset: evidence.DigestOf([]byte("r")), By: By()}))
		if st.NeverChampion != (target != registry.Production) {
			t.Errorf("after %s, it never had a champion: %v", target, st.NeverChampion)
		}
	}
}

func testTrustNarrows(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "a")
	keys := must[evidence.Trust](t)(s.Trust(t.Context()))
	with := func(change func(*evidence.TrustedKey)) registry.Request {
		r := w.Request(v, registry.Production)
		r.Trust = slices.Clone(keys)
		change(&r.Trust[0])
		return r
	}
	stranger := strange().Public().(ed25519.PublicKey)
	w.refused(t, with(func(k *evidence.TrustedKey) { k.Revoked = true }), evidence.KeyRevoked)
	w.refused(t, with(func(k *evidence.TrustedKey) { k.Public = stranger }), evidence.KeyUntrusted)
	w.refused(t, with(func(k *evidence.TrustedKey) { k.Roles = []string{evidence.RolePolicy} }), evidence.KeyRole)
	w.refused(t, with(func(k *evidence.TrustedKey) { k.Until = v.Created.Add(-time.Hour) }), evidence.KeyRetired)
	w.refused(t, with(func(k *evidence.TrustedKey) { k.From = v.Created.Add(time.Hour) }), evidence.KeyNotYetValid)
	none := w.Request(v, registry.Production)
	none.Trust = evidence.Trust{}
	w.refused(t, none, evidence.KeyUntrusted)
	// It cannot widen: a key that the ledger does not list signs nothing, whoever lists it.
	other := w.register(t, "b")
	forged := must[evidence.Envelope](t)(evidence.Sign(must[evidence.Statement](t)(w.Statement(t.Context(), other)), strange()))
	if _, err := s.AddEvidence(t.Context(), forged, By()); !errors.Is(err, registry.ErrUntrusted) {
		t.Errorf("added: %v", err)
	}
	if d, err := registry.Promote(t.Context(), s, with(func(k *evidence.TrustedKey) { k.From = time.Time{} }), Now(v)); err != nil || !d.Allowed() {
		t.Errorf("by the same list: %v, %v", d, err)
	}
}

func testAlreadyThere(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "a")
	for _, target := range []evidence.Target{registry.Staging, "@candidate", registry.Archived, registry.Production} {
		if d := w.move(t, v, target); slices.Contains(d.Met, registry.AlreadyThere) {
			t.Errorf("%s: it was already there: %q", target, d.Met)
		}
		before := len(w.records(t))
		for range 3 {
			if d := w.move(t, v, target); !slices.Contains(d.Met, registry.AlreadyThere) {
				t.Errorf("%s: it was not there: %q", target, d.Met)
			}
		}
		if after := len(w.records(t)); after != before {
			t.Errorf("%s: %d records were made of nothing", target, after-before)
		}
	}
	// What may not be there is told, and stays: a refusal moves nothing.
	r := w.Request(v, registry.Production)
	r.Requires.Gates = append(r.Requires.Gates, "auc")
	w.refused(t, r, evidence.GateMissing)
	if got := w.holder(t, registry.Production); got != "1" {
		t.Errorf("Production points at %q", got)
	}
}

func testDryRun(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	good, bad := w.passing(t, "a"), w.register(t, "b")
	before := len(w.records(t))
	for _, v := range []evidence.Version{good, bad} {
		r := w.Request(v, registry.Production)
		r.DryRun = true
		d, err := registry.Promote(t.Context(), s, r, Now(v))
		if err != nil || d.Allowed() != (v.Number == good.Number) {
			t.Errorf("%s: %+v, %v", v, d, err)
		}
	}
	if after := len(w.records(t)); after != before || w.holder(t, registry.Production) != "" {
		t.Errorf("%d records were made, Production points at %q", after-before, w.holder(t, registry.Production))
	}
}

func testDamage(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v := w.passing(t, "weights")
	if damaged, err := registry.Damage(t.Context(), s, v); err != nil || len(damaged) > 0 {
		t.Errorf("damaged are %v, %v", damaged, err)
	}
	for name, change := range map[string]func(registry.Blob) registry.Blob{
		"other bytes": func(b registry.Blob) registry.Blob { return reading(b, "WEIGHTS", io.EOF) },
		"damaged":     func(b registry.Blob) registry.Blob { return reading(b, "weights", registry.ErrDamaged) },
		"gone": func(b registry.Blob) registry.Blob {
			b.Open = func(context.Context) (io.ReadCloser, error) { return nil, registry.ErrNotFound }
			return b
		},
	} {
		swapped := &registry.Store{Ledger: s.Ledger, Registry: bytesOf{s.Registry, func(bs []registry.Blob) []registry.Blob {
			bs[0] = change(bs[0])
			return bs
		}}}
		damaged, err := registry.Damage(t.Context(), swapped, v)
		if err != nil || len(damaged) != 1 || damaged[0] != v.Manifest[0] {
			t.Errorf("%s: damaged are %v, %v", name, damaged, err)
		}
	}
}
