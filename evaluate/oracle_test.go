package evaluate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// oracle is a set of figures that scikit-learn computed: fixtures/oracle.
type oracle struct {
	Data   struct{ Path, SHA256 string }
	Slices []struct {
		Groups  evaluate.Groups
		Rows    int64
		Counts  sweep.Counts
		Metrics map[string]*float64
	}
}

func readOracle(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../fixtures/oracle", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func one(path string) table.Source {
	s := table.FromFile(filepath.Join("../fixtures", path))
	s.Name = path
	return s
}

func open(path string) ([]table.Source, error) { return []table.Source{one(path)}, nil }

var half = 0.5

func censusTerms(groups ...evaluate.Dimension) evaluate.Terms {
	return evaluate.Terms{Task: "binary", Label: "employed", Positive: "1", Threshold: &half, Sampling: "deployment", Groups: groups}
}

func censusGroups() []evaluate.Dimension {
	return []evaluate.Dimension{
		{Name: "sex", Column: "SEX"}, {Name: "disability", Column: "DIS"}, {Name: "race", Column: "RAC1P"},
		{Name: "age", Column: "AGEP", Bins: []float64{25, 40, 65}},
		{Name: "sex * age", Cross: []string{"sex", "age"}}, {Name: "sex * disability", Cross: []string{"sex", "disability"}},
	}
}

func census(path string) evaluate.Config {
	return evaluate.Config{Path: path, ID: "id", Score: "score", Open: open}
}

// TestCensusEqualsScikitLearn holds every figure of every slice to scikit-learn's, to 1e-12.
func TestCensusEqualsScikitLearn(t *testing.T) {
	var o struct{ Evaluations []oracle }
	readOracle(t, "census.json", &o)
	if len(o.Evaluations) == 0 {
		t.Fatal("no evaluations in the oracle")
	}
	for _, want := range o.Evaluations {
		t.Run(want.Data.Path, func(t *testing.T) {
			var names []string
			for name := range want.Slices[0].Metrics {
				names = append(names, name)
			}
			got, err := evaluate.Run(t.Context(), census(want.Data.Path), censusTerms(censusGroups()...), evaluate.Needs{Metrics: names}, evaluate.Against{})
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Inputs[0].SHA256) != "sha256:"+want.Data.SHA256 {
				t.Fatalf("the data are not the oracle's: %s", got.Inputs[0].SHA256)
			}
			compare(t, got, want)
		})
	}
}

func compare(t *testing.T, got *evaluate.Evaluation, want oracle) {
	t.Helper()
	slices := map[string]evaluate.Slice{}
	for _, s := range got.Slices {
		slices[s.Groups.String()] = s
	}
	if len(slices) != len(want.Slices) {
		t.Errorf("%d slices, want %d", len(slices), len(want.Slices))
	}
	compared := 0
	for _, w := range want.Slices {
		s, ok := slices[w.Groups.String()]
		if !ok || s.Rows != w.Rows || *s.Counts != w.Counts {
			t.Errorf("%s: rows %d, counts %+v; want %d, %+v", w.Groups, s.Rows, s.Counts, w.Rows, w.Counts)
			continue
		}
		for name, v := range w.Metrics {
			f, ok := s.Metrics[name]
			switch {
			case !ok:
				t.Errorf("%s: no %s", w.Groups, name)
			case v == nil || f.Value == nil:
				// scikit-learn calls these undefined too, or gives 0 with a warning: the oracle has null
				if v != nil || f.Value != nil || f.Undefined == "" {
					t.Errorf("%s: %s is %v (%q), want %v", w.Groups, name, f.Value, f.Undefined, v)
				}
			case !(math.Abs(*f.Value-*v) <= 1e-12):
				t.Errorf("%s: %s is %.17g, want %.17g", w.Groups, name, *f.Value, *v)
			}
			compared++
		}
	}
	t.Logf("%d figures compared", compared)
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestCOMPAS holds the rates to those of ProPublica's table: predictions without scores.
func TestCOMPAS(t *testing.T) {
	var want oracle
	readOracle(t, "compas.json", &want)
	var names []string
	for name := range want.Slices[0].Metrics {
		names = append(names, name)
	}
	got, err := evaluate.Run(t.Context(), evaluate.Config{Path: "compas/compas.csv", ID: "id", Prediction: "prediction", Open: open},
		evaluate.Terms{Task: "binary", Label: "two_year_recid", Positive: "1", Threshold: &half, Groups: []evaluate.Dimension{{Name: "race", Column: "race"}}},
		evaluate.Needs{Metrics: append(names, "roc_auc")}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, want)
	if f := got.Overall().Metrics["roc_auc"]; f.Value != nil || f.Undefined != "there is no score column" {
		t.Errorf("roc_auc without scores: %+v", f)
	}
	for _, s := range got.Slices[1:] {
		t.Log(s.Groups, fmt.Sprintf("FPR %.4f FNR %.4f", *s.Metrics["false_positive_rate"].Value, *s.Metrics["false_negative_rate"].Value))
	}
}

// TestPairedDeLong holds the difference of two models on all rows to an independent computation by all pairs.
func TestPairedDeLong(t *testing.T) {
	rival := evaluate.Rival{Name: "champion", Scores: one("census/predictions-2016-v2.parquet"), ID: "id", Score: "score"}
	got, err := evaluate.Run(t.Context(), census("census/predictions-2016-v3.parquet"), censusTerms(), evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{rival}})
	if err != nil {
		t.Fatal(err)
	}
	c, ok := got.Comparison("champion")
	if !ok || c.Rows != 69126 || c.Unmatched != 0 {
		t.Fatalf("comparison: %+v", c)
	}
	f := c.Slices[0].Metrics["roc_auc"]
	// fixtures/oracle/delong.json, "census 2016": −0.01920 with standard error 0.00068
	if !(math.Abs(*f.Value+0.0192) < 1e-4) || !(math.Abs(f.Basis.SE-0.00068) < 1e-5) {
		t.Errorf("v3 − v2: %v ± %v", *f.Value, f.Basis.SE)
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
}
