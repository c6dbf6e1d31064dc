package table

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cellTexts draws what cells may hold, and what nearly is a number.
func cellTexts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string {
			return strconv.FormatFloat(rapid.Float64().Draw(t, "x"), rapid.SampledFrom([]byte("gef")).Draw(t, "form"), rapid.IntRange(-1, 20).Draw(t, "digits"), 64)
		}),
		rapid.Custom(func(t *rapid.T) string { return strconv.FormatInt(rapid.Int64().Draw(t, "i"), 10) }),
		rapid.StringOfN(rapid.RuneFrom([]rune("0123456789.-+eEx_")), 0, 24, -1),
		rapid.StringOfN(rapid.RuneFrom([]rune("0123456789.")), 0, 18, -1),
		rapid.SampledFrom([]string{"", "true", "False", "nan", "-inf", "-0", "-0.0", "0", ".5", "5.", "1e400", "1e-400", "9007199254740993", "-9007199254740992", "007", "+1", "-", ".", "é", "\xff", "a\x00", "0.1", "1_0", "0x1p-2"}),
		rapid.String(),
	)
}

// A filler gives bit for bit what stored gives, faults among it, whatever came before.
func TestFillerIsStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Want{"x", rapid.SampledFrom([]As{Number, Value, Code}).Draw(t, "as")}
		typ := rapid.SampledFrom([]Type{Float64, Float32, Integer, Boolean, Text}).Draw(t, "type")
		slow, fast := newCells(want, typ), newFiller(newCells(want, typ))
		some := rapid.SliceOfN(cellTexts(), 1, 6).Draw(t, "texts")
		for _, s := range rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(some), cellTexts()), 1, 30).Draw(t, "cells") {
			slow.stored(s)
			fast.cell([]byte(s))
		}
		for k := range slow.wrong {
			if a, b := slow.wrong[k], fast.wrong[k]; a.rows != b.rows || strings.Join(a.first, ",") != strings.Join(b.first, ",") {
				t.Fatalf("faults %v, want %v", b, a)
			}
		}
		a, b := slow.take(), fast.take()
		if err := same(a, b); err != nil {
			t.Fatal(err)
		}
	})
}

// Types are told as cell by cell, in any order and parting.
func TestKindsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.OneOf(cellTexts(), rapid.SampledFrom([]string{"true", "1", "0.5", ""})), 0, 8).Draw(t, "cells")
		cut := rapid.IntRange(0, len(cells)).Draw(t, "cut")
		var whole, left, right kind
		for i, s := range cells {
			whole.see(s)
			if i < cut {
				left.seeBytes([]byte(s))
			} else {
				right.seeBytes([]byte(s))
			}
		}
		other := right
		other.merge(left)
		left.merge(right)
		if left.is() != whole.is() || other.is() != whole.is() {
			t.Fatalf("%q cut at %d: %s and %s, want %s", cells, cut, left.is(), other.is(), whole.is())
		}
	})
}

// halfway draws decimals that lie halfway between two float64s, or beside it by the last digit: where rounding is hardest.
func halfway() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		x := rapid.Float64Range(1e-3, 1e16).Draw(t, "x")
		exact := new(big.Float).SetPrec(2000).SetFloat64(x)
		next := new(big.Float).SetPrec(2000).SetFloat64(math.Nextafter(x, math.Inf(1)))
		s := exact.Add(exact, next).Quo(exact, big.NewFloat(2)).Text('f', rapid.IntRange(0, 19).Draw(t, "digits"))
		last := rapid.SampledFrom([]string{"", "0", "1", "9"}).Draw(t, "last")
		return s + last
	})
}

func TestPlainNumbers(t *testing.T) {
	plain := 0
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(cellTexts(), rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,8})?`), rapid.StringMatching(`-?0{0,3}[0-9]{0,10}\.[0-9]{0,27}`), halfway()).Draw(t, "s")
		for _, read := range []func([]byte) (float64, bool){plainNumber, pointed} {
			got, ok := read([]byte(s))
			if !ok {
				continue
			}
			plain++
			want, err := strconv.ParseFloat(s, 64)
			if err != nil && !isRange(err) || math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%q: %v, want %v (%v)", s, got, want, err)
			}
		}
	})
	if plain < 20 {
		t.Errorf("only %d were plain", plain)
	}
}

// Where a dictionary is full and another begins, what came before has another code.
func TestFillerAfterAFullDictionary(t *testing.T) {
	var text strings.Builder
	text.WriteString("x\n")
	n := batchRows + 200
	for i := range n {
		if i < maxDictionary {
			text.WriteString("v" + strconv.Itoa(i) + "\n")
		} else {
			text.WriteString("v" + strconv.Itoa(maxDictionary-1-i%7) + "\n")
		}
	}
	got, err := load(t.Context(), "x.csv", []byte(text.String()), Want{"x", Value}, Want{"x", Code})
	if err != nil || got[0].Len() != n {
		t.Fatalf("%v", err)
	}
	if err := same(got[0], got[1]); err != nil {
		t.Error(err)
	}
}

// One in some two thousand decimals of 17 digits needs the remainder to be rounded rightly, and some lie halfway.
func TestPlainNumbersOf17Digits(t *testing.T) {
	texts := []string{"4503599627370496.5", "4503599627370497.5", "4503599627370496.51", "4503599627370496.49", "9007199254740992.5", "9007199254740993.0", "0.30000000000000004", "184467440737095516.5"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		texts = append(texts, strconv.FormatFloat(r.Float64(), 'f', 17, 64), strconv.FormatUint(r.Uint64N(1e9), 10)+"."+strconv.FormatUint(r.Uint64N(1e9), 10))
	}
	for _, s := range texts {
		got, ok := plainNumber([]byte(s))
		want, err := strconv.ParseFloat(s, 64)
		if !ok || err != nil || got != want {
			t.Fatalf("%s: %v, %v, want %v", s, got, ok, want)
		}
	}
}
