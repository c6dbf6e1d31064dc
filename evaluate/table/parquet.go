package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// parquetFormat reads flat columns of numbers, booleans and texts; a null is a missing value. Only the columns asked for are read, page by
// page. A file is refused where rows decoded, the footer's rows and each column's length differ.
var parquetFormat = Format{
	Name:    "Parquet",
	Summary: "Apache Parquet: flat columns, no encryption",
	Is: func(name string, head []byte) bool {
		return bytes.HasPrefix(head, []byte(parquetMagic)) || bytes.HasPrefix(head, []byte(encryptedMagic)) || strings.EqualFold(path.Ext(name), ".parquet")
	},
	Open: func(_ context.Context, name string, f File) (rows Rows, err error) {
		defer recovered(name, &err)
		p, err := openParquet(name, f)
		if err != nil {
			return Rows{}, err
		}
		for _, c := range p.columns {
			rows.Names, rows.Types, rows.Loose = append(rows.Names, c.name), append(rows.Types, c.typ), append(rows.Loose, c.null)
		}
		rows.Count, rows.Parts = p.NumRows, p.parts
		return rows, nil
	},
}

// recovered turns a decoder's panic into an error: it comes from bytes that no check foresaw.
func recovered(name string, err *error) {
	if r := recover(); r != nil {
		*err = broken(name, "it cannot be decoded: %v", r)
	}
}

// parquetFile is a checked footer with the columns that a table has: the fields of the schema's root.
type parquetFile struct {
	footer
	name    string
	from    File
	columns []parquetColumn
}

// parquetColumn is one of them.
type parquetColumn struct {
	name   string
	typ    Type // how it is read; where it has no reading, what it is
	leaf   int  // its number among the columns that are stored
	stored *schema.Column
	read   reader // nil: no reading
	null   bool   // it is said to hold nothing
}

func openParquet(name string, f File) (parquetFile, error) {
	p := parquetFile{name: name, from: f}
	var err error
	if p.footer, err = readFooter(name, f); err != nil {
		return p, err
	}
	seen := map[schema.Node]bool{}
	names := []string{}
	for leaf := range p.Schema.NumColumns() {
		root := p.Schema.ColumnRoot(leaf)
		if seen[root] {
			continue
		}
		seen[root] = true
		names = append(names, root.Name())
		c := parquetColumn{name: root.Name(), leaf: leaf, stored: p.Schema.Column(leaf)}
		c.typ, c.read = reading(root, c.stored)
		switch root.LogicalType().(type) {
		case schema.UnknownLogicalType, schema.NullLogicalType:
			c.null = true
		}
		p.columns = append(p.columns, c)
	}
	if len(names) == 0 {
		return p, &Error{File: name, Code: codeHeader, What: "the file has no columns"}
	}
	return p, checkHeader(name, names)
}

// column finds a wanted column.
func (p parquetFile) column(name, want string) (parquetColumn, error) {
	for _, c := range p.columns {
		if c.name != want {
			continue
		}
		if c.read == nil {
			return c, &Error{File: name, Column: want, Code: codeType, What: fmt.Sprintf("a column of the type %s, which cannot be read", c.typ)}
		}
		return c, nil
	}
	return parquetColumn{}, &Error{File: name, Column: want, Code: codeColumn, What: "no such column"}
}

// parts are all rows in one.
func (p parquetFile) parts(int64) []Part {
	return []Part{{First: 1, Rows: p.NumRows, Read: p.read}}
}

func (p parquetFile) read(ctx context.Context, w *worker, give func() error) error {
	r, err := p.newReader(w)
	if err != nil {
		return err
	}
	for group := range p.RowGroups {
		if err := r.enter(group); err != nil {
			return err
		}
		for r.left > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.step(); err != nil {
				return err
			}
			if err := give(); err != nil {
				return err
			}
		}
	}
	return nil
}

// parquetReader reads the wanted columns side by side, one row group after the other.
type parquetReader struct {
	name    string
	from    File
	file    parquetFile
	columns []parquetColumn
	cells   []*cells

	group int
	left  int64 // rows of the group to come
	pages []*pages
	open  []file.ColumnChunkReader
}

func (p parquetFile) newReader(w *worker) (r *parquetReader, err error) {
	defer recovered(p.name, &err)
	r = &parquetReader{name: p.name, from: p.from, file: p, cells: w.cells}
	for _, c := range w.cells {
		column, err := p.column(p.name, c.want.Name)
		if err != nil {
			return nil, err
		}
		r.columns = append(r.columns, column)
	}
	return r, nil
}

// enter begins a row group.
func (r *parquetReader) enter(group int) (err error) {
	defer recovered(r.name, &err)
	rows := r.file.RowGroup(group)
	r.group, r.left, r.pages, r.open = group, rows.NumRows(), nil, nil
	if r.left == 0 {
		return nil
	}
	for i, c := range r.columns {
		chunk, err := rows.ColumnChunk(c.leaf)
		if err != nil {
			return r.fault(i, err)
		}
		if chunk.CryptoMetadata() != nil {
			return &Error{File: r.name, Column: c.name, Code: codeEncrypted, What: "the column is encrypted"}
		}
		if chunk.FilePath() != "" {
			return r.fault(i, fmt.Errorf("its values are said to be in another file, %q", chunk.FilePath()))
		}
		if chunk.Type() != c.stored.PhysicalType() {
			return r.fault(i, fmt.Errorf("it is stored as %v and the schema says %v", chunk.Type(), c.stored.PhysicalType()))
		}
		p, err := newPages(r.from, r.file.footer, chunk, c.stored.MaxDefinitionLevel() > 0)
		if err != nil {
			return r.fault(i, err)
		}
		pool := &sync.Pool{New: func() any { return memory.NewResizableBuffer(memory.DefaultAllocator) }}
		r.pages = append(r.pages, p)
		r.open = append(r.open, file.NewColumnReader(c.stored, p, memory.DefaultAllocator, pool)) //nolint:staticcheck // SA1019: it warns of use outside arrow-go, and is the one door for pages of our own
	}
	return nil
}

// step reads the next rows of each column.
func (r *parquetReader) step() (err error) {
	defer recovered(r.name, &err)
	n := int(min(r.left, batchRows))
	for i, c := range r.columns {
		if err := c.read(r.open[i], n, c.stored.MaxDefinitionLevel() > 0, r.cells[i]); err != nil {
			return r.fault(i, err)
		}
	}
	if r.left -= int64(n); r.left > 0 {
		return nil
	}
	for i, p := range r.pages {
		if err := p.ended(); err != nil {
			return r.fault(i, err)
		}
	}
	return nil
}

// fault says where a column is broken.
func (r *parquetReader) fault(column int, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	e = broken(r.name, "row group %d: %v", r.group+1, err)
	e.Column, e.Err = r.columns[column].name, err
	return e
}
