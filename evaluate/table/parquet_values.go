package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/parquet"
)

// The decoders of a page's values. They are ours, though arrow-go has them all, since its are reached through readers that give a value a cell
// and no dictionary's numbers. None allocates by what a page claims, and none panics on what it holds.

var (
	errValues = errors.New("its values are cut off")
	errRuns   = errors.New("its runs are cut off")
)

// hybrid decodes Parquet's mixture of runs of one value and bit-packed groups of eight: dictionary indices, levels, and booleans.
type hybrid struct {
	b     []byte // from the current run's packed values, or the next run, on
	width uint   // bits of a value, 0 to 32
	left  uint64 // values of the current run
	pack  bool   // it is bit-packed
	done  int    // values of it that were taken, where it is bit-packed
	value uint32 // else
}

func (h *hybrid) reset(b []byte, width uint) { *h = hybrid{b: b, width: width} }

// begin reads the next run's head.
func (h *hybrid) begin() error {
	head, n := binary.Uvarint(h.b)
	if n <= 0 {
		return errRuns
	}
	h.b = h.b[n:]
	if h.pack = head&1 == 1; h.pack {
		if head>>1 > 1<<31/8 {
			return fmt.Errorf("a run of %d groups", head>>1)
		}
		h.left, h.done = head>>1*8, 0
		return nil
	}
	size := int(h.width+7) / 8
	if size > len(h.b) {
		return errRuns
	}
	h.value = 0
	for i, b := range h.b[:size] {
		h.value |= uint32(b) << (8 * i)
	}
	switch {
	case head>>1 > 1<<31:
		return fmt.Errorf("a run of %d values", head>>1)
	case h.width < 32 && h.value>>h.width != 0:
		return fmt.Errorf("a run of %d, which has more than %d bits", h.value, h.width)
	}
	h.b, h.left = h.b[size:], head>>1
	return nil
}

// take says how many of n values come from the current run, which it begins where there is none.
func (h *hybrid) take(n int) (int, error) {
	for empty := 0; h.left == 0; empty++ {
		if h.pack {
			h.b, h.pack = h.b[min(h.done/8*int(h.width), len(h.b)):], false
		}
		if empty > 16 { // runs of nothing are allowed, and of no use
			return 0, errRuns
		}
		if err := h.begin(); err != nil {
			return 0, err
		}
	}
	n = int(min(uint64(n), h.left))
	if h.pack && (h.done+n)*int(h.width) > 8*len(h.b) {
		return 0, errRuns
	}
	h.left -= uint64(n)
	return n, nil
}

// next fills out.
func (h *hybrid) next(out []uint32) error {
	for len(out) > 0 {
		n, err := h.take(len(out))
		if err != nil {
			return err
		}
		if h.pack {
			unpack(out[:n], h.b, h.done, h.width)
			h.done += n
		} else {
			for i := range out[:n] {
				out[i] = h.value
			}
		}
		out = out[n:]
	}
	return nil
}

// same says that the next n values are one run of one value.
func (h *hybrid) same(n int) (uint32, bool) {
	if next := *h; h.left == 0 && !h.pack && next.begin() == nil {
		*h = next
	}
	return h.value, !h.pack && h.left >= uint64(n)
}

// unpack reads values of width bits each from the one numbered from on. The caller saw that they are there.
func unpack(out []uint32, b []byte, from int, width uint) {
	switch {
	case width == 0:
		clear(out)
		return
	case from%8 != 0: // up to a byte's begin
		n := min(8-from%8, len(out))
		unpackEach(out[:n], b, from, width)
		out, from = out[n:], from+n
	}
	at := from / 8 * int(width)
	mask := uint64(1)<<width - 1
	switch {
	case width <= 8:
		for len(out) >= 8 && len(b)-at >= 8 {
			x := binary.LittleEndian.Uint64(b[at:])
			o := out[:8:8]
			o[0] = uint32(x & mask)
			o[1] = uint32(x >> width & mask)
			o[2] = uint32(x >> (2 * width) & mask)
			o[3] = uint32(x >> (3 * width) & mask)
			o[4] = uint32(x >> (4 * width) & mask)
			o[5] = uint32(x >> (5 * width) & mask)
			o[6] = uint32(x >> (6 * width) & mask)
			o[7] = uint32(x >> (7 * width) & mask)
			out, at, from = out[8:], at+int(width), from+8
		}
	case width <= 25:
		half, shift := int(width)/2, 4*width%8 // where the fifth of eight values begins
		quarter, odd := int(width)/4, 2*width%8
		for len(out) >= 8 && len(b)-at >= int(width)+8 {
			o := out[:8:8]
			x := binary.LittleEndian.Uint64(b[at:])
			y := binary.LittleEndian.Uint64(b[at+quarter:]) >> odd
			o[0], o[1] = uint32(x&mask), uint32(x>>width&mask)
			o[2], o[3] = uint32(y&mask), uint32(y>>width&mask)
			c := b[at+half:]
			x = binary.LittleEndian.Uint64(c) >> shift
			o[4], o[5] = uint32(x&mask), uint32(x>>width&mask)
			y = binary.LittleEndian.Uint64(c[(shift+2*width)/8:]) >> ((shift + 2*width) % 8)
			o[6], o[7] = uint32(y&mask), uint32(y>>width&mask)
			out, at, from = out[8:], at+int(width), from+8
		}
	}
	unpackEach(out, b, from, width)
}

func unpackEach(out []uint32, b []byte, from int, width uint) {
	mask := uint64(1)<<width - 1
	bit := from * int(width)
	for i := range out {
		out[i] = uint32(word(b[bit/8:]) >> (bit % 8) & mask)
		bit += int(width)
	}
}

// word is the next eight bytes, or what there is of them.
func word(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b)
	}
	x := uint64(0)
	for i, c := range b {
		x |= uint64(c) << (8 * i)
	}
	return x
}

// deltas decodes integers that are stored by their differences.
type deltas struct {
	b      []byte
	size   uint64 // of a block
	parts  uint64
	left   uint64 // values to come
	last   uint64
	first  bool // the next is the header's
	least  uint64
	widths []byte // of the block's parts to come
	part   []uint64
	buffer []uint64 // of part
}

// reset begins. The blocks were walked by deltaRun before.
func (d *deltas) reset(b []byte) error {
	*d = deltas{b: b, first: true, buffer: d.buffer}
	d.size = d.varint()
	d.parts = d.varint()
	d.left = d.varint()
	d.last = d.zigzag()
	if d.size == 0 || d.size > maxDeltaBlock || d.parts == 0 || d.size%d.parts != 0 || d.size/d.parts%8 != 0 {
		return fmt.Errorf("its deltas claim blocks of %d values in %d parts", d.size, d.parts)
	}
	return nil
}

func (d *deltas) varint() uint64 {
	x, n := binary.Uvarint(d.b)
	d.b = d.b[max(n, 0):]
	return x
}

func (d *deltas) zigzag() uint64 {
	x := d.varint()
	return x>>1 ^ -(x & 1)
}

// next fills out. Sums wrap around, as the format has it.
func (d *deltas) next(out []uint64) error {
	if uint64(len(out)) > d.left {
		return errValues
	}
	d.left -= uint64(len(out))
	if d.first && len(out) > 0 {
		d.first = false
		out[0], out = d.last, out[1:]
	}
	for len(out) > 0 {
		if len(d.part) == 0 {
			if err := d.begin(); err != nil {
				return err
			}
		}
		n := min(len(d.part), len(out))
		for i, x := range d.part[:n] {
			d.last += d.least + x
			out[i] = d.last
		}
		d.part, out = d.part[n:], out[n:]
	}
	return nil
}

// begin unpacks the next part.
func (d *deltas) begin() error {
	if len(d.widths) == 0 {
		d.least = d.zigzag()
		if uint64(len(d.b)) < d.parts {
			return errValues
		}
		d.widths, d.b = d.b[:d.parts], d.b[d.parts:]
	}
	each, width := d.size/d.parts, uint64(d.widths[0])
	d.widths = d.widths[1:]
	size := each / 8 * width
	if width > 64 || size > uint64(len(d.b)) {
		return errValues
	}
	if uint64(cap(d.buffer)) < each {
		d.buffer = make([]uint64, each)
	}
	d.part = d.buffer[:each]
	for i := range d.part {
		d.part[i] = wide(d.b[:size], uint64(i)*width, uint(width))
	}
	d.b = d.b[size:]
	return nil
}

// wide is the value of up to 64 bits that begins at a bit.
func wide(b []byte, bit uint64, width uint) uint64 {
	if width == 0 {
		return 0
	}
	at, shift := bit/8, uint(bit%8)
	x := word(b[at:]) >> shift
	if shift+width > 64 {
		x |= uint64(b[at+8]) << (64 - shift)
	}
	if width < 64 {
		x &= 1<<width - 1
	}
	return x
}

// fixed decodes a page of values of at most eight bytes each, as their bits: those of arrays of bytes from the first byte, lowest, on.
type fixed struct {
	encoding parquet.Encoding
	width    int // bytes of a value; 0: booleans
	b        []byte
	at       int // values that were taken, where they do not leave b
	deltas   deltas
	texts    texts // of deltas of bytes
	runs     hybrid
	indices  []uint32
}

// reset begins a page: of numbers, booleans, or arrays of bytes.
func (f *fixed) reset(e parquet.Encoding, width int, array bool, b []byte) error {
	f.encoding, f.width, f.b, f.at = e, width, b, 0
	switch {
	case e == parquet.Encodings.Plain:
		return nil
	case e == parquet.Encodings.RLE && width == 0:
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return errRuns
		}
		f.runs.reset(b[4:4+binary.LittleEndian.Uint32(b)], 1)
		return nil
	case e == parquet.Encodings.ByteStreamSplit && width > 0:
		if len(b)%width != 0 {
			return errValues
		}
		return nil
	case e == parquet.Encodings.DeltaBinaryPacked && width >= 4 && !array:
		return f.deltas.reset(b)
	case e == parquet.Encodings.DeltaByteArray && array:
		return f.texts.reset(e, width, b)
	}
	return fmt.Errorf("its values are in the encoding %v, which is not read", e)
}

// next fills out with the next values' bits.
func (f *fixed) next(out []uint64) error {
	switch f.encoding {
	case parquet.Encodings.RLE:
		if cap(f.indices) < len(out) {
			f.indices = make([]uint32, len(out))
		}
		if err := f.runs.next(f.indices[:len(out)]); err != nil {
			return err
		}
		for i, x := range f.indices[:len(out)] {
			out[i] = uint64(x)
		}
		return nil
	case parquet.Encodings.DeltaBinaryPacked:
		return f.deltas.next(out)
	case parquet.Encodings.DeltaByteArray:
		for i := range out {
			b, err := f.texts.next()
			if err != nil {
				return err
			}
			out[i] = word(b)
		}
		return nil
	case parquet.Encodings.ByteStreamSplit:
		each := len(f.b) / f.width
		if len(out) > each-f.at {
			return errValues
		}
		clear(out)
		for k := range f.width {
			for i, c := range f.b[k*each+f.at:][:len(out)] {
				out[i] |= uint64(c) << (8 * k)
			}
		}
		f.at += len(out)
		return nil
	}
	if f.width == 0 {
		if len(out) > 8*len(f.b)-f.at {
			return errValues
		}
		for i := range out {
			out[i] = uint64(f.b[f.at/8] >> (f.at % 8) & 1)
			f.at++
		}
		return nil
	}
	if len(out) > len(f.b)/f.width {
		return errValues
	}
	b := f.b[:len(out)*f.width]
	f.b = f.b[len(b):]
	switch f.width {
	case 8:
		for i := range out {
			out[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
	case 4:
		for i := range out {
			out[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
		}
	default:
		for i := range out {
			out[i] = word(b[f.width*i:][:f.width])
		}
	}
	return nil
}

// doubles fills out with the next values of a plain page of float64s.
func (f *fixed) doubles(out []float64) error {
	if len(out) > len(f.b)/8 {
		return errValues
	}
	b := f.b[:8*len(out)]
	f.b = f.b[len(b):]
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return nil
}

// rest is how many bytes are behind the last value, where that can be told.
func (f *fixed) rest() int {
	if f.encoding == parquet.Encodings.Plain && f.width > 0 {
		return len(f.b)
	}
	return 0
}

// texts decodes a page of values of any length, one after the other.
type texts struct {
	encoding  parquet.Encoding
	length    int // of each, where all have one; 0: each has its own
	b         []byte
	prefixes  deltas
	lengths   deltas
	value     []byte // the last, where the next may begin as it does
	expanded  int64  // bytes of values that began as others
	one       [1]uint64
	streams   int // taken of streams
	unstreams []byte
}

// reset begins a page.
func (t *texts) reset(e parquet.Encoding, length int, b []byte) error {
	t.encoding, t.length, t.b, t.value, t.expanded, t.streams = e, length, b, t.value[:0], 0, 0
	switch {
	case e == parquet.Encodings.Plain:
		return nil
	case e == parquet.Encodings.ByteStreamSplit && length > 0:
		if len(b)%length != 0 {
			return errValues
		}
		return nil
	case e == parquet.Encodings.DeltaLengthByteArray && length == 0, e == parquet.Encodings.DeltaByteArray:
		if e == parquet.Encodings.DeltaByteArray {
			n, err := deltaRun(t.b)
			if err != nil {
				return err
			}
			if err := t.prefixes.reset(t.b[:n]); err != nil {
				return err
			}
			t.b = t.b[n:]
		}
		n, err := deltaRun(t.b)
		if err != nil {
			return err
		}
		if err := t.lengths.reset(t.b[:n]); err != nil {
			return err
		}
		t.b = t.b[n:]
		return nil
	}
	return fmt.Errorf("its values are in the encoding %v, which is not read", e)
}

// next gives the next value, which holds until the one after it.
func (t *texts) next() ([]byte, error) {
	size, prefix := uint64(t.length), uint64(0)
	switch t.encoding {
	case parquet.Encodings.ByteStreamSplit:
		each := len(t.b) / t.length
		if t.streams >= each {
			return nil, errValues
		}
		t.unstreams = t.unstreams[:0]
		for k := range t.length {
			t.unstreams = append(t.unstreams, t.b[k*each+t.streams])
		}
		t.streams++
		return t.unstreams, nil
	case parquet.Encodings.Plain:
		if t.length == 0 {
			if len(t.b) < 4 {
				return nil, errValues
			}
			size, t.b = uint64(binary.LittleEndian.Uint32(t.b)), t.b[4:]
		}
	default:
		if t.encoding == parquet.Encodings.DeltaByteArray {
			if err := t.prefixes.next(t.one[:]); err != nil {
				return nil, err
			}
			if prefix = t.one[0]; prefix > uint64(len(t.value)) {
				return nil, fmt.Errorf("a value begins with %d bytes of the one before, which has %d", prefix, len(t.value))
			}
		}
		if err := t.lengths.next(t.one[:]); err != nil {
			return nil, err
		}
		size = t.one[0]
	}
	if size > uint64(len(t.b)) {
		return nil, errValues
	}
	value := t.b[:size]
	t.b = t.b[size:]
	if t.encoding == parquet.Encodings.DeltaByteArray {
		t.value = append(t.value[:prefix], value...)
		value = t.value
		if t.expanded += int64(len(value)); t.expanded > maxPage {
			return nil, fmt.Errorf("its texts have more than %d bytes", int64(maxPage))
		}
		if t.length > 0 && len(value) != t.length {
			return nil, fmt.Errorf("a value of %d bytes where all have %d", len(value), t.length)
		}
	}
	return value, nil
}

func (t *texts) rest() int {
	if t.encoding == parquet.Encodings.Plain {
		return len(t.b)
	}
	return 0
}
