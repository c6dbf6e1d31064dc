package gates

import (
	"fmt"
	"math"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/schema"
)

var gapKind = Kind{
	Name: "gap", Summary: "a metric differs little between any two groups",
	Keys: []string{"max_gap"},
	New:  func() Rule { return &gapRule{} },
}

// gapRule is {metric: false_positive_rate, across: region, max_gap: 0.05}: any two groups of a dimension.
type gapRule struct {
	Metric string   `json:"metric"`
	Across Names    `json:"across" jsonschema:"oneof_type=string;array"`
	MaxGap Fraction `json:"max_gap" jsonschema:"oneof_type=number;string"` // 0.05, or "5pp"
}

func (r *gapRule) String() string             { return r.Metric + ", gap by " + strings.Join(r.Across, ", ") }
func (r *gapRule) Needs() evaluate.Needs      { return evaluate.Needs{Metrics: []string{r.Metric}} }
func (r *gapRule) Bound() (min, max *float64) { return nil, r.MaxGap.number() }
func (r *gapRule) Decide() Decide             { return Proven }

func (r *gapRule) check(t evaluate.Terms, _ Gate, d *schema.Document) error {
	_, err := checkMetric(&r.Metric, d)
	return schema.Join(err, checkAcross(r.Across, t, d), someAcross(r.Across, d))
}

func (r *gapRule) span() (figure string, least, most float64) {
	return "a gap in " + r.Metric, 0, width(r.Metric)
}

// width is the largest difference that two values of a metric can have; NaN: it is not known.
func width(metric string) float64 {
	m, err := evaluate.Lookup(metric)
	if err != nil {
		return math.NaN()
	}
	return m.Range[1] - m.Range[0]
}

func (r *gapRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	cs, single, err := pairs(e, r.Metric, r.Across, g, func(x, y claim) (*float64, stats.Basis) {
		var value *float64
		if x.Value != nil && y.Value != nil {
			v := *x.Value - *y.Value
			value = &v
		}
		return value, stats.Difference(x.basis, y.basis)
	})
	if err != nil {
		return cs, err
	}
	cs.fromZero = true
	overall, err := figure(e.Overall(), r.Metric)
	for _, dimension := range r.Across {
		if gap, ok := chanceGap(overall, single[dimension]); ok {
			cs.note = joined("; ", cs.note, fmt.Sprintf("chance alone would show a gap of %s by %s", evaluate.Number(gap), dimension))
		}
	}
	return cs, err
}

// chanceGap is the gap that groups of these sizes would show on average if all had the overall rate.
func chanceGap(overall evaluate.Figure, single []claim) (float64, bool) {
	if overall.Value == nil || overall.Basis.Method != "clopper-pearson" || overall.Basis.Scale != "" {
		return 0, false
	}
	var counts []int64
	for _, c := range single {
		if c.Unjudged == "" {
			counts = append(counts, c.Support)
		}
	}
	gap := stats.ChanceGap(counts, *overall.Value)
	return gap, len(counts) > 1 && !math.IsNaN(gap)
}

func (r *gapRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	w := newWords(r, m, r.Across)
	x, y := e.Terms.Name(c.Groups), e.Terms.Name(c.Against)
	w.where = x + " − " + y
	w.is, w.on = fmt.Sprintf("%s for %s is %s above that for %s", w.title, x, number(c.Value), y), onSmaller(c, m)
	w.demand, w.show = "a gap of "+w.required+" is allowed", "the gap is "+w.required
	w.title += " gap by " + listOf(r.Across)
	return w
}
