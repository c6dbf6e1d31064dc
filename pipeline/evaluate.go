package pipeline

import (
	"context"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Evaluate computes the figures alone, and writes evaluation.json into job.Out. With a registry, the champion's kept predictions are compared
// with; without one, nothing is.
func Evaluate(ctx context.Context, c Config, job *Job) (*evaluate.Evaluation, error) {
	if err := keepEvidence(job.Out); err != nil {
		return nil, err
	}
	_, against, err := consult(ctx, &c, job)
	if err != nil {
		return nil, err
	}
	e, err := c.compute(ctx, c.Policy.Terms, c.needs(), against)
	if err != nil {
		return nil, err
	}
	b, err := schema.Encode(e)
	if err != nil || job.Out == "" {
		return e, err
	}
	return e, writeAll(ctx, job.Out, []registry.Blob{blob(evaluationFile, b)})
}
