package table

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/parquet"
)

// chunk reads one column's rows in one row group into cells. Its memory is used again for the next.
type chunk struct {
	column  parquetColumn
	pages   pages
	left    int  // rows of the page
	more    int  // values of the page that may yet come
	counted bool // and must

	levels hybrid
	fixed  fixed
	texts  texts
	coded  bool // the page's values are places in the dictionary
	places hybrid

	dictionary dictionary

	// Memory for some rows.
	runs    []uint32
	present []bool
	values  []uint64
	numbers []float64
	small   [smallBits]uint32 // codes of values by their bits, plus 1
	large   map[uint64]uint32
	turn    int
}

// smallBits is below which values' bits have their codes in a list: counts, flags, small numbers for groups.
const smallBits = 1 << 10

// dictionary is the values of a column chunk that its pages give by number.
type dictionary struct {
	had     bool
	size    int
	fixed   []uint64 // the values as they are stored
	texts   [][]byte
	numbers []float64 // what they are, as they are wanted
	strings []string
	odd     []bool // has no value, or a wrong one: its rows are put one by one; nil: none is
	codes   []uint32
	lazy    bool // codes are found when they first occur
	same    bool // each value's code is its number
	turn    int
}

// eagerCodes is up to how many values of a dictionary get their codes before a row asks for them.
const eagerCodes = 1 << 12

// fill puts the next n rows into cells.
func (c *chunk) fill(to *cells, n int) error {
	for n > 0 {
		if c.left == 0 {
			if err := c.turnPage(to); err != nil {
				return err
			}
		}
		k := min(n, c.left)
		if err := c.rows(to, k); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// turnPage opens the next page with rows.
func (c *chunk) turnPage(to *cells) error {
	for {
		p, ok, err := c.pages.next()
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("its pages have ended before its rows")
		}
		if p.kind != dictionaryPage {
			return c.begin(p)
		}
		if err := c.learn(p, to); err != nil {
			return err
		}
	}
}

// begin makes ready for a page's rows.
func (c *chunk) begin(p page) (err error) {
	c.left, c.more = int(p.values), int(p.values)
	if c.pages.optional {
		c.levels.reset(p.levels, 1)
		if c.counted = p.kind == dataPageV2; c.counted {
			c.more = int(p.values - p.nulls)
		}
	} else if p.nulls != 0 {
		return fmt.Errorf("it claims %d missing values where none may be", p.nulls)
	}
	if len(p.body) == 0 {
		p.encoding = parquet.Encodings.Plain // in any encoding: no value is there
	}
	c.coded = p.encoding == parquet.Encodings.RLEDict || p.encoding == parquet.Encodings.PlainDict
	switch {
	case c.coded && !c.dictionary.had:
		return errors.New("it has numbers of a dictionary, and there is none")
	case c.coded && p.body[0] > 32:
		return fmt.Errorf("its numbers of a dictionary have %d bits", p.body[0])
	case c.coded:
		c.places.reset(p.body[1:], uint(p.body[0]))
	case c.column.bits != nil:
		err = c.fixed.reset(p.encoding, c.column.width, c.column.array, p.body)
	default:
		err = c.texts.reset(p.encoding, c.column.width, p.body)
	}
	return err
}

// learn reads a dictionary.
func (c *chunk) learn(p page, to *cells) error {
	if c.dictionary.had {
		return errors.New("a second dictionary")
	}
	if c.column.width == 0 && c.column.bits != nil {
		return errors.New("a dictionary of booleans")
	}
	if p.encoding != parquet.Encodings.Plain && p.encoding != parquet.Encodings.PlainDict {
		return fmt.Errorf("a dictionary in the encoding %v, which is not read", p.encoding)
	}
	d := &c.dictionary
	d.had, d.size = true, int(p.values)
	if c.column.bits != nil {
		if err := c.fixed.reset(parquet.Encodings.Plain, c.column.width, c.column.array, p.body); err != nil {
			return err
		}
		if d.size > len(p.body)/c.column.width {
			return errValues
		}
		d.fixed = longer(d.fixed, d.size)
		if err := c.fixed.next(d.fixed); err != nil {
			return err
		}
		if to.numbers() && c.column.bulk != nil {
			d.numbers = longer(d.numbers, d.size)
			if c.column.bulk(d.numbers, d.fixed) {
				return nil
			}
		}
	} else {
		memory := append([]byte(nil), p.body...) // the page's is used again
		if err := c.texts.reset(parquet.Encodings.Plain, c.column.width, memory); err != nil {
			return err
		}
		for range d.size {
			b, err := c.texts.next()
			if err != nil {
				return err
			}
			d.texts = append(d.texts, b)
		}
	}
	return c.know(to)
}

// know finds out what the dictionary's values are, as they are wanted.
func (c *chunk) know(to *cells) error {
	d := &c.dictionary
	if d.lazy = to.want.As == Code && d.size > eagerCodes; d.lazy {
		d.codes = longer(d.codes, d.size)
		d.turn = to.turn - 1
		return nil
	}
	as := to.want
	if as.As == Code {
		as.As = Value
	}
	probe := newCells(as, to.typ)
	probe.known, probe.reuse = to.known, true
	d.numbers, d.strings = d.numbers[:0], d.strings[:0]
	for i := range d.size {
		probe.begin(0)
		c.putOne(probe, i)
		d.numbers, d.strings = append(d.numbers, probe.column.Numbers...), append(d.strings, probe.column.Texts...)
		if probe.column.Missing != nil || probe.faulty() {
			if d.odd == nil {
				d.odd = make([]bool, d.size)
			}
			d.odd[i] = true
		}
	}
	d.turn = to.turn - 1
	return nil
}

// putOne puts a value of the dictionary.
func (c *chunk) putOne(to *cells, i int) {
	if c.column.bits != nil {
		c.column.bits(to, c.dictionary.fixed[i])
	} else {
		c.column.bytes(to, c.dictionary.texts[i])
	}
}

// encode finds the codes of the dictionary's values among the cells' own.
func (c *chunk) encode(to *cells) {
	d := &c.dictionary
	if d.turn == to.turn {
		return
	}
	d.turn = to.turn
	if d.lazy {
		for i := range d.codes {
			d.codes[i] = noCode
		}
		return
	}
	d.codes, d.same = longer(d.codes, d.size), true
	for i, s := range d.strings {
		d.codes[i] = to.code(s)
		d.same = d.same && d.codes[i] == uint32(i)
	}
}

// longer is memory for n values.
func longer[T any](xs []T, n int) []T {
	if cap(xs) < n {
		return make([]T, n)
	}
	return xs[:n]
}

// rows puts rows of one page.
func (c *chunk) rows(to *cells, n int) error {
	some, present, err := c.there(n)
	if err != nil {
		return err
	}
	c.left -= n
	if c.more -= some; c.more < 0 {
		return errors.New("more values are there than it claims")
	}
	switch {
	case some == 0:
		for range n {
			to.missing()
		}
	case c.coded:
		err = c.codedRows(to, n, some, present)
	case c.column.bits != nil:
		err = c.fixedRows(to, n, some, present)
	default:
		err = c.textRows(to, n, present)
	}
	if err != nil || c.left > 0 {
		return err
	}
	switch {
	case c.more > 0 && c.counted:
		return fmt.Errorf("%d values fewer are there than it claims", c.more)
	case c.coded:
	case c.column.bits != nil && c.fixed.rest() > 0, c.column.bits == nil && c.texts.rest() > 0:
		return fmt.Errorf("%d bytes are left behind its last value", max(c.fixed.rest(), c.texts.rest()))
	}
	return nil
}

// there says how many of n rows have a value and, unless all or none do, which.
func (c *chunk) there(n int) (some int, present []bool, err error) {
	if !c.pages.optional {
		return n, nil, nil
	}
	if level, ok := c.levels.same(n); ok {
		if _, err := c.levels.take(n); err != nil {
			return 0, nil, err
		}
		return n * int(level), nil, nil // it has one bit
	}
	c.runs, c.present = longer(c.runs, n), longer(c.present, n)
	if err := c.levels.next(c.runs); err != nil {
		return 0, nil, err
	}
	for i, level := range c.runs {
		some += int(level)
		c.present[i] = level == 1
	}
	if some == n {
		return n, nil, nil
	}
	return some, c.present, nil
}

// spread moves values that stand side by side to their rows, from behind.
func spread[T any](out []T, some int, present []bool, missing T) {
	if present == nil {
		return
	}
	for i := len(out) - 1; i >= 0; i-- {
		if present[i] {
			some--
			out[i] = out[some]
		} else {
			out[i] = missing
		}
	}
}

// codedRows puts values that are given by their numbers in the dictionary.
func (c *chunk) codedRows(to *cells, n, some int, present []bool) error {
	d := &c.dictionary
	as := to.want.As
	if as == Code && d.odd == nil {
		c.encode(to)
	}
	simple := d.odd == nil && !(as == Code && d.lazy)
	direct := simple && as == Code && d.same
	var places []uint32
	if direct {
		places = to.roomForCodes(n, some)
	} else {
		c.runs = longer(c.runs, some)
		places = c.runs
	}
	if err := c.places.next(places[:some]); err != nil {
		return err
	}
	top := uint32(0)
	for _, p := range places[:some] {
		top = max(top, p)
	}
	if int64(top) >= int64(d.size) {
		return fmt.Errorf("a value has the number %d in a dictionary of %d", top, d.size)
	}
	switch {
	case direct:
		spread(places, some, present, noCode)
	case simple && as == Code:
		out := to.roomForCodes(n, some)
		for i, p := range places {
			out[i] = d.codes[p]
		}
		spread(out, some, present, noCode)
	case simple && as == Number:
		out := to.roomForNumbers(n, present)
		for i, p := range places {
			out[i] = d.numbers[p]
		}
		spread(out, some, present, math.NaN())
	case simple:
		out := to.roomForTexts(n, present)
		for i, p := range places {
			out[i] = d.strings[p]
		}
		spread(out, some, present, "")
	default:
		c.oneByOne(to, n, present, func(i int) { c.putPlace(to, int(places[i])) })
	}
	return nil
}

// oneByOne puts rows, with the values numbered from 0.
func (c *chunk) oneByOne(to *cells, n int, present []bool, put func(i int)) {
	next := 0
	for i := range n {
		if present != nil && !present[i] {
			to.missing()
			continue
		}
		put(next)
		next++
	}
}

// putPlace puts a value of the dictionary that may be odd, or have no code yet.
func (c *chunk) putPlace(to *cells, i int) {
	d := &c.dictionary
	switch {
	case d.odd != nil && d.odd[i]:
		c.putOne(to, i)
	case to.want.As == Number:
		to.put(d.numbers[i], "", false)
	case !d.lazy:
		to.put(0, d.strings[i], false)
	case d.codes[i] != noCode:
		to.putCode(d.codes[i])
	default:
		c.putOne(to, i)
		d.codes[i] = to.lastCode()
	}
}

// fixedRows puts values of a fixed width.
func (c *chunk) fixedRows(to *cells, n, some int, present []bool) error {
	as := to.want.As
	if as == Number && c.column.double && c.fixed.encoding == parquet.Encodings.Plain {
		out := to.roomForNumbers(n, present)
		if err := c.fixed.doubles(out[:some]); err != nil {
			return err
		}
		spread(out, some, present, math.NaN())
		return nil
	}
	c.values = longer(c.values, some)
	if err := c.fixed.next(c.values); err != nil {
		return err
	}
	if as == Number && c.column.bulk != nil {
		c.numbers = longer(c.numbers, some)
		if c.column.bulk(c.numbers, c.values) {
			out := to.roomForNumbers(n, present)
			copy(out, c.numbers)
			spread(out, some, present, math.NaN())
			return nil
		}
	}
	if as == Code {
		c.oneByOne(to, n, present, func(i int) { c.putBits(to, c.values[i]) })
	} else {
		c.oneByOne(to, n, present, func(i int) { c.column.bits(to, c.values[i]) })
	}
	return nil
}

// putBits puts a value whose code may be known by its bits.
func (c *chunk) putBits(to *cells, x uint64) {
	if c.turn != to.turn {
		c.turn = to.turn
		clear(c.small[:])
		clear(c.large)
	}
	if x < smallBits {
		if c.small[x] == 0 {
			c.column.bits(to, x)
			c.small[x] = to.lastCode() + 1 // 0 again for noCode: a missing cell
			return
		}
		to.putCode(c.small[x] - 1)
		return
	}
	if code, ok := c.large[x]; ok {
		to.putCode(code)
		return
	}
	c.column.bits(to, x)
	c.large[x] = to.lastCode()
}

// textRows puts values of any length.
func (c *chunk) textRows(to *cells, n int, present []bool) error {
	for i := range n {
		if present != nil && !present[i] {
			to.missing()
			continue
		}
		b, err := c.texts.next()
		if err != nil {
			return err
		}
		c.column.bytes(to, b)
	}
	return nil
}

// reset begins a column of a row group.
func (c *chunk) reset(column parquetColumn, to *cells) {
	c.column, c.left, c.more = column, 0, 0
	c.turn = to.turn - 1
	d := &c.dictionary
	clear(d.texts)
	*d = dictionary{fixed: d.fixed[:0], texts: d.texts[:0], numbers: d.numbers[:0], strings: d.strings[:0], codes: d.codes[:0]}
	if c.large == nil {
		c.large = map[uint64]uint32{}
	}
}

// seek goes to a row, which is counted from 0, by the place of its page, and reads the dictionary on the way.
func (c *chunk) seek(to *cells, at place, row int64) error {
	p := &c.pages
	begin := p.at
	h, err := p.header()
	if err != nil {
		return err
	}
	p.at = begin
	if h.kind == dictionaryPage {
		d, _, err := p.next()
		if err != nil {
			return err
		}
		if err := c.learn(d, to); err != nil {
			return err
		}
	}
	p.at, p.had = at.at, at.row
	for skip := row - at.row; skip > 0; {
		if c.left == 0 {
			if err := c.turnPage(to); err != nil {
				return err
			}
		}
		n := int(min(skip, int64(c.left), batchRows))
		if err := c.skip(n); err != nil {
			return err
		}
		skip -= int64(n)
	}
	return nil
}

// skip leaves out rows of one page.
func (c *chunk) skip(n int) error {
	some, _, err := c.there(n)
	if err != nil {
		return err
	}
	c.left -= n
	c.more -= some
	switch {
	case c.coded:
		c.runs = longer(c.runs, some)
		return c.places.next(c.runs)
	case c.column.bits != nil:
		c.values = longer(c.values, some)
		return c.fixed.next(c.values)
	}
	for range some {
		if _, err := c.texts.next(); err != nil {
			return err
		}
	}
	return nil
}
