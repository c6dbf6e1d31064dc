package gates

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/schema"
)

// Names is one name or a list of them.
type Names []string

// UnmarshalJSON reads "sex" as ["sex"].
func (n *Names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = Names{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// Fraction is a part of 1, written 0.05, "5%" or (of a difference) "5pp".
type Fraction float64

// UnmarshalJSON reads a number or a text with % or pp. The point is moved in the text, so that "0.7%" is 0.007 and not the double beside it.
func (f *Fraction) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return json.Unmarshal(b, (*float64)(f))
	}
	number, ok := strings.CutSuffix(text, "pp")
	if !ok {
		number, ok = strings.CutSuffix(text, "%")
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number)+"e-2", 64)
	if !ok || err != nil || math.IsInf(v, 0) {
		return fmt.Errorf("%q is no fraction: write 0.05, \"5%%\" or \"5pp\"", text)
	}
	*f = Fraction(v)
	return nil
}

// number is f as a *float64.
func (f *Fraction) number() *float64 { return (*float64)(f) }

// checkMetric finds the metric, and what keeps every gate from deciding it. It writes the name as it is known.
func checkMetric(name *string, d *schema.Document) (evaluate.Named, error) {
	m, err := evaluate.Lookup(*name)
	if err != nil {
		return m, placed(err, d.At("metric"))
	}
	*name = m.Key
	switch {
	case m.Chosen() && !m.Decidable():
		return m, schema.Problems{{Position: d.At("metric"), Code: "no-interval",
			Message: fmt.Sprintf("the cut of %q is chosen on the rows that would decide it, and no interval was shown to include the choice: name a score, as in %q", m.Key, m.Name+"@0.9")}}
	case !m.Decidable():
		return m, schema.Problems{{Position: d.At("metric"), Code: "no-interval",
			Message: fmt.Sprintf("no interval was shown to hold for %q, so no gate can decide it", m.Key)}}
	}
	return m, nil
}

// placed gives problems without a place one.
func placed(err error, at schema.Position) error {
	ps, ok := err.(schema.Problems) //nolint:errorlint // Lookup's own
	if !ok {
		return err
	}
	ps = slices.Clone(ps)
	for i := range ps {
		if ps[i].Position == (schema.Position{}) {
			ps[i].Position = at
		}
	}
	return ps
}

// checkAcross finds the dimensions. It writes crosses as they are known: "sex * age".
func checkAcross(across Names, t evaluate.Terms, d *schema.Document) error {
	var ps schema.Problems
	if len(across) == 0 && d.Has("across") {
		ps = append(ps, schema.Problem{Position: d.At("across"), Code: "empty-across", Message: "`across` names no group: leave it out to look at all rows together"})
	}
	for i, name := range across {
		at := d.At("across", i)
		if !d.Has("across", i) {
			at = d.At("across")
		}
		dimension, ok := t.Dimension(name)
		if !ok {
			ps = append(ps, schema.Problem{Position: at, Code: "unknown-group",
				Message: fmt.Sprintf("%q is no group of this file", name) + crossed(name, t), Suggest: schema.Suggest(name, t.Dimensions())})
			continue
		}
		across[i] = dimension.Name
		if slices.Contains(across[:i], dimension.Name) {
			ps = append(ps, schema.Problem{Position: at, Code: "duplicate-item", Message: fmt.Sprintf("%q stands in `across` twice", name)})
		}
	}
	return problems(ps)
}

// crossed says how to make a group of a cross whose parts there are.
func crossed(name string, t evaluate.Terms) string {
	parts := evaluate.CrossOf(name)
	if len(parts) < 2 || slices.ContainsFunc(parts, func(p string) bool { _, ok := t.Dimension(p); return !ok }) {
		return ""
	}
	return fmt.Sprintf(": add \"- %s\" at the end of `groups`", strings.Join(parts, " * "))
}

// someAcross asks for groups where groups are compared.
func someAcross(across Names, d *schema.Document) error {
	if len(across) > 0 || d.Has("across") {
		return nil
	}
	return schema.Problems{{Position: d.At("across"), Code: "missing-key", Message: "groups are compared: name them by `across`"}}
}

// oneBound asks for exactly one of two keys.
func oneBound(a, b *Fraction, keyA, keyB string, d *schema.Document) error {
	switch {
	case a != nil && b != nil:
		return schema.Problems{{Position: d.KeyAt(keyB), Code: "two-bounds", Message: "a gate has one bound: write a second gate for the other"}}
	case a == nil && b == nil:
		return schema.Problems{{Position: d.At(), Code: "missing-key", Message: fmt.Sprintf("the bound is missing: write %s or %s", keyA, keyB)}}
	}
	return nil
}

// checkBound holds a gate's one bound against what the figure can be: a bound that no model or every model keeps is a slip of the pen, as
// max_gap: 5 for five points, and one that no sample proves would never let anything through.
func checkBound(g Gate, d *schema.Document) error {
	lower, upper := g.Rule.Bound()
	figure, least, most := g.Rule.span()
	if (lower == nil) == (upper == nil) || math.IsNaN(least) || math.IsNaN(most) {
		return nil // told by the rule's own check
	}
	at, good, bad := lower, most, least
	if at == nil {
		at, good, bad = upper, least, most
	}
	var where schema.Position
	for _, key := range boundKeys() {
		if d.Has(key) {
			where = d.At(key)
		}
	}
	tell := func(code, format string, args ...any) error {
		return schema.Problems{{Position: where, Code: code, Message: fmt.Sprintf(format, args...)}}
	}
	x := *at
	switch {
	case !(x >= least && x <= most):
		return tell("bound-out-of-range", "%s %s: %v is no bound of it", figure, between(least, most), x)
	case x == bad:
		return tell("bound-out-of-range", "%s %s: every model keeps a bound of %v", figure, between(least, most), x)
	case x == good && g.Decide == Proven:
		return tell("unprovable", "no sample proves that %s is %s: give a bound short of it, or `decide: estimate`", figure, required(lower, upper))
	}
	return nil
}

// boundKeys are the keys that hold a bound.
func boundKeys() []string {
	return []string{"min", "max", "max_gap", "min_ratio", "max_ratio", "max_drop", "min_gain"}
}

func between(least, most float64) string {
	if math.IsInf(most, 1) {
		return fmt.Sprintf("is at least %v", least)
	}
	return fmt.Sprintf("lies between %v and %v", least, most)
}

func problems(ps schema.Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// checkTask refuses a metric that models of another task have.
func checkTask(r Rule, t evaluate.Terms, d *schema.Document) error {
	for _, name := range r.Needs().Metrics {
		if m, err := evaluate.Lookup(name); err == nil && !m.Of(t.Kind()) {
			return schema.Problems{{Position: d.At("metric"), Code: "other-task", Message: fmt.Sprintf("%q is no metric of a %s task", m.Key, t.Kind())}}
		}
	}
	return nil
}
