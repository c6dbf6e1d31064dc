package notify

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/render"
)

// A message is what a person reads, part by part, before any one service's own form. Parts may be empty. Texts that come from data stand in
// it as they are: a service's writer escapes them.
type message struct {
	mark     string   // ✓ or ✕
	subject  string   // "ma-employment 1"
	headline string   // what became of it: "was not let into Production"
	lines    []string // why: one sentence each, the worst first
	counts   []string // "3 gates passed", "policy set before the run"
	commands []string // what next
}

// maxLines bounds the reasons: the rest is a command away.
const maxLines = 4

func compose(r evidence.Record, v render.View) message {
	m := message{mark: "✓", subject: strings.TrimSpace(r.Model + " " + r.Version)}
	history := "gatecard registry history " + r.Model
	switch r.Act {
	case evidence.Promoted:
		m.headline = moved(r)
	case evidence.RolledBack:
		m.mark, m.headline = "↩", "is back: "+moved(r)
	case evidence.Refused:
		m.mark, m.headline = "✕", "was not let into "+string(r.Target)
		if strings.HasPrefix(string(r.Target), "@") {
			m.headline = "was not made " + string(r.Target)
		}
	case evidence.Rechecked:
		m.mark, m.headline = "✕", "does not keep its gates on fresh data"
		if v.Statement == nil {
			m.headline = "was checked on fresh data; the result cannot be read here"
		}
	case evidence.Attested:
		m.mark, m.headline = "✕", "was tested, and does not keep its gates"
		if v.Statement != nil && v.Statement.Verdict == evidence.Inconclusive {
			m.headline = "was tested, and is not proven to keep its gates"
		}
	case evidence.Healed:
		m.mark, m.headline = "!", "did not go as decided, and was repaired"
	default:
		m.mark, m.headline = "·", string(r.Act)
	}
	if r.Detail != "" && r.Act == evidence.Healed {
		m.lines = append(m.lines, r.Detail)
	}
	if m.mark == "✕" {
		m.lines = append(m.lines, reasons(v)...)
		if command := explain(v); command != "" {
			m.commands = append(m.commands, command)
		}
	}
	m.counts = counts(r, v)
	m.commands = append(m.commands, history)
	return m
}

func moved(r evidence.Record) string {
	said := "is in " + string(r.Target)
	if strings.HasPrefix(string(r.Target), "@") {
		said = "is " + string(r.Target)
	}
	if r.From != "" && r.From != r.Version {
		said += ", after version " + r.From
	}
	return said
}

// reasons are the gates that did not let it in, with their figures; where they are not known, what the decision says. A requirement that is no
// gate is told too.
func reasons(v render.View) []string {
	var lines []string
	if v.Report != nil {
		for _, o := range v.Report.Gates {
			if o.Verdict.Lets() {
				continue
			}
			line := o.Says
			if o.Where != "" {
				line += ", " + o.Where
			}
			if o.Measured != "" {
				line += ": " + o.Measured
			}
			line += ", required " + o.Bound
			if extra := support(o.Claims); extra != "" {
				line += " (" + extra + ")"
			}
			lines = append(lines, line)
		}
	}
	for _, d := range v.Decisions {
		for _, u := range d.Unmet {
			if u.Requirement == "gates" && len(lines) > 0 && v.Report != nil {
				continue
			}
			lines = append(lines, fmt.Sprintf("%s: %s (%s)", u.Requirement, u.Detail, u.Reason))
		}
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], fmt.Sprintf("and %d more", more))
	}
	return lines
}

// support gives n and interval of the worst claim.
func support(claims []evidence.Claim) string {
	if len(claims) == 0 {
		return ""
	}
	var parts []string
	if n := claims[0].Support; n > 0 {
		parts = append(parts, "n = "+thousands(n))
	}
	if low, high := claims[0].Low, claims[0].High; low != nil && high != nil {
		parts = append(parts, fmt.Sprintf("%.3f–%.3f", *low, *high))
	}
	return strings.Join(parts, "; ")
}

func counts(r evidence.Record, v render.View) []string {
	var all []string
	if s := v.Statement; s != nil {
		by := map[evidence.Verdict]int{}
		for _, result := range s.Results {
			by[result.Verdict]++
		}
		for _, c := range []struct {
			verdict evidence.Verdict
			said    string
		}{{evidence.Fail, "failed"}, {evidence.Inconclusive, "undecided"}, {evidence.Pass, "passed"}, {evidence.Waived, "waived"}, {evidence.NotApplicable, "not applicable"}} {
			switch n := by[c.verdict]; {
			case n == 0:
			case len(all) > 0:
				all = append(all, fmt.Sprintf("%d %s", n, c.said))
			case n == 1:
				all = append(all, "1 gate "+c.said)
			default:
				all = append(all, fmt.Sprintf("%d gates %s", n, c.said))
			}
		}
		if s.Standing.ThresholdsFirst {
			all = append(all, "policy set before the run")
		}
	}
	if r.Digest != "" {
		all = append(all, "evidence "+r.Digest.Short())
	}
	if r.By.Name != "" {
		all = append(all, "by "+r.By.Name)
	}
	return all
}

func explain(v render.View) string {
	for _, d := range v.Decisions {
		for _, u := range d.Unmet {
			return "gatecard explain " + string(u.Reason)
		}
	}
	return ""
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// flat makes one line of a text, without what would move a cursor, turn the direction of writing or hide, and at most max letters long.
func flat(s string, max int) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if letters := []rune(s); len(letters) > max {
		return string(letters[:max-1]) + "…"
	}
	return s
}
