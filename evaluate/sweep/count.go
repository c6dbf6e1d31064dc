package sweep

import (
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

// counts is all that needs no order of the scores: for each dimension, overall first, one count a slice. Whole numbers only.
type counts struct {
	losses losses
	cuts   []float64 // the plan's, sorted
	slices [][]count
}

// count is that of one slice.
type count struct {
	rows           [2]int64   // by label
	bins           [][2]int64 // rows by the number of sorted cuts that their score reaches, by label
	outside        int64      // rows whose score has no loss
	logLoss, brier moments
	pairs          []pairCount
}

// pairCount is what a slice has in common with a rival.
type pairCount struct {
	joint          [2][4]int64
	outside        int64 // rows of which one of the two scores has no loss
	logLoss, brier moments
}

func newCounts(p Plan) counts {
	c := counts{losses: newLosses(p.Eps), cuts: slices.Sorted(slices.Values(p.Cuts))}
	for _, size := range slices.Concat([]int{1}, p.Sizes) {
		all := make([]count, size)
		for i := range all {
			all[i] = count{bins: make([][2]int64, len(p.Cuts)+1), pairs: make([]pairCount, len(p.Rivals))}
		}
		c.slices = append(c.slices, all)
	}
	return c
}

// rowPair is one row beside a rival's: what is added to each of the row's slices.
type rowPair struct {
	joint          int // 2·(ours predicted positive) + (theirs)
	outside        bool
	logLoss, brier int64 // ours minus theirs
}

// count counts the tally's rows from one on.
func (t *Tally) count(from int) {
	c, pairs := &t.counts, make([]rowPair, len(t.rivals))
	proper := func(p float64) bool { return p >= 0 && p <= 1 }
	for i := from; i < len(t.score); i++ {
		p, y := t.score[i], t.label[i]
		bin := sort.Search(len(c.cuts), func(k int) bool { return c.cuts[k] > p })
		inside := proper(p)
		var logLoss, brier int64
		if inside {
			logLoss, brier = c.losses.log(p, y), c.losses.brier(p, y)
		}
		for r := range pairs {
			q := t.rivals[r][i]
			pairs[r] = rowPair{outside: !inside || !proper(q)}
			if !pairs[r].outside {
				pairs[r].logLoss, pairs[r].brier = logLoss-c.losses.log(q, y), brier-c.losses.brier(q, y)
			}
			if len(t.plan.Cuts) > 0 && p >= t.plan.Cuts[0] {
				pairs[r].joint = 2
			}
			if q >= t.plan.Rivals[r] {
				pairs[r].joint++
			}
		}
		for d := range c.slices {
			s := uint32(0)
			if d > 0 {
				s = t.code[d-1][i]
			}
			c.slices[d][s].add(y, bin, inside, logLoss, brier, pairs)
		}
	}
}

// add adds one row.
func (c *count) add(label uint8, bin int, inside bool, logLoss, brier int64, pairs []rowPair) {
	c.rows[label]++
	c.bins[bin][label]++
	if inside {
		c.logLoss.add(logLoss)
		c.brier.add(brier)
	} else {
		c.outside++
	}
	for r, p := range pairs {
		to := &c.pairs[r]
		to.joint[label][p.joint]++
		if p.outside {
			to.outside++
			continue
		}
		to.logLoss.add(p.logLoss)
		to.brier.add(p.brier)
	}
}

func (c *counts) merge(u counts) {
	for d := range c.slices {
		for s := range c.slices[d] {
			c.slices[d][s].merge(&u.slices[d][s])
		}
	}
}

func (c *count) merge(u *count) {
	for y := range c.rows {
		c.rows[y] += u.rows[y]
		for b := range c.bins {
			c.bins[b][y] += u.bins[b][y]
		}
	}
	c.outside += u.outside
	c.logLoss.merge(&u.logLoss)
	c.brier.merge(&u.brier)
	for r := range c.pairs {
		to, of := &c.pairs[r], &u.pairs[r]
		for y := range to.joint {
			for k := range to.joint[y] {
				to.joint[y][k] += of.joint[y][k]
			}
		}
		to.outside += of.outside
		to.logLoss.merge(&of.logLoss)
		to.brier.merge(&of.brier)
	}
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
