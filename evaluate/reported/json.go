package reported

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/schema"
)

// kind is what a JSON value is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"null", "true or false", "a number", "text", "a list", "a mapping"}[k]
}

// value is a JSON value that knows its way to the root. A nil value is one that is not there.
type value struct {
	kind   kind
	text   string // of a number: as written
	truth  bool
	keys   []string // in the order written
	items  []*value
	index  map[string]int // of a mapping's keys
	parent *value
	step   any // into the parent: a string or an int
	origin *origin
}

// origin finds places.
type origin struct {
	file string
	doc  *schema.Document
}

// parse reads JSON strictly: what package schema refuses of a file of ours is refused of others' too. The error is schema.Problems.
func parse(name string, b []byte) (*value, error) {
	const ending = ".json" // by which schema knows JSON
	doc, err := schema.Parse(name+ending, b)
	if err != nil {
		var ps schema.Problems
		if errors.As(err, &ps) {
			ps = slices.Clone(ps)
			for i := range ps {
				ps[i].File = name
			}
			return nil, ps
		}
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	root, err := build(decoder)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err) // schema took it
	}
	root.origin = &origin{file: name, doc: doc}
	return root, nil
}

// build makes the next value. That it is no deeper than schema.MaxDepth is known.
func build(d *json.Decoder) (*value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	v := &value{}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			v.kind = list
			for d.More() {
				item, err := build(d)
				if err != nil {
					return nil, err
				}
				item.parent, item.step = v, len(v.items)
				v.items = append(v.items, item)
			}
		} else {
			v.kind, v.index = mapping, map[string]int{}
			for d.More() {
				key, err := d.Token()
				if err != nil {
					return nil, err
				}
				item, err := build(d)
				if err != nil {
					return nil, err
				}
				name := key.(string)
				item.parent, item.step = v, name
				v.index[name] = len(v.items)
				v.keys, v.items = append(v.keys, name), append(v.items, item)
			}
		}
		_, err = d.Token()
	case json.Number:
		v.kind, v.text = number, t.String()
	case string:
		v.kind, v.text = text, t
	case bool:
		v.kind, v.truth = boolean, t
	}
	return v, err
}

// get is the value under a key, or under several, one in another; nil where it is not there.
func (v *value) get(keys ...string) *value {
	for _, k := range keys {
		if v == nil || v.kind != mapping {
			return nil
		}
		i, ok := v.index[k]
		if !ok {
			return nil
		}
		v = v.items[i]
	}
	return v
}

// is says whether it is there and of that kind.
func (v *value) is(k kind) bool { return v != nil && v.kind == k }

// given says whether it is there and not null.
func (v *value) given() bool { return v != nil && v.kind != null }

// str is a text, or "".
func (v *value) str() string {
	if v.is(text) {
		return v.text
	}
	return ""
}

// scalar is a text or number as it is written, or "".
func (v *value) scalar() string {
	if v.is(text) || v.is(number) {
		return v.text
	}
	return ""
}

// path names it: results.sums.acc,none.
func (v *value) path() ([]any, string, *origin) {
	if v.parent == nil {
		return nil, "", v.origin
	}
	steps, name, o := v.parent.path()
	switch step := v.step.(type) {
	case int:
		name += "[" + strconv.Itoa(step) + "]"
	case string:
		if name != "" {
			name += "."
		}
		name += step
	}
	return append(steps, v.step), name, o
}

// faults gathers what is wrong with a file, each at its place.
type faults struct{ list schema.Problems }

// add notes a problem with a value.
func (f *faults) add(v *value, code, message string, args ...any) {
	if len(f.list) >= maxProblems {
		return
	}
	steps, name, o := v.path()
	m := fmt.Sprintf(message, args...)
	if name != "" {
		m = clipped(name) + ": " + m
	}
	f.list = append(f.list, schema.Problem{Position: place(o, steps), Code: code, Message: m})
}

func place(o *origin, steps []any) schema.Position {
	p := o.doc.At(steps...)
	p.File = o.file
	return p
}

// err gives them in order of place; nil where there is none.
func (f *faults) err() error { return schema.Join(problems(f.list)) }

// need is the value under a key, of that kind; what else stands there is a problem, and nil.
func (f *faults) need(v *value, key string, k kind) *value {
	w := v.get(key)
	switch {
	case w == nil:
		f.add(v, "missing-key", "the key %q is missing: %s is expected", clipped(key), k)
		return nil
	case w.kind != k:
		f.add(w, "wrong-type", "%s is expected, not %s", k, w.shown())
		return nil
	}
	return w
}

// shown is the value in a message.
func (v *value) shown() string {
	switch v.kind {
	case number:
		return "the number " + clipped(v.text)
	case text:
		return "the text " + strconv.Quote(clipped(v.text))
	case boolean:
		return strconv.FormatBool(v.truth)
	}
	return v.kind.String()
}

// float is a number; another value is a problem, and nil.
func (f *faults) float(v *value) *float64 {
	if !v.is(number) {
		f.add(v, "wrong-type", "a number is expected, not %s", v.shown())
		return nil
	}
	x, err := strconv.ParseFloat(v.text, 64)
	if err != nil { // schema refuses what is too large
		f.add(v, "not-finite", "%s is no number that a float64 holds", clipped(v.text))
		return nil
	}
	return &x
}

// count is a whole number from 0 on; nothing and null are 0, and what else stands there is a problem. Tools write 40 as 40.0 too.
func (f *faults) count(v *value) int64 {
	if !v.given() {
		return 0
	}
	x := f.float(v)
	if x == nil {
		return 0
	}
	if *x != math.Trunc(*x) || *x < 0 || *x > maxCount {
		f.add(v, "bad-figure", "a whole number from 0 on is expected, not %s", clipped(v.text))
		return 0
	}
	return int64(*x)
}

// maxCount is 2^53: up to there a float64 holds each integer.
const maxCount = 1 << 53

// clipped is a text short enough for a message.
func clipped(s string) string {
	const runes = 80
	if r := []rune(s[:min(len(s), 8*runes)]); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return strings.ToValidUTF8(s, "�")
}
