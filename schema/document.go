package schema

import "strings"

// Document is a file after the one walk that refuses duplicate keys, tags, aliases, depth and non-finite numbers. Of a nil Document nothing
// is there, and its places are nowhere: what was made by a program can be checked as what was read.
type Document struct {
	file string
	root *node    // nil: there is nothing
	part bool     // of a file, by Sub
	near Position // of a root that is not there: the nearest value around it
}

// Parse reads YAML, or JSON where the file's name ends in .json: JSON is never read as YAML. The error is [Problems].
func Parse(file string, b []byte) (*Document, error) {
	parse := parseYAML
	if strings.HasSuffix(strings.ToLower(file), ".json") {
		parse = parseJSON
	}
	root, err := parse(file, b)
	if err != nil {
		return nil, err
	}
	return &Document{file: file, root: root}, nil
}

// Decode validates the document against a published schema ("gatecard", "policy", "card", …) and fills v strictly.
// The error is [Problems], each at its place; any other means that there is no such schema.
func (d *Document) Decode(schema string, v any) error {
	s, err := published(schema)
	if err != nil {
		return err
	}
	return d.decode(s, v)
}

func (d *Document) decode(s *compiled, v any) error {
	if d == nil || d.root == nil {
		c := complaints{}
		c.list = Problems{{Position: d.At(), Code: "missing-key", Message: "nothing is written here"}}
		return c.err()
	}
	root := d.root
	if s.texts {
		root = s.asText(s.written, root)
	}
	if err := s.check(d.file, root, d.part); err != nil {
		return err
	}
	return fill(d.file, root, v)
}

// find goes along a path as far as it can: the value there, or nil and the nearest around it, which is nil where there is nothing at all.
func (d *Document) find(path []any) (found, near *node) {
	if d == nil {
		return nil, nil
	}
	n := d.root
	for _, step := range path {
		c, _ := n.child(step)
		if c == nil {
			return nil, n
		}
		n = c
	}
	return n, n
}

// Sub is the part of the document under a path, with its places: d.Sub("gates", 3). Of a path that is not there it is empty.
func (d *Document) Sub(path ...any) *Document {
	if d == nil {
		return nil
	}
	n, _ := d.find(path)
	return &Document{file: d.file, root: n, part: d.part || len(path) > 0, near: d.At(path...)}
}

// Has says whether a value stands at the path.
func (d *Document) Has(path ...any) bool {
	n, _ := d.find(path)
	return n != nil
}

// Keys lists the keys of the mapping at the path, in the order written; nil where there is no mapping.
func (d *Document) Keys(path ...any) []string {
	n, _ := d.find(path)
	if n == nil || n.kind != mapping {
		return nil
	}
	keys := make([]string, len(n.keys))
	for i, k := range n.keys {
		keys[i] = k.text
	}
	return keys
}

// Text is a scalar at the path, as it is written: of 0.50 the text "0.50". ok is false where none stands there.
func (d *Document) Text(path ...any) (s string, ok bool) {
	n, _ := d.find(path)
	if n == nil || n.kind == null || n.kind == list || n.kind == mapping {
		return "", false
	}
	return n.written, true
}

// At is the place of a value: d.At("gates", 3, "metric"). Where it is not there, that of the nearest value around it. A step is a string, of
// a mapping, or an int, of a list.
func (d *Document) At(path ...any) Position {
	_, near := d.find(path)
	switch {
	case d == nil:
		return Position{}
	case near == nil:
		return d.near
	}
	return Position{File: d.file, Line: int(near.line), Column: int(near.column)}
}

// KeyAt is the place of a key rather than of its value; of an item of a list it is that of the item.
func (d *Document) KeyAt(path ...any) Position {
	if len(path) == 0 {
		return d.At()
	}
	around, _ := d.find(path[:len(path)-1])
	if c, i := around.child(path[len(path)-1]); c != nil && around.kind == mapping {
		k := around.keys[i]
		return Position{File: d.file, Line: int(k.line), Column: int(k.column)}
	}
	return d.At(path...)
}

// Decode reads JSON strictly, from this or any released version: no duplicate, case-folded or unknown keys, nothing after the value.
// The error is [Problems], unless there is no such schema.
func Decode(schema, file string, b []byte, v any) error {
	s, err := published(schema)
	if err != nil {
		return err
	}
	root, err := parseJSON(file, b)
	if err != nil {
		return err
	}
	return (&Document{file: file, root: root}).decode(s, v)
}
