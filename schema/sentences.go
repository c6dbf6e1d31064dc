package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// told turns what the validator found into sentences for the person who wrote the file, each at its place.
type told struct {
	complaints
	schema *compiled
	root   *node
	part   bool // root is a part of a file
}

// place is where a finding is: the value, its key, and how to name it.
type place struct {
	value  *node
	around *node // the mapping or list that holds it; nil for the root
	key    key   // of the value, where a mapping holds it
	name   string
}

// find goes along a JSON pointer.
func (t *told) find(pointer string) place {
	p := place{value: t.root, name: "the file"}
	if t.part {
		p.name = "this"
	}
	for _, step := range pointerSteps(pointer) {
		around := p.value
		if around.kind == list {
			i, _ := index(step)
			item, _ := around.child(i)
			if item == nil {
				break
			}
			p = place{value: item, around: around, name: fmt.Sprintf("item %d of %s", i+1, p.name)}
			continue
		}
		item, i := around.child(step)
		if item == nil {
			break
		}
		p = place{value: item, around: around, key: around.keys[i], name: quote(step)}
	}
	return p
}

// tell makes a problem of each finding. A key that is missing because it was misspelt is told once, where it is misspelt.
func (t *told) tell(fs []finding) {
	meant := map[string]bool{}
	for _, f := range fs {
		if f.keyword == "additionalProperties" {
			for _, near := range t.unknownKeys(f) {
				meant[f.instance+"\x00"+near] = true
			}
		}
	}
	for _, f := range fs {
		p := t.find(f.instance)
		switch {
		case f.keyword == "additionalProperties":
		case f.isKey:
			t.aboutKey(f, p)
		case f.keyword == "required":
			for _, name := range textsOf(f.wants) {
				if item, _ := p.value.child(name); item == nil && !meant[f.instance+"\x00"+name] {
					t.at(p.value, "missing-key", "", "%s is missing%s", quote(name), inside(p))
				}
			}
		default:
			t.aboutValue(f, p)
		}
	}
}

// at notes a problem at a value.
func (t *told) at(n *node, code, suggest, message string, args ...any) {
	before := len(t.list)
	t.add(n.line, n.column, code, message, args...)
	if len(t.list) > before {
		t.list[before].Suggest = suggest
	}
}

// inside says in what, unless it is the whole file.
func inside(p place) string {
	if p.around == nil {
		return ""
	}
	return " in " + p.name
}

// unknownKeys tells each key that the schema does not know, and gives the keys that were probably meant.
func (t *told) unknownKeys(f finding) (meant []string) {
	p := t.find(f.instance)
	properties, _ := f.schema["properties"].(map[string]any)
	known := slices.Sorted(maps.Keys(properties))
	top, _ := t.schema.resolve(t.schema.written)["properties"].(map[string]any)
	for i, k := range p.value.keys {
		if _, ok := properties[k.text]; ok {
			continue
		}
		free := slices.DeleteFunc(slices.Clone(known), func(name string) bool { return slices.Contains(p.value.keyTexts(), name) })
		near := Suggest(k.text, free)
		if near != "" {
			meant = append(meant, near)
		}
		where := " of " + p.name
		if p.around == nil {
			where = " here"
		}
		more := ""
		_, elsewhere := top[k.text]
		switch {
		case near != "":
		case elsewhere && p.around != nil && !t.part:
			more = ": it stands at the top of the file, not indented"
		case len(free) > 0 && len(free) <= 12:
			more = ": what can be added is " + words(free, "and")
		}
		t.at(&node{line: p.value.keys[i].line, column: p.value.keys[i].column}, "unknown-key", near, "%s is no key%s%s", quote(k.text), where, more)
	}
	return meant
}

func (n *node) keyTexts() []string {
	names := make([]string, len(n.keys))
	for i, k := range n.keys {
		names[i] = k.text
	}
	return names
}

// aboutKey tells of a key that is not of the kind that its mapping wants.
func (t *told) aboutKey(f finding, p place) {
	at := &node{line: p.key.line, column: p.key.column}
	if f.keyword == "enum" {
		allowed := textsOf(f.wants)
		t.at(at, "unknown-key", Suggest(p.key.text, allowed), "%s is no key here: there are %s", quote(p.key.text), words(allowed, "and"))
		return
	}
	t.at(at, "wrong-form", "", "the key %s does not have the form that is wanted here%s", quote(p.key.text), example(f))
}

// aboutValue tells of a value.
func (t *told) aboutValue(f finding, p place) {
	n := p.value
	limit := fmt.Sprint(f.wants)
	if allowed := f.schema["enum"]; f.keyword == "type" && allowed != nil && n.kind != null {
		f.keyword, f.wants = "enum", allowed // it says more
	}
	switch f.keyword {
	case "type":
		t.at(n, "wrong-type", "", "%s", wrongType(p, textsOf(f.wants)))
	case "enum", "const":
		allowed := textsOf(f.wants)
		t.at(n, "not-allowed-value", Suggest(n.value, allowed), "%s is not allowed for %s: write %s", shown(n), p.name, words(allowed, "or"))
	case "oneOf":
		t.union(f, p)
	case "dependentRequired":
		t.at(n, "missing-key", "", "%s is missing%s: it belongs to another key that is written", quote(limit), inside(p))
	case "minimum":
		t.at(n, "out-of-range", "", "%s must be at least %s, not %s", p.name, limit, n.value)
	case "exclusiveMinimum":
		t.at(n, "out-of-range", "", "%s must be more than %s, not %s", p.name, limit, n.value)
	case "maximum":
		t.at(n, "out-of-range", "", "%s must be at most %s, not %s", p.name, limit, n.value)
	case "exclusiveMaximum":
		t.at(n, "out-of-range", "", "%s must be less than %s, not %s", p.name, limit, n.value)
	case "minLength", "minItems", "minProperties":
		if limit == "1" {
			t.at(n, "wrong-size", "", "%s is empty: at least one %s is needed", p.name, unit(n, 1))
			return
		}
		t.at(n, "wrong-size", "", "%s must have at least %s %s, not %d", p.name, limit, unit(n, 2), n.size())
	case "maxLength", "maxItems", "maxProperties":
		t.at(n, "wrong-size", "", "%s must have at most %s %s, not %d", p.name, limit, unit(n, 2), n.size())
	case "pattern":
		t.at(n, "wrong-form", "", "%s does not have the form of %s%s", shown(n), p.name, example(f))
	case "format":
		t.at(n, "wrong-form", "", "%s is not %s, as %s must be", shown(n), format(limit), p.name)
	case "uniqueItems":
		var first, second int
		if _, err := fmt.Sscanf(f.message, "items at index %d and %d are equal", &first, &second); err == nil {
			if item, _ := n.child(second); item != nil {
				n = item
			}
		}
		t.at(n, "duplicate-item", "", "%s is written twice in %s", shown(n), p.name)
	case "false", "not":
		t.at(n, "not-allowed-value", "", "%s is not allowed here", p.name)
	default:
		t.at(n, "not-allowed-value", "", "%s does not keep the schema's rule %q (%s)", p.name, f.keyword, limit)
	}
}

// union tells that none, or more than one, of several forms fits.
func (t *told) union(f finding, p place) {
	if !strings.HasPrefix(f.message, "valid against") {
		t.at(p.value, "missing-key", "", "%s is missing%s", words(quoteAll(textsOf(f.wants)), "or"), inside(p))
		return
	}
	var keys []string
	branches, _ := f.wants.([]any)
	for _, b := range branches {
		m := t.schema.resolve(b)
		keys = append(keys, textsOf(m["required"])...)
	}
	if len(keys) == 0 {
		t.at(p.value, "not-one-form", "", "%s can be understood in more than one way", p.name)
		return
	}
	t.at(p.value, "not-one-form", "", "only one of %s can be written%s", words(quoteAll(keys), "and"), inside(p))
}

// size is the length of a text in letters, or of a list or mapping.
func (n *node) size() int {
	if n.kind == text {
		return utf8.RuneCountInString(n.value)
	}
	return len(n.items)
}

// unit is what size counts.
func unit(n *node, count int) string {
	word := map[kind]string{text: "letter", list: "item", mapping: "key"}[n.kind]
	if count == 1 {
		return word
	}
	return word + "s"
}

// shown is a value as it is written, shortened.
func shown(n *node) string {
	switch n.kind {
	case text:
		return quote(n.value)
	case number, boolean:
		return short(n.written)
	}
	return n.kind.String()
}

// example gives what the schema gives as one.
func example(f finding) string {
	if examples := textsOf(f.schema["examples"]); len(examples) > 0 {
		return ": write it like " + words(quoteAll(examples), "or")
	}
	return fmt.Sprintf(" (%v)", f.wants)
}

// format says what a format of JSON Schema is.
func format(name string) string {
	switch name {
	case "date-time":
		return "a time like 2026-01-31T12:00:00Z"
	case "date":
		return "a date like 2026-01-31"
	case "uri":
		return "an address like https://example.org/page"
	case "email":
		return "an e-mail address"
	}
	return "a " + name
}

// textsOf gives the values of a list in a schema, or of a single one, as text.
func textsOf(v any) []string {
	values, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil
		}
		values = []any{v}
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprint(value)
	}
	return texts
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return quoted
}

// words joins them: a, b and c.
func words(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
