package schema

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// testSchema has every keyword that the generator can write, on a configuration like gatecard.yaml.
const testSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.org/test/v1.json",
  "$defs": {
    "test.Data": {"type": "object", "additionalProperties": false, "required": ["path"], "properties": {
      "path": {"type": "string", "minLength": 1}, "score": {"type": "string"}, "prediction": {"type": "string"}},
      "anyOf": [{"required": ["score"]}, {"required": ["prediction"]}]},
    "test.Group": {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": false, "required": ["column"], "properties": {
      "column": {"type": "string"}, "values": {"type": "object", "additionalProperties": {"type": "string"}},
      "bins": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3, "uniqueItems": true}}}]}
  },
  "type": "object",
  "additionalProperties": false,
  "required": ["model", "task"],
  "properties": {
    "model": {"type": "string", "pattern": "^[a-z-]+$", "examples": ["ma-employment"]},
    "task": {"type": "string", "enum": ["binary", "multiclass", "regression"]},
    "threshold": {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 1},
    "positive": {"type": ["string", "number", "boolean"], "x-text": true, "enum": ["1", "01", "True", "yes", "1.0"]},
    "labels": {"type": "array", "items": {"type": "string"}, "x-text": true},
    "rows": {"type": "integer", "exclusiveMinimum": 0, "maximum": 100},
    "strict": {"type": "boolean"},
    "at": {"type": "string", "format": "date-time"},
    "data": {"$ref": "#/$defs/test.Data", "description": "where the rows are"},
    "groups": {"type": "array", "items": {"$ref": "#/$defs/test.Group"}},
    "requires": {"type": "array", "items": {"type": "string", "enum": ["gates", "card", "artifacts", "lineage"]}, "minItems": 1},
    "stages": {"type": "object", "propertyNames": {"enum": ["Staging", "Production"]}, "additionalProperties": {"type": "object", "properties": {"n": {"type": "integer"}}, "minProperties": 1}},
    "roles": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
    "own": {},
    "never": false,
    "one": {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
    "either": {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]},
    "const": {"anyOf": [{"const": "x"}, {"const": "y"}]},
    "pair": {"type": "object", "dependentRequired": {"slack": ["channel"]}},
    "short": {"type": "string", "minLength": 2, "maxLength": 3},
    "choice": {"oneOf": [
      {"type": "object", "additionalProperties": false, "required": ["a", "b"], "properties": {"a": {}, "b": {}}},
      {"type": "object", "additionalProperties": false, "required": ["x"], "properties": {"x": {"type": "number"}}}]},
    "multiple": {"type": "number", "multipleOf": 5}
  }
}`

func test(t testing.TB) *compiled {
	t.Helper()
	s, err := compile("https://example.org/test/v1.json", []byte(testSchema))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const head = "model: ma\ntask: binary\n"

// decodeRefusals are files named f.yaml that testSchema refuses, and what is told, without that name.
var decodeRefusals = []struct{ name, in, want string }{
	{"missing", "task: binary\n", `1:1: missing-key: "model" is missing`},
	{"misspelt", "modle: ma\ntask: binary\n", `1:1: unknown-key: "modle" is no key here (did you mean "model"?)`},
	{"capitals", "model: ma\nTask: binary\n", `2:1: unknown-key: "Task" is no key here (did you mean "task"?)`},
	{"long s", "model: ma\ntaſk: binary\n", `2:1: unknown-key: "taſk" is no key here (did you mean "task"?)`},
	{"unknown", head + "xyzzy: 1\n", `3:1: unknown-key: "xyzzy" is no key here`},
	{"unknown, few known", head + "data: {path: a, score: s, zz: 1}\n", `3:27: unknown-key: "zz" is no key of "data": what can be added is prediction`},
	{"wrong depth", head + "data:\n  path: a\n  score: s\n  threshold: 1\n", `6:3: unknown-key: "threshold" is no key of "data": it stands at the top of the file, not indented`},
	{"missing within", head + "data: {score: s}\n", `3:7: missing-key: "path" is missing in "data"`},
	{"one of two missing", head + "data: {path: p}\n", `3:7: missing-key: "score" or "prediction" is missing in "data"`},
	{"enum", "model: ma\ntask: binray\n", `2:7: not-allowed-value: "binray" is not allowed for "task": write binary, multiclass or regression (did you mean "binary"?)`},
	{"enum in list", head + "requires: [gates, gats]\n", `3:19: not-allowed-value: "gats" is not allowed for item 2 of "requires": write gates, card, artifacts or lineage (did you mean "gates"?)`},
	{"enum, other type", "model: ma\ntask: 1\n", `2:7: not-allowed-value: 1 is not allowed for "task": write binary, multiclass or regression`},
	{"empty list", head + "requires: []\n", `3:11: wrong-size: "requires" is empty: at least one item is needed`},
	{"null", head + "requires:\n", `3:1: wrong-type: "requires" is empty: it must be a list`},
	{"text for list", head + "requires: gates\n", `3:11: wrong-type: "requires" must be a list, not the text "gates": write [gates]`},
	{"number for text", "model: 1\ntask: binary\n", `1:8: wrong-type: "model" must be text, not the number 1: write "1"`},
	{"bool for text", "model: True\ntask: binary\n", `1:8: wrong-type: "model" must be text, not True: write "True"`},
	{"quoted number", head + "threshold: '0.5'\n", `3:12: wrong-type: "threshold" must be a number, not the text "0.5": remove the quotes`},
	{"percent", head + "threshold: 5%\n", `3:12: wrong-type: "threshold" must be a number, not the text "5%": write a fraction of 1, as 0.05 for 5 %`},
	{"comma", head + "threshold: 0,5\n", `3:12: wrong-type: "threshold" must be a number, not the text "0,5": write 0.5`},
	{"grouped", head + "threshold: 1_000\n", `3:12: wrong-type: "threshold" must be a number, not the text "1_000": write 1000`},
	{"list for number", head + "threshold: [1]\n", `3:12: wrong-type: "threshold" must be a number, not a list`},
	{"yes", head + "strict: yes\n", `3:9: wrong-type: "strict" must be true or false, not the text "yes": write true`},
	{"off", head + "strict: OFF\n", `3:9: wrong-type: "strict" must be true or false, not the text "OFF": write false`},
	{"fraction", head + "rows: 1.5\n", `3:7: wrong-type: "rows" must be a whole number, not the number 1.5`},
	{"too small", head + "threshold: -1\n", `3:12: out-of-range: "threshold" must be at least 0, not -1`},
	{"too large", head + "threshold: 1e0\n", `3:12: out-of-range: "threshold" must be less than 1, not 1`},
	{"not above", head + "rows: 0\n", `3:7: out-of-range: "rows" must be more than 0, not 0`},
	{"above", head + "rows: 101\n", `3:7: out-of-range: "rows" must be at most 100, not 101`},
	{"pattern", "model: MA\ntask: binary\n", `1:8: wrong-form: "MA" does not have the form of "model": write it like "ma-employment"`},
	{"format", head + "at: 2026-01-31\n", `3:5: wrong-form: "2026-01-31" is not a time like 2026-01-31T12:00:00Z, as "at" must be`},
	{"values", head + "groups: [{column: a, values: {1: 2, b: true}}]\n", `3:34: wrong-type: "1" must be text, not the number 2: write "2"` + "\n" + `3:40: wrong-type: "b" must be text, not true: write "true"`},
	{"union, nearest", head + "groups:\n  - {colum: a}\n", `4:6: unknown-key: "colum" is no key of item 1 of "groups" (did you mean "column"?)`},
	{"union, types", head + "groups: [1]\n", `3:10: wrong-type: item 1 of "groups" must be text or a mapping, not the number 1: write "1"`},
	{"union, deep", head + "groups: [{column: a, bins: [1]}]\n", `3:28: wrong-size: "bins" must have at least 2 items, not 1`},
	{"too many", head + "groups: [{column: a, bins: [1, 2, 3, 4]}]\n", `3:28: wrong-size: "bins" must have at most 3 items, not 4`},
	{"twice", head + "groups: [{column: a, bins: [1, 2, 1.0]}]\n", `3:35: duplicate-item: 1.0 is written twice in "bins"`},
	{"key", head + "stages: {production: {n: 1}}\n", `3:10: unknown-key: "production" is no key here: there are Staging and Production (did you mean "Production"?)`},
	{"form of a key", head + "roles: {a: 1, B: 2}\n", `3:15: wrong-form: the key "B" does not have the form that is wanted here (^[a-z]+$)`},
	{"empty mapping", head + "stages: {Production: {}}\n", `3:22: wrong-size: "Production" is empty: at least one key is needed`},
	{"never", head + "never: 1\n", `3:8: not-allowed-value: "never" is not allowed here`},
	{"both", head + "one: {a: 1, b: 2}\n", `3:6: not-one-form: only one of "a" and "b" can be written in "one"`},
	{"neither", head + "one: {}\n", `3:6: missing-key: "a" or "b" is missing in "one"`},
	{"union, item", head + "either: [1, x]\n", `3:13: wrong-type: item 2 of "either" must be a number, not the text "x"`},
	{"union, nearest of two", head + "choice: {x: one}\n", `3:13: wrong-type: "x" must be a number, not the text "one"`},
	{"consts", head + "const: z\n", `3:8: not-allowed-value: "z" is not allowed for "const": write x or y`},
	{"dependent", head + "pair: {slack: 1}\n", `3:7: missing-key: "channel" is missing in "pair": it belongs to another key that is written`},
	{"short", head + "short: é\n", `3:8: wrong-size: "short" must have at least 2 letters, not 1`},
	{"long", head + "short: éèàù\n", `3:8: wrong-size: "short" must have at most 3 letters, not 4`},
	{"empty text", head + "data: {path: '', score: s}\n", `3:14: wrong-size: "path" is empty: at least one letter is needed`},
	{"another keyword", head + "multiple: 3\n", `3:11: not-allowed-value: "multiple" does not keep the schema's rule "multipleOf" (5)`},
	{"x-text", head + "positive: 2\n", `3:11: not-allowed-value: "2" is not allowed for "positive": write 1, 01, True, yes or 1.0`},
	{"root", "- a\n", `1:1: wrong-type: the file must be a mapping, not a list`},
	{"odd keys", head + "data: {path: a, score: b, 'a/b~c%d': 1}\nroles: {'a/b': 1}\n", `3:27: unknown-key: "a/b~c%d" is no key of "data": what can be added is prediction` + "\n" + `4:9: wrong-form: the key "a/b" does not have the form that is wanted here (^[a-z]+$)`},
	{"in order", "zz: 1\ntask: x\nthreshold: 2\n", `1:1: missing-key: "model" is missing` + "\n" + `1:1: unknown-key: "zz" is no key here` + "\n" +
		`2:7: not-allowed-value: "x" is not allowed for "task": write binary, multiclass or regression` + "\n" + `3:12: out-of-range: "threshold" must be less than 1, not 2`},
}

func TestDecodeRefuses(t *testing.T) {
	s := test(t)
	for _, c := range decodeRefusals {
		t.Run(c.name, func(t *testing.T) {
			var v any
			err := parse(t, "f.yaml", c.in).decode(s, &v)
			if v != nil || err == nil {
				t.Fatalf("got %v, %v: want %s", v, err, c.want)
			}
			if got := strings.ReplaceAll(err.Error(), "f.yaml:", ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkProblems(t, []byte(c.in), err)
		})
	}
}

// config is what testSchema describes.
type config struct {
	Model     string   `json:"model"`
	Task      string   `json:"task"`
	Threshold *float64 `json:"threshold"`
	Positive  string   `json:"positive"`
	Labels    []string `json:"labels"`
	Rows      int8     `json:"rows"`
	Own       own      `json:"own"`
	part
}

type part struct {
	Data map[string]string `json:"data"`
}

// own has JSON of its own.
type own []even

type even int

var errOdd = errors.New("is odd")

func (e *even) UnmarshalJSON(b []byte) error {
	var i int
	if err := json.Unmarshal(b, &i); err != nil {
		return Problems{{Code: "wrong-type", Message: "no number"}}
	}
	if i%2 != 0 {
		return errOdd
	}
	*e = even(i)
	return nil
}

func TestDecodeFills(t *testing.T) {
	s := test(t)
	for _, c := range []struct {
		in   string
		want config
	}{
		{"model: ma\ntask: binary\nthreshold: 0.5\npositive: 1\nlabels: [1, True, a, '2']\nrows: 1e2\n", config{Model: "ma", Task: "binary", Positive: "1", Labels: []string{"1", "True", "a", "2"}, Rows: 100}},
		{"model: ma\ntask: binary\nthreshold: 0.5\npositive: True\nown: [2, 4]\n", config{Model: "ma", Task: "binary", Positive: "True", Own: own{2, 4}}},
		{"model: ma\ntask: binary\nthreshold: 0.5\npositive: 1.0\n", config{Model: "ma", Task: "binary", Positive: "1.0"}},
		{`{"model": "ma", "task": "binary", "threshold": 5e-1, "positive": "01"}`, config{Model: "ma", Task: "binary", Positive: "01"}},
	} {
		half := 0.5
		c.want.Threshold = &half
		d := parse(t, "f.yaml", c.in)
		before := string(d.root.appendJSON(nil))
		for range 2 {
			var got config
			if err := d.decode(s, &got); err != nil {
				t.Errorf("%s: %v", c.in, err)
			} else if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: got %+v, want %+v", c.in, got, c.want)
			}
			if after := string(d.root.appendJSON(nil)); after != before {
				t.Errorf("%s was changed by decoding it, to %s", before, after)
			}
		}
	}
}

// TestDecodeTypesRefuse: what a type of Go refuses is told at its place too.
func TestDecodeTypesRefuse(t *testing.T) {
	s := test(t)
	for in, want := range map[string]string{
		"own: [2, 3, x]":            "3:10: wrong-value: is odd\n3:13: wrong-type: no number",
		"own: {a: 1}":               "3:6: wrong-value: a mapping does not fit here",
		"strict: true":              `3:1: unknown-key: "strict" is no key here`,
		"data: {path: a, score: b}": "",
		"at: 2026-01-31T12:00:00Z":  `3:1: unknown-key: "at" is no key here`, // its key is At
		"rows: 100\nown: [1]\nat: 2026-01-31T12:00:00Z": "4:7: wrong-value: is odd\n5:1: unknown-key: \"at\" is no key here",
	} {
		var v config
		err := parse(t, "f.yaml", "model: ma\ntask: binary\n"+in).decode(s, &v)
		got := ""
		if err != nil {
			got = strings.ReplaceAll(err.Error(), "f.yaml:", "")
		}
		if got != want {
			t.Errorf("%s: got %s\nwant %s", in, got, want)
		}
	}
	var ps Problems
	if err := parse(t, "f.yaml", "model: ma\ntask: binary").decode(s, config{}); err == nil || errors.As(err, &ps) {
		t.Errorf("v is no pointer, and the person is told: %v", err)
	}
}

func TestSchemasReadNothingElse(t *testing.T) {
	for _, ref := range []string{"file:///etc/passwd", "https://example.org/other.json", "other.json"} {
		if _, err := compile("https://example.org/a.json", []byte(`{"$ref": "`+ref+`"}`)); err == nil || !strings.Contains(err.Error(), "is not embedded") {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestSource(t *testing.T) {
	if _, err := Source("nothing-like-it"); err == nil || !strings.Contains(err.Error(), "evidence") {
		t.Errorf("an unknown schema: %v", err)
	}
	for _, name := range Names() {
		if _, err := published(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
