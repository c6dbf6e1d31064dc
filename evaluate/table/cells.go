package table

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// batchRows is how many rows a batch has at most.
const batchRows = 1 << 16

// maxCell is the longest text of an id, label or group, in bytes. Without a limit a small file can name one large text a million times.
const maxCell = 1 << 16

// exactInteger is the bound up to which a float64 holds each integer.
const exactInteger = 1 << 53

// maxDictionary is how many texts a dictionary of codes gathers before the next batch begins another: who takes a batch looks at each of
// its dictionary's texts.
const maxDictionary = 1 << 16

// cells takes one wanted column's cells, as a file stores them, and gives them as they were asked for. It is what all formats share, so
// that the same rows give the same columns from each.
type cells struct {
	want   Want
	typ    Type
	reuse  bool   // a batch's memory is used for the next
	column Column // of the batch so far
	rows   int64  // so far, of the file
	wrong  [faultKinds]faults
	known  map[string]string
	found  int             // how often a text was known
	fresh  strings.Builder // memory for texts that come once
	alone  bool            // texts mostly come once

	expect int    // rows that the batch will have
	marks  []bool // memory for marks of missing cells

	codes map[string]uint32 // of the dictionary's texts
	gone  int               // cells of the batch with the code noCode
	turn  int               // which dictionary it is: the number grows where another is begun
}

func newCells(w Want, t Type) *cells {
	return &cells{want: w, typ: t, column: Column{Name: w.Name, Type: t}, known: map[string]string{}}
}

// begin says that the next cell is of the row behind so many.
func (c *cells) begin(rows int64) {
	c.take()
	c.rows, c.wrong = rows, [faultKinds]faults{}
}

// take gives the batch's column and starts another.
func (c *cells) take() Column {
	done := c.column
	c.column = Column{Name: done.Name, Type: done.Type}
	if c.reuse {
		c.column.Numbers, c.column.Texts, c.column.Codes = done.Numbers[:0], done.Texts[:0], done.Codes[:0]
		if done.Missing != nil {
			c.marks = done.Missing[:0]
		}
	}
	if c.want.As != Code {
		return done
	}
	if c.gone > 0 {
		for i, code := range done.Codes {
			if code == noCode {
				done.Codes[i] = uint32(len(done.Dictionary))
			}
		}
		c.gone = 0
	}
	if len(done.Dictionary) < maxDictionary {
		c.column.Dictionary = done.Dictionary
	} else {
		c.codes = nil
		c.turn++
	}
	done.Dictionary = done.Dictionary[:len(done.Dictionary):len(done.Dictionary)] // what is added later is no part of it
	return done
}

// length is how many cells the batch has so far.
func (c *cells) length() int { return c.column.Len() }

// faulty says that some row was wrong: no batch is given any more, and the rest is only counted.
func (c *cells) faulty() bool {
	for i := range c.wrong {
		if c.wrong[i].rows > 0 {
			return true
		}
	}
	return false
}

func (c *cells) fault(kind faultKind, cell string) { c.wrong[kind].add(c.rows+1, cell) }

func (c *cells) put(number float64, text string, missing bool) {
	c.rows++
	switch c.want.As {
	case Number:
		c.column.Numbers = append(roomFor(c.column.Numbers, 0, c.expect), number)
	case Value:
		c.column.Texts = append(roomFor(c.column.Texts, 0, c.expect), text)
	case Code:
		code := noCode
		if missing {
			c.gone++
		} else {
			code = c.code(text)
		}
		c.column.Codes = append(roomFor(c.column.Codes, 0, c.expect), code)
		return
	}
	if missing && c.column.Missing == nil {
		c.beginMarks(c.length() - 1)
	}
	if c.column.Missing != nil {
		c.column.Missing = append(c.column.Missing, missing)
	}
}

// beginMarks marks the cells so far as not missing.
func (c *cells) beginMarks(cells int) {
	c.column.Missing = roomFor(c.marks, cells, c.expect)
	clear(c.column.Missing)
}

// putCode puts a code of the dictionary, or noCode.
func (c *cells) putCode(code uint32) {
	c.rows++
	c.column.Codes = append(roomFor(c.column.Codes, 0, c.expect), code)
	c.gone += int((uint64(code) + 1) >> 32)
}

// lastCode is that of the last cell.
func (c *cells) lastCode() uint32 { return c.column.Codes[len(c.column.Codes)-1] }

// roomForNumbers adds cells, of which those that are not present are missing (nil: none), and gives the place of their numbers.
func (c *cells) roomForNumbers(n int, present []bool) []float64 {
	c.mark(n, present)
	had := len(c.column.Numbers)
	c.column.Numbers = roomFor(c.column.Numbers, n, c.expect)
	return c.column.Numbers[had:]
}

// roomForTexts is the same for texts.
func (c *cells) roomForTexts(n int, present []bool) []string {
	c.mark(n, present)
	had := len(c.column.Texts)
	c.column.Texts = roomFor(c.column.Texts, n, c.expect)
	return c.column.Texts[had:]
}

// roomForCodes is the same for codes, of which some are there; the others shall be noCode.
func (c *cells) roomForCodes(n, some int) []uint32 {
	c.rows += int64(n)
	c.gone += n - some
	had := len(c.column.Codes)
	c.column.Codes = roomFor(c.column.Codes, n, c.expect)
	return c.column.Codes[had:]
}

// roomFor makes a list longer. One that has no memory gets that of the batch it is expected to become.
func roomFor[T any](xs []T, n, expect int) []T {
	if cap(xs) == 0 {
		return make([]T, n, max(n, expect))
	}
	if n == 0 {
		return xs
	}
	return slices.Grow(xs, n)[:len(xs)+n]
}

// mark adds cells' marks of missing ones.
func (c *cells) mark(n int, present []bool) {
	had := c.length()
	c.rows += int64(n)
	if present == nil && c.column.Missing == nil {
		return
	}
	if c.column.Missing == nil {
		c.beginMarks(had)
	}
	if present == nil {
		at := len(c.column.Missing)
		c.column.Missing = roomFor(c.column.Missing, n, c.expect)
		clear(c.column.Missing[at:])
		return
	}
	for _, there := range present[:n] {
		c.column.Missing = append(c.column.Missing, !there)
	}
}

// code is a text's place in the dictionary.
func (c *cells) code(text string) uint32 {
	code, ok := c.codes[text]
	if !ok {
		if c.codes == nil {
			c.codes = map[string]uint32{}
		}
		code = uint32(len(c.column.Dictionary))
		c.codes[text] = code
		c.column.Dictionary = append(c.column.Dictionary, text)
	}
	return code
}

// repeat puts a folder's value, as often as there are rows.
func (c *cells) repeat(x Constant, n int) {
	for range n {
		c.stored(x.Value)
	}
}

// numbers says that numbers are wanted, and not texts.
func (c *cells) numbers() bool { return c.want.As == Number }

func (c *cells) missing() { c.put(math.NaN(), "", true) }

func (c *cells) boolean(b bool) {
	if b {
		c.put(1, "true", false)
	} else {
		c.put(0, "false", false)
	}
}

func (c *cells) integer(i int64) {
	if !c.numbers() {
		c.put(0, c.share(strconv.AppendInt(nil, i, 10)), false)
		return
	}
	if i > exactInteger || i < -exactInteger {
		c.fault(inexact, strconv.FormatInt(i, 10))
	}
	c.put(float64(i), "", false)
}

// unsigned is an integer that an int64 may not hold.
func (c *cells) unsigned(i uint64) {
	if i <= math.MaxInt64 {
		c.integer(int64(i))
		return
	}
	s := strconv.FormatUint(i, 10)
	if c.numbers() {
		c.fault(inexact, s)
	}
	c.put(float64(i), s, false)
}

// float is a float64, or a float32 where bits is 32.
func (c *cells) float(x float64, bits int) {
	switch {
	case c.numbers():
		c.put(x, "", false)
	case math.IsNaN(x):
		c.missing()
	default:
		c.put(0, c.share(appendDecimal(nil, x, bits)), false)
	}
}

// decimal is a number of so many hundredths, thousandths, …
func (c *cells) decimal(unscaled *big.Int, scale int) {
	s := unscaled.String()
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if scale > 0 {
		if len(s) <= scale {
			s = strings.Repeat("0", scale-len(s)+1) + s
		}
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	x, _ := strconv.ParseFloat(sign+s, 64)
	c.put(x, sign+s, false)
}

// text is a cell of text. For numbers it is parsed; its bytes are not kept.
func (c *cells) text(b []byte) {
	if c.want.As == Code {
		if code, ok := c.codes[string(b)]; ok { // so it was looked at
			c.putCode(code)
			return
		}
	}
	switch {
	case len(b) > maxCell:
		c.fault(tooLong, "")
		c.missing()
		return
	case !utf8.Valid(b):
		c.fault(notUTF8, "")
		c.missing()
		return
	case !c.numbers():
		c.put(0, c.share(b), false)
		return
	}
	s := string(b)
	if isInteger(s) {
		i, err := strconv.ParseInt(s, 10, 64)
		if err != nil || i > exactInteger || i < -exactInteger {
			c.fault(inexact, s)
		}
	}
	x, ok := parseNumber(s)
	if !ok {
		if b, is := parseBool(s); is {
			c.boolean(b)
			return
		}
		c.fault(notNumber, s)
	}
	c.put(x, "", false)
}

// knownTexts bounds what share keeps.
const knownTexts = 1 << 12

// freshBytes is the memory that texts which come once share: a text that is kept keeps that much.
const freshBytes = 16 << 10

// share gives equal texts one memory: groups and labels are few and their rows many. Where they are not, as with ids, it looks no more.
func (c *cells) share(b []byte) string {
	if c.alone {
		if c.fresh.Cap()-c.fresh.Len() < len(b) {
			c.fresh.Reset()
			c.fresh.Grow(max(freshBytes, len(b)))
		}
		at := c.fresh.Len()
		c.fresh.Write(b)
		return c.fresh.String()[at:]
	}
	if s, ok := c.known[string(b)]; ok {
		c.found++
		return s
	}
	if len(c.known) >= knownTexts {
		c.alone = c.found < knownTexts
		c.found = 0
		clear(c.known)
	}
	s := string(b)
	c.known[s] = s
	return s
}

// isInteger says that a text is decimal digits after an optional sign.
func isInteger(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return len(s)-len(digits) <= 1 && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// parseNumber reads a decimal number, NaN or an infinity, as Python and R write them; no hexadecimal, no underscore, no space.
func parseNumber(s string) (float64, bool) {
	if s == "" || strings.ContainsAny(s, "xX_pP") {
		return math.NaN(), false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil && !isRange(err) {
		return math.NaN(), false
	}
	return x, true
}

// isRange says that a number is too large or too small for a float64, which gives ±Inf or 0.
func isRange(err error) bool {
	return errors.Is(err, strconv.ErrRange)
}

// parseBool reads true and false in any case; 0 and 1 are integers.
func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

// appendDecimal is the shortest decimal that gives the same number again, with an exponent only below 1e-6 and from 1e21 on, as JavaScript
// and JSON have it; −0 is 0.
func appendDecimal(b []byte, x float64, bits int) []byte {
	if x == 0 {
		return append(b, '0')
	}
	form := byte('f')
	if a := math.Abs(x); a < 1e-6 || a >= 1e21 {
		form = 'e'
	}
	return strconv.AppendFloat(b, x, form, -1, bits)
}
