package evaluate

import (
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// Curve is what a chart of one slice draws: points, thinned to a stated error. Rates and shares are rounded to five decimals, but for the first
// column, where lines may be steep; the error counts that in.
type Curve struct {
	Name    string      `json:"name" jsonschema:"enum=roc,enum=precision_recall,enum=thresholds,enum=calibration,enum=scores,enum=errors"`
	Groups  Groups      `json:"groups"`
	Columns []string    `json:"columns"`         // what the numbers of a point are
	Points  [][]float64 `json:"points"`          // in ascending order of the first
	Error   float64     `json:"error,omitempty"` // how far, in any other column, the whole curve lies from straight lines between the points, at most; of bins: 0
}

// The curves, each of what bands tell of a slice. Where a class is missing, and for calibration where scores are no probabilities, there is none.
const (
	CurveROC             = "roc"              // false positive rate, recall; from (0, 0) to (1, 1)
	CurvePrecisionRecall = "precision_recall" // recall, precision; from the recall at which precision can be told: see [sweep.PrecisionRecall]
	CurveThresholds      = "thresholds"       // threshold, precision, recall, F1, selection rate
	CurveCalibration     = "calibration"      // of each bin of about equal mass: mean score, share of positives with its 95 % interval by Wilson, rows
	CurveErrors          = "errors"           // of a regression: share, and the error that this share of the rows does not exceed, by [sweep.ErrorShares]
	CurveScores          = "scores"           // a histogram: of each range of scores that has rows its ends, and the rows by label, or all where no labels are known
)

// Points of a curve at most: of overall, and of any other slice. With 60 slices all curves take some 400 KB of an evaluation.
const (
	curvePoints      = 200
	curvePointsSlice = 50
	histogramBars    = 32
)

// maxCurved is the most slices that have curves of their own. Where there are more, only overall has.
const maxCurved = 200

// curves are those of all slices, overall first; none where bands were not counted, nor percentiles of a regression's errors.
func (s *swept) curves() []Curve {
	if !s.plan.Bands && s.overall.Regression == nil {
		return nil
	}
	all := curvesOf(s.overall, Groups{}, curvePoints)
	count := 0
	for _, d := range s.dimensions {
		count += len(d.groups)
	}
	if count > maxCurved {
		return all
	}
	for d, dimension := range s.dimensions {
		for code, g := range dimension.groups {
			all = append(all, curvesOf(s.slices[d][code], g, curvePointsSlice)...)
		}
	}
	return all
}

// curvesOf are the curves of one slice.
func curvesOf(s sweep.Stats, g Groups, limit int) []Curve {
	var all []Curve
	add := func(name string, columns []string, points [][]float64, off float64) {
		if len(points) > 0 {
			all = append(all, Curve{Name: name, Groups: g, Columns: columns, Points: points, Error: off})
		}
	}
	if s.Regression != nil {
		add(CurveErrors, []string{"share", "error"}, errorsOf(s.Regression), 0)
		return all
	}
	if s.Scores != nil { // nobody knows their outcomes
		var points [][]float64
		for _, b := range sweep.Bars(s.Bands, histogramBars) {
			points = append(points, []float64{b.Low, b.High, float64(b.Rows[0])})
		}
		add(CurveScores, []string{"from", "to", "rows"}, points, 0)
		return all
	}
	if rarer(s) > 0 {
		points, off := sweep.ROC(s.Bands, limit)
		add(CurveROC, []string{"false_positive_rate", "recall"}, rounded(points, whole, share), stated(off))
		points, off = sweep.PrecisionRecall(s.Bands, limit)
		add(CurvePrecisionRecall, []string{"recall", "precision"}, rounded(points, whole, share), stated(off))
		points, off = sweep.Thresholds(s.Bands, limit)
		add(CurveThresholds, []string{"threshold", "precision", "recall", "f1", "selection_rate"}, rounded(points, whole, share, share, share, share), stated(off))
	}
	if c, err := calibrate(s); err == nil {
		var points [][]float64
		for _, b := range c.bins {
			n := b.Rows[0] + b.Rows[1]
			i := stats.Describe(stats.Proportion(float64(b.Rows[1]), float64(n)), Level)
			points = append(points, []float64{b.Sum / float64(n), float64(b.Rows[1]) / float64(n), i.Low, i.High, float64(n)})
		}
		add(CurveCalibration, []string{"mean_score", "positives", "low", "high", "rows"}, rounded(points, share, share, share, share, whole), 0)
	}
	var points [][]float64
	for _, b := range sweep.Bars(s.Bands, histogramBars) {
		points = append(points, []float64{b.Low, b.High, float64(b.Rows[0]), float64(b.Rows[1])})
	}
	add(CurveScores, []string{"from", "to", "negative_rows", "positive_rows"}, points, 0)
	return all
}

// errorsOf are percentiles of the errors, prediction less truth: each the smallest error that at least this share of the rows does not exceed. There are
// none without rows, where they were not collected, and where an error is too large to be squared.
func errorsOf(r *sweep.Regression) (points [][]float64) {
	if r.Huge > 0 || r.Error.N == 0 {
		return nil
	}
	for _, q := range sweep.ErrorShares() {
		e := r.Error.Quantile(q)
		if math.IsNaN(e) {
			return nil
		}
		points = append(points, []float64{q, e})
	}
	return points
}

// share rounds a rate or a share.
func share(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// whole rounds nothing: a count, or a score.
func whole(x float64) float64 { return x }

// rounded rounds each column its way.
func rounded(points [][]float64, columns ...func(float64) float64) [][]float64 {
	var all [][]float64
	for _, p := range points {
		q := make([]float64, len(p))
		for i, x := range p {
			q[i] = columns[i](x)
		}
		all = append(all, q)
	}
	return all
}

// stated is an error with what rounding adds, itself rounded up.
func stated(off float64) float64 { return math.Ceil((off+1e-5)*1e5) / 1e5 }
