package evaluate

import (
	"math"
	"strconv"
	"strings"
)

// How figures are written for reading: on a page, in a sentence, on a terminal.

// Count writes a whole number with commas: 69,126.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	if s[0] == '-' {
		return "−" + Thousands(s[1:])
	}
	return Thousands(s)
}

// Thousands puts commas between the thousands of the digits that stand before a point, if there is one: 40000.5 is 40,000.5.
func Thousands(digits string) string {
	whole, rest, point := strings.Cut(digits, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if point {
		return b.String() + "." + rest
	}
	return b.String()
}

// places is how many decimals a number is shown with: three, four where it is under 0.01, none where it is large.
func places(v float64) int {
	switch a := math.Abs(v); {
	case a >= 1000:
		return 0
	case a < 0.00995 && a >= 0.00005: // 0.00995 is 0.010 in three
		return 4
	}
	return 3
}

// Number writes a figure: 0.295, 0.0021, 128.400, 32,776. A minus is a real one. NaN is "–".
func Number(v float64) string { return decimal(v, places(v)) }

func decimal(v float64, places int) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	}
	s := Thousands(strconv.FormatFloat(math.Abs(v), 'f', places, 64))
	if v < 0 && strings.Trim(s, "0.") != "" {
		return "−" + s
	}
	return s
}

// Signed writes a difference: +0.012, −0.019.
func Signed(v float64) string {
	s := Number(v)
	if v > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}

// Range writes an interval with the decimals of the figure that it belongs to: "0.274 – 0.322". An end that is nil is open: "≥ 0.274". Both nil
// give "".
func Range(low, high *float64, like float64) string {
	p := 3
	if like != 0 && !math.IsNaN(like) {
		p = places(like)
	}
	widest := 0.0
	for _, end := range []*float64{low, high} {
		if end != nil {
			widest = max(widest, math.Abs(*end))
		}
	}
	if widest > 0 && widest < 0.01 {
		p = max(p, 4)
	}
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return "≥ " + decimal(*low, p)
	case low == nil:
		return "≤ " + decimal(*high, p)
	}
	return decimal(*low, p) + " – " + decimal(*high, p)
}

// Percent writes a share: 50.1 %, 0.18 %.
func Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "–"
	}
	p := 1
	if a := math.Abs(share); a != 0 && a < 0.01 {
		p = 2
	}
	return decimal(share*100, p) + " %"
}
