package render

import (
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render/chart"
)

// groupBlock shows how the model does for each group: the metrics that gates ask for with a plot, and all figures as a table.
type groupBlock struct {
	Metrics     []metricBlock
	All         []matrix
	Heads       []string
	Parity      []parityBlock
	ParityWords string
	Curves      *smallBlock
}

// metricBlock is a metric along all dimensions. Its intervals are for reading: they decide nothing.
type metricBlock struct {
	Title, Summary, Denominator, Methods, Level, Bound string
	Column                                             string // the head of its values
	Range                                              string // the worst and the best, of classes
	Axis                                               template.HTML
	Dimensions                                         []dimensionBlock
	Small                                              int64 // groups under this many are dimmed
	Zero                                               bool  // 0 is marked: what lies on it is neither too high nor too low
}

type dimensionBlock struct {
	Name string
	Rows []claimRow
}

// matrix is a dimension's groups with all metrics.
type matrix struct {
	Name string
	Rows []matrixRow
}

type matrixRow struct {
	Name  string
	Rows  string
	Small bool
	Cells []figureRow
}

// figureRow is a metric's figure.
type figureRow struct {
	Name, Value, Interval, Support, Summary, Without string
	Reported                                         string // by which tool, where gatecard did not compute it
	Partial                                          bool   // it is not of the whole
}

// dimensions are those that the evaluation has slices of, in the order of the terms: first those that gates look along.
func dimensions(e *evaluate.Evaluation, r *gates.Report) []string {
	var names []string
	add := func(name string) {
		of := slices.Sorted(slices.Values(evaluate.CrossOf(name)))
		same := func(n string) bool { return slices.Equal(slices.Sorted(slices.Values(evaluate.CrossOf(n))), of) }
		name = strings.Join(evaluate.CrossOf(name), " * ")
		if _, err := e.Along(name); err == nil && !slices.ContainsFunc(names, same) {
			names = append(names, name)
		}
	}
	if r != nil {
		for _, g := range r.Gates {
			for _, d := range g.Across {
				add(d)
			}
		}
	}
	for _, d := range e.Terms.Dimensions() {
		add(d)
	}
	for _, s := range e.Slices {
		add(strings.Join(slices.Sorted(maps.Keys(s.Groups)), " * "))
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

func groups(v View, e *evaluate.Evaluation) *groupBlock {
	r := v.report()
	along := dimensions(e, r)
	if len(along) == 0 {
		return nil
	}
	b := &groupBlock{}
	bounds := map[string]gates.Outcome{}
	var metrics []string
	if r != nil {
		// Gates that look at groups come first: theirs is the metric that matters here.
		ordered := slices.Clone(r.Gates)
		slices.SortStableFunc(ordered, func(a, b gates.Outcome) int { return min(1, len(b.Across)) - min(1, len(a.Across)) })
		for _, g := range ordered {
			if _, ok := e.Overall().Metrics[g.Metric]; !ok {
				continue
			}
			if !slices.Contains(metrics, g.Metric) {
				metrics = append(metrics, g.Metric)
			}
			if _, ok := bounds[g.Metric]; !ok && g.Kind == "bound" && len(g.Across) > 0 {
				bounds[g.Metric] = g
			}
		}
	}
	under := map[string]int64{}
	for _, t := range v.tooFew() {
		under[t.metric] = t.under
	}
	for _, m := range usual(e, metrics) {
		if !slices.Contains(metrics, m) {
			metrics = append(metrics, m)
		}
	}
	for _, m := range metrics {
		b.Metrics = append(b.Metrics, newMetric(e, m, along, bounds[m], under[m]))
	}
	b.Parity, b.ParityWords = parity(e), cards.ParityWords(e)
	b.Curves = smalls(e, along)
	all := metricNames(e.Overall())
	for _, m := range all {
		b.Heads = append(b.Heads, cards.Title(m))
	}
	for _, d := range along {
		slices, _ := e.Along(d)
		x := matrix{Name: strings.ReplaceAll(d, " * ", " × ")}
		for _, s := range slices {
			row := matrixRow{Name: e.Terms.Short(s.Groups), Rows: evaluate.Count(s.Rows)}
			if e.Reported != nil {
				row.Rows = "" // not known
			}
			for _, m := range all {
				row.Cells = append(row.Cells, newFigure(m, s.Metrics[m]))
			}
			x.Rows = append(x.Rows, row)
		}
		b.All = append(b.All, x)
	}
	return b
}

// usual are the metrics that a task's groups are shown by whatever gates ask for; of a binary task only where they ask for none.
func usual(e *evaluate.Evaluation, asked []string) []string {
	var names []string
	switch e.Terms.Kind() {
	case evaluate.Regression:
		names = []string{"mean_absolute_error", "mean_bias"}
	case evaluate.Multiclass:
		names = []string{"accuracy", "recall_macro"}
	case evaluate.Scores:
		names = []string{"selection_rate"}
	case evaluate.Binary:
		if len(asked) == 0 {
			names = []string{"recall", "false_positive_rate"}
		}
	}
	return slices.DeleteFunc(names, func(m string) bool {
		f, ok := e.Overall().Metrics[m]
		return !ok || f.Undefined == evaluate.NotReported
	})
}

func newMetric(e *evaluate.Evaluation, metric string, along []string, g gates.Outcome, small int64) metricBlock {
	b := metricBlock{Title: cards.Title(metric), Column: cards.Title(metric), Denominator: denominator(metric), Small: small, Bound: g.Bound}
	if small == 0 {
		b.Small = gates.DefaultMinSupport
	}
	better := evaluate.Higher
	if n, err := evaluate.Lookup(metric); err == nil {
		b.Summary, better = n.Summary, n.Better
	}
	var values []float64
	methods := map[string]bool{}
	level := ""
	found := map[string][]evaluate.Slice{}
	for _, d := range along {
		ss, _ := e.Along(d)
		ss = slices.Clone(ss)
		slices.SortStableFunc(ss, func(x, y evaluate.Slice) int {
			f, h := x.Metrics[metric], y.Metrics[metric]
			fs, hs := f.Support < b.Small || f.Value == nil, h.Support < b.Small || h.Value == nil
			switch {
			case fs != hs && fs:
				return 1
			case fs != hs:
				return -1
			case better == evaluate.Lower:
				return -lowFirst(f.Value, h.Value)
			case better == evaluate.Neither:
				return 0
			}
			return lowFirst(f.Value, h.Value)
		})
		found[d] = ss
		for _, s := range ss {
			f := s.Metrics[metric]
			if f.Value != nil {
				values = append(values, *f.Value)
			}
			if f.Interval != nil {
				methods[method(f.Interval.Method)] = true
				level = percentOf(f.Interval.Level)
				if f.Support >= b.Small {
					values = append(values, f.Interval.Low, f.Interval.High)
				}
			}
		}
	}
	guide := firstOf(g.Min, g.Max)
	if zero := 0.0; metric == "mean_bias" && guide == nil {
		guide, b.Zero = &zero, true
	}
	for _, bound := range []*float64{g.Min, g.Max, guide} {
		if bound != nil {
			values = append(values, *bound)
		}
	}
	axis := chart.NewAxis(values...)
	b.Axis, b.Level = svg(axis.Scale(guide)), level
	b.Methods = strings.Join(sortedKeys(methods), ", ")
	for _, d := range along {
		gated := slices.ContainsFunc(g.Across, func(a string) bool { return slices.Equal(evaluate.CrossOf(a), evaluate.CrossOf(d)) })
		block := dimensionBlock{Name: strings.ReplaceAll(d, " * ", " × ")}
		for _, s := range found[d] {
			f := s.Metrics[metric]
			x := newFigure(metric, f)
			row := claimRow{Name: e.Terms.Short(s.Groups), Value: x.Value, Interval: x.Interval, Support: evaluate.Count(f.Support)}
			r := chart.Row{Title: row.Name + ": " + row.Value, About: about(row.Interval, g.Bound), Value: f.Value, Min: g.Min, Max: g.Max}
			if f.Interval != nil {
				r.Low, r.High = &f.Interval.Low, &f.Interval.High
			}
			switch {
			case f.Value == nil:
				row.Class, row.Mark = "small", x.Without
			case f.Support < b.Small:
				row.Class, row.Mark, r.Mark = "small", "too few", chart.Ring
			case g.Min != nil && *f.Value < *g.Min:
				row.Class, row.Mark, r.Mark = "bad", "below", chart.Diamond
			case g.Max != nil && *f.Value > *g.Max:
				row.Class, row.Mark, r.Mark = "bad", "above", chart.Diamond
			}
			if !gated {
				if r.Mark == chart.Diamond {
					row.Class, row.Mark, r.Mark = "open", "not gated", chart.Disc
				}
				r.Guide, r.Min, r.Max = guide, nil, nil
			}
			if x.Reported != "" && f.Value != nil {
				row.Mark = strings.TrimSuffix("reported, "+row.Mark, ", ")
			}
			row.Plot = svg(axis.Row(r))
			block.Rows = append(block.Rows, row)
		}
		b.Dimensions = append(b.Dimensions, block)
	}
	return b
}

// method names an interval's method on a page.
func method(name string) string {
	switch name {
	case "wilson", "tango", "newcombe":
		return cards.Upper(name)
	case "delong-logit":
		return "DeLong on the logit scale"
	case "delong-paired":
		return "paired DeLong"
	case "clopper-pearson":
		return "Clopper-Pearson"
	case "psi":
		return "delta method"
	case "t":
		return "Student’s t"
	case "order":
		return "order statistics"
	case "influence":
		return "influence function"
	case "mover-mean", "mover-difference", "mover-ratio":
		return "MOVER"
	case "max-difference", "min-ratio":
		return "MOVER, of all pairs of groups"
	case "largest", "smallest":
		return "the widest of its parts"
	case "logit", "average-precision":
		return "influence function on the logit scale"
	case "ks":
		return "Massart’s and Hoeffding’s bounds"
	case "cut":
		return "order statistics of the cut, and Clopper-Pearson at it"
	case "rates":
		return "by class"
	}
	return strings.ReplaceAll(name, "-", " ")
}

func percentOf(level float64) string { return strconv.FormatFloat(level*100, 'g', 4, 64) + " %" }

// metricNames are a slice's metrics in the order of the list of metrics.
func metricNames(s evaluate.Slice) []string {
	var names []string
	for _, m := range evaluate.Metrics() {
		for _, key := range sortedKeys(s.Metrics) {
			if base, _, _ := strings.Cut(key, "@"); base == m.Name {
				names = append(names, key)
			}
		}
	}
	for _, key := range sortedKeys(s.Metrics) {
		if !slices.Contains(names, key) {
			names = append(names, key)
		}
	}
	return names
}

func newFigure(metric string, f evaluate.Figure) figureRow {
	x := figureRow{Name: cards.Title(metric), Value: "–", Support: evaluate.Count(f.Support), Without: f.Undefined}
	if n, err := evaluate.Lookup(metric); err == nil {
		x.Summary = n.Summary
	}
	x.Reported, x.Partial = cards.ReportedBy(f), f.Partial != ""
	if f.Value != nil {
		x.Value, x.Without = evaluate.Number(*f.Value), ""
		if f.Interval != nil {
			x.Interval = evaluate.Range(&f.Interval.Low, &f.Interval.High, *f.Value)
		} else {
			x.Without = f.Without
		}
	} else if x.Without == "" {
		x.Without = "not computed"
	}
	return x
}

func overall(e *evaluate.Evaluation) []figureRow {
	var rows []figureRow
	for _, m := range metricNames(e.Overall()) {
		if _, _, ok := cards.OfClass(e, m); ok {
			continue // [classes] shows it
		}
		if f := e.Overall().Metrics[m]; f.Undefined != evaluate.NotReported { // else the file gives it for groups
			rows = append(rows, newFigure(m, f))
		}
	}
	return rows
}
