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
	return slices.Concat([]study{clustered, f1, mean, auc}, weightStudies())
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
