package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

func extremeStudies() []study {
	groups := []struct {
		rates []float64
		sizes []int
	}{
		{[]float64{.2, .2, .2}, []int{100, 100, 100}},
		{[]float64{.1, .15, .3}, []int{300, 100, 40}},
		{[]float64{.5, .5, .5, .5, .6}, []int{200, 200, 1000, 50, 50}},
		{[]float64{.9, .95}, []int{100, 800}},
	}
	if soak {
		twenty := struct {
			rates []float64
			sizes []int
		}{}
		for i := range 20 {
			twenty.rates = append(twenty.rates, .2+.01*float64(i%5))
			twenty.sizes = append(twenty.sizes, 60+40*i)
		}
		groups = append(groups, twenty)
	}
	difference := study{figure: "largest difference of groups", method: "pairs by MOVER: the widest at a, the most extreme at a/M", paper: "6, 22", bound: boundCounts, guaranteed: true}
	ratio := study{figure: "smallest ratio of groups", method: "pairs by MOVER: the widest at a, the most extreme at a/M", paper: "7, 22", bound: boundCounts, guaranteed: true}
	for _, g := range groups {
		draw := func(r *rand.Rand) []Basis {
			var out []Basis
			for i, n := range g.sizes {
				out = append(out, Proportion(float64(binomialDraw(r, n, g.rates[i])), float64(n)))
			}
			return out
		}
		where := fmt.Sprintf("rates %.3v of %v", g.rates, g.sizes)
		least, most := slices.Min(g.rates), slices.Max(g.rates)
		difference.settings = append(difference.settings, setting{where, most - least, func(r *rand.Rand) Basis { return MaxDifference(draw(r)...) }})
		ratio.settings = append(ratio.settings, setting{where, least / most, func(r *rand.Rand) Basis { return MinRatio(draw(r)...) }})
	}
	return []study{difference, ratio, medianStudy()}
}

// medianStudy is of the share of each of two groups that scores above the median of all rows, which is drawn with them.
func medianStudy() study {
	s := study{figure: "ratio of scoring rates, against the median of all rows", method: "MOVER, the median taken as fixed", paper: "7", bound: boundCounts}
	for _, shift := range []float64{0, .5} {
		for _, n := range [][2]int{{50, 50}, {50, 500}, {300, 300}} {
			// The population's median: where the mixture's tail is ½.
			w := float64(n[0]) / float64(n[0]+n[1])
			c := cutFor(func(c float64) float64 { return w*normalTail(c-shift) + (1-w)*normalTail(c) }, .5)
			s.settings = append(s.settings, setting{fmt.Sprintf("%d of N(%v, 1), %d of N(0, 1)", n[0], shift, n[1]), normalTail(c-shift) / normalTail(c), func(r *rand.Rand) Basis {
				x, y := normals(r, n[0], shift, 1), normals(r, n[1], 0, 1)
				all := slices.Concat(x, y)
				sort.Float64s(all)
				median := (all[(len(all)-1)/2] + all[len(all)/2]) / 2
				share := func(xs []float64) Basis {
					k := 0.0
					for _, v := range xs {
						k += count(v > median, 1)
					}
					return Proportion(k, float64(len(xs)))
				}
				return Ratio(share(x), share(y))
			}})
		}
	}
	return s
}

// classed is a population of classes: their shares, and the confusion of each.
type classed struct {
	shares []float64
	calls  [][]float64
}

func (c classed) draw(r *rand.Rand, n int) Confusion {
	out := make(Confusion, len(c.shares))
	rest, left := 1.0, n
	for i, share := range c.shares {
		rows := left
		if i < len(c.shares)-1 {
			rows = binomialDraw(r, left, share/rest)
		}
		left, rest = left-rows, rest-share
		part := 1.0
		for j, p := range c.calls[i] {
			k := rows
			if j < len(c.calls[i])-1 {
				k = binomialDraw(r, rows, math.Min(1, p/part))
			}
			out[i] = append(out[i], int64(k))
			rows, part = rows-k, part-p
		}
	}
	return out
}

func (c classed) expected() Confusion {
	out := make(Confusion, len(c.shares))
	for i, share := range c.shares {
		for _, p := range c.calls[i] {
			out[i] = append(out[i], int64(math.Round(share*p*1e9)))
		}
	}
	return out
}

func classStudies() []study {
	populations := []classed{
		{[]float64{.5, .3, .2}, [][]float64{{.8, .1, .1}, {.1, .7, .2}, {.1, .2, .7}}},
		{[]float64{.9, .06, .04}, [][]float64{{.97, .02, .01}, {.3, .6, .1}, {.2, .1, .7}}},
		{[]float64{.4, .3, .2, .1}, [][]float64{{.95, .02, .02, .01}, {.05, .9, .03, .02}, {.05, .1, .8, .05}, {.1, .1, .1, .7}}},
	}
	sizes := []int{300, 2000}
	figures := []struct {
		name, method, paper string
		bound               float64
		of                  func(Confusion) Basis
	}{
		{"macro recall", "MOVER on the classes' recalls", "6", boundCounts, Confusion.MacroRecall},
		{"macro precision", "MOVER on the classes' precisions", "6", boundCounts, Confusion.MacroPrecision},
		{"micro F1, accuracy", "Clopper-Pearson", "2", nominal, Confusion.Micro},
	}
	var all []study
	for _, f := range figures {
		s := study{figure: f.name, method: f.method, paper: f.paper, bound: f.bound, guaranteed: f.bound == nominal}
		for _, p := range populations {
			for _, n := range sizes {
				s.settings = append(s.settings, setting{fmt.Sprintf("shares %v, n %d", p.shares, n), f.of(p.expected()).Value(), func(r *rand.Rand) Basis {
					c := p.draw(r, n)
					truth, predicted, _ := c.margins()
					if slices.Min(truth) < minSupport || slices.Min(predicted) < minSupport {
						return Basis{}
					}
					return f.of(c)
				}})
			}
		}
		all = append(all, s)
	}
	handTill := study{figure: "Hand and Till's AUC", method: "influence function on the logit scale; few rows: Clopper-Pearson, the wider", paper: "9, 24", bound: boundRest}
	versusRest := study{figure: "macro AUC, one against the rest", method: "influence function on the logit scale; few rows: Clopper-Pearson, the wider", paper: "3, 9", bound: boundRest}
	for _, classes := range [][]int{{40, 40, 40}, {300, 60, 30}, {200, 100, 60, 40}} {
		for _, shift := range []float64{.5, 1.5, 3} {
			shifts := make([]float64, len(classes))
			truth := 0.0
			for i := range shifts {
				shifts[i] = shift * (1 + .2*float64(i))
				truth += (1 - normalTail(shifts[i]/math.Sqrt2)) / float64(len(classes))
			}
			where := fmt.Sprintf("classes %v, shifts from %v", classes, shift)
			handTill.settings = append(handTill.settings, setting{where, truth, func(r *rand.Rand) Basis { return classAUC(r, classes, shifts, true) }})
			versusRest.settings = append(versusRest.settings, setting{where, truth, func(r *rand.Rand) Basis { return classAUC(r, classes, shifts, false) }})
		}
	}
	return append(all, handTill, versusRest)
}

// classAUC draws a score for each class and row, and gives the mean of the pairs' areas, or of those of each class against the rest.
func classAUC(r *rand.Rand, classes []int, shifts []float64, pairs bool) Basis {
	c := len(classes)
	s := make([][][]float64, c) // by class of the row, by score
	for k, n := range classes {
		s[k] = make([][]float64, c)
		for range n {
			common := r.NormFloat64() * math.Sqrt(.5)
			for j := range c {
				x := common + r.NormFloat64()*math.Sqrt(.5)
				if j == k {
					x += shifts[k]
				}
				s[k][j] = append(s[k][j], x)
			}
		}
	}
	mean, se := meanAreas(s, pairs)
	rows := make([]int64, c)
	for k, n := range classes {
		rows[k] = int64(n)
	}
	return MeanAUC(mean, se, rows...)
}

// meanAreas is the mean and its standard error, of scores by the row's class and the score's.
func meanAreas(s [][][]float64, pairs bool) (mean, se float64) {
	c, total := len(s), 0
	share := make([][]float64, c)
	classes := make([]int, c)
	for k := range s {
		classes[k] = len(s[k][0])
		share[k] = make([]float64, classes[k])
		total += classes[k]
	}
	for i := range c {
		if pairs {
			for j := range c {
				if i == j {
					continue
				}
				w := 1 / float64(c*(c-1))
				v, u := placements(s[i][i], s[j][i]), flip(placements(s[j][i], s[i][i]))
				a := meanOf(v)
				mean += w * a
				for k := range v {
					share[i][k] += w * (v[k] - a) / float64(classes[i])
				}
				for k := range u {
					share[j][k] += w * (u[k] - a) / float64(classes[j])
				}
			}
			continue
		}
		var rest []float64
		for j := range c {
			if j != i {
				rest = append(rest, s[j][i]...)
			}
		}
		w := 1 / float64(c)
		v, u := placements(s[i][i], rest), flip(placements(rest, s[i][i]))
		a := meanOf(v)
		mean += w * a
		for k := range v {
			share[i][k] += w * (v[k] - a) / float64(classes[i])
		}
		at := 0
		for j := range c {
			if j == i {
				continue
			}
			for k := range share[j] {
				share[j][k] += w * (u[at] - a) / float64(total-classes[i])
				at++
			}
		}
	}
	variance := 0.0
	for _, xs := range share {
		for _, x := range xs {
			variance += x * x
		}
	}
	return mean, math.Sqrt(variance)
}

func sortBy(index []int, key func(int) float64) {
	sort.Slice(index, func(i, j int) bool { return key(index[i]) < key(index[j]) })
}
