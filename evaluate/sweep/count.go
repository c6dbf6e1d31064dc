package sweep

import (
	"math"
	"slices"
	"sort"
)

// Counts are confusion counts at one cut.
type Counts struct {
	TP int64 `json:"tp"`
	FP int64 `json:"fp"`
	TN int64 `json:"tn"`
	FN int64 `json:"fn"`
}

// counts is all that needs no order of the scores, by combination. Whole numbers only.
type counts struct {
	losses losses
	cuts   []float64 // the plan's, sorted
	cells  []int64   // rows by cell and by the number of sorted cuts that their score reaches: [cell·(cuts+1) + reached]
	loss   []lossSums
	pairs  [][]pairCount // one a rival, by combination
}

// lossSums are those of one combination.
type lossSums struct {
	outside        int64 // rows whose score has no loss
	logLoss, brier moments
}

// pairCount is what a combination has in common with a rival.
type pairCount struct {
	joint          [2][4]int64
	outside        int64 // rows of which one of the two scores has no loss
	logLoss, brier moments
}

// count is that of one slice: the sum of its combinations.
type count struct {
	rows  [2]int64   // by label
	bins  [][2]int64 // rows by the number of sorted cuts that their score reaches, by label
	loss  lossSums
	pairs []pairCount
}

func newCounts(p Plan) counts {
	c := counts{losses: newLosses(p.Eps), cuts: slices.Sorted(slices.Values(p.Cuts))}
	c.cells = make([]int64, 2*p.Combinations*(len(p.Cuts)+1))
	if p.Losses {
		c.loss = make([]lossSums, p.Combinations)
	}
	for range p.Rivals {
		c.pairs = append(c.pairs, make([]pairCount, p.Combinations))
	}
	return c
}

// add counts rows.
func (c *counts) add(p *Plan, r Rows) {
	c.addCells(r)
	if p.Losses {
		c.addLosses(r)
	}
	for i, rival := range r.Rivals {
		c.addPairs(p, r, i, rival)
	}
}

func (c *counts) addCells(r Rows) {
	width := uint32(len(c.cuts) + 1)
	score := r.Score[:len(r.Cell)]
	switch len(c.cuts) {
	case 0:
		for _, cell := range r.Cell {
			c.cells[cell]++
		}
	case 1:
		cut := c.cuts[0]
		for i, cell := range r.Cell {
			at := 2 * cell
			if score[i] >= cut {
				at++
			}
			c.cells[at]++
		}
	default:
		for i, cell := range r.Cell {
			at := cell * width
			for _, cut := range c.cuts {
				if score[i] < cut {
					break
				}
				at++
			}
			c.cells[at]++
		}
	}
}

func (c *counts) addLosses(r Rows) {
	for i, p := range r.Score {
		to := &c.loss[r.Cell[i]>>1]
		if !(p >= 0 && p <= 1) {
			to.outside++
			continue
		}
		y := uint8(r.Cell[i] & 1)
		to.logLoss.add(c.losses.log(p, y))
		to.brier.add(c.losses.brier(p, y))
	}
}

func (c *counts) addPairs(plan *Plan, r Rows, rival int, theirs []float64) {
	proper := func(p float64) bool { return p >= 0 && p <= 1 }
	for i, p := range r.Score {
		q, y := theirs[i], uint8(r.Cell[i]&1)
		to := &c.pairs[rival][r.Cell[i]>>1]
		joint := 0
		if len(plan.Cuts) > 0 && p >= plan.Cuts[0] {
			joint = 2
		}
		if q >= plan.Rivals[rival] {
			joint++
		}
		to.joint[y][joint]++
		if !plan.Losses {
			continue
		}
		if !proper(p) || !proper(q) {
			to.outside++
			continue
		}
		to.logLoss.add(c.losses.log(p, y) - c.losses.log(q, y))
		to.brier.add(c.losses.brier(p, y) - c.losses.brier(q, y))
	}
}

func (c *counts) merge(u *counts) {
	for i, n := range u.cells {
		c.cells[i] += n
	}
	for i := range u.loss {
		c.loss[i].merge(&u.loss[i])
	}
	for r := range u.pairs {
		for i := range u.pairs[r] {
			c.pairs[r][i].merge(&u.pairs[r][i])
		}
	}
}

func (l *lossSums) merge(u *lossSums) {
	l.outside += u.outside
	l.logLoss.merge(&u.logLoss)
	l.brier.merge(&u.brier)
}

func (c *pairCount) merge(u *pairCount) {
	for y := range c.joint {
		for k := range c.joint[y] {
			c.joint[y][k] += u.joint[y][k]
		}
	}
	c.outside += u.outside
	c.logLoss.merge(&u.logLoss)
	c.brier.merge(&u.brier)
}

// slices gives the counts of a dimension's slices.
func (c *counts) slices(of []uint32, size int) []count {
	all := make([]count, size)
	for i := range all {
		all[i] = count{bins: make([][2]int64, len(c.cuts)+1), pairs: make([]pairCount, len(c.pairs))}
	}
	width := len(c.cuts) + 1
	for combination, s := range of {
		to := &all[s]
		for y := range 2 {
			for b, n := range c.cells[(2*combination+y)*width:][:width] {
				to.rows[y] += n
				to.bins[b][y] += n
			}
		}
		if c.loss != nil {
			to.loss.merge(&c.loss[combination])
		}
		for r := range c.pairs {
			to.pairs[r].merge(&c.pairs[r][combination])
		}
	}
	return all
}

// at are the confusion counts at a cut, one of the sorted cuts.
func (c *count) at(cut float64, cuts []float64) Counts {
	k := sort.SearchFloat64s(cuts, cut) // a score is positive where it reaches more cuts than lie below this one
	var n Counts
	for b, rows := range c.bins {
		if b > k {
			n.FP, n.TP = n.FP+rows[0], n.TP+rows[1]
		} else {
			n.TN, n.FN = n.TN+rows[0], n.FN+rows[1]
		}
	}
	return n
}

// noLoss is that of rows which have none.
var noLoss = Loss{math.NaN(), math.NaN()}
