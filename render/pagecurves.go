package render

import (
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render/chart"
)

// chartBlock is a curve of all rows, with what it says in words, and in numbers.
type chartBlock struct {
	Title, Words string
	Plot         template.HTML
	Numbers      numbersTable
}

// numbersTable is a chart in numbers, for whoever does not see it or wants to know exactly.
type numbersTable struct {
	Heads []string
	Rows  [][]string
	Note  string
}

// charts are those of overall that the evaluation has.
func charts(e *evaluate.Evaluation) []chartBlock {
	var list []chartBlock
	for _, of := range []func(*evaluate.Evaluation) chartBlock{roc, precisionRecall, scoresChart, calibration, thresholdChart} {
		if b := of(e); b.Plot != "" {
			list = append(list, b)
		}
	}
	return list
}

// curveOf finds a slice's curve; it has no points where there is none, and only those of as many numbers as it has columns.
func curveOf(e *evaluate.Evaluation, g evaluate.Groups, name string, columns int) (points [][]float64, off float64) {
	i := slices.IndexFunc(e.Curves, func(c evaluate.Curve) bool {
		return c.Name == name && len(c.Groups) == len(g) && c.Groups.String() == g.String()
	})
	if i < 0 {
		return nil, 0
	}
	return slices.DeleteFunc(slices.Clone(e.Curves[i].Points), func(p []float64) bool {
		return len(p) < columns || slices.ContainsFunc(p, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
	}), e.Curves[i].Error
}

// readOff is a curve's value at x, along straight lines, in another column; at a step the higher end. It is false beyond the curve's ends.
func readOff(points [][]float64, x float64, column int) (float64, bool) {
	for i := len(points) - 1; i > 0; i-- {
		a, b := points[i-1], points[i]
		switch {
		case x < a[0] || x > b[0]:
		case a[0] == b[0]:
			return max(a[column], b[column]), true
		default:
			return a[column] + (b[column]-a[column])*((x-a[0])/(b[0]-a[0])), true
		}
	}
	return 0, false
}

// readTable reads columns off at some places; what is beyond the curve is left out.
func readTable(points [][]float64, off float64, heads []string, columns []int, at []float64, figure func(float64) string) numbersTable {
	t := numbersTable{Heads: heads}
	for _, x := range at {
		row := []string{plainNumber(x)}
		for _, c := range columns {
			if y, ok := readOff(points, x, c); ok {
				row = append(row, figure(y))
			}
		}
		if len(row) == len(heads) {
			t.Rows = append(t.Rows, row)
		}
	}
	if off >= 0.0005 {
		t.Note = "Read off the curve, which is kept to within " + evaluate.Number(off) + "."
	}
	return t
}

func roc(e *evaluate.Evaluation) chartBlock {
	points, off := curveOf(e, nil, evaluate.CurveROC, 2)
	x := chart.Curve{Points: points, Title: "ROC curve", About: "recall against the false positive rate at every threshold"}
	b := chartBlock{Title: "ROC curve", Words: "What share of the positive rows is found, against what share of the negative ones is taken for positive, at every threshold. Dashed: by chance."}
	o := e.Overall()
	if f, ok := o.Metrics["roc_auc"]; ok && f.Value != nil {
		x.Title += "; area " + evaluate.Number(*f.Value)
		b.Words += " The area under it is " + evaluate.Number(*f.Value) + "."
	}
	if n := o.Counts; n != nil && n.TP+n.FN > 0 && n.FP+n.TN > 0 {
		at := [2]float64{float64(n.FP) / float64(n.FP+n.TN), float64(n.TP) / float64(n.TP+n.FN)}
		x.At, x.AtLabel = &at, atThreshold(e)
		x.About += "; at the threshold a false positive rate of " + evaluate.Number(at[0]) + " and a recall of " + evaluate.Number(at[1])
	}
	b.Numbers = readTable(points, off, []string{"false positive rate", "recall"}, []int{1}, []float64{0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5}, evaluate.Number)
	b.Plot = svg(chart.ROC(x))
	return b
}

func atThreshold(e *evaluate.Evaluation) string {
	if t := e.Terms.Threshold; t != nil {
		return "threshold " + plainNumber(*t)
	}
	return "at the threshold"
}

func precisionRecall(e *evaluate.Evaluation) chartBlock {
	points, off := curveOf(e, nil, evaluate.CurvePrecisionRecall, 2)
	x := chart.Curve{Points: points, Title: "Precision-recall curve", About: "precision against recall at every threshold"}
	b := chartBlock{Title: "Precision and recall", Words: "Of the rows that are selected, how many are positive, against how many of the positive ones are found, at every threshold."}
	o := e.Overall()
	if f, ok := o.Metrics["average_precision"]; ok && f.Value != nil {
		x.Title += "; average precision " + evaluate.Number(*f.Value)
		b.Words += " Average precision is " + evaluate.Number(*f.Value) + "."
	}
	if f, ok := o.Metrics["prevalence"]; ok && f.Value != nil {
		x.Chance = f.Value
		b.Words += " Dashed: by chance, the share that is positive, " + evaluate.Number(*f.Value) + "."
	}
	if len(points) > 0 && points[0][0] >= 0.01 {
		b.Words += " It begins at a recall of " + evaluate.Number(points[0][0]) + ": at higher thresholds a few rows make all of precision."
	}
	if n := o.Counts; n != nil && n.TP+n.FN > 0 && n.TP+n.FP > 0 {
		at := [2]float64{float64(n.TP) / float64(n.TP+n.FN), float64(n.TP) / float64(n.TP+n.FP)}
		x.At, x.AtLabel = &at, atThreshold(e)
		x.About += "; at the threshold a recall of " + evaluate.Number(at[0]) + " and a precision of " + evaluate.Number(at[1])
	}
	b.Numbers = readTable(points, off, []string{"recall", "precision"}, []int{1}, tenths(0, 1), evaluate.Number)
	b.Plot = svg(chart.PrecisionRecall(x))
	return b
}

// tenths are at most some ten round numbers from one to another.
func tenths(low, high float64) []float64 {
	a := chart.NewAxis(low, high)
	step := (a.High - a.Low) / float64(len(a.Ticks)-1)
	if len(a.Ticks) < 7 {
		step /= 2
	}
	if a.Low == 0 && a.High == 1 {
		step = 0.1
	}
	var all []float64
	for i := 0; ; i++ {
		x := a.Low + float64(i)*step
		if x > a.High+step/2 || len(all) > 20 {
			return all
		}
		all = append(all, math.Round(x/step)*step)
	}
}

func plainNumber(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'g', 6, 64), "-", "−", 1)
}

func calibration(e *evaluate.Evaluation) chartBlock {
	c := chart.Calibration{Title: "Calibration", About: "share of positives against the mean score, in bins of about as many rows"}
	b := chartBlock{Title: "Calibration", Numbers: numbersTable{Heads: []string{"mean score", "positive", "95 %", "rows"}}}
	worst, off := "", 0.0
	points, _ := curveOf(e, nil, evaluate.CurveCalibration, 5)
	for _, p := range points {
		c.Bins = append(c.Bins, chart.Bin{Score: p[0], Share: p[1], Low: p[2], High: p[3]})
		score, share := evaluate.Number(p[0]), evaluate.Number(p[1])
		b.Numbers.Rows = append(b.Numbers.Rows, []string{score, share, evaluate.Range(&p[2], &p[3], p[1]), evaluate.Count(int64(p[4]))})
		if d := max(p[2]-p[0], p[0]-p[3]); d > off { // beyond its interval
			worst, off = " Farthest off: of the rows that score about "+score+", "+share+" are positive.", d
		}
	}
	bars, _ := curveOf(e, nil, evaluate.CurveScores, 4)
	for _, p := range bars {
		c.Bars = append(c.Bars, chart.Bar{From: p[0], To: p[1], Negatives: p[2], Positives: p[3]})
	}
	if worst == "" {
		worst = " None is clearly off it."
	}
	b.Words = "A dot is a bin of the rows, a tenth where scores do not tie, with its 95 % interval; on the dashed line, scores are the share that is positive." + worst +
		" Bars: how many rows have which score."
	c.About += "." + worst
	b.Plot = svg(c.Draw())
	return b
}

// scoresChart is how the scores of each class lie, or all where nobody knows the classes.
func scoresChart(e *evaluate.Evaluation) chartBlock {
	columns, names := 4, [2]string{"positive rows", "negative rows"}
	b := chartBlock{Title: "Scores by class", Numbers: numbersTable{Heads: []string{"from", "to", "positive", "negative"}}, Words: "How the scores of the positive rows lie, upwards, and of the negative " +
		"ones, downwards: each bar is a share of its own class's rows. The less the two overlap, the better scores tell them apart."}
	if e.Unlabelled {
		columns, names = 3, [2]string{}
		b = chartBlock{Title: "Scores", Numbers: numbersTable{Heads: []string{"from", "to", "rows"}}, Words: "How many of the rows have which score."}
	}
	c := chart.Scores{Title: b.Title, Names: names, At: e.Terms.Threshold}
	points, _ := curveOf(e, nil, evaluate.CurveScores, columns)
	sum, most := 0.0, []float64{}
	for _, p := range points {
		bar, row := chart.Bar{From: p[0], To: p[1], Negatives: p[2]}, []string{plainNumber(p[0]), plainNumber(p[1])}
		if columns == 4 {
			bar.Positives = p[3]
			row = append(row, evaluate.Count(int64(p[3])))
		}
		b.Numbers.Rows = append(b.Numbers.Rows, append(row, evaluate.Count(int64(p[2]))))
		c.Bars = append(c.Bars, bar)
		rows := bar.Negatives + bar.Positives
		sum += rows
		if len(most) == 0 || rows > most[2] {
			most = []float64{p[0], p[1], rows}
		}
	}
	c.About = "how many rows have which score"
	if len(most) > 0 && sum > 0 {
		c.About += "; most, " + evaluate.Percent(most[2]/sum) + ", from " + plainNumber(most[0]) + " to " + plainNumber(most[1])
	}
	if t := e.Terms.Threshold; t != nil {
		b.Words += " Upright: the threshold, " + plainNumber(*t) + "."
	}
	b.Plot = svg(c.Draw())
	return b
}

func thresholdChart(e *evaluate.Evaluation) chartBlock {
	c := chart.Thresholds{Title: "Thresholds", About: "precision, recall and the share that is selected, at every threshold", Lines: []string{"precision", "recall", "selected"}, At: e.Terms.Threshold}
	points, off := curveOf(e, nil, evaluate.CurveThresholds, 5)
	for _, p := range points {
		c.Points = append(c.Points, []float64{p[0], p[1], p[2], p[4]})
	}
	b := chartBlock{Title: "At other thresholds", Words: "Precision, recall and the share of rows that is selected, if the threshold were another.", Plot: svg(c.Draw())}
	if len(c.Points) > 1 {
		b.Numbers = readTable(c.Points, off, []string{"threshold", "precision", "recall", "selected"}, []int{1, 2, 3}, tenths(c.Points[0][0], c.Points[len(c.Points)-1][0]), evaluate.Number)
	}
	if t := e.Terms.Threshold; t != nil {
		b.Words += " Upright: the one in use, " + plainNumber(*t) + "."
	}
	return b
}

// smallBlock are the curves of groups, beside each other.
type smallBlock struct {
	Words  string
	Groups []smallGroup
	More   int // groups of enough rows that are not shown
}

type smallGroup struct {
	Name, Note string
	Plots      []template.HTML
}

// shownSmall is the most groups whose curves a page draws: first those of the dimensions that gates look along.
const shownSmall = 12

// smalls are the curves of groups that have enough rows of both classes to tell something.
func smalls(e *evaluate.Evaluation, along []string) *smallBlock {
	all, _ := curveOf(e, nil, evaluate.CurveROC, 2)
	b := &smallBlock{}
	unit := chart.NewAxis(0, 1)
	var shown []evaluate.Slice
	most := []float64{0}
	for _, d := range along {
		found, _ := e.Along(d)
		for _, s := range found {
			n := s.Counts
			if points, _ := curveOf(e, s.Groups, evaluate.CurveROC, 2); len(points) < 2 || n == nil || min(n.TP+n.FN, n.FP+n.TN) < gates.DefaultMinSupport {
				continue
			}
			if len(shown) == shownSmall {
				b.More++
				continue
			}
			shown = append(shown, s)
			bins, _ := curveOf(e, s.Groups, evaluate.CurveCalibration, 5)
			for _, p := range bins {
				most = append(most, p[0], p[1], p[3])
			}
		}
	}
	if len(shown) == 0 {
		return nil
	}
	axis := chart.NewAxis(most...)
	axis.High = min(axis.High, 1)
	calibrated := false
	for _, s := range shown {
		g := smallGroup{Name: e.Terms.Name(s.Groups), Note: evaluate.Count(s.Rows) + " rows"}
		points, _ := curveOf(e, s.Groups, evaluate.CurveROC, 2)
		c := chart.Small{Title: "ROC curve, " + g.Name, X: unit, Y: unit, Points: points, All: all, Chance: true}
		if f, ok := s.Metrics["roc_auc"]; ok && f.Value != nil {
			c.Title += "; area " + evaluate.Number(*f.Value)
			g.Note = "ROC AUC " + evaluate.Number(*f.Value) + " · " + g.Note
		}
		if y, ok := readOff(points, 0.1, 1); ok {
			c.About = "at a false positive rate of 0.1 a recall of " + evaluate.Number(y)
			if z, ok := readOff(all, 0.1, 1); ok {
				c.About += ", overall of " + evaluate.Number(z)
			}
		}
		g.Plots = append(g.Plots, svg(c.Draw()))
		c = chart.Small{Title: "Calibration, " + g.Name, X: axis, Y: axis, Chance: true}
		off := 0
		bins, _ := curveOf(e, s.Groups, evaluate.CurveCalibration, 5)
		for _, p := range bins {
			c.Bins = append(c.Bins, chart.Bin{Score: p[0], Share: p[1], Low: p[2], High: p[3]})
			if p[0] < p[2] || p[0] > p[3] {
				off++
			}
		}
		if len(c.Bins) > 0 {
			calibrated = true
			c.About = strconv.Itoa(off) + " of " + strconv.Itoa(len(c.Bins)) + " bins lie off the diagonal by more than their interval"
			g.Plots = append(g.Plots, svg(c.Draw()))
		}
		b.Groups = append(b.Groups, g)
	}
	b.Words = "ROC curve of the group, with that of all rows faint behind it; both axes go from 0 to 1."
	if calibrated {
		b.Words = "Left: " + b.Words + " Right: its calibration, share of positives against mean score with 95 % intervals, from 0 to " + plainNumber(axis.High) + "."
	}
	b.Words += " Groups with fewer than " + strconv.Itoa(gates.DefaultMinSupport) + " rows of either class are left out."
	return b
}
