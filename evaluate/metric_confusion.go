package evaluate

import (
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// confusion are the rows by label and prediction, as weights: whole numbers, unless a positive row counts more or less than a negative one.
type confusion struct{ tp, fp, tn, fn float64 }

func confusionOf(c sweep.Counts) confusion {
	return confusion{tp: float64(c.TP), fp: float64(c.FP), tn: float64(c.TN), fn: float64(c.FN)}
}

func (c confusion) counts() stats.Counts { return stats.Counts{TP: c.tp, FP: c.fp, TN: c.tn, FN: c.fn} }
func (c confusion) positives() float64   { return c.tp + c.fn } // by label
func (c confusion) negatives() float64   { return c.fp + c.tn }
func (c confusion) called() float64      { return c.tp + c.fp } // predicted positive
func (c confusion) uncalled() float64    { return c.tn + c.fn }
func (c confusion) all() float64         { return c.positives() + c.negatives() }

// counted completes a metric that is computed of the confusion counts alone.
func counted(m Metric, value func(confusion) (float64, error)) Metric {
	if m.paired != nil {
		m.Versus = onSameRows(value, m.paired)
	}
	m.ofCounts = true
	m.Value = func(s sweep.Stats) (float64, error) { return value(confusionOf(s.Counts)) }
	if m.Prevalence {
		m.Restated = func(c sweep.Counts, to stats.Reweighted) (float64, stats.Basis, error) {
			v, err := value(weigh(c, to))
			if m.restatedBasis == nil || err != nil {
				return v, stats.Basis{}, err
			}
			return v, m.restatedBasis(confusionOf(c).counts(), to), nil
		}
	}
	return m
}

// rate is a metric that is a share of rows by their confusion counts: k of n.
type rate func(c confusion) (k, n float64)

// metric completes m by what every rate has in common; undefined says why it has no value where n is 0.
func (r rate) metric(m Metric, undefined string) Metric {
	m.Range = [2]float64{0, 1}
	m.Basis = func(s sweep.Stats) stats.Basis { return stats.Proportion(r(confusionOf(s.Counts))) }
	m.Support = func(s sweep.Stats) int64 {
		_, n := r(confusionOf(s.Counts))
		return int64(n)
	}
	return counted(m, func(c confusion) (float64, error) {
		k, n := r(c)
		if n == 0 {
			return 0, Undefined(undefined)
		}
		return k / n, nil
	})
}

// tango is the paired difference of two rates with one denominator, from the table of who had a success. Tango 1998.
func tango(table func(stats.PairedCounts) [4]int64) versus {
	return func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		b := stats.Paired(table(stats.PairedCounts(s.Pairs[rival].Counts)))
		if b.Method == "" {
			return 0, b, Undefined("no rows of the metric's denominator")
		}
		return b.Value(), b, nil
	}
}

// opposite is the table of who had a failure.
func opposite(table func(stats.PairedCounts) [4]int64) func(stats.PairedCounts) [4]int64 {
	return func(c stats.PairedCounts) [4]int64 {
		t := table(c)
		return [4]int64{t[3], t[2], t[1], t[0]}
	}
}

// influence is the paired difference of two figures whose denominators differ: by the influence function.
func influence(basis func(stats.PairedCounts) stats.Basis) versus {
	return func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		b := basis(stats.PairedCounts(s.Pairs[rival].Counts))
		if b.Method == "" {
			return 0, b, Undefined("one of the two models has an empty denominator")
		}
		return b.Estimate, b, nil
	}
}

// pairedNegatives is the difference of negative predictive values: that of precisions with the classes exchanged, in labels and in calls.
func pairedNegatives(c stats.PairedCounts) stats.Basis {
	var turned stats.PairedCounts
	for label, cells := range c {
		for cell, n := range cells {
			turned[1-label][3-cell] = n
		}
	}
	return stats.PairedPrecision(turned)
}

// minus is the difference of 1 less a figure.
func minus(basis func(stats.PairedCounts) stats.Basis) func(stats.PairedCounts) stats.Basis {
	return func(c stats.PairedCounts) stats.Basis {
		b := basis(c)
		b.Estimate = -b.Estimate + 0 // no −0
		return b
	}
}

// otherWay takes the negatives for the positives, in labels alone: precision becomes the false discovery rate.
func otherWay(c stats.Counts, to stats.Reweighted) (stats.Counts, stats.Reweighted) {
	if to.Prevalence > 0 {
		to.Prevalence = 1 - to.Prevalence
	}
	if to.Odds > 0 {
		to.Odds = 1 / to.Odds
	}
	return stats.Counts{TP: c.FP, FP: c.TP, TN: c.FN, FN: c.TN}, to
}

// onSameRows is the paired difference of a figure, with the basis that the pairs give it.
func onSameRows(value func(confusion) (float64, error), basis func(stats.PairedCounts) stats.Basis) versus {
	return func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		pairs := stats.PairedCounts(s.Pairs[rival].Counts)
		var models [2]confusion
		for label, cells := range pairs {
			for cell, n := range cells {
				for model, called := range []bool{cell >= 2, cell%2 == 1} {
					models[model].add(label == 1, called, float64(n))
				}
			}
		}
		ours, err := value(models[0])
		if err != nil {
			return 0, stats.Basis{}, err
		}
		theirs, err := value(models[1])
		if err != nil {
			return 0, stats.Basis{}, Undefined("of the other model: " + err.Error())
		}
		return ours - theirs, basis(pairs), nil
	}
}

func (c *confusion) add(positive, called bool, rows float64) {
	switch {
	case positive && called:
		c.tp += rows
	case positive:
		c.fn += rows
	case called:
		c.fp += rows
	default:
		c.tn += rows
	}
}

const (
	noRows      = "no rows"
	noPositives = "no truly positive rows"
	noNegatives = "no truly negative rows"
	noCalls     = "no rows are predicted positive"
	allCalls    = "no rows are predicted negative"
)

// Prevalence is the share of positives among the rows. Unit: fraction of 1. Undefined without rows. It says nothing of the model.
var prevalence = rate(func(c confusion) (k, n float64) { return c.positives(), c.all() }).metric(Metric{
	Name: "prevalence", Aliases: []string{"base_rate"}, Title: "prevalence", Summary: "share of rows that are truly positive",
	Denominator: "rows", Better: Neither, Prevalence: true,
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.PrevalenceOf(c) },
}, noRows)

// selectionRate is (TP+FP)/n: fairlearn's selection_rate. Undefined without rows.
var selectionRate = rate(func(c confusion) (k, n float64) { return c.called(), c.all() }).metric(Metric{
	Name: "selection_rate", Aliases: []string{"positive_rate"}, Title: "selection rate", Summary: "share of rows that are predicted positive",
	Denominator: "rows", Better: Neither, Cuts: true, Prevalence: true,
	fixedBy:       []ConditionKind{TopShare},
	Versus:        tango(stats.PairedCounts.SelectionRate),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.SelectionRate(c) },
}, noRows)

// accuracy is (TP+TN)/n: scikit-learn's accuracy_score. Undefined without rows.
var accuracy = rate(func(c confusion) (k, n float64) { return c.tp + c.tn, c.all() }).metric(Metric{
	Name: "accuracy", Aliases: []string{"accuracy_score"}, Title: "accuracy", Summary: "share of rows that are predicted rightly",
	Denominator: "rows", Better: Higher, Cuts: true, Prevalence: true,
	Versus:        tango(stats.PairedCounts.Accuracy),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.Accuracy(c) },
}, noRows)

// precision is TP/(TP+FP): scikit-learn's precision_score. Undefined where nothing is predicted positive.
var precision = rate(func(c confusion) (k, n float64) { return c.tp, c.called() }).metric(Metric{
	Name: "precision", Aliases: []string{"precision_score", "ppv", "positive_predictive_value"}, Title: "precision",
	Summary: "of those predicted positive, how many truly are", Denominator: "rows predicted positive", Better: Higher, Cuts: true, Prevalence: true,
	fixedBy:       []ConditionKind{AtLeastPrecision},
	Versus:        influence(stats.PairedPrecision),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.Precision(c) },
}, noCalls)

// negativePredictiveValue is TN/(TN+FN): scikit-learn's precision_score of the negative class. Undefined where nothing is predicted negative.
var negativePredictiveValue = rate(func(c confusion) (k, n float64) { return c.tn, c.uncalled() }).metric(Metric{
	Name: "negative_predictive_value", Aliases: []string{"npv"}, Title: "negative predictive value",
	Summary: "of those predicted negative, how many truly are", Denominator: "rows predicted negative", Better: Higher, Cuts: true, Prevalence: true,
	Versus:        influence(pairedNegatives),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.NPV(c) },
}, allCalls)

// falseDiscoveryRate is FP/(TP+FP) = 1 − precision. Undefined where nothing is predicted positive. Benjamini and Hochberg 1995.
var falseDiscoveryRate = rate(func(c confusion) (k, n float64) { return c.fp, c.called() }).metric(Metric{
	Name: "false_discovery_rate", Aliases: []string{"fdr"}, Title: "false discovery rate",
	Summary: "of those predicted positive, how many truly are negative", Denominator: "rows predicted positive", Better: Lower, Cuts: true, Prevalence: true,
	fixedBy:       []ConditionKind{AtLeastPrecision},
	Versus:        influence(minus(stats.PairedPrecision)),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { c, to = otherWay(c, to); return to.Precision(c) },
}, noCalls)

// falseOmissionRate is FN/(TN+FN) = 1 − negative predictive value. Undefined where nothing is predicted negative.
var falseOmissionRate = rate(func(c confusion) (k, n float64) { return c.fn, c.uncalled() }).metric(Metric{
	Name: "false_omission_rate", Aliases: []string{"for"}, Title: "false omission rate",
	Summary: "of those predicted negative, how many truly are positive", Denominator: "rows predicted negative", Better: Lower, Cuts: true, Prevalence: true,
	Versus:        influence(minus(pairedNegatives)),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { c, to = otherWay(c, to); return to.NPV(c) },
}, allCalls)

// recall is TP/(TP+FN): scikit-learn's recall_score, the true positive rate. Undefined without positives.
var recall = rate(func(c confusion) (k, n float64) { return c.tp, c.positives() }).metric(Metric{
	Name: "recall", Aliases: []string{"recall_score", "true_positive_rate", "tpr", "sensitivity", "hit_rate"}, Title: "recall",
	Summary: "of those truly positive, how many it finds", Denominator: "truly positive rows", Better: Higher, Cuts: true,
	fixedBy: []ConditionKind{AtLeastRecall},
	Versus:  tango(stats.PairedCounts.Recall),
}, noPositives)

// trueNegativeRate is TN/(TN+FP): fairlearn's true_negative_rate, the specificity. Undefined without negatives.
var trueNegativeRate = rate(func(c confusion) (k, n float64) { return c.tn, c.negatives() }).metric(Metric{
	Name: "true_negative_rate", Aliases: []string{"specificity", "tnr", "selectivity"}, Title: "true negative rate",
	Summary: "of those truly negative, how many it leaves alone", Denominator: "truly negative rows", Better: Higher, Cuts: true,
	fixedBy: []ConditionKind{AtMostFPR},
	Versus:  tango(opposite(stats.PairedCounts.FalsePositiveRate)),
}, noNegatives)

// falsePositiveRate is FP/(TN+FP): fairlearn's false_positive_rate. Undefined without negatives.
var falsePositiveRate = rate(func(c confusion) (k, n float64) { return c.fp, c.negatives() }).metric(Metric{
	Name: "false_positive_rate", Aliases: []string{"fpr", "fall_out", "false_alarm_rate"}, Title: "false positive rate",
	Summary: "of those truly negative, how many it calls positive", Denominator: "truly negative rows", Better: Lower, Cuts: true,
	fixedBy: []ConditionKind{AtMostFPR},
	Versus:  tango(stats.PairedCounts.FalsePositiveRate),
}, noNegatives)

// falseNegativeRate is FN/(TP+FN): fairlearn's false_negative_rate. Undefined without positives.
var falseNegativeRate = rate(func(c confusion) (k, n float64) { return c.fn, c.positives() }).metric(Metric{
	Name: "false_negative_rate", Aliases: []string{"fnr", "miss_rate"}, Title: "false negative rate",
	Summary: "of those truly positive, how many it misses", Denominator: "truly positive rows", Better: Lower, Cuts: true,
	fixedBy: []ConditionKind{AtLeastRecall},
	Versus:  tango(opposite(stats.PairedCounts.Recall)),
}, noPositives)

// f1 is 2TP/(2TP+FP+FN): scikit-learn's f1_score. Its limits are those of J = TP/(TP+FP+FN) as 2J/(1+J). Undefined where TP+FP+FN is 0.
var f1 = counted(Metric{
	Name: "f1", Aliases: []string{"f1_score", "dice"}, Title: "F1", Summary: "harmonic mean of precision and recall",
	Denominator: eitherPositive, Better: Higher, Range: [2]float64{0, 1}, Cuts: true, Prevalence: true,
	Basis: func(s sweep.Stats) stats.Basis {
		return stats.F1(float64(s.Counts.TP), float64(s.Counts.FP), float64(s.Counts.FN))
	},
	Support:       supportEither,
	Versus:        influence(stats.PairedF1),
	restatedBasis: func(c stats.Counts, to stats.Reweighted) stats.Basis { return to.FBeta(c, 1) },
}, func(c confusion) (float64, error) {
	if c.tp+c.fp+c.fn == 0 {
		return 0, Undefined(neitherPositive)
	}
	return 2 * c.tp / (2*c.tp + c.fp + c.fn), nil
})

const (
	eitherPositive  = "rows that are positive, truly or as predicted"
	neitherPositive = "no rows are positive, truly or as predicted"
)

// supportEither is TP+FP+FN.
func supportEither(s sweep.Stats) int64 { return s.Counts.TP + s.Counts.FP + s.Counts.FN }
