package render

import (
	"html/template"
	"math"
	"slices"
	"strconv"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/render/chart"
)

// chartBlock is a curve of all rows, with what it says in words, and in numbers where it is made of few.
type chartBlock struct {
	Title, Words string
	Plot         template.HTML
	Bins         []binRow
}

// binRow is a bin of the calibration.
type binRow struct{ Score, Share, Interval, Rows string }

// charts are those of overall that the evaluation has.
func charts(e *evaluate.Evaluation) []chartBlock {
	var list []chartBlock
	for _, of := range []func(*evaluate.Evaluation) chartBlock{roc, calibration, thresholdChart} {
		if b := of(e); b.Plot != "" {
			list = append(list, b)
		}
	}
	return list
}

// curve finds one of overall; it has no points where there is none, and only those of as many numbers as it has columns.
func curve(e *evaluate.Evaluation, name string, columns int) [][]float64 {
	i := slices.IndexFunc(e.Curves, func(c evaluate.Curve) bool { return c.Name == name && len(c.Groups) == 0 })
	if i < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.Curves[i].Points), func(p []float64) bool {
		return len(p) < columns || slices.ContainsFunc(p, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
	})
}

func roc(e *evaluate.Evaluation) chartBlock {
	x := chart.Curve{Points: curve(e, evaluate.CurveROC, 2), Title: "ROC curve", About: "recall against the false positive rate at every threshold"}
	o := e.Overall()
	if f, ok := o.Metrics["roc_auc"]; ok && f.Value != nil {
		x.Title += "; area " + evaluate.Number(*f.Value)
	}
	if n := o.Counts; n != nil && n.TP+n.FN > 0 && n.FP+n.TN > 0 {
		at := [2]float64{float64(n.FP) / float64(n.FP+n.TN), float64(n.TP) / float64(n.TP+n.FN)}
		x.At, x.AtLabel = &at, "at the threshold"
		if t := e.Terms.Threshold; t != nil {
			x.AtLabel = "threshold " + plainNumber(*t)
		}
		x.About += "; at the threshold a false positive rate of " + evaluate.Number(at[0]) + " and a recall of " + evaluate.Number(at[1])
	}
	return chartBlock{Title: "ROC curve", Words: "What share of the positive rows is found, against what share of the negative ones is taken for positive, at every threshold. Dashed: by chance.",
		Plot: svg(chart.ROC(x))}
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func calibration(e *evaluate.Evaluation) chartBlock {
	c := chart.Calibration{Title: "Calibration", About: "share of positives against the mean score, in bins of about as many rows"}
	b := chartBlock{Title: "Calibration"}
	worst, off := "", 0.0
	for _, p := range curve(e, evaluate.CurveCalibration, 5) {
		c.Bins = append(c.Bins, chart.Bin{Score: p[0], Share: p[1], Low: p[2], High: p[3]})
		row := binRow{Score: evaluate.Number(p[0]), Share: evaluate.Number(p[1]), Interval: evaluate.Range(&p[2], &p[3], p[1]), Rows: evaluate.Count(int64(p[4]))}
		b.Bins = append(b.Bins, row)
		if d := max(p[2]-p[0], p[0]-p[3]); d > off { // beyond its interval
			worst, off = " Farthest off: of the rows that score about "+row.Score+", "+row.Share+" are positive.", d
		}
	}
	for _, p := range curve(e, evaluate.CurveScores, 4) {
		c.Bars = append(c.Bars, chart.Bar{From: p[0], To: p[1], Negatives: p[2], Positive: p[3]})
	}
	if worst == "" {
		worst = " None is clearly off it."
	}
	b.Words = "A dot is a bin of the rows, a tenth where scores do not tie, with its 95 % interval; on the dashed line, scores are the share that is positive." + worst +
		" Bars: how many rows have which score; the filled part is positive."
	c.About += "." + worst
	b.Plot = svg(c.Draw())
	return b
}

func thresholdChart(e *evaluate.Evaluation) chartBlock {
	c := chart.Thresholds{Title: "Thresholds", About: "precision, recall and the share that is selected, at every threshold", Lines: []string{"precision", "recall", "selected"}, At: e.Terms.Threshold}
	for _, p := range curve(e, evaluate.CurveThresholds, 5) {
		c.Points = append(c.Points, []float64{p[0], p[1], p[2], p[4]})
	}
	b := chartBlock{Title: "At other thresholds", Words: "Precision, recall and the share of rows that is selected, if the threshold were another.", Plot: svg(c.Draw())}
	if t := e.Terms.Threshold; t != nil {
		b.Words += " Upright: the one in use, " + plainNumber(*t) + "."
	}
	return b
}
