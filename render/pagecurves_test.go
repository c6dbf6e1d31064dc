package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

func TestReadOff(t *testing.T) {
	points := [][]float64{{0, 0}, {0, 0.5}, {0.5, 0.5}, {0.75, 0.2}, {0.75, 1}}
	for x, want := range map[float64]float64{0: 0.5, 0.25: 0.5, 0.625: 0.35, 0.75: 1} {
		if got, ok := readOff(points, x, 1); !ok || got != want {
			t.Errorf("at %v it is %v, %v, want %v", x, got, ok, want)
		}
	}
	for _, x := range []float64{-0.1, 0.8} {
		if got, ok := readOff(points, x, 1); ok {
			t.Errorf("beyond the curve, at %v, it is %v", x, got)
		}
	}
}

// TestReadTable: a place beyond the curve has no row, and how well the curve is known is told.
func TestReadTable(t *testing.T) {
	points := [][]float64{{0.2, 1, 0}, {1, 0.2, 1}}
	x := readTable(points, 0.004, []string{"x", "y", "z"}, []int{1, 2}, tenths(0, 1), evaluate.Number)
	if len(x.Rows) != 9 || strings.Join(x.Rows[0], " ") != "0.2 1.000 0.000" || x.Note != "Read off the curve, which is kept to within 0.0040." {
		t.Errorf("%d rows: %+v", len(x.Rows), x)
	}
	if x = readTable(points, 0.0001, []string{"x", "y"}, []int{1}, []float64{0.5}, evaluate.Number); x.Note != "" {
		t.Errorf("%q of an error that no figure here shows", x.Note)
	}
}

func TestTenths(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {0.00002, 0.61}, {-4.2, 3.9}, {-1e9, 7}, {0.5, 0.5}, {12, 13}} {
		all := tenths(r[0], r[1])
		if len(all) < 3 || len(all) > 21 || !slices.IsSorted(all) || all[0] > r[0] || all[len(all)-1] < r[1] {
			t.Errorf("from %v to %v: %v", r[0], r[1], all)
		}
	}
	if got := fmt.Sprintf("%.1f", tenths(0, 1)); got != "[0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0]" {
		t.Error(got)
	}
}

// TestSmalls: twelve groups have small curves, and who has too few rows of a class has none, and is not counted among those that are left.
func TestSmalls(t *testing.T) {
	e := &evaluate.Evaluation{Terms: evaluate.Terms{Task: "binary", Groups: []evaluate.Dimension{{Name: "g", Column: "g"}}}}
	add := func(g evaluate.Groups, positives int64) {
		e.Slices = append(e.Slices, evaluate.Slice{Groups: g, Rows: 100, Counts: &sweep.Counts{TP: positives - 1, FN: 1, FP: 10, TN: 90 - positives}, Metrics: map[string]evaluate.Figure{}})
		e.Curves = append(e.Curves, evaluate.Curve{Name: evaluate.CurveROC, Groups: g, Points: [][]float64{{0, 0}, {0.1, 0.8}, {1, 1}}},
			evaluate.Curve{Name: evaluate.CurveCalibration, Groups: g, Points: [][]float64{{0.2, 0.1, 0.05, 0.3, 50}, {0.4, 0.6, 0.5, 0.7, 50}}})
	}
	add(evaluate.Groups{}, 50)
	for i := range 15 {
		add(evaluate.Groups{"g": fmt.Sprint("group ", i)}, 50-int64(i%2)*25) // 25 are too few
	}
	b := smalls(e, []string{"g"})
	if len(b.Groups) != 8 || b.More != 0 || b.Groups[1].Name != "group 2" {
		t.Errorf("%d groups and %d more: %+v", len(b.Groups), b.More, b.Groups)
	}
	for i := range 9 {
		add(evaluate.Groups{"g": fmt.Sprint("more ", i)}, 50)
	}
	b = smalls(e, []string{"g"})
	if len(b.Groups) != 12 || b.More != 5 {
		t.Errorf("%d groups and %d more", len(b.Groups), b.More)
	}
	for _, want := range []string{"<title>ROC curve, group 0</title>", "at a false positive rate of 0.1 a recall of 0.800, overall of 0.800"} {
		if !strings.Contains(string(b.Groups[0].Plots[0]), want) {
			t.Errorf("%q is not in %s", want, b.Groups[0].Plots[0])
		}
	}
	if want := "1 of 2 bins lie off the diagonal by more than their interval"; !strings.Contains(string(b.Groups[0].Plots[1]), want) {
		t.Errorf("%q is not in %s", want, b.Groups[0].Plots[1])
	}
	if b := smalls(&evaluate.Evaluation{Slices: e.Slices[:1]}, nil); b != nil {
		t.Errorf("curves of no group: %+v", b)
	}
}

// TestSpreads: percentiles are drawn of what has them; many groups are folded, and a few rows are marked.
func TestSpreads(t *testing.T) {
	for name, want := range map[string]string{"regression": "errors latency", "scores": "scores", "multiclass": "", "failed": ""} {
		v := views(t)[name]
		var ids []string
		for _, b := range spreads(v.evaluation(), dimensions(v.evaluation(), v.report())) {
			ids = append(ids, b.ID)
			if len(b.Overall) != 1 || b.Overall[0].Value == "–" || b.Overall[0].Interval == "" || b.Overall[0].Plot == "" || !b.Open {
				t.Errorf("%s: %+v", name, b)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	e := *tasks(t)["scores"].evaluation()
	e.Slices = slices.Clone(e.Slices)
	few := e.Slices[1]
	few.Groups, few.Rows = evaluate.Groups{"sex": "few"}, 29
	e.Slices = append(e.Slices, few)
	for i := range 10 {
		more := few
		more.Groups, more.Rows = evaluate.Groups{"sex": fmt.Sprint("more ", i)}, 30
		e.Slices = append(e.Slices, more)
	}
	b := spreads(&e, []string{"sex"})[0]
	if rows := b.Dimensions[0].Rows; b.Open || len(rows) != 13 || rows[2].Mark != "too few" || rows[3].Mark != "" {
		t.Errorf("open %v: %+v", b.Open, rows)
	}
}

// TestPrecisionBegins: a curve whose beginning cannot be told says where it begins.
func TestPrecisionBegins(t *testing.T) {
	for from, want := range map[float64]bool{0.0001: false, 0.08: true} {
		e := &evaluate.Evaluation{Slices: []evaluate.Slice{{}}, Curves: []evaluate.Curve{{Name: evaluate.CurvePrecisionRecall, Points: [][]float64{{from, 1}, {1, 0.5}}}}}
		if b := precisionRecall(e); strings.Contains(b.Words, "begins at a recall of 0.080") != want || b.Plot == "" {
			t.Errorf("from %v: %s", from, b.Words)
		}
	}
}
