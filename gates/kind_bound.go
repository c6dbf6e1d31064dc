package gates

import (
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

// Decide: a latency is a matter of machines and of the hour, which a sample of rows does not hold, so that it refuses only what it disproves.
func (r *boundRule) Decide() Decide {
	if m, err := evaluate.Lookup(r.Metric); err == nil && m.Latency {
		return UnlessDisproven
	}
	return Proven
}

func (r *boundRule) check(t evaluate.Terms, _ Gate, d *schema.Document) error {
	_, err := checkMetric(&r.Metric, d)
	return schema.Join(oneBound(r.Min, r.Max, "min", "max", d), err, checkAcross(r.Across, t, d))
}

func (r *boundRule) span() (figure string, least, most float64) {
	m, err := evaluate.Lookup(r.Metric)
	if err != nil {
		return r.Metric, math.NaN(), math.NaN()
	}
	return m.Key, m.Range[0], m.Range[1]
}

func (r *boundRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	m, err := evaluate.Lookup(r.Metric)
	if err != nil {
		return claims{}, err
	}
	return perGroup(e.Terms, e.Along, e.Overall(), r.Across, func(s evaluate.Slice) (claim, error) {
		f, err := figure(s, m.Key)
		return claimOf(s, f, m, e.Terms, g), err
	})
}

func (r *boundRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	w := newWords(r, m, r.Across)
	w.where = e.Terms.Name(c.Groups)
	w.is, w.on = about(w.title, c, e.Terms)+" is "+number(c.Value), on(c, m)
	w.demand, w.show = w.required+" is required", "it is "+w.required
	if c.basis.Method == "clopper-pearson" {
		w.plan = " `gatecard gate --assume VALUE` tells how many would settle it."
	}
	if len(r.Across) > 0 {
		w.title += " in every group"
		w.demand += " in every group"
	}
	return w
}
