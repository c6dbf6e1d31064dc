package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// texts is a column of the values "a", "b", …
func texts(counts ...int64) Column {
	c := Column{Values: map[string]int64{}}
	for i, n := range counts {
		c.Values[string(rune('a'+i))] = n
		c.Rows += n
	}
	return c
}

// By scipy 1.17.1: rel_entr(a, b).sum() + rel_entr(b, a).sum(), less (B−1)(1/n + 1/n₀). In the second a bin is empty on either side and ½
// is added to all; in the last a bin is empty in both, and is none.
func TestPSI(t *testing.T) {
	for _, c := range []struct {
		from, to Column
		want     float64
	}{
		{texts(100, 200, 300), texts(110, 190, 330), -0.0018538579621626868},
		{texts(50, 50, 0, 10), texts(40, 60, 5, 0), 0.3645702145135868},
		{texts(10, 10, 10, 10, 10, 10, 10, 10, 10, 10), texts(12, 8, 10, 9, 11, 30, 10, 10, 5, 10), 0.05711037757598947},
		{Column{Edges: []float64{1}, Counts: []int64{50, 50}, Missing: 10, Rows: 110}, Column{Edges: []float64{1}, Counts: []int64{40, 60}, Missing: 0, Rows: 100}, 0.27128051936551156},
		{texts(100, 0, 200, 300), texts(110, 0, 190, 330), -0.0018538579621626868},
	} {
		got, basis, support, err := psi.Between(c.from, c.to)
		if err != nil || math.Abs(got-c.want) > 1e-12 || basis.Estimate != got || basis.Method != "psi" || support != min(c.from.Rows, c.to.Rows) {
			t.Errorf("%v: got %.12g, %v, %d, %v, want %v", c.to, got, basis, support, err, c.want)
		}
	}
}

// Unseen and missing values have a bin each.
func TestUnseenAndMissing(t *testing.T) {
	base := Texts([]string{"a", "b", "a", "b", "c"}, []bool{false, false, false, false, true})
	got, _, _, err := psi.Between(base, base.Texts([]string{"a", "x", "y", "b", "b"}, []bool{false, false, false, false, true}))
	if err != nil {
		t.Fatal(err)
	}
	want, _, _, err := psi.Between(texts(2, 2, 1, 0), texts(1, 1, 1, 2))
	if err != nil || got != want {
		t.Fatalf("got %v, want %v (%v)", got, want, err)
	}
}

// The standard error is the delta method's, with slopes by central differences, and 2(1/n + 1/n₀).
func TestStandardErrorIsTheDeltaMethods(t *testing.T) {
	f := func(q, p []float64) float64 {
		s := 0.0
		for i := range q {
			s += (q[i] - p[i]) * math.Log(q[i]/p[i])
		}
		return s
	}
	p, q := []int64{400, 300, 200, 100}, []int64{100, 100, 100, 200}
	share := func(ns []int64) ([]float64, float64) {
		sum := 0.0
		for _, n := range ns {
			sum += float64(n)
		}
		xs := make([]float64, len(ns))
		for i, n := range ns {
			xs[i] = float64(n) / sum
		}
		return xs, sum
	}
	a, n0 := share(p)
	b, n := share(q)
	variance := func(xs []float64, rows float64) float64 { // of f by xs, numerically
		const h = 1e-6
		one, two := 0.0, 0.0
		for i := range xs {
			x := xs[i]
			xs[i] = x + h
			up := f(b, a)
			xs[i] = x - h
			down := f(b, a)
			xs[i] = x
			g := (up - down) / (2 * h)
			one, two = one+x*g, two+x*g*g
		}
		return (two - one*one) / rows
	}
	want := math.Sqrt(variance(b, n)+variance(a, n0)) + 2*(1/n+1/n0)
	if _, got := index(p, q); math.Abs(got-want) > 1e-8 {
		t.Fatalf("standard error %v, want %v", got, want)
	}
}

func TestNoPSI(t *testing.T) {
	numbers := Column{Edges: []float64{1}, Counts: []int64{1, 2}, Rows: 3}
	many := Column{Values: map[string]int64{}}
	for i := range maxValues + 1 {
		many.Values[string(rune(0x4e00+i))]++
		many.Rows++
	}
	for want, c := range map[string][2]Column{
		"numbers on one side":                        {numbers, texts(1, 2)},
		"between other edges":                        {numbers, {Edges: []float64{2}, Counts: []int64{1, 2}, Rows: 3}},
		"by other values than the baseline's: \"c\"": {texts(1, 2), texts(1, 2, 3)},
		"no rows": {numbers, {Edges: []float64{1}, Counts: []int64{0, 0}}},
		"all rows of both columns are in one bin": {texts(5), texts(9)},
		"the baseline has 1001 different values":  {many, many},
		"the baseline's column: 2 rows":           {Column{Rows: 2}, numbers},
		"the column: 2 rows":                      {numbers, Column{Rows: 2}},
	} {
		if v, basis, _, err := psi.Between(c[0], c[1]); err == nil || !strings.Contains(err.Error(), want) || !math.IsNaN(v) || basis.Method != "" {
			t.Errorf("got %v, %v, want %s", v, err, want)
		}
	}
}

// Every distance is finite with limits on both sides of it wherever there is one, the same whatever the order of rows, and the same from a
// stored profile.
func TestDistances(t *testing.T) {
	names := map[string]bool{}
	for _, d := range Distances() {
		if d.Name == "" || d.Summary == "" || names[d.Name] {
			t.Errorf("%q: no name or summary of its own", d.Name)
		}
		names[d.Name] = true
		t.Run(d.Name, rapid.MakeCheck(func(t *rapid.T) {
			xs, ys := drawNumbers(t, "baseline"), drawNumbers(t, "numbers")
			base := Numbers(xs)
			v, basis, support, err := d.Between(base, base.Numbers(ys))
			if err != nil {
				if !math.IsNaN(v) {
					t.Fatalf("%v beside %v", v, err)
				}
				return
			}
			if low, high := basis.Low(0.025), basis.High(0.025); !(low < v && v < high) || math.IsInf(v, 0) {
				t.Fatalf("%v with the limits %v and %v", v, low, high)
			}
			if support != int64(min(len(xs), len(ys))) {
				t.Fatalf("support %d of %d and %d rows", support, len(xs), len(ys))
			}
			if again, _, _, err := d.Between(Numbers(shuffled(t, xs)), base.Numbers(shuffled(t, ys))); err != nil || again != v {
				t.Fatalf("%v in another order, not %v (%v)", again, v, err)
			}
		}))
	}
}

// How often the limits are wrong where the truth lies on the bound, at nominal .025: low(.025) above the truth is a false disproof,
// high(.025) below it a false proof. A test fails where the rate less three of its standard errors is above docs/statistics.md's.
func TestLimitsOfPSI(t *testing.T) {
	const times, disproof, proof = 2000, 0.022, 0.043
	for _, s := range settings() {
		t.Run(s.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			above, below, sum := 0, 0, 0.0
			for range times {
				from, to, truth := s.draw(r)
				v, basis, _, err := psi.Between(from, to)
				if err != nil {
					t.Fatal(err)
				}
				sum += v - truth
				if basis.Low(0.025) > truth {
					above++
				}
				if basis.High(0.025) < truth {
					below++
				}
			}
			for _, x := range []struct {
				name  string
				n     int
				bound float64
			}{{"disproof", above, disproof}, {"proof", below, proof}} {
				rate := float64(x.n) / times
				if rate-3*math.Sqrt(rate*(1-rate)/times) > x.bound {
					t.Errorf("false %s in %.4f of %d samples, more than %v", x.name, rate, times, x.bound)
				}
			}
			t.Logf("false disproof %.4f, false proof %.4f, bias %.5f", float64(above)/times, float64(below)/times, sum/times)
		})
	}
}

type setting struct {
	name string
	draw func(*rand.Rand) (from, to Column, truth float64)
}

// settings are multinomial texts, and normal numbers that moved by a shift, with the bins that the baseline's sample happens to have.
func settings() []setting {
	var out []setting
	for _, n := range [][2]int{{1000, 200}, {500, 500}, {2000, 500}, {400, 1500}} {
		for _, tilt := range []float64{0, 0.15, 0.3, 0.6} {
			for _, bins := range []int{2, 3, 10} {
				p, q := make([]float64, bins), make([]float64, bins)
				sum := 0.0
				for i := range q {
					p[i] = 1 / float64(bins)
					q[i] = math.Exp(tilt * (2*float64(i)/float64(bins-1) - 1))
					sum += q[i]
				}
				truth := 0.0
				for i := range q {
					q[i] /= sum
					truth += (q[i] - p[i]) * math.Log(q[i]/p[i])
				}
				out = append(out, setting{name(n, bins, truth), func(r *rand.Rand) (Column, Column, float64) {
					return multinomial(r, p, n[0]), multinomial(r, q, n[1]), truth
				}})
			}
		}
		for _, shift := range []float64{0.1, 0.3, 0.5} {
			out = append(out, setting{name(n, 10, shift*shift) + " normal", func(r *rand.Rand) (Column, Column, float64) {
				xs, ys := make([]float64, n[0]), make([]float64, n[1])
				for i := range xs {
					xs[i] = r.NormFloat64()
				}
				for i := range ys {
					ys[i] = r.NormFloat64() + shift
				}
				from := Numbers(xs)
				return from, from.Numbers(ys), shiftedPSI(from.Edges, shift)
			}})
		}
	}
	return out
}

// shiftedPSI is the true index between N(0, 1) and N(shift, 1) in given bins.
func shiftedPSI(edges []float64, shift float64) float64 {
	below := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	truth, p, q := 0.0, 0.0, 0.0
	for i := range len(edges) + 1 {
		a, b := 1-p, 1-q
		if i < len(edges) {
			a, b = below(edges[i])-p, below(edges[i]-shift)-q
		}
		truth += (b - a) * math.Log(b/a)
		p, q = p+a, q+b
	}
	return truth
}

func multinomial(r *rand.Rand, p []float64, n int) Column {
	up, sum := make([]float64, len(p)), 0.0
	for i := range p {
		sum += p[i]
		up[i] = sum
	}
	counts := make([]int64, len(p))
	for range n {
		counts[min(sort.SearchFloat64s(up, r.Float64()), len(p)-1)]++
	}
	return texts(counts...)
}

func name(n [2]int, bins int, truth float64) string {
	return fmt.Sprintf("%d and %d rows in %d bins, psi %.3f", n[0], n[1], bins, truth)
}
