package schema

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Encode gives canonical JSON (RFC 8785) of a value, by its json tags. It refuses what that cannot hold: NaN, infinities, integers beyond
// 2^53, text that is not UTF-8; and what [Decode] would refuse: depth beyond [MaxDepth], more than [MaxJSON] bytes. A nil slice or map is null.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		var unsupported *json.UnsupportedValueError
		if errors.As(err, &unsupported) && unsupported.Value.CanFloat() { // and not a cycle, in which one could walk for ever
			if where := holds(reflect.ValueOf(v), 0); where != nil {
				err = where
			}
		}
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	if err := holds(reflect.ValueOf(v), 0); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	root, err := parseJSON("JSON", b)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %v", v, err) //nolint:errorlint // these are no Problems of a person, to be told by place
	}
	sortKeys(root)
	return root.appendJSON(make([]byte, 0, len(b))), nil
}

// sortKeys puts the keys of all mappings in order.
func sortKeys(n *node) {
	if n.kind == mapping {
		order := make([]int, len(n.keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return compareUTF16(n.keys[i].text, n.keys[j].text) })
		keys, items := make([]key, len(order)), make([]*node, len(order))
		for to, from := range order {
			keys[to], items[to] = n.keys[from], n.items[from]
		}
		n.keys, n.items = keys, items
	}
	for _, item := range n.items {
		sortKeys(item)
	}
}

// compareUTF16 orders by UTF-16 code units: RFC 8785, 3.2.3. That differs from the order of code points where a character beyond U+FFFF,
// whose first unit is a surrogate (D800 to DBFF), meets one of U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	unit := func(r rune) rune {
		if r > 0xffff {
			return 0xd800 + (r-0x10000)>>10
		}
		return r
	}
	for a != "" && b != "" {
		r, rsize := utf8.DecodeRuneInString(a)
		s, ssize := utf8.DecodeRuneInString(b)
		if r != s {
			return cmp.Or(int(unit(r)-unit(s)), int(r-s))
		}
		a, b = a[rsize:], b[ssize:]
	}
	return len(a) - len(b)
}

// held says what JSON cannot hold, and where.
type held struct {
	path []string
	what string
}

func (h *held) Error() string { return strings.Join(h.path, ".") + ": " + h.what }

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// holds looks for what JSON cannot hold, before encoding/json makes U+FFFD of bytes and a large number of a large integer.
func holds(v reflect.Value, depth int) error {
	if depth > 2*MaxDepth || !v.IsValid() {
		return nil // what is too deep is refused behind it
	}
	if t := v.Type(); t.Implements(jsonMarshaler) || t.Implements(textMarshaler) {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return holds(v.Elem(), depth+1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if i := v.Int(); i > maxInteger || i < -maxInteger {
			return &held{what: fmt.Sprintf("%d is an integer beyond 2^53", i)}
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if u := v.Uint(); u > maxInteger {
			return &held{what: fmt.Sprintf("%d is an integer beyond 2^53", u)}
		}
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return &held{what: fmt.Sprintf("%v is no number that JSON knows", f)}
		}
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return &held{what: fmt.Sprintf("%q is not UTF-8", v.String())}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := within(holds(v.Index(i), depth+1), fmt.Sprint(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if err := within(holds(entries.Key(), depth+1), fmt.Sprintf("key %v", entries.Key())); err != nil {
				return err
			}
			if err := within(holds(entries.Value(), depth+1), fmt.Sprint(entries.Key())); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			if name == "" {
				name = f.Name
			}
			if err := within(holds(v.Field(i), depth+1), name); err != nil {
				return err
			}
		}
	}
	return nil
}

// within adds a step to the path of an error.
func within(err error, step string) error {
	if h, ok := err.(*held); ok { //nolint:errorlint // it is never wrapped
		h.path = append([]string{step}, h.path...)
	}
	return err
}
