package chart

import "html"

// Curve is a ROC curve, points of (false positive rate, recall), or a precision-recall curve, points of (recall, precision); and the point at the
// threshold, nil where it is not known.
type Curve struct {
	Title, About string
	Points       [][]float64
	At           *[2]float64
	AtLabel      string   // "threshold 0.5"
	Chance       *float64 // the precision of a blind choice, which is the share of positives; nil: not known. A ROC curve's chance is its diagonal
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
	p.mark(c)
	return p.svg()
}

// PrecisionRecall draws it in a square that scales with the page. Without two points it draws nothing.
func PrecisionRecall(c Curve) string {
	if len(c.Points) < 2 {
		return ""
	}
	unit := NewAxis(0, 1)
	p := newPlane(c.Title, c.About, unit, unit, "recall", "precision", 0, 0)
	if c.Chance != nil {
		p.draw(`<line class="chance" x1="%[1]s" x2="%[2]s" y1="%[3]s" y2="%[3]s"/>`, number(p.left(0)), number(p.left(1)), number(p.top(*c.Chance)))
	}
	p.line("curve", column(c.Points, 1))
	p.mark(c)
	return p.svg()
}

// mark draws the point at the threshold, and its label below it, or above it near the foot.
func (p *plane) mark(c Curve) {
	if c.At == nil {
		return
	}
	anchor, dx, dy := "start", 8.0, 14.0
	if c.At[0] > 0.5 {
		anchor, dx = "end", -8
	}
	if c.At[1] < 0.1 {
		dy = -8
	}
	p.draw(`<circle class="pt" cx="%s" cy="%s" r="4"/><text class="at" x="%s" y="%s" text-anchor="%s">%s</text>`,
		number(p.left(c.At[0])), number(p.top(c.At[1])), number(p.left(c.At[0])+dx), number(p.top(c.At[1])+dy), anchor, html.EscapeString(c.AtLabel))
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
