package table

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// maxFooter bounds a footer's bytes, since a reader builds up to fifty bytes from one of them. A thousand columns in forty row groups fit.
const maxFooter = 8 << 20

// maxSchemaDepth bounds nested columns: readers follow them recursively.
const maxSchemaDepth = 64

// rowsPerByte and freeRows bound the rows that a file may claim: run lengths can claim a billion rows in ten bytes.
const (
	rowsPerByte = 64
	freeRows    = 1 << 20
)

const (
	parquetMagic   = "PAR1"
	encryptedMagic = "PARE"
)

// footer is a file's description of itself, after every claim in it was held against the file.
type footer struct {
	*metadata.FileMetaData
	start int64 // of the footer in the file: no page lies beyond
}

// readFooter reads and checks the footer: its length, that its lists and the tree of its schema hold together, that row groups and columns
// have the rows that they should, and that the columns' bytes lie in the file and do not add up to more than it.
func readFooter(name string, f File) (footer, error) {
	var none footer
	tail := make([]byte, 8)
	if f.Size() < int64(len(parquetMagic)+len(tail)) {
		return none, broken(name, "the file has %d bytes: it is cut off", f.Size())
	}
	if _, err := f.ReadAt(tail, f.Size()-int64(len(tail))); err != nil {
		return none, unread(name, err)
	}
	switch string(tail[4:]) {
	case parquetMagic:
	case encryptedMagic:
		return none, &Error{File: name, Code: codeEncrypted, What: "the Parquet file is encrypted"}
	default:
		return none, broken(name, "the file does not end as a Parquet file does: it is cut off, or no Parquet")
	}
	head := make([]byte, len(parquetMagic))
	if _, err := f.ReadAt(head, 0); err != nil {
		return none, unread(name, err)
	}
	if string(head) != parquetMagic {
		return none, broken(name, "the file does not begin as a Parquet file does")
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	start := f.Size() - int64(len(tail)) - length
	switch {
	case start < int64(len(parquetMagic)):
		return none, broken(name, "its footer claims %d bytes, and the file has %d", length, f.Size())
	case length > maxFooter:
		return none, broken(name, "its footer has %d bytes, more than %d", length, maxFooter)
	}
	buf := make([]byte, length)
	if _, err := f.ReadAt(buf, start); err != nil {
		return none, unread(name, err)
	}
	if err := checkTree(buf); err != nil {
		return none, broken(name, "its footer does not hold together: %v", err)
	}
	meta, err := metadata.NewFileMetaData(buf, nil)
	if err != nil {
		return none, broken(name, "its footer cannot be read: %v", err)
	}
	meta.SetSourceFileSize(f.Size())
	out := footer{meta, start}
	return out, out.check(name, f.Size())
}

// checkTree walks the footer's bytes, and the schema's tree: each element says how many children follow it.
func checkTree(buf []byte) error {
	var elements []int64
	children := int64(0)
	c := compact{bytes: buf,
		field: func(path []int16, x int64) {
			if slices.Equal(path, []int16{2, 5}) {
				children = x
			}
		},
		done: func(path []int16) {
			if slices.Equal(path, []int16{2}) {
				elements, children = append(elements, children), 0
			}
		},
	}
	if err := c.message(); err != nil {
		return err
	}
	if len(elements) == 0 {
		return fmt.Errorf("it has no schema")
	}
	var left []int64 // children to come, from the root down
	for i, n := range elements {
		if n < 0 || n >= int64(len(elements)) {
			return fmt.Errorf("schema element %d claims %d children of %d elements", i+1, n, len(elements))
		}
		if i > 0 {
			for len(left) > 0 && left[len(left)-1] == 0 {
				left = left[:len(left)-1]
			}
			if len(left) == 0 {
				return fmt.Errorf("schema element %d belongs to none", i+1)
			}
			left[len(left)-1]--
		}
		if left = append(left, n); len(left) > maxSchemaDepth {
			return fmt.Errorf("its schema nests deeper than %d", maxSchemaDepth)
		}
	}
	for _, n := range left {
		if n > 0 {
			return fmt.Errorf("its schema lacks %d elements", n)
		}
	}
	return nil
}

// check holds rows and sizes against each other and the file.
func (f footer) check(name string, size int64) error {
	if f.NumRows < 0 {
		return broken(name, "its footer claims %d rows", f.NumRows)
	}
	if f.NumRows-freeRows > rowsPerByte*size {
		return &Error{File: name, Code: codeTooManyRows, What: fmt.Sprintf("its footer claims %d rows in %d bytes", f.NumRows, size)}
	}
	left, rows := f.start, int64(0)
	for g := range f.RowGroups {
		group := f.RowGroup(g)
		n := group.NumRows()
		if n < 0 || n > f.NumRows-rows {
			return &Error{File: name, Code: codeRows, What: fmt.Sprintf("row group %d claims %d rows of %d, %d of them taken", g+1, n, f.NumRows, rows)}
		}
		rows += n
		if group.NumColumns() != f.Schema.NumColumns() {
			return broken(name, "row group %d has %d columns and the schema %d", g+1, group.NumColumns(), f.Schema.NumColumns())
		}
		for i := range group.NumColumns() {
			column, err := group.ColumnChunk(i)
			if err != nil {
				return broken(name, "column %d of row group %d: %v", i+1, g+1, err)
			}
			leaf := f.Schema.Column(i)
			if leaf.MaxRepetitionLevel() == 0 && column.NumValues() != n {
				return &Error{File: name, Column: leaf.Path(), Code: codeRows,
					What: fmt.Sprintf("row group %d claims %d rows and the column %d values", g+1, n, column.NumValues())}
			}
			if n == 0 {
				continue // no page is read, and writers give odd places for none
			}
			_, length, err := f.chunk(column)
			if err != nil {
				return broken(name, "column %d of row group %d: %v", i+1, g+1, err)
			}
			if left -= length; left < 0 {
				return broken(name, "its columns claim more bytes than the %d of the file", size)
			}
		}
	}
	if rows != f.NumRows {
		return &Error{File: name, Code: codeRows, What: fmt.Sprintf("its footer claims %d rows and its row groups %d", f.NumRows, rows)}
	}
	return nil
}

// chunk is where a column's pages lie in the file.
func (f footer) chunk(c *metadata.ColumnChunkMetaData) (at, length int64, err error) {
	at, length = c.DataPageOffset(), c.TotalCompressedSize()
	if c.HasDictionaryPage() && c.DictionaryPageOffset() > 0 && c.DictionaryPageOffset() < at {
		at = c.DictionaryPageOffset()
	}
	if at < int64(len(parquetMagic)) || length < 0 || at > f.start || length > f.start-at {
		return 0, 0, fmt.Errorf("%d bytes from byte %d on do not lie between the file's first byte and its footer at %d", length, at, f.start)
	}
	return at, length, nil
}

// broken is what a file that contradicts itself is refused with.
func broken(name, format string, a ...any) *Error {
	return &Error{File: name, Code: codeParquet, What: "broken Parquet: " + fmt.Sprintf(format, a...)}
}
