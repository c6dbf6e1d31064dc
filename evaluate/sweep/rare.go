package sweep

import (
	"slices"
)

// Rare are the rows of the rarer class, by ascending score.
type Rare struct {
	class uint8
	keys  []uint64 // distinct scores
	rows  []rareRow
}

// rareRow is one of them: the place of its score in keys, and its combination.
type rareRow struct {
	at, combination uint32
}

func (r *Rare) equal(u *Rare) bool {
	return r.class == u.class && slices.Equal(r.keys, u.keys) && slices.Equal(r.rows, u.rows)
}

// Scout looks for the class with few rows: the first of the two rounds of counting into gaps. Scouts merge.
type Scout struct {
	rows    [2]int64
	classes [2]collected
	sample  []uint64 // keys of some rows: where to part the scores, if they must be sorted
}

// collected are a class's rows, until there are too many.
type collected struct {
	keys         []uint64
	combinations []uint32
	dropped      bool
}

// maxRare is the most rows that the rarer class may have to be kept.
const maxRare = 1 << 22

// soonDropped is when a class that has eight times the rows of the other is dropped: it may still turn out to be the rarer one, if all of the other
// come later; then there is no rare class.
const soonDropped = 1 << 16

// evenRows is when both classes are dropped, if neither is rare so far.
const evenRows = 1 << 20

// samples is how many rows of a batch are sampled.
const samples = 128

// Add looks at rows, of which it keeps nothing but numbers.
func (s *Scout) Add(r Rows) {
	for i, cell := range r.Cell {
		y := cell & 1
		s.rows[y]++
		if c := &s.classes[y]; !c.dropped {
			c.keys, c.combinations = append(c.keys, keyOf(r.Score[i])), append(c.combinations, cell>>1)
			if n := len(c.keys); n > maxRare || n > soonDropped && int64(n) > 8*s.rows[1-y] {
				*c = collected{dropped: true}
			}
		}
	}
	if n := s.rows[0] + s.rows[1]; n > evenRows && s.rows[0]*rareShare > s.rows[1] && s.rows[1]*rareShare > s.rows[0] {
		s.classes = [2]collected{{dropped: true}, {dropped: true}}
	}
	for i := 0; i < len(r.Score); i += max(1, len(r.Score)/samples) {
		s.sample = append(s.sample, keyOf(r.Score[i]))
	}
}

// Positives is how many rows seen so far have the label 1.
func (s *Scout) Positives() int64 { return s.rows[1] }

// Merge adds what u saw.
func (s *Scout) Merge(u *Scout) {
	for y := range s.classes {
		s.rows[y] += u.rows[y]
		c, d := &s.classes[y], &u.classes[y]
		if c.dropped || d.dropped || len(c.keys)+len(d.keys) > maxRare {
			*c = collected{dropped: true}
			continue
		}
		c.keys, c.combinations = append(c.keys, d.keys...), append(c.combinations, d.combinations...)
	}
	s.sample = append(s.sample, u.sample...)
}

// rareShare is how many times more rows the commoner class must have for gaps to be faster than sorting: measured.
const rareShare = 8

// Even says that there is no rare class, whatever rows are still to come.
func (s *Scout) Even() bool { return s.classes[0].dropped && s.classes[1].dropped }

// Lopsided says that one class has so few rows that counting the other into its gaps is worth it.
func (s *Scout) Lopsided() bool { return s.few(0) || s.few(1) }

func (s *Scout) few(class uint8) bool {
	return !s.classes[class].dropped && s.rows[class]*rareShare <= s.rows[1-class]
}

// Rare gives the rarer class, where counting the other into its gaps gives all that the plan asks for and is worth it; else nil.
func (s *Scout) Rare(p Plan) *Rare {
	p = p.complete()
	for y := range uint8(2) {
		if !s.few(y) {
			continue
		}
		if r := s.classes[y].rare(y); p.Ranks && r.fits(p) == nil {
			return r
		}
	}
	return nil
}

func (c *collected) rare(class uint8) *Rare {
	r := &Rare{class: class}
	sorted, room := sortedRows{slices.Clone(c.keys), slices.Clone(c.combinations)}, sortedRows{}
	room.resize(len(c.keys))
	sorted.sort(room)
	for i, k := range sorted.keys {
		if i == 0 || k != sorted.keys[i-1] {
			r.keys = append(r.keys, k)
		}
		r.rows = append(r.rows, rareRow{uint32(len(r.keys) - 1), sorted.rows[i]})
	}
	return r
}
