package drift

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
)

var only = flag.String("setting", "", "simulate settings whose name holds this")
var thorough = flag.Bool("thorough", false, "simulate every setting of the limits, and more often: for docs/drift.md")

// worstMiss is how often a limit of each distance may be wrong at nominal .025, where the truth lies on the bound: low above the truth is a false disproof,
// high below it a false proof. They stand in docs/drift.md.
var worstMiss = map[string]struct{ disproof, proof float64 }{
	"psi":                    {0.026, 0.044},
	"js_divergence":          {0.026, 0.031},
	"js_distance":            {0.026, 0.031},
	"cramers_v":              {0.024, 0.034},
	"ks":                     {0.025, 0.025},
	"wasserstein":            {0.025, 0.042},
	"wasserstein_normalized": {0.025, 0.042},
}

// How often the limits are wrong where the truth lies on the bound, both columns sampled. A test fails where the rate less three of its standard errors
// is above docs/drift.md's.
func TestLimits(t *testing.T) {
	times := 600
	if *thorough {
		times = 2000
	}
	type miss struct {
		rate float64
		name string
	}
	worst := map[string][2]miss{}
	for i, s := range settings() {
		if !*thorough && i%11 != 0 || !strings.Contains(s.name, *only) {
			continue
		}
		r := rand.New(rand.NewPCG(1, uint64(i)))
		above, below, sum, seen := map[string]int{}, map[string]int{}, map[string]float64{}, map[string]int{}
		for range times {
			from, to, truths := s.draw(r)
			for _, d := range Distances() {
				truth, ok := truths[d.Name]
				if !ok || min(from.Rows, to.Rows) < d.Rows {
					continue
				}
				v, basis, _, err := d.Between(from, to)
				if err != nil {
					t.Fatalf("%s: %s: %v", s.name, d.Name, err)
				}
				seen[d.Name]++
				sum[d.Name] += v - truth
				if basis.Low(0.025) > truth+1e-12 {
					above[d.Name]++
				}
				if basis.High(0.025) < truth-1e-12 {
					below[d.Name]++
				}
			}
		}
		for _, d := range Distances() {
			if seen[d.Name] == 0 {
				continue
			}
			w := worst[d.Name]
			for side, n := range []int{above[d.Name], below[d.Name]} {
				rate := float64(n) / float64(times)
				if rate > w[side].rate {
					w[side] = miss{rate, s.name}
				}
				bound := []float64{worstMiss[d.Name].disproof, worstMiss[d.Name].proof}[side]
				if rate-3*math.Sqrt(rate*(1-rate)/float64(times)) > bound {
					t.Errorf("%s, %s: false %s in %.4f of %d samples, more than %v", s.name, d.Name, []string{"disproof", "proof"}[side], rate, times, bound)
				}
			}
			worst[d.Name] = w
			if testing.Verbose() && *thorough {
				t.Logf("%-60s %-22s disproof %.4f proof %.4f bias %.5f", s.name, d.Name, float64(above[d.Name])/float64(times), float64(below[d.Name])/float64(times), sum[d.Name]/float64(times))
			}
		}
	}
	for _, d := range Distances() {
		if d.Of == Positives {
			continue // two shares: package stats has their simulation
		}
		w, ok := worst[d.Name]
		if !ok {
			t.Errorf("%s has no setting", d.Name)
		}
		t.Logf("%-22s worst: false disproof %.4f (%s), false proof %.4f (%s)", d.Name, w[0].rate, w[0].name, w[1].rate, w[1].name)
	}
}

type setting struct {
	name string
	draw func(*rand.Rand) (from, to Column, truths map[string]float64)
}

// settings are multinomial texts, even or with most rows in one value, that were tilted; and numbers of several distributions that moved or
// spread, in the bins that the baseline's sample happens to have. The truth of distances between shares is that of these bins; that of the others
// is of the distributions.
func settings() []setting {
	var out []setting
	sizes := [][2]int{{1000, 200}, {500, 500}, {2000, 500}, {400, 1500}, {100, 100}, {5000, 5000}}
	for _, n := range sizes {
		for _, tilt := range []float64{0, 0.05, 0.15, 0.3, 0.6} {
			for _, bins := range []int{2, 3, 10, 20} {
				for _, first := range []float64{0, 0.9} {
					p, q := make([]float64, bins), make([]float64, bins)
					total := 0.0
					for i := range q {
						p[i] = 1 / float64(bins)
						if first > 0 {
							p[i] = (1 - first) / float64(bins-1)
							if i == 0 {
								p[i] = first
							}
						}
						q[i] = p[i] * math.Exp(tilt*(2*float64(i)/float64(bins-1)-1))
						total += q[i]
					}
					for i := range q {
						q[i] /= total
					}
					psi := truthsOf(p, q, n)["psi"]
					out = append(out, setting{fmt.Sprintf("%d and %d rows in %d bins, psi %.4f, first %v", n[0], n[1], bins, psi, first), func(r *rand.Rand) (Column, Column, map[string]float64) {
						return listed(n, multinomial(r, p, n[0]), multinomial(r, q, n[1]), p, q)
					}})
				}
			}
		}
	}
	for _, n := range sizes {
		for _, x := range moves() {
			out = append(out, setting{fmt.Sprintf("%d and %d rows, %s", n[0], n[1], x.name), func(r *rand.Rand) (Column, Column, map[string]float64) {
				xs, ys := make([]float64, n[0]), make([]float64, n[1])
				for i := range xs {
					xs[i] = x.quantile(r.Float64())
				}
				for i := range ys {
					ys[i] = x.moved(x.quantile(r.Float64()))
				}
				from := columnOf(xs)
				truths := map[string]float64{"ks": x.ks, "wasserstein": x.w, "wasserstein_normalized": x.w / from.SD}
				if n[0] >= 400 && !x.gap {
					var p, q []float64
					f, g := 0.0, 0.0
					for _, at := range append(from.coarse(), len(from.Edges)) {
						f2, g2 := 1.0, 1.0
						if at < len(from.Edges) {
							f2, g2 = x.below(from.Edges[at]), x.below(x.back(from.Edges[at]))
						}
						p, q = append(p, f2-f), append(q, g2-g)
						f, g = f2, g2
					}
					for name, truth := range truthsOf(p, q, n) {
						truths[name] = truth
					}
				}
				return from, from.against(ys), truths
			}})
		}
	}
	return out
}

// listed makes columns of counts, in which the baseline lists no value of fewer rows than it may, and the distances of the shares then.
func listed(n [2]int, a, b []int64, p, q []float64) (from, to Column, truths map[string]float64) {
	from, to = Column{Values: map[string]int64{}, Rows: int64(n[0])}, Column{Values: map[string]int64{}, Rows: int64(n[1])}
	var ps, qs []float64
	op, oq := 0.0, 0.0
	for i := range a {
		if a[i] < leastRows {
			from.Other, to.Other, op, oq = from.Other+a[i], to.Other+b[i], op+p[i], oq+q[i]
			continue
		}
		v := string(rune('a' + i))
		from.Values[v], to.Values[v], ps, qs = a[i], b[i], append(ps, p[i]), append(qs, q[i])
	}
	if op > 0 && from.Other+to.Other > 0 {
		ps, qs = append(ps, op), append(qs, oq)
	}
	if len(ps) < 2 {
		return from, to, nil
	}
	return from, to, truthsOf(ps, qs, n)
}

// truthsOf are the distances of shares; Cramér's V is that of so many rows.
func truthsOf(p, q []float64, n [2]int) map[string]float64 {
	psi, js, phi := 0.0, 0.0, 0.0
	l := float64(n[0]) / float64(n[0]+n[1])
	for i := range p {
		a, b := p[i], q[i]
		psi += (b - a) * math.Log(b/a)
		js += (a*math.Log2(2*a/(a+b)) + b*math.Log2(2*b/(a+b))) / 2
		phi += l * (1 - l) * (a - b) * (a - b) / (l*a + (1-l)*b)
	}
	return map[string]float64{"psi": psi, "js_divergence": js, "js_distance": math.Sqrt(math.Max(0, js)), "cramers_v": math.Sqrt(phi)}
}

// move is a distribution and what becomes of it.
type move struct {
	name                         string
	quantile, below, moved, back func(float64) float64
	ks, w                        float64
	gap                          bool // some of the baseline's bins are empty in truth
}

func moves() []move {
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	normal := func(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }
	var out []move
	for _, d := range []float64{0, 0.02, 0.1, 0.3, 0.5, 1} {
		out = append(out, move{fmt.Sprint("normal, moved by ", d), normal, phi, func(x float64) float64 { return x + d }, func(x float64) float64 { return x - d }, 2*phi(d/2) - 1, d, false})
		s := 1 + d
		at := math.Sqrt(2 * math.Log(s) / (1 - 1/s/s)) // where the densities are equal
		k := 0.0
		if d > 0 {
			k = phi(at) - phi(at/s)
		}
		out = append(out, move{fmt.Sprint("normal, spread by ", s), normal, phi, func(x float64) float64 { return x * s }, func(x float64) float64 { return x / s }, k, d * math.Sqrt(2/math.Pi), false})
		if d > 0 {
			at = s * math.Log(s) / d
			k = math.Exp(-at/s) - math.Exp(-at)
		}
		out = append(out, move{fmt.Sprint("exponential, times ", s), func(u float64) float64 { return -math.Log1p(-u) }, func(x float64) float64 { return -math.Expm1(-math.Max(0, x)) },
			func(x float64) float64 { return x * s }, func(x float64) float64 { return x / s }, k, d, false})
		// 80 % are 0, the rest 1 + exponential; of these all move, none of the zeros
		quantile := func(u float64) float64 {
			if u < 0.8 {
				return 0
			}
			return 1 - math.Log1p(-(u-0.8)/0.2)
		}
		below := func(x float64) float64 {
			if x <= 0 {
				return 0
			}
			return 0.8 + 0.2*-math.Expm1(-math.Max(0, x-1))
		}
		out = append(out, move{fmt.Sprint("mostly zero, the rest moved by ", d), quantile, below, func(x float64) float64 {
			if x > 0 {
				return x + d
			}
			return x
		}, func(x float64) float64 {
			if x > 0 {
				return math.Max(x-d, 1e-9)
			}
			return x
		}, 0.2 * -math.Expm1(-d), 0.2 * d, d > 0})
	}
	return out
}

func multinomial(r *rand.Rand, p []float64, n int) []int64 {
	up, sum := make([]float64, len(p)), 0.0
	for i := range p {
		sum += p[i]
		up[i] = sum
	}
	counts := make([]int64, len(p))
	for range n {
		counts[min(sort.SearchFloat64s(up, r.Float64()), len(p)-1)]++
	}
	return counts
}
