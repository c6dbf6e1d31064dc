package render

import (
	"io"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// Decision writes what `gatecard promote` prints: moved, or not and why, with every requirement. Version is "ma-employment/2".
func Decision(w io.Writer, version string, d evidence.Decision, o Options) error {
	c := newConsole(o)
	if d.Allowed() {
		c.moved(version, []evidence.Decision{d})
		c.paragraph("    met      ", plain(strings.Join(met(d), " · ")))
		return c.to(w)
	}
	c.refused([]evidence.Decision{d}, nil)
	if len(d.Unmet) > 0 {
		c.gap()
		c.line("  Why: gatecard explain " + plain(string(d.Unmet[0].Reason)))
	}
	return c.to(w)
}

// decisions of a run: what moved is one line; what was refused lists what was met and unmet, targets that lack the same together.
func (c *console) decisions(v View) {
	var moved []evidence.Decision
	var refused [][]evidence.Decision
	for _, d := range v.Decisions {
		if d.Allowed() {
			moved = append(moved, d)
			continue
		}
		i := slices.IndexFunc(refused, func(o []evidence.Decision) bool { return slices.Equal(o[0].Unmet, d.Unmet) })
		if i < 0 {
			refused = append(refused, []evidence.Decision{d})
		} else {
			refused[i] = append(refused[i], d)
		}
	}
	if len(moved) > 0 {
		c.moved(v.version(), moved)
	}
	for _, ds := range refused {
		c.refused(ds, v.report())
	}
}

// moved: ✓ ma-employment/2 is now in Production and @champion. Where it was there before, it says so.
func (c *console) moved(version string, ds []evidence.Decision) {
	say := func(s string) { c.paragraph("  "+c.tint(evidence.Pass, "✓")+" ", plain(version)+" is "+s+".") }
	now, already := arrivals(ds)
	if len(now) > 0 {
		say("now " + list(now))
	}
	if len(already) > 0 {
		say(list(already) + " already")
	}
}

// refused lists the requirements of decisions that lack the same. Where r was shown above, a gate is only named.
func (c *console) refused(ds []evidence.Decision, r *gates.Report) {
	var targets, shown []string
	for _, d := range ds {
		if t := string(d.Target); strings.HasPrefix(t, "@") {
			targets = append(targets, "made "+plain(t))
		} else {
			targets = append(targets, "promoted to "+plain(t))
		}
		for _, m := range met(d) {
			if !slices.Contains(shown, m) {
				shown = append(shown, m)
			}
		}
	}
	d := ds[0]
	c.paragraph("  ", c.tint(evidence.Fail, "NOT")+" "+strings.Join(targets, ", nor ")+": "+plain(strings.Join(reasons(d), ", "))+".")
	if len(shown) > 0 {
		c.paragraph("    met      ", plain(strings.Join(shown, " · ")))
	}
	head := "    unmet    "
	named := false
	for _, u := range refusals(d) {
		s := plain(u.Requirement)
		switch {
		case r != nil && (u.Reason == evidence.GateFailed || u.Reason == evidence.GateInconclusive):
			if named {
				continue
			}
			named = true
			var says []string
			for _, g := range r.Gates {
				if !g.Verdict.Lets() {
					says = append(says, plain(g.Says))
				}
			}
			s += ": " + strings.Join(says, "; ")
		case u.Detail != "":
			s += ": " + plain(u.Detail)
		}
		if len(reasons(d)) > 1 {
			s += " (" + plain(string(u.Reason)) + ")"
		}
		c.paragraph(head, s)
		head = "             "
	}
}

// dimension is a slice's: "sex", "sex × age".
func dimension(t evaluate.Terms, groups map[string]string) string {
	return t.Along(groups)
}
