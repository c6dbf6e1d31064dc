package chart

import "html"

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
	unit := NewAxis(0, 1)
	p := newPlane(c.Title, c.About, unit, unit, "false positive rate", "recall", 0, 0)
	p.diagonal("chance")
	p.line("curve", column(c.Points, 1))
	if c.At != nil {
		anchor, dx := "start", 8.0
		if c.At[0] > 0.5 {
			anchor, dx = "end", -8
		}
		p.draw(`<circle class="pt" cx="%s" cy="%s" r="4"/><text class="at" x="%s" y="%s" text-anchor="%s">%s</text>`,
			number(p.left(c.At[0])), number(p.top(c.At[1])), number(p.left(c.At[0])+dx), number(p.top(c.At[1])+14), anchor, html.EscapeString(c.AtLabel))
	}
	return p.svg()
}

// column are the points of (first, another) column of a curve's.
func column(points [][]float64, of int) [][2]float64 {
	var list [][2]float64
	for _, q := range points {
		if len(q) > of {
			list = append(list, [2]float64{q[0], q[of]})
		}
	}
	return list
}
