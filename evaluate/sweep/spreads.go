package sweep

import (
	"math"
	"math/bits"
)

// spreads are exact sums of a column's numbers, and of their squares, by combination. Most numbers of a column lie within few halvings of each other:
// those are added up apart by their exponent, as whole numbers of 53 bits and their squares of 106, in 128 bits each, which is two additions a sum. All
// others go to a [total], and so does everything in the end, so that the sums are the same exact ones. Neal 2015, arXiv:1505.05571, adds by exponent too.
type spreads struct {
	all  []spread     // by combination
	near []byExponent // by combination and exponent; nil: there are too many combinations
	from uint64       // the exponent of the first, as a float64 has it; at least 1, so that no subnormal number is near
	wide uint         // 1<<wide exponents
	rows int          // since near was emptied
}

// byExponent is the sum of numbers with one exponent, in units of their last bit, in two's complement, and of their squares.
type byExponent struct{ low, high, squareLow, squareHigh uint64 }

const (
	mostNear  = 1 << 21 // rows: so many squares below 2¹⁰⁶ stay below 2¹²⁷
	nearBytes = 32 << 20
	nearWide  = 4 // 16 halvings
)

// newSpreads are those of so many combinations. A sample of the numbers says which are near; it changes no sum.
func newSpreads(combinations int, sample []float64) spreads {
	s := spreads{all: make([]spread, combinations)}
	for s.wide = nearWide; combinations<<s.wide*32 > nearBytes; s.wide-- {
		if s.wide == 0 {
			return s
		}
	}
	var counts [2048]int
	for _, x := range sample {
		counts[math.Float64bits(x)>>52&0x7ff]++
	}
	size, in, best := 1<<s.wide, 0, -1
	for e := 1; e < 2047; e++ { // ending before the infinite
		in += counts[e]
		if first := e - size + 1; first >= 1 {
			// of equally good ones the last: numbers above those of a sample are likelier than far smaller ones
			if in >= best {
				best, s.from = in, uint64(first)
			}
			in -= counts[first]
		}
	}
	if best <= 0 {
		return s
	}
	s.near = make([]byExponent, combinations<<s.wide)
	return s
}

// add adds numbers to their cells' combinations. All are finite.
func (s *spreads) add(cell []uint32, xs []float64) {
	if s.near == nil {
		for i, c := range cell {
			s.all[c>>1].add(xs[i])
		}
		return
	}
	for len(cell) > 0 {
		if s.rows == mostNear {
			s.settle()
		}
		n := min(len(cell), mostNear-s.rows)
		s.rows += n
		s.addNear(cell[:n], xs[:n])
		cell, xs = cell[n:], xs[n:]
	}
}

func (s *spreads) addNear(cell []uint32, xs []float64) {
	xs = xs[:len(cell)]
	for i, c := range cell {
		b := math.Float64bits(xs[i])
		e := b>>52&0x7ff - s.from
		if e>>s.wide != 0 {
			s.all[c>>1].add(xs[i])
			continue
		}
		m := b&(1<<52-1) | 1<<52
		at := &s.near[uint64(c>>1)<<s.wide|e]
		high, low := bits.Mul64(m, m)
		var carry uint64
		at.squareLow, carry = bits.Add64(at.squareLow, low, 0)
		at.squareHigh += high + carry
		sign := uint64(int64(b) >> 63)
		at.low, carry = bits.Add64(at.low, m^sign, sign&1)
		at.high += sign + carry
	}
}

// settle brings all sums together.
func (s *spreads) settle() {
	for i := range s.near {
		at := &s.near[i]
		if at.squareLow|at.squareHigh == 0 {
			continue
		}
		to, e := &s.all[i>>s.wide], int(s.from)+i&(1<<s.wide-1)-1075
		to.one.addWide(at.high, at.low, e)
		to.two.addWide(at.squareHigh, at.squareLow, 2*e)
		*at = byExponent{}
	}
	s.rows = 0
}

// addWide adds a whole number of 128 bits, in two's complement, times 2^e.
func (t *total) addWide(high, low uint64, e int) {
	negative := high>>63 == 1
	if negative {
		var carry uint64
		low, carry = bits.Add64(^low, 1, 0)
		high = ^high + carry
	}
	s := uint(e) & 31
	t.plus(e>>5, low<<s, high<<s|low>>(64-s), high>>(64-s), negative)
}
