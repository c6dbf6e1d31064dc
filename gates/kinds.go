package gates

import (
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
	// span names the figure that the bound is of, and says between which ends it lies: a bound at the good end is proven by no sample, one at
	// the other end is kept by every model. A metric that is not known has NaN ends.
	span() (figure string, least, most float64)
	// claims are the gate's, over the evaluation; a group, column or metric that is not there is an error.
	claims(e *evaluate.Evaluation, g Gate) (claims, error)
	// words are what a page says of the rule and of one of its claims.
	words(c claim, e *evaluate.Evaluation) words
}

// claims are a gate's claims, and the groups that they are about.
type claims struct {
	all      []claim
	members  []member // the groups of each dimension; none: no claim is about a group
	need     int64    // groups that must remain of a dimension where small ones are left out
	fromZero bool     // the gate's interval does not go below 0: that of a gap
	absent   string   // there is nothing to make claims of: why; the gate is inconclusive, or not applicable
	never    bool     // absent since no champion was ever set, if the ledger says so
	note     string
}

// claim is a claim with its limits at any level.
type claim struct {
	evidence.Claim
	limits           stats.Limits
	basis            stats.Basis // of counts, for exact comparison; the zero Basis: none
	flip             bool        // the claim's figure is minus the basis's
	reported         string      // the tool that computed it, where that was not gatecard: it has no limits
	passing, failing float64     // the limits that can pass and fail the gate, once it is judged
}

// member is a group that a gate looks at.
type member struct {
	dimension string
	groups    map[string]string
	support   int64
	small     bool
}
