package stats

import "math"

// fewAUC is the number of rows of the rarer class, times min(A, 1−A), under which DeLong's variance is not to be trusted: logit DeLong
// alone then errs on one side up to .44 of the time at nominal .025.
const fewAUC = 10

// AUC is the area under the ROC curve with DeLong's standard error (DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595), both
// in [0, 1] on the identity scale. The limits are normal on the logit scale. Where r·min(A, 1−A) < 10, with r rows in the rarer class,
// each is the wider of that and Clopper and Pearson's for A·r of r; where A is 0 or 1, or the standard error is 0 or unknown (NaN, one
// row in a class), it is Clopper and Pearson's alone. The zero Basis unless both classes have rows and A lies in [0, 1].
func AUC(auc, se float64, negatives, positives int64) Basis {
	r := float64(min(negatives, positives))
	if !(auc >= 0 && auc <= 1) || r < 1 {
		return Basis{}
	}
	b := Basis{Method: methodDeLongLogit, Scale: "logit", Classes: [2]int64{negatives, positives}, K: auc * r, N: r}
	if auc == 1 {
		b.K = r
	}
	if auc > 0 && auc < 1 {
		b.Estimate = logit(auc)
		if s := se / (auc * (1 - auc)); s > 0 && !math.IsInf(s, 0) { // the delta method: d logit(A) = dA / (A(1−A))
			b.SE = s
		}
	}
	return b
}

// PairedAUC is the difference ours − theirs of two models' areas on the same rows, with its standard error by DeLong's covariance; the
// limits are normal on the identity scale, clipped to [−1, 1]. None (NaN) where r·min(A, 1−A) < 10 for either model: false proofs up to
// .196 of the time at nominal .025. None where the standard error is 0 or unknown.
func PairedAUC(ours, theirs, se float64, negatives, positives int64) Basis {
	if !(ours >= 0 && ours <= 1 && theirs >= 0 && theirs <= 1) || min(negatives, positives) < 1 {
		return Basis{}
	}
	b := Basis{Method: methodDeLongPaired, Estimate: ours - theirs, Classes: [2]int64{negatives, positives}, Pair: [2]float64{ours, theirs}}
	if se > 0 && !math.IsInf(se, 0) {
		b.SE = se
	}
	return b
}

// area is A, and rarer its rows r: of K and N where they are stored, else of the logit and the classes.
func (b Basis) area() float64 {
	if b.N > 0 {
		return proportion(b.K, b.N)
	}
	return expit(b.Estimate)
}

func (b Basis) rarer() float64 {
	if b.N > 0 {
		return b.N
	}
	return float64(min(b.Classes[0], b.Classes[1]))
}

func (b Basis) auc(a float64, s side) float64 {
	area, r := b.area(), b.rarer()
	if !(r >= 1) || math.IsNaN(area) {
		return math.NaN()
	}
	k := area * r
	if b.N > 0 {
		k = b.K
	}
	if area == 0 || area == 1 || !(b.SE > 0) {
		return clopperPearson(k, r, a, s)
	}
	limit := expit(symmetric(b.Estimate, b.SE, normalUpper(a), s))
	if math.Min(k, r-k) < fewAUC {
		return wider(limit, clopperPearson(k, r, a, s), s)
	}
	return limit
}

func (b Basis) pairedAUC(a float64, s side) float64 {
	r := float64(min(b.Classes[0], b.Classes[1]))
	for _, area := range b.Pair {
		if !(math.Min(r*area, r-r*area) >= fewAUC) {
			return math.NaN()
		}
	}
	return clip(symmetric(b.Estimate, b.SE, normalUpper(a), s), -1, 1)
}

// wider is the limit further from the estimate; NaN if either is.
func wider(x, y float64, s side) float64 {
	if s == lower {
		return math.Min(x, y)
	}
	return math.Max(x, y)
}

// clip keeps NaN.
func clip(x, low, high float64) float64 { return math.Max(low, math.Min(high, x)) }
