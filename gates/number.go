package gates

import (
	"math"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
)

// number writes a figure for reading; "undefined" where there is none.
func number(v *float64) string {
	if v == nil {
		return "undefined"
	}
	return evaluate.Number(*v)
}

// limit writes a bound as it was typed, with two decimals at least; from a thousand on a whole one has none, as figures there.
func limit(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s)-i == 2 {
		s += "0"
	} else if i < 0 && math.Abs(x) < 1000 {
		s += ".00"
	}
	if digits, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + evaluate.Thousands(digits)
	}
	return evaluate.Thousands(s)
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
