package reported

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatecard/gatecard/schema"
)

// fuzz gives a format's reader bytes that begin as its files. No input panics or leaves rows beside an error, every error has a place and a
// code, and what is read keeps what Results promises.
func fuzz(f *testing.F, seeds ...string) {
	n := 0
	for _, pattern := range seeds {
		found, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range found {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
			n++
		}
	}
	if n == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Read("f", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			var ps schema.Problems
			if !errors.As(err, &ps) || len(ps) == 0 || ps[0].Code == "" || ps[0].File == "" {
				t.Fatalf("%v is no Problems", err)
			}
			if len(r.Rows) > 0 {
				t.Fatal("rows beside an error")
			}
			return
		}
		if len(r.Rows) == 0 || r.Tool == "" || r.Format == "" {
			t.Fatalf("%+v", r)
		}
		for _, row := range r.Rows {
			if row.Metric == "" || row.Tool != r.Tool || row.N < 0 || row.SE != nil && !(*row.SE >= 0) || (row.Value == nil) != (row.Undefined != "") {
				t.Fatalf("%+v", row)
			}
		}
	})
}

func FuzzMLflow(f *testing.F)  { fuzz(f, "mlflow_*.json") }
func FuzzSklearn(f *testing.F) { fuzz(f, "sklearn_*.json") }
func FuzzLMEval(f *testing.F)  { fuzz(f, "lm_eval*.json") }
func FuzzInspect(f *testing.F) { fuzz(f, "inspect*.json", "inspect*.eval") }
func FuzzSlices(f *testing.F)  { fuzz(f, "slices*.csv") }
