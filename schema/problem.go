package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file, from 1; a column counts runes. The zero Position is nowhere.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String gives "file:line", or "file" where the line is unknown.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Problem is one thing that was written wrongly. Suggest is the nearest known name, empty when none is near.
type Problem struct {
	Position
	Code    string `json:"code"`
	Message string `json:"message"`
	Suggest string `json:"suggest,omitempty"`
}

// String gives "file:line:column: code: message (did you mean …?)".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	fmt.Fprintf(&b, ": %s: %s", p.Code, p.Message)
	if p.Suggest != "" {
		fmt.Fprintf(&b, " (did you mean %q?)", p.Suggest)
	}
	return b.String()
}

// Problems are all of them, in order of place: the error that every parser returns.
type Problems []Problem

// Error lists them, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Join makes one error of what several parsers found wrong: Problems in order of place, each once. An error that is no
// Problems comes first and alone, since what it stopped was not looked at.
func Join(errs ...error) error {
	var all Problems
	for _, err := range errs {
		var ps Problems
		switch {
		case err == nil:
		case errors.As(err, &ps):
			all = append(all, ps...)
		default:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmpOr(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(all)
}

func cmpOr(cs ...int) int {
	for _, c := range cs {
		if c != 0 {
			return c
		}
	}
	return 0
}

// Suggest gives the known name nearest to what was written, or "" where none is near: at most a third of the letters differ.
func Suggest(written string, known []string) string {
	best, distance := "", len([]rune(written))/3+1
	for _, k := range known {
		if strings.EqualFold(k, written) {
			return k
		}
		if d := editDistance(strings.ToLower(written), strings.ToLower(k)); d < distance || d == distance && best == "" && d > 0 && d <= len([]rune(written))/3 {
			best, distance = k, d
		}
	}
	return best
}

// editDistance is that of Damerau and Levenshtein, restricted to adjacent transpositions.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
