package render

import (
	"bytes"
	"testing"
)

func TestTerminalGolden(t *testing.T) {
	for _, name := range names(t) {
		for _, width := range []int{80, 120} {
			var b bytes.Buffer
			if err := Terminal(&b, views(t)[name], Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			golden(t, name+map[int]string{80: ".80", 120: ".120"}[width]+".terminal", b.Bytes())
		}
	}
}
