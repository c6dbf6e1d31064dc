package schema

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// The schemas are made from the Go types by generate_test.go, which also holds them current: go test ./schema -run Published -update.
//
//go:embed published/*.v1.json
var publishedFiles embed.FS

const (
	publishedFolder = "published/"
	publishedEnding = ".v1.json"
)

// ID is the $id of a published schema, which files of ours name in their key "schema".
func ID(name string) string {
	return "https://github.com/gatecard/gatecard/schema/" + name + "/v1.json"
}

// Names lists the published schemas, sorted.
func Names() []string {
	entries, err := publishedFiles.ReadDir(strings.TrimSuffix(publishedFolder, "/"))
	if err != nil {
		panic(err) // it is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), publishedEnding)
	}
	slices.Sort(names)
	return names
}

// Source is the JSON Schema of that name. The error says which name is near.
func Source(name string) ([]byte, error) {
	names := Names()
	if !slices.Contains(names, name) {
		if near := Suggest(name, names); near != "" {
			return nil, fmt.Errorf("no schema is named %q (did you mean %q?)", name, near)
		}
		return nil, fmt.Errorf("no schema is named %q: there are %s", name, strings.Join(names, ", "))
	}
	return publishedFiles.ReadFile(publishedFolder + name + publishedEnding)
}

// compiled is a schema, as the validator wants it and as it is written: what is wrong is told in the schema's own words.
type compiled struct {
	validator *jsonschema.Schema
	written   any
	texts     bool // x-text occurs
}

// schemas are those that were asked for, by name: to compile one takes milliseconds, and a policy asks for one a gate.
var schemas sync.Map

// published gives a schema by its name.
func published(name string) (*compiled, error) {
	if s, ok := schemas.Load(name); ok {
		return s.(*compiled), nil
	}
	source, err := Source(name)
	if err != nil {
		return nil, err
	}
	s, err := compile(ID(name), source)
	if err != nil {
		return nil, fmt.Errorf("compile schema %q: %w", name, err)
	}
	schemas.Store(name, s)
	return s, nil
}

// compile reads nothing but the source: a reference to elsewhere is an error.
func compile(id string, source []byte) (*compiled, error) {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("schema %q is not embedded", url)
	}
	if err := compiler.AddResource(id, strings.NewReader(string(source))); err != nil {
		return nil, err
	}
	validator, err := compiler.Compile(id)
	if err != nil {
		return nil, err
	}
	s := &compiled{validator: validator, texts: strings.Contains(string(source), `"x-text"`)}
	decoder := json.NewDecoder(strings.NewReader(string(source)))
	decoder.UseNumber()
	return s, decoder.Decode(&s.written)
}

// resolve gives a subschema that is written as a mapping, behind its references; nil where it is true or false.
func (s *compiled) resolve(sub any) map[string]any {
	m, _ := sub.(map[string]any)
	for range 10 { // nobody refers further
		ref, ok := m["$ref"].(string)
		if !ok {
			break
		}
		m, _ = s.pointed(strings.TrimPrefix(ref, "#")).(map[string]any)
	}
	return m
}

// pointed gives what a JSON pointer into the schema points at, nil for nothing.
func (s *compiled) pointed(pointer string) any {
	v := s.written
	for _, step := range pointerSteps(pointer) {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, ok := index(step)
			if !ok || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}
