//go:build unix

package table

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe: a pipe that nobody writes into is refused, not waited for.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "rows.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), FromFile(pipe))
	var bad *Error
	if !errors.As(err, &bad) || bad.Code != codeUnreadable {
		t.Errorf("a pipe: %v", err)
	}
}
