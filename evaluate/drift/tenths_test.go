package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTenths: of a column's tenths every distance between shares, its basis and its support are those of the whole column by every bit; no other is told;
// and it stores and merges.
func TestTenths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := drawSample(t, "baseline"), drawSample(t, "column")
		from := columnOf(xs)
		from.Positive = &Share{"1", (from.Rows - from.Missing) / 3}
		thin := stored(t, from.Tenths())
		if err := thin.Check(); err != nil || len(thin.Edges) >= tenths || thin.Means != nil || thin.SD != 0 {
			t.Fatalf("%+v, %v", thin, err)
		}
		to, few := from.against(ys), thin.against(ys)
		to.Positive = &Share{"1", (to.Rows - to.Missing) / 2}
		few.Positive = to.Positive
		for _, d := range Distances() {
			want, wantBasis, wantSupport, wantErr := d.Between(from, to)
			got, basis, support, err := d.Between(thin, few)
			if d.Of == OrderedNumbers {
				if err == nil {
					t.Fatalf("%s of tenths", d.Name)
				}
				continue
			}
			if (err == nil) != (wantErr == nil) || support != wantSupport || !reflect.DeepEqual(basis, wantBasis) || math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%s: %v, %+v, %d, %v\nwant %v, %+v, %d, %v", d.Name, got, basis, support, err, want, wantBasis, wantSupport, wantErr)
			}
		}
		if again := thin.Tenths(); !reflect.DeepEqual(again, thin) {
			t.Fatalf("tenths of tenths: %+v", again)
		}
		for _, pair := range [][2]Column{{thin, thin}, {thin, from}, {from, thin}} {
			m, err := pair[0].Merge(pair[1])
			if err != nil || m.Check() != nil || !m.Thin || m.Rows != 2*from.Rows || !slices.Equal(m.Edges, thin.Edges) {
				t.Fatalf("%+v, %v", m, err)
			}
		}
	})
}

func TestTenthsOfTexts(t *testing.T) {
	for _, c := range []Column{textsOf(slices.Repeat([]string{"a", "b"}, 20)), {Missing: 3, Rows: 3}} {
		if got := c.Tenths(); !reflect.DeepEqual(got, c) {
			t.Errorf("%+v", got)
		}
	}
	for _, c := range []Column{
		{Thin: true, Values: map[string]int64{"a": 1}, Rows: 1},
		{Thin: true, Counts: []int64{1}, Means: []float64{1}, Rows: 1},
		{Thin: true, Counts: []int64{1}, SD: 1, Rows: 1},
		{Thin: true, Edges: []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, Counts: make([]int64, 11)},
	} {
		if err := c.Check(); err == nil || !strings.HasPrefix(err.Error(), "tenths of numbers with") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestFewRowsOfManyTexts: few rows beside a large dictionary are counted as by a small one.
func TestFewRowsOfManyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		dictionary := make([]string, rapid.IntRange(200, 2000).Draw(t, "texts"))
		for i := range dictionary {
			dictionary[i] = fmt.Sprint(r.IntN(20)) // many stand there more than once
		}
		var xs []string
		var missing []bool
		codes := make([]uint32, rapid.IntRange(0, 11).Draw(t, "rows"))
		for i := range codes {
			codes[i] = uint32(r.IntN(len(dictionary) + 1))
			if missing = append(missing, codes[i] == uint32(len(dictionary))); missing[i] {
				xs = append(xs, "")
				continue
			}
			xs = append(xs, dictionary[codes[i]])
		}
		got, want := NewTexts(), NewTexts()
		want.Add(xs, missing)
		if err := got.AddCodes(codes, dictionary); err != nil || !reflect.DeepEqual(got.counts, want.counts) || !reflect.DeepEqual(got.Column(), want.Column()) {
			t.Fatalf("%+v, %v, want %+v", got.Column(), err, want.Column())
		}
		before := got.Column()
		if err := got.AddCodes([]uint32{0, uint32(len(dictionary)) + 1}, dictionary); err == nil ||
			err.Error() != fmt.Sprintf("row 2 has the code %d, and the dictionary %d texts", len(dictionary)+1, len(dictionary)) {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Column(), before) {
			t.Fatal("what was refused was counted")
		}
	})
}

// TestMergeOfOneNumber: merging rounds, and no mean leaves its bin by it.
func TestMergeOfOneNumber(t *testing.T) {
	for n := 11; n < 400; n++ {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = 0.1
		}
		m, err := columnOf(xs).Merge(columnOf(xs[:11]))
		if err == nil {
			err = m.Check()
		}
		if err != nil {
			t.Fatalf("%d rows and 11: %v", n, err)
		}
	}
}
