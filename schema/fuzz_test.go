package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seed adds the tables' files, and what lies in the fixtures.
func seed(f *testing.F) {
	f.Helper()
	for _, c := range refusals {
		if len(c.in) < 10_000 {
			f.Add(false, []byte(c.in))
		}
	}
	for _, c := range jsonRefusals {
		f.Add(true, []byte(c.in))
	}
	for _, c := range decodeRefusals {
		f.Add(false, []byte(c.in))
	}
	f.Add(false, []byte(places))
	f.Add(true, []byte(testSchema))
	for _, pattern := range []string{"published/*.json", "../fixtures/*/*.json", "../fixtures/*/*.yaml", "../cards/testdata/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(b) < 5_000 {
				f.Add(strings.HasSuffix(name, ".json"), b)
			}
		}
	}
}

func fuzzName(isJSON bool) string {
	if isJSON {
		return "f.json"
	}
	return "f.yaml"
}

// FuzzParse: no panic; either a document or Problems, which lie inside the file; JSON that is taken is JSON to encoding/json too; and what
// was read, written as JSON, is read the same, as JSON and as YAML.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, isJSON bool, b []byte) {
		d, err := Parse(fuzzName(isJSON), b)
		if err != nil {
			if d != nil {
				t.Errorf("a document beside %v", err)
			}
			checkProblems(t, b, err)
			return
		}
		if isJSON && !json.Valid(b) {
			t.Errorf("%q is no JSON", b)
		}
		d.At("a", 0)
		d.Keys()
		plain := d.root.appendJSON(nil)
		again, err := Parse("again.json", plain)
		if err != nil {
			if strings.Contains(err.Error(), "too-big") {
				return
			}
			t.Fatalf("%q was read as %s, which is refused: %v", b, plain, err)
		}
		if got := again.root.appendJSON(nil); string(got) != string(plain) {
			t.Errorf("%s became %s", plain, got)
		}
		canonical, err := Encode(json.RawMessage(plain))
		if err != nil {
			t.Fatalf("%s: %v", plain, err)
		}
		if yaml, err := Parse("again.yaml", canonical); err == nil { // YAML knows fewer letters and integers
			if got := string(yaml.root.appendJSON(nil)); got != string(canonical) {
				t.Errorf("as YAML %s is %s", canonical, got)
			}
		}
	})
}

// FuzzDecode: no panic; Problems inside the file, or a value that encodes and is read back.
func FuzzDecode(f *testing.F) {
	seed(f)
	s := test(f)
	f.Fuzz(func(t *testing.T, isJSON bool, b []byte) {
		d, err := Parse(fuzzName(isJSON), b)
		if err != nil {
			return
		}
		var v any
		if err := d.decode(s, &v); err != nil {
			checkProblems(t, b, err)
			if v != nil {
				t.Errorf("a value beside %v", err)
			}
		} else if _, err := Encode(v); err != nil {
			t.Errorf("%q: %v", b, err)
		}
		var c config
		if err := d.decode(s, &c); err != nil {
			checkProblems(t, b, err)
		}
		for _, name := range Names() {
			var v any
			if err := d.Decode(name, &v); err != nil {
				checkProblems(t, b, err)
			}
		}
	})
}
