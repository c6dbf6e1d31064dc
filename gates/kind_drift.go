package gates

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

var driftKind = Kind{
	Name: "drift", Summary: "columns lie near the baseline's, overall or in every group",
	Keys: []string{"drift"},
	New:  func() Rule { return &driftRule{} },
}

// driftRule is {drift: psi, columns: [amount, score], across: region, max: 0.1}.
type driftRule struct {
	Drift   string   `json:"drift"`                                                 // the distance: psi, ks, wasserstein_normalized
	Columns Names    `json:"columns" jsonschema:"oneof_type=string;array"`          // of the file; "score" is the score, whatever its name
	Across  Names    `json:"across,omitempty" jsonschema:"oneof_type=string;array"` // groups: the bound holds in every one, each against its own baseline
	Max     Fraction `json:"max" jsonschema:"oneof_type=number;string"`
}

func (r *driftRule) String() string {
	says := r.Drift + " of " + strings.Join(r.Columns, ", ")
	if len(r.Across) > 0 {
		says += " across " + strings.Join(r.Across, ", ")
	}
	return says
}

func (r *driftRule) Needs() evaluate.Needs {
	n := evaluate.Needs{Drift: map[string][]string{r.Drift: slices.Clone(r.Columns)}}
	for _, column := range r.Columns {
		for _, dimension := range r.Across {
			n.Across = append(n.Across, evaluate.Across{Distance: r.Drift, Column: column, Dimension: dimension})
		}
	}
	return n
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
	return schema.Join(problems(ps), checkAcross(r.Across, t, d))
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
	cs := claims{need: 1, fromZero: d.Signed}
	for _, column := range r.Columns {
		if len(r.Across) == 0 {
			s, err := r.shift(e, column, evaluate.Groups{})
			if err != nil {
				return cs, err
			}
			cs.all = append(cs.all, r.claimsOf(s, d, e, g)...)
		}
		for _, dimension := range r.Across {
			if err := r.along(dimension, column, e, g, d, &cs); err != nil {
				return cs, err
			}
		}
	}
	return cs, nil
}

// shift finds the drift of a column, overall or of a group. One that is not there is an error, and so is one that no evaluation can hold.
func (r *driftRule) shift(e *evaluate.Evaluation, column string, of evaluate.Groups) (evaluate.Shift, error) {
	i := slices.IndexFunc(e.Drift, func(s evaluate.Shift) bool {
		return s.Distance == r.Drift && s.Column == column && maps.Equal(s.Groups, of)
	})
	if i < 0 {
		return evaluate.Shift{}, fmt.Errorf("%w: no %s of the column %q, %s", ErrNotEvaluated, r.Drift, column, of)
	}
	return e.Drift[i], sound(e.Drift[i].Figure, r.Drift, column)
}

// along makes the claims of a column in every group of a dimension: of those that rows are of now, those that the terms declare, and those of the baseline.
func (r *driftRule) along(dimension, column string, e *evaluate.Evaluation, g Gate, d drift.Distance, cs *claims) error {
	now, err := e.Along(dimension)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	groups := make([]evaluate.Groups, 0, len(now))
	for _, s := range now {
		groups = append(groups, s.Groups)
	}
	for _, s := range e.Drift { // what only the baseline has
		if s.Distance == r.Drift && s.Column == column && along(s.Groups, dimension) && !slices.ContainsFunc(groups, func(x evaluate.Groups) bool { return maps.Equal(x, s.Groups) }) {
			groups = append(groups, s.Groups)
		}
	}
	first := len(cs.all)
	then, thenLeft := int64(0), int64(0) // rows of the baseline, and of those groups of it that are judged
	for _, of := range groups {
		s, err := r.shift(e, column, of)
		switch {
		case err != nil:
			return err
		case s.Among != len(groups):
			return fmt.Errorf("%w: %d of %d groups along %q have %s of the column %q", ErrNotEvaluated, len(groups), s.Among, dimension, r.Drift, column)
		case s.Now < 0 || s.Then < 0 || s.Figure.Value != nil && s.Figure.Support > min(s.Now, s.Then):
			return fmt.Errorf("%w: %s of %s for %s is of %d rows, of %d now and %d then", ErrDamaged, r.Drift, column, of, s.Figure.Support, s.Now, s.Then)
		}
		one := r.claimsOf(s, d, e, g)
		cs.all = append(cs.all, one...)
		cs.member(member{dimension, of, s.Now, one[0].Small})
		if then += s.Then; !one[0].Small {
			thenLeft += s.Then
		}
	}
	if 10*thenLeft < 9*then { // what may be left out is small now, but was not
		for i := range cs.all[first:] {
			c := &cs.all[first+i]
			if c.Small {
				c.Small, c.Unjudged = false, c.Unjudged+", and the groups that are left had too few of the baseline's rows"
			}
		}
	}
	return nil
}

// member adds a group, once for all columns: it is small where one of them has too few rows there.
func (cs *claims) member(m member) {
	i := slices.IndexFunc(cs.members, func(x member) bool { return x.dimension == m.dimension && maps.Equal(x.groups, m.groups) })
	if i < 0 {
		cs.members = append(cs.members, m)
		return
	}
	cs.members[i].small = cs.members[i].small || m.small
}

// along says that a group is one of a dimension.
func along(groups evaluate.Groups, dimension string) bool {
	names := evaluate.CrossOf(dimension)
	return len(groups) == len(names) && !slices.ContainsFunc(names, func(n string) bool { _, ok := groups[n]; return !ok })
}

// claimsOf are those of one drift: two of a change, which may be of either sign.
func (r *driftRule) claimsOf(s evaluate.Shift, d drift.Distance, e *evaluate.Evaluation, g Gate) []claim {
	f := s.Figure
	groups := map[string]string(s.Groups)
	if groups == nil {
		groups = map[string]string{}
	}
	c := claim{Claim: evidence.Claim{Groups: groups, Column: s.Column, Value: f.Value, Support: f.Support}, limits: f.Basis, basis: f.Basis}
	grouped := len(groups) > 0
	switch why := unjudged(f); {
	case grouped && s.Now == 0: // not small, which may be listed and left out: a group is not there
		if c.Unjudged = why; s.Then == 0 {
			c.Unjudged = "no row of a declared group"
		}
	case grouped && s.Now < g.MinSupport:
		c.Support, c.Small = s.Now, true
		c.Unjudged = underSupport(s.Now, "rows", g.MinSupport)
	case grouped && s.Then > 0 && s.Then < g.MinSupport:
		c.Support, c.Small = s.Then, true
		c.Unjudged = underSupport(s.Then, "rows of the baseline", g.MinSupport)
	case why != "":
		c.Unjudged = why
	case d.Of == drift.Positives && e.Terms.Sampling != evaluate.Deployment:
		c.Unjudged = fmt.Sprintf("%s depends on the share of positives, and %s", d.Title, sampled(evaluate.Terms{Sampling: e.Terms.Sampling}))
	case f.Support < g.MinSupport:
		c.Unjudged, c.Small = underSupport(f.Support, "rows", g.MinSupport), grouped
	}
	if !d.Signed {
		return []claim{c}
	}
	other := c // of the size of a change: neither more nor less than the baseline by more than the bound
	other.limits, other.flip = negated{f.Basis}, true
	if f.Value != nil {
		v := -*f.Value + 0 // no −0
		other.Value = &v
	}
	return []claim{c, other}
}

func (r *driftRule) words(c claim, e *evaluate.Evaluation) words {
	_, upper := r.Bound()
	d, _ := drift.Named(r.Drift)
	w := words{title: sentence(d.Title) + " of " + listOf(r.Columns), where: c.Column, required: required(nil, upper), across: r.Across}
	of, among := c.Column, ""
	if len(c.Groups) > 0 {
		of += " for " + e.Terms.Name(c.Groups)
		w.where = of
	}
	if len(r.Across) > 0 {
		among = " in every group"
	}
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
		w.title = "Change of " + d.Title + " of " + listOf(r.Columns) + among
		w.is = fmt.Sprintf("%s of %s is %s %s that of %s", sentence(d.Title), of, number(c.Value), side, baseline)
		w.demand, w.show = "a change of "+w.required+" is allowed"+among, "the change is "+w.required
		return w
	}
	w.title += among
	w.is = fmt.Sprintf("%s of %s against %s is %s", sentence(d.Title), of, baseline, number(c.Value))
	w.demand, w.show = w.required+" is allowed"+among, "it is "+w.required
	return w
}
