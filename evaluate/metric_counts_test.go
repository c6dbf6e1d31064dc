package evaluate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// peerTable is a confusion table with the figures that scikit-learn and fairlearn give it: fixtures/oracle/metrics.json.
type peerTable struct {
	Counts   sweep.Counts
	Metrics  map[string]*float64
	Weighted []struct {
		Odds    float64
		Metrics map[string]*float64
	}
	Peers []struct {
		Metric, Library string
		Gives           json.RawMessage
	}
}

func peerTables(t *testing.T) []peerTable {
	t.Helper()
	var o struct{ Tables []peerTable }
	readOracle(t, "metrics.json", &o)
	if len(o.Tables) == 0 {
		t.Fatal("no tables in the oracle")
	}
	return o.Tables
}

func statsOf(c sweep.Counts) sweep.Stats {
	return sweep.Stats{Rows: c.TP + c.FP + c.TN + c.FN, Positives: c.TP + c.FN, Counts: c}
}

// agree holds a figure to the oracle's, to a tolerance that is relative where the figure is more than 1; null is undefined.
func agree(t *testing.T, of string, got float64, err error, want *float64) {
	t.Helper()
	switch {
	case (err != nil) != (want == nil):
		t.Errorf("%s: %v (%v), want %v", of, got, err, want)
	case err == nil && !(math.Abs(got-*want) <= 1e-12*math.Max(1, math.Abs(*want))):
		t.Errorf("%s: %.17g, want %.17g", of, got, *want)
	}
}

// TestCountsEqualScikitLearn holds every metric of counts to scikit-learn's and fairlearn's, on rows as they are and weighted by class.
func TestCountsEqualScikitLearn(t *testing.T) {
	compared := map[string]int{}
	for _, table := range peerTables(t) {
		for name, want := range table.Metrics {
			m, err := evaluate.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Value(statsOf(table.Counts))
			agree(t, fmt.Sprintf("%s of %+v", name, table.Counts), got, err, want)
			compared[name]++
		}
		c := table.Counts
		for _, w := range table.Weighted {
			positives, negatives := w.Odds*float64(c.TP+c.FN), float64(c.FP+c.TN)
			for name, want := range w.Metrics {
				m, _ := evaluate.Lookup(name)
				got, _, err := m.Restated(c, stats.Reweighted{Odds: w.Odds})
				agree(t, fmt.Sprintf("%s of %+v, positives × %v", name, c, w.Odds), got, err, want)
				if positives > 0 && negatives > 0 {
					got, _, err = m.Restated(c, stats.Reweighted{Prevalence: positives / (positives + negatives)})
					agree(t, fmt.Sprintf("%s of %+v at a prevalence of %v", name, c, positives/(positives+negatives)), got, err, want)
				}
				compared[name+" weighted"]++
			}
		}
	}
	for _, m := range binaryMetrics() {
		if m.Cuts && (compared[m.Name] == 0 || m.Prevalence != (compared[m.Name+" weighted"] > 0)) {
			t.Errorf("%s was compared %d times, weighted %d times", m.Name, compared[m.Name], compared[m.Name+" weighted"])
		}
	}
}

// TestUndefinedWherePeersGiveANumber lists the cells where a metric has no value here, and scikit-learn or fairlearn gives one that stands for
// no data: a 0 that reads as the worst that a model can be, a 1 or a 0 that reads as the best, or a figure of one class alone. Such a figure
// would fail a gate, or pass it, on rows that say nothing; here the claim is undefined, and the gate inconclusive.
func TestUndefinedWherePeersGiveANumber(t *testing.T) {
	const (
		noPositives = "no truly positive rows"
		noNegatives = "no truly negative rows"
		noCalls     = "no rows are predicted positive"
		allCalls    = "no rows are predicted negative"
		neither     = "no rows are positive, truly or as predicted"
	)
	// by metric and reason: what the peer gives there
	const other = "the recall of the one class that there is"
	want := map[string]map[string]string{
		"precision":                 {noCalls: `0.0`},
		"recall":                    {noPositives: `0.0`},
		"false_negative_rate":       {noPositives: `0.0`}, // reads as if it missed none
		"false_positive_rate":       {noNegatives: `0.0`}, // reads as if it raised no false alarm
		"true_negative_rate":        {noNegatives: `0.0`},
		"negative_predictive_value": {allCalls: `0.0`},
		"false_discovery_rate":      {noCalls: `1.0`}, // 1 less a precision of 0
		"false_omission_rate":       {allCalls: `1.0`},
		"f1":                        {neither: `0.0`},
		"f0.5":                      {neither: `0.0`},
		"f2":                        {neither: `0.0`},
		"jaccard":                   {neither: `0.0`},
		"balanced_accuracy":         {noPositives: other, noNegatives: other},
		"matthews_corrcoef":         {noPositives: `0.0`, noNegatives: `0.0`, noCalls: `0.0`, allCalls: `0.0`},
		"cohen_kappa":               {"all rows are of one class, truly and as predicted": `"nan"`},
		"positive_likelihood_ratio": {noPositives: `"nan"`, noNegatives: `"nan"`, "no truly negative rows are predicted positive": `"nan"`},
		"negative_likelihood_ratio": {noPositives: `"nan"`, noNegatives: `"nan"`, "no truly negative rows are predicted negative": `"nan"`},
		"lift":                      {noCalls: `0.0`, noPositives: `"nan"`},
	}
	seen := map[string]map[string]int{}
	for _, table := range peerTables(t) {
		for _, p := range table.Peers {
			m, _ := evaluate.Lookup(p.Metric)
			_, err := m.Value(statsOf(table.Counts))
			if err == nil {
				t.Errorf("%s of %+v has a value", p.Metric, table.Counts)
				continue
			}
			gives, ok := want[p.Metric][err.Error()]
			if !ok || gives != other && gives != string(p.Gives) {
				t.Errorf("%s of %+v: %q, and %s gives %s: that is not listed", p.Metric, table.Counts, err, p.Library, p.Gives)
			}
			if seen[p.Metric] == nil {
				seen[p.Metric] = map[string]int{}
			}
			seen[p.Metric][err.Error()]++
		}
	}
	for name, reasons := range want {
		for reason := range reasons {
			if seen[name][reason] == 0 {
				t.Errorf("%s: no table is undefined because %q", name, reason)
			}
		}
	}
	// without rows nothing has a value
	for _, m := range binaryMetrics() {
		if _, err := m.Value(statsOf(sweep.Counts{})); m.Cuts && err == nil {
			t.Errorf("%s has a value of no rows", m.Name)
		}
	}
}
