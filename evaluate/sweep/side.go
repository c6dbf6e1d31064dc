package sweep

import (
	"context"
	"sync"
	"sync/atomic"
)

// Side calls do for 0 to n-1 from so many goroutines, and gives an error of the lowest number that had one.
func Side(ctx context.Context, n, workers int, do func(worker, i int) error) error {
	var next atomic.Int64
	var stop atomic.Bool
	errs := make([]error, n)
	var wait sync.WaitGroup
	for worker := range min(n, workers) {
		wait.Go(func() {
			for !stop.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(worker, i)
				}
				if errs[i] != nil {
					stop.Store(true)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
