package sweep

import (
	"context"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/gatecard/gatecard/evaluate/stats"
	"pgregory.net/rapid"
)

// rareOf is the class's rows, whatever its share.
func rareOf(r Rows, class uint8) *Rare {
	var c collected
	for i, cell := range r.Cell {
		if uint8(cell&1) == class {
			c.keys, c.combinations = append(c.keys, keyOf(r.Score[i])), append(c.combinations, cell>>1)
		}
	}
	return c.rare(class)
}

// source gives rows in three parts from three goroutines' numbers.
func sourceOf(p Plan, parts ...rowsOf) Source {
	return func(_ context.Context, do func(int, Rows) error) error {
		for i, r := range parts {
			if err := do(i, r.rows(p)); err != nil {
				return err
			}
		}
		return nil
	}
}

// Counting into gaps gives the bits that sorting gives: either class, dense or not, in shards; and so does sorting in any number of ranges, in memory or on disk.
func TestWaysAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		p.Rivals = nil
		if rapid.Bool().Draw(t, "no average") {
			p.Average = false
			p.Picks = slices.DeleteFunc(p.Picks, Pick.needsPositives)
		}
		r := drawRows(t, p, 60)
		want := closed(t, tally(t, p, r))
		all := numbers(len(r.Score))
		parts := make([]rowsOf, 3)
		owner := rapid.SliceOfN(rapid.IntRange(0, 2), len(all), len(all)).Draw(t, "owner")
		for k := range parts {
			parts[k] = r.pick(slices.DeleteFunc(slices.Clone(all), func(i int) bool { return owner[i] != k }))
			for len(parts[k].Slice) < len(p.Sizes) {
				parts[k].Slice = append(parts[k].Slice, nil)
			}
		}
		for class := range uint8(2) {
			rare := rareOf(r.rows(p), class)
			if err := rare.fits(p); err != nil {
				if class == 1 || !p.Average && !slices.ContainsFunc(p.Picks, Pick.needsPositives) {
					t.Fatal(err)
				}
				continue
			}
			for _, dense := range []int{0, maxDense} {
				var tallies []*Tally
				for _, part := range parts {
					ta := NewRare(p, rare)
					ta.gaps = newGaps(p, rare, dense)
					if err := ta.Add(part.rows(p)); err != nil {
						t.Fatal(err)
					}
					tallies = append(tallies, ta)
				}
				for _, ta := range tallies[1:] {
					if err := tallies[0].Merge(ta); err != nil {
						t.Fatal(err)
					}
				}
				if got := closed(t, tallies[0]); got != want {
					t.Fatalf("class %d, dense %d:\n%s\nnot\n%s", class, dense, got, want)
				}
			}
		}
		var sample []uint64
		for _, x := range r.Score {
			sample = append(sample, keyOf(x))
		}
		for _, l := range []Limits{{}, {Memory: 1, Workers: 2}} {
			parted := splits(slices.Clone(sample), rapid.IntRange(1, 20).Draw(t, "ranges"))
			overall, slices, err := run(context.Background(), p, nil, parted, 3, l, sourceOf(p, parts...))
			if err != nil {
				t.Fatal(err)
			}
			if got := exact(overall) + exact(slices); got != want {
				t.Fatalf("in %d ranges, %+v:\n%s\nnot\n%s", len(parted.keys)+1, l, got, want)
			}
		}
	})
}

// The scout finds the class with few rows in whatever order and parts they come, and gives none where there is none or it would not do.
func TestScout(t *testing.T) {
	p := whole(Plan{Ranks: true, Average: true})
	make := func(class uint8, few, many int) rowsOf {
		r := rowsOf{}
		for i := range few + many {
			y := 1 - class
			if i%((few+many)/few) == 0 {
				y = class
			}
			r.Score, r.Label = append(r.Score, float64(i%97)/97), append(r.Label, y)
		}
		return r
	}
	for _, c := range []struct {
		name string
		rows rowsOf
		plan Plan
		want int // class, -1: none
	}{
		{"few positives", make(1, 10, 1000), p, 1},
		{"few negatives", make(0, 10, 1000), p, -1}, // average precision needs all positives
		{"few negatives, no average", make(0, 10, 1000), whole(Plan{Ranks: true}), 0},
		{"few negatives, best precision", make(0, 10, 1000), whole(Plan{Ranks: true, Picks: []Pick{{PickRecall, 0.5}}}), -1},
		{"half", make(1, 500, 500), p, -1},
		{"no ranks", make(1, 10, 1000), whole(Plan{}), -1},
		{"rivals", make(1, 10, 1000), whole(Plan{Ranks: true, Rivals: []float64{1}}), -1},
	} {
		var a, b Scout
		half := len(c.rows.Score) / 2
		a.Add(c.rows.pick(numbers(half)).rows(c.plan))
		b.Add(c.rows.pick(numbers(len(c.rows.Score))[half:]).rows(c.plan))
		a.Merge(&b)
		rare := a.Rare(c.plan)
		switch {
		case c.want < 0 && rare != nil:
			t.Errorf("%s: class %d", c.name, rare.class)
		case c.want >= 0 && (rare == nil || int(rare.class) != c.want || !rare.equal(rareOf(c.rows.rows(c.plan), uint8(c.want)))):
			t.Errorf("%s: %v", c.name, rare)
		}
	}
}

// A class that begins with very many rows is dropped, and one that both classes have too many of is no rare class.
func TestScoutDrops(t *testing.T) {
	var s Scout
	many := Rows{Score: make([]float64, soonDropped+1), Cell: make([]uint32, soonDropped+1)}
	s.Add(many)
	if !s.classes[0].dropped || s.classes[0].keys != nil {
		t.Fatal("kept")
	}
	s.Add(Rows{Score: []float64{1, 2}, Cell: []uint32{1, 1}})
	if r := s.Rare(Plan{Ranks: true}); r == nil || r.class != 1 || len(r.rows) != 2 {
		t.Fatalf("%v", r)
	}
}

// The finder finds what a search finds.
func TestFinder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score := drawScore()
		keys := []uint64{}
		for _, x := range rapid.SliceOfN(score, 0, 200).Draw(t, "keys") {
			keys = append(keys, keyOf(x))
		}
		for range rapid.IntRange(0, 3000).Draw(t, "run") {
			keys = append(keys, keyOf(0.25)+uint64(len(keys)*len(keys)))
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		f := newFinder(keys)
		for range 50 {
			k := keyOf(score.Draw(t, "x")) + rapid.Uint64Range(0, 2).Draw(t, "more") - 1
			want, _ := slices.BinarySearch(keys, k)
			if got := int(f.below(k)); got != want {
				t.Fatalf("%d of %d keys below %x, want %d", got, len(keys), k, want)
			}
		}
	})
}

// Combinations are told apart by their codes, also by several combiners and with large codes, whose tables are sparse.
func TestCombinations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(0, 4).Draw(t, "columns")
		code := rapid.OneOf(rapid.Uint32Range(0, 3), rapid.SampledFrom([]uint32{9, 1000, 1 << 20, math.MaxUint32}))
		var all Combinations
		combiners := []*Combiner{all.Combiner(), all.Combiner()}
		var cells []uint32
		var rows [][]uint32
		for range rapid.IntRange(0, 5).Draw(t, "batches") {
			n := rapid.IntRange(0, 20).Draw(t, "rows")
			codes, coded := make([][]uint32, columns), make([]Coded, columns)
			for d := range codes {
				codes[d] = rapid.SliceOfN(code, n, n).Draw(t, "codes")
				coded[d].Codes = codes[d]
				if rapid.Bool().Draw(t, "to") {
					coded[d] = Coded{To: codes[d]}
					for i := range n {
						coded[d].Codes = append(coded[d].Codes, uint32(i))
					}
				}
			}
			cells = rapid.SampledFrom(combiners).Draw(t, "combiner").Cells(cells, Coded{Codes: make([]uint32, n)}, coded)
			for i := range n {
				row := []uint32{}
				for d := range codes {
					row = append(row, codes[d][i])
				}
				rows = append(rows, row)
			}
		}
		list := all.List()
		for i, c := range cells {
			if c&1 != 0 || !slices.Equal(list[c>>1], rows[i]) {
				t.Fatalf("row %d %v has the cell %d: %v", i, rows[i], c, list[c>>1])
			}
		}
		for i := range list {
			for j := range i {
				if slices.Equal(list[i], list[j]) {
					t.Fatalf("%v twice", list[i])
				}
			}
		}
	})
}

// Bands hold each score once, between their ends, ascend, and have the exact sums.
func TestBands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRows(t, Plan{}, 80)
		s, _, err := tally(t, Plan{Bands: true}, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		used := make([]bool, len(r.Score))
		for k, b := range s.Bands {
			if k > 0 && s.Bands[k-1].High > b.Low && b.Low != b.High {
				t.Fatalf("%v and then %v", s.Bands[k-1], b)
			}
			var rows [2]int64
			var sum, parts [2]float64
			squares := 0.0
			for i, x := range r.Score {
				inside := x >= b.Low && x < b.High
				if b.mirrored {
					inside = x > b.Low && x <= b.High || b.Low == b.High && x == b.Low
				} else if x < 0 {
					inside = x > b.Low && x <= b.High
				}
				if !inside {
					continue
				}
				if used[i] {
					t.Fatalf("%v is in two bands", x)
				}
				used[i] = true
				rows[r.Label[i]]++
				if x < 0 || x > 1 {
					continue
				}
				sum[r.Label[i]] += x
				part := (x - b.Low) / (b.High - b.Low)
				if b.mirrored {
					part = (b.High - x) / (b.High - b.Low)
				}
				if b.High == b.Low {
					part = 0
				}
				parts[r.Label[i]] += part
				squares += part * part
			}
			if rows != b.Rows {
				t.Fatalf("band %v to %v has %v rows, want %v", b.Low, b.High, b.Rows, rows)
			}
			for y := range sum {
				near(t, "sum", b.Sum[y], sum[y], 1e-13)
				near(t, "parts", b.parts[y], parts[y], 1e-9)
			}
			near(t, "squares", b.squares[0]+b.squares[1], squares, 1e-6)
		}
		if slices.Contains(used, false) {
			t.Fatal("a score is in no band")
		}
	})
}

// Distances, areas and picks are what their definitions give.
func TestChosen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		p.Sizes, p.Rivals = nil, nil
		p = whole(p)
		r := drawRows(t, p, 60)
		s, _, err := tally(t, p, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		n := [2]float64{float64(s.Rows - s.Positives), float64(s.Positives)}
		if n[0] == 0 || n[1] == 0 {
			if !math.IsNaN(s.KS) {
				t.Fatal("a distance of one class")
			}
			return
		}
		roc := points(r)
		apart := 0.0
		for _, q := range roc {
			apart = math.Max(apart, math.Abs(q[1]-q[0]))
		}
		near(t, "ks", s.KS, apart, 1e-14)
		for i, x := range p.Areas {
			near(t, "area", s.Areas[i].Mean*x, areaUpTo(roc, x), 1e-14)
		}
		for i, k := range p.Picks {
			var want Picked
			cuts := slices.Clone(r.Score)
			slices.Sort(cuts)
			var over [2]float64
			most := math.Ceil(k.X*(n[0]+n[1]) - 1e-9)
			for _, cut := range slices.Backward(slices.Compact(cuts)) {
				var at [2]float64
				for j, y := range r.Label {
					if r.Score[j] >= cut {
						at[y]++
					}
				}
				here := Picked{TP: int64(at[1]), FP: int64(at[0])}
				found := at[1] > over[1]
				switch {
				case k.Kind == PickFPR && found && at[0]/n[0] <= k.X,
					k.Kind == PickPrecision && found && at[1]/(at[0]+at[1]) >= k.X,
					k.Kind == PickRecall && found && at[1]/n[1] >= k.X && want.TP == 0:
					want = here
				case k.Kind == PickTop && over[0]+over[1] < most && most <= at[0]+at[1]:
					want.TP = int64(math.Floor(over[1] + (most-over[0]-over[1])*(at[1]-over[1])/(at[0]+at[1]-over[0]-over[1]) + 0.5))
					want.FP = int64(most) - want.TP
				}
				over = at
			}
			if got := s.Picks[i]; got.TP != want.TP || got.FP != want.FP {
				t.Fatalf("%+v: %+v, want %+v", k, got, want)
			}
		}
	})
}

// areaUpTo is the area under a line of points from 0 to x.
func areaUpTo(line [][2]float64, x float64) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if a[0] >= x || a[0] == b[0] {
			continue
		}
		if b[0] > x {
			b = [2]float64{x, a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0])}
		}
		sum += (b[0] - a[0]) * (a[1] + b[1]) / 2
	}
	return sum
}

// averageSE is by the definition of [stats.AveragePrecision], row against row.
func averageSE(score []float64, label []uint8) float64 {
	ap, n := averagePrecision(score, label), 0.0
	at := func(s float64) (tp, all float64) {
		for i, y := range label {
			if score[i] >= s {
				all++
				tp += float64(y)
			}
		}
		return tp, all
	}
	for _, y := range label {
		n += float64(y)
	}
	sum := 0.0
	for i, y := range label {
		g, h := 0.0, 0.0
		for j, z := range label {
			if z == 1 && score[j] <= score[i] {
				tp, all := at(score[j])
				g += 1 / all
				h += tp / all / all
			}
		}
		share := -h
		if y == 1 {
			tp, all := at(score[i])
			share = tp/all - ap + g - h
		}
		sum += share * share
	}
	return math.Sqrt(sum) / n
}

// areaSE is by the definition of [stats.PartialAUC].
func areaSE(r rowsOf, u float64) float64 {
	roc := points(r)
	recall := 0.0 // at u: the highest, where the curve goes straight up
	for i := 1; i < len(roc); i++ {
		a, b := roc[i-1], roc[i]
		switch {
		case b[0] <= u:
			recall = b[1]
		case a[0] < u:
			recall = a[1] + (b[1]-a[1])*(u-a[0])/(b[0]-a[0])
		}
	}
	v := placements(r.Score, r.Label)
	shares := [2][]float64{}
	for _, x := range v[1] { // the share of negatives below a positive
		shares[1] = append(shares[1], math.Max(0, u-(1-x))/u)
	}
	for _, x := range v[0] { // the share of positives above a negative
		shares[0] = append(shares[0], math.Max(0, recall-x)/u)
	}
	return math.Sqrt(delong(shares, shares))
}

// The standard errors of average precision and partial areas are what their definitions give.
func TestStandardErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := whole(Plan{Ranks: true, Average: true, Areas: []float64{0.05, 0.3, 0.5, 1}})
		r := drawRows(t, p, 40)
		s, _, err := tally(t, p, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		if s.Positives > 0 {
			near(t, "average precision", s.AverageSE, averageSE(r.Score, r.Label), 1e-12)
		}
		if min(s.Positives, s.Rows-s.Positives) < 2 {
			return
		}
		for i, u := range p.Areas {
			near(t, "area", s.Areas[i].SE, areaSE(r, u), 1e-12)
		}
	})
}

// The cuts around a chosen one are, for each count, the last with at most so many rows and the first with at least, where scores differ.
func TestPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 80).Draw(t, "rows")
		r := rowsOf{Label: rapid.SliceOfN(rapid.Uint8Range(0, 1), n, n).Draw(t, "label")}
		for i := range n {
			r.Score = append(r.Score, float64(i)/float64(n))
		}
		kind := rapid.SampledFrom([]PickKind{PickFPR, PickRecall, PickTop}).Draw(t, "kind")
		p := whole(Plan{Ranks: true, Picks: []Pick{{kind, 0.3}}})
		s, _, err := tally(t, p, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		want := map[stats.CutPoint]bool{}
		cuts := []stats.CutPoint{{}}
		for i := n - 1; i >= 0; i-- {
			c := cuts[len(cuts)-1]
			if r.Label[i] == 1 {
				c.TP++
			} else {
				c.FP++
			}
			cuts = append(cuts, c)
		}
		axis := func(c stats.CutPoint) int64 { return kind.axis([2]int64{c.FP, c.TP}) }
		for _, count := range newPicking(p.Picks[0], [2]int64{s.Rows - s.Positives, s.Positives}).counts {
			first, last := -1, -1
			for i, c := range cuts {
				if axis(c) >= count && first < 0 {
					first = i
				}
				if axis(c) <= count {
					last = i
				}
			}
			for _, i := range []int{first, last} {
				if i > 0 {
					want[cuts[i]] = true
				}
			}
		}
		got := map[stats.CutPoint]bool{}
		for _, c := range s.Picks[0].Points {
			got[c] = true
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestScoutGivesUp: where neither class is rare among a million rows, a scout keeps none, and so does one that it is merged into.
func TestScoutGivesUp(t *testing.T) {
	rows := func(every int) Rows {
		in := Rows{Score: make([]float64, evenRows+1), Cell: make([]uint32, evenRows+1)}
		for i := range in.Cell {
			if in.Score[i] = float64(i); i%every == 0 {
				in.Cell[i] = 1
			}
		}
		return in
	}
	var even, lopsided Scout
	even.Add(rows(2))
	lopsided.Add(rows(100))
	if !even.Even() || even.Lopsided() {
		t.Errorf("half of the rows positive: even %v, lopsided %v", even.Even(), even.Lopsided())
	}
	if lopsided.Even() || !lopsided.Lopsided() {
		t.Errorf("a hundredth positive: even %v, lopsided %v", lopsided.Even(), lopsided.Lopsided())
	}
	lopsided.Merge(&even)
	if lopsided.Lopsided() || lopsided.Rare(Plan{Ranks: true}) != nil {
		t.Error("a class that was dropped is a rare one")
	}
}
