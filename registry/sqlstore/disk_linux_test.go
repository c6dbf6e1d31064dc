package sqlstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// mounted is a small file system of its own.
func mounted(t *testing.T, options string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, options); err != nil {
		t.Skipf("mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// TestDiskFull fills 8 MiB while versions are registered, promoted and judged; once there is room everything goes on: P4.
func TestDiskFull(t *testing.T) {
	folder := mounted(t, "size=8m")
	path := filepath.Join(folder, "registry.db")
	s, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil { // before the file system goes
			t.Error(err)
		}
	}()
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Register(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Attest(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 16<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if _, err := w.Register(t.Context(), strings.Repeat("b", 1<<16)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("registered on a full disk: %v", err)
	}
	full := 0
	for range 200 { // until the write-ahead log has no room left in its last page
		_, err := s.SetPolicy(t.Context(), "other", []byte(strings.Repeat("{", 1+full)), registrytest.By())
		if full++; err != nil {
			if !strings.Contains(err.Error(), "the disk is full") && !strings.Contains(err.Error(), "the disk failed") {
				t.Errorf("on a full disk: %v", err)
			}
			break
		}
	}
	if d, err := w.Promote(t.Context(), v, registry.Production); err == nil {
		t.Errorf("promoted on a full disk: %+v", d)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if d, err := w.Promote(t.Context(), v, registry.Production); err != nil || !d.Allowed() {
		t.Errorf("once there is room: %+v, %v", d, err)
	}
	if v, err := w.Register(t.Context(), "b"); err != nil || v.Number != "2" {
		t.Errorf("once there is room: version %s, %v", v, err)
	}
	if err := w.Audit(t.Context()); err != nil {
		t.Error(err)
	}
	var result string
	if err := s.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity: %s, %v", result, err)
	}
}

// TestReadOnlyFolder opens a registry on a disk that is mounted read-only, and one that is not there.
func TestReadOnlyFolder(t *testing.T) {
	folder := mounted(t, "")
	path := filepath.Join(folder, "registry.db")
	s, err := Open(t.Context(), path, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("mount it read-only: %v", err)
	}
	for _, path := range []string{path, filepath.Join(folder, "new.db")} {
		s, err := Open(t.Context(), path, options())
		if err == nil {
			t.Errorf("%s was opened: %v", path, s.Close())
		} else if !strings.Contains(err.Error(), "read-only") {
			t.Errorf("it says %v", err)
		}
	}
}
