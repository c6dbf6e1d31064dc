package sweep

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rowsOf are rows as a person has them: a label, and a code a dimension.
type rowsOf struct {
	Score  []float64
	Rivals [][]float64
	Label  []uint8
	Slice  [][]uint32
}

// rows gives them cells: combinations are numbered by their codes, as the digits of a number.
func (r rowsOf) rows(p Plan) Rows {
	out := Rows{Score: r.Score, Rivals: r.Rivals, Cell: make([]uint32, len(r.Label))}
	for i, y := range r.Label {
		c := uint32(0)
		for d, size := range p.Sizes {
			c = c*uint32(size) + r.Slice[d][i]
		}
		out.Cell[i] = 2*c + uint32(y)
	}
	return out
}

// whole completes a plan of sizes by all combinations of their codes.
func whole(p Plan) Plan {
	p.Combinations = 1
	for _, size := range p.Sizes {
		p.Combinations *= size
	}
	p.Dimensions = nil
	below := p.Combinations
	for _, size := range p.Sizes {
		below /= size
		var of []uint32
		for c := range p.Combinations {
			of = append(of, uint32(c/below%size))
		}
		p.Dimensions = append(p.Dimensions, of)
	}
	return p
}

// drawPlan is a small plan: repeated, extreme and absent cuts, no to three dimensions, no to two rivals.
func drawPlan(t *rapid.T) Plan {
	p := drawUnwhole(t)
	return whole(p)
}

func drawUnwhole(t *rapid.T) Plan {
	share := rapid.SampledFrom([]float64{0.01, 0.1, 0.25, 0.5, 0.9, 1})
	cut := rapid.SampledFrom([]float64{-1, 0, 0.25, 0.5, 0.75, 1, 2, math.Inf(1), math.Inf(-1)})
	return Plan{
		Cuts:   rapid.SliceOfN(cut, 0, 3).Draw(t, "cuts"),
		Sizes:  rapid.SliceOfN(rapid.IntRange(1, 4), 0, 3).Draw(t, "sizes"),
		Rivals: rapid.SliceOfN(cut, 0, 2).Draw(t, "rivals"),
		Eps:    rapid.SampledFrom([]float64{0, float64Eps, 0x1p-23, 0.01}).Draw(t, "eps"),
		Losses: true, Ranks: true, Average: true,
		Bands: rapid.Bool().Draw(t, "bands"),
		Areas: rapid.SliceOfN(share, 0, 2).Draw(t, "areas"),
		Picks: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Pick {
			return Pick{rapid.SampledFrom([]PickKind{PickFPR, PickRecall, PickPrecision, PickTop}).Draw(t, "kind"), share.Draw(t, "share")}
		}), 0, 3).Draw(t, "picks"),
	}
}

// drawScore ties often, and is now and then no probability.
func drawScore() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 0.25, 0.5, 0.75, 1, 1e-300, math.Nextafter(0.5, 1)}),
		rapid.Float64Range(0, 1),
		rapid.SampledFrom([]float64{-1, 2, 1e300, -5e-324, 0.25, 0.5}),
	)
}

func drawRows(t *rapid.T, p Plan, most int) rowsOf {
	n := rapid.IntRange(0, most).Draw(t, "rows")
	probabilities := rapid.Bool().Draw(t, "probabilities")
	score := drawScore()
	if probabilities {
		score = rapid.OneOf(rapid.SampledFrom([]float64{0, 0.25, 0.5, 1}), rapid.Float64Range(0, 1))
	}
	r := rowsOf{Score: rapid.SliceOfN(score, n, n).Draw(t, "score"), Label: rapid.SliceOfN(rapid.Uint8Range(0, 1), n, n).Draw(t, "label")}
	for range p.Rivals {
		r.Rivals = append(r.Rivals, rapid.SliceOfN(score, n, n).Draw(t, "rival"))
	}
	for _, size := range p.Sizes {
		r.Slice = append(r.Slice, rapid.SliceOfN(rapid.Uint32Range(0, uint32(size-1)), n, n).Draw(t, "codes"))
	}
	return r
}

// pick is the rows of some numbers, in that order.
func (r rowsOf) pick(rows []int) rowsOf {
	out := rowsOf{}
	for _, i := range rows {
		out.Score, out.Label = append(out.Score, r.Score[i]), append(out.Label, r.Label[i])
	}
	for _, xs := range r.Rivals {
		col := []float64{}
		for _, i := range rows {
			col = append(col, xs[i])
		}
		out.Rivals = append(out.Rivals, col)
	}
	for _, cs := range r.Slice {
		col := []uint32{}
		for _, i := range rows {
			col = append(col, cs[i])
		}
		out.Slice = append(out.Slice, col)
	}
	return out
}

func numbers(n int) []int {
	is := make([]int, n)
	for i := range is {
		is[i] = i
	}
	return is
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func tally(t fataler, p Plan, parts ...rowsOf) *Tally {
	t.Helper()
	ta := New(p)
	for _, r := range parts {
		if err := ta.Add(r.rows(p)); err != nil {
			t.Fatalf("add: %v", err)
		}
	}
	return ta
}

// closed is every figure of a closed tally, bit for bit.
func closed(t fataler, ta *Tally) string {
	t.Helper()
	overall, dimensions, err := ta.Close()
	if err != nil {
		t.Fatalf("close: %v", err)
	}
	return exact(overall) + exact(dimensions)
}

// exact prints a value with the bits of each float64.
func exact(v any) string {
	var b strings.Builder
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Float64:
			fmt.Fprintf(&b, "%x ", math.Float64bits(v.Float()))
		case reflect.Struct:
			for i := range v.NumField() {
				fmt.Fprintf(&b, "%s:", v.Type().Field(i).Name)
				walk(v.Field(i))
			}
		case reflect.Slice, reflect.Array:
			fmt.Fprintf(&b, "[%d ", v.Len())
			for i := range v.Len() {
				walk(v.Index(i))
			}
			b.WriteString("]")
		default:
			fmt.Fprintf(&b, "%v ", v)
		}
	}
	walk(reflect.ValueOf(v))
	return b.String()
}

// Any order of rows, any split and any merge give the same bits.
func TestOrderSplitAndMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		r := drawRows(t, p, 40)
		want := closed(t, tally(t, p, r))
		order := rapid.Permutation(numbers(len(r.Score))).Draw(t, "order")
		parts := make([]rowsOf, 3)
		owner := rapid.SliceOfN(rapid.IntRange(0, 2), len(order), len(order)).Draw(t, "owner")
		for k := range parts {
			parts[k] = r.pick(slices.DeleteFunc(slices.Clone(order), func(i int) bool { return owner[i] != k }))
			if len(parts[k].Score) == 0 {
				parts[k] = r.pick(nil)
			}
		}
		if got := closed(t, tally(t, p, parts...)); got != want {
			t.Fatalf("three adds:\n%s\nnot\n%s", got, want)
		}
		a, b, c := tally(t, p, parts[2]), tally(t, p, parts[0]), tally(t, p, parts[1])
		for _, pair := range [][2]*Tally{{b, c}, {a, b}} {
			if err := pair[0].Merge(pair[1]); err != nil {
				t.Fatalf("merge: %v", err)
			}
		}
		if got := closed(t, a); got != want {
			t.Fatalf("merged:\n%s\nnot\n%s", got, want)
		}
	})
}

// Each slice is what a tally of only its rows gives overall.
func TestSliceIsItsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		r := drawRows(t, p, 40)
		_, dimensions, err := tally(t, p, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		alone := p
		alone.Sizes = nil
		alone = whole(alone)
		for d, size := range p.Sizes {
			if len(dimensions[d]) != size {
				t.Fatalf("dimension %d has %d slices, not %d", d, len(dimensions[d]), size)
			}
			for s, got := range dimensions[d] {
				rows := r.pick(slices.DeleteFunc(numbers(len(r.Score)), func(i int) bool { return r.Slice[d][i] != uint32(s) }))
				rows.Slice = nil
				for len(rows.Rivals) < len(p.Rivals) {
					rows.Rivals = append(rows.Rivals, nil)
				}
				want, _, err := tally(t, alone, rows).Close()
				if err != nil {
					t.Fatal(err)
				}
				if exact(got) != exact(want) {
					t.Fatalf("slice %d of dimension %d:\n%s\nnot\n%s", s, d, exact(got), exact(want))
				}
			}
		}
	})
}

// Bad rows are refused with their count and first numbers, and nothing of them is counted.
func TestBadRows(t *testing.T) {
	plan := whole(Plan{Cuts: []float64{0.5}, Sizes: []int{2}, Rivals: []float64{0.5}, Ranks: true})
	good := func() Rows {
		return Rows{Score: []float64{0.1, 0.9}, Rivals: [][]float64{{0.2, 0.3}}, Cell: []uint32{0, 3}}
	}
	add := func(t *testing.T) *Tally {
		ta := New(plan)
		if err := ta.Add(good()); err != nil {
			t.Fatal(err)
		}
		return ta
	}
	for name, c := range map[string]struct {
		spoil func(*Rows)
		want  string
	}{
		"nan":          {func(r *Rows) { r.Score[1] = math.NaN() }, "1 of 2 scores are not finite (first rows: 4)"},
		"inf":          {func(r *Rows) { r.Score[0], r.Score[1] = math.Inf(1), math.Inf(-1) }, "2 of 2 scores are not finite (first rows: 3, 4)"},
		"rival":        {func(r *Rows) { r.Rivals[0][0] = math.NaN() }, "1 of 2 scores of rival 1 are not finite (first rows: 3)"},
		"cell":         {func(r *Rows) { r.Cell[1] = 4 }, "1 of 2 cells are not below 4 (first rows: 4)"},
		"cells":        {func(r *Rows) { r.Cell = r.Cell[:1] }, "1 cells of 2 rows"},
		"rivals":       {func(r *Rows) { r.Rivals = nil }, "0 rivals, and the plan has 1"},
		"rival length": {func(r *Rows) { r.Rivals[0] = nil }, "0 scores of rival 1 and 2 rows"},
		"fewer scores": {func(r *Rows) { r.Score = r.Score[:1] }, "2 cells of 1 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			ta, r := add(t), good()
			c.spoil(&r)
			if err := ta.Add(r); err == nil || err.Error() != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if got, want := closed(t, ta), closed(t, add(t)); got != want {
				t.Fatalf("after the refusal:\n%s\nnot\n%s", got, want)
			}
		})
	}
}

func TestBadPlans(t *testing.T) {
	for want, p := range map[string]Plan{
		"a cut is NaN":                 {Cuts: []float64{math.NaN()}},
		"eps 0.5 is outside [0, 0.5)":  {Eps: 0.5},
		"eps NaN is outside [0, 0.5)":  {Eps: math.NaN()},
		"dimension 1 has -1 slices":    {Sizes: []int{-1}, Dimensions: [][]uint32{{0}}},
		"1 dimensions, and sizes of 0": {Dimensions: [][]uint32{{0}}},
		"dimension 1 tells the slices of 2 combinations, and there are 1":             {Sizes: []int{1}, Dimensions: [][]uint32{{0, 0}}},
		"combination 0 has the slice 1 of dimension 1, which is not below its size 1": {Sizes: []int{1}, Dimensions: [][]uint32{{1}}},
		"average precision, areas, picks and rivals need Ranks":                       {Average: true},
		"an area up to a false positive rate of 0: it lies in (0, 1]":                 {Ranks: true, Areas: []float64{0}},
		"a cut chosen by 0 of kind 3":                                                 {Ranks: true, Picks: []Pick{{PickTop, 0}}},
		"a cut chosen by NaN of kind 0":                                               {Ranks: true, Picks: []Pick{{PickFPR, math.NaN()}}},
	} {
		for at, err := range map[string]error{
			"add": New(p).Add(Rows{}), "merge": New(p).Merge(New(p)), "into": New(Plan{}).Merge(New(p)),
			"close": func() error { _, _, err := New(p).Close(); return err }(),
		} {
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v, want %s", at, err, want)
			}
		}
	}
}

func TestMergeRefusesOtherPlans(t *testing.T) {
	base := whole(Plan{Cuts: []float64{0.5}, Sizes: []int{2}, Rivals: []float64{0.5}, Eps: 0.01, Ranks: true})
	if err := New(base).Merge(New(base)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Plan){
		"cuts": func(p *Plan) { p.Cuts = []float64{0.6} }, "sizes": func(p *Plan) { p.Sizes = []int{3} }, "slices": func(p *Plan) { p.Dimensions = [][]uint32{{1, 0}} }, "rivals": func(p *Plan) { p.Rivals = []float64{0.6} },
		"eps": func(p *Plan) { p.Eps = 0.02 }, "bands": func(p *Plan) { p.Bands = true }, "losses": func(p *Plan) { p.Losses = true },
		"average": func(p *Plan) { p.Average = true }, "areas": func(p *Plan) { p.Areas = []float64{1} }, "picks": func(p *Plan) { p.Picks = []Pick{{PickTop, 1}} },
	} {
		other := base
		change(&other)
		if err := New(base).Merge(New(other)); err == nil {
			t.Errorf("%s: merged", name)
		}
	}
}

// After Close nothing is added, so that nobody reads half a count.
func TestClosed(t *testing.T) {
	ta := New(Plan{})
	if _, _, err := ta.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, again := ta.Close()
	for name, err := range map[string]error{"add": ta.Add(Rows{}), "merge": ta.Merge(New(Plan{})), "from": New(Plan{}).Merge(ta), "close": again} {
		if err != errClosed {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
