package evaluate

import (
	"fmt"
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// calibrationBins is how many bins calibration is told by, of about equal mass.
const calibrationBins = 10

// calibrated are what calibration is told by: bins of about equal mass (see [sweep.EqualMass]), each with its mean score and share of positives.
type calibrated struct {
	bins []sweep.Bin
	rows float64
}

// calibrate gives a slice's bins; the error says why there is no calibration.
func calibrate(s sweep.Stats) (calibrated, error) {
	switch {
	case s.Rows == 0:
		return calibrated{}, Undefined(noRows)
	case s.Outside > 0:
		return calibrated{}, Undefined(fmt.Sprintf("%d scores lie outside [0, 1]: they are no probabilities", s.Outside))
	}
	return calibrated{sweep.EqualMass(s.Bands, calibrationBins), float64(s.Rows)}, nil
}

// sum adds up, over the bins, a function of a bin's rows, mean score and share of positives, for each row.
func (c calibrated) sum(of func(n, score, share float64) float64) float64 {
	total := 0.0
	for _, b := range c.bins {
		n := float64(b.Rows[0] + b.Rows[1])
		total += n * of(n, b.Sum/n, float64(b.Rows[1])/n)
	}
	return total / c.rows
}

// calibration completes a metric of calibration.
func calibration(m Metric, value func(calibrated, sweep.Stats) float64) Metric {
	m.Denominator, m.Prevalence, m.Scores = "rows", true, true
	m.plan = func(p *sweep.Plan) { p.Losses, p.Bands = true, true }
	m.Value = func(s sweep.Stats) (float64, error) {
		c, err := calibrate(s)
		if err != nil {
			return 0, err
		}
		return value(c, s), nil
	}
	m.Support = func(s sweep.Stats) int64 { return s.Rows }
	return m
}

// expectedCalibrationError is Σ (n/N)·|mean score − share of positives| over at most ten bins of about equal mass, whose ends are fixed bands of the score
// ([sweep.EqualMass]). Range [0, 1]; 0 is best, and no model on a sample shows it: read it beside calibration_error_by_chance. No unbiased form
// exists, so it has no interval; gate slope and intercept instead. Naeini, Cooper and Hauskrecht 2015, doi:10.1609/aaai.v29i1.9602.
var expectedCalibrationError = calibration(Metric{
	Name: "expected_calibration_error", Aliases: []string{"ece", "calibration_error"}, Title: "calibration error",
	Summary: "how far scores lie from the share of positives, on average over ten bins", Better: Lower, Range: [2]float64{0, 1},
}, func(c calibrated, _ sweep.Stats) float64 {
	return c.sum(func(_, score, share float64) float64 { return math.Abs(score - share) })
})

// calibrationErrorByChance is the expected calibration error that these rows would show on average if the scores were perfectly calibrated: see
// [stats.CalibrationByChance].
var calibrationErrorByChance = calibration(Metric{
	Name: "calibration_error_by_chance", Title: "calibration error by chance",
	Summary: "the calibration error that a perfectly calibrated model would show on these rows", Better: Neither, Range: [2]float64{0, 1},
}, func(c calibrated, _ sweep.Stats) float64 {
	var rows []int64
	var scores []float64
	for _, b := range c.bins {
		n := b.Rows[0] + b.Rows[1]
		rows, scores = append(rows, n), append(scores, math.Max(0, math.Min(1, b.Sum/float64(n))))
	}
	return stats.CalibrationByChance(rows, scores)
})

// brierReliability is Murphy's: Σ (n/N)·(mean score − share of positives)² over the calibration bins. Range [0, 1]; 0 is best. Brier score =
// reliability − resolution + uncertainty, but for how scores differ within a bin. Murphy 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2.
var brierReliability = calibration(Metric{
	Name: "brier_reliability", Title: "reliability", Summary: "the Brier score's part by scores that are off", Better: Lower, Range: [2]float64{0, 1},
}, func(c calibrated, _ sweep.Stats) float64 {
	return c.sum(func(_, score, share float64) float64 { return (score - share) * (score - share) })
})

// brierResolution is Murphy's: Σ (n/N)·(share of positives − prevalence)² over the calibration bins. Range [0, ¼]; higher is better.
var brierResolution = calibration(Metric{
	Name: "brier_resolution", Title: "resolution", Summary: "what the Brier score gains since bins differ in their share of positives", Better: Higher, Range: [2]float64{0, 0.25},
}, func(c calibrated, s sweep.Stats) float64 {
	prevalence := float64(s.Positives) / float64(s.Rows)
	return c.sum(func(_, _, share float64) float64 { return (share - prevalence) * (share - prevalence) })
})

// brierUncertainty is Murphy's: prevalence·(1 − prevalence), the Brier score of a model that knows nothing else. Range [0, ¼].
var brierUncertainty = calibration(Metric{
	Name: "brier_uncertainty", Title: "uncertainty", Summary: "the Brier score of a model that knows only the prevalence", Better: Neither, Range: [2]float64{0, 0.25},
}, func(_ calibrated, s sweep.Stats) float64 {
	prevalence := float64(s.Positives) / float64(s.Rows)
	return prevalence * (1 - prevalence)
})

// recalibrated completes a metric of the logistic recalibration, logit P(positive) = intercept + slope·logit(score). Its limits are Wald's, with t of rows − 2.
func recalibrated(m Metric, of func(stats.Recalibration) (value, se float64)) Metric {
	m.Denominator, m.Better, m.Prevalence, m.Scores = "rows of the rarer class", Neither, true, true
	m.Range = [2]float64{math.Inf(-1), math.Inf(1)}
	m.plan = func(p *sweep.Plan) { p.Losses, p.Bands = true, true }
	find := func(s sweep.Stats) (stats.Recalibration, error) {
		if _, err := calibrate(s); err != nil {
			return stats.Recalibration{}, err
		}
		if rarer(s) == 0 {
			return stats.Recalibration{}, Undefined(oneClass)
		}
		r, ok := s.Recalibration()
		if !ok {
			return r, Undefined("no recalibration fits: the classes are separated, or their scores too close together")
		}
		return r, nil
	}
	m.Value = func(s sweep.Stats) (float64, error) {
		r, err := find(s)
		value, _ := of(r)
		return value, err
	}
	m.Basis = func(s sweep.Stats) stats.Basis {
		r, err := find(s)
		if err != nil {
			return stats.Basis{}
		}
		value, se := of(r)
		return stats.StudentT(value, se, float64(s.Rows-2))
	}
	m.Support = rarer
	return m
}

// calibrationSlope is that of Cox's logistic recalibration: 1 for a calibrated model, under 1 where scores are too extreme. Cox 1958,
// doi:10.1093/biomet/45.3-4.562. Undefined where no recalibration fits. Scores are clipped as for log loss.
var calibrationSlope = recalibrated(Metric{
	Name: "calibration_slope", Title: "calibration slope", Summary: "1 where scores are calibrated, under 1 where they are too extreme",
}, func(r stats.Recalibration) (value, se float64) { return r.Slope, r.SlopeSE })

// calibrationIntercept is that of the same recalibration: 0 for a calibrated model. Unit: log odds.
var calibrationIntercept = recalibrated(Metric{
	Name: "calibration_intercept", Title: "calibration intercept", Summary: "0 where scores are calibrated; the log odds to add beside the slope",
}, func(r stats.Recalibration) (value, se float64) { return r.Intercept, r.InterceptSE })
