package drift

import (
	"math"
	"slices"
)

// cells counts numbers in cells of equal width on a scale of floats, as fine as a bounded memory allows.
//
// The scale is a float's key: its place among all floats, from −Inf up, with 0 (and −0) at 0. Between two powers of 2 a key is a line in
// the number. A cell is 2^shift neighbouring keys, and 128 neighbouring cells are a page. shift is the smallest for which at most 256
// pages have a row: that depends on which numbers there are and on nothing else, so that neither the order of rows nor how they were
// divided among counters changes a bit. With 256 different numbers or fewer (or more that lie together) each has a cell of its own. Numbers of up to
// 256 different signs and powers of 2, so any in common use, lie in cells no wider than 1/128 of themselves; numbers in a narrow range
// in cells of about 1/16,000 to 1/32,000 of that range.
//
// Each cell knows its rows and the sum of their places in it, by which the mean of its rows is exact to 2^−28 of their size.
type cells struct {
	first    []int64 // keys of the first rows, while these are few; then nil
	shift    uint
	slots    *[slots]slot // by a hash of the page's number; the next free one where that is taken. nil while rows are few
	used     int
	infinite [2]int64 // −Inf, +Inf
	missing  int64    // NaN
}

const (
	pageBits = 7 // cells of a page: 2^7
	maxPages = 256
	slotBits = 10
	slots    = 1 << slotBits
	unitBits = 24   // places in a cell are counted in 2^24 keys
	few      = 4096 // rows that are kept before the first shift is chosen
)

type slot struct {
	number int64 // of the page: key >> (shift + pageBits)
	page   *page // nil: free
}

type page [1 << pageBits]cell

type cell struct{ rows, places int64 }

const infiniteBits = 0x7ff << 52

// key is the place of x among the floats, and of no NaN: −Inf < … < −0 = 0 < … < Inf.
func key(x float64) int64 {
	b := math.Float64bits(x)
	sign := int64(b) >> 63
	return (int64(b&^(1<<63)) ^ sign) - sign
}

// number is the float of a key.
func number(k int64) float64 {
	if k < 0 {
		return -math.Float64frombits(uint64(-k))
	}
	return math.Float64frombits(uint64(k))
}

func hash(n int64) uint64 { return uint64(n) * 0x9e3779b97f4a7c15 >> (64 - slotBits) }

// add counts the numbers.
func (c *cells) add(xs []float64) {
	for len(xs) > 0 && c.used == 0 {
		n := min(len(xs), few-len(c.first))
		for _, x := range xs[:n] {
			if math.Float64bits(x)&^(1<<63) >= infiniteBits {
				c.odd(x)
				continue
			}
			c.first = append(c.first, key(x))
		}
		if xs = xs[n:]; len(c.first) == few {
			c.begin()
		}
	}
	shift, slots := c.shift, c.slots
	inside := int64(1)<<(shift&63) - 1
	for _, x := range xs {
		b := math.Float64bits(x)
		if b&^(1<<63) >= infiniteBits {
			c.odd(x)
			continue
		}
		sign := int64(b) >> 63
		k := (int64(b&^(1<<63)) ^ sign) - sign
		n := k >> ((shift + pageBits) & 63)
		at := &slots[hash(n)]
		if at.number != n || at.page == nil {
			if at = c.find(n); at == nil { // no room: cells were made wider
				c.put(k, 1, 0)
				shift = c.shift
				inside = int64(1)<<(shift&63) - 1
				continue
			}
		}
		to := &at.page[k>>(shift&63)&(1<<pageBits-1)]
		to.rows++
		to.places += k & inside >> unitBits
	}
}

func (c *cells) odd(x float64) {
	switch {
	case math.IsNaN(x):
		c.missing++
	case x < 0:
		c.infinite[0]++
	default:
		c.infinite[1]++
	}
}

// begin chooses the first shift, by the rows that were kept, and counts them.
func (c *cells) begin() {
	keys := c.first
	c.first, c.slots = nil, new([slots]slot)
	slices.Sort(keys)
	c.widen(keys)
	for _, k := range keys {
		c.put(k, 1, 0)
	}
}

// widen raises the shift until the ascending keys lie in no more than maxPages pages.
func (c *cells) widen(keys []int64) {
	for ; ; c.shift++ {
		pages, last := 0, int64(math.MinInt64)
		for _, k := range keys {
			if n := k >> (c.shift + pageBits); n != last {
				pages, last = pages+1, n
			}
		}
		if pages <= maxPages {
			return
		}
	}
}

// find gives the slot of a page, a new one where it had none; nil where there is no room for another, after the cells were made wider.
func (c *cells) find(n int64) *slot {
	h := hash(n)
	for ; c.slots[h].page != nil; h = (h + 1) % slots {
		if c.slots[h].number == n {
			return &c.slots[h]
		}
	}
	if c.used == maxPages {
		all, from := c.list(), c.shift
		keys := []int64{n << (from + pageBits)}
		for _, s := range c.slots {
			if s.page != nil {
				keys = append(keys, s.number<<(from+pageBits))
			}
		}
		slices.Sort(keys)
		c.widen(keys)
		c.rebuild(all)
		return nil
	}
	c.used++
	c.slots[h] = slot{n, new(page)}
	return &c.slots[h]
}

func (c *cells) rebuild(all []counted) {
	*c.slots, c.used = [slots]slot{}, 0
	for _, x := range all {
		c.put(x.from, x.rows, x.places)
	}
}

// put counts rows of a cell that begins at a key and is no wider than c's own.
func (c *cells) put(from, rows, places int64) {
	var at *slot
	for at == nil { // again where cells were made wider
		at = c.find(from >> (c.shift + pageBits))
	}
	to := &at.page[from>>c.shift&(1<<pageBits-1)]
	to.rows += rows
	// The cell begins on a whole number of units, or lies within one.
	to.places += places + rows*(from&(1<<c.shift-1)>>unitBits)
}

// merge counts what d has counted too.
func (c *cells) merge(d *cells) {
	c.missing += d.missing
	c.infinite[0] += d.infinite[0]
	c.infinite[1] += d.infinite[1]
	if d.used == 0 {
		for _, k := range d.first {
			c.add([]float64{number(k)})
		}
		return
	}
	if c.used == 0 {
		c.begin()
	}
	if c.shift < d.shift {
		all := c.list()
		c.shift = d.shift
		c.rebuild(all)
	}
	for _, x := range d.list() {
		c.put(x.from, x.rows, x.places)
	}
}

// counted is a cell with rows: it begins at a key.
type counted struct{ from, rows, places int64 }

// list gives the cells that have rows, in ascending order. It leaves c as it is.
func (c *cells) list() []counted {
	if c.used == 0 && len(c.first) > 0 {
		d := &cells{first: slices.Clone(c.first)}
		d.begin()
		return d.list()
	}
	var all []counted
	if c.slots == nil {
		return nil
	}
	for _, s := range c.slots {
		if s.page == nil {
			continue
		}
		for i, x := range s.page {
			if x.rows > 0 {
				all = append(all, counted{(s.number<<pageBits + int64(i)) << c.shift, x.rows, x.places})
			}
		}
	}
	slices.SortFunc(all, func(a, b counted) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	return all
}

// width is that of the listed cells, in keys.
func (c *cells) width() int64 {
	if c.used == 0 && len(c.first) > 0 {
		d := &cells{first: slices.Clone(c.first)}
		d.begin()
		return d.width()
	}
	return 1 << c.shift
}

// mean is that of the cell's rows. Within a cell a key is a line in the number, since no cell holds a power of 2 but at an end.
func (x counted) mean() float64 {
	if x.from == -infiniteBits { // the lowest cell begins with −Inf, which is not in it
		x.from++
	}
	low := number(x.from)
	if x.places == 0 {
		return low
	}
	step := number(x.from+1) - low
	return low + step*(float64(x.places)/float64(x.rows)*(1<<unitBits))
}
