package drift

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Profile is the shape of a dataset's columns: what a baseline is stored as. It is small, merges, and holds no row.
type Profile map[string]Column

// Column is what is known of a column's values. Numbers x are counted in bin i where Edges[i-1] <= x < Edges[i]; there are len(Edges)+1 bins.
// A column of numbers has Counts, one of texts has Values or, where no value is listed, neither.
//
// No bin, mean, listed value or edge of a baseline's column tells of fewer than 11 rows ([leastRows]).
type Column struct {
	Edges  []float64        `json:"edges,omitempty"`
	Counts []int64          `json:"counts,omitempty"` // one a bin, ±Inf in the outer ones
	Means  []float64        `json:"means,omitempty"`  // of the finite numbers of each bin; 0 where it has none, and in a baseline of fewer than 11
	SD     float64          `json:"sd,omitempty"`     // standard deviation of the finite numbers, with their count as the divisor
	Values map[string]int64 `json:"values,omitempty"` // of a text column
	Other  int64            `json:"other,omitempty"`  // rows of texts that are not listed
	Thin   bool             `json:"thin,omitempty"`   // numbers between the edges of tenths only, with neither means nor a standard deviation: see Tenths

	Infinite int64  `json:"infinite,omitempty"` // rows of ±Inf
	Missing  int64  `json:"missing"`
	Rows     int64  `json:"rows"`
	Positive *Share `json:"positive,omitempty"`
}

// Share is how many of a column's rows with a value are positive, and what that means: "score >= 0.5".
type Share struct {
	Means string `json:"means"`
	Rows  int64  `json:"rows"`
}

// leastRows is the fewest rows that anything in a baseline may be of. Statistical offices and health services publish no count of people
// below 3 to 10; 11 meets the strictest of these rules, that of the U.S. Centers for Medicare and Medicaid Services. It is also about what
// the normal limits of a share want.
const leastRows = 11

// mostEdges is more than a baseline's column ever has: twice for each of 2·finest groups.
const mostEdges = 4 * finest

// Merge is the column of both columns' rows, in the bins and values that both know. Edges that only one has are dropped. A text that
// only one lists is other, unless the other column lists all that it has. Counts are exact; means and the standard deviation are so to
// rounding. (Counters merge bit for bit: [Numbers.Merge], [Texts.Merge].)
func (c Column) Merge(d Column) (Column, error) {
	if err := errors.Join(c.Check(), d.Check()); err != nil {
		return Column{}, err
	}
	if c.Rows > math.MaxInt64-d.Rows {
		return Column{}, fmt.Errorf("%d and %d rows are more than can be counted", c.Rows, d.Rows)
	}
	if c.isTexts() && d.isNumbers() || c.isNumbers() && d.isTexts() {
		return Column{}, errors.New("numbers on one side and texts on the other")
	}
	out := Column{Thin: c.Thin || d.Thin, Infinite: c.Infinite + d.Infinite, Missing: c.Missing + d.Missing, Rows: c.Rows + d.Rows, Other: c.Other + d.Other}
	if (c.Positive == nil) != (d.Positive == nil) || c.Positive != nil && c.Positive.Means != d.Positive.Means {
		return Column{}, fmt.Errorf("positive is %s on one side and %s on the other", c.Positive, d.Positive)
	}
	if c.Positive != nil {
		out.Positive = &Share{c.Positive.Means, c.Positive.Rows + d.Positive.Rows}
	}
	if c.isNumbers() || d.isNumbers() {
		out.mergeNumbers(c, d)
		return out, nil
	}
	listed := func(a, b Column) {
		for v, n := range a.Values {
			if _, both := b.Values[v]; !both && b.Other > 0 {
				out.Other += n
				continue
			}
			if out.Values == nil {
				out.Values = map[string]int64{}
			}
			out.Values[v] += n
		}
	}
	listed(c, d)
	listed(d, c)
	return out, nil
}

func (c *Share) String() string {
	if c == nil {
		return "not counted"
	}
	return c.Means
}

func (c *Column) mergeNumbers(a, b Column) {
	for _, e := range a.Edges {
		if _, both := slices.BinarySearch(b.Edges, e); both {
			c.Edges = append(c.Edges, e)
		}
	}
	c.Counts = make([]int64, len(c.Edges)+1)
	if !c.Thin {
		c.Means = make([]float64, len(c.Edges)+1)
	}
	for _, x := range []Column{a, b} {
		to := 0
		for i, n := range x.Counts {
			if i > 0 && to < len(c.Edges) && c.Edges[to] <= x.Edges[i-1] {
				to++
			}
			if c.Counts[to] += n; n > 0 && !c.Thin {
				share := float64(n) / float64(c.Counts[to])
				c.Means[to] = c.Means[to]*(1-share) + x.Means[i]*share
				if low, high := c.bin(to); c.Means[to] != 0 { // rounding; 0 may be that of no finite number
					c.Means[to] = math.Max(low, math.Min(high, c.Means[to]))
				}
			}
		}
	}
	if c.Thin {
		return
	}
	from, to := a.mean(), b.mean()
	share := a.finite() / (a.finite() + b.finite())
	if share >= 0 {
		c.SD = math.Hypot(math.Hypot(math.Sqrt(share)*a.SD, math.Sqrt(1-share)*b.SD), 2*math.Sqrt(share*(1-share))*(from/2-to/2))
	}
}

// finite is the rows with a finite number.
func (c Column) finite() float64 { return float64(c.Rows - c.Missing - c.Infinite) }

// mean is that of the finite numbers; 0 where there are none.
func (c Column) mean() float64 {
	sum, rows := 0.0, 0.0
	for i, n := range c.Counts {
		if n > 0 {
			rows += float64(n)
			sum = sum*(1-float64(n)/rows) + c.Means[i]*(float64(n)/rows)
		}
	}
	return sum
}

// isNumbers and isTexts tell the kinds of columns apart; where every cell is missing, a column of texts is neither.
func (c Column) isNumbers() bool { return c.Counts != nil }
func (c Column) isTexts() bool   { return c.Values != nil || c.Other > 0 }

// Check finds what contradicts itself in a column that was read from a file: too many edges, or such as are not finite and ascending, a mean that lies
// outside its bin, counts below 0, and parts that are not the whole.
func (c Column) Check() error {
	if len(c.Edges) > mostEdges {
		return fmt.Errorf("%d edges, more than %d", len(c.Edges), mostEdges)
	}
	for i, e := range c.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e <= c.Edges[i-1] {
			return fmt.Errorf("edge %d of %d is %v, not finite and above the one before", i+1, len(c.Edges), e)
		}
	}
	if c.Counts == nil && len(c.Edges) > 0 || c.Counts != nil && len(c.Counts) != len(c.Edges)+1 {
		return fmt.Errorf("%d edges and %d counts", len(c.Edges), len(c.Counts))
	}
	if c.Thin && (!c.isNumbers() || len(c.Edges) >= tenths || len(c.Means) > 0 || c.SD != 0) {
		return fmt.Errorf("tenths of numbers with %d edges, %d means and a standard deviation of %v", len(c.Edges), len(c.Means), c.SD)
	}
	if !c.Thin && len(c.Means) != len(c.Counts) {
		return fmt.Errorf("%d counts and %d means", len(c.Counts), len(c.Means))
	}
	if c.Counts != nil && c.isTexts() {
		return errors.New("both counts between edges and counts of values")
	}
	for i, m := range c.Means {
		low, high := c.bin(i)
		inside := low <= m && m <= high && c.Counts[i] != 0 || m == 0 && (c.Counts[i] == 0 || c.Infinite > 0 && (i == 0 || i == len(c.Edges)))
		if !inside || math.IsInf(m, 0) {
			return fmt.Errorf("a mean of %v in the bin from %v to %v", m, low, high)
		}
	}
	if !(c.SD >= 0) || math.IsInf(c.SD, 0) {
		return fmt.Errorf("a standard deviation of %v", c.SD)
	}
	left := c.Rows
	for _, n := range slices.Concat(c.Counts, slices.Collect(maps.Values(c.Values)), []int64{c.Missing, c.Other}) {
		if n < 0 || n > left {
			return fmt.Errorf("a count of %d where %d of %d rows are left", n, left, c.Rows)
		}
		left -= n
	}
	if left != 0 {
		return fmt.Errorf("%d rows, and %d of them in no bin", c.Rows, left)
	}
	if c.Infinite < 0 || c.Infinite > c.Rows-c.Missing || c.Infinite > 0 && !c.isNumbers() {
		return fmt.Errorf("%d infinite of %d rows", c.Infinite, c.Rows)
	}
	if p := c.Positive; p != nil && !(p.Rows >= 0 && p.Rows <= c.Rows-c.Missing) {
		return fmt.Errorf("%d positive of %d rows, %d of them missing", p.Rows, c.Rows, c.Missing)
	}
	return nil
}

// bin gives the ends of a bin.
func (c Column) bin(i int) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	if i > 0 {
		low = c.Edges[i-1]
	}
	if i < len(c.Edges) {
		high = c.Edges[i]
	}
	return low, high
}
