package sweep

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Limits bound what a count keeps.
type Limits struct {
	Memory  int64  // bytes that kept rows may take; beyond, they go to a temporary file. 0: no bound
	Folder  string // of temporary files; empty: the system's
	Workers int    // goroutines that Close may use; 0: one
}

// ranges keep rows by score: each range of scores has its rows in pieces, in memory or in a file, until it is sorted. A score's rows are all in one range.
type ranges struct {
	limits Limits
	splits *finder // the first keys of the second and later ranges
	ranges []rangeRows
	latest []gathered // by range
	kept   int64      // bytes
	spill  *spill
}

// rangeRows are one range's: rows are cells.
type rangeRows struct {
	pieces  []sortedRows // not sorted yet
	spilled []extent
	rows    int
}

// gathered are the latest rows of a range, before they go to a piece together: it takes less of the memory's time than one by one.
type gathered struct {
	keys [gatheredRows]uint64
	rows [gatheredRows]uint32
	n    int
}

const gatheredRows = 16

const (
	pieceRows = 1 << 12 // of a piece; fewer in the last piece of each goroutine
	rowBytes  = 12
	// rangeTarget is how many rows a range should have: a core's cache holds them twice.
	rangeTarget = 1 << 16
	maxRanges   = 1 << 12
)

func newRanges(l Limits, splits *finder) *ranges {
	r := &ranges{limits: l, splits: splits}
	r.ranges, r.latest = make([]rangeRows, len(splits.keys)+1), make([]gathered, len(splits.keys)+1)
	return r
}

// splits parts the scores where a sample of them says that each range has about as many rows. A score that the sample often has is a range of its own.
func splits(sample []uint64, n int) *finder {
	slices.Sort(sample)
	n = min(n, len(sample)/4+1)
	var keys []uint64
	add := func(k uint64) {
		if len(keys) == 0 || k > keys[len(keys)-1] {
			keys = append(keys, k)
		}
	}
	for i := 1; i < n; i++ {
		k := sample[i*len(sample)/n]
		add(k)
		if i > 1 && k == sample[(i-1)*len(sample)/n] {
			add(k + 1)
		}
	}
	return newFinder(keys)
}

func (r *ranges) add(rows Rows) error {
	var p parted
	for from := 0; from < len(rows.Score); from += partBatch {
		score := rows.Score[from:min(from+partBatch, len(rows.Score))]
		p.of(r.splits, score)
		for i, cell := range rows.Cell[from:][:len(score)] {
			key, part := p.at(i)
			r.put(part, key, cell)
		}
	}
	if r.limits.Memory > 0 && r.kept > r.limits.Memory {
		return r.write()
	}
	return nil
}

// put adds a row to a range.
func (r *ranges) put(part uint32, k uint64, cell uint32) {
	g := &r.latest[part]
	g.keys[g.n&(gatheredRows-1)], g.rows[g.n&(gatheredRows-1)] = k, cell
	if g.n++; g.n == gatheredRows {
		r.flush(int(part))
	}
}

// flush moves a range's latest rows to a piece.
func (r *ranges) flush(part int) {
	to, from := &r.ranges[part], &r.latest[part]
	last := len(to.pieces) - 1
	if last < 0 || len(to.pieces[last].keys)+from.n > pieceRows {
		to.pieces = append(to.pieces, sortedRows{make([]uint64, 0, pieceRows), make([]uint32, 0, pieceRows)})
		r.kept += pieceRows * rowBytes
		last++
	}
	piece := &to.pieces[last]
	piece.keys, piece.rows = append(piece.keys, from.keys[:from.n]...), append(piece.rows, from.rows[:from.n]...)
	to.rows += from.n
	from.n = 0
}

// settle moves all latest rows to pieces.
func (r *ranges) settle() {
	for part := range r.latest {
		if r.latest[part].n > 0 {
			r.flush(part)
		}
	}
}

func (r *ranges) merge(u *ranges) error {
	if !slices.Equal(r.splits.keys, u.splits.keys) {
		return errors.New("the tallies part the scores differently")
	}
	u.settle()
	for i := range r.ranges {
		to, from := &r.ranges[i], &u.ranges[i]
		to.pieces, to.spilled, to.rows = append(to.pieces, from.pieces...), append(to.spilled, from.spilled...), to.rows+from.rows
	}
	r.kept += u.kept
	u.ranges = nil
	last := &r.spill
	for *last != nil {
		last = &(*last).next
	}
	*last, u.spill = u.spill, nil
	return nil
}

// spill is a temporary file of rows. Others may be chained to it by merging.
type spill struct {
	file *os.File
	size int64
	next *spill
}

// extent is a piece in a file.
type extent struct {
	in   *os.File
	at   int64
	rows int
}

// write moves all full pieces to the file.
func (r *ranges) write() error {
	if r.spill == nil {
		f, err := temporary(r.limits.Folder)
		if err != nil {
			return fmt.Errorf("keep rows on disk: %w", err)
		}
		r.spill = &spill{file: f}
	}
	buf := make([]byte, 0, pieceRows*rowBytes)
	for i := range r.ranges {
		to := &r.ranges[i]
		for _, p := range to.pieces {
			buf = buf[:0]
			for j, k := range p.keys {
				buf = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(buf, k), p.rows[j])
			}
			if _, err := r.spill.file.WriteAt(buf, r.spill.size); err != nil {
				return fmt.Errorf("keep rows on disk: %w", err)
			}
			to.spilled = append(to.spilled, extent{r.spill.file, r.spill.size, len(p.keys)})
			r.spill.size += int64(len(buf))
		}
		to.pieces = nil
	}
	r.kept = 0
	return nil
}

// close gives the disk back.
func (r *ranges) close() {
	for s := r.spill; s != nil; s = s.next {
		discard(s.file)
	}
	r.spill = nil
}

// each gives the range's rows, piece by piece.
func (r *rangeRows) each(do func(piece sortedRows)) error {
	for _, p := range r.pieces {
		do(p)
	}
	var room sortedRows
	var buf []byte
	for _, e := range r.spilled {
		room.resize(e.rows)
		buf = slices.Grow(buf[:0], e.rows*rowBytes)[:e.rows*rowBytes]
		if _, err := e.in.ReadAt(buf, e.at); err != nil {
			return fmt.Errorf("read rows kept on disk: %w", err)
		}
		for i := range room.keys {
			b := buf[i*rowBytes:]
			room.keys[i], room.rows[i] = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
		}
		do(room)
	}
	return nil
}

// gather brings a range's rows together and sorts them; the range is empty after.
func (r *ranges) gather(i int, into, room *sortedRows) error {
	from := &r.ranges[i]
	into.resize(from.rows)
	room.resize(from.rows)
	n := 0
	err := from.each(func(p sortedRows) {
		copy(into.keys[n:], p.keys)
		n += copy(into.rows[n:], p.rows)
	})
	if err != nil {
		return err
	}
	*from = rangeRows{}
	into.sort(*room)
	return nil
}

// walk takes each slice's path through the rows in ascending order of score: some ranges at a time are sorted side by side, and then walked, the dimensions
// side by side.
func (r *ranges) walk(ctx context.Context, p *Plan, dimensions [][]uint32, paths [][]path) error {
	defer r.close()
	r.settle()
	workers := max(1, r.limits.Workers)
	sorted, rooms := make([]sortedRows, 2*workers), make([]sortedRows, workers)
	for from := 0; from < len(r.ranges); from += len(sorted) {
		n := min(len(sorted), len(r.ranges)-from)
		err := Side(ctx, n, workers, func(worker, i int) error { return r.gather(from+i, &sorted[i], &rooms[worker]) })
		if err != nil {
			return err
		}
		err = Side(ctx, len(dimensions), workers, func(_, d int) error {
			for _, s := range sorted[:n] {
				walk(p, s, dimensions[d], paths[d])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// walk goes over the rows of one range for one dimension.
func walk(p *Plan, s sortedRows, of []uint32, slices []path) {
	var touched []*path
	n := len(s.keys)
	rows := s.rows[:n]
	for from := 0; from < n; {
		to := from + 1
		for to < n && s.keys[to] == s.keys[from] {
			to++
		}
		if to == from+1 {
			slices[of[rows[from]>>1]].row(p, rows[from]&1)
			from = to
			continue
		}
		touched = touched[:0]
		for _, cell := range rows[from:to] {
			a := &slices[of[cell>>1]]
			if a.tied == [2]int64{} {
				touched = append(touched, a)
			}
			a.tied[cell&1]++
		}
		for _, a := range touched {
			t := a.tied
			a.tied = [2]int64{}
			a.step(p, t)
		}
		from = to
	}
}
