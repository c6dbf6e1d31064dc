package chart

import (
	"fmt"
	"html"
	"strings"
)

// Curve is a ROC curve: points of (false positive rate, recall), and the one at the threshold, nil where it is not known.
type Curve struct {
	Title, About string
	Points       [][]float64
	At           *[2]float64
	AtLabel      string // "threshold 0.5"
}

// ROC draws it in a square that scales with the page. Without two points it draws nothing.
func ROC(c Curve) string {
	if len(c.Points) < 2 {
		return ""
	}
	const left, top, side = 34.0, 8.0, 200.0
	x := func(v float64) float64 { return left + side*min(max(v, 0), 1) }
	y := func(v float64) float64 { return top + side*(1-min(max(v, 0), 1)) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="roc" viewBox="0 0 244 248" role="img"><title>%s</title><desc>%s</desc>`, html.EscapeString(c.Title), html.EscapeString(c.About))
	for _, t := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Fprintf(&b, `<line class="grid" x1="%[1]s" x2="%[1]s" y1="%[2]s" y2="%[3]s"/><line class="grid" x1="%[4]s" x2="%[5]s" y1="%[6]s" y2="%[6]s"/>`,
			number(x(t)), number(y(0)), number(y(1)), number(x(0)), number(x(1)), number(y(t)))
		if t == 0 || t == 0.5 || t == 1 {
			fmt.Fprintf(&b, `<text x="%s" y="%s" text-anchor="middle">%s</text><text x="%s" y="%s" text-anchor="end">%s</text>`,
				number(x(t)), number(y(0)+13), number(t), number(x(0)-5), number(y(t)+3), number(t))
		}
	}
	fmt.Fprintf(&b, `<line class="chance" x1="%s" y1="%s" x2="%s" y2="%s"/>`, number(x(0)), number(y(0)), number(x(1)), number(y(1)))
	b.WriteString(`<path class="curve" d="`)
	for i, p := range c.Points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		b.WriteString(op + number(x(p[0])) + " " + number(y(p[1])))
	}
	b.WriteString(`"/>`)
	if c.At != nil {
		px, py := x(c.At[0]), y(c.At[1])
		anchor, dx := "start", 8.0
		if c.At[0] > 0.5 {
			anchor, dx = "end", -8
		}
		fmt.Fprintf(&b, `<circle class="pt" cx="%s" cy="%s" r="4"/><text class="at" x="%s" y="%s" text-anchor="%s">%s</text>`,
			number(px), number(py), number(px+dx), number(py+14), anchor, html.EscapeString(c.AtLabel))
	}
	fmt.Fprintf(&b, `<text x="%s" y="%s" text-anchor="middle">false positive rate</text><text transform="translate(9 %s) rotate(-90)" text-anchor="middle">recall</text></svg>`,
		number(x(0.5)), number(y(0)+28), number(y(0.5)))
	return b.String()
}
