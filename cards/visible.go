package cards

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible shows what hides: control characters (terminal sequences among them), bidirectional controls, zero-width and other format characters
// become ‹U+202E›, and bytes that are no UTF-8 become U+FFFD. Newline and tab stay: see [Line]. Every sink takes its strings through here, and
// then escapes for itself.
func Visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		if hidden(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden holds for characters that a reader does not see, or that move what is around them.
func hidden(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) ||
		r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == '\u2800' || // blanks that count as letters or symbols
		r >= 0xe0100 && r <= 0xe01ef // variation selectors that can carry hidden text
}

// Line is Visible on one line: newlines and runs of blanks become one blank.
func Line(s string) string { return strings.Join(strings.Fields(Visible(s)), " ") }
