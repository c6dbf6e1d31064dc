package stats

import "math"

// Gini is 2A − 1 (Somers' D of the label, the accuracy ratio): the limits of [AUC], mapped.
func Gini(auc, se float64, negatives, positives int64) Basis {
	return gini(AUC(auc, se, negatives, positives))
}

// PairedGini is the difference of two models' Gini on the same rows: twice that of [PairedAUC].
func PairedGini(ours, theirs, se float64, negatives, positives int64) Basis {
	return gini(PairedAUC(ours, theirs, se, negatives, positives))
}

// scaleGini marks limits and value of an area A (or a difference of two) that are mapped to 2A − 1 (or twice the difference).
const scaleGini = "2a-1"

func gini(b Basis) Basis {
	if b.Method != "" {
		b.Scale = scaleGini
	}
	return b
}

// fromArea maps an area to the figure's scale.
func (b Basis) fromArea(area float64) float64 {
	switch b.Scale {
	case scaleGini:
		return 2*area - 1
	case scaleMcClish:
		u := b.Pair[1]
		return (1 + (area-u/2)/(1-u/2)) / 2
	}
	return area
}

// MeanAUC is an unweighted mean of areas under ROC curves that share rows: Hand and Till's (2001, doi:10.1023/A:1010920819831), the mean
// over pairs of classes, or one against the rest. The standard error is that of its influence function: the root of the sum over rows
// of the square of the row's share, for each class apart, Σ over classes of var(v)/n. Classes are the rows of each, two or more. Limits as [AUC] has them, with the
// rows of the rarest class. The zero Basis where a class is empty or the mean is not in [0, 1].
func MeanAUC(mean, se float64, classes ...int64) Basis {
	if len(classes) < 2 {
		return Basis{}
	}
	rarest := classes[0]
	for _, n := range classes {
		rarest = min(rarest, n)
	}
	return logitBasis(mean, se, float64(rarest))
}

// fewPositives is the number of positives under which average precision gives no limit: with 30 its lower limit misses up to .055 of the time
// at nominal .025.
const fewPositives = 60

// AveragePrecision is scikit-learn's, Σ over positives of the precision at their score / positives, with the standard error of its influence
// function. With P(j) the precision and N(j) the rows at or above positive j's score, a positive i has the share
// (P(i) − AP + G(i) − H(i)) / positives and a negative one −H(i) / positives, G being the sum of 1/N(j), and H that of P(j)/N(j), over the positives
// j whose score is at most i's; the variance is the sum of squares of the shares. Each limit is the wider of the normal one on the
// logit scale (Boyd, Eng and Page 2013, doi:10.1007/978-3-642-40994-3_29, with this standard error for theirs) and Clopper and Pearson's for
// AP·n of n positives; under 60 positives there is none. The zero Basis where there is no positive or the value is not in [0, 1].
func AveragePrecision(ap, se float64, positives int64) Basis {
	b := logitBasis(ap, se, float64(positives))
	if b.Method != "" {
		b.Method = methodAP
	}
	return b
}

// fewPairedPositives is that for a difference of two: with 100 it misses up to .062 of the time, with 200 .065, with 400 .043.
const fewPairedPositives = 400

// PairedAveragePrecision is the difference ours − theirs on the same rows, normal, with the standard error of its influence function: the root of the sum over rows of
// the squared difference of both models' shares, which [AveragePrecision] has. The zero Basis under 400 positives, or where n·(1 − AP) is
// under 20 for either model.
func PairedAveragePrecision(ours, theirs, se float64, positives int64) Basis {
	for _, ap := range []float64{ours, theirs} {
		if !(ap >= 0 && ap <= 1 && positives >= fewPairedPositives && float64(positives)*(1-ap) >= 2*fewAUC) {
			return Basis{}
		}
	}
	return Influence(ours-theirs, se, positives)
}

func (b Basis) averagePrecision(a float64, s side) float64 {
	if !(b.N >= fewPositives) {
		return math.NaN()
	}
	exact := clopperPearson(b.K, b.N, a, s)
	if !(b.SE > 0) {
		return exact
	}
	return wider(expit(symmetric(b.Estimate, b.SE, normalUpper(a), s)), exact, s)
}

// PartialAUC is the area under the ROC curve up to the false positive rate u, on McClish's scale (1989, doi:10.1177/0272989X8900900307, scikit-learn's max_fpr):
// ½(1 + (A − u²/2)/(u − u²/2)), ½ for chance and 1 at best. Mean is A/u, the mean recall there, in [0, 1], and se the standard error of
// that by its influence function, √(var(v₁)/positives + var(v₀)/negatives), where v₁ of a positive is max(0, u − its share of negatives above it)/u, ties ½, and
// v₀ of a negative is max(0, ROC(u) − ROC(its share of negatives above it))/u (Dodd and Pepe 2003, doi:10.1111/1541-0420.00071, have the estimator). Limits as
// [AUC] has them, with the smaller of positives and u·negatives as its rows, mapped. The zero Basis unless both classes have rows, u
// lies in (0, 1] and the mean in [0, 1].
func PartialAUC(mean, se, u float64, negatives, positives int64) Basis {
	if !(u > 0 && u <= 1) {
		return Basis{}
	}
	b := logitBasis(mean, se, math.Min(u*float64(negatives), float64(positives)))
	if b.Method != "" {
		b.Scale, b.Pair = scaleMcClish, [2]float64{0, u}
	}
	return b
}

const scaleMcClish = "mcclish"

// logitBasis is a figure in [0, 1] with a standard error on the identity scale, and the rows it rests on.
func logitBasis(value, se, rows float64) Basis {
	if !(value >= 0 && value <= 1 && rows > 0) || math.IsInf(rows, 0) {
		return Basis{}
	}
	b := Basis{Method: methodLogit, Scale: "logit", K: math.Min(value*rows, rows), N: rows}
	if value > 0 && value < 1 {
		b.Estimate = logit(value)
		if s := se / (value * (1 - value)); s > 0 && !math.IsInf(s, 0) {
			b.SE = s
		}
	}
	return b
}

// KS is the largest distance of the two classes' score distributions (ks_2samp's statistic), in [0, 1]. Its limits are guaranteed for any
// distribution: the lower is D − ε₁ − ε₀ with ε = √(log(4/a)/2n) of each class (Massart's constant 1990, doi:10.1214/aop/1176990746, in the
// inequality of Dvoretzky, Kiefer and Wolfowitz, at a/2 each); the upper is D + √(log(1/a)(1/n₁ + 1/n₀)/2), Hoeffding's inequality (1963, doi:10.1080/01621459.1963.10500830) at the
// score where the population's distance is largest. The zero Basis unless both classes have rows and D lies in [0, 1].
func KS(d float64, negatives, positives int64) Basis {
	if !(d >= 0 && d <= 1) || min(negatives, positives) < 1 {
		return Basis{}
	}
	return Basis{Method: methodKS, Estimate: d, Classes: [2]int64{negatives, positives}}
}

func (b Basis) ks(a float64, s side) float64 {
	n0, n1 := float64(b.Classes[0]), float64(b.Classes[1])
	if !(n0 >= 1 && n1 >= 1) {
		return math.NaN()
	}
	if s == lower {
		half := math.Log(4/a) / 2
		return math.Max(0, b.Estimate-math.Sqrt(half/n0)-math.Sqrt(half/n1))
	}
	return math.Min(1, b.Estimate+math.Sqrt(math.Log(1/a)*(1/n0+1/n1)/2))
}
