package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// Axis is a stretch of numbers that several rows share.
type Axis struct {
	Low, High float64
	Ticks     []float64
	decimals  int
}

// NewAxis holds all values that are finite (and under 1e12, since nothing that is drawn here is larger), with a few ticks at round numbers. Shares
// that span more than half get the whole of [0, 1].
func NewAxis(values ...float64) Axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if math.Abs(v) < 1e12 {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	if low >= 0 && high <= 1 && high-low > 0.5 {
		low, high = 0, 1
	}
	if high-low < 1e-9*max(1, math.Abs(low)) {
		low, high = low-0.5*max(1e-6, math.Abs(low)), high+0.5*max(1e-6, math.Abs(high))
	}
	a := Axis{}
	step := round125((high - low) / 4)
	if low == 0 && high == 1 {
		step = 0.25
	}
	first := math.Floor(low/step + 1e-9)
	last := math.Ceil(high/step - 1e-9)
	if low >= 0 {
		first = max(0, first)
	}
	for i := first; i <= last; i++ {
		a.Ticks = append(a.Ticks, i*step)
	}
	a.Low, a.High = first*step, last*step
	a.decimals = max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	if step == 0.25 || step*math.Pow(10, float64(a.decimals)) != math.Round(step*math.Pow(10, float64(a.decimals))) {
		a.decimals = max(a.decimals, 2)
	}
	return a
}

// round125 is the next of 1, 2, 5 times a power of ten.
func round125(x float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if x <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// margin is what is left free at both ends, in percent of the width, so that no mark is cut.
const margin = 2

// at is a value's place: "31.25%", within the axis.
func (a Axis) at(v float64) string {
	share := (min(max(v, a.Low), a.High) - a.Low) / (a.High - a.Low)
	return number(margin+share*(100-2*margin)) + "%"
}

// number writes at most two decimals, and no minus zero.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// Scale draws the ticks' numbers, and the bound's mark.
func (a Axis) Scale(bound *float64) string {
	var b strings.Builder
	b.WriteString(`<svg class="scale" width="100%" height="20" aria-hidden="true" focusable="false">`)
	for i, t := range a.Ticks {
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(a.Ticks) - 1:
			anchor = "end"
		}
		fmt.Fprintf(&b, `<line class="tick" x1="%[1]s" x2="%[1]s" y1="0" y2="4"/><text x="%[1]s" y="15" text-anchor="%[2]s">%[3]s</text>`,
			a.at(t), anchor, written(t, a.decimals))
	}
	if bound != nil {
		fmt.Fprintf(&b, `<line class="bound" x1="%[1]s" x2="%[1]s" y1="0" y2="6"/>`, a.at(*bound))
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// written is a tick's number, with commas between thousands.
func written(v float64, decimals int) string {
	digits, minus := strings.CutPrefix(strconv.FormatFloat(v, 'f', decimals, 64), "-")
	whole, rest, _ := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	if minus {
		return "−" + whole
	}
	return whole
}

// Row is a figure with its interval, against a bound. Nil: absent.
type Row struct {
	Title, About     string // read aloud: "people with a disability: 0.280", "interval 0.260 to 0.302, bound at least 0.50"
	Value, Low, High *float64
	Min, Max         *float64 // the bound: what lies beyond is shaded
	Guide            *float64 // a bound that does not count here: a line, and no shade
	Mark             Mark
}

// Mark is a figure's shape.
type Mark int

// The marks: a disc, a diamond for what lies beyond its bound, a ring for what is not judged.
const (
	Disc Mark = iota
	Diamond
	Ring
)

const rowHeight = 24

// Row draws one.
func (a Axis) Row(r Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="interval" width="100%%" height="%d" role="img"><title>%s</title><desc>%s</desc>`,
		rowHeight, html.EscapeString(r.Title), html.EscapeString(r.About))
	for _, bound := range []struct {
		v    *float64
		from bool
	}{{r.Min, true}, {r.Max, false}} {
		if bound.v == nil {
			continue
		}
		share := (min(max(*bound.v, a.Low), a.High)-a.Low)/(a.High-a.Low)*(100-2*margin) + margin
		if bound.from {
			fmt.Fprintf(&b, `<rect class="beyond" x="0" y="0" width="%s%%" height="%d"/>`, number(share), rowHeight)
		} else {
			fmt.Fprintf(&b, `<rect class="beyond" x="%s%%" y="0" width="%s%%" height="%d"/>`, number(share), number(100-share), rowHeight)
		}
	}
	for _, t := range a.Ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%[1]s" x2="%[1]s" y1="0" y2="%[2]d"/>`, a.at(t), rowHeight)
	}
	for _, bound := range []*float64{r.Min, r.Max, r.Guide} {
		if bound != nil {
			fmt.Fprintf(&b, `<line class="bound" x1="%[1]s" x2="%[1]s" y1="0" y2="%[2]d"/>`, a.at(*bound), rowHeight)
		}
	}
	middle := rowHeight / 2
	class := map[Mark]string{Disc: "in", Diamond: "out", Ring: "unjudged"}[r.Mark]
	fmt.Fprintf(&b, `<g class="%s">`, class)
	if r.Low != nil || r.High != nil {
		low, high := a.Low, a.High
		if r.Low != nil {
			low = *r.Low
		}
		if r.High != nil {
			high = *r.High
		}
		fmt.Fprintf(&b, `<line class="ci" x1="%s" x2="%s" y1="%d" y2="%[3]d"/>`, a.at(low), a.at(high), middle)
		for _, end := range []*float64{r.Low, r.High} {
			if end != nil && high-low > 0.03*(a.High-a.Low) { // else the mark hides them
				fmt.Fprintf(&b, `<line class="end" x1="%[1]s" x2="%[1]s" y1="%[2]d" y2="%[3]d"/>`, a.at(*end), middle-4, middle+4)
			}
		}
	}
	if r.Value != nil {
		switch r.Mark {
		case Diamond:
			fmt.Fprintf(&b, `<svg x="%s" y="%d" overflow="visible"><path class="pt" d="M-6 0L0-6L6 0L0 6Z"/></svg>`, a.at(*r.Value), middle)
		case Ring:
			fmt.Fprintf(&b, `<circle class="ring" cx="%s" cy="%d" r="4"/>`, a.at(*r.Value), middle)
		default:
			fmt.Fprintf(&b, `<circle class="pt" cx="%s" cy="%d" r="4.5"/>`, a.at(*r.Value), middle)
		}
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}
