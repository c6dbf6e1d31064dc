package gates_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// TestCodes: every code that the source gives is explained, here or where it is from, and every one that is explained here is given.
func TestCodes(t *testing.T) {
	given := codesIn(t, ".")
	if len(given) == 0 {
		t.Fatal("no codes in the source")
	}
	own := gates.Codes()
	for code := range given {
		_, here := own[code]
		_, below := evaluate.Codes()[code]
		_, schemas := schema.Codes()[code]
		if !here && !below && !schemas {
			t.Errorf("%q is not explained", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(own)) {
		if !given[code] {
			t.Errorf("%q is explained, and nothing gives it", code)
		}
		if text := own[code]; len(text) < 40 || !strings.HasSuffix(text, ".") {
			t.Errorf("%q: %q is no explanation", code, text)
		}
	}
}

// codesIn finds what is given as a Code, or as the first word of a function that makes problems.
func codesIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" && s != "" {
				given[s] = true
			}
		}
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), folder+"/"+file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
					add(n.Value)
				}
			case *ast.CallExpr:
				if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "tell" {
					for _, arg := range n.Args[:min(2, len(n.Args))] {
						add(arg)
					}
				}
			}
			return true
		})
	}
	return given
}
