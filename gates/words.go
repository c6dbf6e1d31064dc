package gates

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatecard/gatecard/evaluate"
)

// number writes a figure for reading: three decimals, four under 0.01; "undefined" where there is none.
func number(v *float64) string {
	if v == nil {
		return "undefined"
	}
	return Number(*v)
}

// Number writes a figure for reading: three decimals, four where it is under 0.01, and enough digits of what is large.
func Number(x float64) string {
	switch a := math.Abs(x); {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	case a >= 1000:
		return minus(strconv.FormatFloat(x, 'f', 0, 64))
	case a < 0.01 && a >= 0.00005:
		return minus(strconv.FormatFloat(x, 'f', 4, 64))
	}
	return minus(strconv.FormatFloat(x, 'f', 3, 64))
}

func minus(s string) string {
	if digits, ok := strings.CutPrefix(s, "-"); ok {
		if strings.Trim(digits, "0.") == "" {
			return digits
		}
		return "−" + digits
	}
	return s
}

// limit writes a bound as it was typed, with two decimals at least.
func limit(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if i := strings.IndexByte(s, '.'); i < 0 {
		s += ".00"
	} else if len(s)-i == 2 {
		s += "0"
	}
	return minus(s)
}

// required is "at least 0.50" or "at most 0.10".
func required(lower, upper *float64) string {
	if lower != nil {
		return "at least " + limit(*lower)
	}
	if upper != nil {
		return "at most " + limit(*upper)
	}
	return "nothing"
}

// bound is "≥ 0.50" or "≤ 0.10".
func bound(lower, upper *float64) string {
	if lower != nil {
		return "≥ " + limit(*lower)
	}
	if upper != nil {
		return "≤ " + limit(*upper)
	}
	return ""
}

// sentence starts with a capital.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// count writes 69126 as 69,126.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
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

// who is a group in a person's words: where the terms give a word to its value, that ("people with a disability"); else with its
// dimension before it ("race = 5").
func who(groups map[string]string, t evaluate.Terms) string {
	if len(groups) == 0 {
		return "overall"
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		word := groups[k]
		if d, ok := t.Dimension(k); ok && slices.Contains(slices.Collect(maps.Values(d.Values)), word) {
			parts = append(parts, word)
		} else {
			parts = append(parts, fmt.Sprintf("%s %s", k, word))
		}
	}
	return strings.Join(parts, ", ")
}
