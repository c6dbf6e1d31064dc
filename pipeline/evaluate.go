package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Evaluate computes the figures alone, and writes evaluation.json into job.Out. With a registry, the champion's kept predictions are compared with.
func Evaluate(ctx context.Context, c Config, job *Job) (*evaluate.Evaluation, error) {
	_, against, err := consult(ctx, c, job)
	if err != nil {
		return nil, err
	}
	e, err := evaluate.Run(ctx, c.Data, c.Policy.Terms, c.needs(), against)
	if err != nil {
		return nil, c.locate(err)
	}
	b, err := schema.Encode(e)
	if err != nil || job.Out == "" {
		return e, err
	}
	return e, writeAll(ctx, job.Out, []registry.Blob{blob(evaluationFile, b)})
}

// Gate judges an evaluation.json by the policy of c, without rows or registry. It writes gates.json into job.Out, where that is given.
func Gate(ctx context.Context, c Config, file string, job *Job) (*gates.Report, *evaluate.Evaluation, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, usage("no-such-file", "read the evaluation: %s (`gatecard evaluate` makes one)", err)
	}
	var e evaluate.Evaluation
	if err := schema.Decode("evaluation", file, b, &e); err != nil {
		return nil, nil, err
	}
	digest, err := c.Policy.Digest()
	if err != nil {
		return nil, nil, err
	}
	r, err := gates.Judge(c.Policy, &e, evidence.Standing{Policy: evidence.PolicyRef{Digest: digest}})
	if err != nil || job.Out == "" {
		return r, &e, err
	}
	out, err := schema.Encode(r)
	if err != nil {
		return r, &e, err
	}
	if err := checkOut(job.Out, append(c.inputs(), file)[:1]); err != nil {
		return r, &e, err
	}
	return r, &e, writeAll(ctx, job.Out, []registry.Blob{blob(evaluationFile, b), blob(gatesFile, out)})
}

// Register makes a new immutable version of a folder of artifacts; made is false where these very files are a version already.
func Register(ctx context.Context, model, folder string, job *Job) (v evidence.Version, made bool, err error) {
	files := os.DirFS(folder)
	manifest, err := evidence.ReadManifest(files)
	if err != nil {
		return v, false, fmt.Errorf("read the artifacts in %s: %w", filepath.ToSlash(folder), err)
	}
	return registerFolder(ctx, job, model, files, manifest)
}
