package render

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
)

// Options of the terminal page.
type Options struct {
	Width int  // columns; 0: 80
	Color bool // on a terminal, without NO_COLOR
}

// console gathers a page of plain text. Its writer never sees a character that [cards.Visible] would show.
type console struct {
	width int
	color bool
	text  strings.Builder
}

func newConsole(o Options) *console {
	c := &console{width: o.Width, color: o.Color}
	if c.width <= 0 {
		c.width = 80
	}
	return c
}

// to writes the page, once and whole.
func (c *console) to(w io.Writer) error {
	if _, err := io.WriteString(w, c.text.String()); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func (c *console) line(s string) { c.text.WriteString(strings.TrimRight(s, " ") + "\n") }
func (c *console) blank()        { c.text.WriteString("\n") }

// gap parts what follows from what stands above, if anything does.
func (c *console) gap() {
	if c.text.Len() > 0 && !strings.HasSuffix(c.text.String(), "\n\n") {
		c.blank()
	}
}

// paragraph writes text after a head, the lines after the first under the text's beginning. Words do not break.
func (c *console) paragraph(head, s string) {
	indent := lipgloss.Width(head)
	for i, l := range wrap(s, c.width-indent) {
		if i == 0 {
			c.line(head + l)
		} else {
			c.line(strings.Repeat(" ", indent) + l)
		}
	}
}

// glue is a blank that does not break: "1 min 4 s".
const glue = "\u00a0"

func glued(s string) string { return strings.ReplaceAll(s, " ", glue) }

// wrap breaks at blanks, but not at [glue]; a word that is longer than the width stands alone.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		w = strings.ReplaceAll(w, glue, " ")
		switch {
		case line == "":
			line = w
		case lipgloss.Width(line)+1+lipgloss.Width(w) <= width:
			line += " " + w
		default:
			lines = append(lines, line)
			line = w
		}
	}
	return append(lines, line)
}

func (c *console) paint(s lipgloss.Style, text string) string {
	if !c.color || text == "" {
		return text
	}
	return s.Render(text)
}

func (c *console) bold(s string) string { return c.paint(lipgloss.NewStyle().Bold(true), s) }
func (c *console) dim(s string) string  { return c.paint(lipgloss.NewStyle().Faint(true), s) }

// tint colours what a verdict's sign and word say already.
func (c *console) tint(v evidence.Verdict, s string) string { return c.paint(verdictStyle(v), s) }

func verdictStyle(v evidence.Verdict) lipgloss.Style {
	switch v {
	case evidence.Pass:
		return lipgloss.NewStyle().Foreground(lipgloss.Green)
	case evidence.Fail:
		return lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	case evidence.NotApplicable:
		return lipgloss.NewStyle().Faint(true)
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Yellow).Bold(true)
}

// plain is a string from data on a terminal: on one line, with nothing hidden and no terminal sequence.
func plain(s string) string { return cards.Line(s) }
