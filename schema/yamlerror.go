package schema

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// yaml.v3 tells a line, which is sometimes the one before and sometimes that where something began, and no column; its words are those of
// a scanner. Both are translated here.

var (
	yamlError     = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// splitYAML gives the line of an error of yaml.v3, 0 where it tells none, and its words.
func splitYAML(err error) (line int, words string) {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return line, m[2]
}

// explainYAML notes what is wrong with b, which readYAML refused.
func explainYAML(c *complaints, b []byte, err error) {
	hint, words := splitYAML(err)
	i := wrongAt(b, hint, words)
	if m := unknownAnchor.FindStringSubmatch(words); m != nil {
		i = max(0, i-len(m[1])) // to the *
	}
	if bracket := words[max(0, len(words)-2):]; bracket == "]'" || bracket == "}'" { // to where it was opened, if that is in the line
		line := b[bytes.LastIndexByte(b[:i], '\n')+1 : i]
		if open := bytes.LastIndexByte(line, map[string]byte{"]'": '[', "}'": '{'}[bracket]); open >= 0 {
			i -= len(line) - open
		}
	}
	line, column := placeOf(b, i)
	from := b[i:]
	if end := bytes.IndexAny(from, "\r\n"); end >= 0 {
		from = from[:end]
	}
	code, message := translate(words, string(from))
	c.add(line, column, code, "%s", message)
}

// wrongAt finds where a file is wrong: at the last letter of the shortest beginning that is wrong in the same way. For a quote that is
// never closed that is the quote. Beginnings are tried by halves, from the line that yaml.v3 tells.
func wrongAt(b []byte, hint int, words string) int {
	budget := 4 * MaxYAML // bytes to try: a person's file never needs as many, and of a hostile one the place may be rough
	wrong := func(end int) bool {
		if budget -= end; budget < 0 {
			return false
		}
		_, err := readYAML(b[:end])
		if err == nil {
			return false
		}
		_, same := splitYAML(err)
		return same == words
	}
	var ends []int // of lines, from the one before the hint
	for i, line := 0, 1; i < len(b); line++ {
		end := bytes.IndexByte(b[i:], '\n') + 1
		if end == 0 {
			end = len(b) - i
		}
		if i += end; line >= hint-1 {
			ends = append(ends, i)
		}
	}
	if len(ends) == 0 {
		return len(b)
	}
	last := min(sort.Search(len(ends), func(k int) bool { return wrong(ends[k]) }), len(ends)-1)
	start := bytes.LastIndexByte(b[:ends[last]-1], '\n') + 1
	var letters []int
	for i := start; i < ends[last]; {
		letters = append(letters, i)
		_, size := utf8.DecodeRune(b[i:])
		i += size
	}
	found := sort.Search(len(letters), func(k int) bool {
		_, size := utf8.DecodeRune(b[letters[k]:])
		return wrong(letters[k] + size)
	})
	return letters[min(found, len(letters)-1)]
}

// placeOf counts lines and columns up to a byte.
func placeOf(b []byte, i int) (line, column int32) {
	start := bytes.LastIndexByte(b[:i], '\n') + 1
	return int32(bytes.Count(b[:i], []byte("\n")) + 1), int32(utf8.RuneCount(b[start:i]) + 1)
}

// translate says in a person's words what yaml.v3 means, from being the rest of the line at the place.
func translate(words, from string) (code, message string) {
	if m := unknownAnchor.FindStringSubmatch(words); m != nil {
		return "yaml-alias", mustQuote(from)
	}
	switch words {
	case "found character that cannot start any token":
		switch {
		case strings.HasPrefix(from, "\t"):
			return "yaml-syntax", "a tab stands where YAML wants spaces: indent with spaces"
		default:
			return "yaml-syntax", mustQuote(from)
		}
	case "found a tab character that violates indentation", "found a tab character where an indentation space is expected":
		return "yaml-syntax", "a tab stands where YAML wants spaces: indent with spaces"
	case "did not find expected alphabetic or numeric character":
		return "yaml-syntax", mustQuote(from)
	case "mapping values are not allowed in this context":
		return "yaml-syntax", `":" makes a key, and none can be here: quote a value that holds ": ", put a space behind the ":" of each key, and indent keys of one mapping alike`
	case "did not find expected key", "did not find expected '-' indicator", "block sequence entries are not allowed in this context",
		"mapping keys are not allowed in this context", "did not find expected <document start>":
		return "yaml-syntax", "this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"
	case "did not find expected ',' or ']'":
		return "yaml-syntax", `a list in brackets is not closed: "," or "]" is missing`
	case "did not find expected ',' or '}'":
		return "yaml-syntax", `a mapping in braces is not closed: "," or "}" is missing`
	case "did not find expected node content":
		return "yaml-syntax", "a value is expected here"
	case "found unexpected end of stream", "found unexpected document indicator":
		return "yaml-syntax", "a quote is opened here and never closed"
	case "could not find expected ':'":
		return "yaml-syntax", `a key needs a ":" behind it: one is missing in this line or the line before`
	case "found incompatible YAML document":
		return "yaml-syntax", `a "%YAML" line asks for another version than 1.1: remove the line`
	case "found undefined tag handle":
		return "yaml-tag", `"!" makes a tag, which is refused: remove it, or quote the value if it is text`
	case "found unknown escape character", "did not find expected hexdecimal number", "found invalid Unicode character escape code":
		return "yaml-syntax", `in double quotes a backslash begins an escape, and this is none: write \\, or use single quotes`
	}
	if strings.HasPrefix(words, "exceeded max depth") {
		return "too-deep", fmt.Sprintf("more than %d mappings and lists lie within one another", MaxDepth)
	}
	return "yaml-syntax", "this is not YAML: " + words
}

// mustQuote says so of a value, up to where it probably ends.
func mustQuote(from string) string {
	letter, size := utf8.DecodeRuneInString(from)
	if size == 0 {
		return "a value is expected here"
	}
	value := from
	for _, end := range []string{",", "}", "]", " #", ": "} {
		value, _, _ = strings.Cut(value, end)
	}
	return fmt.Sprintf(`a value that starts with %s must be quoted: write %s`, strconv.Quote(string(letter)), quote(strings.TrimSpace(value)))
}
