package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// check holds a value, the whole of a file or a part of it, against the schema. The error is Problems.
func (s *compiled) check(file string, root *node, part bool) error {
	err := s.validator.Validate(plain(root))
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	t := told{complaints: complaints{file: file}, schema: s, root: root, part: part}
	t.tell(t.findings(invalid))
	return t.err()
}

// plain gives a value as the validator wants it. Numbers are canonical already, so that none is too long for it.
func plain(n *node) any {
	switch n.kind {
	case boolean:
		return n.value == "true"
	case number:
		return json.Number(n.value)
	case text:
		return n.value
	case list:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = plain(item)
		}
		return items
	case mapping:
		m := make(map[string]any, len(n.keys))
		for i, k := range n.keys {
			m[k.text] = plain(n.items[i])
		}
		return m
	}
	return nil
}

// asText takes numbers and booleans as their text wherever the schema says x-text: {positive: 1} means "1". What does not change is shared
// with n, which stays as it is.
func (s *compiled) asText(sub any, n *node) *node {
	if m, ok := sub.(map[string]any); ok && m["x-text"] == true {
		return allText(n)
	}
	m := s.resolve(sub)
	if m == nil || m["x-text"] == true {
		if m != nil {
			return allText(n)
		}
		return n
	}
	for _, union := range []string{"allOf", "anyOf", "oneOf"} {
		branches, _ := m[union].([]any)
		for _, b := range branches {
			n = s.asText(b, n)
		}
	}
	switch n.kind {
	case list:
		return n.with(func(_ int, item *node) *node { return s.asText(m["items"], item) })
	case mapping:
		properties, _ := m["properties"].(map[string]any)
		return n.with(func(i int, item *node) *node {
			if p, ok := properties[n.keys[i].text]; ok {
				return s.asText(p, item)
			}
			return s.asText(m["additionalProperties"], item)
		})
	}
	return n
}

// allText takes a scalar, or all scalars of a list or mapping, as text.
func allText(n *node) *node {
	switch n.kind {
	case number, boolean:
		c := *n
		c.kind, c.value = text, n.written
		return &c
	case list, mapping:
		return n.with(func(_ int, item *node) *node { return allText(item) })
	}
	return n
}

// with gives n with other items; n itself where none is another.
func (n *node) with(change func(i int, item *node) *node) *node {
	items := make([]*node, len(n.items))
	for i, item := range n.items {
		items[i] = change(i, item)
	}
	if slices.Equal(items, n.items) {
		return n
	}
	c := *n
	c.items = items
	return &c
}

// finding is one sentence of the validator that says something: the keyword that was not met, and by which value.
type finding struct {
	keyword  string
	wants    any            // what the schema says for the keyword
	schema   map[string]any // that holds the keyword
	instance string         // JSON pointer to the value
	isKey    bool           // it is about the value's key
	message  string         // the validator's own
}

// findings picks what matters of a tree of errors.
func (t *told) findings(e *jsonschema.ValidationError) []finding {
	if e.Message == "anyOf failed" || e.Message == "oneOf failed" {
		return t.oneSentence(e)
	}
	if len(e.Causes) > 0 {
		var fs []finding
		for _, cause := range e.Causes {
			fs = append(fs, t.findings(cause)...)
		}
		return fs
	}
	_, pointer, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	f := finding{instance: e.InstanceLocation, isKey: strings.Contains(e.KeywordLocation, "/propertyNames"), message: e.Message}
	if e.Message == "not allowed" {
		f.keyword = "false"
		return []finding{f}
	}
	slash := strings.LastIndexByte(pointer, '/')
	if in := strings.Index(pointer, "/dependentRequired/"); in >= 0 {
		f.keyword, f.wants = "dependentRequired", t.schema.pointed(pointer)
		f.schema, _ = t.schema.pointed(pointer[:in]).(map[string]any)
		return []finding{f}
	}
	f.keyword = pointer[slash+1:]
	f.schema, _ = t.schema.pointed(pointer[:slash]).(map[string]any)
	f.wants = f.schema[f.keyword]
	return []finding{f}
}

// oneSentence reduces a union that was not met: to what all its branches ask for, or else to what is wrong with the nearest branch.
func (t *told) oneSentence(e *jsonschema.ValidationError) []finding {
	var branches [][]finding
	for _, cause := range e.Causes {
		branches = append(branches, t.findings(cause))
	}
	here := func(f finding, keywords ...string) bool {
		return f.instance == e.InstanceLocation && !f.isKey && slices.Contains(keywords, f.keyword)
	}
	for _, keywords := range [][]string{{"type"}, {"enum", "const"}, {"required"}} {
		var all []any
		var last finding
		for _, b := range branches {
			if len(b) == 0 || !here(b[0], keywords...) || len(b) > 1 && keywords[0] != "type" {
				all = nil
				break
			}
			last = b[0]
			if values, ok := last.wants.([]any); ok {
				all = append(all, values...)
			} else {
				all = append(all, last.wants)
			}
		}
		if all != nil {
			last.wants = all
			if last.keyword == "const" {
				last.keyword = "enum"
			}
			if last.keyword == "required" {
				last.keyword = "oneOf"
			}
			return []finding{last}
		}
	}
	branches = slices.DeleteFunc(branches, func(b []finding) bool {
		return slices.ContainsFunc(b, func(f finding) bool { return here(f, "type") })
	})
	if len(branches) == 0 {
		return nil
	}
	return slices.MinFunc(branches, func(a, b []finding) int {
		return cmp.Or(len(a)-len(b), deepest(b)-deepest(a))
	})
}

func deepest(fs []finding) int {
	most := 0
	for _, f := range fs {
		most = max(most, strings.Count(f.instance, "/"))
	}
	return most
}

// pointerSteps splits a JSON pointer as the validator writes it, percent-encoded.
func pointerSteps(pointer string) []string {
	if pointer == "" {
		return nil
	}
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, step := range steps {
		if plain, err := url.PathUnescape(step); err == nil {
			step = plain
		}
		steps[i] = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
	}
	return steps
}

// index reads a step of a pointer into a list.
func index(step string) (int, bool) {
	i, err := strconv.ParseUint(step, 10, 31)
	return int(i), err == nil
}
