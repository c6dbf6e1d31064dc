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
	var room [64]byte
	key := room[:0]
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
	width  uint32            // codes that a row of the table has room for
	next   []uint32          // [state·width + code]: the next state + 1, 0 where none was met
	sparse map[uint64]uint32 // in its place, where that would be too large
	states uint32            // of the columns before, met here
	from   []uint32          // of each next state: the state before
	code   []uint32          // and its code
}

// Combiner starts one.
func (c *Combinations) Combiner() *Combiner { return &Combiner{all: c} }

// maxTable is the most entries of a level's table: beyond, a map takes its place.
const maxTable = 1 << 23

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
		if column.To == nil {
			k.levels[d].walk(state, column.Codes)
		} else {
			k.levels[d].walkTo(state, column)
		}
	}
	k.place(len(columns))
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

// place finds the combinations of states of the last level that are new.
func (k *Combiner) place(columns int) {
	states := 1
	if columns > 0 {
		states = len(k.levels[columns-1].from)
	}
	codes := make([]uint32, columns)
	for i := len(k.cells); i < states; i++ {
		at := uint32(i)
		for d := columns - 1; d >= 0; d-- {
			codes[d] = k.levels[d].code[at]
			at = k.levels[d].from[at]
		}
		k.cells = append(k.cells, 2*k.all.place(codes))
	}
}

// walk takes each row's state on by its code.
func (l *level) walk(state, codes []uint32) {
	next, width := l.next, l.width
	for i, c := range codes {
		s := state[i]
		if at := uint64(s)*uint64(width) + uint64(c); c < width && at < uint64(len(next)) {
			if n := next[at]; n != 0 {
				state[i] = n - 1
				continue
			}
		}
		state[i] = l.meet(s, c)
		next, width = l.next, l.width
	}
}

// walkTo is walk by what the codes mean.
func (l *level) walkTo(state []uint32, column Coded) {
	next, width, to := l.next, l.width, column.To
	for i, c := range column.Codes {
		c, s := to[c], state[i]
		if at := uint64(s)*uint64(width) + uint64(c); c < width && at < uint64(len(next)) {
			if n := next[at]; n != 0 {
				state[i] = n - 1
				continue
			}
		}
		state[i] = l.meet(s, c)
		next, width = l.next, l.width
	}
}

// meet finds or makes the state after s by code c.
func (l *level) meet(s, c uint32) uint32 {
	key := uint64(s)<<32 | uint64(c)
	if n, ok := l.sparse[key]; ok {
		return n
	}
	n := uint32(len(l.from))
	l.from, l.code = append(l.from, s), append(l.code, c)
	l.states = max(l.states, s+1)
	width := uint64(l.width)
	for uint64(c) >= width {
		width *= 2
	}
	size := uint64(l.states) * width
	switch {
	case l.sparse != nil:
		l.sparse[key] = n
	case size > maxTable:
		l.next, l.sparse = nil, make(map[uint64]uint32, 2*len(l.from))
		for i, s := range l.from {
			l.sparse[uint64(s)<<32|uint64(l.code[i])] = uint32(i)
		}
	case width != uint64(l.width) || size > uint64(len(l.next)):
		l.width = uint32(width)
		l.next = make([]uint32, min(2*size, maxTable))
		for i, s := range l.from {
			l.next[uint64(s)*width+uint64(l.code[i])] = uint32(i) + 1
		}
	default:
		l.next[uint64(s)*width+uint64(c)] = n + 1
	}
	return n
}
