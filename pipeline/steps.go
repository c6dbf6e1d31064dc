package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// The attachments of a version.
const (
	evaluationFile  = "evaluation.json"
	gatesFile       = "gates.json"
	cardFile        = "card.json"
	filledFile      = "card.yaml"
	baselineFile    = "baseline.json"
	predictionsFile = "predictions.parquet"
	evidenceFile    = "evidence.dsse.json"
	proofFile       = "evidence.proof.json"
)

// candidate is what is judged: the files of a version that is to be made, or one that exists, or neither.
type candidate struct {
	manifest evidence.Manifest
	folder   fs.FS
	version  *evidence.Version
}

// attested says whether evidence is to be signed of it.
func (who candidate) attested() bool { return who.manifest != nil }

// is says whether the candidate is a version that there is: named by its number, or made of the same files.
func (who candidate) is(v evidence.Version) bool {
	if who.version != nil {
		return who.version.String() == v.String()
	}
	return who.manifest != nil && who.manifest.Digest() == v.Manifest.Digest()
}

// consult only reads, and puts into the policy which baseline there is. To promote without a version is an error, told here, before any work.
func consult(ctx context.Context, c *Config, job *Job) (candidate, evaluate.Against, error) {
	var who candidate
	var against evaluate.Against
	switch {
	case len(job.Promote) > 0 && job.Folder == "" && job.Number == "":
		return who, against, usage("no-version", "--promote needs a version: make one by --register DIR, or name one by --version N")
	case job.Registry == "" && (job.Folder != "" || job.Number != ""):
		return who, against, usage("no-registry", "--register and --version need a registry, and --no-registry says that there is none")
	}
	if err := checkOut(job.Out, c.inputs()); err != nil {
		return who, against, err
	}
	store, err := job.read(ctx)
	if err != nil {
		return who, against, err
	}
	if job.Folder != "" {
		if who.folder, who.manifest, err = artifacts(job); err != nil {
			return who, against, err
		}
	}
	if job.Number != "" {
		if store == nil {
			return who, against, usage("no-registry", "there is no registry at %s, and so no version %s", job.Registry, job.Number)
		}
		v, err := store.Version(ctx, c.Model, job.Number)
		if err != nil {
			return who, against, fmt.Errorf("%s/%s: %w", c.Model, job.Number, err)
		}
		who.version, who.manifest = &v, v.Manifest
	}
	needs := c.needs()
	if against.Baseline, err = c.profile(ctx); err != nil {
		return who, against, err
	}
	for _, name := range needs.Versus {
		if c.Data.Reported != "" {
			break // there are no rows to compare
		}
		rival, ok, err := rivalOf(ctx, *c, job, store, who, name)
		if err != nil {
			return who, against, err
		}
		if ok {
			against.Rivals = append(against.Rivals, rival)
		}
	}
	return who, against, nil
}

// rivalOf finds the champion's scores: what was kept by the evidence that let it in, never what was attached since, or a column or file that the configuration names, which must agree
// with what was kept.
func rivalOf(ctx context.Context, c Config, job *Job, store *registry.Store, who candidate, name string) (evaluate.Rival, bool, error) {
	r := evaluate.Rival{Name: name, ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	if store != nil {
		champion, ok, err := registry.Champion(ctx, store, c.Model)
		if err != nil {
			return r, false, err
		}
		if ok {
			r.Version = champion.String()
			if r.Self = who.is(champion); r.Self {
				return r, true, nil
			}
			said, in, err := letIn(ctx, job, store, champion)
			if err != nil {
				return r, false, err
			}
			if in {
				b, kept, err := boundFile(ctx, store, said, predictionsFile)
				if err != nil {
					return r, false, err
				}
				if kept {
					r.Scores = blobSource(champion.String()+"'s kept predictions", b)
				}
			}
		}
	}
	compare, named := c.Data.Compare[name]
	switch {
	case !named:
		return r, r.Scores.Open != nil, nil
	case isFile(c.path(compare)):
		if err := c.notBoth(ctx, name, compare); err != nil {
			return r, false, err
		}
		r.Kept, r.Scores = r.Scores, c.source(compare)
		r.ID, r.Label, r.Score = c.Data.ID, "", c.Data.Score
		r.Prediction, r.Classes = c.Data.Prediction, c.Data.Scores
	default:
		r.Kept, r.Scores, r.Column = r.Scores, table.Source{}, compare
	}
	return r, true, nil
}

// notBoth refuses a name that is a file and a column of the data: nobody could say which is meant.
func (c Config) notBoth(ctx context.Context, rival, name string) error {
	sources, err := c.Data.Open(c.Data.Path)
	if err != nil {
		return err
	}
	t, err := table.OpenAll(ctx, sources)
	if err != nil {
		return err
	}
	defer t.Close()
	if !slices.Contains(t.Names, name) {
		return nil
	}
	return schema.Problems{{Position: c.doc.At("data", "compare", rival), Code: "file-or-column",
		Message: fmt.Sprintf("%q is a file, and a column of %s too: rename one of them, or write the file as ./%s", name, c.Data.Path, name)}}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// blobSource is a stored file as a source of rows. Its bytes are checked as they are read: those of kept predictions fit in memory.
func blobSource(name string, b registry.Blob) table.Source {
	return table.Source{Name: name, Open: func(ctx context.Context) (table.File, error) {
		all, err := readBlob(ctx, b)
		return memory{bytes.NewReader(all)}, err
	}}
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

func readBlob(ctx context.Context, b registry.Blob) ([]byte, error) {
	r, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(r)
	return all, errors.Join(err, r.Close())
}

// look logs what is about to be judged. The notes belong to the report: that another policy is in force than the one judged by.
func look(ctx context.Context, c Config, job *Job, who candidate, e *evaluate.Evaluation) (standing evidence.Standing, notes []string, err error) {
	policy, err := c.Policy.Canonical()
	if err != nil || job.Registry == "" {
		return evidence.Standing{Policy: evidence.PolicyRef{Digest: evidence.DigestOf(policy)}}, nil, err
	}
	store, err := job.write(ctx)
	if err != nil {
		return standing, nil, err
	}
	inForce, _, err := store.Policy(ctx, c.Model)
	first := errors.Is(err, registry.ErrNotFound)
	if err != nil && !first {
		return standing, nil, err
	}
	if first {
		err = job.may(ctx, evidence.RolePolicy)
	}
	if err == nil && who.attested() {
		err = job.may(ctx, evidence.RoleEvidence)
	}
	if err != nil {
		return standing, nil, err
	}
	l := registry.Look{Model: c.Model, Policy: policy, Dataset: e.Dataset, By: job.by()}
	if who.manifest != nil {
		l.Manifest = who.manifest.Digest()
	}
	if standing, err = store.Look(ctx, l); err != nil {
		return standing, nil, err
	}
	judged := standing.Policy.Digest
	switch {
	case first:
		job.note("policy %s of %s was set by this run: there was none before", judged.Short(), c.Model)
	case !standing.ThresholdsFirst && standing.Policy.Record > 0:
		job.note("thresholds were not set before the run: these rows had been seen before policy %s was set", judged.Short())
	case standing.Policy.Record == 0:
		job.note("thresholds were not set before the run: policy %s was never in force for %s", judged.Short(), c.Model)
	}
	if !first && judged != inForce.Digest {
		notes = append(notes, fmt.Sprintf("judged by policy %s; in force is %s: a promotion will refuse it (`gatecard policy set` makes %s the one in force)",
			judged.Short(), inForce.Digest.Short(), judged.Short()))
		job.note("%s", notes[0])
	}
	return standing, notes, nil
}

// register makes the version, or answers the one that exists. Files that are a version already make no second one.
func (who candidate) register(ctx context.Context, c Config, job *Job) (v *evidence.Version, made bool, err error) {
	if who.folder == nil {
		return who.version, false, nil
	}
	new, made, err := registerFolder(ctx, job, c.Model, who.folder, who.manifest)
	if err != nil {
		return nil, false, err
	}
	if !made {
		job.note("%s holds these very files already: no new version was made, and its lineage stays as it was", new)
	}
	return &new, made, nil
}

// blob is a file made here.
func blob(path string, b []byte) registry.Blob {
	return registry.Blob{
		File: evidence.File{Path: path, Size: int64(len(b)), SHA256: evidence.DigestOf(b)},
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
	}
}

// encode makes, once, the files that are bound, attached and written: evaluation.json, gates.json, card.json, card.yaml; and those that are
// only attached: the baseline and the kept predictions.
func encode(ctx context.Context, c Config, job *Job, card *cards.Card, against evaluate.Against) ([]registry.Blob, error) {
	var files []registry.Blob
	for _, part := range []struct {
		path string
		v    any
	}{{evaluationFile, card.Evaluation}, {gatesFile, card.Report}, {cardFile, card}} {
		b, err := schema.Encode(part.v)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", part.path, err)
		}
		files = append(files, blob(part.path, b))
	}
	filled, err := cards.FilledYAML(c.words, card)
	if err != nil {
		return nil, fmt.Errorf("fill %s: %w", c.Card, err)
	}
	files = append(files, blob(filledFile, filled))
	if against.Baseline != nil {
		b, err := schema.Encode(against.Baseline)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", baselineFile, err)
		}
		files = append(files, blob(baselineFile, b))
	}
	if card.Version == nil || c.Data.Keep == "nothing" {
		return files, nil
	}
	var kept bytes.Buffer
	ok, err := evaluate.Keep(ctx, c.Data, c.Terms, card.Evaluation, &kept)
	if err != nil {
		return nil, err
	}
	if ok {
		files = append(files, blob(predictionsFile, kept.Bytes()))
		what := "score"
		if c.Terms.Kind() == evaluate.Multiclass {
			what = "predictions"
		}
		job.note("id, label and %s of %s rows are kept with %s, for later comparisons (`keep: nothing` keeps none)", what, evaluate.Count(card.Evaluation.Rows), card.Version)
	}
	return files, nil
}

// attest attaches the files before it logs the evidence that binds them, so that a crash leaves no evidence without them.
func attest(ctx context.Context, c Config, job *Job, card *cards.Card, files []registry.Blob) (*evidence.Statement, *evidence.Bundle, error) {
	key, err := job.signer()
	if err != nil {
		return nil, nil, err
	}
	now := moment(job.Now())
	s := evidence.Statement{
		Kind:        evidence.Evidence,
		Verdict:     card.Report.Verdict,
		Issued:      now,
		Expires:     c.Evidence.Until(now),
		Version:     *card.Version,
		Standing:    card.Report.Standing,
		Champion:    card.Evaluation.Rival("champion"),
		Dataset:     card.Evaluation.Dataset,
		Inputs:      card.Evaluation.Inputs,
		Columns:     c.Data.Columns(),
		Predictions: supplied(card.Evaluation, key.Owner.Subject),
		Results:     card.Report.Results(),
		Tool:        job.Tool,
	}
	for _, f := range files {
		if err := job.store.Attach(ctx, *card.Version, f); err != nil {
			return nil, nil, fmt.Errorf("attach %s to %s: %w", f.Path, card.Version, err)
		}
		s.Attachments = append(s.Attachments, f.File)
		if f.Path == cardFile {
			s.Card = &evidence.CardState{File: f.SHA256, Missing: card.Missing}
		}
	}
	bundle, err := seal(ctx, job, s)
	return &s, bundle, err
}

// supplied says who supplied what was judged, and what computed it where that was not gatecard.
func supplied(e *evaluate.Evaluation, by string) string {
	if e.Reported != nil {
		return "results reported by " + e.Reported.Tool + ", supplied by " + by
	}
	return "supplied by " + by
}

// seal signs a statement and logs it.
func seal(ctx context.Context, job *Job, s evidence.Statement) (*evidence.Bundle, error) {
	key, err := job.signer()
	if err != nil {
		return nil, err
	}
	envelope, err := evidence.Sign(s, key.Signer)
	if err != nil {
		return nil, fmt.Errorf("sign the evidence: %w", err)
	}
	bundle, err := job.store.AddEvidence(ctx, envelope, job.by())
	return &bundle, err
}

// moment is a time as it is signed: UTC, to the millisecond.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
