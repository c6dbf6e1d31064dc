package stats

import "math"

const (
	scaleLog = "log"
	scaleR2  = "1-exp"
)

// PositiveMean is a mean of values that are not negative (log loss, Brier, absolute and squared errors, latency) with its standard error and
// degrees of freedom: Student's t limits on the log scale, where the standard error is se/mean. Such values are mostly skewed to the right: the
// limits of [StudentT] then lie too low, its upper one missing .10 of the time with 30 rows and .057 with 100 at nominal .025, where these miss .048
// and .039; they need 100 rows. The zero Basis where the mean is not positive; none where se is 0.
func PositiveMean(mean, se, df float64) Basis {
	if !(mean > 0) {
		return Basis{}
	}
	b := StudentT(math.Log(mean), se/mean, df)
	if b.Method != "" {
		b.Scale = scaleLog
	}
	return b
}

// Of a mean loss of probabilities.
const (
	minRarer     = 10 // rows outside of the commonest class
	minEffective = 20 // losses: (Σl)²/Σl²
)

// MeanLoss is [PositiveMean] of a loss of probabilities (log loss, Brier) of rows of which so many are of the commonest class and so many are not. A
// few large losses of rare rows make up much of such a mean, and a sample that has none of them shows a small one with a small error. So there are no
// limits with under 10 such rows, nor where losses are so unequal that their effective number (Σl)²/Σl², here 1/(1/n + (se/mean)²), is under 20. Without
// these two the upper limit misses up to .15 at nominal .025 with 100 rows, with them .039 (docs/statistics.md, "Means"). It needs 100 rows. A mean of 0
// has no limits, and with under 2 rows it is the zero Basis.
func MeanLoss(mean, se float64, commonest, others int64) Basis {
	df := float64(commonest + others - 1)
	if mean == 0 {
		return StudentT(mean, se, df)
	}
	b := PositiveMean(mean, se, df)
	if b.Method != "" {
		b.Classes = [2]int64{commonest, others}
	}
	return b
}

// unequal says that a mean loss rests on few rows.
func (b Basis) unequal() bool {
	if b.Classes == [2]int64{} {
		return false
	}
	n := float64(b.Classes[0] + b.Classes[1])
	return !(min(b.Classes[0], b.Classes[1]) >= minRarer && 1/(1/n+b.SE*b.SE) >= minEffective)
}

// RMSE is the root of the mean square of n independent errors, by their sums of squares and of fourth powers: [PositiveMean] of the
// squares, rooted. Errors with heavier tails than Laplace's need more than 1,000 rows. The zero Basis with under 2 rows, or an error sum of 0.
func RMSE(n int64, squares, fourthPowers float64) Basis {
	b := Mean(n, squares, fourthPowers)
	if b.Method == "" {
		return b
	}
	if b = PositiveMean(b.Estimate, b.SE, b.DF); b.Method != "" {
		b.Estimate, b.SE = b.Estimate/2, b.SE/2
	}
	return b
}

// RSquaredSums are sums over n rows of the error e = y − prediction and of the distance d of y from y's mean.
type RSquaredSums struct {
	N                        int64
	EE, DD, EEEE, EEDD, DDDD float64 // Σe², Σd², Σe⁴, Σe²d², Σd⁴
}

// RSquared is 1 − Σe²/Σd², at most 1, by its influence function: log(1 − R²) = log Σe² − log Σd² has the variance Σ(e²/Σe² − d²/Σd²)² times n/(n−1), and Student's t limits with n − 2 degrees
// of freedom there, mapped. The zero Basis with under 30 rows, an error sum of 0, or equal labels.
func RSquared(s RSquaredSums) Basis {
	if s.N < minInfluence || !(s.EE > 0 && s.DD > 0) {
		return Basis{}
	}
	n := float64(s.N)
	variance := (s.EEEE/s.EE/s.EE - 2*s.EEDD/s.EE/s.DD + s.DDDD/s.DD/s.DD) * n / (n - 1)
	if variance < 1e-14*s.EEEE/s.EE/s.EE {
		variance = 0
	}
	b := StudentT(math.Log(s.EE/s.DD), math.Sqrt(variance), n-2)
	if b.Method != "" {
		b.Scale = scaleR2
	}
	return b
}

// fromT maps a limit of Estimate to the scale of the figure.
func (b Basis) fromT(x float64) float64 {
	switch b.Scale {
	case "":
		return x
	case scaleLog:
		return math.Exp(x)
	case scaleR2:
		return -math.Expm1(x)
	}
	return math.NaN()
}

// falls says that the map of fromT falls, so that an upper limit is that of the lower.
func (b Basis) falls() bool { return b.Method == methodT && b.Scale == scaleR2 }
