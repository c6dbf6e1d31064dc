package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

func designStudies() []study {
	clusterCounts := []int{20, 60}
	if soak {
		clusterCounts = []int{20, 30, 60, 200}
	}
	clustered := study{figure: "proportion of clustered rows", method: "Korn-Graubard", paper: "20", bound: boundRest}
	mean := study{figure: "mean of clustered rows", method: "Student's t, G − 1", paper: "4", bound: boundRest}
	f1 := study{figure: "difference of proportions of clustered groups", method: "MOVER on Korn-Graubard", paper: "6, 20", bound: boundRest}
	auc := study{figure: "AUC of clustered rows", method: "Obuchowski on the logit scale; few rows: Clopper-Pearson, the wider", paper: "21", bound: boundRest}
	for _, g := range clusterCounts {
		for _, p := range []float64{.1, .5, .9, .98} {
			for _, icc := range []float64{.05, .3} {
				where := fmt.Sprintf("%d clusters of 1 to 9, p %v, ICC %v", g, p, icc)
				clustered.settings = append(clustered.settings, setting{where, p, func(r *rand.Rand) Basis { return ClusterProportion(clusterDraw(r, g, p, icc)) }})
				f1.settings = append(f1.settings, setting{where, 0, func(r *rand.Rand) Basis {
					return Difference(ClusterProportion(clusterDraw(r, g, p, icc)), ClusterProportion(clusterDraw(r, 2*g, p, icc)))
				}})
			}
		}
		for _, icc := range []float64{.05, .3} {
			mean.settings = append(mean.settings, setting{fmt.Sprintf("%d clusters of 1 to 9, normal, ICC %v", g, icc), 0, func(r *rand.Rand) Basis {
				var s ClusterSums
				for range g {
					n, x := 1+r.IntN(9), 0.0
					common := math.Sqrt(icc) * r.NormFloat64()
					for range n {
						x += common + math.Sqrt(1-icc)*r.NormFloat64()
					}
					s.add(x, float64(n))
				}
				return ClusterMean(s)
			}})
			for _, shift := range []float64{1, 2.5} {
				auc.settings = append(auc.settings, setting{fmt.Sprintf("%d clusters of 1 to 9, shift %v, ICC %v", g, shift, icc), 1 - normalTail(shift/math.Sqrt2), func(r *rand.Rand) Basis {
					return clusterAUC(r, g, shift, icc)
				}})
			}
		}
	}
	return slices.Concat([]study{clustered, f1, mean, auc}, weightStudies(), weightedStudies())
}

func (s *ClusterSums) add(k, n float64) {
	s.Clusters++
	s.K, s.N, s.KK, s.KN, s.NN = s.K+k, s.N+n, s.KK+k*k, s.KN+k*n, s.NN+n*n
}

// clusterDraw is beta-binomial: intraclass correlation 1/(a+b+1).
func clusterDraw(r *rand.Rand, clusters int, p, icc float64) ClusterSums {
	total := 1/icc - 1
	var s ClusterSums
	for range clusters {
		n := 1 + r.IntN(9)
		s.add(float64(binomialDraw(r, n, betaDraw(r, p*total, (1-p)*total))), float64(n))
	}
	return s
}

func clusterAUC(r *rand.Rand, clusters int, shift, icc float64) Basis {
	var s [2][]float64
	var of [2][]int
	for g := range clusters {
		common, prevalence := math.Sqrt(icc)*r.NormFloat64(), r.Float64()
		for range 1 + r.IntN(9) {
			label := 0
			if r.Float64() < prevalence {
				label = 1
			}
			s[label] = append(s[label], common+math.Sqrt(1-icc)*r.NormFloat64()+float64(label)*shift)
			of[label] = append(of[label], g)
		}
	}
	v := [2][]float64{flip(placements(s[0], s[1])), placements(s[1], s[0])}
	a := meanOf(v[1])
	sums := ClusterAUCSums{Clusters: int64(clusters), Negatives: int64(len(s[0])), Positives: int64(len(s[1]))}
	t := [2][]float64{make([]float64, clusters), make([]float64, clusters)}
	var has [2]map[int]bool
	for label := range v {
		has[label] = map[int]bool{}
		for i, g := range of[label] {
			t[label][g] += v[label][i] - a
			has[label][g] = true
		}
	}
	sums.WithNegatives, sums.WithPositives = int64(len(has[0])), int64(len(has[1]))
	for g := range clusters {
		sums.T11 += t[1][g] * t[1][g]
		sums.T00 += t[0][g] * t[0][g]
		sums.T10 += t[1][g] * t[0][g]
	}
	se := math.Sqrt(covariance(v[1], v[1])/float64(len(v[1])) + covariance(v[0], v[0])/float64(len(v[0])))
	return ClusterAUC(a, se, sums)
}

// weighted is a proportion of rows that were kept with a probability that follows the success itself, the failures' or both.
func weightStudies() []study {
	s := study{figure: "proportion of weighted rows", method: "Korn-Graubard", paper: "20", bound: boundRest}
	for _, p := range []float64{.05, .3, .9} {
		for _, n := range []int{200, 2000} {
			for _, kept := range [][2]float64{{1, .1}, {.1, 1}, {.5, 1}} {
				s.settings = append(s.settings, setting{fmt.Sprintf("p %v, n %d, failures kept %v, successes %v, with noise", p, n, kept[0], kept[1]), p, func(r *rand.Rand) Basis {
					var w, wy, successes, rows float64
					var ws, ys []float64
					for range n {
						y := 0
						if r.Float64() < p {
							y = 1
						}
						probability := kept[y] * (.2 + .8*r.Float64())
						if r.Float64() >= probability {
							continue
						}
						weight := 1 / probability
						w, wy, successes, rows = w+weight, wy+weight*float64(y), successes+float64(y), rows+1
						ws, ys = append(ws, weight), append(ys, float64(y))
					}
					if rows < minSupport {
						return Basis{}
					}
					estimate, variance := wy/w, 0.0
					for i, weight := range ws {
						d := weight * (ys[i] - estimate)
						variance += d * d
					}
					return DesignProportion(estimate, variance/w/w*rows/(rows-1), int64(successes), int64(rows-successes), rows-1)
				}})
			}
		}
	}
	missing := study{figure: "proportion with missing labels", method: "Clopper-Pearson, labels either way", paper: "2", bound: nominal, guaranteed: true}
	for _, p := range []float64{.3, .9} {
		for _, share := range []float64{.01, .1} {
			for _, way := range []int{0, 1} {
				missing.settings = append(missing.settings, setting{fmt.Sprintf("p %v, %v missing of those with %d", p, share, way), p, func(r *rand.Rand) Basis {
					k, n, m := 0.0, 0.0, 0.0
					for range 300 {
						y := 0
						if r.Float64() < p {
							y = 1
						}
						if y == way && r.Float64() < share {
							m++
							continue
						}
						k, n = k+float64(y), n+1
					}
					return EitherWay(Proportion(k, n), Proportion(k, n+m), Proportion(k+m, n+m))
				}})
			}
		}
	}
	return []study{s, missing}
}

// kept are rows of a two-class population that were kept with a probability of their own, the inverse of which is their weight.
type kept struct {
	score, weight []float64
	label         []uint8
	cluster       []int
}

// keeping is how likely a row is to be kept.
type keeping struct {
	name string
	of   func(r *rand.Rand, label uint8, score float64) float64
}

func keepings() []keeping {
	return []keeping{
		{"kept at random", func(r *rand.Rand, _ uint8, _ float64) float64 { return .2 + .8*r.Float64() }},
		{"negatives kept .1 to .5", func(r *rand.Rand, label uint8, _ float64) float64 {
			if label == 1 {
				return 1
			}
			return .1 + .4*r.Float64()
		}},
		{"low scores kept .1 to .3", func(r *rand.Rand, _ uint8, score float64) float64 {
			if score > .5 {
				return 1
			}
			return .1 + .2*r.Float64()
		}},
	}
}

// drawKept draws clusters of 1 to size rows until n rows were met, and keeps some of them.
func drawKept(r *rand.Rand, n, size int, prevalence, shift, icc float64, k keeping) kept {
	var out kept
	for g, met := 0, 0; met < n; g++ {
		common := math.Sqrt(icc) * r.NormFloat64()
		for range 1 + r.IntN(size) {
			met++
			label := uint8(0)
			if r.Float64() < prevalence {
				label = 1
			}
			score := common + math.Sqrt(1-icc)*r.NormFloat64() + float64(label)*shift
			p := k.of(r, label, score)
			if r.Float64() < p {
				out.score, out.weight = append(out.score, score), append(out.weight, 1/p)
				out.label, out.cluster = append(out.label, label), append(out.cluster, g)
			}
		}
	}
	return out
}

// sums are those of a value of each row; nil: of all weights alone.
func (k kept) sums(value func(i int) float64, in func(i int) bool) ClusterSums {
	var s ClusterSums
	for from := 0; from < len(k.score); {
		x, n, to := 0.0, 0.0, from
		for ; to < len(k.score) && k.cluster[to] == k.cluster[from]; to++ {
			if in(to) {
				x, n = x+k.weight[to]*value(to), n+k.weight[to]
			}
		}
		if n > 0 {
			s.add(x, n)
		}
		from = to
	}
	return s
}

// auc is by its definition: every pair.
func (k kept) auc() Basis {
	var w [2]float64
	s := ClusterAUCSums{}
	for i, y := range k.label {
		w[y] += k.weight[i]
		if y == 1 {
			s.Positives++
		} else {
			s.Negatives++
		}
	}
	if s.Positives < 2 || s.Negatives < 2 {
		return Basis{}
	}
	// placements by sorting: the weight of the other class below (of negatives: above)
	order := make([]int, len(k.score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if k.score[a] < k.score[b] {
			return -1
		}
		return 1
	})
	v := make([]float64, len(k.score))
	var below [2]float64
	a := 0.0
	for _, i := range order {
		y := k.label[i]
		if v[i] = below[1-y] / w[1-y]; y == 0 {
			v[i] = 1 - v[i]
		} else {
			a += k.weight[i] * v[i] / w[1]
		}
		below[y] += k.weight[i]
	}
	s.NegativeWeight, s.PositiveWeight = w[0], w[1]
	for i, x := range k.weight {
		if k.label[i] == 1 {
			s.PositiveMost = math.Max(s.PositiveMost, x)
		} else {
			s.NegativeMost = math.Max(s.NegativeMost, x)
		}
	}
	var alone [2]float64
	for from := 0; from < len(k.score); {
		var t [2]float64
		var has [2]bool
		to := from
		for ; to < len(k.score) && k.cluster[to] == k.cluster[from]; to++ {
			y, d := k.label[to], v[to]-a
			t[y] += k.weight[to] * d
			has[y] = true
			alone[y] += k.weight[to] * d * d
		}
		s.Clusters++
		if has[1] {
			s.WithPositives++
		}
		if has[0] {
			s.WithNegatives++
		}
		s.T11, s.T00, s.T10 = s.T11+t[1]*t[1], s.T00+t[0]*t[0], s.T10+t[1]*t[0]
		s.Fourth += math.Pow(t[1]/w[1]+t[0]/w[0], 4)
		from = to
	}
	se := math.Sqrt(alone[1]/w[1]/float64(s.Positives-1) + alone[0]/w[0]/float64(s.Negatives-1))
	return ClusterAUC(a, se, s)
}

// weightedStudies are of rows whose weights vary within a class, independent or in clusters.
func weightedStudies() []study {
	share := study{figure: "proportion of weighted rows in clusters", method: "Korn-Graubard", paper: "20", bound: boundRest}
	area := study{figure: "AUC of weighted rows", method: "linearisation on the logit scale; few rows: Clopper-Pearson, the wider", paper: "9, 21", bound: boundRest}
	both := study{figure: "AUC of weighted rows in clusters", method: "Obuchowski by linearisation", paper: "21", bound: boundRest}
	loss := study{figure: "mean of losses of weighted rows", method: "Student's t of the logarithm", paper: "4, 9", bound: boundRest}
	lossTogether := study{figure: "mean of losses of clustered rows", method: "Student's t of the logarithm, G − 1", paper: "4, 9", bound: boundRest}
	sizes, prevalences, shifts := []int{400, 1500}, []float64{.5, .1}, []float64{1, 2.5}
	if soak {
		sizes, prevalences = []int{150, 400, 1500, 5000}, []float64{.5, .2, .05}
	}
	rows := func(int) bool { return true }
	// heavy rows are few: positives with low scores
	hard, truth := keepings()[2], 1-normalTail(2.5/math.Sqrt2)
	area.settings = append(area.settings, setting{"few heavy rows", truth, func(r *rand.Rand) Basis { return drawKept(r, 3000, 1, .3, 2.5, 0, hard).auc() }})
	both.settings = append(both.settings, setting{"few heavy rows, ICC .3", truth, func(r *rand.Rand) Basis { return drawKept(r, 3000, 9, .3, 2.5, .3, hard).auc() }})
	for _, k := range keepings() {
		for _, n := range sizes {
			for _, prevalence := range prevalences {
				for _, shift := range shifts {
					truth := 1 - normalTail(shift/math.Sqrt2)
					where := fmt.Sprintf("%s, of %d, prevalence %v, shift %v", k.name, n, prevalence, shift)
					area.settings = append(area.settings, setting{where, truth, func(r *rand.Rand) Basis { return drawKept(r, n, 1, prevalence, shift, 0, k).auc() }})
					both.settings = append(both.settings, setting{where + ", ICC .3", truth, func(r *rand.Rand) Basis { return drawKept(r, n, 9, prevalence, shift, .3, k).auc() }})
				}
			}
			for _, cut := range []float64{0, 1.3} {
				where := fmt.Sprintf("%s, of %d, cut %v", k.name, n, cut)
				share.settings = append(share.settings, setting{where, normalTail(cut), func(r *rand.Rand) Basis {
					rs := drawKept(r, n, 9, 0, 0, .3, k)
					var counts [2]int64
					s := rs.sums(func(i int) float64 {
						if rs.score[i] > cut {
							counts[1]++
							return 1
						}
						counts[0]++
						return 0
					}, rows)
					return DesignSums(s, counts[1], counts[0], true)
				}})
			}
			for _, power := range []float64{1, 2} { // |z| and z²: as absolute and squared errors
				truth := []float64{0, math.Sqrt(2 / math.Pi), 1}[int(power)]
				where := fmt.Sprintf("%s, of %d, power %v", k.name, n, power)
				mean := func(size int, icc float64) func(r *rand.Rand) Basis {
					return func(r *rand.Rand) Basis {
						rs := drawKept(r, n, size, 0, 0, icc, k)
						s := rs.sums(func(i int) float64 { return math.Pow(math.Abs(rs.score[i]), power) }, rows)
						return DesignMean(s)
					}
				}
				loss.settings = append(loss.settings, setting{where, truth, mean(1, 0)})
				lossTogether.settings = append(lossTogether.settings, setting{where + ", ICC .3", truth, mean(5, .3)})
			}
		}
	}
	return []study{share, area, both, loss, lossTogether}
}
