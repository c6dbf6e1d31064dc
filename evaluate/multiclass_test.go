package evaluate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
)

var multiclassTerms = evaluate.Terms{Task: "multiclass", Label: "label", Sampling: "deployment", Groups: []evaluate.Dimension{{Name: "group", Column: "group"}}}

// TestMulticlassEqualsScikitLearn holds every figure of every slice to scikit-learn's, by predictions that are there and by those that scores make.
func TestMulticlassEqualsScikitLearn(t *testing.T) {
	var o struct {
		Tables []struct {
			Name                              string
			Classes, Label, Prediction, Group []string
			Scores                            [][]float64
			Slices                            []figuresOf
		}
	}
	readOracle(t, "multiclass.json", &o)
	if len(o.Tables) == 0 {
		t.Fatal("the oracle is empty")
	}
	compared, worst := 0, 0.0
	for _, want := range o.Tables {
		for _, predicted := range []bool{true, false} {
			if !predicted && want.Scores == nil {
				continue
			}
			t.Run(fmt.Sprint(want.Name, " ", predicted), func(t *testing.T) {
				var names []string
				for name := range want.Slices[0].Metrics {
					names = append(names, name)
				}
				c := evaluate.Config{Path: "rows.csv", Workers: 2}
				header, columns := []string{"label", "prediction", "group"}, []any{want.Label, want.Prediction, want.Group}
				if predicted {
					c.Prediction = "prediction"
				}
				for k, xs := range want.Scores {
					if c.Scores == nil {
						c.Scores = map[string]string{}
					}
					c.Scores[want.Classes[k]] = "p" + want.Classes[k]
					header, columns = append(header, "p"+want.Classes[k]), append(columns, xs)
				}
				c.Open = inMemory(asCSV(header, columns...))
				got, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{Metrics: names}, evaluate.Against{})
				if err != nil {
					t.Fatal(err)
				}
				n, d := agrees(t, got, want.Slices, 1e-12)
				compared, worst = compared+n, math.Max(worst, d)
			})
		}
	}
	t.Logf("%d figures, the worst %.2g apart", compared, worst)
}

// TestMeanAreasByAllPairs holds the standard errors of means of areas to shares that are found by comparing all pairs of rows.
func TestMeanAreasByAllPairs(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const rows, classes = 150, 3
	names := []string{"a", "b", "c"}
	truth, label := make([]int, rows), make([]string, rows)
	scores := make([][]float64, classes)
	for i := range rows {
		truth[i] = random.IntN(classes)
		label[i] = names[truth[i]]
		for k := range scores {
			x := float64(random.IntN(6))
			if k == truth[i] {
				x += 2
			}
			scores[k] = append(scores[k], x)
		}
	}
	c := evaluate.Config{Path: "rows.csv", Scores: map[string]string{"a": "pa", "b": "pb", "c": "pc"}, Open: inMemory(asCSV([]string{"label", "pa", "pb", "pc"}, label, scores[0], scores[1], scores[2]))}
	e, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "multiclass", Label: "label"}, evaluate.Needs{Metrics: []string{"roc_auc_ovr", "roc_auc_ovo"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	n := make([]int64, classes)
	for _, y := range truth {
		n[y]++
	}
	for _, ovo := range []bool{false, true} {
		share, mean := make([]float64, rows), 0.0
		add := func(k int, rest func(i int) bool, size, weight float64) {
			area := 0.0
			above, below := make([]float64, rows), make([]float64, rows)
			for i := range rows {
				for j := range rows {
					if truth[i] != k || !rest(j) {
						continue
					}
					win := 0.0
					if scores[k][i] > scores[k][j] {
						win = 1
					} else if scores[k][i] == scores[k][j] {
						win = 0.5
					}
					area += win
					above[i] += win / size
					below[j] += win / float64(n[k])
				}
			}
			area /= size * float64(n[k])
			mean += weight * area
			for i := range rows {
				if truth[i] == k {
					share[i] += weight * (above[i] - area) / float64(n[k])
				} else if rest(i) {
					share[i] += weight * (below[i] - area) / size
				}
			}
		}
		for k := range classes {
			if !ovo {
				add(k, func(i int) bool { return truth[i] != k }, float64(rows)-float64(n[k]), 1.0/classes)
				continue
			}
			for j := range classes {
				if j != k {
					add(k, func(i int) bool { return truth[i] == j }, float64(n[j]), 1.0/(classes*(classes-1)))
				}
			}
		}
		variance := 0.0
		for _, x := range share {
			variance += x * x
		}
		f := e.Overall().Metrics[map[bool]string{false: "roc_auc_ovr", true: "roc_auc_ovo"}[ovo]]
		want := stats.MeanAUC(mean, math.Sqrt(variance), n...)
		if !(math.Abs(*f.Value-mean) < 1e-12) || f.Basis.Method != want.Method || !(math.Abs(f.Basis.SE-want.SE) < 1e-12) || want.SE == 0 {
			t.Errorf("%v: %v, %+v; want %v, %+v", ovo, *f.Value, f.Basis, mean, want)
		}
	}
}

// TestMulticlassEvaluation: default figures of every class, no curves and counts, and the same in any order.
func TestMulticlassEvaluation(t *testing.T) {
	rows := []string{"x,b,0.2,0.8,id1", "x,a,0.5,0.5,id2", "y,b,0.5,0.5,id3", "y,a,1,0,id4", ",a,0.1,0.9,id5"}
	run := func(rows ...string) *evaluate.Evaluation {
		t.Helper()
		c := evaluate.Config{Path: "rows.csv", ID: "id", Scores: map[string]string{"a": "pa", "b": "pb"}, Open: inMemory(lines(append([]string{"group,label,pa,pb,id"}, rows...)...))}
		e, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{}, evaluate.Against{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := run(rows...)
	m := e.Overall().Metrics
	// ties go to the lowest class: predicted b, a, a, a, b of b, a, b, a, a
	for name, want := range map[string]float64{"accuracy": 3.0 / 5, "recall@class=a": 2.0 / 3, "precision@class=a": 2.0 / 3, "recall@class=b": 0.5, "f1_macro": (2.0/3 + 0.5) / 2, "top_k_accuracy": 1} {
		if f := m[name]; f.Value == nil || !(math.Abs(*f.Value-want) < 1e-15) {
			t.Errorf("%s is %+v, want %v", name, f, want)
		}
	}
	if e.Overall().Counts != nil || len(e.Curves) > 0 || len(e.Slices) != 4 || len(e.Fairness) != 12 {
		t.Errorf("%+v", e)
	}
	a, _ := json.Marshal(e.Slices)
	turned := run(rows[4], rows[2], rows[3], rows[0], rows[1])
	if b, _ := json.Marshal(turned.Slices); !bytes.Equal(a, b) || turned.Dataset != e.Dataset {
		t.Errorf("another order: %s became %s", a, b)
	}
	if other := run(rows[0], rows[1], rows[2], rows[3], strings.Replace(rows[4], ",a,", ",b,", 1)); other.Dataset == e.Dataset {
		t.Error("another class is the same dataset")
	}
}

// TestBadMulticlass is refused, or undefined.
func TestBadMulticlass(t *testing.T) {
	scores := map[string]string{"a": "pa", "b": "pb"}
	for _, c := range []struct {
		row, want string
		config    evaluate.Config
		metric    string
	}{
		{row: ",a,0.5,0.5", config: evaluate.Config{Prediction: "call"}, want: "rows.csv: label: 1 of 2 rows have no value (first: 2)"},
		{row: "a,,0.5,0.5", config: evaluate.Config{Prediction: "call"}, want: "rows.csv: call: 1 of 2 rows have no value (first: 2)"},
		{row: "a,b,0.6,0.4", config: evaluate.Config{Prediction: "call", Scores: scores}, want: "rows.csv: call: 1 of 2 rows predict a class while another has a higher score (first: row 2)"},
		{row: "c,b,0.6,0.4", config: evaluate.Config{Scores: scores}, want: "rows.csv: label: rows have the class \"c\", and `scores` name no column of it"},
		{row: "a,a,0.6,NaN", config: evaluate.Config{Scores: scores}, want: "rows.csv: pb: 1 of 2 rows are NaN (first: 2)"},
		{row: "a,a,0.6,0.4", config: evaluate.Config{Score: "pa"}, want: `other-task: a multiclass model has a score of each class: write "scores: {CLASS: COLUMN, …}"`},
		{row: "a,a,0.6,0.4", config: evaluate.Config{Prediction: "call"}, metric: "recall@class=bb", want: `unknown-class: "bb" is no class of these rows: they are a, b`},
		{row: "a,a,0.6,0.4", config: evaluate.Config{Prediction: "call"}, metric: "log_loss@class=a", want: `unknown-class: "log_loss" is no metric of one class: those of two classes are, as in "recall@class=NAME"`},
	} {
		c.config.Path, c.config.Open = "rows.csv", inMemory(lines("label,call,pa,pb", "b,b,0,1", c.row))
		var needs evaluate.Needs
		if c.metric != "" {
			needs.Metrics = []string{c.metric}
		}
		_, err := evaluate.Run(t.Context(), c.config, evaluate.Terms{Task: "multiclass", Label: "label"}, needs, evaluate.Against{})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.row, err, c.want)
		}
	}
	c := evaluate.Config{Path: "rows.csv", Scores: scores, Open: inMemory(lines("label,pa,pb", "b,0,1", "b,0.7,0.4"))}
	e, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "multiclass", Label: "label"}, evaluate.Needs{Metrics: []string{"log_loss", "recall@class=a", "roc_auc_ovr", "recall", "f1_macro"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"log_loss": "the scores of 1 rows are no probabilities: they lie outside [0, 1], or do not add up to 1", "recall@class=a": "no truly positive rows",
		"roc_auc_ovr": "no rows are truly a", "recall": "recall is no metric of a multiclass task"} {
		if f := e.Overall().Metrics[name]; f.Value != nil || f.Undefined != want {
			t.Errorf("%s: %+v, want %s", name, f, want)
		}
	}
}

// TestMulticlassLabelsOfTheirOwn joins classes by id.
func TestMulticlassLabelsOfTheirOwn(t *testing.T) {
	files := memory{"rows.csv": lines("id,call,group", "x,b,1", "y,b,2"), "labels.csv": lines("id,label", "y,c", "x,b")}
	c := evaluate.Config{Path: "rows.csv", ID: "id", Prediction: "call", Labels: "labels.csv", Open: files.all}
	e, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{Metrics: []string{"accuracy", "recall@class=c"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	if m := e.Overall().Metrics; *m["accuracy"].Value != 0.5 || *m["recall@class=c"].Value != 0 || m["recall@class=c"].Support != 1 {
		t.Errorf("%+v", m)
	}
}

// TestMulticlassWherePeersDiffer: where scikit-learn gives a number, or warns and gives 0, there is no figure.
func TestMulticlassWherePeersDiffer(t *testing.T) {
	for name, c := range map[string]struct {
		rows []string          // label, prediction, score of a, of b and of c
		want map[string]string // why there is none
	}{
		"one class throughout": {[]string{"a,a,1,0,0", "a,a,1,0,0"}, map[string]string{
			"cohen_kappa":       "all rows are of one class, truly and as predicted", // NaN
			"matthews_corrcoef": "all rows are truly of one class",                   // 0
			"f1_macro":          "no rows are b, truly or as predicted",              // the mean of those there, or with 0
			"jaccard_macro":     "no rows are b, truly or as predicted",
			"recall_macro":      "no rows are truly b",
		}},
		"one prediction": {[]string{"a,a,1,0,0", "b,a,1,0,0", "c,a,1,0,0"}, map[string]string{
			"matthews_corrcoef": "all rows are predicted one class", // 0
			"precision_macro":   "no rows are predicted b",          // 0 for b and c
			"jaccard_weighted":  "",
			"cohen_kappa":       "",
		}},
		"no probabilities": {[]string{"a,a,0.5,0.25,0", "b,b,0,1,0", "c,c,0,0,1"}, map[string]string{
			"brier_score": "the scores of 1 rows are no probabilities: they lie outside [0, 1], or do not add up to 1", // a warning
			"log_loss":    "the scores of 1 rows are no probabilities: they lie outside [0, 1], or do not add up to 1",
		}},
	} {
		var names []string
		for metric := range c.want {
			names = append(names, metric)
		}
		config := evaluate.Config{Path: "rows.csv", Prediction: "call", Scores: map[string]string{"a": "pa", "b": "pb", "c": "pc"}, Open: inMemory(lines(append([]string{"label,call,pa,pb,pc"}, c.rows...)...))}
		e, err := evaluate.Run(t.Context(), config, evaluate.Terms{Task: "multiclass", Label: "label"}, evaluate.Needs{Metrics: names}, evaluate.Against{})
		if err != nil {
			t.Fatal(err)
		}
		for metric, why := range c.want {
			if f := e.Overall().Metrics[metric]; f.Undefined != why || (f.Value == nil) != (why != "") {
				t.Errorf("%s: %s: %+v, want %s", name, metric, f, why)
			}
		}
	}
}

// TestMulticlassDisparities holds the disparities of classes to fairlearn's words, worked by hand: 40 rows of each group.
func TestMulticlassDisparities(t *testing.T) {
	rows := []string{"label,call,group"}
	add := func(n int, row string) {
		for range n {
			rows = append(rows, row)
		}
	}
	// a is predicted for 30 of 40 men and 10 of 40 women; of those truly a, 30 of 30 and 10 of 30
	add(30, "a,a,men")
	add(10, "b,b,men")
	add(10, "a,a,women")
	add(20, "a,b,women")
	add(10, "b,b,women")
	add(5, "b,a,others") // too few
	c := evaluate.Config{Path: "rows.csv", Prediction: "call", Open: inMemory(lines(rows...))}
	e, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"accuracy_difference": 0.5, "accuracy_ratio": 0.5, "demographic_parity_difference@class=a": 0.5, "demographic_parity_ratio@class=a": 1.0 / 3,
		"demographic_parity_difference@class=b": 0.5, "equal_opportunity_difference@class=a": 2.0 / 3, "four_fifths_ratio@class=a": 1.0 / 3,
	} {
		d, ok := e.Disparity(name, "group")
		if !ok || d.Value == nil || !(math.Abs(*d.Value-want) < 1e-15) || d.Compared != 2 || len(d.LeftOut) != 1 || d.Interval == nil || d.Highest["group"] != "men" != strings.HasSuffix(name, "=b") {
			t.Errorf("%s: %+v, want %v", name, d, want)
		}
	}
	if d, _ := e.Disparity("equal_opportunity_difference@class=b", "group"); d.Value != nil || d.Undefined != "fewer than two groups have 30 truly positive rows" || d.Metric != "recall@class=b" {
		t.Errorf("%+v", d)
	}
	got := e.Overall().Confusion
	if got == nil || fmt.Sprint(got.Classes, got.Counts) != "[a b] [[40 20] [5 20]]" || e.Slices[1].Confusion == nil {
		t.Errorf("%+v", got)
	}
}
