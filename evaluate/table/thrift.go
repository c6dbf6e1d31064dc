package table

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// compact walks a message in Thrift's compact protocol without building anything from it. Parquet's footer and page headers are such
// messages, and readers allocate what their lists and counts claim: so each claim is held against the bytes that are there before a reader
// sees it.
type compact struct {
	bytes []byte
	at    int
	path  []int16 // fields that lead to the current struct
	// field is told of each whole number and boolean, with the path to it; done of the end of each struct, with the path to it.
	field func(path []int16, value int64)
	done  func(path []int16)
}

// maxThriftDepth is deeper than any message of Parquet.
const maxThriftDepth = 32

var errShort = errors.New("it ends too early")

// The types of fields.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13
)

// message walks one struct, and leaves at behind it.
func (c *compact) message() error { return c.structure() }

func (c *compact) structure() error {
	if len(c.path) > maxThriftDepth {
		return fmt.Errorf("it nests deeper than %d", maxThriftDepth)
	}
	id := int16(0)
	for {
		b, err := c.octet()
		if err != nil {
			return err
		}
		if b == 0 {
			if c.done != nil {
				c.done(c.path)
			}
			return nil
		}
		if delta := b >> 4; delta != 0 {
			id += int16(delta)
		} else {
			x, err := c.zigzag()
			if err != nil {
				return err
			}
			id = int16(x)
		}
		c.path = append(c.path, id)
		if err := c.value(b&0xf, false); err != nil {
			return err
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// value walks a value. Booleans have their value in their type, but in lists a byte of their own.
func (c *compact) value(kind byte, listed bool) error {
	switch kind {
	case thriftTrue, thriftFalse:
		if listed {
			return c.skip(1)
		}
		c.tell(int64(thriftFalse - kind))
		return nil
	case thriftByte:
		b, err := c.octet()
		c.tell(int64(int8(b)))
		return err
	case thriftI16, thriftI32, thriftI64:
		x, err := c.zigzag()
		if err == nil {
			c.tell(x)
		}
		return err
	case thriftDouble:
		return c.skip(8)
	case thriftUUID:
		return c.skip(16)
	case thriftBinary:
		n, err := c.size()
		if err != nil {
			return err
		}
		return c.skip(n)
	case thriftList, thriftSet:
		return c.list()
	case thriftMap:
		return c.entries()
	case thriftStruct:
		return c.structure()
	}
	return fmt.Errorf("a field has the unknown type %d", kind)
}

func (c *compact) list() error {
	b, err := c.octet()
	if err != nil {
		return err
	}
	n := int(b >> 4)
	if n == 15 {
		if n, err = c.size(); err != nil {
			return err
		}
	}
	return c.repeat(n, func() error { return c.value(b&0xf, true) })
}

func (c *compact) entries() error {
	n, err := c.size()
	if err != nil || n == 0 {
		return err
	}
	b, err := c.octet()
	if err != nil {
		return err
	}
	return c.repeat(n, func() error {
		if err := c.value(b>>4, true); err != nil {
			return err
		}
		return c.value(b&0xf, true)
	})
}

// repeat refuses counts that the bytes cannot hold: each element takes at least one.
func (c *compact) repeat(n int, do func() error) error {
	if n > len(c.bytes)-c.at {
		return fmt.Errorf("a list claims %d elements and %d bytes are left", n, len(c.bytes)-c.at)
	}
	for range n {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func (c *compact) tell(x int64) {
	if c.field != nil {
		c.field(c.path, x)
	}
}

func (c *compact) octet() (byte, error) {
	if c.at >= len(c.bytes) {
		return 0, errShort
	}
	c.at++
	return c.bytes[c.at-1], nil
}

func (c *compact) skip(n int) error {
	if n > len(c.bytes)-c.at {
		return errShort
	}
	c.at += n
	return nil
}

func (c *compact) varint() (uint64, error) {
	x, n := binary.Uvarint(c.bytes[c.at:])
	if n == 0 {
		return 0, errShort
	}
	if n < 0 {
		return 0, errors.New("a number has more than 64 bits")
	}
	c.at += n
	return x, nil
}

func (c *compact) zigzag() (int64, error) {
	x, err := c.varint()
	return int64(x>>1) ^ -int64(x&1), err
}

// size is a count, in a signed 32-bit number.
func (c *compact) size() (int, error) {
	x, err := c.varint()
	if err == nil && x > 1<<31-1 {
		return 0, fmt.Errorf("a count of %d", x)
	}
	return int(x), err
}
