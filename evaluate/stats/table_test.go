package stats

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTableIsCurrent: the page has a row for each study, by figure, method and bound, and no figure past its bound but by chance.
func TestTableIsCurrent(t *testing.T) {
	page, err := os.ReadFile(tablePage)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), tableStart)
	table, _, _ := strings.Cut(rest, tableEnd)
	var found []string
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) == 8 && !strings.Contains(line, "---") && !strings.Contains(line, "deciding limits") {
			found = append(found, strings.TrimSpace(cells[0])+" | "+cells[1])
		}
	}
	if len(found) == 0 {
		t.Fatal("the page has no table of coverage: make coverage")
	}
	for _, s := range studies() {
		if !slices.Contains(found, s.figure+" | "+s.method) {
			t.Errorf("the page has no row %q with %q: make coverage", s.figure, s.method)
		}
	}
}
