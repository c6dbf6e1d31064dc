package stats

import "math"

// fewClusters is the number of clusters under which nothing is said: their spread is not known.
const fewClusters = 20

// fewOutcomes is the number of rows of the rarer outcome under which a design-based variance is not to be trusted: with fewer the limits
// miss up to .05 of the time at nominal .025 where clusters are alike, and up to .53 where weights follow the outcome and one with large weights was not seen.
const fewOutcomes = 10

// DesignProportion is a proportion of weighted rows, by its design-based variance: Korn and Graubard's limits (1998, Survey Methodology 24:193), Clopper and
// Pearson's with n* = p(1−p)/variance trials, no more than the rows, less by the squared ratio of the normal quantile to Student's with df degrees of
// freedom (rows − 1, or clusters − 1, which is then 19 or more). Successes and failures are rows, unweighted; under 10 of either there is no
// limit, for weights that follow the outcome may not have been seen: combine exact limits of the classes instead ([Reweighted]). The zero Basis where a
// number is outside its range.
func DesignProportion(p, variance float64, successes, failures int64, df float64) Basis {
	if !(p > 0 && p < 1 && variance > 0) || !finite(variance, df) || min(successes, failures) < fewOutcomes || df < fewClusters-1 {
		return Basis{}
	}
	n := math.Max(1, math.Min(float64(successes+failures), p*(1-p)/variance))
	return Basis{Method: methodClopperPearson, K: math.Min(p*n, n), N: n, DF: df}
}

// trials are K and N as a limit at error level a takes them: fewer where the variance they stand for is itself an estimate.
func (b Basis) trials(a float64) (k, n float64) {
	if b.DF <= 0 || a >= 0.5 {
		return b.K, b.N
	}
	ratio := normalUpper(a) / studentUpper(a, b.DF)
	n = b.N * ratio * ratio
	return math.Min(b.K*ratio*ratio, n), n
}

// ClusterSums are sums over clusters (customers, patients) of k successes in n rows each.
type ClusterSums struct {
	Clusters   int64
	K, N       float64 // Σk, Σn
	KK, KN, NN float64 // Σk², Σkn, Σn²
}

// ClusterProportion is a proportion Σk/Σn over clusters that are independent, with rows in one that need not be: Korn and Graubard's limits, as
// [DesignProportion] has them, with the variance of the ratio estimator, G/(G−1) Σ(k − pn)²/N², and G − 1 degrees of freedom. Where that leaves fewer
// than 10 successes or failures, there are no more trials than (Σn)²/Σn², which is what the rows are worth if those of a cluster never
// differ. Under 20 clusters there is no limit.
func ClusterProportion(s ClusterSums) Basis {
	if !(s.K >= 0 && s.K <= s.N && s.N > 0 && s.NN > 0) || s.Clusters < fewClusters {
		return Basis{}
	}
	p, g := s.K/s.N, float64(s.Clusters)
	n := s.N
	if residuals := s.KK - 2*p*s.KN + p*p*s.NN; residuals > 1e-14*s.NN {
		n = math.Min(n, p*(1-p)*s.N*s.N*(g-1)/g/residuals)
	}
	if n*math.Min(p, 1-p) < fewOutcomes {
		n = math.Min(n, s.N*s.N/s.NN)
	}
	return Basis{Method: methodClopperPearson, K: math.Min(p*n, n), N: n, DF: g - 1}
}

// ClusterMean is a mean Σx/Σn of rows' values over independent clusters, x being a cluster's sum: the variance of the ratio estimator, Student's t with G − 1. The
// sums are those of [ClusterSums] with x for k, which may be negative. Under 20 clusters there is no limit.
func ClusterMean(s ClusterSums) Basis {
	if !(s.N > 0) || s.Clusters < fewClusters {
		return Basis{}
	}
	mean, g := s.K/s.N, float64(s.Clusters)
	residuals := math.Max(0, s.KK-2*mean*s.KN+mean*mean*s.NN)
	if residuals < 1e-14*s.KK {
		residuals = 0
	}
	return StudentT(mean, math.Sqrt(g/(g-1)*residuals)/s.N, g-1)
}

// ClusterAUCSums are what Obuchowski's variance needs. For a cluster with n₁ positives and n₀ negatives, T₁ is the sum of its positives'
// placements (the share of all negatives below each, ties ½) less n₁·A, and T₀ that of its negatives' (the share of all positives
// above) less n₀·A.
type ClusterAUCSums struct {
	Clusters, WithPositives, WithNegatives int64
	Negatives, Positives                   int64   // rows
	NegativeWeight, PositiveWeight         float64 // of weighted rows, the sums that stand in place of rows in placements and in T; 0: rows weigh 1
	T11, T00, T10                          float64 // ΣT₁², ΣT₀², ΣT₁T₀ over the clusters
	Fourth                                 float64 // of weighted rows, Σ(T₁/n₁ + T₀/n₀)⁴
	NegativeMost, PositiveMost             float64 // and the largest weights
}

// ClusterAUC is the area under the ROC curve of clustered or weighted rows: Obuchowski 1997 (doi:10.2307/2533958), variance
// c₁T₁₁/n₁² + c₀T₀₀/n₀² + 2cT₁₀/(n₁n₀) with c = I/(I−1) for the clusters that have positives, that have negatives, and all; of weighted rows n₁ and
// n₀ are sums of weights, by linearisation, and where rows are independent each is a cluster. Limits as [AUC] has
// them, with the rarer class divided by the design effect, which is this variance over that of independent rows of equal weight (se²) where it is more than 1. Under
// 20 clusters of either kind there is no limit. Where few heavy rows make up the variance of weighted ones, (Σz²)²/Σz⁴ of the clusters' parts z being under 30,
// either class has at most its weight over its largest weight in rows: without this the lower limit misses up to .073 at nominal .025, where positive rows with
// low scores were kept .1 to .3 of the time.
func ClusterAUC(auc, se float64, s ClusterAUCSums) Basis {
	if min(s.WithPositives, s.WithNegatives) < fewClusters || s.Clusters < fewClusters || min(s.Negatives, s.Positives) < 1 {
		return Basis{}
	}
	share := func(n int64) float64 { return float64(n) / float64(n-1) }
	n1, n0 := float64(s.Positives), float64(s.Negatives)
	rarer := math.Min(n1, n0)
	if s.PositiveWeight > 0 && s.NegativeWeight > 0 {
		n1, n0 = s.PositiveWeight, s.NegativeWeight
	}
	variance := share(s.WithPositives)*s.T11/n1/n1 + share(s.WithNegatives)*s.T00/n0/n0 + 2*share(s.Clusters)*s.T10/n1/n0
	if !(variance > 0) {
		return Basis{}
	}
	rows := rarer / math.Max(1, variance/(se*se))
	if s.PositiveWeight > 0 && !(s.parts(n1, n0) >= minParts) {
		rows = math.Min(rows, math.Min(n1/s.PositiveMost, n0/s.NegativeMost))
	}
	return logitBasis(auc, math.Sqrt(variance), rows)
}

// minParts is how many clusters of equal parts the variance of a weighted area must be worth.
const minParts = 30

// parts is that number.
func (s ClusterAUCSums) parts(n1, n0 float64) float64 {
	squares := s.T11/n1/n1 + s.T00/n0/n0 + 2*s.T10/n1/n0
	return squares * squares / s.Fourth
}
