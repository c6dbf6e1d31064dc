package sqlstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Longest names, in bytes, as MLflow has them.
const (
	maxModel = 256
	maxAlias = 255
)

// checkModel says what is wrong with a model's name. "org/name" is one; what `models:/org/name/2` or `org/name@champion` would be read as
// something else with is none.
func checkModel(name string) error {
	bad := func(why string) error { return fmt.Errorf("%q is no model name: %s", name, why) }
	switch {
	case name == "":
		return bad("it is empty")
	case len(name) > maxModel:
		return bad(fmt.Sprintf("it is longer than %d bytes", maxModel))
	case !utf8.ValidString(name):
		return bad("it is not UTF-8")
	case strings.TrimFunc(name, unicode.IsSpace) != name:
		return bad("it begins or ends with a space")
	case strings.Contains(name, "@"):
		return bad("\"@\" stands before an alias")
	case strings.HasPrefix(name, "models:"):
		return bad("\"models:\" stands before a name, and is no part of it")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" {
			return bad("it begins or ends with \"/\", or has two in a row")
		}
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return bad(fmt.Sprintf("it has the control or formatting character %U", r))
		}
	}
	return nil
}

// parseNumber reads a version's number in its one spelling: "02", "+2" and " 2" are other people's.
func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is no version number: %w", s, registry.ErrNotFound)
	}
	return n, nil
}

// checkTarget says what is wrong with a stage or an alias.
func checkTarget(t evidence.Target) error {
	alias, ok := registry.Alias(t)
	if !ok {
		if registry.IsStage(t) {
			return nil
		}
		return fmt.Errorf("%q is no stage (%s, %s, %s, %s) and no alias (@name)", t, registry.None, registry.Staging, registry.Production, registry.Archived)
	}
	bad := func(why string) error { return fmt.Errorf("%q is no alias: %s", t, why) }
	switch {
	case alias == "":
		return bad("it is empty")
	case len(alias) > maxAlias:
		return bad(fmt.Sprintf("it is longer than %d bytes", maxAlias))
	case strings.EqualFold(alias, "latest"):
		return bad("\"latest\" is always the newest version")
	case isNumbered(alias):
		return bad("it looks like a version's number")
	case strings.EqualFold(alias, "champion") && alias != "champion":
		return bad("it differs from \"champion\" in case only")
	}
	for _, r := range alias {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return bad("letters a to z, digits, \"_\" and \"-\" are allowed")
		}
	}
	return nil
}

// isNumbered says whether an alias is "v" and digits.
func isNumbered(alias string) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(alias), "v")
	if !ok || digits == "" {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// checkPath is for attachments; the paths of artifacts are checked as a manifest.
func checkPath(f evidence.File) error {
	if err := (evidence.Manifest{f}).Check(); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "manifest: "))
	}
	return nil
}
