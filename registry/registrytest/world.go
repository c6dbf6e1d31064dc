package registrytest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Key is the key that signs in these tests: evidence and, as Options.Signer of the ledger, its checkpoints. Anybody has it.
func Key() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}

// Public is its other half.
func Public() ed25519.PublicKey { return Key().Public().(ed25519.PublicKey) }

// By is whose key it is.
func By() evidence.Actor {
	return evidence.Actor{Issuer: "key", Subject: evidence.KeyID(Public()), Name: "conformance test"}
}

// World is a model in a store, with a policy in force, and what a pipeline would do with it.
type World struct {
	Store *registry.Store
	Model string
}

// NewWorld enrols the key, where it is the ledger's first, and sets the policy.
func NewWorld(ctx context.Context, s *registry.Store, model string) (World, error) {
	w := World{s, model}
	if _, err := s.Enrol(ctx, Public(), By()); err != nil {
		return w, err
	}
	_, err := s.SetPolicy(ctx, model, w.Policy(), By())
	return w, err
}

// Policy is canonical bytes; to a registry they mean nothing.
func (w World) Policy() []byte { return fmt.Appendf(nil, `{"gates":["recall"],"model":%q}`, w.Model) }

// Requires is what that policy asks of a target: of Production and @champion, the gate recall; of others, nothing.
func (w World) Requires(t evidence.Target) evidence.Requirements {
	r := evidence.Requirements{Target: t, Policy: evidence.DigestOf(w.Policy()), Gates: []string{"recall"}}
	if t == registry.Production || t == registry.ChampionAlias {
		r.Requires = []string{"gates"}
	} else {
		r.Open = true
	}
	return r
}

// Blob is a file of the text.
func Blob(path, text string) registry.Blob {
	return registry.Blob{File: evidence.File{Path: path, Size: int64(len(text)), SHA256: evidence.DigestOf([]byte(text))},
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(text))), nil }}
}

// Files are the artifacts of a version whose weights are the text.
func Files(text string) []registry.Blob {
	return []registry.Blob{Blob("model.onnx", text), Blob("preprocessor/scale.json", `{"mean": 0}`)}
}

// Register makes a version.
func (w World) Register(ctx context.Context, text string) (evidence.Version, error) {
	v, _, err := w.Store.Create(ctx, w.Model, Files(text), evidence.Lineage{Data: "acs-2016", Commit: "4f5a1c", Run: "run-7", Author: By()}, By())
	return v, err
}

// Statement is passing evidence of a version, issued when it was created.
func (w World) Statement(ctx context.Context, v evidence.Version) (evidence.Statement, error) {
	policy, _, err := w.Store.Policy(ctx, w.Model)
	if err != nil {
		return evidence.Statement{}, err
	}
	half, figure := 0.5, 0.7
	rows := evidence.DigestOf([]byte("rows"))
	return evidence.Statement{
		Kind: evidence.Evidence, Verdict: evidence.Pass, Issued: v.Created, Expires: v.Created.Add(90 * 24 * time.Hour), Version: v,
		Standing: evidence.Standing{Policy: policy, ThresholdsFirst: true, Look: 1},
		Dataset:  rows,
		Inputs:   []evidence.Input{{File: evidence.File{Path: "predictions.parquet", Size: 4, SHA256: rows}, Role: "predictions", Rows: 4}},
		Columns:  map[string]string{"label": "employed"}, Predictions: "supplied by " + By().Subject,
		Results: []evidence.Result{{Gate: "recall", Verdict: evidence.Pass, Min: &half, Value: &figure,
			Claims: []evidence.Claim{{Groups: map[string]string{}, Value: &figure, Support: 4}}}},
		Tool: "conformance test",
	}, nil
}

// Attest attaches a report, and adds the evidence that binds it, after the changes.
func (w World) Attest(ctx context.Context, v evidence.Version, changes ...func(*evidence.Statement)) (evidence.Bundle, error) {
	s, err := w.Statement(ctx, v)
	if err != nil {
		return evidence.Bundle{}, err
	}
	report := Blob("gates.json", `{"version":"`+v.String()+`"}`)
	if err := w.Store.Attach(ctx, v, report); err != nil {
		return evidence.Bundle{}, err
	}
	s.Attachments = []evidence.File{report.File}
	for _, change := range changes {
		change(&s)
	}
	envelope, err := evidence.Sign(s, Key())
	if err != nil {
		return evidence.Bundle{}, err
	}
	return w.Store.AddEvidence(ctx, envelope, By())
}

// Failing is a change that lets nothing in.
func Failing(s *evidence.Statement) {
	low := 0.3
	s.Results[0].Value, s.Results[0].Verdict, s.Verdict = &low, evidence.Fail, evidence.Fail
}

// Request asks for a target. The clock of Now goes with it.
func (w World) Request(v evidence.Version, t evidence.Target) registry.Request {
	return registry.Request{Version: v, Requires: w.Requires(t), By: By()}
}

// Now is a day after a version was created: its evidence is valid, and all records of a test are before it.
func Now(v evidence.Version) registry.Clock {
	return func() time.Time { return v.Created.Add(24 * time.Hour) }
}

// Promote asks for it as a pipeline does.
func (w World) Promote(ctx context.Context, v evidence.Version, t evidence.Target) (evidence.Decision, error) {
	return registry.Promote(ctx, w.Store, w.Request(v, t), Now(v))
}

// Audit says what is wrong with a model: a target that is not where the log's decisions left it, a decision without an intent before it, a log
// that does not hold together.
func (w World) Audit(ctx context.Context) error {
	records, err := w.Store.Log(ctx, w.Model, 1)
	if err != nil {
		return err
	}
	intents := map[string]int{}
	for _, r := range records {
		what := r.Version + " to " + string(r.Target)
		switch r.Act {
		case evidence.Intended:
			intents[what]++
		case evidence.Promoted, evidence.RolledBack:
			if intents[what]--; intents[what] < 0 {
				return fmt.Errorf("record %d: %s %s without an intent before it", r.Number, r.Act, what)
			}
		}
	}
	different, err := registry.Differences(ctx, w.Store, w.Model)
	if err != nil {
		return err
	}
	if len(different) > 0 {
		return different[0]
	}
	_, _, err = w.Store.Check(ctx)
	return err
}

// Numbers of versions.
func Numbers(vs []evidence.Version) []string {
	var ns []string
	for _, v := range vs {
		ns = append(ns, v.Number)
	}
	return ns
}

// has says whether a decision refuses for a reason.
func has(d evidence.Decision, r evidence.Reason) bool {
	return slices.ContainsFunc(d.Unmet, func(u evidence.Refusal) bool { return u.Reason == r })
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
