package pipeline

import (
	"slices"
	"testing"
)

func TestDifferences(t *testing.T) {
	const judged = `{"gates":[{"id":"a","metric":"recall","min":0.5},{"id":"b","metric":"f1","min":0.1}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`
	for name, c := range map[string]struct {
		current string
		want    []string
	}{
		"the same":        {judged, []string{"nothing but their order"}},
		"another order":   {`{"gates":[{"id":"b","metric":"f1","min":0.1},{"id":"a","metric":"recall","min":0.5}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{"nothing but their order"}},
		"a bound":         {`{"gates":[{"id":"a","metric":"recall","min":0.6},{"id":"b","metric":"f1","min":0.1}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{"gate a: min was 0.5, in force is 0.6"}},
		"a gate is gone":  {`{"gates":[{"id":"a","metric":"recall","min":0.5}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{"gate b is not in the one in force"}},
		"a gate is new":   {`{"gates":[{"id":"a","metric":"recall","min":0.5},{"id":"b","metric":"f1","min":0.1},{"id":"c","max":1}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{"gate c is only in the one in force"}},
		"a field is new":  {`{"gates":[{"id":"a","metric":"recall","min":0.5,"decide":"proven"},{"id":"b","metric":"f1","min":0.1}],"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{`gate a: decide ("proven") is only in the one in force`}},
		"keys":            {`{"gates":[{"id":"a","metric":"recall","min":0.5},{"id":"b","metric":"f1","min":0.1}],"label":"z","level":0.95,"aliases":{}}`, []string{"aliases ({}) is only in the one in force", `label was "y", in force is "z"`, `stages ({"Production":{"requires":["gates"]}}) is not in the one in force`}},
		"a key as a gate": {`{"gates":[{"id":"a","metric":"recall","min":0.5},{"id":"b","metric":"f1","min":0.1}],"gate":1,"label":"y","level":0.95,"stages":{"Production":{"requires":["gates"]}}}`, []string{"gate (1) is only in the one in force"}},
	} {
		got, err := differences([]byte(judged), []byte(c.current))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
	}
	if _, err := differences([]byte(judged), []byte(`{"gates":[{}]}`)); err == nil {
		t.Error("a gate without an id is compared")
	}
}

func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"out/evaluation.json": "out/evaluation.json", `C:\out\e.json`: `C:\out\e.json`, "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$(rm)": "'$(rm)'", "-x;y": "'-x;y'",
	} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %s, want %s", in, got, want)
		}
	}
}
