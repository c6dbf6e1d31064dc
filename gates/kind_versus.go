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

// versusRule is {metric: roc_auc, versus: champion, max_drop: 0.002}. A drop is a worsening, also of a loss.
type versusRule struct {
	Metric       string    `json:"metric"`
	Versus       string    `json:"versus" jsonschema:"enum=champion"`
	Across       Names     `json:"across,omitempty" jsonschema:"oneof_type=string;array"`
	MaxDrop      *Fraction `json:"max_drop,omitempty" jsonschema:"oneof_type=number;string"`      // it worsens by at most this
	MinGain      *Fraction `json:"min_gain,omitempty" jsonschema:"oneof_type=number;string"`      // it improves by at least this
	MaxUnmatched *Fraction `json:"max_unmatched,omitempty" jsonschema:"oneof_type=number;string"` // at most this part of both models' rows may have been scored by one of them alone; default 0
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

func (r *versusRule) check(t evaluate.Terms, _ Gate, d *schema.Document) error {
	if r.MaxUnmatched == nil {
		r.MaxUnmatched = new(Fraction)
	}
	m, err := checkMetric(&r.Metric, d)
	if err == nil {
		switch {
		case m.Better == evaluate.Neither:
			err = schema.Problems{{Position: d.At("metric"), Code: "no-better", Message: fmt.Sprintf("%q is neither better high nor low, so it cannot drop", m.Key)}}
		case t.Kind() == evaluate.Scores:
			err = schema.Problems{{Position: d.At("versus"), Code: "no-interval", Message: fmt.Sprintf("models of a %s task are not compared on the same rows: no interval of a difference is computed for them", t.Kind())}}
		case m.Versus == nil || !m.AtThreshold():
			err = schema.Problems{{Position: d.At("metric"), Code: "no-interval", Message: fmt.Sprintf("no interval was shown to hold for a difference of %q", m.Key)}}
		}
	}
	if x := *r.MaxUnmatched; !(x >= 0 && x < 1) {
		err = schema.Join(err, schema.Problems{{Position: d.At("max_unmatched"), Code: "bound-out-of-range",
			Message: fmt.Sprintf("max_unmatched is a part of the rows, from 0 to less than 1: %v is none", float64(x))}})
	}
	return schema.Join(oneBound(r.MaxDrop, r.MinGain, "max_drop", "min_gain", d), err, checkAcross(r.Across, t, d), r.notNegative(d))
}

// notNegative keeps one way to write a thing: a drop of at most −0.01 is a gain.
func (r *versusRule) notNegative(d *schema.Document) error {
	for _, x := range []struct {
		v              *Fraction
		key, otherwise string
	}{{r.MaxDrop, "max_drop", "min_gain"}, {r.MinGain, "min_gain", "max_drop"}} {
		if x.v != nil && *x.v < 0 {
			return schema.Problems{{Position: d.At(x.key), Code: "bound-out-of-range",
				Message: fmt.Sprintf("%s is at least 0: write %s: %v", x.key, x.otherwise, -*x.v)}}
		}
	}
	return nil
}

// span: a difference of two models can be proven either way of 0.
func (r *versusRule) span() (figure string, least, most float64) {
	return "a change of " + r.Metric, -width(r.Metric), width(r.Metric)
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
	switch {
	case !ok:
		return claims{never: true, absent: fmt.Sprintf("there are no scores of the %s to compare with", r.Versus)}, nil
	case len(c.Slices) == 0 || len(c.Slices[0].Groups) != 0:
		return claims{}, fmt.Errorf("%w: the comparison with the %s has no slices", ErrDamaged, r.Versus)
	case !c.Paired:
		return claims{absent: fmt.Sprintf("the %s was not scored on the same rows", r.Versus)}, nil
	case min(c.Rows, c.Unmatched, c.LeftOut) < 0:
		return claims{}, fmt.Errorf("%w: the comparison with the %s has less than 0 rows", ErrDamaged, r.Versus)
	case r.chosen(c):
		return claims{absent: r.unmatched(c)}, nil
	}
	flip := (m.Better == evaluate.Higher) == (r.MaxDrop != nil) // ours − theirs is a gain where higher is better
	cs, err := perGroup(e.Terms, c.Along, c.Slices[0], r.Across, func(s evaluate.Slice) (claim, error) {
		f, err := figure(s, m.Key)
		x := claimOf(s, f, m, e.Terms, g)
		if flip {
			x.limits, x.flip = negated{f.Basis}, true
			if f.Value != nil {
				v := -*f.Value + 0 // no −0
				x.Value = &v
			}
		}
		return x, err
	})
	cs.note = r.unmatched(c)
	return cs, err
}

// chosen says that more rows than max_unmatched allows have been scored by one of the two models alone: what is left may have been picked.
func (r *versusRule) chosen(c evaluate.Comparison) bool {
	alone := float64(c.Unmatched) + float64(c.LeftOut)
	allowed := 0.0
	if r.MaxUnmatched != nil {
		allowed = float64(*r.MaxUnmatched)
	}
	return !(alone <= allowed*(float64(c.Rows)+alone)*(1+tolerance))
}

// unmatched tells the rows of one model alone, both ways; "" where there are none.
func (r *versusRule) unmatched(c evaluate.Comparison) string {
	ours, theirs := "", ""
	if c.Unmatched > 0 {
		ours = fmt.Sprintf("%s of %s rows have no score of the %s", evaluate.Count(c.Unmatched), evaluate.Count(c.Rows+c.Unmatched), r.Versus)
	}
	if c.LeftOut > 0 {
		theirs = fmt.Sprintf("%s of the %s's %s rows are not among these", evaluate.Count(c.LeftOut), r.Versus, evaluate.Count(c.Rows+c.LeftOut))
	}
	return joined("; ", ours, theirs)
}

func (r *versusRule) words(c claim, e *evaluate.Evaluation) words {
	m, _ := evaluate.Lookup(r.Metric)
	w := newWords(r, m, r.Across)
	w.where = e.Terms.Name(c.Groups)
	rival, _ := e.Comparison(r.Versus)
	theirs := "the " + r.Versus + "'s"
	if rival.Version != "" {
		theirs += " (" + rival.Version + ")"
	}
	w.is = about(w.title, c, e.Terms) + r.change(c.Value, m.Better, theirs) + fmt.Sprintf(" on the same %s rows", evaluate.Count(rival.Rows))
	w.title += " against the " + r.Versus
	change, how := "gain", "required"
	switch {
	case r.MaxDrop != nil && m.Better == evaluate.Lower:
		change, how = "rise", "allowed"
	case r.MaxDrop != nil:
		change, how = "drop", "allowed"
	}
	w.demand, w.show = fmt.Sprintf("a %s of %s is %s", change, w.required, how), fmt.Sprintf("the %s is %s", change, w.required)
	w.required = change + " " + w.required
	if len(r.Across) > 0 {
		w.title += " in every group"
		w.demand += " in every group"
	}
	return w
}

// change says of a drop (or gain) where the metric lies: " is 0.019 below the champion's".
func (r *versusRule) change(v *float64, better evaluate.Better, theirs string) string {
	if v == nil {
		return " against " + theirs + " is undefined"
	}
	x := *v
	if (better == evaluate.Higher) == (r.MaxDrop != nil) {
		x = -x // ours − theirs
	}
	switch {
	case x > 0:
		return fmt.Sprintf(" is %s above %s", evaluate.Number(x), theirs)
	case x < 0:
		return fmt.Sprintf(" is %s below %s", evaluate.Number(-x), theirs)
	}
	return " is the same as " + theirs
}
