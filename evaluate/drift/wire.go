package drift

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Counters are values that another process may have made: shards of a column that were counted anywhere merge to the bits of one run. Their binary form
// is of whole numbers, with a SHA-256 digest at its end, and is of this version of gatecard: shards are counted by one version. Equal rows give equal bytes,
// however they were shared out.

const (
	numbersMagic = "gatecard drift numbers 1\n"
	textsMagic   = "gatecard drift texts 1\n"
)

const (
	mostCellRows = 1 << 36 // of a cell or bin: the sum of places of as many cannot overflow
	mostRows     = 1 << 52 // of a counter, so that 2,000 of them merge without overflow
	mostShift    = 50      // of cells: as wide, 256 pages hold all floats
)

var errForm = errors.New("it is cut off, or is no such value")

// sealed is b with its digest behind it, so that what was changed on the way is no value.
func sealed(b []byte) []byte {
	digest := sha256.Sum256(b)
	return append(b, digest[:]...)
}

// unseal takes the digest away, and the magic that comes first.
func unseal(b []byte, magic string) *reader {
	n := len(b) - sha256.Size
	if n < len(magic) || string(b[:len(magic)]) != magic || sha256.Sum256(b[:n]) != [sha256.Size]byte(b[n:]) {
		return &reader{err: errForm}
	}
	return &reader{b: b[len(magic):n]}
}

// reader takes numbers back. After an error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) wrong() { r.err, r.b = errForm, nil }

// upTo is a whole number that is no more than most.
func (r *reader) upTo(most int64) int64 {
	x, n := binary.Uvarint(r.b)
	if r.err != nil || n <= 0 || x > uint64(most) {
		r.wrong()
		return 0
	}
	r.b = r.b[n:]
	return int64(x)
}

func (r *reader) signed() int64 {
	x, n := binary.Varint(r.b)
	if r.err != nil || n <= 0 {
		r.wrong()
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) bytes(n int64) []byte {
	if r.err != nil || n > int64(len(r.b)) {
		r.wrong()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) float() float64 {
	if b := r.bytes(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// length is a number of things of at least so many bytes each, which must be there.
func (r *reader) length(most, bytes int64) int { return int(r.upTo(min(most, int64(len(r.b))/bytes))) }

// end says what was wrong; bytes that are left over are.
func (r *reader) end(what string) error {
	if r.err == nil && len(r.b) > 0 {
		r.wrong()
	}
	if r.err != nil {
		return fmt.Errorf("read %s: %w", what, r.err)
	}
	return nil
}

func number64(b []byte, x int64) []byte { return binary.AppendUvarint(b, uint64(x)) }

// MarshalBinary writes what was counted so far, in at most about 1 MB.
func (n *Numbers) MarshalBinary() ([]byte, error) {
	b := []byte(numbersMagic)
	if n.bins == nil {
		return sealed(n.cells.append(append(b, 0))), nil
	}
	b = number64(append(b, 1), int64(len(n.bins.edges)))
	for _, e := range n.bins.edges {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e))
	}
	for _, x := range n.bins.inside {
		b = number64(number64(b, x.rows), x.places)
	}
	return sealed(n.above.append(n.cells.append(b))), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Bytes that are no such value are an error, and leave n as it is.
func (n *Numbers) UnmarshalBinary(b []byte) error {
	r := unseal(b, numbersMagic)
	var out Numbers
	if r.upTo(1) == 1 {
		edges := make([]float64, r.length(mostEdges, 8))
		for i := range edges {
			edges[i] = r.float()
			if e := edges[i]; math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e <= edges[i-1] {
				r.wrong()
			}
		}
		if len(edges) == 0 {
			edges = nil
		}
		if r.err == nil {
			out.bins = newBins(edges)
			for i := range out.bins.inside {
				x := &out.bins.inside[i]
				x.rows = r.upTo(mostCellRows)
				x.places = r.upTo(x.rows << placeBits)
			}
		}
	}
	out.cells.read(r)
	if out.bins != nil {
		out.above.read(r)
	}
	if out.bins != nil && r.err == nil && !out.apart() {
		r.wrong()
	}
	if err := r.end("a counter of numbers"); err != nil {
		return err
	}
	*n = out
	return nil
}

// apart says that what was counted in cells lies on its own side of the edges.
func (n *Numbers) apart() bool {
	edges := n.bins.edges
	below, above := n.cells.list(), n.above.list()
	if len(edges) == 0 {
		return len(above) == 0 && n.above.missing == 0 && n.above.infinite == [2]int64{}
	}
	// A cell may reach over the edge; it begins with its first row or before.
	return (len(below) == 0 || below[len(below)-1].from < key(edges[0])) && n.cells.infinite[1] == 0 &&
		(len(above) == 0 || above[0].from+n.above.width() > key(edges[len(edges)-1])) && n.above.infinite[0] == 0
}

// append writes the cells, or the rows while these are few, in order.
func (c *cells) append(b []byte) []byte {
	for _, x := range []int64{c.infinite[0], c.infinite[1], c.missing} {
		b = number64(b, x)
	}
	last := int64(0)
	if c.used == 0 {
		b = number64(append(b, 0), int64(len(c.first)))
		keys := slices.Clone(c.first)
		slices.Sort(keys)
		for _, k := range keys {
			b = binary.AppendVarint(b, k-last) // of two floats' keys, which lie within 2^63 of 0: wraps, and back
			last = k
		}
		return b
	}
	all := c.list()
	b = number64(append(b, 1, byte(c.shift)), int64(len(all)))
	for _, x := range all {
		b = binary.AppendVarint(b, x.from>>c.shift-last)
		b = number64(number64(b, x.rows), x.places)
		last = x.from >> c.shift
	}
	return b
}

// read is append's other way.
func (c *cells) read(r *reader) {
	for _, x := range []*int64{&c.infinite[0], &c.infinite[1], &c.missing} {
		*x = r.upTo(mostRows)
	}
	last := int64(0)
	if r.upTo(1) == 0 {
		n := r.length(few-1, 1)
		for i := range n {
			k := last + r.signed()
			if k <= -infiniteBits || k >= infiniteBits || i > 0 && k < last {
				r.wrong()
			}
			if r.err != nil {
				return
			}
			c.first = append(c.first, k)
			last = k
		}
		return
	}
	shift := uint(r.upTo(mostShift))
	all := make([]counted, r.length(maxPages<<pageBits, 3))
	pages, page, rows := 0, int64(math.MinInt64), int64(0)
	for i := range all {
		at := last + r.signed()
		if at < -infiniteBits>>shift || at > (infiniteBits-1)>>shift || i > 0 && at <= last {
			r.wrong()
		}
		all[i].from = at << shift
		all[i].rows = r.upTo(mostCellRows)
		all[i].places = r.upTo(all[i].rows * ((1<<shift - 1) >> unitBits))
		if p := at >> pageBits; p != page {
			pages, page = pages+1, p
		}
		if r.err == nil && (all[i].rows == 0 || pages > maxPages) {
			r.wrong()
		}
		rows += all[i].rows
		last = at
	}
	if r.err == nil && rows < few { // so few are kept one by one
		r.wrong()
	}
	if r.err != nil {
		return
	}
	c.shift, c.slots = shift, new([slots]slot)
	for _, x := range all {
		c.put(x.from, x.rows, x.places)
	}
}

// MarshalBinary writes what was counted so far: every text with its count, and so more than a profile tells.
func (t *Texts) MarshalBinary() ([]byte, error) {
	b := []byte(textsMagic)
	kind, other := int64(0), t.other
	switch {
	case t.listed:
		kind = 1
	case t.tooMany: // how many came after that is of no meaning
		kind, other = 2, 0
	}
	for _, x := range []int64{kind, t.total, t.missing, other, int64(len(t.counts))} {
		b = number64(b, x)
	}
	for _, x := range slices.Sorted(maps.Keys(t.counts)) {
		b = append(number64(b, int64(len(x))), x...)
		b = number64(b, t.counts[x])
	}
	return sealed(b), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Bytes that are no such value are an error, and leave t as it is.
func (t *Texts) UnmarshalBinary(b []byte) error {
	r := unseal(b, textsMagic)
	kind := r.upTo(2)
	out := Texts{listed: kind == 1, tooMany: kind == 2, total: r.upTo(mostRows)}
	out.missing = r.upTo(out.total)
	out.other = r.upTo(out.total - out.missing)
	left := out.total - out.missing - out.other
	n := r.length(mostDifferent, 2)
	if !out.tooMany {
		out.counts = make(map[string]int64, n)
	}
	last := ""
	for i := range n {
		x := string(r.bytes(r.upTo(int64(len(r.b)))))
		rows := r.upTo(left)
		if i > 0 && x <= last || out.tooMany || rows == 0 && !out.listed {
			r.wrong()
		}
		if r.err != nil {
			break
		}
		out.counts[x], last, left = rows, x, left-rows
	}
	if r.err == nil && (!out.tooMany && left != 0 || !out.listed && out.other != 0) {
		r.wrong()
	}
	if err := r.end("a counter of texts"); err != nil {
		return err
	}
	*t = out
	return nil
}
