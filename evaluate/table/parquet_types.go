package table

import (
	"math"
	"math/big"
	"math/bits"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// reading is how a column's stored values become cells. Values of at most eight bytes come as their bits, others as their bytes.
type reading struct {
	typ    Type
	width  int                                   // bytes of a value; 0: booleans, or texts of any length
	bits   func(to *cells, x uint64)             // puts a value, given as bits
	bytes  func(to *cells, b []byte)             // or as bytes
	bulk   func(out []float64, xs []uint64) bool // bits as numbers at once; false: some are wrong or not so simple, and are put one by one
	double bool                                  // the bits are those of float64s
	array  bool                                  // it is stored as arrays of bytes of one length
}

func (r *reading) none() bool { return r.bits == nil && r.bytes == nil }

// readingOf tells how a column is read: by its logical type or, without one, by how it is stored. Without a reading the type is what it is.
func readingOf(root schema.Node, c *schema.Column) reading {
	logical := root.LogicalType()
	if logical == nil {
		logical = schema.NoLogicalType{}
	}
	if _, flat := root.(*schema.PrimitiveNode); !flat || root.RepetitionType() == parquet.Repetitions.Repeated {
		if logical.IsNone() {
			return reading{typ: "nested"}
		}
		return reading{typ: Type(strings.ToLower(logical.String()))}
	}
	unread := reading{typ: Type(strings.ToLower(c.PhysicalType().String()))}
	if !logical.IsNone() {
		unread.typ = Type(strings.ToLower(logical.String()))
	}
	found := reading{}
	switch l := logical.(type) {
	case schema.NoLogicalType, schema.UnknownLogicalType, schema.NullLogicalType:
		found = plain(c)
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		if c.PhysicalType() == parquet.Types.ByteArray {
			found = readTexts
		}
	case schema.IntLogicalType:
		found = whole(c, !l.IsSigned())
	case schema.DecimalLogicalType:
		found = fraction(c, int(l.Scale()))
	case schema.Float16LogicalType:
		if c.PhysicalType() == parquet.Types.FixedLenByteArray && c.TypeLength() == 2 {
			found = reading{typ: Float32, width: 2, array: true, bits: func(to *cells, x uint64) { to.float(half(x), 32) }, bulk: halves}
		}
	}
	if found.none() {
		return unread
	}
	return found
}

// half is a number of sixteen bits.
func half(x uint64) float64 {
	return float64(float16.FromLEBytes([]byte{byte(x), byte(x >> 8)}).Float32())
}

var readTexts = reading{typ: Text, bytes: (*cells).text}

// plain reads a column without a logical type. Bytes without one are texts: older writers leave it out.
func plain(c *schema.Column) reading {
	switch c.PhysicalType() {
	case parquet.Types.Double:
		return reading{typ: Float64, width: 8, bits: func(to *cells, x uint64) { to.float(math.Float64frombits(x), 64) }, bulk: doubles, double: true}
	case parquet.Types.Float:
		return reading{typ: Float32, width: 4, bits: func(to *cells, x uint64) { to.float(float64(math.Float32frombits(uint32(x))), 32) }, bulk: singles}
	case parquet.Types.Boolean:
		return reading{typ: Boolean, bits: func(to *cells, x uint64) { to.boolean(x != 0) }, bulk: unsigned32}
	case parquet.Types.ByteArray:
		return readTexts
	}
	return whole(c, false)
}

// The loops over all of a batch's bits, each with its one conversion inside.

func doubles(out []float64, xs []uint64) bool {
	for i, x := range xs {
		out[i] = math.Float64frombits(x)
	}
	return true
}

func halves(out []float64, xs []uint64) bool {
	for i, x := range xs {
		out[i] = half(x)
	}
	return true
}

func singles(out []float64, xs []uint64) bool {
	for i, x := range xs {
		out[i] = float64(math.Float32frombits(uint32(x)))
	}
	return true
}

func signed32(out []float64, xs []uint64) bool {
	for i, x := range xs {
		out[i] = float64(int32(x))
	}
	return true
}

func unsigned32(out []float64, xs []uint64) bool {
	for i, x := range xs {
		out[i] = float64(uint32(x))
	}
	return true
}

// exact reads integers, if each of them is one that a float64 holds.
func exact(out []float64, xs []uint64) bool {
	all := true
	for i, x := range xs {
		out[i] = float64(int64(x))
		all = all && x+exactInteger <= 2*exactInteger
	}
	return all
}

func whole(c *schema.Column, unsigned bool) reading {
	switch c.PhysicalType() {
	case parquet.Types.Int32:
		if unsigned {
			return reading{typ: Integer, width: 4, bits: func(to *cells, x uint64) { to.integer(int64(uint32(x))) }, bulk: unsigned32}
		}
		return reading{typ: Integer, width: 4, bits: func(to *cells, x uint64) { to.integer(int64(int32(x))) }, bulk: signed32}
	case parquet.Types.Int64:
		if unsigned {
			return reading{typ: Integer, width: 8, bits: (*cells).unsigned, bulk: exact}
		}
		return reading{typ: Integer, width: 8, bits: func(to *cells, x uint64) { to.integer(int64(x)) }, bulk: exact}
	}
	return reading{}
}

// maxDecimalDigits is what the widest decimal of other tools has, and maxDecimalBytes hold them.
const (
	maxDecimalDigits = 76
	maxDecimalBytes  = 32
)

func fraction(c *schema.Column, scale int) reading {
	if scale < 0 || scale > maxDecimalDigits {
		return reading{}
	}
	integer := func(to *cells, x int64) { to.decimal(big.NewInt(x), scale) }
	switch c.PhysicalType() {
	case parquet.Types.Int32:
		return reading{typ: Float64, width: 4, bits: func(to *cells, x uint64) { integer(to, int64(int32(x))) }, bulk: func(out []float64, xs []uint64) bool {
			return signed32(out, xs) && divide(out, scale)
		}}
	case parquet.Types.Int64:
		return reading{typ: Float64, width: 8, bits: func(to *cells, x uint64) { integer(to, int64(x)) }, bulk: func(out []float64, xs []uint64) bool {
			return exact(out, xs) && divide(out, scale)
		}}
	case parquet.Types.FixedLenByteArray:
		if n := c.TypeLength(); n >= 1 && n <= 8 {
			return reading{typ: Float64, width: n, array: true, bits: func(to *cells, x uint64) { integer(to, turned(x, n)) }, bulk: func(out []float64, xs []uint64) bool {
				all := true
				for i, x := range xs {
					whole := turned(x, n)
					out[i] = float64(whole)
					all = all && uint64(whole)+exactInteger <= 2*exactInteger
				}
				return all && divide(out, scale)
			}}
		}
		if c.TypeLength() < 1 || c.TypeLength() > maxDecimalBytes {
			return reading{}
		}
		return reading{typ: Float64, width: c.TypeLength(), array: true, bytes: func(to *cells, b []byte) { to.decimal(signed(b), scale) }}
	case parquet.Types.ByteArray:
		return reading{typ: Float64, bytes: func(to *cells, b []byte) {
			if len(b) > maxDecimalBytes {
				to.fault(notNumber, "")
				to.missing()
				return
			}
			to.decimal(signed(b), scale)
		}}
	}
	return reading{}
}

// divide makes decimals of exact integers: where the power of ten is a float64 too, one division rounds as the decimal itself would.
func divide(out []float64, scale int) bool {
	const exactPower = 22
	if scale > exactPower {
		return false
	}
	power := math.Pow10(scale)
	for i := range out {
		out[i] /= power
	}
	return true
}

// turned is the big-endian number of n bytes in two's complement whose first byte is x's lowest.
func turned(x uint64, n int) int64 { return int64(bits.ReverseBytes64(x)) >> (64 - 8*n) }

// signed is a big-endian number in two's complement.
func signed(b []byte) *big.Int {
	x := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]>>7 == 1 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return x
}
