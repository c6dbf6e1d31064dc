package evaluate

import (
	"fmt"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

const noRegression = "the task is no regression"

// regressed completes a metric of a regression. Undefined without rows, and where an error is so large that no float64 holds its square.
func regressed(m Metric, value func(*sweep.Regression) (float64, error), basis func(*sweep.Regression) stats.Basis) Metric {
	m.Denominator, m.Tasks = "rows", []Task{Regression}
	m.Value = func(s sweep.Stats) (float64, error) {
		switch r := s.Regression; {
		case r == nil:
			return 0, Undefined(noRegression)
		case s.Rows == 0:
			return 0, Undefined(noRows)
		case r.Huge > 0:
			return 0, Undefined(tooLarge(r.Huge))
		default:
			return value(r)
		}
	}
	m.Basis = func(s sweep.Stats) stats.Basis {
		if s.Regression == nil || s.Rows == 0 {
			return stats.Basis{}
		}
		return basis(s.Regression)
	}
	m.Support = func(s sweep.Stats) int64 { return s.Rows }
	return m
}

func tooLarge(rows int64) string {
	return fmt.Sprintf("the errors of %s rows are too large to be squared", Count(rows))
}

// leastErrors is the rows from which a mean of errors or losses has limits: they are skewed, and with fewer rows t's upper one is too low, on the log
// scale too (docs/statistics.md, "Means").
const leastErrors = 100

// leastDifferences is the rows from which t holds for a difference of losses.
const leastDifferences = 300

// meanOf completes a metric that is a mean of a loss of each row, with the difference of a rival's.
func meanOf(m Metric, of func(*sweep.Regression) *sweep.Summary, pair func(*sweep.RegressionPair) sweep.Loss) Metric {
	m.Better, m.Range, m.Least = Lower, notNegative, leastErrors
	m = regressed(m, func(r *sweep.Regression) (float64, error) { return of(r).Mean.Mean, nil }, func(r *sweep.Regression) stats.Basis { return positiveMean(of(r)) })
	return versusRival(m, pair)
}

// positiveMean is the basis of a mean of numbers that are not negative.
func positiveMean(s *sweep.Summary) stats.Basis {
	if math.IsNaN(s.Mean.SE) {
		return stats.Basis{}
	}
	return stats.PositiveMean(s.Mean.Mean, s.Mean.SE, float64(s.N-1))
}

// versusRival is the difference to a rival's losses of the same rows: Student's t on the differences.
func versusRival(m Metric, pair func(*sweep.RegressionPair) sweep.Loss) Metric {
	m.Versus = func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		if _, err := m.Value(s); err != nil {
			return 0, stats.Basis{}, err
		}
		p := &s.Regression.Rivals[rival]
		if p.Huge > 0 {
			return 0, stats.Basis{}, Undefined(tooLarge(p.Huge))
		}
		l := pair(p)
		return l.Mean, differenceOfMeans(l, s.Rows), nil
	}
	m.Differences = leastDifferences
	return m
}

// differenceOfMeans is the basis of a mean difference of losses of the same rows: Student's t, from 300 rows.
func differenceOfMeans(l sweep.Loss, rows int64) stats.Basis {
	if math.IsNaN(l.SE) || rows < leastDifferences {
		return stats.Basis{}
	}
	return stats.StudentT(l.Mean, l.SE, float64(rows-1))
}

// meanAbsoluteError is mean|ŷ − y|: scikit-learn's. Unit: the label's. 0 is best.
var meanAbsoluteError = meanOf(Metric{
	Name: "mean_absolute_error", Aliases: []string{"mae", "neg_mean_absolute_error"}, Title: "mean absolute error", Summary: "how far predictions lie from the truth, on average",
}, func(r *sweep.Regression) *sweep.Summary { return &r.Absolute }, func(p *sweep.RegressionPair) sweep.Loss { return p.Absolute })

// meanSquaredError is mean((ŷ − y)²): scikit-learn's. Unit: the label's, squared.
var meanSquaredError = func() Metric {
	m := meanOf(Metric{
		Name: "mean_squared_error", Aliases: []string{"mse", "neg_mean_squared_error"}, Title: "mean squared error", Summary: "the mean of the squared errors",
	}, func(r *sweep.Regression) *sweep.Summary { return &r.Squared }, func(p *sweep.RegressionPair) sweep.Loss { return p.Squared })
	m.asked = true
	return m
}()

// rootMeanSquaredError is √mean((ŷ − y)²): scikit-learn's root_mean_squared_error. Unit: the label's.
var rootMeanSquaredError = func() Metric {
	m := regressed(Metric{
		Name: "root_mean_squared_error", Aliases: []string{"rmse", "neg_root_mean_squared_error"}, Title: "root mean squared error",
		Summary: "how far predictions lie from the truth, with far ones weighing more", Better: Lower, Range: notNegative, Least: leastErrors,
	}, func(r *sweep.Regression) (float64, error) { return math.Sqrt(r.Squared.Mean.Mean), nil },
		func(r *sweep.Regression) stats.Basis { return stats.RMSE(r.Squared.N, r.Squared.Sum, r.Squared.Square) })
	return versusRival(m, func(p *sweep.RegressionPair) sweep.Loss { return p.Root })
}()

// meanAbsolutePercentageError is mean(|ŷ − y| / |y|), as a share of 1: scikit-learn's. Undefined where a truth is 0, for which scikit-learn takes 2⁻⁵².
var meanAbsolutePercentageError = func() Metric {
	m := meanOf(Metric{
		Name: "mean_absolute_percentage_error", Aliases: []string{"mape", "neg_mean_absolute_percentage_error"}, Title: "mean absolute percentage error",
		Summary: "how far predictions lie from the truth, as a share of it, on average",
	}, func(r *sweep.Regression) *sweep.Summary { return &r.Percent }, func(p *sweep.RegressionPair) sweep.Loss { return p.Percent })
	value := m.Value
	m.Value = func(s sweep.Stats) (float64, error) {
		if r := s.Regression; r != nil && r.Huge == 0 && r.Zero > 0 {
			return 0, Undefined(fmt.Sprintf("the truth is 0 in %s rows: an error is no share of it", Count(r.Zero)))
		}
		return value(s)
	}
	return versusRival(m, func(p *sweep.RegressionPair) sweep.Loss { return p.Percent })
}()

// medianAbsoluteError is the median of |ŷ − y|, of an even number of rows the mean of the two in the middle: scikit-learn's. Limits are order statistics.
var medianAbsoluteError = regressed(Metric{
	Name: "median_absolute_error", Aliases: []string{"medae", "neg_median_absolute_error"}, Title: "median absolute error",
	Summary: "half of the predictions lie no farther from the truth", Better: Lower, Range: notNegative,
}, func(r *sweep.Regression) (float64, error) { return r.Absolute.Median(), nil },
	func(r *sweep.Regression) stats.Basis { return r.Absolute.Percentile(0.5, r.Absolute.Median()) })

// r2 is 1 − Σ(y − ŷ)² / Σ(y − ȳ)²: scikit-learn's r2_score. At most 1; 0 is as good as the mean. Undefined where all truths are equal, for which
// scikit-learn gives 0 or 1, and of one row. Limits by its influence function: see [stats.RSquared].
var r2 = regressed(Metric{
	Name: "r2", Aliases: []string{"r2_score", "r_squared"}, Title: "R²", Summary: "which share of the truth's variance the predictions explain",
	Better: Higher, Range: [2]float64{math.Inf(-1), 1},
}, func(r *sweep.Regression) (float64, error) {
	switch x := r.Explained; {
	case x.N < 2:
		return 0, Undefined("there is one row")
	case x.DD == 0:
		return 0, Undefined("all truths are equal: they have no variance to explain")
	default:
		return 1 - x.EE/x.DD, nil
	}
}, func(r *sweep.Regression) stats.Basis { return stats.RSquared(*r.Explained) })

// meanBias is mean(ŷ − y): above 0 where predictions are too high. Unit: the label's.
var meanBias = func() Metric {
	m := regressed(Metric{
		Name: "mean_bias", Aliases: []string{"mean_error", "bias"}, Title: "mean bias", Summary: "how much too high predictions are on average; below 0, too low",
		Better: Neither, Range: [2]float64{math.Inf(-1), math.Inf(1)}, Least: leastErrors,
	}, func(r *sweep.Regression) (float64, error) { return r.Error.Mean.Mean, nil }, func(r *sweep.Regression) stats.Basis {
		if math.IsNaN(r.Error.Mean.SE) {
			return stats.Basis{}
		}
		return stats.StudentT(r.Error.Mean.Mean, r.Error.Mean.SE, float64(r.Error.N-1))
	})
	return m
}()

// pinballLoss is that of predictions of the q-quantile: mean(q·max(y − ŷ, 0) + (1 − q)·max(ŷ − y, 0)), scikit-learn's mean_pinball_loss with alpha q, which
// is ½ where none is written: half the mean absolute error. Koenker and Bassett 1978, doi:10.2307/1913643.
func pinballLoss(q float64) Metric {
	title := "pinball loss at " + formatCut(q)
	at := func(r *sweep.Regression) int { i, _ := r.PinballOf(q); return i }
	m := meanOf(Metric{
		Name: "pinball_loss", Aliases: []string{"mean_pinball_loss", "quantile_loss"}, Title: title, Summary: "how well predictions of a quantile do, as pinball_loss@0.9",
		asked: true,
		Parameter: &Parameter{Name: "quantile", Default: 0.5, Takes: "a quantile between 0 and 1", With: func(x float64) (Metric, bool) {
			if !(x > 0 && x < 1) {
				return Metric{}, false
			}
			return pinballLoss(x), true
		}},
	}, func(r *sweep.Regression) *sweep.Summary { return &r.Pinball[at(r)] }, func(p *sweep.RegressionPair) sweep.Loss { return p.Pinball[0] })
	versus := m.Versus
	m.Versus = func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		if s.Regression != nil && rival < len(s.Regression.Rivals) { // the level's own differences come first
			p := s.Regression.Rivals[rival]
			if i, ok := s.Regression.PinballOf(q); ok {
				p.Pinball = p.Pinball[i:]
			}
			r := *s.Regression
			r.Rivals = slices.Clone(r.Rivals)
			r.Rivals[rival] = p
			s.Regression = &r
		}
		return versus(s, rival)
	}
	return m
}

const noIntervals = "there are no prediction intervals"

// ofIntervals makes a metric of prediction intervals undefined where there are none.
func ofIntervals(m Metric) Metric {
	value, basis := m.Value, m.Basis
	m.intervals = true
	m.Value = func(s sweep.Stats) (float64, error) {
		if r := s.Regression; r != nil && r.Width == nil {
			return 0, Undefined(noIntervals)
		}
		return value(s)
	}
	m.Basis = func(s sweep.Stats) stats.Basis {
		if r := s.Regression; r != nil && r.Width == nil {
			return stats.Basis{}
		}
		return basis(s)
	}
	return m
}

// intervalCoverage is the share of rows whose truth lies within the prediction interval, its ends included. It is good near the share that the intervals
// were made for, and neither high nor low.
var intervalCoverage = ofIntervals(regressed(Metric{
	Name: "interval_coverage", Aliases: []string{"picp", "coverage"}, Title: "interval coverage", Summary: "how often the truth lies within the prediction interval",
	Better: Neither, Range: [2]float64{0, 1},
}, func(r *sweep.Regression) (float64, error) { return r.Covered.Mean.Mean, nil },
	func(r *sweep.Regression) stats.Basis { return stats.Proportion(r.Covered.Sum, float64(r.Covered.N)) }))

// intervalWidth is the mean width of the prediction intervals. Unit: the label's.
var intervalWidth = ofIntervals(regressed(Metric{
	Name: "interval_width", Aliases: []string{"mean_interval_width"}, Title: "mean interval width", Summary: "how wide the prediction intervals are, on average",
	Better: Lower, Range: notNegative, Least: leastErrors,
}, func(r *sweep.Regression) (float64, error) { return r.Width.Mean.Mean, nil },
	func(r *sweep.Regression) stats.Basis { return positiveMean(r.Width) }))
