package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Error is bad data: "score: 12 of 69126 rows are NaN (first: 17, 203, 981)". Column may be empty.
type Error struct {
	File, Column, What string
	Code               string // stable, for `gatecard explain`: "no-such-column", "not-a-number", …
	Suggest            string // the nearest column, for a column that is not there
	Err                error  // the cause, where it came from elsewhere: a missing file's fs.ErrNotExist
}

func (e *Error) Error() string {
	s := e.File + ": "
	if e.Column != "" {
		s += e.Column + ": "
	}
	s += e.What
	if e.Suggest != "" {
		s += fmt.Sprintf(" (did you mean %q?)", e.Suggest)
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// The codes.
const (
	codeNoFile      = "no-such-file"
	codeUnreadable  = "unreadable"
	codeDirectory   = "is-a-directory"
	codeEmpty       = "empty-file"
	codeChanged     = "file-changed"
	codePacked      = "compressed"
	codeUnpacked    = "bad-compression"
	codeFormat      = "unknown-format"
	codeNoRows      = "no-rows"
	codeHeader      = "bad-header"
	codeColumn      = "no-such-column"
	codeType        = "unsupported-type"
	codeNumber      = "not-a-number"
	codeInexact     = "integer-too-large"
	codeUTF8        = "not-utf8"
	codeLong        = "cell-too-long"
	codeRagged      = "ragged-row"
	codeCSV         = "bad-csv"
	codeJSON        = "bad-jsonl"
	codeParquet     = "bad-parquet"
	codeEncrypted   = "encrypted"
	codeRows        = "row-mismatch"
	codeTooManyRows = "too-many-rows"
	codeFiles       = "files-differ"
	codeNoMatch     = "no-files"
	codeLink        = "bad-link"
)

// Codes are the codes of an Error, with what `gatecard explain` says of each.
func Codes() map[string]string {
	return map[string]string{
		codeNoFile:      "There is no file of that name. Paths in a configuration are relative to the file that names them.",
		codeUnreadable:  "The file is there, but the system would not read it, or not all of it: permissions, a disk or a network.",
		codeDirectory:   "A file of rows was expected and the path is a directory.",
		codeEmpty:       "The file has no bytes: a job that writes it may have failed or not have finished.",
		codeChanged:     "The file's bytes changed after its digest was taken. Evidence binds the digest, so nothing else may be read. Write to another name and rename when done.",
		codePacked:      "The file is compressed in a way that is not read, or twice. Unpack it, use gzip or zstd, or write Parquet, which compresses inside.",
		codeUnpacked:    "The file cannot be unpacked: it is cut off or damaged, or it unpacks to far more than a table does, as a file does that is made to fill the disk.",
		codeFormat:      "The file is of no format that can be read. A format is told by the file's first bytes and its name.",
		codeNoRows:      "The file has column names and not one row.",
		codeHeader:      "Column names must be there, be text, and differ: with two columns of one name nobody can tell which was meant.",
		codeColumn:      "The file has no column of that name. Names are compared letter by letter.",
		codeType:        "The column's type has no reading as numbers or text, for example a list, a struct or a timestamp.",
		codeNumber:      "Numbers are wanted of this column and some cells hold other text. An empty cell is a missing value; write nothing rather than \"n/a\".",
		codeInexact:     "Numbers are wanted of this column and some of its integers lie beyond 2^53, where a float64 no longer holds each of them. An id belongs into an id column.",
		codeUTF8:        "Text must be UTF-8. A file from a spreadsheet may be in another encoding: save it as \"CSV UTF-8\".",
		codeLong:        "A cell, or a row of a CSV file, is longer than any id, label or group could be: often a quote that was never closed.",
		codeRagged:      "A row has more or fewer cells than the header has names: often a comma in an unquoted text.",
		codeCSV:         "The file breaks RFC 4180, for example by a quote inside an unquoted cell.",
		codeJSON:        "A line is not one JSON object, or readers would take it differently: a key twice, NaN, a number beyond a float64, half a character. Each line is an object of its own, {\"id\": 1, \"score\": 0.5}; a list or an object over several lines is another form.",
		codeParquet:     "The file is not whole or contradicts itself: truncated, damaged, or made to mislead. Nothing of it is used.",
		codeEncrypted:   "The Parquet file, or a column of it, is encrypted.",
		codeRows:        "The rows that came are not as many as the file says. Nothing of it is used.",
		codeTooManyRows: "The file claims more rows than its size could hold in earnest: 64 to a byte, beyond the first million.",
		codeFiles:       "Files that are read as one table have the same columns: the same names, of types that go together.",
		codeNoMatch:     "A folder or pattern has no file of rows in it. Files and folders whose names begin with a dot or an underscore are left out.",
		codeLink:        "A folder of rows has a link to a folder, to a file outside of it, or to a file that it has already. Rows would be read twice, or others than were meant.",
	}
}

// unopened says why a source did not open.
func unopened(name string, err error) error {
	var e *Error
	var system *errSpool
	switch {
	case errors.As(err, &e), errors.As(err, &system):
		return unread(name, err)
	case errors.Is(err, fs.ErrNotExist):
		return &Error{File: name, Code: codeNoFile, What: "no such file", Err: err}
	}
	return unread(name, err)
}

// unread says that the system did not give the bytes.
func unread(name string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	var system *errSpool
	if errors.As(err, &system) { // a full disk is no mistake of the data
		return fmt.Errorf("keep what %s gives in a temporary file: %w", name, system.err)
	}
	return &Error{File: name, Code: codeUnreadable, What: "could not be read: " + reason(err), Err: err}
}

// reason is an error's own words, without the path that an fs.PathError repeats.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// packed refuses files that are compressed as a whole.
func packed(name string, head []byte) error {
	for magic, kind := range map[string]string{"\x1f\x8b": "gzip", "\x28\xb5\x2f\xfd": "zstd", "PK\x03\x04": "zip", "BZh": "bzip2", "\xfd7zXZ\x00": "xz"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return &Error{File: name, Code: codePacked, What: fmt.Sprintf("the file is compressed with %s: unpack it first", kind)}
		}
	}
	return nil
}

// closing closes f beside another error, which goes first.
func closing(err error, f io.Closer) error {
	if shut := f.Close(); shut != nil {
		return errors.Join(err, shut)
	}
	return err
}

// firstRows is how many rows an error names.
const firstRows = 3

// faultKind is a way in which cells are wrong; where a column's cells are in several, the first is told.
type faultKind int

const (
	notUTF8 faultKind = iota
	tooLong
	notNumber
	inexact
	faultKinds = iota
)

// words gives a kind's code, and what is said of its rows.
func (k faultKind) words() (code, what string) {
	switch k {
	case notUTF8:
		return codeUTF8, "are not UTF-8"
	case tooLong:
		return codeLong, "are longer than 65536 bytes"
	case notNumber:
		return codeNumber, "are not numbers"
	default:
		return codeInexact, "are integers beyond 2^53, which a float64 does not hold"
	}
}

// faults counts the rows of one column that are wrong in one way, and keeps the first.
type faults struct {
	rows  int64
	first []string
}

// add notes a row; cell may be empty.
func (f *faults) add(row int64, cell string) {
	f.rows++
	if len(f.first) >= firstRows {
		return
	}
	s := fmt.Sprintf("row %d", row)
	if cell != "" {
		s += fmt.Sprintf(" %q", clipped(cell))
	}
	f.first = append(f.first, s)
}

// merge adds those of later rows.
func (f *faults) merge(later faults) {
	f.rows += later.rows
	f.first = append(f.first[:len(f.first):len(f.first)], later.first[:min(len(later.first), firstRows-len(f.first))]...)
}

// error is nil where no row was wrong, of so many.
func (f faults) error(kind faultKind, file, column string, rows int64) error {
	if f.rows == 0 {
		return nil
	}
	code, words := kind.words()
	what := fmt.Sprintf("%d of %d rows %s (first: %s)", f.rows, rows, words, strings.Join(f.first, ", "))
	return &Error{File: file, Column: column, Code: code, What: what}
}

// clipped is a cell short enough for a message.
func clipped(s string) string {
	const runes = 32
	if r := []rune(s[:min(len(s), 8*runes)]); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}
