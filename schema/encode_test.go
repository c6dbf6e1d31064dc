package schema

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestEncode(t *testing.T) {
	type embedded struct {
		B *float64 `json:"b"`
	}
	type inner struct {
		embedded
		Z     string         `json:"z,omitempty"`
		A     map[string]int `json:"a"`
		Empty []int          `json:"empty"`
		Out   int            `json:"-"`
		At    time.Time      `json:"at"`
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{inner{A: map[string]int{"y": 1, "x": 2}, Out: 1 << 60, At: time.Unix(0, 0).UTC()}, `{"a":{"x":2,"y":1},"at":"1970-01-01T00:00:00Z","b":null,"empty":null}`},
		{"<script>&\u2028\x7f", "\"<script>&\u2028\x7f\""},
		{[]any{1e21, 1e20, 1e-7, 1e-6, math.Copysign(0, -1), 1.0, float32(0.1), uint8(3)}, `[1e+21,100000000000000000000,1e-7,0.000001,0,1,0.1,3]`},
		{int64(1 << 53), "9007199254740992"},
		{math.Inf(1) > 0, "true"},
		{[]byte("hi"), `"aGk="`},
		{json.RawMessage(` {"b": 1, "a": 1.0} `), `{"a":1,"b":1}`},
		{nil, "null"},
		// RFC 8785, 3.2.3
		{map[string]string{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\U0001F600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"},
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`},
		// RFC 8785, 3.2.2
		{map[string]any{"numbers": []any{json.Number("333333333.33333329"), json.Number("1E30"), 4.50, 2e-3, json.Number("0.000000000000000000000000001")}, "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f", "literals": []any{nil, true, false}},
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
	} {
		got, err := Encode(c.v)
		if err != nil || string(got) != c.want {
			t.Errorf("got  %s (%v)\nwant %s", got, err, c.want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	type s struct {
		A []map[string]float64 `json:"a,omitempty"`
		B *s                   `json:"b,omitempty"`
		N int64                `json:"n,omitempty"`
		U uint64               `json:"u,omitempty"`
		T string               `json:"t,omitempty"`
		I any                  `json:"i,omitempty"`
	}
	cycle := &s{}
	cycle.B = cycle
	deep := any(1)
	for range 65 {
		deep = []any{deep}
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{s{B: &s{A: []map[string]float64{nil, {"x": math.NaN()}}}}, "encode schema.s: b.a.1.x: NaN is no number that JSON knows"},
		{s{I: math.Inf(-1)}, "encode schema.s: i: -Inf is no number that JSON knows"},
		{s{N: 1<<53 + 1}, "encode schema.s: n: 9007199254740993 is an integer beyond 2^53"},
		{s{N: -1 << 54}, "encode schema.s: n: -18014398509481984 is an integer beyond 2^53"},
		{s{U: math.MaxUint64}, "encode schema.s: u: 18446744073709551615 is an integer beyond 2^53"},
		{s{T: "a\xff"}, `encode schema.s: t: "a\xff" is not UTF-8`},
		{map[string]int{"\xff": 1}, `encode map[string]int: key ` + "\xff" + `: "\xff" is not UTF-8`},
		{json.Number("9007199254740993"), "encode json.Number: JSON:1:1: integer-too-large: 9007199254740993 is an integer beyond 2^53, which would lose digits: write it as text, in quotes"},
		{json.RawMessage(`{"a":1,"a":2}`), `encode json.RawMessage: JSON:1:8: duplicate-key: key "a" is written twice: first in line 1`},
		{deep, "encode []interface {}: JSON:1:65: too-deep: more than 64 mappings and lists lie within one another"},
		{func() {}, "encode func(): json: unsupported type: func()"},
		{cycle, "encode *schema.s: json: unsupported value: encountered a cycle via *schema.s"},
	} {
		b, err := Encode(c.v)
		if b != nil || err == nil || err.Error() != c.want {
			t.Errorf("got  %s, %v\nwant %s", b, err, c.want)
		}
		if _, ok := problemsOf(err); ok {
			t.Errorf("%v is told as if a person had written it", err)
		}
	}
}

// anyJSON draws what a file of ours can hold.
func anyJSON(depth int) *rapid.Generator[any] {
	text := rapid.String().AsAny()
	numbers := rapid.Custom(func(t *rapid.T) any {
		f := rapid.Float64().Draw(t, "number")
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return 0.5
		}
		return f
	})
	scalar := rapid.OneOf(text, numbers, rapid.Int64Range(-maxInteger, maxInteger).AsAny(), rapid.Bool().AsAny(), rapid.Just(any(nil)))
	if depth == 0 {
		return scalar
	}
	return rapid.OneOf(scalar, rapid.SliceOfN(anyJSON(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), anyJSON(depth-1), 0, 4).AsAny())
}

// TestEncodeDecode: what is encoded is read back, by the strict reader and encoding/json alike, and encodes to the same bytes.
func TestEncodeDecode(t *testing.T) {
	anything, err := compile("https://example.org/any", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := anyJSON(4).Draw(t, "v")
		first, err := Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse("x.json", first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		var back, theirs any
		if err := d.decode(anything, &back); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if err := json.Unmarshal(first, &theirs); err != nil || !reflect.DeepEqual(back, theirs) {
			t.Fatalf("encoding/json reads %v, not %v (%v)", theirs, back, err)
		}
		second, err := Encode(back)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s became %s (%v)", first, second, err)
		}
	})
}
