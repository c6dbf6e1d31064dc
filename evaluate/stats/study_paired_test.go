package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// pairedStudies are of two versions on the same rows, by the eight cells.
func pairedStudies() []study {
	populations := [][2][4]float64{
		{{.80, .02, .02, .02}, {.02, .02, .03, .07}},
		{{.40, .03, .05, .02}, {.05, .05, .05, .35}},
		{{.20, .05, .10, .05}, {.05, .10, .05, .40}},
		{{.88, .01, .005, .005}, {.01, .005, .015, .07}},
	}
	sizes := []int{300, 1000}
	if soak {
		sizes = []int{100, 300, 1000, 5000}
	}
	figures := []struct {
		name, method, paper string
		of                  func(PairedCounts) Basis
	}{
		{"balanced accuracies", "MOVER on Tango's for both classes", "6, 8", PairedBalancedAccuracy},
		{"F2", "influence function", "9", func(c PairedCounts) Basis { return PairedFBeta(c, 2) }},
		{"Jaccard", "influence function", "9", PairedJaccard},
		{"MCC", "influence function", "9", PairedMCC},
		{"kappa", "influence function", "9, 18", PairedKappa},
	}
	var all []study
	for _, f := range figures {
		s := study{figure: "difference of " + f.name + ", same rows", method: f.method, paper: f.paper, bound: boundRest}
		for _, cells := range populations {
			var expected PairedCounts
			for label, row := range cells {
				for i, p := range row {
					expected[label][i] = int64(math.Round(p * 1e6))
				}
			}
			for _, n := range sizes {
				s.settings = append(s.settings, setting{fmt.Sprintf("%v, n %d", cells, n), f.of(expected).Value(), func(r *rand.Rand) Basis {
					var c PairedCounts
					left, rest := n, 1.0
					for label, row := range cells {
						for i, p := range row {
							k := left
							if p < rest {
								k = binomialDraw(r, left, p/rest)
							}
							c[label][i] = int64(k)
							left, rest = left-k, rest-p
						}
					}
					if min(sumOf(c[0]), sumOf(c[1])) < minSupport {
						return Basis{}
					}
					return f.of(c)
				}})
			}
		}
		all = append(all, s)
	}
	ap := study{figure: "difference of average precisions, same rows, 400 positives or more", method: "influence function", paper: "9", bound: boundRest, slow: true}
	shifts, prevalences, correlations := [][2]float64{{1, 1}, {3, 2.5}}, []float64{.3}, []float64{.9}
	if soak {
		shifts, prevalences, correlations = [][2]float64{{1, 1}, {.5, 1}, {3, 2.5}}, []float64{.1, .4}, []float64{.5, .95}
	}
	for _, shift := range shifts {
		for _, prevalence := range prevalences {
			for _, correlation := range correlations {
				n := int(450 / prevalence)
				truth := binormal{prevalence, shift[0], 1}.averagePrecision() - binormal{prevalence, shift[1], 1}.averagePrecision()
				ap.settings = append(ap.settings, setting{fmt.Sprintf("π %v, shifts %v, correlation %v, n %d", prevalence, shift, correlation, n), truth, func(r *rand.Rand) Basis {
					return pairedAP(r, n, prevalence, correlation, shift)
				}})
			}
		}
	}
	return append(all, ap)
}

func sumOf(cells [4]int64) int64 { return cells[0] + cells[1] + cells[2] + cells[3] }

// pairedAP draws two models' scores of the same rows and gives the difference of their average precisions.
func pairedAP(r *rand.Rand, n int, prevalence, correlation float64, shift [2]float64) Basis {
	type drawn struct {
		s     [2]float64
		label int
	}
	all := make([]drawn, n)
	positives := 0
	for i := range all {
		d := drawn{}
		if r.Float64() < prevalence {
			d.label = 1
			positives++
		}
		common := math.Sqrt(correlation) * r.NormFloat64()
		for m := range 2 {
			d.s[m] = common + math.Sqrt(1-correlation)*r.NormFloat64() + float64(d.label)*shift[m]
		}
		all[i] = d
	}
	share := make([]float64, n)
	var value [2]float64
	for m := range 2 {
		sign := float64(1 - 2*m)
		var s scores
		var index [2][]int
		for i, d := range all {
			index[d.label] = append(index[d.label], i)
		}
		for label := range 2 {
			sortBy(index[label], func(i int) float64 { return -all[i].s[m] })
			for _, i := range index[label] {
				s[label] = append(s[label], all[i].s[m])
			}
		}
		ap, _, shares := s.averagePrecision()
		value[m] = ap
		for label := range 2 {
			for k, i := range index[label] {
				share[i] += sign * shares[label][k]
			}
		}
	}
	variance := 0.0
	for _, x := range share {
		variance += x * x
	}
	return PairedAveragePrecision(value[0], value[1], math.Sqrt(variance), int64(positives))
}
