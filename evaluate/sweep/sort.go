package sweep

import (
	"math/bits"
	"slices"
)

// sortedRows are rows by key, as columns.
type sortedRows struct {
	keys []uint64
	rows []uint32
}

func (s sortedRows) slice(from, to int) sortedRows {
	return sortedRows{s.keys[from:to], s.rows[from:to]}
}

func (s *sortedRows) resize(n int) {
	s.keys, s.rows = slices.Grow(s.keys[:0], n)[:n], slices.Grow(s.rows[:0], n)[:n]
}

const (
	fewRows   = 24 // are sorted by insertion
	digitBits = 11 // of a counting round
)

// sort sorts rows by key, with room of the same length. Two rounds of counting by the upper bits in which keys differ bring rows near their places; rows
// that agree in these bits are sorted on their own. Rows of one key come in any order: nothing that is counted depends on it.
func (s sortedRows) sort(room sortedRows) {
	n := len(s.keys)
	if n <= fewRows {
		s.insertion()
		return
	}
	low, high := s.keys[0], s.keys[0]
	for _, k := range s.keys {
		low, high = min(low, k), max(high, k)
	}
	if low == high {
		return
	}
	room = room.slice(0, n)
	width := min(bits.Len64(high-low), 2*digitBits)
	if n < 1<<(digitBits+2) {
		width = min(width, max(bits.Len(uint(n)), digitBits)) // a table larger than the rows costs more than it saves
	}
	shift := bits.Len64(high-low) - width
	if width <= digitBits {
		s.round(room, low, uint(shift), 1<<width-1)
		copy(s.keys, room.keys)
		copy(s.rows, room.rows)
	} else {
		lower := width - digitBits
		s.round(room, low, uint(shift), 1<<lower-1)
		room.round(s, low, uint(shift+lower), 1<<digitBits-1)
	}
	if shift == 0 {
		return
	}
	for from := 0; from < n; {
		part, to := (s.keys[from]-low)>>shift, from+1
		for to < n && (s.keys[to]-low)>>shift == part {
			to++
		}
		if to-from > 1 {
			s.slice(from, to).sort(room)
		}
		from = to
	}
}

// round sorts by one digit, stably, into another place.
func (s sortedRows) round(into sortedRows, low uint64, shift uint, mask uint64) {
	var at [1<<digitBits + 1]uint32
	for _, k := range s.keys {
		at[(k-low)>>shift&mask+1]++
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	rows := s.rows[:len(s.keys)]
	for i, k := range s.keys {
		d := (k - low) >> shift & mask
		to := at[d]
		into.keys[to], into.rows[to] = k, rows[i]
		at[d]++
	}
}

func (s sortedRows) insertion() {
	for i := 1; i < len(s.keys); i++ {
		k, r := s.keys[i], s.rows[i]
		j := i
		for ; j > 0 && s.keys[j-1] > k; j-- {
			s.keys[j], s.rows[j] = s.keys[j-1], s.rows[j-1]
		}
		s.keys[j], s.rows[j] = k, r
	}
}

// ranked sorts scores: the rows' numbers in ascending order, and their keys.
func ranked(score []float64) sortedRows {
	var s, room sortedRows
	s.resize(len(score))
	room.resize(len(score))
	for i, x := range score {
		s.keys[i], s.rows[i] = keyOf(x), uint32(i)
	}
	s.sort(room)
	return s
}

// ties calls do with the rows of each key, in ascending order.
func (s sortedRows) ties(do func(rows []uint32)) {
	for from := 0; from < len(s.keys); {
		to := from + 1
		for to < len(s.keys) && s.keys[to] == s.keys[from] {
			to++
		}
		do(s.rows[from:to])
		from = to
	}
}
