package drift

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate/stats"
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

// textsOf profiles texts; an empty one is missing.
func textsOf(xs []string) Column {
	t := NewTexts()
	t.Add(xs, missingOf(xs))
	return t.Column()
}

func (c Column) againstTexts(xs []string) Column {
	t := c.NewTexts()
	t.Add(xs, missingOf(xs))
	return t.Column()
}

func missingOf(xs []string) []bool {
	missing := make([]bool, len(xs))
	for i, x := range xs {
		missing[i] = x == ""
	}
	return missing
}

// drawTexts has common, rare and missing values.
func drawTexts(t *rapid.T, name string) []string {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, name+" seed"), 3))
	xs := make([]string, rapid.IntRange(0, 300).Draw(t, name+" rows"))
	of := rapid.IntRange(1, 40).Draw(t, name+" values")
	for i := range xs {
		if v := int(math.Abs(r.NormFloat64()) * float64(of) / 2); v > 0 {
			xs[i] = fmt.Sprint("v", v)
		}
	}
	return xs
}

// drawPair is a baseline's column and one that was measured against it, of numbers or of texts; and the same again: from JSON, and with rows in another order.
func drawPair(t *rapid.T) (from, to, again, other Column) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 4))
	if rapid.Bool().Draw(t, "of texts") {
		xs, ys := drawTexts(t, "baseline"), drawTexts(t, "column")
		from = textsOf(xs)
		to = from.againstTexts(ys)
		r.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		r.Shuffle(len(ys), func(i, j int) { ys[i], ys[j] = ys[j], ys[i] })
		again = stored(t, textsOf(xs))
		other = again.againstTexts(ys)
	} else {
		xs, ys := drawSample(t, "baseline"), drawSample(t, "column")
		from = columnOf(xs)
		to = from.against(ys)
		r.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		r.Shuffle(len(ys), func(i, j int) { ys[i], ys[j] = ys[j], ys[i] })
		again = stored(t, columnOf(xs))
		other = again.against(ys)
	}
	if rapid.Bool().Draw(t, "positives") {
		from.Positive, to.Positive = &Share{"1", (from.Rows - from.Missing) / 3}, &Share{"1", (to.Rows - to.Missing) / 2}
		again.Positive, other.Positive = from.Positive, to.Positive
	}
	return from, to, again, other
}

// stored is what comes back from baseline.json.
func stored(t *rapid.T, c Column) Column {
	text, err := json.Marshal(Profile{"x": c})
	if err != nil {
		t.Fatal(err)
	}
	var p Profile
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p["x"]
}

// Every distance says what it is, is finite with limits on both sides of it or says why not, and is the same, bit for bit, whatever the order of rows
// and from a stored profile.
func TestDistances(t *testing.T) {
	names := map[string]bool{}
	for _, d := range Distances() {
		if d.Name == "" || d.Summary == "" || d.Title == "" || !(d.Most >= 1) || d.Unit == "" || !strings.HasSuffix(d.Note, ".") || d.Of == 0 || names[d.Name] {
			t.Errorf("%q: no name, summary, unit, note or kind of its own", d.Name)
		}
		names[d.Name] = true
		if again, ok := Named(d.Name); !ok || again.Summary != d.Summary {
			t.Errorf("%q is not found by its name", d.Name)
		}
		found := 0
		t.Run(d.Name, rapid.MakeCheck(func(t *rapid.T) {
			from, to, again, other := drawPair(t)
			v, basis, support, err := d.Between(from, to)
			v2, basis2, support2, err2 := d.Between(again, other)
			if err != nil {
				if !math.IsNaN(v) || basis.Method != "" || support != 0 {
					t.Fatalf("%v, %v, %d beside %v", v, basis, support, err)
				}
				if err2 == nil || err2.Error() != err.Error() {
					t.Fatalf("%v, and again %v", err, err2)
				}
				return
			}
			found++
			if math.IsNaN(v) || math.IsInf(v, 0) || v != basis.Value() || v > d.Most {
				t.Fatalf("%v, and by its basis %v", v, basis.Value())
			}
			if err2 != nil || v2 != v || support2 != support || !reflect.DeepEqual(basis, basis2) {
				t.Fatalf("%v of %d by %+v, and again %v of %d by %+v (%v)", v, support, basis, v2, support2, basis2, err2)
			}
			for _, a := range []float64{0.5, 0.2, 0.025, 1e-3, 1e-8} {
				low, high := basis.Low(a), basis.High(a)
				if d.Name == "wasserstein" || d.Name == "wasserstein_normalized" {
					if basis.SE == 0 && math.IsNaN(low) && math.IsNaN(high) {
						continue // nothing varies
					}
				}
				if !(low <= v && v <= high) {
					t.Fatalf("%v with the limits %v and %v at %v", v, low, high, a)
				}
			}
			if support < 1 || support > min(from.Rows, to.Rows) {
				t.Fatalf("support %d of %d and %d rows", support, from.Rows, to.Rows)
			}
			if d.Signed {
				return
			}
			if self, _, _, err := d.Between(from, from); err == nil && self > 1e-15 {
				t.Fatalf("%v from itself", self)
			}
		}))
		if found == 0 {
			t.Errorf("%s was never defined", d.Name)
		}
	}
}

// The binned distance of Wasserstein is the numbers' own, but for how far they lie from the mean of their bin; Kolmogorov and Smirnov's is no more than theirs,
// and less by no more than what a bin of several numbers holds.
func TestDistancesOfBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"uniform", "normal", "lognormal", "months", "seconds", "small ints", "large ints", "two", "float32", "mostly zero"})
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		rows := rapid.SampledFrom([]int{20, 300, 3000, 20000})
		xs := sample(r, kind.Draw(t, "baseline"), rows.Draw(t, "rows"))
		ys := sample(r, kind.Draw(t, "column"), rows.Draw(t, "other rows"))
		base := columnOf(xs)
		now := base.against(ys)
		if len(base.Edges) == 0 {
			return
		}
		slices.Sort(xs)
		slices.Sort(ys)
		trueKS, trueW := apart(xs, ys)
		bound := 1e-9 * (base.SD + now.SD + trueW)
		hidden := 0.0
		share := func(c Column, i int, sorted []float64) float64 {
			low, high := c.bin(i)
			in := sorted[sort.SearchFloat64s(sorted, low):]
			in = in[:sort.SearchFloat64s(in, high)]
			if len(in) == 0 {
				return 0
			}
			for _, x := range in {
				bound += math.Abs(x-c.Means[i]) / float64(len(sorted))
			}
			if in[0] == in[len(in)-1] {
				return 0
			}
			return float64(len(in)) / float64(len(sorted))
		}
		for i := range base.Counts {
			hidden = math.Max(hidden, math.Max(share(base, i, xs), share(now, i, ys)))
			// one number on each side, but not the same, also hides
			if base.Counts[i] > 0 && now.Counts[i] > 0 && base.Means[i] != now.Means[i] {
				hidden = math.Max(hidden, math.Max(float64(base.Counts[i])/float64(len(xs)), float64(now.Counts[i])/float64(len(ys))))
			}
		}
		d, _, _, err := wasserstein.Between(base, now)
		if err != nil || math.Abs(d-trueW) > bound {
			t.Fatalf("%v, the numbers' own is %v and what bins hide %v (%v)", d, trueW, bound, err)
		}
		d, _, _, err = ks.Between(base, now)
		if err != nil || d > trueKS+1e-12 || d < trueKS-hidden-1e-12 {
			t.Fatalf("%v, the numbers' own is %v and what bins hide %v (%v)", d, trueKS, hidden, err)
		}
	})
}

// apart gives the distances of Kolmogorov and Smirnov, and of Wasserstein, of sorted numbers.
func apart(xs, ys []float64) (ks, w float64) {
	i, j, last := 0, 0, math.NaN()
	for i < len(xs) || j < len(ys) {
		f, g := float64(i)/float64(len(xs)), float64(j)/float64(len(ys))
		at := 0.0
		if j == len(ys) || i < len(xs) && xs[i] <= ys[j] {
			at = xs[i]
		} else {
			at = ys[j]
		}
		if !math.IsNaN(last) {
			w += math.Abs(f-g) * (at - last)
			ks = math.Max(ks, math.Abs(f-g))
		}
		for i < len(xs) && xs[i] == at {
			i++
		}
		for j < len(ys) && ys[j] == at {
			j++
		}
		last = at
	}
	return ks, w
}

// What cannot be compared is told, and is never a number.
func TestNoDistance(t *testing.T) {
	edges := func(rows ...int64) Column {
		c := Column{Edges: []float64{1}, Counts: rows, Means: make([]float64, len(rows))}
		for i, n := range rows {
			if c.Rows += n; n > 0 {
				c.Means[i] = float64(i)
			}
		}
		return c
	}
	with := func(c Column, change func(*Column)) Column {
		change(&c)
		return c
	}
	ends := []float64{2}
	for name, c := range map[string]struct {
		distance Distance
		from, to Column
		want     string
	}{
		"kinds":           {psi, edges(1, 2), texts(1, 2), "numbers on one side and texts on the other"},
		"kinds, js":       {jsDistance, texts(1, 2), edges(1, 2), "numbers on one side and texts on the other"},
		"edges":           {psi, edges(1, 2), with(edges(1, 2), func(c *Column) { c.Edges, c.Means = ends, []float64{0, 2} }), "between other edges"},
		"values":          {cramersV, texts(1, 2), texts(1, 2, 3), `by other values than the baseline's: "c"`},
		"no rows":         {psi, edges(1, 2), edges(0, 0), "no rows"},
		"no rows of ours": {ks, edges(0, 0), edges(1, 2), "no rows"},
		"one bin":         {jsDivergence, texts(50), texts(90), "all rows of both columns are in one bin"},
		"rare texts":      {psi, textsOf([]string{"a", "b", "c"}), textsOf([]string{"a", "b"}), "no text has 11 rows of the baseline"},
		"contradicts":     {psi, Column{Rows: 2}, edges(1, 2), "the baseline's column: 2 rows"},
		"ours does":       {ks, edges(1, 2), Column{Rows: 2}, "the column: 2 rows"},
		"texts, ks":       {ks, texts(20, 30), texts(20, 30), "texts have no order"},
		"texts, w":        {wasserstein, texts(20, 30), texts(20, 30), "texts have no order"},
		"all missing":     {ks, edges(11, 22), edges(0, 0).missing(30), "no row has a number"},
		"few":             {ks, columnOf([]float64{1, 2, 3}), columnOf([]float64{1, 2, 3}), "fewer than 11 rows"},
		"few, w":          {wassersteinNormalized, columnOf([]float64{1, 2, 3}), columnOf([]float64{1, 2, 3}), "fewer than 11 rows"},
		"infinite":        {wasserstein, edges(11, 22), with(edges(11, 22), func(c *Column) { c.Infinite = 3 }), "3 rows are infinite"},
		"no spread":       {wassersteinNormalized, edges(11, 22), edges(11, 22), "no spread"},
		"no positives":    {prevalence, texts(1, 2), texts(1, 2), "what is positive was not counted"},
		"other positives": {selectionRate, texts(1, 2).positive("score >= 0.5", 1), texts(1, 2).positive("score >= 0.6", 1), "positive was score >= 0.5 in the baseline and is score >= 0.6"},
		"not positive":    {selectionRate, texts(1, 2).positive("yes", 0), texts(1, 2).positive("yes", 0), "no row of either column is positive (yes)"},
		"no values":       {prevalence, Column{}.positive("1", 0).missing(9), texts(1, 2).positive("1", 1), "no row has a value"},
	} {
		v, basis, support, err := c.distance.Between(c.from, c.to)
		if err == nil || !strings.Contains(err.Error(), c.want) || !math.IsNaN(v) || basis.Method != "" || support != 0 {
			t.Errorf("%s: %v, %+v, %d, %v, want %s", name, v, basis, support, err, c.want)
		}
	}
}

func (c Column) missing(rows int64) Column {
	c.Missing += rows
	c.Rows += rows
	return c
}

func (c Column) positive(means string, rows int64) Column {
	c.Positive = &Share{means, rows}
	return c
}

// 30 of 200 are positive, and were 10 of 100: more by .05, with the limits of two independent shares.
func TestPositives(t *testing.T) {
	for _, d := range []Distance{prevalence, selectionRate} {
		v, basis, support, err := d.Between(texts(60, 40).missing(5).positive("1", 10), texts(150, 50).missing(1).positive("1", 30))
		want := stats.Difference(stats.Proportion(30, 200), stats.Proportion(10, 100))
		if err != nil || math.Abs(v-0.05) > 1e-15 || support != 100 || !reflect.DeepEqual(basis, want) {
			t.Errorf("%s: %v by %+v of %d (%v)", d.Name, v, basis, support, err)
		}
	}
}

// Missing values and texts that are not listed have a bin each.
func TestOtherAndMissing(t *testing.T) {
	base := textsOf(slices.Concat(slices.Repeat([]string{"a"}, 20), slices.Repeat([]string{"b"}, 30), slices.Repeat([]string{"rare"}, 10), make([]string, 7)))
	if want := (Column{Values: map[string]int64{"a": 20, "b": 30}, Other: 10, Missing: 7, Rows: 67}); !reflect.DeepEqual(base, want) {
		t.Fatalf("%+v, want %+v", base, want)
	}
	now := base.againstTexts([]string{"a", "x", "rare", "b", "b", ""})
	if want := (Column{Values: map[string]int64{"a": 1, "b": 2}, Other: 2, Missing: 1, Rows: 6}); !reflect.DeepEqual(now, want) {
		t.Fatalf("%+v, want %+v", now, want)
	}
	p, q, err := shares(base, now)
	if err != nil || !slices.Equal(p, []int64{20, 30, 7, 10}) || !slices.Equal(q, []int64{1, 2, 1, 2}) {
		t.Fatalf("%v, %v, %v", p, q, err)
	}
}

// Texts counted in any order, by any number of counters, as texts or by codes, are the same column.
func TestTextsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := drawTexts(t, "baseline"), drawTexts(t, "column")
		base := textsOf(xs)
		if err := base.Check(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			xs   []string
			want Column
			new  func() *Texts
		}{{xs, base, NewTexts}, {ys, base.againstTexts(ys), base.NewTexts}} {
			r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 6))
			r.Shuffle(len(c.xs), func(i, j int) { c.xs[i], c.xs[j] = c.xs[j], c.xs[i] })
			parts := []*Texts{c.new(), c.new(), c.new()}
			for left := c.xs; len(left) > 0; {
				n := 1 + r.IntN(len(left))
				part := parts[r.IntN(len(parts))]
				if r.IntN(2) == 0 {
					part.Add(left[:n], missingOf(left[:n]))
				} else if err := part.AddCodes(coded(r, left[:n])); err != nil {
					t.Fatal(err)
				}
				left = left[n:]
			}
			for _, p := range parts[1:] {
				if err := parts[0].Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			if got := parts[0].Column(); !reflect.DeepEqual(got, c.want) {
				t.Fatalf("%+v, want %+v", got, c.want)
			}
		}
	})
}

// coded gives texts as codes of a dictionary in any order, in which a text may stand twice.
func coded(r *rand.Rand, xs []string) (codes []uint32, dictionary []string) {
	for _, x := range xs {
		if x != "" && (r.IntN(5) == 0 || !slices.Contains(dictionary, x)) {
			dictionary = append(dictionary, x)
		}
	}
	for _, x := range xs {
		code := uint32(len(dictionary))
		for i, d := range dictionary {
			if d == x {
				code = uint32(i)
			}
		}
		codes = append(codes, code)
	}
	return codes, dictionary
}

func TestTextsRefuse(t *testing.T) {
	if err := NewTexts().AddCodes([]uint32{0, 2, 3}, []string{"a", "b"}); err == nil || err.Error() != "row 3 has the code 3, and the dictionary 2 texts" {
		t.Errorf("a code that is none: %v", err)
	}
	base := textsOf(slices.Repeat([]string{"a", "b"}, 20))
	for name, pair := range map[string][2]*Texts{
		"a baseline's and one against it": {NewTexts(), base.NewTexts()},
		"other values":                    {base.NewTexts(), texts(20).NewTexts()},
	} {
		if pair[0].Merge(pair[1]) == nil || pair[1].Merge(pair[0]) == nil {
			t.Errorf("%s: merged", name)
		}
	}
}

// A column of ids lists nothing, holds no more than it may in memory, and is told from one of categories; one of many long texts keeps the most frequent.
func TestManyTexts(t *testing.T) {
	one, two := NewTexts(), NewTexts()
	xs := make([]string, 1000)
	for i := 0; i < mostDifferent; i += len(xs) {
		for j := range xs {
			xs[j] = fmt.Sprint(i + j)
		}
		one.Add(xs, nil)
	}
	two.Add([]string{"x", "y"}, nil)
	if err := two.Merge(one); err != nil {
		t.Fatal(err)
	}
	if err := one.Merge(NewTexts()); err != nil {
		t.Fatal(err)
	}
	for i, c := range []Column{one.Column(), two.Column()} {
		if c.Values != nil || c.Other != c.Rows || c.Check() != nil || c.Rows < mostDifferent {
			t.Errorf("%d: %d values, %d others of %d rows (%v)", i, len(c.Values), c.Other, c.Rows, c.Check())
		}
	}
	if two.counts != nil {
		t.Error("it keeps what it does not need")
	}
	long := NewTexts()
	for i := range 600 {
		long.Add(slices.Repeat([]string{strings.Repeat("x", 100) + fmt.Sprintf("%03d", i)}, 11+i%7), nil)
	}
	c := long.Column()
	size := 0
	for v := range c.Values {
		size += len(v)
	}
	if text, err := json.Marshal(c); err != nil || size > mostBytes || size < mostBytes-103 || len(text) > 48<<10 || c.Check() != nil {
		t.Errorf("%d bytes of texts, %d of JSON (%v, %v)", size, len(text), err, c.Check())
	}
	if least := slices.Min(slices.Collect(maps.Values(c.Values))); least != 14 {
		t.Errorf("a text of %d rows is listed", least)
	}
}

// Merged profiles are the profile of all rows on the bins that both have: exact in their counts, and so in psi.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b, all Column
		if rapid.Bool().Draw(t, "of texts") {
			xs, ys := drawTexts(t, "a"), drawTexts(t, "b")
			a, b = textsOf(xs), textsOf(ys)
			m, err := a.Merge(b)
			if err != nil {
				t.Fatal(err)
			}
			all = m.againstTexts(append(slices.Clone(xs), ys...))
		} else {
			xs, ys := drawSample(t, "a"), drawSample(t, "b")
			a, b = columnOf(xs), columnOf(ys)
			m, err := a.Merge(b)
			if err != nil {
				t.Fatal(err)
			}
			all = m.against(append(slices.Clone(xs), ys...))
		}
		m, _ := a.Merge(b)
		n, err := b.Merge(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Edges, n.Edges) || !slices.Equal(m.Counts, n.Counts) || !maps.Equal(m.Values, n.Values) || m.Other != n.Other {
			t.Fatalf("%+v, and the other way %+v", m, n)
		}
		if !slices.Equal(m.Edges, all.Edges) || m.Counts != nil && !slices.Equal(m.Counts, all.Counts) || !maps.Equal(m.Values, all.Values) || m.Other != all.Other || m.Missing != all.Missing || m.Rows != all.Rows || m.Infinite != all.Infinite {
			t.Fatalf("%+v, and of all rows %+v", m, all)
		}
	})
}

func TestMergeMeans(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	xs, ys := sample(r, "small ints", 3000), sample(r, "small ints", 500)
	for i := range ys {
		ys[i] = math.Max(ys[i], 0)
	}
	m, err := columnOf(xs).Merge(columnOf(ys))
	if err != nil {
		t.Fatal(err)
	}
	want := columnOf(append(xs, ys...))
	if math.Abs(m.SD-want.SD) > 1e-14 || !slices.Equal(m.against(xs).Means, want.against(xs).Means) && len(m.Edges) == len(want.Edges) {
		t.Errorf("%+v, want %+v", m, want)
	}
}

func TestMergeRefuses(t *testing.T) {
	numbers := columnOf(slices.Repeat([]float64{1, 2}, 20))
	for name, c := range map[string]struct {
		a, b Column
		want string
	}{
		"kinds":        {numbers, texts(1), "numbers on one side and texts on the other"},
		"the other":    {texts(1), numbers, "numbers on one side and texts on the other"},
		"overflow":     {Column{Counts: []int64{math.MaxInt64}, Means: []float64{0}, Rows: math.MaxInt64}, numbers, "more than can be counted"},
		"a bad one":    {numbers, Column{Counts: []int64{-1}, Means: []float64{0}, Rows: -1}, "a count of -1"},
		"positives":    {numbers.positive("1", 3), numbers.positive("yes", 3), "positive is 1 on one side and yes on the other"},
		"no positives": {numbers.positive("1", 3), numbers, "positive is 1 on one side and not counted on the other"},
	} {
		if _, err := c.a.Merge(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if m, err := numbers.positive("1", 3).Merge(numbers.positive("1", 4)); err != nil || m.Positive.Rows != 7 {
		t.Errorf("%+v, %v", m.Positive, err)
	}
}

// What a stored profile may say is held against itself: nothing overflows, and nothing that cannot be counted is judged.
func TestCheck(t *testing.T) {
	for want, c := range map[string]Column{
		"2049 edges, more than 2048":                {Edges: make([]float64, 2049)},
		"edge 2 of 2 is 1, not finite and above":    {Edges: []float64{1, 1}, Counts: []int64{0, 0, 0}},
		"edge 1 of 1 is NaN":                        {Edges: []float64{math.NaN()}, Counts: []int64{0, 0}},
		"edge 1 of 1 is +Inf":                       {Edges: []float64{math.Inf(1)}, Counts: []int64{0, 0}},
		"1 edges and 1 counts":                      {Edges: []float64{1}, Counts: []int64{1}, Rows: 1},
		"1 edges and 0 counts":                      {Edges: []float64{1}},
		"1 counts and 0 means":                      {Counts: []int64{1}, Rows: 1},
		"both counts between edges and":             {Counts: []int64{1}, Means: []float64{1}, Values: map[string]int64{"a": 1}, Rows: 2},
		"both counts between edges and counts":      {Counts: []int64{1}, Means: []float64{1}, Other: 1, Rows: 2},
		"a mean of 2 in the bin from -Inf to 1":     {Edges: []float64{1}, Counts: []int64{1, 0}, Means: []float64{2, 0}, Rows: 1},
		"a mean of NaN in":                          {Counts: []int64{1}, Means: []float64{math.NaN()}, Rows: 1},
		"a mean of 3 in the bin from 1 to +Inf":     {Edges: []float64{1}, Counts: []int64{1, 0}, Means: []float64{0, 3}, Rows: 1},
		"a standard deviation of -1":                {Counts: []int64{1}, Means: []float64{1}, SD: -1, Rows: 1},
		"a standard deviation of +Inf":              {Counts: []int64{1}, Means: []float64{1}, SD: math.Inf(1), Rows: 1},
		"a count of 9223372036854775807 where 0 of": {Counts: []int64{math.MaxInt64}, Means: []float64{0}, Missing: math.MaxInt64, Rows: math.MaxInt64},
		"a count of 3 where 2 of 2 rows are left":   {Values: map[string]int64{"a": 3}, Rows: 2},
		"a count of -1":                             {Values: map[string]int64{"a": -1}, Missing: 1},
		"3 rows, and 2 of them in no bin":           {Missing: 1, Rows: 3},
		"2 infinite of 1 rows":                      {Counts: []int64{1}, Means: []float64{0}, Infinite: 2, Rows: 1},
		"1 infinite of 3 rows":                      {Values: map[string]int64{"a": 3}, Infinite: 1, Rows: 3},
		"3 positive of 3 rows, 1 of them missing":   {Values: map[string]int64{"a": 2}, Missing: 1, Rows: 3, Positive: &Share{"1", 3}},
		"-1 positive of 3 rows, 0 of them missing":  {Values: map[string]int64{"a": 3}, Rows: 3, Positive: &Share{"1", -1}},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
