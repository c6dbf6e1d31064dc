package table

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/gatecard/gatecard/evidence"
)

// Source is a file of rows that can be opened: one that the configuration names, or predictions that a registry keeps.
type Source struct {
	Name string
	Open func(context.Context) (File, error)
}

// File is an opened source. Size is its length in bytes.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Error is bad data: "score: 12 of 69126 rows are NaN (first: 17, 203, 981)". Column may be empty.
type Error struct {
	File, Column, What string
	Code               string // stable, for `gatecard explain`: "no-such-column", "not-a-number", …
	Suggest            string // the nearest column, for a column that is not there
}

func (e *Error) Error() string {
	s := e.File + ": "
	if e.Column != "" {
		s += e.Column + ": "
	}
	s += e.What
	if e.Suggest != "" {
		s += fmt.Sprintf(" (did you mean %q?)", e.Suggest)
	}
	return s
}

// Column is a column of rows. One of Numbers and Texts is set.
type Column struct {
	Name    string
	Numbers []float64 // NaN where the cell is NaN or, with Missing, empty
	Texts   []string
	Missing []bool // nil: every row has a value
	Type    Type
}

// Type is how the file stores a column's values.
type Type string

// Types of columns. A column of numbers that are all integers has Texts as decimal digits when asked for as text.
const (
	Float64 Type = "float64"
	Float32 Type = "float32"
	Integer Type = "integer"
	Boolean Type = "boolean"
	Text    Type = "text"
)

// Batch is some rows of a table: columns of the same length, in the order asked for.
type Batch struct {
	First   int64 // number of its first row, from 1
	Columns []Column
}

// As says how a column is wanted.
type As int

// Number wants float64s: text that is no number is an error. Value wants text: the shortest decimal for numbers ("1", "0.5"), "true" and "false".
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
	file   File
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

// Open opens a source, finds its format, hashes it and reads its header. The caller closes it.
func Open(ctx context.Context, s Source) (*Table, error) { panic("unwritten") }

// Read yields the wanted columns in batches. A column that is not there is an *Error with a suggestion. After the last batch the rows that came are
// held against what the file said.
func (t *Table) Read(ctx context.Context, want []Want) iter.Seq2[Batch, error] { panic("unwritten") }

// Load reads the wanted columns whole, in the order asked for.
func (t *Table) Load(ctx context.Context, want []Want) ([]Column, error) { panic("unwritten") }

// Close closes the file.
func (t *Table) Close() error { panic("unwritten") }

// Formats lists them all.
func Formats() []Format { panic("unwritten") }

// WriteParquet writes columns of one length as Parquet: what a registry keeps of predictions. The same columns give the same bytes.
func WriteParquet(w io.Writer, columns []Column) error { panic("unwritten") }

// Codes are the codes of an Error, with what `gatecard explain` says of each.
func Codes() map[string]string { panic("unwritten") }
