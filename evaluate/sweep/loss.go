package sweep

import "math"

// float64Eps is scikit-learn's Eps for float64 scores, numpy's finfo(float64).eps. A plan's Eps of 0 is this one.
const float64Eps = 0x1p-52

// losses are scikit-learn's, row by row, as whole numbers: a loss l is round(l·2^scale), which lies within ±2⁶², and so does the
// difference of two.
type losses struct {
	eps   float64
	scale int     // of log loss
	unit  float64 // 2^scale
}

// brierScale is the scale of squared errors, which are at most 1: rounding errs by at most 1.1e-19 a row.
const brierScale = 62

// newLosses sets the scale of log loss by its largest value, −log eps: 36.04 for float64's eps gives 2^-56, an error of at most 7e-18 a
// row, and 15.94 for float32's gives 2^-58.
func newLosses(eps float64) losses {
	_, exponent := math.Frexp(-math.Log(eps)) // −log eps < 2^exponent
	return losses{eps: eps, scale: 62 - exponent, unit: math.Ldexp(1, 62-exponent)}
}

// log is the log loss of one row: −log of the probability that was given to its label, clipped to [eps, 1−eps], as scikit-learn's log_loss
// has it. For the label 0 that is 1−p. (Of float32 scores scikit-learn computes 1−p, the logarithm and the mean in float32, and so errs by
// some 1e-7; we do not.)
func (l losses) log(p float64, label uint8) int64 {
	if label == 0 {
		p = 1 - p
	}
	if p < l.eps {
		p = l.eps
	} else if p > 1-l.eps {
		p = 1 - l.eps
	}
	return scaled(-math.Log(p), l.unit)
}

// brier is the squared error of one row.
func (l losses) brier(p float64, label uint8) int64 {
	d := p - float64(label)
	return scaled(d*d, 1<<brierScale)
}

// scaled is round(x·unit), half to even, where unit is a power of two: the product is exact.
func scaled(x, unit float64) int64 { return int64(math.RoundToEven(x * unit)) }
