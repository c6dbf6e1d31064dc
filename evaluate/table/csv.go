package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// csvFormat is RFC 4180: commas, double quotes, a header. UTF-8, with or without a byte order mark. An empty cell is a missing value, and a
// blank line is no row. What type a column has is told by all its cells.
var csvFormat = Format{
	Name:    "CSV",
	Summary: "comma-separated values with a header (RFC 4180), UTF-8",
	Is: func(name string, head []byte) bool {
		switch strings.ToLower(path.Ext(name)) {
		case ".csv":
			return true
		case "", ".txt":
			return bytes.IndexByte(head, 0) < 0
		}
		return false
	},
	Open: separated{delimiter: ',', piece: pieceBytes}.open,
}

// tsvFormat is CSV with tabs for commas, as spreadsheets, pandas and DuckDB write it: a cell with a tab, quote or line end is quoted.
var tsvFormat = Format{
	Name:    "TSV",
	Summary: "tab-separated values with a header, quoted as CSV, UTF-8",
	Is: func(name string, head []byte) bool {
		switch strings.ToLower(path.Ext(name)) {
		case ".tsv", ".tab":
			return true
		case "", ".txt":
			header, _, _ := bytes.Cut(head, []byte{'\n'})
			return bytes.IndexByte(head, 0) < 0 && bytes.IndexByte(header, '\t') >= 0 && bytes.IndexByte(header, ',') < 0
		}
		return false
	},
	Open: separated{delimiter: '\t', piece: pieceBytes}.open,
}

// separated is a file of rows whose cells are set apart by a delimiter.
type separated struct {
	delimiter byte
	piece     int64 // bytes that are looked at together
}

// bounded reads at most so many bytes more.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// header reads the names, and says where the rows begin. It and what is wrong with a row are encoding/csv's to say.
func (s separated) header(name string, f File) (names []string, rows int64, err error) {
	mark := make([]byte, min(3, f.Size()))
	if _, err := f.ReadAt(mark, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, unread(name, err)
	}
	from := int64(0)
	switch {
	case string(mark) == "\xef\xbb\xbf":
		from = 3
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return nil, 0, &Error{File: name, Code: codeUTF8, What: "the file is UTF-16, not UTF-8"}
	}
	r := s.reader(f, from)
	names, err = r.Read()
	if errors.Is(err, io.EOF) {
		return nil, 0, &Error{File: name, Code: codeHeader, What: "no header"}
	}
	if err != nil {
		return nil, 0, wrongRecord(name, 0, 0, err)
	}
	if err := s.otherDelimiter(name, names); err != nil {
		return nil, 0, err
	}
	return names, from + r.InputOffset(), checkHeader(name, names)
}

// otherDelimiter refuses a header that is one name with what other files part their cells by: nobody names the one column of a table "id;label".
func (s separated) otherDelimiter(name string, names []string) error {
	if len(names) != 1 {
		return nil
	}
	for _, other := range []byte{';', '\t', '|', ','} {
		if cells := strings.Count(names[0], string(other)) + 1; other != s.delimiter && cells > 1 {
			return &Error{File: name, Code: codeHeader, What: fmt.Sprintf("the header is one column, %q: cells are parted by %q here, and these seem to be by %q, in %d columns",
				clipped(names[0]), s.delimiter, other, cells)}
		}
	}
	return nil
}

func (s separated) reader(f File, from int64) *csv.Reader {
	r := csv.NewReader(&bounded{r: io.NewSectionReader(f, from, f.Size()-from), left: maxRecord})
	r.Comma, r.FieldsPerRecord = rune(s.delimiter), -1
	return r
}

// wrongRecord puts a reader's error into our words. lines are those before its first.
func wrongRecord(name string, row int64, lines int, err error) error {
	where := "the header"
	if row > 0 {
		where = fmt.Sprintf("row %d", row)
	}
	var p *csv.ParseError
	switch {
	case errors.Is(err, errLongRecord):
		return &Error{File: name, Code: codeLong, What: where + " is longer than 16 MiB: is a quote not closed?"}
	case errors.As(err, &p):
		return &Error{File: name, Code: codeCSV, What: fmt.Sprintf("%s (line %d): %v", where, lines+p.Line, p.Err)}
	}
	return unread(name, err)
}

// checkHeader refuses names that no configuration could mean.
func checkHeader(name string, header []string) error {
	at := map[string]int{}
	for i, h := range header {
		if h == "" {
			return &Error{File: name, Code: codeHeader, What: fmt.Sprintf("column %d of %d has no name", i+1, len(header))}
		}
		if !utf8.ValidString(h) || strings.ContainsRune(h, 0) {
			return &Error{File: name, Code: codeHeader, What: fmt.Sprintf("the name of column %d of %d is not UTF-8 text", i+1, len(header))}
		}
		if j, ok := at[h]; ok {
			return &Error{File: name, Column: h, Code: codeHeader, What: fmt.Sprintf("columns %d and %d have this name", j+1, i+1)}
		}
		at[h] = i
	}
	return nil
}

// kind is what the cells of a column had in common so far.
type kind struct{ some, text, notBool, notNumber, notInteger bool }

func (k *kind) see(cell string) {
	if cell == "" || k.text {
		return
	}
	k.some = true
	if !k.notBool {
		_, is := parseBool(cell)
		k.notBool = !is
	}
	if !k.notNumber {
		_, is := parseNumber(cell)
		k.notNumber = !is
	}
	plain := false
	if i, err := strconv.ParseInt(cell, 10, 64); err == nil {
		plain = strconv.FormatInt(i, 10) == cell
	}
	k.notInteger = k.notInteger || !plain
	// 007, +1 and numbers of twenty digits are most likely codes or ids: as texts they must stay as they are.
	k.text = k.notBool && (k.notNumber || !plain && isInteger(cell) && cell != "-0")
}

func (k kind) is() Type {
	switch {
	case !k.some || k.text:
		return Text
	case !k.notBool:
		return Boolean
	case !k.notInteger:
		return Integer
	}
	return Float64
}

func (s separated) open(ctx context.Context, name string, f File) (Rows, error) {
	names, from, err := s.header(name, f)
	if err != nil {
		return Rows{}, err
	}
	v := survey{name: name, file: f, from: from, size: s.piece, quotes: true}
	v.look = func() look {
		return &csvLook{splitter: splitter{delimiter: s.delimiter}, kinds: make([]kind, len(names))}
	}
	kinds := make([]kind, len(names))
	v.take = func(l look) error {
		for c, k := range l.(*csvLook).kinds {
			kinds[c].merge(k)
		}
		return nil
	}
	v.wrong = func(row, at int64, what error) error { return s.wrong(name, f, row, at, what) }
	pieces, err := v.run(ctx)
	if err != nil {
		return Rows{}, err
	}
	rows := Rows{Names: names, Count: rowsOf(pieces)}
	for _, k := range kinds {
		rows.Types, rows.Loose = append(rows.Types, k.is()), append(rows.Loose, true)
	}
	rows.Parts = func(size int64) []Part {
		return parts(name, f, pieces, size, func(w *worker, give func() error) func([]byte) error {
			fill := filling{splitter: splitter{delimiter: s.delimiter}, name: name, all: len(names), one: w.cells[0], give: give}
			for _, c := range w.cells {
				at := position(names, c.want.Name)
				for len(fill.fillers) <= at {
					fill.fillers = append(fill.fillers, nil)
				}
				fill.fillers[at] = append(fill.fillers[at], newFiller(c))
			}
			return fill.rows
		})
	}
	return rows, nil
}

// wrong is the error of a row that csvLook could not take.
func (s separated) wrong(name string, f File, row, at int64, what error) error {
	var cells errRagged
	if errors.As(what, &cells) {
		return &Error{File: name, Code: codeRagged, What: fmt.Sprintf("row %d has %d cells and the header has %d", row, cells.has, cells.want)}
	}
	lines, err := linesBefore(name, f, at)
	if err != nil {
		return err
	}
	if errors.Is(what, errRecord) {
		if _, err := s.reader(f, at).Read(); err != nil {
			what = err
		}
	}
	return wrongRecord(name, row, lines, what)
}

// errRagged is of a row with another number of cells than the header.
type errRagged struct{ has, want int }

func (e errRagged) Error() string { return fmt.Sprintf("%d cells, not %d", e.has, e.want) }

// errRecord is of a row that breaks RFC 4180: encoding/csv says in what.
var errRecord = errors.New("not a row of CSV")

// csvLook takes the types of the cells.
type csvLook struct {
	splitter
	kinds []kind
}

func (l *csvLook) rows(b []byte, limit int, last bool) (used int, rows int64, err error) {
	if bytes.IndexByte(b, '"') < 0 {
		return l.plain(b, limit, last)
	}
	for used < limit {
		n, err := l.row(b[used:], last)
		switch {
		case err != nil:
			return used, rows, err
		case n == 0:
			return used, rows, nil
		case len(l.cells) == 0: // a blank line
			used += n
			continue
		case len(l.cells) != len(l.kinds):
			return used, rows, errRagged{len(l.cells), len(l.kinds)}
		case n > maxRecord:
			return used, rows, errLongRecord
		}
		for i, cell := range l.cells {
			l.kinds[i].seeBytes(cell)
		}
		used += n
		rows++
	}
	return used, rows, nil
}

// plain is rows without a quote. Cells of a row that is cut off are looked at twice, which tells no more than once.
func (l *csvLook) plain(b []byte, limit int, last bool) (used int, rows int64, err error) {
	m := newMarks(b, l.delimiter)
	for used < limit {
		start, n := used, 0
		for ended := false; !ended; n++ {
			i := m.next()
			if i == len(b) && !last {
				return used, rows, nil
			}
			cell := b[start:i]
			if ended = i == len(b) || b[i] == '\n'; ended {
				if cell = withoutReturn(cell); n == 0 && len(cell) == 0 { // a blank line
					n = -1
				}
			}
			if n >= 0 && n < len(l.kinds) {
				l.kinds[n].seeBytes(cell)
			}
			start = min(i+1, len(b))
		}
		if n != 0 && n != len(l.kinds) {
			return used, rows, errRagged{n, len(l.kinds)}
		}
		if start-used > maxRecord {
			return used, rows, errLongRecord
		}
		if used = start; n > 0 {
			rows++
		}
	}
	return used, rows, nil
}

// splitter splits rows into cells, as encoding/csv does.
type splitter struct {
	delimiter byte
	cells     [][]byte // of the row that was read last: in the text, or unquoted in memory of their own
}

// row splits the first row of b, and gives how many bytes it has: 0 where it is cut off by b's end, which cannot be if last. A blank line has
// no cells.
func (s *splitter) row(b []byte, last bool) (int, error) {
	s.cells = s.cells[:0]
	if b[0] == '\n' {
		return 1, nil
	}
	if b[0] == '\r' {
		switch {
		case len(b) > 1 && b[1] == '\n':
			return 2, nil
		case len(b) == 1 && last:
			return 1, nil
		case len(b) == 1:
			return 0, nil
		}
	}
	for i := 0; ; {
		if i < len(b) && b[i] == '"' {
			next, ended, err := s.quoted(b, i, last)
			if err != nil || next == 0 || ended {
				return next, err
			}
			i = next
			continue
		}
		start := i
		if i = special(b, i, s.delimiter); i == len(b) {
			if !last {
				return 0, nil
			}
			s.cells = append(s.cells, withoutReturn(b[start:]))
			return i, nil
		}
		switch b[i] {
		case s.delimiter:
			s.cells = append(s.cells, b[start:i])
			i++
		case '\n':
			s.cells = append(s.cells, withoutReturn(b[start:i]))
			return i + 1, nil
		default:
			return 0, errRecord
		}
	}
}

func withoutReturn(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		return b[:n-1]
	}
	return b
}

// quoted reads a cell that begins with a quote. ended says that the row ends with it, at next; 0 is of one that is cut off.
func (s *splitter) quoted(b []byte, i int, last bool) (next int, ended bool, err error) {
	i++
	start, twice := i, false
	for {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			if last {
				return 0, false, errRecord
			}
			return 0, false, nil
		}
		if i += k + 1; i == len(b) || b[i] != '"' {
			break
		}
		twice = true
		i++
	}
	cell := b[start : i-1]
	if twice || bytes.Contains(cell, []byte("\r\n")) {
		cell = bytes.ReplaceAll(bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`)), []byte("\r\n"), []byte{'\n'})
	}
	s.cells = append(s.cells, cell)
	rest := b[i:]
	switch {
	case len(rest) == 0 && last:
		return i, true, nil
	case len(rest) == 0:
		return 0, false, nil
	case rest[0] == s.delimiter:
		return i + 1, false, nil
	case rest[0] == '\n':
		return i + 1, true, nil
	case len(rest) == 1 && rest[0] == '\r' && last:
		return i + 1, true, nil
	case len(rest) == 1 && rest[0] == '\r':
		return 0, false, nil
	case rest[0] == '\r' && rest[1] == '\n':
		return i + 2, true, nil
	}
	return 0, false, errRecord
}

// filling puts the wanted cells of whole rows, which were looked at before.
type filling struct {
	splitter
	name    string
	fillers [][]*filler // by column, up to the last that is wanted
	all     int         // columns of the file
	one     *cells      // of those wanted
	give    func() error
}

// rows takes those of one piece.
func (f *filling) rows(b []byte) error {
	if bytes.IndexByte(b, '"') < 0 {
		return f.plain(b)
	}
	for len(b) > 0 {
		n, err := f.row(b, true)
		if err != nil || n == 0 || len(f.cells) > 0 && len(f.cells) < len(f.fillers) {
			return f.changed()
		}
		b = b[n:]
		if len(f.cells) == 0 {
			continue
		}
		for c, some := range f.fillers {
			for _, filler := range some {
				filler.cell(f.cells[c])
			}
		}
		if err := f.ended(); err != nil {
			return err
		}
	}
	return nil
}

// plain is rows without a quote: what stands behind the last wanted cell need not be looked at.
func (f *filling) plain(b []byte) error {
	m := newMarks(b, f.delimiter)
	for start := 0; start < len(b); {
		blank := false
		for c, some := range f.fillers {
			i := m.next()
			cell := b[start:i]
			start = min(i+1, len(b))
			ended := i == len(b) || b[i] == '\n'
			if ended {
				cell = withoutReturn(cell)
				if blank = c == 0 && len(cell) == 0; blank {
					break
				}
				if c+1 != f.all {
					return f.changed()
				}
			}
			for _, filler := range some {
				filler.cell(cell)
			}
		}
		if blank {
			continue
		}
		if len(f.fillers) < f.all {
			end := bytes.IndexByte(b[start:], '\n')
			if end < 0 {
				end = len(b) - start - 1
			}
			start += end + 1
			m.skip(start)
		}
		if err := f.ended(); err != nil {
			return err
		}
	}
	return nil
}

// ended gives a batch where enough rows have come.
func (f *filling) ended() error {
	if f.one.length() < batchRows {
		return nil
	}
	return f.give()
}

func (f *filling) changed() error {
	return &Error{File: f.name, Code: codeChanged, What: "the file changed while it was read"}
}

// stored is a CSV cell, of a column whose type is known.
func (c *cells) stored(cell string) {
	switch {
	case cell == "":
		c.missing()
		return
	case !c.numbers() && c.typ == Float64:
		if x, ok := parseNumber(cell); ok {
			c.float(x, 64)
			return
		}
	case !c.numbers() && c.typ == Boolean:
		if b, ok := parseBool(cell); ok {
			c.boolean(b)
			return
		}
	}
	c.text([]byte(cell))
}

func position(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}
