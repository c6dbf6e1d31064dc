package cards

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// ClaimName says what a claim of a gate is about: a group, a pair of groups ("women − men", of a ratio "women ÷ men"), or a column, of a group or of all
// rows.
func ClaimName(t evaluate.Terms, kind string, c evidence.Claim) string {
	switch {
	case c.Column != "" && len(c.Groups) > 0:
		return c.Column + ", " + t.Name(c.Groups)
	case c.Column != "":
		return c.Column
	case len(c.Against) > 0 && strings.Contains(kind, "ratio"):
		return t.Name(c.Groups) + " ÷ " + t.Name(c.Against)
	case len(c.Against) > 0:
		return t.Name(c.Groups) + " − " + t.Name(c.Against)
	}
	return t.Name(c.Groups)
}

// Gates lists a report's gates as pages do: worst first, as the report has them, but those that do not apply last.
func Gates(r *gates.Report) []gates.Outcome {
	list := slices.Clone(r.Gates)
	last := func(g gates.Outcome) int {
		if g.Verdict == evidence.NotApplicable {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b gates.Outcome) int { return last(a) - last(b) })
	return list
}

// Title is a metric's title for a page, with its cut; a name that is no metric is its own title.
func Title(metric string) string {
	if n, err := evaluate.Lookup(metric); err == nil {
		return n.Title()
	}
	return strings.ReplaceAll(metric, "_", " ")
}

// Upper makes the first letter of a sentence or a heading large.
func Upper(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// OfClass splits the key of a metric, or of a disparity, of one class, "recall@class=setosa", of a task of several classes.
func OfClass(e *evaluate.Evaluation, key string) (metric, class string, ok bool) {
	if e.Terms.Kind() != evaluate.Multiclass {
		return key, "", false
	}
	return strings.Cut(key, "@class=")
}

// ClassKey is the key of a metric of one class.
func ClassKey(metric, class string) string { return metric + "@class=" + class }
