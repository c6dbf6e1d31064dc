package sweep

import "math"

// Stats are all that any metric of one slice needs. They are final: a Tally merges, Stats do not. What the plan did not ask for is NaN or nil.
type Stats struct {
	Rows      int64
	Positives int64 // by label
	Counts    Counts
	Cuts      []Counts // one a cut of the plan; the first is Counts
	Pending   *Pending // rows whose label is still to come, beside Rows; nil: there are none

	AUC              float64  // area under the ROC curve, ties ½; NaN where a class is empty
	AUCVar           float64  // DeLong's variance of it; NaN under two rows of a class
	KS               float64  // the largest distance between the two classes' distributions of the score; NaN where a class is empty
	AveragePrecision float64  // scikit-learn's; NaN without a positive
	AverageSE        float64  // of it, by its influence function: see [stats.AveragePrecision]
	Areas            []Area   // partial areas under the ROC curve, one of each the plan asks for
	Picks            []Picked // the cuts that the plan asks for
	LogLoss          Loss     // of scores clipped by the plan's Eps; NaN where Outside > 0
	Brier            Loss     // likewise
	Outside          int64    // rows whose score lies outside [0, 1]; known where losses are wanted
	Pairs            []Pair   // one a rival
	Bands            []Band   // that have rows, ascending
	Eps              float64  // the plan's

	fit *fit // of Bands, once it is asked for

	Latency    *Summary    // of the column of latencies; nil: there is none
	Above      *int64      // rows that score above the median of all rows; nil: nobody asks
	Scores     *Summary    // of scores without labels; nil: there are labels
	Regression *Regression // nil: the task is another
	Classes    *Classes    // nil: likewise
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

func (t *Tally) stats(c *count, a *path) Stats {
	nan := math.NaN()
	s := Stats{
		Rows: c.rows[0] + c.rows[1], Positives: c.rows[1],
		AUC: nan, AUCVar: nan, KS: nan, AveragePrecision: nan, AverageSE: nan,
		Outside: c.loss.outside, LogLoss: noLoss, Brier: noLoss,
		Pairs: make([]Pair, len(c.pairs)), Eps: t.plan.Eps,
	}
	if t.plan.Ranks {
		s.AUC, s.AUCVar, s.KS = a.auc(), covariance(a, a, a.two), a.ks()
		for i, x := range t.plan.Areas {
			s.Areas = append(s.Areas, a.area(i, x))
		}
		for i := range t.plan.Picks {
			s.Picks = append(s.Picks, a.picked(i))
		}
	}
	if t.plan.Average {
		s.AveragePrecision, s.AverageSE = a.average(), a.averageSE()
	}
	for _, cut := range t.plan.Cuts {
		s.Cuts = append(s.Cuts, c.at(cut, t.counts.cuts))
		s.Counts = s.Cuts[0]
	}
	if t.plan.Losses && c.loss.outside == 0 {
		s.LogLoss, s.Brier = c.loss.logLoss.loss(s.Rows, t.counts.losses.scale), c.loss.brier.loss(s.Rows, brierScale)
	}
	return s
}
