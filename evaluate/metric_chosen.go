package evaluate

import "github.com/gatecard/gatecard/evaluate/sweep"

// notChosen is why a figure under a condition has no value: what was counted does not hold it.
const notChosen = "a cut that is chosen on the rows was not counted"

// partialAUC is the area under the ROC curve up to a false positive rate, scaled to [0, 1] with .5 as chance: scikit-learn's
// roc_auc_score with max_fpr. McClish 1989, doi:10.1177/0272989X8900900307.
var partialAUC = Metric{
	Name: "partial_auc", Aliases: []string{"pauc", "partial_roc_auc"}, Title: "partial ROC AUC",
	Summary: "how often a positive row scores above a negative one, among the negatives with the highest scores", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Under: []ConditionKind{AtMostFPR}, Scores: true,
	Value:   func(sweep.Stats) (float64, error) { return 0, Undefined(notChosen) },
	Support: rarer,
}
