package compliance

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

func day(n int) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func f64(x float64) *float64 { return &x }

// A world is a dossier as a real run leaves it, made by hand: a card in a person's words with an evaluation of two groups, a report, signed
// evidence in a log among records of another model, and the keys.
type world struct {
	t         testing.TB
	key       ed25519.PrivateKey
	trust     evidence.Trust
	statement evidence.Statement
	card      *cards.Card
	log       log
	now       time.Time
}

// log is a Merkle log in memory.
type log struct {
	leaves [][]byte
	hashes hashes
}

func (l *log) add(t testing.TB, r evidence.Record) int64 {
	t.Helper()
	r.Number = int64(len(l.leaves)) + 1
	leaf, err := evidence.LeafBytes(r)
	if err != nil {
		t.Fatal(err)
	}
	more, err := evidence.AppendHashes(r.Number, leaf, &l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	l.leaves, l.hashes = append(l.leaves, leaf), append(l.hashes, more...)
	return r.Number
}

func (l *log) checkpoint(t testing.TB, key ed25519.PrivateKey) string {
	t.Helper()
	size := int64(len(l.leaves))
	root, err := evidence.TreeRoot(size, &l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := evidence.SignCheckpoint(evidence.Checkpoint{Origin: evidence.Origin("reg-1"), Size: size, Root: root}, key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func newWorld(t testing.TB) *world {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public := key.Public().(ed25519.PublicKey)
	actor := evidence.Actor{Issuer: "key", Subject: evidence.KeyID(public), Name: "local key"}
	policy := evidence.DigestOf([]byte("policy"))
	version := evidence.Version{
		Registry: "reg-1", Model: "ma-employment", Number: "2", Created: day(-1), Source: "artifacts/2",
		Manifest: evidence.Manifest{{Path: "model.onnx", Size: 7, SHA256: evidence.DigestOf([]byte("weights"))}},
		Lineage:  evidence.Lineage{Data: "acs-2015", Commit: "4f5a1c", Run: "run-7", Author: actor},
	}
	recall := evidence.Result{Gate: "recall", Verdict: evidence.Pass, Min: f64(0.5), Value: f64(0.69), Low: f64(0.66), High: f64(0.72),
		Claims: []evidence.Claim{{Groups: map[string]string{"sex": "women"}, Value: f64(0.69), Low: f64(0.66), High: f64(0.72), Support: 900}}}
	figure := func(v float64) evaluate.Figure {
		return evaluate.Figure{Value: f64(v), Support: 900, Interval: &stats.Interval{Low: v - .02, High: v + .02, Level: .95, Method: "wilson"}}
	}
	inputs := []evidence.Input{{File: evidence.File{Path: "predictions.parquet", Size: 9, SHA256: evidence.DigestOf([]byte("rows"))}, Role: "predictions", Rows: 69126}}
	dataset := evidence.DigestOf([]byte("dataset"))
	standing := evidence.Standing{Policy: evidence.PolicyRef{Digest: policy, Record: 1}, ThresholdsFirst: true, Look: 1, NeverChampion: true}
	card := &cards.Card{
		Schema: cards.SchemaID, Model: "ma-employment", Version: &version,
		Words: cards.Words{
			ModelDetails: cards.Details{Name: "employment", Version: "2.0", Type: "gradient boosting", Description: "150 trees", License: "Apache-2.0",
				Contact: "ml@example.org", Framework: "scikit-learn 1.7"},
			IntendedUse:    cards.Use{PrimaryUse: "none: a test model", IntendedUsers: []string{"testers"}, OutOfScope: []string{"everything else"}},
			Factors:        []string{"sex and disability, since work is divided by both"},
			TrainingData:   cards.Data{Description: "census of 2015", Size: "68,785 rows", Preprocessing: "one-hot", Note: "public use microdata"},
			EvaluationData: cards.Data{Description: "census of 2016"}, MetricsRationale: "an employer loses by each miss", Limitations: []string{"not of other states"},
			EthicalConsiderations: []cards.Concern{{Concern: "misses people with a disability", Mitigation: "a gate on recall"}},
			ApprovedBy:            "A. Person",
		},
		Evaluation: &evaluate.Evaluation{
			Schema: evaluate.SchemaID, Dataset: dataset, Rows: 69126, Inputs: inputs,
			Terms: evaluate.Terms{Task: "binary", Label: "employed", Positive: "1", Threshold: f64(0.5), Groups: []evaluate.Dimension{{Name: "sex", Column: "SEX"}}},
			Slices: []evaluate.Slice{
				{Groups: evaluate.Groups{}, Rows: 69126, Metrics: map[string]evaluate.Figure{"recall": figure(.86), "roc_auc": figure(.9)}},
				{Groups: evaluate.Groups{"sex": "men"}, Rows: 33186, Metrics: map[string]evaluate.Figure{"recall": figure(.87)}},
				{Groups: evaluate.Groups{"sex": "women"}, Rows: 35940, Metrics: map[string]evaluate.Figure{"recall": figure(.69)}},
			},
		},
		Report: &gates.Report{Schema: gates.SchemaID, Verdict: evidence.Pass, Standing: standing, Gates: []gates.Outcome{
			{Result: recall, Kind: "bound", Says: "recall across sex", Across: []string{"sex"}, Bound: "≥ 0.50", Because: "a tool that offers jobs must find people"}}},
	}
	w := &world{t: t, key: key, card: card, now: day(2)}
	w.trust = evidence.Trust{{Public: public, Owner: actor, Roles: []string{evidence.RoleEvidence, evidence.RoleAdmin}, From: day(-10)}}
	w.statement = evidence.Statement{
		Kind: evidence.Evidence, Verdict: evidence.Pass, Issued: day(0), Expires: day(90), Version: version, Standing: standing, Dataset: dataset, Inputs: inputs,
		Columns: map[string]string{"score": "score"}, Predictions: "supplied by " + actor.Subject, Results: []evidence.Result{recall}, Tool: "gatecard test",
	}
	w.log.add(t, evidence.Record{At: day(0), By: actor, Act: evidence.PolicySet, Model: "ma-employment", Digest: policy})
	w.log.add(t, evidence.Record{At: day(0), By: actor, Act: evidence.PolicySet, Model: "another", Digest: evidence.DigestOf([]byte("secret of another"))})
	return w
}

// dossier signs, logs and gathers what the world says now.
func (w *world) dossier() Dossier {
	w.t.Helper()
	b, err := schema.Encode(w.card)
	if err != nil {
		w.t.Fatal(err)
	}
	gatesFile := []byte(`{"verdict":"pass"}`)
	w.statement.Card = &evidence.CardState{File: evidence.DigestOf(b)}
	w.statement.Attachments = []evidence.File{
		{Path: "card.json", Size: int64(len(b)), SHA256: evidence.DigestOf(b)},
		{Path: "gates.json", Size: int64(len(gatesFile)), SHA256: evidence.DigestOf(gatesFile)},
	}
	envelope, err := evidence.Sign(w.statement, w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	record := evidence.Record{At: day(0), By: w.trust[0].Owner, Act: evidence.Attested, Model: "ma-employment", Version: "2", Digest: envelope.Digest()}
	number := w.log.add(w.t, record)
	checkpoint := w.log.checkpoint(w.t, w.key)
	proof, err := evidence.Prove(number, number, w.log.leaves[number-1], checkpoint, &w.log.hashes)
	if err != nil {
		w.t.Fatal(err)
	}
	s, _, err := evidence.Open(envelope, w.trust, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	d := Dossier{At: w.now, Card: w.card, Evidence: []evidence.Bundle{{Envelope: envelope, Log: proof}}, Statement: &s,
		Attached: map[string][]byte{"card.json": b, "gates.json": gatesFile}}
	if err := d.TakeLog(w.log.leaves, checkpoint, "ma-employment"); err != nil {
		w.t.Fatal(err)
	}
	return d
}
