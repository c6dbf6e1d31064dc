package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Column is a column of rows. One of Numbers, Texts and Codes is set.
type Column struct {
	Name    string
	Numbers []float64 // NaN where the cell is NaN or, with Missing, empty
	Texts   []string
	// Codes are places in Dictionary; a cell without a value has the code len(Dictionary), and Missing is nil. The Dictionary's texts are
	// distinct, in any order, and some may be of no row.
	Codes      []uint32
	Dictionary []string
	Missing    []bool // nil: every row has a value
	Type       Type
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

// Batch is some rows of a table: columns of the same length, in the order asked for.
type Batch struct {
	First   int64 // number of its first row, from 1
	Columns []Column
}

// As says how a column is wanted.
type As int

// Number wants float64s: text that is no number is an error, and so is an integer beyond ±2⁵³, which a float64 does not hold; false and true
// are 0 and 1. Value wants text: the shortest decimal for numbers ("1", "0.5"), "true" and "false"; a NaN is missing. Code wants the same
// texts, as codes of a dictionary: cheap where values repeat.
const (
	Number As = iota
	Value
	Code
)

// Want is a column that is asked for.
type Want struct {
	Name string
	As   As
}

// Table is rows: those of one opened file, or of several, one file after the other. It may be read more than once, and by several at once.
type Table struct {
	// Inputs are its files: name, size, and digest of the very bytes that were read. A digest is taken while rows are read: it is there when
	// a Read, Load or Each has ended without an error.
	Inputs []evidence.File
	Input  evidence.File // the file of a table of one
	Names  []string      // of its columns, in the first file's order
	Types  []Type
	Rows   int64
	files  []*opened
	lock   sync.Mutex // over digests
	part   int64      // rows of a part; 0: as suits the rows and workers
}

// opened is one file of a table.
type opened struct {
	name      string
	below     string // its source's
	file      *pinned
	rows      Rows
	constants []Constant
	before    int64 // rows of the files before
}

// Format is one kind of file. To add one: NAME.go and a line in Formats.
type Format struct {
	Name, Summary string
	Is            func(name string, head []byte) bool
	// Open reads what the file says of itself: names, types and rows. It is an *Error wherever the file lies or cannot be read.
	Open func(ctx context.Context, name string, f File) (Rows, error)
}

// Rows are an opened file's rows.
type Rows struct {
	Names []string
	Types []Type
	// Loose says of a column that its type is what its cells had in common, and no word of the file: beside other files it may turn out
	// wider, and then is read so. nil: of none.
	Loose []bool
	Count int64
	// Parts cuts the rows into parts of about size rows, in order.
	Parts func(size int64) []Part
}

// Part is a run of a file's rows that can be read without the others, by any goroutine.
type Part struct {
	First, Rows int64 // number in the file of its first row, from 1, and how many
	// Read puts the wanted columns' cells into w.cells, and calls give at least after each batchRows rows and at the end. It passes on what
	// give returns. It ends with an *Error wherever the file is short, lies or cannot be read; cells that are wrong are faults of w.cells.
	Read func(ctx context.Context, w *worker, give func() error) error
}

// headBytes is how much of a file its format is told by.
const headBytes = 512

// Open opens a source, finds its format and reads its header. The caller closes it. What is wrong with the file is an *Error; a table
// without a row is one too. A file that changes while it is open is an *Error of reading.
func Open(ctx context.Context, s Source) (*Table, error) { return OpenAll(ctx, []Source{s}) }

func open(ctx context.Context, s Source) (*opened, error) {
	f, err := s.Open(ctx)
	if err != nil {
		return nil, unopened(s.Name, err)
	}
	o := &opened{name: s.Name, below: s.Below, constants: s.Constants}
	if err := o.read(ctx, f); err != nil {
		return nil, closing(err, f)
	}
	return o, nil
}

func (o *opened) read(ctx context.Context, f File) (err error) {
	if f.Size() == 0 {
		return &Error{File: o.name, Code: codeEmpty, What: "the file is empty"}
	}
	o.file = pin(o.name, f)
	head, err := headOf(o.name, o.file)
	if err != nil {
		return err
	}
	// Of a compressed file the digest is of its bytes, and the rows are of what they unpack to.
	inside, name, err := unpacked(ctx, o.name, o.file, head)
	if err != nil {
		return err
	}
	file := o.file
	if inside != nil {
		o.file.file = withSpool{o.file.file, inside}
		file = pin(o.name, inside)
		if head, err = headOf(o.name, inside); err != nil {
			return closing(err, inside)
		}
	}
	if err = o.open(ctx, name, file, head); err != nil && inside != nil {
		return closing(err, inside)
	}
	return err
}

func headOf(name string, f File) ([]byte, error) {
	head := make([]byte, min(headBytes, f.Size()))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, unread(name, err)
	}
	return head, nil
}

// open finds the format by a name and the first bytes.
func (o *opened) open(ctx context.Context, name string, f File, head []byte) (err error) {
	if err := packed(o.name, head); err != nil {
		return err
	}
	formats := Formats()
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Is(name, head) })
	if i < 0 && bytes.HasPrefix(bytes.TrimLeft(head, "\ufeff \t\r\n"), []byte{'['}) {
		return &Error{File: o.name, Code: codeFormat,
			What: `a JSON array, perhaps: JSONL has one object a line and no brackets around them, as pandas writes by to_json(orient="records", lines=True)`}
	}
	if i < 0 {
		return &Error{File: o.name, Code: codeFormat, What: fmt.Sprintf("not a file of a known format (known: %s)", known(formats))}
	}
	o.rows, err = formats[i].Open(ctx, o.name, f)
	return err
}

// missing is the error of a column that is not there.
func (t *Table) missing(name string) *Error {
	return &Error{File: t.files[0].name, Column: name, Code: codeColumn, What: "no such column", Suggest: schema.Suggest(name, t.Names)}
}

// Len is how many rows the column has.
func (c Column) Len() int { return max(len(c.Numbers), len(c.Texts), len(c.Codes)) }

func (c Column) length() int { return c.Len() }

// Read yields the wanted columns in batches, in order; they are the caller's. A column that is not there is an *Error with a suggestion. The
// rows that come are held against what the files say. An error ends the rows and comes without a batch.
func (t *Table) Read(ctx context.Context, want []Want) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		err := t.run(ctx, want, 1, 1, false, func(_ int, b Batch) error {
			if !yield(b, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Batch{}, err)
		}
	}
}

// errEnough is of a caller who wants no more batches.
var errEnough = errors.New("no more batches are wanted")

// Each calls do with every batch of the wanted columns, from up to workers goroutines at once: worker is 0 to workers-1, and calls with the
// same number never overlap. Batches come in no stated order, and do not outlive the call: their memory is used again, except the texts.
// Batches of one worker whose Dictionary begins at the same address are of one dictionary that only grew.
//
// It ends at the first error of do, with that of the lowest rows where there are several, and soon after ctx is cancelled. Wrong cells of a
// file are counted to its end, and then are its error; no batch comes meanwhile. The rest is as for Read.
func (t *Table) Each(ctx context.Context, want []Want, workers int, do func(worker int, b Batch) error) error {
	return t.EachFrom(ctx, 1, want, workers, do)
}

// EachFrom is Each of the rows from one on, and some of those before it.
func (t *Table) EachFrom(ctx context.Context, first int64, want []Want, workers int, do func(worker int, b Batch) error) error {
	return t.run(ctx, want, first, max(workers, 1), true, do)
}

// Load reads the wanted columns whole, in the order asked for. A column without a missing cell has a nil Missing.
func (t *Table) Load(ctx context.Context, want []Want) ([]Column, error) {
	all := make([]joined, len(want))
	for b, err := range t.Read(ctx, want) {
		if err != nil {
			return nil, err
		}
		for i, c := range b.Columns {
			all[i].append(c)
		}
	}
	columns := make([]Column, len(want))
	for i := range all {
		columns[i] = all[i].end()
	}
	return columns, nil
}

// joined is a column of several batches.
type joined struct {
	Column
	code   map[string]uint32
	places []uint32 // of the last batch's dictionary, in ours
	last   []string
}

// noCode is the code of a missing cell while the dictionary grows.
const noCode = ^uint32(0)

// append adds the rows of a batch.
func (j *joined) append(b Column) {
	had := j.length()
	j.Name, j.Type = b.Name, b.Type
	j.Numbers, j.Texts = append(j.Numbers, b.Numbers...), append(j.Texts, b.Texts...)
	if b.Codes != nil {
		j.recode(b)
	}
	if j.Missing == nil && b.Missing == nil {
		return
	}
	j.Missing = append(j.Missing, make([]bool, had-len(j.Missing))...)
	j.Missing = append(j.Missing, b.Missing...)
	j.Missing = append(j.Missing, make([]bool, j.length()-len(j.Missing))...)
}

func (j *joined) recode(b Column) {
	if j.code == nil {
		j.code = map[string]uint32{}
	}
	if len(j.last) == 0 || len(b.Dictionary) < len(j.last) || &j.last[0] != &b.Dictionary[0] {
		j.places = j.places[:0]
	}
	j.last = b.Dictionary
	for _, text := range b.Dictionary[len(j.places):] {
		at, ok := j.code[text]
		if !ok {
			at = uint32(len(j.Dictionary))
			j.code[text] = at
			j.Dictionary = append(j.Dictionary, text)
		}
		j.places = append(j.places, at)
	}
	j.Codes = slices.Grow(j.Codes, len(b.Codes))
	for _, c := range b.Codes {
		if c == uint32(len(b.Dictionary)) {
			j.Codes = append(j.Codes, noCode)
		} else {
			j.Codes = append(j.Codes, j.places[c])
		}
	}
}

func (j *joined) end() Column {
	for i, c := range j.Codes {
		if c == noCode {
			j.Codes[i] = uint32(len(j.Dictionary))
		}
	}
	return j.Column
}

// Close closes the files.
func (t *Table) Close() error {
	var errs []error
	for _, f := range t.files {
		errs = append(errs, f.file.Close())
	}
	return errors.Join(errs...)
}

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
