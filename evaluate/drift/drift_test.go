package drift

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// scrambled is k·√k / 7 for k = i·7919 mod 1009 and i from 0 to 1008.
func scrambled() []float64 {
	xs := make([]float64, 1009)
	for i := range xs {
		k := float64(i * 7919 % 1009)
		xs[i] = k * math.Sqrt(k) / 7
	}
	return xs
}

func tenths(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64((i*7)%n) / 10
	}
	return xs
}

// The edges are those of numpy 2.4.6, np.quantile(xs, [i/10 for i in range(1, 10)]), less the ones that would leave a bin empty.
func TestEdges(t *testing.T) {
	for name, c := range map[string]struct {
		xs, want []float64
		counts   []int64
	}{
		"none":                  {nil, nil, []int64{0}},
		"one":                   {[]float64{3}, nil, []int64{1}},
		"constant":              {[]float64{3, 3, 3, 3}, nil, []int64{4}},
		"only missing":          {[]float64{math.NaN(), math.NaN()}, nil, []int64{0}},
		"two values":            {[]float64{0, 1, 0, 1, 1, 1}, []float64{1}, []int64{2, 4}},
		"many zeros":            {append(make([]float64, 95), 5, 2, 3, 4, 1), []float64{1}, []int64{95, 5}},
		"mostly the highest":    {append([]float64{1, 2, 3}, slices.Repeat([]float64{9}, 97)...), []float64{9}, []int64{3, 97}},
		"an atom in the middle": {append([]float64{-2, -1, 1, 2}, make([]float64, 96)...), []float64{0}, []int64{2, 98}},
		"infinite":              {[]float64{math.Inf(-1), math.Inf(-1), 1, 2, math.Inf(1), math.Inf(1)}, []float64{1, 1.5}, []int64{2, 1, 3}},
		"ninety-seven": {tenths(97), []float64{0.9600000000000002, 1.9200000000000002, 2.8799999999999994, 3.8400000000000003, 4.8, 5.76, 6.719999999999999, 7.6800000000000015, 8.64},
			[]int64{10, 10, 9, 10, 9, 10, 10, 9, 10, 10}},
		"irregular": {[]float64{-3.5, 0, 2, 2, 8, 1e9, 3, 4, 5, .1, .2, .3},
			[]float64{0.010000000000000009, 0.12000000000000002, 0.22999999999999998, 0.9800000000000006, 2.5999999999999996, 3.6999999999999993, 4.800000000000001, 7.700000000000001},
			[]int64{2, 1, 1, 1, 2, 1, 1, 1, 2}},
		"rounding": {[]float64{-3.62, -3.54, -1.57, -1.38, -1.01, -0.69, -0.03, 0.39, 0.87, 1.23, 2.79, 2.99},
			[]float64{-3.343, -1.532, -1.269, -0.8819999999999999, -0.36, 0.22199999999999984, 0.7259999999999996, 1.1580000000000001, 2.634000000000001}, []int64{2, 1, 1, 1, 1, 1, 1, 1, 1, 2}},
		"scrambled": {scrambled(), []float64{144.5757071695097, 408.9203402803742, 751.2337097970596, 1156.5992474422821, 1616.3959910863427, 2124.8080594227818, 2677.5642244627434, 3271.355929605269, 3903.521304344266},
			[]int64{101, 101, 101, 101, 100, 101, 101, 101, 101, 101}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Numbers(c.xs)
			if !slices.Equal(got.Edges, c.want) || !slices.Equal(got.Counts, c.counts) {
				t.Fatalf("edges %v, counts %v, want %v and %v", got.Edges, got.Counts, c.want, c.counts)
			}
			if err := got.Check(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func drawNumbers(t *rapid.T, name string) []float64 {
	return rapid.SliceOf(rapid.OneOf(rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 2, math.NaN(), math.Inf(1), math.Inf(-1)}), rapid.Float64Range(-3, 3))).Draw(t, name)
}

func drawTexts(t *rapid.T, name string) ([]string, []bool) {
	xs := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c", "", "d"})).Draw(t, name)
	var missing []bool
	if rapid.Bool().Draw(t, name+" missing") {
		missing = rapid.SliceOfN(rapid.Bool(), len(xs), len(xs)).Draw(t, name+" which")
	}
	return xs, missing
}

// A profile has each of its own bins filled, measures its own data as itself, survives JSON, and loses no row of other data.
func TestColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := drawNumbers(t, "numbers"), drawNumbers(t, "others")
		base := Numbers(xs)
		same(t, base, base.Numbers(xs))
		same(t, base, Numbers(shuffled(t, xs)))
		if len(base.Counts) > 1 && slices.Contains(base.Counts, 0) {
			t.Fatalf("an empty bin: %v", base)
		}
		other := base.Numbers(ys)
		if i := slices.IndexFunc(ys, func(y float64) bool { return !math.IsNaN(y) }); i >= 0 {
			below := int64(0)
			for _, y := range ys {
				if len(base.Edges) > 0 && y < base.Edges[0] {
					below++
				}
			}
			if len(base.Edges) > 0 && other.Counts[0] != below {
				t.Fatalf("%d below the first edge, not %d", other.Counts[0], below)
			}
		}
		texts, missing := drawTexts(t, "texts")
		words := Texts(texts, missing)
		same(t, words, words.Texts(texts, missing))
		new, gone := drawTexts(t, "other texts")
		for _, c := range []Column{base, other, words, words.Texts(new, gone)} {
			if err := c.Check(); err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(Profile{"x": c})
			if err != nil {
				t.Fatal(err)
			}
			var back Profile
			if err := json.Unmarshal(b, &back); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != string(b) {
				t.Fatalf("%s became %s (%v)", b, again, err)
			}
			same(t, c, back["x"])
		}
	})
}

// shuffled gives the numbers in another order.
func shuffled(t *rapid.T, xs []float64) []float64 {
	if len(xs) == 0 {
		return xs
	}
	return rapid.Permutation(xs).Draw(t, "order")
}

// same compares what JSON keeps: an empty map is none.
func same(t *rapid.T, a, b Column) {
	t.Helper()
	for _, c := range []*Column{&a, &b} {
		if len(c.Edges) == 0 {
			c.Edges = nil
		}
		if len(c.Values) == 0 {
			c.Values = nil
		}
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%+v and %+v", a, b)
	}
}

// Parts that were counted in the baseline's bins merge into the whole.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := Numbers(drawNumbers(t, "baseline"))
		xs, ys := drawNumbers(t, "a"), drawNumbers(t, "b")
		got, err := base.Numbers(xs).Merge(base.Numbers(ys))
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, base.Numbers(append(slices.Clone(xs), ys...)))
		texts, missing := drawTexts(t, "base texts")
		words := Texts(texts, missing)
		as, _ := drawTexts(t, "as")
		bs, _ := drawTexts(t, "bs")
		if got, err = words.Texts(as, nil).Merge(words.Texts(bs, nil)); err != nil {
			t.Fatal(err)
		}
		same(t, got, words.Texts(append(slices.Clone(as), bs...), nil))
		if got, err = Texts(as, nil).Merge(Texts(bs, nil)); err != nil {
			t.Fatal(err)
		}
		same(t, got, Texts(append(slices.Clone(as), bs...), nil))
	})
}

func TestMergeRefuses(t *testing.T) {
	numbers := Column{Edges: []float64{1}, Counts: []int64{1, 2}, Rows: 3}
	known := Column{Values: map[string]int64{"a": 1}, Unseen: 2, Rows: 3}
	for name, c := range map[string]struct {
		a, b Column
		want string
	}{
		"edges":       {numbers, Column{Edges: []float64{2}, Counts: []int64{1, 2}, Rows: 3}, "different bins"},
		"kinds":       {numbers, known, "different bins"},
		"unseen":      {known, Column{Values: map[string]int64{"b": 1}, Rows: 1}, `"b" may be among the 2 unseen`},
		"the other":   {Column{Values: map[string]int64{"b": 1}, Rows: 1}, known, "may be among the 2 unseen"},
		"overflow":    {Column{Counts: []int64{math.MaxInt64}, Rows: math.MaxInt64}, Column{Counts: []int64{1}, Rows: 1}, "more than can be counted"},
		"a bad one":   {numbers, Column{Counts: []int64{-1}, Rows: -1}, "a count of -1"},
		"a wrong sum": {numbers, Column{Edges: []float64{1}, Counts: []int64{1, 2}, Rows: 4}, "4 rows, and 1 of them in no bin"},
	} {
		if _, err := c.a.Merge(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// What a stored profile may say is held against itself: nothing overflows, and nothing that cannot be counted is judged.
func TestCheck(t *testing.T) {
	for want, c := range map[string]Column{
		"edge 2 of 2 is 1, not finite and above":    {Edges: []float64{1, 1}, Counts: []int64{0, 0, 0}},
		"edge 1 of 1 is NaN":                        {Edges: []float64{math.NaN()}, Counts: []int64{0, 0}},
		"edge 1 of 1 is +Inf":                       {Edges: []float64{math.Inf(1)}, Counts: []int64{0, 0}},
		"1 edges and 1 counts":                      {Edges: []float64{1}, Counts: []int64{1}, Rows: 1},
		"1 edges and 0 counts":                      {Edges: []float64{1}},
		"both counts between edges and":             {Counts: []int64{1}, Values: map[string]int64{"a": 1}, Rows: 2},
		"a count of 9223372036854775807 where 0 of": {Counts: []int64{math.MaxInt64}, Edges: nil, Missing: math.MaxInt64, Rows: math.MaxInt64},
		"a count of 3 where 2 of 2 rows are left":   {Values: map[string]int64{"a": 3}, Rows: 2},
		"a count of -1":                             {Values: map[string]int64{"a": -1}, Missing: 1},
		"3 rows, and 2 of them in no bin":           {Missing: 1, Rows: 3},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
