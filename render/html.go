package render

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

var htmlPage = Format{
	Name: "html", File: "card.html", Shows: []string{"report", "card", "evidence", "decisions", "notes"},
	Write: func(w io.Writer, v View) error {
		if err := pageTemplate.Execute(w, newPage(v)); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
		return nil
	},
}

//go:embed templates/card.html.tmpl templates/card.css
var templates embed.FS

// pageTemplate makes the page of a [cardPage]. html/template escapes; line and prose show what hides first.
var pageTemplate = template.Must(template.New("card.html.tmpl").Funcs(template.FuncMap{
	"line":   cards.Line,
	"upper":  func(s string) string { return cards.Upper(cards.Line(s)) },
	"prose":  prose,
	"inline": inline,
	"count":  evaluate.Count,
	"strong": strong,
	"soft":   soft,
	"css":    style,
}).ParseFS(templates, "templates/card.html.tmpl"))

// style is the page's own sheet, which no data reaches.
func style() (template.CSS, error) {
	b, err := templates.ReadFile("templates/card.css")
	return template.CSS(b), err // embedded
}

var figures = regexp.MustCompile(`[−-]?\b\d+(\.\d+)+\b`)

// strong makes the figures of a sentence stand out. What has more than one point is a version.
func strong(s string) template.HTML {
	s = template.HTMLEscapeString(cards.Line(s))
	return template.HTML(figures.ReplaceAllStringFunc(s, func(number string) string { // escaped above
		if strings.Count(number, ".") > 1 {
			return number
		}
		return "<b>" + number + "</b>"
	}))
}

var breakable = strings.NewReplacer("@", "@<wbr>", "/", "/<wbr>", "_", "_<wbr>", ":", ":<wbr>")

// soft lets an address or a path break where it may.
func soft(s string) template.HTML {
	parts := strings.Split(cards.Line(s), " ")
	for i, p := range parts {
		// None of the signs stands in what HTMLEscapeString makes ("&lt;", "&#34;").
		parts[i] = breakable.Replace(template.HTMLEscapeString(p))
	}
	return template.HTML(strings.Join(parts, " ")) // escaped above
}
