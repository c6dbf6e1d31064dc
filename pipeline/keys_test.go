package pipeline

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// TestLocalKeyOnce asks for the local key from many calls at once: all get the one that was made.
func TestLocalKeyOnce(t *testing.T) {
	folder := t.TempDir()
	ids := make([]string, 16)
	made := make([]bool, len(ids))
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			key, err := KeyFrom("", "", folder, false)(true)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i], made[i] = key.Owner.Subject, key.Made != ""
		})
	}
	wait.Wait()
	n := 0
	for i, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("call %d has key %q, the first has %q", i, id, ids[0])
		}
		if made[i] {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d calls say that they made it, want 1", n)
	}
	info, err := os.Stat(filepath.Join(folder, "gatecard", LocalKey))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		t.Errorf("the key's mode is %o: others may read it", mode)
	}
	entries, err := os.ReadDir(filepath.Join(folder, "gatecard"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("the folder holds %v, want the key's two halves", entries)
	}
}

// TestNewKeyWritesOverNothing: neither half may be there.
func TestNewKeyWritesOverNothing(t *testing.T) {
	for _, half := range []string{"k", "k.pub"} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, half), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewKey(filepath.Join(folder, "k")); err == nil {
			t.Errorf("made a key beside a %s that was there", half)
		}
		if b, err := os.ReadFile(filepath.Join(folder, half)); err != nil || string(b) != "mine" {
			t.Errorf("%s holds %q now: %v", half, b, err)
		}
		if entries, _ := os.ReadDir(folder); len(entries) != 1 {
			t.Errorf("beside %s there are %v", half, entries)
		}
	}
}

// TestNoKeyInCI: none is made, and without `make` none is made anywhere.
func TestNoKeyInCI(t *testing.T) {
	folder := t.TempDir()
	if _, err := KeyFrom("", "", folder, true)(true); err == nil {
		t.Error("in CI a key was made")
	}
	if _, err := KeyFrom("", "", "", false)(true); err == nil {
		t.Error("without a configuration directory a key was made")
	}
	if key, err := KeyFrom("", "", folder, false)(false); err != nil || key.Signer != nil {
		t.Errorf("asked whether there could be a key: %v, %v", key, err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("made %v", entries)
	}
}
