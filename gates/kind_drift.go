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
	Drift   string   `json:"drift"`                                        // the distance: psi
	Columns Names    `json:"columns" jsonschema:"oneof_type=string;array"` // of the file; "score" is the score, whatever its name
	Max     Fraction `json:"max" jsonschema:"oneof_type=number;string"`
}

func (r *driftRule) String() string { return r.Drift + " of " + strings.Join(r.Columns, ", ") }
func (r *driftRule) Needs() evaluate.Needs {
	return evaluate.Needs{Drift: map[string][]string{r.Drift: slices.Clone(r.Columns)}}
}
func (r *driftRule) Bound() (min, max *float64) { return nil, r.Max.number() }
func (r *driftRule) Decide() Decide             { return UnlessDisproven }

func (r *driftRule) check(_ evaluate.Terms, _ Gate, d *schema.Document) error {
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
	}
	return problems(ps)
}

func (r *driftRule) span() (figure string, least, most float64) { return r.Drift, 0, math.Inf(1) }

func (r *driftRule) claims(e *evaluate.Evaluation, g Gate) (claims, error) {
	var cs claims
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
		if c.Unjudged = unjudged(f); c.Unjudged == "" && f.Support < g.MinSupport {
			c.Unjudged = underSupport(f.Support, "rows", g.MinSupport)
		}
		cs.all = append(cs.all, c)
	}
	return cs, nil
}

func (r *driftRule) words(c claim, e *evaluate.Evaluation) words {
	_, upper := r.Bound()
	w := words{title: strings.ToUpper(r.Drift) + " of " + listOf(r.Columns), where: c.Column, required: required(nil, upper)}
	baseline := "the baseline"
	for _, s := range e.Drift {
		if s.Column == c.Column && s.Baseline != "" {
			baseline = s.Baseline
		}
	}
	w.is = fmt.Sprintf("%s of %s against %s is %s", strings.ToUpper(r.Drift), c.Column, baseline, number(c.Value))
	w.on = fmt.Sprintf(" on %s rows", evaluate.Count(c.Support))
	w.demand, w.show = w.required+" is allowed", "it is "+w.required
	return w
}
