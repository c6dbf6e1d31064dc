package evaluate

import (
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

const oneClass = "only one class"

// rarer is the number of rows of the rarer class.
func rarer(s sweep.Stats) int64 { return min(s.Positives, s.Rows-s.Positives) }

// rocAUC is the area under the ROC curve, ties counted half: scikit-learn's roc_auc_score. Range [0, 1]; .5 is chance.
// Undefined where a class is empty. Variance: DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595.
var rocAUC = Metric{
	Name: "roc_auc", Aliases: []string{"auc", "roc_auc_score", "auroc"}, Title: "ROC AUC",
	Summary: "how often a positive row scores above a negative one", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Scores: true, plan: ranks,
	Value: func(s sweep.Stats) (float64, error) {
		if rarer(s) == 0 {
			return 0, Undefined(oneClass)
		}
		return s.AUC, nil
	},
	Basis: func(s sweep.Stats) stats.Basis {
		return stats.AUC(s.AUC, math.Sqrt(s.AUCVar), s.Rows-s.Positives, s.Positives)
	},
	Support: rarer,
	Versus:  pairedArea(1, stats.PairedAUC),
}

// pairedArea is the difference of two areas under ROC curves of the same rows, times a factor, by DeLong's covariance.
func pairedArea(factor float64, basis func(ours, theirs, se float64, negatives, positives int64) stats.Basis) versus {
	return func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		if rarer(s) == 0 {
			return 0, stats.Basis{}, Undefined(oneClass)
		}
		p := s.Pairs[rival]
		variance := s.AUCVar + p.AUCVar - 2*p.Covariance
		return factor * (s.AUC - p.AUC), basis(s.AUC, p.AUC, math.Sqrt(variance), s.Rows-s.Positives, s.Positives), nil
	}
}

// ranks asks for what needs the order of scores.
func ranks(p *sweep.Plan) { p.Ranks = true }

// gini is 2·AUC − 1, the accuracy ratio of credit scoring: Somers' D of score and label. Range [−1, 1]; 0 is chance. Undefined where a class is empty.
var gini = Metric{
	Name: "gini", Aliases: []string{"gini_coefficient", "accuracy_ratio", "somers_d"}, Title: "Gini",
	Summary: "how much oftener a positive row scores above a negative one than below", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{-1, 1}, Scores: true, plan: ranks,
	Value: func(s sweep.Stats) (float64, error) {
		if rarer(s) == 0 {
			return 0, Undefined(oneClass)
		}
		return 2*s.AUC - 1, nil
	},
	Basis: func(s sweep.Stats) stats.Basis {
		return stats.Gini(s.AUC, math.Sqrt(s.AUCVar), s.Rows-s.Positives, s.Positives)
	},
	Support: rarer,
	Versus:  pairedArea(2, stats.PairedGini),
}

// ksStatistic is Kolmogorov and Smirnov's distance of the two classes' distributions of the score: the most that recall exceeds the false positive
// rate (or falls short of it) at any cut; SciPy's ks_2samp. Range [0, 1]; 0 is chance. Undefined where a class is empty.
var ksStatistic = Metric{
	Name: "ks_statistic", Aliases: []string{"kolmogorov_smirnov"}, Title: "KS statistic",
	Summary: "how far apart positive and negative rows' scores are distributed, at most", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Scores: true, plan: ranks,
	Value: func(s sweep.Stats) (float64, error) {
		if rarer(s) == 0 {
			return 0, Undefined(oneClass)
		}
		return s.KS, nil
	},
	Basis:   func(s sweep.Stats) stats.Basis { return stats.KS(s.KS, s.Rows-s.Positives, s.Positives) },
	Support: rarer,
}

// averagePrecision is Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores: scikit-learn's average_precision_score. Range [0, 1]; chance is the
// prevalence. Undefined without positives. Its limits were shown to hold from 60 positives on ([stats.AveragePrecision]).
var averagePrecision = Metric{
	Name: "average_precision", Aliases: []string{"ap", "average_precision_score", "pr_auc"}, Title: "average precision",
	Summary: "precision averaged over the recalls that the scores give", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Prevalence: true, Scores: true, Least: 60,
	plan: func(p *sweep.Plan) { p.Ranks, p.Average = true, true },
	Value: func(s sweep.Stats) (float64, error) {
		if s.Positives == 0 {
			return 0, Undefined(noPositives)
		}
		return s.AveragePrecision, nil
	},
	Basis: func(s sweep.Stats) stats.Basis {
		return stats.AveragePrecision(s.AveragePrecision, s.AverageSE, s.Positives)
	},
	Support: rarer,
}
