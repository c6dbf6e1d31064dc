package schema

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// fill decodes a value that keeps its schema into v. What still does not fit, because a type has an UnmarshalJSON of its own, is told at
// its place; the error is Problems, unless v is no pointer.
func fill(file string, n *node, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(n.appendJSON(nil)))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	var misuse *json.InvalidUnmarshalError
	if err == nil || errors.As(err, &misuse) {
		return err
	}
	b := blame{complaints{file: file}}
	b.value(reflect.TypeOf(v).Elem(), n)
	if len(b.list) == 0 {
		b.error(n, err)
	}
	return b.err()
}

// blame finds which part of a value a type refuses: it tries them one by one, since encoding/json tells no place for errors of others.
type blame struct{ complaints }

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value tries a value, or its parts where it is encoding/json that puts them together.
func (b *blame) value(t reflect.Type, n *node) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	own := reflect.PointerTo(t).Implements(jsonUnmarshaler) || reflect.PointerTo(t).Implements(textUnmarshaler)
	switch {
	case n.kind == null:
	case !own && n.kind == mapping && t.Kind() == reflect.Struct:
		fields := fieldsOf(t)
		for i, k := range n.keys {
			if field, ok := fields[k.text]; ok {
				b.value(field, n.items[i])
			} else {
				b.add(k.line, k.column, "unknown-key", "%s is no key here", quote(k.text))
			}
		}
	case !own && (n.kind == mapping && t.Kind() == reflect.Map || n.kind == list && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array)):
		for _, item := range n.items {
			b.value(t.Elem(), item)
		}
	default:
		if err := json.Unmarshal(n.appendJSON(nil), reflect.New(t).Interface()); err != nil {
			b.error(n, err)
		}
	}
}

// error notes one. Problems that have their own place keep it.
func (b *blame) error(n *node, err error) {
	var ps Problems
	if errors.As(err, &ps) {
		for _, p := range ps {
			if p.Line == 0 {
				p.Position = Position{File: b.file, Line: int(n.line), Column: int(n.column)}
			}
			b.list = append(b.list, p)
		}
		return
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		b.add(n.line, n.column, "wrong-value", "%s does not fit here", shown(n))
		return
	}
	b.add(n.line, n.column, "wrong-value", "%s", strings.TrimPrefix(err.Error(), "json: "))
}

// fieldsOf gives the fields of a struct by their keys, those of embedded structs among them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && !(f.Anonymous && name == "") {
			if name == "" {
				name = f.Name
			}
			fields[name] = f.Type
		}
	}
	return fields
}
