package stats

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

// How often the deciding limits err, by simulation with a fixed seed, where outcomes are too many to enumerate. A setting fails where the
// miss minus three of its standard errors exceeds the bound.

func repetitions() int {
	if soak {
		return 10000
	}
	return 2000
}

// simulate gives the misses of a basis drawn again and again. A basis without limits judges nothing, so it does not err.
func (w *worst) simulate(t *testing.T, what string, truth, bound float64, draw func(*rand.Rand) Basis) {
	t.Helper()
	seed := fnv.New64a()
	seed.Write([]byte(what))
	random := rand.New(rand.NewPCG(1, seed.Sum64()))
	n, judged := repetitions(), 0
	low, high := 0.0, 0.0
	for range n {
		b := draw(random)
		l, h := b.Low(nominal), b.High(nominal)
		if !math.IsNaN(l) {
			judged++
		}
		low += count(l > truth, 1/float64(n))
		high += count(h < truth, 1/float64(n))
	}
	for side, miss := range map[string]float64{"lower": low, "upper": high} {
		if se := math.Sqrt(miss * (1 - miss) / float64(n)); !(miss-3*se <= bound) {
			t.Errorf("%s: the %s limit misses %.4f ± %.4f, want at most %.3f", what, side, miss, se, bound)
		}
	}
	w.add(low, high, "%s", what)
	t.Logf("%s: %.4f, %.4f (judged %.3f)", what, low, high, float64(judged)/float64(n))
}

// placements are, for each x, the share of ys below it, ties by half.
func placements(xs, ys []float64) []float64 {
	sorted := append([]float64(nil), ys...)
	sort.Float64s(sorted)
	out := make([]float64, len(xs))
	for i, x := range xs {
		below := sort.SearchFloat64s(sorted, x)
		upTo := sort.Search(len(sorted), func(j int) bool { return sorted[j] > x })
		out[i] = (float64(below) + float64(upTo)) / 2 / float64(len(ys))
	}
	return out
}

func meanOf(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// covariance of two lists over n − 1; of one with itself, the variance.
func covariance(xs, ys []float64) float64 {
	mx, my, sum := meanOf(xs), meanOf(ys), 0.0
	for i := range xs {
		sum += (xs[i] - mx) * (ys[i] - my)
	}
	return sum / float64(len(xs)-1)
}

func normals(random *rand.Rand, n int, shift, scale float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = shift + scale*random.NormFloat64()
	}
	return out
}

func flip(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = 1 - x
	}
	return out
}

func TestSimulateAUC(t *testing.T) {
	var w worst
	areas, scales := []float64{.6, .9, .99}, []float64{1, 2}
	classes := [][2]int{{30, 30}, {300, 30}, {30, 300}, {200, 100}}
	if soak {
		areas = []float64{.5, .6, .75, .85, .9, .95, .98, .99, .995}
		scales = []float64{.5, 1, 2}
		classes = append(classes, [2]int{100, 10}, [2]int{10, 100}, [2]int{60, 60}, [2]int{1000, 50})
	}
	for _, area := range areas {
		for _, scale := range scales {
			// A = Φ(shift/√(1+scale²)) for scores N(0, 1) and N(shift, scale²).
			shift := -normalUpper(area) * math.Sqrt(1+scale*scale)
			for _, c := range classes {
				what := fmt.Sprintf("AUC %v, scale %v, %d and %d rows", area, scale, c[0], c[1])
				w.simulate(t, what, area, boundRest, func(random *rand.Rand) Basis {
					negative, positive := normals(random, c[0], 0, 1), normals(random, c[1], shift, scale)
					v10, v01 := placements(positive, negative), flip(placements(negative, positive))
					se := math.Sqrt(covariance(v10, v10)/float64(c[1]) + covariance(v01, v01)/float64(c[0]))
					return AUC(meanOf(v10), se, int64(c[0]), int64(c[1]))
				})
			}
		}
	}
	record(row{"ROC AUC", "DeLong on the logit scale; few rows: Clopper-Pearson, the wider", "2, 3", w.simulated(), nominal, boundRest, w})
}

func TestSimulatePairedAUC(t *testing.T) {
	var w worst
	type setting struct {
		ours, theirs, correlation float64
		classes                   [2]int
	}
	settings := []setting{{.8, .8, .8, [2]int{200, 100}}, {.9, .88, .9, [2]int{500, 120}}, {.7, .6, .5, [2]int{50, 50}}, {.95, .9, .7, [2]int{1000, 250}}}
	if soak {
		for _, ours := range []float64{.6, .8, .9, .95} {
			for _, theirs := range []float64{.6, .8, .9, .95} {
				for _, correlation := range []float64{0, .5, .9, .99} {
					settings = append(settings, setting{ours, theirs, correlation, [2]int{250, 60}}, setting{ours, theirs, correlation, [2]int{60, 250}})
				}
			}
		}
	}
	for _, s := range settings {
		shifts := [2]float64{-normalUpper(s.ours) * math.Sqrt2, -normalUpper(s.theirs) * math.Sqrt2}
		w.simulate(t, fmt.Sprintf("paired AUC %v", s), s.ours-s.theirs, boundRest, func(random *rand.Rand) Basis {
			var scores [2][2][]float64 // class, model
			for class, n := range s.classes {
				common := normals(random, n, 0, math.Sqrt(s.correlation))
				for model := range 2 {
					own := normals(random, n, float64(class)*shifts[model], math.Sqrt(1-s.correlation))
					for i := range own {
						own[i] += common[i]
					}
					scores[class][model] = own
				}
			}
			var v10, v01 [2][]float64
			for model := range 2 {
				v10[model] = placements(scores[1][model], scores[0][model])
				v01[model] = flip(placements(scores[0][model], scores[1][model]))
			}
			variance := 0.0
			for class, v := range [][2][]float64{v01, v10} {
				variance += (covariance(v[0], v[0]) + covariance(v[1], v[1]) - 2*covariance(v[0], v[1])) / float64(s.classes[class])
			}
			return PairedAUC(meanOf(v10[0]), meanOf(v10[1]), math.Sqrt(variance), int64(s.classes[0]), int64(s.classes[1]))
		})
	}
	record(row{"difference of AUCs, same rows", "DeLong", "3", w.simulated(), nominal, boundRest, w})
}

func TestSimulatePairedCounts(t *testing.T) {
	var w worst
	// Probabilities of the eight cells: [label][neither, only theirs, only ours, both].
	settings := [][2][4]float64{
		{{.80, .02, .02, .02}, {.02, .02, .03, .07}},
		{{.40, .03, .05, .02}, {.05, .05, .05, .35}},
		{{.20, .05, .10, .05}, {.05, .10, .05, .40}},
		{{.88, .01, .005, .005}, {.01, .005, .015, .07}},
	}
	rows := []int{200, 1000}
	if soak {
		rows = []int{100, 200, 500, 1000, 5000}
	}
	for _, cells := range settings {
		var expected PairedCounts
		for label, row := range cells {
			for i, p := range row {
				expected[label][i] = int64(math.Round(p * 1e6))
			}
		}
		for _, n := range rows {
			for name, figure := range map[string]func(PairedCounts) Basis{"precision": PairedPrecision, "F1": PairedF1} {
				w.simulate(t, fmt.Sprintf("paired %s, %v, %d rows", name, cells, n), figure(expected).Estimate, boundRest, func(random *rand.Rand) Basis {
					var c PairedCounts
					for range n {
						u := random.Float64()
					draw:
						for label, row := range cells {
							for i, p := range row {
								if u -= p; u < 0 {
									c[label][i]++
									break draw
								}
							}
						}
					}
					return figure(c)
				})
			}
		}
	}
	record(row{"difference of precisions or F1, same rows", "influence function", "9", w.simulated(), nominal, boundRest, w})
}

// losses have a mean and a draw.
func losses() map[string]struct {
	truth float64
	draw  func(*rand.Rand) float64
} {
	return map[string]struct {
		truth float64
		draw  func(*rand.Rand) float64
	}{
		"uniform":     {.5, func(r *rand.Rand) float64 { return r.Float64() }},
		"exponential": {1, func(r *rand.Rand) float64 { return r.ExpFloat64() }},
		// The log loss and Brier score of calibrated scores, uniform on [0, 1]: E = 1/2 and 1/6.
		"log loss": {.5, func(r *rand.Rand) float64 {
			p := r.Float64()
			if r.Float64() < p {
				return -math.Log(p)
			}
			return -math.Log1p(-p)
		}},
		"brier": {1. / 6, func(r *rand.Rand) float64 {
			p := r.Float64()
			if r.Float64() < p {
				return (1 - p) * (1 - p)
			}
			return p * p
		}},
		// Rare positives: p = u^4, so mostly small. E[p(1−p)] = 1/5 − 1/9.
		"brier, rare": {1./5 - 1./9, func(r *rand.Rand) float64 {
			p := math.Pow(r.Float64(), 4)
			if r.Float64() < p {
				return (1 - p) * (1 - p)
			}
			return p * p
		}},
	}
}

func TestSimulateT(t *testing.T) {
	var w worst
	// With few rows a mean of skewed losses misses its bound on the upper side, at 30 rows by far. The page says so, and these bounds keep
	// the figures there true; from 300 rows on it is near (.044 with 10,000 repetitions).
	bounds := map[int]float64{30: .11, 100: .055, 300: boundRest, 1000: boundRest}
	for name, l := range losses() {
		for n, bound := range bounds {
			w.simulate(t, fmt.Sprintf("t of %s, %d rows", name, n), l.truth, bound, func(r *rand.Rand) Basis {
				sum, squares := 0.0, 0.0
				for range n {
					x := l.draw(r)
					sum += x
					squares += x * x
				}
				return Mean(int64(n), sum, squares)
			})
		}
	}
}

// simulated says how the misses were found.
func (w *worst) simulated() string { return fmt.Sprintf("sim, %d × %d", w.settings, repetitions()) }
