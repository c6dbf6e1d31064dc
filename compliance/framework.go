package compliance

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/gatecard/gatecard/schema"
)

// Framework is one YAML file of items. Dates are texts, "2026-11-24".
type Framework struct {
	Name         string   `json:"name"`  // "eu-ai-act", as its file
	Title        string   `json:"title"` // "EU AI Act, Annex IV: technical documentation"
	AsOf         string   `json:"as_of"` // when the items were last read against their source
	AppliesFrom  string   `json:"applies_from,omitempty"`
	Applies      string   `json:"applies,omitempty"` // to what, in a sentence
	Source       string   `json:"source"`
	SupersededBy string   `json:"superseded_by,omitempty"`
	Notice       string   `json:"notice"`               // that it is no legal advice
	Unverified   []string `json:"unverified,omitempty"` // what of the file is uncertain
	Items        []Item   `json:"items"`
}

// Item is one thing that a framework asks for, in words of our own. Its ID is stable: never renumbered.
type Item struct {
	ID         string   `json:"id"`    // "IV.2g.discrimination"
	Asks       string   `json:"asks"`  // what is asked for
	Owner      Owner    `json:"owner"` // who can fill it
	FilledBy   FilledBy `json:"filled_by,omitzero"`
	Lacks      string   `json:"lacks,omitempty"`      // what a dossier never holds of it, so that the item stays partial
	NA         string   `json:"na,omitempty"`         // when it may be not applicable; empty: never
	Unverified string   `json:"unverified,omitempty"` // what of this item is uncertain
}

// FilledBy are paths into a [Dossier], by json names; all of a part's must lead to something. A step that ends in [] goes to every element
// of a list or map: something in one of them is enough.
type FilledBy struct {
	Pipeline []string `json:"pipeline,omitempty"` // what was measured, judged, signed or logged
	Person   []string `json:"person,omitempty"`   // what only a person can have written
}

// Owner is who can fill an item.
type Owner string

// The owners.
const (
	Pipeline Owner = "pipeline"
	Person   Owner = "person"
	Both     Owner = "both"
)

//go:embed frameworks/*.yaml
var frameworkFiles embed.FS

// Frameworks lists them all, by name.
func Frameworks() ([]Framework, error) {
	entries, err := frameworkFiles.ReadDir("frameworks")
	if err != nil {
		return nil, err
	}
	var all []Framework
	for _, e := range entries {
		b, err := frameworkFiles.ReadFile(path.Join("frameworks", e.Name()))
		if err != nil {
			return nil, err
		}
		f, err := ParseFramework(e.Name(), b)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// Named is the framework of that name. The error says which name is near.
func Named(name string) (Framework, error) {
	all, err := Frameworks()
	if err != nil {
		return Framework{}, err
	}
	var names []string
	for _, f := range all {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if near := schema.Suggest(name, names); near != "" {
		return Framework{}, fmt.Errorf("%q is no framework (did you mean %q?)", name, near)
	}
	return Framework{}, fmt.Errorf("%q is no framework: there are %s", name, strings.Join(names, ", "))
}

// ParseFramework reads one. The error is [schema.Problems], each at its place.
func ParseFramework(file string, b []byte) (Framework, error) {
	d, err := schema.Parse(file, b)
	if err != nil {
		return Framework{}, err
	}
	c := check{d: d}
	c.keys(reflect.TypeFor[Framework]())
	for i := range c.count("items") {
		c.keys(reflect.TypeFor[Item](), "items", i)
		c.keys(reflect.TypeFor[FilledBy](), "items", i, "filled_by")
	}
	if len(c.problems) > 0 {
		return Framework{}, schema.Join(c.problems)
	}
	f, err := decode(file, b)
	if err != nil {
		return Framework{}, err
	}
	c.framework(f)
	if len(c.problems) > 0 {
		return Framework{}, schema.Join(c.problems)
	}
	return f, nil
}

// decode goes by way of JSON, so that the types have one kind of tag. What schema.Parse let through decodes without surprise.
func decode(file string, b []byte) (f Framework, err error) {
	var v any
	if err := yaml.Unmarshal(b, &v); err != nil {
		return f, fmt.Errorf("%s: %w", file, err)
	}
	j, err := json.Marshal(v)
	if err != nil {
		return f, fmt.Errorf("%s: %w", file, err)
	}
	d := json.NewDecoder(bytes.NewReader(j))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

// check collects what is wrong with a framework's file.
type check struct {
	d        *schema.Document
	problems schema.Problems
}

func (c *check) add(code, message, suggest string, at ...any) {
	c.problems = append(c.problems, schema.Problem{Position: c.d.At(at...), Code: code, Message: message, Suggest: suggest})
}

// count gives how many elements a list has.
func (c *check) count(at ...any) int {
	n := 0
	for c.d.Has(append(slices.Clone(at), n)...) {
		n++
	}
	return n
}

// keys holds a mapping's keys to the json names of a struct.
func (c *check) keys(t reflect.Type, at ...any) {
	var known []string
	for _, f := range reflect.VisibleFields(t) {
		known = append(known, jsonName(f))
	}
	for _, k := range c.d.Keys(at...) {
		if !slices.Contains(known, k) {
			c.problems = append(c.problems, schema.Problem{Position: c.d.KeyAt(append(slices.Clone(at), k)...), Code: "unknown-key",
				Message: fmt.Sprintf("%q is no key here", k), Suggest: schema.Suggest(k, known)})
		}
	}
}

var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9]+(\.[A-Za-z0-9]+)+$`)
	dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

func (c *check) framework(f Framework) {
	for key, value := range map[string]string{"name": f.Name, "title": f.Title, "as_of": f.AsOf, "source": f.Source, "notice": f.Notice} {
		if value == "" {
			c.add("missing-key", fmt.Sprintf("%q is missing", key), "")
		}
	}
	for key, value := range map[string]string{"as_of": f.AsOf, "applies_from": f.AppliesFrom} {
		if value != "" && !dateForm.MatchString(value) {
			c.add("no-date", fmt.Sprintf("%q is no date as \"2026-11-24\"", value), "", key)
		}
	}
	if len(f.Items) == 0 {
		c.add("missing-key", "there are no items", "")
	}
	seen := map[string]bool{}
	for i, item := range f.Items {
		if seen[item.ID] {
			c.add("duplicate-id", fmt.Sprintf("%q is the id of an item above", item.ID), "", "items", i, "id")
		}
		seen[item.ID] = true
		c.item(item, i)
	}
}

func (c *check) item(item Item, i int) {
	if !idForm.MatchString(item.ID) {
		c.add("bad-id", fmt.Sprintf("%q is no id as \"IV.2g.accuracy\"", item.ID), "", "items", i, "id")
	}
	if item.Asks == "" {
		c.add("missing-key", fmt.Sprintf("%s: %q is missing", item.ID, "asks"), "", "items", i)
	}
	if owners := []Owner{Pipeline, Person, Both}; !slices.Contains(owners, item.Owner) {
		c.add("unknown-owner", fmt.Sprintf("%q is no owner: pipeline, person or both", item.Owner),
			schema.Suggest(string(item.Owner), []string{string(Pipeline), string(Person), string(Both)}), "items", i, "owner")
	}
	if item.Owner == Pipeline && len(item.FilledBy.Person) > 0 || item.Owner == Person && len(item.FilledBy.Pipeline) > 0 {
		c.add("other-owner", fmt.Sprintf("%s is the %s's, but filled by somebody else too", item.ID, item.Owner), "", "items", i, "filled_by")
	}
	for _, part := range []struct {
		name  string
		paths []string
	}{{"pipeline", item.FilledBy.Pipeline}, {"person", item.FilledBy.Person}} {
		for n, p := range part.paths {
			if err := leads(reflect.TypeFor[Dossier](), steps(p)); err != nil {
				c.add("unknown-path", fmt.Sprintf("%q: %v", p, err), "", "items", i, "filled_by", part.name, n)
			}
		}
	}
}
