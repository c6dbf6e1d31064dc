package sweep

import (
	"errors"
	"fmt"
	"slices"
)

// gaps counts the rows of the commoner class by where they lie among those of the rarer: for each dimension, for each slice, in each gap between
// two distinct scores of the rarer class and at each of these scores.
type gaps struct {
	rare   *Rare
	class  uint32
	finder *finder
	sizes  []gapCounts // one a dimension, overall first
}

// gapCounts are those of one dimension. Where they fit, a slice has a count for each gap of all rare rows (dense); where there are many slices, only for
// those of its own rare rows.
type gapCounts struct {
	of     []uint32 // slice of each combination
	counts []uint32
	own    []ownRows // by slice

	dense  bool
	stride uint32
	// where not dense: own[start[slice·blocks + gap>>shift]] is near
	blocks, shift uint32
	start         []uint32
	at            []uint32 // places of the slices' distinct rare scores among all, slice by slice
	first         []uint32 // slice: its first count
}

// ownRows are the distinct scores that a slice's rare rows have: places among all, and rows at each.
type ownRows struct {
	at   []uint32
	rows []uint32
}

// maxDense is how many counts a dimension may have to count densely: 64 MiB.
const maxDense = 16 << 20

// startTable is about how many entries help to find a row's gap where counts are not dense: they should stay in a core's cache.
const startTable = 1 << 17

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

func newGaps(p Plan, rare *Rare) *gaps {
	g := &gaps{rare: rare, class: uint32(rare.class), finder: newFinder(rare.keys)}
	dimensions, sizes := p.dimensions()
	for d, of := range dimensions {
		g.sizes = append(g.sizes, newGapCounts(rare, of, sizes[d], maxDense))
	}
	return g
}

func newGapCounts(rare *Rare, of []uint32, size, dense int) gapCounts {
	c := gapCounts{of: of, own: make([]ownRows, size), stride: uint32(2*len(rare.keys) + 1)}
	for _, row := range rare.rows { // ascending by place
		own := &c.own[of[row.combination]]
		if n := len(own.at); n > 0 && own.at[n-1] == row.at {
			own.rows[n-1]++
		} else {
			own.at, own.rows = append(own.at, row.at), append(own.rows, 1)
		}
	}
	if c.dense = size*int(c.stride) <= dense; c.dense {
		c.counts = make([]uint32, size*int(c.stride))
		return c
	}
	for c.blocks = 1; int(c.blocks)*size < startTable && int(c.blocks) < len(rare.keys); {
		c.blocks *= 2
	}
	for uint32(len(rare.keys))>>c.shift >= c.blocks {
		c.shift++
	}
	c.blocks++
	for _, own := range c.own {
		c.first = append(c.first, uint32(2*len(c.at)+len(c.first)))
		i := 0
		for b := range c.blocks {
			for i < len(own.at) && own.at[i]>>c.shift < b {
				i++
			}
			c.start = append(c.start, uint32(len(c.at)+i))
		}
		c.at = append(c.at, own.at...)
	}
	c.start = append(c.start, uint32(len(c.at)))
	c.counts = make([]uint32, 2*len(c.at)+size)
	return c
}

// gapBatch is how many rows' gaps are found before they are counted.
const gapBatch = 2048

func (g *gaps) add(r Rows) error {
	var gap, combination [gapBatch]uint32
	for from := 0; from < len(r.Score); {
		n := 0
		for ; from < len(r.Score) && n < gapBatch; from++ {
			cell := r.Cell[from]
			if cell&1 == g.class {
				continue
			}
			k := keyOf(r.Score[from])
			at := g.finder.below(k)
			place := uint32(2 * at)
			if at < len(g.finder.keys) && g.finder.keys[at] == k {
				place++
			}
			gap[n], combination[n] = place, cell>>1
			n++
		}
		for d := range g.sizes {
			g.sizes[d].add(gap[:n], combination[:n])
		}
	}
	return nil
}

func (c *gapCounts) add(gap, combination []uint32) {
	combination = combination[:len(gap)]
	if c.dense {
		for i, at := range gap {
			c.counts[c.of[combination[i]]*c.stride+at]++
		}
		return
	}
	for i, at := range gap {
		place, s := at>>1, c.of[combination[i]]
		block := s*c.blocks + place>>c.shift
		j, end := c.start[block], c.end(s)
		for j < end && c.at[j] < place {
			j++
		}
		to := 2*j + s // the slice's first count is 2·(distinct scores of the slices before) + (slices before)
		if at&1 == 1 && j < end && c.at[j] == place {
			to++
		}
		c.counts[to]++
	}
}

// end is behind a slice's own places.
func (c *gapCounts) end(s uint32) uint32 { return c.start[(s+1)*c.blocks] }

func (g *gaps) merge(u *gaps) error {
	if g.rare != u.rare && !g.rare.equal(u.rare) {
		return errors.New("the tallies know other rows of the rarer class")
	}
	for d := range g.sizes {
		to, from := g.sizes[d].counts, u.sizes[d].counts
		for i, n := range from {
			to[i] += n
		}
	}
	return nil
}

// walk takes each slice's path through its gaps.
func (g *gaps) walk(p *Plan, paths [][]path) {
	for d := range g.sizes {
		c := &g.sizes[d]
		for s := range paths[d] {
			own, counts := c.own[s], c.counts
			if c.dense {
				counts = c.sparse(uint32(s))
			} else {
				counts = counts[c.first[s]:]
			}
			for i, rows := range own.rows {
				g.step(p, &paths[d][s], counts[2*i], 0)
				g.step(p, &paths[d][s], counts[2*i+1], rows)
			}
			g.step(p, &paths[d][s], counts[2*len(own.rows)], 0)
		}
	}
}

// sparse adds a slice's dense counts up to those of its own rows' gaps.
func (c *gapCounts) sparse(s uint32) []uint32 {
	dense, own := c.counts[s*c.stride:][:c.stride], c.own[s].at
	out := make([]uint32, 2*len(own)+1)
	from := uint32(0)
	for i, at := range own {
		for ; from <= 2*at; from++ {
			out[2*i] += dense[from]
		}
		out[2*i+1] = dense[from]
		from++
	}
	for ; from < c.stride; from++ {
		out[2*len(own)] += dense[from]
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
