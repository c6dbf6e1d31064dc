package stats

import "math"

// fewClusters is the number of clusters under which nothing is said: their spread is not known.
const fewClusters = 20

// DesignProportion is a proportion of rows that are weighted, clustered or both, by its design-based variance: Korn and Graubard's limits
// (1998, Survey Methodology 24:193), Clopper and Pearson's with n* = p(1−p)/variance trials, no more than the rows, less by the squared
// ratio of the normal quantile to Student's with df degrees of freedom. Df is clusters − 1, or rows − 1 where only weights differ; under 19
// there is no limit. Where all rows are alike the variance is 0 and says nothing; then there are as many trials as least, which is what the
// rows are worth if rows of a cluster never differ ((Σw)²/Σw² over the clusters' weights). The zero Basis where a number is outside its range.
func DesignProportion(p, variance, rows, least, df float64) Basis {
	if !(p >= 0 && p <= 1 && variance >= 0 && rows >= least && least >= 1 && df >= fewClusters-1) || !finite(variance, rows, df) {
		return Basis{}
	}
	n := least
	if p > 0 && p < 1 && variance > 0 {
		n = math.Max(1, math.Min(rows, p*(1-p)/variance))
	}
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

// ClusterProportion is a proportion Σk/Σn over clusters that are independent, with rows in one that need not be: [DesignProportion] with the
// variance of the ratio estimator, G/(G−1) Σ(k − pn)²/N², and G − 1 degrees of freedom. Where all rows are alike (p of 0 or 1) rows count
// as if those of a cluster never differed. Under 20 clusters there is no limit.
func ClusterProportion(s ClusterSums) Basis {
	if !(s.K >= 0 && s.K <= s.N && s.N > 0 && s.NN > 0) || s.Clusters < fewClusters {
		return Basis{}
	}
	p, g := s.K/s.N, float64(s.Clusters)
	residuals := math.Max(0, s.KK-2*p*s.KN+p*p*s.NN)
	return DesignProportion(p, g/(g-1)*residuals/s.N/s.N, s.N, s.N*s.N/s.NN, g-1)
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
	T11, T00, T10                          float64 // ΣT₁², ΣT₀², ΣT₁T₀ over the clusters
}

// ClusterAUC is the area under the ROC curve of clustered rows: Obuchowski 1997 (doi:10.2307/2533958), variance
// c₁T₁₁/n₁² + c₀T₀₀/n₀² + 2cT₁₀/(n₁n₀) with c = I/(I−1) for the clusters that have positives, that have negatives, and all. Limits as [AUC] has
// them, with the rarer class divided by the design effect, which is this variance over that of independent rows (se²) where it is more than 1. Under 20 clusters
// of either kind there is no limit.
func ClusterAUC(auc, se float64, s ClusterAUCSums) Basis {
	if min(s.WithPositives, s.WithNegatives) < fewClusters || s.Clusters < fewClusters || min(s.Negatives, s.Positives) < 1 {
		return Basis{}
	}
	share := func(n int64) float64 { return float64(n) / float64(n-1) }
	n1, n0 := float64(s.Positives), float64(s.Negatives)
	variance := share(s.WithPositives)*s.T11/n1/n1 + share(s.WithNegatives)*s.T00/n0/n0 + 2*share(s.Clusters)*s.T10/n1/n0
	if !(variance > 0) {
		return Basis{}
	}
	rows := math.Min(n1, n0) / math.Max(1, variance/(se*se))
	return logitBasis(auc, math.Sqrt(variance), math.Min(rows, float64(min(s.WithPositives, s.WithNegatives))))
}

// EitherWay is a figure some of whose labels are missing: as observed, with the limits of those in which every missing label counts
// one way, and the other. Its lower limit is the least of the three and its upper one the largest, so what is proven of it holds whatever
// the missing labels are.
func EitherWay(observed, oneWay, other Basis) Basis {
	return Basis{Method: methodEither, Parts: []Basis{observed, oneWay, other}}
}

func (b Basis) either(a float64, s side, limit func(p Basis, a float64, s side) float64) float64 {
	if len(b.Parts) != 3 {
		return math.NaN()
	}
	end := limit(b.Parts[0], a, s)
	for _, p := range b.Parts[1:] {
		end = wider(end, limit(p, a, s), s)
	}
	return end
}
