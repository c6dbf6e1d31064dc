package render

import (
	"fmt"
	"strings"
	"testing"
)

func TestMatrixOf(t *testing.T) {
	b := matrixOf([]string{"a", "b", "c"}, [][]int64{{90, 10, 0}, {30, 20, 0}, {0, 0, 0}})
	if b == nil {
		t.Fatal("no matrix")
	}
	if want := "40 of 150 rows are taken for another class. Most often it takes b for a: 30 of 50 rows, 60.0 %."; b.Words != want {
		t.Errorf("%s", b.Words)
	}
	if got := fmt.Sprint(b.Heads, b.Numbered, b.Pairs, b.More); got != "[a b c] false [[b a 30 60.0 %] [a b 10 10.0 %]] 0" {
		t.Error(got)
	}
	// the heat is in tenths of the true class's rows, and what is there at all is not white
	heats := ""
	for _, r := range b.Rows {
		heats += r.Name + r.Total
		for _, c := range r.Cells {
			heats += fmt.Sprintf(" %s/%d%v", c.Count, c.Heat, c.Right)
		}
		heats += "; "
	}
	if want := "a100 90/9true 10/1false 0/0false; b50 30/6false 20/4true 0/0false; c0 0/0false 0/0false 0/0true; "; heats != want {
		t.Errorf("%s\nwant %s", heats, want)
	}
}

// TestMatrixOfMany: many classes have numbers for heads, and very many no matrix; pairs are bounded, and counted.
func TestMatrixOfMany(t *testing.T) {
	of := func(n int) *confusionBlock {
		var names []string
		counts := make([][]int64, n)
		for i := range n {
			names = append(names, fmt.Sprint("class ", i))
			counts[i] = make([]int64, n)
			for k := range n {
				counts[i][k] = 1
			}
		}
		return matrixOf(names, counts)
	}
	if b := of(7); !b.Numbered || b.Heads[6] != "7" || b.Rows[6].Name != "7 class 6" || len(b.Pairs) != 15 || b.More != 7*6-15 {
		t.Errorf("%+v", b)
	}
	if b := of(20); len(b.Rows) != 20 {
		t.Errorf("%d rows", len(b.Rows))
	}
	if b := of(21); len(b.Rows) != 0 || len(b.Pairs) != 15 || !strings.HasPrefix(b.Words, "420 of 441 rows") {
		t.Errorf("%+v", b)
	}
}

func TestMatrixOfNothing(t *testing.T) {
	for _, x := range []struct {
		names  []string
		counts [][]int64
	}{{nil, nil}, {[]string{"a", "b"}, nil}, {[]string{"a", "b"}, [][]int64{{1, 2}}}, {[]string{"a", "b"}, [][]int64{{1, 2}, {3}}}, {[]string{"a", "b"}, [][]int64{{0, 0}, {0, 0}}}} {
		if b := matrixOf(x.names, x.counts); b != nil {
			t.Errorf("%v %v: %+v", x.names, x.counts, b)
		}
	}
}
