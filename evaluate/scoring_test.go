package evaluate_test

import (
	"fmt"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// TestScoringRates: of labelled rows they are computed where somebody asks for them, with NumPy's counts, and are the same bits whatever the order, the
// workers and the memory.
func TestScoringRates(t *testing.T) {
	var o struct {
		Scores struct {
			Data   struct{ Path, SHA256 string }
			Slices []figuresOf
		}
	}
	readOracle(t, "latency.json", &o)
	want := map[string]float64{}
	for _, s := range o.Scores.Slices {
		want[s.Groups.String()] = *s.Metrics["scoring_rate"]
	}
	c := evaluate.Config{Path: o.Scores.Data.Path, Score: "score", Open: open}
	terms := censusTerms(evaluate.Dimension{Name: "SEX", Column: "SEX"}, evaluate.Dimension{Name: "DIS", Column: "DIS"})
	asked := evaluate.Needs{Metrics: []string{"scoring_rate"}}
	e := evaluated(t, c, terms, asked, evaluate.Against{})
	compared := 0
	for _, s := range e.Slices {
		f := s.Metrics["scoring_rate"]
		w, ok := want[s.Groups.String()]
		if !ok {
			continue
		}
		compared++
		if f.Value == nil || *f.Value != w || s.Above == nil || float64(*s.Above)/float64(s.Rows) != w || f.Basis.Method == "" {
			t.Errorf("%s: %+v, want %v", s.Groups, f, w)
		}
	}
	if compared != len(want) {
		t.Errorf("%d of %d slices", compared, len(want))
	}
	if d, ok := e.Disparity("scoring_rate_ratio", "SEX"); !ok || d.Value == nil || d.Interval == nil {
		t.Errorf("%+v", d)
	}
	once := encoded(t, e)
	for _, workers := range []int{1, 3} {
		for _, memory := range []int64{1 << 20, 1 << 30} {
			c.Workers, c.Memory = workers, memory
			if encoded(t, evaluated(t, c, terms, asked, evaluate.Against{})) != once {
				t.Errorf("%d workers and %d bytes change the evaluation", workers, memory)
			}
		}
	}
	if e := evaluated(t, c, terms, evaluate.Needs{Metrics: []string{"recall"}}, evaluate.Against{}); e.Overall().Above != nil {
		t.Error("rows above the median, for which nobody asked")
	}
}

// TestScoringRateByHand: of scores 1, 2, 2, 3 the median is 2, and 3 lies above it; of 1, 2, 3, 4 it is 2.5.
func TestScoringRateByHand(t *testing.T) {
	for _, x := range []struct {
		scores []float64
		want   map[string]float64
	}{
		{[]float64{1, 2, 2, 3}, map[string]float64{"overall": 0.25, "g = a": 0, "g = b": 0.5}},
		{[]float64{4, 1, 2, 3}, map[string]float64{"overall": 0.5, "g = a": 0.5, "g = b": 0.5}},
		{[]float64{5, 5, 5, 5}, map[string]float64{"overall": 0, "g = a": 0, "g = b": 0}},
		{[]float64{-1, 0, 7}, map[string]float64{"overall": 1. / 3, "g = a": 0, "g = b": 1}},
	} {
		text := asCSV([]string{"y", "s", "g"}, []string{"1", "0", "1", "0"}[:len(x.scores)], x.scores, []string{"a", "a", "b", "b"}[:len(x.scores)])
		c := evaluate.Config{Path: "a.csv", Score: "s", Open: inMemory(text)}
		e := evaluated(t, c, terms(t, "task: binary\nlabel: y\ngroups: [{column: g}]\n"), evaluate.Needs{Metrics: []string{"scoring_rate"}}, evaluate.Against{})
		for _, s := range e.Slices {
			f := s.Metrics["scoring_rate"]
			if f.Value == nil || fmt.Sprint(*f.Value) != fmt.Sprint(x.want[s.Groups.String()]) {
				t.Errorf("%v, %s: %+v", x.scores, s.Groups, f)
			}
		}
	}
}
