package sweep

import (
	"maps"
	"math"
	"math/bits"
	"slices"
)

// Band is a fixed piece of the score's line with the rows whose scores lie in it. Bands do not depend on the rows: of scores from 0 to 1 there are 128
// in each halving of the distance to the nearer end, so [0.25, 0.5) has 128 of one width, as has [0.5, 0.75], [0.125, 0.25) has 128 of half that width, and so
// on; beyond 0 and 1 there are 128 in each doubling of the number. A Stats lists those that have rows, in ascending order.
type Band struct {
	Low, High float64    // its ends. A score that is one belongs to the band above it, from 0.5 to 1 to the band below it
	Rows      [2]int64   // by label
	Sum       [2]float64 // of the scores, by label; exact sums, rounded once. 0 for scores outside [0, 1]

	single         bool       // the sums below are those of one score, of all rows:
	score          float64    // this one
	mirrored       bool       // of 0.5 and above: the parts below count from High down
	parts          [2]float64 // sums over the rows by label: how far from the end that is nearer to 0 or 1, in widths
	squares, cubes [2]float64 // and of its powers, each rounded down to 2^-30
}

const (
	bandBits  = 7 // of the fraction tell the bands of a halving apart
	bandCells = 1 << bandBits
	partBits  = 52 - bandBits // the rest of the fraction: where in its band a score lies
)

// half is a band's counts in the making, of one label: 32 bytes, two of which are a line of a core's cache.
type half struct {
	rows       uint32
	high       uint32 // of the sum of parts, which is 96 bits
	low        uint64 // in 2^-partBits
	two, three uint64 // in 2^-30
}

// page is the bands of one halving, by label: where one is rare, most of what is counted lies close together.
type page [2][bandCells]half

// cell is a band of a page: both labels'.
type cell [2]half

func (p *page) cell(i int) cell { return cell{p[0][i], p[1][i]} }

// Pages of scores in [0, 1] are numbered by exponent: from 0 up, and from 0.5 on by that of 1 less the score, from the last down.
const (
	halfPages = 1022            // exponents of numbers below 0.5
	unitPages = 2*halfPages + 1 // and of those up to 0.5, of which 0.5 itself has one of its own
)

// banded are the pages of one slice, made when a row comes.
type banded struct {
	unit    []*page
	outside map[int32]*page // number: above unitPages for scores above 1, below 0 for negative ones
}

// bands are those of all slots.
type bands struct {
	sizes  []int // of the dimensions, overall first
	groups []countGroup
	counts [][]banded // [group][slot]
	seen   uint32     // what was read of counts, all at once, so that they come from far memory side by side before they are changed
}

func newBands(p Plan) *bands {
	dimensions, sizes := p.dimensions()
	b := &bands{sizes: sizes, groups: groups(dimensions, sizes, func(int) bool { return true })}
	for _, g := range b.groups {
		b.counts = append(b.counts, make([]banded, g.size))
	}
	return b
}

// place is where a score lies: page, band of it, and where in the band in 2^-partBits, from the end that is nearer to 0 or 1. Pages, and bands in a
// page, ascend with the score.
func place(x float64) (page int32, band uint32, part uint64) {
	const fraction = 1<<52 - 1
	q, base, down := math.Abs(x), int32(0), false
	switch {
	case x >= 0 && x < 0.5:
	case x >= 0.5 && x <= 1:
		q, base, down = 1-x, unitPages-1, true // exact
	case x > 1:
		base = unitPages
	default:
		base, down = -1, true
	}
	u := math.Float64bits(q)
	exponent := int32(u >> 52)
	band, part = uint32(u&fraction>>partBits), u&(1<<partBits-1)
	if down {
		return base - exponent, bandCells - 1 - band, part
	}
	return base + exponent, band, part
}

// bandBatch is how many rows are placed before they are counted.
const bandBatch = 256

func (b *bands) add(r Rows) {
	var pages [bandBatch]int32
	var places [bandBatch]uint32
	var parts [bandBatch]uint64
	var at [bandBatch]*half
	for from := 0; from < len(r.Score); from += bandBatch {
		n := min(bandBatch, len(r.Score)-from)
		for i, x := range r.Score[from:][:n] {
			pages[i], places[i], parts[i] = place(x)
		}
		cells := r.Cell[from:][:n]
		for g := range b.groups {
			of, counts := b.groups[g].of, b.counts[g]
			var seen uint32
			for i, c := range cells {
				at[i] = &counts[of[c>>1]].page(pages[i])[c&1][places[i]]
				seen += at[i].rows
			}
			b.seen = seen
			for i := range cells {
				at[i].add(parts[i])
			}
		}
	}
}

func (b *banded) page(n int32) *page {
	if uint32(n) < uint32(len(b.unit)) {
		if p := b.unit[n]; p != nil {
			return p
		}
	}
	return b.turn(n)
}

// turn gives a page that may have to be made.
func (b *banded) turn(n int32) *page {
	if n < 0 || n >= unitPages {
		p, ok := b.outside[n]
		if !ok {
			p = new(page)
			if b.outside == nil {
				b.outside = map[int32]*page{}
			}
			b.outside[n] = p
		}
		return p
	}
	if b.unit == nil {
		b.unit = make([]*page, unitPages)
	}
	if b.unit[n] == nil {
		b.unit[n] = new(page)
	}
	return b.unit[n]
}

func (h *half) add(part uint64) {
	h.rows++
	var carry uint64
	h.low, carry = bits.Add64(h.low, part, 0)
	h.high += uint32(carry)
	short := part >> (partBits - 30)
	two := short * short >> 30
	h.two += two
	h.three += two * short >> 30
}

func (h *half) plus(u *half) {
	h.rows += u.rows
	var carry uint64
	h.low, carry = bits.Add64(h.low, u.low, 0)
	h.high += u.high + uint32(carry)
	h.two += u.two
	h.three += u.three
}

func (b *banded) merge(u *banded) {
	for n, p := range u.unit {
		if p != nil {
			b.turn(int32(n)).plus(p)
		}
	}
	for n, p := range u.outside {
		b.turn(n).plus(p)
	}
}

func (p *page) plus(u *page) {
	for y := range p {
		for i := range p[y] {
			p[y][i].plus(&u[y][i])
		}
	}
}

func (b *bands) merge(u *bands) {
	for d := range b.counts {
		for s := range b.counts[d] {
			b.counts[d][s].merge(&u.counts[d][s])
		}
	}
}

// slices gives the bands of each dimension's slices, overall first; nil where they are not wanted.
func (b *bands) slices() [][][]Band {
	if b == nil {
		return nil
	}
	all := make([][][]Band, len(b.sizes))
	for g, group := range b.groups {
		for _, m := range group.members {
			slots := make([][]int, b.sizes[m.dimension])
			for slot, s := range m.slice {
				slots[s] = append(slots[s], slot)
			}
			for _, of := range slots {
				var sum banded
				if len(of) == 1 {
					sum = b.counts[g][of[0]]
				} else {
					for _, slot := range of {
						sum.merge(&b.counts[g][slot])
					}
				}
				all[m.dimension] = append(all[m.dimension], sum.list())
			}
		}
	}
	return all
}

// list gives the bands that have rows, ascending.
func (b *banded) list() []Band {
	var all []Band
	add := func(n int32, p *page) {
		for i := range bandCells {
			if c := p.cell(i); c[0].rows|c[1].rows != 0 {
				all = append(all, c.band(n, uint32(i)))
			}
		}
	}
	outside := slices.Sorted(maps.Keys(b.outside))
	for _, n := range outside {
		if n < 0 {
			add(n, b.outside[n])
		}
	}
	for n, p := range b.unit {
		if p != nil {
			add(int32(n), p)
		}
	}
	for _, n := range outside {
		if n > 0 {
			add(n, b.outside[n])
		}
	}
	return all
}

func (c *cell) band(n int32, i uint32) Band {
	out := Band{Rows: [2]int64{int64(c[0].rows), int64(c[1].rows)}}
	near, far := edges(n, i) // to 0, or to 1 where it is mirrored
	part, single := c.single()
	out.score, out.single = math.Float64frombits(math.Float64bits(near)+part), single
	switch {
	case n < 0:
		out.Low, out.High, out.score = -far, -near, -out.score
		return out
	case n >= unitPages:
		out.Low, out.High = near, far
		return out
	}
	out.mirrored = n >= halfPages
	width := far - near
	for y, k := range out.Rows {
		out.parts[y] = math.Ldexp(float64(c[y].high), 64-partBits) + math.Ldexp(float64(c[y].low), -partBits)
		out.squares[y] = math.Ldexp(float64(c[y].two), -30)
		out.cubes[y] = math.Ldexp(float64(c[y].three), -30)
		out.Sum[y] = float64(k)*near + out.parts[y]*width
		if out.mirrored {
			out.Sum[y] = float64(k) - out.Sum[y]
		}
	}
	out.Low, out.High = near, far
	if out.mirrored {
		out.Low, out.High, out.score = 1-far, 1-near, 1-out.score
	}
	if n == halfPages {
		out.Low = out.High // 0.5 alone: its halving begins here, from above
	}
	return out
}

// single gives the part that all rows lie at, where all sums are those of one. Others have such sums only if they lie around it, in each class, as if
// mirrored, and within some 2^-15 of the band.
func (c *cell) single() (part uint64, ok bool) {
	first := uint32(0)
	if c[0].rows == 0 {
		first = 1
	}
	if c[first].high >= c[first].rows { // no more than a part each
		return 0, false
	}
	part, _ = bits.Div64(uint64(c[first].high), c[first].low, uint64(c[first].rows))
	short := part >> (partBits - 30)
	two := short * short >> 30
	three := two * short >> 30
	for y := range c {
		k := c[y].rows
		high, low := bits.Mul64(uint64(k), part)
		if uint64(c[y].high) != high || c[y].low != low || c[y].two != uint64(k)*two || c[y].three != uint64(k)*three {
			return 0, false
		}
	}
	return part, true
}

// edges are the ends of a band as distances from 0, or for [0.5, 1] from 1: the lesser first.
func edges(n int32, i uint32) (near, far float64) {
	exponent, down := n, false
	switch {
	case n < 0:
		exponent, down = -1-n, true
	case n >= unitPages:
		exponent = n - unitPages
	case n >= halfPages:
		exponent, down = unitPages-1-n, true
	}
	if down {
		i = bandCells - 1 - i
	}
	at := func(i uint64) float64 { return math.Float64frombits(uint64(exponent)<<52 + i<<partBits) } // the band after the last begins the next halving
	return at(uint64(i)), min(at(uint64(i)+1), math.MaxFloat64)
}
