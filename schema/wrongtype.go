package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// wrongType says what a value must be, what it is, and what to write, where that can be guessed.
func wrongType(p place, wants []string) string {
	var kinds []string
	for _, w := range wants {
		if k := kindOf(w); w != "null" && !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	want := words(kinds, "or")
	if p.value.kind == null {
		return fmt.Sprintf("%s is empty: it must be %s", p.name, want)
	}
	is := shown(p.value)
	switch p.value.kind {
	case text:
		is = "the text " + is
	case number:
		is = "the number " + is
	}
	return fmt.Sprintf("%s must be %s, not %s%s", p.name, want, is, advice(p.value, wants))
}

// kindOf says what a type of JSON Schema is.
func kindOf(name string) string {
	switch name {
	case "string":
		return text.String()
	case "integer":
		return "a whole number"
	case "number":
		return number.String()
	case "boolean":
		return boolean.String()
	case "array":
		return list.String()
	case "object":
		return mapping.String()
	}
	return name
}

// Numbers as people write them, and YAML does not.
var (
	percent      = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?%$`)
	decimalComma = regexp.MustCompile(`^[-+]?[0-9]+,[0-9]+$`)
	grouped      = regexp.MustCompile(`^[0-9]{1,3}([_' ][0-9]{3})+$`)
)

// advice says what to write instead, where that can be guessed.
func advice(n *node, wants []string) string {
	wanted := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(wants, name) })
	}
	switch {
	case wanted("string") && (n.kind == number || n.kind == boolean):
		return fmt.Sprintf(`: write "%s"`, short(n.written))
	case wanted("array") && n.kind == text && !strings.ContainsAny(n.value, ",[]{}"):
		return fmt.Sprintf(": write [%s]", short(n.value))
	case n.kind != text:
		return ""
	case wanted("boolean"):
		switch strings.ToLower(n.value) {
		case "yes", "on", "y", "true":
			return ": write true"
		case "no", "off", "n", "false":
			return ": write false"
		}
	case wanted("number", "integer"):
		switch {
		case n.quoted && resolve(n.value).kind == number:
			return ": remove the quotes"
		case percent.MatchString(n.value):
			return ": write a fraction of 1, as 0.05 for 5 %"
		case decimalComma.MatchString(n.value):
			return ": write " + strings.Replace(n.value, ",", ".", 1)
		case grouped.MatchString(n.value):
			return ": write " + strings.NewReplacer("_", "", "'", "", " ", "").Replace(n.value)
		}
	}
	return ""
}
