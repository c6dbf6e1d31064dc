package reported

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatecard/gatecard/schema"
)

// TestStructure takes each value out of each tool's files, and puts each kind of value in its place: none is a panic, and an error has a place
// and a code. Bytes that a fuzzer changes seldom stay JSON.
func TestStructure(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if json.Unmarshal(b, &doc) != nil {
			continue // Python's NaN
		}
		mutants := 0
		mutate(doc, func() {
			mutants++
			b, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s: %v: %s", file, p, b[:min(len(b), 500)])
				}
			}()
			r, err := Read(file, bytes.NewReader(b), int64(len(b)))
			var ps schema.Problems
			if err != nil && (!errors.As(err, &ps) || len(ps) == 0 || ps[0].Code == "" || ps[0].File != file || len(r.Rows) > 0) {
				t.Errorf("%v with %d rows", err, len(r.Rows))
			}
		})
		if mutants == 0 {
			t.Errorf("%s: nothing was changed", file)
		}
	}
}

// mutate calls try for each change of a document, and takes the change back. Of a long list the first items are changed.
func mutate(v any, try func()) {
	kinds := []any{nil, -1.5, "text", []any{nil}, []any{map[string]any{}}, map[string]any{"a": nil}}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			was := v[key]
			mutate(was, try)
			delete(v, key)
			try()
			for _, k := range kinds {
				v[key] = k
				try()
			}
			v[key] = was
		}
	case []any:
		for i := range v[:min(len(v), 2)] {
			was := v[i]
			mutate(was, try)
			for _, k := range kinds {
				v[i] = k
				try()
			}
			v[i] = was
		}
	}
}
