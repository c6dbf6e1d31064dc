package evaluate_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// TestPrecisionAtAnotherPrevalence is the worked example of docs/statistics.md: a recall of .76 and a false positive rate of .0021 mean a
// precision of .997 where half of the rows are positive, and of .395 at 0.18 %.
func TestPrecisionAtAnotherPrevalence(t *testing.T) {
	half := sweep.Counts{TP: 7600, FN: 2400, FP: 21, TN: 9979}
	precision, _ := evaluate.Lookup("precision")
	v, err := precision.Value(statsOf(half))
	if err != nil || math.Abs(v-0.997) > 0.0005 {
		t.Errorf("at the sample's prevalence: %v (%v)", v, err)
	}
	// .76 × .0018 / (.76 × .0018 + .0021 × .9982) = .001368 / .00346422
	for _, to := range []stats.Reweighted{{Prevalence: 0.0018}, {Odds: 0.0018 / 0.9982}} {
		v, b, err := precision.Restated(half, to)
		if err != nil || math.Abs(v-0.001368/0.00346422) > 1e-12 || fmt.Sprintf("%.3f", v) != "0.395" {
			t.Errorf("at a prevalence of 0.18 %%: %v (%v)", v, err)
		}
		if low, high := b.Low(0.025), b.High(0.025); !(low > 0.25 && low < v && v < high && high < 0.52) {
			t.Errorf("its limits are %v and %v", low, high)
		}
	}
}

// sampled are rows in two groups, 40 positives and 80 negatives among the men, 10 and 70 among the women, of whom the model calls half, and a
// tenth, positive.
func sampled() memory {
	rows := []string{"y,score,sex"}
	add := func(n, y int, score float64, sex string) {
		for range n {
			rows = append(rows, fmt.Sprintf("%d,%v,%s", y, score, sex))
		}
	}
	add(20, 1, 0.9, "men")
	add(20, 1, 0.1, "men")
	add(8, 0, 0.9, "men")
	add(72, 0, 0.1, "men")
	add(5, 1, 0.9, "women")
	add(5, 1, 0.1, "women")
	add(7, 0, 0.9, "women")
	add(63, 0, 0.1, "women")
	return memory{"a.csv": lines(rows...)}
}

// TestStatedPrevalence: a positive row counts the same wherever it stands, so that overall has the stated share, and each group its own.
func TestStatedPrevalence(t *testing.T) {
	files := sampled()
	c := evaluate.Config{Path: "a.csv", Score: "score", Open: files.all}
	needs := evaluate.Needs{Metrics: append(evaluate.Shown(c, evaluate.Terms{Task: "binary"}), "scoring_rate")}
	of := func(sampling string) *evaluate.Evaluation {
		return evaluated(t, c, terms(t, "task: binary\nlabel: y\n"+sampling+"groups: [{column: sex}]\n"), needs, evaluate.Against{})
	}
	// 50 of 200 are positive; at 10 % a positive stands for (.1/.9)·(150/50) = 1/3 of a negative
	want := map[string]map[string]float64{
		"prevalence": {"overall": 0.1, "sex = men": 40.0 / 280, "sex = women": 10.0 / 220},
		"precision":  {"overall": 25.0 / 70, "sex = men": 20.0 / 44, "sex = women": 5.0 / 26},
		"accuracy":   {"overall": (25.0/3 + 135) / (50.0/3 + 150), "sex = men": (20.0/3 + 72) / (40.0/3 + 80), "sex = women": (5.0/3 + 63) / (10.0/3 + 70)},
		"recall":     {"overall": 0.5, "sex = men": 0.5, "sex = women": 0.5},
	}
	for _, s := range of("sampling: stratified\nprevalence: 0.1\n").Slices {
		for name, groups := range want {
			f := s.Metrics[name]
			if f.Value == nil || math.Abs(*f.Value-groups[s.Groups.String()]) > 1e-12 {
				t.Errorf("%s: %s is %v, want %v", s.Groups, name, f.Value, groups[s.Groups.String()])
			}
		}
		for _, m := range binaryMetrics() {
			f := s.Metrics[m.Name]
			state := ""
			switch {
			case m.Prevalence && m.Restated != nil:
				state = evaluate.StatedShare
			case m.Prevalence:
				state = evaluate.SampleShare
			}
			if f.Prevalence != state {
				t.Errorf("%s: %s holds at the share %q, want %q", s.Groups, m.Name, f.Prevalence, state)
			}
			if f.Value != nil && f.Interval == nil && f.Without == "" {
				t.Errorf("%s: %s has no interval, and nothing says why", s.Groups, m.Name)
			}
		}
	}
	for sampling, state := range map[string]string{"sampling: deployment\n": "", "sampling: resampled\n": evaluate.SampleShare, "": evaluate.SampleShare} {
		for _, s := range of(sampling).Slices {
			if f := s.Metrics["precision"]; f.Prevalence != state || math.Abs(*f.Value-float64(s.Counts.TP)/float64(s.Counts.TP+s.Counts.FP)) > 1e-15 {
				t.Errorf("%q: precision is %v at the share %q", sampling, *f.Value, f.Prevalence)
			}
			if f := s.Metrics["recall"]; f.Prevalence != "" {
				t.Errorf("%q: recall holds at the share %q", sampling, f.Prevalence)
			}
		}
	}
}

// TestStatedPrevalenceOfOneClass: there is nothing to weigh.
func TestStatedPrevalenceOfOneClass(t *testing.T) {
	files := memory{"a.csv": lines("y,score", "1,0.9", "1,0.1")}
	c := evaluate.Config{Path: "a.csv", Score: "score", Open: files.all}
	terms := evaluate.Terms{Task: "binary", Label: "y", Positive: "1", Threshold: &half, Sampling: "stratified", Prevalence: &half}
	e, err := evaluate.Run(t.Context(), c, terms, evaluate.Needs{}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	if f := e.Overall().Metrics["precision"]; f.Prevalence != evaluate.SampleShare {
		t.Errorf("precision of one class holds at the share %q", f.Prevalence)
	}
}

// TestRestatedKeepsItsLimits: a figure at another share lies in its range and within its own limits, and its basis gives it again.
func TestRestatedKeepsItsLimits(t *testing.T) {
	limits := 0
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 2000))
		c := sweep.Counts{TP: cell.Draw(t, "tp"), FP: cell.Draw(t, "fp"), TN: cell.Draw(t, "tn"), FN: cell.Draw(t, "fn")}
		share := rapid.Float64Range(1e-4, 0.9999).Draw(t, "share")
		to := stats.Reweighted{Prevalence: share}
		if rapid.Bool().Draw(t, "odds") {
			to = stats.Reweighted{Odds: share / (1 - share)}
		}
		for _, m := range binaryMetrics() {
			if m.Restated == nil || to.Prevalence > 0 && (c.TP+c.FN == 0 || c.FP+c.TN == 0) {
				continue
			}
			v, b, err := m.Restated(c, to)
			switch {
			case err != nil || b.Method == "":
				continue
			case !(v >= m.Range[0] && v <= m.Range[1]+1e-12):
				t.Fatalf("%s of %+v at %+v: %v", m.Name, c, to, v)
			case !(math.Abs(b.Value()-v) <= 1e-9):
				t.Fatalf("%s of %+v at %+v: %v, and %v by its basis", m.Name, c, to, v, b.Value())
			}
			limits++
			for _, a := range []float64{0.5, 0.025, 0.0001} {
				if low, high := b.Low(a), b.High(a); low > v+1e-9 || high < v-1e-9 {
					t.Fatalf("%s of %+v at %+v: %v lies outside %v and %v", m.Name, c, to, v, low, high)
				}
			}
		}
	})
	if limits == 0 {
		t.Error("no figure has limits")
	}
}
