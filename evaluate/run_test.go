package evaluate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// TestTypes holds scores of both widths to NumPy and scikit-learn: testdata/float32.py. A threshold is rounded to the column's type, and log loss
// clips by it.
func TestTypes(t *testing.T) {
	type kind struct {
		Scores  []float64
		Counts  map[string]sweep.Counts
		Metrics map[string]float64
	}
	var want struct {
		Labels           []float64
		Float32, Float64 kind
	}
	b, err := os.ReadFile("testdata/float32.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	label := table.Column{Name: "y", Type: table.Integer, Numbers: want.Labels}
	for _, c := range []struct {
		of   table.Type
		want kind
		// scikit-learn computes in the column's type: of float32 it errs by some 1e-7
		tolerance float64
	}{{table.Float32, want.Float32, 1e-6}, {table.Float64, want.Float64, 1e-12}} {
		files := memory{"p.parquet": parquet(t, label, table.Column{Name: "s", Type: c.of, Numbers: c.want.Scores})}
		config := evaluate.Config{Path: "p.parquet", Score: "s", Open: files.all}
		for threshold, counts := range c.want.Counts {
			var at float64
			if _, err := fmt.Sscan(threshold, &at); err != nil {
				t.Fatal(err)
			}
			if c.of == table.Float32 {
				at = float64(float32(at))
			}
			call := table.Column{Name: "call", Type: table.Integer}
			for _, s := range c.want.Scores {
				call.Numbers = append(call.Numbers, map[bool]float64{true: 1}[s >= at])
			}
			called := memory{"p.parquet": parquet(t, label, call, table.Column{Name: "s", Type: c.of, Numbers: c.want.Scores})}
			evaluated(t, evaluate.Config{Path: "p.parquet", Score: "s", Prediction: "call", Open: called.all}, terms(t, plain+"threshold: "+threshold+"\n"), evaluate.Needs{}, evaluate.Against{})
			e := evaluated(t, config, terms(t, plain+"threshold: "+threshold+"\n"), evaluate.Needs{Metrics: []string{"recall@" + threshold}}, evaluate.Against{})
			if *e.Overall().Counts != counts {
				t.Errorf("%s at %s: %+v, want %+v", c.of, threshold, *e.Overall().Counts, counts)
			}
			recall := float64(counts.TP) / float64(counts.TP+counts.FN)
			if got := *e.Overall().Metrics["recall@"+threshold].Value; got != recall {
				t.Errorf("%s: recall at the cut %s is %v, want %v", c.of, threshold, got, recall)
			}
		}
		e := evaluated(t, config, terms(t, plain), evaluate.Needs{}, evaluate.Against{})
		if len(c.want.Metrics) == 0 {
			t.Fatal("no metrics to compare")
		}
		for name, v := range c.want.Metrics {
			if got := e.Overall().Metrics[name].Value; got == nil || !(math.Abs(*got-v) <= c.tolerance) {
				t.Errorf("%s of %s is %v, want %v", name, c.of, *got, v)
			}
		}
	}
}

// census10 are rows with two groupings, an age, and a second model's scores.
func rowsOf(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([]string, n)
	for i := range rows {
		y := random.IntN(2)
		score := math.Round((float64(y)*0.3+random.Float64()*0.7)*1000) / 1000
		rows[i] = fmt.Sprintf("%s,%d,%v,%d,%d,%s,%v", fmt.Sprintf("id%04d", i), y, score, 1+random.IntN(2), 16+random.IntN(60), []string{"north", "south", ""}[random.IntN(3)], math.Round(random.Float64()*1000)/1000)
	}
	return rows
}

const header = "id,y,score,sex,age,region,other"

const grouping = plain + `sampling: deployment
groups:
  - {column: sex, values: {"1": men, "2": women}}
  - {column: age, bins: [25, 40.5, 65]}
  - {column: region}
  - sex * age
  - region * sex * age
`

// TestOrder: the order of rows changes no bit of the slices, comparisons and drift, nor the dataset; and the same file gives the same bytes.
func TestOrder(t *testing.T) {
	rows := rowsOf(400)
	files := memory{"a.csv": lines(append([]string{header}, rows...)...), "base.csv": lines(append([]string{header}, rowsOf(300)...)...)}
	needs := evaluate.Needs{Drift: map[string][]string{"psi": {"score", "region"}}}
	of := func() *evaluate.Evaluation {
		c := evaluate.Config{Path: "a.csv", ID: "id", Score: "score", Baseline: "base.csv", Open: files.all}
		b, err := evaluate.Profile(t.Context(), c, needs)
		if err != nil {
			t.Fatal(err)
		}
		return evaluated(t, c, terms(t, grouping), needs, evaluate.Against{Baseline: b, Rivals: []evaluate.Rival{{Name: "champion", Column: "other"}}})
	}
	first := of()
	if a, b := encoded(t, first), encoded(t, of()); a != b {
		t.Error("the same file gives other bytes")
	}
	slices.Reverse(rows)
	rows[7], rows[300] = rows[300], rows[7]
	files["a.csv"] = lines(append([]string{header}, rows...)...)
	second := of()
	if first.Inputs[0].SHA256 == second.Inputs[0].SHA256 {
		t.Fatal("the files are the same")
	}
	second.Inputs = first.Inputs
	if a, b := encoded(t, first), encoded(t, second); a != b {
		t.Errorf("another order gives another evaluation:\n%s\n%s", a, b)
	}
}

// TestLabelsElsewhere: outcomes in a file of their own give the same slices, byte for byte, and the same dataset.
func TestLabelsElsewhere(t *testing.T) {
	rows := rowsOf(200)
	var scores, labels []string
	for _, row := range rows {
		cells := strings.Split(row, ",")
		scores = append(scores, cells[0]+",9,"+strings.Join(cells[2:], ","))
		labels = append(labels, cells[1]+","+cells[0])
	}
	slices.Reverse(labels)
	files := memory{
		"together.csv": lines(append([]string{header}, rows...)...),
		"scores.csv":   lines(append([]string{header}, scores...)...), // with a column of the label's name, which is not read
		"labels.csv":   lines(append([]string{"y,id"}, labels...)...),
	}
	a := evaluated(t, evaluate.Config{Path: "together.csv", ID: "id", Score: "score", Open: files.all}, terms(t, grouping), evaluate.Needs{}, evaluate.Against{})
	b := evaluated(t, evaluate.Config{Path: "scores.csv", ID: "id", Score: "score", Labels: "labels.csv", Open: files.all}, terms(t, grouping), evaluate.Needs{}, evaluate.Against{})
	if encoded(t, a.Slices) != encoded(t, b.Slices) || a.Dataset != b.Dataset {
		t.Error("labels of another file give other slices, or another dataset")
	}
	if len(b.Inputs) != 2 || b.Inputs[1].Role != "labels" || b.Inputs[1].Rows != 200 {
		t.Errorf("inputs %+v", b.Inputs)
	}
}

// TestDataset: the digest is of ids and labels in any order. Without ids it is of labels and groups as they stand, and does not count.
func TestDataset(t *testing.T) {
	of := func(id, groups string, rows ...string) *evaluate.Evaluation {
		files := memory{"d/p.csv": lines(append([]string{"id,y,s,g"}, rows...)...)}
		return evaluated(t, evaluate.Config{Path: "d/p.csv", ID: id, Score: "s", Open: files.all}, terms(t, plain+groups), evaluate.Needs{Metrics: []string{"recall"}}, evaluate.Against{})
	}
	const g = "groups: [{column: g}]\n"
	base := of("id", g, "a,1,0.5,x", "b,0,0.5,y", "c,0,0.1,y")
	if !base.Countable || base.Inputs[0].Path != "p.csv" {
		t.Errorf("countable %v, path %q", base.Countable, base.Inputs[0].Path)
	}
	for name, same := range map[string]*evaluate.Evaluation{
		"order":  of("id", g, "c,0,0.1,y", "a,1,0.5,x", "b,0,0.5,y"),
		"scores": of("id", g, "a,1,0.7,x", "b,0,0.9,y", "c,0,0.3,y"),
		"groups": of("id", "", "a,1,0.5,z", "b,0,0.5,y", "c,0,0.1,y"),
	} {
		if same.Dataset != base.Dataset {
			t.Errorf("it depends on %s", name)
		}
	}
	for name, other := range map[string]*evaluate.Evaluation{
		"labels":      of("id", g, "a,0,0.5,x", "b,0,0.5,y", "c,0,0.1,y"),
		"whose label": of("id", g, "a,0,0.5,x", "b,1,0.5,y", "c,0,0.1,y"),
		"ids":         of("id", g, "a,1,0.5,x", "b,0,0.5,y", "d,0,0.1,y"),
		"rows":        of("id", g, "a,1,0.5,x", "b,0,0.5,y"),
		"having ids":  of("", g, "a,1,0.5,x", "b,0,0.5,y", "c,0,0.1,y"),
	} {
		if other.Dataset == base.Dataset {
			t.Errorf("it does not depend on %s", name)
		}
	}
	bare := of("", g, "a,1,0.5,x", "b,0,0.5,y", "c,0,0.1,y")
	if bare.Countable {
		t.Error("without ids it counts")
	}
	for name, other := range map[string]*evaluate.Evaluation{
		"groups": of("", g, "a,1,0.5,x", "b,0,0.5,x", "c,0,0.1,y"),
		"order":  of("", g, "b,0,0.5,y", "a,1,0.5,x", "c,0,0.1,y"),
	} {
		if other.Dataset == bare.Dataset {
			t.Errorf("without ids it does not depend on %s", name)
		}
	}
	if same := of("", g, "z,1,0.9,x", "y,0,0.1,y", "x,0,0.1,y"); same.Dataset != bare.Dataset {
		t.Error("without ids it depends on scores, or on a column that is none")
	}
}

// groupsOf lists slices with their rows: "sex = men 3".
func groupsOf(e *evaluate.Evaluation) []string {
	var all []string
	for _, s := range e.Slices {
		all = append(all, fmt.Sprintf("%s %d", s.Groups, s.Rows))
	}
	return all
}

// TestSlices: numbers in order of size and before texts, bins left-closed, missing values and declared ones that no row has are groups, and
// crosses have the combinations that rows have.
func TestSlices(t *testing.T) {
	for name, c := range map[string]struct {
		groups string
		rows   []string // y, s, g, n
		want   []string
	}{
		"values": {"[{column: g}]", []string{"1,1,10,0", "0,1,9,0", "1,1,b,0", "0,0,,0", "0,0,10,0"}, []string{"overall 5", "g = 9 1", "g = 10 2", "g = b 1", "g = (missing) 1"}},
		"words": {`[{column: g, name: sex, values: {"1": men, "2": women, "3": others, "4": men}}]`, []string{"1,1,4,0", "0,1,1,0", "1,1,2,0", "0,0,7,0"},
			[]string{"overall 4", "sex = men 2", "sex = women 1", "sex = others 0", "sex = 7 1"}},
		"missing as written": {"[{column: g}]", []string{"1,1,(missing),0", "0,1,,0", "0,1,a,0"}, []string{"overall 3", "g = (missing) 2", "g = a 1"}},
		"bins":               {"[{column: n, bins: [0, 2.5]}]", []string{"1,1,a,-1", "0,1,a,0", "0,1,a,2.5", "0,1,a,2.4", "0,1,a,", "1,0,a,inf"}, []string{"overall 6", "n = <0 1", "n = 0-2.5 2", "n = >=2.5 2", "n = (missing) 1"}},
		"empty bins":         {"[{column: n, bins: [0, 5]}]", []string{"1,1,a,7"}, []string{"overall 1", "n = <0 0", "n = 0-5 0", "n = >=5 1"}},
		"cross": {`[{column: g, values: {x: X}}, {column: n, bins: [5]}, g × n]`, []string{"1,1,x,1", "1,0,x,9", "0,0,y,9", "0,0,,9"},
			[]string{"overall 4", "g = X 2", "g = y 1", "g = (missing) 1", "n = <5 1", "n = >=5 3", "g = X, n = <5 1", "g = X, n = >=5 1", "g = y, n = >=5 1", "g = (missing), n = >=5 1"}},
		"cross of declared groups": {`[{column: g, values: {x: X, z: Z}}, {column: n, bins: [5]}, n * g]`, []string{"1,1,x,1", "1,0,x,", "0,0,y,1", "0,0,,9"},
			[]string{"overall 4", "g = X 2", "g = y 1", "g = Z 0", "g = (missing) 1", "n = <5 2", "n = >=5 1", "n = (missing) 1",
				"g = X, n = <5 1", "g = y, n = <5 1", "g = Z, n = <5 0", "g = X, n = >=5 0", "g = Z, n = >=5 0", "g = (missing), n = >=5 1", "g = X, n = (missing) 1"}},
		"cross with one undeclared": {`[{column: g, values: {x: X, z: Z}}, {column: n, bins: [5]}, {column: s}, g * n * s]`, []string{"1,1,x,1", "1,0,x,9"},
			[]string{"overall 2", "g = X 2", "g = Z 0", "n = <5 1", "n = >=5 1", "s = 0 1", "s = 1 1", "g = X, n = <5, s = 1 1", "g = X, n = >=5, s = 0 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory{"p.csv": lines(append([]string{"y,s,g,n"}, c.rows...)...)}
			e := evaluated(t, evaluate.Config{Path: "p.csv", Score: "s", Open: files.all}, terms(t, plain+"groups: "+c.groups+"\n"), evaluate.Needs{Metrics: []string{"recall", "accuracy"}}, evaluate.Against{})
			if got := groupsOf(e); !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			for _, s := range e.Slices {
				f := s.Metrics["accuracy"]
				if (s.Rows == 0) != (f.Value == nil) || s.Rows == 0 && (f.Undefined != "no rows" || f.Support != 0) {
					t.Errorf("%s of %d rows: %+v", s.Groups, s.Rows, f)
				}
			}
		})
	}
	files := memory{"p.csv": lines("y,s,g,n", "1,1,a,1", "0,1,,2", "0,1,,")}
	e := evaluated(t, evaluate.Config{Path: "p.csv", Score: "s", Open: files.all}, terms(t, plain+"groups: [{column: g}, {column: n, bins: [2]}]\n"), evaluate.Needs{}, evaluate.Against{})
	if want := map[string]int64{"g": 2, "n": 1}; !maps.Equal(e.Missing, want) {
		t.Errorf("missing %v, want %v", e.Missing, want)
	}
}

// TestAlong finds the slices of a dimension, and none is an error.
func TestAlong(t *testing.T) {
	files := memory{"p.csv": lines(append([]string{header}, rowsOf(100)...)...)}
	e := evaluated(t, evaluate.Config{Path: "p.csv", ID: "id", Score: "score", Open: files.all}, terms(t, grouping), evaluate.Needs{}, evaluate.Against{})
	for dimension, want := range map[string]int{"sex": 2, "age": 4, "region": 3, "sex * age": 8, "age×sex": 8} {
		if got, err := e.Along(dimension); err != nil || len(got) != want {
			t.Errorf("%d slices along %s (%v), want %d", len(got), dimension, err, want)
		}
	}
	for _, dimension := range []string{"", "sx", "sex * sx", "sex * region"} {
		if got, err := e.Along(dimension); err == nil {
			t.Errorf("%d slices along %q", len(got), dimension)
		}
	}
	if _, ok := e.Comparison("champion"); ok || e.Rival("champion") != "" {
		t.Error("a comparison with nobody")
	}
}

// TestLabels: the positive value is any text; a file of one class has rates of that class only, whatever the model says.
func TestLabels(t *testing.T) {
	for name, c := range map[string]struct {
		positive, file string
		counts         sweep.Counts
	}{
		"yes and no":              {"positive: \"yes\"\n", lines("y,s,call", "yes,0.9,yes", "no,0.9,yes", "no,0.1,no", "yes,0.2,no"), sweep.Counts{TP: 1, FP: 1, TN: 1, FN: 1}},
		"booleans":                {"positive: \"true\"\n", lines("y,s,call", "true,0.9,true", "false,0.2,false"), sweep.Counts{TP: 1, TN: 1}},
		"the other way":           {"positive: 0\n", lines("y,s,call", "0,0.9,0", "1,0.9,0", "1,0.2,1"), sweep.Counts{TP: 1, FP: 1, TN: 1}},
		"numbers":                 {"positive: -1.5\n", lines("y,s,call", "-1.50,0.9,-1.5", "2,0.1,2"), sweep.Counts{TP: 1, TN: 1}},
		"only positives":          {"", lines("y,s,call", "1,0.9,1", "1,0.2,0"), sweep.Counts{TP: 1, FN: 1}},
		"only negatives":          {"", lines("y,s,call", "0,0.9,1", "0,0.2,0"), sweep.Counts{FP: 1, TN: 1}},
		"no word for no":          {"positive: \"yes\"\n", lines("y,s,call", "yes,0.9,yes", "yes,0.2,nope"), sweep.Counts{TP: 1, FN: 1}},
		"calls of one kind alone": {"", lines("y,s,call", "0,0.1,0", "1,0.2,0"), sweep.Counts{TN: 1, FN: 1}},
	} {
		for _, both := range []bool{true, false} {
			config := evaluate.Config{Path: "p.csv", Prediction: "call", Open: memory{"p.csv": c.file}.all}
			if both {
				config.Score = "s"
			}
			e := evaluated(t, config, terms(t, plain+c.positive), evaluate.Needs{}, evaluate.Against{})
			if got := *e.Overall().Counts; got != c.counts {
				t.Errorf("%s, with scores %v: %+v, want %+v", name, both, got, c.counts)
			}
			if f := e.Overall().Metrics["roc_auc"]; !both && (f.Value != nil || f.Undefined != "there is no score column" || f.Support != min(c.counts.TP+c.counts.FN, c.counts.FP+c.counts.TN) || len(e.Curves) > 0) {
				t.Errorf("%s: ROC AUC of predictions: %+v", name, f)
			}
		}
	}
	twoWords := memory{"p.csv": lines("y,call", "yes,nope", "yes,never")}
	if _, err := evaluate.Run(t.Context(), evaluate.Config{Path: "p.csv", Prediction: "call", Open: twoWords.all}, terms(t, plain+"positive: \"yes\"\n"), evaluate.Needs{}, evaluate.Against{}); err == nil {
		t.Error("two words for no are read as one")
	}
}

// TestOutside: scores that are no probabilities have no losses, also where only the rival's are none. What cannot be is told, and the rest stands.
func TestOutside(t *testing.T) {
	files := memory{"p.csv": lines("id,y,s,r", "a,1,0.9,2", "b,0,0.4,0.1", "c,1,0.3,0.5", "d,0,0.6,0.2")}
	e := evaluated(t, evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Open: files.all}, terms(t, plain), evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Column: "r"}}})
	if f := e.Overall().Metrics["log_loss"]; f.Value == nil {
		t.Errorf("our log loss: %+v", f)
	}
	c, _ := e.Comparison("champion")
	if f := c.Slices[0].Metrics["log_loss"]; f.Value != nil || f.Undefined != "1 scores lie outside [0, 1]: they are no probabilities" {
		t.Errorf("the difference of log losses: %+v", f)
	}
	encoded(t, e)
}

// TestRivals: from a column, a file or what was kept, a rival's scores give the same comparison; each is cut by its own type; rows without one are
// counted.
func TestRivals(t *testing.T) {
	rows := rowsOf(300)
	var rival []string
	for _, row := range rows {
		cells := strings.Split(row, ",")
		rival = append(rival, cells[0]+","+cells[6])
	}
	slices.Reverse(rival)
	files := memory{"p.csv": lines(append([]string{header}, rows...)...), "rival.csv": lines(append([]string{"who,how"}, rival...)...), "some.csv": lines(append([]string{"who,how"}, rival[:200]...)...)}
	config := evaluate.Config{Path: "p.csv", ID: "id", Score: "score", Open: files.all}
	needs := evaluate.Needs{}.Also("recall@0.9", "recall", "roc_auc", "average_precision", "brier_score")
	against := func(r evaluate.Rival) *evaluate.Evaluation {
		r.Name, r.Version = "champion", "m/7"
		return evaluated(t, config, terms(t, grouping), needs, evaluate.Against{Rivals: []evaluate.Rival{r}})
	}
	column := against(evaluate.Rival{Column: "other"})
	file := against(evaluate.Rival{Scores: files.open("rival.csv"), ID: "who", Score: "how"})
	if encoded(t, column.Comparisons) != encoded(t, file.Comparisons) {
		t.Error("a column's comparison is not that of the file")
	}
	if file.Rival("champion") != "m/7" || file.Inputs[1].Role != "champion" {
		t.Errorf("compared with %q, inputs %+v", file.Rival("champion"), file.Inputs)
	}
	overall := column.Comparisons[0].Slices[0].Metrics
	for name, why := range map[string]string{"recall@0.9": "a comparison at another cut than the threshold is not computed", "average_precision": "no method was shown to hold for a difference of average precision"} {
		if f := overall[name]; f.Value != nil || f.Undefined != why {
			t.Errorf("%s: %+v", name, f)
		}
	}

	// what Keep writes of the rival's own run
	var kept bytes.Buffer
	theirs := config
	theirs.Score = "other"
	e := evaluated(t, theirs, terms(t, grouping), evaluate.Needs{}, evaluate.Against{})
	if ok, err := evaluate.Keep(t.Context(), theirs, terms(t, grouping), e, &kept); !ok || err != nil {
		t.Fatal(ok, err)
	}
	files["kept.parquet"] = kept.String()
	own := evaluate.Rival{Scores: files.open("kept.parquet"), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	if encoded(t, against(own).Comparisons) != encoded(t, column.Comparisons) {
		t.Error("what was kept compares otherwise")
	}
	against(evaluate.Rival{Column: "other", Kept: files.open("kept.parquet")}) // and is what the column brings

	some := against(evaluate.Rival{Scores: files.open("some.csv"), ID: "who", Score: "how"})
	c, _ := some.Comparison("champion")
	if c.Rows != 200 || c.Unmatched != 100 || c.Slices[0].Rows != 200 || some.Overall().Rows != 300 {
		t.Errorf("%d rows compared, %d not, of %d", c.Rows, c.Unmatched, some.Overall().Rows)
	}
	if got, want := len(c.Slices), len(some.Slices); got != want {
		t.Errorf("%d slices are compared, of %d", got, want)
	}
}

// TestLeftOut: the rival's kept rows that are not among ours are counted, however its scores come; but other rows altogether are a new dataset,
// and a file may hold scores of more rows than were asked of it.
func TestLeftOut(t *testing.T) {
	files := memory{
		"p.csv":    lines("id,y,s,theirs", "a,1,0.9,0.8", "b,0,0.1,0.2", "c,1,0.4,0.6"),
		"kept":     parquet(t, text("id", "a", "b", "d", "e", "f"), numbers("label", 1, 0, 1, 0, 1), numbers("score", .8, .2, .1, .2, .3)),
		"old":      parquet(t, text("id", "x", "y"), numbers("label", 1, 0), numbers("score", .8, .2)),
		"file.csv": lines("id,score", "a,0.8", "b,0.2", "c,0.6", "d,0.1", "z,0.7"),
	}
	kept := func(name string) evaluate.Rival {
		return evaluate.Rival{Scores: files.open(name), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	}
	for name, c := range map[string]struct {
		rival                    evaluate.Rival
		rows, unmatched, leftOut int64
	}{
		"kept":               {kept("kept"), 2, 1, 3},
		"a column":           {evaluate.Rival{Column: "theirs", Kept: files.open("kept")}, 3, 0, 3},
		"a file":             {evaluate.Rival{Scores: files.open("file.csv"), ID: "id", Score: "score", Kept: files.open("kept")}, 3, 0, 3},
		"a column, new rows": {evaluate.Rival{Column: "theirs", Kept: files.open("old")}, 3, 0, 0},
		"a file, new rows":   {evaluate.Rival{Scores: files.open("file.csv"), ID: "id", Score: "score", Kept: files.open("old")}, 3, 0, 0},
		"a column alone":     {evaluate.Rival{Column: "theirs"}, 3, 0, 0},
		"a file alone":       {evaluate.Rival{Scores: files.open("file.csv"), ID: "id", Score: "score"}, 3, 0, 0},
	} {
		c.rival.Name = "champion"
		e := evaluated(t, evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Open: files.all}, terms(t, plain), evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{c.rival}})
		if got := e.Comparisons[0]; got.Rows != c.rows || got.Unmatched != c.unmatched || got.LeftOut != c.leftOut {
			t.Errorf("%s: %d rows, %d unmatched, %d left out", name, got.Rows, got.Unmatched, got.LeftOut)
		}
	}
}

func text(name string, cells ...string) table.Column {
	return table.Column{Name: name, Type: table.Text, Texts: cells}
}
func numbers(name string, xs ...float64) table.Column {
	return table.Column{Name: name, Type: table.Float64, Numbers: xs}
}

// TestSelf: a model does not differ from itself, where it has a figure at all. No scores of a rival are needed, nor any scores.
func TestSelf(t *testing.T) {
	files := memory{"p.csv": lines("id,y,s,call,g", "a,1,0.9,1,x", "b,0,0.1,0,x", "c,1,0.4,0,y")}
	against := evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Version: "m/1", Self: true}}}
	for _, c := range []evaluate.Config{{Path: "p.csv", Score: "s"}, {Path: "p.csv", Prediction: "call"}} {
		c.Open = files.all
		e := evaluated(t, c, terms(t, plain+"groups: [{column: g}]\n"), evaluate.Needs{}.Also("recall", "fpr", "roc_auc"), against)
		got, _ := e.Comparison("champion")
		if got.Rows != 3 || got.Unmatched != 0 || got.LeftOut != 0 || !got.Paired || got.Version != "m/1" || len(got.Slices) != 3 {
			t.Fatalf("%+v", got)
		}
		for _, s := range got.Slices {
			for name, f := range s.Metrics {
				none := name == "false_positive_rate" && s.Groups["g"] == "y" || name == "roc_auc" && (s.Groups["g"] == "y" || c.Score == "")
				if none != (f.Value == nil) || none != (f.Undefined != "") || !none && (*f.Value != 0 || !f.Basis.IsSame() || *f.Interval != stats.Interval{Level: .95, Method: "same"}) {
					t.Errorf("%s for %s: %+v", name, s.Groups, f)
				}
			}
		}
	}
}

// TestRivalsTypes: 0.9 as float32 and as float64 both reach the threshold 0.9, each in its own type, and are the same score where one of them was kept.
func TestRivalsTypes(t *testing.T) {
	id := table.Column{Name: "id", Type: table.Text, Texts: []string{"a", "b", "c"}}
	label := table.Column{Name: "label", Type: table.Integer, Numbers: []float64{1, 1, 0}}
	narrow := table.Column{Name: "score", Type: table.Float32, Numbers: []float64{float64(float32(0.9)), float64(float32(0.7)), 0.25}}
	wide := table.Column{Name: "score", Type: table.Float64, Numbers: []float64{0.9, 0.7, 0.25}}
	files := memory{"narrow": parquet(t, id, label, narrow), "wide": parquet(t, id, label, wide), "wide.csv": lines("id,label,score", "a,1,0.9", "b,1,0.7", "c,0,0.25")}
	for _, threshold := range []string{"0.9", "0.7"} {
		for ours, rivals := range map[string][]string{"narrow": {"wide", "wide.csv", "narrow"}, "wide": {"narrow"}} {
			for _, rival := range rivals {
				kept := map[bool]string{true: "wide", false: "narrow"}[rival == "narrow"]
				e := evaluated(t, evaluate.Config{Path: ours, ID: "id", Score: "score", Open: files.all}, terms(t, "task: binary\nlabel: label\nthreshold: "+threshold+"\n"), evaluate.Needs{},
					evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Scores: files.open(rival), ID: "id", Score: "score", Label: "label", Kept: files.open(kept)}}})
				c, _ := e.Comparison("champion")
				if f := c.Slices[0].Metrics["recall"]; f.Value == nil || *f.Value != 0 {
					t.Errorf("%s against %s at %s: recall differs by %v", ours, rival, threshold, *f.Value)
				}
			}
		}
	}
}

// TestDrift: columns of numbers and of texts, the score by its role, and a text column that was all missing.
func TestDrift(t *testing.T) {
	files := memory{
		"p.csv":    lines("y,p,g,n,m", "1,0.9,x,1,z", "0,0.1,y,2,z", "1,0.8,x,3,", "0,0.2,w,4,z"),
		"base.csv": lines(append([]string{"p,g,n,m,score"}, slices.Repeat([]string{"0.9,x,1,,7", "0.2,y,2,,7", "0.7,x,3,,7", "0.3,y,4,,7"}, 11)...)...),
	}
	c := evaluate.Config{Path: "p.csv", Score: "p", Baseline: "base.csv", Open: files.all}
	needs := evaluate.Needs{Metrics: []string{"recall"}, Drift: map[string][]string{"psi": {"score", "g", "n", "m"}}}
	b, err := evaluate.Profile(t.Context(), c, needs)
	if err != nil {
		t.Fatal(err)
	}
	// baseline.json
	var back evaluate.Baseline
	if err := schema.Decode("baseline", "baseline.json", []byte(encoded(t, b)), &back); err != nil {
		t.Fatal(err)
	}
	e := evaluated(t, c, terms(t, plain), needs, evaluate.Against{Baseline: &back})
	if len(e.Drift) != 4 {
		t.Fatalf("%d shifts", len(e.Drift))
	}
	for _, s := range e.Drift {
		if s.Distance != "psi" || s.Baseline != "base.csv" || s.Figure.Value == nil || s.Figure.Support != 4 || s.Figure.Interval == nil {
			t.Errorf("%+v", s)
		}
	}
	if last := e.Inputs[len(e.Inputs)-1]; last.Role != "baseline" || last.Rows != 44 {
		t.Errorf("inputs %+v", e.Inputs)
	}
	if none, err := evaluate.Profile(t.Context(), c, evaluate.Needs{}); none != nil || err != nil {
		t.Errorf("a baseline of no columns: %v, %v", none, err)
	}
	c.Baseline = ""
	if none, err := evaluate.Profile(t.Context(), c, needs); none != nil || err != nil {
		t.Errorf("a baseline of no file: %v, %v", none, err)
	}
}

// TestBaselineDataset: a baseline is of its ids and labels, whatever a model scores them; where it has none, of its file.
func TestBaselineDataset(t *testing.T) {
	needs := evaluate.Needs{Drift: map[string][]string{"psi": {"s"}}, Terms: terms(t, plain+"positive: \"yes\"\n")}
	of := func(id string, rows ...string) *evaluate.Baseline {
		files := memory{"base.csv": lines(rows...)}
		b, err := evaluate.Profile(t.Context(), evaluate.Config{Path: "p.csv", ID: id, Score: "s", Baseline: "base.csv", Open: files.all}, needs)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	rows := []string{"id,y,s", "a,yes,0.9", "b,no,0.1"}
	files := memory{"p.csv": lines(rows...)}
	want := evaluated(t, evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Open: files.all}, needs.Terms, evaluate.Needs{}, evaluate.Against{}).Dataset
	for name, same := range map[string]*evaluate.Baseline{"the rows": of("id", rows...), "other scores, another order": of("id", "id,s,y", "b,0.3,no", "a,0.2,yes")} {
		if same.Dataset != want {
			t.Errorf("%s: %s, and the evaluation's %s", name, same.Dataset, want)
		}
	}
	if other := of("id", "id,y,s", "a,no,0.9", "b,yes,0.1"); other.Dataset == want || other.Dataset == other.Input.SHA256 {
		t.Error("other labels are not another dataset")
	}
	for name, b := range map[string]*evaluate.Baseline{
		"no id named": of("", rows...), "no id": of("id", "y,s", "yes,0.9", "no,0.1"), "no label": of("id", "id,s", "a,0.9", "b,0.1"),
		"an id twice": of("id", "id,y,s", "a,yes,0.9", "a,no,0.1"), "no value": of("id", "id,y,s", "a,yes,0.9", "b,,0.1"),
	} {
		if b.Dataset != b.Input.SHA256 || b.Dataset == "" {
			t.Errorf("%s: %s, and the file is %s", name, b.Dataset, b.Input.SHA256)
		}
	}
}

// TestStoredBaseline: a .json file is a baseline as it was stored, and one that is none is told.
func TestStoredBaseline(t *testing.T) {
	files := memory{"base.csv": lines("id,y,s", "a,1,0.9", "b,0,0.1")}
	c := evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Baseline: "base.csv", Open: files.all}
	needs := evaluate.Needs{Drift: map[string][]string{"psi": {"s"}}, Terms: terms(t, plain)}
	want, err := evaluate.Profile(t.Context(), c, needs)
	if err != nil {
		t.Fatal(err)
	}
	files["base.json"] = encoded(t, want)
	c.Baseline = "base.json"
	got, err := evaluate.Profile(t.Context(), c, needs)
	if err != nil {
		t.Fatal(err)
	}
	if encoded(t, got) != encoded(t, want) || got.Input.Path != "base.csv" {
		t.Errorf("%+v, want %+v", got, want)
	}
	if none, err := evaluate.Profile(t.Context(), c, evaluate.Needs{}); none != nil || err != nil {
		t.Errorf("a baseline of nothing that is measured: %v, %v", none, err)
	}
	for name, text := range map[string]string{
		"rows": lines("id,y,s", "a,1,0.9"), "other JSON": "{}", "no dataset": strings.Replace(files["base.json"], `"dataset"`, `"data"`, 1),
		"more rows than counted": strings.Replace(files["base.json"], `"rows":2}},`, `"rows":3}},`, 1), "empty": "",
	} {
		if text == files["base.json"] {
			t.Fatalf("%s: it is as it was: %s", name, text)
		}
		files["bad.json"] = text
		c.Baseline = "bad.json"
		if b, err := evaluate.Profile(t.Context(), c, needs); b != nil || err == nil || !strings.HasPrefix(coded(err), "bad-baseline: bad.json: ") {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
	c.Baseline, c.Open = "nowhere.json", table.FromPath
	if _, err := evaluate.Profile(t.Context(), c, needs); err == nil || coded(err) != "no-such-file: nowhere.json: no such file" {
		t.Errorf("no file: %v", err)
	}
}

// TestEvaluationJSON: an evaluation comes back from evaluation.json as it was, and its terms as a policy has them.
func TestEvaluationJSON(t *testing.T) {
	files := memory{"p.csv": lines(append([]string{header}, rowsOf(120)...)...)}
	e := evaluated(t, evaluate.Config{Path: "p.csv", ID: "id", Score: "score", Open: files.all}, terms(t, grouping), evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Column: "other"}}})
	first := encoded(t, e)
	var back evaluate.Evaluation
	if err := schema.Decode("evaluation", "evaluation.json", []byte(first), &back); err != nil {
		t.Fatal(err)
	}
	if second := encoded(t, back); first != second {
		t.Errorf("%s\nbecame\n%s", first, second)
	}
	if d, ok := back.Terms.Dimension("region×sex * age"); !ok || len(d.Cross) != 3 {
		t.Errorf("the cross is %+v", d)
	}
}

func TestColumns(t *testing.T) {
	c := evaluate.Config{Path: "p.csv", ID: "id", Score: "s"}
	if want := map[string]string{"id": "id", "score": "s"}; !maps.Equal(c.Columns(), want) {
		t.Errorf("columns %v", c.Columns())
	}
}
