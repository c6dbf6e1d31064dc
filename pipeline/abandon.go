package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// grace is how long a computation may take to stop by itself.
const grace = 400 * time.Millisecond

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
