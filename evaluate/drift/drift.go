package drift

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// Distance is a named distance between two columns. To add one: NAME.go and a line in Distances.
type Distance struct {
	Name, Summary string
	Title         string  // in a sentence: "KS distance"
	Most          float64 // the largest that it can be: +Inf where there is none
	Unit          string  // of the figure: "nats", "bits", "of 1", "the column's own", "baseline's standard deviations"
	Note          string  // a sentence on how it is read
	Of            Kind    // of what
	Rows          int64   // of the smaller column, under which its limits were not shown to hold; 0: as for any figure
	Signed        bool    // a change, which may be of either sign: a bound on it is one on its size
	// Between gives the estimate, its basis and its support: the rows of the smaller column that were compared. The error says why there is none:
	// columns that contradict themselves, were counted in different bins, or have nothing to tell apart. A basis of no method gives no limits.
	Between func(from, to Column) (value float64, basis stats.Basis, support int64, err error)
}

// Kind is what a distance is of.
type Kind int

// Anything: texts or numbers. OrderedNumbers: only numbers. Positives: the share of rows that are positive.
const (
	Anything Kind = 1 + iota
	OrderedNumbers
	Positives
)

// Distances lists them all.
func Distances() []Distance {
	return []Distance{
		psi,
		jsDivergence,
		jsDistance,
		cramersV,
		ks,
		wasserstein,
		wassersteinNormalized,
		prevalence,
		selectionRate,
	}
}

// Named gives the distance of that name.
func Named(name string) (Distance, bool) {
	all := Distances()
	if i := slices.IndexFunc(all, func(d Distance) bool { return d.Name == name }); i >= 0 {
		return all[i], true
	}
	return Distance{}, false
}

// check refuses columns that cannot be compared.
func check(from, to Column) error {
	if err := from.Check(); err != nil {
		return fmt.Errorf("the baseline's column: %w", err)
	}
	if err := to.Check(); err != nil {
		return fmt.Errorf("the column: %w", err)
	}
	switch {
	case from.Rows == 0 || to.Rows == 0:
		return errors.New("no rows")
	case from.Counts == nil && from.Values == nil && from.Other > 0:
		return fmt.Errorf("no text has %d rows of the baseline: nothing to tell apart", leastRows)
	case from.isNumbers() && to.isTexts() || from.isTexts() && to.isNumbers():
		return errors.New("numbers on one side and texts on the other")
	case !slices.Equal(from.Edges, to.Edges):
		return errors.New("the column was counted between other edges than the baseline's")
	}
	for v := range to.Values {
		if _, known := from.Values[v]; !known {
			return fmt.Errorf("the column was counted by other values than the baseline's: %q", v)
		}
	}
	return nil
}

// tenths is how many bins a column of numbers is cut into for distances between shares: tenths, as everybody's PSI has them.
const tenths = 10

// coarse are the places among the edges of a baseline's column that cut it into tenths: for each tenth the edge below which the count of rows is nearest to it
// (the lower of two), so within half of the largest bin; each once, and none with all rows on one side. Of edges with nothing between them it
// is the lowest. Every bin between two of them has rows.
func (c Column) coarse() []int {
	below := make([]int64, len(c.Edges)) // rows below an edge
	rows := int64(0)
	for i := range c.Edges {
		rows += c.Counts[i]
		below[i] = rows
	}
	if len(c.Counts) > 0 {
		rows += c.Counts[len(c.Edges)]
	}
	var at []int
	for k := int64(1); k < tenths; k++ {
		best, off := -1, int64(math.MaxInt64)
		for i, n := range below {
			// |n − k·rows/10|, in tenths and without overflow: k·(rows−n) − (10−k)·n
			d := float64(k)*float64(rows-n) - float64(tenths-k)*float64(n)
			if d := int64(math.Abs(d)); n > 0 && n < rows && d < off {
				best, off = i, d
			}
		}
		if best >= 0 && !slices.Contains(at, best) {
			at = append(at, best)
		}
	}
	return at
}

// Tenths is a baseline's column of numbers without what distances between shares do not look at: it keeps the edges of its tenths, and the counts between
// them. Such a distance is the same by every bit; others refuse it. Any other column is as it was.
func (c Column) Tenths() Column {
	if !c.isNumbers() || c.Thin {
		return c
	}
	out := c
	out.Thin, out.Edges, out.Counts, out.Means, out.SD = true, nil, nil, nil, 0
	low := 0
	for _, at := range append(c.coarse(), len(c.Edges)) {
		if at < len(c.Edges) {
			out.Edges = append(out.Edges, c.Edges[at])
		}
		out.Counts = append(out.Counts, sum(c.Counts[low:at+1]))
		low = at + 1
	}
	return out
}

// shares are the counts of both columns, bin by bin, in a fixed order and none empty in both: of numbers in the baseline's tenths, of texts by
// its values, and one each for missing and for other values where either column has some.
func shares(from, to Column) (p, q []int64, err error) {
	if err := check(from, to); err != nil {
		return nil, nil, err
	}
	add := func(a, b int64) {
		if a > 0 || b > 0 {
			p, q = append(p, a), append(q, b)
		}
	}
	if from.isNumbers() && to.isNumbers() {
		low := 0
		for _, at := range append(from.coarse(), len(from.Edges)) {
			add(sum(from.Counts[low:at+1]), sum(to.Counts[low:at+1]))
			low = at + 1
		}
	} else { // one of them may be all missing
		add(sum(from.Counts), sum(to.Counts))
	}
	for _, v := range slices.Sorted(maps.Keys(from.Values)) {
		add(from.Values[v], to.Values[v])
	}
	add(from.Missing, to.Missing)
	add(from.Other, to.Other)
	if len(p) < 2 {
		return nil, nil, errors.New("all rows of both columns are in one bin: nothing to tell apart")
	}
	return p, q, nil
}

func sum(ns []int64) int64 {
	s := int64(0)
	for _, n := range ns {
		s += n
	}
	return s
}

// numbersOf refuses columns that are not of numbers on both sides, and gives how many have one.
func numbersOf(from, to Column) (n0, n float64, err error) {
	if err := check(from, to); err != nil {
		return 0, 0, err
	}
	if !from.isNumbers() || !to.isNumbers() {
		return 0, 0, errors.New("no column of numbers: texts have no order")
	}
	if from.Thin || to.Thin {
		return 0, 0, errors.New("the baseline keeps tenths of the numbers only, which have no more than shares to compare")
	}
	n0, n = float64(from.Rows-from.Missing), float64(to.Rows-to.Missing)
	if n0 == 0 || n == 0 {
		return 0, 0, errors.New("no row has a number")
	}
	return n0, n, nil
}

// none is the answer beside an error.
func none(err error) (float64, stats.Basis, int64, error) { return math.NaN(), stats.Basis{}, 0, err }
