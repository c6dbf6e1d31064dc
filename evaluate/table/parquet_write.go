package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// groupRows is the length of the row groups that are written.
const groupRows = 1 << 20

// WriteParquet writes columns of one length as Parquet: what a registry keeps of predictions. The same columns give the same bytes. Numbers
// are stored by their Type (without one as float64), and so are texts that are written as numbers and booleans of their Type are: digits of
// an Integer column become integers again. Columns of no or different lengths, names that are missing or come twice, and numbers that
// their Type does not hold are errors.
func WriteParquet(w io.Writer, columns []Column) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("write Parquet: %v", r)
		}
	}()
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		if c.Numbers != nil && c.Texts != nil || c.length() != columns[0].length() || c.Missing != nil && len(c.Missing) != c.length() {
			return fmt.Errorf("write Parquet: column %q has %d numbers, %d texts and %d marks of missing ones; the first column has %d values", c.Name, len(c.Numbers), len(c.Texts), len(c.Missing), columns[0].length())
		}
	}
	if len(columns) == 0 || columns[0].length() == 0 {
		return errors.New("write Parquet: no rows")
	}
	if err := checkHeader("write Parquet", names); err != nil {
		return err
	}
	fields, stores := schema.FieldList{}, make([]store, len(columns))
	for i, c := range columns {
		if stores[i], err = c.store(); err != nil {
			return fmt.Errorf("write Parquet: column %q: %w", c.Name, err)
		}
		field, err := stores[i].node(c)
		if err != nil {
			return fmt.Errorf("write Parquet: column %q: %w", c.Name, err)
		}
		fields = append(fields, field)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	properties := parquet.NewWriterProperties(append(encodings(columns, stores),
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCreatedBy("gatecard"), parquet.WithVersion(parquet.V2_LATEST))...)
	out, err := file.NewParquetWriterWithError(keepOpen{w}, root, file.WithWriterProps(properties))
	if err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	for from := 0; from < columns[0].length(); from += groupRows {
		if err := writeGroup(out, columns, stores, from, min(from+groupRows, columns[0].length())); err != nil {
			return fmt.Errorf("write Parquet: %w", errors.Join(err, out.Close()))
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	return nil
}

// dictionaryValues is how many different values a column may have to be stored as numbers of a dictionary.
const dictionaryValues = 1 << 14

// encodings settles before writing how each column is stored: by a dictionary where values repeat, other integers by their differences. Left
// to itself the writer begins each column with a dictionary and gives up where it grows, and then lists the two encodings in an order that
// changes from run to run.
func encodings(columns []Column, stores []store) []parquet.WriterProperty {
	all := []parquet.WriterProperty{parquet.WithDictionaryDefault(false), parquet.WithDictionaryPageSizeLimit(math.MaxInt32)}
	for i, c := range columns {
		path := parquet.ColumnPath{c.Name}
		switch {
		case stores[i] != storeBoolean && c.repeats():
			all = append(all, parquet.WithDictionaryPath(path, true), parquet.WithDictionaryCostFallbackPath(path, false))
		case stores[i] == storeInteger:
			all = append(all, parquet.WithEncodingPath(path, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	return all
}

// repeats says that a column has few different values, each twice at least on average.
func (c Column) repeats() bool {
	if c.Texts != nil {
		return repeat(c.Texts, func(s string) string { return s })
	}
	return repeat(c.Numbers, math.Float64bits)
}

func repeat[T any, K comparable](xs []T, key func(T) K) bool {
	seen := map[K]bool{}
	for _, x := range xs {
		if seen[key(x)] = true; len(seen) > dictionaryValues {
			return false
		}
	}
	return 2*len(seen) <= len(xs)
}

// keepOpen hides a Close: the writer is the caller's.
type keepOpen struct{ io.Writer }

// store is how a column's values are kept.
type store struct {
	physical parquet.Type
	logical  schema.LogicalType
}

var (
	storeFloat64 = store{parquet.Types.Double, nil}
	storeFloat32 = store{parquet.Types.Float, nil}
	storeInteger = store{parquet.Types.Int64, nil}
	storeBoolean = store{parquet.Types.Boolean, nil}
	storeText    = store{parquet.Types.ByteArray, schema.StringLogicalType{}}
)

func (s store) node(c Column) (schema.Node, error) {
	repetition := parquet.Repetitions.Required
	if c.Missing != nil {
		repetition = parquet.Repetitions.Optional
	}
	if s.logical != nil {
		return schema.NewPrimitiveNodeLogical(c.Name, repetition, s.logical, s.physical, -1, -1)
	}
	return schema.NewPrimitiveNode(c.Name, repetition, s.physical, -1, -1)
}

// store picks by the column's type, and checks that the type holds each value.
func (c Column) store() (store, error) {
	if c.Texts != nil {
		return c.storeOfTexts(), nil
	}
	fits, as := func(float64) bool { return true }, storeFloat64
	switch c.Type {
	case Float32:
		fits, as = func(x float64) bool { return math.IsNaN(x) || float64(float32(x)) == x }, storeFloat32
	case Integer:
		fits, as = func(x float64) bool { return x == math.Trunc(x) && math.Abs(x) <= exactInteger }, storeInteger
	case Boolean:
		fits, as = func(x float64) bool { return x == 0 || x == 1 }, storeBoolean
	}
	for i, x := range c.Numbers {
		if !fits(x) && !c.gone(i) {
			return store{}, fmt.Errorf("row %d: %v is no %s", i+1, x, c.Type)
		}
	}
	return as, nil
}

func (c Column) storeOfTexts() store {
	plain, as := func(string) bool { return false }, storeText
	switch c.Type {
	case Integer:
		as, plain = storeInteger, func(s string) bool {
			i, err := strconv.ParseInt(s, 10, 64)
			return err == nil && strconv.FormatInt(i, 10) == s
		}
	case Boolean:
		as, plain = storeBoolean, func(s string) bool { return s == "true" || s == "false" }
	case Float64:
		as, plain = storeFloat64, func(s string) bool {
			x, ok := parseNumber(s)
			return ok && string(appendDecimal(nil, x, 64)) == s
		}
	case Float32:
		as, plain = storeFloat32, func(s string) bool {
			x, err := strconv.ParseFloat(s, 32)
			return err == nil && string(appendDecimal(nil, x, 32)) == s
		}
	}
	for i, s := range c.Texts {
		if !plain(s) && !c.gone(i) {
			return storeText
		}
	}
	return as
}

func (c Column) gone(i int) bool { return c.Missing != nil && c.Missing[i] }

func writeGroup(out *file.Writer, columns []Column, stores []store, from, to int) error {
	group, err := out.AppendRowGroupChecked()
	if err != nil {
		return fmt.Errorf("a group of rows: %w", err)
	}
	for i, c := range columns {
		w, err := group.NextColumn()
		if err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
		if err := writeColumn(w, c, stores[i], from, to); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, errors.Join(err, w.Close()))
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	return group.Close()
}

func writeColumn(w file.ColumnChunkWriter, c Column, s store, from, to int) error {
	number := func(i int) float64 {
		if c.Texts == nil {
			return c.Numbers[i]
		}
		bits := 64
		if s == storeFloat32 {
			bits = 32
		}
		x, _ := strconv.ParseFloat(c.Texts[i], bits)
		return x
	}
	switch w := w.(type) {
	case *file.Float64ColumnChunkWriter:
		return write(w.WriteBatch, c, from, to, number)
	case *file.Float32ColumnChunkWriter:
		return write(w.WriteBatch, c, from, to, func(i int) float32 { return float32(number(i)) })
	case *file.Int64ColumnChunkWriter:
		return write(w.WriteBatch, c, from, to, func(i int) int64 {
			if c.Texts == nil {
				return int64(c.Numbers[i])
			}
			x, _ := strconv.ParseInt(c.Texts[i], 10, 64)
			return x
		})
	case *file.BooleanColumnChunkWriter:
		return write(w.WriteBatch, c, from, to, func(i int) bool {
			if c.Texts == nil {
				return c.Numbers[i] == 1
			}
			return c.Texts[i] == "true"
		})
	case *file.ByteArrayColumnChunkWriter:
		return write(w.WriteBatch, c, from, to, func(i int) parquet.ByteArray { return parquet.ByteArray(c.Texts[i]) })
	}
	return fmt.Errorf("no writer of %T", w)
}

// write gives a column's values, and where some are missing the levels that say which.
func write[T any](batch func([]T, []int16, []int16) (int64, error), c Column, from, to int, value func(int) T) error {
	var levels []int16
	values := make([]T, 0, to-from)
	for i := from; i < to; i++ {
		if c.Missing != nil {
			levels = append(levels, 1)
		}
		if c.gone(i) {
			levels[len(levels)-1] = 0
			continue
		}
		values = append(values, value(i))
	}
	_, err := batch(values, levels, nil)
	return err
}
