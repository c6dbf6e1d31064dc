package render

import (
	"bytes"
	"testing"
)

func TestFormatsGolden(t *testing.T) {
	for _, f := range Formats() {
		for name, v := range views(t) {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				var b bytes.Buffer
				if err := f.Write(&b, v); err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+f.File, b.Bytes())
			})
		}
	}
}
