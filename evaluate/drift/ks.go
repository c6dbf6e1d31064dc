package drift

import (
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// ks is Kolmogorov and Smirnov's distance: the largest difference of the shares of rows that lie below any of the baseline's edges (ks_2samp's
// statistic). Missing values are left out. Unit: of 1, in [0, 1].
//
// It is that of the numbers themselves where every bin has one number, and no more than it otherwise; less by no more than the largest bin of
// several numbers holds, on the side with more: 2/512 where nothing drifted ([finest]).
var ks = Distance{
	Name: "ks", Title: "KS distance", Most: 1, Unit: "of 1", Of: OrderedNumbers,
	Summary: "Kolmogorov-Smirnov distance: the largest difference of the shares below any value",
	Note:    "It lies between 0 and 1. Chance alone shows some 0.87·√(1/n + 1/n₀) on average.",
	Between: func(from, to Column) (float64, stats.Basis, int64, error) {
		n0, n, err := numbersOf(from, to)
		if err != nil {
			return none(err)
		}
		if len(from.Edges) == 0 {
			return none(errNoEdges)
		}
		d := 0.0
		below, below0 := int64(0), int64(0)
		for i := range from.Edges {
			below0 += from.Counts[i]
			below += to.Counts[i]
			d = math.Max(d, math.Abs(float64(below)/n-float64(below0)/n0))
		}
		return d, stats.KS(d, int64(n0), int64(n)), int64(min(n, n0)), nil
	},
}

// KolmogorovSmirnov is the probability of a distance d as large or larger by chance, of two samples of one continuous distribution with so many rows: the
// limit for many rows, Kolmogorov's 2Σ(−1)ᵏ⁻¹·exp(−2k²x²) at x = d/√(1/n + 1/n₀) (Smirnov 1948, doi:10.1214/aoms/1177730256).
func KolmogorovSmirnov(d float64, n0, n int64) float64 {
	x := d / math.Sqrt(1/float64(n)+1/float64(n0))
	if !(x > 0) {
		return 1
	}
	if x < 1 { // the same function, by the series that converges here: 1 − √(2π)/x·Σ exp(−(2k−1)²π²/8x²)
		sum := 0.0
		for k := 1.0; k < 20; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	sum, sign := 0.0, 1.0
	for k := 1.0; k < 20; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return 2 * sum
}
