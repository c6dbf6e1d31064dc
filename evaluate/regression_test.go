package evaluate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

var regressionTerms = evaluate.Terms{Task: "regression", Label: "label", Groups: []evaluate.Dimension{{Name: "group", Column: "group"}}}

// TestRegressionEqualsScikitLearn holds every figure of every slice to scikit-learn's, with rows that are kept and with rows that are read again.
func TestRegressionEqualsScikitLearn(t *testing.T) {
	var o struct {
		Evaluations []struct {
			Data    struct{ Path, SHA256 string }
			Columns []string
			Slices  []figuresOf
		}
		Tables []struct {
			Name    string
			Columns struct {
				Group                             []string
				Label, Score, Lower, Upper, Rival []float64
			}
			Slices []figuresOf
			Rival  map[string]struct{ Value, SE *float64 }
		}
	}
	readOracle(t, "regression.json", &o)
	if len(o.Evaluations) == 0 || len(o.Tables) == 0 {
		t.Fatal("the oracle is empty")
	}
	var names []string
	for name := range o.Tables[0].Slices[0].Metrics {
		names = append(names, name)
	}
	compared, worst := 0, 0.0
	for _, want := range o.Evaluations {
		for _, memory := range []int64{0, 1} {
			t.Run(fmt.Sprint("census ", memory), func(t *testing.T) {
				c := evaluate.Config{Path: want.Data.Path, Score: want.Columns[1], Lower: want.Columns[2], Upper: want.Columns[3], Open: open, Memory: memory, Workers: 2}
				terms := evaluate.Terms{Task: "regression", Label: want.Columns[0],
					Groups: []evaluate.Dimension{{Name: "SEX", Column: "SEX"}, {Name: "DIS", Column: "DIS"}, {Name: "RAC1P", Column: "RAC1P"}}}
				got, err := evaluate.Run(t.Context(), c, terms, evaluate.Needs{Metrics: names}, evaluate.Against{})
				if err != nil {
					t.Fatal(err)
				}
				n, d := agrees(t, got, want.Slices, 1e-12)
				compared, worst = compared+n, math.Max(worst, d)
			})
		}
	}
	for _, want := range o.Tables {
		t.Run(want.Name, func(t *testing.T) {
			w := want.Columns
			text := asCSV([]string{"group", "label", "score", "lower", "upper", "rival"}, w.Group, w.Label, w.Score, w.Lower, w.Upper, w.Rival)
			c := evaluate.Config{Path: "rows.csv", Score: "score", Lower: "lower", Upper: "upper", Open: inMemory(text)}
			got, err := evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{Metrics: names}, evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Column: "rival"}}})
			if err != nil {
				t.Fatal(err)
			}
			n, d := agrees(t, got, want.Slices, 1e-12)
			compared, worst = compared+n, math.Max(worst, d)
			for name, r := range want.Rival {
				f := got.Comparisons[0].Slices[0].Metrics[name]
				scale := math.Max(math.Abs(*got.Overall().Metrics[name].Value), 1e-300)
				if f.Value == nil || !(math.Abs(*f.Value-*r.Value) <= 1e-12*math.Max(scale, math.Abs(*r.Value))) {
					t.Errorf("%s against a rival: %+v, want %v", name, f, *r.Value)
					continue
				}
				if few := got.Rows < 300; few != (f.Basis.Method == "") {
					t.Errorf("%s against a rival on %d rows: %+v", name, got.Rows, f.Basis)
				} else if !few && !(math.Abs(f.Basis.SE-*r.SE) <= 1e-11**r.SE) {
					t.Errorf("%s against a rival: standard error %v, want %v", name, f.Basis.SE, *r.SE)
				}
			}
		})
	}
	t.Logf("%d figures, the worst %.2g apart", compared, worst)
}

// TestRegressionEvaluation: nothing of a binary task stands in it, the same rows in another order are the same, and it is as its schema says.
func TestRegressionEvaluation(t *testing.T) {
	rows := []string{"a,1.5,1,id1", "a,-2,0.5,id2", "b,3,1,id3", "b,0.25,1e-3,id4"}
	run := func(c evaluate.Config, rows ...string) *evaluate.Evaluation {
		t.Helper()
		c.Path, c.Score, c.Open = "rows.csv", "score", inMemory(lines(append([]string{"group,label,score,id"}, rows...)...))
		e, err := evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{}, evaluate.Against{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := run(evaluate.Config{ID: "id"}, rows...)
	for _, s := range e.Slices {
		if s.Counts != nil {
			t.Errorf("%s has counts: %+v", s.Groups, s.Counts)
		}
	}
	for _, c := range e.Curves {
		if c.Name != evaluate.CurveErrors {
			t.Errorf("a regression has a curve %s", c.Name)
		}
	}
	if len(e.Curves) != 3 || len(e.Fairness) > 0 || len(e.Slices) != 3 {
		t.Errorf("curves %v, fairness %v, %d slices", e.Curves, e.Fairness, len(e.Slices))
	}
	if _, ok := e.Overall().Metrics["interval_width"]; ok || len(e.Overall().Metrics) != 6 {
		t.Errorf("%d metrics: %v", len(e.Overall().Metrics), e.Overall().Metrics)
	}
	a, _ := json.Marshal(e.Slices)
	turned := run(evaluate.Config{ID: "id"}, rows[3], rows[1], rows[0], rows[2])
	if b, _ := json.Marshal(turned.Slices); !bytes.Equal(a, b) || e.Dataset != turned.Dataset {
		t.Errorf("another order: %s became %s", a, b)
	}
	if other := run(evaluate.Config{ID: "id"}, rows[0], rows[1], rows[2], strings.Replace(rows[3], "0.25", "0.5", 1)); other.Dataset == e.Dataset {
		t.Error("another truth is the same dataset")
	}
	if x, y := run(evaluate.Config{}, rows...), run(evaluate.Config{}, rows[0], rows[1], rows[2], strings.Replace(rows[3], "0.25", "0.5", 1)); x.Dataset == y.Dataset || x.Dataset == e.Dataset {
		t.Error("another truth is the same dataset, without ids")
	}
}

// TestRegressionLabelsOfTheirOwn joins truths by id.
func TestRegressionLabelsOfTheirOwn(t *testing.T) {
	files := memory{"rows.csv": lines("id,score,group", "x,1,a", "y,2,b"), "labels.csv": lines("id,label", "y,5", "x,1.5")}
	c := evaluate.Config{Path: "rows.csv", ID: "id", Score: "score", Labels: "labels.csv", Open: files.all}
	e, err := evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{Metrics: []string{"mae"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	if v := e.Overall().Metrics["mean_absolute_error"].Value; v == nil || *v != (0.5+3)/2 {
		t.Errorf("the mean absolute error is %v", v)
	}
	var kept bytes.Buffer
	if ok, err := evaluate.Keep(t.Context(), c, regressionTerms, e, &kept); !ok || err != nil {
		t.Fatal(ok, err)
	}
	files["kept.parquet"] = kept.String()
	rival := evaluate.Rival{Name: "champion", Scores: files.open("kept.parquet"), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	e, err = evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{rival}})
	if err != nil || e.Comparisons[0].Rows != 2 || *e.Comparisons[0].Slices[0].Metrics["root_mean_squared_error"].Value != 0 {
		t.Errorf("against what was kept of itself: %v, %+v", err, e.Comparisons)
	}
	files["labels.csv"] = lines("id,label", "y,5", "x,1")
	if _, err = evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{rival}}); err == nil || !strings.Contains(err.Error(), "1 of 2 rows have another outcome") {
		t.Errorf("other truths: %v", err)
	}
	files["labels.csv"] = lines("id,label", "y,5")
	if _, err = evaluate.Run(t.Context(), c, regressionTerms, evaluate.Needs{}, evaluate.Against{}); err == nil || err.Error() != "rows.csv: id: 1 of 2 rows have no row of the same id in labels.csv (first: row 1)" {
		t.Errorf("a missing truth: %v", err)
	}
}

// TestBadRegression is refused, or undefined.
func TestBadRegression(t *testing.T) {
	base := evaluate.Config{Path: "rows.csv", Score: "score", Lower: "lower", Upper: "upper"}
	for _, c := range []struct {
		row, want string
		change    func(*evaluate.Config, *evaluate.Terms)
	}{
		{row: ",1,0,2", want: "rows.csv: label: 1 of 2 rows have no value (first: 2)"},
		{row: "1,1,2,1", want: "rows.csv: upper: 1 of 2 rows have an upper end below the lower one (first: row 2)"},
		{row: "x,1,0,2", want: `rows.csv: label: 1 of 2 rows are not numbers (first: row 2 "x")`},
		{row: "1,1,0,2", want: `missing-key: the "data" of a regression need a "score" column: the predicted number`, change: func(c *evaluate.Config, _ *evaluate.Terms) { c.Score = "" }},
		{row: "1,1,0,2", want: `missing-key: a prediction interval has two ends: "lower" and "upper"`, change: func(c *evaluate.Config, _ *evaluate.Terms) { c.Upper = "" }},
		{row: "1,1,0,2", want: `other-task: "lower" and "upper" are the ends of a regression's prediction intervals`, change: func(_ *evaluate.Config, t *evaluate.Terms) {
			*t = evaluate.Terms{Task: "binary", Label: "label", Positive: "1", Threshold: &half}
		}},
		{row: "1,1,0,2", want: `unknown-task: "ranking" is no task: they are binary, regression, multiclass, scores`, change: func(c *evaluate.Config, t *evaluate.Terms) {
			c.Lower, c.Upper, t.Task = "", "", "ranking"
		}},
	} {
		config, terms := base, evaluate.Terms{Task: "regression", Label: "label"}
		if c.change != nil {
			c.change(&config, &terms)
		}
		config.Open = inMemory(lines("label,score,lower,upper", "1,1,0,2", c.row))
		if _, err := evaluate.Run(t.Context(), config, terms, evaluate.Needs{}, evaluate.Against{}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.row, err, c.want)
		}
	}
	base.Open = inMemory(lines("label,score,lower,upper", "1e200,-1e200,0,2", "0,1,-1,1"))
	e, err := evaluate.Run(t.Context(), base, evaluate.Terms{Task: "regression", Label: "label"}, evaluate.Needs{Metrics: []string{"mae", "r2", "mape", "roc_auc"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"mean_absolute_error": "the errors of 1 rows are too large to be squared", "r2": "the errors of 1 rows are too large to be squared",
		"mean_absolute_percentage_error": "the errors of 1 rows are too large to be squared", "roc_auc": "roc_auc is no metric of a regression task"} {
		if f := e.Overall().Metrics[name]; f.Value != nil || f.Undefined != want {
			t.Errorf("%s: %+v, want %s", name, f, want)
		}
	}
}

// TestParameters are written after @.
func TestParameters(t *testing.T) {
	for name, want := range map[string]string{"pinball_loss": "pinball_loss", "mean_pinball_loss@0.5": "pinball_loss", "pinball_loss@.90": "pinball_loss@0.9"} {
		if m, err := evaluate.Lookup(name); err != nil || m.Key != want {
			t.Errorf("%q is %q (%v), want %q", name, m.Key, err, want)
		}
	}
	for _, name := range []string{"pinball_loss@1", "pinball_loss@x", "pinball_loss@", "pinball_loss@NaN"} {
		if _, err := evaluate.Lookup(name); err == nil || !strings.HasPrefix(err.Error(), `bad-parameter: "pinball_loss" takes a quantile between 0 and 1, as in "pinball_loss@0.5": `) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if m, _ := evaluate.Lookup("pinball_loss@0.9"); m.Title() != "pinball loss at 0.9" {
		t.Errorf("its title is %q", m.Title())
	}
}
