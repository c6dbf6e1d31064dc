package compliance

import (
	"fmt"
	"reflect"
	"strings"
)

// A step of a path into a dossier: a json name, and whether it goes to every element of what is there.
type step struct {
	name string
	each bool
}

// steps splits "card.evaluation.slices[].groups".
func steps(path string) []step {
	var all []step
	for part := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(part, "[]")
		all = append(all, step{name, each})
	}
	return all
}

// leads says whether a path exists in a type: a misspelt one would be missing for ever, and nobody would know why.
func leads(t reflect.Type, path []step) error {
	for _, s := range path {
		t = behind(t)
		f, ok := field(t, s.name)
		if !ok {
			return fmt.Errorf("%s has no %q", t, s.name)
		}
		t = behind(f.Type)
		if s.each {
			if t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
				return fmt.Errorf("%q is no list or map", s.name)
			}
			t = t.Elem()
		}
	}
	return nil
}

func behind(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func field(t reflect.Type, name string) (reflect.StructField, bool) {
	if t.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && jsonName(f) == name && !inlined(f) {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// jsonName is the key that encoding/json gives a field; "-" for none.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}

// inlined is an embedded struct whose fields stand in its parent.
func inlined(f reflect.StructField) bool {
	return f.Anonymous && f.Tag.Get("json") == "" && behind(f.Type).Kind() == reflect.Struct
}

// follow gives the values that a path leads to, those that are empty left out, and how many places were looked at.
func follow(v reflect.Value, path []step) (found []reflect.Value, places int) {
	v = reach(v)
	if len(path) == 0 {
		if !v.IsValid() || empty(v) {
			return nil, 1
		}
		return []reflect.Value{v}, 1
	}
	if !v.IsValid() {
		return nil, 0
	}
	f, ok := field(v.Type(), path[0].name)
	if !ok {
		return nil, 0
	}
	v, err := v.FieldByIndexErr(f.Index)
	if err != nil {
		return nil, 0 // of an embedded nil
	}
	v = reach(v)
	switch {
	case !v.IsValid():
		return nil, 0
	case !path[0].each:
		return follow(v, path[1:])
	}
	for _, element := range elements(v) {
		more, looked := follow(element, path[1:])
		found, places = append(found, more...), places+looked
	}
	return found, places
}

// reach follows pointers; nothing behind a nil one.
func reach(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}
