package stats

import "math"

const (
	scaleRoot = "sqrt"
	scaleR2   = "1-exp"
)

// RMSE is the root of the mean square of n independent errors, by their sums of squares and of fourth powers: Student's t limits of the mean
// square ([Mean]), rooted; a lower limit of the mean square under 0 is 0.
func RMSE(n int64, squares, fourthPowers float64) Basis {
	b := Mean(n, squares, fourthPowers)
	if b.Method == "" || b.Estimate < 0 {
		return Basis{}
	}
	b.Scale = scaleRoot
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
	case scaleRoot:
		return math.Sqrt(math.Max(0, x))
	case scaleR2:
		return -math.Expm1(x)
	}
	return math.NaN()
}

// falls says that the map of fromT falls, so that an upper limit is that of the lower.
func (b Basis) falls() bool { return b.Method == methodT && b.Scale == scaleR2 }
