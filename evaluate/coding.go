package evaluate

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// dictionary numbers the texts of a column that rows have, for all goroutines that read. Code 0 is of rows without a value.
type dictionary struct {
	lock  sync.Mutex
	codes map[string]uint32
	texts []string // by code, from 1
}

// manyTexts is how many texts of a column are told apart. Beyond, all get the last code: no column of groups or labels may have so many.
const manyTexts = 100_000

func newDictionary() *dictionary {
	return &dictionary{codes: map[string]uint32{}, texts: []string{""}}
}

func (d *dictionary) code(text string) uint32 {
	d.lock.Lock()
	defer d.lock.Unlock()
	if c, ok := d.codes[text]; ok {
		return c
	}
	if len(d.texts) > manyTexts {
		return manyTexts
	}
	c := uint32(len(d.texts))
	d.codes[text] = c
	d.texts = append(d.texts, text)
	return c
}

// text is what a code stands for.
func (d *dictionary) text(code uint32) string {
	d.lock.Lock()
	defer d.lock.Unlock()
	return d.texts[code]
}

// recode takes one goroutine's batches of a column to the codes of a dictionary.
type recode struct {
	of    *dictionary
	first *string // of the batches' dictionary that `to` is for
	to    []uint32
}

// of gives what the codes of a batch mean. Texts get codes whether rows have them or not.
func (r *recode) column(c table.Column) sweep.Coded {
	n := len(c.Dictionary)
	if n == 0 || len(r.to) == 0 || r.first != &c.Dictionary[0] {
		r.to = r.to[:0]
		if n > 0 {
			r.first = &c.Dictionary[0]
		}
	} else {
		r.to = r.to[:len(r.to)-1] // the code of a missing cell moves
	}
	for len(r.to) < n {
		r.to = append(r.to, r.of.code(c.Dictionary[len(r.to)]))
	}
	r.to = append(r.to, 0)
	return sweep.Coded{Codes: c.Codes, To: r.to}
}

// faulty counts rows that are wrong in one way, from any goroutine, and keeps the first of them.
type faulty struct {
	lock  sync.Mutex
	rows  int
	first []int64
}

func (f *faulty) add(row int64) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.rows++
	at := sort.Search(len(f.first), func(i int) bool { return f.first[i] > row })
	f.first = slices.Insert(f.first, at, row)
	f.first = f.first[:min(len(f.first), 3)]
}

// error is e with how many of all n rows there are, and which come first, in place of the two %s of its What; without rows it is nil.
func (f *faulty) error(e table.Error, n int64) error {
	if f.rows == 0 {
		return nil
	}
	var shown []string
	for _, row := range f.first {
		shown = append(shown, fmt.Sprint(row))
	}
	e.What = fmt.Sprintf(e.What, fmt.Sprintf("%d of %d rows", f.rows, n), strings.Join(shown, ", "))
	return &e
}
