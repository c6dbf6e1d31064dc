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
	Range: [2]float64{0, 1}, Scores: true,
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
	Versus: func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		if rarer(s) == 0 {
			return 0, stats.Basis{}, Undefined(oneClass)
		}
		p := s.Pairs[rival]
		variance := s.AUCVar + p.AUCVar - 2*p.Covariance
		return s.AUC - p.AUC, stats.PairedAUC(s.AUC, p.AUC, math.Sqrt(variance), s.Rows-s.Positives, s.Positives), nil
	},
}

// averagePrecision is Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores: scikit-learn's average_precision_score. Range [0, 1]; chance is the
// prevalence. Undefined without positives. No interval was shown to hold for it yet.
var averagePrecision = Metric{
	Name: "average_precision", Aliases: []string{"ap", "average_precision_score", "pr_auc"}, Title: "average precision",
	Summary: "precision averaged over the recalls that the scores give", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Prevalence: true, Scores: true,
	Value: func(s sweep.Stats) (float64, error) {
		if s.Positives == 0 {
			return 0, Undefined(noPositives)
		}
		return s.AveragePrecision, nil
	},
	Support: rarer,
}
