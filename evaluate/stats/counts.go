package stats

import "math"

// PairedCounts are rows judged by two models, [label][2*ours+theirs]: the first index is the label (0 or 1), the second says who called
// the row positive: 0 neither, 1 only theirs, 2 only ours, 3 both.
type PairedCounts [2][4]int64

// Recall is the table for [Paired] of the true positive rates: who found each positive row.
func (c PairedCounts) Recall() [4]int64 { return called(c[1]) }

// FalsePositiveRate is the table for [Paired] of the false positive rates: who called each negative row positive.
func (c PairedCounts) FalsePositiveRate() [4]int64 { return called(c[0]) }

// SelectionRate is the table for [Paired] of the shares that are called positive.
func (c PairedCounts) SelectionRate() [4]int64 { return sum(called(c[0]), called(c[1])) }

// Accuracy is the table for [Paired] of the accuracies: who was right on each row.
func (c PairedCounts) Accuracy() [4]int64 {
	negative := c[0]
	return sum(called(c[1]), [4]int64{negative[0], negative[1], negative[2], negative[3]})
}

// called puts calls into the order of Table: both, only ours, only theirs, neither.
func called(c [4]int64) [4]int64 { return [4]int64{c[3], c[2], c[1], c[0]} }

func sum(x, y [4]int64) [4]int64 {
	for i := range x {
		x[i] += y[i]
	}
	return x
}

// PairedPrecision is the difference of precisions, ours − theirs, on the same rows. Their denominators differ, so no 2×2 table holds it;
// the standard error is that of the influence function, the root of Σ (a(y−P₁)/n₁ − b(y−P₂)/n₂)² over the rows, where a and b are the
// two models' calls, n their sums and P their precisions. The support is the smaller n; see [Influence]. The zero Basis where a model
// calls nothing positive or a count is negative.
func PairedPrecision(c PairedCounts) Basis {
	return c.influence(func(label, call float64) (top, bottom float64) { return label * call, call },
		func(label, call float64) float64 { return call })
}

// PairedF1 is the difference of F1, ours − theirs, on the same rows, with the standard error of its influence function. The support is the
// smaller of the two models' TP+FP+FN; see [Influence]. The zero Basis where a model has none of these or a count is negative.
func PairedF1(c PairedCounts) Basis {
	return c.influence(func(label, call float64) (top, bottom float64) { return 2 * label * call, label + call },
		func(label, call float64) float64 { return math.Max(label, call) })
}

// influence is the difference of two figures Σtop/Σbottom over the rows, with support Σrows.
func (c PairedCounts) influence(terms func(label, call float64) (top, bottom float64), supports func(label, call float64) float64) Basis {
	var tops, bottoms, support [2]float64
	for label, cells := range c {
		for cell, n := range cells {
			if n < 0 {
				return Basis{}
			}
			for model := range 2 {
				y, call := float64(label), calls(cell, model)
				top, bottom := terms(y, call)
				tops[model] += float64(n) * top
				bottoms[model] += float64(n) * bottom
				support[model] += float64(n) * supports(y, call)
			}
		}
	}
	if bottoms[0] == 0 || bottoms[1] == 0 {
		return Basis{}
	}
	value := [2]float64{tops[0] / bottoms[0], tops[1] / bottoms[1]}
	variance := 0.0
	for label, cells := range c {
		for cell, n := range cells {
			var part [2]float64
			for model := range 2 {
				top, bottom := terms(float64(label), calls(cell, model))
				part[model] = (top - value[model]*bottom) / bottoms[model]
			}
			d := part[0] - part[1]
			variance += float64(n) * d * d
		}
	}
	return Influence(value[0]-value[1], math.Sqrt(variance), int64(math.Min(support[0], support[1])))
}

// calls is 1 where the model (0 ours, 1 theirs) calls the cell's rows positive.
func calls(cell, model int) float64 { return float64(cell >> (1 - model) & 1) }

// PairedFBeta is the difference of F-beta, ours − theirs, on the same rows; see [PairedF1]. The zero Basis also where β is not positive
// and finite.
func PairedFBeta(c PairedCounts, beta float64) Basis {
	if !(beta > 0) || math.IsInf(beta, 0) {
		return Basis{}
	}
	missed := 1 / (1 + 1/beta/beta)
	return c.influence(func(label, call float64) (top, bottom float64) { return label * call, missed*label + (1-missed)*call },
		func(label, call float64) float64 { return math.Max(label, call) })
}

// PairedJaccard is the difference of TP/(TP+FP+FN), ours − theirs, on the same rows; see [PairedF1].
func PairedJaccard(c PairedCounts) Basis {
	return c.influence(func(label, call float64) (top, bottom float64) { return label * call, math.Max(label, call) },
		func(label, call float64) float64 { return math.Max(label, call) })
}

// PairedBalancedAccuracy is the difference of balanced accuracies, ours − theirs, on the same rows: the mean of the differences of recall and
// of specificity, which have independent samples ([Average] of [Paired]). The zero Basis where a class has no rows or a count is negative.
func PairedBalancedAccuracy(c PairedCounts) Basis {
	negative := c[0] // who was right: who did not call the row
	recall, specificity := Paired(c.Recall()), Paired([4]int64{negative[0], negative[1], negative[2], negative[3]})
	if recall.Method == "" || specificity.Method == "" {
		return Basis{}
	}
	return Average(recall, specificity)
}

// PairedMCC is the difference of Matthews's correlations, ours − theirs, on the same rows, with the standard error of its influence
// function, which is that figure's gradient by the cells of the table. The support is the smallest of all sums of a row or column
// of both tables. The zero Basis where one of them is 0 or a count is negative.
func PairedMCC(c PairedCounts) Basis { return c.gradient(mccBy) }

// PairedKappa is the difference of Cohen's kappas, ours − theirs, on the same rows; see [PairedMCC]. One kappa's variance by this gradient
// is that of Fleiss, Cohen and Everitt 1969, doi:10.1037/h0028106.
func PairedKappa(c PairedCounts) Basis { return c.gradient(kappaBy) }

// mccBy is Matthews's correlation and its derivatives by the four cells.
func mccBy(t Counts) (float64, Counts) {
	p, q, n := t.TP+t.FN, t.TP+t.FP, t.TP+t.FP+t.TN+t.FN
	root := math.Sqrt(p) * math.Sqrt(q) * math.Sqrt(n-p) * math.Sqrt(n-q)
	value := (t.TP*t.TN - t.FP*t.FN) / root
	// The root's logarithm rises by half of 1/p with a positive row, and so on.
	return value, Counts{
		TP: t.TN/root - value/2*(1/p+1/q), FN: -t.FP/root - value/2*(1/p+1/(n-q)),
		FP: -t.FN/root - value/2*(1/(n-p)+1/q), TN: t.TP/root - value/2*(1/(n-p)+1/(n-q)),
	}
}

// kappaBy is Cohen's kappa and its derivatives by the four cells.
func kappaBy(t Counts) (float64, Counts) {
	p, q, n := t.TP+t.FN, t.TP+t.FP, t.TP+t.FP+t.TN+t.FN
	top, bottom := 2*(t.TP*t.TN-t.FP*t.FN), p*(n-q)+q*(n-p)
	value := top / bottom
	return value, Counts{
		TP: (2*t.TN - value*(2*n-p-q)) / bottom, FN: (-2*t.FP - value*(n-q+p)) / bottom,
		FP: (-2*t.FN - value*(n-p+q)) / bottom, TN: (2*t.TP - value*(p+q)) / bottom,
	}
}

// gradient is the difference of a figure that does not change if all cells are multiplied, so that a row's influence is the figure's
// derivative by the row's cell.
func (c PairedCounts) gradient(figure func(Counts) (value float64, by Counts)) Basis {
	var tables [2]Counts
	for label, cells := range c {
		for cell, n := range cells {
			if n < 0 {
				return Basis{}
			}
			for model := range tables {
				*tables[model].cell(label, calls(cell, model)) += float64(n)
			}
		}
	}
	support := math.Inf(1)
	var value [2]float64
	var by [2]Counts
	for model, t := range tables {
		support = math.Min(support, math.Min(math.Min(t.TP+t.FN, t.TN+t.FP), math.Min(t.TP+t.FP, t.TN+t.FN)))
		value[model], by[model] = figure(t)
	}
	if support == 0 {
		return Basis{}
	}
	variance := 0.0
	for label, cells := range c {
		for cell, n := range cells {
			d := *by[0].cell(label, calls(cell, 0)) - *by[1].cell(label, calls(cell, 1))
			variance += float64(n) * d * d
		}
	}
	return Influence(value[0]-value[1], math.Sqrt(variance), int64(support))
}

func (t *Counts) cell(label int, call float64) *float64 {
	switch {
	case label == 1 && call == 1:
		return &t.TP
	case label == 1:
		return &t.FN
	case call == 1:
		return &t.FP
	}
	return &t.TN
}
