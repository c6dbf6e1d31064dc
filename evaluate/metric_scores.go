package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// alsoOf is a binary metric that another task has too.
func alsoOf(m Metric, task Task) Metric {
	m.Tasks = []Task{Binary, task}
	return m
}

// ofScores completes a metric of the scores of rows without labels: how they lie, not how good they are.
func ofScores(m Metric, value func(*sweep.Summary) float64, basis func(*sweep.Summary) stats.Basis) Metric {
	m.Denominator, m.Better, m.Range, m.Tasks = "rows", Neither, [2]float64{math.Inf(-1), math.Inf(1)}, []Task{Scores}
	m.summarise("the task is not one of scores", func(s sweep.Stats) *sweep.Summary { return s.Scores }, value, basis)
	return m
}

// scoringRate is the share of a slice's rows that score above the median of all rows, the exact one: of an even number of rows it lies halfway between the
// two in the middle, so that where these differ exactly half of all rows score above. Its ratio between groups is the impact ratio of scores in New York
// City's rules for automated employment decision tools (6 RCNY 5-300: "above the sample's median score"). Limits take the median as fixed, though it
// is drawn with the rows (docs/statistics.md, "Extremes"). A task of scores has it where there are groups; a binary one, where it is asked for.
var scoringRate = Metric{
	Name: "scoring_rate", Title: "scoring rate", Summary: "how many of the rows score above the median of all rows",
	Denominator: "rows", Better: Neither, Range: [2]float64{0, 1}, Prevalence: true, Scores: true, Tasks: []Task{Binary, Scores}, asked: true,
	Value: func(s sweep.Stats) (float64, error) {
		switch {
		case s.Rows == 0:
			return 0, Undefined(noRows)
		case s.Above == nil:
			return 0, Undefined("the rows above the median were not counted")
		}
		return float64(*s.Above) / float64(s.Rows), nil
	},
	Basis: func(s sweep.Stats) stats.Basis {
		if s.Above == nil || s.Rows == 0 {
			return stats.Basis{}
		}
		return stats.Proportion(float64(*s.Above), float64(s.Rows))
	},
	Support: func(s sweep.Stats) int64 { return s.Rows },
}

// ranked says that some metric is of the scores' order among all rows.
func ranked(named []Named) bool {
	return slices.ContainsFunc(named, func(m Named) bool { return m.Name == scoringRate.Name })
}

// scoreMean is the mean score.
var scoreMean = ofScores(Metric{Name: "score_mean", Aliases: []string{"mean_score"}, Title: "mean score", Summary: "the scores' mean", Least: leastErrors},
	func(s *sweep.Summary) float64 { return s.Mean.Mean },
	func(s *sweep.Summary) stats.Basis {
		if math.IsNaN(s.Mean.SE) {
			return stats.Basis{}
		}
		return stats.StudentT(s.Mean.Mean, s.Mean.SE, float64(s.N-1))
	})

// scorePercentile is the q-quantile of the scores, NumPy's with method "inverted_cdf", with order statistics for limits.
func scorePercentile(q float64) Metric {
	percent := strconv.FormatFloat(100*q, 'g', 4, 64)
	return ofScores(Metric{Name: "score_p" + percent, Title: "p" + percent + " of scores", Summary: fmt.Sprintf("the score that %s %% of the rows do not exceed", percent)},
		func(s *sweep.Summary) float64 { return s.Quantile(q) },
		func(s *sweep.Summary) stats.Basis { return s.Percentile(q, s.Quantile(q)) })
}

// scoreQuantiles are those that some metrics need.
func scoreQuantiles(named []Named) []float64 {
	var all []float64
	for _, q := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
		if slices.ContainsFunc(named, func(m Named) bool { return m.Name == scorePercentile(q).Name }) {
			all = append(all, q)
		}
	}
	return all
}
