package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gatecard/gatecard/evidence"
)

// held is a time at which a target pointed at a version.
type held struct {
	number   string
	evidence evidence.Digest // on which it was let in; empty: the target was open then
	at       time.Time       // of the promotion; a rollback to it changes nothing of that
}

// Rollback goes to the nearest earlier holder whose evidence still verifies but for expiry, and says which version that is. Of r.Version only the
// model is asked for; Trust narrows the ledger's, and DryRun records and moves nothing, as in [Promote]. Earlier holders are those that the log's
// promotions left behind the current one; a rollback goes back past what came after, so that a second one goes further. With nothing to go to, or
// nothing that verifies, the decision refuses, for the nearest one.
func Rollback(ctx context.Context, s *Store, r Request, now Clock) (evidence.Version, evidence.Decision, error) {
	r.Rollback = true
	v, d, err := rollback(ctx, s, r, now)
	if err != nil {
		return evidence.Version{}, evidence.Decision{}, fmt.Errorf("roll back %s of %q: %w", r.Requires.Target, r.Version.Model, err)
	}
	return v, d, nil
}

func rollback(ctx context.Context, s *Store, r Request, now Clock) (evidence.Version, evidence.Decision, error) {
	none, model, requires := evidence.Version{}, r.Version.Model, r.Requires
	if !Exclusive(requires.Target) {
		return none, evidence.Decision{}, errors.New("any number of versions are in it: there is nothing to go back to")
	}
	current, err := numbers(ctx, s, model, requires.Target)
	if err != nil {
		return none, evidence.Decision{}, err
	}
	past, err := history(ctx, s, model, requires.Target)
	if err != nil {
		return none, evidence.Decision{}, err
	}
	var nearest *promotion
	for _, back := range earlier(past, current) {
		v, err := s.Version(ctx, model, back.number)
		if errors.Is(err, ErrNotFound) { // a foreign registry's, deleted since
			continue
		}
		if err != nil {
			return none, evidence.Decision{}, err
		}
		p := &promotion{store: s, now: now, asked: v, back: &back, request: r}
		p.request.Version = v
		if p.first, err = p.look(ctx); err != nil {
			return none, evidence.Decision{}, err
		}
		if !slices.Equal(p.first.holders, current) {
			return none, evidence.Decision{}, p.first.lost()
		}
		if nearest == nil {
			nearest = p
		}
		d, _, _, err := p.judge(ctx, p.first)
		if err != nil {
			return none, evidence.Decision{}, err
		}
		if d.Allowed() {
			nearest = p
			break
		}
	}
	if nearest == nil {
		r.Version = evidence.Version{Model: model}
		d, err := refuseRollback(ctx, s, r, current)
		return none, d, err
	}
	d, err := nearest.run(ctx)
	return nearest.request.Version, d, err
}

// refuseRollback records that there was nothing to go to.
func refuseRollback(ctx context.Context, s *Store, r Request, current []string) (evidence.Decision, error) {
	d := evidence.RefuseRollback(r.Requires.Target)
	if r.DryRun {
		return d, nil
	}
	lease, err := s.Begin(ctx, r)
	if err != nil {
		return evidence.Decision{}, err
	}
	lease.Holder = first(current)
	err = s.Decide(ctx, lease, d, "")
	return d, errors.Join(err, s.End(context.WithoutCancel(ctx), lease, err))
}

// earlier are the holders before the current one, the nearest first, each once.
func earlier(past []held, current []string) []held {
	if at := lastIndex(past, first(current)); at >= 0 {
		past = past[:at]
	}
	var before []held
	for _, h := range slices.Backward(past) {
		if !contains(current, h.number) && lastIndex(before, h.number) < 0 {
			before = append(before, h)
		}
	}
	return before
}

// history replays the log: what a target pointed at, the current holder last, without what was rolled back or never came about.
func history(ctx context.Context, s *Store, model string, t evidence.Target) ([]held, error) {
	records, err := s.Log(ctx, model, 1)
	if err != nil {
		return nil, err
	}
	var past []held
	for _, r := range records {
		if r.Target != t || r.Model != model {
			continue
		}
		at := lastIndex(past, r.Version)
		switch {
		case r.Act == evidence.Promoted:
			past = append(past, held{r.Version, r.Digest, r.At})
		case r.Act == evidence.RolledBack && at >= 0:
			past = past[:at+1]
		case r.Act == evidence.Healed && r.From != r.Version && lastIndex(past, r.From) == len(past)-1 && len(past) > 0:
			past = past[:len(past)-1] // it was let in, but the target was left at another version
		}
	}
	return past, nil
}

// lastHeld is when a target last pointed at the version; nil: never.
func lastHeld(ctx context.Context, s *Store, v evidence.Version, t evidence.Target) (*held, error) {
	past, err := history(ctx, s, v.Model, t)
	if err != nil {
		return nil, err
	}
	if at := lastIndex(past, v.Number); at >= 0 {
		return &past[at], nil
	}
	return nil, nil
}

func lastIndex(past []held, number string) int {
	for i, h := range slices.Backward(past) {
		if h.number == number {
			return i
		}
	}
	return -1
}
