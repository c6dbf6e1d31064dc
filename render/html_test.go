package render

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
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

// TestChartsHaveWords: each drawing is hidden from who hears the page, or says what it shows; and a curve stands in numbers too.
func TestChartsHaveWords(t *testing.T) {
	drawings := 0
	for name, v := range views(t) {
		var open []string // of svg elements; "" has said what it shows, or need not
		z := html.NewTokenizer(strings.NewReader(text(t, htmlPage.Write, v)))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			token := z.Token()
			switch {
			case kind == html.StartTagToken && token.Data == "svg":
				said := map[string]string{}
				for _, a := range token.Attr {
					said[a.Key] = a.Val
				}
				drawings++
				if said["aria-hidden"] == "true" || len(open) > 0 {
					open = append(open, "")
				} else if open = append(open, token.String()); said["role"] != "img" {
					t.Errorf("%s: %s is no image to who hears it", name, token)
				}
			case kind == html.EndTagToken && token.Data == "svg":
				if s := open[len(open)-1]; s != "" {
					t.Errorf("%s: %s has no title", name, s)
				}
				open = open[:len(open)-1]
			case kind == html.StartTagToken && token.Data == "title" && len(open) > 0:
				if z.Next() == html.TextToken && strings.TrimSpace(z.Token().Data) != "" {
					open[len(open)-1] = ""
				}
			}
		}
	}
	if drawings < 100 {
		t.Errorf("%d drawings in all views", drawings)
	}
	for _, b := range charts(failed(t).evaluation()) {
		if b.Words == "" || len(b.Numbers.Rows) < 3 {
			t.Errorf("%s has %d rows of numbers, and says %q", b.Title, len(b.Numbers.Rows), b.Words)
		}
		for _, row := range b.Numbers.Rows {
			if len(row) != len(b.Numbers.Heads) {
				t.Errorf("%s: %q under %q", b.Title, row, b.Numbers.Heads)
			}
		}
	}
	if n := len(charts(failed(t).evaluation())); n != 5 {
		t.Errorf("%d charts", n)
	}
}
