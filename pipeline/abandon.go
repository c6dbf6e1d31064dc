package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/gatecard/gatecard/evaluate"
)

// grace is how long a computation may take to stop by itself.
const grace = 400 * time.Millisecond

// compute evaluates the rows, on some terms.
func (c Config) compute(ctx context.Context, t evaluate.Terms, n evaluate.Needs, against evaluate.Against) (*evaluate.Evaluation, error) {
	e, err := abandonable(ctx, func() (*evaluate.Evaluation, error) { return evaluate.Run(ctx, c.Data, t, n, against) })
	if err != nil {
		return nil, c.locate(err)
	}
	return e, nil
}

// measure makes or reads the baseline that some needs ask for; nil: there is none, or no need.
func (c Config) measure(ctx context.Context, n evaluate.Needs) (*evaluate.Baseline, error) {
	b, err := abandonable(ctx, func() (*evaluate.Baseline, error) { return evaluate.Profile(ctx, c.Data, n) })
	if err != nil {
		return nil, c.locate(err)
	}
	return b, nil
}

// abandonable returns what compute does, or, soon after ctx ends, ctx's error, though compute may still be sorting millions of ids, which stops
// nowhere: it computes and changes nothing, its temporary files have no name where the system allows that, and the process ends next. A panic is
// the caller's, with the place where it began.
func abandonable[T any](ctx context.Context, compute func() (T, error)) (T, error) {
	type result struct {
		value    T
		err      error
		panicked string
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
			}
			done <- r
		}()
		r.value, r.err = compute()
	}()
	open := func(r result) (T, error) {
		if r.panicked != "" {
			panic(r.panicked)
		}
		return r.value, r.err
	}
	select {
	case r := <-done:
		return open(r)
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case r := <-done:
		return open(r)
	case <-timer.C:
		var none T
		return none, ctx.Err()
	}
}
