package chart

import (
	"fmt"
	"html"
	"strings"
)

// Spread is how numbers lie, by some of their percentiles: a line from one end to the other, a box on it, and a mark. What is nil is not drawn.
type Spread struct {
	Title, About string // read aloud
	Ends, Box    [2]*float64
	Middle       *float64
	Guide        *float64 // a line across: a bound, or 0
	Faint        bool     // of few rows
}

// Spread draws one on the axis.
func (a Axis) Spread(s Spread) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="interval" width="100%%" height="%d" role="img"><title>%s</title><desc>%s</desc>`,
		rowHeight, html.EscapeString(s.Title), html.EscapeString(s.About))
	for _, t := range a.Ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%[1]s" x2="%[1]s" y1="0" y2="%[2]d"/>`, a.at(t), rowHeight)
	}
	if s.Guide != nil {
		fmt.Fprintf(&b, `<line class="bound" x1="%[1]s" x2="%[1]s" y1="0" y2="%[2]d"/>`, a.at(*s.Guide), rowHeight)
	}
	middle, class := rowHeight/2, "in"
	if s.Faint {
		class = "unjudged"
	}
	fmt.Fprintf(&b, `<g class="%s">`, class)
	if s.Ends[0] != nil && s.Ends[1] != nil {
		fmt.Fprintf(&b, `<line class="whisker" x1="%s" x2="%s" y1="%d" y2="%[3]d"/>`, a.at(*s.Ends[0]), a.at(*s.Ends[1]), middle)
		for _, end := range s.Ends {
			fmt.Fprintf(&b, `<line class="whisker" x1="%[1]s" x2="%[1]s" y1="%[2]d" y2="%[3]d"/>`, a.at(*end), middle-3, middle+3)
		}
	}
	if s.Box[0] != nil && s.Box[1] != nil {
		fmt.Fprintf(&b, `<line class="box" x1="%s" x2="%s" y1="%d" y2="%[3]d"/>`, a.at(*s.Box[0]), a.at(*s.Box[1]), middle)
	}
	if s.Middle != nil {
		fmt.Fprintf(&b, `<circle class="pt" cx="%s" cy="%d" r="4.5"/>`, a.at(*s.Middle), middle)
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}
