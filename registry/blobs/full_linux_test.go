package blobs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull puts into a file system of 1 MiB until it is full: P4.
func TestDiskFull(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mount a small file system: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(mount, 0); err != nil {
			t.Error(err)
		}
	}()
	d, err := Open(filepath.Join(mount, "a"))
	if err != nil {
		t.Fatal(err)
	}
	small, big := blob("small"), blob(strings.Repeat("big ", 1<<19))
	if err := d.Put(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), big); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("2 MiB into 1 MiB: %v", err)
	}
	if got := files(t, filepath.Join(mount, "a")); len(got) != 1 {
		t.Errorf("in the folder are %q", got)
	}
	if got, err := get(d, small); err != nil || got != "small" {
		t.Errorf("what was there is %q, %v", got, err)
	}
	filler := filepath.Join(mount, "filler")
	full := os.WriteFile(filler, make([]byte, 2<<20), 0o644) // whatever fits
	if err := d.Put(t.Context(), blob("more")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk (%v): %v", full, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), blob("more")); err != nil {
		t.Errorf("once there is room: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
