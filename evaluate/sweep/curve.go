package sweep

import "math"

// curve is the ROC curve as points (false positive rate, recall) from (0, 0) to (1, 1), at most limit of them, and its error: how far the
// whole curve lies from the thinned one at most, vertically. It is nil where a class is empty.
//
// Points on a straight piece are left out, which costs nothing. Then, as Douglas and Peucker 1973 do it
// (doi:10.3138/FM57-6770-U75U-7727), the point that lies farthest from the thinned curve is taken in, until there are enough or none
// is left out.
func curve(r ranked, label []uint8, size [2]int64, limit int) ([][2]float64, float64) {
	if size[0] == 0 || size[1] == 0 {
		return nil, 0
	}
	c := roc{corners: corners(r, label), size: size}
	kept := []piece{c.piece(0, len(c.corners)-1)}
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
		kept[worst], kept[worst+1] = c.piece(w.from, w.farthest), c.piece(w.farthest, w.to)
	}
	points, most := [][2]float64{{0, 0}}, 0.0
	for _, p := range kept {
		points = append(points, c.at(p.to))
		most = math.Max(most, p.error)
	}
	return points, most
}

// roc is the whole curve in counts: (false positives, true positives) wherever it turns.
type roc struct {
	corners [][2]int64
	size    [2]int64
}

// corners walks the scores from the highest down.
func corners(r ranked, label []uint8) [][2]int64 {
	path := [][2]int64{{0, 0}}
	at := [2]int64{}
	for i := len(r.order) - 1; i >= 0; i-- {
		at[label[r.order[i]]]++
		if r.same[i] {
			continue
		}
		if n := len(path); n >= 2 && straight(path[n-2], path[n-1], at) {
			path[n-1] = at
		} else {
			path = append(path, at)
		}
	}
	return path
}

// straight says that b lies on the way from a to c. Rows are below 2³², so the products hold.
func straight(a, b, c [2]int64) bool {
	x, y, u, v := uint64(b[0]-a[0]), uint64(b[1]-a[1]), uint64(c[0]-b[0]), uint64(c[1]-b[1])
	return x*v == y*u
}

// piece is a straight line in place of the corners from one to another: which of them lies farthest from it, and how far.
type piece struct {
	from, to, farthest int
	error              float64
}

func (c roc) at(i int) [2]float64 {
	return [2]float64{float64(c.corners[i][0]) / float64(c.size[0]), float64(c.corners[i][1]) / float64(c.size[1])}
}

func (c roc) piece(from, to int) piece {
	p, a, b := piece{from: from, to: to}, c.at(from), c.at(to)
	if a[0] == b[0] {
		return p // the curve rises straight up here
	}
	slope := (b[1] - a[1]) / (b[0] - a[0])
	for i := from + 1; i < to; i++ {
		q := c.at(i)
		if e := math.Abs(q[1] - a[1] - float64(slope*(q[0]-a[0]))); e > p.error {
			p.farthest, p.error = i, e
		}
	}
	return p
}
