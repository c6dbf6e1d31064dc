package schema

import (
	"strings"
	"testing"
)

// jsonRefusals are files named f.json that are refused, and what is told, without that name.
var jsonRefusals = []struct{ name, in, want string }{
	{"empty", " \n", "1:1: empty-file: the file is empty"},
	{"duplicate", "{\"a\": 1,\n \"\\u0061\": 2}", `2:2: duplicate-key: key "a" is written twice: first in line 1`},
	{"duplicate within", `{"é": {"x": 1, "x": 2}}`, `1:16: duplicate-key: key "x" is written twice: first in line 1`},
	{"trailing", `{} {}`, "1:4: trailing-data: something follows after the end of the value"},
	{"trailing comma", `{"a": 1,}`, `1:9: json-syntax: a key in double quotes is expected, not "}"`},
	{"trailing comma in list", `[1,]`, `1:4: json-syntax: a value is expected, not "]"`},
	{"comment", "{\n  // no\n}", "2:3: json-syntax: a key in double quotes is expected: JSON has no comments"},
	{"yaml", "a: 1\n", `1:1: json-syntax: a value is expected, not "a"`},
	{"single quotes", `{'a': 1}`, `1:2: json-syntax: a key in double quotes is expected, not "'"`},
	{"no colon", `{"a" 1}`, `1:6: json-syntax: ":" is expected after the key "a", not "1"`},
	{"cut", `{"a": [1, 2`, `1:12: json-syntax: "," or "]" is expected, and the file ends here`},
	{"cut text", `{"a": "b`, "1:9: json-syntax: the text is not closed: a double quote is missing"},
	{"cut escape", `"\`, "1:2: json-syntax: the text is not closed: a double quote is missing"},
	{"line break in text", "\"a\nb\"", `1:3: json-syntax: the text is not closed in its line: a double quote is missing, or a line break should be \n`},
	{"control", "\"\x01\"", `1:2: json-syntax: control character 0x01 in text: write \u0001`},
	{"escape", `"\q"`, `1:2: json-syntax: no escape begins with \ here: write \\ for a backslash`},
	{"short escape", `"\u12"`, `1:2: json-syntax: four hexadecimal digits are expected after \u`},
	{"lone surrogate", `"é\ud800"`, `1:3: not-utf8: \ud800 is half of a character, and the other half does not follow`},
	{"low surrogate", `"\udc00\ud800"`, `1:2: not-utf8: \udc00 is half of a character, and the other half does not follow`},
	{"not utf-8", "{\"a\":\n\"\xc3\"}", "2:2: not-utf8: byte 0xc3 is not UTF-8: save the file as UTF-8"},
	{"byte order mark", "\ufeff{}", "1:1: json-syntax: a byte order mark stands before the JSON: save the file as UTF-8 without it"},
	{"NaN", `{"a": NaN}`, "1:7: not-finite: NaN is no number that JSON knows"},
	{"Infinity", `[-Infinity]`, "1:3: not-finite: -Infinity is no number that JSON knows"},
	{"1e400", `[1, 1e400]`, "1:5: not-finite: 1e400 is larger than any number"},
	{"None", `[None]`, "1:2: json-syntax: None is Python's word: JSON has true, false and null"},
	{"2^53+1", `[9007199254740993]`, "1:2: integer-too-large: 9007199254740993 is an integer beyond 2^53, which would lose digits: write it as text, in quotes"},
	{"leading zero", `[01]`, "1:3: json-syntax: a number has no leading zero"},
	{"plus", `[+1]`, `1:2: json-syntax: a value is expected, not "+"`},
	{"half a number", `[1.]`, `1:4: json-syntax: a digit is expected, not "]"`},
	{"half an exponent", `[1e+]`, `1:5: json-syntax: a digit is expected, not "]"`},
	{"deep", strings.Repeat("[", 65), "1:65: too-deep: more than 64 mappings and lists lie within one another"},
	{"several", `{"a": 1e400, "a": 9007199254740993}`, "1:7: not-finite: 1e400 is larger than any number\n" +
		"1:14: duplicate-key: key \"a\" is written twice: first in line 1\n" +
		"1:19: integer-too-large: 9007199254740993 is an integer beyond 2^53, which would lose digits: write it as text, in quotes"},
}

func TestParseRefusesJSON(t *testing.T) {
	for _, c := range jsonRefusals {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("f.json", []byte(c.in))
			if d != nil || err == nil {
				t.Fatalf("got %v, %v: want %s", d, err, c.want)
			}
			if got := strings.ReplaceAll(err.Error(), "f.json:", ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkProblems(t, []byte(c.in), err)
		})
	}
}

func TestParseMeansJSON(t *testing.T) {
	for in, want := range map[string]string{
		" {\"a\" : [ 1 , -0.0, 1.50E+2 ]\r\n}\t":          `{"a":[1,0,150]}`,
		`{"THRESHOLD": 1, "threshold": 2}`:                `{"THRESHOLD":1,"threshold":2}`, // two keys; that one is unknown, its schema says
		`["\u00e9\n\/\"\\\ud83d\ude00", true, null, ""]`:  `["é\n/\"\\😀",true,null,""]`,
		`[1e20, 100000000000000000000, 9007199254740992]`: `[100000000000000000000,100000000000000000000,9007199254740992]`,
		"[\"\u2028\x7f\"]":                                "[\"\u2028\x7f\"]",
		`"\u0000\u001f"`:                                  `"\u0000\u001f"`,
		`[]`:                                              `[]`,
		`{}`:                                              `{}`,
	} {
		d, err := Parse("F.JSON", []byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got := string(d.root.appendJSON(nil)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
