package schema

import (
	"reflect"
	"testing"
)

const places = `model: ma
gates:
  - {metric: é, min: 0.5}
  - metric: recall
    max_gap: 0.1
empty:
names: {é: "ü", b: [1,
  2]}
`

func parse(t *testing.T, file, in string) *Document {
	t.Helper()
	d, err := Parse(file, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPlaces(t *testing.T) {
	d := parse(t, "p.yaml", places)
	for _, c := range []struct {
		path       []any
		has        bool
		value, key [2]int // of the value, and of its key
	}{
		{nil, true, [2]int{1, 1}, [2]int{1, 1}},
		{[]any{"model"}, true, [2]int{1, 8}, [2]int{1, 1}},
		{[]any{"gates"}, true, [2]int{3, 3}, [2]int{2, 1}},
		{[]any{"gates", 0}, true, [2]int{3, 5}, [2]int{3, 5}},
		{[]any{"gates", 0, "min"}, true, [2]int{3, 22}, [2]int{3, 17}},
		{[]any{"gates", 1, "max_gap"}, true, [2]int{5, 14}, [2]int{5, 5}},
		{[]any{"gates", 1, "min"}, false, [2]int{4, 5}, [2]int{4, 5}},
		{[]any{"gates", 2, "min"}, false, [2]int{3, 3}, [2]int{3, 3}},
		{[]any{"gates", -1}, false, [2]int{3, 3}, [2]int{3, 3}},
		{[]any{"gates", "0"}, false, [2]int{3, 3}, [2]int{3, 3}},
		{[]any{"empty"}, true, [2]int{6, 1}, [2]int{6, 1}},
		{[]any{"names", "é"}, true, [2]int{7, 12}, [2]int{7, 9}},
		{[]any{"names", "b", 1}, true, [2]int{8, 3}, [2]int{8, 3}},
		{[]any{"model", "x"}, false, [2]int{1, 8}, [2]int{1, 8}},
		{[]any{3.5}, false, [2]int{1, 1}, [2]int{1, 1}},
	} {
		value, its := Position{"p.yaml", c.value[0], c.value[1]}, Position{"p.yaml", c.key[0], c.key[1]}
		if got := d.Has(c.path...); got != c.has {
			t.Errorf("Has(%v) = %v", c.path, got)
		}
		if got := d.At(c.path...); got != value {
			t.Errorf("At(%v) = %v, want %v", c.path, got, value)
		}
		if got := d.KeyAt(c.path...); got != its {
			t.Errorf("KeyAt(%v) = %v, want %v", c.path, got, its)
		}
		sub := d.Sub(c.path...)
		if sub.Has() != c.has || sub.At() != value {
			t.Errorf("Sub(%v) is at %v (%v), want %v", c.path, sub.At(), sub.Has(), value)
		}
	}
	if got := d.Sub("gates", 1).At("metric"); got != (Position{"p.yaml", 4, 13}) {
		t.Errorf("a place in a part: %v", got)
	}
	if got := d.Sub("gates", 9).Sub("x").At("y"); got != (Position{"p.yaml", 3, 3}) {
		t.Errorf("a place in a part that is not there: %v", got)
	}
	for _, c := range []struct {
		path []any
		want string
		ok   bool
	}{
		{[]any{"model"}, "ma", true}, {[]any{"gates", 0, "min"}, "0.5", true}, {[]any{"names", "b", 1}, "2", true},
		{[]any{"empty"}, "", false}, {[]any{"gates"}, "", false}, {[]any{"x"}, "", false}, {nil, "", false},
	} {
		if got, ok := d.Text(c.path...); got != c.want || ok != c.ok {
			t.Errorf("Text(%v) = %q, %v", c.path, got, ok)
		}
	}
	for _, c := range []struct {
		path []any
		want []string
	}{
		{nil, []string{"model", "gates", "empty", "names"}},
		{[]any{"gates", 1}, []string{"metric", "max_gap"}},
		{[]any{"gates"}, nil}, {[]any{"x"}, nil},
	} {
		if got := d.Keys(c.path...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Keys(%v) = %v, want %v", c.path, got, c.want)
		}
	}
}

func TestNoDocument(t *testing.T) {
	var d *Document
	if d.Has() || d.Has("a") || d.Keys() != nil || d.At("a", 1) != (Position{}) || d.KeyAt("a") != (Position{}) || d.Sub("a").Has() {
		t.Error("of a nil Document something is there")
	}
	var v any
	if err := d.Decode("evidence", &v); err == nil || err.Error() != "missing-key: nothing is written here" {
		t.Errorf("a nil Document decodes: %v", err)
	}
	if err := parse(t, "p.yaml", places).Sub("gates", 7).Decode("evidence", &v); err == nil || err.Error() != "p.yaml:3:3: missing-key: nothing is written here" {
		t.Errorf("nothing decodes: %v", err)
	}
	if err := parse(t, "p.yaml", places).Decode("evidense", &v); err == nil || err.Error() != `no schema is named "evidense" (did you mean "evidence"?)` {
		t.Errorf("an unknown schema decodes: %v", err)
	}
}

// TestPart: a part is validated by itself, and told of at its place in the file.
func TestPart(t *testing.T) {
	var v any
	d := parse(t, "p.yaml", "gates:\n  - x\n  - {model: 1, threshold: 0.5, task: binary}\n").Sub("gates")
	for want, part := range map[string]*Document{
		`p.yaml:2:5: wrong-type: this must be a mapping, not the text "x"`:           d.Sub(0),
		`p.yaml:3:13: wrong-type: "model" must be text, not the number 1: write "1"`: d.Sub(1),
	} {
		if err := part.decode(test(t), &v); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
