package sweep

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Sums are what whole numbers give, at the ends of their ranges too.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.OneOf(rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 62, -1 << 62, 1<<53 + 1}), rapid.Int64())
		small := rapid.OneOf(rapid.SampledFrom([]uint64{0, 1, 1 << 41, 1<<41 - 1, 1 << 62, 1<<62 - 1}), rapid.Uint64Range(0, 1<<62)) // twenty of k·x² stay below 2¹⁹¹
		var s, u sum
		want := new(big.Int)
		for range rapid.IntRange(0, 20).Draw(t, "terms") {
			to := rapid.SampledFrom([]*sum{&s, &u}).Draw(t, "sum")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				x := edge.Draw(t, "x")
				to.add(x)
				want.Add(want, big.NewInt(x))
			case 1:
				x, y := rapid.Uint64Range(0, 1<<63).Draw(t, "x"), rapid.Uint64Range(0, 1<<63).Draw(t, "y")
				to.addProduct(x, y)
				want.Add(want, new(big.Int).Mul(new(big.Int).SetUint64(x), new(big.Int).SetUint64(y)))
			case 2:
				k, x := small.Draw(t, "k"), small.Draw(t, "x")
				to.addSquares(k, x)
				b := new(big.Int).SetUint64(x)
				want.Add(want, b.Mul(b, b).Mul(b, new(big.Int).SetUint64(k)))
			}
		}
		s.plus(u)
		if got := s.big(); got.Cmp(want) != 0 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// The same for large factors, which rapid seldom draws.
func TestSquaresOfLargeNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 1000 {
		k, x := r.Uint64()>>2, r.Uint64()>>2
		var s sum
		s.addSquares(k, x)
		want := new(big.Int).SetUint64(x)
		want.Mul(want, want).Mul(want, new(big.Int).SetUint64(k))
		if got := s.big(); got.Cmp(want) != 0 {
			t.Fatalf("%d·%d² is %v, not %v", k, x, got, want)
		}
	}
}

// 2⁴⁰ rows of the largest losses, doubled from one, neither overflow nor round: mean and variance are exact.
func TestMomentsOfManyRows(t *testing.T) {
	const scale = 62
	var m moments
	m.add(1 << 62)
	m.add(-1 << 62)
	n := int64(2)
	for n < 1<<40 {
		m.merge(&m)
		n *= 2
	}
	got := m.loss(n, scale)
	if want := math.Sqrt(1 / float64(n-1)); got.Mean != 0 || math.Abs(got.SE-want) > 1e-22 {
		t.Fatalf("got %v, want 0 and %v", got, want)
	}
	var c moments
	c.add(1<<62 - 12345)
	for k := int64(1); k < 1<<40; k *= 2 {
		c.merge(&c)
	}
	if got := c.loss(1<<40, scale); got.SE != 0 || got.Mean != float64(1<<62-12345)/(1<<62) {
		t.Fatalf("equal losses: %v", got)
	}
}

// Losses that hardly vary keep their variance: with float64 sums it is lost to cancellation.
func TestNoCancellation(t *testing.T) {
	p := whole(Plan{Losses: true})
	r := rowsOf{}
	for i := range 10000 {
		x := 0.5
		if i%2 == 0 {
			x = math.Nextafter(0.5, 1)
		}
		r.Score, r.Label = append(r.Score, x), append(r.Label, 1)
	}
	s, _, err := tally(t, p, r).Close()
	if err != nil {
		t.Fatal(err)
	}
	// (p−1)² is 0.25 and 0.25 less 2⁻⁵³: a standard deviation of 2⁻⁵⁴·√(n/(n−1)), and √n in the error.
	want := 0x1p-54 * math.Sqrt(10000.0/9999) / 100
	if math.Abs(s.Brier.SE/want-1) > 1e-9 {
		t.Fatalf("standard error %v, want %v", s.Brier.SE, want)
	}
}

// The sort gives ascending keys with their own rows, whatever the keys: many, few, ties, clusters beside far ones.
func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, n := rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]int{0, 1, 2, fewRows, fewRows + 1, 3000, 20000}).Draw(t, "rows")
		r, xs := rand.New(rand.NewPCG(seed, 1)), make([]float64, n)
		kinds := rapid.IntRange(1, 5).Draw(t, "kinds")
		for i := range xs {
			switch r.IntN(kinds) {
			case 0:
				xs[i] = float64(r.IntN(5)) - 2
			case 1:
				xs[i] = r.Float64()
			case 2:
				xs[i] = math.Ldexp(r.Float64()-0.5, r.IntN(2000)-1000)
			case 3:
				xs[i] = []float64{math.MaxFloat64, -math.MaxFloat64, 5e-324, -5e-324, math.Copysign(0, -1)}[r.IntN(5)]
			case 4:
				xs[i] = math.Float64frombits(math.Float64bits(0.3) + r.Uint64N(1<<20))
			}
		}
		got := ranked(xs)
		seen := make([]bool, n)
		for i, row := range got.rows {
			if seen[row] {
				t.Fatal("a row twice")
			}
			seen[row] = true
			if got.keys[i] != keyOf(xs[row]) {
				t.Fatalf("row %d has the key of another", row)
			}
			if i > 0 && !(xs[got.rows[i-1]] <= xs[row]) {
				t.Fatalf("%v before %v", xs[got.rows[i-1]], xs[row])
			}
		}
	})
}

// Large sets take the way that small ones do not: the same laws, with rows in the thousands.
func TestManyRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 5000
	rows := rowsOf{Rivals: [][]float64{nil}, Slice: [][]uint32{nil}}
	for range n {
		y := uint8(r.IntN(2))
		x := math.Round(50*(r.NormFloat64()+float64(y))) / 50
		rows.Score, rows.Label = append(rows.Score, x), append(rows.Label, y)
		rows.Rivals[0] = append(rows.Rivals[0], math.Round(20*(x+r.NormFloat64()))/20)
		rows.Slice[0] = append(rows.Slice[0], uint32(r.IntN(3)))
	}
	p := whole(Plan{Cuts: []float64{0.5}, Sizes: []int{3}, Rivals: []float64{0.4}, Ranks: true, Average: true, Losses: true})
	want := closed(t, tally(t, p, rows))
	order := r.Perm(n)
	a, b := tally(t, p, rows.pick(order[:1234])), tally(t, p, rows.pick(order[1234:]))
	if err := b.Merge(a); err != nil {
		t.Fatal(err)
	}
	if closed(t, b) != want {
		t.Fatal("merged differs")
	}
	s, _, err := tally(t, p, rows).Close()
	if err != nil {
		t.Fatal(err)
	}
	own, rival := placements(rows.Score, rows.Label), placements(rows.Rivals[0], rows.Label)
	near(t, "auc", s.AUC, mean(own[1]), 1e-13)
	near(t, "variance", s.AUCVar, delong(own, own), 1e-17)
	near(t, "covariance", s.Pairs[0].Covariance, delong(own, rival), 1e-17)
	near(t, "rival's variance", s.Pairs[0].AUCVar, delong(rival, rival), 1e-17)
}

// points are all of a ROC curve, by its definition.
func points(r rowsOf) [][2]float64 {
	var size [2]float64
	for _, y := range r.Label {
		size[y]++
	}
	out := [][2]float64{{0, 0}}
	cuts := slices.Clone(r.Score)
	slices.Sort(cuts)
	for _, cut := range slices.Backward(cuts) {
		var at [2]float64
		for i, y := range r.Label {
			if r.Score[i] >= cut {
				at[y]++
			}
		}
		out = append(out, [2]float64{at[0] / size[0], at[1] / size[1]})
	}
	return out
}

func BenchmarkMillionRows(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	n := 1_000_000
	rows := rowsOf{Score: make([]float64, n), Label: make([]uint8, n), Slice: [][]uint32{make([]uint32, n), make([]uint32, n), make([]uint32, n)}}
	for i := range n {
		rows.Score[i], rows.Label[i] = r.Float64(), uint8(r.IntN(2))
		for d := range rows.Slice {
			rows.Slice[d][i] = uint32(r.IntN(10))
		}
	}
	p := whole(Plan{Cuts: []float64{0.5}, Sizes: []int{10, 10, 10}, Ranks: true, Average: true})
	given := rows.rows(p)
	for b.Loop() {
		t := New(p)
		if err := t.Add(given); err != nil {
			b.Fatal(err)
		}
		if _, _, err := t.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
