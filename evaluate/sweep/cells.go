package sweep

import (
	"encoding/binary"
	"slices"
	"sync"
)

// Combinations numbers the combinations of codes that rows have: one code a grouping column. A combination is what all that is counted row by
// row is counted by, once; whichever slices it is part of, of a column or of a cross of columns, are sums of combinations.
type Combinations struct {
	lock   sync.Mutex
	places map[string]uint32
	all    [][]uint32
}

// List gives the combinations by number: each has the codes of the columns, in their order. It is not to be changed.
func (c *Combinations) List() [][]uint32 {
	c.lock.Lock()
	defer c.lock.Unlock()
	return slices.Clone(c.all)
}

func (c *Combinations) place(codes []uint32) uint32 {
	c.lock.Lock()
	defer c.lock.Unlock()
	key := make([]byte, 0, 64)
	for _, code := range codes {
		key = binary.AppendUvarint(key, uint64(code))
	}
	if at, ok := c.places[string(key)]; ok {
		return at
	}
	if c.places == nil {
		c.places = map[string]uint32{}
	}
	at := uint32(len(c.all))
	c.places[string(key)] = at
	c.all = append(c.all, slices.Clone(codes))
	return at
}

// Combiner gives rows their cells. Several may share their Combinations, one a goroutine.
type Combiner struct {
	all    *Combinations
	levels []level
	cells  []uint32 // of the states of the last level: 2·combination
}

// Coded is a column of codes. What a code means is To of it, or where To is nil the code itself.
type Coded struct{ Codes, To []uint32 }

// level says which state follows a state of the columns before by this column's code.
type level struct {
	width  uint32   // codes that a row of the table has room for
	next   []uint32 // [state·width + code]: the next state + 1, 0 where none was met; nil where sparse is used
	sparse map[uint64]uint32
	states int
	codes  [][]uint32 // of each next state
}

// Combiner starts one.
func (c *Combinations) Combiner() *Combiner { return &Combiner{all: c} }

// maxTable is the most entries of a level's table: beyond, a map takes its place.
const maxTable = 1 << 22

// Cells gives each row its cell, 2·combination + label: for each column the code of each row, and labels, which mean 0 or 1. It appends to cell. Columns are
// the same ones in each call, and there may be none.
func (k *Combiner) Cells(cell []uint32, label Coded, columns []Coded) []uint32 {
	from := len(cell)
	cell = slices.Grow(cell, len(label.Codes))[:from+len(label.Codes)]
	state := cell[from:]
	clear(state)
	for len(k.levels) < len(columns) {
		k.levels = append(k.levels, level{width: 8})
	}
	for d, column := range columns {
		before := func(s uint32) []uint32 {
			if d == 0 {
				return nil
			}
			return k.levels[d-1].codes[s]
		}
		if column.To == nil {
			k.levels[d].walk(state, column.Codes, before)
		} else {
			k.levels[d].walkTo(state, column, before)
		}
	}
	last := [][]uint32{nil}
	if len(columns) > 0 {
		last = k.levels[len(columns)-1].codes
	}
	for i := len(k.cells); i < len(last); i++ {
		k.cells = append(k.cells, 2*k.all.place(last[i]))
	}
	cells := k.cells
	if label.To == nil {
		for i, y := range label.Codes {
			state[i] = cells[state[i]] + y
		}
		return cell
	}
	to := label.To
	for i, y := range label.Codes {
		state[i] = cells[state[i]] + to[y]
	}
	return cell
}

// walk takes each row's state on by its code. before gives the codes of a state.
func (l *level) walk(state, codes []uint32, before func(uint32) []uint32) {
	next, width := l.next, l.width
	for i, c := range codes {
		s := state[i]
		if at := uint64(s)*uint64(width) + uint64(c); c < width && at < uint64(len(next)) {
			if n := next[at]; n != 0 {
				state[i] = n - 1
				continue
			}
		}
		state[i] = l.meet(s, c, before)
		next, width = l.next, l.width
	}
}

// walkTo is walk by what the codes mean.
func (l *level) walkTo(state []uint32, column Coded, before func(uint32) []uint32) {
	next, width, to := l.next, l.width, column.To
	for i, c := range column.Codes {
		c, s := to[c], state[i]
		if at := uint64(s)*uint64(width) + uint64(c); c < width && at < uint64(len(next)) {
			if n := next[at]; n != 0 {
				state[i] = n - 1
				continue
			}
		}
		state[i] = l.meet(s, c, before)
		next, width = l.next, l.width
	}
}

// meet finds or makes the state after s by code c.
func (l *level) meet(s, c uint32, before func(uint32) []uint32) uint32 {
	key := uint64(s)<<32 | uint64(c)
	if n, ok := l.sparse[key]; ok {
		return n
	}
	n := uint32(len(l.codes))
	l.codes = append(l.codes, append(slices.Clone(before(s)), c))
	if l.sparse == nil {
		l.sparse = map[uint64]uint32{}
	}
	l.sparse[key] = n
	l.tabulate(s, c)
	return n
}

// tabulate makes the table hold all that the map holds, where it is not too large.
func (l *level) tabulate(s, c uint32) {
	l.states = max(l.states, int(s)+1)
	width := l.width
	for c >= width && width < 1<<31 {
		width *= 2
	}
	size := uint64(l.states) * uint64(width)
	if size > maxTable {
		l.next, l.width = nil, width
		return
	}
	if width != l.width || size > uint64(len(l.next)) {
		l.width = width
		l.next = make([]uint32, min(2*size, maxTable))
		for key, n := range l.sparse {
			l.next[key>>32*uint64(width)+key&(1<<32-1)] = n + 1
		}
		return
	}
	l.next[uint64(s)*uint64(width)+uint64(c)] = l.sparse[uint64(s)<<32|uint64(c)] + 1
}
