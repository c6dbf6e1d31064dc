package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// ParseTarget reads "Production" or "@champion".
func ParseTarget(s string) (evidence.Target, error) {
	t := evidence.Target(s)
	return t, checkTarget(t)
}

func checkTarget(t evidence.Target) error {
	if alias, ok := strings.CutPrefix(string(t), "@"); ok {
		return checkAlias(alias)
	}
	for _, stage := range gates.Stages() {
		if string(t) == stage {
			return nil
		}
	}
	if s := schema.Suggest(string(t), gates.Stages()); s != "" {
		return usage("bad-target", "%q is no stage (did you mean %q?); an alias is written with an @", string(t), s)
	}
	switch {
	case t == "":
		return usage("bad-target", "no target is named: a stage (%s) or an alias, as @champion", strings.Join(gates.Stages(), ", "))
	case t[0] >= 'a' && t[0] <= 'z':
		return usage("bad-target", "%q is no stage: they are %s; an alias is written with an @ (did you mean %q?)", string(t), strings.Join(gates.Stages(), ", "), "@"+string(t))
	}
	return usage("bad-target", "%q is no stage: they are %s; an alias is written with an @, as @champion", string(t), strings.Join(gates.Stages(), ", "))
}

// checkAlias holds an alias to MLflow's rules, and to be told from a version's number and from the champion.
func checkAlias(alias string) error {
	bad := func(why string) error { return usage("bad-target", "%q is no alias: %s", "@"+alias, why) }
	switch digits := strings.TrimLeft(strings.ToLower(alias), "v"); {
	case alias == "":
		return bad("it has no name, as in @champion")
	case len(alias) > 255:
		return bad("it is longer than 255 bytes")
	case strings.Trim(alias, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "":
		return bad("letters a to z, digits, \"_\" and \"-\" are allowed")
	case strings.EqualFold(alias, "latest"):
		return bad("\"latest\" is always the newest version")
	case len(digits) == len(alias)-1 && digits != "" && strings.Trim(digits, "0123456789") == "":
		return bad("it looks like a version's number")
	case strings.EqualFold(alias, "champion") && alias != "champion":
		return bad("it differs from \"champion\" in case only")
	}
	return nil
}

// badModel says what is wrong with a model's name; "" is nothing. "org/name" is one.
func badModel(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > 256:
		return "it is longer than 256 bytes"
	case strings.TrimSpace(name) != name:
		return "it begins or ends with a space"
	case strings.Contains(name, "@"):
		return "\"@\" stands before an alias"
	case strings.HasPrefix(name, "models:"):
		return "\"models:\" stands before a name, and is no part of it"
	case strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//"):
		return "it begins or ends with \"/\", or has two in a row"
	case cards.Line(name) != strings.Join(strings.Fields(name), " "):
		return "it has characters that cannot be seen"
	}
	return ""
}

// splitVersion takes "models:/org/name/2", "name/latest" or "name@champion" apart.
func splitVersion(name string) (model, number string, alias evidence.Target, err error) {
	name = strings.TrimPrefix(name, "models:/")
	if i := strings.LastIndex(name, "@"); i > 0 && i < len(name)-1 {
		return name[:i], "", evidence.Target(name[i:]), nil
	}
	i := strings.LastIndex(name, "/")
	if i <= 0 || i == len(name)-1 {
		return "", "", "", usage("bad-version", "%q names no version: write NAME/2, NAME/latest or NAME@champion", name)
	}
	return name[:i], name[i+1:], "", nil
}

// version finds a version by its name.
func (j *Job) version(ctx context.Context, name string) (evidence.Version, error) {
	model, number, alias, err := splitVersion(name)
	if err != nil {
		return evidence.Version{}, err
	}
	switch {
	case alias != "":
		holders, err := j.store.Holders(ctx, model, alias)
		if err != nil {
			return evidence.Version{}, fmt.Errorf("%s: %w", name, err)
		}
		if len(holders) != 1 {
			return evidence.Version{}, fmt.Errorf("%s points at no version: %w", name, registry.ErrNotFound)
		}
		return holders[0], nil
	case number == "latest":
		versions, err := j.store.Versions(ctx, model)
		if err != nil || len(versions) == 0 {
			return evidence.Version{}, fmt.Errorf("%s: %w", name, errors.Join(err, registry.ErrNotFound))
		}
		return versions[len(versions)-1], nil
	}
	for _, stage := range gates.Stages() {
		if number == stage {
			holders, err := j.store.Holders(ctx, model, evidence.Target(stage))
			if err == nil && len(holders) == 1 {
				return holders[0], nil
			}
			return evidence.Version{}, fmt.Errorf("%s is held by %d versions: %w", name, len(holders), errors.Join(err, registry.ErrNotFound))
		}
	}
	v, err := j.store.Version(ctx, model, number)
	if err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}
