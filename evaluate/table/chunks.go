package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"runtime"
	"sync"
)

// A text file is cut into pieces of equal length, which are looked at by several goroutines. A row belongs to the piece in which it begins.
// Where a row begins is told by line ends; in CSV a line end within quotes is none. Whether a piece begins within quotes is the parity of
// all quotes before it: each piece is read as if it did not, and once more where the pieces before it show that it did. In a file that
// breaks the rules, the first row that does so lies in a piece that began rightly, and it is the one that is told.

// pieceBytes is the length of a piece: long enough that a goroutine's turn is nothing beside it, short enough that small files have several.
const pieceBytes = 4 << 20

// beyondPiece is how much is read at first for a row that ends in the next piece.
const beyondPiece = 64 << 10

// maxRecord is the longest row, in bytes: a quote that is never closed would take in the rest of the file.
const maxRecord = 16 << 20

// piece is what was found of one.
type piece struct {
	at, end int64 // of its rows in the file
	rows    int64
	quotes  int64 // in the piece, where they matter
	look    look
	wrong   *wrongRow
}

// wrongRow is the first row of a piece that cannot be read.
type wrongRow struct {
	row  int64 // of the piece, from 0
	at   int64 // in the file
	what error // nil: whoever knows the format says it
}

// look takes the rows of a piece, in order.
type look interface {
	// rows takes those that begin before limit, which is in b unless last, and gives how many bytes and rows they were. The last may be cut
	// off by b's end, and then is not taken; last says that nothing follows. An error is of the row that begins at used.
	rows(b []byte, limit int, last bool) (used int, rows int64, err error)
}

// survey is one look at all rows of a text file.
type survey struct {
	name   string
	file   File
	from   int64 // where rows begin
	size   int64 // of a piece
	quotes bool  // line ends within quotes are none
	look   func() look
	take   func(look) error // what was found, piece by piece in order
	// wrong makes the error of a row, numbered from 1.
	wrong func(row, at int64, what error) error
}

// run gives the pieces, in order.
func (s *survey) run(ctx context.Context) ([]piece, error) {
	total := s.file.Size() - s.from
	pieces := make([]piece, (total+s.size-1)/s.size)
	workers := min(runtime.GOMAXPROCS(0), len(pieces))
	buffers := make([][]byte, max(workers, 1))
	odd, rows := false, int64(0)
	const turns = 8 // of each worker between two looks at the parity
	for first := 0; first < len(pieces); first += workers * turns {
		some := pieces[first:min(first+workers*turns, len(pieces))]
		errs := make([]error, len(some))
		var next int
		var lock sync.Mutex
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for {
					lock.Lock()
					i := next
					next++
					lock.Unlock()
					if i >= len(some) || ctx.Err() != nil {
						return
					}
					some[i], errs[i] = s.piece(first+i, false, &buffers[w])
				}
			})
		}
		group.Wait()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range some {
			if errs[i] == nil && odd {
				some[i], errs[i] = s.piece(first+i, true, &buffers[0])
			}
			if errs[i] != nil {
				return nil, errs[i]
			}
			if w := some[i].wrong; w != nil {
				return nil, s.wrong(rows+w.row+1, w.at, w.what)
			}
			if err := s.take(some[i].look); err != nil {
				return nil, s.wrong(rows+1, some[i].at, err)
			}
			some[i].look = nil
			rows += some[i].rows
			odd = odd != (some[i].quotes%2 == 1)
		}
	}
	return pieces, nil
}

func rowsOf(pieces []piece) int64 {
	n := int64(0)
	for _, p := range pieces {
		n += p.rows
	}
	return n
}

var errLongRecord = errors.New("a row of more than 16 MiB")

// piece looks at one.
func (s *survey) piece(i int, odd bool, buf *[]byte) (piece, error) {
	begin := s.from + int64(i)*s.size
	limit := min(begin+s.size, s.file.Size())
	before := begin
	if i > 0 {
		before-- // a row may begin at the piece's first byte
	}
	b, err := window(s.name, s.file, buf, before, min(limit+beyondPiece, s.file.Size())-before)
	if err != nil {
		return piece{}, err
	}
	own := b[begin-before : limit-before]
	p := piece{at: begin, end: begin, look: s.look()}
	if s.quotes {
		p.quotes = int64(bytes.Count(own, []byte{'"'}))
	}
	if i > 0 {
		inside := odd != (s.quotes && b[0] == '"')
		k := lineEnd(b[:limit-before], s.quotes && (p.quotes > 0 || inside || b[0] == '"'), inside)
		if k < 0 { // it is all of a row that began earlier
			p.at, p.end = limit, limit
			return p, nil
		}
		p.at, p.end = before+int64(k)+1, before+int64(k)+1
		b = b[k+1:]
	}
	for more := int64(beyondPiece); p.end < limit; {
		used, rows, err := p.look.rows(b, int(min(limit-p.end, int64(len(b)))), p.end+int64(len(b)) == s.file.Size())
		p.end += int64(used)
		p.rows += rows
		if err != nil {
			p.wrong = &wrongRow{p.rows, p.end, err}
			return p, nil
		}
		if p.end >= limit {
			break
		}
		if len(b)-used > maxRecord {
			p.wrong = &wrongRow{p.rows, p.end, errLongRecord}
			return p, nil
		}
		more = min(4*more, maxRecord+1)
		if b, err = window(s.name, s.file, buf, p.end, min(max(limit-p.end, 0)+more, s.file.Size()-p.end)); err != nil {
			return piece{}, err
		}
	}
	return p, nil
}

// lineEnd is where the first line end outside quotes is; -1: nowhere.
func lineEnd(b []byte, quotes, inside bool) int {
	if !quotes {
		return bytes.IndexByte(b, '\n')
	}
	for i := 0; i < len(b); i++ {
		if inside {
			k := bytes.IndexByte(b[i:], '"')
			if k < 0 {
				return -1
			}
			i += k
			inside = false
			continue
		}
		if i = special(b, i, '\n'); i == len(b) {
			return -1
		}
		if b[i] == '\n' {
			return i
		}
		inside = true
	}
	return -1
}

// special is where the first delimiter, line end or quote is from i on; len(b): nowhere.
func special(b []byte, i int, delimiter byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	d, n := uint64(delimiter)*ones, uint64('\n')*ones
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		// The lowest set bit of (x-ones)&^x&highs is in the first byte of x that is 0.
		x, y, z := w^d, w^n, w^'"'*ones
		if hit := ((x-ones)&^x | (y-ones)&^y | (z-ones)&^z) & highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == delimiter || c == '\n' || c == '"' {
			return i
		}
	}
	return i
}

// marks finds delimiters and line ends one after the other, eight bytes at a time.
type marks struct {
	b         []byte
	at        int    // of the eight bytes
	hits      uint64 // the high bits of those that are marks and were not given yet
	delimiter uint64 // eight times
}

func newMarks(b []byte, delimiter byte) marks {
	const ones = 0x0101010101010101
	return marks{b: b, at: -8, delimiter: uint64(delimiter) * ones}
}

// next is where the next mark is; len(b): nowhere.
func (m *marks) next() int {
	for m.hits == 0 {
		if m.at += 8; m.at >= len(m.b) {
			m.at = len(m.b)
			return m.at
		}
		m.look()
	}
	i := m.at + bits.TrailingZeros64(m.hits)/8
	m.hits &= m.hits - 1
	return i
}

// look finds the marks of the eight bytes. A byte is 0 if neither its low bits carry into the high one when 127 is added, nor it is set.
func (m *marks) look() {
	const lows, ends = 0x7f7f7f7f7f7f7f7f, 0x0a0a0a0a0a0a0a0a
	var w uint64
	if m.at+8 <= len(m.b) {
		w = binary.LittleEndian.Uint64(m.b[m.at:])
	} else {
		for i, c := range m.b[m.at:] {
			w |= uint64(c) << (8 * i)
		}
	}
	x, y := w^m.delimiter, w^ends
	m.hits = ^(x&lows + lows | x | lows) | ^(y&lows + lows | y | lows)
}

// skip goes to the first mark from i on.
func (m *marks) skip(i int) {
	if i >= len(m.b) {
		m.at, m.hits = len(m.b), 0
		return
	}
	m.at = i
	m.look()
}

// window reads a piece of a file into buf, which grows where it must, and gives the piece.
func window(name string, f File, buf *[]byte, at, length int64) ([]byte, error) {
	from, to := at, at+length
	p, whole := f.(*pinned)
	if whole { // by whole blocks, and without its lock
		from, to = at/pinBlock*pinBlock, min((at+length+pinBlock-1)/pinBlock*pinBlock, p.size)
	}
	if int64(cap(*buf)) < to-from {
		*buf = make([]byte, to-from)
	}
	b := (*buf)[:to-from]
	if whole {
		return b[at-from : at-from+length], p.blocks(b, from)
	}
	if n, err := f.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, &Error{File: name, Code: codeChanged, What: fmt.Sprintf("the file ends at byte %d and had %d", at+int64(n), f.Size())}
		}
		return nil, unread(name, err)
	}
	return b, nil
}

// linesBefore counts the line ends before a place in a file, for a message.
func linesBefore(name string, f File, at int64) (int, error) {
	lines := 0
	var buf []byte
	for from := int64(0); from < at; from += pieceBytes {
		b, err := window(name, f, &buf, from, min(pieceBytes, at-from))
		if err != nil {
			return 0, err
		}
		lines += bytes.Count(b, []byte{'\n'})
	}
	return lines, nil
}

// parts cuts pieces into parts of about size rows; read reads the rows of one piece, which is whole in b.
func parts(name string, f File, pieces []piece, size int64, open func(w *worker, give func() error) func(b []byte) error) []Part {
	var all []Part
	row := int64(1)
	for first := 0; first < len(pieces); {
		end, rows := first, int64(0)
		for end < len(pieces) && (rows == 0 || rows+pieces[end].rows <= size) {
			rows += pieces[end].rows
			end++
		}
		some := pieces[first:end]
		if rows > 0 {
			all = append(all, Part{First: row, Rows: rows, Read: func(ctx context.Context, w *worker, give func() error) error {
				read := open(w, give)
				var buf []byte
				for _, p := range some {
					if err := ctx.Err(); err != nil {
						return err
					}
					b, err := window(name, f, &buf, p.at, p.end-p.at)
					if err != nil {
						return err
					}
					if err := read(b); err != nil {
						return err
					}
				}
				return give()
			}})
		}
		first, row = end, row+rows
	}
	return all
}
