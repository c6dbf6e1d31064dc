package evaluate_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
)

// inMemory opens a text as the file of every name.
func inMemory(text string) func(string) ([]table.Source, error) {
	return func(name string) ([]table.Source, error) { return memory{name: text}.all(name) }
}

// asCSV writes columns of one length.
func asCSV(names []string, columns ...any) string {
	var b strings.Builder
	b.WriteString(strings.Join(names, ",") + "\n")
	cell := func(column any, i int) (string, bool) {
		switch c := column.(type) {
		case []string:
			if i < len(c) {
				return c[i], true
			}
		case []float64:
			if i < len(c) {
				return fmt.Sprint(c[i]), true
			}
		case []int:
			if i < len(c) {
				return fmt.Sprint(c[i]), true
			}
		}
		return "", false
	}
	for i := 0; ; i++ {
		var line []string
		for _, column := range columns {
			text, ok := cell(column, i)
			if !ok {
				return b.String()
			}
			line = append(line, text)
		}
		b.WriteString(strings.Join(line, ",") + "\n")
	}
}

// figuresOf are a slice's figures by a peer.
type figuresOf struct {
	Groups  evaluate.Groups
	Rows    int64
	Metrics map[string]*float64
}

// agrees holds every figure of every slice to the peer's: to a tolerance, of 1 or of the figure where that is larger. A figure that the peer has
// not is undefined, for a reason.
func agrees(t *testing.T, got *evaluate.Evaluation, want []figuresOf, tolerance float64) (compared int, worst float64) {
	t.Helper()
	all := map[string]evaluate.Slice{}
	for _, s := range got.Slices {
		all[s.Groups.String()] = s
	}
	if len(all) != len(want) {
		t.Errorf("%d slices, want %d", len(all), len(want))
	}
	for _, w := range want {
		s, ok := all[w.Groups.String()]
		if !ok || s.Rows != w.Rows {
			t.Errorf("%s: %d rows, want %d", w.Groups, s.Rows, w.Rows)
			continue
		}
		for name, v := range w.Metrics {
			f, ok := s.Metrics[name]
			switch {
			case !ok:
				t.Errorf("%s: no %s", w.Groups, name)
			case v == nil || f.Value == nil:
				if v != nil || f.Value != nil || f.Undefined == "" {
					t.Errorf("%s: %s is %v (%q), want %v", w.Groups, name, f.Value, f.Undefined, v)
				}
			default:
				d := math.Abs(*f.Value-*v) / math.Max(1, math.Abs(*v))
				if worst = math.Max(worst, d); !(d <= tolerance) {
					t.Errorf("%s: %s is %.17g, want %.17g", w.Groups, name, *f.Value, *v)
				}
				if f.Basis.Method != "" && !(math.Abs(f.Basis.Value()-*f.Value) <= 1e-9*math.Max(1, math.Abs(*f.Value))) {
					t.Errorf("%s: %s is %v, and %v by its basis", w.Groups, name, *f.Value, f.Basis.Value())
				}
			}
			compared++
		}
	}
	return compared, worst
}

// TestLatencyEqualsNumPy holds means and percentiles of every slice to NumPy's, with rows that are kept and with rows that are read again.
func TestLatencyEqualsNumPy(t *testing.T) {
	var o struct {
		Evaluations []struct {
			Data   struct{ Path, SHA256 string }
			Column string
			Slices []figuresOf
		}
		Tables []struct {
			Name    string
			Group   []string
			Latency []float64
			Slices  []figuresOf
		}
	}
	readOracle(t, "latency.json", &o)
	if len(o.Evaluations) == 0 || len(o.Tables) == 0 {
		t.Fatal("the oracle is empty")
	}
	names := slices.Sorted(maps.Keys(o.Tables[0].Slices[0].Metrics))
	compared, worst := 0, 0.0
	count := func(t *testing.T, got *evaluate.Evaluation, err error, want []figuresOf) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		n, d := agrees(t, got, want, 1e-12)
		compared, worst = compared+n, math.Max(worst, d)
	}
	for _, want := range o.Evaluations {
		for _, memory := range []int64{0, 1} {
			t.Run(fmt.Sprintf("%s %d", want.Column, memory), func(t *testing.T) {
				c := evaluate.Config{Path: want.Data.Path, Score: "score", Latency: want.Column, Open: open, Memory: memory, Workers: 2}
				groups := []evaluate.Dimension{{Name: "SEX", Column: "SEX"}, {Name: "DIS", Column: "DIS"}, {Name: "RAC1P", Column: "RAC1P"}}
				got, err := evaluate.Run(t.Context(), c, censusTerms(groups...), evaluate.Needs{Metrics: names}, evaluate.Against{})
				count(t, got, err, want.Slices)
			})
		}
	}
	for _, want := range o.Tables {
		t.Run(want.Name, func(t *testing.T) {
			labels := make([]int, len(want.Group))
			text := asCSV([]string{"label", "score", "group", "latency"}, labels, labels, want.Group, want.Latency)
			c := evaluate.Config{Path: "rows.csv", Score: "score", Latency: "latency", Open: inMemory(text)}
			got, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "binary", Label: "label", Positive: "1", Threshold: &half, Groups: []evaluate.Dimension{{Name: "group", Column: "group"}}},
				evaluate.Needs{Metrics: names}, evaluate.Against{})
			count(t, got, err, want.Slices)
		})
	}
	t.Logf("%d figures, the worst %.2g apart", compared, worst)
}

// TestLatencyHasLimits: an upper limit takes rows, and a column takes being there.
func TestLatencyHasLimits(t *testing.T) {
	run := func(rows int, c evaluate.Config) map[string]evaluate.Figure {
		t.Helper()
		labels, latency := make([]int, rows), make([]float64, rows)
		for i := range rows {
			labels[i], latency[i] = i%2, float64((i*7919)%rows)
		}
		c.Path, c.Score, c.Open = "rows.csv", "label", inMemory(asCSV([]string{"label", "latency"}, labels, latency))
		got, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "binary", Label: "label", Positive: "1", Threshold: &half},
			evaluate.Needs{Metrics: []string{"latency_mean", "latency_p50", "p99_latency", "latency_p99.9"}}, evaluate.Against{})
		if err != nil {
			t.Fatal(err)
		}
		return got.Overall().Metrics
	}
	// docs/statistics.md: an upper limit for p99 needs 368 rows, for p99.9 3,688
	for rows, want := range map[int][2]bool{367: {false, false}, 368: {true, false}, 3687: {true, false}, 3688: {true, true}} {
		m := run(rows, evaluate.Config{Latency: "latency"})
		for i, name := range []string{"latency_p99", "latency_p999"} {
			if f := m[name]; (f.Interval != nil) != want[i] || math.IsInf(f.Basis.High(0.025), 1) == want[i] || (f.Without == "") != want[i] {
				t.Errorf("%s of %d rows: %+v", name, rows, f)
			}
		}
		if f := m["latency_p50"]; f.Interval == nil || !(f.Interval.Low < *f.Value && *f.Value < f.Interval.High) {
			t.Errorf("the median of %d rows: %+v", rows, f)
		}
		if f := m["latency_mean"]; f.Interval == nil || !(f.Interval.Low < *f.Value && *f.Value < f.Interval.High) {
			t.Errorf("the mean of %d rows: %+v", rows, f)
		}
	}
	for name, f := range run(400, evaluate.Config{}) {
		if f.Value != nil || f.Undefined != "there is no latency column" {
			t.Errorf("%s without a column: %+v", name, f)
		}
	}
}

// TestBadLatencies are refused.
func TestBadLatencies(t *testing.T) {
	for cell, want := range map[string]string{
		"":    "rows.csv: latency: 1 of 2 rows have no value (first: 2)",
		"NaN": "rows.csv: latency: 1 of 2 rows are NaN (first: 2)",
		"-1":  "rows.csv: latency: 1 of 2 rows took less than no time (first: row 2)",
		"inf": "rows.csv: latency: 1 of 2 rows are infinite (first: 2)",
	} {
		c := evaluate.Config{Path: "rows.csv", Score: "label", Latency: "latency", Open: inMemory("label,latency\n1,5\n0," + cell + "\n")}
		_, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "binary", Label: "label", Positive: "1", Threshold: &half}, evaluate.Needs{}, evaluate.Against{})
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", cell, err, want)
		}
	}
}
