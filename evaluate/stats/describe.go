package stats

import "math"

// Interval is descriptive: two-sided, at Level.
type Interval struct {
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Level  float64 `json:"level"`
	Method string  `json:"method"`
}

// Describe is the interval that stands beside a figure in a table: two-sided, for reading, never for a verdict. It is Wilson's for a
// proportion, and for F1 that of J mapped; Tango's for a paired difference, with however few discordant pairs; Newcombe's (1998,
// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I) for a difference of independent proportions, which is MOVER on
// Wilson's limits, and MOVER on the parts' own intervals for any other difference, ratio or mean. For the rest it is the pair of limits
// that also decide, at half the error each. Nil where there is none, or an end is infinite. Level lies in (0, 1).
func Describe(b Basis, level float64) *Interval {
	if !(level > 0 && level < 1) {
		return nil
	}
	a := (1 - level) / 2
	i := Interval{Low: b.described(a, lower), High: b.described(a, upper), Level: level, Method: b.describedBy()}
	if !finite(i.Low, i.High) {
		return nil
	}
	return &i
}

// Newcombe is the interval of k1/n1 − k2/n2 for independent proportions, by the hybrid score method (method 10 of Newcombe 1998).
func Newcombe(k1, n1, k2, n2, level float64) Interval {
	if i := Describe(Difference(Proportion(k1, n1), Proportion(k2, n2)), level); i != nil {
		return *i
	}
	return Interval{Low: math.NaN(), High: math.NaN(), Level: level, Method: "newcombe"}
}

// described is one end of the descriptive interval, with error a on its side.
func (b Basis) described(a float64, s side) float64 {
	switch b.Method {
	case methodClopperPearson:
		if math.IsNaN(proportion(b.K, b.N)) {
			return math.NaN()
		}
		k, n := b.trials(a)
		return b.fromJ(wilson(k, n, normalUpper(a), s))
	case methodTango:
		if math.IsNaN(pairedDifference(b.Table)) {
			return math.NaN()
		}
		t := b.Table
		return tango(float64(t[1]), float64(t[2]), float64(t[0]+t[1]+t[2]+t[3]), normalUpper(a), s)
	case methodMOVERDifference, methodMOVERRatio, methodMOVERMean:
		return b.mover(a, s, Basis.described, false)
	case methodRates:
		return b.ratesLimit(a, s, Basis.described, false)
	case methodLargest, methodSmallest, methodMaxDifference, methodMinRatio:
		return b.extremeLimit(a, s, Basis.described, false)
	case methodEither:
		return b.either(a, s, Basis.described)
	}
	return b.limit(a, s)
}

// describedBy names the method of the descriptive interval.
func (b Basis) describedBy() string {
	switch b.Method {
	case methodClopperPearson:
		return "wilson"
	case methodMOVERDifference:
		for _, p := range b.Parts {
			if p.Method != methodClopperPearson || p.Scale != "" {
				return b.Method
			}
		}
		return "newcombe"
	}
	return b.Method
}
