package schema

import (
	"math"
	"strconv"
	"strings"
)

// formatNumber writes a finite double as ECMAScript's Number::toString does, which RFC 8785, 3.2.2.3, prescribes: the fewest digits that
// give the same double again, without exponent from 1e-6 up to below 1e21.
func formatNumber(f float64) string {
	if f == 0 {
		return "0" // and -0 too
	}
	if size := math.Abs(f); size >= 1e-6 && size < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// isInteger says whether a decimal number is written as an integer.
func isInteger(written string) bool { return !strings.ContainsAny(written, ".eE") }
