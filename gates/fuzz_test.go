package gates_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// FuzzParsePolicy: whatever is written, there is no panic, no policy without gates, and what is read says the same in its canonical form.
func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(head + "gates: [{metric: recall, min: 0.5}, {drift: psi, columns: x, max: 5%}]\n"))
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no files in testdata: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	if b, err := os.ReadFile("../fixtures/demo/gatecard.yaml"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := schema.Parse("policy.yaml", b)
		if err != nil {
			return
		}
		p, err := gates.ParsePolicy(d)
		if err != nil {
			return
		}
		if len(p.Gates) == 0 {
			t.Fatal("a policy without gates")
		}
		stable(t, p)
		for _, g := range p.Gates {
			if g.ID == "" || g.Level <= 0 || g.Level >= 1 || g.MinSupport < 1 {
				t.Fatalf("a gate %+v", g.Common)
			}
		}
	})
}
