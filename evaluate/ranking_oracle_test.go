package evaluate_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// ranked are the figures of rankings and calibration that peers computed of one slice: fixtures/oracle/ranking.json.
type ranked struct {
	Groups        evaluate.Groups
	Rows          int64
	Metrics       map[string]*float64
	Recalibration map[string]float64 // nil: none fits
	Steep         bool               // it is too steep to compare
}

// rankedOracle has them of the census and COMPAS, group by group, and of random tables, which it holds as CSV.
type rankedOracle struct {
	Evaluations []struct {
		Data   struct{ Path, SHA256 string }
		Slices []ranked
	}
	Tables []struct {
		Name, CSV string
		ranked
	}
}

func readRanked(t *testing.T) (o rankedOracle) {
	t.Helper()
	if readOracle(t, "ranking.json", &o); len(o.Evaluations) == 0 || len(o.Tables) == 0 {
		t.Fatal("the oracle is empty")
	}
	return o
}

// recalibrations are the metrics of the logistic recalibration, by their names in the oracle.
var recalibrations = map[string]string{"calibration_slope": "slope", "calibration_intercept": "intercept"}

// close is how near to the peer's a recalibration of some slope comes: see [sweep.Recalibration].
func close(slope float64) float64 {
	switch slope = math.Abs(slope); {
	case slope > 20:
		return 1e-4
	case slope > 10:
		return 1e-7
	}
	return 1e-8
}

func (r ranked) needs() evaluate.Needs {
	return evaluate.Needs{Metrics: append(slices.Sorted(maps.Keys(r.Metrics)), slices.Sorted(maps.Keys(recalibrations))...)}
}

// holds compares a slice's figures with the peers', and gives how many it compared.
func (r ranked) holds(t *testing.T, got evaluate.Slice) (compared int) {
	t.Helper()
	if got.Rows != r.Rows {
		t.Errorf("%s: %d rows, want %d", r.Groups, got.Rows, r.Rows)
	}
	figure := func(name string, want *float64, tolerance float64) {
		f, ok := got.Metrics[name]
		switch {
		case !ok:
			t.Errorf("%s: no %s", r.Groups, name)
		case want == nil || f.Value == nil:
			if want != nil || f.Value != nil || f.Undefined == "" {
				t.Errorf("%s: %s is %v (%q), want %v", r.Groups, name, told(f.Value), f.Undefined, told(want))
			}
		case !(math.Abs(*f.Value-*want) <= tolerance*math.Max(1, math.Abs(*want))):
			t.Errorf("%s: %s is %.17g, want %.17g", r.Groups, name, *f.Value, *want)
		}
		compared++
	}
	for name, want := range r.Metrics {
		figure(name, want, 1e-12)
	}
	for name, part := range recalibrations {
		if r.Steep {
			continue
		}
		if r.Recalibration == nil {
			figure(name, nil, 0)
			continue
		}
		want, se, tolerance := r.Recalibration[part], r.Recalibration[part+"_se"], close(r.Recalibration["slope"])
		figure(name, &want, tolerance)
		if got := got.Metrics[name].Basis.SE; !(math.Abs(got-se) <= tolerance*math.Max(1, se)) {
			t.Errorf("%s: the standard error of %s is %.17g, want %.17g", r.Groups, name, got, se)
		}
	}
	return compared
}

func told(v *float64) any {
	if v == nil {
		return "undefined"
	}
	return *v
}

// TestRankingEqualsPeers holds every figure of rankings, calibration and chosen cuts, of every slice, to scikit-learn's, SciPy's, statsmodels's and NumPy's.
func TestRankingEqualsPeers(t *testing.T) {
	compared := 0
	for _, want := range readRanked(t).Evaluations {
		t.Run(want.Data.Path, func(t *testing.T) {
			c, terms := census(want.Data.Path), censusTerms(censusGroups()...)
			if want.Data.Path == "compas/compas.csv" {
				c.Score, terms = "prediction", censusTerms(evaluate.Dimension{Name: "race", Column: "race"})
				terms.Label = "two_year_recid"
			}
			got, err := evaluate.Run(t.Context(), c, terms, want.Slices[0].needs(), evaluate.Against{})
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Inputs[0].SHA256) != "sha256:"+want.Data.SHA256 {
				t.Fatalf("the data are not the oracle's: %s", got.Inputs[0].SHA256)
			}
			slices := map[string]evaluate.Slice{}
			for _, s := range got.Slices {
				slices[s.Groups.String()] = s
			}
			if len(slices) != len(want.Slices) {
				t.Errorf("%d slices, want %d", len(slices), len(want.Slices))
			}
			for _, w := range want.Slices {
				compared += w.holds(t, slices[w.Groups.String()])
			}
		})
	}
	t.Logf("%d figures compared", compared)
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestRankingOfTables does it on tables with ties everywhere, one class, one score, one row, subnormal and negative scores.
func TestRankingOfTables(t *testing.T) {
	for _, want := range readRanked(t).Tables {
		t.Run(want.Name, func(t *testing.T) {
			files := memory{"p.csv": want.CSV}
			e := evaluated(t, evaluate.Config{Path: "p.csv", Score: "s", Open: files.all}, terms(t, "task: binary\nlabel: y\nsampling: deployment\n"), want.needs(), evaluate.Against{})
			want.holds(t, e.Overall())
		})
	}
}
