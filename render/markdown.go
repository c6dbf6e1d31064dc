package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/huggingface"
)

// markdown is README.md: the Hugging Face form, and what was decided and signed after the card was made.
var markdown = Format{
	Name: "markdown", File: huggingface.Form.File, Shows: []string{"report", "card", "evidence", "decisions", "notes"},
	Write: func(w io.Writer, v View) error {
		var text string
		if v.Card != nil {
			c := *v.Card
			if c.Report == nil {
				c.Report = v.Report
			}
			b, _, err := huggingface.Form.Write(&c)
			if err != nil {
				return err
			}
			text = string(b) + closing(v)
		} else {
			text = summary(v)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return fmt.Errorf("write README: %w", err)
		}
		return nil
	},
}

func closing(v View) string {
	var b strings.Builder
	if len(v.Decisions) > 0 {
		b.WriteString("\n## Decisions\n\n")
		for _, d := range v.Decisions {
			if d.Allowed() {
				b.WriteString("- ✓ " + cards.Markdown(arrived(d)) + "\n")
			} else {
				b.WriteString("- ✕ not let into " + cards.Markdown(string(d.Target)) + ": " + cards.Markdown(strings.Join(reasons(d), ", ")) + "\n")
			}
		}
	}
	if len(v.Notes) > 0 {
		b.WriteString("\n## Notes\n\n")
		for _, n := range v.Notes {
			b.WriteString("- " + cards.Markdown(n) + "\n")
		}
	}
	b.WriteString("\n---\n\n")
	x := newEvidence(v)
	if x == nil {
		b.WriteString("No evidence: nothing was signed, so this page proves nothing.\n")
		return b.String()
	}
	b.WriteString("Evidence " + cards.Code(string(x.Digest)))
	if x.Verdict != "" {
		b.WriteString(", verdict " + x.Verdict)
	}
	if x.Key != "" {
		b.WriteString(", signed by " + cards.Code(x.Key))
	}
	if x.Expires != "" {
		b.WriteString(", expires " + x.Expires)
	}
	b.WriteString(". Check it: `gatecard verify evidence.dsse.json`\n")
	return b.String()
}
