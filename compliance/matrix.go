package compliance

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gatecard/gatecard/schema"
)

// MatrixID names the shape of a matrix's JSON.
const MatrixID = "https://github.com/gatecard/gatecard/schema/matrix/v1.json"

// Matrix is a framework's items and what a dossier shows of each. Counts are per state, and are never made into one figure.
type Matrix struct {
	Schema       string        `json:"schema"`
	Framework    string        `json:"framework"`
	Title        string        `json:"title"`
	Version      string        `json:"version"` // "ma-employment/2"; empty: not registered
	AsOf         string        `json:"as_of"`
	AppliesFrom  string        `json:"applies_from,omitempty"`
	Applies      string        `json:"applies,omitempty"`
	Source       string        `json:"source"`
	SupersededBy string        `json:"superseded_by,omitempty"`
	Notice       string        `json:"notice"`
	Unverified   []string      `json:"unverified,omitempty"`
	Counts       map[State]int `json:"counts"`
	Items        []Covered     `json:"items"`
}

// NewMatrix covers a framework by a dossier.
func NewMatrix(f Framework, d Dossier) Matrix {
	m := Matrix{
		Schema: MatrixID, Framework: f.Name, Title: f.Title, AsOf: f.AsOf, AppliesFrom: f.AppliesFrom, Applies: f.Applies, Source: f.Source,
		SupersededBy: f.SupersededBy, Notice: f.Notice, Unverified: f.Unverified, Items: Cover(f, d), Counts: map[State]int{},
	}
	m.Version = d.version()
	for _, s := range States() {
		m.Counts[s] = 0
	}
	for _, c := range m.Items {
		m.Counts[c.State]++
	}
	return m
}

// version is "ma-employment/2"; empty where nothing is registered.
func (d Dossier) version() string {
	switch {
	case d.Statement != nil:
		return d.Statement.Version.String()
	case d.Card != nil && d.Card.Version != nil:
		return d.Card.Version.String()
	}
	return ""
}

// counted gives "9 filled · 13 partial · 26 missing": the states that occur.
func (m Matrix) counted() string {
	var parts []string
	for _, s := range States() {
		if m.Counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", m.Counts[s], strings.ReplaceAll(string(s), "_", " ")))
		}
	}
	return strings.Join(parts, " · ")
}

// WriteJSON writes it by the published shape.
func (m Matrix) WriteJSON(w io.Writer) error {
	b, err := schema.Encode(m)
	if err != nil {
		return fmt.Errorf("write matrix: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// width is the columns of a terminal that the text keeps to, where words let it.
const width = 80

// WriteText writes it for a terminal, without colour: what is stale, missing or unfinished first, since that is what there is to do.
func (m Matrix) WriteText(w io.Writer) error {
	var b strings.Builder
	wrap(&b, "", clip(strings.Join(notEmpty(m.Version, m.Title), " · ")), m.counted())
	for _, group := range []struct {
		state State
		mark  string
		note  string
	}{
		{Stale, "!", ""}, {Missing, "✕", "where nothing else is said, " + noPlace}, {Partial, "◐", ""}, {Waived, "~", ""}, {NotApplicable, "–", ""}, {Filled, "✓", ""},
	} {
		if m.Counts[group.state] == 0 {
			continue
		}
		heading := fmt.Sprintf("%d %s", m.Counts[group.state], strings.ReplaceAll(string(group.state), "_", " "))
		if group.note != "" {
			heading += " · " + group.note
		}
		b.WriteByte('\n')
		wrap(&b, "", heading)
		for _, c := range m.Items {
			if c.State == group.state {
				c.text(&b, group.mark)
			}
		}
	}
	b.WriteByte('\n')
	wrap(&b, "", m.about()...)
	_, err := io.WriteString(w, b.String())
	return err
}

// text writes an item: what it asks for, whose it is, then what shows it and what does not.
func (c Covered) text(b *strings.Builder, mark string) {
	whose := map[Owner]string{Pipeline: "pipeline", Person: "a person", Both: "pipeline and a person"}[c.Owner]
	wrap(b, "  ", fmt.Sprintf("%s %s  %s (%s)", mark, c.ID, c.Asks, whose))
	if len(c.Shown) > 0 {
		wrap(b, "      ", "shown by "+strings.Join(c.Shown, "; "))
	}
	if c.Why != "" && c.Why != noPlace {
		wrap(b, "      ", c.Why)
	}
	if c.NA != "" && c.State == Missing {
		wrap(b, "      ", "may be not applicable: "+c.NA)
	}
	if c.Unverified != "" {
		wrap(b, "      ", "unverified: "+c.Unverified)
	}
}

// about are the sentences that stand under every matrix.
func (m Matrix) about() []string {
	var lines []string
	add := func(format, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf(format, value))
		}
	}
	add("%s", m.Notice)
	add("Items as of %s.", m.AsOf)
	add("Source: %s", m.Source)
	add("Applies from %s.", m.AppliesFrom)
	add("%s", m.Applies)
	add("Superseded by %s.", m.SupersededBy)
	for _, u := range m.Unverified {
		add("Unverified: %s", u)
	}
	return lines
}

// WriteMarkdown writes a page with one table in the order of the framework. Whatever comes from data is escaped.
func (m Matrix) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", plain(strings.Join(notEmpty(m.Version, m.Title), " · ")))
	fmt.Fprintf(&b, "%s\n\n", m.counted())
	b.WriteString("| item | asks for | state | shown by, or why not | whose |\n|---|---|---|---|---|\n")
	for _, c := range m.Items {
		var cell []string
		for _, s := range c.Shown {
			cell = append(cell, plain(s))
		}
		if c.Why != "" {
			cell = append(cell, plain(c.Why))
		}
		if c.NA != "" && c.State == Missing {
			cell = append(cell, plain("may be not applicable: "+c.NA))
		}
		if c.Unverified != "" {
			cell = append(cell, plain("unverified: "+c.Unverified))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", plain(c.ID), plain(c.Asks), strings.ReplaceAll(string(c.State), "_", " "),
			strings.Join(cell, "<br>"), c.Owner)
	}
	for _, line := range m.about() {
		fmt.Fprintf(&b, "\n%s\n", plain(line))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plain makes Markdown that reads as the text does, on one line: no markup, link, HTML or cell of a table comes out of it.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;") // no mention of anybody
		case strings.ContainsRune("\\`*_{}[]()#|~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == ':':
			b.WriteString("&#58;") // no link is made of http:
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "&#58; ", ": ")
}

// wrap writes paragraphs, each line after the first of one indented two more.
func wrap(b *strings.Builder, indent string, paragraphs ...string) {
	for _, p := range paragraphs {
		column := 0
		for i, word := range strings.Fields(p) {
			letters := utf8.RuneCountInString(word)
			switch {
			case i == 0:
				b.WriteString(indent)
				column = len(indent)
			case column+1+letters > width:
				b.WriteString("\n" + indent + "  ")
				column = len(indent) + 2
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += letters
		}
		b.WriteByte('\n')
	}
}

func notEmpty(texts ...string) []string {
	var all []string
	for _, t := range texts {
		if t != "" {
			all = append(all, t)
		}
	}
	return all
}
