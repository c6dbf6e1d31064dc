package schema

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// What one file may be. They keep a hostile file from costing more than a second or a gigabyte; no file of ours comes near.
const (
	MaxYAML   = 1 << 20   // bytes: people write by hand; yaml.v3 needs some hundred times as much memory
	MaxJSON   = 64 << 20  // bytes: an evaluation of a thousand slices has a tenth
	MaxDepth  = 64        // mappings and lists within one another
	MaxValues = 2_000_000 // values in a file

	maxProblems = 100 // who has that many reads the first of them
)

// maxInteger is 2^53: beyond it a double skips integers, so that two readers may see two numbers.
const maxInteger = 1 << 53

// kind is what a value is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	mapping
)

// String names it for a person, with the article.
func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a list", "a mapping"}[k]
}

// node is a value with its place. YAML and JSON become the same nodes, so that all behind the readers is written once.
type node struct {
	kind         kind
	quoted       bool // text that was marked as such: by quotes or as a block
	line, column int32
	value        string  // of a boolean or number: as canonical JSON; of text: itself
	written      string  // a scalar as it stands in the file: 01, True, 1.0; for x-text and messages
	keys         []key   // of a mapping, in the order written
	items        []*node // of a list or, beside keys, a mapping
}

// key is one of a mapping's.
type key struct {
	text         string
	line, column int32
}

// child gives the value under a string (of a mapping) or an int (of a list), and its index; nil where there is none.
func (n *node) child(step any) (*node, int) {
	if n == nil {
		return nil, 0
	}
	switch step := step.(type) {
	case string:
		if n.kind == mapping {
			for i, k := range n.keys {
				if k.text == step {
					return n.items[i], i
				}
			}
		}
	case int:
		if n.kind == list && 0 <= step && step < len(n.items) {
			return n.items[step], step
		}
	}
	return nil, 0
}

// appendJSON writes it as plain JSON, keys in the order written.
func (n *node) appendJSON(b []byte) []byte {
	switch n.kind {
	case null:
		return append(b, "null"...)
	case boolean, number:
		return append(b, n.value...)
	case text:
		return appendString(b, n.value)
	case list:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, k := range n.keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, k.text)
		b = append(b, ':')
		b = n.items[i].appendJSON(b)
	}
	return append(b, '}')
}

// appendString writes a JSON string as RFC 8785, 3.2.2.2, wants it: nothing is escaped that need not be.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// complaints gathers what is wrong with one file.
type complaints struct {
	file string
	list Problems
}

// add notes a problem, unless there are enough.
func (c *complaints) add(line, column int32, code, message string, args ...any) {
	if len(c.list) < maxProblems {
		place := Position{File: c.file, Line: int(line), Column: int(column)}
		c.list = append(c.list, Problem{Position: place, Code: code, Message: fmt.Sprintf(message, args...)})
	}
}

// err gives them in order of place.
func (c *complaints) err() error {
	if len(c.list) == 0 {
		return nil
	}
	return Join(c.list)
}

// quote puts what was written into quotes, shortened to what fits on a line.
func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.Quote(s)
}
