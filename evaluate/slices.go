package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate/table"
)

const (
	maxGroups = 1000   // values of a grouping column: more is an id or a number that wants bins
	maxCross  = 10_000 // combinations along a cross
)

// coded is a dimension with its slices' names.
type coded struct {
	Dimension
	groups []Groups
	of     []uint32 // of each combination of groups that rows have: its slice
	// declared says of each group that the terms name it: by a value or a bin, or, in a cross, by one of each part
	declared []bool
}

// grouping is how rows are coded along a dimension that is no cross: by its values, or by its bins.
type grouping struct {
	Dimension
	values *dictionary // nil: bins. Code 0 is of rows without a value; bins are coded from 1
}

// groupings are the dimensions that are no crosses.
func (t Terms) groupings() []grouping {
	var all []grouping
	for _, d := range t.Groups {
		switch {
		case len(d.Cross) > 0:
		case len(d.Bins) > 0:
			all = append(all, grouping{Dimension: d})
		default:
			all = append(all, grouping{d, newDictionary()})
		}
	}
	return all
}

func (g grouping) want() table.Want {
	if g.values == nil {
		return table.Want{Name: g.Column, As: table.Number}
	}
	return table.Want{Name: g.Column, As: table.Code}
}

// bin is the code of a number: 1 and the number of edges at or under it, since bins are left-closed; 0 is missing.
func (g grouping) bin(x float64) uint32 {
	if x != x {
		return 0
	}
	return 1 + uint32(sort.Search(len(g.Bins), func(k int) bool { return g.Bins[k] > x }))
}

// codes is how many codes there are.
func (g grouping) codes() int {
	if g.values == nil {
		return len(g.Bins) + 2
	}
	return len(g.values.texts)
}

// text is what a code says.
func (g grouping) text(code uint32) string {
	switch {
	case g.values != nil:
		return g.values.texts[code]
	case code == 0:
		return ""
	}
	return fmt.Sprint(code)
}

// slice gives each combination its slice along every dimension. Slices stand in the order of their values (numbers by size), bins from low to
// high. What the terms declare, a value, a bin or a cross of such, is a slice also where no row is of it, so that nothing passes by its absence;
// what they do not declare, a value that is only met in the file or "(missing)", is one where rows are.
func (t Terms) slice(file string, groupings []grouping, combinations [][]uint32) ([]coded, error) {
	var dimensions []coded
	column := 0
	for _, d := range t.Groups {
		var c coded
		var err error
		if len(d.Cross) > 0 {
			c, err = cross(d, file, dimensions)
		} else {
			codes := make([]uint32, len(combinations))
			for i, c := range combinations {
				codes[i] = c[column]
			}
			g := groupings[column]
			column++
			if g.values == nil {
				c = bins(d, codes)
			} else {
				c, err = values(g, file, codes)
			}
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

func bins(d Dimension, codes []uint32) coded {
	c := coded{Dimension: d, of: make([]uint32, len(codes))}
	for _, name := range binNames(d.Bins) {
		c.add(Groups{d.Name: name}, true)
	}
	absent := uint32(len(c.groups))
	if slices.Contains(codes, 0) {
		c.add(Groups{d.Name: Missing}, false)
	}
	for i, code := range codes {
		if c.of[i] = code - 1; code == 0 {
			c.of[i] = absent
		}
	}
	return c
}

func values(g grouping, file string, codes []uint32) (coded, error) {
	c := coded{Dimension: g.Dimension, of: make([]uint32, len(codes))}
	seen := map[string]bool{}
	for v := range g.Values {
		seen[v] = true
	}
	for _, code := range codes {
		if code > 0 {
			seen[g.values.texts[code]] = true
		}
	}
	if len(seen) > maxGroups {
		return c, tooManyGroups(file, g.Column, len(seen), maxGroups)
	}
	place := map[string]uint32{} // of a person's word
	slice := map[string]uint32{} // of a value
	for _, v := range slices.SortedFunc(maps.Keys(seen), byValue) {
		word, named := g.Values[v]
		if !named {
			word = v
		}
		if _, ok := place[word]; !ok {
			place[word] = uint32(len(c.groups))
			c.add(Groups{g.Name: word}, g.declares(word))
		}
		slice[v] = place[word]
	}
	if _, ok := place[Missing]; slices.Contains(codes, 0) && !ok { // a file may write it out
		place[Missing] = uint32(len(c.groups))
		c.add(Groups{g.Name: Missing}, false)
	}
	for i, code := range codes {
		if c.of[i] = place[Missing]; code > 0 {
			c.of[i] = slice[g.values.texts[code]]
		}
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
	for _, part := range parts[1:] {
		if n := count(c.declared) * count(part.declared); declared && n > maxCross {
			return c, tooManyGroups(file, d.Name, n, maxCross)
		}
		if c = c.with(part, declared); len(c.groups) > maxCross {
			return c, tooManyGroups(file, d.Name, len(c.groups), maxCross)
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
	for i, s := range c.of {
		used[uint64(s)*size+uint64(part.of[i])] = 0
	}
	both := func(k uint64) bool { return c.declared[k/size] && part.declared[k%size] }
	if declared {
		for k := range uint64(len(c.groups)) * size {
			if both(k) {
				used[k] = 0
			}
		}
	}
	out := coded{of: make([]uint32, len(c.of))}
	for _, k := range slices.Sorted(maps.Keys(used)) {
		used[k] = uint32(len(out.groups))
		g := maps.Clone(c.groups[k/size])
		maps.Copy(g, part.groups[k%size])
		out.add(g, both(k))
	}
	for i, s := range c.of {
		out.of[i] = used[uint64(s)*size+uint64(part.of[i])]
	}
	return out
}

func tooManyGroups(file, column string, n, most int) error {
	say := fmt.Sprint(n)
	if n >= manyTexts {
		say = fmt.Sprint(manyTexts, " or more")
	}
	return &table.Error{File: file, Column: column, Code: "too-many-groups",
		What: fmt.Sprintf("%s different values are more groups than the %d allowed", say, most)}
}
