package pipeline

import (
	"context"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/render"
)

// Run goes the whole way, one call an arrow. A failed gate is no error: it stands in the View.
func Run(ctx context.Context, c Config, job *Job) (view render.View, err error) {
	view.Model = c.Model
	// registry, folder → the candidate's files; champion and baseline to compare with
	candidate, against, err := consult(ctx, c, job)
	if err != nil {
		return view, err
	}
	// rows → Evaluation
	evaluation, err := evaluate.Run(ctx, c.Data, c.Policy.Terms, c.needs(), against)
	if err != nil {
		return view, c.locate(err)
	}
	// Evaluation → ledger: the look is logged before the verdict is seen
	standing, err := look(ctx, c, job, candidate, evaluation)
	if err != nil {
		return view, err
	}
	// Evaluation → Report
	view.Report, err = gates.Judge(c.Policy, evaluation, standing)
	if err != nil {
		return view, err
	}
	// files → Version; nil without --register and --version
	version, err := candidate.register(ctx, c, job)
	if err != nil {
		return view, err
	}
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
	// ledger → people; whatever becomes of it, the verdict stands
	if job.store != nil && len(job.Tell) > 0 {
		if err := notify.Send(ctx, job.store, job.Tell); err != nil {
			job.note("%s", err)
		}
	}
	view.Notes = job.notes
	return view, nil
}
