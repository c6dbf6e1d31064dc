package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull runs on a small file system with no room left, then with a little, then with enough: exit 4 and a clear sentence, nothing half
// written, and afterwards it works: P4.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	p := newProject(t, built(t), folder, 2_000)
	filler := filepath.Join(folder, "filler")
	fill := func(leave int64) {
		t.Helper()
		if err := os.WriteFile(filler, make([]byte, 16<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		info, err := os.Stat(filler)
		if err == nil {
			err = os.Truncate(filler, info.Size()-leave)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	failed := 0
	for _, leave := range []int64{0, 64 << 10, 256 << 10, 512 << 10, 1 << 20, 1536 << 10} {
		fill(leave)
		out, err := p.command(t, "run", "--register", "model", "--promote", "Production", "--out", "out").CombinedOutput()
		switch exit := exitOf(err); exit {
		case exitOutside:
			failed++
			if s := string(out); !strings.Contains(s, "no space left") && !strings.Contains(s, "disk is full") && !strings.Contains(s, "disk failed") {
				t.Errorf("with %d bytes: it does not say that the disk is full: %s", leave, s)
			}
		case exitPassed:
		default:
			t.Errorf("with %d bytes: exit %d: %s", leave, exit, out)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		p.checkOut(t, "out")
		if info, err := os.Stat(filepath.Join(folder, "registry.db")); err == nil && info.Size() > 0 {
			p.must(t, exitPassed, "registry", "list")
			p.must(t, exitPassed, "audit", "verify")
		}
		if err := filepath.WalkDir(filepath.Join(folder, "out"), func(path string, _ os.DirEntry, _ error) error {
			if strings.Contains(path, ".gatecard-") {
				t.Errorf("with %d bytes: %s was left", leave, path)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if failed == 0 {
		t.Error("the disk was never too full")
	}
	p.must(t, exitPassed, "run", "--register", "model", "--promote", "Production", "--out", "out")
	p.checkOut(t, "out")
	if got := strings.Count(p.must(t, exitPassed, "registry", "list", "m"), "  m/"); got != 1 {
		t.Errorf("there are %d versions, want 1", got)
	}
}
