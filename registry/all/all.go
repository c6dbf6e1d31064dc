// Package all lists the registry backends. It is a package of its own because each of them imports registry. Start with [Find].
package all

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/sqlstore"
)

// Backends lists them all. To add one: a folder beside this one, whose test calls registrytest.Run, and a line here.
func Backends() []registry.Backend {
	return []registry.Backend{
		{
			Scheme: "sqlite", Summary: "one file, with the artifacts in a folder beside it; its own ledger (sqlite:registry.db)",
			Exists: func(_ context.Context, address string) (bool, error) { return sqlstore.Exists(rest(address)) },
			Open: func(ctx context.Context, address string, o registry.Options) (*registry.Store, error) {
				s, err := sqlstore.Open(ctx, rest(address), o)
				if err != nil {
					return nil, err
				}
				return &registry.Store{Registry: s, Ledger: s, Close: s.Close}, nil
			},
		},
	}
}

// Find gives the backend of an address, "sqlite:registry.db".
func Find(address string) (registry.Backend, error) {
	scheme, _, ok := strings.Cut(address, ":")
	var known []string
	for _, b := range Backends() {
		if ok && scheme == b.Scheme {
			return b, nil
		}
		known = append(known, b.Scheme+":")
	}
	return registry.Backend{}, fmt.Errorf("registry %q: an address begins with one of: %s", address, strings.Join(known, ", "))
}

// rest is what follows the scheme. "sqlite:///abs" is read as "sqlite:/abs".
func rest(address string) string {
	_, path, _ := strings.Cut(address, ":")
	if strings.HasPrefix(path, "///") {
		return path[2:]
	}
	return path
}
