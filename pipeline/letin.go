package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// letIn is the evidence by which a version was let in, opened; where it never was, its newest; nil where it has none. Files of a version are
// found by what this binds: anything may be attached to a version later.
func letIn(ctx context.Context, job *Job, store *registry.Store, v evidence.Version) (s *evidence.Statement, in bool, err error) {
	bundle, in, err := registry.LetInBy(ctx, store, v)
	if err != nil {
		return nil, false, err
	}
	trust, err := store.Trust(ctx)
	if err != nil {
		return nil, false, err
	}
	if in {
		opened, _, err := evidence.Open(bundle.Envelope, trust, job.Now())
		if err != nil {
			return nil, false, fmt.Errorf("open the evidence that let %s in: %w", v, err)
		}
		return &opened, true, nil
	}
	bundles, err := store.Evidence(ctx, v)
	if err != nil {
		return nil, false, err
	}
	for _, b := range slices.Backward(bundles) {
		opened, _, err := evidence.Open(b.Envelope, trust, job.Now())
		if err != nil {
			return nil, false, fmt.Errorf("open the evidence of %s: %w", v, err)
		}
		if opened.Kind == evidence.Evidence {
			return &opened, false, nil
		}
	}
	return nil, false, nil
}

// boundFile is a file that evidence of its version binds; ok is false where it binds none of that name.
func boundFile(ctx context.Context, store *registry.Store, s *evidence.Statement, path string) (b registry.Blob, ok bool, err error) {
	if s == nil {
		return b, false, nil
	}
	for _, f := range s.Attachments {
		if f.Path != path {
			continue
		}
		if b, err = store.Attachment(ctx, s.Version, f.SHA256); err != nil {
			err = fmt.Errorf("%s of %s: %w", path, s.Version, err)
		}
		return b, true, err
	}
	return b, false, nil
}
