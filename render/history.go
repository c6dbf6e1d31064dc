package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/gatecard/gatecard/evidence"
)

// History writes who decided what, and when, of the audit log's records. Looks, intents and the like are left out: `gatecard audit log` has them.
func History(w io.Writer, records []evidence.Record, o Options) error {
	c := newConsole(o)
	c.history(records)
	if c.text.Len() == 0 {
		c.line("  Nothing was decided yet.")
	}
	return c.to(w)
}

// event is a line of the history: one record, or several of one decision.
type event struct {
	when, who, what string
}

func (c *console) history(records []evidence.Record) {
	events := events(records)
	if len(events) == 0 {
		return
	}
	c.gap()
	who := len("who")
	for _, e := range events {
		who = max(who, lipgloss.Width(e.who))
	}
	if who > 26 && c.width < 100 {
		who = 26
	}
	row := func(e event) string {
		cut := e.who
		if lipgloss.Width(cut) > who {
			cut = string([]rune(cut)[:who-1]) + "…"
		}
		return fmt.Sprintf("  %-16s  %s%s  ", e.when, cut, strings.Repeat(" ", who-lipgloss.Width(cut)))
	}
	c.line(c.dim(row(event{"when (UTC)", "who", ""}) + "what"))
	for _, e := range events {
		c.paragraph(row(e), e.what)
	}
}

// events are the records that decide something, in order. Moves of one version on the same evidence by the same person, one after the other,
// are one.
func events(records []evidence.Record) []event {
	var list []event
	for i := 0; i < len(records); i++ {
		r := records[i]
		what := ""
		switch r.Act {
		case evidence.Looked, evidence.Intended, evidence.Attested:
			continue
		case evidence.Registered:
			if slices.ContainsFunc(records[i+1:], func(o evidence.Record) bool { return o.Version == r.Version && o.Decision != nil }) {
				continue
			}
			what = "version " + r.Version + ": registered"
		case evidence.Promoted:
			targets, last := together(records, i)
			i = last
			what = "version " + r.Version + ": " + targets
			if r.Digest != "" {
				what += "; evidence " + r.Digest.Short()
			}
			what += after(", ", r.Detail)
		case evidence.Refused:
			targets, last := together(records, i)
			i = last
			what = "version " + r.Version + ": refused for " + targets
			if r.Version == "" { // the log knew of no version to go back to
				what = "rollback of " + targets + ": refused"
			}
			why := r.Detail
			if r.Decision != nil && len(r.Decision.Unmet) > 0 {
				unmet := refusals(*r.Decision)
				why = string(unmet[0].Reason) + after(": ", unmet[0].Detail)
				if n := len(unmet) - 1; n > 0 {
					why += fmt.Sprintf("; %d more unmet", n)
				}
			}
			if why != "" {
				what += " (" + why + ")"
			}
		case evidence.RolledBack:
			what = string(r.Target) + ": rolled back to version " + r.Version
			if r.From != "" {
				what += " from " + r.From
			}
			what += after("; ", r.Detail)
		case evidence.PolicySet, evidence.KeyEnrolled:
			what = string(r.Act)
			if r.Digest != "" {
				what += " " + r.Digest.Short()
			}
			what += after("; ", r.Detail)
		default:
			what = string(r.Act)
			if r.Version != "" {
				what = "version " + r.Version + ": " + what
			}
			if r.Target != "" {
				what += " " + string(r.Target)
			}
			what += after("; ", r.Detail)
		}
		list = append(list, event{r.At.UTC().Format("2006-01-02 15:04"), plain(who(r.By)), plain(what)})
	}
	return list
}

// together joins the targets of what was done to one version at once, for the same reasons: records[i] and what follows it.
func together(records []evidence.Record, i int) (targets string, last int) {
	r := records[i]
	names := []string{string(r.Target)}
	last = i
	for j := i + 1; j < len(records); j++ {
		o := records[j]
		if o.Act == evidence.Intended || o.Act == evidence.Looked || o.Act == evidence.Attested {
			continue
		}
		if o.Act != r.Act || o.Version != r.Version || o.Digest != r.Digest || o.By != r.By || o.At.Sub(r.At) >= time.Minute || !sameUnmet(o, r) {
			break
		}
		names = append(names, string(o.Target))
		last = j
	}
	return strings.Join(names, ", "), last
}

func sameUnmet(a, b evidence.Record) bool {
	if a.Decision == nil || b.Decision == nil {
		return a.Decision == b.Decision && a.Detail == b.Detail
	}
	return slices.Equal(a.Decision.Unmet, b.Decision.Unmet)
}

func after(sign, s string) string {
	if s == "" {
		return ""
	}
	return sign + s
}

// who is an actor for reading: "SHA256:q1Zr… (local)".
func who(a evidence.Actor) string {
	s := a.Subject
	if strings.HasPrefix(s, "SHA256:") && len(s) > 12 {
		s = s[:11] + "…"
	}
	switch {
	case s == "":
		return a.Name
	case a.Name == "":
		return s
	}
	return s + " (" + strings.TrimSuffix(a.Name, " key") + ")"
}
