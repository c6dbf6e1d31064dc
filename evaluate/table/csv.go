package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// csvFormat is RFC 4180: commas, double quotes, a header. UTF-8, with or without a byte order mark. An empty cell is a missing value, and a
// blank line is no row. What type a column has is told by all its cells.
var csvFormat = Format{
	Name:    "CSV",
	Summary: "comma-separated values with a header (RFC 4180), UTF-8",
	Is: func(name string, head []byte) bool {
		switch strings.ToLower(path.Ext(name)) {
		case ".csv":
			return true
		case "", ".txt":
			return bytes.IndexByte(head, 0) < 0
		}
		return false
	},
	Open: openCSV,
	Read: readCSV,
}

// maxRecord is the longest row, in bytes: a quote that is never closed would take in the rest of the file.
const maxRecord = 16 << 20

var errLongRecord = errors.New("a row of more than 16 MiB")

// bounded reads at most so many bytes more.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// records reads a CSV file row by row.
type records struct {
	name   string
	from   *bounded
	reader *csv.Reader
	header []string
	row    int64 // number of the last data row, from 1
}

func newRecords(name string, f File) (*records, error) {
	from := &bounded{r: io.NewSectionReader(f, 0, f.Size()), left: maxRecord}
	mark := make([]byte, 3)
	n, err := io.ReadFull(from, mark)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unread(name, err)
	}
	if mark = mark[:n]; string(mark) == "\xef\xbb\xbf" {
		mark = nil
	}
	if bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff}) {
		return nil, &Error{File: name, Code: codeUTF8, What: "the file is UTF-16, not UTF-8"}
	}
	from.r = io.MultiReader(bytes.NewReader(mark), from.r)
	r := &records{name: name, from: from, reader: csv.NewReader(from)}
	r.reader.FieldsPerRecord, r.reader.ReuseRecord = -1, true
	header, err := r.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Code: codeHeader, What: "no header"}
	}
	if err != nil {
		return nil, r.wrong(err)
	}
	r.header = append([]string(nil), header...)
	return r, checkHeader(name, r.header)
}

// checkHeader refuses names that no configuration could mean.
func checkHeader(name string, header []string) error {
	at := map[string]int{}
	for i, h := range header {
		if h == "" {
			return &Error{File: name, Code: codeHeader, What: fmt.Sprintf("column %d of %d has no name", i+1, len(header))}
		}
		if !utf8.ValidString(h) || strings.ContainsRune(h, 0) {
			return &Error{File: name, Code: codeHeader, What: fmt.Sprintf("the name of column %d of %d is not UTF-8 text", i+1, len(header))}
		}
		if j, ok := at[h]; ok {
			return &Error{File: name, Column: h, Code: codeHeader, What: fmt.Sprintf("columns %d and %d have this name", j+1, i+1)}
		}
		at[h] = i
	}
	return nil
}

// next gives a row's cells, which hold until the next call; io.EOF after the last.
func (r *records) next() ([]string, error) {
	r.from.left = maxRecord
	cells, err := r.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	r.row++
	if err != nil {
		return nil, r.wrong(err)
	}
	if len(cells) != len(r.header) {
		return nil, &Error{File: r.name, Code: codeRagged, What: fmt.Sprintf("row %d has %d cells and the header has %d", r.row, len(cells), len(r.header))}
	}
	return cells, nil
}

// wrong puts a reader's error into our words.
func (r *records) wrong(err error) error {
	where := "the header"
	if r.row > 0 {
		where = fmt.Sprintf("row %d", r.row)
	}
	var p *csv.ParseError
	switch {
	case errors.Is(err, errLongRecord):
		return &Error{File: r.name, Code: codeLong, What: where + " is longer than 16 MiB: is a quote not closed?"}
	case errors.As(err, &p):
		return &Error{File: r.name, Code: codeCSV, What: fmt.Sprintf("%s (line %d): %v", where, p.Line, p.Err)}
	}
	return unread(r.name, err)
}

// kind is what the cells of a column had in common so far.
type kind struct{ some, text, notBool, notNumber, notInteger bool }

func (k *kind) see(cell string) {
	if cell == "" || k.text {
		return
	}
	k.some = true
	if !k.notBool {
		_, is := parseBool(cell)
		k.notBool = !is
	}
	if !k.notNumber {
		_, is := parseNumber(cell)
		k.notNumber = !is
	}
	plain := false
	if i, err := strconv.ParseInt(cell, 10, 64); err == nil {
		plain = strconv.FormatInt(i, 10) == cell
	}
	k.notInteger = k.notInteger || !plain
	// 007, +1 and numbers of twenty digits are most likely codes or ids: as texts they must stay as they are.
	k.text = k.notBool && (k.notNumber || !plain && isInteger(cell) && cell != "-0")
}

func (k kind) is() Type {
	switch {
	case !k.some || k.text:
		return Text
	case !k.notBool:
		return Boolean
	case !k.notInteger:
		return Integer
	}
	return Float64
}

func openCSV(ctx context.Context, name string, f File) ([]string, []Type, int64, error) {
	r, err := newRecords(name, f)
	if err != nil {
		return nil, nil, 0, err
	}
	kinds := make([]kind, len(r.header))
	for {
		cells, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, 0, err
		}
		for i, cell := range cells {
			kinds[i].see(cell)
		}
		if r.row%batchRows == 0 && ctx.Err() != nil {
			return nil, nil, 0, ctx.Err()
		}
	}
	types := make([]Type, len(kinds))
	for i, k := range kinds {
		types[i] = k.is()
	}
	return r.header, types, r.row, nil
}

func readCSV(ctx context.Context, name string, f File, want []Want) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		_, types, _, err := openCSV(ctx, name, f) // a column's type, and so how its cells read, is known at the end
		if err != nil {
			yield(Batch{}, err)
			return
		}
		r, err := newRecords(name, f)
		if err != nil {
			yield(Batch{}, err)
			return
		}
		at, columns := make([]int, len(want)), make([]*cells, len(want))
		for i, w := range want {
			at[i] = position(r.header, w.Name)
			if at[i] < 0 {
				yield(Batch{}, &Error{File: name, Column: w.Name, Code: codeColumn, What: "no such column"})
				return
			}
			columns[i] = newCells(w, types[at[i]])
		}
		g := gather{file: name, columns: columns}
		for {
			row, err := r.next()
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Batch{}, err)
				return
			}
			ended := err != nil
			if !ended {
				for i, c := range columns {
					c.stored(row[at[i]])
				}
			}
			if ended || r.row%batchRows == 0 {
				if err := ctx.Err(); err != nil {
					yield(Batch{}, err)
					return
				}
				if !g.give(yield) {
					return
				}
			}
			if ended {
				g.end(yield)
				return
			}
		}
	}
}

// stored is a CSV cell, of a column whose type is known.
func (c *cells) stored(cell string) {
	switch {
	case cell == "":
		c.missing()
		return
	case c.want.As == Value && c.typ == Float64:
		if x, ok := parseNumber(cell); ok {
			c.float(x, 64)
			return
		}
	case c.want.As == Value && c.typ == Boolean:
		if b, ok := parseBool(cell); ok {
			c.boolean(b)
			return
		}
	}
	c.text([]byte(cell))
}

func position(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

// gather gives batches of columns until a cell was wrong; from then on rows are only counted, for the error at the end.
type gather struct {
	file    string
	columns []*cells
	given   int64
}

// give yields what was gathered. It returns false where nobody wants more.
func (g *gather) give(yield func(Batch, error) bool) bool {
	b := Batch{First: g.given + 1}
	faulty := false
	for _, c := range g.columns {
		b.Columns = append(b.Columns, c.take())
		faulty = faulty || c.faulty()
	}
	if faulty || len(b.Columns) == 0 || b.Columns[0].length() == 0 {
		return true
	}
	g.given += int64(b.Columns[0].length())
	return yield(b, nil)
}

// end yields the first column's error, if there is one.
func (g *gather) end(yield func(Batch, error) bool) {
	for _, c := range g.columns {
		if err := c.error(g.file); err != nil {
			yield(Batch{}, err)
			return
		}
	}
}
