package drift

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// cramersV is Cramér's V of the table of bins by (baseline, column): the root of χ²/N, with N the rows of both, over the bins of [psi]; here corrected for
// what chance alone adds (after Bergsma 2013, doi:10.1016/j.jkss.2012.10.002), and 0 where less is left. Unit: of 1, in [0, 1]. It depends on how many rows
// each side has: with shares λ and 1−λ of the rows it is at most 2√(λ(1−λ)) of what even sides show, near no drift.
var cramersV = Distance{
	Name: "cramers_v", Title: "Cramér's V", Most: 1, Unit: "of 1", Of: Anything,
	Summary: "Cramér's V: the root of chi-squared over the rows of both samples, corrected for these rows",
	Note:    "It lies between 0 (no more than chance shows) and 1, and is smaller where one sample has far more rows than the other.",
	Between: func(from, to Column) (float64, stats.Basis, int64, error) {
		p, q, err := shares(from, to)
		if err != nil {
			return none(err)
		}
		phi, chance, se := contingency(p, q)
		basis := stats.Divergence(phi-chance, se, true)
		return basis.Value(), basis, min(from.Rows, to.Rows), nil
	},
}

// contingency gives φ² = χ²/N of counts p of the baseline and q, what chance adds to it, and its standard error.
//
// χ² of B bins is (B−1)N/(N−1) on average if nothing but chance drew which rows are the baseline's, however few a bin has. With λ = n₀/N, μ = n/N and h = λp + μq,
// φ² is λμΣ(p−q)²/h; with d = p−q its slopes are ∂f/∂q = −λμ(2d/h + μd²/h²) and ∂f/∂p = λμ(2d/h − λd²/h²). Near 0 it is λμ = 1/(N(1/n + 1/n₀)) of
// the index of [psi], and as skewed: 3/N is added to the delta method's standard error (2/N let the upper limit miss up to .050 at nominal .025).
func contingency(p, q []int64) (phi, chance, se float64) {
	n0, n := float64(sum(p)), float64(sum(q))
	l, m := n0/(n0+n), n/(n0+n)
	var f, g1, g2, h1, h2 float64
	for i := range p {
		a, b := float64(p[i])/n0, float64(q[i])/n
		h := l*a + m*b
		d := a - b
		f += l * m * d * d / h
		g, k := -l*m*(2*d/h+m*d*d/h/h), l*m*(2*d/h-l*d*d/h/h)
		g1, g2 = g1+b*g, g2+b*g*g
		h1, h2 = h1+a*k, h2+a*k*k
	}
	variance := math.Max(g2-g1*g1, 0)/n + math.Max(h2-h1*h1, 0)/n0
	return f, float64(len(p)-1) / (n0 + n - 1), math.Sqrt(variance) + 3/(n0+n)
}

// ChiSquared is Pearson's test that both columns' rows are of one distribution (1900, doi:10.1080/14786440009463897), over the bins of [psi]: the
// statistic, its degrees of freedom, and the probability of as large a one by chance. No verdict comes of it: of enough rows any difference is significant.
func ChiSquared(from, to Column) (statistic float64, freedom int, p float64, err error) {
	a, b, err := shares(from, to)
	if err != nil {
		return math.NaN(), 0, math.NaN(), err
	}
	phi, _, _ := contingency(a, b)
	statistic, freedom = phi*float64(sum(a)+sum(b)), len(a)-1
	return statistic, freedom, mathext.GammaIncRegComp(float64(freedom)/2, statistic/2), nil
}
