package drift

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
)

// Profile is the shape of a dataset's columns: what a baseline is stored as. It is small, merges, and holds no row.
type Profile map[string]Column

// Column is counts between edges, or of values. Numbers x fall into bin i where Edges[i-1] <= x < Edges[i]; there are len(Edges)+1 bins.
// A column of numbers has Counts, one of texts has Values or, where every cell is missing, neither.
type Column struct {
	Edges   []float64        `json:"edges,omitempty"`
	Counts  []int64          `json:"counts,omitempty"`
	Values  map[string]int64 `json:"values,omitempty"` // of a text column
	Missing int64            `json:"missing"`
	Unseen  int64            `json:"unseen,omitempty"` // values that the baseline had not
	Rows    int64            `json:"rows"`
}

// quantiles is how many bins a column of numbers is cut into: tenths, as everybody's PSI has them.
const quantiles = 10

// Numbers profiles a numeric column by ten quantiles of its own; a NaN is missing.
//
// The edges are the nine inner deciles as numpy.quantile gives them (method "linear"). Of equal ones one is kept, and none below which a
// bin would stay empty, so that each bin has rows. Where the lowest value takes up a whole decile, the next value is an edge too: a column
// of many zeros has a bin of zeros. An edge is finite; ±Inf lies in the outer bins.
func Numbers(xs []float64) Column {
	sorted := slices.DeleteFunc(slices.Clone(xs), math.IsNaN)
	slices.Sort(sorted)
	c := Column{Edges: edges(sorted)}
	return c.Numbers(xs)
}

func edges(sorted []float64) []float64 {
	var kept []float64
	rows := func(below float64) int { return sort.SearchFloat64s(sorted, below) } // how many lie below an edge
	keep := func(e float64) {
		before := 0
		if len(kept) > 0 {
			before = rows(kept[len(kept)-1])
		}
		if n := rows(e); n > before && n < len(sorted) && !math.IsInf(e, 0) && !math.IsNaN(e) {
			kept = append(kept, e+0) // −0 and 0 are one edge
		}
	}
	for k := 1; k < quantiles && len(sorted) > 0; k++ {
		e := quantile(sorted, float64(k)/quantiles)
		if e == sorted[0] {
			above := sort.Search(len(sorted), func(i int) bool { return sorted[i] > e })
			if above == len(sorted) {
				break
			}
			e = sorted[above]
		}
		keep(e)
	}
	return kept
}

// quantile is numpy's, with its way of rounding: https://numpy.org/doc/stable/reference/generated/numpy.quantile.html, method "linear".
func quantile(sorted []float64, q float64) float64 {
	at := float64(len(sorted)-1) * q
	i := int(math.Floor(at))
	if i >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	a, b, t := sorted[i], sorted[i+1], at-math.Floor(at)
	if a == b {
		return a
	}
	step := b - a
	if t >= 0.5 {
		return b - float64(step*(1-t))
	}
	return a + float64(step*t)
}

// Texts profiles a text column; missing says which rows have no value (nil: none).
func Texts(xs []string, missing []bool) Column {
	c := Column{Rows: int64(len(xs))}
	for i, x := range xs {
		if missing != nil && missing[i] {
			c.Missing++
			continue
		}
		if c.Values == nil {
			c.Values = map[string]int64{}
		}
		c.Values[x]++
	}
	return c
}

// Numbers counts xs into c's own bins: the column to measure against the baseline c. What lies beyond the outer edges, ±Inf too, is in the
// outer bins; NaN is missing.
func (c Column) Numbers(xs []float64) Column {
	out := Column{Edges: slices.Clone(c.Edges), Counts: make([]int64, len(c.Edges)+1), Rows: int64(len(xs))}
	for _, x := range xs {
		if math.IsNaN(x) {
			out.Missing++
			continue
		}
		out.Counts[sort.Search(len(c.Edges), func(i int) bool { return c.Edges[i] > x })]++
	}
	return out
}

// Texts counts xs into c's own values; others are unseen. missing says which rows have no value (nil: none).
func (c Column) Texts(xs []string, missing []bool) Column {
	out := Column{Rows: int64(len(xs))}
	if c.Values != nil {
		out.Values = make(map[string]int64, len(c.Values))
		for v := range c.Values {
			out.Values[v] = 0
		}
	}
	for i, x := range xs {
		switch _, known := c.Values[x]; {
		case missing != nil && missing[i]:
			out.Missing++
		case known:
			out.Values[x]++
		default:
			out.Unseen++
		}
	}
	return out
}

// Merge is the column of both columns' rows. Numbers must have been counted between the same edges. Of texts, one column must know all
// values of the other where that has unseen ones, since an unseen value may be one of those.
func (c Column) Merge(d Column) (Column, error) {
	if err := errors.Join(c.Check(), d.Check()); err != nil {
		return Column{}, err
	}
	if c.isNumbers() != d.isNumbers() || !slices.Equal(c.Edges, d.Edges) {
		return Column{}, errors.New("the columns were counted in different bins")
	}
	out := Column{Edges: slices.Clone(c.Edges), Missing: c.Missing, Unseen: c.Unseen, Rows: c.Rows, Counts: slices.Clone(c.Counts), Values: maps.Clone(c.Values)}
	sums := []error{add(&out.Missing, d.Missing), add(&out.Unseen, d.Unseen), add(&out.Rows, d.Rows)}
	for i := range out.Counts {
		sums = append(sums, add(&out.Counts[i], d.Counts[i]))
	}
	for v, n := range d.Values {
		if _, known := out.Values[v]; !known && c.Unseen > 0 {
			return Column{}, fmt.Errorf("%q may be among the %d unseen values of the other column", v, c.Unseen)
		}
		if out.Values == nil {
			out.Values = map[string]int64{}
		}
		sum := out.Values[v]
		sums = append(sums, add(&sum, n))
		out.Values[v] = sum
	}
	for v := range c.Values {
		if _, known := d.Values[v]; !known && d.Unseen > 0 {
			return Column{}, fmt.Errorf("%q may be among the %d unseen values of the other column", v, d.Unseen)
		}
	}
	return out, errors.Join(sums...)
}

func add(to *int64, n int64) error {
	if *to > math.MaxInt64-n {
		return fmt.Errorf("%d and %d rows are more than can be counted", *to, n)
	}
	*to += n
	return nil
}

// isNumbers tells the two kinds of columns apart.
func (c Column) isNumbers() bool { return c.Counts != nil }

// Check finds what contradicts itself in a column that was read from a file: edges that are not finite and ascending, counts below 0, and
// parts that are not the whole.
func (c Column) Check() error {
	for i, e := range c.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e <= c.Edges[i-1] {
			return fmt.Errorf("edge %d of %d is %v, not finite and above the one before", i+1, len(c.Edges), e)
		}
	}
	if c.Counts == nil && len(c.Edges) > 0 || c.Counts != nil && len(c.Counts) != len(c.Edges)+1 {
		return fmt.Errorf("%d edges and %d counts", len(c.Edges), len(c.Counts))
	}
	if c.Counts != nil && (c.Values != nil || c.Unseen != 0) {
		return errors.New("both counts between edges and counts of values")
	}
	left := c.Rows
	for _, n := range slices.Concat(c.Counts, slices.Collect(maps.Values(c.Values)), []int64{c.Missing, c.Unseen}) {
		if n < 0 || n > left {
			return fmt.Errorf("a count of %d where %d of %d rows are left", n, left, c.Rows)
		}
		left -= n
	}
	if left != 0 {
		return fmt.Errorf("%d rows, and %d of them in no bin", c.Rows, left)
	}
	return nil
}
