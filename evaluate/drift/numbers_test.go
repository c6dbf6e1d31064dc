package drift

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

// columnOf profiles numbers, in one counter and one batch.
func columnOf(xs []float64) Column {
	n := NewNumbers()
	n.Add(xs)
	return n.Column()
}

// against counts numbers by a baseline's column.
func (c Column) against(xs []float64) Column {
	n := c.NewNumbers()
	n.Add(xs)
	return n.Column()
}

// draws are kinds of columns, by the parameters that make what is hard: ties, both signs, many sizes, a narrow range, zeros, values that have none.
var draws = map[string]func(r *rand.Rand) float64{
	"uniform":     func(r *rand.Rand) float64 { return r.Float64() },
	"normal":      func(r *rand.Rand) float64 { return r.NormFloat64() },
	"lognormal":   func(r *rand.Rand) float64 { return math.Exp(2 * r.NormFloat64()) },
	"months":      func(r *rand.Rand) float64 { return float64(202301 + r.IntN(12)) },
	"seconds":     func(r *rand.Rand) float64 { return 1.7e9 + float64(r.IntN(20e6)) },
	"small ints":  func(r *rand.Rand) float64 { return float64(r.IntN(7) - 3) },
	"large ints":  func(r *rand.Rand) float64 { return float64(r.IntN(1e6)) },
	"two":         func(r *rand.Rand) float64 { return float64(r.IntN(2)) },
	"constant":    func(*rand.Rand) float64 { return 0.1 },
	"float32":     func(r *rand.Rand) float64 { return float64(r.Float32()) },
	"any float":   func(r *rand.Rand) float64 { return math.Float64frombits(r.Uint64()) },
	"subnormal":   func(r *rand.Rand) float64 { return math.Float64frombits(r.Uint64() >> 14) },
	"mostly zero": func(r *rand.Rand) float64 { return math.Max(0, r.NormFloat64()-1.5) },
	"odd": func(r *rand.Rand) float64 {
		return []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), -math.NaN(), math.MaxFloat64, -math.MaxFloat64, 5e-324}[r.IntN(9)]
	},
	"missing": func(*rand.Rand) float64 { return math.NaN() },
	"some missing": func(r *rand.Rand) float64 {
		if r.IntN(10) == 0 {
			return math.NaN()
		}
		return r.NormFloat64()
	},
}

func sample(r *rand.Rand, kind string, rows int) []float64 {
	xs := make([]float64, rows)
	for i := range xs {
		xs[i] = draws[kind](r)
	}
	return xs
}

// kinds in order, so that a seed tells which.
func kinds() []string {
	var names []string
	for name := range draws {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// drawSample is one of the kinds of columns, with few rows or with more than are kept before cells are made.
func drawSample(t *rapid.T, name string) []float64 {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, name+" seed"), 1))
	kind := rapid.SampledFrom(kinds()).Draw(t, name)
	rows := rapid.OneOf(rapid.IntRange(0, 60), rapid.IntRange(few-2, 3*few)).Draw(t, name+" rows")
	xs := sample(r, kind, rows)
	if rapid.Bool().Draw(t, name+" mixed") { // with some of another kind
		other := rapid.SampledFrom(kinds()).Draw(t, name+" and")
		for i := range xs {
			if r.IntN(50) == 0 {
				xs[i] = draws[other](r)
			}
		}
	}
	return xs
}

// counted in any order, by any number of counters, merged in any order, in batches of any size: the same column, bit for bit.
func countedApart(t *rapid.T, xs []float64, counter func() *Numbers) Column {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 2))
	xs = slices.Clone(xs)
	r.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
	parts := make([]*Numbers, rapid.IntRange(1, 4).Draw(t, "counters"))
	for i := range parts {
		parts[i] = counter()
	}
	for len(xs) > 0 {
		n := min(len(xs), 1+r.IntN(5000))
		parts[r.IntN(len(parts))].Add(xs[:n])
		xs = xs[n:]
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	for _, p := range parts[1:] {
		before := p.Column()
		if err := parts[0].Merge(p); err != nil {
			t.Fatal(err)
		}
		if after := p.Column(); !reflect.DeepEqual(before, after) {
			t.Fatal("Merge changed the other counter")
		}
	}
	return parts[0].Column()
}

func TestNumbersInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := drawSample(t, "baseline"), drawSample(t, "column")
		base := columnOf(xs)
		if again := countedApart(t, xs, NewNumbers); !reflect.DeepEqual(base, again) {
			t.Fatalf("%+v, and in another order\n%+v", base, again)
		}
		now := base.against(ys)
		if again := countedApart(t, ys, base.NewNumbers); !reflect.DeepEqual(now, again) {
			t.Fatalf("%+v, and in another order\n%+v", now, again)
		}
	})
}

// Counters of unlike numbers, of which one has finer cells than the other, merge into the same column either way.
func TestMergeOfUnlikeNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, a := range kinds() {
		for _, b := range kinds() {
			for _, rows := range []int{100, 2 * few} {
				xs, ys := sample(r, a, 2*few), sample(r, b, rows)
				want := columnOf(append(slices.Clone(xs), ys...))
				one, two := NewNumbers(), NewNumbers()
				one.Add(xs)
				two.Add(ys)
				if err := two.Merge(one); err != nil {
					t.Fatal(err)
				}
				again := NewNumbers()
				again.Add(ys)
				if err := one.Merge(again); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(one.Column(), want) || !reflect.DeepEqual(two.Column(), want) {
					t.Errorf("%s and %s, %d rows: another column than that of all", a, b, rows)
				}
			}
		}
	}
}

// A baseline's column is consistent, small, comes back from JSON bit for bit, counts its own rows as they are, has no bin of 1 to 10 finite rows, and no
// row's own value in it but those that 11 rows share.
func TestBaseline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := drawSample(t, "baseline")
		c := columnOf(xs)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil || len(text) > 48<<10 {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		var back Column
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, c) {
			t.Fatalf("%+v came back as\n%+v (%v)", c, back, err)
		}
		counts, missing, infinite := make([]int64, len(c.Edges)+1), int64(0), int64(0)
		beyond := make([]int64, len(c.Edges)+1) // of the counts, rows of ±Inf
		shared := map[float64]int{}
		for _, x := range xs {
			if math.IsNaN(x) {
				missing++
				continue
			}
			if math.IsInf(x, 0) {
				infinite++
			}
			shared[x+0]++
			bin := sort.Search(len(c.Edges), func(i int) bool { return c.Edges[i] > x })
			if counts[bin]++; math.IsInf(x, 0) {
				beyond[bin]++
			}
		}
		if !slices.Equal(c.Counts, counts) || c.Missing != missing || c.Infinite != infinite || c.Rows != int64(len(xs)) {
			t.Fatalf("%+v, and the counts are %v with %d missing and %d infinite", c, counts, missing, infinite)
		}
		for i, n := range counts {
			if n -= beyond[i]; n > 0 && n < leastRows && (len(counts) > 1 || c.Means[i] != 0 || c.SD != 0) {
				t.Fatalf("bin %d has %d rows", i, n)
			}
		}
		for _, e := range c.Edges {
			if n := shared[e]; n > 0 && n < leastRows && key(e)&(1<<32-1) != 0 && e > 1e-300 { // a round number may be so by chance
				t.Fatalf("the edge %v is the value of %d rows", e, n)
			}
		}
	})
}

// Cells are exact where there are few values, and fine enough where there are many.
func TestCells(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, kind := range kinds() {
		xs := sample(r, kind, 40000)
		n := NewNumbers()
		n.Add(xs)
		all := n.cells.list()
		want := map[int64]int64{}
		values := map[float64]bool{}
		sums := map[int64]float64{}
		shift := n.cells.shift
		for _, x := range xs {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				want[key(x)>>shift<<shift]++
				sums[key(x)>>shift<<shift] += x
				values[x+0] = true
			}
		}
		if len(all) != len(want) {
			t.Fatalf("%s: %d cells, want %d", kind, len(all), len(want))
		}
		for _, x := range all {
			if x.rows != want[x.from] {
				t.Fatalf("%s: %d rows in the cell from %v, want %d", kind, x.rows, number(x.from), want[x.from])
			}
			if mean := sums[x.from] / float64(x.rows); !math.IsInf(mean, 0) && math.Abs(mean-x.mean()) > math.Abs(mean)*0x1p-27+1e-316 {
				t.Fatalf("%s: the mean of the cell from %v is %v, want %v", kind, number(x.from), x.mean(), mean)
			}
		}
		if len(values) <= maxPages && shift != 0 {
			t.Errorf("%s: %d values, and cells of 2^%d keys", kind, len(values), shift)
		}
		if kind != "any float" && kind != "subnormal" && shift > 52-pageBits {
			t.Errorf("%s: cells of 2^%d keys", kind, shift)
		}
		pages := map[int64]bool{}
		for k := range want {
			pages[k>>(shift+pageBits-1)] = true
		}
		if shift > 0 && len(pages) <= maxPages {
			t.Errorf("%s: cells of 2^%d keys, and of half as many there were %d pages", kind, shift, len(pages))
		}
	}
}

func TestKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y")
		if number(key(x)) != x || (key(x) < key(y)) != (x < y) || (key(x) == key(y)) != (x == y) {
			t.Fatalf("%v has the key %d, %v %d", x, key(x), y, key(y))
		}
		a, b := min(key(x), key(y)), max(key(x), key(y))
		m := roundest(a, b)
		zeros := func(k int64) int {
			n := 0
			for ; k != 0 && k&1 == 0; k >>= 1 {
				n++
			}
			return n
		}
		if m < a || m > b {
			t.Fatalf("%d is not in [%d, %d]", m, a, b)
		}
		if m != 0 && zeros(m) < 50 && ((m-1)>>(zeros(m)+1)+1)<<(zeros(m)+1) <= b && ((a-1)>>(zeros(m)+1)+1)<<(zeros(m)+1) <= b {
			t.Fatalf("%d is not the roundest in [%d, %d]", m, a, b)
		}
	})
}

// What is counted against a baseline is what a search among its edges gives, with the exact means.
func TestAgainst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := columnOf(drawSample(t, "baseline"))
		ys := drawSample(t, "column")
		c := base.against(ys)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		counts, means, sizes := make([]int64, len(base.Edges)+1), make([]float64, len(base.Edges)+1), make([]float64, len(base.Edges)+1)
		finite := make([]int64, len(base.Edges)+1)
		missing := int64(0)
		for _, y := range ys {
			if math.IsNaN(y) {
				missing++
				continue
			}
			i := sort.Search(len(base.Edges), func(i int) bool { return base.Edges[i] > y })
			counts[i]++
			if !math.IsInf(y, 0) {
				finite[i]++
				means[i] += y
				sizes[i] += math.Abs(y)
			}
		}
		if !slices.Equal(c.Counts, counts) || c.Missing != missing {
			t.Fatalf("%v, want %v", c.Counts, counts)
		}
		for i := range means {
			low, high := c.bin(i)
			m, width := means[i]/float64(finite[i]), high-low
			if finite[i] == 0 || math.IsInf(m, 0) || math.Abs(m) > 1e300 || math.Abs(m) < 1e-290 || width < 1e-290 {
				continue
			}
			off := sizes[i] / float64(finite[i]) * 0x1p-27
			if !math.IsInf(width, 0) {
				off = width*0x1p-25 + math.Abs(m)*1e-12
			}
			if math.Abs(c.Means[i]-m) > off+5e-324 {
				t.Fatalf("the mean of bin %d, from %v to %v, is %v, want %v", i, low, high, c.Means[i], m)
			}
		}
	})
}

// The edges of some small columns, by hand: 11 rows and 1/512 of all make a bin.
func TestEdges(t *testing.T) {
	next := func(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }
	some := func(x float64, n int) []float64 { return slices.Repeat([]float64{x}, n) }
	for name, c := range map[string]struct {
		xs, want []float64
		counts   []int64
	}{
		"none":          {nil, nil, []int64{0}},
		"only missing":  {some(math.NaN(), 20), nil, []int64{0}},
		"ten":           {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, nil, []int64{10}},
		"constant":      {some(3, 11), []float64{3, next(3)}, []int64{0, 11, 0}},
		"zeros":         {append(some(0, 11), some(math.Copysign(0, -1), 11)...), []float64{0, next(0)}, []int64{0, 22, 0}},
		"two":           {append(some(0, 20), some(1, 30)...), []float64{0, next(0), 1, next(1)}, []int64{0, 20, 0, 30, 0}},
		"a rare one":    {append(some(0, 20), append(some(0.5, 10), some(1, 30)...)...), []float64{0, 1, next(1)}, []int64{0, 30, 30, 0}},
		"rare and rare": {append(some(0, 20), some(1, 10)...), []float64{0}, []int64{0, 30}},
		// eleven a bin; 12 is the roundest number from just above 11 to 12
		"single":          {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}, []float64{12}, []int64{11, 12}},
		"single, below 0": {[]float64{-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14, -15, -16, -17, -18, -19, -20, -21, -22, -23}, []float64{-12}, []int64{11, 12}},
		"infinite":        {append(some(math.Inf(1), 11), append(some(1, 11), some(math.Inf(-1), 3)...)...), []float64{1, next(1)}, []int64{3, 11, 11}},
	} {
		t.Run(name, func(t *testing.T) {
			got := columnOf(c.xs)
			if !slices.Equal(got.Edges, c.want) || !slices.Equal(got.Counts, c.counts) {
				t.Fatalf("edges %v, counts %v, want %v and %v", got.Edges, got.Counts, c.want, c.counts)
			}
		})
	}
}

func TestMergeNumbersRefuses(t *testing.T) {
	base, other := columnOf(slices.Repeat([]float64{1, 2}, 20)), columnOf(slices.Repeat([]float64{1, 3}, 20))
	for name, pair := range map[string][2]*Numbers{
		"a baseline's and one against it": {NewNumbers(), base.NewNumbers()},
		"other bins":                      {base.NewNumbers(), other.NewNumbers()},
		"fewer bins":                      {base.NewNumbers(), Column{Counts: []int64{0}}.NewNumbers()},
	} {
		if pair[0].Merge(pair[1]) == nil || pair[1].Merge(pair[0]) == nil {
			t.Errorf("%s: merged", name)
		}
	}
}
