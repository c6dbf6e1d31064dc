package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Promote asks the policy in force, never a file's, what the target requires, and lets the registry verify and move.
func Promote(ctx context.Context, job *Job, name string, t evidence.Target, dryRun bool) (evidence.Version, evidence.Decision, error) {
	if _, err := job.must(ctx); err != nil {
		return evidence.Version{}, evidence.Decision{}, err
	}
	if !dryRun {
		if _, err := job.write(ctx); err != nil {
			return evidence.Version{}, evidence.Decision{}, err
		}
	}
	v, err := job.version(ctx, name)
	if err != nil {
		return v, evidence.Decision{}, err
	}
	d, err := promote(ctx, job, v, t, dryRun)
	return v, d, err
}

func promote(ctx context.Context, job *Job, v evidence.Version, t evidence.Target, dryRun bool) (evidence.Decision, error) {
	requires, err := required(ctx, job.store, v.Model, t)
	if err != nil {
		return evidence.Decision{}, err
	}
	d, err := registry.Promote(ctx, job.store, registry.Request{Version: v, Requires: requires, Trust: job.Trust, By: job.by(), DryRun: dryRun}, job.Now)
	if err != nil {
		return d, err
	}
	return d, tellDifference(ctx, job.store, v, &d)
}

// Rollback points a target at its nearest earlier holder again.
func Rollback(ctx context.Context, job *Job, model string, t evidence.Target) (evidence.Version, evidence.Decision, error) {
	if job.Trust != nil {
		return evidence.Version{}, evidence.Decision{}, usage("usage", "a rollback verifies by the ledger's keys: --trust does not go with it")
	}
	store, err := job.mustWrite(ctx)
	if err != nil {
		return evidence.Version{}, evidence.Decision{}, err
	}
	requires, err := required(ctx, store, model, t)
	if err != nil {
		return evidence.Version{}, evidence.Decision{}, err
	}
	return registry.Rollback(ctx, store, model, requires, job.by(), job.Now)
}

// required is what the policy in force asks for a target. Without a policy what is always protected requires one, and so refuses.
func required(ctx context.Context, s *registry.Store, model string, t evidence.Target) (evidence.Requirements, error) {
	if err := checkTarget(t); err != nil {
		return evidence.Requirements{}, err
	}
	policy, err := inForce(ctx, s, model)
	if errors.Is(err, registry.ErrNotFound) {
		return evidence.Requirements{Target: t, Open: !gates.Protected(t), Protection: evidence.Protection{Requires: []string{"gates", "card"}}}, nil
	}
	if err != nil {
		return evidence.Requirements{}, err
	}
	return policy.Requirements(t)
}

// inForce is the policy that the ledger holds in force for a model.
func inForce(ctx context.Context, s *registry.Store, model string) (gates.Policy, error) {
	ref, canonical, err := s.Policy(ctx, model)
	if err != nil {
		return gates.Policy{}, err
	}
	d, err := schema.Parse("policy "+ref.Digest.Short()+".json", canonical)
	if err != nil {
		return gates.Policy{}, err
	}
	return gates.ParsePolicy(d)
}

// ParseTarget reads "Production" or "@champion".
func ParseTarget(s string) (evidence.Target, error) {
	t := evidence.Target(s)
	return t, checkTarget(t)
}

func checkTarget(t evidence.Target) error {
	if alias, ok := strings.CutPrefix(string(t), "@"); ok {
		if alias == "" {
			return usage("bad-target", "an alias has a name: @champion")
		}
		return nil
	}
	for _, stage := range gates.Stages() {
		if string(t) == stage {
			return nil
		}
	}
	if s := schema.Suggest(string(t), gates.Stages()); s != "" {
		return usage("bad-target", "%q is no stage (did you mean %q?); an alias is written with an @", string(t), s)
	}
	return usage("bad-target", "%q is no stage: they are %s; an alias is written with an @, as @champion", string(t), strings.Join(gates.Stages(), ", "))
}

// splitVersion takes "models:/org/name/2", "name/latest" or "name@champion" apart.
func splitVersion(name string) (model, number string, alias evidence.Target, err error) {
	name = strings.TrimPrefix(name, "models:/")
	if i := strings.LastIndex(name, "@"); i > 0 && i < len(name)-1 {
		return name[:i], "", evidence.Target(name[i:]), nil
	}
	i := strings.LastIndex(name, "/")
	if i <= 0 || i == len(name)-1 {
		return "", "", "", usage("bad-version", "%q names no version: write NAME/2, NAME/latest or NAME@champion", name)
	}
	return name[:i], name[i+1:], "", nil
}

// version finds a version by its name.
func (j *Job) version(ctx context.Context, name string) (evidence.Version, error) {
	model, number, alias, err := splitVersion(name)
	if err != nil {
		return evidence.Version{}, err
	}
	switch {
	case alias != "":
		holders, err := j.store.Holders(ctx, model, alias)
		if err != nil {
			return evidence.Version{}, fmt.Errorf("%s: %w", name, err)
		}
		if len(holders) != 1 {
			return evidence.Version{}, fmt.Errorf("%s points at no version: %w", name, registry.ErrNotFound)
		}
		return holders[0], nil
	case number == "latest":
		versions, err := j.store.Versions(ctx, model)
		if err != nil || len(versions) == 0 {
			return evidence.Version{}, fmt.Errorf("%s: %w", name, errors.Join(err, registry.ErrNotFound))
		}
		return versions[len(versions)-1], nil
	}
	for _, stage := range gates.Stages() {
		if number == stage {
			holders, err := j.store.Holders(ctx, model, evidence.Target(stage))
			if err == nil && len(holders) == 1 {
				return holders[0], nil
			}
			return evidence.Version{}, fmt.Errorf("%s is held by %d versions: %w", name, len(holders), errors.Join(err, registry.ErrNotFound))
		}
	}
	v, err := j.store.Version(ctx, model, number)
	if err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}
