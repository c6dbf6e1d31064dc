package sweep

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSpreadsAreTotals: sums by exponent are those of totals, bit for bit, whatever the sample, the combinations, the pieces and the times that all is brought together.
func TestSpreadsAreTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.OneOf(anyFloat(), rapid.Float64Range(1, 4), rapid.Float64Range(-1000, 1000))
		xs := rapid.SliceOfN(values, 0, 50).Draw(t, "xs")
		sample := rapid.SliceOfN(values, 0, 5).Draw(t, "sample")
		combinations := rapid.SampledFrom([]int{1, 3, nearBytes / 32 / 16, nearBytes/32/16 + 1, nearBytes / 64, nearBytes/32 + 1}).Draw(t, "combinations")
		s, want := newSpreads(combinations, sample), make([]spread, min(3, combinations))
		for len(xs) > 0 {
			n := rapid.IntRange(1, len(xs)).Draw(t, "n")
			cell := make([]uint32, n)
			for i := range cell {
				c := rapid.IntRange(0, min(2, combinations-1)).Draw(t, "c")
				cell[i] = uint32(2*c + 1)
				want[c].add(xs[i])
			}
			s.rows = rapid.SampledFrom([]int{s.rows, mostNear - 1, mostNear}).Draw(t, "rows")
			s.add(cell, xs[:n])
			xs = xs[n:]
		}
		s.settle()
		for c := range min(3, combinations) {
			for _, pair := range [][2]*total{{&s.all[c].one, &want[c].one}, {&s.all[c].two, &want[c].two}} {
				if pair[0].rat().Cmp(pair[1].rat()) != 0 {
					t.Fatalf("%v, want %v", pair[0].rat(), pair[1].rat())
				}
			}
		}
	})
}

// TestSpreadsHold adds the largest and the most negative mantissas until they must be brought together.
func TestSpreadsHold(t *testing.T) {
	xs, cell := make([]float64, 1<<16), make([]uint32, 1<<16)
	for i := range xs {
		xs[i] = -math.Nextafter(2, 0)
	}
	s := newSpreads(1, xs[:1])
	if s.near == nil {
		t.Fatal("no number is near")
	}
	n := 0
	for ; n < 3*mostNear; n += len(xs) {
		s.add(cell, xs)
	}
	s.settle()
	want := spread{}
	want.add(xs[0])
	for doubled := 1; doubled < n; doubled *= 2 {
		more := spread{one: total{want.one.first, slices.Clone(want.one.digits), want.one.adds}, two: total{want.two.first, slices.Clone(want.two.digits), want.two.adds}}
		if doubled*2 > n {
			more = spread{}
			for range n - doubled {
				more.add(xs[0])
			}
		}
		want.merge(&more)
	}
	if s.all[0].one.rat().Cmp(want.one.rat()) != 0 || s.all[0].two.rat().Cmp(want.two.rat()) != 0 {
		t.Errorf("%v and %v, want %v and %v", s.all[0].one.float(), s.all[0].two.float(), want.one.float(), want.two.float())
	}
}
