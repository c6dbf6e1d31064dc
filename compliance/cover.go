package compliance

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
)

// Dossier is all there is to show about one version.
type Dossier struct {
	At         time.Time           `json:"at"`                  // when it was put together: what had expired then is stale
	Card       *cards.Card         `json:"card,omitempty"`      // with its evaluation, report and version
	Evidence   []evidence.Bundle   `json:"evidence,omitempty"`  // oldest first, but the last is that by which the version was let in, where it was
	Statement  *evidence.Statement `json:"statement,omitempty"` // what the last of Evidence says, opened with a trusted key
	Rechecks   []evidence.Bundle   `json:"rechecks,omitempty"`  // what was found on fresh data since, oldest first
	Log        []evidence.Record   `json:"log,omitempty"`       // records about the model
	Proofs     []evidence.LogProof `json:"proofs,omitempty"`    // that they are in the log which Checkpoint stands for
	Checkpoint string              `json:"checkpoint,omitempty"`

	// Attached are the bytes of the files that the last evidence binds, by path: card.json, evaluation.json, gates.json, baseline.json.
	Attached map[string][]byte `json:"-"`
}

// State is what became of an item.
type State string

// The states, in the order in which they are told. NotApplicable asks for who said so, when and why, and Waived for a waiver in force: a
// dossier can hold neither yet, so that nothing is given them.
const (
	Filled        State = "filled"
	Partial       State = "partial"
	Stale         State = "stale"
	Missing       State = "missing"
	Waived        State = "waived"
	NotApplicable State = "not_applicable"
)

// States lists them.
func States() []State { return []State{Filled, Partial, Stale, Missing, Waived, NotApplicable} }

// Covered is an item's state, what shows it, and why.
type Covered struct {
	ID         string   `json:"id"`
	Asks       string   `json:"asks"`
	Owner      Owner    `json:"owner"`
	State      State    `json:"state"`
	Why        string   `json:"why,omitempty"`   // what is missing, or makes it stale
	Shown      []string `json:"shown,omitempty"` // "card.evaluation.rows: 69126"
	NA         string   `json:"na,omitempty"`    // when it may be not applicable, which somebody must say
	Unverified string   `json:"unverified,omitempty"`
}

// Cover judges every item of a framework, in order. A pure function: the same inputs, the same answer.
//
// An item is filled where all of its paths lead to something, partial where some do, where another tool reports what it shows, or where it asks
// for more than a dossier can hold, and missing where none does. What was measured counts as filled only where signed evidence binds this very
// card; it is stale where that evidence has expired, or was judged by a policy that is no longer in force.
func Cover(f Framework, d Dossier) []Covered {
	unbound, stale := standing(d)
	covered := make([]Covered, len(f.Items))
	for i, item := range f.Items {
		covered[i] = cover(item, d, unbound, stale)
	}
	return covered
}

// noPlace: no part of a dossier would show it.
const noPlace = "a dossier has no place for it: keep it beside"

func cover(item Item, d Dossier, unbound, stale string) Covered {
	c := Covered{ID: item.ID, Asks: item.Asks, Owner: item.Owner, NA: item.NA, Unverified: item.Unverified}
	var absent []string
	measured := false
	for _, path := range item.FilledBy.Pipeline {
		found, places := follow(reflect.ValueOf(d), steps(path))
		if len(found) == 0 {
			absent = append(absent, path)
			continue
		}
		measured = true
		c.Shown = append(c.Shown, show(path, found, places))
	}
	for _, path := range item.FilledBy.Person {
		found, places := follow(reflect.ValueOf(d), steps(path))
		if len(found) == 0 || filledIn(d, path) {
			absent = append(absent, path+" (a person's words)")
			continue
		}
		c.Shown = append(c.Shown, show(path, found, places))
	}
	var why []string
	ofEvaluation := func(path string) bool { return strings.HasPrefix(path, "card.evaluation.") }
	if by := reportedBy(d); by != "" && measured && slices.ContainsFunc(item.FilledBy.Pipeline, ofEvaluation) {
		why = append(why, "what is shown of figures and terms is "+by)
	}
	if len(absent) > 0 {
		why = append(why, "not there: "+strings.Join(absent, ", "))
	}
	if item.Lacks != "" {
		why = append(why, "a dossier never holds "+item.Lacks)
	}
	switch {
	case len(item.FilledBy.Pipeline)+len(item.FilledBy.Person) == 0:
		c.State = Missing
		why = append(why, noPlace)
	case len(c.Shown) == 0:
		c.State = Missing
	case measured && stale != "":
		c.State = Stale
		why = append([]string{stale}, why...)
	case measured && unbound != "":
		c.State = Partial
		why = append([]string{unbound}, why...)
	case len(why) > 0:
		c.State = Partial
	default:
		c.State = Filled
	}
	c.Why = strings.Join(why, "; ")
	return c
}

// reportedBy says of an evaluation of results that another tool computed which it was: nobody here saw rows. "" for any other.
func reportedBy(d Dossier) string {
	if d.Card == nil || d.Card.Evaluation == nil || d.Card.Evaluation.Reported == nil {
		return ""
	}
	return "reported by " + d.Card.Evaluation.Reported.Tool + ", without rows to check it by"
}

// filledIn says whether the pipeline wrote a field that a person left empty: then it is nobody's word.
func filledIn(d Dossier, path string) bool {
	if d.Card == nil {
		return false
	}
	_, ok := d.Card.Filled[strings.TrimPrefix(path, "card.")]
	return ok
}

// standing says why what was measured is not shown by signed evidence, or why that is stale. Empty: it is not so.
func standing(d Dossier) (unbound, stale string) {
	s := d.Statement
	if s == nil {
		return "no signed evidence stands behind it", ""
	}
	if d.Card != nil && !boundCard(d, s) {
		return "the newest evidence does not bind this card", ""
	}
	if !s.Expires.IsZero() && !d.At.Before(s.Expires) {
		return "", "the evidence expired on " + s.Expires.UTC().Format("2006-01-02")
	}
	if inForce := policyInForce(d.Log, s.Version.Model); inForce != "" && inForce != s.Standing.Policy.Digest {
		return "", fmt.Sprintf("judged by policy %s, but %s was set since", s.Standing.Policy.Digest.Short(), inForce.Short())
	}
	return "", ""
}

// boundCard asks for the very bytes.
func boundCard(d Dossier, s *evidence.Statement) bool {
	b, err := cardFile(d)
	if err != nil || s.Card == nil || s.Card.File != evidence.DigestOf(b) {
		return false
	}
	return slices.ContainsFunc(s.Attachments, func(f evidence.File) bool { return f.SHA256 == s.Card.File })
}

// policyInForce is the last one that the log has for the model; empty: none.
func policyInForce(log []evidence.Record, model string) (policy evidence.Digest) {
	for _, r := range log {
		if r.Act == evidence.PolicySet && r.Model == model {
			policy = r.Digest
		}
	}
	return policy
}
