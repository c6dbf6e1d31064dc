package stats

import "math"

// The methods of distances between two samples of a column; what they are for is in package drift.
const (
	methodDivergence  = "divergence"
	methodWasserstein = "wasserstein"
)

// Divergence is an estimate, corrected for what chance alone adds, with limits that are normal around it: SE must cover the skew that the
// estimate has near 0. Where root is asked for the figure is its square root, and 0 where it is negative. The zero Basis where a number is
// not finite or se is negative; none where se is 0.
func Divergence(estimate, se float64, root bool) Basis {
	if !finite(estimate, se) || !(se >= 0) {
		return Basis{}
	}
	b := Basis{Method: methodDivergence, Estimate: estimate, SE: se}
	if root {
		b.Scale = "sqrt"
	}
	return b
}

func (b Basis) fromDivergence(x float64) float64 {
	if b.Scale == "" || math.IsNaN(x) {
		return x
	}
	return math.Sqrt(math.Max(0, x))
}

// Wasserstein is a distance ∫|F−G| as two samples show it, with limits that hold for any two distributions with a variance, as far as the samples'
// distribution functions are normal. Their error Z = (F̂−F) − (Ĝ−G) is a Gaussian process of positive covariance. With s the sign of F−G, the
// distance as shown is at least ∫s(F̂−Ĝ) = ∫|F−G| + ∫sZ, and the variance of ∫sZ is at most that of ∫Z, which is se² = σ²/n + σ₀²/n₀: so the
// upper limit is the estimate + z·se. It is at most ∫|F−G| + ∫|Z|, a convex function of Z whose mean is noise = √(2/π)·∫√(F(1−F)/n₀ + G(1−G)/n), whose median is
// no larger, and which exceeds the median by z·se no more often than a normal variable its mean by z (Borell 1975, doi:10.1007/BF01425510): so the
// lower limit is the estimate − noise − z·se, and 0 at least. The zero Basis where a number is not finite or negative; none where se is 0.
func Wasserstein(estimate, noise, se float64) Basis {
	if !finite(estimate, noise, se) || !(estimate >= 0 && noise >= 0 && se >= 0) {
		return Basis{}
	}
	return Basis{Method: methodWasserstein, Estimate: estimate, K: noise, SE: se}
}

func (b Basis) wasserstein(a float64, s side) float64 {
	if s == upper {
		return symmetric(b.Estimate, b.SE, normalUpper(a), s)
	}
	return math.Max(0, symmetric(b.Estimate-b.K, b.SE, normalUpper(a), s))
}
