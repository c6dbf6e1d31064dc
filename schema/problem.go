package schema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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

// String gives "file:line:column: code: message (did you mean …?)"; without a place where there is none.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	} else if p.File != "" {
		b.WriteString(p.File + ": ")
	}
	fmt.Fprintf(&b, "%s: %s", p.Code, p.Message)
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
		if err == nil {
			continue
		}
		ps, ok := problemsOf(err)
		if !ok {
			return err
		}
		all = append(all, ps...)
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(all)
}

// problemsOf unwraps what is Problems and nothing else: errors.Join of Problems and a full disk is none.
func problemsOf(err error) (Problems, bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		if ps, ok := err.(Problems); ok { //nolint:errorlint // it is unwrapped here
			return ps, true
		}
	}
	return nil, false
}

// Suggest gives the known name nearest to what was written, or "" where none is near: at most a third of the letters differ, capitals aside.
// Of names that are equally near it is the first.
func Suggest(written string, known []string) string {
	letters := utf8.RuneCountInString(written)
	best, nearest := "", letters/3+1
	lower := strings.ToLower(written)
	for _, k := range known {
		if strings.EqualFold(k, written) {
			return k
		}
		if difference := utf8.RuneCountInString(k) - letters; difference >= nearest || -difference >= nearest {
			continue // it is at least as far as that
		}
		if d := editDistance(lower, strings.ToLower(k)); d < nearest {
			best, nearest = k, d
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
