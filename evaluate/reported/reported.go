package reported

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/schema"
)

// Row is one number as the other tool gave it; nil, 0 and "": not given.
type Row struct {
	Metric  string            // by the tool's own name: "f1-score", "acc"
	Variant string            // which of several that bear this name: a filter, a scorer, a way to average
	Tool    string            // that computed it, never empty: the row is reported, not computed here
	Groups  map[string]string // {"sex": "men"}; empty: overall

	Value     *float64 // finite
	Undefined string   // why there is no value
	SE        *float64 // standard error, not negative
	Low, High *float64 // of an interval, of which Level may be given
	Level     *float64 // 0 to 1
	N         int64    // rows of the metric's own denominator, as far as the file says them

	// Partial says why the number is not of the whole dataset: a limit, samples that nobody scored. No gate may be judged by such a row.
	Partial string
}

// Results are what a file says.
type Results struct {
	Format string // by its Name
	Tool   string // never empty; [Unnamed] where the file does not say
	Origin Origin
	Rows   []Row // at least one; no two of one Metric, Variant and Groups
	Notes  []Note
}

// Origin is what the file says of where its numbers come from, in the tool's words. It is a claim: nothing of it was checked.
type Origin struct {
	Version string // of the tool
	Run     string // the tool's id of the run
	Task    string
	Model   string
	Created string
}

// Note is what a reader of the numbers must be told. Its code is one of Codes.
type Note struct{ Code, Message string }

// Unnamed is the tool of numbers in a file that names none.
const Unnamed = "an unnamed tool"

// Format is one kind of file. To add one: NAME.go and a line in Formats.
type Format struct {
	Name, Summary string
	is            func(*source) bool
	read          func(*source) (Results, error)
}

// MaxSize is the largest file that is read at once. Of an archive only its list and one entry are read, so it may be of any size.
const MaxSize = schema.MaxJSON

// source is a file that is looked at by one format after another.
type source struct {
	name string
	at   io.ReaderAt
	size int64
	zip  bool
	text []byte  // of all but archives
	doc  *value  // where it is JSON
	miss problem // what would be said if no format knew it
}

// problem is where and what.
type problem struct {
	code, message string
}

// Read reads a file of size bytes. name stands in errors, and may be a path. The error is [schema.Problems], with the place of each; a file
// whose numbers are of a run that did not end well is an error too.
func Read(name string, at io.ReaderAt, size int64) (Results, error) {
	s := &source{name: name, at: at, size: size}
	if err := s.open(); err != nil {
		return Results{}, err
	}
	for _, f := range Formats() {
		if !f.is(s) {
			continue
		}
		r, err := f.read(s)
		if err != nil {
			return Results{}, err
		}
		r.Format = f.Name
		if err := s.check(&r); err != nil {
			return Results{}, err
		}
		return r, nil
	}
	return Results{}, s.unknown()
}

// open reads what is needed to tell the format.
func (s *source) open() error {
	if s.size <= 0 {
		return s.problem("empty-file", "the file is empty")
	}
	head := make([]byte, min(4, s.size))
	if _, err := s.at.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	if s.zip = string(head) == "PK\x03\x04"; s.zip {
		return nil
	}
	if s.size > MaxSize {
		return s.problem("too-big", "the file has %d bytes, more than %d: give a file of results, without samples", s.size, MaxSize)
	}
	s.text = make([]byte, s.size)
	if n, err := s.at.ReadAt(s.text, 0); n < len(s.text) {
		if errors.Is(err, io.EOF) || err == nil {
			return s.problem("empty-file", "the file ends at byte %d and was said to have %d", n, s.size)
		}
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	if begin := bytes.TrimLeft(s.text, " \t\r\n\ufeff"); len(begin) == 0 || begin[0] != '{' && begin[0] != '[' {
		return nil
	}
	var err error
	s.doc, err = parse(s.name, s.text)
	return err
}

// unknown says that no format knows the file.
func (s *source) unknown() error {
	if s.miss.code != "" {
		return s.problem(s.miss.code, "%s", s.miss.message)
	}
	var known []string
	for _, f := range Formats() {
		known = append(known, f.Name)
	}
	return s.problem("unknown-results", "no results of a tool that is known here (known: %s)", strings.Join(known, ", "))
}

// problem is an error about the file as a whole.
func (s *source) problem(code, message string, args ...any) error {
	return schema.Problems{{Position: schema.Position{File: s.name}, Code: code, Message: fmt.Sprintf(message, args...)}}
}

// check holds the rows to what Results promises, whoever read them.
func (s *source) check(r *Results) error {
	if len(r.Rows) == 0 {
		return s.problem("no-results", "the file holds not one number")
	}
	var all schema.Problems
	seen := map[string]bool{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Tool = r.Tool; row.Tool == "" || row.Metric == "" {
			return s.problem("no-results", "row %d names no tool or no metric", i+1)
		}
		wrong := func(code, message string, args ...any) {
			p := schema.Problem{Position: schema.Position{File: s.name}, Code: code, Message: row.String() + ": " + fmt.Sprintf(message, args...)}
			all = append(all, p)
		}
		for _, x := range []*float64{row.Value, row.SE, row.Low, row.High, row.Level} {
			if x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)) {
				wrong("not-finite", "%v is no finite number", *x)
			}
		}
		if row.Value == nil && row.Undefined == "" {
			row.Undefined = "the file gives no value"
		}
		if row.SE != nil && *row.SE < 0 {
			wrong("bad-figure", "a standard error of %v: it cannot be negative", *row.SE)
		}
		if row.Low != nil && row.High != nil && *row.Low > *row.High {
			wrong("bad-figure", "the interval ends at %v, below its start at %v", *row.High, *row.Low)
		}
		if row.Level != nil && (*row.Level <= 0 || *row.Level >= 1) {
			wrong("bad-figure", "a level of %v: it lies between 0 and 1, as 0.95", *row.Level)
		}
		if row.N < 0 {
			wrong("bad-figure", "n is %d: it cannot be negative", row.N)
		}
		if key := row.key(); seen[key] {
			wrong("duplicate-row", "the file gives it twice")
		} else {
			seen[key] = true
		}
		if len(all) == maxProblems {
			break
		}
	}
	return schema.Join(problems(all))
}

// maxProblems is how many are told of one file: who has that many reads the first of them.
const maxProblems = 100

// problems is nil where there is none.
func problems(ps schema.Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// key tells rows apart.
func (r Row) key() string {
	parts := []string{r.Metric, r.Variant}
	for _, k := range slices.Sorted(maps.Keys(r.Groups)) {
		parts = append(parts, k, r.Groups[k])
	}
	return strings.Join(parts, "\x00")
}

// String names the row: "f1-score (macro avg)", "acc, task = sums".
func (r Row) String() string {
	s := r.Metric
	if r.Variant != "" {
		s += " (" + r.Variant + ")"
	}
	for _, k := range slices.Sorted(maps.Keys(r.Groups)) {
		s += ", " + k + " = " + r.Groups[k]
	}
	return s
}
