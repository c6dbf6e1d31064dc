package sweep

import (
	"context"
	"errors"
)

// errClosed is for a Tally whose count has ended.
var errClosed = errors.New("the tally is closed")

// Tally is what was counted so far. Two of them merge exactly, wherever they were made: counts and sums are whole numbers. What needs the order
// of scores is had in one of two ways, which give the same bits. [New] keeps each row's score and cell and sorts them at the end. [NewRare] knows the
// scores of the rarer class beforehand, sorted, and only counts where among them each row of the other lies: nothing of those rows is kept.
type Tally struct {
	plan   Plan
	wrong  error // of the plan, or errClosed
	rows   int64
	counts counts
	bands  *bands // nil: not wanted

	ranges *ranges // of New
	gaps   *gaps   // of NewRare
	pairs  *pairs  // rows with rivals: their scores are kept
}

// New starts an empty tally that keeps scores. Tallies do not share the plan's slices.
func New(p Plan) *Tally { return newTally(p, nil, newFinder(nil), Limits{}) }

// NewRare starts an empty tally that counts rows into the gaps between those of the rarer class. A plan with rivals needs all scores, as do
// average precision, [PickRecall] and [PickPrecision] where positives are the commoner class: it is an error then.
func NewRare(p Plan, rare *Rare) *Tally { return newTally(p, rare, newFinder(nil), Limits{}) }

func newTally(p Plan, rare *Rare, splits *finder, l Limits) *Tally {
	p = p.complete()
	t := &Tally{plan: p, wrong: p.check()}
	if t.wrong != nil {
		return t
	}
	t.counts = newCounts(p)
	if p.Bands {
		t.bands = newBands(p)
	}
	switch {
	case !p.Ranks:
	case rare != nil:
		if t.wrong = rare.fits(p); t.wrong == nil {
			t.gaps = newGaps(p, rare, maxDense)
		}
	default:
		t.ranges = newRanges(l, splits)
	}
	if len(p.Rivals) > 0 {
		t.pairs = &pairs{rivals: make([][]float64, len(p.Rivals))}
	}
	return t
}

// Add counts rows. Columns of different lengths, a score that is not finite and a cell beyond the plan's combinations are errors, and
// then nothing of the rows is counted. Row numbers in errors count from 1 over all that this tally was given.
func (t *Tally) Add(r Rows) error {
	if t.wrong != nil {
		return t.wrong
	}
	if err := t.plan.checkRows(r, t.rows); err != nil {
		return err
	}
	t.rows += int64(len(r.Score))
	t.counts.add(&t.plan, r)
	if t.bands != nil {
		t.bands.add(r)
	}
	if t.pairs != nil {
		t.pairs.add(r)
	}
	switch {
	case t.gaps != nil:
		return t.gaps.add(r)
	case t.ranges != nil:
		return t.ranges.add(r)
	}
	return nil
}

// Merge adds what u counted; u is not to be used any more. Another plan, or another way to the order of scores, is an error.
func (t *Tally) Merge(u *Tally) error {
	switch {
	case t.wrong != nil:
		return t.wrong
	case u.wrong != nil:
		return u.wrong
	case !t.plan.equal(u.plan):
		return errors.New("the tallies have different plans")
	case u.rows > maxRows-t.rows:
		return errors.New("more rows than a tally holds")
	}
	switch {
	case t.gaps != nil && u.gaps != nil:
		if err := t.gaps.merge(u.gaps); err != nil {
			return err
		}
	case t.ranges != nil && u.ranges != nil:
		if err := t.ranges.merge(u.ranges); err != nil {
			return err
		}
	case t.plan.Ranks:
		return errors.New("one of the tallies knows the rarer class and the other does not")
	}
	t.rows += u.rows
	t.counts.merge(&u.counts)
	if t.bands != nil {
		t.bands.merge(u.bands)
	}
	if t.pairs != nil {
		t.pairs.merge(u.pairs)
	}
	u.wrong = errClosed
	return nil
}

// Close ends the count: overall, and for each dimension its slices in the order of their codes. Add, Merge and Close are errors from then
// on.
func (t *Tally) Close() (overall Stats, slices [][]Stats, err error) {
	return t.end(context.Background())
}

func (t *Tally) end(ctx context.Context) (overall Stats, slices [][]Stats, err error) {
	if t.wrong != nil {
		return Stats{}, nil, t.wrong
	}
	t.wrong = errClosed
	all, err := t.close(ctx)
	t.ranges, t.gaps, t.pairs = nil, nil, nil
	if err != nil {
		return Stats{}, nil, err
	}
	return all[0][0], all[1:], nil
}

// close gives the figures of each dimension's slices, the first of which is overall.
func (t *Tally) close(ctx context.Context) ([][]Stats, error) {
	dimensions, sizes := t.plan.dimensions()
	counted := make([][]count, len(dimensions))
	paths := make([][]path, len(dimensions))
	for d, of := range dimensions {
		counted[d] = t.counts.slices(of, sizes[d])
		paths[d] = make([]path, sizes[d])
		for s := range paths[d] {
			paths[d][s].size = counted[d][s].rows
		}
	}
	switch {
	case t.gaps != nil:
		t.gaps.walk(&t.plan, dimensions, paths)
	case t.ranges != nil:
		if err := t.ranges.walk(ctx, &t.plan, dimensions, paths); err != nil {
			return nil, err
		}
	}
	banded := t.bands.slices()
	var ours sortedRows
	var theirs []sortedRows
	if t.pairs != nil {
		ours, theirs = t.pairs.rank()
	}
	all := make([][]Stats, len(dimensions))
	for d := range dimensions {
		all[d] = make([]Stats, sizes[d])
		for s := range all[d] {
			all[d][s] = t.stats(&counted[d][s], &paths[d][s])
			if banded != nil {
				all[d][s].Bands, all[d][s].fit = banded[d][s], new(fit)
			}
		}
		if t.pairs != nil {
			t.pairs.compare(dimensions[d], counted[d], &t.counts, ours, theirs, all[d])
		}
	}
	return all, nil
}
