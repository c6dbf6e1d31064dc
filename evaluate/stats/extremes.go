package stats

import "math"

// The extremes over groups. Their limits are those of a gate on all pairs: the one that widens the extreme is the widest of the parts' own
// at a (it misses the truth only where that of the truly extreme part does: Berger 1982, intersection-union), and the one that says
// that there is an extreme at all is the most extreme of the parts' at a/M, M the number of parts (Bonferroni).

// Largest is the largest of several figures; see [MaxDifference]. None where a part has none.
func Largest(parts ...Basis) Basis { return extreme(methodLargest, parts) }

// Smallest is the smallest of several figures.
func Smallest(parts ...Basis) Basis { return extreme(methodSmallest, parts) }

// MaxDifference is the largest figure among groups less the smallest, of independent groups: fairlearn's difference between groups
// (demographic parity difference of selection rates, equal opportunity difference of recalls; [Largest] of those of recalls and of false positive rates is the equalized odds difference). It
// is the largest of the m(m−1) differences of ordered pairs. The zero Basis with under two groups.
func MaxDifference(groups ...Basis) Basis {
	if len(groups) < 2 {
		return Basis{}
	}
	return extreme(methodMaxDifference, groups)
}

// MinRatio is the smallest figure among independent groups over the largest: fairlearn's ratio between groups (the four-fifths ratio is that of
// selection rates; [Smallest] of those of recalls and of false positive rates is the equalized odds ratio). It is the smallest of the
// m(m−1) ratios of ordered pairs. NaN where the largest is 0. The zero Basis with under two groups.
func MinRatio(groups ...Basis) Basis {
	if len(groups) < 2 {
		return Basis{}
	}
	return extreme(methodMinRatio, groups)
}

func extreme(method string, parts []Basis) Basis {
	if len(parts) == 0 {
		return Basis{}
	}
	return Basis{Method: method, Parts: parts}
}

// members calls the function with each of the figures that an extreme is of.
func (b Basis) members(do func(Basis)) {
	switch b.Method {
	case methodLargest, methodSmallest:
		for _, p := range b.Parts {
			do(p)
		}
	case methodMaxDifference, methodMinRatio:
		for i, x := range b.Parts {
			for j, y := range b.Parts {
				if i == j {
					continue
				}
				if b.Method == methodMaxDifference {
					do(Difference(x, y))
				} else {
					do(Ratio(x, y))
				}
			}
		}
	}
}

// size is the number of claims in it: those of nested extremes count one by one.
func (b Basis) size() float64 {
	m := float64(len(b.Parts))
	switch b.Method {
	case methodMaxDifference, methodMinRatio:
		return m * (m - 1)
	case methodLargest, methodSmallest:
		n := 0.0
		for _, p := range b.Parts {
			n += p.size()
		}
		return n
	}
	return 1
}

func (b Basis) extremeValue() float64 {
	way := b.outer()
	found := math.Inf(-int(way))
	switch b.Method {
	case methodMaxDifference, methodMinRatio:
		least, most := math.Inf(1), math.Inf(-1)
		for _, p := range b.Parts {
			least, most = math.Min(least, p.Value()), math.Max(most, p.Value())
		}
		if b.Method == methodMaxDifference {
			return most - least
		}
		if !(most > 0) {
			return math.NaN()
		}
		return least / most
	}
	for _, p := range b.Parts {
		found = wider(found, p.Value(), way)
	}
	return found
}

// outer is the side towards the extreme.
func (b Basis) outer() side {
	if b.Method == methodSmallest || b.Method == methodMinRatio {
		return lower
	}
	return upper
}

// extremeLimit is a limit of an extreme from those of its parts, as the function has them at an error level.
func (b Basis) extremeLimit(a float64, s side, limit func(p Basis, a float64, s side) float64) float64 {
	way := b.outer()
	level := a
	if s != way {
		level = a / b.size()
	}
	found := math.Inf(-int(way))
	judged := false
	b.members(func(p Basis) {
		at := level
		if s != way { // a nested extreme divides what it is given again
			at *= p.size()
		}
		end := limit(p, at, s)
		if !judged {
			found, judged = end, true
		} else {
			found = wider(found, end, way)
		}
	})
	// What is known of a difference or ratio of extremes, whatever the sample.
	switch {
	case !judged:
		return math.NaN()
	case b.Method == methodMaxDifference:
		return math.Max(found, 0)
	case b.Method == methodMinRatio:
		return math.Min(found, 1)
	}
	return found
}
