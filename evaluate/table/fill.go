package table

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// filler puts a text file's cells into a wanted column. It gives what cells.stored gives, in a fraction of the time: most cells were seen
// before, or are plain numbers.
type filler struct {
	*cells
	seen []seenText
	made strings.Builder // memory of many texts
}

// seenText is a cell that came before, as it stands in the file, and what was made of it.
type seenText struct {
	raw, text string
	code      uint32
	turn      int // of the dictionary
	coded     bool
}

// seenTexts is how many are remembered: a power of two, more than the groups of most columns.
const seenTexts = 1 << 10

// textMemory is how much is taken at once for texts.
const textMemory = 32 << 10

func newFiller(c *cells) *filler {
	f := &filler{cells: c}
	if !c.numbers() {
		f.seen = make([]seenText, seenTexts)
	}
	return f
}

// cell puts one, as it stands in the file: empty is missing.
func (f *filler) cell(b []byte) {
	switch {
	case len(b) == 0:
		f.missing()
	case f.numbers():
		f.number(b)
	default:
		f.value(b)
	}
}

func (f *filler) number(b []byte) {
	x, ok := plainNumber(b)
	if !ok {
		if x, ok = pointed(b); !ok {
			f.stored(string(b))
			return
		}
	}
	f.put(x, "", false)
}

// value puts a text, or a number or boolean in its usual form.
func (f *filler) value(b []byte) {
	s := &f.seen[hash(b)&(seenTexts-1)]
	if s.raw == string(b) && (f.want.As == Value || s.coded && s.turn == f.turn) {
		f.again(s)
		return
	}
	if f.typ != Text && f.typ != Integer {
		if f.typ != Float64 && f.typ != Boolean {
			f.stored(string(b))
			return
		}
		text, ok := usual(b, f.typ)
		if !ok {
			f.stored(string(b))
			return
		}
		*s = seenText{raw: f.keep(b), text: text}
	} else {
		if len(b) > maxCell || !utf8.Valid(b) {
			f.text(b)
			return
		}
		if s.raw != string(b) {
			raw := f.keep(b)
			*s = seenText{raw: raw, text: raw}
		}
	}
	if f.want.As == Code {
		s.code, s.turn, s.coded = f.code(s.text), f.turn, true
	}
	f.again(s)
}

// again puts what was put before.
func (f *filler) again(s *seenText) {
	if f.want.As == Code {
		f.putCode(s.code)
		return
	}
	f.put(0, s.text, false)
}

// usual is a number's or boolean's text; ok is false where it is none, or is NaN.
func usual(b []byte, typ Type) (text string, ok bool) {
	if typ == Boolean {
		is, ok := parseBool(string(b))
		return strconv.FormatBool(is), ok
	}
	x, ok := parseNumber(string(b))
	return string(appendDecimal(nil, x, 64)), ok && !math.IsNaN(x)
}

// keep copies a text into memory that many share. What a Builder has given does not move while it does not grow.
func (f *filler) keep(b []byte) string {
	if f.made.Cap()-f.made.Len() < len(b) {
		f.made = strings.Builder{}
		f.made.Grow(max(textMemory, len(b)))
	}
	from := f.made.Len()
	f.made.Write(b)
	return f.made.String()[from:]
}

// hash is FNV-1a over eight bytes at a time; whom it confuses are compared.
func hash(b []byte) uint64 {
	const prime = 0x100000001b3
	h := uint64(0xcbf29ce484222325) ^ uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = (h ^ binary.LittleEndian.Uint64(b)) * prime
		h ^= h >> 32
	}
	for _, c := range b {
		h = (h ^ uint64(c)) * prime
	}
	return h ^ h>>29
}

// plainNumber reads [-]digits[.digits] with at most 19 digits from the first that is not 0, and at most 27 behind the point; integers up to
// 2⁵³. It gives what strconv gives, the nearest float64, ties to even.
func plainNumber(b []byte) (float64, bool) {
	i, point, m, significant := 0, -1, uint64(0), 0
	if len(b) > 0 && b[0] == '-' {
		i = 1
	}
	first := i
	for i < len(b) {
		if m != 0 && i+8 <= len(b) {
			if w := binary.LittleEndian.Uint64(b[i:]); ((w+0x4646464646464646)|(w-0x3030303030303030))&0x8080808080808080 == 0 { // eight digits
				w -= 0x3030303030303030
				w = w*10 + w>>8 // pairs
				w = (w&0x000000ff000000ff*0x000f424000000064 + w>>16&0x000000ff000000ff*0x0000271000000001) >> 32
				if significant += 8; significant > 19 {
					return 0, false
				}
				m = m*100_000_000 + w
				i += 8
				continue
			}
		}
		c := b[i] - '0'
		switch {
		case c <= 9:
			if m = 10*m + uint64(c); m != 0 {
				if significant++; significant > 19 {
					return 0, false
				}
			}
		case b[i] == '.' && point < 0:
			point = i
		default:
			return 0, false
		}
		i++
	}
	k := 0 // digits behind the point
	if point >= 0 {
		k = i - point - 1
	}
	if i == first || i == first+1 && point >= 0 || k >= len(fives) {
		return 0, false
	}
	var x float64
	switch {
	case m <= exactInteger && k < len(tens): // both are exact, so that the division rounds once (Clinger 1990, doi:10.1145/93542.93557)
		x = float64(m) / tens[k]
	case k == 0:
		return 0, false
	default:
		x = quotient(m, k)
	}
	if b[0] == '-' {
		x = -x
	}
	return x, true
}

// quotient is m/10ᵏ for m > 0, rounded once: the quotient of m and 5ᵏ to 63 bits or more, and whether there is a remainder, tell how to round.
func quotient(m uint64, k int) float64 {
	d := fives[k]
	lm, ld := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	n := m << lm
	q, rest := bits.Div64(n>>1, n<<63, d<<ld) // n·2⁶³/d, and n/d lies between 1/2 and 2
	drop := bits.Len64(q) - 53
	half := uint64(1) << (drop - 1)
	mantissa, below := q>>drop, q&(2*half-1)
	if below > half || below == half && (rest != 0 || mantissa&1 == 1) {
		mantissa++
	}
	power := drop - 63 + ld - lm - k // far from a float64's bounds
	return float64(mantissa) * math.Float64frombits(uint64(1023+power)<<52)
}

// tens are the powers of ten that a float64 holds, fives those of five that a uint64 holds.
var (
	tens = func() (t [23]float64) {
		t[0] = 1
		for i := range len(t) - 1 {
			t[i+1] = 10 * t[i]
		}
		return t
	}()
	fives = func() (t [28]uint64) {
		t[0] = 1
		for i := range len(t) - 1 {
			t[i+1] = 5 * t[i]
		}
		return t
	}()
)

// pointed reads a decimal number that has a point or an exponent, so that it is no integer that a float64 might not hold.
func pointed(b []byte) (float64, bool) {
	some := false
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9' || c == '-' || c == '+':
		case c == '.' || c == 'e' || c == 'E':
			some = true
		default:
			return 0, false
		}
	}
	if !some {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(b), 64)
	return x, err == nil || isRange(err)
}

// seeBytes is see for a cell as bytes, without making a string of what is plain.
func (k *kind) seeBytes(b []byte) {
	if len(b) == 0 || k.text {
		return
	}
	switch formOf(b) {
	case plainInteger:
		k.some, k.notBool = true, true
		k.text = k.notNumber
	case plainFraction:
		k.some, k.notBool, k.notInteger = true, true, true
		k.text = k.notNumber
	default:
		k.see(string(b))
	}
}

// form is what a cell plainly is.
type form int

const (
	anyForm       form = iota
	plainInteger       // as strconv.FormatInt writes it
	plainFraction      // [-]digits.digits[e[±]digits]
)

func formOf(b []byte) form {
	i := 0
	if b[0] == '-' {
		i = 1
	}
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	whole := i - from
	switch {
	case whole == 0:
		return anyForm
	case i == len(b):
		if b[from] == '0' && len(b) > 1 || whole > 18 { // 18 digits are an int64 for sure
			return anyForm
		}
		return plainInteger
	case b[i] != '.':
		return anyForm
	}
	i++
	from = i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == from {
		return anyForm
	}
	if i == len(b) {
		return plainFraction
	}
	if b[i]|0x20 != 'e' {
		return anyForm
	}
	if i++; i < len(b) && (b[i] == '-' || b[i] == '+') {
		i++
	}
	from = i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == from || i < len(b) {
		return anyForm
	}
	return plainFraction
}

// merge is what both had in common, in any order.
func (k *kind) merge(o kind) {
	k.some = k.some || o.some
	k.notBool = k.notBool || o.notBool
	k.notNumber = k.notNumber || o.notNumber
	k.notInteger = k.notInteger || o.notInteger
	k.text = k.text || o.text || k.some && k.notBool && k.notNumber
}
