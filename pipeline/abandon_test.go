package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestAbandonable: what stops nowhere is given up within a second of Ctrl-C, what ends is returned, and a panic is the caller's.
func TestAbandonable(t *testing.T) {
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	begun := time.Now()
	if _, err := abandonable(ctx, func() (int, error) { <-never; return 1, nil }); !errors.Is(err, context.Canceled) || time.Since(begun) > time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	own := errors.New("what it says itself")
	if _, err := abandonable(ctx, func() (int, error) { return 0, own }); !errors.Is(err, own) {
		t.Errorf("one that stops by itself: %v", err)
	}
	if n, err := abandonable(t.Context(), func() (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "it fell") || !strings.Contains(p, "abandon_test.go") {
			t.Errorf("panicked with %q", p)
		}
	}()
	_, _ = abandonable(t.Context(), func() (int, error) { panic("it fell") })
	t.Error("no panic")
}
