package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"

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
	from    *pinned
	columns []parquetColumn

	lock   sync.Mutex
	places map[[2]int]*places // by row group and column
}

// parquetColumn is one of them.
type parquetColumn struct {
	reading // without one, of the type that it is
	name    string
	leaf    int // its number among the columns that are stored
	stored  *schema.Column
	null    bool // it is said to hold nothing
}

func openParquet(name string, f File) (*parquetFile, error) {
	p := &parquetFile{name: name, places: map[[2]int]*places{}}
	p.from, _ = f.(*pinned)
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
		c.reading = readingOf(root, c.stored)
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

// find finds a wanted column.
func (p *parquetFile) find(want string) (parquetColumn, error) {
	for _, c := range p.columns {
		if c.name != want {
			continue
		}
		if c.none() {
			return c, &Error{File: p.name, Column: want, Code: codeType, What: fmt.Sprintf("a column of the type %s, which cannot be read", c.typ)}
		}
		return c, nil
	}
	return parquetColumn{}, &Error{File: p.name, Column: want, Code: codeColumn, What: "no such column"}
}

// stretch is rows of one row group, counted from 0.
type stretch struct {
	group    int
	from, to int64
}

// parts cuts the rows: row groups that are longer than size in pieces of about that, and shorter ones together.
func (p *parquetFile) parts(size int64) []Part {
	var parts []Part
	var some []stretch
	first, rows := int64(1), int64(0)
	end := func() {
		if rows > 0 {
			piece := some
			parts = append(parts, Part{First: first, Rows: rows, Read: func(ctx context.Context, w *worker, give func() error) error { return p.read(ctx, w, piece, give) }})
		}
		some, first, rows = nil, first+rows, 0
	}
	for g := range p.RowGroups {
		n := p.RowGroup(g).NumRows()
		for from := int64(0); from < n; {
			to := n
			if n-from > size+size/2 {
				to = from + size
			}
			if rows > 0 && rows+to-from > size {
				end()
			}
			some = append(some, stretch{g, from, to})
			if rows += to - from; rows >= size {
				end()
			}
			from = to
		}
	}
	end()
	return parts
}

// read reads stretches side by side.
func (p *parquetFile) read(ctx context.Context, w *worker, stretches []stretch, give func() error) error {
	r, err := p.reader(w)
	if err != nil {
		return err
	}
	have := int64(0) // rows of the batch
	for _, s := range stretches {
		if err := r.enter(ctx, s); err != nil {
			return err
		}
		for left := s.to - s.from; left > 0; {
			n := min(left, batchRows-have)
			if err := r.step(int(n)); err != nil {
				return err
			}
			left, have = left-n, have+n
			if have == batchRows {
				if err := give(); err != nil {
					return err
				}
				have = 0
			}
		}
		if err := r.leave(s); err != nil {
			return err
		}
	}
	return give()
}

// parquetReader reads a worker's columns side by side, one row group after the other.
type parquetReader struct {
	*parquetFile
	cells  []*cells
	chunks []*chunk
	column []parquetColumn
	group  int
}

func (p *parquetFile) reader(w *worker) (*parquetReader, error) {
	r := &parquetReader{parquetFile: p, cells: w.cells}
	for len(w.chunks) < len(w.cells) {
		w.chunks = append(w.chunks, &chunk{pages: pages{zstd: &w.zstd}})
	}
	r.chunks = w.chunks[:len(w.cells)]
	for _, c := range w.cells {
		column, err := p.find(c.want.Name)
		if err != nil {
			return nil, err
		}
		r.column = append(r.column, column)
	}
	return r, nil
}

// enter begins a stretch.
func (r *parquetReader) enter(ctx context.Context, s stretch) (err error) {
	defer recovered(r.name, &err)
	rows := r.RowGroup(s.group)
	r.group = s.group
	for i, c := range r.column {
		meta, err := rows.ColumnChunk(c.leaf)
		if err != nil {
			return r.fault(i, err)
		}
		if meta.CryptoMetadata() != nil {
			return &Error{File: r.name, Column: c.name, Code: codeEncrypted, What: "the column is encrypted"}
		}
		if meta.FilePath() != "" {
			return r.fault(i, fmt.Errorf("its values are said to be in another file, %q", meta.FilePath()))
		}
		if meta.Type() != c.stored.PhysicalType() {
			return r.fault(i, fmt.Errorf("it is stored as %v and the schema says %v", meta.Type(), c.stored.PhysicalType()))
		}
		chunk := r.chunks[i]
		chunk.reset(c, r.cells[i])
		if err := chunk.pages.reset(r.from, r.footer, meta, c.stored.MaxDefinitionLevel() > 0); err != nil {
			return r.fault(i, err)
		}
		if s.from == 0 {
			continue
		}
		at, err := r.place(ctx, chunk, s.group, c.leaf, s.from)
		if err == nil {
			err = chunk.seek(r.cells[i], at, s.from)
		}
		if err != nil {
			return r.fault(i, err)
		}
	}
	return nil
}

// step reads the next rows of each column.
func (r *parquetReader) step(n int) (err error) {
	defer recovered(r.name, &err)
	for i, c := range r.chunks {
		if err := c.fill(r.cells[i], n); err != nil {
			return r.fault(i, err)
		}
	}
	return nil
}

// leave says what is wrong where a stretch ends with its row group.
func (r *parquetReader) leave(s stretch) error {
	if s.to < r.RowGroup(s.group).NumRows() {
		return nil
	}
	for i, c := range r.chunks {
		if err := c.pages.ended(); err != nil {
			return r.fault(i, err)
		}
	}
	return nil
}

// place is where in the file a page begins, and with which row, counted from 0.
type place struct{ at, row int64 }

// places are where a column's pages begin.
type places struct {
	once sync.Once
	all  []place
	err  error
}

// place finds the page of a row. Where a column's pages begin is found by going over all of them, once for all workers.
func (p *parquetFile) place(ctx context.Context, c *chunk, group, leaf int, row int64) (place, error) {
	p.lock.Lock()
	found := p.places[[2]int{group, leaf}]
	if found == nil {
		found = &places{}
		p.places[[2]int{group, leaf}] = found
	}
	p.lock.Unlock()
	found.once.Do(func() {
		found.err = errors.New("the search of its pages ended by a panic") // if it does
		from := c.pages.at
		found.all, found.err = c.pages.walk(ctx)
		c.pages.at, c.pages.had = from, 0
	})
	if found.err != nil {
		if ctx.Err() == nil && errors.Is(found.err, context.Canceled) { // of another reading, that was given up
			p.lock.Lock()
			delete(p.places, [2]int{group, leaf})
			p.lock.Unlock()
			return p.place(ctx, c, group, leaf, row)
		}
		return place{}, found.err
	}
	i := sort.Search(len(found.all), func(i int) bool { return found.all[i].row > row })
	if i == 0 {
		return place{}, fmt.Errorf("row %d is on no page", row+1)
	}
	return found.all[i-1], nil
}

// fault says where a column is broken.
func (r *parquetReader) fault(column int, err error) error {
	var e *Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e = broken(r.name, "row group %d: %v", r.group+1, err)
	e.Column, e.Err = r.column[column].name, err
	return e
}
