package stats

import (
	"math"
	"reflect"
	"slices"
)

// Labels that are still to come count either way: what is proven of a figure must hold whatever they turn out to be. A completion is
// one way in which they may turn out. What a figure could be is bounded by the corners: of the rows without a label, those predicted positive
// all turn out positive, or all negative, and the same of those predicted negative. That no completion's limit lies beyond the
// corners' is shown by enumeration (TestCornersAreExtremes) for figures of one or two proportions; for the limits of MCC, kappa and of figures at
// another share of positives it is not so, and these are bounded by a box: see [EitherWay].

// Corners are the confusion tables in which called rows without a label, predicted positive, and uncalled ones, predicted negative, are all
// positive or all negative: the worst for a classifier, the best, and those with the fewest and with the most positives. Where the counts are 0, or one
// is, some are equal.
func (c Counts) Corners(called, uncalled float64) [4]Counts {
	at := func(x, z float64) Counts {
		return Counts{TP: c.TP + x, FP: c.FP + called - x, FN: c.FN + z, TN: c.TN + uncalled - z}
	}
	return [4]Counts{at(0, uncalled), at(called, 0), at(0, 0), at(called, uncalled)}
}

// EitherWay is a figure some of whose labels are missing: as observed, with what it is where they turn out in other ways. Its lower limit is
// the least of all, and its upper one the largest, so that what is proven of it holds whatever the missing labels are, if the ways are those in which
// limits are extreme. Functions of rates ([MCC], [Reweighted]'s) are bounded by a box instead: each of recall, false positive rate and
// prevalence has its limits either way, at an equal share of a (Bonferroni), and the figure's are its extremes in between; it rises or falls with
// each rate all the way, and with prevalence up to a known turn. Ways that equal an earlier one are left out; without others it is the observed
// figure. None where a way has none, and the zero Basis where the observed figure is undefined.
func EitherWay(observed Basis, ways ...Basis) Basis {
	if observed.Method == "" {
		return Basis{}
	}
	parts := []Basis{observed}
	for _, w := range ways {
		if !slices.ContainsFunc(parts, func(p Basis) bool { return reflect.DeepEqual(p, w) }) {
			parts = append(parts, w)
		}
	}
	if len(parts) == 1 {
		return observed
	}
	return Basis{Method: methodEither, Parts: parts}
}

// Pending says that some labels of the figure are missing, and counted either way.
func (b Basis) Pending() bool {
	return b.Method == methodEither || slices.ContainsFunc(b.Parts, Basis.Pending)
}

func (b Basis) either(a float64, s side, limit func(p Basis, a float64, s side) float64) float64 {
	if len(b.Parts) < 2 {
		return math.NaN()
	}
	if b.boxed() {
		return b.box(a, s, limit)
	}
	end := limit(b.Parts[0], a, s)
	for _, p := range b.Parts[1:] {
		end = wider(end, limit(p, a, s), s)
	}
	return end
}

// boxed says that the ways are functions of rates.
func (b Basis) boxed() bool {
	return slices.ContainsFunc(b.Parts, func(p Basis) bool { return p.Method == methodRates })
}

// box is a limit of a function of recall, false positive rate and prevalence from those of each, over all ways.
func (b Basis) box(a float64, s side, limit func(p Basis, a float64, s side) float64) float64 {
	first := b.Parts[0]
	sampled := len(first.Parts)
	for _, p := range b.Parts {
		if _, ok := p.rateValues(); !ok || p.Scale != first.Scale || len(p.Parts) != sampled {
			return math.NaN()
		}
	}
	share := a / float64(sampled)
	if sampled == 3 && first.bends() { // both ends of prevalence count
		share = a / float64(sampled+1)
	}
	ends := func(part int, s side) float64 {
		end := math.Inf(-int(s))
		for _, p := range b.Parts {
			x := limit(p.Parts[part], share, s)
			if part == 2 && p.Odds > 0 {
				x = shiftOdds(x, p.Odds)
			}
			end = wider(end, x, s)
		}
		return end
	}
	// every figure rises with recall; with the false positive rate only the share selected does
	recall, falls := ends(0, s), ends(1, -s)
	if first.Scale == scaleSelection {
		falls = ends(1, s)
	}
	shares := []float64{first.Prevalence}
	if sampled == 3 {
		low, high := ends(2, lower), ends(2, upper)
		shares = []float64{low, high}
		if first.bends() {
			first.Odds = 0 // the shares are shifted already
			if top := first.top(recall, falls); top > low && top < high {
				shares = append(shares, top)
			}
		}
	}
	end := b.Value()
	for _, p := range shares {
		at := figure(first.Scale, recall, falls, p)
		if math.IsNaN(at) { // 0/0 at a corner of the box: it may be anything
			at = float64(s)
			if s == lower && !first.bends() {
				at = 0
			}
		}
		end = wider(end, at, s)
	}
	return end
}

// ways are those of a part of another figure, each of which may stand for it; a box stands for itself.
func (b Basis) ways() []Basis {
	if b.Method == methodEither && !b.boxed() {
		return b.Parts
	}
	return []Basis{b}
}

// moverPending is a limit of a difference, ratio or mean of which parts have missing labels. What these could be moves a part's estimate as it
// stands, and not by chance: distances of that kind add up, and their squares do not. So a difference or ratio is taken in every pair of
// the parts' ways, and the widest of their limits holds; where that cannot be, as for a mean of several, the parts' own limits at an equal share of
// a are put together as they stand (Bonferroni).
func (b Basis) moverPending(a float64, s side, limit func(p Basis, a float64, s side) float64, together bool) float64 {
	share := a / float64(len(b.Parts))
	if b.Method == methodMOVERMean {
		sum := 0.0
		for _, p := range b.Parts {
			sum += limit(p, share, s)
		}
		return sum / float64(len(b.Parts))
	}
	if len(b.Parts) != 2 {
		return math.NaN()
	}
	end := math.Inf(-int(s))
	for _, x := range b.Parts[0].ways() {
		for _, y := range b.Parts[1].ways() {
			pair := Basis{Method: b.Method, Parts: []Basis{x, y}}
			if x.Pending() || y.Pending() {
				end = wider(end, pair.apart(limit(x, share, s), limit(y, share, -s), s), s)
			} else {
				end = wider(end, pair.mover(a, s, limit, together), s)
			}
		}
	}
	return end
}

// apart is the difference or ratio of two limits.
func (b Basis) apart(x, y float64, s side) float64 {
	switch {
	case b.Method == methodMOVERDifference:
		return x - y
	case math.IsNaN(x) || math.IsNaN(y):
		return math.NaN()
	case y > 0:
		return math.Max(0, x) / y
	case s == upper:
		return math.Inf(1)
	}
	return 0
}

// worstEither is the worst outcome of the labels that are known: those that are missing stay so. The zero Basis for what is no proportion.
func (b Basis) worstEither(bound Bound) Basis {
	if len(b.Parts) < 2 {
		return Basis{}
	}
	known := b.Parts[0]
	worst := Basis{Method: methodEither}
	for _, p := range b.Parts {
		if p.Method != methodClopperPearson {
			return Basis{}
		}
		if bound == Min {
			p.K = math.Max(0, p.K-known.K)
		} else {
			p.K = p.N - math.Max(0, p.N-p.K-known.N+known.K)
		}
		worst.Parts = append(worst.Parts, p)
	}
	return worst
}
