package gates

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatecard/gatecard/evaluate"
)

// words are what a page says of a rule and one of its claims. Sentences are "IS; DEMAND." and "IS ON: too few to show that SHOW.".
type words struct {
	metric   string // key
	across   []string
	title    string // of the rule: "Recall in every group"
	required string // "at least 0.50"
	where    string // of the claim: "people with a disability"
	is       string // "Recall for people with a disability is 0.295"
	demand   string // "at least 0.50 is required in every group"
	show     string // "it is at least 0.50"
	on       string // " on 50 truly positive rows"; "" where IS says it
	plan     string // what to do next, where rows are too few
}

// newWords are those that every rule about a metric has.
func newWords(r Rule, m evaluate.Named, across []string) words {
	return words{metric: m.Key, across: across, title: sentence(m.Title()), required: required(r.Bound())}
}

// about is the metric of a claim's group: "Recall for people with a disability".
func about(title string, c claim, t evaluate.Terms) string {
	if len(c.Groups) == 0 {
		return title
	}
	return title + " for " + t.Name(c.Groups)
}

// on is how many rows a claim rests on.
func on(c claim, m evaluate.Named) string {
	return fmt.Sprintf(" on %s %s", evaluate.Count(c.Support), m.Denominator)
}

// onSmaller is how many rows the smaller group of a pair has.
func onSmaller(c claim, m evaluate.Named) string {
	return fmt.Sprintf(", with %s %s in the smaller group", evaluate.Count(c.Support), m.Denominator)
}

// sentence starts with a capital.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// listOf is "a", "a and b", "a, b and c".
func listOf(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// groupName is a group's words alone: "men", "men, 25-40".
func groupName(groups map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		parts = append(parts, groups[k])
	}
	return strings.Join(parts, ", ")
}
