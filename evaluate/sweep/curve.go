package sweep

import "math"

// ROC is the ROC curve as the bands show it: from (0, 0) to (1, 1) the points (false positive rate, recall) of the cuts between bands, at most limit of
// them, and the curve's error: how far the whole curve, of all cuts, lies from these points' straight lines at most, vertically. It is nil where a class is
// empty.
func ROC(bands []Band, limit int) ([][2]float64, float64) {
	path, total := [][2]float64{{0, 0}}, [2]float64{}
	for _, b := range bands {
		total[0], total[1] = total[0]+float64(b.Rows[0]), total[1]+float64(b.Rows[1])
	}
	if total[0] == 0 || total[1] == 0 {
		return nil, 0
	}
	within, at := 0.0, [2]float64{}
	for i := len(bands) - 1; i >= 0; i-- {
		rows := bands[i].Rows
		if rows[0] > 0 && rows[1] > 0 && bands[i].Low != bands[i].High { // in which order they come is not known
			within = math.Max(within, float64(rows[1])/total[1])
		}
		at[0], at[1] = at[0]+float64(rows[0]), at[1]+float64(rows[1])
		path = append(path, [2]float64{at[0] / total[0], at[1] / total[1]})
	}
	points, thinned := Thin(path, limit)
	return points, thinned + within
}

// Thin leaves points of a line out whose first coordinate never falls, until at most limit are left, and tells how far, vertically, the line lies from what
// is left at most. As Douglas and Peucker 1973 do it (doi:10.3138/FM57-6770-U75U-7727), the point that lies farthest from the thinned line is taken in, until
// there are enough or none is left out. Limit is at least 2.
func Thin(path [][2]float64, limit int) ([][2]float64, float64) {
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
	points, most := [][2]float64{path[0]}, 0.0
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

func pieceOf(path [][2]float64, from, to int) piece {
	p, a, b := piece{from: from, to: to}, path[from], path[to]
	if a[0] == b[0] {
		return p // the line goes straight up here
	}
	slope := (b[1] - a[1]) / (b[0] - a[0])
	for i := from + 1; i < to; i++ {
		q := path[i]
		if e := math.Abs(q[1] - a[1] - float64(slope*(q[0]-a[0]))); e > p.error {
			p.farthest, p.error = i, e
		}
	}
	return p
}
