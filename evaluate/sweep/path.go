package sweep

import (
	"math"
	"math/big"
	"math/bits"
)

// path is what one slice needs of one walk over its rows in ascending order of score.
//
// A row's placement is twice the number of rows of the other class below it, those at its own score counted half: a whole number,
// 2·below + tied. DeLong, DeLong and Clarke-Pearson 1988 (doi:10.2307/2531595) need, for each class, the sums of placements and of their
// squares; one sorted walk gives both, as in Sun and Xu 2014 (doi:10.1109/LSP.2014.2337313). For negatives they take the positives above;
// we take those below, which turns each placement p into 2m − p and changes no variance and no covariance.
//
// With up to 2⁴⁰ rows a placement is at most 2⁴¹, and a sum of squares or products below 2¹²².
//
// Whatever a path keeps is the same when rows of one class with none of the other between them are taken as one step, though their scores
// differ: all of it if they are negatives, all but average precision and the cuts chosen by recall or precision if they are positives. That is why the scores of
// only the rarer class need sorting.
type path struct {
	size     [2]int64 // rows of each class, all scores
	below    [2]int64 // those below this score
	tied     [2]int64 // those at this score, so far
	one, two [2]sum   // of placements and of their squares, by class
	steps    sum      // Σ positives·⌊2⁶²·precision⌋ over the scores
	furthest int64    // the largest |negatives below·P − positives below·N|: Kolmogorov and Smirnov's distance in units of 1/(PN)
	shares   shares
	areas    []area
	picks    []picking
}

// share is ⌊2⁶²·a/b⌋ for 0 <= a <= b, b > 0.
func share(a, b int64) uint64 {
	q, _ := bits.Div64(uint64(a)>>2, uint64(a)<<62, uint64(b))
	return q
}

// step takes the walk past one score, or past rows of one class with none of the other between them.
func (a *path) step(p *Plan, t [2]int64) {
	for y, k := range t {
		if k > 0 {
			at := uint64(2*a.below[1-y] + t[1-y])
			a.one[y].addProduct(uint64(k), at)
			a.two[y].addSquares(uint64(k), at)
		}
	}
	if p.Average {
		a.averaging(t)
	}
	if len(p.Areas)+len(p.Picks) > 0 {
		a.choose(p, t)
	}
	a.below[0] += t[0]
	a.below[1] += t[1]
	a.furthest = max(a.furthest, a.apart())
}

// row is step for a score that one row of the slice has.
func (a *path) row(p *Plan, y uint32) {
	at := uint64(2 * a.below[1-y])
	a.one[y].addSmall(at)
	a.two[y].addProduct(at, at)
	if p.Average || len(p.Areas)+len(p.Picks) > 0 {
		var t [2]int64
		t[y] = 1
		if p.Average {
			a.averaging(t)
		}
		if len(p.Areas)+len(p.Picks) > 0 {
			a.choose(p, t)
		}
	}
	a.below[y]++
	a.furthest = max(a.furthest, a.apart())
}

func (a *path) apart() int64 {
	d := a.below[0]*a.size[1] - a.below[1]*a.size[0] // both products are at most PN <= 2⁶²
	return max(d, -d)
}

// shares are what average precision's variance is made of. With P(j) the precision and N(j) the rows at or above positive j's score, a positive i has
// the share P(i) − AP + G(i) − H(i) of it and a negative one −H(i), in 1/positives: G is the sum of 1/N(j), and H that of P(j)/N(j), over the positives j whose
// score is at most i's. All are whole numbers of 2⁻⁵⁸, and their sums exact.
type shares struct {
	g, h     int64
	one, two sum // of positives' P + G − H, and of its squares
	negative sum // of negatives' H squared
}

// shareBits are those behind the point: G is at most 1 + ½ + ⅓ + … of 2³² rows, under 23, so that 2⁶³ holds it.
const shareBits = 58

// averaging settles one score's part of average precision.
func (a *path) averaging(t [2]int64) {
	s := &a.shares
	if t[1] > 0 { // predicted positive at this cut: all that are not below
		tp, fp := a.size[1]-a.below[1], a.size[0]-a.below[0]
		precision := share(tp, tp+fp)
		a.steps.addProduct(uint64(t[1]), precision)
		each := int64(1 << shareBits / uint64(tp+fp))
		part, _ := bits.Mul64(uint64(each)<<2, precision) // each·precision·2⁻⁶²
		s.g += t[1] * each
		s.h += t[1] * int64(part)
		x := int64(precision>>(62-shareBits)) + s.g - s.h
		s.one.addTimes(t[1], x)
		s.two.addSquares(uint64(t[1]), uint64(max(x, -x)))
	}
	if t[0] > 0 {
		s.negative.addSquares(uint64(t[0]), uint64(s.h))
	}
}

// averageSE is the standard error of average precision by its influence function: the root of the sum of squares of all rows' shares.
func (a *path) averageSE() float64 {
	n := a.size[1]
	if n < 1 {
		return math.NaN()
	}
	f := func(s sum, scale int) *big.Float {
		x := new(big.Float).SetPrec(256).SetInt(s.big())
		return x.SetMantExp(x, -scale)
	}
	ap := new(big.Float).SetPrec(256).Quo(f(a.steps, 62), new(big.Float).SetInt64(n))
	// Σ(x − AP)² = Σx² − 2·AP·Σx + n·AP²
	total := f(a.shares.two, 2*shareBits)
	twice := new(big.Float).SetPrec(256).Mul(ap, f(a.shares.one, shareBits))
	total.Sub(total, twice.Mul(twice, big.NewFloat(2)))
	square := new(big.Float).SetPrec(256).Mul(ap, ap)
	total.Add(total, square.Mul(square, new(big.Float).SetInt64(n)))
	total.Add(total, f(a.shares.negative, 2*shareBits))
	sum, _ := total.Float64()
	return math.Sqrt(math.Max(0, sum)) / float64(n)
}

// auc is the area under the ROC curve, twice the Mann-Whitney count over 2mn, rounded once; NaN where a class is empty.
func (a *path) auc() float64 {
	return ratio(a.one[1].big(), new(big.Int).Lsh(product(a.size[0], a.size[1]), 1))
}

// average is scikit-learn's average precision: Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores, each Pₖ taken down to 2⁻⁶²; NaN without a positive.
func (a *path) average() float64 {
	return ratio(a.steps.big(), new(big.Int).Lsh(big.NewInt(a.size[1]), 62))
}

// ks is the largest distance between the two classes' distributions of the score; NaN where a class is empty.
func (a *path) ks() float64 {
	return ratio(big.NewInt(a.furthest), product(a.size[0], a.size[1]))
}

// covariance is DeLong's, of the areas under two scores of the same rows; of one with itself it is the variance. With the placements p and
// q, m positives and n negatives it is, rounded once,
//
//	[ (m·Σpq − Σp·Σq)/(m−1) over positives + (n·Σpq − Σp·Σq)/(n−1) over negatives ] / (2mn)²
//
// and NaN under two rows of a class.
func covariance(a, b *path, cross [2]sum) float64 {
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
