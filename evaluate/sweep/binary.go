package sweep

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// A tally, a scout and the rarer class's rows are values that another process may have made: they are written and read in a binary form of their own, with
// whole numbers only, and merge exactly. The form is of this version of gatecard: shards are counted by one version.

const (
	tallyMagic = "gatecard tally 1\n"
	scoutMagic = "gatecard scout 1\n"
	rareMagic  = "gatecard rare 1\n"
)

var errForm = errors.New("it is cut off, or is no such value")

// sealed is b with its digest behind it, so that what was changed on the way is no value.
func sealed(b []byte) []byte {
	digest := sha256.Sum256(b)
	return append(b, digest[:]...)
}

// open takes the digest away, and the magic that comes first.
func open(b []byte, magic string) reader {
	n := len(b) - sha256.Size
	if n < len(magic) || string(b[:len(magic)]) != magic {
		return reader{err: errForm}
	}
	if digest := sha256.Sum256(b[:n]); string(digest[:]) != string(b[n:]) {
		return reader{err: errForm}
	}
	return reader{b: b[len(magic):n]}
}

// writer appends whole numbers.
type writer struct{ b []byte }

func (w *writer) number(x uint64)    { w.b = binary.AppendUvarint(w.b, x) }
func (w *writer) signed(x int64)     { w.b = binary.AppendVarint(w.b, x) }
func (w *writer) fixed(x uint64)     { w.b = binary.LittleEndian.AppendUint64(w.b, x) }
func (w *writer) float(x float64)    { w.fixed(math.Float64bits(x)) }
func (w *writer) bytes(b []byte)     { w.b = append(w.b, b...) }
func (w *writer) sum(s *sum)         { w.fixed(s[0]); w.fixed(s[1]); w.fixed(s[2]) }
func (w *writer) moments(m *moments) { w.sum(&m.one); w.sum(&m.two) }

// reader takes them back. After an error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errForm
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) number() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 || r.err != nil {
		r.err = errForm
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) signed() int64 {
	x, n := binary.Varint(r.b)
	if n <= 0 || r.err != nil {
		r.err = errForm
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) fixed() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) float() float64 { return math.Float64frombits(r.fixed()) }

func (r *reader) sum(s *sum) {
	for i := range s {
		s[i] = r.fixed()
	}
}

func (r *reader) moments(m *moments) {
	r.sum(&m.one)
	r.sum(&m.two)
}

// length is a number of things of at least so many bytes each, which must be there.
func (r *reader) length(bytes int) int {
	n := r.number()
	if r.err == nil && n > uint64(len(r.b)/bytes) {
		r.err = errForm
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// end says what was wrong; bytes that are left over are.
func (r *reader) end(what string) error {
	if r.err == nil && len(r.b) > 0 {
		r.err = errForm
	}
	if r.err != nil {
		return fmt.Errorf("read %s: %w", what, r.err)
	}
	return nil
}

// digest tells plans apart.
func (p Plan) digest() [sha256.Size]byte {
	var w writer
	w.number(uint64(p.Combinations))
	for i, of := range p.Dimensions {
		w.number(uint64(p.Sizes[i]))
		for _, s := range of {
			w.number(uint64(s))
		}
	}
	for _, list := range [][]float64{p.Cuts, p.Rivals, {p.Eps}, p.Areas} {
		w.number(uint64(len(list)))
		for _, x := range list {
			w.float(x)
		}
	}
	for _, is := range []bool{p.Losses, p.Ranks, p.Average, p.Bands} {
		if w.number(0); is {
			w.number(1)
		}
	}
	for _, k := range p.Picks {
		w.number(uint64(k.Kind))
		w.float(k.X)
	}
	return sha256.Sum256(w.b)
}

// MarshalBinary writes what was counted so far. Which plan, and which rows of the rarer class, is told by their digests only: see [ReadTally].
func (t *Tally) MarshalBinary() ([]byte, error) {
	if t.wrong != nil {
		return nil, t.wrong
	}
	w := writer{[]byte(tallyMagic)}
	digest := t.plan.digest()
	w.bytes(digest[:])
	w.number(uint64(t.rows))
	for _, n := range t.counts.cells {
		w.number(uint64(n))
	}
	for i := range t.counts.loss {
		l := &t.counts.loss[i]
		w.number(uint64(l.outside))
		w.moments(&l.logLoss)
		w.moments(&l.brier)
	}
	for _, pairs := range t.counts.pairs {
		for i := range pairs {
			p := &pairs[i]
			for y := range p.joint {
				for _, n := range p.joint[y] {
					w.number(uint64(n))
				}
			}
			w.number(uint64(p.outside))
			w.moments(&p.logLoss)
			w.moments(&p.brier)
		}
	}
	if t.bands != nil {
		t.bands.write(&w)
	}
	if t.pairs != nil {
		t.pairs.write(&w)
	}
	switch {
	case t.gaps != nil:
		digest := t.gaps.rare.digest()
		w.bytes(digest[:])
		for _, g := range t.gaps.groups {
			for _, n := range g.counts {
				w.number(uint64(n))
			}
		}
	case t.ranges != nil:
		if err := t.ranges.marshal(&w); err != nil {
			return nil, err
		}
	}
	return sealed(w.b), nil
}

// ReadTally reads a tally that MarshalBinary wrote, under the same plan and, where rows were counted into its gaps, the same rows of the rarer class (else
// nil). Another plan or other rows, and bytes that are no tally, are errors.
func ReadTally(p Plan, rare *Rare, b []byte) (*Tally, error) {
	t := newTally(p, rare, newFinder(nil), Limits{})
	if t.wrong != nil {
		return nil, t.wrong
	}
	r := open(b, tallyMagic)
	if digest := t.plan.digest(); r.err == nil && string(r.take(len(digest))) != string(digest[:]) {
		return nil, errors.New("read a tally: it was counted by another plan")
	}
	t.rows = int64(r.number())
	for i := range t.counts.cells {
		t.counts.cells[i] = int64(r.number())
	}
	for i := range t.counts.loss {
		l := &t.counts.loss[i]
		l.outside = int64(r.number())
		r.moments(&l.logLoss)
		r.moments(&l.brier)
	}
	for _, pairs := range t.counts.pairs {
		for i := range pairs {
			p := &pairs[i]
			for y := range p.joint {
				for k := range p.joint[y] {
					p.joint[y][k] = int64(r.number())
				}
			}
			p.outside = int64(r.number())
			r.moments(&p.logLoss)
			r.moments(&p.brier)
		}
	}
	if t.bands != nil {
		t.bands.read(&r)
	}
	if t.pairs != nil {
		t.pairs.read(&r, t.plan)
	}
	switch {
	case t.gaps != nil:
		if digest := rare.digest(); r.err == nil && string(r.take(len(digest))) != string(digest[:]) {
			return nil, errors.New("read a tally: it was counted beside other rows of the rarer class")
		}
		for _, g := range t.gaps.groups {
			for i := range g.counts {
				g.counts[i] = uint32(r.number())
			}
		}
	case t.ranges != nil:
		t.ranges.read(&r, t.plan)
	}
	if err := r.end("a tally"); err != nil {
		return nil, err
	}
	return t, nil
}

func (b *bands) write(w *writer) {
	for _, slots := range b.counts {
		for i := range slots {
			slots[i].write(w)
		}
	}
}

func (b *banded) write(w *writer) {
	var pages []int32
	for n, p := range b.unit {
		if p != nil {
			pages = append(pages, int32(n))
		}
	}
	for n := range b.outside {
		pages = append(pages, n)
	}
	w.number(uint64(len(pages)))
	slices.Sort(pages)
	for _, n := range pages {
		w.signed(int64(n))
		for i := range bandCells {
			c := b.page(n).cell(i)
			w.number(uint64(c[0].rows))
			w.number(uint64(c[1].rows))
			if c[0].rows|c[1].rows == 0 {
				continue
			}
			for _, h := range c {
				w.number(uint64(h.high))
				w.number(h.low)
				w.number(h.two)
				w.number(h.three)
			}
		}
	}
}

func (b *bands) read(r *reader) {
	for _, slots := range b.counts {
		for i := range slots {
			slots[i].read(r)
		}
	}
}

func (b *banded) read(r *reader) {
	for range r.length(2 * bandCells) {
		n := r.signed()
		if n < -1<<12 || n > 1<<13 || r.err != nil {
			r.err = errForm
			return
		}
		p := b.page(int32(n))
		for i := range bandCells {
			negatives, positives := uint32(r.number()), uint32(r.number())
			if negatives|positives == 0 {
				continue
			}
			for y, rows := range [2]uint32{negatives, positives} {
				p[y][i] = half{rows: rows, high: uint32(r.number()), low: r.number(), two: r.number(), three: r.number()}
			}
		}
	}
}

func (p *pairs) write(w *writer) {
	w.number(uint64(len(p.score)))
	for i, x := range p.score {
		w.float(x)
		w.number(uint64(p.cell[i]))
		for _, xs := range p.rivals {
			w.float(xs[i])
		}
	}
}

func (p *pairs) read(r *reader, plan Plan) {
	for range r.length(9) {
		x, cell := r.float(), r.cell(plan)
		p.score, p.cell = append(p.score, r.sound(x)), append(p.cell, cell)
		for i := range p.rivals {
			p.rivals[i] = append(p.rivals[i], r.sound(r.float()))
		}
	}
}

func (r *reader) cell(p Plan) uint32 {
	c := r.number()
	if c >= uint64(2*p.Combinations) {
		r.err = errForm
		return 0
	}
	return uint32(c)
}

// sound refuses a number that is not finite.
func (r *reader) sound(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		r.err = errForm
	}
	return x
}

func (g *ranges) marshal(w *writer) error {
	g.settle()
	rows := 0
	for i := range g.ranges {
		rows += g.ranges[i].rows
	}
	w.number(uint64(rows))
	for i := range g.ranges {
		err := g.ranges[i].each(func(piece sortedRows) {
			for j, k := range piece.keys {
				w.fixed(k)
				w.number(uint64(piece.rows[j]))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *ranges) read(r *reader, plan Plan) {
	for range r.length(9) {
		k, cell := r.fixed(), r.cell(plan)
		g.put(g.splits.below(k+1), k, cell)
	}
}

func (r *Rare) digest() [sha256.Size]byte { return sha256.Sum256(r.append(nil)) }

func (r *Rare) append(b []byte) []byte {
	w := writer{b}
	w.number(uint64(r.class))
	w.number(uint64(len(r.keys)))
	for _, k := range r.keys {
		w.fixed(k)
	}
	w.number(uint64(len(r.rows)))
	for _, row := range r.rows {
		w.number(uint64(row.at))
		w.number(uint64(row.combination))
	}
	return w.b
}

// MarshalBinary writes the rows.
func (r *Rare) MarshalBinary() ([]byte, error) { return sealed(r.append([]byte(rareMagic))), nil }

// UnmarshalBinary reads what MarshalBinary wrote.
func (r *Rare) UnmarshalBinary(b []byte) error {
	in := open(b, rareMagic)
	out := Rare{class: uint8(in.number())}
	for range in.length(8) {
		out.keys = append(out.keys, in.fixed())
	}
	for range in.length(2) {
		out.rows = append(out.rows, rareRow{uint32(in.number()), uint32(in.number())})
	}
	if in.err == nil && !out.sound() {
		in.err = errForm
	}
	if err := in.end("the rows of the rarer class"); err != nil {
		return err
	}
	*r = out
	return nil
}

// sound says that rows and keys fit together and ascend.
func (r *Rare) sound() bool {
	if r.class > 1 || len(r.rows) > 0 && r.rows[0].at != 0 || len(r.keys) > 0 && len(r.rows) == 0 {
		return false
	}
	for i, k := range r.keys {
		if i > 0 && k <= r.keys[i-1] {
			return false
		}
	}
	for i, row := range r.rows {
		if int(row.at) >= len(r.keys) || i > 0 && (row.at < r.rows[i-1].at || row.at > r.rows[i-1].at+1) {
			return false
		}
	}
	return len(r.rows) == 0 || int(r.rows[len(r.rows)-1].at) == len(r.keys)-1
}

// MarshalBinary writes what the scout saw.
func (s *Scout) MarshalBinary() ([]byte, error) {
	w := writer{[]byte(scoutMagic)}
	for y, c := range s.classes {
		w.number(uint64(s.rows[y]))
		if c.dropped {
			w.number(1)
			continue
		}
		w.number(0)
		w.number(uint64(len(c.keys)))
		for i, k := range c.keys {
			w.fixed(k)
			w.number(uint64(c.combinations[i]))
		}
	}
	w.number(uint64(len(s.sample)))
	for _, k := range s.sample {
		w.fixed(k)
	}
	return sealed(w.b), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *Scout) UnmarshalBinary(b []byte) error {
	r := open(b, scoutMagic)
	var out Scout
	for y := range out.classes {
		c := &out.classes[y]
		out.rows[y] = int64(r.number())
		if c.dropped = r.number() == 1; c.dropped {
			continue
		}
		for range r.length(9) {
			c.keys, c.combinations = append(c.keys, r.fixed()), append(c.combinations, uint32(r.number()))
		}
	}
	for range r.length(8) {
		out.sample = append(out.sample, r.fixed())
	}
	if err := r.end("a scout"); err != nil {
		return err
	}
	*s = out
	return nil
}
