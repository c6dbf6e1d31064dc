package render

import (
	"fmt"
	"io"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
)

// Figures writes what `gatecard evaluate` prints: each metric overall with its interval, and how it ranges over the groups.
func Figures(w io.Writer, e *evaluate.Evaluation, o Options) error {
	c := newConsole(o)
	c.paragraph("", plain(cards.Rows(e)))
	if e.Unlabelled {
		c.paragraph("", "No outcome is known: this tells whom the scores select and how they lie, and nothing of who was right.")
	}
	for _, s := range e.Awaited() {
		c.paragraph("", plain(s))
	}
	c.gap()
	if e.Reported != nil {
		c.reportedFigures(e)
		return c.to(w)
	}
	g := grid{columns: []column{{title: "metric"}, {title: "overall", right: true}, {title: "95 %", right: true}, {title: "n", right: true}, {title: "over the groups", rank: 1}}}
	for _, key := range metricNames(e.Overall()) {
		if m, err := evaluate.Lookup(key); err != nil || !m.AtThreshold() {
			continue
		}
		f := e.Overall().Metrics[key]
		row := []string{key, "undefined", "", evaluate.Count(f.Support), spread(e, key)}
		if f.Value != nil {
			row[1] = evaluate.Number(*f.Value)
		}
		if f.Interval != nil {
			row[2] = evaluate.Number(f.Interval.Low) + " – " + evaluate.Number(f.Interval.High)
		}
		g.add(row)
	}
	c.grid(2, g)
	return c.to(w)
}

// spread is the lowest and highest value over the slices that have one on 30 rows of its denominator or more.
func spread(e *evaluate.Evaluation, key string) string {
	low, high := "", ""
	var least, most float64
	for _, s := range e.Slices[1:] {
		f := s.Metrics[key]
		if f.Value == nil || f.Support < gates.DefaultMinSupport {
			continue
		}
		if low == "" || *f.Value < least {
			least, low = *f.Value, e.Terms.Short(s.Groups)
		}
		if high == "" || *f.Value > most {
			most, high = *f.Value, e.Terms.Short(s.Groups)
		}
	}
	if low == "" {
		return ""
	}
	return fmt.Sprintf("%s %s … %s %s", evaluate.Number(least), plain(low), evaluate.Number(most), plain(high))
}

// add writes one more row.
func (g *grid) add(cells []string) {
	for i := range g.columns {
		g.columns[i].cells = append(g.columns[i].cells, cells[i])
	}
}

// Explain writes one gate whole: its sentence, its interval, and every claim with its limits.
func Explain(w io.Writer, o gates.Outcome, e *evaluate.Evaluation, options Options) error {
	c := newConsole(options)
	c.paragraph("  ", c.tint(o.Verdict, plain(shout(o.Verdict)))+"  "+plain(o.Sentence))
	if o.Because != "" {
		why := plain("“" + o.Because + "”")
		if o.At.File != "" {
			why += "   " + plain(o.At.String())
		}
		c.paragraph("  ", why)
	}
	c.gap()
	c.paragraph("  ", fmt.Sprintf("gate %s: %s, %s, decide: %s at level %v", plain(o.Gate), plain(o.Says), plain(o.Bound), plain(string(o.Decide)), o.Level))
	if o.Low != nil || o.High != nil {
		c.paragraph("  ", "its interval, which alone decides: "+ends(o.Low, o.High))
	}
	if o.Note != "" {
		c.paragraph("  ", plain(o.Note))
	}
	c.gap()
	g := grid{columns: []column{{title: "claim"}, {title: "value", right: true}, {title: "limits", right: true}, {title: "n", right: true}, {title: "not judged", rank: 1}}}
	for _, claim := range o.Claims {
		row := []string{plain(cards.ClaimName(e.Terms, o.Kind, claim)), "undefined", ends(claim.Low, claim.High), evaluate.Count(claim.Support), plain(claim.Unjudged)}
		if claim.Value != nil {
			row[1] = evaluate.Number(*claim.Value)
		}
		g.add(row)
	}
	c.grid(2, g)
	return c.to(w)
}

func ends(low, high *float64) string {
	if low == nil && high == nil {
		return ""
	}
	write := func(x *float64) string {
		if x == nil {
			return "∞"
		}
		return evaluate.Number(*x)
	}
	return write(low) + " – " + write(high)
}
