package chart

import "html"

// Small is one of several small curves that are read beside each other: a group's, before the one of all rows.
type Small struct {
	Title, About string
	X, Y         Axis
	Points       [][]float64 // the group's
	All          [][]float64 // of all rows, behind it
	Bins         []Bin       // in place of Points: its calibration
	Chance       bool        // with the diagonal
}

// The square of a small curve in its viewBox.
const (
	smallEdge = 3.0
	smallSide = 100.0
)

// Draw draws it in a square without words, which stand below it or above. Without two points, and without a bin, it draws nothing.
func (c Small) Draw() string {
	if len(c.Points) < 2 && len(c.Bins) == 0 {
		return ""
	}
	p := &plane{x: c.X, y: c.Y, begin: smallEdge, upper: smallEdge, side: smallSide}
	size := number(smallSide + 2*smallEdge)
	p.draw(`<svg class="curves small" viewBox="0 0 %[1]s %[1]s" role="img"><title>%[2]s</title><desc>%[3]s</desc>`, size, html.EscapeString(c.Title), html.EscapeString(c.About))
	p.draw(`<rect class="frame" x="%[1]s" y="%[1]s" width="%[2]s" height="%[2]s"/>`, number(smallEdge), number(smallSide))
	if c.Chance {
		p.diagonal("chance")
	}
	if len(c.All) > 1 {
		p.line("curve all", column(c.All, 1))
	}
	if len(c.Points) > 1 {
		p.line("curve", column(c.Points, 1))
	}
	p.bins(c.Bins, 2.4)
	return p.svg()
}

// bins draws each with its interval.
func (p *plane) bins(bins []Bin, radius float64) {
	if len(bins) == 0 {
		return
	}
	p.WriteString(`<g class="in">`)
	for _, b := range bins {
		x := number(p.left(b.Score))
		p.draw(`<line class="ci" x1="%[1]s" x2="%[1]s" y1="%[2]s" y2="%[3]s"/><circle class="pt" cx="%[1]s" cy="%[4]s" r="%[5]s"/>`,
			x, number(p.top(b.Low)), number(p.top(b.High)), number(p.top(b.Share)), number(radius))
	}
	p.WriteString(`</g>`)
}
