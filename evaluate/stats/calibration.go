package stats

import "math"

// CalibrationByChance is the expected calibration error Σ(n/N)|k/n − p| that bins of these sizes and mean scores would show on
// average if the scores were perfectly calibrated, each bin's k being binomial: De Moivre's mean absolute deviation, exact. (Scores that
// differ within a bin make it a little less.) An error has no unbiased form, so its raw value is to be read beside this one:
// .104 for 100 rows in 10 bins. Bins without rows are left out. NaN without rows, for a negative size or a score outside [0, 1].
func CalibrationByChance(n []int64, p []float64) float64 {
	if len(n) != len(p) {
		return math.NaN()
	}
	total, sum := 0.0, 0.0
	for i, rows := range n {
		if rows < 0 || !(p[i] >= 0 && p[i] <= 1) {
			return math.NaN()
		}
		if rows > 0 {
			total += float64(rows)
			sum += absoluteDeviation(rows, p[i])
		}
	}
	if total == 0 {
		return math.NaN()
	}
	return sum / total
}

// absoluteDeviation is E|K − np| of a binomial: 2·m·(1−p)·P(K = m) with m = ⌊np⌋ + 1 (Johnson 1957).
func absoluteDeviation(n int64, p float64) float64 {
	if p == 0 || p == 1 {
		return 0
	}
	m := math.Floor(float64(n)*p) + 1
	if m > float64(n) {
		m = float64(n)
	}
	// m·P(K = m) = Γ-free: the density of Loader at m of n is x^m (1−x)^(n−m) / B(m, n−m+1) · 1/…, in logs.
	k, rest := m, float64(n)-m
	logP := stirlingError(float64(n)) - stirlingError(k) - stirlingError(rest) - deviance(k, float64(n)*p) - deviance(rest, float64(n)*(1-p))
	if rest == 0 {
		logP = float64(n) * math.Log(p)
	} else {
		logP += 0.5 * math.Log(float64(n)/(2*math.Pi*k*rest))
	}
	return 2 * m * (1 - p) * math.Exp(logP)
}

// RecalibrationSums are those of the logistic model P(y = 1) = expit(α + β·logit(score)) at some α and β, over the rows, with p that probability
// and x the score's logit.
type RecalibrationSums struct {
	Y, YX       float64    // Σ(y − p), Σ(y − p)x: the score's two parts
	Information [3]float64 // Σv, Σvx, Σvx² with v = p(1−p)
}

// Recalibration is Cox's logistic recalibration (1958, doi:10.1093/biomet/45.3-4.562): the α and β of greatest likelihood, 0 and 1 for a calibrated model,
// and their standard errors by the observed information.
type Recalibration struct{ Intercept, Slope, InterceptSE, SlopeSE float64 }

// Recalibrate finds the recalibration by Newton's method, with steps halved while they go too far. False where it does not converge: a perfect
// separation of the classes, one class, or scores that are all the same.
func Recalibrate(sums func(intercept, slope float64) RecalibrationSums) (Recalibration, bool) {
	a, b := 0.0, 0.0 // where no row is beyond what a number can say of its probability
	at := sums(a, b)
	for range 100 {
		v, vx, vxx := at.Information[0], at.Information[1], at.Information[2]
		determinant := v*vxx - vx*vx
		if !(determinant > 1e-12*v*vxx) || !finite(at.Y, at.YX) {
			return Recalibration{}, false
		}
		da, db := (vxx*at.Y-vx*at.YX)/determinant, (v*at.YX-vx*at.Y)/determinant
		// The decrement: twice what the log-likelihood would still rise by.
		decrement := da*at.Y + db*at.YX
		if decrement < 1e-22*v || math.Abs(da) < 1e-13*(1+math.Abs(a)) && math.Abs(db) < 1e-13*(1+math.Abs(b)) {
			return Recalibration{a + da, b + db, math.Sqrt(vxx / determinant), math.Sqrt(v / determinant)}, true
		}
		step := 1.0
		for ; step > 1e-6; step /= 2 {
			next := sums(a+step*da, b+step*db)
			// The likelihood is concave: a step is not too long while its own slope is not past the top by more than it began with.
			if slope := da*next.Y + db*next.YX; math.Abs(slope) <= 0.9*decrement {
				a, b, at = a+step*da, b+step*db, next
				break
			}
		}
		if step <= 1e-6 || math.Abs(a)+math.Abs(b) > 1e6 {
			return Recalibration{}, false
		}
	}
	return Recalibration{}, false
}
