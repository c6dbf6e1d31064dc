package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// What is wrong with a line is told with its number and place.
func TestBadJSONL(t *testing.T) {
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	many := strings.Builder{}
	for i := range maxColumns + 2 {
		fmt.Fprintf(&many, "{\"k%d\": 1}\n", i)
	}
	for name, c := range map[string]struct{ file, code, want string }{
		"a key twice":         {"{\"score\": 1}\n\n{\"score\": 1, \"score\": 2}\n", codeJSON, `x.jsonl: line 3: byte 14: the key "score" is written twice`},
		"twice by an escape":  {`{"a": 1, "\u0061": 2}`, codeJSON, `the key "a" is written twice`},
		"nan":                 {"{\"score\": 1}\n{\"score\": NaN}", codeJSON, "line 2: byte 11: NaN is no number that JSON knows"},
		"infinity":            {`{"score": -Infinity}`, codeJSON, "a digit is expected, not 'I'"},
		"too large":           {`{"score": 1e400}`, codeJSON, "1e400 is larger than any float64"},
		"many digits":         {`{"score": ` + strings.Repeat("9", 400) + `}`, codeJSON, "is larger than any float64"},
		"a zero":              {`{"score": 01}`, codeJSON, "no leading zero"},
		"a plus":              {`{"score": +1}`, codeJSON, "a value is expected, not '+'"},
		"a point":             {`{"score": .5}`, codeJSON, "a value is expected, not '.'"},
		"no digit":            {`{"score": 1.}`, codeJSON, "a digit is expected, not '}'"},
		"no exponent":         {`{"score": 1e}`, codeJSON, "a digit is expected"},
		"a list":              {"[1, 2]\n", codeJSON, "line 1: byte 1: an object in braces is expected, not '['"},
		"over several lines":  {"{\n\"score\": 1\n}\n", codeJSON, "line 1: byte 2: the object is not closed at the end of the line"},
		"two in a line":       {"{} {}\n", codeJSON, "something follows after the object"},
		"a comma too many":    {`{"score": 1,}`, codeJSON, "a key in double quotes is expected, not '}'"},
		"no comma":            {`{"score": 1 "b": 2}`, codeJSON, `"," or "}" is expected, not '"'`},
		"no colon":            {`{"score" 1}`, codeJSON, `":" is expected, not '1'`},
		"no value":            {`{"score":`, codeJSON, "a value is expected, and the line ends"},
		"Python's None":       {`{"score": None}`, codeJSON, "a value is expected, not 'N'"},
		"an open text":        {"{\"score\": \"1}\n", codeJSON, "the text is not closed at the end of the line"},
		"a tab":               {"{\"score\": \"a\tb\"}\n", codeJSON, "the control character 0x09 stands in a text"},
		"an escape":           {`{"score": "\x"}`, codeJSON, `no escape begins with \ here`},
		"half an escape":      {`{"score": "\u00"}`, codeJSON, `no escape begins with \ here`},
		"half a character":    {`{"score": "\ud83d"}`, codeJSON, "half of a character"},
		"the other half":      {`{"score": "\ude00"}`, codeJSON, "half of a character"},
		"half in a key":       {`{"\ud83d": 1}`, codeJSON, "half of a character"},
		"deep":                {`{"score": ` + deep + `}`, codeJSON, "more than 64 lists and objects"},
		"bad within":          {`{"score": [1, {"a": 01}]}`, codeJSON, "no leading zero"},
		"open within":         {`{"score": [1, }`, codeJSON, "a value is expected, not '}'"},
		"wrong bracket":       {`{"score": [1}`, codeJSON, `"," or "]" is expected, not '}'`},
		"latin-1":             {"{\"score\": 1}\n{\"b\": \"M\xfcnchen\"}\n", codeUTF8, "line 2 is not UTF-8"},
		"utf-16":              {"\xff\xfe{\x00", codeUTF8, "the file is UTF-16"},
		"an empty name":       {`{"": 1}`, codeHeader, "column 1 of 1 has no name"},
		"no keys":             {"{}\n{}\n", codeHeader, "no object has a key"},
		"blank":               {"\n \n", codeHeader, "no object has a key"},
		"keys that are data":  {many.String(), codeJSON, "line 10001: the objects up to here have more than 10000 different keys"},
		"a long line":         {`{"score": "` + strings.Repeat("x", maxRecord+2*beyondPiece) + `"}`, codeLong, "line 1 is longer than 16 MiB"},
		"text for a number":   {"{\"score\": 1}\n{\"score\": \"high\"}\n", codeNumber, `score: 1 of 2 rows are not numbers (first: row 2 "high")`},
		"nothing written":     {"{\"score\": 1}\n{\"score\": \"\"}\n", codeNumber, "1 of 2 rows are not numbers (first: row 2)"},
		"a large integer":     {"{\"score\": 9007199254740993}\n", codeInexact, `1 of 1 rows are integers beyond 2^53`},
		"a larger one":        {"{\"score\": 12345678901234567890123}\n", codeInexact, `1 of 1 rows are integers beyond 2^53`},
		"a list of numbers":   {"{\"score\": [1]}\n{\"score\": 1}\n", codeType, "list"},
		"an object":           {"{\"score\": 1}\n{\"score\": {\"a\": 1}}\n", codeType, "nested"},
		"another column":      {"{\"scores\": 1}\n", codeColumn, `score: no such column (did you mean "scores"?)`},
		"a long text as cell": {`{"score": "` + strings.Repeat("9", maxCell+1) + `"}`, codeLong, "1 of 1 rows are longer than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load(t.Context(), "x.jsonl", []byte(c.file), Want{"score", Number})
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) || got != nil {
				t.Fatalf("got %v, %v, want %s: %s", got, err, c.code, c.want)
			}
		})
	}
}

// Types are told by all values; numbers among texts stay as they are written, and what a line lacks is missing.
func TestJSONLTypes(t *testing.T) {
	for name, c := range map[string]struct {
		values string // by line
		typ    Type
		texts  []string // "-" is missing
	}{
		"integers":          {"1|0|-5|9223372036854775807", Integer, []string{"1", "0", "-5", "9223372036854775807"}},
		"ids":               {"9007199254740993|1", Integer, []string{"9007199254740993", "1"}},
		"floats":            {"1.0|0.50|1e3|-0|3", Float64, []string{"1", "0.5", "1000", "0", "3"}},
		"gaps":              {"1|null||3", Integer, []string{"1", "-", "-", "3"}},
		"booleans":          {"true|false|null", Boolean, []string{"true", "false", "-"}},
		"texts":             {`"a"|"1"|""|"\u00e9\n"`, Text, []string{"a", "1", "", "é\n"}},
		"digits as text":    {`"1"|"007"`, Text, []string{"1", "007"}},
		"text and numbers":  {`"a"|1.50|true`, Text, []string{"a", "1.50", "true"}},
		"number or boolean": {"1|true", Text, []string{"1", "true"}},
		"twenty digits":     {"12345678901234567890|1", Text, []string{"12345678901234567890", "1"}},
		"nothing":           {"null|", Text, []string{"-", "-"}},
		"tiny and huge":     {"1e-7|1.5e21|0.000001|1e-999", Float64, []string{"1e-07", "1.5e+21", "0.000001", "0"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := "\xef\xbb\xbf"
			for _, v := range strings.Split(c.values, "|") {
				if v != "" {
					v = `, "x": ` + v
				}
				file += `{"k": 1` + v + "}\n"
			}
			got, err := load(t.Context(), "x.ndjson", []byte(file), Want{"x", Value}, Want{"x", Code})
			if err != nil {
				t.Fatal(err)
			}
			for _, col := range got {
				var texts []string
				for i := range col.Len() {
					s, gone := col.cell(i)
					if gone {
						s = "-"
					}
					texts = append(texts, s)
				}
				if col.Type != c.typ || !slices.Equal(texts, c.texts) {
					t.Errorf("%s %q, want %s %q", col.Type, texts, c.typ, c.texts)
				}
			}
		})
	}
	got, err := load(t.Context(), "rows.json", []byte(`{"a": true, "b": "0.5", "c": -0.0}`), Want{"a", Number}, Want{"b", Number}, Want{"c", Number})
	if err != nil || got[0].Numbers[0] != 1 || got[1].Numbers[0] != 0.5 || !math.Signbit(got[2].Numbers[0]) {
		t.Errorf("%v, %v", got, err)
	}
}

// A line is taken only if encoding/json takes it, which knows no key twice and few limits.
func FuzzJSONL(f *testing.F) {
	for _, s := range []string{`{"a": 1, "b": "x"}`, "{\"a\": 1}\n{\"b\": [1, {\"c\": null}]}\r\n\n", `{"\u0061": "\ud83d\ude00", "b": -0.5e-7}`, "\xef\xbb\xbf{\"a\": true}", `{"a": NaN}`, "{\n}", `{"a": 12345678901234567890}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := everything(t.Context(), "x.jsonl", b)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		n := int64(0)
		for _, line := range bytes.Split(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), []byte{'\n'}) {
			if blank(line) {
				continue
			}
			n++
			if !json.Valid(line) {
				t.Fatalf("%q was taken", line)
			}
		}
		if n != rows {
			t.Fatalf("%d rows of %d lines", rows, n)
		}
	})
}
