package cards

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
)

// Name gives a slice in a person's words: "with a disability", "men, age 25–40", "overall". What stands in `values:` of the configuration is
// said as it is; a bin or a bare code is said with its dimension.
func Name(t evaluate.Terms, groups map[string]string) string {
	if len(groups) == 0 {
		return "overall"
	}
	var parts []string
	for _, d := range ordered(t, groups) {
		parts = append(parts, word(t, d, groups[d], true))
	}
	return strings.Join(parts, ", ")
}

// Short is [Name] for a table that is headed by the dimension: "25–40", not "age 25–40".
func Short(t evaluate.Terms, groups map[string]string) string {
	if len(groups) == 0 {
		return "overall"
	}
	dimensions := ordered(t, groups)
	var parts []string
	for _, d := range dimensions {
		parts = append(parts, word(t, d, groups[d], len(dimensions) > 1))
	}
	return strings.Join(parts, ", ")
}

// ordered are the dimensions of a slice in the order of the terms; what the terms lack comes last, sorted.
func ordered(t evaluate.Terms, groups map[string]string) []string {
	names := slices.Sorted(maps.Keys(groups))
	place := func(n string) int {
		if i := slices.Index(t.Dimensions(), n); i >= 0 {
			return i
		}
		return len(t.Groups)
	}
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

func word(t evaluate.Terms, dimension, value string, alone bool) string {
	d, _ := t.Dimension(dimension)
	for _, w := range d.Values {
		if w == value {
			return value
		}
	}
	said, bin := value, len(d.Bins) > 0
	if bin {
		said = bin2words(value)
	}
	switch {
	case value == evaluate.Missing && alone:
		return dimension + " missing"
	case value == evaluate.Missing:
		return "missing"
	case !alone:
		return said
	case bin:
		return dimension + " " + said
	case speaks(value):
		return value
	}
	return dimension + " = " + value
}

// bin2words turns "<25", "25-40", ">=65" into words.
func bin2words(value string) string {
	if v, ok := strings.CutPrefix(value, "<"); ok {
		return "under " + v
	}
	if v, ok := strings.CutPrefix(value, ">="); ok {
		return v + " and over"
	}
	for i, r := range value {
		if r != '-' || i == 0 {
			continue
		}
		_, err1 := strconv.ParseFloat(value[:i], 64)
		_, err2 := strconv.ParseFloat(value[i+1:], 64)
		if err1 == nil && err2 == nil {
			return value[:i] + "–" + value[i+1:]
		}
	}
	return value
}

// mute are values that say nothing without their dimension.
var mute = []string{"true", "false", "yes", "no", "none", "nan", "null", "other", "unknown", "missing", "high", "low", "medium", "na", "n/a"}

func speaks(value string) bool {
	letters := 0
	for _, r := range value {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 3 && !slices.Contains(mute, strings.ToLower(value))
}

// ClaimName says what a claim of a gate is about: a group, a pair of groups ("women − men", of a ratio "women ÷ men"), or a column.
func ClaimName(t evaluate.Terms, kind string, c evidence.Claim) string {
	switch {
	case c.Column != "":
		return c.Column
	case len(c.Against) > 0 && strings.Contains(kind, "ratio"):
		return Name(t, c.Groups) + " ÷ " + Name(t, c.Against)
	case len(c.Against) > 0:
		return Name(t, c.Groups) + " − " + Name(t, c.Against)
	}
	return Name(t, c.Groups)
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

// Dimension names what a slice is along: "sex", "sex × age"; overall is "".
func Dimension(t evaluate.Terms, groups map[string]string) string {
	return strings.Join(ordered(t, groups), " × ")
}
