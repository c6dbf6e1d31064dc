package stats

import "math"

// scaleF1 maps J = TP/(TP+FP+FN) to F1 = 2J/(1+J), which rises with J, so that limits of J are limits of F1.
const scaleF1 = "2j/(1+j)"

// Proportion is k successes of n trials, 0 ≤ k ≤ n, n > 0; both may be fractions where rows are clustered or weighted (k/deff of n/deff).
// Its limits are Clopper and Pearson's (1934, doi:10.1093/biomet/26.4.404), which never err more often than they say: quantiles of a
// beta distribution; 0 of n has the upper limit 1 − a^(1/n). Anything else gives the zero Basis.
func Proportion(k, n float64) Basis {
	if !(k >= 0 && k <= n && n > 0) || math.IsInf(n, 0) {
		return Basis{}
	}
	return Basis{Method: methodClopperPearson, K: k, N: n}
}

// F1 is 2TP/(2TP+FP+FN) = 2J/(1+J) where J = TP/(TP+FP+FN) is a proportion (Jaccard's index): the limits are Clopper and Pearson's for
// TP of TP+FP+FN, mapped. The support is TP+FP+FN, and 0 of it gives the zero Basis.
func F1(tp, fp, fn float64) Basis {
	b := Proportion(tp, tp+fp+fn)
	if b.Method != "" {
		b.Scale = scaleF1
	}
	return b
}

// fromJ maps a limit of K/N to the scale of the figure.
func (b Basis) fromJ(j float64) float64 {
	switch b.Scale {
	case "":
		return j
	case scaleF1:
		return 2 * j / (1 + j)
	case scaleOdds:
		if !(b.Odds > 0) {
			return math.NaN()
		}
		return shiftOdds(j, b.Odds)
	}
	return math.NaN()
}

func proportion(k, n float64) float64 {
	if !(k >= 0 && k <= n && n > 0) {
		return math.NaN()
	}
	return k / n
}

// clopperPearson is one limit for k of n at error level a: the p for which as many successes, or as few, have probability a.
func clopperPearson(k, n, a float64, s side) float64 {
	switch {
	case !(k >= 0 && k <= n && n > 0) || math.IsInf(n, 0):
		return math.NaN()
	case s == lower && k == 0:
		return 0
	case s == lower && k == n:
		return math.Exp(math.Log(a) / n)
	case s == lower:
		return betaLower(a, k, n-k+1)
	case k == n:
		return 1
	case k == 0:
		return -math.Expm1(math.Log(a) / n)
	}
	return betaUpper(a, k+1, n-k)
}

// Wilson is the score interval of k successes of n trials: Wilson 1927, doi:10.1080/01621459.1927.10502953. It is for reading: its
// coverage is near the level on average, but one side of it alone may err far more often than a verdict allows. Level lies in (0, 1).
// NaN limits where n ≤ 0 or k is outside [0, n].
func Wilson(k, n, level float64) Interval {
	i := Interval{Low: math.NaN(), High: math.NaN(), Level: level, Method: "wilson"}
	if p := proportion(k, n); !math.IsNaN(p) && level > 0 && level < 1 {
		i.Low, i.High = wilson(k, n, normalUpper((1-level)/2), lower), wilson(k, n, normalUpper((1-level)/2), upper)
	}
	return i
}

// wilson is the root p of (k − np)² = z² n p (1−p) on one side of k/n.
func wilson(k, n, z float64, s side) float64 {
	if s == upper {
		return 1 - wilson(n-k, n, z, lower)
	}
	if k == 0 {
		return 0
	}
	// The smaller root as 2c/(b + √(b²−4ac)), which does not cancel: of (n+z²)p² − (2k+z²)p + k²/n = 0.
	half := k + z*z/2
	return k * k / n / (half + z*math.Sqrt(k*(n-k)/n+z*z/4))
}
