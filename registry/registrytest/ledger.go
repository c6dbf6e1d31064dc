package registrytest

import (
	"crypto/ed25519"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func strange() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

func testKeys(t *testing.T, s *registry.Store) {
	public := strange().Public().(ed25519.PublicKey)
	if enrolled, err := s.Enrol(t.Context(), Public(), By()); err != nil || !enrolled {
		t.Fatalf("the first key: %v, %v", enrolled, err)
	}
	for _, k := range []ed25519.PublicKey{Public(), public} {
		if enrolled, err := s.Enrol(t.Context(), k, By()); err != nil || enrolled {
			t.Errorf("a later key: %v, %v", enrolled, err)
		}
	}
	keys, err := s.Trust(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	k := keys[0]
	if !k.Public.Equal(Public()) || k.Owner != By() || !slices.Equal(k.Roles, []string{evidence.RoleEvidence, evidence.RolePolicy, evidence.RoleAdmin}) || k.From.IsZero() || !k.Until.IsZero() || k.Revoked {
		t.Errorf("the key is %+v", k)
	}
	records, err := s.Log(t.Context(), "", 1)
	if err != nil || len(records) != 1 || records[0].Act != evidence.KeyEnrolled || records[0].Digest != evidence.DigestOf(Public()) {
		t.Errorf("the log has %+v, %v", records, err)
	}
}

func testPolicies(t *testing.T, s *registry.Store) {
	if _, _, err := s.Policy(t.Context(), "m"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a policy that was never set: %v", err)
	}
	one, two := []byte(`{"gates":1}`), []byte(`{"gates":2}`)
	first := must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", one, By()))
	again := must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", one, By()))
	second := must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", two, By()))
	if first != again || first.Digest != evidence.DigestOf(one) || second.Digest != evidence.DigestOf(two) || first.Record < 1 || second.Record <= first.Record {
		t.Errorf("first %v, again %v, second %v", first, again, second)
	}
	ref, canonical, err := s.Policy(t.Context(), "m")
	if err != nil || ref != second || string(canonical) != string(two) {
		t.Errorf("in force is %v, %s, %v", ref, canonical, err)
	}
	third := must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), "m", one, By()))
	if third.Digest != first.Digest || third.Record <= second.Record {
		t.Errorf("set back to the first, it is %v", third)
	}
	for _, p := range [][]byte{one, two} {
		if got, err := s.PolicyAt(t.Context(), evidence.DigestOf(p)); err != nil || string(got) != string(p) {
			t.Errorf("%s is %s, %v", evidence.DigestOf(p), got, err)
		}
	}
	if _, err := s.PolicyAt(t.Context(), evidence.DigestOf([]byte("x"))); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a policy that nobody has seen: %v", err)
	}
	if _, _, err := s.Policy(t.Context(), "other"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("the policy of another model: %v", err)
	}
	if _, err := s.SetPolicy(t.Context(), "m", nil, By()); err == nil {
		t.Error("an empty policy was set")
	}
}

func testFirstLook(t *testing.T, s *registry.Store) {
	files, rows, p := evidence.DigestOf([]byte("files")), evidence.DigestOf([]byte("rows")), []byte(`{"gates":1}`)
	st := must[evidence.Standing](t)(s.Look(t.Context(), registry.Look{Model: "m", Policy: p, Manifest: files, Dataset: rows, By: By()}))
	ref, canonical, err := s.Policy(t.Context(), "m")
	if err != nil || ref.Digest != evidence.DigestOf(p) || string(canonical) != string(p) {
		t.Errorf("in force is %v, %v", ref, err)
	}
	if want := (evidence.Standing{Policy: ref, ThresholdsFirst: true, Look: 1, NeverChampion: true}); st != want {
		t.Errorf("it stands as %+v, want %+v", st, want)
	}
	records, err := s.Log(t.Context(), "m", 1)
	if err != nil || len(records) != 2 || records[0].Act != evidence.PolicySet || records[1].Act != evidence.Looked {
		t.Fatalf("the log has %+v, %v", records, err)
	}
	if r := records[1]; r.Manifest != files || r.Dataset != rows || r.Digest != ref.Digest || r.By != By() {
		t.Errorf("the look is %+v", r)
	}
}

func testLooks(t *testing.T, s *registry.Store) {
	const old, newer, other = `{"min":0.9}`, `{"min":0.5}`, `{"min":0.1}`
	digest := func(name string) evidence.Digest {
		if name == "" {
			return ""
		}
		return evidence.DigestOf([]byte(name))
	}
	type step struct {
		set                    string // a policy, or
		policy, manifest, rows string // a look
		first                  bool
		look                   int
	}
	for name, steps := range map[string][]step{
		"set, then run": {{set: old}, {policy: old, manifest: "a", rows: "r", first: true, look: 1}, {policy: old, manifest: "a", rows: "r", first: true, look: 1}},
		"fail, edit, run again": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {set: newer},
			{policy: newer, manifest: "a", rows: "r", first: false, look: 1}},
		"fail, edit, other files": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {set: newer},
			{policy: newer, manifest: "b", rows: "r", first: true, look: 2}},
		"fail, edit, other rows": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {set: newer},
			{policy: newer, manifest: "a", rows: "q", first: true, look: 1}},
		"back to the first policy": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {set: newer}, {set: old},
			{policy: old, manifest: "a", rows: "r", first: true, look: 1}},
		"a policy that is not in force": {{policy: old, manifest: "a", rows: "r", first: true, look: 1},
			{policy: newer, manifest: "b", rows: "r", first: false, look: 2}},
		"tried under another, then set": {{set: old}, {policy: newer, manifest: "a", rows: "r", first: false, look: 1}, {set: newer},
			{policy: newer, manifest: "a", rows: "r", first: false, look: 1}},
		"tried without files": {{policy: old, rows: "r", first: true, look: 1}, {policy: old, manifest: "a", rows: "r", first: true, look: 2}, {set: newer},
			{policy: newer, manifest: "b", rows: "r", first: false, look: 3}},
		"files, then none": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {set: newer},
			{policy: newer, rows: "r", first: false, look: 2}, {policy: newer, rows: "q", first: true, look: 1}},
		"rows that have no digest": {{policy: old, manifest: "a", first: true}, {set: newer}, {policy: newer, manifest: "a", rows: "r", first: false, look: 1}},
		"candidates": {{policy: old, manifest: "a", rows: "r", first: true, look: 1}, {policy: old, manifest: "b", rows: "r", first: true, look: 2},
			{policy: old, manifest: "a", rows: "r", first: true, look: 2}, {set: other}, {policy: other, manifest: "c", rows: "r", first: true, look: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			model := "m-" + strings.ReplaceAll(name, " ", "-")
			newest := map[string]int64{}
			for i, step := range steps {
				if step.set != "" {
					newest[step.set] = must[evidence.PolicyRef](t)(s.SetPolicy(t.Context(), model, []byte(step.set), By())).Record
					continue
				}
				got := must[evidence.Standing](t)(s.Look(t.Context(), registry.Look{Model: model, Policy: []byte(step.policy), Manifest: digest(step.manifest), Dataset: digest(step.rows), By: By()}))
				if i == 0 {
					ref, _, err := s.Policy(t.Context(), model)
					if err != nil {
						t.Fatal(err)
					}
					newest[step.policy] = ref.Record
				}
				want := evidence.Standing{Policy: evidence.PolicyRef{Digest: digest(step.policy), Record: newest[step.policy]}, ThresholdsFirst: step.first, Look: step.look, NeverChampion: true}
				if got != want {
					t.Errorf("step %d: %+v, want %+v", i+1, got, want)
				}
				if canonical, err := s.PolicyAt(t.Context(), want.Policy.Digest); err != nil || string(canonical) != step.policy {
					t.Errorf("step %d: the policy judged by is %s, %v", i+1, canonical, err)
				}
			}
		})
	}
}

func testEvidence(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v, other := w.register(t, "a"), w.register(t, "b")
	first := w.attest(t, v, Failing)
	second := w.attest(t, v)
	recheck := w.attest(t, v, func(s *evidence.Statement) { s.Kind = evidence.Recheck })
	bundles, err := s.Evidence(t.Context(), v)
	if err != nil || len(bundles) != 3 {
		t.Fatalf("%d bundles, %v", len(bundles), err)
	}
	keys := must[evidence.Trust](t)(s.Trust(t.Context()))
	for i, want := range []evidence.Bundle{first, second, recheck} {
		if !reflect.DeepEqual(bundles[i].Envelope, want.Envelope) {
			t.Errorf("bundle %d is another", i)
		}
		act := []evidence.Act{evidence.Attested, evidence.Attested, evidence.Rechecked}[i]
		for _, b := range []evidence.Bundle{want, bundles[i]} {
			r, _, err := evidence.CheckProof(b.Log, keys, Now(v)())
			if err != nil || r.Act != act || r.Version != v.Number || r.Model != "m" || r.Digest != want.Envelope.Digest() || r.By != By() {
				t.Errorf("bundle %d: its record is %+v, %v", i, r, err)
			}
		}
	}
	if bundles, err := s.Evidence(t.Context(), other); err != nil || len(bundles) > 0 {
		t.Errorf("another version has %d bundles, %v", len(bundles), err)
	}
	again := must[evidence.Bundle](t)(s.AddEvidence(t.Context(), first.Envelope, By()))
	if again.Log.Record != first.Log.Record {
		t.Errorf("added again, it has record %d, not %d", again.Log.Record, first.Log.Record)
	}

	st := must[evidence.Statement](t)(w.Statement(t.Context(), v))
	forged := must[evidence.Envelope](t)(evidence.Sign(st, strange()))
	if _, err := s.AddEvidence(t.Context(), forged, By()); !errors.Is(err, registry.ErrUntrusted) {
		t.Errorf("evidence by a strange key: %v", err)
	}
	changed := second.Envelope
	changed.Payload = append(slices.Clone(changed.Payload), ' ')
	if _, err := s.AddEvidence(t.Context(), changed, By()); err == nil {
		t.Error("evidence that was changed after it was signed was added")
	}
	if _, err := s.AddEvidence(t.Context(), evidence.Envelope{}, By()); err == nil {
		t.Error("no evidence was added")
	}
	invented := st
	invented.Version.Lineage.Commit = "another"
	if _, err := s.AddEvidence(t.Context(), must[evidence.Envelope](t)(evidence.Sign(invented, Key())), By()); err == nil {
		t.Error("evidence with a lineage that was not registered was added")
	}
	st.Version.Number = "9"
	if _, err := s.AddEvidence(t.Context(), must[evidence.Envelope](t)(evidence.Sign(st, Key())), By()); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("evidence of a version that is not there: %v", err)
	}
	if bundles, err := s.Evidence(t.Context(), v); err != nil || len(bundles) != 3 {
		t.Errorf("%d bundles, %v", len(bundles), err)
	}
}

func testLog(t *testing.T, s *registry.Store) {
	if n, _, err := s.Check(t.Context()); err != nil || n != 0 {
		t.Errorf("an empty log has %d records, %v", n, err)
	}
	w, other := world(t, s, "m"), world(t, s, "n")
	v := w.passing(t, "a")
	w.move(t, v, registry.Production)
	other.register(t, "a")
	all := must[[]evidence.Record](t)(s.Log(t.Context(), "", 0))
	for i, r := range all {
		if r.Number != int64(i)+1 || r.At.IsZero() || r.Act == "" {
			t.Errorf("record %d is %+v", i+1, r)
		}
	}
	if got := must[[]evidence.Record](t)(s.Log(t.Context(), "", 3)); !reflect.DeepEqual(got, all[2:]) {
		t.Errorf("from 3 on there are %d records, want %d", len(got), len(all)-2)
	}
	for _, r := range must[[]evidence.Record](t)(s.Log(t.Context(), "n", 1)) {
		if r.Model != "n" {
			t.Errorf("a record of %q is among those of n", r.Model)
		}
	}
	leaves, note, err := s.Leaves(t.Context())
	if err != nil || len(leaves) != len(all) {
		t.Fatalf("%d leaves of %d records, %v", len(leaves), len(all), err)
	}
	keys := must[evidence.Trust](t)(s.Trust(t.Context()))
	checkpoint, _, err := evidence.OpenCheckpoint(note, keys, Now(v)())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := evidence.VerifyLog(leaves, nil, checkpoint)
	if err != nil || checkpoint.Size != int64(len(all)) {
		t.Errorf("checkpoint of %d records of %d: %v", checkpoint.Size, len(all), err)
	}
	n, root, err := s.Check(t.Context())
	if err != nil || n != tree.N || root != tree.Hash.String() {
		t.Errorf("checked are %d records to %s, %v; the leaves give %d to %s", n, root, err, tree.N, tree.Hash)
	}
}

func testReaders(t *testing.T, s *registry.Store) {
	world(t, s, "m")
	for _, want := range []struct {
		reader   string
		set, get int64
	}{{"slack", 0, 0}, {"slack", 1, 1}, {"webhook", 0, 0}, {"slack", 2, 2}, {"slack", 1, 2}} {
		if want.set > 0 {
			if err := s.SetSeen(t.Context(), want.reader, want.set); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Seen(t.Context(), want.reader); err != nil || got != want.get {
			t.Errorf("%s: set to %d, it has seen %d, %v", want.reader, want.set, got, err)
		}
	}
}
