package gates

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Kind is a kind of gate. To add one: kind_NAME.go and a line in Kinds.
type Kind struct {
	Name, Summary string
	Keys          []string    // an entry with one of them is of this kind: {"max_gap"}
	New           func() Rule // what the entry is decoded into; its type gives the kind's schema
}

// Kinds lists them all. An entry is of the first kind that has one of its keys.
func Kinds() []Kind {
	return []Kind{gapKind, ratioKind, versusKind, driftKind, boundKind}
}

// Rule is what one kind knows: which figures to ask for, and which claims to make of them. How claims become a verdict, Judge knows.
type Rule interface {
	String() string // the rule in a few words: "recall across disability"
	Needs() evaluate.Needs
	Bound() (min, max *float64)
	Decide() Decide // the kind's default
	// check finds what the kind's schema cannot.
	check(t evaluate.Terms, g Gate, d *schema.Document) error
	// best is the bound that no sample proves: 1 for a recall, 0 for a gap.
	best() float64
	// claims are the gate's, over the evaluation; a group, column or metric that is not there is an error.
	claims(e *evaluate.Evaluation, g Gate) (claims, error)
	// words are what a page says.
	words(c claim, e *evaluate.Evaluation) words
}

// claims are a gate's claims, and the groups that they are about.
type claims struct {
	all     []claim
	members []member // the groups of each dimension; none: no claim is about a group
	absent  string   // there is nothing to make claims of: why; the gate is inconclusive, or not applicable
	never   bool     // absent since no champion was ever set, if the ledger says so
	floor   float64  // the interval does not go below it: 0 of a gap
	note    string
}

// claim is a claim with its limits at any level.
type claim struct {
	evidence.Claim
	limits stats.Limits
	basis  stats.Basis // of counts, for exact comparison; the zero Basis: none
	flip   bool        // the claim's figure is minus the basis's
}

// member is a group that a gate looks at.
type member struct {
	dimension string
	groups    map[string]string
	support   int64
	judged    bool
}

// words are what a page says of a claim.
type words struct {
	title    string // of the rule: "Recall in every group"
	where    string // "people with a disability"
	sentence string // "Recall for people with a disability is 0.295; at least 0.50 is required in every group."
	required string // "at least 0.50"
	metric   string // key
	across   []string
}

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

// UnmarshalJSON reads a number or a text with % or pp.
func (f *Fraction) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return json.Unmarshal(b, (*float64)(f))
	}
	number, ok := strings.CutSuffix(text, "pp")
	if !ok {
		number, ok = strings.CutSuffix(text, "%")
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%q is no fraction: write 0.05, \"5%%\" or \"5pp\"", text)
	}
	*f = Fraction(v / 100)
	return nil
}

// number is f as a *float64.
func (f *Fraction) number() *float64 { return (*float64)(f) }

// checkMetric finds the metric, and what keeps a gate from deciding it. It writes the name as it is known.
func checkMetric(name *string, g Gate, d *schema.Document) (evaluate.Named, error) {
	m, err := evaluate.Lookup(*name)
	if err != nil {
		return m, placed(err, d.At("metric"))
	}
	*name = m.Key
	if m.Basis == nil && g.Decide == Proven {
		return m, schema.Problems{{Position: d.At("metric"), Code: "no-interval",
			Message: fmt.Sprintf("no interval was shown to hold for %q, so nothing about it can be proven: write `decide: estimate`", m.Key)}}
	}
	return m, nil
}

// placed gives problems without a place one.
func placed(err error, at schema.Position) error {
	ps, ok := err.(schema.Problems)
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
	for i, name := range across {
		dimension, ok := t.Dimension(name)
		if !ok {
			at := d.At("across", i)
			if !d.Has("across", i) {
				at = d.At("across")
			}
			ps = append(ps, schema.Problem{Position: at, Code: "unknown-group",
				Message: fmt.Sprintf("%q is no group of this file", name), Suggest: schema.Suggest(name, t.Dimensions())})
			continue
		}
		across[i] = dimension.Name
	}
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// claimOf makes a claim of a figure of the metric.
func claimOf(f evaluate.Figure, m evaluate.Named, t evaluate.Terms, g Gate, groups evaluate.Groups) claim {
	c := claim{Claim: evidence.Claim{Groups: groups, Value: f.Value, Support: f.Support}, limits: f.Basis, basis: f.Basis}
	switch {
	case m.Prevalence && t.Sampling != "deployment":
		c.Unjudged = fmt.Sprintf("%s depends on the share of positives, and %s", m.Metric.Title, sampled(t.Sampling))
	case f.Support < g.MinSupport:
		c.Small = true
		c.Unjudged = fmt.Sprintf("%d %s, under min_support %d", f.Support, m.Denominator, g.MinSupport)
	case f.Value == nil:
		c.Unjudged = f.Undefined
	case f.Basis.Method == "":
		c.Unjudged = f.Without
	}
	if c.Unjudged == "" && c.Value == nil {
		c.Unjudged = "undefined"
	}
	return c
}

func sampled(sampling string) string {
	if sampling == "" {
		return "`sampling` does not say that these rows have that of real use"
	}
	return fmt.Sprintf("these rows are %s: their share is not that of real use", sampling)
}

// figure finds the metric on a slice; one that is not there is an error.
func figure(s evaluate.Slice, key string) (evaluate.Figure, error) {
	f, ok := s.Metrics[key]
	if !ok {
		return f, fmt.Errorf("the evaluation has no %s for %s", key, s.Groups)
	}
	return f, nil
}

// perGroup makes a claim of each group along the dimensions, or overall without any.
func perGroup(slicesAlong func(string) ([]evaluate.Slice, error), overall evaluate.Slice, across []string, make func(evaluate.Slice) (claim, error)) (claims, error) {
	var cs claims
	if len(across) == 0 {
		c, err := make(overall)
		cs.all = append(cs.all, c)
		return cs, err
	}
	for _, dimension := range across {
		along, err := slicesAlong(dimension)
		if err != nil {
			return cs, err
		}
		for _, s := range along {
			c, err := make(s)
			if err != nil {
				return cs, err
			}
			cs.all = append(cs.all, c)
			cs.members = append(cs.members, member{dimension, s.Groups, c.Support, c.Unjudged == ""})
		}
	}
	return cs, nil
}
