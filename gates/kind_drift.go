package gates

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

var driftKind = Kind{
	Name: "drift", Summary: "columns lie near the baseline's",
	Keys: []string{"drift"},
	New:  func() Rule { return &driftRule{} },
}

// driftRule is {drift: psi, columns: [amount, score], max: 0.1}.
type driftRule struct {
	Drift   string   `json:"drift"`                                        // the distance: psi, ks, wasserstein_normalized
	Columns Names    `json:"columns" jsonschema:"oneof_type=string;array"` // of the file; "score" is the score, whatever its name
	Max     Fraction `json:"max" jsonschema:"oneof_type=number;string"`
}

func (r *driftRule) String() string { return r.Drift + " of " + strings.Join(r.Columns, ", ") }
func (r *driftRule) Needs() evaluate.Needs {
	return evaluate.Needs{Drift: map[string][]string{r.Drift: slices.Clone(r.Columns)}}
}
func (r *driftRule) Bound() (min, max *float64) { return nil, r.Max.number() }
func (r *driftRule) Decide() Decide             { return UnlessDisproven }

func (r *driftRule) check(t evaluate.Terms, _ Gate, d *schema.Document) error {
	var known []string
	for _, distance := range drift.Distances() {
		known = append(known, distance.Name)
	}
	var ps schema.Problems
	if !slices.Contains(known, r.Drift) {
		ps = append(ps, schema.Problem{Position: d.At("drift"), Code: "unknown-distance", Suggest: schema.Suggest(r.Drift, known),
			Message: fmt.Sprintf("%q is no distance of distributions: there is %s", r.Drift, listOf(known))})
	}
	if len(r.Columns) == 0 {
		ps = append(ps, schema.Problem{Position: d.At("columns"), Code: "missing-key", Message: "drift is of columns: name them by `columns`"})
	}
	for i, column := range r.Columns {
		if slices.Contains(r.Columns[:i], column) {
			ps = append(ps, schema.Problem{Position: d.At("columns", i), Code: "duplicate-item", Message: fmt.Sprintf("%q stands in `columns` twice", column)})
		}
		switch {
		case r.Drift == "prevalence" && column != t.Label:
			ps = append(ps, schema.Problem{Position: d.At("columns", i), Code: "wrong-column", Message: fmt.Sprintf("prevalence is of the label, which is %q", t.Label)})
		case r.Drift == "selection_rate" && column == t.Label:
			ps = append(ps, schema.Problem{Position: d.At("columns", i), Code: "wrong-column", Message: "selection_rate is of the score or of predictions: the share of a label is `prevalence`"})
		}
	}
	return problems(ps)
}

func (r *driftRule) span() (figure string, least, most float64) {
	d, ok := drift.Named(r.Drift)
	if !ok {
		return r.Drift, math.NaN(), math.NaN()
	}
	if d.Signed {
		return "a change of " + r.Drift, 0, d.Most
	}
	return r.Drift, 0, d.Most
}

func (r *driftRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	d, ok := drift.Named(r.Drift)
	if !ok {
		return claims{}, fmt.Errorf("%w: no distance is called %q", ErrNotEvaluated, r.Drift)
	}
	cs := claims{fromZero: d.Signed}
	for _, column := range r.Columns {
		i := slices.IndexFunc(e.Drift, func(s evaluate.Shift) bool { return s.Distance == r.Drift && s.Column == column })
		if i < 0 {
			return cs, fmt.Errorf("%w: no %s of the column %q", ErrNotEvaluated, r.Drift, column)
		}
		f := e.Drift[i].Figure
		if err := sound(f, r.Drift, column); err != nil {
			return cs, err
		}
		c := claim{Claim: evidence.Claim{Groups: map[string]string{}, Column: column, Value: f.Value, Support: f.Support}, limits: f.Basis, basis: f.Basis}
		switch c.Unjudged = unjudged(f); {
		case c.Unjudged != "":
		case d.Of == drift.Positives && e.Terms.Sampling != evaluate.Deployment:
			c.Unjudged = fmt.Sprintf("%s depends on the share of positives, and %s", d.Title, sampled(evaluate.Terms{Sampling: e.Terms.Sampling}))
		case f.Support < g.MinSupport:
			c.Unjudged = underSupport(f.Support, "rows", g.MinSupport)
		}
		cs.all = append(cs.all, c)
		if d.Signed { // of the size of a change: neither more nor less than the baseline by more than the bound
			c.limits, c.flip = negated{f.Basis}, true
			if f.Value != nil {
				v := -*f.Value + 0 // no −0
				c.Value = &v
			}
			cs.all = append(cs.all, c)
		}
	}
	return cs, nil
}

func (r *driftRule) words(c claim, e *evaluate.Evaluation) words {
	_, upper := r.Bound()
	d, _ := drift.Named(r.Drift)
	w := words{title: sentence(d.Title) + " of " + listOf(r.Columns), where: c.Column, required: required(nil, upper)}
	baseline := "the baseline"
	for _, s := range e.Drift {
		if s.Column == c.Column && s.Baseline != "" {
			baseline = s.Baseline
		}
	}
	w.on = fmt.Sprintf(" on %s rows", evaluate.Count(c.Support))
	if d.Signed {
		side := "above"
		if c.flip {
			side = "below"
		}
		w.title = "Change of " + d.Title + " of " + listOf(r.Columns)
		w.is = fmt.Sprintf("%s of %s is %s %s that of %s", sentence(d.Title), c.Column, number(c.Value), side, baseline)
		w.demand, w.show = "a change of "+w.required+" is allowed", "the change is "+w.required
		return w
	}
	w.is = fmt.Sprintf("%s of %s against %s is %s", sentence(d.Title), c.Column, baseline, number(c.Value))
	w.demand, w.show = w.required+" is allowed", "it is "+w.required
	return w
}
