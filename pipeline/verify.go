package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/compliance"
	"github.com/gatecard/gatecard/evidence"
)

// Verified is what a verification of a file found.
type Verified struct {
	File      string              `json:"file"`
	Version   string              `json:"version,omitempty"`
	Digest    evidence.Digest     `json:"digest,omitempty"`
	Signer    evidence.Actor      `json:"signer,omitzero"`
	Met       []string            `json:"met"`
	Unmet     []evidence.Refusal  `json:"unmet"`
	Unchecked []string            `json:"unchecked,omitempty"` // what cannot be known offline
	Notes     []string            `json:"notes,omitempty"`
	Statement *evidence.Statement `json:"statement,omitempty"`
}

// OK asks for something met and nothing unmet.
func (c Verified) OK() bool { return len(c.Met) > 0 && len(c.Unmet) == 0 }

// Lines are the answer for a terminal.
func (c Verified) Lines() []string {
	mark := "✕ NOT verified"
	if c.OK() {
		mark = "✓ verified"
	}
	lines := []string{mark + ": " + c.File}
	if s := c.Statement; s != nil {
		lines = append(lines, fmt.Sprintf("  %s, verdict %s, signed by %s (%s)", s.Version, s.Verdict, c.Signer.Subject, c.Signer.Name),
			fmt.Sprintf("  issued %s, expires %s, policy %s", s.Issued.Format("2006-01-02 15:04"), s.Expires.Format("2006-01-02 15:04"), s.Standing.Policy.Digest.Short()))
	}
	for _, u := range c.Unmet {
		lines = append(lines, fmt.Sprintf("  unmet  %s: %s (gatecard explain %s)", u.Requirement, u.Detail, u.Reason))
	}
	if len(c.Met) > 0 {
		lines = append(lines, "  met    "+strings.Join(c.Met, " · "))
	}
	if len(c.Unchecked) > 0 {
		lines = append(lines, "  not checked here: "+strings.Join(c.Unchecked, " · "))
	}
	for _, n := range c.Notes {
		lines = append(lines, "  note: "+n)
	}
	for i, l := range lines {
		lines[i] = cards.Visible(l)
	}
	return lines
}

// Verify checks a file of evidence, or a dossier, against the keys of --trust or of the ledger; and (artifacts not "") whether a folder holds the
// very files that the evidence is about.
func Verify(ctx context.Context, file, artifacts string, job *Job) (Verified, error) {
	trust := job.Trust
	if trust == nil {
		store, err := job.must(ctx)
		var none *UsageError
		if errors.As(err, &none) && none.Code == "no-registry" {
			err = usage("no-trust", "whose signature counts? Name public keys by --trust FILE.pub, or a registry whose ledger lists them (%s)", err)
		}
		if err != nil {
			return Verified{}, err
		}
		if trust, err = store.Trust(ctx); err != nil {
			return Verified{}, err
		}
	}
	if strings.HasSuffix(file, ".zip") {
		return verifyDossier(file, trust, job)
	}
	return verifyEvidence(file, artifacts, trust, job)
}

func verifyDossier(file string, trust evidence.Trust, job *Job) (Verified, error) {
	f, err := os.Open(file)
	if err != nil {
		return Verified{}, missing("read the dossier", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Verified{}, err
	}
	v, err := compliance.VerifyZip(f, info.Size(), trust, job.Now())
	if err != nil {
		v.Unmet = append(v.Unmet, evidence.Refusal{Requirement: "dossier", Reason: compliance.DossierMalformed, Detail: err.Error()})
	}
	return Verified{File: file, Version: v.Version, Signer: v.Signer, Met: v.Met, Unmet: v.Unmet, Notes: v.Notes, Statement: v.Statement}, nil
}

// verifyEvidence checks an envelope, with the proof beside it where there is one.
func verifyEvidence(file, artifacts string, trust evidence.Trust, job *Job) (Verified, error) {
	v := Verified{File: file}
	b, err := os.ReadFile(file)
	if err != nil {
		return v, missing("read the evidence", err)
	}
	envelope, err := evidence.DecodeEnvelope(b)
	if err != nil {
		v.Unmet = refused(err)
		return v, nil
	}
	bundle := evidence.Bundle{Envelope: envelope}
	if beside, ok := strings.CutSuffix(file, ".dsse.json"); ok {
		proof, err := os.ReadFile(beside + ".proof.json")
		switch {
		case err == nil:
			if bundle.Log, err = evidence.DecodeProof(proof); err != nil {
				v.Unmet = refused(err)
				return v, nil
			}
		case !errors.Is(err, fs.ErrNotExist):
			return v, missing("read the proof beside the evidence", err)
		}
	}
	now := job.Now()
	d := evidence.VerifyOffline(bundle, trust, now)
	v.Digest, v.Met, v.Unmet, v.Unchecked = envelope.Digest(), d.Met, d.Unmet, d.Unchecked
	if s, by, err := evidence.Open(envelope, trust, now); err == nil {
		v.Version, v.Statement, v.Signer = s.Version.String(), &s, by
		if info, err := os.Stat(artifacts); artifacts != "" && (err != nil || !info.IsDir()) {
			return v, usage("no-such-file", "there is no folder %s to compare with", artifacts)
		}
		if artifacts != "" {
			v.checkArtifacts(artifacts)
		}
	}
	return v, nil
}

// refused is the refusal of evidence for an error.
func refused(err error) []evidence.Refusal {
	var r evidence.Refusal
	if !errors.As(err, &r) {
		r = evidence.Refusal{Requirement: "evidence", Reason: evidence.EnvelopeMalformed, Detail: err.Error()}
	}
	return []evidence.Refusal{r}
}

func (c *Verified) checkArtifacts(folder string) {
	c.Unchecked = slices.DeleteFunc(slices.Clone(c.Unchecked), func(word string) bool { return word == "bytes" })
	unmet := func(detail string) {
		c.Unmet = append(c.Unmet, evidence.Refusal{Requirement: "bytes", Reason: evidence.BytesChanged, Detail: detail})
	}
	tested := c.Statement.Version.Manifest
	manifest, err := evidence.ReadManifest(os.DirFS(folder))
	switch {
	case err != nil:
		unmet(err.Error())
	case manifest.Digest() != tested.Digest():
		unmet(fmt.Sprintf("the files in %s are not those that were tested: %s", folder, differs(manifest, tested)))
	default:
		c.Met = append(c.Met, "bytes")
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
