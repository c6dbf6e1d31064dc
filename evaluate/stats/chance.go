package stats

import (
	"math"
	"slices"
)

// ChanceGap is the gap (largest less smallest) that the observed proportions of independent groups would show on average if all of them
// had the same rate: the expected range, exact. 20 groups of 500 at .2 show .067. Groups without rows are left out; under two
// of them it is 0. Counts are rows a group; rate lies in [0, 1]. NaN for another rate or a negative count.
//
// The range's expectation is the integral over x of 1 − ∏F(x) − ∏(1−F(x)), F being the groups' distribution functions, which are steps:
// a sum over their steps, in order. What lies beyond ten standard deviations and forty successes of a group's mean is left out: less than 1e-14.
func ChanceGap(counts []int64, rate float64) float64 {
	if !(rate >= 0 && rate <= 1) {
		return math.NaN()
	}
	type step struct {
		at, cdf float64 // the distribution function is cdf from here on
		group   int
	}
	var steps []step
	groups := 0
	for _, n := range counts {
		if n < 0 {
			return math.NaN()
		}
		if n == 0 {
			continue
		}
		mean, spread := float64(n)*rate, 10*math.Sqrt(float64(n)*rate*(1-rate))+40
		from, to := max(0, int64(mean-spread)), min(n, int64(mean+spread))
		// Probabilities by their ratio from the mode, in proportion; then made to sum to 1.
		weights := make([]float64, to-from+1)
		mode := min(to, int64(mean))
		weights[mode-from] = 1
		odds := rate / (1 - rate)
		for k := mode; k < to && rate < 1; k++ {
			weights[k+1-from] = weights[k-from] * odds * float64(n-k) / float64(k+1)
		}
		for k := mode; k > from && rate > 0; k-- {
			weights[k-1-from] = weights[k-from] / odds * float64(k) / float64(n-k+1)
		}
		total, sofar := 0.0, 0.0
		for _, w := range weights {
			total += w
		}
		for i, w := range weights {
			sofar += w
			steps = append(steps, step{float64(from+int64(i)) / float64(n), math.Min(1, sofar/total), groups})
		}
		steps[len(steps)-1].cdf = 1
		groups++
	}
	if groups < 2 {
		return 0
	}
	slices.SortFunc(steps, func(x, y step) int {
		switch {
		case x.at < y.at:
			return -1
		case x.at > y.at:
			return 1
		}
		return 0
	})
	below, above := newProduct(groups, 0), newProduct(groups, 1)
	gap := 0.0
	for i, s := range steps {
		if i > 0 {
			gap += (s.at - steps[i-1].at) * (1 - below.value() - above.value())
		}
		below.set(s.group, s.cdf)
		above.set(s.group, 1-s.cdf)
	}
	return gap
}

// product is a product of factors in [0, 1] that change one at a time: a binary tree of partial products, so that no error adds up.
type product struct{ tree []float64 }

func newProduct(n int, value float64) product {
	p := product{make([]float64, 2*n)}
	for i := range p.tree {
		p.tree[i] = value
	}
	return p
}

func (p product) set(i int, value float64) {
	i += len(p.tree) / 2
	for p.tree[i] = value; i > 1; i /= 2 {
		p.tree[i/2] = p.tree[i] * p.tree[i^1]
	}
}

func (p product) value() float64 { return p.tree[1] }
