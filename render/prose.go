package render

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/gatecard/gatecard/cards"
)

// prose makes HTML of a person's Markdown. HTML in it is shown as text; a picture is its description; a link leads out only by http, https or
// mailto; a heading is a bold line, since the page has its own.
func prose(s string) template.HTML {
	var b bytes.Buffer
	if err := markdownOf.Convert([]byte(cards.Visible(s)), &b); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(cards.Visible(s)) + "</p>") // escaped
	}
	return template.HTML(b.String()) // made by the renderers below, which escape
}

// inline is prose without the paragraph around it, where it is one.
func inline(s string) template.HTML {
	h := strings.TrimSpace(string(prose(s)))
	if one, ok := strings.CutPrefix(h, "<p>"); ok {
		if one, ok = strings.CutSuffix(one, "</p>"); ok && !strings.Contains(one, "<p>") {
			return template.HTML(one) // as above
		}
	}
	return template.HTML(h) // as above
}

var markdownOf = goldmark.New(goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(inert{}, 1))))

// inert renders what could do harm.
type inert struct{}

func (inert) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			segments := n.(*ast.RawHTML).Segments
			for i := range segments.Len() {
				segment := segments.At(i)
				escape(w, segment.Value(source))
			}
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString("<p>")
			block := n.(*ast.HTMLBlock)
			for i := range block.Lines().Len() {
				segment := block.Lines().At(i)
				escape(w, segment.Value(source))
			}
			if block.HasClosure() {
				escape(w, block.ClosureLine.Value(source))
			}
			_, _ = w.WriteString("</p>\n")
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindImage, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		return link(w, n.(*ast.Link).Destination, entering)
	})
	r.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			a := n.(*ast.AutoLink)
			to := a.URL(source)
			if a.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(to), []byte("mailto:")) {
				to = append([]byte("mailto:"), to...)
			}
			_, _ = link(w, to, true)
			escape(w, a.Label(source))
			_, _ = link(w, to, false)
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindHeading, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "</strong></p>\n"
		if entering {
			tag = "<p><strong>"
		}
		_, _ = w.WriteString(tag)
		return ast.WalkContinue, nil
	})
}

// link opens or closes one that leads where a link may; of any other only the text stays.
func link(w util.BufWriter, to []byte, entering bool) (ast.WalkStatus, error) {
	if !leads(string(to)) {
		return ast.WalkContinue, nil
	}
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<a rel="noopener noreferrer nofollow" href="`)
	escape(w, util.URLEscape(to, false))
	_, _ = w.WriteString(`">`)
	return ast.WalkContinue, nil
}

func leads(to string) bool {
	to = strings.ToLower(to)
	return strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "mailto:")
}

func escape(w util.BufWriter, b []byte) { _, _ = w.Write(util.EscapeHTML(b)) }
