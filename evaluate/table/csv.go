package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
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

func openCSV(ctx context.Context, name string, f File) (Rows, error) {
	r, err := newRecords(name, f)
	if err != nil {
		return Rows{}, err
	}
	kinds := make([]kind, len(r.header))
	for {
		cells, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Rows{}, err
		}
		for i, cell := range cells {
			kinds[i].see(cell)
		}
		if r.row%batchRows == 0 && ctx.Err() != nil {
			return Rows{}, ctx.Err()
		}
	}
	rows := Rows{Names: r.header, Count: r.row}
	for _, k := range kinds {
		rows.Types, rows.Loose = append(rows.Types, k.is()), append(rows.Loose, true)
	}
	whole := Part{First: 1, Rows: r.row, Read: func(ctx context.Context, w *worker, give func() error) error { return readCSV(ctx, name, f, w, give) }}
	rows.Parts = func(int64) []Part { return []Part{whole} }
	return rows, nil
}

func readCSV(ctx context.Context, name string, f File, w *worker, give func() error) error {
	r, err := newRecords(name, f)
	if err != nil {
		return err
	}
	at := make([]int, len(w.cells))
	for i, c := range w.cells {
		at[i] = position(r.header, c.want.Name)
	}
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return give()
		}
		if err != nil {
			return err
		}
		for i, c := range w.cells {
			c.stored(row[at[i]])
		}
		if r.row%batchRows == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := give(); err != nil {
				return err
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
	case !c.numbers() && c.typ == Float64:
		if x, ok := parseNumber(cell); ok {
			c.float(x, 64)
			return
		}
	case !c.numbers() && c.typ == Boolean:
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
