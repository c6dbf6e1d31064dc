package table

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// reader reads n rows of a column into cells. Where they are optional some may be missing.
type reader func(c file.ColumnChunkReader, n int, optional bool, to *cells) error

// reading tells how a column is read: by its logical type or, without one, by how it is stored. Without a reading the type is what it is.
func reading(root schema.Node, c *schema.Column) (Type, reader) {
	logical := root.LogicalType()
	if logical == nil {
		logical = schema.NoLogicalType{}
	}
	if _, flat := root.(*schema.PrimitiveNode); !flat || root.RepetitionType() == parquet.Repetitions.Repeated {
		if logical.IsNone() {
			return "nested", nil
		}
		return Type(strings.ToLower(logical.String())), nil
	}
	unread := Type(strings.ToLower(c.PhysicalType().String()))
	if !logical.IsNone() {
		unread = Type(strings.ToLower(logical.String()))
	}
	switch l := logical.(type) {
	case schema.NoLogicalType, schema.UnknownLogicalType, schema.NullLogicalType:
		return plain(c, unread)
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		if c.PhysicalType() == parquet.Types.ByteArray {
			return Text, readTexts
		}
	case schema.IntLogicalType:
		return whole(c, !l.IsSigned(), unread)
	case schema.DecimalLogicalType:
		return fraction(c, int(l.Scale()), unread)
	case schema.Float16LogicalType:
		if c.PhysicalType() == parquet.Types.FixedLenByteArray && c.TypeLength() == 2 {
			return Float32, readHalves
		}
	}
	return unread, nil
}

// plain reads a column without a logical type. Bytes without one are texts: older writers leave it out.
func plain(c *schema.Column, unread Type) (Type, reader) {
	switch c.PhysicalType() {
	case parquet.Types.Double:
		return Float64, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Float64ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x float64) { to.float(x, 64) })
		}
	case parquet.Types.Float:
		return Float32, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Float32ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x float32) { to.float(float64(x), 32) })
		}
	case parquet.Types.Boolean:
		return Boolean, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.BooleanColumnChunkReader).ReadBatchInPage, r, n, optional, to, to.boolean)
		}
	case parquet.Types.ByteArray:
		return Text, readTexts
	case parquet.Types.Int32, parquet.Types.Int64:
		return whole(c, false, unread)
	}
	return unread, nil
}

func whole(c *schema.Column, unsigned bool, unread Type) (Type, reader) {
	switch c.PhysicalType() {
	case parquet.Types.Int32:
		return Integer, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Int32ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x int32) {
				if unsigned {
					to.integer(int64(uint32(x)))
				} else {
					to.integer(int64(x))
				}
			})
		}
	case parquet.Types.Int64:
		return Integer, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Int64ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x int64) {
				if unsigned {
					to.unsigned(uint64(x))
				} else {
					to.integer(x)
				}
			})
		}
	}
	return unread, nil
}

// maxDecimalDigits is what the widest decimal of other tools has.
const maxDecimalDigits = 76

func fraction(c *schema.Column, scale int, unread Type) (Type, reader) {
	if scale < 0 || scale > maxDecimalDigits {
		return unread, nil
	}
	switch c.PhysicalType() {
	case parquet.Types.Int32:
		return Float64, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Int32ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x int32) { to.decimal(big.NewInt(int64(x)), scale) })
		}
	case parquet.Types.Int64:
		return Float64, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.Int64ColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x int64) { to.decimal(big.NewInt(x), scale) })
		}
	case parquet.Types.FixedLenByteArray:
		if c.TypeLength() < 1 || c.TypeLength() > maxDecimalBytes {
			return unread, nil
		}
		return Float64, func(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
			return read(r.(*file.FixedLenByteArrayColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x parquet.FixedLenByteArray) { to.decimal(signed(x), scale) })
		}
	}
	return unread, nil
}

// maxDecimalBytes hold maxDecimalDigits.
const maxDecimalBytes = 32

// signed is a big-endian number in two's complement.
func signed(b []byte) *big.Int {
	x := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]>>7 == 1 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return x
}

func readTexts(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
	return read(r.(*file.ByteArrayColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x parquet.ByteArray) { to.text(x) })
}

func readHalves(r file.ColumnChunkReader, n int, optional bool, to *cells) error {
	return read(r.(*file.FixedLenByteArrayColumnChunkReader).ReadBatchInPage, r, n, optional, to, func(x parquet.FixedLenByteArray) {
		to.float(float64(float16.FromLEBytes(x).Float32()), 32)
	})
}

// read asks for values page by page, so that each is taken before the page under it goes, and holds levels against values: a row has a value
// where its level says so, and nowhere else.
func read[T any](next func(int64, []T, []int16, []int16) (int64, int, error), r file.ColumnChunkReader, n int, optional bool, to *cells, put func(T)) error {
	values := make([]T, n)
	var levels []int16
	if optional {
		levels = make([]int16, n)
	}
	for got := 0; got < n; {
		rows, some, err := next(int64(n-got), values[:n-got], levels[:min(n-got, len(levels))], nil)
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			return err
		}
		if rows <= 0 || rows > int64(n-got) {
			return fmt.Errorf("%d rows came and %d are missing", got, n-got)
		}
		got += int(rows)
		if !optional {
			if int64(some) != rows {
				return fmt.Errorf("%d values came for %d rows", some, rows)
			}
			for _, x := range values[:some] {
				put(x)
			}
			continue
		}
		at := levels[:rows]
		if slices.ContainsFunc(at, func(l int16) bool { return l < 0 || l > 1 }) {
			return errors.New("a level is neither 0 nor 1")
		}
		want := 0
		for _, l := range at {
			want += int(l)
		}
		if some != want {
			return fmt.Errorf("%d values came and levels say %d", some, want)
		}
		i := 0
		for _, l := range at {
			if l == 0 {
				to.missing()
				continue
			}
			put(values[i])
			i++
		}
	}
	return nil
}
