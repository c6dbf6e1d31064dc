package reported

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatecard/gatecard/schema"
)

// slicesFormat is CSV with a row for each metric of each slice:
//
//	sex,age,metric,value,lower,upper,level,se,n,tool
//	,,auc,0.91,0.90,0.92,0.95,,69126,tfma
//	women,,auc,0.90,0.88,0.92,0.95,,34000,tfma
//	women,<25,auc,0.87,,,,,2100,tfma
//
// The columns before "metric" that have no meaning below are groups; an empty cell there is "all". The column "slice" has TensorFlow Model
// Analysis's own names of slices instead, "Overall", "sex:women", "age_X_sex:<25_X_women". Of the others "metric" and "value" must be there;
// columnNames lists how they may be called. An empty cell is not given. Numbers have a decimal point.
var slicesFormat = Format{
	Name:    "slices as CSV",
	Summary: `CSV with the columns of groups (or "slice"), then metric, value and any of lower, upper, level, se, n, variant, tool`,
	is:      isSlices,
	read:    readSlices,
}

// columnNames are the columns that mean something, each by all its names.
var columnNames = map[string][]string{
	"metric":  {"metric", "metric_name"},
	"variant": {"variant"},
	"value":   {"value", "metric_value"},
	"lower":   {"lower", "lower_bound", "ci_lower"},
	"upper":   {"upper", "upper_bound", "ci_upper"},
	"level":   {"level", "confidence_level"},
	"se":      {"se", "stderr", "standard_error"},
	"n":       {"n", "count", "example_count"},
	"tool":    {"tool"},
	"slice":   {"slice"},
}

// meaning is what a column's name means; "" for a group's, or a misspelt one.
func meaning(name string) string {
	for m, names := range columnNames {
		if slices.Contains(names, name) {
			return m
		}
	}
	return ""
}

func isSlices(s *source) bool {
	if s.zip || s.doc != nil {
		return false
	}
	header, err := newCSV(s.text).Read()
	if err != nil {
		return false
	}
	has := map[string]bool{}
	for _, h := range header {
		has[meaning(h)] = true
	}
	if has["metric"] && has["value"] {
		return true
	}
	s.miss = problem{"unknown-results", `no results of a tool that is known here: it is neither JSON nor an archive, and as CSV it has no columns "metric" and "value" (for example: sex,metric,value,lower,upper,n)`}
	return false
}

func newCSV(b []byte) *csv.Reader {
	return csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
}

// maxRows is how many rows are read: a thousand metrics of two thousand slices.
const maxRows = schema.MaxValues

func readSlices(s *source) (Results, error) {
	c := cells{file: s.name, reader: newCSV(s.text)}
	c.header, _ = c.reader.Read() // isSlices read it
	c.columns()
	if len(c.list) > 0 {
		return Results{}, c.list
	}
	c.reader.ReuseRecord = true
	r := Results{}
	for len(c.list) < maxProblems {
		row, err := c.reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		switch {
		case errors.Is(err, csv.ErrFieldCount):
			c.problem(0, "ragged-row", "the row has %d cells and the header has %d", len(row), len(c.header))
			continue
		case errors.As(err, &bad):
			c.list = append(c.list, schema.Problem{Position: schema.Position{File: s.name, Line: bad.Line, Column: bad.Column}, Code: "bad-csv", Message: bad.Err.Error()})
			return Results{}, c.list
		case err != nil:
			return Results{}, fmt.Errorf("read %s: %w", s.name, err)
		case len(r.Rows) == maxRows:
			c.problem(0, "too-big", "the file has more than %d rows", maxRows)
			return Results{}, c.list
		}
		tool := c.at(row, "tool")
		if len(r.Rows) > 0 && tool != r.Tool {
			c.problem(0, "two-tools", "the row is of the tool %q and the first of %q: write one file a tool", clipped(tool), clipped(r.Tool))
		}
		r.Tool = tool
		r.Rows = append(r.Rows, c.row(row))
	}
	if r.Tool == "" {
		r.Tool = Unnamed
		r.Notes = append(r.Notes, Note{"unnamed-tool", `the file names no tool (a column "tool" would): who computed its numbers is not known`})
	}
	return r, schema.Join(problems(c.list))
}

// cells reads the cells of a row.
type cells struct {
	file   string
	reader *csv.Reader
	header []string
	where  map[string]int // meaning to column
	groups []int          // columns
	list   schema.Problems
}

// columns finds what each column means.
func (c *cells) columns() {
	c.where = map[string]int{}
	metric := slices.IndexFunc(c.header, func(h string) bool { return meaning(h) == "metric" })
	for i, h := range c.header {
		m := meaning(h)
		at, twice := c.where[m]
		switch {
		case !utf8.ValidString(h):
			c.problem(i, "not-utf8", "the name of column %d is not UTF-8", i+1)
		case h == "":
			c.problem(i, "bad-header", "column %d has no name", i+1)
		case m != "" && twice:
			c.problem(i, "bad-header", "columns %d and %d both are the %s", at+1, i+1, m)
		case m != "":
			c.where[m] = i
		case slices.Contains(c.header[:i], h):
			c.problem(i, "bad-header", "two columns are named %q", clipped(h))
		case i > metric:
			known := slices.Concat(columnNames["value"], columnNames["lower"], columnNames["upper"], columnNames["level"], columnNames["se"], columnNames["n"], columnNames["tool"])
			c.problem(i, "bad-header", "the column %q has no meaning here (columns of groups stand before the metric)", clipped(h))
			c.list[len(c.list)-1].Suggest = schema.Suggest(h, known)
		default:
			c.groups = append(c.groups, i)
		}
		if len(c.list) >= maxProblems {
			return
		}
	}
}

// problem is one at a cell of the row that was read last.
func (c *cells) problem(column int, code, message string, args ...any) {
	line, col := c.reader.FieldPos(column)
	c.list = append(c.list, schema.Problem{Position: schema.Position{File: c.file, Line: line, Column: col}, Code: code, Message: fmt.Sprintf(message, args...)})
}

// at is the cell of a meaning; "" where there is no such column.
func (c *cells) at(row []string, meaning string) string {
	if i, ok := c.where[meaning]; ok {
		return strings.Clone(row[i])
	}
	return ""
}

func (c *cells) row(row []string) Row {
	r := Row{Metric: c.at(row, "metric"), Variant: c.at(row, "variant")}
	if r.Metric == "" {
		c.problem(c.where["metric"], "wrong-value", "the metric has no name")
	}
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			c.problem(i, "not-utf8", "the cell is not UTF-8")
		}
	}
	r.Groups = c.slice(row)
	r.Value, r.SE = c.number(row, "value"), c.number(row, "se")
	r.Low, r.High, r.Level = c.number(row, "lower"), c.number(row, "upper"), c.number(row, "level")
	if n := c.number(row, "n"); n != nil {
		if *n != math.Trunc(*n) || *n < 0 || *n > maxCount {
			c.problem(c.where["n"], "bad-figure", "a whole number from 0 on is expected, not %q", clipped(c.at(row, "n")))
		} else {
			r.N = int64(*n)
		}
	}
	return r
}

// number is a cell's; nil where it is empty. No percent sign, decimal comma or hexadecimal, no NaN.
func (c *cells) number(row []string, meaning string) *float64 {
	cell := c.at(row, meaning)
	if cell == "" {
		return nil
	}
	x, err := strconv.ParseFloat(cell, 64)
	switch {
	case strings.Trim(cell, "+-0123456789.eE") != "" && (err != nil || !math.IsNaN(x) && !math.IsInf(x, 0)):
		c.problem(c.where[meaning], "not-a-number", "a number as 0.91 is expected, not %q", clipped(cell))
	case err != nil && !errors.Is(err, strconv.ErrRange):
		c.problem(c.where[meaning], "not-a-number", "a number as 0.91 is expected, not %q", clipped(cell))
	case math.IsNaN(x) || math.IsInf(x, 0):
		c.problem(c.where[meaning], "not-finite", "a finite number is expected, not %q: leave the cell empty where there is none", clipped(cell))
	default:
		return &x
	}
	return nil
}

// slice is the groups of a row.
func (c *cells) slice(row []string) map[string]string {
	groups := map[string]string{}
	add := func(column int, dimension, group string) {
		if have, ok := groups[dimension]; ok && have != group {
			c.problem(column, "bad-slice", "the row is of the groups %q and %q of %q", clipped(have), clipped(group), clipped(dimension))
		}
		groups[dimension] = group
	}
	for _, i := range c.groups {
		if row[i] != "" {
			add(i, c.header[i], strings.Clone(row[i]))
		}
	}
	if name := c.at(row, "slice"); name != "" && name != "Overall" {
		const cross = "_X_" // TFMA's stringify_slice_key, which escapes nothing
		keys, values, ok := strings.Cut(name, ":")
		ks, vs := strings.Split(keys, cross), strings.Split(values, cross)
		if !ok || len(ks) != len(vs) || slices.Contains(ks, "") {
			c.problem(c.where["slice"], "bad-slice", `a slice as "Overall", "sex:women" or "age_X_sex:<25_X_women" is expected, not %q`, clipped(name))
			return groups
		}
		for i, k := range ks {
			add(c.where["slice"], k, vs[i])
		}
	}
	if len(groups) == 0 {
		return nil
	}
	return groups
}
