package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate/table"
)

// maxGroups is the most values that a grouping column may have: more is an id or a number that wants bins.
const maxGroups = 1000

// coded is a dimension with its slices' names and the rows' codes.
type coded struct {
	Dimension
	groups  []Groups
	codes   []uint32
	missing int64
}

// wants are the columns that the dimensions need: numbers where there are bins.
func (t Terms) wants() []table.Want {
	var want []table.Want
	for _, d := range t.Groups {
		switch {
		case len(d.Cross) > 0:
		case len(d.Bins) > 0:
			want = append(want, table.Want{Name: d.Column, As: table.Number})
		default:
			want = append(want, table.Want{Name: d.Column, As: table.Value})
		}
	}
	return want
}

// code gives each row its slice along every dimension. Slices stand in the order of their values (numbers by size), bins from low to
// high; a value that the terms name and no row has is a slice without rows, so that nothing passes by its absence.
func (r *rows) code(t Terms) ([]coded, error) {
	var dimensions []coded
	for _, d := range t.Groups {
		var c coded
		var err error
		switch {
		case len(d.Cross) > 0:
			c = cross(d, dimensions)
		case len(d.Bins) > 0:
			c, err = bins(d, r.file, r.column(d.Column, table.Number))
		default:
			c, err = values(d, r.file, r.column(d.Column, table.Value))
		}
		if err != nil {
			return nil, err
		}
		dimensions = append(dimensions, c)
	}
	return dimensions, nil
}

func bins(d Dimension, file string, column table.Column) (coded, error) {
	c := coded{Dimension: d, codes: make([]uint32, len(column.Numbers))}
	for _, name := range binNames(d.Bins) {
		c.groups = append(c.groups, Groups{d.Name: name})
	}
	absent := uint32(len(c.groups))
	for i, x := range column.Numbers {
		if math.IsNaN(x) || column.Missing != nil && column.Missing[i] {
			c.codes[i] = absent
			c.missing++
			continue
		}
		// the number of edges at or under x: left-closed
		c.codes[i] = uint32(len(d.Bins) - countAbove(d.Bins, x))
	}
	if c.missing > 0 {
		c.groups = append(c.groups, Groups{d.Name: Missing})
	}
	return c, nil
}

func countAbove(edges []float64, x float64) int {
	i, _ := slices.BinarySearchFunc(edges, x, func(e, x float64) int {
		if e <= x {
			return -1
		}
		return 1
	})
	return len(edges) - i
}

func values(d Dimension, file string, column table.Column) (coded, error) {
	c := coded{Dimension: d, codes: make([]uint32, len(column.Texts))}
	seen := map[string]bool{}
	for v := range d.Values {
		seen[v] = true
	}
	absent := func(i int) bool { return column.Missing != nil && column.Missing[i] }
	for i, v := range column.Texts {
		if !absent(i) {
			seen[v] = true
		}
	}
	if len(seen) > maxGroups {
		return c, &table.Error{File: file, Column: column.Name, Code: "too-many-groups",
			What: fmt.Sprintf("%d different values are more groups than the %d allowed", len(seen), maxGroups)}
	}
	ordered := make([]string, 0, len(seen))
	for v := range seen {
		ordered = append(ordered, v)
	}
	slices.SortFunc(ordered, byValue)
	place := map[string]uint32{} // of a person's word
	codes := map[string]uint32{} // of a value
	for _, v := range ordered {
		word := v
		if w, ok := d.Values[v]; ok {
			word = w
		}
		if _, ok := place[word]; !ok {
			place[word] = uint32(len(c.groups))
			c.groups = append(c.groups, Groups{d.Name: word})
		}
		codes[v] = place[word]
	}
	for i, v := range column.Texts {
		if absent(i) {
			c.missing++
			c.codes[i] = uint32(len(c.groups))
			continue
		}
		c.codes[i] = codes[v]
	}
	if c.missing > 0 {
		c.groups = append(c.groups, Groups{d.Name: Missing})
	}
	return c, nil
}

// byValue orders numbers by size, and before texts.
func byValue(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil && x != y:
		if x < y {
			return -1
		}
		return 1
	case errX == nil && errY != nil:
		return -1
	case errX != nil && errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// cross has a slice for each combination that a row has.
func cross(d Dimension, before []coded) coded {
	var parts []coded
	for _, name := range d.Cross {
		parts = append(parts, before[slices.IndexFunc(before, func(c coded) bool { return c.Name == name })])
	}
	n := len(parts[0].codes)
	combined := make([]uint64, n)
	used := map[uint64]bool{}
	for i := range n {
		k := uint64(0)
		for _, p := range parts {
			k = k*uint64(len(p.groups)) + uint64(p.codes[i])
		}
		combined[i] = k
		used[k] = true
	}
	ordered := make([]uint64, 0, len(used))
	for k := range used {
		ordered = append(ordered, k)
	}
	slices.Sort(ordered)
	c := coded{Dimension: d, codes: make([]uint32, n)}
	place := map[uint64]uint32{}
	for _, k := range ordered {
		place[k] = uint32(len(c.groups))
		g := Groups{}
		for j := len(parts) - 1; j >= 0; j-- {
			size := uint64(len(parts[j].groups))
			for name, word := range parts[j].groups[k%size] {
				g[name] = word
			}
			k /= size
		}
		c.groups = append(c.groups, g)
	}
	for i, k := range combined {
		c.codes[i] = place[k]
	}
	return c
}
