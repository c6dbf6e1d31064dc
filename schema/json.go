package schema

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// parseJSON reads one value of RFC 8259, and nothing beside it. encoding/json is too kind for files that are signed: it takes duplicate
// keys, replaces invalid UTF-8 and forgets places. What a reader could understand in two ways is refused: duplicate keys, lone
// surrogates, numbers that no double holds, and integers that a double would change.
func parseJSON(file string, b []byte) (*node, error) {
	r := jsonReader{complaints: complaints{file: file}, b: b, line: 1}
	if len(b) > MaxJSON {
		r.add(1, 1, "too-big", "the file has %d bytes, more than %d", len(b), MaxJSON)
		return nil, r.err()
	}
	if !r.checkEncoding() {
		return nil, r.err()
	}
	r.space()
	if r.i == len(b) {
		r.add(1, 1, "empty-file", "the file is empty")
		return nil, r.err()
	}
	root, ok := r.value(0)
	if ok {
		r.space()
		if r.i < len(b) {
			r.fail("trailing-data", "something follows after the end of the value")
		}
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return root, nil
}

// jsonReader goes over the bytes once. Its methods return false where it cannot go on; what it can, it only notes.
type jsonReader struct {
	complaints
	b      []byte
	i      int // the next byte
	line   int32
	mark   int // up to here runes were counted
	runes  int32
	values int
}

// checkEncoding refuses what is not UTF-8, and the byte order mark.
func (r *jsonReader) checkEncoding() bool {
	if bytes.HasPrefix(r.b, []byte("\ufeff")) {
		r.add(1, 1, "json-syntax", "a byte order mark stands before the JSON: save the file as UTF-8 without it")
		return false
	}
	return checkUTF8(&r.complaints, r.b)
}

// checkUTF8 notes the first byte that is not UTF-8.
func checkUTF8(c *complaints, b []byte) bool {
	if utf8.Valid(b) {
		return true
	}
	line, column := int32(1), int32(1)
	for len(b) > 0 {
		letter, size := utf8.DecodeRune(b)
		if letter == utf8.RuneError && size == 1 {
			c.add(line, column, "not-utf8", "byte 0x%02x is not UTF-8: save the file as UTF-8", b[0])
			return false
		}
		if column++; letter == '\n' {
			line, column = line+1, 1
		}
		b = b[size:]
	}
	return true
}

// place is where the next byte stands.
func (r *jsonReader) place() (line, column int32) {
	r.runes += int32(utf8.RuneCount(r.b[r.mark:r.i]))
	r.mark = r.i
	return r.line, r.runes + 1
}

// fail notes a problem at the next byte, after which nothing can be read.
func (r *jsonReader) fail(code, message string, args ...any) bool {
	line, column := r.place()
	r.add(line, column, code, message, args...)
	return false
}

// space skips white space.
func (r *jsonReader) space() {
	for ; r.i < len(r.b); r.i++ {
		switch r.b[r.i] {
		case '\n':
			r.line++
			r.mark, r.runes = r.i+1, 0
		case ' ', '\t', '\r':
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.i < len(r.b) {
		return r.b[r.i]
	}
	return 0
}

// value reads any value at the next byte.
func (r *jsonReader) value(depth int) (*node, bool) {
	if r.values++; r.values > MaxValues {
		return nil, r.fail("too-big", "the file has more than %d values", MaxValues)
	}
	n := &node{}
	n.line, n.column = r.place()
	switch c := r.peek(); {
	case c == '{' || c == '[':
		if depth == MaxDepth {
			return nil, r.fail("too-deep", "more than %d mappings and lists lie within one another", MaxDepth)
		}
		r.i++
		if c == '{' {
			n.kind = mapping
			return n, r.members(n, depth+1)
		}
		n.kind = list
		return n, r.elements(n, depth+1)
	case c == '"':
		n.kind, n.quoted = text, true
		s, ok := r.text()
		n.value, n.written = s, s
		return n, ok
	case c == '-' || '0' <= c && c <= '9':
		return n, r.number(n)
	}
	return n, r.word(n)
}

// members reads a mapping after its brace.
func (r *jsonReader) members(n *node, depth int) bool {
	seen := map[string]int32{}
	for {
		r.space()
		if r.peek() == '}' && len(n.keys) == 0 {
			r.i++
			return true
		}
		if r.peek() != '"' {
			return r.fail("json-syntax", "a key in double quotes is expected%s", r.instead())
		}
		line, column := r.place()
		name, ok := r.text()
		if !ok {
			return false
		}
		if first, twice := seen[name]; twice {
			r.add(line, column, "duplicate-key", "key %s is written twice: first in line %d", quote(name), first)
		} else {
			seen[name] = line
		}
		r.space()
		if r.peek() != ':' {
			return r.fail("json-syntax", `":" is expected after the key %s%s`, quote(name), r.instead())
		}
		r.i++
		r.space()
		item, ok := r.value(depth)
		if !ok {
			return false
		}
		n.keys = append(n.keys, key{name, line, column})
		n.items = append(n.items, item)
		r.space()
		switch r.peek() {
		case ',':
			r.i++
		case '}':
			r.i++
			return true
		default:
			return r.fail("json-syntax", `"," or "}" is expected%s`, r.instead())
		}
	}
}

// elements reads a list after its bracket.
func (r *jsonReader) elements(n *node, depth int) bool {
	for {
		r.space()
		if r.peek() == ']' && len(n.items) == 0 {
			r.i++
			return true
		}
		item, ok := r.value(depth)
		if !ok {
			return false
		}
		n.items = append(n.items, item)
		r.space()
		switch r.peek() {
		case ',':
			r.i++
		case ']':
			r.i++
			return true
		default:
			return r.fail("json-syntax", `"," or "]" is expected%s`, r.instead())
		}
	}
}

// instead says what stands where something else is expected.
func (r *jsonReader) instead() string {
	if r.i == len(r.b) {
		return ", and the file ends here"
	}
	if c := r.b[r.i]; c == '/' || c == '#' {
		return ": JSON has no comments"
	}
	letter, _ := utf8.DecodeRune(r.b[r.i:])
	return ", not " + quote(string(letter))
}

// word reads true, false or null.
func (r *jsonReader) word(n *node) bool {
	end := r.i
	for end < len(r.b) && (r.b[end] >= 'a' && r.b[end] <= 'z' || r.b[end] >= 'A' && r.b[end] <= 'Z') {
		end++
	}
	switch w := string(r.b[r.i:min(end, r.i+16)]); w {
	case "true", "false":
		n.kind, n.value, n.written = boolean, w, w
	case "null":
		n.kind, n.written = null, w
	case "NaN", "Infinity", "Inf", "nan", "inf":
		return r.fail("not-finite", "%s is no number that JSON knows", w)
	case "True", "False", "None":
		return r.fail("json-syntax", "%s is Python's word: JSON has true, false and null", w)
	default:
		return r.fail("json-syntax", "a value is expected%s", r.instead())
	}
	r.i = end
	return true
}

// number reads one by RFC 8259's grammar.
func (r *jsonReader) number(n *node) bool {
	start := r.i
	digits := func() bool {
		from := r.i
		for r.peek() >= '0' && r.peek() <= '9' {
			r.i++
		}
		return r.i > from
	}
	if r.peek() == '-' {
		r.i++
	}
	if r.peek() == '0' {
		if r.i++; r.peek() >= '0' && r.peek() <= '9' {
			return r.fail("json-syntax", "a number has no leading zero")
		}
	} else if !digits() {
		if bytes.HasPrefix(r.b[r.i:], []byte("Inf")) {
			return r.fail("not-finite", "-Infinity is no number that JSON knows")
		}
		return r.fail("json-syntax", "a digit is expected%s", r.instead())
	}
	if r.peek() == '.' {
		if r.i++; !digits() {
			return r.fail("json-syntax", "a digit is expected%s", r.instead())
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		if r.i++; r.peek() == '+' || r.peek() == '-' {
			r.i++
		}
		if !digits() {
			return r.fail("json-syntax", "a digit is expected%s", r.instead())
		}
	}
	n.kind, n.written = number, string(r.b[start:r.i])
	f, err := strconv.ParseFloat(n.written, 64)
	if err != nil || math.IsInf(f, 0) {
		r.add(n.line, n.column, "not-finite", "%s is larger than any number", short(n.written))
		return true
	}
	n.value = formatNumber(f)
	// An integer beyond 2^53 is taken if it is what we would write for the double: so a large figure of ours can be read back, and
	// none is changed. 2^53+1 is 2^53 as a double.
	if isInteger(n.written) && math.Abs(f) >= maxInteger && n.written != n.value {
		r.add(n.line, n.column, "integer-too-large", "%s is an integer beyond 2^53, which would lose digits: write it as text, in quotes", short(n.written))
	}
	return true
}

// short is what was written, shortened to what fits on a line, without quotes.
func short(s string) string { return strings.Trim(quote(s), `"`) }

// text reads a string, of which the next byte is the opening quote.
func (r *jsonReader) text() (string, bool) {
	r.i++
	if end := bytes.IndexByte(r.b[r.i:], '"'); end >= 0 { // the fast way: nothing to unescape
		if s := r.b[r.i : r.i+end]; bytes.IndexByte(s, '\\') < 0 && !hasControl(s) {
			r.i += end + 1
			return string(s), true
		}
	}
	var s []byte
	for {
		c := r.peek()
		switch {
		case r.i == len(r.b):
			return "", r.fail("json-syntax", "the text is not closed: a double quote is missing")
		case c == '"':
			r.i++
			return string(s), true
		case c == '\n' || c == '\r':
			return "", r.fail("json-syntax", `the text is not closed in its line: a double quote is missing, or a line break should be \n`)
		case c < ' ':
			return "", r.fail("json-syntax", `control character 0x%02x in text: write \u%04x`, c, c)
		case c == '\\':
			var ok bool
			if s, ok = r.escape(s); !ok {
				return "", false
			}
		default:
			s = append(s, c)
			r.i++
		}
	}
}

func hasControl(s []byte) bool {
	for _, c := range s {
		if c < ' ' {
			return true
		}
	}
	return false
}

// escape reads what a backslash begins.
func (r *jsonReader) escape(s []byte) ([]byte, bool) {
	if r.i+1 == len(r.b) {
		return nil, r.fail("json-syntax", "the text is not closed: a double quote is missing")
	}
	c := r.b[r.i+1]
	if plain := strings.IndexByte(`"\/bfnrt`, c); plain >= 0 {
		r.i += 2
		return append(s, "\"\\/\b\f\n\r\t"[plain]), true
	}
	if c != 'u' {
		return nil, r.fail("json-syntax", `no escape begins with \ here: write \\ for a backslash`)
	}
	high, ok := r.unit(r.i)
	if !ok {
		return nil, r.fail("json-syntax", `four hexadecimal digits are expected after \u`)
	}
	if !utf16.IsSurrogate(high) {
		r.i += 6
		return utf8.AppendRune(s, high), true
	}
	low, _ := r.unit(r.i + 6)
	letter := utf16.DecodeRune(high, low)
	if letter == utf8.RuneError {
		return nil, r.fail("not-utf8", `\u%04x is half of a character, and the other half does not follow`, high)
	}
	r.i += 12
	return utf8.AppendRune(s, letter), true
}

// unit reads \uXXXX at i.
func (r *jsonReader) unit(i int) (rune, bool) {
	if i+6 > len(r.b) || r.b[i] != '\\' || r.b[i+1] != 'u' {
		return 0, false
	}
	u, err := strconv.ParseUint(string(r.b[i+2:i+6]), 16, 16)
	return rune(u), err == nil
}
