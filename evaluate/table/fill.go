package table

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// filler puts a text file's cells into a wanted column. It gives what cells.stored gives, in a fraction of the time: most cells were seen
// before, or are plain numbers.
type filler struct {
	*cells
	at   int // which of the file's columns
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

func newFiller(c *cells, at int) *filler {
	f := &filler{cells: c, at: at}
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
		h = (h ^ (uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56)) * prime
		h ^= h >> 32
	}
	for _, c := range b {
		h = (h ^ uint64(c)) * prime
	}
	return h ^ h>>29
}

// plainNumber reads [-]digits[.digits] of at most 15 digits. A float64 holds such an integer and the power of ten below it exactly, so that
// one division rounds once, as strconv does (Clinger 1990, doi:10.1145/93542.93557).
func plainNumber(b []byte) (float64, bool) {
	const most = 15
	i, m, digits, point := 0, uint64(0), 0, -1
	if len(b) > 0 && b[0] == '-' {
		i = 1
	}
	if len(b) > most+2 {
		return 0, false
	}
	for ; i < len(b); i++ {
		c := b[i] - '0'
		switch {
		case c <= 9:
			m = 10*m + uint64(c)
			digits++
		case b[i] == '.' && point < 0:
			point = digits
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > most {
		return 0, false
	}
	x := float64(m)
	if point >= 0 {
		x /= tens[digits-point]
	}
	if b[0] == '-' {
		x = -x
	}
	return x, true
}

var tens = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

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
