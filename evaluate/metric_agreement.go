package evaluate

import (
	"math"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// balancedAccuracy is (TPR+TNR)/2, the mean of recall over the classes: scikit-learn's balanced_accuracy_score. Range [0, 1]; .5 is chance.
// Undefined where a class is empty. Brodersen et al. 2010, doi:10.1109/ICPR.2010.764.
var balancedAccuracy = counted(Metric{
	Name: "balanced_accuracy", Aliases: []string{"balanced_accuracy_score"}, Title: "balanced accuracy", Summary: "mean recall over the two classes",
	Denominator: "rows of the rarer class", Better: Higher, Range: [2]float64{0, 1}, Cuts: true,
	Basis:   basisOf(stats.BalancedAccuracy),
	Support: rarerOf,
	paired:  stats.PairedBalancedAccuracy,
}, func(c confusion) (float64, error) {
	if why := c.lacksClass(); why != "" {
		return 0, Undefined(why)
	}
	return (c.tp/c.positives() + c.tn/c.negatives()) / 2, nil
})

// basisOf is the basis of a figure of the counts.
func basisOf(basis func(tp, fp, tn, fn float64) stats.Basis) func(sweep.Stats) stats.Basis {
	return func(s sweep.Stats) stats.Basis {
		c := confusionOf(s.Counts)
		return basis(c.tp, c.fp, c.tn, c.fn)
	}
}

// rarerOf is the number of rows of the rarer class, by the counts.
func rarerOf(s sweep.Stats) int64 { return min(s.Counts.TP+s.Counts.FN, s.Counts.FP+s.Counts.TN) }

// lacksClass says which class no row has; "" where both have some.
func (c confusion) lacksClass() string {
	switch {
	case c.all() == 0:
		return noRows
	case c.positives() == 0:
		return noPositives
	case c.negatives() == 0:
		return noNegatives
	}
	return ""
}

// fBeta is (1+β²)TP / ((1+β²)TP + β²FN + FP), the harmonic mean of precision and recall that weighs recall β times as much: scikit-learn's
// fbeta_score. Range [0, 1]. Undefined where TP+FP+FN is 0, as F1. Its limits are those of TP of TP + (β²FN+FP)/(1+β²).
// van Rijsbergen 1979, Information Retrieval, chapter 7.
func fBeta(beta float64) Metric {
	name, b := formatCut(beta), beta*beta
	says := "mean of precision and recall that weighs recall " + name + " times as much"
	return counted(Metric{
		Name: "f" + name, Aliases: []string{"f" + name + "_score", "fbeta_" + name}, Title: "F" + name, Summary: says,
		Denominator: eitherPositive, Better: Higher, Range: [2]float64{0, 1}, Cuts: true, Prevalence: true,
		Basis: func(s sweep.Stats) stats.Basis {
			c := confusionOf(s.Counts)
			return stats.FBeta(c.tp, c.fp, c.fn, beta)
		},
		Support:       supportEither,
		paired:        func(c stats.PairedCounts) stats.Basis { return stats.PairedFBeta(c, beta) },
		restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.FBeta(c, beta) },
	}, func(c confusion) (float64, error) {
		if c.tp+c.fp+c.fn == 0 {
			return 0, Undefined(neitherPositive)
		}
		top := (1 + b) * c.tp
		return top / (top + b*c.fn + c.fp), nil
	})
}

// The betas that have a meaning: beyond them F-beta is precision, or recall.
const leastBeta, mostBeta = 0.01, 100

// betaOf reads the beta of f2, f0.5, f2_score and fbeta_2. A number that starts with a 0 and has no point is none: f05 may mean two things.
func betaOf(name string) (beta float64, ok bool) {
	text, short := strings.CutPrefix(name, "fbeta_")
	if !short {
		if text, ok = strings.CutPrefix(strings.TrimSuffix(name, "_score"), "f"); !ok {
			return 0, false
		}
	}
	if strings.Trim(text, "0123456789.") != "" || len(text) > 1 && text[0] == '0' && text[1] != '.' {
		return 0, false
	}
	beta, err := strconv.ParseFloat(text, 64)
	return beta, err == nil && beta >= leastBeta && beta <= mostBeta
}

// jaccard is TP/(TP+FP+FN): scikit-learn's jaccard_score. Range [0, 1]. Undefined where TP+FP+FN is 0. Jaccard 1901.
var jaccard = rate(func(c confusion) (k, n float64) { return c.tp, c.tp + c.fp + c.fn }).metric(Metric{
	Name: "jaccard", Aliases: []string{"jaccard_score", "iou", "critical_success_index", "threat_score"}, Title: "Jaccard index",
	Summary:     "of the rows that are positive, truly or as predicted, how many are both",
	Denominator: eitherPositive, Better: Higher, Cuts: true, Prevalence: true,
	paired:        stats.PairedJaccard,
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.Jaccard(c) },
}, neitherPositive)

// matthewsCorrcoef is (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)), the correlation of labels and predictions: scikit-learn's
// matthews_corrcoef. Range [−1, 1]; 0 is chance. Undefined where all rows have one label or one prediction (scikit-learn: 0).
// Matthews 1975, doi:10.1016/0005-2795(75)90109-9.
var matthewsCorrcoef = counted(Metric{
	Name: "matthews_corrcoef", Aliases: []string{"mcc", "phi_coefficient"}, Title: "Matthews correlation",
	Summary:     "correlation of predictions with the truth",
	Denominator: rarestKind, Better: Higher, Range: [2]float64{-1, 1}, Cuts: true, Prevalence: true,
	Basis:         basisOf(stats.MCC),
	Support:       rarestOf,
	paired:        stats.PairedMCC,
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.MCC(c) },
}, func(c confusion) (float64, error) {
	switch why := c.lacksClass(); {
	case why != "":
		return 0, Undefined(why)
	case c.called() == 0:
		return 0, Undefined(noCalls)
	case c.uncalled() == 0:
		return 0, Undefined(allCalls)
	}
	r := (c.tp*c.tn - c.fp*c.fn) / (math.Sqrt(c.positives()*c.negatives()) * math.Sqrt(c.called()*c.uncalled()))
	return math.Max(-1, math.Min(1, r)), nil // a product may be rounded beyond
})

const rarestKind = "rows outside the commonest class, truly or as predicted"

// rarestOf is the smallest sum of a row or column of the confusion counts.
func rarestOf(s sweep.Stats) int64 {
	c := s.Counts
	return min(c.TP+c.FN, c.FP+c.TN, c.TP+c.FP, c.TN+c.FN)
}

// cohenKappa is (pₒ−pₑ)/(1−pₑ), the agreement of predictions and labels beyond chance: scikit-learn's cohen_kappa_score. Range [−1, 1]; 0 is
// chance. Undefined where chance alone agrees everywhere: all rows have one label, and that as their prediction (scikit-learn: NaN).
// Cohen 1960, doi:10.1177/001316446002000104.
var cohenKappa = counted(Metric{
	Name: "cohen_kappa", Aliases: []string{"cohen_kappa_score", "kappa"}, Title: "Cohen's kappa", Summary: "agreement with the truth beyond that of chance",
	Denominator: rarestKind, Better: Higher, Range: [2]float64{-1, 1}, Cuts: true, Prevalence: true,
	Basis:         basisOf(stats.Kappa),
	Support:       rarestOf,
	paired:        stats.PairedKappa,
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.Kappa(c) },
}, func(c confusion) (float64, error) {
	chance := c.called()*c.negatives() + c.positives()*c.uncalled()
	switch {
	case c.all() == 0:
		return 0, Undefined(noRows)
	case chance == 0:
		return 0, Undefined("all rows are of one class, truly and as predicted")
	}
	return 2 * (c.tp*c.tn - c.fp*c.fn) / chance, nil
})

// positiveLikelihoodRatio is TPR/FPR: the first of scikit-learn's class_likelihood_ratios. Range [0, ∞); 1 is chance. Undefined where a class
// is empty, and where no negative row is predicted positive: it has no upper end then. Altman and Bland 1994, doi:10.1136/bmj.309.6947.102.
var positiveLikelihoodRatio = likelihoodRatio(Metric{
	Name: "positive_likelihood_ratio", Aliases: []string{"lr_plus", "plr"}, Title: "positive likelihood ratio",
	Summary: "how many times as often a positive row is predicted positive as a negative one", Better: Higher,
}, func(c confusion) (k, n float64) { return c.tp, c.fp }, "no truly negative rows are predicted positive")

// negativeLikelihoodRatio is FNR/TNR: the second of scikit-learn's class_likelihood_ratios. Range [0, ∞); 1 is chance, 0 is best. Undefined
// where a class is empty, and where no negative row is predicted negative.
var negativeLikelihoodRatio = likelihoodRatio(Metric{
	Name: "negative_likelihood_ratio", Aliases: []string{"lr_minus", "nlr"}, Title: "negative likelihood ratio",
	Summary: "how many times as often a positive row is predicted negative as a negative one", Better: Lower,
}, func(c confusion) (k, n float64) { return c.fn, c.tn }, "no truly negative rows are predicted negative")

// likelihoodRatio is a share of the positives over the same share of the negatives: independent proportions.
func likelihoodRatio(m Metric, called func(confusion) (ofPositives, ofNegatives float64), unbounded string) Metric {
	m.Denominator, m.Range, m.Cuts, m.Support = "rows of the rarer class", [2]float64{0, math.Inf(1)}, true, rarerOf
	m.Basis = func(s sweep.Stats) stats.Basis {
		c := confusionOf(s.Counts)
		x, y := called(c)
		return stats.Ratio(stats.Proportion(x, c.positives()), stats.Proportion(y, c.negatives()))
	}
	return counted(m, func(c confusion) (float64, error) {
		x, y := called(c)
		switch why := c.lacksClass(); {
		case why != "":
			return 0, Undefined(why)
		case y == 0:
			return 0, Undefined(unbounded)
		}
		return (x / c.positives()) / (y / c.negatives()), nil
	})
}

// lift is precision over prevalence: how many times as many positives the rows that are predicted positive hold as rows drawn blindly. Range
// [0, ∞); 1 is chance, and 1/prevalence the most that there can be. Undefined without positives and where nothing is predicted positive.
var lift = counted(Metric{
	Name: "lift", Title: "lift", Summary: "precision over the share of positives: how many times better than a blind choice",
	Denominator: "rows predicted positive", Better: Higher, Range: [2]float64{0, math.Inf(1)}, Cuts: true, Prevalence: true,
	Support: func(s sweep.Stats) int64 { return s.Counts.TP + s.Counts.FP },
}, func(c confusion) (float64, error) {
	switch {
	case c.positives() == 0:
		return 0, Undefined(noPositives)
	case c.called() == 0:
		return 0, Undefined(noCalls)
	}
	return (c.tp / c.called()) / (c.positives() / c.all()), nil
})
