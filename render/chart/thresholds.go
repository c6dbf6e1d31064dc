package chart

import "html"

// Thresholds is how figures in [0, 1] change with the threshold.
type Thresholds struct {
	Title, About string
	Points       [][]float64 // the threshold, then a figure a line
	Lines        []string    // their names; at most three
	At           *float64    // the threshold in use, marked; nil: none
}

// Draw draws the lines, told apart by their dashes, in a square that scales with the page. Without two points it draws nothing.
func (c Thresholds) Draw() string {
	if len(c.Points) < 2 {
		return ""
	}
	axis := NewAxis(c.Points[0][0], c.Points[len(c.Points)-1][0])
	p := newPlane(c.Title, c.About, axis, NewAxis(0, 1), "threshold", "", 0, 14)
	if c.At != nil && *c.At >= axis.Low && *c.At <= axis.High {
		p.draw(`<line class="bound" x1="%[1]s" x2="%[1]s" y1="%s" y2="%s"/>`, number(p.left(*c.At)), number(planeTop+planeSide), number(planeTop))
	}
	classes := []string{"curve", "curve dashed", "curve dotted"}
	for i := range c.Lines[:min(len(c.Lines), len(classes))] {
		p.line(classes[i], column(c.Points, i+1))
		x := planeLeft + float64(i)*planeSide/3
		p.draw(`<path class="%s" d="M%s %[3]sH%[4]s"/><text x="%s" y="%s">%s</text>`,
			classes[i], number(x), number(planeTop+planeSide+42), number(x+16), number(x+20), number(planeTop+planeSide+45), html.EscapeString(c.Lines[i]))
	}
	return p.svg()
}
