package stats

import (
	"math"
	"slices"
)

// A cut chosen on the same rows as the figure. What a figure is about is the population's own cut, at which its false positive rate (its
// recall, the share of rows that it selects) is exactly the stated one. Where that cut lies among the rows is bounded by order statistics, which move
// the figure by one distance; Clopper and Pearson's limit at the sample's own cut is at another; MOVER puts the two together (Zou and
// Donner 2008). With few counts for both they are taken at a/2 each, one after the other: then the limits of a figure at a *fixed* cut
// hold at the population's, counts of cuts are monotone, and the error is at most a, by Bonferroni. Assumed are independent rows, and scores
// without large ties at the cut.

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
// smaller cut. The order statistics are
// those of David and Nagaraja 2003, section 7.1; Hall, Hyndman and Fan 2004, doi:10.1093/biomet/91.3.743, have limits by smoothing.
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
	if !(b.K > 0 && b.K < 1) || n < 1 || min(negatives, positives) < 1 {
		return math.NaN()
	}
	value := b.Estimate
	var chosen, sampled, joint func(a float64) float64
	few := b.K*b.N < fewCounts || b.N-b.K*b.N < fewCounts
	switch b.Scale {
	case scaleRecallAtFPR, scaleRecallAtTop, scaleLiftAtTop:
		scale := 1.0
		if b.Scale == scaleLiftAtTop {
			scale = b.K
		}
		k := clip(value*scale*positives, 0, positives)
		few = few && Proportion(k, positives).few(s)
		joint = func(a float64) float64 { return clopperPearson(b.found(a, s, n, positives), positives, a, s) / scale }
		chosen = func(a float64) float64 { return b.found(a, s, n, positives) / positives / scale }
		sampled = func(a float64) float64 { return clopperPearson(k, positives, a, s) / scale }
	case scalePrecisionAtRecall:
		// Where recall is x, precision is x/(x + o), o being the false positives for each positive: a proportion of both.
		of := func(odds float64) float64 { return b.K / (b.K + odds) }
		exact := func(k, a float64) float64 {
			h := clopperPearson(k, k+positives, a, -s)
			return b.K * (1 - h) / (b.K*(1-h) + h)
		}
		falls := math.Inf(1)
		if value > 0 {
			falls = b.K * (1 - value) / value * positives
		}
		falls = math.Min(falls, negatives)
		few = few && falls < fewCounts
		joint = func(a float64) float64 { return exact(b.falling(a, s, n, negatives), a) }
		chosen = func(a float64) float64 { return of(b.falling(a, s, n, negatives) / positives) }
		sampled = func(a float64) float64 { return exact(falls, a) }
	case scalePrecisionAtTop:
		k := clip(value, 0, 1) * b.K * b.N
		few = few && Proportion(k, b.K*b.N).few(s)
		joint = func(a float64) float64 { return b.precisions(a, s, n, true) }
		chosen = func(a float64) float64 { return b.precisions(a, s, n, false) }
		sampled = func(a float64) float64 { return clopperPearson(k, b.K*b.N, a, s) }
	default:
		return math.NaN()
	}
	if few {
		return wider(joint(a/2), value, s)
	}
	towards := func(end float64) float64 { return math.Max(0, float64(s)*(end-value)) }
	end := value + float64(s)*math.Hypot(towards(chosen(a)), towards(sampled(a)))
	if b.Scale == scaleLiftAtTop {
		return clip(end, 0, math.Max(1/b.K, value))
	}
	return clip(end, 0, math.Max(1, value))
}

// found is how many positives a cut finds that selects no more (upper: no less) than the population's, with error a.
func (b Basis) found(a float64, s side, n int64, positives float64) float64 {
	if s == lower {
		r := atMost(n, b.K, a)
		p, ok := b.before(float64(r))
		if r < 0 || !ok {
			return 0
		}
		return p[1]
	}
	p, ok := b.after(float64(atLeast(n, b.K, a)))
	if !ok {
		return positives
	}
	return p[1]
}

// falling is how many negatives a cut selects whose recall is no less (upper: no more) than the population's, with error a.
func (b Basis) falling(a float64, s side, n int64, negatives float64) float64 {
	if s == lower {
		p, ok := b.after(float64(atLeast(n, b.K, a)))
		if !ok {
			return negatives
		}
		return p[1]
	}
	p, ok := b.before(float64(atMost(n, b.K, a)))
	if !ok {
		return 0
	}
	return p[1]
}

// precisions is the least (upper: the largest) precision, or its limit at a, among the cuts whose counts of rows the population's cut may
// have with error a. Between two points, a cut has at least the true positives of one and at most the false positives of the other.
func (b Basis) precisions(a float64, s side, n int64, limits bool) float64 {
	from, to := float64(atMost(n, b.K, a/2)+1), float64(atLeast(n, b.K, a/2)-1)
	found := b.Estimate
	take := func(tp, fp float64) {
		end := clip(float64(s), 0, 1) // of nothing selected: anything
		switch {
		case tp+fp > 0 && limits:
			end = clopperPearson(tp, tp+fp, a, s)
		case tp+fp > 0:
			end = tp / (tp + fp)
		}
		found = wider(found, end, s)
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
	return found
}
