package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// Terminal writes the page that `gatecard run` prints: the sentence that matters, who set the rule, the gates worst first, what was done with
// the version, and what to do next. It shows those parts that v has.
func Terminal(w io.Writer, v View, o Options) error {
	c := newConsole(o)
	c.header(v)
	if r := v.report(); r != nil {
		c.gap()
		c.verdict(v, r)
		c.gates(r)
		c.tooFew(v)
	}
	c.kept(v)
	c.decisions(v)
	c.history(v.History)
	c.notes(v)
	c.next(v)
	if c.text.Len() == 0 {
		c.line("Nothing was judged, and nothing was decided.")
	}
	return c.to(w)
}

// header: ma-employment · 69,126 rows of predictions-2016-v1.parquet · 15 groups · 1.1 s
func (c *console) header(v View) {
	var parts []string
	if m := v.model(); m != "" {
		parts = append(parts, c.bold(plain(m)))
	}
	if e := v.evaluation(); e != nil {
		parts = append(parts, plain(cards.Rows(e)))
		if n := len(e.Slices) - 1; n == 1 {
			parts = append(parts, "1 group")
		} else if n > 1 {
			parts = append(parts, strconv.Itoa(n)+glue+"groups")
		}
	}
	if v.Took > 0 {
		parts = append(parts, glued(took(v.Took)))
	}
	if len(parts) > 0 && (v.report() != nil || v.evaluation() != nil) {
		c.paragraph("", strings.Join(parts, " · "))
	}
	if e := v.evaluation(); e != nil {
		for _, s := range e.Awaited() {
			c.paragraph("  ", plain(s))
		}
	}
}

// took is a duration for reading: "1.1 s", "3 min 20 s".
func took(d time.Duration) string {
	if d >= time.Minute {
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

func (c *console) verdict(v View, r *gates.Report) {
	sentence := plain(r.Headline)
	if sentence == "" {
		sentence = cards.Upper(tally(r)) + "."
	}
	c.paragraph("  "+c.tint(r.Verdict, shout(r.Verdict))+"  ", sentence)
	indent := strings.Repeat(" ", 4+lipgloss.Width(shout(r.Verdict)))
	if g, ok := worst(r); ok && (g.Because != "" || g.At.File != "") {
		why := ""
		if g.Because != "" {
			why = `"` + plain(g.Because) + `"`
		}
		place := ""
		if g.At.File != "" {
			place = c.dim(plain(g.At.String()))
		}
		if lipgloss.Width(indent+why+"   "+place) <= c.width {
			c.line(indent + strings.TrimLeft(why+"   "+place, " "))
		} else {
			for _, s := range []string{why, place} {
				if s != "" {
					c.paragraph(indent, s)
				}
			}
		}
	}
	c.blank()
}

// gates is the table: what does not fit goes below the rows that did not simply pass.
func (c *console) gates(r *gates.Report) {
	columns := []column{
		{title: ""},
		{title: "verdict", rank: 4},
		{title: "gate"},
		{title: "where", rank: 3},
		{title: "measured", rank: 1, right: true},
		{title: "decides on", rank: 2},
		{title: "bound", rank: 1},
	}
	listed := cards.Gates(r)
	for _, g := range listed {
		for i, s := range []string{
			c.tint(g.Verdict, mark(g.Verdict)), c.tint(g.Verdict, word(g.Verdict)), plain(g.Says), plain(g.Where),
			plain(g.Measured), deciding(g), plain(g.Bound),
		} {
			columns[i].cells = append(columns[i].cells, s)
		}
	}
	if len(r.Gates) == 0 {
		c.line("  No gate was judged.")
		return
	}
	c.grid(2, grid{
		columns: columns,
		style: func(row, _ int) lipgloss.Style {
			if row < 0 {
				return lipgloss.NewStyle().Faint(true)
			}
			return lipgloss.NewStyle()
		},
		fold: func(row int, gone []string) string {
			g := listed[row]
			var said []string
			if slices.Contains(gone, "verdict") && g.Verdict != evidence.Pass && g.Verdict != evidence.Fail {
				said = append(said, word(g.Verdict)) // the sign alone would not say it
			}
			if slices.Contains(gone, "where") && g.Verdict != evidence.Pass && g.Where != "" && g.Where != "overall" {
				said = append(said, plain(g.Where))
			}
			if slices.Contains(gone, "decides on") && deciding(g) != "" {
				said = append(said, "decides on "+deciding(g))
			}
			if note := noteworthy(g); note != "" {
				said = append(said, plain(note))
			}
			return strings.Join(said, " · ")
		},
	})
}

// noteworthy is a gate's note without what stands elsewhere: the groups that are too small are listed below the table, and what chance alone
// would show is on the gate's page and in `gatecard gate --explain`.
func noteworthy(g gates.Outcome) string {
	parts := slices.DeleteFunc(strings.Split(g.Note, "; "), func(s string) bool {
		return strings.HasPrefix(s, "chance alone") || strings.HasSuffix(s, "too small to judge") && len(g.Claims) > 0
	})
	return strings.Join(parts, "; ")
}

// tooFew: Too small to judge (under 30 truly positive rows): race: Alaska Native 1, Hawaiian or Pacific 16
func (c *console) tooFew(v View) {
	for _, t := range v.tooFew() {
		c.gap()
		c.paragraph("  ", t.head()+v.smallGroups(t))
	}
}

// smallGroups names them by dimension: "race: Alaska Native 1 · Hawaiian, Pacific 16".
func (v View) smallGroups(t tooFew) string {
	var parts []string
	last := ""
	for _, s := range t.groups {
		name := glued(plain(v.terms().Short(s.groups)) + " " + evaluate.Count(s.support))
		if d := dimension(v.terms(), s.groups); d != last {
			name, last = plain(d)+": "+name, d
			if len(parts) > 0 {
				parts[len(parts)-1] += ";"
			}
		} else {
			parts[len(parts)-1] += glue + "·"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}

// kept says what became of the version.
func (c *console) kept(v View) {
	if v.Card == nil {
		return
	}
	if v.Card.Version == nil {
		if v.report() != nil && len(v.Decisions) == 0 {
			c.gap()
			c.paragraph("  ", "No version was named, so nothing was signed or kept (`--register DIR` or `--version N`).")
		}
		return
	}
	version, what := plain(v.version()), "no evidence was signed"
	if v.Statement != nil {
		proof := "evidence"
		var about []string
		if !v.Statement.Verdict.Lets() {
			about = append(about, failing(v.Statement.Verdict))
		}
		if v.Evidence != nil {
			about = append(about, v.Evidence.Envelope.Digest().Short())
		}
		if !v.Statement.Expires.IsZero() {
			about = append(about, "until "+v.Statement.Expires.UTC().Format(time.DateOnly))
		}
		if len(about) > 0 {
			proof += " (" + strings.Join(about, ", ") + ")"
		}
		what = plain(list(append(attached(v.Statement.Attachments), proof))) + " attached"
	}
	c.gap()
	if v.Registered {
		c.paragraph("  ", version+" registered; "+what+".")
	} else {
		c.paragraph("  ", version+": "+what+".")
	}
}

func failing(v evidence.Verdict) string {
	if v == evidence.Fail {
		return "failing"
	}
	return word(v)
}

// notes: those of the report in one breath, then the view's.
func (c *console) notes(v View) {
	if r := v.report(); r != nil && len(r.Notes) > 0 {
		c.gap()
		c.paragraph("  ", plain(noted(r)))
	}
	if len(v.Notes) > 0 {
		c.gap()
	}
	for _, n := range v.Notes {
		c.paragraph("  ", plain(n))
	}
}

// noted makes one sentence of a report's notes.
func noted(r *gates.Report) string {
	if len(r.Notes) == 0 {
		return ""
	}
	return cards.Upper(strings.Join(r.Notes, "; ")) + "."
}

// next: commands that can be pasted.
func (c *console) next(v View) {
	type command struct{ head, text string }
	var commands []command
	if v.Out != "" && v.Card != nil {
		commands = append(commands, command{"Look:", strings.TrimSuffix(plain(v.Out), "/") + "/" + htmlPage.File})
	}
	if why := v.why(); why != "" {
		commands = append(commands, command{"Why:", "gatecard explain " + plain(why)})
	}
	if g, ok := worst(v.report()); ok && g.Reproduce != "" {
		commands = append(commands, command{"How:", plain(g.Reproduce)})
	}
	if len(commands) == 0 {
		return
	}
	c.gap()
	row := " "
	for _, x := range commands {
		row += " " + x.head + " " + x.text + "     "
	}
	if lipgloss.Width(strings.TrimRight(row, " ")) <= c.width {
		c.line(row)
		return
	}
	for _, x := range commands {
		c.line("  " + x.head + strings.Repeat(" ", 6-len(x.head)) + x.text)
	}
}

// why is the code to explain: the first refusal's, else that of the verdict.
func (v View) why() string {
	for _, d := range v.Decisions {
		if len(d.Unmet) > 0 {
			return string(d.Unmet[0].Reason)
		}
	}
	if r := v.report(); r != nil {
		switch r.Verdict {
		case evidence.Fail:
			return string(evidence.GateFailed)
		case evidence.Inconclusive:
			return string(evidence.GateInconclusive)
		}
	}
	return ""
}
