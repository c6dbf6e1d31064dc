package evaluate

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
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
	// declared says of each group that the terms name it: by a value or a bin, or, in a cross, by one of each part
	declared []bool
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
// high. What the terms declare, a value, a bin or a cross of such, is a slice also where no row is of it, so that nothing passes by its absence;
// what they do not declare, a value that is only met in the file or "(missing)", is one where rows are.
func (r *rows) code(t Terms) ([]coded, error) {
	var dimensions []coded
	for _, d := range t.Groups {
		var c coded
		var err error
		switch {
		case len(d.Cross) > 0:
			c, err = cross(d, r.file, dimensions)
		case len(d.Bins) > 0:
			c = bins(d, r.column(d.Column, table.Number))
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

// add gives it one more slice.
func (c *coded) add(g Groups, declared bool) {
	c.groups, c.declared = append(c.groups, g), append(c.declared, declared)
}

func bins(d Dimension, column table.Column) coded {
	c := coded{Dimension: d, codes: make([]uint32, len(column.Numbers))}
	for _, name := range binNames(d.Bins) {
		c.add(Groups{d.Name: name}, true)
	}
	absent := uint32(len(c.groups))
	for i, x := range column.Numbers {
		if math.IsNaN(x) || column.Missing != nil && column.Missing[i] {
			c.codes[i] = absent
			c.missing++
			continue
		}
		// the number of edges at or under x: left-closed
		c.codes[i] = uint32(sort.Search(len(d.Bins), func(k int) bool { return d.Bins[k] > x }))
	}
	if c.missing > 0 {
		c.add(Groups{d.Name: Missing}, false)
	}
	return c
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
		return c, tooManyGroups(file, column.Name, len(seen))
	}
	ordered := make([]string, 0, len(seen))
	for v := range seen {
		ordered = append(ordered, v)
	}
	slices.SortFunc(ordered, byValue)
	place := map[string]uint32{} // of a person's word
	codes := map[string]uint32{} // of a value
	for _, v := range ordered {
		word, named := d.Values[v]
		if !named {
			word = v
		}
		if _, ok := place[word]; !ok {
			place[word] = uint32(len(c.groups))
			c.add(Groups{d.Name: word}, d.declares(word))
		}
		codes[v] = place[word]
	}
	for i, v := range column.Texts {
		if !absent(i) {
			c.codes[i] = codes[v]
			continue
		}
		if c.missing++; c.missing == 1 {
			if _, ok := place[Missing]; !ok { // a file may write it out
				place[Missing] = uint32(len(c.groups))
				c.add(Groups{d.Name: Missing}, false)
			}
		}
		c.codes[i] = place[Missing]
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

// cross has a slice for each combination that a row has, in the order of its parts; and, where the terms declare every part, for each
// combination of declared groups, with or without rows.
func cross(d Dimension, file string, before []coded) (coded, error) {
	var parts []coded
	declared := true
	for _, name := range d.Cross {
		part := before[slices.IndexFunc(before, func(c coded) bool { return c.Name == name })]
		parts = append(parts, part)
		declared = declared && slices.Contains(part.declared, true)
	}
	c := parts[0]
	c.missing = 0
	for _, part := range parts[1:] {
		if n := count(c.declared) * count(part.declared); declared && n > maxGroups {
			return c, tooManyGroups(file, d.Name, n)
		}
		if c = c.with(part, declared); len(c.groups) > maxGroups {
			return c, tooManyGroups(file, d.Name, len(c.groups))
		}
	}
	c.Dimension = d
	return c, nil
}

func count(set []bool) int {
	n := 0
	for _, is := range set {
		if is {
			n++
		}
	}
	return n
}

// with crosses one more dimension in: the combinations that rows have, and those that are declared if all of these are wanted.
func (c coded) with(part coded, declared bool) coded {
	size := uint64(len(part.groups))
	used := map[uint64]uint32{}
	for i, code := range c.codes {
		used[uint64(code)*size+uint64(part.codes[i])] = 0
	}
	both := func(k uint64) bool { return c.declared[k/size] && part.declared[k%size] }
	for k := range uint64(len(c.groups)) * size {
		if declared && both(k) {
			used[k] = 0
		}
	}
	out := coded{codes: make([]uint32, len(c.codes))}
	for _, k := range slices.Sorted(maps.Keys(used)) {
		used[k] = uint32(len(out.groups))
		g := maps.Clone(c.groups[k/size])
		maps.Copy(g, part.groups[k%size])
		out.add(g, both(k))
	}
	for i, code := range c.codes {
		out.codes[i] = used[uint64(code)*size+uint64(part.codes[i])]
	}
	return out
}

func tooManyGroups(file, column string, n int) error {
	return &table.Error{File: file, Column: column, Code: "too-many-groups",
		What: fmt.Sprintf("%d different values are more groups than the %d allowed", n, maxGroups)}
}
