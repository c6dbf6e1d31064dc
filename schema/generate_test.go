package schema_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
	"github.com/invopop/jsonschema"
)

var update = flag.Bool("update", false, "write the schemas in schema/published again")

const module = "github.com/gatecard/gatecard"

// source is a published schema and the Go type that it is made from. To add one: a line in sources, and -update.
type source struct {
	name  string
	value any
	human bool // people write it: nothing may be null, and x-text counts
	// of a gate's kind, whose file also has other keys beside its own:
	about  string
	beside any
}

func sources() []source {
	all := []source{
		{name: "baseline", value: evaluate.Baseline{}},
		{name: "card", value: cards.Words{}, human: true},
		{name: "evaluation", value: evaluate.Evaluation{}},
		{name: "evidence", value: evidence.Statement{}},
		{name: "filled-card", value: cards.Card{}},
		{name: "gatecard", value: pipeline.Config{}, human: true},
		{name: "gates", value: gates.Report{}},
		{name: "policy", value: gates.Policy{}, human: true},
		{name: "run", value: render.Summarized{}},
	}
	for _, k := range gates.Kinds() {
		all = append(all, source{name: "gate-" + k.Name, value: k.New(), human: true, about: k.Summary, beside: gates.Common{}})
	}
	return all
}

// commented are the folders whose doc comments become descriptions.
var commented = []string{"evidence", "schema", "evaluate", "gates", "cards", "render", "notify", "pipeline", "registry"}

// opaque are types with JSON of their own, and what a schema can say of them.
func opaque(t reflect.Type) *jsonschema.Schema {
	texts := &jsonschema.Schema{Type: "string"}
	switch definition(t) {
	case "gates.Gate":
		return &jsonschema.Schema{Type: "object", Description: "one rule: its kind's keys, as in the schemas gate-KIND, and those that every kind has"}
	case "gates.Names":
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{texts, {Type: "array", Items: texts}}}
	case "gates.Fraction":
		percent := &jsonschema.Schema{Type: "string", Pattern: `^[-+]?([0-9]*\.)?[0-9]+ ?(%|pp)$`, Examples: []any{"5%", "5pp"}}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "number"}, percent}}
	case "evaluate.Dimension":
		cross := &jsonschema.Schema{Type: "string", Description: "a cross of dimensions: sex * age"}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{cross, dimension(t)}}
	}
	return nil
}

// dimension is a grouping column: evaluate.Dimension without its methods. Its name may be left out.
func dimension(t reflect.Type) *jsonschema.Schema {
	var fields []reflect.StructField
	for f := range t.Fields() {
		fields = append(fields, f)
	}
	r := jsonschema.Reflector{Anonymous: true, DoNotReference: true}
	s := r.ReflectFromType(reflect.StructOf(fields))
	s.Version, s.Required = "", nil
	return s
}

// TestPublished holds the committed schemas to the types.
func TestPublished(t *testing.T) {
	comments := &jsonschema.Reflector{}
	for _, folder := range commented {
		if err := comments.AddGoComments(module+"/schema", "../"+folder); err != nil {
			t.Fatal(err)
		}
	}
	addUnexported(t, comments.CommentMap, "gates")
	var names []string
	for _, s := range sources() {
		names = append(names, s.name)
		t.Run(s.name, func(t *testing.T) {
			want := generate(t, s, comments.CommentMap)
			file := filepath.Join("published", s.name+".v1.json")
			if *update {
				if err := os.WriteFile(file, want, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not current: go test ./schema -run TestPublished -update", file)
			}
		})
	}
	slices.Sort(names)
	files, err := filepath.Glob("published/*.v1.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in published: %v", err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".v1.json"); !slices.Contains(names, name) {
			t.Errorf("%s is made from no type", f)
		}
	}
}

// TestPublishedAreRead opens each as the program does.
func TestPublishedAreRead(t *testing.T) {
	if *update {
		t.Skip("files are embedded when the test is built")
	}
	for _, s := range sources() {
		b, err := schema.Source(s.name)
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			ID string `json:"$id"`
		}
		if s.name == "run" && render.SummaryID != schema.ID(s.name) {
			t.Errorf("render.SummaryID is %q, want %q", render.SummaryID, schema.ID(s.name))
		}
		if err := json.Unmarshal(b, &head); err != nil || head.ID != schema.ID(s.name) {
			t.Errorf("%s: $id is %q, want %q (%v)", s.name, head.ID, schema.ID(s.name), err)
		}
		var v any
		err = schema.Decode(s.name, "x.json", []byte("[]"), &v)
		if want := "x.json:1:1: wrong-type: the file must be a mapping, not a list"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", s.name, err, want)
		}
	}
}

// addUnexported adds the comments on fields of unexported types, which AddGoComments leaves out: those of the kinds of gates.
func addUnexported(t *testing.T, comments map[string]string, folder string) {
	t.Helper()
	files, err := filepath.Glob("../" + folder + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.IsExported() {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, name := range f.Names {
						comments[module+"/"+folder+"."+spec.Name.Name+"."+name.Name] = strings.TrimSpace(f.Doc.Text() + f.Comment.Text())
					}
				}
			}
			return true
		})
	}
}

// generate makes a schema from a type.
func generate(t *testing.T, s source, comments map[string]string) []byte {
	t.Helper()
	made := reflected(t, s, reflect.TypeOf(s.value), comments)
	made.ID = jsonschema.ID(schema.ID(s.name))
	if s.beside != nil {
		common := reflected(t, s, reflect.TypeOf(s.beside), comments)
		for at := common.Properties.Oldest(); at != nil; at = at.Next() {
			if _, twice := made.Properties.Get(at.Key); twice {
				t.Errorf("%s: key %q is the kind's own and every kind's", s.name, at.Key)
			}
			made.Properties.Set(at.Key, at.Value)
		}
		made.Description = s.about
	}
	if property, ok := made.Properties.Get("schema"); ok {
		property.Const = schema.ID(s.name)
	}
	b, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// reflected is what invopop makes of a type, and what only we know of it.
func reflected(t *testing.T, s source, root reflect.Type, comments map[string]string) *jsonschema.Schema {
	t.Helper()
	if root.Kind() == reflect.Pointer {
		root = root.Elem()
	}
	r := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Namer: definition, CommentMap: comments, Mapper: opaque}
	made := r.ReflectFromType(root)
	g := generator{t: t, human: s.human, root: root, made: made, seen: map[reflect.Type]bool{}}
	g.visit(root)
	return made
}

// definition names a type by package and name, since two packages may have a Config.
func definition(t reflect.Type) string {
	if t.Name() == "" || !strings.HasPrefix(t.PkgPath(), module) {
		return t.Name()
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// generator adds to a reflected schema what only the Go type knows: what may be null.
type generator struct {
	t     *testing.T
	human bool
	root  reflect.Type
	made  *jsonschema.Schema
	seen  map[reflect.Type]bool
}

// visit goes over the types that a type is made of.
func (g *generator) visit(t reflect.Type) {
	if opaque(t) != nil || g.seen[t] {
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		g.visit(t.Elem())
	case reflect.Map:
		g.visit(t.Elem())
	case reflect.Struct:
		if t.PkgPath() == "time" {
			return
		}
		g.seen[t] = true
		g.checkOwn(t)
		g.fields(t, g.schemaOf(t))
	}
}

// checkOwn fails for a type whose JSON is its own business: the schema would describe something else.
func (g *generator) checkOwn(t reflect.Type) {
	for _, its := range []reflect.Type{t, reflect.PointerTo(t)} {
		for _, own := range []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextMarshaler]()} {
			if its.Implements(own) {
				g.t.Errorf("%v has JSON of its own: say in opaque what it looks like", t)
				return
			}
		}
	}
}

func (g *generator) schemaOf(t reflect.Type) *jsonschema.Schema {
	if t == g.root {
		return g.made
	}
	return g.made.Definitions[definition(t)]
}

// fields amends the properties of a struct, those of embedded structs among them.
func (g *generator) fields(t reflect.Type, s *jsonschema.Schema) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous && name == "" {
			embedded := f.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			g.fields(embedded, s)
			continue
		}
		g.visit(f.Type)
		if s == nil {
			g.t.Errorf("%v has no schema", t)
			return
		}
		p, ok := s.Properties.Get(name)
		if !ok {
			g.t.Errorf("%v.%s has no property: give it a json tag", t, f.Name)
			continue
		}
		omitted := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		g.property(f.Type, p, omitted)
	}
}

// property says what may be null, and what may be written without quotes though it is text.
func (g *generator) property(t reflect.Type, p *jsonschema.Schema, omitted bool) {
	if p.Extras["x-text"] == true {
		if g.human {
			p.Type, p.Extras["type"] = "", []string{"string", "number", "boolean"}
		} else {
			delete(p.Extras, "x-text")
		}
	}
	for t.Kind() == reflect.Pointer && omitted {
		t = t.Elem()
	}
	if opaque(t) != nil {
		p.OneOf = nil // a tag's words on it, which the type's own schema says better
	}
	null := t.Kind() == reflect.Pointer || !g.human && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map)
	if omitted || !null {
		return
	}
	if p.Extras == nil {
		p.Extras = map[string]any{}
	}
	if p.Ref != "" {
		p.AnyOf = []*jsonschema.Schema{{Ref: p.Ref}, {Type: "null"}}
		p.Ref = ""
		return
	}
	p.Extras["type"] = []string{p.Type, "null"}
	p.Type = ""
	if p.Enum != nil {
		p.Enum = append(p.Enum, nil)
	}
}
