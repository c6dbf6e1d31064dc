package drift

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// wired is a counter as another process would get it.
func wired[T any, P interface {
	*T
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(b []byte) error
}](t rapid.TB, from P) P {
	b, err := from.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	to := P(new(T))
	if err := to.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if again, _ := to.MarshalBinary(); !bytes.Equal(again, b) {
		t.Fatal("what was read is written otherwise")
	}
	return to
}

// shard gives each row to one of several shards.
func shards(t *rapid.T, rows int) [][]int {
	all := make([][]int, rapid.IntRange(1, 6).Draw(t, "shards"))
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "split"), 2))
	for row := range rows {
		s := r.IntN(len(all))
		if r.IntN(3) > 0 { // unequal ones
			s = 0
		}
		all[s] = append(all[s], row)
	}
	return all
}

// TestShardsOfNumbers: rows counted in shards that were written, read and merged in any order, some twice on the way, are those of one run by every bit.
func TestShardsOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := drawSample(t, "rows")
		counter := NewNumbers
		if rapid.Bool().Draw(t, "against a baseline") {
			counter = columnOf(drawSample(t, "baseline")).NewNumbers
		}
		whole := counter()
		whole.Add(xs)
		var parts []*Numbers
		for _, rows := range shards(t, len(xs)) {
			n := counter()
			for _, row := range rows {
				n.Add(xs[row : row+1])
			}
			parts = append(parts, wired(t, n))
		}
		for len(parts) > 1 {
			i := rapid.IntRange(1, len(parts)-1).Draw(t, "next")
			if err := parts[0].Merge(parts[i]); err != nil {
				t.Fatal(err)
			}
			parts = slices.Delete(parts, i, i+1)
			if rapid.Bool().Draw(t, "sent on") {
				parts[0] = wired(t, parts[0])
			}
		}
		if got, want := parts[0].Column(), whole.Column(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
		got, _ := parts[0].MarshalBinary()
		if want, _ := whole.MarshalBinary(); !bytes.Equal(got, want) {
			t.Fatal("the same rows are written otherwise")
		}
		more := sample(rand.New(rand.NewPCG(7, 7)), "normal", 5000) // what was read counts on
		parts[0].Add(more)
		whole.Add(more)
		if got, want := parts[0].Column(), whole.Column(); !reflect.DeepEqual(got, want) {
			t.Fatalf("and more rows: got %+v\nwant %+v", got, want)
		}
	})
}

func TestShardsOfTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := drawTexts(t, "rows")
		counter := NewTexts
		if rapid.Bool().Draw(t, "against a baseline") {
			counter = textsOf(drawTexts(t, "baseline")).NewTexts
		}
		missing := missingOf(xs)
		whole := counter()
		whole.Add(xs, missing)
		var parts []*Texts
		for _, rows := range shards(t, len(xs)) {
			n := counter()
			for _, row := range rows {
				n.Add(xs[row:row+1], missing[row:row+1])
			}
			parts = append(parts, wired(t, n))
		}
		for len(parts) > 1 {
			i := rapid.IntRange(1, len(parts)-1).Draw(t, "next")
			if err := parts[0].Merge(parts[i]); err != nil {
				t.Fatal(err)
			}
			parts = slices.Delete(parts, i, i+1)
		}
		if got, want := parts[0].Column(), whole.Column(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
		got, _ := parts[0].MarshalBinary()
		if want, _ := whole.MarshalBinary(); !bytes.Equal(got, want) {
			t.Fatal("the same rows are written otherwise")
		}
	})
}

// TestShardOfManyTexts: a counter that gave up listing texts stays so.
func TestShardOfManyTexts(t *testing.T) {
	n := NewTexts()
	for i := range mostDifferent + 3 {
		n.Add([]string{fmt.Sprint(i)}, nil)
	}
	got := wired(t, n)
	got.Add([]string{"1", ""}, []bool{false, true})
	if want := (Column{Other: mostDifferent + 4, Missing: 1, Rows: mostDifferent + 5}); !reflect.DeepEqual(got.Column(), want) {
		t.Errorf("%+v", got.Column())
	}
	few := NewTexts()
	few.Add([]string{"a"}, nil)
	if err := few.Merge(got); err != nil || few.Column().Other != mostDifferent+5 {
		t.Errorf("%+v, %v", few.Column(), err)
	}
}

// TestWireRefuses: one bit turned, a part cut off or put behind is no value, and leaves the counter as it was; nor is what was sealed but contradicts itself.
func TestWireRefuses(t *testing.T) {
	n, _ := wireSeeds()[1].(*Numbers).MarshalBinary()
	x, _ := wireSeeds()[4].(*Texts).MarshalBinary()
	var into Numbers
	into.Add([]float64{1, 2, 3})
	before := into.Column()
	for i := range len(n) {
		b := bytes.Clone(n)
		b[i] ^= 1 << (i % 8)
		if into.UnmarshalBinary(b) == nil || into.UnmarshalBinary(n[:i]) == nil {
			t.Fatalf("numbers: byte %d", i)
		}
	}
	if into.UnmarshalBinary(append(bytes.Clone(n), 0)) == nil || into.UnmarshalBinary(x) == nil || !reflect.DeepEqual(into.Column(), before) {
		t.Error("numbers of bytes that are none")
	}
	var texts Texts
	for i := range len(x) {
		b := bytes.Clone(x)
		b[i] ^= 1 << (i % 8)
		if texts.UnmarshalBinary(b) == nil || texts.UnmarshalBinary(x[:i]) == nil {
			t.Fatalf("texts: byte %d", i)
		}
	}

	huge := binary.AppendUvarint
	bin := func(edges ...float64) []byte {
		b := huge([]byte{1}, uint64(len(edges)))
		for _, e := range edges {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e))
		}
		return b
	}
	none := []byte{0, 0, 0, 0, 0}
	for name, body := range map[string][]byte{
		"a kind that is none":         append([]byte{2}, none...),
		"more edges than bytes":       huge([]byte{1}, 1000),
		"more edges than there are":   huge([]byte{1}, 1<<60),
		"edges that do not rise":      append(bin(2, 2), slices.Concat([]byte{0, 0}, none, none)...),
		"an edge that is NaN":         append(bin(math.NaN()), slices.Concat(none, none)...),
		"places beyond a bin":         append(bin(1, 2), slices.Concat([]byte{0, 1}, none, none)...),
		"rows on the other side":      append(bin(1), slices.Concat([]byte{0, 0, 0, 0, 1}, binary.AppendVarint(nil, key(2)), none)...),
		"too many first rows":         append([]byte{0, 0, 0, 0, 0}, huge(nil, few)...),
		"a first row that is NaN":     append([]byte{0, 0, 0, 0, 0, 1}, binary.AppendVarint(nil, infiniteBits)...),
		"first rows that fall":        append([]byte{0, 0, 0, 0, 0, 2}, 4, 1),
		"cells of few rows":           {0, 0, 0, 0, 1, 0, 1, 2, 1, 0},
		"a cell without rows":         append([]byte{0, 0, 0, 0, 1, 0, 2, 2, 0, 0, 2}, huge(huge(nil, few), 0)...),
		"cells wider than all floats": append([]byte{0, 0, 0, 0, 1, 51, 1, 0}, huge(huge(nil, few), 0)...),
		"places beyond a cell":        append([]byte{0, 0, 0, 0, 1, 20, 1, 2}, huge(huge(nil, few), 1)...),
		"rows that overflow":          append([]byte{0, 0, 0, 0, 1, 0, 1, 2}, huge(huge(nil, 1<<37), 0)...),
		"missing that overflow":       append(huge([]byte{0, 0, 0}, 1<<63), 0, 0),
	} {
		if err := into.UnmarshalBinary(sealed(append([]byte(numbersMagic), body...))); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, body := range map[string][]byte{
		"more texts than bytes":       {0, 100, 0, 0, 100},
		"a text beyond the end":       {0, 1, 0, 0, 1, 50, 'a', 1},
		"texts out of order":          {0, 2, 0, 0, 2, 1, 'b', 1, 1, 'a', 1},
		"a text twice":                {0, 2, 0, 0, 2, 1, 'b', 1, 1, 'b', 1},
		"a text of no row":            {0, 0, 0, 0, 1, 1, 'b', 0},
		"counts that are not the sum": {0, 3, 0, 0, 1, 1, 'b', 2},
		"more than all":               {0, 1, 0, 0, 1, 1, 'b', 2},
		"other of a baseline":         {0, 1, 0, 1, 0},
		"texts of a counter of none":  {2, 1, 0, 0, 1, 1, 'b', 1},
	} {
		if err := texts.UnmarshalBinary(sealed(append([]byte(textsMagic), body...))); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, body := range map[string][]byte{"the least": {0, 1, 0, 0, 1, 1, 'b', 1}, "no row": {0, 0, 0, 0, 0}} { // so that the refusals above are for their own reason
		if err := texts.UnmarshalBinary(sealed(append([]byte(textsMagic), body...))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wireSeeds are counters of every kind.
func wireSeeds() []interface{ MarshalBinary() ([]byte, error) } {
	r := rand.New(rand.NewPCG(3, 4))
	many, few := NewNumbers(), NewNumbers()
	many.Add(sample(r, "some missing", 5000))
	few.Add(sample(r, "odd", 40))
	against := many.Column().NewNumbers()
	against.Add(sample(r, "normal", 300))
	texts := NewTexts()
	texts.Add([]string{"a", "b", "a", "", "\x00"}, []bool{false, false, false, true, false})
	listed := textsOf(slices.Repeat([]string{"a", "b"}, 20)).NewTexts()
	listed.Add([]string{"a", "c"}, nil)
	return []interface{ MarshalBinary() ([]byte, error) }{many, few, against, texts, listed}
}

// FuzzWire: bytes are refused, or are a counter whose column holds together, that is written as it was read, and that merges with itself.
func FuzzWire(f *testing.F) {
	for _, s := range wireSeeds() {
		b, err := s.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = sealed(bytes.Clone(b)) // so that it is more than the digest that is tried
		var n Numbers
		if n.UnmarshalBinary(b) == nil {
			if again, _ := n.MarshalBinary(); !bytes.Equal(again, b) && minimal(b) {
				t.Error("numbers are written otherwise than read")
			}
			c := n.Column()
			if err := c.Check(); err != nil {
				t.Error(err)
			}
			m := wired(t, &n)
			if err := m.Merge(&n); err != nil {
				t.Error(err)
			}
			if got := m.Column(); got.Rows != 2*c.Rows || got.Missing != 2*c.Missing {
				t.Errorf("twice %d rows are %d", c.Rows, got.Rows)
			}
			m.Add([]float64{1, math.NaN(), -5})
		}
		var x Texts
		if x.UnmarshalBinary(b) == nil {
			c := x.Column()
			if err := c.Check(); err != nil {
				t.Error(err)
			}
			m := wired(t, &x)
			if err := m.Merge(&x); err != nil {
				t.Error(err)
			}
			if got := m.Column().Rows; got != 2*c.Rows {
				t.Errorf("twice %d rows are %d", c.Rows, got)
			}
		}
	})
}

// minimal is false of a number that was written longer than it need be: 0x80 0x00 for 0.
func minimal(b []byte) bool {
	b = b[:len(b)-sha256.Size]
	for i := 1; i < len(b); i++ {
		if b[i] == 0 && b[i-1] >= 0x80 {
			return false
		}
	}
	return true
}
