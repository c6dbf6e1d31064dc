package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// inMemory is a file of bytes.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func source(name string, b []byte) Source {
	return Source{Name: name, Open: func(context.Context) (File, error) { return inMemory{bytes.NewReader(b)}, nil }}
}

// load opens and reads columns as wanted.
func load(t context.Context, name string, b []byte, want ...Want) ([]Column, error) {
	ta, err := Open(t, source(name, b))
	if err != nil {
		return nil, err
	}
	got, err := ta.Load(t, want)
	return got, errors.Join(err, ta.Close())
}

// writers are how the conformance test writes rows in each format: a new format is added here, with its name.
func writers() map[string]func([]Column) ([]byte, error) {
	return map[string]func([]Column) ([]byte, error){
		"Parquet": func(cs []Column) ([]byte, error) {
			var b bytes.Buffer
			err := WriteParquet(&b, cs)
			return b.Bytes(), err
		},
		"CSV":   func(cs []Column) ([]byte, error) { return separatedBy(cs, ',') },
		"TSV":   func(cs []Column) ([]byte, error) { return separatedBy(cs, '\t') },
		"JSONL": writeJSONL,
	}
}

func separatedBy(cs []Column, delimiter rune) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = delimiter
	header := []string{}
	for _, c := range cs {
		header = append(header, c.Name)
	}
	if err := w.Write(header); err != nil {
		return nil, err
	}
	for i := range cs[0].length() {
		row := []string{}
		for _, c := range cs {
			cell := ""
			switch {
			case c.gone(i):
			case c.Texts != nil:
				cell = c.Texts[i]
			default:
				cell = strconv.FormatFloat(c.Numbers[i], 'g', -1, 64)
			}
			row = append(row, cell)
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// writeJSONL leaves a missing value out or writes null, and ends its lines in both ways.
func writeJSONL(cs []Column) ([]byte, error) {
	var b bytes.Buffer
	for i := range cs[0].length() {
		var members []string
		for k, c := range cs {
			name, err := json.Marshal(c.Name)
			if err != nil {
				return nil, err
			}
			value := []byte("null")
			switch {
			case c.gone(i):
				if (i+k)%2 == 1 {
					continue
				}
			case c.Texts != nil && c.Type == Text:
				if value, err = json.Marshal(c.Texts[i]); err != nil {
					return nil, err
				}
			case c.Texts != nil:
				value = []byte(c.Texts[i])
			default:
				value = strconv.AppendFloat(nil, c.Numbers[i], 'g', -1, 64)
			}
			members = append(members, string(name)+[]string{":", ": "}[i%2]+string(value))
		}
		b.WriteString("{" + strings.Join(members, ", ") + []string{"}\n", " }\r\n"}[i%2])
	}
	return b.Bytes(), nil
}

// columns draws columns of one length that every format can hold: a text is not empty and does not look like a number, since CSV does not
// tell such texts from missing cells and numbers; a column of numbers has one that is not missing, and a float column one that is no integer.
func columns(t *rapid.T) []Column {
	n := rapid.IntRange(1, 40).Draw(t, "rows")
	var out []Column
	for k := range rapid.IntRange(2, 4).Draw(t, "columns") {
		c := Column{Name: fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"score", "Größe ", "a,b", `q"`}).Draw(t, "name"), k)}
		if rapid.Bool().Draw(t, "optional") {
			c.Missing = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "missing")
			c.Missing[0] = false
		}
		switch c.Type = rapid.SampledFrom([]Type{Float64, Integer, Boolean, Text}).Draw(t, "type"); c.Type {
		case Float64:
			c.Numbers = rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1)), n, n).Draw(t, "numbers")
			c.Numbers[0] = 0.5
		case Integer:
			for _, i := range rapid.SliceOfN(rapid.Int64(), n, n).Draw(t, "integers") {
				c.Texts = append(c.Texts, strconv.FormatInt(i, 10))
			}
		case Boolean:
			for _, b := range rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "booleans") {
				c.Texts = append(c.Texts, strconv.FormatBool(b))
			}
		case Text:
			c.Texts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
				return "x" + strings.ReplaceAll(rapid.String().Draw(t, "text"), "\r", "")
			}), n, n).Draw(t, "texts")
		}
		for i := range c.Missing {
			switch {
			case c.Missing[i] && c.Numbers != nil:
				c.Numbers[i] = math.NaN()
			case c.Missing[i]:
				c.Texts[i] = ""
			}
		}
		out = append(out, c)
	}
	return out
}

// The same rows in every format give the same columns, as numbers and as values.
func TestSameRowsInEveryFormat(t *testing.T) {
	if len(Formats()) != len(writers()) {
		t.Fatalf("%d formats and %d writers", len(Formats()), len(writers()))
	}
	rapid.Check(t, func(t *rapid.T) {
		cs := columns(t)
		values, numbers := []Want{}, []Want{}
		for _, c := range cs {
			values = append(values, Want{c.Name, Value})
			if c.Type == Float64 || c.Type == Boolean {
				numbers = append(numbers, Want{c.Name, Number})
			}
		}
		for _, f := range Formats() {
			b, err := writers()[f.Name](cs)
			if err != nil {
				t.Fatalf("%s: write: %v", f.Name, err)
			}
			name := "rows." + strings.ToLower(f.Name)
			got, err := load(t.Context(), name, b, append(values, numbers...)...)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			for i, c := range cs {
				for k := range c.length() {
					want := ""
					switch {
					case c.gone(k):
					case c.Texts != nil:
						want = c.Texts[k]
					default:
						want = string(appendDecimal(nil, c.Numbers[k], 64))
					}
					if got[i].Texts[k] != want || got[i].gone(k) != c.gone(k) || got[i].Type != c.Type || got[i].Name != c.Name {
						t.Fatalf("%s: %s of type %s, row %d: %q (missing %v), want %q (missing %v) of type %s", f.Name, c.Name, got[i].Type, k+1, got[i].Texts[k], got[i].gone(k), want, c.gone(k), c.Type)
					}
				}
			}
			for i, w := range numbers {
				c, g := cs[position(names(cs), w.Name)], got[len(values)+i]
				for k := range c.length() {
					want := math.NaN()
					switch {
					case c.gone(k):
					case c.Type == Boolean:
						want = map[string]float64{"true": 1, "false": 0}[c.Texts[k]]
					default:
						want = c.Numbers[k]
					}
					if g.Numbers[k] != want && !(math.IsNaN(want) && math.IsNaN(g.Numbers[k])) || g.gone(k) != c.gone(k) {
						t.Fatalf("%s: %s, row %d: %v, want %v", f.Name, c.Name, k+1, g.Numbers[k], want)
					}
				}
			}
		}
	})
}

func names(cs []Column) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Name)
	}
	return out
}

// Cut at any byte, no file panics; Parquet always errs. Of CSV it can be known where a row is ragged or a quote open; else there are fewer rows.
func TestCutFiles(t *testing.T) {
	cs := []Column{
		{Name: "id", Type: Integer, Texts: []string{"1", "2", "3", "4"}},
		{Name: "score", Type: Float64, Numbers: []float64{0.25, 0.5, math.NaN(), 1}, Missing: []bool{false, false, true, false}},
		{Name: "group", Type: Text, Texts: []string{"a", "b, c", "d\ne", "ü"}},
	}
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			b, err := writers()[f.Name](cs)
			if err != nil {
				t.Fatal(err)
			}
			name := "rows." + strings.ToLower(f.Name)
			whole, err := load(t.Context(), name, b, Want{"id", Value}, Want{"score", Number}, Want{"group", Value})
			if err != nil {
				t.Fatal(err)
			}
			for n := range b {
				got, err := load(t.Context(), name, b[:n], Want{"id", Value}, Want{"score", Number}, Want{"group", Value})
				var e *Error
				switch {
				case err != nil && !errors.As(err, &e):
					t.Fatalf("cut at %d: %v is no *Error", n, err)
				case err == nil && f.Name == "Parquet":
					t.Fatalf("cut at %d of %d: no error", n, len(b))
				case err == nil && got[0].length() == whole[0].length() && n < len(b)-3:
					t.Fatalf("cut at %d of %d: all rows", n, len(b))
				}
			}
		})
	}
}

// Every cell of every file that pyarrow wrote, in each codec, encoding and version of pages.
func TestFilesByPyarrow(t *testing.T) {
	var expected map[string]map[string][]*string
	b, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &expected); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files in testdata (%v)", len(files), err)
	}
	for _, f := range append(files, "testdata/rows.csv") {
		name := filepath.Base(f)
		if name == "empty.parquet" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			want, ok := expected[name]
			if !ok {
				want = expected["rows.csv"]
			}
			ta, err := Open(t.Context(), FromFile(f))
			if err != nil {
				t.Fatal(err)
			}
			defer ta.Close()
			some := 0
			for _, column := range ta.Names {
				cells, ok := want[column]
				if !ok {
					continue
				}
				some++
				got, err := ta.Load(t.Context(), []Want{{column, Value}})
				if err != nil {
					t.Fatal(err)
				}
				if ta.Rows != int64(len(cells)) || len(got[0].Texts) != len(cells) {
					t.Fatalf("%s: %d and %d rows, want %d", column, ta.Rows, len(got[0].Texts), len(cells))
				}
				for i, cell := range cells {
					if got[0].gone(i) != (cell == nil) || cell != nil && got[0].Texts[i] != *cell {
						t.Fatalf("%s, row %d: %q (missing %v), want %v", column, i+1, got[0].Texts[i], got[0].gone(i), reflect.Indirect(reflect.ValueOf(cell)))
					}
				}
			}
			if some < 3 {
				t.Fatalf("only %d columns were compared", some)
			}
		})
	}
}

func TestTypesOfPyarrow(t *testing.T) {
	ta, err := Open(t.Context(), FromFile("testdata/types.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer ta.Close()
	got := map[string]Type{}
	for i, n := range ta.Names {
		got[n] = ta.Types[i]
	}
	want := map[string]Type{
		"decimal": Float64, "wide": Float64, "half": Float32, "uint64": Integer, "uint32": Integer, "int8": Integer, "dictionary": Text, "large": Text,
		"binary": Text, "null": Integer, "floats": Float64, "day": "date", "list": "list", "struct": "nested", "fixed": "fixed_len_byte_array",
	}
	for n, typ := range want {
		if got[n] != typ {
			t.Errorf("%s: %q, want %q", n, got[n], typ)
		}
	}
	if !strings.HasPrefix(string(got["time"]), "timestamp") {
		t.Errorf("time: %q", got["time"])
	}
	for _, n := range []string{"day", "time", "list", "struct", "fixed"} {
		_, err := ta.Load(t.Context(), []Want{{n, Value}})
		var e *Error
		if !errors.As(err, &e) || e.Code != codeType || e.Column != n || !strings.Contains(e.What, string(got[n])) {
			t.Errorf("%s: %v", n, err)
		}
	}
	numbers, err := ta.Load(t.Context(), []Want{{"decimal", Number}, {"floats", Number}, {"half", Number}, {"null", Number}})
	if err != nil {
		t.Fatal(err)
	}
	if d := numbers[0].Numbers; d[0] != 1.5 || d[1] != -0.07 || d[2] != 120 {
		t.Errorf("decimals %v", d)
	}
	if x := numbers[1].Numbers; !math.IsNaN(x[0]) || !math.IsInf(x[1], 1) || numbers[1].Missing != nil {
		t.Errorf("NaN and Inf are values, got %v, missing %v", x, numbers[1].Missing)
	}
	if _, err := ta.Load(t.Context(), []Want{{"uint64", Number}}); err == nil || !strings.Contains(err.Error(), `uint64: 2 of 3 rows are integers beyond 2^53, which a float64 does not hold (first: row 2 "9223372036854775808", row 3 "18446744073709551615")`) {
		t.Errorf("integers beyond 2^53: %v", err)
	}
}

// An integer that a float64 does not hold is told, below 0 too, in every format.
func TestInexactIntegers(t *testing.T) {
	c := Column{Name: "n", Type: Integer, Texts: []string{"9007199254740992", "-9007199254740992", "-9007199254740993", "9007199254740993"}}
	for _, f := range Formats() {
		b, err := writers()[f.Name]([]Column{c})
		if err != nil {
			t.Fatal(err)
		}
		_, err = load(t.Context(), "x."+strings.ToLower(f.Name), b, Want{"n", Number})
		var e *Error
		if !errors.As(err, &e) || e.Code != codeInexact || !strings.Contains(e.What, `2 of 4 rows`) || !strings.Contains(e.What, `(first: row 3 "-9007199254740993", row 4 "9007199254740993")`) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// From a wrong cell on no batch is given, though the whole column is read for the count.
func TestNoBatchAfterAFault(t *testing.T) {
	texts := make([]string, 3*batchRows)
	for i := range texts {
		texts[i] = "1"
	}
	texts[batchRows], texts[3*batchRows-1] = "x", "y"
	for _, f := range Formats() {
		b, err := writers()[f.Name]([]Column{{Name: "n", Type: Text, Texts: texts}})
		if err != nil {
			t.Fatal(err)
		}
		ta, err := Open(t.Context(), source("x."+strings.ToLower(f.Name), b))
		if err != nil {
			t.Fatal(err)
		}
		batches := 0
		for _, err = range ta.Read(t.Context(), []Want{{"n", Number}}) {
			if err == nil {
				batches++
			}
		}
		if want := fmt.Sprintf(`2 of %d rows are not numbers (first: row %d "x", row %d "y")`, len(texts), batchRows+1, len(texts)); batches != 1 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %d batches, %v, want one and %s", f.Name, batches, err, want)
		}
	}
}
