package render

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/huggingface"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// github is the step summary of GitHub Actions (and what GitLab shows as a report): Markdown, under the megabyte that a step may write.
var github = Format{
	Name: "github", File: "summary.md", Shows: []string{"report", "decisions", "notes"},
	Write: func(w io.Writer, v View) error {
		text := summary(v)
		if len(text) > maxSummary {
			cut := maxSummary
			for !utf8.RuneStart(text[cut]) {
				cut--
			}
			text = text[:cut] + "\n\n_The rest is left out: a step summary holds 1 MiB._\n"
		}
		if _, err := io.WriteString(w, text); err != nil {
			return fmt.Errorf("write summary: %w", err)
		}
		return nil
	},
}

// maxSummary leaves room for what other commands of the step write: GitHub refuses a summary of more than 1 MiB whole.
const maxSummary = 1<<20 - 64<<10

func summary(v View) string {
	var b strings.Builder
	title := v.version()
	r := v.report()
	switch {
	case r != nil:
		fmt.Fprintf(&b, "## %s %s: %s\n\n%s\n\n", mark(r.Verdict), cards.Markdown(title), strings.ToLower(shout(r.Verdict)), cards.Markdown(r.Headline))
		if g, ok := worst(r); ok && (g.Because != "" || g.At.File != "") {
			b.WriteString("> ")
			if g.Because != "" {
				b.WriteString("“" + cards.Markdown(g.Because) + "” ")
			}
			if g.At.File != "" {
				b.WriteString(cards.Code(g.At.String()))
			}
			b.WriteString("\n\n")
		}
		b.WriteString(huggingface.Gates(r))
		b.WriteString("\n")
		for _, t := range v.tooFew() {
			b.WriteString(cards.Markdown(t.head()+strings.ReplaceAll(v.smallGroups(t), glue, " ")) + "\n\n")
		}
	case len(v.Decisions) == 0:
		fmt.Fprintf(&b, "## ✕ %s: not judged\n\nNothing was judged, and nothing was decided.\n", cards.Markdown(title))
	default:
		fmt.Fprintf(&b, "## %s\n\n", cards.Markdown(title))
	}
	for _, d := range v.Decisions {
		if d.Allowed() {
			fmt.Fprintf(&b, "✓ %s is %s (%s).\n\n", cards.Markdown(title), cards.Markdown(arrived(d)), cards.Markdown(strings.Join(met(d), " · ")))
			continue
		}
		fmt.Fprintf(&b, "**✕ Not let into %s:** %s\n\n", cards.Markdown(string(d.Target)), cards.Markdown(strings.Join(reasons(d), ", ")))
		for _, u := range refusals(d) {
			fmt.Fprintf(&b, "- unmet: %s%s (%s)\n", cards.Markdown(u.Requirement), after(": ", cards.Markdown(u.Detail)), cards.Code(string(u.Reason)))
		}
		if met := met(d); len(met) > 0 {
			fmt.Fprintf(&b, "- met: %s\n", cards.Markdown(strings.Join(met, " · ")))
		}
		b.WriteString("\n")
	}
	for _, n := range v.Notes {
		b.WriteString(cards.Markdown(n) + "\n\n")
	}
	if g, ok := worst(r); ok && g.Reproduce != "" {
		b.WriteString("What next: " + cards.Code(g.Reproduce) + "\n")
	}
	return b.String()
}

// Annotations writes a workflow command a gate that lets nothing through, so that the sentence stands on its line of gatecard.yaml. A place that
// is no relative path inside the work tree is left out. No text from data can make a command of its own.
func Annotations(w io.Writer, v View) error {
	r := v.report()
	if r == nil {
		return nil
	}
	for _, g := range r.Gates {
		if g.Verdict.Lets() {
			continue
		}
		level := "error"
		if g.Verdict == evidence.Inconclusive {
			level = "warning"
		}
		if !r.Verdict.Lets() {
			level = "error"
		}
		var properties []string
		if filepath.IsLocal(g.At.File) {
			properties = append(properties, "file="+property(filepath.ToSlash(g.At.File)))
			if g.At.Line > 0 {
				properties = append(properties, "line="+strconv.Itoa(g.At.Line))
			}
		}
		properties = append(properties, "title="+property(cards.Upper(word(g.Verdict))+": "+g.Says))
		message := g.Sentence
		if g.Because != "" {
			message += " (" + g.Because + ")"
		}
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(properties, ","), message2line(message)); err != nil {
			return fmt.Errorf("write annotation: %w", err)
		}
	}
	return nil
}

// ProblemAnnotations writes a workflow command a problem of a file that a person wrote, on its line.
func ProblemAnnotations(w io.Writer, ps schema.Problems) error {
	for _, p := range ps {
		where := ""
		if p.File != "" && filepath.IsLocal(p.File) {
			where = fmt.Sprintf(" file=%s,line=%d,col=%d", property(cards.Line(filepath.ToSlash(p.File))), max(p.Line, 1), max(p.Column, 1))
		}
		said := p.Code + ": " + p.Message
		if p.Suggest != "" {
			said += fmt.Sprintf(" (did you mean %q?)", p.Suggest)
		}
		if _, err := fmt.Fprintf(w, "::error%s::%s\n", where, message2line(cards.Line(said))); err != nil {
			return fmt.Errorf("write annotation: %w", err)
		}
	}
	return nil
}

// message2line encodes a command's message as the runner decodes it (actions/toolkit, command.ts).
func message2line(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(plain(s))
}

// property encodes a command's property.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(message2line(s))
}

// StepSummary writes the github format, for the file that GITHUB_STEP_SUMMARY names.
func StepSummary(w io.Writer, v View) error { return github.Write(w, v) }
