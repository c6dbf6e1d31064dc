package evaluate_test

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
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// TestCodes: every code that the source gives is explained, here or where it is from, and every one that is explained here is given.
func TestCodes(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" {
				given[s] = true
			}
		}
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
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
				if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "tell" || name.Name == "problem") {
					add(n.Args[0])
					add(n.Args[1])
				}
			}
			return true
		})
	}
	if len(given) == 0 {
		t.Fatal("no codes in the source")
	}
	own := evaluate.Codes()
	for _, code := range slices.Sorted(maps.Keys(given)) {
		_, here := own[code]
		_, below := table.Codes()[code]
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
