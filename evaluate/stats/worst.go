package stats

import "math"

// Bound says on which side of its bound a figure must lie to be good. The zero Bound is refused: NaN, or false.
type Bound int

// The two kinds of bound: a figure must not be below Min's, nor above Max's.
const (
	Min Bound = 1 + iota
	Max
)

// Worst is the basis that the same denominators would give if every outcome had gone against the bound: no success for Min, nothing but
// successes for Max; in a difference or ratio each part its own way. It is the zero Basis for a figure that is not of counts (t,
// influence, psi, delong-paired), which has no worst outcome.
func (b Basis) Worst(bound Bound) Basis {
	if bound != Min && bound != Max {
		return Basis{}
	}
	switch b.Method {
	case methodClopperPearson, methodDeLongLogit:
		b.N = b.denominator()
		b.Estimate, b.SE, b.K = 0, 0, 0
		if bound == Max {
			b.K = b.N
		}
		return b
	case methodTango:
		n := b.Table[0] + b.Table[1] + b.Table[2] + b.Table[3]
		b.Table = [4]int64{2: n}
		if bound == Max {
			b.Table = [4]int64{1: n}
		}
		return b
	case methodEither:
		return b.worstEither(bound)
	case methodMOVERDifference, methodMOVERRatio, methodMOVERMean:
		parts := make([]Basis, len(b.Parts))
		for i, p := range b.Parts {
			way := bound
			if i == 1 && b.Method != methodMOVERMean {
				way = Min + Max - bound
			}
			if parts[i] = p.Worst(way); parts[i].Method == "" {
				return Basis{}
			}
		}
		b.Parts = parts
		return b
	}
	return Basis{}
}

func (b Basis) denominator() float64 {
	if b.Method == methodDeLongLogit {
		return b.rarer()
	}
	return b.N
}

// CanFail says whether some outcome on the observed denominators would put the whole interval beyond the bound at error level a: the
// upper limit of the worst outcome below a Min, or the lower limit above a Max. It is false for 30 rows and a Min of 0.05: even 0 of 30
// has an upper limit of .116. A figure that is not of counts can always fail. A basis that gives no limit, or the zero Bound, cannot.
func (b Basis) CanFail(bound Bound, at, a float64) bool {
	worst := b.Worst(bound)
	switch {
	case bound != Min && bound != Max:
		return false
	case worst.Method == "":
		return !math.IsNaN(b.Low(a)) && !math.IsNaN(b.High(a))
	case bound == Min:
		return worst.High(a) < at
	}
	return worst.Low(a) > at
}
