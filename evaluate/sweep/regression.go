package sweep

import (
	"math"
	"math/big"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// Regression are the errors of predicted numbers in one slice. A row's error is its prediction less the truth, rounded to a float64 as NumPy rounds it;
// sums of what is so rounded are exact.
type Regression struct {
	Huge int64 // rows whose error, or a square of it or of the truth, no float64 holds: with any, no figure stands
	Zero int64 // rows whose truth is 0, or so near to it that a share of it is no float64

	Error    Summary // with its sign
	Absolute Summary
	Squared  Summary
	Percent  Summary // |error| / |truth|; 0 where Zero counts the row
	Pinball  []Summary
	Levels   []float64 // of Pinball

	Covered, Width *Summary // of prediction intervals: 1 where the truth lies within, ends included; and how wide they are. nil: there are none
	Explained      *stats.RSquaredSums
	Rivals         []RegressionPair
}

// RegressionPair are the differences of two models' losses on the same rows, ours minus theirs, row by row.
type RegressionPair struct {
	Huge                       int64
	Absolute, Squared, Percent Loss
	Pinball                    []Loss
	Root                       Loss // of the roots of the mean squared errors, by its influence function
}

// RegressionPlan is what is wanted of a regression's rows.
type RegressionPlan struct {
	Median    bool      // of the absolute errors, and the percentiles of the errors by [ErrorShares]: the rows are read again in any case
	Explained bool      // R²
	Levels    []float64 // of pinball losses, in (0, 1)
	Intervals bool      // there are prediction intervals
	Rival     bool      // another model's predictions are compared
}

// ErrorShares are the shares of the rows whose largest error is told: nine tenths of the errors lie between the ends, half of them about the median.
func ErrorShares() []float64 { return []float64{0.05, 0.25, 0.5, 0.75, 0.95} }

// names of the columns that are counted of a regression.
const (
	regressionHuge = iota
	regressionZero
	regressionError
	regressionAbsolute
	regressionSquared
	regressionPercent
	regressionTruth   // where R² is wanted
	regressionSquareH // the truth's square as the sum of two float64s
	regressionSquareL
	regressionColumns
)

// Numbers are the columns that the plan counts, and which products of them.
func (p RegressionPlan) Numbers() (columns []Number, products [][2]int) {
	for _, name := range []string{"huge errors", "truths of 0", "errors", "absolute errors", "squared errors", "relative errors", "truths", "squares", "squares' rests"} {
		columns = append(columns, Number{Name: name})
	}
	if p.Median {
		columns[regressionAbsolute].Quantiles = []float64{0.5}
		columns[regressionError].Quantiles = ErrorShares()
	}
	for range p.Levels {
		columns = append(columns, Number{Name: "pinball losses"})
	}
	if p.Intervals {
		columns = append(columns, Number{Name: "covered rows"}, Number{Name: "widths"})
	}
	if p.Explained {
		y, h, l, s := regressionTruth, regressionSquareH, regressionSquareL, regressionSquared
		products = [][2]int{{h, h}, {h, l}, {l, l}, {h, y}, {l, y}, {s, h}, {s, l}, {s, y}}
	}
	if p.Rival { // the differences of losses, and the rival's squared errors
		for range 3 + len(p.Levels) {
			columns = append(columns, Number{Name: "differences of losses"})
		}
		columns = append(columns, Number{Name: "the rival's squared errors"})
		products = append(products, [2]int{regressionSquared, len(columns) - 1})
	}
	return columns, products
}

// Values fills in the columns of [RegressionPlan.Numbers], each as long as the truth, of rows with their truth and prediction, the ends of intervals and
// a rival's predictions where the plan has them.
func (p RegressionPlan) Values(truth, prediction, lower, upper, rival []float64, to [][]float64) {
	after := to[regressionColumns:]
	for i, y := range truth {
		e := prediction[i] - y
		s, h, a := e*e, y*y, math.Abs(e)
		huge := math.IsInf(s, 0) || math.IsInf(h, 0)
		other, t := 0.0, 0.0
		if p.Rival {
			other = rival[i] - y
			t = other * other
			huge = huge || math.IsInf(t, 0)
		}
		if p.Intervals {
			huge = huge || math.IsInf(upper[i]-lower[i], 0)
		}
		to[regressionHuge][i], to[regressionZero][i] = 0, 0
		if huge {
			to[regressionHuge][i] = 1
			y, e, s, h, a, other, t = 0, 0, 0, 0, 0, 0, 0
		}
		share := a / math.Abs(y)
		if y == 0 || math.IsInf(share, 0) {
			to[regressionZero][i], share = 1, 0
		}
		to[regressionError][i], to[regressionAbsolute][i], to[regressionSquared][i], to[regressionPercent][i] = e, a, s, share
		to[regressionTruth][i], to[regressionSquareH][i], to[regressionSquareL][i] = y, h, math.FMA(y, y, -h)
		at := 0
		for _, level := range p.Levels {
			after[at][i] = pinball(level, e)
			at++
		}
		if p.Intervals {
			after[at][i], after[at+1][i] = 0, 0
			if !huge {
				if lower[i] <= truth[i] && truth[i] <= upper[i] {
					after[at][i] = 1
				}
				after[at+1][i] = upper[i] - lower[i]
			}
			at += 2
		}
		if p.Rival {
			b := math.Abs(other)
			after[at][i], after[at+1][i] = a-b, s-t
			after[at+2][i] = 0
			if to[regressionZero][i] == 0 {
				if after[at+2][i] = share - b/math.Abs(y); math.IsInf(after[at+2][i], 0) {
					after[at+2][i], to[regressionZero][i] = 0, 1
				}
			}
			at += 3
			for _, level := range p.Levels {
				after[at][i] = pinball(level, e) - pinball(level, other)
				at++
			}
			after[at][i] = t
		}
	}
}

// pinball is the loss of a prediction of the q-quantile whose error, prediction less truth, is e: scikit-learn's mean_pinball_loss.
func pinball(q, e float64) float64 {
	if e <= 0 {
		return -q * e
	}
	return (1 - q) * e
}

// Of reads what was counted in a slice.
func (p RegressionPlan) Of(n *NumbersOf) *Regression {
	c := n.Columns
	r := &Regression{Huge: int64(c[regressionHuge].Sum), Zero: int64(c[regressionZero].Sum), Error: c[regressionError], Absolute: c[regressionAbsolute],
		Squared: c[regressionSquared], Percent: c[regressionPercent], Levels: p.Levels}
	after := c[regressionColumns:]
	r.Pinball, after = after[:len(p.Levels)], after[len(p.Levels):]
	if p.Intervals {
		r.Covered, r.Width, after = &after[0], &after[1], after[2:]
	}
	if p.Explained {
		r.Explained = explained(n)
	}
	if p.Rival {
		d := RegressionPair{Huge: r.Huge, Absolute: after[0].Mean, Squared: after[1].Mean, Percent: after[2].Mean}
		for _, s := range after[3:][:len(p.Levels)] {
			d.Pinball = append(d.Pinball, s.Mean)
		}
		d.Root = rootDifference(&r.Squared, &after[3+len(p.Levels)], &n.exact[len(n.exact)-1])
		r.Rivals = []RegressionPair{d}
	}
	return r
}

// explained are the sums of R², of exact sums of powers: Σd² = Σy² − nȳ², Σe²d² = Σe²y² − 2ȳΣe²y + ȳ²Σe², Σd⁴ = Σy⁴ − 4ȳΣy³ + 6ȳ²Σy² − 3nȳ⁴, each
// rounded once. A square y² is held as h + l, exactly, so that nothing cancels however far from 0 the truths lie.
func explained(n *NumbersOf) *stats.RSquaredSums {
	y, s := &n.Columns[regressionTruth], &n.Columns[regressionSquared]
	if y.N == 0 {
		return &stats.RSquaredSums{}
	}
	x := func(i int) *big.Rat { return n.exact[i].rat() }
	times := func(k int64, factors ...*big.Rat) *big.Rat {
		z := new(big.Rat).SetInt64(k)
		for _, f := range factors {
			z.Mul(z, f)
		}
		return z
	}
	sum := func(terms ...*big.Rat) *big.Rat {
		z := new(big.Rat)
		for _, t := range terms {
			z.Add(z, t)
		}
		return z
	}
	rows := new(big.Rat).SetInt64(y.N)
	mean := new(big.Rat).Quo(y.exact.one.rat(), rows)
	two, square := y.exact.two.rat(), times(1, mean, mean)
	fourth, third := sum(x(0), times(2, x(1)), x(2)), sum(x(3), x(4))
	errors := s.exact.one.rat()
	float := func(r *big.Rat) float64 { f, _ := r.Float64(); return f }
	return &stats.RSquaredSums{
		N: y.N, EE: s.Sum, EEEE: s.Square,
		DD:   float(sum(two, times(-1, rows, square))),
		EEDD: float(sum(x(5), x(6), times(-2, mean, x(7)), times(1, square, errors))),
		DDDD: float(sum(fourth, times(-4, mean, third), times(6, square, two), times(-3, rows, square, square))),
	}
}

// rootDifference is √(mean of s) − √(mean of t), of two models' squared errors on the same rows, by its influence function: a row's share is
// s/2√mean(s) − t/2√mean(t). The standard error is 0 where both are the same, and NaN where one model has no error.
func rootDifference(s, t *Summary, products *total) Loss {
	if s.N < 1 {
		return noLoss
	}
	l := Loss{Mean: math.Sqrt(s.Mean.Mean) - math.Sqrt(t.Mean.Mean), SE: math.NaN()}
	if s.N < 2 || !(s.Mean.Mean > 0 && t.Mean.Mean > 0) {
		return l
	}
	rows := new(big.Rat).SetInt64(s.N)
	// the covariance of the two means, n·cov = (n·Σst − ΣsΣt) / (n(n−1))
	c := new(big.Rat).Mul(rows, products.rat())
	c.Sub(c, new(big.Rat).Mul(s.exact.one.rat(), t.exact.one.rat()))
	c.Quo(c, new(big.Rat).SetInt64(s.N-1))
	c.Quo(c, rows.Mul(rows, rows))
	covariance, _ := c.Float64()
	a, b := s.Mean.SE/(2*math.Sqrt(s.Mean.Mean)), t.Mean.SE/(2*math.Sqrt(t.Mean.Mean))
	cross := covariance / (4 * math.Sqrt(s.Mean.Mean) * math.Sqrt(t.Mean.Mean))
	variance := a*a + b*b - 2*cross
	if variance < 1e-14*(a*a+b*b) {
		variance = 0 // rounding
	}
	l.SE = math.Sqrt(variance)
	return l
}

// PinballOf are the pinball losses of a level of the plan.
func (r *Regression) PinballOf(level float64) (at int, ok bool) {
	at = slices.Index(r.Levels, level)
	return at, at >= 0
}
