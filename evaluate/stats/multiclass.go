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

// MacroF1 is the unweighted mean of the classes' F1, which share rows: by its influence function. Support is the least TP+FP+FN of a class; see
// [Influence]. The zero Basis where a class has none.
func (c Confusion) MacroF1() Basis { return c.mean(c.f1, false) }

// WeightedF1 is the mean of the classes' F1, weighted by their rows; see [Confusion.MacroF1].
func (c Confusion) WeightedF1() Basis { return c.mean(c.f1, true) }

// WeightedPrecision is the mean of the classes' precisions, weighted by their true rows; see [Confusion.MacroF1]. The zero Basis where a
// class is never predicted.
func (c Confusion) WeightedPrecision() Basis { return c.mean(c.precision, true) }

// ratio is a class's figure top/bottom, with what a row adds to both by its true and its predicted class being that one, or not.
type ratio struct {
	top, bottom float64
	adds        func(truth, predicted bool) (top, bottom float64)
	support     float64
}

func (c Confusion) f1(class int, truth, predicted []float64) ratio {
	tp := float64(c[class][class])
	return ratio{2 * tp, truth[class] + predicted[class], func(t, p bool) (top, bottom float64) {
		return 2 * one(t && p), one(t) + one(p)
	}, truth[class] + predicted[class] - tp}
}

func (c Confusion) precision(class int, _, predicted []float64) ratio {
	return ratio{float64(c[class][class]), predicted[class], func(t, p bool) (top, bottom float64) { return one(t && p), one(p) }, predicted[class]}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// mean is the mean of the classes' ratios, with the standard error of its influence function: a row's share is the sum over classes of
// weight·(top − ratio·bottom)/Σbottom, and, where weights are the classes' shares of rows, (its class's ratio − mean)/rows.
func (c Confusion) mean(of func(class int, truth, predicted []float64) ratio, weighted bool) Basis {
	truth, predicted, total := c.margins()
	if !(total > 0) {
		return Basis{}
	}
	ratios, values, weights := make([]ratio, len(c)), make([]float64, len(c)), make([]float64, len(c))
	mean, support := 0.0, math.Inf(1)
	for i := range c {
		ratios[i] = of(i, truth, predicted)
		if !(ratios[i].bottom > 0) {
			return Basis{}
		}
		values[i] = ratios[i].top / ratios[i].bottom
		weights[i] = 1 / float64(len(c))
		if weighted {
			weights[i] = truth[i] / total
		}
		mean += weights[i] * values[i]
		support = math.Min(support, ratios[i].support)
	}
	variance := 0.0
	for t := range c {
		for p := range c {
			share := 0.0
			for i, r := range ratios {
				if i == t || i == p {
					top, bottom := r.adds(i == t, i == p)
					share += weights[i] * (top - values[i]*bottom) / r.bottom
				}
			}
			if weighted {
				share += (values[t] - mean) / total
			}
			variance += float64(c[t][p]) * share * share
		}
	}
	return Influence(mean, math.Sqrt(variance), int64(support))
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
