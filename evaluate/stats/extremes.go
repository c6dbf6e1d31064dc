package stats

import (
	"math"
	"slices"
)

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

// extremeLimit is a limit of an extreme from those of its parts, as the function has them at an error level; together as [Basis.mover] has it.
func (b Basis) extremeLimit(a float64, s side, limit func(p Basis, a float64, s side) float64, together bool) float64 {
	if len(b.Parts) == 0 {
		return math.NaN()
	}
	way := b.outer()
	level := a
	if s != way {
		level = a / b.size()
	}
	found := math.Inf(-int(way))
	switch b.Method {
	case methodLargest, methodSmallest:
		for _, p := range b.Parts {
			at := level
			if s != way { // a nested extreme divides what it is given again
				at *= p.size()
			}
			found = wider(found, limit(p, at, s), way)
		}
		return found
	case methodMaxDifference:
		b.pairs(methodMOVERDifference, level, s, limit, together, func(end float64) { found = wider(found, end, way) })
		return math.Max(found, 0) // whatever the sample
	}
	b.pairs(methodMOVERRatio, level, s, limit, together, func(end float64) { found = wider(found, end, way) })
	return math.Min(found, 1)
}

// pairs gives the limit of the difference or ratio of every ordered pair of parts: where labels are missing, the widest of those of the parts' ways. A
// part's own limits are found once, not for each pair.
func (b Basis) pairs(method string, a float64, s side, limit func(p Basis, a float64, s side) float64, together bool, do func(end float64)) {
	type key struct {
		part, way int
		a         float64
		s         side
	}
	known := make(map[key]float64, 4*len(b.Parts))
	ways := make([][]Basis, len(b.Parts))
	boxed := make([]bool, len(b.Parts))
	for i, p := range b.Parts {
		ways[i] = p.ways()
		boxed[i] = slices.ContainsFunc(ways[i], Basis.Pending)
	}
	find := func(i, way int, a float64, s side) float64 {
		at := key{i, way, a, s}
		end, ok := known[at]
		if !ok {
			end = limit(ways[i][way], a, s)
			known[at] = end
		}
		return end
	}
	pair := Basis{Method: method, Parts: make([]Basis, 2)}
	for i := range b.Parts {
		for j := range b.Parts {
			if i == j {
				continue
			}
			end := math.Inf(-int(s))
			for x := range ways[i] {
				for y := range ways[j] {
					if boxed[i] || boxed[j] {
						end = wider(end, pair.apart(find(i, x, a/2, s), find(j, y, a/2, -s), s), s)
						continue
					}
					pair.Parts[0], pair.Parts[1] = ways[i][x], ways[j][y]
					end = wider(end, pair.moverBy(a, s, func(part int, a float64, s side) float64 {
						return find([2]int{i, j}[part], [2]int{x, y}[part], a, s)
					}, together), s)
				}
			}
			do(end)
		}
	}
}
