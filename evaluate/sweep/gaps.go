package sweep

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// gaps counts the rows of the commoner class by where they lie among those of the rarer: for each group of dimensions, for each slot, in each gap between
// two distinct scores of the rarer class and at each of these scores.
type gaps struct {
	rare   *Rare
	class  uint32
	finder *finder
	groups []gapCounts
}

// gapCounts are those of one group. Where they fit, a slot has a count for each gap of all rare rows (dense); where there are many slots, only for
// those of its own rare rows, and the group has one dimension.
type gapCounts struct {
	countGroup
	counts []uint32

	dense  bool
	stride uint32
	// where not dense: c.at[c.start[slot·blocks + place>>shift]] is near
	blocks, shift uint32
	start         []uint32 // crowded where more than two are near
	at            []uint32 // places of the slots' distinct rare scores among all, slot by slot, with beyondPlaces behind each slot's
	first         []uint32 // slot: its first count
}

// ownRows are the distinct scores that a slice's rare rows have: places among all, and rows at each.
type ownRows struct {
	at   []uint32
	rows []uint32
}

// Counts that a group of dimensions may have to count densely: so many as a core's cache holds, or more where it has few slots, since own rows are then no
// fewer by much; never more than 64 MiB.
const (
	maxDense   = 16 << 20
	cheapDense = 1 << 20
	fewDense   = 16 // slots
)

// startTable is about how many entries help to find a row's gap where counts are not dense: they should stay in a core's cache. There are more where a part would have
// several rare rows.
const startTable = 1 << 16

func (r *Rare) fits(p Plan) error {
	if len(p.Rivals) > 0 {
		return errors.New("rivals need the scores of all rows")
	}
	if r.class == 0 && (p.Average || slices.ContainsFunc(p.Picks, Pick.needsPositives)) {
		return errors.New("average precision and cuts chosen by recall or precision need the scores of all positives")
	}
	for _, row := range r.rows {
		if int(row.combination) >= p.Combinations {
			return fmt.Errorf("the rarer class has rows of the combination %d, and there are %d", row.combination, p.Combinations)
		}
	}
	return nil
}

func newGaps(p Plan, rare *Rare, dense int) *gaps {
	g := &gaps{rare: rare, class: uint32(rare.class), finder: newFinder(rare.keys)}
	stride := 2*len(rare.keys) + 1
	dimensions, sizes := p.dimensions()
	for _, group := range groups(dimensions, sizes, func(slots int) bool { return isDense(slots, stride, dense) }) {
		g.groups = append(g.groups, newGapCounts(rare, group, dense))
	}
	return g
}

// own gives each slot or slice, by combination, its own rare rows.
func (r *Rare) own(of []uint32, size int) []ownRows {
	all := make([]ownRows, size)
	for _, row := range r.rows { // ascending by place
		own := &all[of[row.combination]]
		if n := len(own.at); n > 0 && own.at[n-1] == row.at {
			own.rows[n-1]++
		} else {
			own.at, own.rows = append(own.at, row.at), append(own.rows, 1)
		}
	}
	return all
}

func isDense(slots, stride, most int) bool {
	return slots*stride <= min(most, cheapDense) || slots <= fewDense && slots*stride <= most
}

func newGapCounts(rare *Rare, group countGroup, dense int) gapCounts {
	c := gapCounts{countGroup: group, stride: uint32(2*len(rare.keys) + 1)}
	if c.dense = isDense(c.size, int(c.stride), dense); c.dense {
		c.counts = make([]uint32, c.size*int(c.stride))
		return c
	}
	for c.blocks = 1; int(c.blocks)*c.size < max(startTable, len(rare.rows)) && int(c.blocks) < len(rare.keys); {
		c.blocks *= 2
	}
	for uint32(len(rare.keys))>>c.shift >= c.blocks {
		c.shift++
	}
	for _, own := range rare.own(c.of, c.size) {
		c.first = append(c.first, uint32(2*len(c.at)))
		i := 0
		for b := range c.blocks {
			from := i
			for i < len(own.at) && own.at[i]>>c.shift == b {
				i++
			}
			near := uint32(len(c.at) + from)
			if i-from > 2 {
				near |= crowded
			}
			c.start = append(c.start, near)
		}
		c.at = append(append(c.at, own.at...), beyondPlaces)
	}
	c.at = append(c.at, beyondPlaces)
	c.counts = make([]uint32, 2*len(c.at))
	return c
}

// beyondPlaces is above the places of all rare scores.
const beyondPlaces = math.MaxInt32

// gapBatch is how many rows' gaps are found before they are counted.
const gapBatch = 512

func (g *gaps) add(r Rows) error {
	var keys [gapBatch]uint64
	var gap, combination [gapBatch]uint32
	padded := g.finder.padded
	for from := 0; from < len(r.Score); from += gapBatch {
		n := 0
		to := min(from+gapBatch, len(r.Score))
		score := r.Score[from:to]
		for i, cell := range r.Cell[from:to] {
			if cell&1 != g.class {
				keys[n&(gapBatch-1)], combination[n&(gapBatch-1)] = keyOf(score[i]), cell>>1
				n++
			}
		}
		g.finder.belowAll(keys[:n], gap[:n])
		for i, k := range keys[:n] {
			gap[i] = 2*gap[i] + equal(padded[gap[i]], k)
		}
		for d := range g.groups {
			g.groups[d].add(gap[:n], combination[:n])
		}
	}
	return nil
}

// equal is 1 where a and b are equal, else 0, without a branch.
func equal(a, b uint64) uint32 {
	_, one := bits.Sub64(a^b, 1, 0)
	return uint32(one)
}

// add counts rows by their gaps among all rare rows.
func (c *gapCounts) add(gap, combination []uint32) {
	var to [gapBatch]uint32 // found first and counted then, so that no row waits for another's count
	of, places := c.of, to[:len(gap)]
	combination = combination[:len(gap)]
	if c.dense {
		stride := c.stride
		for i, g := range gap {
			places[i] = of[combination[i]]*stride + g
		}
	} else {
		start, at, blocks, shift := c.start, c.at, c.blocks, c.shift&31
		for i, g := range gap {
			place := g >> 1
			j := start[of[combination[i]]*blocks+place>>shift]
			if j&crowded == 0 {
				first := less(at[j], place)
				j += first + first&less(at[j+1], place)
			} else {
				for j &^= crowded; at[j] < place; j++ { // the slot's last is above all
				}
			}
			places[i] = 2*j + g&equal(uint64(at[j]), uint64(place))
		}
	}
	counts := c.counts
	for _, k := range places {
		counts[k]++
	}
}

// less is 1 where a is less than b, else 0, without a branch, for numbers of 31 bits.
func less(a, b uint32) uint32 { return (a - b) >> 31 }

func (g *gaps) merge(u *gaps) error {
	if g.rare != u.rare && !g.rare.equal(u.rare) {
		return errors.New("the tallies know other rows of the rarer class")
	}
	for d := range g.groups {
		to, from := g.groups[d].counts, u.groups[d].counts
		for i, n := range from {
			to[i] += n
		}
	}
	return nil
}

// walk takes each slice's path through its gaps.
func (g *gaps) walk(p *Plan, dimensions [][]uint32, paths [][]path) {
	for i := range g.groups {
		c := &g.groups[i]
		for _, m := range c.members {
			all := paths[m.dimension]
			own := g.rare.own(dimensions[m.dimension], len(all))
			for s := range all {
				counts := []uint32(nil)
				if c.dense {
					counts = c.between(own[s].at, m.slice, uint32(s))
				} else {
					counts = c.counts[c.first[s]:]
				}
				for i, rows := range own[s].rows {
					g.step(p, &all[s], counts[2*i], 0)
					g.step(p, &all[s], counts[2*i+1], rows)
				}
				g.step(p, &all[s], counts[2*len(own[s].rows)], 0)
			}
		}
	}
}

// between adds the dense counts of a slice's slots up to those of the gaps between the slice's own rows, and at them.
func (c *gapCounts) between(own []uint32, slice []uint32, s uint32) []uint32 {
	out := make([]uint32, 2*len(own)+1)
	for slot, of := range slice {
		if of != s {
			continue
		}
		dense := c.counts[slot*int(c.stride):][:c.stride]
		from := uint32(0)
		for i, at := range own {
			for ; from <= 2*at; from++ {
				out[2*i] += dense[from]
			}
			out[2*i+1] += dense[from]
			from++
		}
		for ; from < c.stride; from++ {
			out[2*len(own)] += dense[from]
		}
	}
	return out
}

func (g *gaps) step(p *Plan, a *path, common, rare uint32) {
	if common == 0 && rare == 0 {
		return
	}
	var t [2]int64
	t[g.class], t[1-g.class] = int64(rare), int64(common)
	a.step(p, t)
}
