package stats

import "math"

// MOVER ("method of variance estimates recovery": Zou and Donner 2008, doi:10.1002/sim.3095; ratios: Donner and Zou 2012,
// doi:10.1177/0962280210383082) makes limits of a figure from those of its independent parts: the distance from each part's estimate to
// its own limit stands for that part's spread on that side.

// Difference is x − y of independent figures, by MOVER on each one's own limits at the same error level.
func Difference(x, y Basis) Basis { return Basis{Method: methodMOVERDifference, Parts: []Basis{x, y}} }

// Ratio is x / y of independent figures that are not negative, by MOVER on each one's own limits at the same error level. The upper limit
// is +Inf where y's lower limit is 0 (or less). Where y is 0 the ratio has no value, but its lower limit still holds.
func Ratio(x, y Basis) Basis { return Basis{Method: methodMOVERRatio, Parts: []Basis{x, y}} }

// Average is the unweighted mean of independent figures, by MOVER: balanced accuracy is that of the classes' recalls.
func Average(parts ...Basis) Basis {
	if len(parts) == 0 {
		return Basis{}
	}
	return Basis{Method: methodMOVERMean, Parts: parts}
}

func (b Basis) moverValue() float64 {
	if b.Method == methodMOVERMean && len(b.Parts) > 0 {
		sum := 0.0
		for _, p := range b.Parts {
			sum += p.Value()
		}
		return sum / float64(len(b.Parts))
	}
	if len(b.Parts) != 2 {
		return math.NaN()
	}
	x, y := b.Parts[0].Value(), b.Parts[1].Value()
	if b.Method == methodMOVERRatio {
		if !(y > 0) {
			return math.NaN()
		}
		return x / y
	}
	return x - y
}

// mover is a limit of the figure, from the limits of its parts as the given function has them.
func (b Basis) mover(s side, limit func(Basis, side) float64) float64 {
	if b.Method == methodMOVERMean {
		if len(b.Parts) == 0 {
			return math.NaN()
		}
		squares := 0.0
		for _, p := range b.Parts {
			d := limit(p, s) - p.Value()
			squares += d * d
		}
		return b.moverValue() + float64(s)*math.Sqrt(squares)/float64(len(b.Parts))
	}
	if len(b.Parts) != 2 {
		return math.NaN()
	}
	x, y := b.Parts[0].Value(), b.Parts[1].Value()
	// x's limit on this side, y's on the other: both move the figure the same way.
	xl, yl := limit(b.Parts[0], s), limit(b.Parts[1], -s)
	if math.IsNaN(xl) || math.IsNaN(yl) {
		return math.NaN()
	}
	if b.Method == methodMOVERRatio {
		return ratioLimit(x, y, xl, yl, s)
	}
	return x - y + float64(s)*math.Hypot(xl-x, yl-y)
}

// ratioLimit is Donner and Zou's limit of x/y. The lower one is written B/(A + √(A²−BC)) for their (A − √(A²−BC))/C, which is the same
// number but stays finite where C = 0.
func ratioLimit(x, y, xl, yl float64, s side) float64 {
	if !(y >= 0) || !(x >= 0) {
		return math.NaN()
	}
	a, b, c := x*y, xl*(2*x-xl), yl*(2*y-yl)
	if s == upper {
		if !(yl > 0) {
			return math.Inf(1)
		}
		return (a + math.Sqrt(math.Max(0, a*a-b*c))) / c
	}
	if xl == 0 {
		return 0
	}
	return b / (a + math.Sqrt(math.Max(0, a*a-b*c)))
}
