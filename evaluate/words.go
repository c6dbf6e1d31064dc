package evaluate

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Name gives a slice in a person's words: "with a disability", "men, age 25–40", "overall". What stands in `values:` of the configuration is
// said as it is; a bin or a bare code is said with its dimension.
func (t Terms) Name(groups map[string]string) string {
	if len(groups) == 0 {
		return "overall"
	}
	var parts []string
	for _, d := range t.ordered(groups) {
		parts = append(parts, t.word(d, groups[d], true))
	}
	return strings.Join(parts, ", ")
}

// Short is [Terms.Name] for a table that is headed by the dimension: "25–40", not "age 25–40".
func (t Terms) Short(groups map[string]string) string {
	if len(groups) == 0 {
		return "overall"
	}
	dimensions := t.ordered(groups)
	var parts []string
	for _, d := range dimensions {
		parts = append(parts, t.word(d, groups[d], len(dimensions) > 1))
	}
	return strings.Join(parts, ", ")
}

// ordered are the dimensions of a slice in the order of the terms; what the terms lack comes last, sorted.
func (t Terms) ordered(groups map[string]string) []string {
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

func (t Terms) word(dimension, value string, alone bool) string {
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
	case value == Missing && alone:
		return dimension + " missing"
	case value == Missing:
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

// Along names what a slice is along: "sex", "sex × age"; overall is "".
func (t Terms) Along(groups map[string]string) string {
	return strings.Join(t.ordered(groups), " × ")
}
