package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Rows are n rows as columns of length n.
type Rows struct {
	Score  []float64   // finite; where there is only a prediction, that, as 0 or 1
	Cell   []uint32    // 2·combination + label, see [Combinations]; the label is 0 or 1
	Rivals [][]float64 // other versions' scores of the same rows

	Numbers [][]float64 // other columns of the rows, which a [Tally] leaves alone: latencies, and what a task has beside a score
}

// Plan is what a Tally counts. Two tallies merge only under the same plan. A cut or a rival's threshold that is NaN, an Eps outside
// [0, 0.5), a slice beyond its dimension's size and a limit outside its range are errors, which Add, Merge and Close return.
type Plan struct {
	Combinations int        // of codes that rows have; 0 is taken as 1
	Dimensions   [][]uint32 // one a dimension: the slice that each combination is part of
	Sizes        []int      // one a dimension: its number of slices
	Cuts         []float64  // score >= cut is predicted positive; the first is the threshold. None: no confusion counts
	Rivals       []float64  // one a rival: the threshold for its scores
	Eps          float64    // log loss clips scores to [Eps, 1-Eps], as scikit-learn does for the column's type: 2^-52 (or 0) float64, 2^-23 float32
	Losses       bool       // log loss and Brier score are wanted
	Ranks        bool       // what needs the order of scores is wanted: AUC and its variance, KS
	Average      bool       // and average precision
	Bands        bool       // the bands of the score are wanted: calibration, histograms, curves
	Areas        []float64  // partial areas under the ROC curve, up to these false positive rates, in (0, 1]
	Picks        []Pick     // cuts that are chosen on these rows
}

// Pick asks for a cut that is chosen on the rows themselves.
type Pick struct {
	Kind PickKind
	X    float64 // in [0, 1]; PickTop: in (0, 1]
}

// PickKind is how a cut is chosen.
type PickKind uint8

// Kinds of picks. Cuts are the scores that positives have: at any other cut there are more false positives for the same true ones.
const (
	PickFPR       PickKind = iota // the lowest cut whose false positive rate is at most X; where all have a higher one, none: no row is selected
	PickRecall                    // the highest cut whose recall is at least X
	PickPrecision                 // the lowest cut whose precision is at least X
	PickTop                       // the ⌈X·rows⌉ rows of highest score: of those that tie for the last places a proportional share, rounded to whole rows
)

func (k Pick) needsPositives() bool { return k.Kind == PickRecall || k.Kind == PickPrecision }

// maxRows is the most rows of a tally. The sums themselves hold 2⁴⁰ rows.
const maxRows = math.MaxUint32

func (p Plan) complete() Plan {
	if p.Eps == 0 {
		p.Eps = float64Eps
	}
	p.Combinations = max(1, p.Combinations)
	p.Cuts, p.Sizes, p.Rivals = slices.Clone(p.Cuts), slices.Clone(p.Sizes), slices.Clone(p.Rivals)
	p.Dimensions, p.Areas, p.Picks = slices.Clone(p.Dimensions), slices.Clone(p.Areas), slices.Clone(p.Picks)
	return p
}

func (p Plan) check() error {
	for _, c := range slices.Concat(p.Cuts, p.Rivals) {
		if math.IsNaN(c) {
			return errors.New("a cut is NaN")
		}
	}
	if p.Combinations > math.MaxInt32 {
		return fmt.Errorf("%d combinations of codes", p.Combinations)
	}
	if len(p.Dimensions) != len(p.Sizes) {
		return fmt.Errorf("%d dimensions, and sizes of %d", len(p.Dimensions), len(p.Sizes))
	}
	for i, of := range p.Dimensions {
		if n := p.Sizes[i]; n < 0 || n > maxRows {
			return fmt.Errorf("dimension %d has %d slices", i+1, n)
		}
		if len(of) != p.Combinations {
			return fmt.Errorf("dimension %d tells the slices of %d combinations, and there are %d", i+1, len(of), p.Combinations)
		}
		for c, s := range of {
			if int64(s) >= int64(p.Sizes[i]) {
				return fmt.Errorf("combination %d has the slice %d of dimension %d, which is not below its size %d", c, s, i+1, p.Sizes[i])
			}
		}
	}
	if !p.Ranks && (p.Average || len(p.Areas)+len(p.Picks)+len(p.Rivals) > 0) {
		return errors.New("average precision, areas, picks and rivals need Ranks")
	}
	if !(p.Eps > 0 && p.Eps < 0.5) {
		return fmt.Errorf("eps %v is outside [0, 0.5)", p.Eps)
	}
	for _, x := range p.Areas {
		if !(x > 0 && x <= 1) {
			return fmt.Errorf("an area up to a false positive rate of %v: it lies in (0, 1]", x)
		}
	}
	for _, k := range p.Picks {
		if !(k.X >= 0 && k.X <= 1) || k.Kind > PickTop || k.Kind == PickTop && k.X == 0 {
			return fmt.Errorf("a cut chosen by %v of kind %d", k.X, k.Kind)
		}
	}
	return nil
}

func (p Plan) equal(q Plan) bool {
	return p.Combinations == q.Combinations && slices.EqualFunc(p.Dimensions, q.Dimensions, slices.Equal) && slices.Equal(p.Sizes, q.Sizes) &&
		slices.Equal(p.Cuts, q.Cuts) && slices.Equal(p.Rivals, q.Rivals) && p.Eps == q.Eps &&
		p.Losses == q.Losses && p.Ranks == q.Ranks && p.Average == q.Average && p.Bands == q.Bands && slices.Equal(p.Areas, q.Areas) && slices.Equal(p.Picks, q.Picks)
}

// dimensions are those of the plan behind overall.
func (p Plan) dimensions() (of [][]uint32, sizes []int) {
	return append([][]uint32{make([]uint32, p.Combinations)}, p.Dimensions...), append([]int{1}, p.Sizes...)
}

// check finds what is wrong with rows before anything is counted.
func (p Plan) checkRows(r Rows, before int64) error {
	n := len(r.Score)
	if len(r.Rivals) != len(p.Rivals) {
		return fmt.Errorf("%d rivals, and the plan has %d", len(r.Rivals), len(p.Rivals))
	}
	if len(r.Cell) != n {
		return fmt.Errorf("%d cells of %d rows", len(r.Cell), n)
	}
	if int64(n) > maxRows-before {
		return fmt.Errorf("more than %d rows", int64(maxRows))
	}
	first := before + 1
	if err := finite(r.Score, first, "scores"); err != nil {
		return err
	}
	for i, xs := range r.Rivals {
		if len(xs) != n {
			return fmt.Errorf("%d scores of rival %d and %d rows", len(xs), i+1, n)
		}
		if err := finite(xs, first, fmt.Sprintf("scores of rival %d", i+1)); err != nil {
			return err
		}
	}
	most := uint32(2 * p.Combinations)
	over := uint32(0)
	for _, c := range r.Cell {
		over = max(over, c)
	}
	if n > 0 && over >= most {
		return bad(r.Cell, func(c uint32) bool { return c >= most }, first, "cells", fmt.Sprintf("not below %d", most))
	}
	return nil
}

// finite refuses numbers that are not.
func finite(xs []float64, first int64, name string) error {
	off := 0.0
	for _, x := range xs {
		off += x - x // 0, and NaN for what is not finite
	}
	if off == 0 {
		return nil
	}
	return bad(xs, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }, first, name, "not finite")
}

// firstRows is how many row numbers an error names.
const firstRows = 3

// bad is the error that says how many values are wrong, and which came first.
func bad[T any](xs []T, is func(T) bool, first int64, name, what string) error {
	n, rows := 0, ""
	for i, x := range xs {
		if !is(x) {
			continue
		}
		if n++; n <= firstRows {
			rows += fmt.Sprintf(", %d", first+int64(i))
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d %s are %s (first rows: %s)", n, len(xs), name, what, rows[2:])
}
