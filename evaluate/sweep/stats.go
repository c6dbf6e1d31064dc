package sweep

// Stats are all that any metric of one slice needs. They are final: a Tally merges, Stats do not.
type Stats struct {
	Rows      int64
	Positives int64 // by label
	Counts    Counts
	Cuts      []Counts // one a cut of the plan; the first is Counts

	AUC              float64      // area under the ROC curve, ties ½; NaN where a class is empty
	AUCVar           float64      // DeLong's variance of it
	AveragePrecision float64      // scikit-learn's; NaN without a positive
	LogLoss          Loss         // of scores clipped by the plan's Eps; meaningless where Outside > 0
	Brier            Loss         // likewise
	Outside          int64        // rows whose score lies outside [0, 1]
	Pairs            []Pair       // one a rival
	Curve            [][2]float64 // ROC points (false positive rate, recall), overall only, thinned to the plan's Curves
}

// Loss is a mean of rows' losses: exact sums, rounded once.
type Loss struct {
	Mean float64
	SE   float64 // of the mean: √(sample variance / rows); NaN under two rows
}

// Pair is what two models share on the same rows.
type Pair struct {
	AUC        float64     // the rival's
	Covariance float64     // DeLong's, of the two AUCs
	AUCVar     float64     // the rival's
	Counts     [2][4]int64 // by label: rows by 2·(ours predicted positive) + (theirs)
	LogLoss    Loss        // of ours minus theirs, row by row
	Brier      Loss
}
