package schema_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evidence"
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
}

func sources() []source {
	return []source{
		{name: "evidence", value: evidence.Statement{}},
	}
}

// commented are the folders whose doc comments become descriptions.
var commented = []string{"evidence", "schema", "evaluate", "gates", "cards", "notify", "pipeline", "registry"}

// opaque are types with JSON of their own, and what a schema can say of them.
func opaque(t reflect.Type) *jsonschema.Schema {
	return nil
}

// TestPublished holds the committed schemas to the types.
func TestPublished(t *testing.T) {
	comments := &jsonschema.Reflector{}
	for _, folder := range commented {
		if _, err := os.Stat("../" + folder); err == nil {
			if err := comments.AddGoComments(module+"/schema", "../"+folder); err != nil {
				t.Fatal(err)
			}
		}
	}
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

// generate makes a schema from a type.
func generate(t *testing.T, s source, comments map[string]string) []byte {
	t.Helper()
	r := jsonschema.Reflector{
		Anonymous:      true,
		ExpandedStruct: true,
		Namer:          definition,
		CommentMap:     comments,
		Mapper:         opaque,
	}
	root := reflect.TypeOf(s.value)
	made := r.ReflectFromType(root)
	made.ID = jsonschema.ID(schema.ID(s.name))
	g := generator{t: t, human: s.human, root: root, made: made, seen: map[reflect.Type]bool{}}
	g.visit(root)
	if property, ok := made.Properties.Get("schema"); ok {
		property.Const = schema.ID(s.name)
	}
	b, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
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
