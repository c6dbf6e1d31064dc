package stats

import "math"

// minEffectiveClusters is how many clusters of equal sums a mean of losses must be worth.
const minEffectiveClusters = 150

// DesignSums is a share of weighted rows, of sums over clusters of weighted successes and trials, as [ClusterSums] has them (where rows are independent, each is its
// own cluster): [DesignProportion] with the variance of the ratio estimator by linearisation, G/(G−1) Σ(k − pn)²/N², and G − 1 degrees of freedom. Successes
// and failures are rows, unweighted; under 10 of either, or 20 clusters, there is no limit. Where rows of a cluster need not be independent (together) and
// fewer than 10 successes or failures are left, there are no more trials than N²/Σn², which is what clusters are worth whose rows never differ.
func DesignSums(s ClusterSums, successes, failures int64, together bool) Basis {
	if !(s.N > 0 && s.NN > 0) || s.Clusters < fewClusters {
		return Basis{}
	}
	p, g := s.K/s.N, float64(s.Clusters)
	residuals := s.KK - 2*p*s.KN + p*p*s.NN
	if !(residuals > 1e-14*s.NN) {
		return Basis{}
	}
	b := DesignProportion(p, g/(g-1)*residuals/s.N/s.N, successes, failures, g-1)
	if together && b.Method != "" && b.N*math.Min(p, 1-p) < fewOutcomes {
		b.N = math.Max(1, math.Min(b.N, s.N*s.N/s.NN))
		b.K = math.Min(p*b.N, b.N)
	}
	return b
}

// DesignMean is a mean of weighted or clustered rows' values that are not negative (losses): [ClusterMean] with limits on the log scale, as
// [PositiveMean] has them. A few large values of heavy rows, or of one cluster, may make up much of such a mean: there is no limit where the effective
// number of clusters, 1/(1/G + (se/mean)²), is under 150: from 100 the upper limit misses up to .050 at nominal .025.
func DesignMean(s ClusterSums) Basis {
	b := ClusterMean(s)
	if b.Method == "" || !(b.Estimate > 0) {
		return Basis{}
	}
	if relative := b.SE / b.Estimate; !(1/(1/float64(s.Clusters)+relative*relative) >= minEffectiveClusters) {
		return Basis{}
	}
	return PositiveMean(b.Estimate, b.SE, b.DF)
}

// AsF1 is the basis of F1 by that of the proportion J = TP/(TP+FP+FN): F1 is 2J/(1+J).
func (b Basis) AsF1() Basis {
	if b.Method != "" {
		b.Scale = scaleF1
	}
	return b
}

// AsGini is the basis of Gini's 2A − 1 by that of the area A.
func (b Basis) AsGini() Basis { return gini(b) }
