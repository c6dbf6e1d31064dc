package evaluate

import (
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// rate is a metric that is a share of rows by their confusion counts: k of n.
type rate func(c sweep.Counts) (k, n int64)

// value is k/n; undefined says why where n is 0.
func (r rate) value(undefined string) func(sweep.Stats) (float64, error) {
	return func(s sweep.Stats) (float64, error) {
		k, n := r(s.Counts)
		if n == 0 {
			return 0, Undefined(undefined)
		}
		return float64(k) / float64(n), nil
	}
}

func (r rate) basis(s sweep.Stats) stats.Basis {
	k, n := r(s.Counts)
	return stats.Proportion(float64(k), float64(n))
}

func (r rate) support(s sweep.Stats) int64 {
	_, n := r(s.Counts)
	return n
}

// metric completes m by what every rate has in common.
func (r rate) metric(m Metric, undefined string) Metric {
	m.Range = [2]float64{0, 1}
	m.Value, m.Basis, m.Support = r.value(undefined), r.basis, r.support
	return m
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

const (
	noRows      = "no rows"
	noPositives = "no truly positive rows"
	noNegatives = "no truly negative rows"
	noCalls     = "no rows are predicted positive"
)

// Prevalence is the share of positives among the rows. Unit: fraction of 1. Undefined without rows. It says nothing of the model.
var prevalence = rate(func(c sweep.Counts) (k, n int64) { return c.TP + c.FN, c.TP + c.FP + c.TN + c.FN }).metric(Metric{
	Name: "prevalence", Aliases: []string{"base_rate"}, Title: "prevalence", Summary: "share of rows that are truly positive",
	Denominator: "rows", Better: Neither, Prevalence: true,
}, noRows)

// selectionRate is (TP+FP)/n: fairlearn's selection_rate. Undefined without rows.
var selectionRate = rate(func(c sweep.Counts) (k, n int64) { return c.TP + c.FP, c.TP + c.FP + c.TN + c.FN }).metric(Metric{
	Name: "selection_rate", Aliases: []string{"positive_rate"}, Title: "selection rate", Summary: "share of rows that are predicted positive",
	Denominator: "rows", Better: Neither, Cuts: true, Prevalence: true,
	Versus: tango(stats.PairedCounts.SelectionRate),
}, noRows)

// accuracy is (TP+TN)/n: scikit-learn's accuracy_score. Undefined without rows.
var accuracy = rate(func(c sweep.Counts) (k, n int64) { return c.TP + c.TN, c.TP + c.FP + c.TN + c.FN }).metric(Metric{
	Name: "accuracy", Aliases: []string{"accuracy_score"}, Title: "accuracy", Summary: "share of rows that are predicted rightly",
	Denominator: "rows", Better: Higher, Cuts: true, Prevalence: true,
	Versus: tango(stats.PairedCounts.Accuracy),
}, noRows)

// precision is TP/(TP+FP): scikit-learn's precision_score. Undefined where nothing is predicted positive.
var precision = rate(func(c sweep.Counts) (k, n int64) { return c.TP, c.TP + c.FP }).metric(Metric{
	Name: "precision", Aliases: []string{"precision_score", "ppv", "positive_predictive_value"}, Title: "precision",
	Summary: "of those predicted positive, how many truly are", Denominator: "rows predicted positive", Better: Higher, Cuts: true, Prevalence: true,
	Versus: influence(stats.PairedPrecision),
}, noCalls)

// recall is TP/(TP+FN): scikit-learn's recall_score, the true positive rate. Undefined without positives.
var recall = rate(func(c sweep.Counts) (k, n int64) { return c.TP, c.TP + c.FN }).metric(Metric{
	Name: "recall", Aliases: []string{"recall_score", "true_positive_rate", "tpr", "sensitivity", "hit_rate"}, Title: "recall",
	Summary: "of those truly positive, how many it finds", Denominator: "truly positive rows", Better: Higher, Cuts: true,
	Versus: tango(stats.PairedCounts.Recall),
}, noPositives)

// trueNegativeRate is TN/(TN+FP): fairlearn's true_negative_rate, the specificity. Undefined without negatives.
var trueNegativeRate = rate(func(c sweep.Counts) (k, n int64) { return c.TN, c.TN + c.FP }).metric(Metric{
	Name: "true_negative_rate", Aliases: []string{"specificity", "tnr", "selectivity"}, Title: "true negative rate",
	Summary: "of those truly negative, how many it leaves alone", Denominator: "truly negative rows", Better: Higher, Cuts: true,
	Versus: tango(opposite(stats.PairedCounts.FalsePositiveRate)),
}, noNegatives)

// falsePositiveRate is FP/(TN+FP): fairlearn's false_positive_rate. Undefined without negatives.
var falsePositiveRate = rate(func(c sweep.Counts) (k, n int64) { return c.FP, c.TN + c.FP }).metric(Metric{
	Name: "false_positive_rate", Aliases: []string{"fpr", "fall_out", "false_alarm_rate"}, Title: "false positive rate",
	Summary: "of those truly negative, how many it calls positive", Denominator: "truly negative rows", Better: Lower, Cuts: true,
	Versus: tango(stats.PairedCounts.FalsePositiveRate),
}, noNegatives)

// falseNegativeRate is FN/(TP+FN): fairlearn's false_negative_rate. Undefined without positives.
var falseNegativeRate = rate(func(c sweep.Counts) (k, n int64) { return c.FN, c.TP + c.FN }).metric(Metric{
	Name: "false_negative_rate", Aliases: []string{"fnr", "miss_rate"}, Title: "false negative rate",
	Summary: "of those truly positive, how many it misses", Denominator: "truly positive rows", Better: Lower, Cuts: true,
	Versus: tango(opposite(stats.PairedCounts.Recall)),
}, noPositives)

// f1 is 2TP/(2TP+FP+FN): scikit-learn's f1_score. Its limits are those of J = TP/(TP+FP+FN) as 2J/(1+J). Undefined where TP+FP+FN is 0.
var f1 = Metric{
	Name: "f1", Aliases: []string{"f1_score"}, Title: "F1", Summary: "harmonic mean of precision and recall",
	Denominator: "rows that are positive, truly or as predicted", Better: Higher, Range: [2]float64{0, 1}, Cuts: true, Prevalence: true,
	Value: func(s sweep.Stats) (float64, error) {
		c := s.Counts
		if c.TP+c.FP+c.FN == 0 {
			return 0, Undefined("no rows are positive, truly or as predicted")
		}
		return 2 * float64(c.TP) / float64(2*c.TP+c.FP+c.FN), nil
	},
	Basis: func(s sweep.Stats) stats.Basis {
		return stats.F1(float64(s.Counts.TP), float64(s.Counts.FP), float64(s.Counts.FN))
	},
	Support: func(s sweep.Stats) int64 { return s.Counts.TP + s.Counts.FP + s.Counts.FN },
	Versus:  influence(stats.PairedF1),
}
