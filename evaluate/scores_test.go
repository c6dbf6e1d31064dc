package evaluate_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// TestScoresWithoutLabels: whom scores select and how they lie, held to NumPy, and nothing that needs an outcome.
func TestScoresWithoutLabels(t *testing.T) {
	var o struct {
		Scores struct {
			Data   struct{ Path, SHA256 string }
			Slices []figuresOf
		}
	}
	readOracle(t, "latency.json", &o)
	c := evaluate.Config{Path: o.Scores.Data.Path, ID: "id", Score: "score", Open: open}
	terms := evaluate.Terms{Task: "scores", Threshold: &half, Groups: []evaluate.Dimension{{Name: "SEX", Column: "SEX"}, {Name: "DIS", Column: "DIS"}}}
	e, err := evaluate.Run(t.Context(), c, terms, evaluate.Needs{}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	if n, worst := agrees(t, e, o.Scores.Slices, 1e-12); n == 0 {
		t.Error("nothing was compared")
	} else {
		t.Logf("%d figures, the worst %.2g apart", n, worst)
	}
	if !e.Unlabelled || len(e.Overall().Metrics) != 8 {
		t.Errorf("unlabelled %v, %d metrics", e.Unlabelled, len(e.Overall().Metrics))
	}
	for _, s := range e.Slices {
		if s.Counts != nil {
			t.Errorf("%s has counts by an outcome that nobody knows", s.Groups)
		}
	}
	for _, d := range e.Fairness {
		if d.Metric != "selection_rate" && d.Metric != "scoring_rate" {
			t.Errorf("%s needs an outcome", d.Name)
		}
	}
	if d, ok := e.Disparity("demographic_parity_difference", "SEX"); !ok || d.Value == nil || d.Interval == nil {
		t.Errorf("demographic parity: %+v", d)
	}
	if !slices.ContainsFunc(e.Curves, func(c evaluate.Curve) bool {
		return c.Name == evaluate.CurveScores && len(c.Points) > 10 && len(c.Columns) == 3
	}) {
		t.Error("there is no histogram of the scores")
	}
	for _, c := range e.Curves {
		if c.Name != evaluate.CurveScores {
			t.Errorf("the curve %s needs an outcome", c.Name)
		}
	}
	if d, ok := e.Disparity("impact_ratio", "SEX"); !ok || d.Value == nil || d.Interval == nil || d.Metric != "scoring_rate" {
		t.Errorf("ratio of scoring rates: %+v", d)
	}
	labelled, err := evaluate.Run(t.Context(), c, censusTerms(), evaluate.Needs{Metrics: []string{"selection_rate"}}, evaluate.Against{})
	if err != nil || labelled.Dataset == e.Dataset || *labelled.Overall().Metrics["selection_rate"].Value != *e.Overall().Metrics["selection_rate"].Value {
		t.Errorf("with labels: %v, %s", err, labelled.Dataset)
	}
	var kept bytes.Buffer
	if ok, err := evaluate.Keep(t.Context(), c, terms, e, &kept); ok || err != nil || kept.Len() > 0 {
		t.Errorf("scores without outcomes are kept: %v, %v", ok, err)
	}
	more, err := evaluate.Run(t.Context(), c, terms, evaluate.Needs{Metrics: []string{"recall", "roc_auc"}}, evaluate.Against{})
	if err != nil || more.Overall().Metrics["recall"].Undefined != "recall is no metric of a scores task" {
		t.Errorf("recall: %v, %+v", err, more.Overall().Metrics)
	}
}
