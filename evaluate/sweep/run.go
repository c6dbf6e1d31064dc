package sweep

import (
	"context"
)

// Source gives all rows, and gives them again when it is called again: it calls do with some of them at a time, from goroutines that it numbers from 0.
// Calls with the same number never overlap. Rows are the source's again when do returns.
type Source func(ctx context.Context, do func(worker int, r Rows) error) error

// Run counts the rows of a source, whose goroutines are at most workers. The scout has seen the same rows; by what it saw, the way to the order of the
// scores is chosen, which changes no figure by a bit.
func Run(ctx context.Context, p Plan, s *Scout, workers int, l Limits, source Source) (overall Stats, slices [][]Stats, err error) {
	ranges := int(min((s.rows[0]+s.rows[1])/rangeTarget+1, maxRanges))
	return run(ctx, p, s.Rare(p), splits(s.sample, ranges), workers, l, source)
}

func run(ctx context.Context, p Plan, rare *Rare, parted *finder, workers int, l Limits, source Source) (Stats, [][]Stats, error) {
	own := l
	own.Memory /= int64(workers)
	tallies := make([]*Tally, workers)
	for i := range tallies {
		tallies[i] = newTally(p, rare, parted, own)
	}
	defer func() {
		for _, t := range tallies {
			t.abandon()
		}
	}()
	if err := source(ctx, func(worker int, r Rows) error { return tallies[worker].Add(r) }); err != nil {
		return Stats{}, nil, err
	}
	for _, t := range tallies[1:] {
		if err := tallies[0].Merge(t); err != nil {
			return Stats{}, nil, err
		}
	}
	return tallies[0].end(ctx)
}

// abandon gives back what a tally holds outside of memory.
func (t *Tally) abandon() {
	if t.ranges != nil {
		t.ranges.close()
	}
}
