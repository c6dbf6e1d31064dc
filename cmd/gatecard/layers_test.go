package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/gatecard/gatecard"

// A layer is a row of the table in docs/architecture.md: its folders, and what of ours they may import beside the leaves.
type layer struct {
	folders []string
	imports []string // folders; "x/*" stands for every folder right under x that is in a row above, "..." for all rows above
}

// leaves import nothing of ours, and every package may import them.
var leaves = []string{"schema", "evidence"}

// layers are the rows, top row first: a package imports only rows above its own.
var layers = []layer{
	{folders: leaves},
	{folders: []string{"evaluate/stats"}},
	{folders: []string{"evaluate/sweep", "evaluate/drift"}, imports: []string{"evaluate/stats"}},
	{folders: []string{"evaluate/table", "evaluate/reported"}},
	{folders: []string{"fixtures/bench/decode"}, imports: []string{"evaluate/table"}},
	{folders: []string{"evaluate"}, imports: []string{"evaluate/*"}},
	{folders: []string{"gates"}, imports: []string{"evaluate", "evaluate/stats", "evaluate/drift"}},
	{folders: []string{"cards"}, imports: []string{"evaluate", "evaluate/stats", "gates"}},
	{folders: []string{"cards/lint", "cards/huggingface"}, imports: []string{"cards", "evaluate", "evaluate/stats", "gates"}},
	{folders: []string{"cards/all"}, imports: []string{"cards", "cards/*"}},
	{folders: []string{"registry"}},
	{folders: []string{"registry/registrytest", "registry/blobs"}, imports: []string{"registry"}},
	{folders: []string{"registry/sqlstore"}, imports: []string{"registry", "registry/blobs"}},
	{folders: []string{"registry/all"}, imports: []string{"registry", "registry/*"}},
	{folders: []string{"render/chart"}},
	{folders: []string{"render"}, imports: []string{"cards", "cards/lint", "cards/huggingface", "gates", "evaluate", "render/chart"}},
	{folders: []string{"compliance"}, imports: []string{"cards", "render"}},
	{folders: []string{"notify"}, imports: []string{"render", "gates", "cards", "registry"}},
	{folders: []string{"pipeline"}, imports: []string{"..."}},
	{folders: []string{"serve"}, imports: []string{"..."}},
	{folders: []string{"cmd/gatecard"}, imports: []string{"..."}},
}

// The edges: only these folders may end the process or read the clock.
var (
	mayExit = []string{"cmd/gatecard"}
	mayTell = []string{"cmd/gatecard", "serve"}
)

// TestLayers holds every package to its row. What it says names the file and the arrow.
func TestLayers(t *testing.T) {
	wrong, files, err := checkLayers(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no Go file was found from ../..: nothing was checked")
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

// TestLayersFinds gives the check what it must refuse.
func TestLayersFinds(t *testing.T) {
	const gates, sweep = "gates/gates.go", "evaluate/sweep/sweep.go"
	for name, c := range map[string]struct{ file, source, want string }{
		"an arrow upwards":          {gates, `import _ "github.com/gatecard/gatecard/cards"`, "gates/gates.go: gates → cards"},
		"an arrow to itself":        {gates, `import _ "github.com/gatecard/gatecard/gates"`, "gates/gates.go: gates → gates"},
		"an arrow past a room":      {gates, `import _ "github.com/gatecard/gatecard/evaluate/sweep"`, "gates/gates.go: gates → evaluate/sweep"},
		"an arrow to the module":    {gates, `import _ "github.com/gatecard/gatecard"`, "gates/gates.go: gates → ."},
		"an arrow behind a tag":     {gates, "//go:build never\n\n" + `package gates; import _ "github.com/gatecard/gatecard/cards"`, "gates/gates.go: gates → cards"},
		"the front door's arrow":    {"pipeline/p.go", `import _ "github.com/gatecard/gatecard/cmd/gatecard"`, "pipeline/p.go: pipeline → cmd/gatecard"},
		"a leaf's arrow":            {"evidence/e.go", `import _ "github.com/gatecard/gatecard/schema"`, "evidence/e.go: evidence → schema"},
		"a leaf's dependency":       {"evidence/e.go", `import _ "gopkg.in/yaml.v3"`, "evidence/e.go: evidence → gopkg.in/yaml.v3: only std and golang.org/x/mod"},
		"a near name":               {"evidence/e.go", `import _ "golang.org/x/model"`, "evidence/e.go: evidence → golang.org/x/model: only std and golang.org/x/mod"},
		"a folder in no row":        {"util/u.go", "", "util: in no row of the table"},
		"os.Exit below":             {gates, `import "os"; func f() { os.Exit(1) }`, "gates/gates.go: os.Exit: only in cmd/gatecard"},
		"os.Exit by another name":   {gates, `import sys "os"; var f = sys.Exit`, "gates/gates.go: os.Exit: only in cmd/gatecard"},
		"time.Now below":            {sweep, `import "time"; var now = time.Now`, "evaluate/sweep/sweep.go: time.Now: only in cmd/gatecard, serve"},
		"time imported with a dot":  {sweep, `import . "time"; var now = Now`, `evaluate/sweep/sweep.go: "time" with a dot hides what is called`},
		"a second room of evaluate": {"evaluate/other/o.go", "", "evaluate/other: in no row of the table"},
	} {
		t.Run(name, func(t *testing.T) {
			source := c.source
			if !strings.Contains(source, "package ") {
				source = "package x; " + source
			}
			wrong, _, err := checkLayers(fstest.MapFS{c.file: {Data: []byte(source)}})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(wrong, c.want) {
				t.Errorf("got %q, want %q among them", wrong, c.want)
			}
		})
	}
}

// TestLayersAllows gives it what is right: nothing may be said.
func TestLayersAllows(t *testing.T) {
	right := fstest.MapFS{
		"cmd/gatecard/main.go":       {Data: []byte(`package main; import ("os"; "time"; _ "github.com/gatecard/gatecard/pipeline"); func main() { _ = time.Now; os.Exit(0) }`)},
		"evaluate/evaluate.go":       {Data: []byte(`package evaluate; import (_ "github.com/gatecard/gatecard/evaluate/sweep"; _ "github.com/gatecard/gatecard/schema")`)},
		"evidence/log.go":            {Data: []byte(`package evidence; import _ "golang.org/x/mod/sumdb/tlog"`)},
		"registry/all/all.go":        {Data: []byte(`package all; import _ "github.com/gatecard/gatecard/registry/sqlstore"`)},
		"schema/generate_test.go":    {Data: []byte(`package schema_test; import _ "github.com/gatecard/gatecard/gates"`)},
		"cards/testdata/broken.go":   {Data: []byte(`package broken; import _ "github.com/gatecard/gatecard/notify"`)},
		"tools/tools.go":             {Data: []byte(`package tools`)},
		"tools/go.mod":               {Data: []byte("module github.com/gatecard/gatecard/tools\n")},
		".venv/lib/something.go":     {Data: []byte(`package something`)},
		"render/chart/chart.go":      {Data: []byte(`package chart; type now struct{ Now, Exit int }; func f(os, time now) int { return os.Exit + time.Now }`)},
		"gates/node_modules_not.txt": {Data: []byte(`no Go`)},
	}
	wrong, files, err := checkLayers(right)
	if err != nil {
		t.Fatal(err)
	}
	if len(wrong) > 0 {
		t.Errorf("said of what is right: %q", wrong)
	}
	if files != 5 {
		t.Errorf("read %d files, want 5", files)
	}
}

// TestLayersGoUp holds the table itself: an arrow in it leads to a row above.
func TestLayersGoUp(t *testing.T) {
	above := map[string]bool{}
	for _, l := range layers {
		for _, i := range l.imports {
			if i != "..." && !strings.HasSuffix(i, "/*") && !above[i] {
				t.Errorf("%v may import %s, which is in no row above", l.folders, i)
			}
		}
		for _, f := range l.folders {
			if above[f] {
				t.Errorf("%s is in two rows", f)
			}
		}
		for _, f := range l.folders {
			above[f] = true
		}
	}
}

// checkLayers reads every Go file of the module that is no test, and gives what is wrong in order of path, and how many files it read.
func checkLayers(root fs.FS) (wrong []string, files int, err error) {
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && skip(root, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files++
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		said, err := checkFile(name, source)
		wrong = append(wrong, said...)
		return err
	})
	return slices.Compact(wrong), files, err
}

// skip says whether the go command would not look into the folder for packages of this module.
func skip(root fs.FS, folder string) bool {
	base := path.Base(folder)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(root, path.Join(folder, "go.mod"))
	return err == nil
}

func checkFile(name string, source []byte) (wrong []string, err error) {
	folder := path.Dir(name)
	row := slices.IndexFunc(layers, func(l layer) bool { return slices.Contains(l.folders, folder) })
	if row < 0 {
		return []string{folder + ": in no row of the table"}, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		switch to, ours := ownFolder(imported); {
		case ours && !allowed(row, to):
			wrong = append(wrong, fmt.Sprintf("%s: %s → %s", name, folder, to))
		case !ours && folder == "evidence" && !forEvidence(imported):
			wrong = append(wrong, fmt.Sprintf("%s: evidence → %s: only std and golang.org/x/mod", name, imported))
		}
	}
	return append(wrong, checkEdge(name, folder, file)...), nil
}

// ownFolder is the folder of an import path of this module, "." for its root.
func ownFolder(imported string) (folder string, ours bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func allowed(row int, to string) bool {
	above := slices.ContainsFunc(layers[:row], func(l layer) bool { return slices.Contains(l.folders, to) })
	if !above {
		return false
	}
	if slices.Contains(leaves, to) {
		return true
	}
	return slices.ContainsFunc(layers[row].imports, func(i string) bool {
		parent, rooms := strings.CutSuffix(i, "/*")
		return i == "..." || i == to || rooms && path.Dir(to) == parent
	})
}

// forEvidence: a path of the standard library has no dot in its first element.
func forEvidence(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") || imported == "golang.org/x/mod" || strings.HasPrefix(imported, "golang.org/x/mod/")
}

// checkEdge finds os.Exit and time.Now, called or passed on, under whatever name their package is imported.
func checkEdge(name, folder string, file *ast.File) (wrong []string) {
	forbidden := map[string]string{} // local name of a package to what of it is forbidden
	called := map[string]string{}
	for _, e := range []struct {
		imported, function string
		folders            []string
	}{{"os", "Exit", mayExit}, {"time", "Now", mayTell}} {
		if slices.Contains(e.folders, folder) {
			continue
		}
		for _, spec := range file.Imports {
			if spec.Path.Value != strconv.Quote(e.imported) {
				continue
			}
			local := e.imported
			if spec.Name != nil {
				local = spec.Name.Name
			}
			if local == "." {
				wrong = append(wrong, fmt.Sprintf("%s: %q with a dot hides what is called", name, e.imported))
			}
			forbidden[local] = e.function
			called[local] = fmt.Sprintf("%s: %s.%s: only in %s", name, e.imported, e.function, strings.Join(e.folders, ", "))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && forbidden[x.Name] == s.Sel.Name {
				wrong = append(wrong, called[x.Name])
			}
		}
		return true
	})
	return wrong
}
