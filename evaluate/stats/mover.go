package stats

import "math"

// MOVER ("method of variance estimates recovery": Zou and Donner 2008, doi:10.1002/sim.3095; ratios: Donner and Zou 2012,
// Statistical Methods in Medical Research 21:347) makes limits of a figure from those of its independent parts: the distance from each part's estimate to
// its own limit stands for that part's spread on that side. In a difference or mean, parts that have fewer than 10 counts towards the
// limit's own end of [0, 1] are taken together by Bonferroni first.

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

// mover is a limit of the figure, from the limits of its parts as the given function has them at an error level. Parts
// with few counts are taken together where asked.
func (b Basis) mover(a float64, s side, limit func(p Basis, a float64, s side) float64, together bool) float64 {
	if b.Pending() {
		return b.moverPending(a, s, limit, together)
	}
	return b.moverBy(a, s, func(part int, a float64, s side) float64 { return limit(b.Parts[part], a, s) }, together)
}

// moverBy is mover with the limits by the part's place.
func (b Basis) moverBy(a float64, s side, limit func(part int, a float64, s side) float64, together bool) float64 {
	switch {
	case b.Method == methodMOVERMean && len(b.Parts) > 0:
	case b.Method != methodMOVERMean && len(b.Parts) == 2:
	default:
		return math.NaN()
	}
	if b.Method == methodMOVERRatio {
		x, y := b.Parts[0], b.Parts[1]
		return ratioLimit(x.Value(), y.Value(), limit(0, a, s), limit(1, a, -s), s)
	}
	// Each part's limit is the one on the side that moves the figure to s.
	few := 0.0
	for i, p := range b.Parts {
		if together && p.few(b.way(i, s)) {
			few++
		}
	}
	squares, sum := 0.0, 0.0
	for i, p := range b.Parts {
		way := b.way(i, s)
		if few > 1 && p.few(way) {
			sum += math.Abs(limit(i, a/few, way) - p.Value())
			continue
		}
		d := limit(i, a, way) - p.Value()
		squares += d * d
	}
	distance := math.Sqrt(squares + sum*sum)
	if b.Method == methodMOVERMean {
		distance /= float64(len(b.Parts))
	}
	return b.moverValue() + float64(s)*distance
}

// way is the side of the i-th part's limit that moves the figure to s.
func (b Basis) way(i int, s side) side {
	if i == 1 && b.Method != methodMOVERMean {
		return -s
	}
	return s
}

// fewCounts is the number of successes (or failures) under which a proportion's limit is short of room towards 0 (or 1).
const fewCounts = 10

// few says whether a proportion has few successes and its lower limit is wanted, or few failures and its upper one. There its distribution
// is a small count's, and the roots of summed squares fall short: of two such parts together they miss up to .073 at nominal .025. So
// their distances, each at an equal share of a, are summed instead (Bonferroni).
func (b Basis) few(s side) bool {
	if b.Method != methodClopperPearson {
		return false
	}
	k := b.K
	if s == upper {
		k = b.N - b.K
	}
	return k < fewCounts && 2*k < b.N
}

// ratioLimit is Donner and Zou's limit of x/y. The lower one is written B/(A + √(A²−BC)) for their (A − √(A²−BC))/C, which is the same
// number but stays finite where C = 0.
func ratioLimit(x, y, xl, yl float64, s side) float64 {
	if !(y >= 0) || !(x >= 0) || math.IsNaN(xl) || math.IsNaN(yl) {
		return math.NaN()
	}
	if s == lower && xl <= 0 {
		return 0
	}
	a, b, c := x*y, xl*(2*x-xl), yl*(2*y-yl)
	if s == upper {
		if !(yl > 0) {
			return math.Inf(1)
		}
		return (a + math.Sqrt(math.Max(0, a*a-b*c))) / c
	}
	return b / (a + math.Sqrt(math.Max(0, a*a-b*c)))
}
