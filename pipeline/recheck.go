package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// Recheck judges what a target points at on fresh data, by the policy in force and the stored baseline. It signs and attaches what it found,
// writes it into job.Out where that is given, and moves nothing.
func Recheck(ctx context.Context, c Config, job *Job, name string) (render.View, error) {
	view := render.View{}
	store, err := job.must(ctx) // read: bad data writes nothing
	if err != nil {
		return view, err
	}
	if err := checkOut(job.Out, c.inputs()); err != nil {
		return view, err
	}
	if _, err := os.Stat(filepath.Join(job.Out, cardFile)); err == nil { // a run's
		if err := keepEvidence(job.Out); err != nil {
			return view, err
		}
	}
	version, err := job.version(ctx, name)
	if err != nil {
		return view, err
	}
	view.Model = version.Model
	policy, err := inForce(ctx, store, version.Model)
	if errors.Is(err, registry.ErrNotFound) {
		return view, usage("no-policy", "no policy is in force for %s: nothing to recheck by", version.Model)
	}
	if err != nil {
		return view, err
	}
	ref, _, err := store.Policy(ctx, version.Model)
	if err != nil {
		return view, err
	}
	fresh := policy.Fresh()
	if len(fresh.Gates) == 0 {
		return view, usage("no-gates", "every gate of the policy in force compares with another version: fresh data alone cannot be judged by them")
	}
	against, err := storedBaseline(ctx, job, store, version)
	if err != nil {
		return view, err
	}
	if against.Baseline == nil {
		if against.Baseline, err = c.measure(ctx, fresh.Needs()); err != nil {
			return view, err
		}
	}
	if b := against.Baseline; b != nil && policy.Baseline != "" && b.Dataset != policy.Baseline {
		return view, evidence.Refusal{Requirement: "baseline", Reason: baselineChanged,
			Detail: fmt.Sprintf("drift of %s is measured against the rows %s, and the policy in force asks for %s. Nothing was written", version, b.Dataset.Short(), policy.Baseline.Short())}
	}
	evaluation, err := c.compute(ctx, fresh.Terms, fresh.Needs().Also(evaluate.Shown(c.Data, fresh.Terms)...), against)
	if err != nil {
		return view, err
	}
	view.Report, err = gates.Judge(fresh, evaluation, evidence.Standing{Policy: ref})
	if err != nil {
		return view, err
	}
	if store, err = job.write(ctx); err != nil {
		return view, err
	}
	if err := job.may(ctx, evidence.RoleEvidence); err != nil {
		return view, err
	}
	s := evidence.Statement{
		Kind: evidence.Recheck, Verdict: view.Report.Verdict, Version: version, Standing: view.Report.Standing, Dataset: evaluation.Dataset,
		Inputs: evaluation.Inputs, Columns: c.Data.Columns(), Results: view.Report.Results(), Tool: job.Tool,
	}
	s.Issued = moment(job.Now())
	s.Expires = policy.Evidence.Until(s.Issued)
	key, err := job.signer()
	if err != nil {
		return view, err
	}
	s.Predictions = supplied(evaluation, key.Owner.Subject)
	var written []registry.Blob
	for _, part := range []struct {
		path string
		v    any
	}{{evaluationFile, evaluation}, {gatesFile, view.Report}} {
		b, err := schema.Encode(part.v)
		if err != nil {
			return view, err
		}
		written = append(written, blob(part.path, b))
		file := blob("recheck/"+part.path, b)
		if err := store.Attach(ctx, version, file); err != nil {
			return view, fmt.Errorf("attach %s to %s: %w", file.Path, version, err)
		}
		s.Attachments = append(s.Attachments, file.File)
	}
	view.Card = cards.Fill(version.Model, cards.Words{}, evaluation, view.Report, &version)
	view.Evidence, err = seal(ctx, job, s)
	if err != nil {
		return view, err
	}
	view.Statement = &s
	if job.Out != "" {
		signed, err := evidenceFiles(view.Evidence)
		if err != nil {
			return view, err
		}
		if err := writeAll(ctx, job.Out, append(written, signed...)); err != nil {
			return view, err
		}
		view.Out = job.Out
	}
	job.note("%s was rechecked on %s; the signed result is attached, and nothing was moved", version, cards.Rows(evaluation))
	job.tell(ctx)
	view.Notes = job.notes
	return view, nil
}

// baselineChanged refuses a recheck against other rows than the policy in force names.
const baselineChanged evidence.Reason = "baseline-changed"

// storedBaseline is the baseline that a version's evidence binds.
func storedBaseline(ctx context.Context, job *Job, store *registry.Store, v evidence.Version) (evaluate.Against, error) {
	var against evaluate.Against
	said, _, err := letIn(ctx, job, store, v)
	if err != nil {
		return against, err
	}
	b, ok, err := boundFile(ctx, store, said, baselineFile)
	if err != nil || !ok {
		return against, err
	}
	all, err := readBlob(ctx, b)
	if err != nil {
		return against, err
	}
	against.Baseline, err = evaluate.ReadBaseline(baselineFile, all)
	return against, err
}
