package table

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What is wrong with a CSV file is told with its code, column, count and first rows.
func TestBadCSV(t *testing.T) {
	scores := []string{}
	for i := range 100 {
		scores = append(scores, []string{"0.5", "1", "nan"}[i%3])
	}
	scores[16], scores[40], scores[99] = "abc", "1,5", "0x1p-2"
	for name, c := range map[string]struct{ file, code, want string }{
		"text":            {"score\n\"" + strings.Join(scores, "\"\n\"") + "\"\n", codeNumber, `x.csv: score: 3 of 100 rows are not numbers (first: row 17 "abc", row 41 "1,5", row 100 "0x1p-2")`},
		"a space":         {"score\n0.5\n 0.5\n", codeNumber, `1 of 2 rows are not numbers (first: row 2 " 0.5")`},
		"large":           {"score\n9007199254740992\n9007199254740993\n-9007199254740993\n", codeInexact, `2 of 3 rows are integers beyond 2^53, which a float64 does not hold (first: row 2 "9007199254740993", row 3 "-9007199254740993")`},
		"larger":          {"score\n99999999999999999999\n", codeInexact, "1 of 1 rows are integers beyond"},
		"latin-1":         {"score\nM\xfcnchen\n", codeUTF8, "score: 1 of 1 rows are not UTF-8 (first: row 1)"},
		"a long cell":     {"score\n" + strings.Repeat("9", maxCell+1) + "\n", codeLong, "score: 1 of 1 rows are longer than 65536 bytes (first: row 1)"},
		"a long text":     {"score\n" + strings.Repeat("é", 100) + "\n", codeNumber, `(first: row 1 "` + strings.Repeat("é", 32) + `…")`},
		"short row":       {"score,b\n1,2\n3\n", codeRagged, "x.csv: row 2 has 1 cells and the header has 2"},
		"long row":        {"score,b\n1,2,3\n", codeRagged, "row 1 has 3 cells and the header has 2"},
		"a quote inside":  {"score,b\n1,2\n1,a\"b\n", codeCSV, `row 2 (line 3): bare " in non-quoted-field`},
		"an open quote":   {"score,b\n1,\"2\n3,4\n", codeCSV, "row 1 (line 3): extraneous or missing"},
		"a quoted header": {"sc\"ore,b\n1,2\n", codeCSV, "the header (line 1)"},
		"two names":       {"score,b,score\n1,2,3\n", codeHeader, "score: columns 1 and 3 have this name"},
		"no name":         {"score,,b\n1,2,3\n", codeHeader, "column 2 of 3 has no name"},
		"a bad name":      {"score,\xff\n1,2\n", codeHeader, "the name of column 2 of 2 is not UTF-8 text"},
		"no rows":         {"score,b\n", codeNoRows, "the file has columns and no rows"},
		"no rows, cut":    {"score,b", codeNoRows, "the file has columns and no rows"},
		"old mac":         {"score,b\r1,2\r", codeNoRows, "no rows"},
		"semicolons":      {"id;score\n1;2\n", codeHeader, `the header is one column, "id;score": cells are parted by ',' here, and these seem to be by ';', in 2 columns`},
		"tabs":            {"id\tscore\tx\n1\t2\t3\n", codeHeader, `seem to be by '\t', in 3 columns`},
		"only a mark":     {"\xef\xbb\xbf", codeHeader, "no header"},
		"blank":           {"\n\n\n", codeHeader, "no header"},
		"empty":           {"", codeEmpty, "the file is empty"},
		"utf-16":          {"\xff\xfes\x00c\x00", codeUTF8, "the file is UTF-16"},
		"gzip":            {"\x1f\x8b\x08\x00\x00", codeUnpacked, "the gzip data cannot be unpacked: it is cut off"},
		"zstd":            {"\x28\xb5\x2f\xfd\x00", codeUnpacked, "the zstd data cannot be unpacked: it is cut off"},
		"bzip2":           {"BZh9", codePacked, "the file is compressed with bzip2: unpack it first"},
		"zip":             {"PK\x03\x04\x00", codePacked, "compressed with zip"},
		"another column":  {"scores,b\n1,2\n", codeColumn, `x.csv: score: no such column (did you mean "scores"?)`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load(t.Context(), "x.csv", []byte(c.file), Want{"score", Number})
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) || got != nil {
				t.Fatalf("got %v, %v, want %s: %s", got, err, c.code, c.want)
			}
		})
	}
}

// A quote that is not closed does not take the rest of a large file into memory.
func TestLongRow(t *testing.T) {
	b := []byte("score,b\n1,\"2\n" + strings.Repeat("3,4\n", maxRecord/3))
	_, err := load(t.Context(), "x.csv", b, Want{"score", Number})
	var e *Error
	if !errors.As(err, &e) || e.Code != codeLong || !strings.Contains(err.Error(), "row 1 is longer than 16 MiB: is a quote not closed?") {
		t.Fatalf("got %v", err)
	}
}

// Types are told by all cells, and cells read by them.
func TestCSVTypes(t *testing.T) {
	for name, c := range map[string]struct {
		cells  string
		typ    Type
		values []string // "-" is missing
	}{
		"integers":        {"1 0 -5 9223372036854775807", Integer, []string{"1", "0", "-5", "9223372036854775807"}},
		"floats":          {"1.0 0.50 1e3 -0 3", Float64, []string{"1", "0.5", "1000", "0", "3"}},
		"integers first":  {"7 8 1.5", Float64, []string{"7", "8", "1.5"}},
		"floats first":    {"1.5 7", Float64, []string{"1.5", "7"}},
		"tiny and huge":   {"1e-7 1.5e21 0.000001 123456789012345680000.5", Float64, []string{"1e-07", "1.5e+21", "0.000001", "123456789012345680000"}},
		"nan":             {"nan 0.5 NaN inf -Infinity", Float64, []string{"-", "0.5", "-", "+Inf", "-Inf"}},
		"integers, gaps":  {"1 - 3", Integer, []string{"1", "-", "3"}},
		"booleans":        {"true False TRUE - false", Boolean, []string{"true", "false", "true", "-", "false"}},
		"zip codes":       {"01234 99999", Text, []string{"01234", "99999"}},
		"a plus":          {"+1 2", Text, []string{"+1", "2"}},
		"twenty digits":   {"12345678901234567890 1", Text, []string{"12345678901234567890", "1"}},
		"text":            {"a 1 true", Text, []string{"a", "1", "true"}},
		"booleans or one": {"true 1", Text, []string{"true", "1"}},
		"hexadecimal":     {"0x10 1", Text, []string{"0x10", "1"}},
		"underscores":     {"1_000 1", Text, []string{"1_000", "1"}},
		"nothing":         {"- -", Text, []string{"-", "-"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := "k,x\n"
			for _, cell := range strings.Fields(c.cells) {
				if cell == "-" {
					cell = ""
				}
				file += "1," + cell + "\n"
			}
			got, err := load(t.Context(), "x.csv", []byte(file), Want{"x", Value})
			if err != nil {
				t.Fatal(err)
			}
			var values []string
			for i, s := range got[0].Texts {
				if got[0].gone(i) {
					s = "-"
				}
				values = append(values, s)
			}
			if got[0].Type != c.typ || !slices.Equal(values, c.values) {
				t.Fatalf("%s %q, want %s %q", got[0].Type, values, c.typ, c.values)
			}
		})
	}
}

// Numbers are parsed whatever type the column has; a cell's own NaN is no missing one.
func TestCSVNumbers(t *testing.T) {
	got, err := load(t.Context(), "x.csv", []byte("\xef\xbb\xbfx,\"b,\"\"c\"\r\n007,true\r\n,false\r\nNaN,\r\n-inf,TRUE\r\n1e400,false"), Want{"x", Number}, Want{`b,"c`, Number}, Want{"x", Value})
	if err != nil {
		t.Fatal(err)
	}
	x := got[0].Numbers
	if x[0] != 7 || !math.IsNaN(x[1]) || !math.IsNaN(x[2]) || !math.IsInf(x[3], -1) || !math.IsInf(x[4], 1) || !reflect.DeepEqual(got[0].Missing, []bool{false, true, false, false, false}) {
		t.Errorf("x: %v, missing %v", x, got[0].Missing)
	}
	if b := got[1].Numbers; b[0] != 1 || b[1] != 0 || !math.IsNaN(b[2]) || b[3] != 1 || b[4] != 0 || !got[1].Missing[2] {
		t.Errorf("b: %v, missing %v", b, got[1].Missing)
	}
	if got[2].Texts[0] != "007" {
		t.Errorf("x as values: %q", got[2].Texts)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\n\"x\"\"y\"\n", "\xef\xbb\xbfa\r\n007\r\n", "a,b\n1\n", "a\nnan\n1e9\n", "a,a\n1,2\n", "\"a\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := everything(t.Context(), "x.csv", b)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v is no *Error", err)
		}
	})
}

// A format is told by a file's ending and, where that says nothing, by its first bytes.
func TestFormatIsTold(t *testing.T) {
	csv, tsv, jsonl := "a,b\n1,x\n", "a\tb\n1\tx\n", "{\"a\": 1, \"b\": \"x\"}\n"
	for name, text := range map[string]string{
		"x.csv": csv, "x.CSV": csv, "x.txt": csv, "x": csv, "-": csv, "x.tsv": tsv, "x.tab": tsv, "y.txt": tsv, "y": tsv,
		"x.jsonl": jsonl, "x.ndjson": jsonl, "x.json": jsonl, "z.txt": jsonl, "z": "\xef\xbb\xbf \n" + jsonl, "one\tcolumn": "a,b\n1,x\n",
	} {
		got, err := load(t.Context(), name, []byte(text), Want{"a", Number}, Want{"b", Value})
		if err != nil || got[0].Numbers[0] != 1 || got[1].Texts[0] != "x" {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	got, err := load(t.Context(), "x.tsv", []byte("a\tb\n1,5\t\"x\ty\"\n"), Want{"a", Value}, Want{"b", Value})
	if err != nil || got[0].Texts[0] != "1,5" || got[1].Texts[0] != "x\ty" {
		t.Errorf("%v, %v", got, err)
	}
}
