package stats

import "math"

// minInfluence is the support under which an influence function gives no limit.
const minInfluence = 30

// Mean is the mean of n independent values given by their sum and their sum of squares (log loss, Brier, absolute error), with Student's
// t limits on n − 1 degrees of freedom. They are not clipped to the figure's range. None where all values are equal: a standard error
// of 0 never decides. The zero Basis where n < 2 or a sum is not finite. A spread of less than 1e-14 of the sum of squares is rounding,
// and counts as 0.
func Mean(n int64, sum, sumOfSquares float64) Basis {
	if n < 2 {
		return Basis{}
	}
	count := float64(n)
	mean := sum / count
	spread := sumOfSquares - sum*mean
	if spread < 1e-14*sumOfSquares {
		spread = 0
	}
	return StudentT(mean, math.Sqrt(spread/(count-1)/count), count-1)
}

// StudentT is an estimate whose error divided by its standard error has Student's t distribution with df degrees of freedom (1908,
// doi:10.1093/biomet/6.1.1): a mean over n rows has n − 1, over G clusters G − 1. None where se is 0. The zero Basis where a number is
// not finite or df is not positive.
func StudentT(estimate, se, df float64) Basis {
	if !finite(estimate, se, df) || !(se >= 0 && df > 0) {
		return Basis{}
	}
	return Basis{Method: methodT, Estimate: estimate, SE: se, DF: df}
}

// Influence is an estimate with the standard error of its influence function (Hampel 1974, doi:10.1080/01621459.1974.10482962), normal
// on the identity scale and not clipped. Support is the smallest denominator that the figure has; under 30 there is no limit, nor where
// se is 0. The zero Basis where a number is not finite.
func Influence(estimate, se float64, support int64) Basis {
	if !finite(estimate, se) || !(se >= 0) {
		return Basis{}
	}
	return Basis{Method: methodInfluence, Estimate: estimate, SE: se, N: float64(support)}
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// skewed is a normal quantile z on the side to which an estimate's rows are skewed by K: further out by the first term of Edgeworth's series for a studentised mean
// (Hall 1992, The bootstrap and Edgeworth expansion, doi:10.1007/978-1-4612-4384-7). The other side stays as it is, and errs less than it says.
func (b Basis) skewed(z float64, s side) float64 {
	return z + math.Max(0, float64(s)*b.K)*(2*z*z+1)/6
}
