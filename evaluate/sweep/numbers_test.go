package sweep

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyFloat draws finite numbers of all sizes, ties, both zeros and subnormal ones among them.
func anyFloat() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64, 0.1, 1e16, -1e16, 1e-300}),
		rapid.Float64Range(-1e3, 1e3),
		rapid.Custom(func(t *rapid.T) float64 {
			x := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return 0.5
			}
			return x
		}))
}

// TestTotalIsExact holds sums, and sums of products, to those of rational numbers, whatever their order and however they are merged.
func TestTotalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(anyFloat(), 0, 40).Draw(t, "xs")
		parts := make([]total, 3)
		products := make([]total, 3)
		want, wantProducts := new(big.Rat), new(big.Rat)
		for i, x := range xs {
			y := xs[len(xs)-1-i]
			part := rapid.IntRange(0, 2).Draw(t, "part")
			parts[part].add(x)
			products[part].addProduct(x, y)
			if rapid.IntRange(0, 9).Draw(t, "carry") == 0 {
				parts[part].carry()
				products[part].carry()
			}
			a, b := new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y)
			want.Add(want, a)
			wantProducts.Add(wantProducts, a.Mul(a, b))
		}
		for i := range 2 {
			parts[2].merge(&parts[i])
			products[2].merge(&products[i])
		}
		for _, c := range []struct {
			got  *total
			want *big.Rat
		}{{&parts[2], want}, {&products[2], wantProducts}} {
			k := c.got.scale()
			got := new(big.Rat).SetFrac(c.got.big(k), new(big.Int).Lsh(big.NewInt(1), uint(k)))
			if got.Cmp(c.want) != 0 {
				t.Fatalf("%v is %v, want %v", xs, got, c.want)
			}
			f, _ := c.want.Float64()
			if c.got.float() != f {
				t.Fatalf("%v is rounded to %v, want %v", xs, c.got.float(), f)
			}
		}
	})
}

// TestTotalCarries adds the largest digits until they must be carried.
func TestTotalCarries(t *testing.T) {
	var a total
	x := float64(1<<53 - 1)
	a.add(x)
	a.adds = mostAdds
	for i := range a.digits {
		a.digits[i] *= mostAdds
	}
	a.add(x)
	b := a
	b.digits = slices.Clone(a.digits)
	a.merge(&b)
	want := new(big.Int).Mul(big.NewInt(int64(x)), big.NewInt(2*(mostAdds+1)))
	if got := a.big(0); got.Cmp(want) != 0 || a.adds >= mostAdds {
		t.Errorf("%v after %d additions, want %v", got, a.adds, want)
	}
}

// numbered are rows of numbers in combinations of which dimensions are made.
type numbered struct {
	plan    NumbersPlan
	cell    []uint32
	columns [][]float64
}

// count counts the rows in an order, by so many goroutines' counts, with cells by a sample.
func (r numbered) count(t interface{ Fatal(...any) }, order []int, workers, sampled int) []NumbersOf {
	samples := make([][]float64, len(r.columns))
	for k, xs := range r.columns {
		for i := range min(sampled, len(xs)) {
			samples[k] = append(samples[k], xs[i])
		}
	}
	n := NewNumbers(r.plan, samples, workers)
	rounds := []func(int, []uint32, [][]float64) error{n.Add, n.Collect}
	for _, round := range rounds {
		for i, from := range order {
			columns := make([][]float64, len(r.columns))
			for k, xs := range r.columns {
				columns[k] = xs[from : from+1]
			}
			if err := round(i%workers, r.cell[from:from+1], columns); err != nil {
				t.Fatal(err)
			}
		}
		if n.sums == nil && !n.Again() {
			break
		}
	}
	overall, slices, err := n.Close()
	if err != nil {
		t.Fatal(err)
	}
	all := []NumbersOf{overall}
	for _, d := range slices {
		all = append(all, d...)
	}
	return all
}

// TestNumbersAreExact holds means, standard errors and order statistics of every slice to those of the sorted rows, and to the same bits in any order,
// by any number of goroutines, with any cells.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 60).Draw(t, "rows")
		values := rapid.SampledFrom([]*rapid.Generator[float64]{anyFloat(), rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{12, 13, 14, 250}), rapid.Just(7.0)}).Draw(t, "values")
		r := numbered{
			plan: NumbersPlan{Combinations: 4, Dimensions: [][]uint32{{0, 0, 1, 2}, {1, 0, 1, 0}}, Sizes: []int{4, 2}, Products: [][2]int{{0, 1}},
				Numbers: []Number{{Name: "a", Quantiles: []float64{0.5, 0.95, 0.999}, Above: true}, {Name: "b", Above: true}}},
			columns: [][]float64{rapid.SliceOfN(values, rows, rows).Draw(t, "a"), rapid.SliceOfN(rapid.Float64Range(-5, 5), rows, rows).Draw(t, "b")},
		}
		for range rows {
			r.cell = append(r.cell, rapid.Uint32Range(0, 7).Draw(t, "cell"))
		}
		order := make([]int, rows)
		for i := range order {
			order[i] = i
		}
		got := r.count(t, order, 1, rows)
		if rows > 0 {
			order = rapid.Permutation(order).Draw(t, "order")
		}
		other := r.count(t, order, rapid.IntRange(1, 3).Draw(t, "workers"), rapid.IntRange(0, rows).Draw(t, "sampled"))
		same(t, got, other)
		at := 0
		for d, of := range append([][]uint32{{0, 0, 0, 0}}, r.plan.Dimensions...) {
			for s := range append([]int{1}, r.plan.Sizes...)[d] {
				r.holds(t, got[at], of, uint32(s))
				at++
			}
		}
	})
}

func same(t *rapid.T, got, other []NumbersOf) {
	for i := range got {
		for k, a := range got[i].Columns {
			b := other[i].Columns[k]
			equal := func(x, y float64) bool { return x == y || x != x && y != y }
			if a.N != b.N || a.Above != b.Above || !equal(a.Mean.Mean, b.Mean.Mean) || !equal(a.Mean.SE, b.Mean.SE) || !slices.Equal(a.Ranks, b.Ranks) || !slices.Equal(a.Values, b.Values) {
				t.Fatalf("slice %d, column %d: %+v became %+v", i, k, a, b)
			}
		}
		if !slices.Equal(got[i].Products, other[i].Products) {
			t.Fatalf("slice %d: products %v became %v", i, got[i].Products, other[i].Products)
		}
	}
}

// holds compares a slice with its rows, one by one.
func (r numbered) holds(t *rapid.T, got NumbersOf, of []uint32, slice uint32) {
	var xs []float64
	sum, squares, products := new(big.Rat), new(big.Rat), new(big.Rat)
	for i, c := range r.cell {
		if of[c>>1] != slice {
			continue
		}
		x, y := r.columns[0][i], r.columns[1][i]
		xs = append(xs, x)
		a, b := new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y)
		sum.Add(sum, a)
		squares.Add(squares, new(big.Rat).Mul(a, a))
		products.Add(products, b.Mul(a, b))
	}
	slices.Sort(xs)
	n := int64(len(xs))
	s := got.Columns[0]
	if s.N != n {
		t.Fatalf("%d rows, want %d", s.N, n)
	}
	for k, column := range r.columns {
		all := slices.Sorted(slices.Values(column))
		above := int64(0)
		for i, c := range r.cell {
			middle := new(big.Rat).SetFloat64(all[(len(all)-1)/2])
			middle.Add(middle, new(big.Rat).SetFloat64(all[len(all)/2])).Quo(middle, big.NewRat(2, 1))
			if of[c>>1] == slice && new(big.Rat).SetFloat64(column[i]).Cmp(middle) > 0 {
				above++
			}
		}
		if got.Columns[k].Above != above {
			t.Fatalf("%d of column %d lie above the median, want %d", got.Columns[k].Above, k, above)
		}
	}
	if want, _ := products.Float64(); got.Products[0] != want {
		t.Fatalf("Σxy is %v, want %v", got.Products[0], want)
	}
	if n == 0 {
		if !math.IsNaN(s.Mean.Mean) || !math.IsNaN(s.Quantile(0.5)) || !math.IsNaN(s.Median()) || s.Percentile(0.5, 0).Method != "" {
			t.Fatalf("no rows have figures: %+v", s)
		}
		return
	}
	rows := new(big.Rat).SetInt64(n)
	if want, _ := new(big.Rat).Quo(sum, rows).Float64(); s.Mean.Mean != want {
		t.Fatalf("the mean is %v, want %v", s.Mean.Mean, want)
	}
	if n > 1 {
		variance := new(big.Rat).Sub(squares, new(big.Rat).Quo(new(big.Rat).Mul(sum, sum), rows))
		variance.Quo(variance, new(big.Rat).SetInt64(n*(n-1)))
		root := new(big.Float).SetPrec(300).SetRat(variance)
		if want, _ := root.Sqrt(root).Float64(); s.Mean.SE != want {
			t.Fatalf("the standard error is %v, want %v", s.Mean.SE, want)
		}
	}
	for i, rank := range s.Ranks {
		if want := xs[rank-1]; s.Values[i] != want {
			t.Fatalf("rank %d of %v is %v, want %v", rank, xs, s.Values[i], want)
		}
	}
	if want := xs[(n+1)/2-1] + (xs[n/2]-xs[(n+1)/2-1])/2; s.Median() != want && !math.IsInf(want, 0) {
		t.Fatalf("the median of %v is %v, want %v", xs, s.Median(), want)
	}
	for _, q := range []float64{0.5, 0.95, 0.999} {
		if want := xs[InvertedCDF(q, n)-1]; s.Quantile(q) != want {
			t.Fatalf("the %v-quantile is %v, want %v", q, s.Quantile(q), want)
		}
		if b := s.Percentile(q, s.Quantile(q)); !(b.Value() == s.Quantile(q)) || len(b.Points) == 0 {
			t.Fatalf("the %v-quantile has the basis %+v", q, b)
		}
	}
}

// TestNumbersKeepFew counts many rows, of which the second round keeps few, and none where values repeat.
func TestNumbersKeepFew(t *testing.T) {
	const rows = 200_000
	random := rand.New(rand.NewPCG(1, 2))
	r := numbered{plan: NumbersPlan{Combinations: 1, Numbers: []Number{{Name: "a", Quantiles: []float64{0.5, 0.99}}, {Name: "b", Quantiles: []float64{0.5}}}}, columns: make([][]float64, 2), cell: make([]uint32, rows)}
	for range rows {
		r.columns[0] = append(r.columns[0], math.Exp(random.NormFloat64()))
		r.columns[1] = append(r.columns[1], float64(random.IntN(30)))
	}
	samples := [][]float64{r.columns[0][:20_000], r.columns[1][:20_000]}
	n := NewNumbers(r.plan, samples, 1)
	if err := n.Add(0, r.cell, r.columns); err != nil {
		t.Fatal(err)
	}
	if !n.Again() || n.placed[1] != 0 {
		t.Fatalf("%v places are collected", n.placed)
	}
	if err := n.Collect(0, r.cell, r.columns); err != nil {
		t.Fatal(err)
	}
	keys, _ := n.collected(0)
	if len(keys) == 0 || len(keys) > rows/50 {
		t.Errorf("%d of %d rows are kept", len(keys), rows)
	}
	overall, _, err := n.Close()
	if err != nil {
		t.Fatal(err)
	}
	sorted := slices.Sorted(slices.Values(r.columns[0]))
	if got, want := overall.Columns[0].Quantile(0.99), sorted[InvertedCDF(0.99, rows)-1]; got != want {
		t.Errorf("p99 is %v, want %v", got, want)
	}
}

// TestNumbersRefuse what they cannot count.
func TestNumbersRefuse(t *testing.T) {
	plan := NumbersPlan{Combinations: 1, Numbers: []Number{{Name: "latencies", Quantiles: []float64{0.5}}}}
	for want, c := range map[string]struct {
		cell    []uint32
		columns [][]float64
	}{
		"1 of 1 latencies are not finite (first rows: 1)": {[]uint32{0}, [][]float64{{math.NaN()}}},
		"a cell of combination 1, and there are 1":        {[]uint32{2}, [][]float64{{1}}},
		"2 numbers of latencies and 1 rows":               {[]uint32{0}, [][]float64{{1, 2}}},
		"0 columns of numbers, and the plan has 1":        {[]uint32{0}, nil},
	} {
		if err := NewNumbers(plan, [][]float64{nil}, 1).Add(0, c.cell, c.columns); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	n := NewNumbers(plan, [][]float64{nil}, 1)
	if err := n.Add(0, []uint32{0, 0}, [][]float64{{1, 2}}); err != nil || !n.Again() {
		t.Fatal(err)
	}
	if _, _, err := n.Close(); err != errOtherRows {
		t.Errorf("rows that do not come again: %v", err)
	}
}
