package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// openBy opens bytes by a reader of ours, as open does.
func openBy(t testing.TB, b []byte, open func(context.Context, string, File) (Rows, error)) (*Table, error) {
	t.Helper()
	f := &opened{name: "f", file: pin("f", inMemory{bytes.NewReader(b)})}
	var err error
	if f.rows, err = open(t.Context(), f.name, f.file); err != nil {
		return nil, err
	}
	ta := &Table{files: []*opened{f}, part: 3} // rows, about
	if err := ta.join(); err != nil {
		return nil, err
	}
	return ta, nil
}

// asText gives all rows as text, missing cells as "-"; workers 0 loads.
func asText(t testing.TB, ta *Table, workers int) (string, error) {
	t.Helper()
	var want []Want
	for i, n := range ta.Names {
		if ta.Types[i].readable() {
			want = append(want, Want{n, Value}, Want{n, Code})
		}
	}
	if len(want) == 0 {
		return "", nil
	}
	var got []Column
	var err error
	if workers == 0 {
		got, err = ta.Load(t.Context(), want)
	} else {
		got, err = gathered(t.Context(), ta, want, workers)
	}
	if err != nil {
		return "", err
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%q %q\n", ta.Names, ta.Types)
	for i := range got[0].Len() {
		for _, c := range got {
			text, gone := c.cell(i)
			fmt.Fprintf(&s, "%q %v ", text, gone)
		}
		s.WriteByte('\n')
	}
	return s.String(), nil
}

// csvPieces are how tests make CSV: parts that pieces may be cut between, whole or within.
var csvPieces = []string{
	"a", "bc", "0.5", "-17", "007", "true", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"x,y\"", "\"a\nb\"", "\"q\"\"q\"", "\"r\r\ns\"", "é", "\xff", " ", "nan", "12345678901234567890",
}

// However a file is cut into pieces, by however many workers, it has the rows that encoding/csv gives, or the same error.
func TestCSVIsEncodingCSV(t *testing.T) {
	agreed := [2]int{}
	rapid.Check(t, func(r *rapid.T) {
		text := "h,k\n"
		if rapid.Bool().Draw(r, "whole rows") {
			for _, row := range rapid.SliceOfN(rapid.SampledFrom([]string{"a,b\n", "1,\"x\ny\"\n", "\"q\"\"\",\r\n", "\n", ",\n", "\"a,\n\",\"\n\n\"\r\n", "0.5,true\r\n"}), 1, 12).Draw(r, "rows") {
				text += row
			}
		} else {
			text += strings.Join(rapid.SliceOfN(rapid.SampledFrom(csvPieces), 1, 14).Draw(r, "text"), "")
		}
		cut := int64(rapid.IntRange(1, 20).Draw(r, "piece"))
		if ok := sameAsEncodingCSV(t, r, text, cut); ok {
			agreed[0]++
		} else {
			agreed[1]++
		}
	})
	enough := [2]int{20, 10}
	if testing.Short() { // draws a fifth
		enough = [2]int{1, 1}
	}
	if agreed[0] < enough[0] || agreed[1] < enough[1] {
		t.Errorf("%d files were read, and %d refused: too few to tell", agreed[0], agreed[1])
	}
}

// fataler is a *testing.T or *rapid.T.
type fataler interface {
	Fatalf(format string, args ...any)
}

func sameAsEncodingCSV(t testing.TB, f fataler, text string, cut int64) (read bool) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1
	var want [][]string
	var wrong error
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(want) > 0 && len(row) != len(want[0]) {
			err = fmt.Errorf("%s: row %d has %d cells and the header has %d", "f", len(want), len(row), len(want[0]))
		}
		var p *csv.ParseError
		if errors.As(err, &p) {
			err = fmt.Errorf("f: row %d (line %d): %v", len(want), p.Line, p.Err)
		}
		if err != nil {
			wrong = err
			break
		}
		want = append(want, row)
	}
	ta, err := openBy(t, []byte(text), separated{delimiter: ',', piece: cut}.open)
	var e *Error
	switch {
	case wrong != nil:
		if err == nil || err.Error() != wrong.Error() {
			f.Fatalf("%q in pieces of %d: %v, want %v", text, cut, err, wrong)
		}
		return false
	case errors.As(err, &e) && e.Code == codeNoRows && len(want) == 1, errors.As(err, &e) && e.Code == codeHeader:
		return false
	case err != nil:
		f.Fatalf("%q in pieces of %d: %v", text, cut, err)
	}
	for _, workers := range []int{0, 3} {
		var got []Column
		wants := []Want{}
		for _, n := range ta.Names {
			wants = append(wants, Want{n, Value})
		}
		if workers == 0 {
			got, err = ta.Load(t.Context(), wants)
		} else {
			got, err = gathered(t.Context(), ta, wants, workers)
		}
		if errors.As(err, &e) && e.Code == codeUTF8 {
			return false
		}
		if err != nil {
			f.Fatalf("%q in pieces of %d: %v", text, cut, err)
		}
		if got[0].Len() != len(want)-1 {
			f.Fatalf("%q in pieces of %d: %d rows, want %d", text, cut, got[0].Len(), len(want)-1)
		}
		for c := range got {
			slow := newCells(wants[c], ta.Types[c])
			for i := range want[1:] {
				slow.stored(want[i+1][c])
				if x, gone := got[c].cell(i); x != slow.column.Texts[i] || gone != slow.column.gone(i) {
					f.Fatalf("%q in pieces of %d: row %d has %q (missing %v), want %q", text, cut, i+1, x, gone, slow.column.Texts[i])
				}
			}
		}
	}
	return true
}

// Lines too are what they are, however they are cut.
func TestJSONLInPieces(t *testing.T) {
	parts := []string{
		`{"a": 1, "b": "x"}`, `{"b": "\u00e9\\", "a": 0.5}`, `{}`, ` { "a" : null , "c" : true } `, `{"a": -0, "d": [1, {"x": "}"}]}`, `{"\u0061": 2, "b": "\ud83d\ude00"}`, "", " ", `{"b": ""}`,
		`{"a": 1, "a": 2}`, `{"a": NaN}`, `{"b": "x`, `{"a": 01}`, `{"a": 1e999}`, `{"b": "\ud800"}`, `[1]`, `{"a": 1} {}`, "{\"b\": \"\xff\"}", `{"a": 12345678901234567890}`, `{"a": 9007199254740993}`,
	}
	agreed := [2]int{}
	rapid.Check(t, func(r *rapid.T) {
		some := parts
		if rapid.Bool().Draw(r, "whole") {
			some = parts[:9]
		}
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(some), 1, 12).Draw(r, "lines"), rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "end"))
		if rapid.Bool().Draw(r, "ended") {
			text += "\n"
		}
		whole, wrong := openBy(t, []byte(text), lines{1 << 20}.open)
		cut, err := openBy(t, []byte(text), lines{int64(rapid.IntRange(1, 30).Draw(r, "piece"))}.open)
		if fmt.Sprint(err) != fmt.Sprint(wrong) {
			r.Fatalf("%q: %v in pieces, and %v whole", text, err, wrong)
		}
		if err != nil {
			agreed[1]++
			return
		}
		want, err := asText(t, whole, 0)
		if err != nil {
			r.Fatalf("%q: %v", text, err)
		}
		for _, workers := range []int{0, 1, 3} {
			got, err := asText(t, cut, workers)
			if err != nil || got != want {
				r.Fatalf("%q, %d workers: %v\n%s\nwant\n%s", text, workers, err, got, want)
			}
		}
		agreed[0]++
	})
	enough := [2]int{20, 10}
	if testing.Short() { // draws a fifth
		enough = [2]int{1, 1}
	}
	if agreed[0] < enough[0] || agreed[1] < enough[1] {
		t.Errorf("%d files were read, and %d refused: too few to tell", agreed[0], agreed[1])
	}
}

func FuzzCSVInPieces(f *testing.F) {
	for _, s := range []string{"h,k\na,b\n", "h\n\"a\nb\"\n\n\"c\"\"\"\r\n", "h,k\n1,\"x\ny\"\n", "h\n\r", "h,k\na\"b,c\n"} {
		f.Add(s, byte(3))
	}
	f.Fuzz(func(t *testing.T, text string, cut byte) {
		if text == "" || strings.HasPrefix(text, "\ufeff") || strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			return
		}
		if strings.Count(text, "\n") > 200 {
			return
		}
		reader := csv.NewReader(strings.NewReader(text))
		if header, err := reader.Read(); err != nil || checkHeader("f", header) != nil {
			return
		}
		sameAsEncodingCSV(t, t, text, int64(cut)+1)
	})
}
