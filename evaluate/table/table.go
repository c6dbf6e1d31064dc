package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Column is a column of rows. One of Numbers and Texts is set.
type Column struct {
	Name    string
	Numbers []float64 // NaN where the cell is NaN or, with Missing, empty
	Texts   []string
	Missing []bool // nil: every row has a value
	Type    Type
}

// Type is how the file stores a column's values. Another word than these is a type that cannot be read, as the file names it.
type Type string

// Types of columns. A column of numbers that are all integers has Texts as decimal digits when asked for as text.
const (
	Float64 Type = "float64"
	Float32 Type = "float32"
	Integer Type = "integer"
	Boolean Type = "boolean"
	Text    Type = "text"
)

// Batch is some rows of a table: columns of the same length, in the order asked for. It is the caller's: no later batch overwrites it.
type Batch struct {
	First   int64 // number of its first row, from 1
	Columns []Column
}

// As says how a column is wanted.
type As int

// Number wants float64s: text that is no number is an error, and so is an integer beyond ±2⁵³, which a float64 does not hold; false and true
// are 0 and 1. Value wants text: the shortest decimal for numbers ("1", "0.5"), "true" and "false"; a NaN is missing.
const (
	Number As = iota
	Value
)

// Want is a column that is asked for.
type Want struct {
	Name string
	As   As
}

// Table is an opened file of rows.
type Table struct {
	Input  evidence.File // its name, size and digest, of the very bytes that were read
	Names  []string      // of its columns, in file order
	Types  []Type
	Rows   int64 // -1: not known before reading
	format Format
	file   *pinned
}

// Format is one kind of file. To add one: NAME.go and a line in Formats.
type Format struct {
	Name, Summary string
	Is            func(name string, head []byte) bool
	// Open reads names, types and, where the format knows it, the number of rows (else -1).
	Open func(ctx context.Context, name string, f File) (names []string, types []Type, rows int64, err error)
	// Read yields batches of the wanted columns, in order. It ends with an *Error wherever the file is short, lies or cannot be read.
	Read func(ctx context.Context, name string, f File, want []Want) iter.Seq2[Batch, error]
}

// headBytes is how much of a file its format is told by.
const headBytes = 512

// Open opens a source, finds its format, hashes it and reads its header. The caller closes it. What is wrong with the file is an *Error; a
// table without a row is one too. Whatever is read later comes from the bytes that were hashed: a file that changes meanwhile is an *Error.
func Open(ctx context.Context, s Source) (*Table, error) {
	f, err := s.Open(ctx)
	if err != nil {
		return nil, unopened(s.Name, err)
	}
	t, err := open(ctx, s.Name, f)
	if err != nil {
		return nil, closing(err, f)
	}
	return t, nil
}

func open(ctx context.Context, name string, f File) (*Table, error) {
	if f.Size() == 0 {
		return nil, &Error{File: name, Code: codeEmpty, What: "the file is empty"}
	}
	p, err := pin(ctx, name, f)
	if err != nil {
		return nil, err
	}
	head := make([]byte, min(headBytes, p.Size()))
	if _, err := p.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, unread(name, err)
	}
	if err := packed(name, head); err != nil {
		return nil, err
	}
	formats := Formats()
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Is(name, head) })
	if i < 0 {
		return nil, &Error{File: name, Code: codeFormat, What: fmt.Sprintf("not a file of a known format (known: %s)", known(formats))}
	}
	t := &Table{Input: evidence.File{Path: name, Size: p.Size(), SHA256: p.digest}, format: formats[i], file: p}
	t.Names, t.Types, t.Rows, err = t.format.Open(ctx, name, p)
	if err != nil {
		return nil, err
	}
	if t.Rows == 0 {
		return nil, &Error{File: name, Code: codeNoRows, What: "the file has columns and no rows"}
	}
	return t, nil
}

// Read yields the wanted columns in batches. A column that is not there is an *Error with a suggestion. After the last batch the rows that came are
// held against what the file said. An error ends the rows and comes without a batch.
func (t *Table) Read(ctx context.Context, want []Want) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for _, w := range want {
			if !slices.Contains(t.Names, w.Name) {
				yield(Batch{}, t.missing(w.Name))
				return
			}
		}
		rows := int64(0)
		for b, err := range t.format.Read(ctx, t.Input.Path, t.file, want) {
			if err != nil {
				yield(Batch{}, err)
				return
			}
			if err := t.fits(b, want, rows); err != nil {
				yield(Batch{}, err)
				return
			}
			if len(b.Columns) > 0 {
				rows += int64(b.Columns[0].length())
			}
			if !yield(b, nil) {
				return
			}
		}
		if t.Rows >= 0 && len(want) > 0 && rows != t.Rows {
			yield(Batch{}, &Error{File: t.Input.Path, Code: codeRows, What: fmt.Sprintf("%d rows came and the file said %d", rows, t.Rows)})
		}
	}
}

// missing is the error of a column that is not there.
func (t *Table) missing(name string) *Error {
	return &Error{File: t.Input.Path, Column: name, Code: codeColumn, What: "no such column", Suggest: schema.Suggest(name, t.Names)}
}

// fits holds a batch against its own columns and what came before.
func (t *Table) fits(b Batch, want []Want, rows int64) error {
	if len(b.Columns) != len(want) || b.First != rows+1 {
		return &Error{File: t.Input.Path, Code: codeRows, What: fmt.Sprintf("%d columns from row %d came, not %d from row %d", len(b.Columns), b.First, len(want), rows+1)}
	}
	for _, c := range b.Columns {
		if n := b.Columns[0].length(); c.length() != n || c.Missing != nil && len(c.Missing) != n {
			return &Error{File: t.Input.Path, Column: c.Name, Code: codeRows, What: fmt.Sprintf("%d values from row %d and other columns have %d", c.length(), b.First, n)}
		}
	}
	return nil
}

func (c Column) length() int { return max(len(c.Numbers), len(c.Texts)) }

// Load reads the wanted columns whole, in the order asked for. A column without a missing cell has a nil Missing.
func (t *Table) Load(ctx context.Context, want []Want) ([]Column, error) {
	all := make([]Column, len(want))
	for b, err := range t.Read(ctx, want) {
		if err != nil {
			return nil, err
		}
		for i, c := range b.Columns {
			all[i].append(c)
		}
	}
	return all, nil
}

// append adds the rows of a batch.
func (c *Column) append(b Column) {
	had := c.length()
	c.Name, c.Type = b.Name, b.Type
	c.Numbers, c.Texts = append(c.Numbers, b.Numbers...), append(c.Texts, b.Texts...)
	if c.Missing == nil && b.Missing == nil {
		return
	}
	c.Missing = append(c.Missing, make([]bool, had-len(c.Missing))...)
	c.Missing = append(c.Missing, b.Missing...)
	c.Missing = append(c.Missing, make([]bool, c.length()-len(c.Missing))...)
}

// Close closes the file.
func (t *Table) Close() error { return t.file.Close() }

func known(formats []Format) string {
	s := ""
	for i, f := range formats {
		if i > 0 {
			s += ", "
		}
		s += f.Name
	}
	return s
}
