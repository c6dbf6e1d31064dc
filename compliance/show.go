package compliance

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
)

// longest is how many letters of a value are shown.
const longest = 72

// empty says whether a value is nothing to show: zero, an empty list, or a text that stands for one still to be written.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return cards.Placeholder(v.String())
	case reflect.Slice, reflect.Map:
		return !slices.ContainsFunc(elements(v), func(e reflect.Value) bool { e = reach(e); return e.IsValid() && !(isText(e) && empty(e)) })
	case reflect.Struct:
		return v.IsZero()
	}
	return !v.IsValid() || v.IsZero()
}

func isText(v reflect.Value) bool { return v.Kind() == reflect.String }

// elements are those of a list in order, or of a map by key.
func elements(v reflect.Value) []reflect.Value {
	var all []reflect.Value
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		for _, k := range keys {
			all = append(all, v.MapIndex(k))
		}
	}
	return all
}

// show gives a path and, in a few words, what is there: what lets a reader look it up.
func show(path string, found []reflect.Value, places int) string {
	said := value(found[0])
	if places > 1 {
		said = fmt.Sprintf("%d of %d, first: %s", len(found), places, said)
	}
	return path + ": " + said
}

func value(v reflect.Value) string {
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case evidence.Digest:
			return x.Short()
		case time.Time:
			return x.UTC().Format("2006-01-02 15:04 UTC")
		case fmt.Stringer:
			return clip(x.String())
		}
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(clip(v.String()))
	case reflect.Bool:
		return "yes"
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', 4, 64)
	case reflect.Slice, reflect.Map:
		return entries(v)
	case reflect.Struct:
		return fields(v)
	}
	return "there"
}

// fields gives the first few of a struct's words and numbers: "low 0.8075, high 0.8142, level 0.95".
func fields(v reflect.Value) string {
	const most = 3
	var said []string
	for _, f := range reflect.VisibleFields(v.Type()) {
		if inlined(f) || !f.IsExported() || len(said) == most {
			continue
		}
		if x := reach(v.FieldByIndex(f.Index)); x.IsValid() && !empty(x) && (isText(x) || x.CanInt() || x.CanFloat()) {
			said = append(said, jsonName(f)+" "+value(x))
		}
	}
	if len(said) == 0 {
		return "there"
	}
	return strings.Join(said, ", ")
}

// entries counts a list, and shows its first text.
func entries(v reflect.Value) string {
	all := elements(v)
	said := fmt.Sprintf("%d entries", len(all))
	if len(all) == 1 {
		said = "1 entry"
	}
	for _, e := range all {
		if e = reach(e); e.IsValid() && isText(e) && !empty(e) {
			return said + ", first: " + value(e)
		}
	}
	return said
}

// clip makes one line of a text, without what would move a cursor or turn the direction of writing, and at most longest letters long.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if letters := []rune(s); len(letters) > longest {
		return string(letters[:longest-1]) + "…"
	}
	return s
}
