package gates

import (
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/schema"
)

var ratioKind = Kind{
	Name: "ratio", Summary: "a metric is not much lower (or higher) in one group than in another, as a ratio",
	Keys: []string{"min_ratio", "max_ratio"},
	New:  func() Rule { return &ratioRule{} },
}

// ratioRule is {metric: selection_rate, across: sex, min_ratio: 0.8, reference: highest}: the four-fifths ratio.
type ratioRule struct {
	Metric    string    `json:"metric"`
	Across    Names     `json:"across" jsonschema:"oneof_type=string;array"`
	MinRatio  *Fraction `json:"min_ratio,omitempty" jsonschema:"oneof_type=number;string"`
	MaxRatio  *Fraction `json:"max_ratio,omitempty" jsonschema:"oneof_type=number;string"`
	Reference string    `json:"reference,omitempty"` // highest (any two groups), majority (the group of most rows), or a group's name
}

func (r *ratioRule) String() string {
	return r.Metric + ", ratio by " + strings.Join(r.Across, ", ")
}
func (r *ratioRule) Needs() evaluate.Needs      { return evaluate.Needs{Metrics: []string{r.Metric}} }
func (r *ratioRule) Bound() (min, max *float64) { return r.MinRatio.number(), r.MaxRatio.number() }
func (r *ratioRule) Decide() Decide             { return Proven }
func (r *ratioRule) best() float64              { return 1 }

func (r *ratioRule) check(t evaluate.Terms, g Gate, d *schema.Document) error {
	if r.Reference == "" {
		r.Reference = "highest"
	}
	if r.MinRatio != nil && r.MaxRatio != nil {
		return schema.Problems{{Position: d.KeyAt("max_ratio"), Code: "two-bounds", Message: "a gate has one bound: write a second gate for the other"}}
	}
	_, err := checkMetric(&r.Metric, g, d)
	bound, key := r.MinRatio, "min_ratio"
	if bound == nil {
		bound, key = r.MaxRatio, "max_ratio"
	}
	return schema.Join(err, checkAcross(r.Across, t, d), someAcross(r.Across, d), notNegative(*bound, key, d))
}

func (r *ratioRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	cs, err := pairs(e, r.Metric, r.Across, g, func(x, y claim) (*float64, stats.Basis) {
		var value *float64
		if x.Value != nil && y.Value != nil && *y.Value != 0 {
			v := *x.Value / *y.Value
			value = &v
		}
		return value, stats.Ratio(x.basis, y.basis)
	})
	cs.note = ""
	if err != nil {
		return cs, err
	}
	for i := range cs.all {
		if cs.all[i].Value == nil && cs.all[i].Unjudged == "" {
			cs.all[i].Unjudged = "the other group's figure is 0"
		}
	}
	if r.Reference == "highest" {
		return cs, nil
	}
	return r.against(cs, e)
}

// against keeps the pairs whose other group is the reference: the group of most rows, or the one named.
func (r *ratioRule) against(cs claims, e *evaluate.Evaluation) (claims, error) {
	kept := cs
	kept.all = nil
	for _, dimension := range r.Across {
		along, err := e.Along(dimension)
		if err != nil {
			return cs, err
		}
		reference, rows := "", int64(-1)
		var names []string
		for _, s := range along {
			name := groupName(s.Groups)
			names = append(names, name)
			if name == r.Reference {
				reference = name
				break
			}
			if r.Reference == "majority" && s.Rows > rows {
				reference, rows = name, s.Rows
			}
		}
		if reference == "" {
			return cs, schema.Problems{{Code: "unknown-group", Suggest: schema.Suggest(r.Reference, names),
				Message: fmt.Sprintf("the reference %q is no group of %q: they are %s", r.Reference, dimension, listOf(names))}}
		}
		for _, c := range cs.all {
			if sameKeys(c.Against, along[0].Groups) && groupName(c.Against) == reference {
				kept.all = append(kept.all, c)
			}
		}
	}
	return kept, nil
}

func sameKeys(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return true
}

func (r *ratioRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	lower, upper := r.Bound()
	w := words{metric: m.Key, across: r.Across, title: sentence(m.Title()) + ", ratio by " + listOf(r.Across), required: required(lower, upper)}
	x, y := who(c.Groups, e.Terms), who(c.Against, e.Terms)
	w.where = x + " ÷ " + y
	w.sentence = fmt.Sprintf("%s for %s is %s of that for %s; %s is required.", sentence(m.Title()), x, number(c.Value), y, w.required)
	return w
}
