package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Gonum's inverse incomplete beta (cephes) loses digits for many rows (docs/statistics.md has the figures), so the quantiles of beta and
// t are found here: Newton's method on the logarithm of the tail, over t = log(x/(1−x)). The density over t is log-concave, hence so are
// both tails, and Newton's method converges from any start, after its first step from one side only. The tail is the continued fraction
// of Didonato and Morris (1992, Algorithm 708) times a density by Loader (2000), "Fast and accurate computation of binomial probabilities", in which nothing cancels.

// normalUpper is the z that a standard normal exceeds with probability a, 0 < a < 1.
func normalUpper(a float64) float64 { return -mathext.NormalQuantile(a) }

// studentUpper is the value that Student's t with df degrees of freedom exceeds with probability a, 0 < a ≤ 1/2. NaN unless df > 0 and
// finite.
func studentUpper(a, df float64) float64 {
	if !(df > 0) || math.IsInf(df, 0) {
		return math.NaN()
	}
	if a == 0.5 {
		return 0
	}
	// x = df/(df+t²) is Beta(df/2, 1/2), so t² = df·(1−x)/x = df·exp(−logit x).
	return math.Sqrt(df) * math.Exp(-betaLogit(2*a, df/2, 0.5, lower)/2)
}

// betaLower is the x that a Beta(a, b) variable lies below with probability p; betaUpper the one that it lies above with probability p.
// a, b > 0 and 0 < p < 1.
func betaLower(p, a, b float64) float64 { return expit(betaLogit(p, a, b, lower)) }
func betaUpper(p, a, b float64) float64 { return expit(betaLogit(p, a, b, upper)) }

// betaLogit is the logit of the quantile that cuts probability p from the given tail.
func betaLogit(p, a, b float64, tail side) float64 {
	if tail == upper { // 1−x is Beta(b, a)
		return -betaLogit(p, b, a, lower)
	}
	goal := math.Log(p)
	t := math.Log(a/b) - normalUpper(p)*math.Sqrt(1/a+1/b) // logit x is about normal, with about this mean and variance
	for range 200 {
		logTail, slope := betaLogCDF(a, b, t)
		step := (goal - logTail) / slope
		if math.IsNaN(step) {
			return math.NaN()
		}
		if t += step; math.IsInf(t, 0) { // x is 0 or 1: a next to nothing
			return t
		}
		if math.Abs(step) <= 1e-15*math.Max(1, math.Abs(t)) {
			break
		}
	}
	return t
}

// betaLogCDF is the logarithm of the probability that a Beta(a, b) variable's logit is at most t, with its derivative by t.
func betaLogCDF(a, b, t float64) (logCDF, slope float64) {
	logDensity := betaLogDensity(a, b, t)
	x, y := expit(t), expit(-t)
	if x <= (a+1)/(a+b+2) {
		logCDF = logDensity - math.Log(a) + math.Log(betaFraction(a, b, x, y))
	} else {
		logCDF = math.Log1p(-math.Exp(logDensity - math.Log(b) + math.Log(betaFraction(b, a, y, x))))
	}
	return logCDF, math.Exp(logDensity - logCDF)
}

// betaLogDensity is log(x^a (1−x)^b / B(a, b)) at x = expit(t): the log density of a Beta(a, b) variable's logit.
func betaLogDensity(a, b, t float64) float64 {
	const far = 600 // beyond it x, or 1−x, comes near the smallest number; there the logarithm is a line
	switch {
	case t < -far:
		return betaLogDensity(a, b, -far) + a*(t+far)
	case t > far:
		return betaLogDensity(a, b, far) - b*(t-far)
	}
	n := a + b
	return stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n*expit(t)) - deviance(b, n*expit(-t)) +
		0.5*(math.Log(a/n)+math.Log(b)-math.Log(2*math.Pi))
}

// betaFraction is the continued fraction F of I_x(a, b) = x^a (1−x)^b / (a·B(a, b)) · F, by Lentz's method; y = 1−x. It converges in
// about √max(a, b) steps where x ≤ (a+1)/(a+b+2).
func betaFraction(a, b, x, y float64) float64 {
	const tiny = 1e-300
	// Their equation 9: DLMF 8.17.22 contracted to every second convergent, so half as many steps.
	beta := a / (a + 1) * (a*y - b*x + 1)
	c, d := beta, 0.0
	f := beta
	if f == 0 {
		f, c = tiny, tiny
	}
	for m := 1.0; m < 1e7; m++ {
		alpha := (a + m - 1) / (a + 2*m - 1) * (a + b + m - 1) / (a + 2*m - 1) * m * (b - m) * x * x
		beta = m + m*(b-m)*x/(a+2*m-1) + (a+m)/(a+2*m+1)*(a*y-b*x+1+m*(1+y))
		d = beta + alpha*d
		if d == 0 {
			d = tiny
		}
		c = beta + alpha/c
		if c == 0 {
			c = tiny
		}
		d = 1 / d
		delta := c * d
		f *= delta
		if math.Abs(delta-1) < 2e-16 {
			break
		}
	}
	return a / f
}

// stirlingError is log Γ(z+1) less Stirling's formula for it, z > 0.
func stirlingError(z float64) float64 {
	if z < 16 {
		g, _ := math.Lgamma(z + 1)
		return g - (z+0.5)*math.Log(z) + z - 0.5*math.Log(2*math.Pi)
	}
	w := 1 / (z * z)
	return (1.0/12 - w*(1.0/360-w*(1.0/1260-w*(1.0/1680-w*(1.0/1188-w*691.0/360360))))) / z
}

// deviance is x·log(x/m) + m − x for x, m ≥ 0, without cancellation where x is near m: Loader 2000.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) < 0.1*(x+m) {
		v := (x - m) / (x + m)
		s := (x - m) * v
		e := 2 * x * v
		for j := 1.0; j < 1000; j++ {
			e *= v * v
			next := s + e/(2*j+1)
			if next == s {
				break
			}
			s = next
		}
		return s
	}
	if m == 0 {
		return math.Inf(1)
	}
	return x*math.Log(x/m) + m - x
}

func expit(t float64) float64 {
	if t < 0 {
		e := math.Exp(t)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-t))
}

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }
