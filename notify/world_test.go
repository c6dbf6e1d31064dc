package notify

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
)

func day(n int) time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func f64(x float64) *float64 { return &x }

// ledger and files are the parts of a store that Send reads.
type ledger struct {
	registry.Ledger
	records []evidence.Record
	bundles []evidence.Bundle
	trust   evidence.Trust
	seen    map[string]int64
	sets    []int64 // what SetSeen was given, in order
	failLog error
	failSet error
}

func (l *ledger) Log(_ context.Context, model string, from int64) ([]evidence.Record, error) {
	var found []evidence.Record
	for _, r := range l.records {
		if r.Number >= from && (model == "" || model == r.Model) {
			found = append(found, r)
		}
	}
	return found, l.failLog
}

func (l *ledger) Seen(_ context.Context, reader string) (int64, error) { return l.seen[reader], nil }

func (l *ledger) SetSeen(_ context.Context, reader string, record int64) error {
	if l.failSet != nil {
		return l.failSet
	}
	l.seen[reader] = record
	l.sets = append(l.sets, record)
	return nil
}

func (l *ledger) Trust(context.Context) (evidence.Trust, error) { return l.trust, nil }

func (l *ledger) Evidence(context.Context, evidence.Version) ([]evidence.Bundle, error) {
	return l.bundles, nil
}

type files struct {
	registry.Registry
	version  evidence.Version
	attached map[evidence.Digest][]byte
}

func (f *files) Version(context.Context, string, string) (evidence.Version, error) {
	return f.version, nil
}

func (f *files) Attachment(_ context.Context, _ evidence.Version, d evidence.Digest) (registry.Blob, error) {
	b, ok := f.attached[d]
	if !ok {
		return registry.Blob{}, registry.ErrNotFound
	}
	return registry.Blob{Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}, nil
}

// newStore has a ledger with the records, numbered, and version 1 with failing evidence that binds a report.
func newStore(t *testing.T, records ...evidence.Record) (*registry.Store, *ledger) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	claims := []evidence.Claim{{Groups: map[string]string{"disability": "with a disability"}, Value: f64(0.295), Low: f64(0.274), High: f64(0.319), Support: 1834}}
	fails := evidence.Result{Gate: "recall-across-disability", Verdict: evidence.Fail, Min: f64(0.5), Value: f64(0.295), Low: f64(0.274), High: f64(0.319), Claims: claims}
	passes := evidence.Result{Gate: "roc_auc", Verdict: evidence.Pass, Min: f64(0.86), Value: f64(0.903), Low: f64(0.901), High: f64(0.905),
		Claims: []evidence.Claim{{Groups: map[string]string{}, Value: f64(0.903), Low: f64(0.901), High: f64(0.905), Support: 69126}}}
	report, err := json.Marshal(gates.Report{Verdict: evidence.Fail, Gates: []gates.Outcome{
		{Result: fails, Says: "recall across disability", Where: "with a disability", Measured: "0.295", Bound: "≥ 0.50"},
		{Result: passes, Says: "roc_auc", Where: "overall", Measured: "0.903", Bound: "≥ 0.86"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	manifest := evidence.Manifest{{Path: "model.onnx", Size: 7, SHA256: evidence.DigestOf([]byte("weights"))}}
	version := evidence.Version{Registry: "reg-1", Model: "ma-employment", Number: "1", Created: day(-1), Source: "artifacts/1", Manifest: manifest}
	actor := evidence.Actor{Issuer: "key", Subject: evidence.KeyID(key.Public().(ed25519.PublicKey)), Name: "local key"}
	statement := evidence.Statement{
		Kind: evidence.Evidence, Verdict: evidence.Fail, Issued: day(0), Expires: day(90), Version: version, Dataset: evidence.DigestOf([]byte("rows")),
		Standing:    evidence.Standing{Policy: evidence.PolicyRef{Digest: evidence.DigestOf([]byte("policy")), Record: 1}, ThresholdsFirst: true, Look: 1},
		Inputs:      []evidence.Input{{File: evidence.File{Path: "p.parquet", Size: 1, SHA256: evidence.DigestOf([]byte("p"))}, Role: "predictions", Rows: 69126}},
		Columns:     map[string]string{"score": "score"},
		Predictions: "supplied by " + actor.Subject, Results: []evidence.Result{fails, passes},
		Attachments: []evidence.File{{Path: "gates.json", Size: int64(len(report)), SHA256: evidence.DigestOf(report)}}, Tool: "gatecard test",
	}
	envelope, err := evidence.Sign(statement, key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range records {
		records[i].Number = int64(i + 1)
		if records[i].At.IsZero() {
			records[i].At = day(0)
		}
		if records[i].Digest == "its evidence" {
			records[i].Digest = envelope.Digest()
		}
	}
	l := &ledger{
		records: records, seen: map[string]int64{}, bundles: []evidence.Bundle{{Envelope: envelope}},
		trust: evidence.Trust{{Public: key.Public().(ed25519.PublicKey), Owner: actor, Roles: []string{evidence.RoleEvidence}, From: day(-10)}},
	}
	return &registry.Store{Registry: &files{version: version, attached: map[evidence.Digest][]byte{evidence.DigestOf(report): report}}, Ledger: l}, l
}

func refused(model string) evidence.Record {
	return evidence.Record{
		Act: evidence.Refused, Model: model, Version: "1", Target: "Production", Digest: "its evidence", By: evidence.Actor{Name: "local key"},
		Decision: &evidence.Decision{Target: "Production", Met: []string{"card"}, Unmet: []evidence.Refusal{
			{Requirement: "gates", Reason: evidence.GateFailed, Detail: "recall-across-disability: 0.295, at least 0.5 is required"}}},
	}
}

func promoted(model, version, from string) evidence.Record {
	return evidence.Record{Act: evidence.Promoted, Model: model, Version: version, From: from, Target: "Production",
		Decision: &evidence.Decision{Target: "Production", Met: []string{"gates", "card"}}}
}

// ear is a reader that remembers, and fails where it is told to.
type ear struct {
	heard []int64
	fail  map[int64]error
}

func (e *ear) Name() string { return "ear" }

func (e *ear) Tell(_ context.Context, r evidence.Record, _ render.View) error {
	if err := e.fail[r.Number]; err != nil {
		return err
	}
	e.heard = append(e.heard, r.Number)
	return nil
}

var errDown = errors.New("down")

// slowReader answers only when it is told to stop.
type slowReader struct{}

func (slowReader) Name() string { return "slow" }

func (slowReader) Tell(ctx context.Context, _ evidence.Record, _ render.View) error {
	<-ctx.Done()
	return ctx.Err()
}
