package evaluate

import (
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// partialAUC is the area under the ROC curve up to a false positive rate, scaled to [0, 1] with .5 as chance: scikit-learn's
// roc_auc_score with max_fpr. McClish 1989, doi:10.1177/0272989X8900900307.
var partialAUC = Metric{
	Name: "partial_auc", Aliases: []string{"pauc", "partial_roc_auc"}, Title: "partial ROC AUC",
	Summary: "how often a positive row scores above a negative one, among the negatives with the highest scores", Denominator: "rows of the rarer class", Better: Higher,
	Range: [2]float64{0, 1}, Under: []ConditionKind{AtMostFPR}, Scores: true, plan: ranks,
	Value:   func(sweep.Stats) (float64, error) { return 0, Undefined(noCut) },
	Support: rarer,
}

// noCut is why a figure under a condition has no value.
const noCut = "no cut meets the condition"

// kindOf is how the sweep picks a cut for a condition.
func (c Condition) pick() sweep.Pick {
	kinds := map[ConditionKind]sweep.PickKind{AtMostFPR: sweep.PickFPR, AtLeastRecall: sweep.PickRecall, AtLeastPrecision: sweep.PickPrecision, TopShare: sweep.PickTop}
	return sweep.Pick{Kind: kinds[c.Kind], X: c.At}
}

// chosen is the figure at a cut that was chosen on the slice's rows: s has the counts there, and the one pick or area.
func (n Named) chosen(s sweep.Stats) (float64, stats.Basis, error) {
	negatives := s.Rows - s.Positives
	if n.Name == partialAUC.Name {
		if rarer(s) == 0 {
			return 0, stats.Basis{}, Undefined(oneClass)
		}
		u, mean := n.Where.At, s.Areas[0].Mean
		value := (1 + (mean*u-u*u/2)/(u-u*u/2)) / 2
		return value, stats.PartialAUC(mean, s.Areas[0].SE, u, negatives, s.Positives), nil
	}
	// to select no row keeps any false positive rate; it has no precision, and no recall above 0
	if keeps := n.Where.Kind == AtMostFPR && negatives > 0; s.Counts.TP+s.Counts.FP == 0 && !keeps {
		return 0, stats.Basis{}, Undefined(noCut)
	}
	value, err := n.Value(s)
	if err != nil {
		return 0, stats.Basis{}, err
	}
	basis := stats.Basis{}
	if limits := n.limitsAtChosen(); limits != nil {
		basis = limits(n.Where.At, value, negatives, s.Positives, s.Picks[0].Points)
	}
	return value, basis, nil
}

// limitsAtChosen is the basis that includes the choice of the cut; nil: none is known.
func (n Named) limitsAtChosen() func(share, value float64, negatives, positives int64, points []stats.CutPoint) stats.Basis {
	switch [2]string{n.Name, string(n.Where.Kind)} {
	case [2]string{recall.Name, string(AtMostFPR)}:
		return stats.RecallAtFPR
	case [2]string{precision.Name, string(AtLeastRecall)}:
		return stats.PrecisionAtRecall
	case [2]string{precision.Name, string(TopShare)}:
		return stats.PrecisionAtTop
	case [2]string{recall.Name, string(TopShare)}:
		return stats.RecallAtTop
	case [2]string{lift.Name, string(TopShare)}:
		return stats.LiftAtTop
	}
	return nil
}

// Decidable says that limits are known for the figure, which include the choice of its cut where that is chosen on the rows: that a gate may
// rest on it.
func (n Named) Decidable() bool {
	if !n.Chosen() {
		return n.Basis != nil
	}
	return n.limitsAtChosen() != nil || n.Name == partialAUC.Name
}
