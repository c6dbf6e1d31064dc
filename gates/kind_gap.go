package gates

import (
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
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
func (r *gapRule) best() float64              { return 0 }

func (r *gapRule) check(t evaluate.Terms, g Gate, d *schema.Document) error {
	_, err := checkMetric(&r.Metric, g, d)
	return schema.Join(err, checkAcross(r.Across, t, d), someAcross(r.Across, d), notNegative(r.MaxGap, "max_gap", d))
}

func someAcross(across Names, d *schema.Document) error {
	if len(across) > 0 {
		return nil
	}
	return schema.Problems{{Position: d.At("across"), Code: "missing-key", Message: "groups are compared: name them by `across`"}}
}

func notNegative(f Fraction, key string, d *schema.Document) error {
	if float64(f) >= 0 {
		return nil
	}
	return schema.Problems{{Position: d.At(key), Code: "bound-out-of-range", Message: key + " is at least 0"}}
}

func (r *gapRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	return pairs(e, r.Metric, r.Across, g, func(x, y claim) (*float64, stats.Basis) {
		var value *float64
		if x.Value != nil && y.Value != nil {
			v := *x.Value - *y.Value
			value = &v
		}
		return value, stats.Difference(x.basis, y.basis)
	})
}

// pairs makes a claim of each ordered pair of groups within a dimension: m(m−1).
func pairs(e *evaluate.Evaluation, metric string, across []string, g Gate, compare func(x, y claim) (*float64, stats.Basis)) (claims, error) {
	m, err := evaluate.Lookup(metric)
	if err != nil {
		return claims{}, err
	}
	var cs claims
	var chance []string
	for _, dimension := range across {
		single, err := perGroup(e.Along, e.Overall(), []string{dimension}, func(s evaluate.Slice) (claim, error) {
			f, err := figure(s, m.Key)
			return claimOf(f, m, e.Terms, g, s.Groups), err
		})
		if err != nil {
			return cs, err
		}
		if len(single.all) < 2 {
			return cs, fmt.Errorf("%q has one group in the evaluation: there is nothing to compare it with", dimension)
		}
		cs.members = append(cs.members, single.members...)
		for i, x := range single.all {
			for j, y := range single.all {
				if i != j {
					cs.all = append(cs.all, pair(x, y, compare))
				}
			}
		}
		if gap, ok := chanceGap(e, m, single.all); ok {
			chance = append(chance, fmt.Sprintf("chance alone would show a gap of %s by %s", number(&gap), dimension))
		}
	}
	cs.note = strings.Join(chance, "; ")
	return cs, nil
}

// pair is one claim about two groups; it is unjudged where one of them is.
func pair(x, y claim, compare func(x, y claim) (*float64, stats.Basis)) claim {
	value, basis := compare(x, y)
	c := claim{Claim: evidence.Claim{Groups: x.Groups, Against: y.Groups, Value: value, Support: min(x.Support, y.Support)}, limits: basis, basis: basis}
	for _, one := range []claim{x, y} {
		if one.Unjudged != "" {
			c.Unjudged = one.Unjudged
		}
	}
	c.Small = c.Unjudged != "" && (x.Small || x.Unjudged == "") && (y.Small || y.Unjudged == "")
	return c
}

// chanceGap is the gap that groups of these sizes would show on average if all had the overall rate.
func chanceGap(e *evaluate.Evaluation, m evaluate.Named, single []claim) (float64, bool) {
	overall, ok := e.Overall().Metrics[m.Key]
	if !ok || overall.Value == nil || overall.Basis.Method != "clopper-pearson" || overall.Basis.Scale != "" {
		return 0, false
	}
	var counts []int64
	for _, c := range single {
		if c.Unjudged == "" {
			counts = append(counts, c.Support)
		}
	}
	return stats.ChanceGap(counts, *overall.Value), len(counts) > 1
}

func (r *gapRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	_, upper := r.Bound()
	w := words{metric: m.Key, across: r.Across, title: sentence(m.Title()) + ", any two groups by " + listOf(r.Across), required: required(nil, upper)}
	x, y := who(c.Groups, e.Terms), who(c.Against, e.Terms)
	w.where = x + " − " + y
	w.sentence = fmt.Sprintf("%s for %s is %s above that for %s; a gap of %s is allowed.", sentence(m.Title()), x, number(c.Value), y, w.required)
	return w
}
