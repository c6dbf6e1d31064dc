package evaluate_test

import (
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// TestOutcomes: rows and outcomes without a partner, and outcomes of one id that has several, are errors; or, where the policy allows them, left out and counted.
func TestOutcomes(t *testing.T) {
	files := memory{
		"p.csv":     lines("id,s", "a,0.9", "b,0.1", "c,0.8", "d,0.3", "e,0.6"),
		"whole.csv": lines("id,y", "e,1", "d,0", "c,1", "b,0", "a,1"),
		"short.csv": lines("id,y", "d,0", "c,1", "b,0", "a,1"),
		"long.csv":  lines("id,y", "x,1", "e,1", "d,0", "c,1", "b,0", "a,1"),
		"twice.csv": lines("id,y", "a,0", "e,1", "d,0", "c,1", "b,0", "a,1"),
		"alone.csv": lines("id,y", "x,1", "z,0"),
	}
	for name, c := range map[string]struct {
		labels, terms string
		want          string // an error
		left          *evaluate.Unmatched
		tp, fp, rows  int64
	}{
		"whole":             {labels: "whole.csv", tp: 3, rows: 5},
		"a row alone":       {labels: "short.csv", want: "unmatched-rows: p.csv: id: 1 of 5 rows have no row of the same id in short.csv (first: row 5)"},
		"left out":          {labels: "short.csv", terms: "outcomes: {max_unmatched: 0.2}\n", left: &evaluate.Unmatched{Rows: 1}, tp: 2, rows: 4},
		"too many":          {labels: "short.csv", terms: "outcomes: {max_unmatched: 0.19}\n", want: "unmatched-rows: p.csv: id: 1 of 5 rows have no row of the same id in short.csv (first: row 5)"},
		"an outcome alone":  {labels: "long.csv", want: "unmatched-rows: long.csv: id: 1 of 6 rows have no row of the same id in p.csv (first: row 1)"},
		"it is left out":    {labels: "long.csv", terms: "outcomes: {max_unmatched: 0.2}\n", left: &evaluate.Unmatched{Outcomes: 1}, tp: 3, rows: 5},
		"twice":             {labels: "twice.csv", want: "duplicate-ids: twice.csv: id: 1 of 6 rows repeat an id (first: row 6)"},
		"the first of them": {labels: "twice.csv", terms: "outcomes: {repeated: first}\n", left: &evaluate.Unmatched{Repeated: 1}, tp: 2, fp: 1, rows: 5},
		"the last of them":  {labels: "twice.csv", terms: "outcomes: {repeated: last}\n", left: &evaluate.Unmatched{Repeated: 1}, tp: 3, rows: 5},
		"none in common":    {labels: "alone.csv", terms: "outcomes: {max_unmatched: 0.99}\n", want: "unmatched-rows: p.csv: id: 5 of 5 rows have no row of the same id in alone.csv (first: row 1, 2, 3)"},
	} {
		t.Run(name, func(t *testing.T) {
			config := evaluate.Config{Path: "p.csv", ID: "id", Score: "s", Labels: c.labels, Open: files.all}
			e, err := evaluate.Run(t.Context(), config, terms(t, plain+c.terms), evaluate.Needs{Metrics: []string{"recall", "roc_auc"}}, evaluate.Against{})
			if c.want != "" {
				if err == nil || coded(err) != c.want {
					t.Fatalf("%v, want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Overall(); got.Counts.TP != c.tp || got.Counts.FP != c.fp || e.Rows != c.rows || got.Rows != c.rows {
				t.Errorf("%d rows, %+v", e.Rows, got.Counts)
			}
			if (e.LeftOut == nil) != (c.left == nil) || c.left != nil && *e.LeftOut != *c.left {
				t.Errorf("left out %+v, want %+v", e.LeftOut, c.left)
			}
		})
	}
}
