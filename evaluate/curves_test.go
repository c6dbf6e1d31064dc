package evaluate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/schema"
)

// scoredRows are a file of random rows with a group column of so many values, and its labels and scores.
func scoredRows(rows, groups int) (file string, labels []float64, scores []float64) {
	random := rand.New(rand.NewPCG(11, 12))
	var b strings.Builder
	b.WriteString("y,s,g\n")
	for range rows {
		score := 1 / (1 + math.Exp(-1.5*random.NormFloat64()+1))
		label := 0
		if random.Float64() < score {
			label = 1
		}
		fmt.Fprintf(&b, "%d,%v,group %d\n", label, score, random.IntN(groups))
		labels, scores = append(labels, float64(label)), append(scores, score)
	}
	return b.String(), labels, scores
}

// TestCurvesFit: an evaluation of 60 slices with all default metrics and curves stays under 2 MB; all slices have all curves, of which each says how far off it is.
func TestCurvesFit(t *testing.T) {
	file, _, _ := scoredRows(60_000, 59)
	e := evaluated(t, evaluate.Config{Path: "a.csv", Score: "s", Open: memory{"a.csv": file}.all}, terms(t, "task: binary\nlabel: y\ngroups: [{column: g}]\n"), evaluate.Needs{}, evaluate.Against{})
	if len(e.Slices) != 60 {
		t.Fatalf("%d slices", len(e.Slices))
	}
	whole, err := schema.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	curves, err := schema.Encode(e.Curves)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, of which %d are curves", len(whole), len(curves))
	if len(whole) >= 2_000_000 {
		t.Errorf("an evaluation of 60 slices has %d bytes", len(whole))
	}
	if want := 5 * 60; len(e.Curves) != want {
		t.Errorf("%d curves, want %d", len(e.Curves), want)
	}
	worst := map[string]float64{}
	for _, c := range e.Curves {
		most := 50
		if len(c.Groups) == 0 {
			most = 200
		}
		if len(c.Points) > most || len(c.Points) < 2 {
			t.Errorf("%s of %s has %d points", c.Name, c.Groups, len(c.Points))
		}
		for _, p := range c.Points {
			if len(p) != len(c.Columns) {
				t.Fatalf("%s: %v are no %v", c.Name, p, c.Columns)
			}
		}
		worst[c.Name] = math.Max(worst[c.Name], c.Error)
	}
	t.Logf("the largest errors: %v", worst)
	for name, most := range map[string]float64{"roc": 0.05, "precision_recall": 0.08, "thresholds": 0.06, "calibration": 0, "scores": 0} {
		if worst[name] > most {
			t.Errorf("%s is off by up to %v", name, worst[name])
		}
	}
}

// TestCurvesAreWhole: each curve of overall lies within its error of the figures at every score; bins and bars have all rows.
func TestCurvesAreWhole(t *testing.T) {
	file, labels, scores := scoredRows(3000, 2)
	e := evaluated(t, evaluate.Config{Path: "a.csv", Score: "s", Open: memory{"a.csv": file}.all}, terms(t, "task: binary\nlabel: y\n"), evaluate.Needs{}, evaluate.Against{})
	curve := func(name string) evaluate.Curve {
		i := slices.IndexFunc(e.Curves, func(c evaluate.Curve) bool { return c.Name == name && len(c.Groups) == 0 })
		if i < 0 {
			t.Fatalf("no curve %s", name)
		}
		return e.Curves[i]
	}
	type row struct{ score, label float64 }
	var rows []row
	positives := 0.0
	for i := range labels {
		rows = append(rows, row{scores[i], labels[i]})
		positives += labels[i]
	}
	slices.SortFunc(rows, func(a, b row) int { return int(math.Copysign(1, b.score-a.score)) })
	n, tp := float64(len(rows)), 0.0
	compared := map[string]int{}
	hold := func(c evaluate.Curve, at ...float64) {
		for column := 1; column < len(at); column++ {
			off := away(c.Points, at[0], at[column], column)
			if off > c.Error+1e-12 {
				t.Fatalf("%s at %v: %s is %v, %v away from a curve that says %v", c.Name, at[0], c.Columns[column], at[column], off, c.Error)
			}
			if off >= 0 {
				compared[c.Name]++
			}
		}
	}
	roc, pr, thresholds := curve("roc"), curve("precision_recall"), curve("thresholds")
	for i, r := range rows {
		tp += r.label
		selected := float64(i + 1)
		fp := selected - tp
		hold(roc, fp/(n-positives), tp/positives)
		if r.label == 1 {
			hold(pr, tp/positives, tp/selected)
		}
		hold(thresholds, r.score, tp/selected, tp/positives, 2*tp/(selected+positives), selected/n)
	}
	for _, name := range []string{"roc", "precision_recall", "thresholds"} {
		if compared[name] < 500 {
			t.Errorf("%s was compared at %d places", name, compared[name])
		}
	}
	for name, columns := range map[string][]int{"calibration": {4}, "scores": {2, 3}} {
		sum := 0.0
		for _, p := range curve(name).Points {
			for _, c := range columns {
				sum += p[c]
			}
		}
		if sum != n {
			t.Errorf("%s has %v of %v rows", name, sum, n)
		}
	}
	for _, p := range curve("calibration").Points {
		if !(p[2] <= p[1] && p[1] <= p[3] && p[4] > 250 && p[4] < 350) {
			t.Errorf("a bin %v", p)
		}
	}
}

// TestCurvesOfErrors: percentiles of a regression's errors are errors that rows have, overall and of each group, and cost nothing where the median error does.
func TestCurvesOfErrors(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("y,s,g\n")
	errors := map[string][]float64{}
	for i := range 2000 {
		y, off := float64(random.IntN(1000)), float64(random.IntN(41)-15) // many are the same
		g := "few"
		if i > 4 {
			g = fmt.Sprint("group ", random.IntN(2))
		}
		fmt.Fprintf(&b, "%v,%v,%s\n", y, y+off, g)
		errors[""], errors[g] = append(errors[""], off), append(errors[g], off)
	}
	c := evaluate.Config{Path: "a.csv", Score: "s", Open: memory{"a.csv": b.String()}.all}
	of := terms(t, "task: regression\nlabel: y\ngroups: [{column: g}]\n")
	e := evaluated(t, c, of, evaluate.Needs{}, evaluate.Against{})
	if len(e.Curves) != 4 {
		t.Fatalf("%d curves of 4 slices", len(e.Curves))
	}
	for _, c := range e.Curves {
		sorted := slices.Sorted(slices.Values(errors[c.Groups["g"]]))
		if c.Name != "errors" || len(c.Points) != 5 || c.Error != 0 {
			t.Fatalf("%+v", c)
		}
		for i, share := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
			want := sorted[int(math.Ceil(share*float64(len(sorted))))-1]
			if p := c.Points[i]; p[0] != share || p[1] != want {
				t.Errorf("%s: %v, want %v at %v", c.Groups, p, want, share)
			}
		}
	}
	if e := evaluated(t, c, of, evaluate.Needs{Metrics: []string{"mean_bias"}}, evaluate.Against{}); len(e.Curves) != 0 {
		t.Errorf("%d curves where only the bias was asked for", len(e.Curves))
	}
	huge := evaluate.Config{Path: "b.csv", Score: "s", Open: memory{"b.csv": "y,s\n1,2\n1e200,-1e200\n"}.all}
	if e := evaluated(t, huge, terms(t, "task: regression\nlabel: y\n"), evaluate.Needs{}, evaluate.Against{}); len(e.Curves) != 0 {
		t.Errorf("%v of errors that no float64 can square", e.Curves)
	}
}

// away is how far a value lies from a line of points at x; −1 beyond its ends. Across a vertical piece the nearer counts.
func away(points [][]float64, x, value float64, column int) float64 {
	least := math.Inf(1)
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		switch low, high := math.Min(a[column], b[column]), math.Max(a[column], b[column]); {
		case x < a[0] || x > b[0]:
		case a[0] == b[0]:
			least = math.Min(least, math.Max(0, math.Max(low-value, value-high)))
		default:
			least = math.Min(least, math.Abs(value-a[column]-(b[column]-a[column])*(x-a[0])/(b[0]-a[0])))
		}
	}
	if math.IsInf(least, 1) {
		return -1
	}
	return least
}

// TestCurvesOnlyOfBands: figures that need no bands cost none; and where slices are very many, only overall has curves.
func TestCurvesOnlyOfBands(t *testing.T) {
	file, _, _ := scoredRows(2000, 250)
	c, groups := evaluate.Config{Path: "a.csv", Score: "s", Open: memory{"a.csv": file}.all}, terms(t, "task: binary\nlabel: y\ngroups: [{column: g}]\n")
	if e := evaluated(t, c, groups, evaluate.Needs{Metrics: []string{"recall", "roc_auc"}}, evaluate.Against{}); len(e.Curves) > 0 {
		t.Errorf("%d curves", len(e.Curves))
	}
	if e := evaluated(t, c, groups, evaluate.Needs{}, evaluate.Against{}); len(e.Curves) != 5 {
		t.Errorf("%d curves", len(e.Curves))
	}
	// scores that are no probabilities have no calibration; rows of one class only their histogram and, where they are, calibration
	logits := memory{"a.csv": "y,s\n1,3.5\n0,-2\n1,0.25\n0,1e300\n", "b.csv": "y,s\n1,0.5\n1,0.75\n"}
	for file, want := range map[string]string{"a.csv": "precision_recall roc scores thresholds", "b.csv": "calibration scores"} {
		e := evaluated(t, evaluate.Config{Path: file, Score: "s", Open: logits.all}, terms(t, "task: binary\nlabel: y\n"), evaluate.Needs{}, evaluate.Against{})
		var names []string
		for _, c := range e.Curves {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s has the curves %s, want %s", file, got, want)
		}
		if _, err := schema.Encode(e); err != nil {
			t.Error(err)
		}
	}
}
