package gates

import (
	"fmt"
	"maps"
	"math"
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

// References that are no group's name.
const (
	highest  = "highest"
	majority = "majority"
)

func (r *ratioRule) String() string {
	s := r.Metric + ", ratio by " + strings.Join(r.Across, ", ")
	if r.Reference != "" && r.Reference != highest {
		s += " to " + r.Reference
	}
	return s
}

func (r *ratioRule) Needs() evaluate.Needs      { return evaluate.Needs{Metrics: []string{r.Metric}} }
func (r *ratioRule) Bound() (min, max *float64) { return r.MinRatio.number(), r.MaxRatio.number() }
func (r *ratioRule) Decide() Decide             { return Proven }

func (r *ratioRule) check(t evaluate.Terms, _ Gate, d *schema.Document) error {
	if r.Reference == "" {
		r.Reference = highest
	}
	_, err := checkMetric(&r.Metric, d)
	return schema.Join(oneBound(r.MinRatio, r.MaxRatio, "min_ratio", "max_ratio", d), err, checkAcross(r.Across, t, d), someAcross(r.Across, d))
}

// span: of any two groups one ratio is at most 1 and the other at least 1; to a reference it may be anything.
func (r *ratioRule) span() (figure string, least, most float64) {
	switch {
	case r.Reference != highest:
		return "a ratio to " + r.Reference, 0, math.Inf(1)
	case r.MinRatio != nil:
		return "the smallest ratio of two groups", 0, 1
	}
	return "the largest ratio of two groups", 1, math.Inf(1)
}

func (r *ratioRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	cs, single, err := pairs(e, r.Metric, r.Across, g, func(x, y claim) (*float64, stats.Basis) {
		var value *float64
		if x.Value != nil && y.Value != nil && *y.Value != 0 {
			v := *x.Value / *y.Value
			value = &v
		}
		return value, stats.Ratio(x.basis, y.basis)
	})
	if err != nil {
		return cs, err
	}
	for i := range cs.all {
		if cs.all[i].Value == nil && cs.all[i].Unjudged == "" {
			cs.all[i].Unjudged = "the other group's figure is 0, so that there is no ratio to it"
		}
	}
	if r.Reference == highest {
		return cs, nil
	}
	all := cs.all
	cs.all = nil
	for _, dimension := range r.Across {
		reference, err := r.referenceOf(e, dimension)
		if err != nil {
			return cs, err
		}
		for _, c := range all {
			if maps.Equal(c.Against, reference) {
				cs.all = append(cs.all, asReference(c, single[dimension]))
			}
		}
	}
	return cs, nil
}

// referenceOf is the group that the others of a dimension are compared with: that of most rows, or the one named.
func (r *ratioRule) referenceOf(e *evaluate.Evaluation, dimension string) (evaluate.Groups, error) {
	along, err := e.Along(dimension)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	most := along[0]
	var names []string
	for _, s := range along {
		name := groupName(s.Groups)
		if name == r.Reference {
			return s.Groups, nil
		}
		if s.Rows > most.Rows {
			most = s
		}
		names = append(names, name)
	}
	if r.Reference == majority {
		return most.Groups, nil
	}
	return nil, schema.Problems{{Code: "unknown-group", Suggest: schema.Suggest(r.Reference, names),
		Message: fmt.Sprintf("the reference %q is no group of %q: they are %s", r.Reference, dimension, listOf(names))}}
}

// asReference is the claim, unjudged for good where the reference is too small: nothing goes on without what all are compared with.
func asReference(c claim, single []claim) claim {
	for _, one := range single {
		if one.Unjudged != "" && maps.Equal(one.Groups, c.Against) {
			c.Unjudged, c.Small = "the reference has "+one.Unjudged, false
			if !one.Small {
				c.Unjudged = one.Unjudged
			}
		}
	}
	return c
}

func (r *ratioRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	w := newWords(r, m, r.Across)
	x, y := e.Terms.Name(c.Groups), e.Terms.Name(c.Against)
	w.where = x + " ÷ " + y
	w.is, w.on = fmt.Sprintf("%s for %s is %s times that for %s", w.title, x, number(c.Value), y), onSmaller(c, m)
	w.demand, w.show = w.required+" is required", "it is "+w.required
	w.title += " ratio by " + listOf(r.Across)
	return w
}
