package gates

import (
	"math"
	"strconv"
	"strings"
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
	case a < 0.00995 && a >= 0.00005: // 0.00995 is 0.010 in three
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

// count writes 69126 as 69,126.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
