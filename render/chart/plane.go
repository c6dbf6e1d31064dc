package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// plane is a square with two axes, in the units of its viewBox, which scales with the page.
type plane struct {
	strings.Builder
	x, y               Axis
	begin, upper, side float64 // of the square: its left edge, its upper edge, its side
}

// Where the square stands in its viewBox.
const (
	planeLeft, planeTop, planeSide = 34.0, 8.0, 200.0
	planeWidth                     = planeLeft + planeSide + 10
)

// newPlane begins the drawing: grid, numbers and names of the axes. Room is left for more between the square and the numbers of its axis, and at the foot.
func newPlane(title, about string, x, y Axis, xName, yName string, between, foot float64) *plane {
	p := &plane{x: x, y: y, begin: planeLeft, upper: planeTop, side: planeSide}
	p.draw(`<svg class="curves" viewBox="0 0 %s %s" role="img"><title>%s</title><desc>%s</desc>`,
		number(planeWidth), number(planeTop+planeSide+36+between+foot), html.EscapeString(title), html.EscapeString(about))
	for i, t := range x.Ticks {
		p.draw(`<line class="grid" x1="%[1]s" x2="%[1]s" y1="%[2]s" y2="%[3]s"/>`, number(p.left(t)), number(planeTop+planeSide), number(planeTop))
		if x.told(i) {
			p.draw(`<text x="%s" y="%s" text-anchor="middle">%s</text>`, number(p.left(t)), number(planeTop+planeSide+13+between), x.text(t))
		}
	}
	for i, t := range y.Ticks {
		p.draw(`<line class="grid" x1="%[1]s" x2="%[2]s" y1="%[3]s" y2="%[3]s"/>`, number(planeLeft), number(planeLeft+planeSide), number(p.top(t)))
		if y.told(i) {
			p.draw(`<text x="%s" y="%s" text-anchor="end">%s</text>`, number(planeLeft-5), number(p.top(t)+3), y.text(t))
		}
	}
	p.draw(`<text x="%s" y="%s" text-anchor="middle">%s</text><text transform="translate(9 %s) rotate(-90)" text-anchor="middle">%s</text>`,
		number(planeLeft+planeSide/2), number(planeTop+planeSide+28+between), html.EscapeString(xName), number(planeTop+planeSide/2), html.EscapeString(yName))
	return p
}

// draw writes one or more elements.
func (p *plane) draw(format string, values ...any) { fmt.Fprintf(&p.Builder, format, values...) }

// told says whether a tick of a plane has its number: those of [0, 1] have room for three.
func (a Axis) told(i int) bool { return len(a.Ticks) != 5 || i%2 == 0 }

func (a Axis) text(v float64) string {
	s := strconv.FormatFloat(v, 'f', a.decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strings.Replace(s, "-", "−", 1)
}

// share is a value's place on an axis, within it.
func (a Axis) share(v float64) float64 {
	return (min(max(v, a.Low), a.High) - a.Low) / (a.High - a.Low)
}

func (p *plane) left(v float64) float64 { return p.begin + p.side*p.x.share(v) }
func (p *plane) top(v float64) float64  { return p.upper + p.side*(1-p.y.share(v)) }

// line draws a line through points of (x, y).
func (p *plane) line(class string, points [][2]float64) {
	p.draw(`<path class="%s" d="`, class)
	for i, q := range points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		p.WriteString(op + number(p.left(q[0])) + " " + number(p.top(q[1])))
	}
	p.WriteString(`"/>`)
}

// diagonal is where both coordinates are the same.
func (p *plane) diagonal(class string) {
	low, high := max(p.x.Low, p.y.Low), min(p.x.High, p.y.High)
	p.draw(`<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, number(p.left(low)), number(p.top(low)), number(p.left(high)), number(p.top(high)))
}

func (p *plane) svg() string { return p.String() + `</svg>` }
