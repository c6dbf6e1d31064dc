package stats

import "math"

// Confusion is a square table of rows by true class (first index) and predicted class.
type Confusion [][]int64

// MacroRecall is the unweighted mean of the classes' recalls (balanced accuracy): their samples are independent, see [Average]. The zero Basis where a
// class has no rows.
func (c Confusion) MacroRecall() Basis {
	return c.average(func(truth, _ []float64) []float64 { return truth })
}

// MacroPrecision is the unweighted mean of the classes' precisions, see [Average]. The zero Basis where a class is never predicted.
func (c Confusion) MacroPrecision() Basis {
	return c.average(func(_, predicted []float64) []float64 { return predicted })
}

func (c Confusion) average(denominators func(truth, predicted []float64) []float64) Basis {
	truth, predicted, total := c.margins()
	if !(total > 0) {
		return Basis{}
	}
	var parts []Basis
	for i, n := range denominators(truth, predicted) {
		p := Proportion(float64(c[i][i]), n)
		if p.Method == "" {
			return Basis{}
		}
		parts = append(parts, p)
	}
	return Average(parts...)
}

// Micro is the share of rows whose class is right: accuracy, and for one label a row also micro precision, recall and F1; also the weighted mean of recalls.
func (c Confusion) Micro() Basis {
	_, _, total := c.margins()
	if !(total > 0) {
		return Basis{}
	}
	right := 0.0
	for i := range c {
		right += float64(c[i][i])
	}
	return Proportion(right, total)
}

// MacroF1 is the unweighted mean of the classes' F1, which share rows: by its influence function, with Student's t limits, the upper one on the identity scale and
// the lower one on that of log(1 − F1). Support is the least TP+FP+FN of a class: under 30 there is none. The zero Basis where a class has no rows, where fewer than 5 rows are
// wrong or fewer than 5 of a class right.
func (c Confusion) MacroF1() Basis { return c.meanAgreement(f1Of, false) }

// WeightedF1 is the mean of the classes' F1, weighted by their rows; see [Confusion.MacroF1].
func (c Confusion) WeightedF1() Basis { return c.meanAgreement(f1Of, true) }

// WeightedPrecision is the mean of the classes' precisions, weighted by their true rows; see [Confusion.MacroF1]. The zero Basis where a
// class is never predicted.
func (c Confusion) WeightedPrecision() Basis { return c.meanAgreement(precisionOf, true) }

// Kappa is Cohen's agreement of several classes beyond chance (1960, doi:10.1177/001316446002000104): (pₒ − pₑ)/(1 − pₑ), at most 1. The standard error
// is that of Fleiss, Cohen and Everitt (1969, doi:10.1037/h0028106), which is the influence function's; limits as [Confusion.MacroF1] has them, with the rows that are
// not of the commonest class, truly or as predicted, as support. The zero Basis where chance alone would always agree.
func (c Confusion) Kappa() Basis { return c.agreement(Confusion.kappaBy) }

// MCC is Matthews's correlation of several classes, Gorodkin's R_K (2004, doi:10.1016/j.compbiolchem.2004.09.006), in [−1, 1]; limits as [Confusion.Kappa] has
// them. The zero Basis where all rows are of one class, truly or as predicted.
func (c Confusion) MCC() Basis { return c.agreement(Confusion.mccBy) }

// MacroJaccard is the unweighted mean of the classes' Jaccard indices; see [Confusion.MacroF1].
func (c Confusion) MacroJaccard() Basis { return c.meanAgreement(jaccardOf, false) }

// WeightedJaccard is the mean of the classes' Jaccard indices, weighted by their rows; see [Confusion.MacroF1].
func (c Confusion) WeightedJaccard() Basis { return c.meanAgreement(jaccardOf, true) }

// A shared figure of a table that does not change if all cells are multiplied: its value, what a row of each cell adds to it (its influence, the derivative
// by that cell), and its support. The value is NaN where it is undefined.
type shared func(c Confusion) (value float64, share [][]float64, support float64)

// minWrong is how many rows must be wrong, and minRight how many of other classes than the commonest must be right, for limits of a figure of a whole table;
// minRightEach is how many of each class, for a mean over classes. Models that do no better than chance on rare classes miss up to .076 without.
const (
	minWrong     = 5
	minRight     = 10
	minRightEach = 5
)

// agreement is the figure with the standard error of its influence function, and the rows as degrees of freedom. The zero Basis with few rows that are
// wrong, or right.
func (c Confusion) agreement(of shared) Basis {
	value, share, support := of(c)
	right, _, total := c.trace()
	if math.IsNaN(value) || total-right < minWrong || c.rightOutside() < minRight {
		return Basis{}
	}
	b := StudentT(value, math.Sqrt(c.squares(share)), total-1)
	if b.Method != "" {
		b.Method, b.N = methodAgreement, support
	}
	return b
}

// meanAgreement is that of a mean over classes.
func (c Confusion) meanAgreement(of ratioOf, weighted bool) Basis {
	for i := range c {
		if c[i][i] < minRightEach {
			return Basis{}
		}
	}
	return c.agreement(meanBy(of, weighted))
}

// rightOutside is how many rows are right, of those that are not truly of the commonest class.
func (c Confusion) rightOutside() float64 {
	truth, _, _ := c.margins()
	commonest := 0
	sum := 0.0
	for i := range c {
		if truth[i] > truth[commonest] {
			commonest = i
		}
		sum += float64(c[i][i])
	}
	return sum - float64(c[commonest][commonest])
}

// agreementLimit is Student's t: the upper one on the identity scale, up to 1; the lower one on that of log(1 − figure), where what is left of 1 is a rate of
// errors, and skewed where these are few. Each is the wider of the two. Under 30 rows of support there is none.
func (b Basis) agreementLimit(a float64, s side) float64 {
	left := 1 - b.Estimate
	switch {
	case !(b.N >= minInfluence && left > 0):
		return math.NaN()
	case s == upper:
		return math.Min(1, symmetric(b.Estimate, b.SE, studentUpper(a, b.DF), s))
	}
	return -math.Expm1(symmetric(math.Log(left), b.SE/left, studentUpper(a, b.DF), upper))
}

// squares are the sum over rows of the squares of what they add.
func (c Confusion) squares(share [][]float64) float64 {
	sum := 0.0
	for t, row := range c {
		for p, n := range row {
			if n > 0 {
				sum += float64(n) * share[t][p] * share[t][p]
			}
		}
	}
	return sum
}

// trace is the number of rows on the diagonal; the sum over classes of the products of margins; and all rows.
func (c Confusion) trace() (right, products, total float64) {
	truth, predicted, total := c.margins()
	if !(total > 0) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	for i := range c {
		right += float64(c[i][i])
		products += truth[i] * predicted[i]
	}
	return right, products, total
}

// kappaBy is Cohen's kappa, (n·D − E)/(n² − E) of n rows of which D are right and E the sum of the margins' products.
func (c Confusion) kappaBy() (value float64, share [][]float64, support float64) {
	right, products, n := c.trace()
	bottom := n*n - products
	if !(bottom > 0) {
		return math.NaN(), nil, 0
	}
	truth, predicted, _ := c.margins()
	value = (n*right - products) / bottom
	return value, c.each(func(t, p int) float64 {
		more := predicted[t] + truth[p] // of E
		return (n*one(t == p) + right - more - value*(2*n-more)) / bottom
	}), outsideCommonest(truth, predicted)
}

// mccBy is Gorodkin's R_K, (n·D − E)/√((n² − Σtruth²)(n² − Σpredicted²)).
func (c Confusion) mccBy() (value float64, share [][]float64, support float64) {
	right, products, n := c.trace()
	truth, predicted, _ := c.margins()
	a, b := n*n, n*n
	for i := range truth {
		a -= truth[i] * truth[i]
		b -= predicted[i] * predicted[i]
	}
	if !(a > 0 && b > 0) {
		return math.NaN(), nil, 0
	}
	root := math.Sqrt(a) * math.Sqrt(b)
	value = (n*right - products) / root
	return value, c.each(func(t, p int) float64 {
		return (n*one(t == p)+right-predicted[t]-truth[p])/root - value*((n-truth[t])/a+(n-predicted[p])/b)
	}), outsideCommonest(truth, predicted)
}

// each is a number for each cell.
func (c Confusion) each(of func(truth, predicted int) float64) [][]float64 {
	all := make([][]float64, len(c))
	for t := range c {
		all[t] = make([]float64, len(c))
		for p := range c {
			all[t][p] = of(t, p)
		}
	}
	return all
}

// outsideCommonest is how many rows are not of the commonest class, truly or as predicted: the fewer of the two. Of two classes it is the smallest margin.
func outsideCommonest(truth, predicted []float64) float64 {
	outside := func(rows []float64) float64 {
		sum, most := 0.0, 0.0
		for _, n := range rows {
			sum, most = sum+n, math.Max(most, n)
		}
		return sum - most
	}
	return math.Min(outside(truth), outside(predicted))
}

// ratio is a class's figure top/bottom, with what a row adds to both by its true and its predicted class being that one, or not.
type ratio struct {
	top, bottom float64
	adds        func(truth, predicted bool) (top, bottom float64)
	support     float64
}

// ratioOf is the figure of a class with so many rows truly, as predicted, and both.
type ratioOf func(truth, predicted, both float64) ratio

func precisionOf(_, predicted, both float64) ratio {
	return ratio{both, predicted, func(t, p bool) (top, bottom float64) { return one(t && p), one(p) }, predicted}
}

func f1Of(truth, predicted, both float64) ratio {
	return ratio{2 * both, truth + predicted, func(t, p bool) (top, bottom float64) { return 2 * one(t && p), one(t) + one(p) }, truth + predicted - both}
}

func jaccardOf(truth, predicted, both float64) ratio {
	return ratio{both, truth + predicted - both, func(t, p bool) (top, bottom float64) { return one(t && p), one(t || p) }, truth + predicted - both}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// meanBy is the mean of the classes' ratios: a row adds the sum over classes of weight·(top − ratio·bottom)/Σbottom, and, where weights are the classes'
// shares of rows, (its class's ratio − mean)/rows.
func meanBy(of ratioOf, weighted bool) shared {
	return func(c Confusion) (mean float64, share [][]float64, support float64) {
		truth, predicted, total := c.margins()
		if !(total > 0) {
			return math.NaN(), nil, 0
		}
		ratios, values, weights := make([]ratio, len(c)), make([]float64, len(c)), make([]float64, len(c))
		support = math.Inf(1)
		for i := range c {
			ratios[i] = of(truth[i], predicted[i], float64(c[i][i]))
			if !(ratios[i].bottom > 0) {
				return math.NaN(), nil, 0
			}
			values[i] = ratios[i].top / ratios[i].bottom
			weights[i] = 1 / float64(len(c))
			if weighted {
				weights[i] = truth[i] / total
			}
			mean += weights[i] * values[i]
			support = math.Min(support, ratios[i].support)
		}
		return mean, c.each(func(t, p int) float64 {
			x := 0.0
			for k, i := range [2]int{t, p} {
				if k == 1 && t == p {
					break
				}
				top, bottom := ratios[i].adds(i == t, i == p)
				x += weights[i] * (top - values[i]*bottom) / ratios[i].bottom
			}
			if weighted {
				x += (values[t] - mean) / total
			}
			return x
		}), support
	}
}

// margins are the rows by true and by predicted class; a total of NaN says that the table is no table.
func (c Confusion) margins() (truth, predicted []float64, total float64) {
	truth, predicted = make([]float64, len(c)), make([]float64, len(c))
	for i, row := range c {
		if len(row) != len(c) {
			return nil, nil, math.NaN()
		}
		for j, n := range row {
			if n < 0 {
				return nil, nil, math.NaN()
			}
			truth[i] += float64(n)
			predicted[j] += float64(n)
			total += float64(n)
		}
	}
	return truth, predicted, total
}
