package drift

import (
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// jsDivergence is Jensen and Shannon's divergence, ½Σ p·log₂(p/m) + ½Σ q·log₂(q/m) with m = (p+q)/2, over the bins of [psi] with shares p of the
// baseline and q: Lin 1991, doi:10.1109/18.61115. Unit: bits, in [0, 1]; 1 where no bin has rows of both. It is the square of SciPy's
// jensenshannon(p, q, base=2), less what chance alone adds on average; not clipped at 0.
var jsDivergence = Distance{
	Name: "js_divergence", Title: "Jensen-Shannon divergence", Most: 1, Unit: "bits", Of: Anything,
	Summary: "Jensen-Shannon divergence to the base 2, corrected for the rows that both samples have",
	Note:    "It lies between 0 (the same) and 1. What chance alone would show in samples of this size is taken off, so that it can lie a little under 0.",
	Between: jensenShannon(false),
}

// jsDistance is the root of [jsDivergence], and 0 where that is below 0: SciPy's jensenshannon to the base 2, but for the correction. It is a metric (Endres and
// Schindelin 2003, doi:10.1109/TIT.2003.813506). Unit: of 1, in [0, 1].
var jsDistance = Distance{
	Name: "js_distance", Title: "Jensen-Shannon distance", Most: 1, Unit: "of 1", Of: Anything,
	Summary: "Jensen-Shannon distance to the base 2: the root of the corrected divergence",
	Note:    "It lies between 0 (no more than chance shows) and 1. A distance of 0.1 is a divergence of 0.01.",
	Between: jensenShannon(true),
}

func jensenShannon(root bool) func(from, to Column) (float64, stats.Basis, int64, error) {
	return func(from, to Column) (float64, stats.Basis, int64, error) {
		p, q, err := shares(from, to)
		if err != nil {
			return none(err)
		}
		divergence, chance, se := jensen(p, q)
		basis := stats.Divergence(divergence-chance, se, root)
		return basis.Value(), basis, min(from.Rows, to.Rows), nil
	}
}

// jensen gives the divergence of counts p of the baseline and q, what chance adds to it, and its standard error.
//
// The slopes are ∂f/∂qᵢ = ½log₂(qᵢ/mᵢ) and ∂f/∂pᵢ = ½log₂(pᵢ/mᵢ), from which the delta method has the variance as in [index]. Near 0 the
// divergence is 1/(8·ln 2) of the index, hence as skewed: 3(1/n + 1/n₀), over 8·ln 2, is added to the standard error (with 2, the upper limit missed up to .044 at nominal .025).
func jensen(p, q []int64) (divergence, chance, se float64) {
	n0, n := float64(sum(p)), float64(sum(q))
	var f, g1, g2, h1, h2 float64
	for i := range p {
		a, b := float64(p[i])/n0, float64(q[i])/n
		g, h := information(a, b)
		f, g1, g2 = f+b*g, g1+b*g, g2+b*g*g
		f, h1, h2 = f+a*h, h1+a*h, h2+a*h*h
		chance += byChance(p[i]+q[i], n0, n)
	}
	variance := math.Max(g2-g1*g1, 0)/n + math.Max(h2-h1*h1, 0)/n0
	return f, chance, math.Sqrt(variance) + 3*(1/n+1/n0)/(8*math.Ln2)
}

// information gives ½log₂(b/m) and ½log₂(a/m) with m = (a+b)/2; 0 for a share of 0, of which nothing is counted.
func information(a, b float64) (ofB, ofA float64) {
	if b > 0 {
		ofB = math.Log2(2*b/(a+b)) / 2
	}
	if a > 0 {
		ofA = math.Log2(2*a/(a+b)) / 2
	}
	return ofB, ofA
}

// byChance is what a bin of so many rows of both columns adds to the divergence on average if each of them is of the baseline with probability
// n₀/(n₀+n): the binomial sum, times (N−rows)/(N−1) since all bins together have just n₀. Of many rows it is (1/n + 1/n₀)/(8·ln 2) of the same, so
// that B bins add (B−1)(1/n + 1/n₀)/(8·ln 2); of few it is more.
func byChance(rows int64, n0, n float64) float64 {
	const many = 1000
	fewer := (n0 + n - float64(rows)) / (n0 + n - 1)
	if rows > many {
		return (1/n + 1/n0) / (8 * math.Ln2) * fewer
	}
	sum, log0, log1 := 0.0, math.Log(n0/(n0+n)), math.Log(n/(n0+n))
	all, _ := math.Lgamma(float64(rows + 1))
	for k := range rows + 1 {
		here, _ := math.Lgamma(float64(k + 1))
		there, _ := math.Lgamma(float64(rows - k + 1))
		a, b := float64(k)/n0, float64(rows-k)/n
		g, h := information(a, b)
		sum += math.Exp(all-here-there+float64(k)*log0+float64(rows-k)*log1) * (a*h + b*g)
	}
	return sum * fewer
}
