package sqlstore

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gatecard/gatecard/registry/registrytest"
)

// BenchmarkRecord is one transaction with one signed record: what every act costs at least.
func BenchmarkRecord(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "registry.db"), options())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	i := 0
	for b.Loop() {
		if _, err := s.SetPolicy(b.Context(), "m", fmt.Appendf(nil, "%d", i), registrytest.By()); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkCheck recomputes a log of 10,000 records.
func BenchmarkCheck(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "registry.db"), options())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for i := range 10000 {
		if _, err := s.SetPolicy(b.Context(), "m", fmt.Appendf(nil, "%d", i), registrytest.By()); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, _, err := s.Check(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
