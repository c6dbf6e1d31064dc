package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// binormal scores: negatives N(0, 1), positives N(shift, scale²).
type binormal struct{ prevalence, shift, scale float64 }

func (b binormal) String() string {
	return fmt.Sprintf("π %.3g, N(%.3g, %.3g²)", b.prevalence, b.shift, b.scale)
}

func normalTail(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }

func (b binormal) falls(c float64) float64  { return normalTail(c) }
func (b binormal) recall(c float64) float64 { return normalTail((c - b.shift) / b.scale) }
func (b binormal) selects(c float64) float64 {
	return b.prevalence*b.recall(c) + (1-b.prevalence)*b.falls(c)
}
func (b binormal) roc(x float64) float64 { return b.recall(normalUpper(x)) }

// cutFor is the c at which a falling function has a value.
func cutFor(f func(c float64) float64, value float64) float64 {
	low, high := -50.0, 50.0
	for range 200 {
		if mid := (low + high) / 2; f(mid) > value {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

func (b binormal) precision(c float64) float64 { return b.prevalence * b.recall(c) / b.selects(c) }

// over is the mean of f over (0, to).
func over01(to float64, f func(x float64) float64) float64 {
	const steps = 20000
	sum := 0.0
	for i := range steps {
		sum += f((float64(i) + .5) / steps * to)
	}
	return sum / steps
}

func (b binormal) averagePrecision() float64 {
	return over01(1, func(u float64) float64 { return b.precision(b.shift + b.scale*normalUpper(u)) })
}

func (b binormal) area() float64 {
	return 1 - normalTail(b.shift/math.Sqrt(1+b.scale*b.scale))
}

func (b binormal) ks() float64 {
	most := 0.0
	for c := -8.0; c < 20; c += .001 {
		most = math.Max(most, math.Abs(b.recall(c)-b.falls(c)))
	}
	return most
}

// draw is a sample of n rows: the scores of each class, from the highest down.
func (b binormal) draw(r *rand.Rand, n int) scores {
	positives := binomialDraw(r, n, b.prevalence)
	s := scores{normals(r, n-positives, 0, 1), normals(r, positives, b.shift, b.scale)}
	for _, xs := range s {
		sortDown(xs)
	}
	return s
}

type scores [2][]float64

// above is how many of a list, from the highest down, are above x.
func above(xs []float64, x float64) int {
	return sort.Search(len(xs), func(i int) bool { return xs[i] <= x })
}

func (s scores) sizes() (negatives, positives int64) { return int64(len(s[0])), int64(len(s[1])) }

func (s scores) few(support int) bool { return min(len(s[0]), len(s[1])) < support }

func (s scores) averagePrecision() (ap, se float64, share [2][]float64) {
	n1 := float64(len(s[1]))
	precision, selected := make([]float64, len(s[1])), make([]float64, len(s[1]))
	for i, x := range s[1] {
		found := float64(sort.Search(len(s[1]), func(j int) bool { return s[1][j] < x }))
		selected[i] = found + float64(sort.Search(len(s[0]), func(j int) bool { return s[0][j] < x }))
		precision[i] = found / selected[i]
		ap += precision[i] / n1
	}
	share = [2][]float64{make([]float64, len(s[0])), make([]float64, len(s[1]))}
	g, h, at := 0.0, 0.0, len(s[0])-1
	variance := 0.0
	for i := len(s[1]) - 1; i >= 0; i-- {
		for ; at >= 0 && s[0][at] < s[1][i]; at-- {
			share[0][at] = -h / n1
		}
		g += 1 / selected[i]
		h += precision[i] / selected[i]
		if i > 0 && s[1][i-1] == s[1][i] {
			continue // the sums are over all positives of this score
		}
		for k := i; k < len(s[1]) && s[1][k] == s[1][i]; k++ {
			share[1][k] = (precision[k] - ap + g - h) / n1
		}
	}
	for ; at >= 0; at-- {
		share[0][at] = -h / n1
	}
	for _, xs := range share {
		for _, x := range xs {
			variance += x * x
		}
	}
	return ap, math.Sqrt(variance), share
}

func (s scores) auc() (auc, se float64) {
	v10, v01 := placements(s[1], s[0]), flip(placements(s[0], s[1]))
	return meanOf(v10), math.Sqrt(covariance(v10, v10)/float64(len(v10)) + covariance(v01, v01)/float64(len(v01)))
}

// partial is the mean recall up to the false positive rate u, with ties as straight pieces of the curve, and its standard error.
func (s scores) partial(u float64) (mean, se float64) {
	n0, n1 := float64(len(s[0])), float64(len(s[1]))
	v1, v0 := make([]float64, len(s[1])), make([]float64, len(s[0]))
	for i, x := range s[1] {
		// A positive lies evenly within the piece of the negatives that it is tied with.
		from := float64(above(s[0], x)) / n0
		tied := float64(sort.Search(len(s[0]), func(j int) bool { return s[0][j] < x }))/n0 - from
		switch {
		case from >= u:
		case from+tied <= u:
			v1[i] = (u - from - tied/2) / u
		default:
			v1[i] = (u - from) * (u - from) / (2 * tied) / u
		}
	}
	last := min(int(u*n0), len(s[0])-1)
	top := float64(above(s[1], s[0][last])) / n1
	for j, x := range s[0] {
		if j > last {
			break
		}
		v0[j] = math.Max(0, top-float64(above(s[1], x))/n1) / u
	}
	return meanOf(v1), math.Sqrt(covariance(v1, v1)/n1 + covariance(v0, v0)/n0)
}

func (s scores) ks() float64 {
	most := 0.0
	for i, x := range s[1] {
		f := float64(above(s[0], x)) / float64(len(s[0]))
		most = math.Max(most, math.Max(math.Abs(float64(i+1)/float64(len(s[1]))-f), math.Abs(float64(i)/float64(len(s[1]))-f)))
	}
	return most
}

func shapes() []binormal {
	if soak {
		var out []binormal
		for _, prevalence := range []float64{.02, .2, .8} {
			for _, shift := range []float64{.5, 2} {
				for _, scale := range []float64{1, 2} {
					out = append(out, binormal{prevalence, shift, scale})
				}
			}
		}
		return out
	}
	return []binormal{{.02, 1, 1}, {.1, 2, 1}, {.1, .5, 1}, {.5, 1, 2}, {.3, 3, 1}}
}

// ranked are settings of a figure of scores: n rows such that some have the support.
func ranked(support int, truth func(binormal) float64, basis func(scores) Basis) []setting {
	var out []setting
	for _, b := range shapes() {
		least := int(1.2*float64(support)/min(b.prevalence, 1-b.prevalence)) + 1
		sizes := []int{least}
		if soak && b.prevalence > .1 {
			sizes = append(sizes, 3*least)
		}
		value := truth(b)
		for _, n := range sizes {
			if n > 6000 {
				continue
			}
			out = append(out, setting{fmt.Sprintf("%v, n %d", b, n), value, func(r *rand.Rand) Basis {
				if s := b.draw(r, n); !s.few(support) {
					return basis(s)
				}
				return Basis{}
			}})
		}
	}
	return out
}

func rankingStudies() []study {
	ap := func(s scores) Basis {
		value, se, _ := s.averagePrecision()
		return AveragePrecision(value, se, int64(len(s[1])))
	}
	all := []study{
		{figure: "average precision, 60 positives or more", method: "influence function on the logit scale, or Clopper-Pearson, the wider", paper: "9, 13", bound: boundRest,
			settings: ranked(fewPositives, binormal.averagePrecision, ap)},
		{figure: "Gini", method: "DeLong on the logit scale, mapped", paper: "3", bound: boundRest,
			settings: ranked(minSupport, func(b binormal) float64 { return 2*b.area() - 1 }, func(s scores) Basis {
				a, se := s.auc()
				n0, n1 := s.sizes()
				return Gini(a, se, n0, n1)
			})},
		{figure: "KS", method: "Massart below, Hoeffding above", paper: "14, 15", bound: nominal, guaranteed: true,
			settings: ranked(minSupport, binormal.ks, func(s scores) Basis {
				n0, n1 := s.sizes()
				return KS(s.ks(), n0, n1)
			})},
	}
	for _, u := range []float64{.1, .3} {
		all = append(all, study{figure: fmt.Sprintf("partial AUC to FPR %v", u), method: "influence function on the logit scale; few rows: Clopper-Pearson, the wider", paper: "9, 16", bound: boundRest,
			settings: ranked(minSupport, func(b binormal) float64 { return PartialAUC(over01(u, b.roc), .1, u, 1, 1).Value() }, func(s scores) Basis {
				mean, se := s.partial(u)
				n0, n1 := s.sizes()
				return PartialAUC(mean, se, u, n0, n1)
			})})
	}
	return append(all, rankedGroups("average precision, difference of groups", "MOVER on both", "6, 9", fewPositives, binormal.averagePrecision, ap),
		rankedGroups("AUC, difference of groups", "MOVER on both", "3, 6", minSupport, binormal.area, func(s scores) Basis {
			a, se := s.auc()
			n0, n1 := s.sizes()
			return AUC(a, se, n0, n1)
		}))
}

// rankedGroups are differences of two groups of unlike shape and size.
func rankedGroups(figure, method, paper string, support int, truth func(binormal) float64, basis func(scores) Basis) study {
	s := study{figure: figure, method: method, paper: paper, bound: boundRest, slow: true}
	groups := []binormal{{.1, 1, 1}, {.3, 1, 1}, {.3, 2, 1}, {.1, .5, 2}}
	for i, p := range groups {
		for j, q := range groups {
			if i == j || !soak && i > j {
				continue
			}
			for _, times := range []float64{1, 5} {
				n1, n2 := int(1.2*float64(support)/p.prevalence)+1, int(1.2*times*float64(support)/q.prevalence)+1
				s.settings = append(s.settings, setting{fmt.Sprintf("%v, n %d; %v, n %d", p, n1, q, n2), truth(p) - truth(q), func(r *rand.Rand) Basis {
					x, y := p.draw(r, n1), q.draw(r, n2)
					if x.few(support) || y.few(support) {
						return Basis{}
					}
					return Difference(basis(x), basis(y))
				}})
			}
		}
	}
	return s
}

// path are the corners of the sample's cuts, from the highest down: every row is one.
func (s scores) path() []CutPoint {
	out := make([]CutPoint, 1, len(s[0])+len(s[1])+1)
	at := CutPoint{}
	for at.FP < int64(len(s[0])) || at.TP < int64(len(s[1])) {
		if at.TP == int64(len(s[1])) || at.FP < int64(len(s[0])) && s[0][at.FP] > s[1][at.TP] {
			at.FP++
		} else {
			at.TP++
		}
		out = append(out, at)
	}
	return out
}

// around are the last point that has at most, and the first that has at least, each of the counts.
func pointsAt(path []CutPoint, counts []int64, axis func(CutPoint) int64) []CutPoint {
	var out []CutPoint
	for _, c := range counts {
		i := sort.Search(len(path), func(i int) bool { return axis(path[i]) > c })
		if i > 0 {
			out = append(out, path[i-1])
		}
		if i := sort.Search(len(path), func(i int) bool { return axis(path[i]) >= c }); i < len(path) {
			out = append(out, path[i])
		}
	}
	return out
}

func cutStudies() []study {
	falls := func(p CutPoint) int64 { return p.FP }
	found := func(p CutPoint) int64 { return p.TP }
	selected := func(p CutPoint) int64 { return p.FP + p.TP }
	// The sample's own cut: the last at which the axis is at most x (first at least, for recall).
	last := func(path []CutPoint, axis func(CutPoint) int64, most float64) CutPoint {
		return path[sort.Search(len(path), func(i int) bool { return float64(axis(path[i])) > most })-1]
	}
	var all []study
	add := func(figure, method string, shares []float64, truth func(b binormal, share float64) float64, basis func(s scores, share float64) Basis) {
		s := study{figure: figure, method: method, paper: "2, 6, 17", bound: boundRest, slow: true}
		for _, share := range shares {
			for _, x := range ranked(minSupport, func(b binormal) float64 { return truth(b, share) }, func(s scores) Basis { return basis(s, share) }) {
				x.where = fmt.Sprintf("at %v, %s", share, x.where)
				s.settings = append(s.settings, x)
			}
		}
		all = append(all, s)
	}
	two := "MOVER on order statistics and Clopper-Pearson"
	recallAt := func(s scores, x float64) Basis {
		n0, n1 := s.sizes()
		path := s.path()
		return RecallAtFPR(x, float64(last(path, falls, x*float64(n0)).TP)/float64(n1), n0, n1, pointsAt(path, CutCounts(x, n0), falls))
	}
	add("recall at a false positive rate", two, []float64{.01, .1}, binormal.roc, recallAt)
	all = append(all, rankedGroups("recall at a false positive rate of .1, difference of groups", "MOVER on both", "2, 6, 17", minSupport,
		func(b binormal) float64 { return b.roc(.1) }, func(s scores) Basis { return recallAt(s, .1) }))
	add("precision at a recall", two, []float64{.5, .8}, func(b binormal, x float64) float64 { return b.precision(cutFor(b.recall, x)) }, func(s scores, x float64) Basis {
		n0, n1 := s.sizes()
		path := s.path()
		cut := path[sort.Search(len(path), func(i int) bool { return float64(path[i].TP) >= x*float64(n1) })]
		return PrecisionAtRecall(x, float64(cut.TP)/float64(cut.TP+cut.FP), n0, n1, pointsAt(path, CutCounts(x, n1), found))
	})
	top := func(make func(share, value float64, negatives, positives int64, points []CutPoint) Basis, value func(cut CutPoint, n1 int64, x float64) float64) func(s scores, x float64) Basis {
		return func(s scores, x float64) Basis {
			n0, n1 := s.sizes()
			path := s.path()
			cut := last(path, selected, math.Max(1, x*float64(n0+n1)))
			return make(x, value(cut, n1, x), n0, n1, pointsAt(path, CutCounts(x, n0+n1), selected))
		}
	}
	add("precision in the top share", two, []float64{.01, .1}, func(b binormal, x float64) float64 { return b.precision(cutFor(b.selects, x)) },
		top(PrecisionAtTop, func(cut CutPoint, _ int64, _ float64) float64 { return float64(cut.TP) / float64(cut.TP+cut.FP) }))
	add("recall and lift in the top share", two, []float64{.01, .1}, func(b binormal, x float64) float64 { return b.recall(cutFor(b.selects, x)) / x },
		top(LiftAtTop, func(cut CutPoint, n1 int64, x float64) float64 { return float64(cut.TP) / float64(n1) / x }))
	return all
}

func sortDown(xs []float64) {
	slices.Sort(xs)
	slices.Reverse(xs)
}
