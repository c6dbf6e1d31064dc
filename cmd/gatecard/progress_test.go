package main

import (
	"testing"
	"time"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"2GiB": 2 << 30, "2gib": 2 << 30, "500MB": 500e6, "500 MB": 500e6, "1073741824": 1 << 30, "0.5GiB": 1 << 29, "1T": 1e12, "256MiB": 256 << 20} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "2GG", "-2GiB", "2 potatoes", "NaN", "1e300GB", "255MiB", "0", "1GiBGiB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func TestBar(t *testing.T) {
	want := "reading rows ━━━━━━━━━━──────────  50 %, 500 of 1,000, 250 a second, 2s left"
	if got := bar("reading", 500, 1000, 2*time.Second); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
