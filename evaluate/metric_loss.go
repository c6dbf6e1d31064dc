package evaluate

import (
	"fmt"
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// loss completes a metric that is the mean of a loss of each row. Undefined without rows and where a score is no probability.
func loss(m Metric, of func(sweep.Stats) sweep.Loss, pair func(sweep.Pair) sweep.Loss) Metric {
	m.Denominator, m.Better, m.Prevalence, m.Scores = "rows", Lower, true, true
	m.Least, m.Differences = leastErrors, leastDifferences
	undefined := func(rows, outside int64) error {
		switch {
		case rows == 0:
			return Undefined(noRows)
		case outside > 0:
			return Undefined(fmt.Sprintf("%d scores lie outside [0, 1]: they are no probabilities", outside))
		}
		return nil
	}
	m.plan = func(p *sweep.Plan) { p.Losses, p.Bands = true, true }
	m.Value = func(s sweep.Stats) (float64, error) { return of(s).Mean, undefined(s.Rows, s.Outside) }
	m.Basis = func(s sweep.Stats) stats.Basis {
		l := of(s)
		return stats.MeanLoss(l.Mean, l.SE, s.Rows-s.Positives, s.Positives)
	}
	m.Support = func(s sweep.Stats) int64 { return s.Rows }
	m.Versus = func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		p := s.Pairs[rival]
		l := pair(p)
		return l.Mean, differenceOfMeans(l, s.Rows), undefined(s.Rows, p.Outside) // rows of which either score lies outside
	}
	return m
}

// logLoss is −mean(y·ln p + (1−y)·ln(1−p)), p clipped as scikit-learn's log_loss does for the column's type. Unit: nats, 0 is best.
var logLoss = loss(Metric{
	Name: "log_loss", Aliases: []string{"cross_entropy", "logloss"}, Title: "log loss", Summary: "mean surprise of the outcomes under the scores",
	Range: [2]float64{0, math.Inf(1)},
}, func(s sweep.Stats) sweep.Loss { return s.LogLoss }, func(p sweep.Pair) sweep.Loss { return p.LogLoss })

// brierScore is mean((p−y)²): scikit-learn's brier_score_loss. Range [0, 1], 0 is best. Brier 1950.
var brierScore = loss(Metric{
	Name: "brier_score", Aliases: []string{"brier", "brier_score_loss"}, Title: "Brier score", Summary: "mean squared error of the scores",
	Range: [2]float64{0, 1},
}, func(s sweep.Stats) sweep.Loss { return s.Brier }, func(p sweep.Pair) sweep.Loss { return p.Brier })
