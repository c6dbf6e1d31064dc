package pipeline

import (
	"context"
	"errors"
	"slices"
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
	if err == nil && !dryRun {
		job.tell(ctx)
	}
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
	if !registry.Exclusive(t) {
		return evidence.Version{}, evidence.Decision{}, usage("bad-target", "any number of versions are in %s: there is nothing to go back to", t)
	}
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
	v, d, err := registry.Rollback(ctx, store, registry.Request{Version: evidence.Version{Model: model}, Requires: requires, Trust: job.Trust, By: job.by()}, job.Now)
	if err == nil {
		job.tell(ctx)
	}
	return v, d, err
}

// required is what the policy in force asks for a target. Without a policy what is always protected requires one, and so refuses.
func required(ctx context.Context, s *registry.Store, model string, t evidence.Target) (evidence.Requirements, error) {
	if err := checkTarget(t); err != nil {
		return evidence.Requirements{}, err
	}
	policy, err := inForce(ctx, s, model)
	if errors.Is(err, registry.ErrNotFound) {
		if !gates.Protected(t) {
			return evidence.Requirements{Target: t, Open: true}, nil
		}
		return evidence.Requirements{Target: t, Protection: evidence.Protection{Requires: []string{"gates", "card"}}}, nil
	}
	if err != nil {
		return evidence.Requirements{}, err
	}
	r, err := policy.Requirements(t)
	if err == nil && r.Open {
		err = notMistyped(t, policy)
	}
	return r, err
}

// notMistyped refuses an alias that nothing protects and that is nearly one that is protected: @champoin would move without any gate.
func notMistyped(t evidence.Target, p gates.Policy) error {
	alias, ok := strings.CutPrefix(string(t), "@")
	if !ok {
		return nil
	}
	known := []string{"champion"}
	for name := range p.Aliases {
		known = append(known, name)
	}
	slices.Sort(known)
	if near := schema.Suggest(alias, known); near != "" {
		return usage("bad-target", "%s is no alias of the policy (did you mean \"@%s\"?); one of that name is listed under `aliases:` first", t, near)
	}
	return nil
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
	p, err := gates.ParsePolicy(d)
	for i := range p.Gates {
		p.Gates[i].At = schema.Position{} // it is no file's
	}
	return p, err
}
