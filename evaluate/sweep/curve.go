package sweep

import "math"

// Curves of a slice, made of its bands alone: the cuts between bands are known exactly, what lies within a band only by its counts. Each curve is a line of
// points whose first coordinate never falls, at most so many as asked for, and comes with its error: how far, in any of the other coordinates, the whole
// curve, of all cuts, lies at most from the points' straight lines. A band whose rows all have one score has nothing within; scores that differ by
// under 1/10000 of a band, some millionth of the score, are taken for one.

// ROC is the ROC curve: from (0, 0) to (1, 1) the points (false positive rate, recall). It is nil where a class is empty.
func ROC(bands []Band, limit int) (points [][]float64, off float64) {
	total := sum2(bands)
	if total[0] == 0 || total[1] == 0 {
		return nil, 0
	}
	within := 0.0
	path := [][]float64{{0, 0}}
	for _, s := range descend(bands) {
		if s.mixed() { // in which order they come is not known
			within = math.Max(within, s.rows(1)/total[1])
		}
		path = append(path, []float64{s.through[0] / total[0], s.through[1] / total[1]})
	}
	points, off = Thin(path, limit)
	return points, off + within
}

// PrecisionRecall is the precision-recall curve, by recall, of the cuts at scores that positives have: at any other, precision is less and recall the same.
// Among the highest scores a few rows make all of precision, and bands do not tell their order: the curve begins where bands tell precision to 0.02 from there
// on, but at a recall of 0.2 at the latest. It is nil without a positive.
func PrecisionRecall(bands []Band, limit int) (points [][]float64, off float64) {
	total := sum2(bands)
	if total[1] == 0 {
		return nil, 0
	}
	var path [][]float64
	var errors, ends []float64 // on the way to a point, and at it
	before := step{}
	for _, s := range descend(bands) {
		if s.rows(1) == 0 {
			continue
		}
		at := []float64{s.through[1] / total[1], s.precision()}
		e := math.Inf(1) // of the first, nothing leads to it
		if s.single {
			e = 0
		} else if before.through[1] > 0 {
			e = s.offChord(before.precision())
		}
		path, errors, ends, before = append(path, at), append(errors, e), append(ends, s.offEnd()), s
	}
	from := steadyFrom(errors, func(i int) float64 { return path[i][0] })
	within := ends[from]
	for _, e := range errors[from+1:] {
		within = math.Max(within, e)
	}
	points, off = Thin(path[from:], limit)
	return points, off + within
}

// Thresholds is how precision, recall, F1 and selection rate change with the threshold: points (threshold, precision, recall, F1, selection rate), in
// ascending order. It ends before the highest scores, as [PrecisionRecall] begins after them. Nil without a positive.
func Thresholds(bands []Band, limit int) (points [][]float64, off float64) {
	total := sum2(bands)
	if total[1] == 0 {
		return nil, 0
	}
	steps := descend(bands)
	at := func(threshold float64, cut [2]float64) []float64 {
		selected := cut[0] + cut[1]
		return []float64{threshold, cut[1] / selected, cut[1] / total[1], 2 * cut[1] / (selected + total[1]), selected / (total[0] + total[1])}
	}
	errors := make([]float64, len(steps)) // within each step
	for i, s := range steps {
		switch {
		case s.single:
		case i == 0:
			errors[i] = math.Inf(1)
		default:
			low, high := at(0, s.through), at(0, s.over)
			// the most precise cut takes its positives first, and the least precise its negatives
			best, least := at(0, [2]float64{s.over[0], s.through[1]}), at(0, [2]float64{s.through[0], s.over[1]})
			for c := 1; c < len(low); c++ {
				most, fewest := math.Max(low[c], high[c]), math.Min(low[c], high[c])
				top, bottom := math.Max(most, math.Max(best[c], least[c])), math.Min(fewest, math.Min(best[c], least[c]))
				errors[i] = math.Max(errors[i], math.Max(top-fewest, most-bottom))
			}
		}
	}
	from := steadyFrom(errors, func(i int) float64 { return steps[i].through[1] / total[1] })
	within := 0.0
	var path [][]float64
	for i := len(steps) - 1; i >= from; i-- {
		s := steps[i]
		low, high := s.low, s.high
		if s.single {
			low, high = s.score, s.score
		}
		path = append(path, at(low, s.through))
		if i > from {
			within = math.Max(within, errors[i])
			path = append(path, at(high, s.over))
		}
	}
	points, off = Thin(path, limit)
	return points, off + within
}

const (
	steadyError = 0.02 // how well bands tell precision where a curve begins
	steadyLast  = 0.2  // the recall at which it begins at the latest
)

// steadyFrom is the first place from which on, behind it, all errors are small, or the last at which recall is yet small.
func steadyFrom(errors []float64, recall func(int) float64) int {
	from := len(errors) - 1
	for from > 0 && errors[from] <= steadyError {
		from--
	}
	for from > 0 && recall(from) > steadyLast {
		from--
	}
	return from
}

// step is a cut at a band's lower end: the rows of each class above the band, and through it.
type step struct {
	low, high     float64
	over, through [2]float64
	single        bool    // all its rows have one score
	score         float64 // which
}

func (s step) rows(y int) float64 { return s.through[y] - s.over[y] }
func (s step) mixed() bool        { return s.rows(0) > 0 && s.rows(1) > 0 && !s.single }
func (s step) precision() float64 { return s.through[1] / (s.through[0] + s.through[1]) }

// offChord is how far precision at a cut within the band, at a positive's score, may lie from the straight line over recall that leads from the precision
// before to the one at its end.
func (s step) offChord(before float64) float64 {
	k := s.rows(1)
	end := s.precision()
	chord := func(tp float64) float64 { return before + (end-before)*(tp-s.over[1])/k }
	at := func(tp, fp float64) float64 { return tp / (tp + fp) }
	first, last := s.over[1]+1, s.through[1]
	// Precision with the fewest false positives is concave in tp, so the most above the line lies where both rise alike, or at an end; with the most
	// false positives it is concave too, so the most below lies at an end.
	off := math.Max(at(first, s.over[0])-chord(first), at(last, s.over[0])-chord(last))
	if rise := (end - before) / k; rise > 0 {
		if tp := math.Sqrt(s.over[0]/rise) - s.over[0]; tp > first && tp < last {
			off = math.Max(off, at(tp, s.over[0])-chord(tp))
		}
	}
	return math.Max(off, math.Max(chord(first)-at(first, s.through[0]), chord(last)-at(last, s.through[0])))
}

// offEnd is how much higher precision may be at the last cut at a positive's score within the band.
func (s step) offEnd() float64 {
	if s.single {
		return 0
	}
	return s.through[1]/(s.over[0]+s.through[1]) - s.precision()
}

// descend gives a step for each band, from the highest scores down.
func descend(bands []Band) []step {
	steps := make([]step, 0, len(bands))
	at := [2]float64{}
	for i := len(bands) - 1; i >= 0; i-- {
		b := bands[i]
		s := step{low: b.Low, high: b.High, over: at, single: b.single, score: b.score}
		for y, k := range b.Rows {
			at[y] += float64(k)
		}
		s.through = at
		steps = append(steps, s)
	}
	return steps
}

func sum2(bands []Band) (total [2]float64) {
	for _, b := range bands {
		total[0], total[1] = total[0]+float64(b.Rows[0]), total[1]+float64(b.Rows[1])
	}
	return total
}

// Bars are a histogram of the scores: ranges of about equal width, at most n, that have rows. From 0 to 1 they have the same width where n is a power of two up
// to 256; elsewhere their ends are those of bands, which do not fall on equal steps.
func Bars(bands []Band, n int) []Bin {
	if len(bands) == 0 {
		return nil
	}
	low, high := bands[0].Low, bands[len(bands)-1].High
	unit := low >= 0 && high <= 1
	if unit {
		low, high = 0, 1
	}
	var bars []Bin
	last := -1
	for _, b := range bands {
		middle := b.Low + (b.High-b.Low)/2
		at := min(n-1, int((middle/2-low/2)/(high/2-low/2)*float64(n))) // halves: the width may be beyond float64
		if b.Low == 0.5 && b.High == 0.5 {                              // it belongs to the range below it, as other ends do from there on
			if unit {
				at = (n - 1) / 2
			} else if last >= 0 && bars[len(bars)-1].High == 0.5 {
				at = last
			}
		}
		if at != last {
			last = at
			bars = append(bars, Bin{Low: b.Low, High: b.High})
			if unit {
				bars[len(bars)-1] = Bin{Low: float64(at) / float64(n), High: float64(at+1) / float64(n)}
			}
		}
		bar := &bars[len(bars)-1]
		bar.High = math.Max(bar.High, b.High)
		for y, k := range b.Rows {
			bar.Rows[y] += k
			bar.Sum += b.Sum[y]
		}
	}
	return bars
}

// Thin leaves points of a line out whose first coordinate never falls, until at most limit are left, and tells how far, in any other coordinate, the line lies
// from what is left at most. As Douglas and Peucker 1973 do it (doi:10.3138/FM57-6770-U75U-7727), the point that lies farthest from the thinned line is taken
// in, until there are enough or none is left out. Limit is at least 2.
func Thin(path [][]float64, limit int) ([][]float64, float64) {
	if len(path) < 3 {
		return path, 0
	}
	kept := []piece{pieceOf(path, 0, len(path)-1)}
	for len(kept)+1 < limit {
		worst := 0
		for i := range kept {
			if kept[i].error > kept[worst].error {
				worst = i
			}
		}
		w := kept[worst]
		if w.error == 0 {
			break
		}
		kept = append(kept[:worst+1], kept[worst:]...)
		kept[worst], kept[worst+1] = pieceOf(path, w.from, w.farthest), pieceOf(path, w.farthest, w.to)
	}
	points, most := [][]float64{path[0]}, 0.0
	for _, p := range kept {
		points = append(points, path[p.to])
		most = math.Max(most, p.error)
	}
	return points, most
}

// piece is a straight line in place of the points from one to another: which of them lies farthest from it, and how far.
type piece struct {
	from, to, farthest int
	error              float64
}

func pieceOf(path [][]float64, from, to int) piece {
	p, a, b := piece{from: from, to: to}, path[from], path[to]
	for i := from + 1; i < to; i++ {
		q := path[i]
		part := along(a[0], b[0], q[0])
		for c := 1; c < len(a); c++ {
			e := math.Abs(q[c] - a[c] - float64((b[c]-a[c])*part))
			if a[0] == b[0] { // the line goes straight up or down here
				e = math.Max(0, math.Max(q[c]-math.Max(a[c], b[c]), math.Min(a[c], b[c])-q[c]))
			}
			if e > p.error {
				p.farthest, p.error = i, e
			}
		}
	}
	return p
}

// along is which part of the way from a to b q lies at; 0 where there is none.
func along(a, b, q float64) float64 {
	switch way := b - a; {
	case way == 0:
		return 0
	case math.IsInf(way, 0):
		return (q/2 - a/2) / (b/2 - a/2)
	default:
		return (q - a) / way
	}
}
