package sweep

import "math"

// Stats are all that any metric of one slice needs. They are final: a Tally merges, Stats do not.
type Stats struct {
	Rows      int64
	Positives int64 // by label
	Counts    Counts
	Cuts      []Counts // one a cut of the plan; the first is Counts

	AUC              float64      // area under the ROC curve, ties ½; NaN where a class is empty
	AUCVar           float64      // DeLong's variance of it; NaN under two rows of a class
	AveragePrecision float64      // scikit-learn's; NaN without a positive
	LogLoss          Loss         // of scores clipped by the plan's Eps; NaN where Outside > 0
	Brier            Loss         // likewise
	Outside          int64        // rows whose score lies outside [0, 1]
	Pairs            []Pair       // one a rival
	Curve            [][2]float64 // ROC points (false positive rate, recall), overall only, thinned to the plan's Curves; nil where a class is empty
	CurveError       float64      // how far the whole curve lies from the thinned one at most, vertically
}

// Loss is a mean of rows' losses: exact sums, rounded once. NaN without rows.
type Loss struct {
	Mean float64
	SE   float64 // of the mean: √(sample variance / rows); NaN under two rows
}

// Pair is what two models share on the same rows.
type Pair struct {
	AUC        float64     // the rival's
	Covariance float64     // DeLong's, of the two AUCs
	AUCVar     float64     // the rival's
	Counts     [2][4]int64 // by label: rows by 2·(ours predicted positive) + (theirs); ours is 0 where the plan has no cut
	LogLoss    Loss        // of ours minus theirs, row by row; NaN where Outside > 0
	Brier      Loss
	Outside    int64 // rows of which either score lies outside [0, 1]
}

// close sorts the rows once by each score, walks them once a dimension, and rounds. The first dimension is overall.
func (t *Tally) close() [][]Stats {
	ours, theirs := rank(t.score), make([]ranked, len(t.rivals))
	for r, xs := range t.rivals {
		theirs[r] = rank(xs)
	}
	var place []int64 // of this dimension only: what a rival's placements are multiplied with
	if len(theirs) > 0 {
		place = make([]int64, len(t.score))
	}
	all := make([][]Stats, len(t.counts.slices))
	for d, counted := range t.counts.slices {
		var code []uint32
		if d > 0 {
			code = t.code[d-1]
		}
		own := rankings(counted)
		walk(ours, t.label, code, own, place, nil)
		all[d] = make([]Stats, len(counted))
		for s := range counted {
			all[d][s] = t.stats(&counted[s], &own[s])
		}
		for r := range theirs {
			rival := rankings(counted)
			walk(theirs[r], t.label, code, rival, nil, place)
			for s := range counted {
				all[d][s].Pairs[r] = t.pair(&counted[s].pairs[r], counted[s].rows[0]+counted[s].rows[1], &own[s], &rival[s])
			}
		}
	}
	if t.plan.Curves > 0 {
		all[0][0].Curve, all[0][0].CurveError = curve(ours, t.label, t.counts.slices[0][0].rows, t.plan.Curves)
	}
	return all
}

func rankings(counted []count) []ranking {
	rs := make([]ranking, len(counted))
	for s := range rs {
		rs[s].size = counted[s].rows
	}
	return rs
}

func (t *Tally) stats(c *count, a *ranking) Stats {
	s := Stats{
		Rows: c.rows[0] + c.rows[1], Positives: c.rows[1],
		AUC: a.auc(), AUCVar: covariance(a, a, a.two), AveragePrecision: a.average(),
		Outside: c.outside, LogLoss: noLoss, Brier: noLoss,
		Pairs: make([]Pair, len(c.pairs)),
	}
	for _, cut := range t.plan.Cuts {
		s.Cuts = append(s.Cuts, c.at(cut, t.counts.cuts))
		s.Counts = s.Cuts[0]
	}
	if c.outside == 0 {
		s.LogLoss, s.Brier = c.logLoss.loss(s.Rows, t.counts.losses.scale), c.brier.loss(s.Rows, brierScale)
	}
	return s
}

func (t *Tally) pair(c *pairCount, rows int64, own, rival *ranking) Pair {
	p := Pair{
		AUC: rival.auc(), AUCVar: covariance(rival, rival, rival.two), Covariance: covariance(own, rival, rival.cross),
		Counts: c.joint, Outside: c.outside, LogLoss: noLoss, Brier: noLoss,
	}
	if c.outside == 0 {
		p.LogLoss, p.Brier = c.logLoss.loss(rows, t.counts.losses.scale), c.brier.loss(rows, brierScale)
	}
	return p
}

// noLoss is that of rows which have none.
var noLoss = Loss{math.NaN(), math.NaN()}
