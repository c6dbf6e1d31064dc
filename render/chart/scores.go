package chart

import (
	"html"
	"strconv"
)

// Scores is how the scores lie: of each class upwards and downwards from a line, or of all rows upwards where nobody knows their classes.
type Scores struct {
	Title, About string
	Bars         []Bar
	At           *float64  // the threshold, marked; nil: none
	Names        [2]string // of what stands up, and of what hangs down: empty where no classes are known
}

// Draw draws the bars in a square that scales with the page. Upwards and downwards have scales of their own, so that a rare class shows: each bar is
// the share of its own class's rows, and the longest one's share stands beside it. Without two bars it draws nothing.
func (c Scores) Draw() string {
	if len(c.Bars) < 2 {
		return ""
	}
	axis := NewAxis(c.Bars[0].From, c.Bars[len(c.Bars)-1].To)
	p := newPlane(c.Title, c.About, axis, Axis{Low: 0, High: 1}, "score", "", 0, 0)
	up, down := func(b Bar) float64 { return b.Positives }, func(b Bar) float64 { return b.Negatives }
	middle := 0.5
	if c.Names[1] == "" {
		up, down, middle = down, nil, 0
	}
	for i, of := range []func(Bar) float64{up, down} {
		if of == nil {
			continue
		}
		sum, most := 0.0, 0.0
		for _, b := range c.Bars {
			sum, most = sum+of(b), max(most, of(b))
		}
		class, room := "bar full", 1-middle
		if i == 1 {
			class, room = "bar", -middle
		}
		if most > 0 {
			for _, b := range c.Bars {
				if of(b) == 0 {
					continue
				}
				left, width := p.left(b.From), p.left(b.To)-p.left(b.From)
				from, to := p.top(middle), p.top(middle+0.94*room*of(b)/most)
				p.draw(`<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, number(left+0.4), number(min(from, to)), number(max(0.5, width-0.8)), number(max(from, to)-min(from, to)))
			}
			at := p.top(middle + 0.94*room)
			p.draw(`<line class="tick" x1="%[1]s" x2="%[2]s" y1="%[3]s" y2="%[3]s"/><text x="%[4]s" y="%[5]s" text-anchor="end">%[6]s</text>`,
				number(planeLeft-3), number(planeLeft), number(at), number(planeLeft-5), number(at+3), percent(most/sum))
		}
		if c.Names[i] != "" {
			p.draw(`<text transform="translate(9 %s) rotate(-90)" text-anchor="middle">%s</text>`, number(p.top(middle+room/2)), html.EscapeString(c.Names[i]))
		}
	}
	p.draw(`<line class="base" x1="%[1]s" x2="%[2]s" y1="%[3]s" y2="%[3]s"/>`, number(planeLeft), number(planeLeft+planeSide), number(p.top(middle)))
	if c.At != nil && *c.At >= axis.Low && *c.At <= axis.High {
		p.draw(`<line class="bound" x1="%[1]s" x2="%[1]s" y1="%s" y2="%s"/>`, number(p.left(*c.At)), number(planeTop+planeSide), number(planeTop))
	}
	return p.svg()
}

// percent writes a share as one: 40 %, 0.4 %.
func percent(share float64) string {
	digits := 0
	if share < 0.0995 {
		digits = 1
	}
	return strconv.FormatFloat(100*share, 'f', digits, 64) + " %"
}
