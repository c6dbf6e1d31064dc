package evidence

import (
	"crypto/ed25519"
	"testing"
	"time"
)

// A world is a version, its evidence and all that the verifier looks at. As made it is let in; a test changes one thing.
type world struct {
	t         testing.TB
	key       ed25519.PrivateKey
	ledgerKey ed25519.PrivateKey
	statement Statement
	requires  Requirements
	trust     Trust
	live      State
	now       time.Time
	log       *memoryLog
	bundle    Bundle
}

func day(n int) time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func testKey(seed byte) ed25519.PrivateKey {
	b := make([]byte, ed25519.SeedSize)
	b[0] = seed
	return ed25519.NewKeyFromSeed(b)
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func keyActor(k ed25519.PrivateKey, name string) Actor {
	return Actor{Issuer: "key", Subject: KeyID(public(k)), Name: name}
}

func trusted(k ed25519.PrivateKey, roles ...string) TrustedKey {
	return TrustedKey{Public: public(k), Owner: keyActor(k, "a key"), Roles: roles, From: day(-10)}
}

func file(path, content string) File {
	return File{Path: path, Size: int64(len(content)), SHA256: DigestOf([]byte(content))}
}

func f64(x float64) *float64 { return &x }

// newWorld has every field of a statement set, so that a test can take each away.
func newWorld(t testing.TB) *world {
	key, ledgerKey := testKey(1), testKey(2)
	policy := PolicyRef{Digest: DigestOf([]byte("policy")), Record: 1}
	manifest := Manifest{file("model.onnx", "weights"), file("preprocessor/scale.json", "{}"), file("threshold.json", "0.5")}
	card := file("card.json", "a card")
	version := Version{Registry: "reg-1", Model: "ma-employment", Number: "3", Created: day(0), Source: "artifacts/3", Manifest: manifest,
		Lineage: Lineage{Data: "acs-2016", Commit: "4f5a1c", Run: "run-7", Parent: "ma-employment/2", Author: keyActor(key, "ana")}}
	w := &world{
		t: t, key: key, ledgerKey: ledgerKey, now: day(2), log: &memoryLog{},
		statement: Statement{
			Kind: Evidence, Verdict: Pass, Issued: day(1), Expires: day(91), Version: version,
			Standing: Standing{Policy: policy, ThresholdsFirst: true, Look: 3},
			Champion: "ma-employment/2",
			Dataset:  DigestOf([]byte("rows")),
			Inputs: []Input{
				{File: file("predictions-2016.parquet", "p"), Role: "predictions", Rows: 69126},
				{File: file("predictions-2015.parquet", "b"), Role: "baseline", Rows: 68000},
			},
			Columns:     map[string]string{"label": "employed", "score": "score"},
			Predictions: "supplied by " + KeyID(public(key)),
			Results: []Result{
				{Gate: "recall", Verdict: Pass, Min: f64(0.5), Value: f64(0.6), Low: f64(0.55), High: f64(0.65), Claims: []Claim{
					{Groups: map[string]string{"sex": "women"}, Value: f64(0.6), Low: f64(0.55), High: f64(0.65), Support: 900}}},
				{Gate: "gap", Verdict: Pass, Max: f64(0.05), Value: f64(0.01), Low: f64(0), High: f64(0.04), Claims: []Claim{
					{Groups: map[string]string{"sex": "men"}, Against: map[string]string{"sex": "women"}, Value: f64(0.01), Low: f64(0), High: f64(0.04), Support: 800}}},
				{Gate: "auc-versus-champion", Verdict: Pass, Max: f64(0.002), Value: f64(-0.01), Low: f64(-0.02), High: f64(0.001), Claims: []Claim{
					{Groups: map[string]string{}, Value: f64(-0.01), Low: f64(-0.02), High: f64(0.001), Support: 69126}}},
			},
			Card:        &CardState{File: card.SHA256},
			Attachments: []File{card, file("evaluation.json", "figures"), file("gates.json", "verdicts")},
			Tool:        "gatecard 0.1.0 (abc)",
		},
		requires: Requirements{
			Protection: Protection{Requires: []string{"gates", "card", "artifacts", "lineage"}},
			Target:     "Production", Policy: policy.Digest, Gates: []string{"recall", "gap", "auc-versus-champion"}, Versus: []string{"auc-versus-champion"}, Longest: 100 * 24 * time.Hour,
			Artifacts: map[string]string{"weights": "*.onnx", "preprocessor": "preprocessor/*", "threshold": "threshold.json"},
		},
		trust: Trust{trusted(ledgerKey, RoleAdmin), trusted(key, RoleEvidence)},
		live:  State{Version: version, Policy: policy, Champion: "ma-employment/2"},
	}
	w.live.Attachments = []File{card, file("evaluation.json", "figures"), file("gates.json", "verdicts"), file("later.txt", "not bound")}
	w.log.add(t, Record{At: day(-1), By: keyActor(key, "ana"), Act: PolicySet, Model: "ma-employment", Digest: policy.Digest})
	return w
}

// seal signs the statement as it is now.
func (w *world) seal() {
	w.t.Helper()
	e, err := Sign(w.statement, w.key)
	if err != nil {
		w.t.Fatalf("sign: %v", err)
	}
	w.enter(e, day(1))
}

// sealRaw signs any bytes, as a program of somebody who has the key could.
func (w *world) sealRaw(payload []byte) {
	w.t.Helper()
	sig := ed25519.Sign(w.key, pae(payloadType, payload))
	w.enter(Envelope{PayloadType: payloadType, Payload: payload, Signatures: []Signature{{KeyID: KeyID(public(w.key)), Sig: sig}}}, day(1))
}

// enter logs an envelope and makes the bundle.
func (w *world) enter(e Envelope, at time.Time) {
	w.t.Helper()
	act := Attested
	if w.statement.Kind == Recheck {
		act = Rechecked
	}
	w.log.add(w.t, Record{At: at, By: keyActor(w.key, "ana"), Act: act, Model: "ma-employment", Version: "3", Digest: e.Digest()})
	n := int64(len(w.log.leaves))
	w.bundle = Bundle{Envelope: e, Log: w.log.prove(w.t, n, n, w.ledgerKey)}
}

func (w *world) verify() Decision { return Verify(w.bundle, w.requires, w.trust, w.live, w.now) }

// memoryLog does what a ledger does with a record.
type memoryLog struct {
	leaves [][]byte
	hashes hashList
}

func (l *memoryLog) add(t testing.TB, r Record) {
	t.Helper()
	r.Number = int64(len(l.leaves)) + 1
	leaf, err := LeafBytes(r)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := AppendHashes(r.Number, leaf, &l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	if place := HashIndex(r.Number); place != int64(len(l.hashes)) {
		t.Fatalf("record %d: its hashes go to %d, there are %d", r.Number, place, len(l.hashes))
	}
	l.leaves, l.hashes = append(l.leaves, leaf), append(l.hashes, hashes...)
}

func (l *memoryLog) checkpoint(t testing.TB, size int64) Checkpoint {
	t.Helper()
	root, err := TreeRoot(size, &l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	return Checkpoint{Origin: Origin("ledger-1"), Size: size, Root: root}
}

func (l *memoryLog) prove(t testing.TB, number, size int64, key ed25519.PrivateKey) LogProof {
	t.Helper()
	signed, err := SignCheckpoint(l.checkpoint(t, size), key)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Prove(number, size, l.leaves[number-1], signed, &l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reasons are those of a decision, without the unproven that follow from another.
func reasons(d Decision) map[Reason]bool {
	set := map[Reason]bool{}
	for _, u := range d.Unmet {
		if u.Reason != Unproven {
			set[u.Reason] = true
		}
	}
	return set
}
