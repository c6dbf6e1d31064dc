package render

import (
	"cmp"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render/chart"
)

// gateBlock is a gate on the page: what it asks, what was measured, and each claim's interval against the bound on one axis.
type gateBlock struct {
	Class, Mark, Word   string
	Title, Because      string
	Required, Where     string
	Measured, Interval  string
	Decides, Note, At   string
	Reproduce           string
	Axis                template.HTML
	Plot                template.HTML // the gate's own interval; empty where the claims say it
	Claims              []claimRow
	More                int // claims that are not listed
	Open                bool
	ClaimsTitle, Column string
}

type claimRow struct {
	Name, Value, Interval, Support, Mark, Class string
	Plot                                        template.HTML
}

// listedClaims is the most claims that a gate shows; what is left out is counted.
const listedClaims = 12

func gateBlocks(v View, r *gates.Report) []gateBlock {
	var blocks []gateBlock
	top, said := worst(r)
	for _, g := range cards.Gates(r) {
		b := newGate(v, g)
		if said && g.Gate == top.Gate {
			b.Because = "" // the banner has it
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func newGate(v View, g gates.Outcome) gateBlock {
	b := gateBlock{
		Class: class(g.Verdict), Mark: mark(g.Verdict), Word: word(g.Verdict), Title: g.Title, Because: g.Because, Required: g.Required, Where: g.Where,
		Measured: g.Measured, Interval: deciding(g), Note: g.Note, Reproduce: g.Reproduce, Column: "group", Open: !g.Verdict.Lets(),
		Decides: decides(g),
	}
	if g.At.File != "" {
		b.At = g.At.String()
	}
	if g.Title == "" {
		b.Title = g.Says
	}
	if g.Where == "overall" {
		b.Where = ""
	}
	g.Claims = pairs(g)
	axis := claimsAxis(g)
	if g.Value != nil || g.Low != nil || g.High != nil {
		b.Axis = svg(axis.Scale(firstOf(g.Min, g.Max)))
	}
	if len(g.Claims) < 2 {
		if g.Value != nil {
			b.Plot = svg(axis.Row(chart.Row{Title: b.Title + ": " + g.Measured, About: about(deciding(g), g.Bound), Value: g.Value, Low: g.Low, High: g.High,
				Min: g.Min, Max: g.Max, Mark: shape(g.Verdict)}))
		}
		return b
	}
	if !b.Open && g.Value != nil {
		b.Plot = svg(axis.Row(chart.Row{Title: b.Title + ", " + g.Where + ": " + g.Measured, About: about(deciding(g), g.Bound), Value: g.Value, Low: g.Low,
			High: g.High, Min: g.Min, Max: g.Max, Mark: shape(g.Verdict)}))
	}
	b.ClaimsTitle = strconv.Itoa(len(g.Claims)) + " groups"
	for _, c := range g.Claims {
		if c.Column != "" && len(c.Groups) > 0 {
			b.Column, b.ClaimsTitle = "column and group", strconv.Itoa(len(g.Claims))+" columns of groups"
		} else if c.Column != "" {
			b.Column, b.ClaimsTitle = "column", strconv.Itoa(len(g.Claims))+" columns"
		} else if len(c.Against) > 0 {
			b.Column, b.ClaimsTitle = "pair", strconv.Itoa(len(g.Claims))+" pairs"
		}
	}
	for i, c := range g.Claims {
		if i == listedClaims {
			b.More = len(g.Claims) - i
			break
		}
		b.Claims = append(b.Claims, newClaim(v, g, c, axis))
	}
	return b
}

// pairs lists a pair of groups once: of a gap there is a claim each way, and the worse one says it.
func pairs(g gates.Outcome) []evidence.Claim {
	if g.Kind != "gap" {
		return g.Claims
	}
	var list []evidence.Claim
	for _, c := range g.Claims {
		if len(c.Against) == 0 || !slices.ContainsFunc(list, func(o evidence.Claim) bool { return maps.Equal(o.Groups, c.Against) && maps.Equal(o.Against, c.Groups) }) {
			list = append(list, c)
		}
	}
	return list
}

func newClaim(v View, g gates.Outcome, c evidence.Claim, axis chart.Axis) claimRow {
	row := claimRow{Name: cards.ClaimName(v.terms(), g.Kind, c), Support: evaluate.Count(c.Support), Value: "–"}
	m := chart.Disc
	if c.Value != nil {
		row.Value = evaluate.Number(*c.Value)
		row.Interval = evaluate.Range(c.Low, c.High, *c.Value)
	}
	switch {
	case c.Small:
		row.Mark, row.Class, m = "too few", "small", chart.Ring
	case c.Unjudged != "":
		row.Mark, row.Class, m = "not judged", "small", chart.Ring
	case g.Reported != "" && g.Verdict == evidence.Fail && beyond(c.Value, g.Min, g.Max):
		row.Mark, row.Class, m = "reported, beyond", "bad", chart.Diamond
	case g.Reported != "":
		row.Mark = "reported"
	case beyond(c.Value, g.Min, g.Max) && beyond(c.High, g.Min, nil) && beyond(c.Low, nil, g.Max):
		row.Mark, row.Class, m = "beyond", "bad", chart.Diamond
		if g.Min != nil {
			row.Mark = "below"
		} else if g.Max != nil {
			row.Mark = "above"
		}
	case g.Verdict == evidence.Inconclusive && !within(c, g):
		row.Mark, row.Class = "unsettled", "open"
	}
	row.Plot = svg(axis.Row(chart.Row{Title: row.Name + ": " + row.Value, About: about(row.Interval, g.Bound), Value: c.Value, Low: c.Low, High: c.High,
		Min: g.Min, Max: g.Max, Mark: m}))
	return row
}

// beyond says that a figure is there and keeps neither bound that is given; with no bound it is true, so that it can be asked of one side alone.
func beyond(v, lower, upper *float64) bool {
	switch {
	case lower == nil && upper == nil:
		return true
	case v == nil:
		return false
	}
	return lower != nil && *v < *lower || upper != nil && *v > *upper
}

func within(c evidence.Claim, g gates.Outcome) bool {
	return g.Min != nil && c.Low != nil && *c.Low >= *g.Min || g.Max != nil && c.High != nil && *c.High <= *g.Max
}

func shape(v evidence.Verdict) chart.Mark {
	if v == evidence.Fail {
		return chart.Diamond
	}
	return chart.Disc
}

// decides says by what a gate was judged: "proven at 95 %".
func decides(g gates.Outcome) string {
	how := map[gates.Decide]string{gates.Proven: "must be proven", gates.UnlessDisproven: "passes unless disproven", gates.Estimate: "decided by the estimate"}[g.Decide]
	if how != "" && g.Level > 0 && g.Decide != gates.Estimate {
		how += ", level " + strconv.FormatFloat(g.Level, 'g', 4, 64)
	}
	return how
}

func about(interval, bound string) string {
	s := "no interval"
	if interval != "" {
		s = "interval " + interval
	}
	if bound != "" {
		s += "; required " + bound
	}
	return s
}

// claimsAxis holds all claims' limits and the bound.
func claimsAxis(g gates.Outcome) chart.Axis {
	var all []float64
	add := func(vs ...*float64) {
		for _, v := range vs {
			if v != nil {
				all = append(all, *v)
			}
		}
	}
	add(g.Min, g.Max, g.Value, g.Low, g.High)
	for _, c := range g.Claims {
		if c.Unjudged == "" {
			add(c.Value, c.Low, c.High)
		}
	}
	if g.Max != nil {
		all = append(all, 0)
	}
	return chart.NewAxis(all...)
}

func firstOf(vs ...*float64) *float64 {
	for _, v := range vs {
		if v != nil {
			return v
		}
	}
	return nil
}

// svg marks what package chart drew, which escapes its texts.
func svg(s string) template.HTML { return template.HTML(cards.Visible(s)) } // made of numbers and escaped texts

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// lowFirst compares figures, NaN and nil last.
func lowFirst(a, b *float64) int {
	v := func(p *float64) float64 {
		if p == nil || math.IsNaN(*p) {
			return math.Inf(1)
		}
		return *p
	}
	return cmp.Compare(v(a), v(b))
}
