package gates

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// claimOf makes a claim of a figure of the metric.
func claimOf(s evaluate.Slice, f evaluate.Figure, m evaluate.Named, t evaluate.Terms, g Gate) claim {
	c := claim{Claim: evidence.Claim{Groups: s.Groups, Value: f.Value, Support: f.Support}, limits: f.Basis, basis: f.Basis}
	switch {
	case f.Reported != "":
		c.reported = f.Reported
		c.Unjudged, c.Small = unjudgedReport(f, m, t, g)
	case s.Rows == 0 && f.Support == 0 && t.Declares(s.Groups): // not small, which may be listed and left out: who was named is not there
		c.Unjudged = "no row of a declared group"
	case f.Basis.IsSame(): // no sample tells it, so that neither its size nor its kind counts
		c.Unjudged = unjudged(f)
	case m.Prevalence && t.Sampling != evaluate.Deployment && !(t.Prevalence != nil && f.Prevalence == evaluate.StatedShare):
		c.Unjudged = fmt.Sprintf("%s depends on the share of positives, and %s", m.Metric.Title, sampled(t))
	case f.Support < g.MinSupport:
		c.Small = true
		c.Unjudged = underSupport(f.Support, m.Denominator, g.MinSupport)
	default:
		c.Unjudged = unjudged(f)
	}
	return c
}

// unjudged says why a figure of enough rows has no limits; "" where it may have some.
func unjudged(f evaluate.Figure) string {
	why := ""
	switch {
	case f.Value == nil:
		why = f.Undefined
	case f.Basis.Method == "":
		why = f.Without
	default:
		return ""
	}
	if why == "" {
		return "undefined"
	}
	return why
}

// underSupport says it in words; pages read min_support off its end.
func underSupport(n int64, denominator string, min int64) string {
	if n == 1 {
		denominator = strings.Replace(strings.Replace(denominator, "rows that are", "row that is", 1), "rows", "row", 1)
	}
	return fmt.Sprintf("%s %s, under min_support %d", evaluate.Count(n), denominator, min)
}

// sampled says why the rows' share of positives does not do.
func sampled(t evaluate.Terms) string {
	switch {
	case t.Sampling == "":
		return "`sampling` does not say that these rows have that of real use"
	case t.Prevalence != nil:
		return fmt.Sprintf("these rows are %s: this figure is not told at the stated `prevalence`", t.Sampling)
	}
	return fmt.Sprintf("these rows are %s: their share is not that of real use", t.Sampling)
}

// figure finds the metric on a slice. One that is not there is an error, and so is one that no evaluation can hold.
func figure(s evaluate.Slice, key string) (evaluate.Figure, error) {
	f, ok := s.Metrics[key]
	if !ok {
		return f, fmt.Errorf("%w: no %s for %s", ErrNotEvaluated, key, s.Groups)
	}
	return f, sound(f, key, s.Groups.String())
}

// disagree is how far a figure and that of its basis may lie apart for rounding: of 1, or of what is larger.
const disagree = 1e-9

// sound refuses a figure that is NaN or infinite, or another than that of its own basis: it is no result of a count.
func sound(f evaluate.Figure, name, of string) error {
	if f.Value == nil {
		return nil
	}
	v, b := *f.Value, f.Basis.Value()
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("%w: %s for %s is %v", ErrDamaged, name, of, v)
	case f.Reported != "" && !reflect.ValueOf(f.Basis).IsZero():
		return fmt.Errorf("%w: %s for %s is reported by %s, and has a basis", ErrDamaged, name, of, f.Reported)
	case f.Basis.Method != "" && !(math.Abs(v-b) <= disagree*math.Max(1, math.Abs(v))):
		return fmt.Errorf("%w: %s for %s is %v, and %v by its own basis", ErrDamaged, name, of, v, b)
	}
	return nil
}

// perGroup makes a claim of each group along the dimensions, or overall without any.
func perGroup(t evaluate.Terms, along func(string) ([]evaluate.Slice, error), overall evaluate.Slice, across []string, claimOf func(evaluate.Slice) (claim, error)) (claims, error) {
	cs := claims{need: 1}
	if len(across) == 0 {
		c, err := claimOf(overall)
		cs.all = append(cs.all, c)
		return cs, err
	}
	for _, dimension := range across {
		all, err := along(dimension)
		if err != nil {
			return cs, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		declared := 0
		for _, s := range all {
			if t.Declares(s.Groups) {
				declared++
			}
		}
		if want := t.Declared(dimension); declared < want {
			return cs, fmt.Errorf("%w: %d of %d groups that are declared along %q", ErrNotEvaluated, want-declared, want, dimension)
		}
		for _, s := range all {
			c, err := claimOf(s)
			if err != nil {
				return cs, err
			}
			cs.all = append(cs.all, c)
			cs.members = append(cs.members, member{dimension, s.Groups, c.Support, c.Small})
		}
	}
	return cs, nil
}

// compare gives the figure that is claimed of two groups, nil where there is none, with its basis.
type compare func(x, y claim) (value *float64, basis stats.Basis)

// pairs makes a claim of each ordered pair of groups within a dimension: m(m−1). single has the claims of the groups alone, by dimension.
func pairs(e *evaluate.Evaluation, metric string, across []string, g Gate, compare compare) (cs claims, single map[string][]claim, err error) {
	m, err := evaluate.Lookup(metric)
	if err != nil {
		return cs, nil, err
	}
	cs.need = 2
	single = map[string][]claim{}
	for _, dimension := range across {
		one, err := perGroup(e.Terms, e.Along, e.Overall(), []string{dimension}, func(s evaluate.Slice) (claim, error) {
			f, err := figure(s, m.Key)
			return claimOf(s, f, m, e.Terms, g), err
		})
		if err != nil {
			return cs, nil, err
		}
		if len(one.all) < 2 {
			return cs, nil, schema.Problems{{Code: "one-group", Message: fmt.Sprintf("%q has one group in these rows: there is nothing to compare it with", dimension)}}
		}
		single[dimension] = one.all
		cs.members = append(cs.members, one.members...)
		for i, x := range one.all {
			for j, y := range one.all {
				if i != j {
					cs.all = append(cs.all, pair(x, y, compare))
				}
			}
		}
	}
	return cs, single, nil
}

// pair is one claim about two groups; it is unjudged where one of them is.
func pair(x, y claim, compare compare) claim {
	value, basis := compare(x, y)
	c := claim{Claim: evidence.Claim{Groups: x.Groups, Against: y.Groups, Value: value, Support: min(x.Support, y.Support)}, limits: basis, basis: basis}
	for _, one := range []claim{x, y} {
		if one.reported != "" {
			c.reported, c.limits, c.basis = one.reported, nil, stats.Basis{}
		}
		if one.Unjudged != "" && (c.Unjudged == "" || c.Small) {
			c.Unjudged, c.Small = one.Unjudged, one.Small
		}
	}
	return c
}
