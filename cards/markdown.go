package cards

import (
	"regexp"
	"strings"
)

// Markdown escapes a string for one line of Markdown, in a table cell too: nothing in it is markup, HTML or a link.
func Markdown(s string) string {
	var b strings.Builder
	for i, r := range Line(s) {
		switch r {
		case '\\', '`', '*', '[', ']', '{', '}', '|', '~', '$', '!', '#':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '_':
			b.WriteString(`\_`)
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '@':
			b.WriteString("&#64;") // no one is notified, and nothing becomes a link by itself
		case '-', '+', '=':
			if i == 0 {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "://", ":&#47;/"), "www.", "www&#46;")
}

// Code is a string as a code span, whatever backticks it has; a bar in it does not end a table cell.
func Code(s string) string {
	s = strings.ReplaceAll(Line(s), "|", "‹|›")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	if s == "" {
		return ""
	}
	return fence + s + fence
}

var (
	tagStart  = regexp.MustCompile(`<([A-Za-z/!?])`)
	imageMark = regexp.MustCompile(`!\[`)
	anyLink   = regexp.MustCompile(`\]\(\s*<?\s*([^)\s>]*)`)
	allowedTo = regexp.MustCompile(`(?i)^(?:https?://|mailto:)`)
	autolink  = regexp.MustCompile(`(?i)<(https?://[^\s<>]+|mailto:[^\s<>]+)>`)
	heading   = regexp.MustCompile(`(?m)^(\s{0,3})(#{1,6}|={2,}\s*$|-{2,}\s*$|` + "`{3,}|~{3,}" + `|::)`)
)

// Prose keeps a person's Markdown, without what could do harm in a page that others render: HTML is text, a picture is a link, and a link leads
// only to http, https or mailto. Headings, fences and rules are text, since the page has its own; so is what
// a CI system would take for a command if somebody printed the file there.
func Prose(s string) string {
	s = Visible(s)
	var kept []string
	s = autolink.ReplaceAllStringFunc(s, func(l string) string {
		kept = append(kept, l)
		return "\x00" // Visible left none of these
	})
	s = tagStart.ReplaceAllString(s, "&lt;$1")
	for _, l := range kept {
		s = strings.Replace(s, "\x00", l, 1)
	}
	s = imageMark.ReplaceAllString(s, `\![`)
	s = anyLink.ReplaceAllStringFunc(s, func(l string) string {
		if to := anyLink.FindStringSubmatch(l)[1]; allowedTo.MatchString(to) {
			return l
		}
		return `\]` + l[1:]
	})
	s = strings.ReplaceAll(s, "]:", `]\:`) // or it would define where a link leads
	s = heading.ReplaceAllString(s, `$1\$2`)
	return strings.TrimSpace(s)
}

// Item is Prose as an item of a list: its further lines belong to it.
func Item(s string) string { return strings.ReplaceAll(Prose(s), "\n", "\n  ") }
