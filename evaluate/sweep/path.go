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
	areas    []area
	picks    []Picked
}

// area is twice the area under the ROC curve up to a false positive rate, in units of 1/(PN), as whole steps and the part of one.
type area struct {
	whole uint64
	part  float64
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
	if p.Average && t[1] > 0 { // predicted positive at this cut: all that are not below
		tp, fp := a.size[1]-a.below[1], a.size[0]-a.below[0]
		a.steps.addProduct(uint64(t[1]), share(tp, tp+fp))
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
	if y == 1 && p.Average {
		tp := a.size[1] - a.below[1]
		a.steps.addSmall(share(tp, tp+a.size[0]-a.below[0]))
	}
	if len(p.Areas)+len(p.Picks) > 0 {
		var t [2]int64
		t[y] = 1
		a.choose(p, t)
	}
	a.below[y]++
	a.furthest = max(a.furthest, a.apart())
}

func (a *path) apart() int64 {
	d := a.below[0]*a.size[1] - a.below[1]*a.size[0] // both products are at most PN <= 2⁶²
	return max(d, -d)
}

// choose settles areas and picks for the cuts at and above this score.
func (a *path) choose(p *Plan, t [2]int64) {
	fp, tp := a.size[0]-a.below[0], a.size[1]-a.below[1] // at this score and above
	over := [2]int64{fp - t[0], tp - t[1]}               // above it
	if len(a.areas) < len(p.Areas) {
		a.areas = make([]area, len(p.Areas))
	}
	for i, x := range p.Areas {
		limit := x * float64(a.size[0])
		switch {
		case float64(fp) <= limit:
			a.areas[i].whole += uint64(t[0]) * uint64(tp+over[1])
		case float64(over[0]) < limit && t[1] == 0: // level: whole rows, and the part of one
			whole := int64(limit)
			a.areas[i].whole += uint64(whole-over[0]) * uint64(2*tp)
			a.areas[i].part = (limit - float64(whole)) * float64(2*tp)
		case float64(over[0]) < limit:
			w := limit - float64(over[0])
			rise := float64(t[1]) / float64(t[0])
			a.areas[i].part = w * (2*float64(over[1]) + rise*w)
		}
	}
	if len(a.picks) < len(p.Picks) {
		a.picks = make([]Picked, len(p.Picks))
	}
	for i, k := range p.Picks {
		a.picks[i].offer(k, a.size, [2]int64{fp, tp}, over)
	}
}

// Picked are the counts at the cut that was chosen. No cut was where both are 0.
type Picked struct{ TP, FP int64 }

// offer offers the cut at a score, with the counts at it and above it.
func (k *Picked) offer(p Pick, size, at, over [2]int64) {
	if p.Kind == PickTop {
		rows := size[0] + size[1]
		most := int64(math.Ceil(p.X * float64(rows)))
		if float64(most-1)/float64(rows) >= p.X { // the product was rounded up
			most--
		}
		if before, through := over[0]+over[1], at[0]+at[1]; before < most && most <= through {
			k.TP = over[1] + partOf(most-before, at[1]-over[1], through-before)
			k.FP = most - k.TP
		}
		return
	}
	if at[1] == 0 || at[1] == over[1] { // no positive has this score
		return
	}
	none, lower := *k == Picked{}, at[1] > k.TP
	switch p.Kind {
	case PickFPR:
		if float64(at[0])/float64(size[0]) <= p.X && (none || lower) {
			*k = Picked{at[1], at[0]}
		}
	case PickRecall:
		if float64(at[1])/float64(size[1]) >= p.X && (none || !lower) {
			*k = Picked{at[1], at[0]}
		}
	case PickPrecision:
		if float64(at[1])/float64(at[0]+at[1]) >= p.X && (none || lower) {
			*k = Picked{at[1], at[0]}
		}
	}
}

// partOf is a·b/c, rounded to a whole number, half up.
func partOf(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, rest := bits.Div64(hi, lo, uint64(c))
	if 2*rest >= uint64(c) {
		q++
	}
	return int64(q)
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

// picked is a cut of the plan; the zero Picked where no row was.
func (a *path) picked(i int) Picked {
	if i >= len(a.picks) {
		return Picked{}
	}
	return a.picks[i]
}

// partial is the area under the ROC curve up to a limit of the plan, at most that limit; NaN where a class is empty.
func (a *path) partial(i int) float64 {
	if a.size[0] == 0 || a.size[1] == 0 || i >= len(a.areas) {
		return math.NaN()
	}
	return (float64(a.areas[i].whole) + a.areas[i].part) / 2 / float64(a.size[0]) / float64(a.size[1])
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
