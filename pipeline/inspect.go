package pipeline

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Shown is a statement that was signed about a version.
type Shown struct {
	Digest  evidence.Digest  `json:"digest"`
	Kind    evidence.Kind    `json:"kind"`
	Verdict evidence.Verdict `json:"verdict"`
	Issued  time.Time        `json:"issued"`
	Expires time.Time        `json:"expires"`
	Signer  evidence.Actor   `json:"signer"`
	Problem string           `json:"problem,omitempty"` // why it cannot be believed

	evaluation evidence.File // as it binds it
}

// Show shows one version.
func Show(ctx context.Context, job *Job, name string) (Listed, error) {
	if _, err := job.must(ctx); err != nil {
		return Listed{}, err
	}
	v, err := job.version(ctx, name)
	if err != nil {
		return Listed{}, err
	}
	return listed(ctx, job, v)
}

func listed(ctx context.Context, job *Job, v evidence.Version) (Listed, error) {
	l := Listed{Version: v, Targets: []evidence.Target{}, Evidence: []Shown{}, Attached: []evidence.File{}}
	targets, err := job.store.Targets(ctx, v)
	if err != nil {
		return l, err
	}
	l.Targets = append(l.Targets, targets...)
	attached, err := job.store.Attachments(ctx, v)
	if err != nil {
		return l, err
	}
	for _, b := range attached {
		l.Attached = append(l.Attached, b.File)
	}
	bundles, err := job.store.Evidence(ctx, v)
	if err != nil {
		return l, err
	}
	trust, err := job.store.Trust(ctx)
	if err != nil {
		return l, err
	}
	for _, b := range bundles {
		shown := Shown{Digest: b.Envelope.Digest()}
		s, by, err := evidence.Open(b.Envelope, trust, job.Now())
		if err != nil {
			shown.Problem = err.Error()
		} else {
			shown.Kind, shown.Verdict, shown.Issued, shown.Expires, shown.Signer = s.Kind, s.Verdict, s.Issued, s.Expires, by
			for _, f := range s.Attachments {
				if f.Path == evaluationFile {
					shown.evaluation = f
				}
			}
		}
		l.Evidence = append(l.Evidence, shown)
	}
	return l, nil
}

// History gives the log's records of a model, or ("") of all.
func History(ctx context.Context, job *Job, model string) ([]evidence.Record, error) {
	store, err := job.must(ctx)
	if err != nil {
		return nil, err
	}
	return store.Log(ctx, model, 1)
}

// Audited says that the log holds together: its length and root.
type Audited struct {
	Records int64  `json:"records"`
	Root    string `json:"root"`
}

// Audit recomputes the log. The error names the first bad record.
func Audit(ctx context.Context, job *Job) (Audited, error) {
	store, err := job.must(ctx)
	if err != nil {
		return Audited{}, err
	}
	records, root, err := store.Check(ctx)
	return Audited{records, root}, err
}

// Keys lists the keys that the ledger trusts.
func Keys(ctx context.Context, job *Job) ([]KnownKey, error) {
	store, err := job.must(ctx)
	if err != nil {
		return nil, err
	}
	trust, err := store.Trust(ctx)
	return keysOf(trust), err
}

// SetPolicy enters the policy of a configuration as the one in force.
func SetPolicy(ctx context.Context, c Config, job *Job) (evidence.PolicyRef, error) {
	canonical, err := c.Policy.Canonical()
	if err != nil {
		return evidence.PolicyRef{}, err
	}
	store, err := job.open(ctx)
	if err != nil {
		return evidence.PolicyRef{}, err
	}
	return store.SetPolicy(ctx, c.Model, canonical, job.by())
}

// ShowPolicy gives the policy in force.
func ShowPolicy(ctx context.Context, job *Job, model string) (evidence.PolicyRef, []byte, error) {
	store, err := job.must(ctx)
	if err != nil {
		return evidence.PolicyRef{}, nil, err
	}
	ref, canonical, err := store.Policy(ctx, model)
	if errors.Is(err, registry.ErrNotFound) {
		err = fmt.Errorf("no policy was ever set for %s: %w", model, err)
	}
	return ref, canonical, err
}

// ReadTrust reads public keys from a file of PEM blocks: each may sign everything that is verified by it.
func ReadTrust(file string) (evidence.Trust, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("bad-key", "read the trusted keys: %s", err)
	}
	var trust evidence.Trust
	for rest := b; ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			break
		}
		public, err := evidence.ParsePublicKey(pem.EncodeToMemory(block))
		if err != nil {
			return nil, usage("bad-key", "%s: %s", file, err)
		}
		trust = append(trust, evidence.TrustedKey{Public: public, Roles: []string{evidence.RoleEvidence, evidence.RoleAdmin},
			Owner: evidence.Actor{Issuer: "key", Subject: evidence.KeyID(public), Name: filepath.Base(file)}})
	}
	if len(trust) == 0 {
		return nil, usage("bad-key", "%s holds no public key in PEM", file)
	}
	return trust, nil
}

// Verified is what evidence is good for, without registry or ledger.
type Verified struct {
	Digest    evidence.Digest     `json:"digest"`
	Statement *evidence.Statement `json:"statement,omitempty"`
	Signer    evidence.Actor      `json:"signer"`
	Decision  evidence.Decision   `json:"decision"`
}

// Verify checks an envelope, with the proof beside it where there is one, and (artifacts not "") whether a folder holds the very files that
// it is about.
func Verify(file, artifacts string, trust evidence.Trust, job *Job) (Verified, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Verified{}, usage("no-such-file", "read the evidence: %s", err)
	}
	envelope, err := evidence.DecodeEnvelope(b)
	if err != nil {
		return Verified{Decision: refused(err)}, nil
	}
	bundle := evidence.Bundle{Envelope: envelope}
	if proof, err := os.ReadFile(filepath.Join(filepath.Dir(file), strings.Replace(filepath.Base(file), ".dsse.json", ".proof.json", 1))); err == nil && strings.HasSuffix(file, ".dsse.json") {
		if bundle.Log, err = evidence.DecodeProof(proof); err != nil {
			return Verified{Decision: refused(err)}, nil
		}
	}
	now := job.Now()
	v := Verified{Digest: envelope.Digest(), Decision: evidence.VerifyOffline(bundle, trust, now)}
	if s, by, err := evidence.Open(envelope, trust, now); err == nil {
		v.Statement, v.Signer = &s, by
		if artifacts != "" {
			v.checkArtifacts(artifacts)
		}
	}
	return v, nil
}

// refused is a decision that refuses evidence for an error.
func refused(err error) evidence.Decision {
	var r evidence.Refusal
	if !errors.As(err, &r) {
		r = evidence.Refusal{Requirement: "evidence", Reason: evidence.EnvelopeMalformed, Detail: err.Error()}
	}
	return evidence.Decision{Unmet: []evidence.Refusal{r}}
}

func (v *Verified) checkArtifacts(folder string) {
	manifest, err := evidence.ReadManifest(os.DirFS(folder))
	switch {
	case err != nil:
		v.Decision.Unmet = append(v.Decision.Unmet, evidence.Refusal{Requirement: "bytes", Reason: evidence.BytesChanged, Detail: err.Error()})
	case manifest.Digest() != v.Statement.Version.Manifest.Digest():
		v.Decision.Unmet = append(v.Decision.Unmet, evidence.Refusal{Requirement: "bytes", Reason: evidence.BytesChanged,
			Detail: fmt.Sprintf("the files in %s are not those that were tested: %s", folder, differs(manifest, v.Statement.Version.Manifest))})
	default:
		v.Decision.Met = append(v.Decision.Met, "bytes")
	}
}

// differs names the first file that is not the same in two manifests.
func differs(got, want evidence.Manifest) string {
	tested := map[string]evidence.Digest{}
	for _, f := range want {
		tested[f.Path] = f.SHA256
	}
	for _, f := range got {
		digest, ok := tested[f.Path]
		if !ok {
			return f.Path + " was not among them"
		}
		if digest != f.SHA256 {
			return f.Path + " has other bytes"
		}
		delete(tested, f.Path)
	}
	for _, f := range want {
		if _, ok := tested[f.Path]; ok {
			return f.Path + " is missing"
		}
	}
	return "their sizes differ"
}
