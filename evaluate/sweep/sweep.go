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
	Rivals [][]float64 // other versions' scores of the same rows
	Label  []uint8     // 0 or 1
	Slice  [][]uint32  // one column a dimension: codes of its slices, below the dimension's size; a cross is a dimension of its own
}

// Plan is what a Tally counts. Two tallies merge only under the same plan. A cut or a rival's threshold that is NaN, an Eps outside
// [0, 0.5), a negative size and a curve of one point are errors, which Add, Merge and Close return.
type Plan struct {
	Cuts   []float64 // score >= cut is predicted positive; the first is the threshold. None: no confusion counts
	Sizes  []int     // one a dimension: its number of slices
	Rivals []float64 // one a rival: the threshold for its scores
	Eps    float64   // log loss clips scores to [Eps, 1-Eps], as scikit-learn does for the column's type: 2^-52 (or 0) float64, 2^-23 float32
	Curves int       // overall ROC points at most; 0: none
}

// maxRows is what the sort's row numbers hold. The sums themselves hold 2⁴⁰ rows.
const maxRows = math.MaxUint32

// errClosed is for a Tally whose count has ended.
var errClosed = errors.New("the tally is closed")

// Tally is what was counted so far. Two of them merge exactly, wherever they were made: counts and sums are whole numbers, and what needs
// the order of scores is kept as columns until Close sorts them once.
type Tally struct {
	plan   Plan
	wrong  error  // of the plan, or errClosed
	counts counts // what needs no order

	score  []float64 // the rows, in the order they came
	rivals [][]float64
	label  []uint8
	code   [][]uint32
}

// New starts an empty tally. Tallies do not share the plan's slices.
func New(p Plan) *Tally {
	if p.Eps == 0 {
		p.Eps = float64Eps
	}
	p.Cuts, p.Sizes, p.Rivals = slices.Clone(p.Cuts), slices.Clone(p.Sizes), slices.Clone(p.Rivals)
	t := &Tally{plan: p, wrong: p.check()}
	if t.wrong == nil {
		t.counts = newCounts(p)
		t.rivals, t.code = make([][]float64, len(p.Rivals)), make([][]uint32, len(p.Sizes))
	}
	return t
}

func (p Plan) check() error {
	for _, c := range slices.Concat(p.Cuts, p.Rivals) {
		if math.IsNaN(c) {
			return errors.New("a cut is NaN")
		}
	}
	for i, n := range p.Sizes {
		if n < 0 || n > maxRows {
			return fmt.Errorf("dimension %d has %d slices", i+1, n)
		}
	}
	if !(p.Eps > 0 && p.Eps < 0.5) {
		return fmt.Errorf("eps %v is outside [0, 0.5)", p.Eps)
	}
	if p.Curves < 0 || p.Curves == 1 {
		return fmt.Errorf("a curve of %d points: it has at least two ends", p.Curves)
	}
	return nil
}

func (p Plan) equal(q Plan) bool {
	return slices.Equal(p.Cuts, q.Cuts) && slices.Equal(p.Sizes, q.Sizes) && slices.Equal(p.Rivals, q.Rivals) && p.Eps == q.Eps && p.Curves == q.Curves
}

// Add counts rows. Columns of different lengths, a score that is not finite, a label above 1 or a code beyond its size are errors, and
// then nothing of the rows is counted. Row numbers in errors count from 1 over all that this tally was given.
func (t *Tally) Add(r Rows) error {
	if t.wrong != nil {
		return t.wrong
	}
	if err := t.check(r); err != nil {
		return err
	}
	const negativeZero = 0 // x + 0 makes −0 a 0: the two are equal scores
	from := len(t.score)
	for _, x := range r.Score {
		t.score = append(t.score, x+negativeZero)
	}
	for i, xs := range r.Rivals {
		for _, x := range xs {
			t.rivals[i] = append(t.rivals[i], x+negativeZero)
		}
	}
	t.label = append(t.label, r.Label...)
	for d, cs := range r.Slice {
		t.code[d] = append(t.code[d], cs...)
	}
	t.count(from)
	return nil
}

// check finds what is wrong with rows before anything is counted.
func (t *Tally) check(r Rows) error {
	n := len(r.Score)
	if len(r.Rivals) != len(t.plan.Rivals) {
		return fmt.Errorf("%d rivals, and the plan has %d", len(r.Rivals), len(t.plan.Rivals))
	}
	if len(r.Slice) != len(t.plan.Sizes) {
		return fmt.Errorf("%d dimensions, and the plan has %d", len(r.Slice), len(t.plan.Sizes))
	}
	if len(r.Label) != n {
		return fmt.Errorf("%d labels of %d rows", len(r.Label), n)
	}
	if n > maxRows-len(t.score) {
		return fmt.Errorf("more than %d rows", maxRows)
	}
	first := len(t.score) + 1
	infinite := func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }
	if err := bad(r.Score, infinite, first, "scores", "not finite"); err != nil {
		return err
	}
	for i, xs := range r.Rivals {
		if len(xs) != n {
			return fmt.Errorf("%d scores of rival %d and %d rows", len(xs), i+1, n)
		}
		if err := bad(xs, infinite, first, fmt.Sprintf("scores of rival %d", i+1), "not finite"); err != nil {
			return err
		}
	}
	if err := bad(r.Label, func(y uint8) bool { return y > 1 }, first, "labels", "neither 0 nor 1"); err != nil {
		return err
	}
	for d, cs := range r.Slice {
		if len(cs) != n {
			return fmt.Errorf("%d codes of dimension %d and %d rows", len(cs), d+1, n)
		}
		size := uint32(t.plan.Sizes[d])
		if err := bad(cs, func(c uint32) bool { return c >= size }, first, fmt.Sprintf("codes of dimension %d", d+1), fmt.Sprintf("not below its size %d", size)); err != nil {
			return err
		}
	}
	return nil
}

// firstRows is how many row numbers an error names.
const firstRows = 3

// bad is the error that says how many values are wrong, and which came first.
func bad[T any](xs []T, is func(T) bool, first int, name, what string) error {
	n, rows := 0, ""
	for i, x := range xs {
		if !is(x) {
			continue
		}
		if n++; n <= firstRows {
			rows += fmt.Sprintf(", %d", first+i)
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d %s are %s (first rows: %s)", n, len(xs), name, what, rows[2:])
}

// Merge adds what u counted, and leaves u as it is. Another plan is an error.
func (t *Tally) Merge(u *Tally) error {
	switch {
	case t.wrong != nil:
		return t.wrong
	case u.wrong != nil:
		return u.wrong
	case !t.plan.equal(u.plan):
		return errors.New("the tallies have different plans")
	case len(u.score) > maxRows-len(t.score):
		return fmt.Errorf("more than %d rows", maxRows)
	}
	t.score, t.label = append(t.score, u.score...), append(t.label, u.label...)
	for i := range t.rivals {
		t.rivals[i] = append(t.rivals[i], u.rivals[i]...)
	}
	for d := range t.code {
		t.code[d] = append(t.code[d], u.code[d]...)
	}
	t.counts.merge(u.counts)
	return nil
}

// Close ends the count: overall, and for each dimension its slices in the order of their codes. Add, Merge and Close are errors from then
// on.
func (t *Tally) Close() (overall Stats, slices [][]Stats, err error) {
	if t.wrong != nil {
		return Stats{}, nil, t.wrong
	}
	t.wrong = errClosed
	all := t.close()
	t.score, t.rivals, t.label, t.code = nil, nil, nil, nil
	return all[0][0], all[1:], nil
}
