package stats

import (
	"math"
	"slices"
	"sort"
)

// levels are the error levels for which ranks are kept: between them a limit is that of the next smaller level, so a little wider.
func levels() []float64 {
	out := []float64{.5, .25, .1, .05}
	for a := 0.025; a > 4e-7; a /= 2 {
		out = append(out, a)
	}
	return out
}

// fewRanks is the number of ranks up to which all of them are kept.
const fewRanks = 48

// Percentile is the q-quantile (0 < q < 1) of n independent values by its order statistics (David and Nagaraja 2003, section 7.1): no
// distribution is assumed, and ties widen the limits only. The lower limit is the largest X(l) with P(Bin(n, q) < l) ≤ a, the upper one the
// smallest X(u) with P(Bin(n, q) ≥ u) ≤ a. An upper limit is +Inf where there are too few rows for one: for p99 under 368 at .025, for
// p99.9 under 3,688. Where there are too few for a lower one, there is none.
//
// Value is the figure itself, ranks those of [PercentileRanks] (some may be missing, which widens limits), from 1 for the
// smallest value, and values those of these ranks. The zero Basis where a number is not finite, n < 1, q is not in (0, 1), or the lists differ
// in length or fall. The median absolute error is that of the absolute errors at ½.
func Percentile(q float64, n int64, value float64, ranks []int64, values []float64) Basis {
	if !(q > 0 && q < 1) || n < 1 || !finite(value) || len(ranks) != len(values) || !finite(values...) || !slices.IsSorted(values) || !slices.IsSorted(ranks) {
		return Basis{}
	}
	b := Basis{Method: methodOrder, K: q, N: float64(n), Estimate: value}
	for i, r := range ranks {
		if r < 1 || r > n {
			return Basis{}
		}
		b.Points = append(b.Points, [2]float64{float64(r), values[i]})
	}
	return b
}

// PercentileRanks are the ranks, rising and from 1, of the values that [Percentile] needs for limits at any level down to 4e-7: at most 48.
func PercentileRanks(q float64, n int64) []int64 {
	if !(q > 0 && q < 1) || n < 1 {
		return nil
	}
	var ranks []int64
	for _, r := range around(n, q) {
		if r := min(r+1, n); len(ranks) == 0 || r > ranks[len(ranks)-1] { // r of n lie below a rank of r+1
			ranks = append(ranks, r)
		}
	}
	return ranks
}

// around are the counts, of n with probability p, that limits at any of the levels need, rising, with 0 or n where a level has none.
func around(n int64, p float64) []int64 {
	var counts []int64
	for _, a := range levels() {
		counts = append(counts, max(0, atMost(n, p, a)), min(n, atLeast(n, p, a)))
	}
	slices.Sort(counts)
	counts = slices.Compact(counts)
	if first, last := counts[0], counts[len(counts)-1]; last-first < fewRanks {
		counts = counts[:0]
		for c := first; c <= last; c++ {
			counts = append(counts, c)
		}
	}
	return counts
}

// atMost is the largest r with P(Bin(n, p) ≤ r) ≤ a; −1: none.
func atMost(n int64, p, a float64) int64 {
	low, high := int64(-1), n // P(≤ n) is 1
	for high-low > 1 {
		if mid := low + (high-low)/2; logAtMost(mid, n, p) <= math.Log(a) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// atLeast is the smallest u with P(Bin(n, p) ≥ u) ≤ a; n + 1: none.
func atLeast(n int64, p, a float64) int64 { return n - atMost(n, 1-p, a) }

// percentile is a limit of a percentile.
func (b Basis) percentile(a float64, s side) float64 {
	n := int64(b.N)
	if !(b.K > 0 && b.K < 1 && n >= 1) || atMost(n, b.K, a) < 0 {
		return math.NaN()
	}
	if s == lower {
		p, ok := b.before(float64(atMost(n, b.K, a) + 1))
		if !ok {
			return math.NaN()
		}
		return math.Min(p[1], b.Estimate)
	}
	p, ok := b.after(float64(atLeast(n, b.K, a)))
	if !ok {
		return math.Inf(1)
	}
	return math.Max(p[1], b.Estimate)
}

// before is the last point whose first number is at most x.
func (b Basis) before(x float64) ([2]float64, bool) {
	i := sort.Search(len(b.Points), func(i int) bool { return b.Points[i][0] > x })
	if i == 0 {
		return [2]float64{}, false
	}
	return b.Points[i-1], true
}

// after is the first point whose first number is at least x.
func (b Basis) after(x float64) ([2]float64, bool) {
	i := sort.Search(len(b.Points), func(i int) bool { return b.Points[i][0] >= x })
	if i == len(b.Points) {
		return [2]float64{}, false
	}
	return b.Points[i], true
}
