package gates

import (
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/schema"
)

var versusKind = Kind{
	Name: "versus", Summary: "a metric is not worse than the champion's on the same rows",
	Keys: []string{"versus", "max_drop", "min_gain"},
	New:  func() Rule { return &versusRule{} },
}

// maxUnmatched is the share of rows without a rival's score above which the comparison is of other people than the evaluation.
const maxUnmatched = 0.1

// versusRule is {metric: roc_auc, versus: champion, max_drop: 0.002}. A drop is a worsening, also of a loss.
type versusRule struct {
	Metric  string    `json:"metric"`
	Versus  string    `json:"versus" jsonschema:"enum=champion"`
	Across  Names     `json:"across,omitempty" jsonschema:"oneof_type=string;array"`
	MaxDrop *Fraction `json:"max_drop,omitempty" jsonschema:"oneof_type=number;string"` // it worsens by at most this
	MinGain *Fraction `json:"min_gain,omitempty" jsonschema:"oneof_type=number;string"` // it improves by at least this
}

func (r *versusRule) String() string {
	s := r.Metric + " versus " + r.Versus
	if len(r.Across) > 0 {
		s += " across " + strings.Join(r.Across, ", ")
	}
	return s
}

func (r *versusRule) Needs() evaluate.Needs {
	return evaluate.Needs{Metrics: []string{r.Metric}, Versus: []string{r.Versus}}
}
func (r *versusRule) Bound() (min, max *float64) { return r.MinGain.number(), r.MaxDrop.number() }
func (r *versusRule) Decide() Decide             { return Proven }

// best is unbounded: a difference of two models can be proven either way of 0.
func (r *versusRule) best() float64 {
	if r.MinGain != nil {
		return 1
	}
	return -1
}

func (r *versusRule) check(t evaluate.Terms, g Gate, d *schema.Document) error {
	if (r.MaxDrop == nil) == (r.MinGain == nil) {
		return schema.Problems{{Position: d.At(), Code: "two-bounds", Message: "a gate versus another version has one bound: max_drop or min_gain"}}
	}
	m, err := checkMetric(&r.Metric, g, d)
	if err == nil {
		switch {
		case m.Better == evaluate.Neither:
			err = schema.Problems{{Position: d.At("metric"), Code: "no-better", Message: fmt.Sprintf("%q is neither better high nor low, so it cannot drop", m.Key)}}
		case m.Versus == nil || strings.Contains(m.Key, "@"):
			err = schema.Problems{{Position: d.At("metric"), Code: "no-interval", Message: fmt.Sprintf("no interval was shown to hold for a difference of %q", m.Key)}}
		}
	}
	return schema.Join(err, checkAcross(r.Across, t, d))
}

// negated are the limits of minus a figure.
type negated struct{ stats.Limits }

func (n negated) Low(a float64) float64  { return -n.Limits.High(a) }
func (n negated) High(a float64) float64 { return -n.Limits.Low(a) }

func (r *versusRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	m, err := evaluate.Lookup(r.Metric)
	if err != nil {
		return claims{}, err
	}
	c, ok := e.Comparison(r.Versus)
	if !ok {
		return claims{never: true, absent: "there are no " + r.Versus + "'s scores to compare with"}, nil
	}
	if float64(c.Unmatched) > maxUnmatched*float64(c.Rows+c.Unmatched) {
		return claims{absent: fmt.Sprintf("%s of %s rows have no score of the %s", count(c.Unmatched), count(c.Rows+c.Unmatched), r.Versus)}, nil
	}
	// ours − theirs is a gain where higher is better
	flip := (m.Better == evaluate.Higher) == (r.MaxDrop != nil)
	cs, err := perGroup(c.Along, c.Slices[0], r.Across, func(s evaluate.Slice) (claim, error) {
		f, err := figure(s, m.Key)
		x := claimOf(f, m, e.Terms, g, s.Groups)
		if flip {
			x.limits, x.flip = negated{f.Basis}, true
			if f.Value != nil {
				v := -*f.Value
				x.Value = &v
			}
		}
		return x, err
	})
	if c.Unmatched > 0 {
		cs.note = fmt.Sprintf("%s rows have no score of the %s", count(c.Unmatched), r.Versus)
	}
	return cs, err
}

func (r *versusRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	rival, _ := e.Comparison(r.Versus)
	lower, upper := r.Bound()
	w := words{metric: m.Key, across: r.Across, title: sentence(m.Title()) + " against the " + r.Versus, where: who(c.Groups, e.Terms)}
	direction := map[bool]string{true: "below", false: "above"}[m.Better == evaluate.Higher]
	subject := sentence(m.Title())
	if len(c.Groups) > 0 {
		subject += " for " + w.where
	}
	name := "the " + r.Versus + "'s"
	if rival.Version != "" {
		name += " (" + rival.Version + ")"
	}
	value := c.Value
	if r.MaxDrop != nil {
		w.required = "drop " + required(lower, upper)
		if value != nil && *value < 0 {
			direction = map[bool]string{true: "above", false: "below"}[m.Better == evaluate.Higher]
			v := -*value
			value = &v
		}
		w.sentence = fmt.Sprintf("%s is %s %s %s on the same %s rows; a drop of %s is allowed.", subject, number(value), direction, name, count(rival.Rows), required(lower, upper))
		return w
	}
	w.required = "gain " + required(lower, upper)
	w.sentence = fmt.Sprintf("%s gains %s on %s on the same %s rows; %s is required.", subject, number(value), name, count(rival.Rows), required(lower, upper))
	return w
}
