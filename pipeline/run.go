package pipeline

import (
	"context"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/render"
)

// Run goes the whole way, one call an arrow. A failed gate is no error: it stands in the View.
func Run(ctx context.Context, c Config, job *Job) (view render.View, err error) {
	view.Model = c.Model
	if job.Registry != "" {
		if err := job.mayMake(ctx); err != nil {
			return view, err
		}
	}
	// registry, folder → the candidate's files; champion and baseline to compare with
	candidate, against, err := consult(ctx, &c, job)
	if err != nil {
		return view, err
	}
	if !candidate.attested() { // only a run that signs writes over signed evidence
		if err := keepEvidence(job.Out); err != nil {
			return view, err
		}
	}
	// rows → Evaluation
	evaluation, err := c.compute(ctx, c.Policy.Terms, c.needs(), against)
	if err != nil {
		return view, err
	}
	// Evaluation → ledger: the look is logged before the verdict is seen
	standing, notes, err := look(ctx, c, job, candidate, evaluation)
	if err != nil {
		return view, err
	}
	// Evaluation → Report
	view.Report, err = gates.Judge(c.Policy, evaluation, standing)
	if err != nil {
		return view, err
	}
	view.Report.Notes = append(view.Report.Notes, notes...)
	// files → Version; nil without --register and --version
	version, made, err := candidate.register(ctx, c, job)
	if err != nil {
		return view, err
	}
	view.Registered = made
	// words, Evaluation, Report, Version → Card → files
	view.Card = cards.Fill(c.Model, c.Words, evaluation, view.Report, version)
	files, err := encode(ctx, c, job, view.Card, against)
	if err != nil {
		return view, err
	}
	// Card → evidence: the files attached, then bound, signed and logged
	if version != nil {
		view.Statement, view.Evidence, err = attest(ctx, c, job, view.Card, files)
		if err != nil {
			return view, err
		}
	}
	// View → pages, beside the files
	view.Out = job.Out
	if err := write(ctx, job, version, files, view); err != nil {
		return view, err
	}
	// evidence → each target moves, or is refused
	for _, target := range job.Promote {
		decision, err := promote(ctx, job, *version, target, false)
		if err != nil {
			return view, err
		}
		view.Decisions = append(view.Decisions, decision)
	}
	// View → pages again, which now tell what moved
	if err := rewrite(ctx, job, view); err != nil {
		job.note("the pages in %s could not be written again, and do not tell of the promotion: %s", job.Out, err)
	}
	// ledger → people; whatever becomes of it, the verdict stands
	job.tell(ctx)
	view.Notes = job.notes
	return reproducible(view, c, job.Out+"/"+evaluationFile), nil
}

// tell tells people what the log says. What could not be sent is sent another time.
func (j *Job) tell(ctx context.Context) {
	if j.store == nil || len(j.Tell) == 0 {
		return
	}
	if err := notify.Send(ctx, j.store, j.Tell); err != nil {
		j.note("%s", err)
	}
}
