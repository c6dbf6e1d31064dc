package gates

import (
	"fmt"
	"math"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/schema"
)

var boundKind = Kind{
	Name: "bound", Summary: "a metric keeps a bound, overall or in every group",
	Keys: []string{"min", "max"},
	New:  func() Rule { return &boundRule{} },
}

// boundRule is {metric: recall, across: disability, min: 0.5}.
type boundRule struct {
	Metric string    `json:"metric"`                                                // as in scikit-learn, with a cut if wanted: precision@0.9
	Across Names     `json:"across,omitempty" jsonschema:"oneof_type=string;array"` // groups: the bound holds in every one
	Min    *Fraction `json:"min,omitempty" jsonschema:"oneof_type=number;string"`   // the figure is at least this
	Max    *Fraction `json:"max,omitempty" jsonschema:"oneof_type=number;string"`   // the figure is at most this
}

func (r *boundRule) String() string {
	if len(r.Across) == 0 {
		return r.Metric
	}
	return r.Metric + " across " + strings.Join(r.Across, ", ")
}

func (r *boundRule) Needs() evaluate.Needs      { return evaluate.Needs{Metrics: []string{r.Metric}} }
func (r *boundRule) Bound() (min, max *float64) { return r.Min.number(), r.Max.number() }
func (r *boundRule) Decide() Decide             { return Proven }

func (r *boundRule) check(t evaluate.Terms, g Gate, d *schema.Document) error {
	if r.Min != nil && r.Max != nil {
		return schema.Problems{{Position: d.KeyAt("max"), Code: "two-bounds", Message: "a gate has one bound: write a second gate for the other"}}
	}
	m, err := checkMetric(&r.Metric, g, d)
	across := checkAcross(r.Across, t, d)
	if err == nil && across == nil {
		v, key := r.Min, "min"
		if v == nil {
			v, key = r.Max, "max"
		}
		if x := float64(*v); !(x >= m.Range[0] && x <= m.Range[1]) {
			return schema.Problems{{Position: d.At(key), Code: "bound-out-of-range",
				Message: fmt.Sprintf("%v is no value that %s can have: it lies in [%v, %v]", x, m.Key, m.Range[0], m.Range[1])}}
		}
	}
	return schema.Join(err, across)
}

func (r *boundRule) best() float64 {
	m, err := evaluate.Lookup(r.Metric)
	if err != nil {
		return math.NaN()
	}
	if r.Min != nil {
		return m.Range[1]
	}
	return m.Range[0]
}

func (r *boundRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	m, err := evaluate.Lookup(r.Metric)
	if err != nil {
		return claims{}, err
	}
	return perGroup(e.Along, e.Overall(), r.Across, func(s evaluate.Slice) (claim, error) {
		f, err := figure(s, m.Key)
		return claimOf(f, m, e.Terms, g, s.Groups), err
	})
}

func (r *boundRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	w := words{metric: m.Key, across: r.Across, title: sentence(m.Title()), where: who(c.Groups, e.Terms)}
	lower, upper := r.Bound()
	w.required = required(lower, upper)
	subject, every := sentence(m.Title()), ""
	if len(r.Across) > 0 {
		w.title += " in every group"
		every = " in every group"
	}
	if len(c.Groups) > 0 {
		subject += " for " + w.where
	}
	w.sentence = fmt.Sprintf("%s is %s; %s is required%s.", subject, number(c.Value), w.required, every)
	return w
}
