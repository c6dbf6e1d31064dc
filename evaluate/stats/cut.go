package stats

import (
	"math"
	"slices"
)

// A cut chosen on the same rows as the figure. What a figure is about is the population's own cut, at which its false positive rate (its
// recall, the share of rows that it selects) is exactly the stated one. Where that cut lies among the rows is bounded at a/2 by order
// statistics, and the figure there at a/2 by Clopper and Pearson: together a, by Bonferroni, with nothing assumed but independent
// rows and scores without large ties. (The limits of a figure at a *fixed* cut hold at the population's cut, and the counts of cuts are
// monotone; so no choice among cuts has to be paid for beyond that.) A part of the width is thus the choice's.

// the figures at a cut, by the name that their Scale has.
const (
	scaleRecallAtFPR       = "recall@fpr"
	scalePrecisionAtRecall = "precision@recall"
	scalePrecisionAtTop    = "precision@top"
	scaleRecallAtTop       = "recall@top"
	scaleLiftAtTop         = "lift@top"
)

// CutPoint is a cut "score ≥ c" by the rows that it selects: false and true positives.
type CutPoint struct{ FP, TP int64 }

// CutCounts are the counts along the axis that fixes a cut (false positives of all negatives for [RecallAtFPR], true positives of
// all positives for [PrecisionAtRecall], rows selected of all rows for the others) around which its constructor needs points: for
// each count c the last cut that has at most c and the first that has at least c, some 80 points at most. The share lies in (0, 1), n ≥ 1;
// else nil.
func CutCounts(share float64, n int64) []int64 {
	if !(share > 0 && share < 1) || n < 1 {
		return nil
	}
	return around(n, share)
}

// RecallAtFPR is the recall at the cut whose false positive rate is the given share, by the sample's counts. Value is the sample's own
// figure. Points need no order, and missing ones only widen limits; see [CutCounts]. Without a point on a side the limit is 0 or 1. The
// zero Basis where a class is empty, the share is not in (0, 1), or a point has a count outside its class or less of one class than a
// smaller cut. The two-stage bound is that of the order statistic (David and Nagaraja 2003, section 7.1); compare Hall, Hyndman and Fan
// 2004, doi:10.1093/biomet/91.3.743, whose intervals are approximate.
func RecallAtFPR(share, value float64, negatives, positives int64, points []CutPoint) Basis {
	return cutBasis(scaleRecallAtFPR, share, value, negatives, positives, points, negatives)
}

// PrecisionAtRecall is the precision at the highest cut whose recall is the given share (the highest precision that any lower cut has is
// no less: then the lower limit holds still, the upper does not). Where few true positives are needed beyond the share, the limit falls
// to 0; see [RecallAtFPR].
func PrecisionAtRecall(share, value float64, negatives, positives int64, points []CutPoint) Basis {
	return cutBasis(scalePrecisionAtRecall, share, value, negatives, positives, points, positives)
}

// PrecisionAtTop is the precision among the given share of rows with the highest scores; see [RecallAtFPR].
func PrecisionAtTop(share, value float64, negatives, positives int64, points []CutPoint) Basis {
	return cutBasis(scalePrecisionAtTop, share, value, negatives, positives, points, negatives+positives)
}

// RecallAtTop is the share of the positives found among the given share of rows with the highest scores; see [RecallAtFPR].
func RecallAtTop(share, value float64, negatives, positives int64, points []CutPoint) Basis {
	return cutBasis(scaleRecallAtTop, share, value, negatives, positives, points, negatives+positives)
}

// LiftAtTop is the prevalence among the given share of rows with the highest scores over that of all rows, which is the recall there over
// the share; see [RecallAtFPR].
func LiftAtTop(share, value float64, negatives, positives int64, points []CutPoint) Basis {
	return cutBasis(scaleLiftAtTop, share, value, negatives, positives, points, negatives+positives)
}

func cutBasis(scale string, share, value float64, negatives, positives int64, points []CutPoint, n int64) Basis {
	if !(share > 0 && share < 1) || !finite(value) || min(negatives, positives) < 1 {
		return Basis{}
	}
	b := Basis{Method: methodCut, Scale: scale, K: share, N: float64(n), Estimate: value, Classes: [2]int64{negatives, positives}}
	points = slices.Clone(points)
	slices.SortFunc(points, func(x, y CutPoint) int { return int(min(1, max(-1, x.FP+x.TP-y.FP-y.TP))) })
	last := CutPoint{}
	for _, p := range slices.Compact(points) {
		if p.FP < last.FP || p.TP < last.TP || p.FP > negatives || p.TP > positives {
			return Basis{}
		}
		last = p
		switch scale {
		case scaleRecallAtFPR:
			b.Points = append(b.Points, [2]float64{float64(p.FP), float64(p.TP)})
		case scalePrecisionAtRecall:
			b.Points = append(b.Points, [2]float64{float64(p.TP), float64(p.FP)})
		default:
			b.Points = append(b.Points, [2]float64{float64(p.FP + p.TP), float64(p.TP)})
		}
	}
	return b
}

// cut is a limit of a figure at a cut.
func (b Basis) cut(a float64, s side) float64 {
	negatives, positives, n := float64(b.Classes[0]), float64(b.Classes[1]), int64(b.N)
	if !(b.K > 0 && b.K < 1) || n < 1 || min(b.Classes[0], b.Classes[1]) < 1 {
		return math.NaN()
	}
	limit := math.NaN()
	switch b.Scale {
	case scaleRecallAtFPR:
		limit = b.recallAt(a, s, n, positives)
	case scaleRecallAtTop:
		limit = b.recallAt(a, s, n, positives)
	case scaleLiftAtTop:
		limit = b.recallAt(a, s, n, positives) / b.K
	case scalePrecisionAtRecall:
		limit = b.precisionAtRecall(a, s, n, negatives, positives)
	case scalePrecisionAtTop:
		limit = b.precisionAtTop(a, s, n)
	}
	if s == lower {
		return math.Min(limit, b.Estimate)
	}
	return math.Max(limit, b.Estimate)
}

// recallAt moves to a cut that selects no more (or no less) than the population's, with error a/2, and takes the recall's limit there.
func (b Basis) recallAt(a float64, s side, n int64, positives float64) float64 {
	if s == lower {
		r := atMost(n, b.K, a/2)
		p, ok := b.before(float64(r))
		if r < 0 || !ok {
			return 0
		}
		return clopperPearson(p[1], positives, a/2, lower)
	}
	u := atLeast(n, b.K, a/2)
	p, ok := b.after(float64(u))
	if u > n || !ok {
		return 1
	}
	return clopperPearson(p[1], positives, a/2, upper)
}

// precisionAtRecall: where recall is x, precision is x/(x + o), and o, the population's false positives for each of its positives, is
// that of a cut which has at least as many (at most as many) false positives as the population's: a proportion of FP + positives.
func (b Basis) precisionAtRecall(a float64, s side, n int64, negatives, positives float64) float64 {
	var p [2]float64
	var ok bool
	if s == lower {
		if p, ok = b.after(float64(atLeast(n, b.K, a/2))); !ok {
			p[1] = negatives
		}
	} else if p, ok = b.before(float64(atMost(n, b.K, a/2))); !ok {
		return 1
	}
	h := clopperPearson(p[1], p[1]+positives, a/2, -s)
	return b.K * (1 - h) / (b.K*(1-h) + h)
}

// precisionAtTop: the population's cut selects between two counts of rows with error a/2, and at whichever of them Clopper and Pearson's
// limit for what it selects holds with error a/2. Between two points, a cut has at least the true positives of one and at most the false
// positives of the other.
func (b Basis) precisionAtTop(a float64, s side, n int64) float64 {
	from, to := float64(atMost(n, b.K, a/4)+1), float64(atLeast(n, b.K, a/4)-1)
	limit := b.Estimate
	take := func(tp, fp float64) {
		end := clip(float64(s), 0, 1) // of nothing selected: anything
		if tp+fp > 0 {
			end = clopperPearson(tp, tp+fp, a/2, s)
		}
		limit = wider(limit, end, s)
	}
	before := [2]float64{}
	for _, p := range append(slices.Clone(b.Points), [2]float64{b.N, float64(b.Classes[1])}) {
		if p[0]-before[0] > 1 && p[0] > from && before[0] < to {
			tp, fp := before[1], p[0]-p[1]
			if s == upper {
				tp, fp = p[1], before[0]-before[1]
			}
			take(tp, fp)
		}
		if p[0] >= from && p[0] <= to {
			take(p[1], p[0]-p[1])
		}
		before = p
	}
	return limit
}
