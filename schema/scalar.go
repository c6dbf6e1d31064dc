package schema

import (
	"math"
	"regexp"
	"strconv"
)

// resolved is what a plain YAML scalar means.
type resolved struct {
	kind     kind
	value    string // as canonical JSON; of text: itself
	infinite bool   // .nan, .inf, or larger than any double
	large    bool   // an integer beyond 2^53
	octal    bool   // 010, which YAML 1.1 reads as 8
}

// The numbers of YAML 1.2's core schema, 10.3.2.
var (
	decimal   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	based     = regexp.MustCompile(`^(0o[0-7]+|0x[0-9a-fA-F]+)$`)
	float     = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	notFinite = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// resolve gives the meaning by YAML 1.2's core schema. So 1e3 is a number; yes, no, on, off, 2026-01-31, 1_000 and 12:30, which YAML 1.1
// took for booleans, dates and numbers, are text, as they look.
func resolve(s string) resolved {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return resolved{kind: null}
	case "true", "True", "TRUE":
		return resolved{kind: boolean, value: "true"}
	case "false", "False", "FALSE":
		return resolved{kind: boolean, value: "false"}
	}
	switch first := s[0]; {
	case first != '-' && first != '+' && first != '.' && (first < '0' || first > '9'):
	case decimal.MatchString(s):
		digits := s
		if first == '-' || first == '+' {
			digits = s[1:]
		}
		r := parsed(s)
		r.octal = len(digits) > 1 && digits[0] == '0'
		return r
	case based.MatchString(s):
		u, err := strconv.ParseUint(s, 0, 64)
		return resolved{kind: number, value: formatNumber(float64(u)), large: err != nil || u > maxInteger}
	case float.MatchString(s):
		r := parsed(s)
		r.large = false
		return r
	case notFinite.MatchString(s):
		return resolved{kind: number, infinite: true}
	}
	return resolved{kind: text, value: s}
}

// parsed makes a double of decimal digits.
func parsed(s string) resolved {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return resolved{kind: number, infinite: true}
	}
	r := resolved{kind: number, value: formatNumber(f)}
	if math.Abs(f) >= maxInteger { // 2^53+1 is 2^53 as a double
		i, err := strconv.ParseInt(s, 10, 64)
		r.large = err != nil || i > maxInteger || i < -maxInteger
	}
	return r
}
