package stats

import "math"

// Limits are one-sided: the truth lies below Low(a), or above High(a), with probability at most a. NaN: unjudged.
type Limits interface {
	Low(a float64) float64
	High(a float64) float64
}

// Basis is what limits are computed from. The zero Basis gives none (NaN), and so does an unknown method. Methods:
//
//	clopper-pearson  K of N; Scale "2j/(1+j)" maps the limits of J to those of F1
//	delong-logit     Estimate and SE on the logit scale, Classes, K = A·r of N = r for the small-sample rule of docs/statistics.md
//	delong-paired    Estimate (a difference of two AUCs) and SE, identity scale; Classes; AUCs of both in Pair for the small-sample rule
//	tango            a paired difference of proportions from Table: both, only ours, only theirs, neither
//	influence        Estimate and SE, identity scale, normal; N is the support, and under 30 gives none; K is the skewness, where that counts
//	t                Estimate and SE with DF degrees of freedom
//	psi              Estimate (bias-corrected) and SE, identity scale, normal
//	mover-difference, mover-ratio   Parts[0] against Parts[1], independent
//	mover-mean       the unweighted mean of all Parts, independent
//	logit            as delong-logit, for other figures in [0, 1]: K = figure·N of N rows; Scale "mcclish" maps a partial area from and to the rates in Pair
//	average-precision  Estimate and SE on the logit scale, K = figure·N of N positives
//	rates            the figure that Scale names, of Parts: recall, false positive rate and prevalence (stated, or a part, shifted by Odds)
//	order            the K-quantile of N values; Estimate and Points (rank, value)
//	cut              the figure that Scale names, at a cut that the share K fixes on an axis of N rows; Estimate, Classes and Points
//	ks               Estimate and Classes
//	largest, smallest               of Parts
//	max-difference, min-ratio       of every ordered pair of Parts, independent
//	either           Parts: as observed, and as it is where missing labels turn out in other ways, two parts or more; of rates it is a box
//	divergence       Estimate (corrected) and SE, normal; with Scale "sqrt" of the figure's square
//	wasserstein      Estimate, SE, and K, what chance adds on average, at most
//	agreement        Estimate and SE with DF degrees of freedom, at most 1; N is the support, and under 30 gives none
//	same             a model's difference to itself: 0, and nothing else is possible
//
// It has only finite numbers, so it survives JSON bit for bit: that is how an evaluation.json is judged later at any level. Make one
// by its constructor: of one figure [Proportion], [F1], [FBeta], [Jaccard], [MCC], [Kappa], [BalancedAccuracy], [AUC], [Gini], [PartialAUC],
// [AveragePrecision], [KS], [Mean], [StudentT], [RMSE], [RSquared], [Percentile], [RecallAtFPR] and those beside it, [Confusion]'s,
// [Influence]; of rows that are not a plain sample [Reweighted]'s, [ClusterProportion], [DesignProportion], [EitherWay]; of two
// figures or more [Difference], [Ratio], [Average], [MaxDifference], [MinRatio]; of two versions on the same rows [Paired] and those beside it, [Same].
type Basis struct {
	Method   string     `json:"method,omitempty"`
	K        float64    `json:"k,omitempty"` // successes and trials; N is less than the rows where these are clustered or weighted
	N        float64    `json:"n,omitempty"`
	Scale    string     `json:"scale,omitempty"` // on which Estimate and SE hold, or to which K/N is mapped: "logit", "2j/(1+j)"
	Estimate float64    `json:"estimate,omitempty"`
	SE       float64    `json:"se,omitempty"`
	DF       float64    `json:"df,omitempty"`
	Classes  [2]int64   `json:"classes,omitzero"` // negatives and positives, or rows of the commonest class and all others: the rules of AUC and [MeanLoss] for few rows
	Pair     [2]float64 `json:"pair,omitzero"`    // the two AUCs of delong-paired
	Table    [4]int64   `json:"table,omitzero"`   // a paired 2×2 table
	Parts    []Basis    `json:"parts,omitempty"`  // of a figure made of others

	Prevalence float64      `json:"prevalence,omitempty"` // the share of positives, where it is stated
	Odds       float64      `json:"odds,omitempty"`       // how many times more a positive row stands for than a negative one
	Points     [][2]float64 `json:"points,omitempty"`     // ranks or counts around a cut or a percentile, rising in both
}

// The methods, as they stand in an evaluation.json.
const (
	methodClopperPearson  = "clopper-pearson"
	methodDeLongLogit     = "delong-logit"
	methodDeLongPaired    = "delong-paired"
	methodTango           = "tango"
	methodInfluence       = "influence"
	methodT               = "t"
	methodPSI             = "psi"
	methodMOVERDifference = "mover-difference"
	methodMOVERRatio      = "mover-ratio"
	methodMOVERMean       = "mover-mean"
	methodSame            = "same"
	methodLogit           = "logit"
	methodAP              = "average-precision"
	methodRates           = "rates"
	methodOrder           = "order"
	methodCut             = "cut"
	methodKS              = "ks"
	methodLargest         = "largest"
	methodSmallest        = "smallest"
	methodMaxDifference   = "max-difference"
	methodMinRatio        = "min-ratio"
	methodEither          = "either"
	methodAgreement       = "agreement"
)

// Low is the lower limit at error level a, which lies in (0, 0.5]; it is never above [Basis.Value]. NaN: the method gives none here, or
// a is out of range. (The + 0 makes one zero of two: JSON does not keep the sign of −0 where it leaves out zeros.)
func (b Basis) Low(a float64) float64 { return b.limit(a, lower) + 0 }

// High is the upper limit at error level a, which lies in (0, 0.5]; it is never below [Basis.Value]. NaN: the method gives none here, or
// a is out of range. It is +Inf only for a ratio whose denominator may be 0, and for a percentile of too few rows.
func (b Basis) High(a float64) float64 { return b.limit(a, upper) + 0 }

// side says which limit: its value is the sign of the way from the estimate to it.
type side int

const (
	lower side = -1
	upper side = +1
)

func (b Basis) limit(a float64, s side) float64 {
	if !(a > 0 && a <= 0.5) {
		return math.NaN()
	}
	switch b.Method {
	case methodClopperPearson:
		k, n := b.trials(a)
		return b.fromJ(clopperPearson(k, n, a, s))
	case methodDeLongLogit, methodLogit:
		return b.fromArea(b.auc(a, s))
	case methodAP:
		return b.averagePrecision(a, s)
	case methodDeLongPaired:
		if b.Scale == scaleGini {
			return 2 * b.pairedAUC(a, s)
		}
		return b.pairedAUC(a, s)
	case methodTango:
		return paired(b.Table, a, s)
	case methodInfluence:
		if !(b.N >= minInfluence) {
			return math.NaN()
		}
		return symmetric(b.Estimate, b.SE, b.skewed(normalUpper(a), s), s)
	case methodPSI:
		return symmetric(b.Estimate, b.SE, normalUpper(a), s)
	case methodT:
		if b.unequal() {
			return math.NaN()
		}
		if b.falls() {
			s = -s
		}
		return b.fromT(symmetric(b.Estimate, b.SE, studentUpper(a, b.DF), s))
	case methodMOVERDifference, methodMOVERRatio, methodMOVERMean:
		return b.mover(a, s, Basis.limit, true)
	case methodRates:
		return b.ratesLimit(a, s, Basis.limit, true)
	case methodOrder:
		return b.percentile(a, s)
	case methodCut:
		return b.cut(a, s)
	case methodKS:
		return b.ks(a, s)
	case methodLargest, methodSmallest, methodMaxDifference, methodMinRatio:
		return b.extremeLimit(a, s, Basis.limit, true)
	case methodEither:
		return b.either(a, s, Basis.limit)
	case methodDivergence:
		return b.fromDivergence(symmetric(b.Estimate, b.SE, normalUpper(a), s))
	case methodWasserstein:
		return b.wasserstein(a, s)
	case methodAgreement:
		return b.agreementLimit(a, s)
	case methodSame:
		return 0
	}
	return math.NaN()
}

// Value is the figure that the limits are about, on its natural scale: K/N, F1, A, a difference, a ratio. NaN where it is undefined
// (no trials, a ratio to 0) or the method is unknown. An evaluation keeps its own value; this one is what the basis implies, equal to
// it within rounding.
func (b Basis) Value() float64 {
	switch b.Method {
	case methodClopperPearson:
		return b.fromJ(proportion(b.K, b.N))
	case methodDeLongLogit, methodLogit, methodAP:
		return b.fromArea(b.area())
	case methodTango:
		return pairedDifference(b.Table)
	case methodDeLongPaired:
		if b.Scale == scaleGini {
			return 2 * b.Estimate
		}
		return b.Estimate
	case methodT:
		return b.fromT(b.Estimate)
	case methodInfluence, methodAgreement, methodPSI, methodOrder, methodCut, methodKS:
		return b.Estimate
	case methodRates:
		return b.ratesValue()
	case methodLargest, methodSmallest, methodMaxDifference, methodMinRatio:
		return b.extremeValue()
	case methodEither:
		if len(b.Parts) >= 2 {
			return b.Parts[0].Value()
		}
	case methodMOVERDifference, methodMOVERRatio, methodMOVERMean:
		return b.moverValue()
	case methodDivergence:
		return b.fromDivergence(b.Estimate)
	case methodWasserstein:
		return b.Estimate
	case methodSame:
		return 0
	}
	return math.NaN()
}

// Same is the difference of a model to itself: 0 with limits of 0, by what it is and not by a sample. It is for nothing else: two models that
// agree on every row may differ on others.
func Same() Basis { return Basis{Method: methodSame} }

// IsSame says that the basis is that of [Same].
func (b Basis) IsSame() bool { return b.Method == methodSame }

// symmetric is estimate ± q·se. A standard error of 0 says that nothing varied, not that nothing can: it never decides.
func symmetric(estimate, se, q float64, s side) float64 {
	if !(se > 0) || math.IsInf(se, 0) || math.IsInf(estimate, 0) {
		return math.NaN()
	}
	return estimate + float64(s)*q*se
}
