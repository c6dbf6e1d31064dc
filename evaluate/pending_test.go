package evaluate_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/schema"
)

const deployed = plain + "sampling: deployment\n"

// awaiting evaluates rows of a file p.csv.
func awaiting(t testing.TB, files memory, c evaluate.Config, terms evaluate.Terms, metrics ...string) (*evaluate.Evaluation, error) {
	t.Helper()
	c.Path, c.Open, c.Workers = "p.csv", files.all, 2
	if c.Score == "" {
		c.Score = "s"
	}
	return evaluate.Run(t.Context(), c, terms, evaluate.Needs{Metrics: metrics}, evaluate.Against{})
}

func mustAwait(t testing.TB, files memory, c evaluate.Config, terms evaluate.Terms, metrics ...string) *evaluate.Evaluation {
	t.Helper()
	e, err := awaiting(t, files, c, terms, metrics...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// times gives rows so many times, each with a number of its own in place of #.
func times(rows *[]string, n int, row string) {
	for range n {
		*rows = append(*rows, strings.ReplaceAll(row, "#", fmt.Sprint(len(*rows))))
	}
}

// TestMissingLabels: rows without an outcome are beside those that figures are of, by group, cut and prediction; a value is that of the others, and limits hold either way.
func TestMissingLabels(t *testing.T) {
	rows := []string{"id,y,s,g"}
	times(&rows, 80, "#,1,0.9,x")
	times(&rows, 20, "#,1,0.1,x")
	times(&rows, 10, "#,0,0.8,y")
	times(&rows, 90, "#,0,0.2,y")
	times(&rows, 8, "#,,0.3,x") // predicted negative
	times(&rows, 3, "#,,0.6,y") // positive at the threshold, not at 0.7
	files := memory{"p.csv": lines(rows...), "labels.csv": labelsOf(rows, false), "empty.csv": labelsOf(rows, true)}
	for name, c := range map[string]evaluate.Config{
		"in a column": {ID: "id"}, "without ids": {}, "no row in a file of their own": {ID: "id", Labels: "labels.csv"}, "no value there": {ID: "id", Labels: "empty.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			allowed := terms(t, deployed+"outcomes: {max_missing: 0.06}\ngroups: [{column: g}]\n")
			e := mustAwait(t, files, c, allowed, "recall", "precision", "precision@0.7", "selection_rate", "accuracy", "f1", "mcc", "roc_auc", "log_loss", "recall@fpr<=0.1")
			if want := (evaluate.Pending{Rows: 11, Selected: 3}); e.Rows != 200 || e.Pending == nil || *e.Pending != want || e.LeftOut != nil || e.KnownFor != "" {
				t.Fatalf("%d rows, %+v pending, %+v left out, known for %q", e.Rows, e.Pending, e.LeftOut, e.KnownFor)
			}
			all := e.Overall()
			const a = 0.025
			for _, want := range []struct {
				key       string
				value     float64
				low, high [2]float64 // the table of the worst and of the best way: successes and trials
			}{
				{"recall", .8, [2]float64{80, 108}, [2]float64{83, 103}},
				{"precision", 80. / 90, [2]float64{80, 93}, [2]float64{83, 93}},
				{"precision@0.7", 80. / 90, [2]float64{80, 90}, [2]float64{80, 90}},
				{"accuracy", 170. / 200, [2]float64{170, 211}, [2]float64{181, 211}},
				{"selection_rate", 93. / 211, [2]float64{93, 211}, [2]float64{93, 211}},
			} {
				f := all.Metrics[want.key]
				near(t, want.key, *f.Value, want.value, 1e-15)
				near(t, want.key+" low", f.Basis.Low(a), lowOf(want.low[0], want.low[1], a), 1e-12)
				near(t, want.key+" high", f.Basis.High(a), highOf(want.high[0], want.high[1], a), 1e-12)
				if f.Interval == nil || !(f.Interval.Low <= want.value && want.value <= f.Interval.High) {
					t.Errorf("%s: the interval is %+v", want.key, f.Interval)
				}
			}
			if n := all.Metrics["selection_rate"].Support; n != 211 {
				t.Errorf("the selection rate is of %d rows", n)
			}
			for _, key := range []string{"roc_auc", "log_loss", "recall@fpr<=0.1"} {
				if f := all.Metrics[key]; f.Value == nil || f.Basis.Method != "" || f.Interval != nil || !strings.HasPrefix(f.Without, "11 outcomes are missing") {
					t.Errorf("%s: %+v", key, f)
				}
			}
			groups, err := e.Along("g")
			if err != nil {
				t.Fatal(err)
			}
			x, y := groups[0], groups[1]
			if *x.Pending != (evaluate.Pending{Rows: 8}) || *y.Pending != (evaluate.Pending{Rows: 3, Selected: 3}) {
				t.Errorf("pending by group: %+v and %+v", x.Pending, y.Pending)
			}
			near(t, "recall of x, low", x.Metrics["recall"].Basis.Low(a), lowOf(80, 108, a), 1e-12)
			d, ok := e.Disparity("demographic_parity_difference", "g")
			if !ok || d.Value == nil || math.Abs(*d.Value-(80./108-13./103)) > 1e-15 {
				t.Errorf("demographic parity: %+v", d)
			}
			d, ok = e.Disparity("predictive_parity_difference", "g")
			if !ok || d.Undefined == "" { // 13 rows of y are predicted positive
				t.Errorf("predictive parity: %+v", d)
			}
		})
	}
}

// labelsOf are the labels of rows in a file of their own; those that are missing with or without a row.
func labelsOf(rows []string, empty bool) string {
	out := []string{"id,y"}
	for _, row := range rows[1:] {
		if cells := strings.Split(row, ","); empty || cells[1] != "" {
			out = append(out, cells[0]+","+cells[1])
		}
	}
	return lines(out...)
}

func lowOf(k, n, a float64) float64  { return stats.Proportion(k, n).Low(a) }
func highOf(k, n, a float64) float64 { return stats.Proportion(k, n).High(a) }

// TestMissingLabelsRefused: more than the terms allow, and what has no meaning.
func TestMissingLabelsRefused(t *testing.T) {
	files := memory{
		"p.csv":      lines("id,y,s", "a,1,0.9", "b,,0.1", "c,0,0.8", "d,1,0.3"),
		"labels.csv": lines("id,y", "a,1", "c,0", "d,1"),
	}
	for name, c := range map[string]struct{ labels, terms, want string }{
		"without a word":     {"", "", "missing-values: p.csv: y: 1 of 4 rows have no value (first: 2)"},
		"too many":           {"", "outcomes: {max_missing: 0.24}\n", "missing-values: p.csv: y: 1 of 4 rows have no value (first: 2), more than the max_missing of 0.24"},
		"too many, by id":    {"labels.csv", "outcomes: {max_missing: 0.24}\n", "unmatched-rows: p.csv: id: 1 of 4 rows have no row of the same id in labels.csv (first: row 2), more than the max_missing of 0.24"},
		"just so many":       {"", "outcomes: {max_missing: 0.25}\n", ""},
		"just so, by id":     {"labels.csv", "outcomes: {max_missing: 0.25}\n", ""},
		"for the selected":   {"", "outcomes: {known_for: selected}\n", ""},
		"left out, as ever":  {"labels.csv", "outcomes: {max_unmatched: 0.25}\n", ""},
		"unmatched is no id": {"", "outcomes: {max_unmatched: 0.25}\n", "missing-values: p.csv: y: 1 of 4 rows have no value (first: 2)"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := awaiting(t, files, evaluate.Config{ID: "id", Labels: c.labels}, terms(t, deployed+c.terms), "recall")
			if c.want != "" {
				if err == nil || coded(err) != c.want {
					t.Fatalf("%v, want %s", err, c.want)
				}
				return
			}
			if err != nil || e.Rows != 3 || (e.Pending == nil) == (strings.Contains(c.terms, "missing") || strings.Contains(c.terms, "known")) || (e.LeftOut == nil) == strings.Contains(c.terms, "unmatched") {
				t.Errorf("%v: %+v", err, e)
			}
		})
	}
	none := memory{"p.csv": lines("id,y,s", "a,,0.9", "b,,0.1")}
	if _, err := awaiting(t, none, evaluate.Config{}, terms(t, deployed+"outcomes: {known_for: selected}\n"), "recall"); err == nil || coded(err) != "missing-values: p.csv: y: none of 2 rows has an outcome" {
		t.Errorf("no outcome at all: %v", err)
	}
	twice := memory{"p.csv": lines("id,y,s", "a,1,0.9", "a,,0.1", "b,0,0.1")}
	if _, err := awaiting(t, twice, evaluate.Config{ID: "id"}, terms(t, deployed+"outcomes: {max_missing: 0.5}\n"), "recall"); err == nil || !strings.HasPrefix(coded(err), "duplicate-ids: p.csv: id: 1 of 3 rows repeat") {
		t.Errorf("an id of a row with an outcome and of one without: %v", err)
	}
}

// TestPendingTerms: terms that contradict themselves are told at their place.
func TestPendingTerms(t *testing.T) {
	for text, want := range map[string]string{
		"outcomes: {max_missing: 0.1, known_for: selected}": "bad-outcomes",
		"outcomes: {known_for: everyone}":                   "not-allowed-value",
		"outcomes: {max_missing: 1}":                        "out-of-range",
		"label_delay: 30d":                                  "missing-key",
		"label_delay: 30\ntime: t":                          "bad-delay",
		"label_delay: 0d\ntime: t":                          "bad-delay",
		"label_delay: -3d\ntime: t":                         "bad-delay",
		"label_delay: 99999w\ntime: t":                      "bad-delay",
		"label_delay: 30 days\ntime: t":                     "bad-delay",
		"label_delay: 30d\ntime: t\nas_of: soon":            "bad-time",
		"label_delay: 30d\ntime: t\nas_of: 20260131":        "bad-time",
		"time: t":           "bad-delay",
		"as_of: 2026-01-31": "bad-delay",
		"label_delay: 30d\ntime: t\nas_of: 2026-01-31":           "",
		"label_delay: 12h\ntime: t\nas_of: 2026-01-31T00:00:00Z": "",
		"label_delay: 1w\ntime: t":                               "",
	} {
		if code, err := problemOf(t, plain+text); code != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if code, err := problemOf(t, "task: regression\nlabel: y\noutcomes: {max_missing: 0.1}"); code != "other-task" {
		t.Errorf("a regression that waits: %v", err)
	}
}

// problemOf is the code of the first problem with terms; "": there is none.
func problemOf(t *testing.T, text string) (string, error) {
	d, err := schema.Parse("gatecard.yaml", []byte("gates: []\n"+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		evaluate.Terms
		Gates []string `json:"gates"`
	}
	if err = d.Decode("policy", &out); err == nil {
		err = out.Terms.Check(d)
	}
	var ps schema.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		return ps[0].Code, err
	}
	return "", err
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.17g, want %.17g within %g", what, got, want, tolerance)
	}
}

// TestCompletionsLieWithin: whatever the missing labels turn out to be, the figure of the whole table lies within the limits that were told before, in every slice, at
// every cut, restated or not; and its own limits do, where they are of proportions.
func TestCompletionsLieWithin(t *testing.T) {
	metrics := []string{"recall", "precision", "accuracy", "f1", "f2", "mcc", "kappa", "jaccard", "balanced_accuracy", "false_positive_rate", "npv", "positive_likelihood_ratio",
		"selection_rate", "prevalence", "precision@0.7"}
	sampled := map[string]string{"as in use": deployed, "restated": plain + "sampling: stratified\nprevalence: 0.1\n"}
	for name, head := range sampled {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				n := rapid.IntRange(4, 40).Draw(rt, "rows")
				label := rapid.SliceOfN(rapid.IntRange(0, 1), n, n).Draw(rt, "labels")
				score := rapid.SliceOfN(rapid.SampledFrom([]string{"0.1", "0.4", "0.5", "0.8"}), n, n).Draw(rt, "scores")
				group := rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y"}), n, n).Draw(rt, "groups")
				missing := map[int]bool{}
				for range rapid.IntRange(1, min(n/3, 5)).Draw(rt, "missing") {
					missing[rapid.IntRange(0, n-1).Draw(rt, "which")] = true
				}
				table := func(label func(i int) string) memory {
					rows := []string{"y,s,g"}
					for i := range n {
						rows = append(rows, label(i)+","+score[i]+","+group[i])
					}
					return memory{"p.csv": lines(rows...)}
				}
				e, err := awaiting(t, table(func(i int) string {
					if missing[i] {
						return ""
					}
					return fmt.Sprint(label[i])
				}), evaluate.Config{}, terms(t, head+"outcomes: {max_missing: 0.9}\ngroups: [{column: g, values: {x: x, y: y}}]\n"), metrics...)
				if err != nil {
					rt.Skip(err)
				}
				whole, err := awaiting(t, table(func(i int) string { return fmt.Sprint(label[i]) }), evaluate.Config{},
					terms(t, head+"groups: [{column: g, values: {x: x, y: y}}]\n"), metrics...)
				if err != nil {
					rt.Skip(err)
				}
				for k, s := range e.Slices {
					for _, key := range slices.Sorted(maps.Keys(s.Metrics)) {
						told, done := s.Metrics[key], whole.Slices[k].Metrics[key]
						if told.Value == nil || done.Value == nil || told.Prevalence != done.Prevalence {
							continue
						}
						for _, a := range []float64{0.5, 0.025} {
							low, high := told.Basis.Low(a), told.Basis.High(a)
							if *done.Value < low-1e-12 || *done.Value > high+1e-12 {
								rt.Fatalf("%s of %v turned out to be %v, and the limits at %v were %v and %v", key, s.Groups, *done.Value, a, low, high)
							}
							if key == "matthews_corrcoef" || key == "cohen_kappa" || told.Prevalence != "" || done.Basis.Method == "" {
								continue
							}
							if done.Basis.Low(a) < low-1e-12 || done.Basis.High(a) > high+1e-12 {
								rt.Fatalf("%s of %v has the limits %v and %v at %v, and was told %v and %v", key, s.Groups, done.Basis.Low(a), done.Basis.High(a), a, low, high)
							}
						}
					}
				}
			})
		})
	}
}

// TestDatasetOfMissingLabels: rows without an outcome are part of the dataset: it is another where one of them comes in, or goes.
func TestDatasetOfMissingLabels(t *testing.T) {
	rows := []string{"id,y,s", "a,1,0.9", "b,0,0.1", "c,0,0.8", "d,1,0.3"}
	allowed := terms(t, deployed+"outcomes: {max_missing: 0.5}\n")
	for _, c := range []evaluate.Config{{ID: "id"}, {}} {
		seen := map[string]string{}
		for name, more := range map[string]string{"none": "", "one": "e,,0.9", "another label": "e,1,0.9"} {
			all := rows
			if more != "" {
				all = append(slices.Clone(rows), more)
			}
			e := mustAwait(t, memory{"p.csv": lines(all...)}, c, allowed, "recall")
			if other, ok := seen[string(e.Dataset)]; ok {
				t.Errorf("%q and %q are one dataset", name, other)
			}
			seen[string(e.Dataset)] = name
		}
	}
}

// TestKnownForTheSelected: declared, figures that need outcomes of the others have no limits; and where every row without an outcome is predicted negative it is said.
func TestKnownForTheSelected(t *testing.T) {
	rows := []string{"y,s"}
	times(&rows, 40, "1,0.9")
	times(&rows, 10, "0,0.8")
	times(&rows, 5, "0,0.2")
	selected := slices.Clone(rows)
	times(&rows, 45, ",0.1")
	files := memory{"p.csv": lines(rows...)}
	metrics := []string{"precision", "false_discovery_rate", "recall", "accuracy", "roc_auc", "selection_rate", "f1"}

	e := mustAwait(t, files, evaluate.Config{}, terms(t, deployed+"outcomes: {known_for: selected}\n"), metrics...)
	if e.KnownFor != evaluate.Selected || e.Pending.Rows != 45 || e.Rows != 55 {
		t.Errorf("known for %q, %+v pending", e.KnownFor, e.Pending)
	}
	if said := strings.Join(e.Awaited(), " "); !strings.Contains(said, "among those selected") {
		t.Errorf("it says %q", said)
	}
	for key, f := range e.Overall().Metrics {
		decides := key == "precision" || key == "false_discovery_rate" || key == "selection_rate"
		if decides != (f.Basis.Method != "") || decides != (f.Without == "") || f.Value == nil {
			t.Errorf("%s: %+v", key, f)
		}
	}
	near(t, "selection rate", *e.Overall().Metrics["selection_rate"].Value, .5, 0)

	e = mustAwait(t, files, evaluate.Config{}, terms(t, deployed+"outcomes: {max_missing: 0.5}\n"), metrics...)
	if e.KnownFor != evaluate.Selected || !strings.Contains(strings.Join(e.Awaited(), " "), "may be known for the selected only") {
		t.Errorf("plain to see: known for %q, %q", e.KnownFor, e.Awaited())
	}
	near(t, "recall, either way", e.Overall().Metrics["recall"].Basis.Low(.025), lowOf(40, 85, .025), 1e-12)

	// one of them predicted positive: not plain any more, and where it is declared not even precision is known
	files["p.csv"] = lines(append(rows, ",0.9")...)
	e = mustAwait(t, files, evaluate.Config{}, terms(t, deployed+"outcomes: {max_missing: 0.5}\n"), metrics...)
	if e.KnownFor != "" {
		t.Errorf("known for %q", e.KnownFor)
	}
	e = mustAwait(t, files, evaluate.Config{}, terms(t, deployed+"outcomes: {known_for: selected}\n"), metrics...)
	if f := e.Overall().Metrics["precision"]; f.Basis.Method != "" {
		t.Errorf("precision with an unknown call: %+v", f)
	}

	// rows that were not selected may not be in the file at all
	files["p.csv"] = lines(selected...)
	e = mustAwait(t, files, evaluate.Config{}, terms(t, deployed+"outcomes: {known_for: selected}\n"), metrics...)
	if f := e.Overall().Metrics["recall"]; e.KnownFor != evaluate.Selected || e.Pending != nil || f.Basis.Method != "" || len(e.Awaited()) != 1 {
		t.Errorf("only the selected: %+v, known for %q, %+v", f, e.KnownFor, e.Awaited())
	}
}

// TestMissingLabelsBeside: latencies are of all rows, and a difference to another model has a value without limits.
func TestMissingLabelsBeside(t *testing.T) {
	rows := []string{"id,y,s,rival,ms"}
	times(&rows, 30, "#,1,0.9,0.8,5")
	times(&rows, 30, "#,0,0.2,0.6,5")
	times(&rows, 6, "#,,0.2,0.6,500")
	files := memory{"p.csv": lines(rows...)}
	config := evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Latency: "ms", Open: files.all}
	e, err := evaluate.Run(t.Context(), config, terms(t, deployed+"outcomes: {max_missing: 0.1}\n"), evaluate.Needs{Metrics: []string{"latency_p95", "latency_mean", "accuracy"}, Versus: []string{"other"}},
		evaluate.Against{Rivals: []evaluate.Rival{{Name: "other", Column: "rival"}}})
	if err != nil {
		t.Fatal(err)
	}
	p95, mean := e.Overall().Metrics["latency_p95"], e.Overall().Metrics["latency_mean"]
	if *p95.Value != 500 || p95.Support != 66 {
		t.Errorf("p95 is %v of %d rows", *p95.Value, p95.Support)
	}
	near(t, "mean latency", *mean.Value, (60*5+6*500)/66., 1e-12)
	f := e.Comparisons[0].Slices[0].Metrics["accuracy"]
	if f.Value == nil || *f.Value != 0.5 || f.Basis.Method != "" || f.Interval != nil || !strings.HasPrefix(f.Without, "6 outcomes are missing") {
		t.Errorf("difference: %+v", f)
	}
}
