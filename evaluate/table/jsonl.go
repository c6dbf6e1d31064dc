package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonlFormat is a JSON object a line, UTF-8. Its keys are the columns, in the order in which they come first; a key that a line lacks is a
// missing value, and so is null. A column of numbers is Integer where all are written as integers; one with texts among its values is Text,
// and its numbers stand as they are written. Lists and objects are of a type that cannot be read. What readers of JSON take differently is
// refused, in any column: a key twice, NaN, numbers beyond a float64, lone surrogates.
var jsonlFormat = Format{
	Name:    "JSONL",
	Summary: "JSON Lines: a flat JSON object a line (NDJSON)",
	Is: func(name string, head []byte) bool {
		switch strings.ToLower(path.Ext(name)) {
		case ".jsonl", ".ndjson":
			return true
		case "", ".txt", ".json":
			return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte{'{'})
		}
		return false
	},
	Open: lines{pieceBytes}.open,
}

// maxColumns is how many keys the objects of a file may have in all: a file whose keys are data would make a column of each.
const maxColumns = 10_000

// Types of columns of JSONL that cannot be read.
const (
	nestedType Type = "nested"
	listType   Type = "list"
)

// lines is a file of lines.
type lines struct {
	piece int64 // bytes that are looked at together
}

func (l lines) open(ctx context.Context, name string, f File) (Rows, error) {
	mark := make([]byte, min(3, f.Size()))
	if _, err := f.ReadAt(mark, 0); err != nil && !errors.Is(err, io.EOF) {
		return Rows{}, unread(name, err)
	}
	from := int64(0)
	if string(mark) == "\xef\xbb\xbf" {
		from = 3
	}
	if bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff}) {
		return Rows{}, &Error{File: name, Code: codeUTF8, What: "the file is UTF-16, not UTF-8"}
	}
	v := survey{name: name, file: f, from: from, size: l.piece}
	v.look = func() look { return &jsonLook{objects: newObjects(nil)} }
	rows, kinds, place := Rows{}, []jsonKind{}, map[string]int{}
	v.take = func(found look) error {
		l := found.(*jsonLook)
		for c, n := range l.names {
			at, ok := place[n]
			if !ok {
				at = len(rows.Names)
				place[n] = at
				rows.Names, kinds = append(rows.Names, n), append(kinds, jsonKind{})
			}
			kinds[at].merge(l.kinds[c].kind)
			kinds[at].nested, kinds[at].list = kinds[at].nested || l.kinds[c].nested, kinds[at].list || l.kinds[c].list
		}
		if len(rows.Names) > maxColumns {
			return errColumns
		}
		return nil
	}
	v.wrong = func(_, at int64, what error) error { return wrongLine(name, f, at, what) }
	pieces, err := v.run(ctx)
	if err != nil {
		return Rows{}, err
	}
	rows.Count = rowsOf(pieces)
	if len(rows.Names) == 0 {
		return Rows{}, &Error{File: name, Code: codeHeader, What: "no object has a key"}
	}
	for _, k := range kinds {
		typ := k.is()
		switch {
		case k.nested:
			typ = nestedType
		case k.list:
			typ = listType
		}
		rows.Types, rows.Loose = append(rows.Types, typ), append(rows.Loose, typ.readable())
	}
	rows.Parts = func(size int64) []Part {
		return parts(name, f, pieces, size, func(w *worker, give func() error) func([]byte) error {
			o, fillers := newObjects(rows.Names), []wanted{}
			for _, c := range w.cells {
				at := place[c.want.Name]
				if typ := rows.Types[at]; !typ.readable() {
					return func([]byte) error {
						return &Error{File: name, Column: c.want.Name, Code: codeType, What: fmt.Sprintf("a column of the type %s, which cannot be read", typ)}
					}
				}
				fillers = append(fillers, wanted{newFiller(c), at})
			}
			return func(b []byte) error { return o.fill(name, b, fillers, give) }
		})
	}
	return rows, checkHeader(name, rows.Names)
}

// wrongLine puts an error of the line that begins at a place into our words.
func wrongLine(name string, f File, at int64, what error) error {
	lines, err := linesBefore(name, f, at)
	switch {
	case err != nil:
		return err
	case errors.Is(what, errLongRecord):
		return &Error{File: name, Code: codeLong, What: fmt.Sprintf("line %d is longer than 16 MiB", lines+1)}
	case errors.Is(what, errNotUTF8):
		return &Error{File: name, Code: codeUTF8, What: fmt.Sprintf("line %d is not UTF-8", lines+1)}
	}
	return &Error{File: name, Code: codeJSON, What: fmt.Sprintf("line %d: %v", lines+1, what)}
}

var (
	errNotUTF8 = errors.New("not UTF-8")
	errColumns = fmt.Errorf("the objects up to here have more than %d different keys: are the keys data?", maxColumns)
)

// jsonKind is what the values of a column had in common so far.
type jsonKind struct {
	kind
	nested, list bool // some were objects, or lists
}

// jsonLook takes the keys and types.
type jsonLook struct {
	*objects
	kinds []jsonKind
}

func (l *jsonLook) rows(b []byte, limit int, last bool) (used int, rows int64, err error) {
	valid := utf8.Valid(b)
	for used < limit {
		end := bytes.IndexByte(b[used:], '\n')
		if end < 0 {
			if !last {
				return used, rows, nil
			}
			end = len(b) - used
		}
		if end > maxRecord {
			return used, rows, errLongRecord
		}
		line := b[used : used+end]
		next := min(used+end+1, len(b))
		if blank(line) {
			used = next
			continue
		}
		if !valid && !utf8.Valid(line) {
			return used, rows, errNotUTF8
		}
		if err := l.read(line); err != nil {
			return used, rows, err
		}
		for len(l.kinds) < len(l.names) {
			l.kinds = append(l.kinds, jsonKind{})
		}
		for _, c := range l.order {
			switch k, v := &l.kinds[c], &l.values[c]; v.kind {
			case jsonPlain:
				k.seeBytes(v.b)
			case jsonText:
				k.some, k.text = true, true
			case jsonObject:
				k.nested = true
			case jsonList:
				k.list = true
			}
		}
		used = next
		rows++
	}
	return used, rows, nil
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// jsonValue is a value as it stands in a line.
type jsonValue struct {
	kind    jsonValueKind
	escaped bool
	b       []byte // of a text: between its quotes
	line    int    // in which it was
}

type jsonValueKind uint8

const (
	jsonNull  jsonValueKind = iota
	jsonPlain               // a number, true or false
	jsonText
	jsonObject
	jsonList
)

// objects reads lines.
type objects struct {
	names  []string
	index  map[string]int
	fixed  bool        // no name may come that is not there
	line   int         // number of the line, from 1
	values []jsonValue // of the line that was read last, by column: those whose line it is
	order  []int       // columns of the line's keys
	before []int       // columns of the keys of the line before it: mostly the next line has the same
	text   []byte
}

func newObjects(names []string) *objects {
	o := &objects{names: slices.Clone(names), index: map[string]int{}, fixed: names != nil, values: make([]jsonValue, len(names))}
	for i, n := range names {
		o.index[n] = i
	}
	return o
}

// at is an error at a byte of the line, from 0.
func at(i int, what string, args ...any) error {
	return fmt.Errorf("byte %d: %s", i+1, fmt.Sprintf(what, args...))
}

// read reads one.
func (o *objects) read(b []byte) error {
	o.line++
	o.before, o.order = o.order, o.before[:0]
	i := space(b, 0)
	if b[i] != '{' {
		return at(i, "an object in braces is expected, not %s: JSONL has one a line", shown(b, i))
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return o.end(b, i+1)
	}
	for {
		if i == len(b) {
			return at(i, "the object is not closed at the end of the line: JSONL has one object a line")
		}
		if b[i] != '"' {
			return at(i, "a key in double quotes is expected, not %s", shown(b, i))
		}
		key := i
		end, escaped, err := stringEnd(b, i+1)
		if err != nil {
			return err
		}
		c, err := o.column(b[i+1:end], escaped, key)
		if err != nil {
			return err
		}
		v := &o.values[c]
		if v.line == o.line {
			return at(key, "the key %q is written twice", clipped(o.names[c]))
		}
		o.order = append(o.order, c)
		if i = space(b, end+1); i == len(b) || b[i] != ':' {
			return at(i, "\":\" is expected, not %s", shown(b, i))
		}
		if i, err = value(b, space(b, i+1), v, maxDepth); err != nil {
			return err
		}
		v.line = o.line
		i = space(b, i)
		switch {
		case i == len(b):
		case b[i] == ',':
			i = space(b, i+1)
		case b[i] == '}':
			return o.end(b, i+1)
		default:
			return at(i, "\",\" or \"}\" is expected, not %s", shown(b, i))
		}
	}
}

func (o *objects) end(b []byte, i int) error {
	if i = space(b, i); i < len(b) {
		return at(i, "something follows after the object: JSONL has one object a line")
	}
	return nil
}

// column is that of a key.
func (o *objects) column(key []byte, escaped bool, i int) (int, error) {
	if k := len(o.order); k < len(o.before) && !escaped {
		if c := o.before[k]; o.names[c] == string(key) {
			return c, nil
		}
	}
	if escaped {
		var ok bool
		if o.text, ok = unquote(o.text[:0], key); !ok {
			return 0, at(i, "a text has half of a character: the other half of \\ud800 to \\udfff does not follow")
		}
		key = o.text
	}
	if c, ok := o.index[string(key)]; ok {
		return c, nil
	}
	if o.fixed {
		return 0, errors.New("a key that was not there before")
	}
	if len(o.names) >= maxColumns {
		return 0, errColumns
	}
	c, name := len(o.names), string(key)
	o.index[name] = c
	o.names, o.values = append(o.names, name), append(o.values, jsonValue{})
	return c, nil
}

// maxDepth is how deep lists and objects may lie within one another.
const maxDepth = 64

// value reads any value at i, and gives where it ends.
func value(b []byte, i int, v *jsonValue, depth int) (int, error) {
	if i == len(b) {
		return 0, at(i, "a value is expected, and the line ends")
	}
	switch c := b[i]; {
	case c == '"':
		end, escaped, err := stringEnd(b, i+1)
		if err != nil {
			return 0, err
		}
		v.kind, v.escaped, v.b = jsonText, escaped, b[i+1:end]
		if escaped {
			if _, ok := unquote(nil, v.b); !ok {
				return 0, at(i, "a text has half of a character: the other half of \\ud800 to \\udfff does not follow")
			}
		}
		return end + 1, nil
	case c == '-' || c-'0' <= 9:
		end, err := numberEnd(b, i)
		v.kind, v.b = jsonPlain, b[i:max(i, end)]
		return end, err
	case c == '{' || c == '[':
		if v.kind = jsonList; c == '{' {
			v.kind = jsonObject
		}
		v.b = nil
		return nested(b, i, depth)
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(b[i:], []byte(word)) {
			if v.kind, v.b = jsonPlain, b[i:i+len(word)]; word == "null" {
				v.kind = jsonNull
			}
			return i + len(word), nil
		}
	}
	for _, word := range []string{"NaN", "Infinity", "nan", "inf"} {
		if bytes.HasPrefix(b[i:], []byte(word)) {
			return 0, at(i, "%s is no number that JSON knows: write null for a missing value", word)
		}
	}
	return 0, at(i, "a value is expected, not %s", shown(b, i))
}

// nested skips a list or object.
func nested(b []byte, i, depth int) (int, error) {
	if depth == 0 {
		return 0, at(i, "more than %d lists and objects lie within one another", maxDepth)
	}
	object, closing := b[i] == '{', b[i]+2 // ] and } stand two behind [ and {
	if i = space(b, i+1); i < len(b) && b[i] == closing {
		return i + 1, nil
	}
	var v jsonValue
	for {
		if object {
			if i == len(b) || b[i] != '"' {
				return 0, at(i, "a key in double quotes is expected, not %s", shown(b, i))
			}
			end, _, err := stringEnd(b, i+1)
			if err != nil {
				return 0, err
			}
			if i = space(b, end+1); i == len(b) || b[i] != ':' {
				return 0, at(i, "\":\" is expected, not %s", shown(b, i))
			}
			i = space(b, i+1)
		}
		end, err := value(b, i, &v, depth-1)
		if err != nil {
			return 0, err
		}
		switch i = space(b, end); {
		case i < len(b) && b[i] == ',':
			i = space(b, i+1)
		case i < len(b) && b[i] == closing:
			return i + 1, nil
		default:
			return 0, at(i, "\",\" or %q is expected, not %s", string(closing), shown(b, i))
		}
	}
}

// space skips white space. A line has no line end in it.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// shown is the character at i, for a message.
func shown(b []byte, i int) string {
	if i == len(b) {
		return "the line's end"
	}
	r, _ := utf8.DecodeRune(b[i:])
	return strconv.QuoteRune(r)
}

// stringEnd is where a text's closing quote is, which begins at i behind the opening one.
func stringEnd(b []byte, i int) (end int, escaped bool, err error) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	from := i
	for {
		for ; i+8 <= len(b); i += 8 {
			w := binary.LittleEndian.Uint64(b[i:])
			x, y := w^'"'*ones, w^'\\'*ones
			// The lowest set bit is in the first byte that is a quote, a backslash or below a space.
			if hit := ((x-ones)&^x | (y-ones)&^y | (w-' '*ones)&^w) & highs; hit != 0 {
				i += bits.TrailingZeros64(hit) / 8
				break
			}
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		switch {
		case i == len(b):
			return 0, false, at(from-1, "the text is not closed at the end of the line")
		case b[i] == '"':
			return i, escaped, nil
		case b[i] < ' ':
			return 0, false, at(i, "the control character 0x%02x stands in a text: write \\u%04x", b[i], b[i])
		}
		escaped = true
		switch {
		case i+1 < len(b) && strings.IndexByte(`"\/bfnrt`, b[i+1]) >= 0:
			i += 2
		case i+5 < len(b) && b[i+1] == 'u' && isHex(b[i+2:i+6]):
			i += 6
		default:
			return 0, false, at(i, "no escape begins with \\ here: write \\\\ for a backslash")
		}
	}
}

func isHex(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 && c|0x20-'a' > 5 {
			return false
		}
	}
	return true
}

// unquote appends what a text means that has valid escapes; ok is false where half of a character is escaped.
func unquote(to, b []byte) (text []byte, ok bool) {
	for {
		i := bytes.IndexByte(b, '\\')
		if i < 0 {
			return append(to, b...), true
		}
		to = append(to, b[:i]...)
		if plain := strings.IndexByte(`"\/bfnrt`, b[i+1]); plain >= 0 {
			to = append(to, "\"\\/\b\f\n\r\t"[plain])
			b = b[i+2:]
			continue
		}
		r := unit(b[i:])
		b = b[i+6:]
		if utf16.IsSurrogate(r) {
			if r = utf16.DecodeRune(r, unit(b)); r == utf8.RuneError {
				return to, false
			}
			b = b[6:]
		}
		to = utf8.AppendRune(to, r)
	}
}

// unit is \uXXXX at the beginning of b; 0 is none.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0
	}
	u, _ := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(u)
}

// numberEnd is where a number ends that begins at i, by RFC 8259's grammar.
func numberEnd(b []byte, i int) (int, error) {
	from := i
	digits := func() bool {
		first := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		return i > first
	}
	if b[i] == '-' {
		i++
	}
	zero := i < len(b) && b[i] == '0'
	first := i
	if !digits() {
		return 0, at(i, "a digit is expected, not %s", shown(b, i))
	}
	if zero && i > first+1 {
		return 0, at(first, "a number has no leading zero")
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return 0, at(i, "a digit is expected, not %s", shown(b, i))
		}
	}
	large := i-from > 300
	if i < len(b) && b[i]|0x20 == 'e' {
		large = true
		if i++; i < len(b) && (b[i] == '-' || b[i] == '+') {
			i++
		}
		if !digits() {
			return 0, at(i, "a digit is expected, not %s", shown(b, i))
		}
	}
	if large {
		if x, err := strconv.ParseFloat(string(b[from:i]), 64); err != nil && x != 0 {
			return 0, at(from, "%s is larger than any float64", clipped(string(b[from:i])))
		}
	}
	return i, nil
}

// wanted is a column that is.
type wanted struct {
	*filler
	at int // which of the file's columns
}

// fill puts the wanted values of whole lines, which were read before.
func (o *objects) fill(name string, b []byte, fillers []wanted, give func() error) error {
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		b = rest
		if blank(line) {
			continue
		}
		if err := o.read(line); err != nil {
			return &Error{File: name, Code: codeChanged, What: "the file changed while it was read"}
		}
		for _, f := range fillers {
			switch v := &o.values[f.at]; {
			case v.line != o.line || v.kind == jsonNull:
				f.missing()
			case v.kind == jsonPlain:
				f.cell(v.b)
			case v.kind == jsonText && !v.escaped:
				f.string(v.b)
			case v.kind == jsonText:
				o.text, _ = unquote(o.text[:0], v.b)
				f.string(o.text)
			default: // its type was no nested one
				return &Error{File: name, Code: codeChanged, What: "the file changed while it was read"}
			}
		}
		if fillers[0].length() == batchRows {
			if err := give(); err != nil {
				return err
			}
		}
	}
	return nil
}

// string puts a text, of which an empty one is no missing value.
func (f *filler) string(b []byte) {
	if len(b) == 0 {
		f.text(b)
		return
	}
	f.cell(b)
}
