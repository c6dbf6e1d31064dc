package sqlstore

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) *registry.Store {
		return stored(opened(t, filepath.Join(t.TempDir(), "registry.db")))
	})
}

func options() registry.Options {
	return registry.Options{Signer: registrytest.Key(), Now: time.Now}
}

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stored(s *Store) *registry.Store {
	return &registry.Store{Registry: s, Ledger: s, Close: s.Close}
}
