package render

import (
	"html/template"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render/chart"
)

// spreadBlock shows how numbers lie by percentiles, overall and for each group: latencies, scores, errors.
type spreadBlock struct {
	ID, Title, Words string
	Middle, Others   string // heads of the columns: "p50", "p95 · p99"
	Axis             template.HTML
	Overall          []claimRow
	Dimensions       []dimensionBlock
	Open             bool // few groups
}

// openSpread is the most groups whose percentiles are shown without being asked for.
const openSpread = 12

// spreadKind is what percentiles a block shows, of one slice: the ends of the line, those of the box, and the mark, by names of metrics.
type spreadKind struct {
	id, title, words string
	ends, box        [2]string
	middle           string
	others           []string // shown in words beside the mark
	heads            string
	zero             bool // the axis holds 0
	guide            bool // and marks it
	curve            bool // the names are shares of the curve of errors, not metrics
}

func spreadKinds() []spreadKind {
	return []spreadKind{
		{id: "errors", title: "How far predictions lie off", words: "Prediction less truth, in the label's unit: right of the dashed 0 it is too high. Dot: the median; bar: the middle half of the rows; line: 90 % of them.",
			ends: [2]string{"0.05", "0.95"}, box: [2]string{"0.25", "0.75"}, middle: "0.5", others: []string{"0.05", "0.95"}, heads: "p5 · p95", zero: true, guide: true, curve: true},
		{id: "scores", title: "How the scores lie", words: "Dot: the median score; bar: the middle half of the rows; line: 90 % of them.",
			ends: [2]string{"score_p5", "score_p95"}, box: [2]string{"score_p25", "score_p75"}, middle: "score_p50", others: []string{"score_p5", "score_p95"}, heads: "p5 · p95"},
		{id: "latency", title: "How long a prediction takes", words: "In the unit of the latency column. Dot: the median; bar: from there to what 95 % take at most; line: to what 99 % do.",
			ends: [2]string{"latency_p50", "latency_p99"}, box: [2]string{"latency_p50", "latency_p95"}, middle: "latency_p50", others: []string{"latency_p95", "latency_p99"},
			heads: "p95 · p99", zero: true},
	}
}

// value is a percentile of a slice; nil where it has none.
func (k spreadKind) value(e *evaluate.Evaluation, s evaluate.Slice, name string) *float64 {
	if !k.curve {
		return s.Metrics[name].Value
	}
	points, _ := curveOf(e, s.Groups, evaluate.CurveErrors, 2)
	for _, p := range points {
		if plainNumber(p[0]) == name {
			return &p[1]
		}
	}
	return nil
}

// spreads are those that the evaluation has figures for.
func spreads(e *evaluate.Evaluation, along []string) []spreadBlock {
	var list []spreadBlock
	for _, k := range spreadKinds() {
		if b, ok := newSpread(e, along, k); ok {
			list = append(list, b)
		}
	}
	return list
}

func newSpread(e *evaluate.Evaluation, along []string, k spreadKind) (spreadBlock, bool) {
	b := spreadBlock{ID: k.id, Title: k.title, Words: k.words, Middle: "median", Others: k.heads}
	value := func(s evaluate.Slice, name string) *float64 { return k.value(e, s, name) }
	if value(e.Overall(), k.middle) == nil || value(e.Overall(), k.others[len(k.others)-1]) == nil {
		return b, false
	}
	var values []float64
	if k.zero {
		values = []float64{0}
	}
	hold := func(s evaluate.Slice) {
		if s.Rows < gates.DefaultMinSupport && len(s.Groups) > 0 {
			return
		}
		for _, name := range []string{k.ends[0], k.ends[1], k.box[0], k.box[1], k.middle} {
			if v := value(s, name); v != nil {
				values = append(values, *v)
			}
		}
	}
	hold(e.Overall())
	count := 0
	found := map[string][]evaluate.Slice{}
	for _, d := range along {
		found[d], _ = e.Along(d)
		count += len(found[d])
		for _, s := range found[d] {
			hold(s)
		}
	}
	axis := chart.NewAxis(values...)
	var guide *float64
	if k.guide {
		guide = new(float64)
	}
	b.Axis, b.Open = svg(axis.Scale(guide)), count <= openSpread
	row := func(s evaluate.Slice) claimRow {
		middle := value(s, k.middle)
		r := claimRow{Name: e.Terms.Short(s.Groups), Support: evaluate.Count(s.Rows), Value: "–"}
		if middle == nil {
			r.Class, r.Mark = "small", s.Metrics[k.middle].Undefined
			return r
		}
		r.Value = evaluate.Number(*middle)
		var others []string
		for _, name := range k.others {
			if v := value(s, name); v != nil {
				others = append(others, evaluate.Number(*v))
			}
		}
		r.Interval = strings.Join(others, " · ")
		x := chart.Spread{Title: r.Name + ": median " + r.Value, About: k.heads + ": " + r.Interval, Middle: middle, Guide: guide,
			Ends: [2]*float64{value(s, k.ends[0]), value(s, k.ends[1])}, Box: [2]*float64{value(s, k.box[0]), value(s, k.box[1])}}
		if s.Rows < gates.DefaultMinSupport {
			r.Class, r.Mark, x.Faint = "small", "too few", true
		}
		r.Plot = svg(axis.Spread(x))
		return r
	}
	b.Overall = []claimRow{row(e.Overall())}
	for _, d := range along {
		block := dimensionBlock{Name: strings.ReplaceAll(d, " * ", " × ")}
		for _, s := range found[d] {
			block.Rows = append(block.Rows, row(s))
		}
		b.Dimensions = append(b.Dimensions, block)
	}
	return b, true
}
