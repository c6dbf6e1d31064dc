package sweep

import (
	"math"
	"math/big"
)

// ranking is what one slice needs of one sorted walk.
//
// A row's placement is twice the number of rows of the other class below it, those at its own score counted half: a whole number,
// 2·below + tied. DeLong, DeLong and Clarke-Pearson 1988 (doi:10.2307/2531595) need, for each class, the sums of placements and of their
// squares; one sorted walk gives both, as in Sun and Xu 2014 (doi:10.1109/LSP.2014.2337313). For negatives they take the positives above;
// we take those below, which turns each placement p into 2m − p and changes no variance and no covariance.
//
// With up to 2⁴⁰ rows a placement is at most 2⁴¹, and a sum of squares or products below 2¹²².
type ranking struct {
	size        [2]int64 // rows of each class, all scores
	below, tied [2]int64 // those below this score, and at it
	one, two    [2]sum   // of placements and of their squares, by class
	cross       [2]sum   // of placements times those under our own score, by class: a rival's only
	steps       total    // Σ positives·precision over the scores
}

// settle ends a tied score.
func (a *ranking) settle() {
	for y := range a.tied {
		p := uint64(2*a.below[1-y] + a.tied[1-y])
		a.one[y].addProduct(uint64(a.tied[y]), p)
		a.two[y].addSquares(uint64(a.tied[y]), p)
	}
	if a.tied[1] > 0 { // predicted positive at this cut: all that are not below
		tp, fp := a.size[1]-a.below[1], a.size[0]-a.below[0]
		a.steps.add(float64(float64(a.tied[1]) * (float64(tp) / float64(tp+fp)))) // the conversion keeps every machine from fusing
	}
	a.below[0], a.below[1], a.tied = a.below[0]+a.tied[0], a.below[1]+a.tied[1], [2]int64{}
}

// walk goes over the rows in ascending order of score, with one ranking a slice of one dimension (code nil: overall). Where place is given
// it keeps the rows' placements there; where ours is, it adds their products with those under our own score.
func walk(r ranked, label []uint8, code []uint32, slices []ranking, place, ours []int64) {
	of := func(row uint32) *ranking {
		if code == nil {
			return &slices[0]
		}
		return &slices[code[row]]
	}
	var touched []*ranking
	r.ties(func(rows []uint32) {
		touched = touched[:0]
		for _, row := range rows {
			a := of(row)
			if a.tied == [2]int64{} {
				touched = append(touched, a)
			}
			a.tied[label[row]]++
		}
		if place != nil || ours != nil {
			for _, row := range rows {
				a, y := of(row), label[row]
				p := 2*a.below[1-y] + a.tied[1-y]
				if place != nil {
					place[row] = p
				}
				if ours != nil {
					a.cross[y].addProduct(uint64(p), uint64(ours[row]))
				}
			}
		}
		for _, a := range touched {
			a.settle()
		}
	})
}

// auc is the area under the ROC curve, twice the Mann-Whitney count over 2mn, rounded once; NaN where a class is empty.
func (a *ranking) auc() float64 {
	return ratio(a.one[1].big(), new(big.Int).Lsh(product(a.size[0], a.size[1]), 1))
}

// average is scikit-learn's average precision: Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores; NaN without a positive.
func (a *ranking) average() float64 { return a.steps.value() / float64(a.size[1]) }

// covariance is DeLong's, of the areas under two scores of the same rows; of one with itself it is the variance. With the placements p and
// q, m positives and n negatives it is, rounded once,
//
//	[ (m·Σpq − Σp·Σq)/(m−1) over positives + (n·Σpq − Σp·Σq)/(n−1) over negatives ] / (2mn)²
//
// and NaN under two rows of a class.
func covariance(a, b *ranking, cross [2]sum) float64 {
	if a.size[0] < 2 || a.size[1] < 2 {
		return math.NaN()
	}
	all := new(big.Rat)
	for y := range cross {
		part := new(big.Int).Mul(big.NewInt(a.size[y]), cross[y].big())
		part.Sub(part, new(big.Int).Mul(a.one[y].big(), b.one[y].big()))
		all.Add(all, new(big.Rat).SetFrac(part, big.NewInt(a.size[y]-1)))
	}
	mn := new(big.Int).Lsh(product(a.size[0], a.size[1]), 1)
	all.Quo(all, new(big.Rat).SetInt(mn.Mul(mn, mn)))
	f, _ := all.Float64()
	return f
}

func product(a, b int64) *big.Int { return new(big.Int).Mul(big.NewInt(a), big.NewInt(b)) }

// total is a sum of float64s that carries its rounding errors along: Neumaier 1974, doi:10.1002/zamm.19740540106. It is added to in the
// order of the scores, whatever the order of the rows.
type total struct{ sum, lost float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.lost += (t.sum - s) + x
	} else {
		t.lost += (x - s) + t.sum
	}
	t.sum = s
}

func (t *total) value() float64 { return t.sum + t.lost }
