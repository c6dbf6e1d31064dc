package drift

import (
	"math"
	"math/bits"
)

// finest is into how many bins of about as many rows a baseline's column of numbers is cut. That bounds what is lost of a distance: no bin
// of several cells holds more than 2/finest of the rows (of few rows, 2·leastRows) and leastRows more; but for a value that more rows
// have, which takes in the fewer than leastRows rows beside it where they have no bin to join but that of another such value.
const finest = 512

// edges chooses the edges of a baseline's bins, from the cells that have rows, each as many keys wide as said.
//
// Cells are taken together from the lowest up until they hold 1/finest of the rows, and leastRows. A cell that holds as many alone is a bin of
// its own: a value that many rows have is kept apart, from what lies beside it too. What is left with fewer than leastRows joins the smaller
// bin beside it. Every edge is an end of a cell with leastRows or more, or the roundest number between two groups of
// as many: nobody's own value can be told from it.
func edges(all []counted, width int64) []float64 {
	type group struct{ first, last, rows int64 }
	total := int64(0)
	for _, x := range all {
		total += x.rows
	}
	enough := max(leastRows, (total+finest-1)/finest)
	var groups []group
	open := false // the last group takes more
	// settle ends the last group. One that is too small joins the one before it, or goes on where that has more rows than the next.
	settle := func(next int64) {
		n := len(groups) - 1
		switch {
		case groups[n].rows >= leastRows:
			open = false
		case n > 0 && groups[n-1].rows <= next:
			groups[n-1].last = groups[n].last
			groups[n-1].rows += groups[n].rows
			groups, open = groups[:n], false
		}
	}
	for i, x := range all {
		if x.rows >= enough && open {
			settle(x.rows)
		}
		if !open {
			groups = append(groups, group{first: int64(i)})
			open = true
		}
		g := &groups[len(groups)-1]
		g.last = int64(i)
		if g.rows += x.rows; g.rows >= enough {
			open = false
		}
	}
	if open {
		settle(math.MaxInt64)
	}
	if len(groups) == 0 || groups[0].rows < leastRows {
		return nil
	}
	var es []float64
	edge := func(k int64) {
		if e := number(k); k > -infiniteBits && k < infiniteBits && (len(es) == 0 || e > es[len(es)-1]) {
			es = append(es, e)
		}
	}
	dense := func(i int64) bool { return all[i].rows >= leastRows }
	if dense(groups[0].first) {
		edge(all[groups[0].first].from)
	}
	for i, g := range groups[:len(groups)-1] {
		next := groups[i+1].first
		from, to := all[g.last].from+width, all[next].from
		if !dense(g.last) && !dense(next) {
			edge(roundest(from, to))
			continue
		}
		if dense(g.last) {
			edge(from)
		}
		if dense(next) {
			edge(to)
		}
	}
	if last := groups[len(groups)-1].last; dense(last) {
		edge(all[last].from + width)
	}
	return es
}

// roundest is the key in [from, to] that is divisible by the highest power of 2: of the roundest number there.
func roundest(from, to int64) int64 {
	if from <= 0 && to >= 0 {
		return 0
	}
	if from < 0 {
		return -roundest(-to, -from)
	}
	// Below the highest bit in which from−1 and to differ, to's bits can all be 0.
	differ := bits.Len64(uint64(from-1)^uint64(to)) - 1
	return to >> differ << differ
}
