package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render/chart"
)

// classBlock shows how a task of several classes does for each: a metric at a time, and which class is taken for which.
type classBlock struct {
	Metrics   []metricBlock
	Many      bool // so many classes that all is folded
	Confusion *confusionBlock
}

// openClasses is the most classes that are shown without being asked for, and of which the confusion is a matrix.
const openClasses = 20

// classMetrics are those shown class by class, in this order.
func classMetrics() []struct{ name, words, denominator string } {
	return []struct{ name, words, denominator string }{
		{"recall", "of the rows truly of a class, how many it finds", "rows truly of the class"},
		{"precision", "of the rows predicted to be of a class, how many truly are", "rows predicted to be of the class"},
		{"f1", "balance of precision and recall", "rows of the class, truly or as predicted"},
		{"roc_auc", "how often a row of the class scores above one of another, by the class's score", "the class or the rest, whichever is rarer"},
	}
}

// classes is nil where the evaluation has no figure of a class.
func classes(e *evaluate.Evaluation) *classBlock {
	b := &classBlock{}
	for _, m := range classMetrics() {
		block, n := classMetric(e, m.name)
		if n == 0 {
			continue
		}
		block.Summary, block.Denominator = m.words, m.denominator
		block.Title, block.Column = cards.Title(m.name)+" of each class", cards.Title(m.name)
		b.Metrics, b.Many = append(b.Metrics, block), b.Many || n > openClasses
	}
	b.Confusion = confusion(e)
	if len(b.Metrics) == 0 && b.Confusion == nil {
		return nil
	}
	return b
}

func classMetric(e *evaluate.Evaluation, name string) (metricBlock, int) {
	type class struct {
		name   string
		figure evaluate.Figure
	}
	var all []class
	var values []float64
	b := metricBlock{Small: gates.DefaultMinSupport}
	methods := map[string]bool{}
	for _, key := range sortedKeys(e.Overall().Metrics) {
		if metric, of, ok := cards.OfClass(e, key); ok && metric == name {
			f := e.Overall().Metrics[key]
			all = append(all, class{of, f})
			if f.Value != nil {
				values = append(values, *f.Value)
			}
			if f.Interval != nil && f.Support >= b.Small {
				values = append(values, f.Interval.Low, f.Interval.High)
			}
			if f.Interval != nil {
				methods[method(f.Interval.Method)], b.Level = true, percentOf(f.Interval.Level)
			}
		}
	}
	slices.SortStableFunc(all, func(x, y class) int {
		small := func(c class) int {
			if c.figure.Support < b.Small {
				return 1
			}
			return 0
		}
		return cmp.Or(small(x)-small(y), lowFirst(x.figure.Value, y.figure.Value))
	})
	axis := chart.NewAxis(values...)
	b.Axis, b.Methods = svg(axis.Scale(nil)), strings.Join(sortedKeys(methods), ", ")
	block := dimensionBlock{Name: e.Terms.Label}
	for _, c := range all {
		x := newFigure(name, c.figure)
		row := claimRow{Name: c.name, Value: x.Value, Interval: x.Interval, Support: x.Support}
		r := chart.Row{Title: c.name + ": " + row.Value, About: about(row.Interval, ""), Value: c.figure.Value}
		if i := c.figure.Interval; i != nil {
			r.Low, r.High = &i.Low, &i.High
		}
		switch {
		case c.figure.Value == nil:
			row.Class, row.Mark = "small", x.Without
		case c.figure.Support < b.Small:
			row.Class, row.Mark, r.Mark = "small", "too few", chart.Ring
		}
		row.Plot = svg(axis.Row(r))
		block.Rows = append(block.Rows, row)
	}
	judged := slices.DeleteFunc(slices.Clone(all), func(c class) bool { return c.figure.Value == nil || c.figure.Support < b.Small })
	if n := len(judged); n > 1 {
		low, high := judged[0], judged[n-1]
		b.Range = "from " + evaluate.Number(*low.figure.Value) + ", " + low.name + ", to " + evaluate.Number(*high.figure.Value) + ", " + high.name
	}
	b.Dimensions = []dimensionBlock{block}
	return b, len(all)
}
