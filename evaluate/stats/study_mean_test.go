package stats

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
)

func logNormal(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) }

// studentDraw has five degrees of freedom: heavy tails, but a fourth moment. Its variance is 5/3.
func studentDraw(r *rand.Rand) float64 {
	return r.NormFloat64() / math.Sqrt(gammaDraw(r, 2.5)/2.5)
}

const heaviest = "errors with t of 5"

func meanStudies() []study {
	sizes := []int{300, 1000}
	if soak {
		sizes = []int{300, 1000, 3000}
	}
	errors := []struct {
		name     string
		variance float64
		draw     func(*rand.Rand) float64
	}{
		{"normal errors", 1, (*rand.Rand).NormFloat64},
		{"uniform errors", 1. / 3, func(r *rand.Rand) float64 { return 2*r.Float64() - 1 }},
		{"Laplace errors", 2, func(r *rand.Rand) float64 { return r.ExpFloat64() - r.ExpFloat64() }},
		{heaviest, 5. / 3, studentDraw},
	}
	rmse := study{figure: "RMSE, 1,000 rows or more", method: "Student's t of the mean square's logarithm", paper: "4, 9", bound: boundRest}
	heavy := study{figure: "RMSE, fewer rows or heavier tails than Laplace's", method: "Student's t of the mean square's logarithm", paper: "4, 9", bound: .08}
	r2Heavy := study{figure: "R², heavier tails than Laplace's", method: "influence function of log(1 − R²), Student's t", paper: "9", bound: .06}
	r2 := study{figure: "R²", method: "influence function of log(1 − R²), Student's t", paper: "9", bound: boundRest}
	for _, e := range errors {
		for _, n := range sizes {
			of := &rmse
			if n < 1000 || e.name == heaviest {
				of = &heavy
			}
			of.settings = append(of.settings, setting{fmt.Sprintf("%s, n %d", e.name, n), math.Sqrt(e.variance), func(r *rand.Rand) Basis {
				squares, fourth := 0.0, 0.0
				for range n {
					x := e.draw(r)
					squares += x * x
					fourth += x * x * x * x
				}
				return RMSE(int64(n), squares, fourth)
			}})
			for _, signal := range []float64{.3, 1, 5} {
				of := &r2
				if e.name == heaviest {
					of = &r2Heavy
				}
				of.settings = append(of.settings, setting{fmt.Sprintf("%s, signal %v, n %d", e.name, signal, n), 1 - e.variance/(e.variance+signal*signal), func(r *rand.Rand) Basis {
					ys, es := make([]float64, n), make([]float64, n)
					for i := range ys {
						es[i] = e.draw(r)
						ys[i] = signal*r.NormFloat64() + es[i]
					}
					mean := meanOf(ys)
					s := RSquaredSums{N: int64(n)}
					for i, y := range ys {
						e2, d2 := es[i]*es[i], (y-mean)*(y-mean)
						s.EE, s.DD, s.EEEE, s.EEDD, s.DDDD = s.EE+e2, s.DD+d2, s.EEEE+e2*e2, s.EEDD+e2*d2, s.DDDD+d2*d2
					}
					return RSquared(s)
				}})
			}
		}
	}
	return append([]study{lossStudy(), probabilityStudy(), rmse, heavy, r2, r2Heavy}, slices.Concat(percentileStudies(), calibrationStudies())...)
}

// lossStudy is of losses with 100 rows, under which Student's t on the identity scale misses up to .085.
func lossStudy() study {
	s := study{figure: "mean of losses, 100 rows or more", method: "Student's t of the logarithm", paper: "4, 9", bound: boundRest}
	losses := losses()
	for _, name := range slices.Sorted(maps.Keys(losses)) {
		for _, n := range lossSizes() {
			s.settings = append(s.settings, setting{fmt.Sprintf("%s, n %d", name, n), losses[name].truth, func(r *rand.Rand) Basis {
				sum, squares := 0.0, 0.0
				for range n {
					x := losses[name].draw(r)
					sum += x
					squares += x * x
				}
				b := Mean(n, sum, squares)
				return PositiveMean(b.Estimate, b.SE, b.DF)
			}})
		}
	}
	return s
}

func lossSizes() []int64 {
	if soak {
		return []int64{100, 300, 1000}
	}
	return []int64{100, 300}
}

// probabilityStudy is of log loss and Brier score of calibrated scores: p = u^k, of which 1/(k+1) are positive, p = ½ ± ½√(1 − u^k), of which most are
// near 0 or 1 and few are wrong, and scores that are all the same.
func probabilityStudy() study {
	s := study{figure: "log loss and Brier score, rarer positives or rarer errors", method: "Student's t of the logarithm; few rows of a class, or few that count: none", paper: "4, 9", bound: boundRest}
	powers := []float64{1, 4, 19}
	if soak {
		powers = []float64{1, 4, 9, 19, 49}
	}
	brier := func(p float64, y bool) float64 {
		if y {
			p = 1 - p
		}
		return p * p
	}
	log := func(p float64, y bool) float64 {
		if !y {
			return -math.Log1p(-p)
		}
		return -math.Log(math.Max(p, 0x1p-52))
	}
	add := func(what string, truth float64, loss func(float64, bool) float64, draw func(*rand.Rand) float64) {
		for _, n := range lossSizes() {
			s.settings = append(s.settings, setting{fmt.Sprintf("%s, n %d", what, n), truth, func(r *rand.Rand) Basis {
				sum, squares, positives := 0.0, 0.0, int64(0)
				for range n {
					p := draw(r)
					y := r.Float64() < p
					if y {
						positives++
					}
					x := loss(p, y)
					sum += x
					squares += x * x
				}
				b := Mean(n, sum, squares)
				return MeanLoss(b.Estimate, b.SE, n-positives, positives)
			}})
		}
	}
	for _, k := range powers {
		rare := func(r *rand.Rand) float64 { return math.Pow(r.Float64(), k) }
		sure := func(r *rand.Rand) float64 {
			far := math.Sqrt(1-math.Pow(r.Float64(), k)) / 2
			if r.Uint64()&1 == 0 {
				far = -far
			}
			return 0.5 + far
		}
		// E p(1−p) = 1/(k+1) − 1/(2k+1), and E u^k/4; entropies by the trapezoid of many points
		add(fmt.Sprintf("Brier, p = u^%v", k), 1/(k+1)-1/(2*k+1), brier, rare)
		add(fmt.Sprintf("log loss, p = u^%v", k), entropy(func(u float64) float64 { return math.Pow(u, k) }), log, rare)
		add(fmt.Sprintf("Brier, p(1−p) = u^%v/4", k), 1/(4*(k+1)), brier, sure)
		add(fmt.Sprintf("log loss, p(1−p) = u^%v/4", k), entropy(func(u float64) float64 { return math.Pow(u, k) / 2 / (1 + math.Sqrt(1-math.Pow(u, k))) }), log, sure)
	}
	for _, p := range []float64{.02, .1} {
		same := func(*rand.Rand) float64 { return p }
		add(fmt.Sprintf("Brier, p = %v", p), p*(1-p), brier, same)
		add(fmt.Sprintf("log loss, p = %v", p), -p*math.Log(p)-(1-p)*math.Log1p(-p), log, same)
	}
	return s
}

// entropy is the mean of −p·ln p − (1−p)·ln(1−p) for u uniform in (0, 1), by the midpoints of a million parts.
func entropy(p func(u float64) float64) float64 {
	const parts = 1_000_000
	sum := 0.0
	for i := range parts {
		if x := p((float64(i) + 0.5) / parts); x > 0 && x < 1 {
			sum -= x*math.Log(x) + (1-x)*math.Log1p(-x)
		}
	}
	return sum / parts
}

func percentileStudies() []study {
	s := study{figure: "percentile", method: "order statistics", paper: "17", bound: nominal, guaranteed: true, slow: true}
	difference := study{figure: "difference of percentiles of groups", method: "MOVER on order statistics", paper: "6, 17", bound: boundRest, slow: true}
	ratio := study{figure: "ratio of percentiles of groups", method: "MOVER on order statistics", paper: "7, 17", bound: boundRest, slow: true}
	var known sync.Map // ranks, which take longer to find than a sample takes to draw
	draw := func(r *rand.Rand, q float64, n int, round float64) Basis {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = logNormal(r)
			if round > 0 {
				xs[i] = math.Ceil(xs[i]/round) * round
			}
		}
		sort.Float64s(xs)
		at := struct {
			q float64
			n int
		}{q, n}
		kept, ok := known.Load(at)
		if !ok {
			kept = PercentileRanks(q, int64(n))
			known.Store(at, kept)
		}
		ranks := kept.([]int64)
		values := make([]float64, len(ranks))
		for i, k := range ranks {
			values[i] = xs[k-1]
		}
		return Percentile(q, int64(n), xs[int(math.Ceil(q*float64(n)))-1], ranks, values)
	}
	truth := func(q, round float64) float64 {
		x := math.Exp(-normalUpper(q))
		if round > 0 {
			return math.Ceil(x/round) * round
		}
		return x
	}
	type sized struct {
		q float64
		n int
	}
	at := []sized{{.5, 30}, {.95, 100}, {.99, 400}}
	if soak {
		at = append(at, sized{.5, 1000}, sized{.95, 2000}, sized{.99, 3000}, sized{.999, 4000})
	}
	for _, x := range at {
		for _, round := range []float64{0, .5} {
			s.settings = append(s.settings, setting{fmt.Sprintf("p%v of %d lognormal, steps %v", 100*x.q, x.n, round), truth(x.q, round), func(r *rand.Rand) Basis { return draw(r, x.q, x.n, round) }})
		}
	}
	type pair struct {
		q      float64
		n1, n2 int
	}
	pairs := []pair{{.5, 50, 50}, {.5, 50, 500}, {.95, 300, 300}}
	if soak {
		pairs = append(pairs, pair{.5, 50, 1000}, pair{.95, 300, 3000}, pair{.99, 1000, 1000}, pair{.99, 3000, 800})
	}
	for _, x := range pairs {
		where := fmt.Sprintf("p%v of %d and %d lognormal", 100*x.q, x.n1, x.n2)
		difference.settings = append(difference.settings, setting{where, 0, func(r *rand.Rand) Basis { return Difference(draw(r, x.q, x.n1, 0), draw(r, x.q, x.n2, 0)) }})
		ratio.settings = append(ratio.settings, setting{where, 1, func(r *rand.Rand) Basis { return Ratio(draw(r, x.q, x.n1, 0), draw(r, x.q, x.n2, 0)) }})
	}
	return []study{s, difference, ratio}
}

// recalibrated draws logits and labels, and recalibrates.
func recalibrated(r *rand.Rand, n int, mean, spread, intercept, slope float64) (Recalibration, int, bool) {
	xs, ys := normals(r, n, mean, spread), make([]float64, n)
	events := 0
	for i, x := range xs {
		if r.Float64() < expit(intercept+slope*x) {
			ys[i] = 1
			events++
		}
	}
	fit, ok := Recalibrate(logistic(xs, ys))
	return fit, min(events, n-events), ok
}

// logistic are the sums of a recalibration over rows with these logits and labels.
func logistic(xs, ys []float64) func(intercept, slope float64) RecalibrationSums {
	return func(a, b float64) RecalibrationSums {
		var s RecalibrationSums
		for i, x := range xs {
			p := expit(a + b*x)
			s.Y += ys[i] - p
			s.YX += (ys[i] - p) * x
			v := p * (1 - p)
			s.Information[0] += v
			s.Information[1] += v * x
			s.Information[2] += v * x * x
		}
		return s
	}
}

func calibrationStudies() []study {
	slope := study{figure: "calibration slope", method: "Wald, observed information", paper: "19", bound: boundRest, slow: true}
	intercept := study{figure: "calibration intercept", method: "Wald, observed information", paper: "19", bound: boundRest, slow: true}
	sizes := []int{150, 500}
	if soak {
		sizes = append(sizes, 3000)
	}
	for _, p := range []struct{ mean, spread, intercept, slope float64 }{{0, 1, 0, 1}, {-3, 1, 0, 1}, {-3, 1.5, .3, .7}, {-1, 2, 0, 1.2}, {-2, .5, 0, 1}, {0, 3, 0, 1}} {
		for _, n := range sizes {
			where := fmt.Sprintf("logits N(%v, %v²), %v + %v·logit, n %d", p.mean, p.spread, p.intercept, p.slope, n)
			slope.settings = append(slope.settings, setting{where, p.slope, func(r *rand.Rand) Basis {
				fit, rarer, ok := recalibrated(r, n, p.mean, p.spread, p.intercept, p.slope)
				if !ok || rarer < minSupport {
					return Basis{}
				}
				return StudentT(fit.Slope, fit.SlopeSE, float64(n-2))
			}})
			intercept.settings = append(intercept.settings, setting{where, p.intercept, func(r *rand.Rand) Basis {
				fit, rarer, ok := recalibrated(r, n, p.mean, p.spread, p.intercept, p.slope)
				if !ok || rarer < minSupport {
					return Basis{}
				}
				return StudentT(fit.Intercept, fit.InterceptSE, float64(n-2))
			}})
		}
	}
	return []study{slope, intercept}
}
