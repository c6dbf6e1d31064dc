package sweep

import (
	"math"
	"math/big"
	"math/bits"
	"sort"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// Area is a partial area under the ROC curve. NaN where a class is empty, the standard error also under two rows of a class.
type Area struct {
	Mean float64 // the area over its limit: the mean recall at false positive rates up to it
	SE   float64 // of the mean, by its influence function: see [stats.PartialAUC]
}

// area is one in the making.
type area struct {
	whole uint64  // twice the area in units of 1/(PN), as whole steps
	part  float64 // and the part of one
	// Positives whose placement is above 2N less twice the limit, and negatives whose is above 2P less twice the positives found at the limit, have a
	// share of the variance: by how much they are above it.
	met      bool // the walk came to the limit
	bound    [2]float64
	rows     [2]int64
	one, two [2]sum // of those rows' placements
}

// choose settles areas and picks for the cuts at and above this score.
func (a *path) choose(p *Plan, t [2]int64) {
	at := [2]int64{a.size[0] - a.below[0], a.size[1] - a.below[1]} // rows at this score and above
	over := [2]int64{at[0] - t[0], at[1] - t[1]}
	if len(a.areas) < len(p.Areas) {
		a.areas = make([]area, len(p.Areas))
	}
	for i, x := range p.Areas {
		a.areas[i].step(x*float64(a.size[0]), a, t, at, over)
	}
	if len(a.picks) < len(p.Picks) {
		a.picks = make([]picking, len(p.Picks))
		for i, k := range p.Picks {
			a.picks[i] = newPicking(k, a.size)
		}
	}
	for i, k := range p.Picks {
		a.picks[i].Picked.offer(k, a.size, at, over)
		a.picks[i].pass(k.Kind, at, over)
	}
}

// step takes an area past one score. The limit is in negatives.
func (r *area) step(limit float64, a *path, t, at, over [2]int64) {
	found := float64(at[1])
	switch fp, above := float64(at[0]), float64(over[0]); {
	case fp <= limit:
		r.whole += uint64(t[0]) * uint64(at[1]+over[1])
	case above < limit && t[1] == 0: // level: whole rows, and the part of one
		whole := int64(limit)
		r.whole += uint64(whole-over[0]) * uint64(2*at[1])
		r.part = (limit - float64(whole)) * float64(2*at[1])
	case above < limit:
		rise := (limit - above) * (float64(t[1]) / float64(t[0]))
		r.part = (limit - above) * (2*float64(over[1]) + rise)
		found = float64(over[1]) + rise
	default:
		found = -1
	}
	if found >= 0 && !r.met {
		r.met, r.bound = true, [2]float64{2 * (float64(a.size[1]) - found), 2 * (float64(a.size[0]) - limit)}
	}
	if !r.met {
		r.bound[1] = 2 * (float64(a.size[0]) - limit)
	}
	for y, k := range t {
		placement := 2*a.below[1-y] + t[1-y]
		if k == 0 || y == 0 && !r.met || float64(placement) <= r.bound[y] {
			continue
		}
		r.rows[y] += k
		r.one[y].addProduct(uint64(k), uint64(placement))
		r.two[y].addSquares(uint64(k), uint64(placement))
	}
}

// area gives a partial area of the plan, up to x.
func (a *path) area(i int, x float64) Area {
	if a.size[0] == 0 || a.size[1] == 0 || i >= len(a.areas) {
		return Area{math.NaN(), math.NaN()}
	}
	r := &a.areas[i]
	out := Area{(float64(r.whole) + r.part) / 2 / float64(a.size[0]) / float64(a.size[1]) / x, math.NaN()}
	if min(a.size[0], a.size[1]) < 2 {
		return out
	}
	variance := 0.0
	for y, n := range a.size {
		variance += r.variance(y, n) / float64(n) / math.Pow(2*float64(a.size[1-y])*x, 2)
	}
	out.SE = math.Sqrt(variance)
	return out
}

// variance is that of how far placements of a class lie above the bound, 0 for those that do not.
func (r *area) variance(y int, n int64) float64 {
	f := func(x *big.Int) *big.Float { return new(big.Float).SetPrec(256).SetInt(x) }
	mul := func(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(256).Mul(x, y) }
	bound, rows := new(big.Float).SetPrec(256).SetFloat64(r.bound[y]), f(big.NewInt(r.rows[y]))
	one := f(r.one[y].big())
	sum := new(big.Float).Sub(one, mul(bound, rows)) // Σ(p − c)
	squares := f(r.two[y].big())                     // Σ(p − c)² = Σp² − 2cΣp + kc²
	squares.Sub(squares, mul(mul(big.NewFloat(2), bound), one))
	squares.Add(squares, mul(mul(bound, bound), rows))
	all := f(big.NewInt(n))
	top, _ := new(big.Float).Sub(mul(all, squares), mul(sum, sum)).Float64()
	return math.Max(0, top) / float64(n) / float64(n-1)
}

// Picked is a cut that was chosen on the rows: its counts, none where both are 0, and the cuts around it that its limits are made of, see
// [stats.CutCounts].
type Picked struct {
	TP, FP int64
	Points []stats.CutPoint
}

// picking is one in the making: for each count that limits need, along the axis that fixes the cut, the largest cut with at most so many and the smallest
// with at least.
type picking struct {
	Picked
	counts        []int64
	most, least   []stats.CutPoint
	seen, reached []bool
}

func newPicking(p Pick, size [2]int64) picking {
	var k picking
	switch p.Kind {
	case PickFPR:
		k.counts = stats.CutCounts(p.X, size[0])
	case PickRecall:
		k.counts = stats.CutCounts(p.X, size[1])
	case PickTop:
		k.counts = stats.CutCounts(p.X, size[0]+size[1])
	}
	n := len(k.counts)
	k.most, k.least, k.seen, k.reached = make([]stats.CutPoint, n), make([]stats.CutPoint, n), make([]bool, n), make([]bool, n)
	return k
}

// axis is a cut's count along the axis that fixes it.
func (k PickKind) axis(cut [2]int64) int64 {
	switch k {
	case PickFPR:
		return cut[0]
	case PickRecall:
		return cut[1]
	}
	return cut[0] + cut[1]
}

// pass notes the cut at a score and the one above it. Rows of one class, at one score or more, are taken as if each had a score of its own.
func (k *picking) pass(kind PickKind, at, over [2]int64) {
	n := len(k.counts)
	if n == 0 {
		return
	}
	high, low := kind.axis(at), kind.axis(over)
	if low > k.counts[n-1] || high < k.counts[0] {
		return
	}
	level := at[1] == over[1] && kind != PickRecall || at[0] == over[0] && kind == PickTop
	for i := sort.Search(n, func(i int) bool { return k.counts[i] >= low }); i < n && k.counts[i] <= high; i++ {
		upper, lower := at, over
		if high == low {
			upper, lower = over, at
		} else if level {
			if upper[0] -= high - k.counts[i]; at[0] == over[0] {
				upper = [2]int64{at[0], at[1] - (high - k.counts[i])}
			}
			lower = upper
		} else if k.counts[i] == high {
			lower = at
		}
		k.least[i], k.reached[i] = stats.CutPoint{FP: upper[0], TP: upper[1]}, true
		if !k.seen[i] {
			k.most[i], k.seen[i] = stats.CutPoint{FP: lower[0], TP: lower[1]}, true
		}
	}
}

// picked is a cut of the plan; the zero Picked where no row was.
func (a *path) picked(i int) Picked {
	if i >= len(a.picks) {
		return Picked{}
	}
	k := &a.picks[i]
	seen := map[stats.CutPoint]bool{{}: true}
	for j := range k.counts {
		for _, p := range []struct {
			of   stats.CutPoint
			have bool
		}{{k.least[j], k.reached[j]}, {k.most[j], k.seen[j]}} {
			if p.have && !seen[p.of] {
				seen[p.of] = true
				k.Points = append(k.Points, p.of)
			}
		}
	}
	return k.Picked
}

// offer offers the cut at a score, with the counts at it and above it.
func (k *Picked) offer(p Pick, size, at, over [2]int64) {
	if p.Kind == PickTop {
		rows := size[0] + size[1]
		most := int64(math.Ceil(p.X * float64(rows)))
		if float64(most-1)/float64(rows) >= p.X { // the product was rounded up
			most--
		}
		if before, through := over[0]+over[1], at[0]+at[1]; before < most && most <= through {
			k.TP = over[1] + partOf(most-before, at[1]-over[1], through-before)
			k.FP = most - k.TP
		}
		return
	}
	if at[1] == 0 || at[1] == over[1] { // no positive has this score
		return
	}
	none, lower := k.TP == 0, at[1] > k.TP
	met := false
	switch p.Kind {
	case PickFPR:
		met = float64(at[0])/float64(size[0]) <= p.X && (none || lower)
	case PickRecall:
		met = float64(at[1])/float64(size[1]) >= p.X && (none || !lower)
	case PickPrecision:
		met = float64(at[1])/float64(at[0]+at[1]) >= p.X && (none || lower)
	}
	if met {
		k.TP, k.FP = at[1], at[0]
	}
}

// partOf is a·b/c, rounded to a whole number, half up.
func partOf(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, rest := bits.Div64(hi, lo, uint64(c))
	if 2*rest >= uint64(c) {
		q++
	}
	return int64(q)
}
