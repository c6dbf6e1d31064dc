package render

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/gatecard/gatecard/evaluate"
)

// confusionBlock is which class is taken for which: a matrix, and the pairs that are confused most.
type confusionBlock struct {
	Words    string
	Heads    []string // of the columns: the predicted classes, or their numbers where there are many
	Numbered bool
	Rows     []confusionRow
	Pairs    [][]string // of which class how many rows are taken for which other
	More     int        // pairs that are not listed
}

type confusionRow struct {
	Name, Total string
	Cells       []confusionCell
}

type confusionCell struct {
	Count, Share string
	Heat         int // 0 to 9: tenths of the row's rows
	Right        bool
}

// headedClasses is the most classes whose names stand above a matrix; of more, numbers do.
const headedClasses = 6

// listedPairs is the most pairs of classes that are listed.
const listedPairs = 15

// confusion is that of all rows; nil where the evaluation has none.
func confusion(e *evaluate.Evaluation) *confusionBlock {
	if c := e.Overall().Confusion; c != nil {
		return matrixOf(c.Classes, c.Counts)
	}
	return nil
}

// matrixOf makes the block of a confusion: rows by true class and predicted class, in the order of the names. It is nil where they do not fit
// each other, and where nothing was counted.
func matrixOf(names []string, counts [][]int64) *confusionBlock {
	if len(names) < 2 || len(counts) != len(names) || slices.ContainsFunc(counts, func(row []int64) bool { return len(row) != len(names) }) {
		return nil
	}
	type pair struct {
		truth, call int
		n, of       int64
	}
	var pairs []pair
	b := &confusionBlock{Numbered: len(names) > headedClasses}
	all, right := int64(0), int64(0)
	for t, row := range counts {
		of := int64(0)
		for _, n := range row {
			of += n
		}
		all, right = all+of, right+row[t]
		r := confusionRow{Name: names[t], Total: evaluate.Count(of)}
		if b.Numbered {
			r.Name = strconv.Itoa(t+1) + " " + r.Name
		}
		for c, n := range row {
			cell := confusionCell{Count: evaluate.Count(n), Right: c == t}
			if of > 0 {
				share := float64(n) / float64(of)
				cell.Share, cell.Heat = evaluate.Percent(share), min(9, int(10*share))
				if n > 0 && cell.Heat == 0 {
					cell.Heat = 1
				}
			}
			r.Cells = append(r.Cells, cell)
			if c != t && n > 0 {
				pairs = append(pairs, pair{t, c, n, of})
			}
		}
		b.Rows = append(b.Rows, r)
	}
	if all == 0 {
		return nil
	}
	for i, n := range names {
		if b.Numbered {
			n = strconv.Itoa(i + 1)
		}
		b.Heads = append(b.Heads, n)
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return -cmp.Compare(x.n, y.n) })
	for i, p := range pairs {
		if i == listedPairs {
			b.More = len(pairs) - i
			break
		}
		b.Pairs = append(b.Pairs, []string{names[p.truth], names[p.call], evaluate.Count(p.n), evaluate.Percent(float64(p.n) / float64(p.of))})
	}
	b.Words = evaluate.Count(all-right) + " of " + evaluate.Count(all) + " rows are taken for another class."
	if len(pairs) > 0 {
		p := pairs[0]
		b.Words += " Most often it takes " + names[p.truth] + " for " + names[p.call] + ": " + evaluate.Count(p.n) + " of " + evaluate.Count(p.of) + " rows, " + evaluate.Percent(float64(p.n)/float64(p.of)) + "."
	}
	if len(names) > openClasses {
		b.Heads, b.Rows = nil, nil
	}
	return b
}
