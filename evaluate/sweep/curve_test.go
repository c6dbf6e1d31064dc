package sweep

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawn are rows, their bands, and counts at every cut by definition.
type drawnCurve struct {
	rows  rowsOf
	stats Stats
	cuts  []float64 // distinct scores, ascending
}

func drawCurve(t *rapid.T) drawnCurve {
	r := drawRows(t, Plan{}, 80)
	if rapid.Bool().Draw(t, "crowded") { // many rows in few bands
		closer := rapid.IntRange(0, 8).Draw(t, "closer")
		for i := range r.Score {
			r.Score[i] = 0.25 + math.Round(1024*r.Score[i])/math.Ldexp(1024, closer)
		}
		r.Score = slices.DeleteFunc(r.Score, func(x float64) bool { return !(x >= 0 && x <= 1) })
		r.Label = r.Label[:len(r.Score)]
	}
	s, _, err := tally(t, Plan{Bands: true}, r).Close()
	if err != nil {
		t.Fatal(err)
	}
	cuts := slices.Clone(r.Score)
	slices.Sort(cuts)
	return drawnCurve{r, s, slices.Compact(cuts)}
}

// at counts the rows of each class that a cut selects.
func (d drawnCurve) at(cut float64) (n [2]float64) {
	for i, y := range d.rows.Label {
		if d.rows.Score[i] >= cut {
			n[y]++
		}
	}
	return n
}

func (d drawnCurve) positive(score float64) bool {
	for i, y := range d.rows.Label {
		if y == 1 && d.rows.Score[i] == score {
			return true
		}
	}
	return false
}

// apart is how far q lies from a line in any coordinate but the first; 0 on a vertical piece; −1 beyond its ends.
func apart(line [][]float64, q []float64) float64 {
	worst := -1.0
	for c := 1; c < len(q); c++ {
		least := math.Inf(1)
		for i := range line {
			a, b := line[max(0, i-1)], line[i]
			switch {
			case q[0] < a[0] || q[0] > b[0]:
			case a[0] == b[0]:
				least = math.Min(least, math.Max(0, math.Max(math.Min(a[c], b[c])-q[c], q[c]-math.Max(a[c], b[c]))))
			default:
				least = math.Min(least, math.Abs(q[c]-a[c]-(b[c]-a[c])*((q[0]/2-a[0]/2)/(b[0]/2-a[0]/2))))
			}
		}
		if math.IsInf(least, 1) {
			return -1
		}
		worst = math.Max(worst, least)
	}
	return worst
}

func ascending(line [][]float64) bool {
	return slices.IsSortedFunc(line, func(a, b []float64) int {
		switch {
		case a[0] < b[0]:
			return -1
		case a[0] > b[0]:
			return 1
		}
		return 0
	})
}

// A ROC curve has its ends, not more points than asked, only points of the whole one, and lies as near to it as it says.
func TestROC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		d := drawCurve(t)
		line, off := ROC(d.stats.Bands, limit)
		positives, negatives := float64(d.stats.Positives), float64(d.stats.Rows-d.stats.Positives)
		if positives == 0 || negatives == 0 {
			if line != nil {
				t.Fatalf("a curve of one class: %v", line)
			}
			return
		}
		if len(line) > limit || len(line) < 2 || !slices.Equal(line[0], []float64{0, 0}) || !slices.Equal(line[len(line)-1], []float64{1, 1}) || !ascending(line) {
			t.Fatalf("%d points of %d: %v", len(line), limit, line)
		}
		whole := [][]float64{{0, 0}}
		for _, cut := range d.cuts {
			n := d.at(cut)
			whole = append(whole, []float64{n[0] / negatives, n[1] / positives})
		}
		for _, q := range whole {
			if e := apart(line, q); e < 0 || e > off+1e-12 {
				t.Fatalf("%v lies %v away and says %v", q, e, off)
			}
		}
		for _, q := range line {
			if !slices.ContainsFunc(whole, func(w []float64) bool { return slices.Equal(w, q) }) {
				t.Fatalf("%v is no point of the curve", q)
			}
		}
	})
}

// So does a precision-recall curve, of the cuts at positives' scores from the recall on with which it begins; it has all where rows have scores of their own.
func TestPrecisionRecall(t *testing.T) {
	begun := 0
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		d := drawCurve(t)
		line, off := PrecisionRecall(d.stats.Bands, limit)
		positives := float64(d.stats.Positives)
		if positives == 0 {
			if line != nil {
				t.Fatalf("a curve without positives: %v", line)
			}
			return
		}
		if len(line) > limit || len(line) < 1 || line[len(line)-1][0] != 1 || !ascending(line) || math.IsNaN(off) || math.IsInf(off, 0) {
			t.Fatalf("%d points of %d: %v off by %v", len(line), limit, line, off)
		}
		for _, cut := range d.cuts {
			if n := d.at(cut); d.positive(cut) {
				q := []float64{n[1] / positives, n[1] / (n[0] + n[1])}
				switch e := apart(line, q); {
				case q[0] < line[0][0]:
				case e < 0 || e > off+1e-12:
					t.Fatalf("%v lies %v away from %v, which says %v", q, e, line, off)
				default:
					begun++
				}
			}
		}
	})
	if begun == 0 {
		t.Error("no curve was compared")
	}
}

// And the line of thresholds, up to where it ends.
func TestThresholds(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		d := drawCurve(t)
		line, off := Thresholds(d.stats.Bands, limit)
		positives := float64(d.stats.Positives)
		if positives == 0 {
			if line != nil {
				t.Fatalf("a curve without positives: %v", line)
			}
			return
		}
		if len(line) > limit || len(line) < 1 || !ascending(line) || math.IsNaN(off) || math.IsInf(off, 0) {
			t.Fatalf("%d points of %d: %v off by %v", len(line), limit, line, off)
		}
		for i, cut := range d.cuts {
			for _, threshold := range []float64{cut, d.cuts[max(0, i-1)]/2 + cut/2} {
				n := d.at(threshold)
				q := []float64{threshold, n[1] / (n[0] + n[1]), n[1] / positives, 2 * n[1] / (n[0] + n[1] + positives), (n[0] + n[1]) / float64(d.stats.Rows)}
				e := apart(line, q)
				if e > off+1e-12 {
					t.Fatalf("%v lies %v away from %v, which says %v", q, e, line, off)
				}
				if e >= 0 {
					compared++
				}
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// Scores that lie around another as if mirrored, in both classes, are not taken for it.
func TestNotOneScore(t *testing.T) {
	x, d := 0.3, 0x1p-14
	r := rowsOf{Score: []float64{x - d, x + d, x, x}, Label: []uint8{1, 1, 0, 0}}
	s, _, err := tally(t, Plan{Bands: true}, r).Close()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Bands) != 1 || s.Bands[0].single {
		t.Fatalf("one score in %+v", s.Bands)
	}
	if _, off := ROC(s.Bands, 100); off < 0.5 {
		t.Errorf("off by %v", off)
	}
	r.Score = []float64{x, x, x, x}
	if s, _, err = tally(t, Plan{Bands: true}, r).Close(); err != nil || len(s.Bands) != 1 || !s.Bands[0].single || s.Bands[0].score != x {
		t.Errorf("several scores in %+v (%v)", s.Bands, err)
	}
}

// Bars hold all rows, each where its score is.
func TestBars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := 1 << rapid.IntRange(0, 6).Draw(t, "bars")
		d := drawCurve(t)
		bars := Bars(d.stats.Bands, n)
		if len(bars) > n {
			t.Fatalf("%d bars of %d", len(bars), n)
		}
		var seen [2]int64
		for i, b := range bars {
			if !(b.Low < b.High) && b.Low != 0.5 && b.Low != 1 || i > 0 && b.Low < bars[i-1].High {
				t.Fatalf("%v after %v", b, bars[max(0, i-1)])
			}
			var want [2]int64
			for j, x := range d.rows.Score {
				// an end belongs to the bar above it, from 0.5 to 1 to the one below, beyond 0 to the one that is nearer to 0
				in := x >= b.Low && x < b.High
				if x >= 0.5 && x <= 1 || x < 0 {
					in = x > b.Low && x <= b.High || x == b.Low && (b.Low == b.High || (x == 0.5 || x == 1) && (i == 0 || bars[i-1].High < x))
				}
				if in {
					want[d.rows.Label[j]]++
				}
			}
			if want != b.Rows {
				t.Fatalf("%v has %v", b, want)
			}
			seen[0], seen[1] = seen[0]+b.Rows[0], seen[1]+b.Rows[1]
		}
		if seen != [2]int64{d.stats.Rows - d.stats.Positives, d.stats.Positives} {
			t.Fatalf("%v rows of %d", seen, d.stats.Rows)
		}
	})
}
