package schema

import (
	"bytes"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// cursor finds places in the source again. It goes forward, as the walk does, so that all moves together are one pass.
type cursor struct {
	b            []byte
	i            int // at this byte
	line, column int // which is there, from 1, in runes
}

// at moves to a place and gives the byte there; 0 at an end of a line or of the file, which a place beyond it is taken for.
func (c *cursor) at(line, column int) byte {
	if line < c.line || line == c.line && column < c.column {
		c.i, c.column = bytes.LastIndexByte(c.b[:c.i], '\n')+1, 1
		if line < c.line {
			c.i, c.line = 0, 1
		}
	}
	for c.line < line {
		end := bytes.IndexByte(c.b[c.i:], '\n')
		if end < 0 {
			break
		}
		c.i, c.line, c.column = c.i+end+1, c.line+1, 1
	}
	for c.column < column && c.here() != 0 {
		c.step()
	}
	return c.here()
}

// here is the byte at the cursor, 0 at an end of a line.
func (c *cursor) here() byte {
	if c.i == len(c.b) || c.b[c.i] == '\n' {
		return 0
	}
	return c.b[c.i]
}

// step goes one rune further, up to the end of the line.
func (c *cursor) step() {
	if c.here() == 0 {
		return
	}
	_, size := utf8.DecodeRune(c.b[c.i:])
	c.i, c.column = c.i+size, c.column+1
}

// hash says whether after blanks from a place on there is a # with something glued to it: #fff, and not a comment as "# later". The cursor
// is left at it.
func (c *cursor) hash(line, column int) bool {
	c.at(line, column)
	for c.here() == ' ' || c.here() == '\t' {
		c.step()
	}
	if c.here() != '#' || c.i+1 == len(c.b) {
		return false
	}
	switch c.b[c.i+1] {
	case ' ', '\t', '\n', '\r', '#':
		return false
	}
	return true
}

// valueIsComment says whether behind a key, where its value should be, there is such a #.
func (c *cursor) valueIsComment(k *yaml.Node) bool {
	mark := c.at(k.Line, k.Column)
	switch {
	case !quoted(k):
		for range utf8.RuneCountInString(k.Value) {
			if c.here() == 0 {
				return false
			}
			c.step()
		}
	case mark == '"' || mark == '\'':
		for c.step(); ; c.step() {
			switch here := c.here(); {
			case here == 0:
				return false
			case here == '\\' && mark == '"':
				c.step()
				continue
			case here != mark:
				continue
			}
			if c.step(); mark == '"' || c.here() != mark { // '' is a quote within quotes
				break
			}
		}
	}
	for c.here() == ' ' || c.here() == '\t' {
		c.step()
	}
	if c.here() != ':' {
		return false
	}
	c.step()
	return c.hash(c.line, c.column)
}
