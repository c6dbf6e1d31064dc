package all

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/registry"
)

// beside are the folders under registry that are no backends.
var beside = []string{"all", "blobs", "registrytest"}

// TestEveryBackendIsHeldToTheContract fails for a folder whose tests do not call registrytest.Run, and for one that Backends does not import.
func TestEveryBackendIsHeldToTheContract(t *testing.T) {
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range folders {
		if !f.IsDir() || f.Name() == "testdata" || strings.Contains(" "+strings.Join(beside, " ")+" ", " "+f.Name()+" ") {
			continue
		}
		n++
		if ok, err := runsContract(filepath.Join("..", f.Name())); err != nil || !ok {
			t.Errorf("registry/%s: no test calls registrytest.Run, %v", f.Name(), err)
		}
		if !bytes.Contains(source, []byte(`"github.com/gatecard/gatecard/registry/`+f.Name()+`"`)) {
			t.Errorf("registry/%s is in no line of Backends", f.Name())
		}
	}
	if n == 0 {
		t.Error("no backend was found in ..: nothing was checked")
	}
	if n > len(Backends()) {
		t.Errorf("there are %d folders and %d backends", n, len(Backends()))
	}
}

// TestContractIsMissed shows that the check above can fail.
func TestContractIsMissed(t *testing.T) {
	for name, c := range map[string]struct {
		file, source string
		want         bool
	}{
		"calls it":                   {"a_test.go", `package a; import "github.com/gatecard/gatecard/registry/registrytest"; func TestA(t *testing.T) { registrytest.Run(t, nil) }`, true},
		"only mentions":              {"a_test.go", `package a; var _ = "registrytest.Run(t, nil)" // registrytest.Run(t)`, false},
		"in no test":                 {"a.go", `package a; func A() { registrytest.Run(nil, nil) }`, false},
		"in no function that is run": {"a_test.go", `package a; func notATest() { registrytest.Run(nil, nil) }`, false},
		"another Run":                {"a_test.go", `package a; func TestA(t *testing.T) { t.Run("x", nil) }`, false},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, c.file), []byte(c.source), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := runsContract(folder); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// runsContract says whether a Test function in the folder calls registrytest.Run.
func runsContract(folder string) (bool, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return false, err
	}
	found := false
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return false, err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					s, ok := call.Fun.(*ast.SelectorExpr)
					if ok && s.Sel.Name == "Run" {
						x, ok := s.X.(*ast.Ident)
						found = found || ok && x.Name == "registrytest"
					}
				}
				return true
			})
		}
	}
	return found, nil
}

func TestFind(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, address := range []string{"sqlite:registry.db", "sqlite:" + filepath.ToSlash(filepath.Join(folder, "abs.db")), "sqlite://" + filepath.ToSlash(filepath.Join(folder, "slashes.db"))} {
		b, err := Find(address)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := b.Exists(t.Context(), address); ok || err != nil {
			t.Errorf("%s: before it is made: %v, %v", address, ok, err)
		}
		s, err := b.Open(t.Context(), address, registry.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := b.Exists(t.Context(), address); !ok || err != nil {
			t.Errorf("%s: once it is made: %v, %v", address, ok, err)
		}
		if s.Registry == nil || s.Ledger == nil {
			t.Errorf("%s: it lacks registry or ledger", address)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"registry.db", "abs.db", "slashes.db"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	for _, address := range []string{"", "registry.db", "sqlite", "SQLITE:a.db", "mlflow+http://x", ":a"} {
		if b, err := Find(address); err == nil || !strings.Contains(err.Error(), "sqlite:") {
			t.Errorf("%q: %q, %v", address, b.Scheme, err)
		}
	}
	b, err := Find("sqlite:")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := b.Open(t.Context(), "sqlite:", registry.Options{Now: time.Now}); err == nil {
		t.Error("an address without a path was opened", errors.Join(s.Close()))
	}
}
