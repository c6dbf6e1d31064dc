package evaluate

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatecard/gatecard/evaluate/table"
)

// kind is one value of a label or prediction: how many rows have it, and the first of them.
type kind struct {
	rows  int64
	first []int64
}

// firstKept is how many rows are named where rows are wrong.
const firstKept = 3

func (k *kind) add(row int64) {
	k.rows++
	if len(k.first) < firstKept || row < k.first[firstKept-1] {
		k.keep(row)
	}
}

func (k *kind) keep(row int64) {
	at, _ := slices.BinarySearch(k.first, row)
	k.first = slices.Insert(k.first, at, row)
	k.first = k.first[:min(len(k.first), firstKept)]
}

func (k *kind) merge(u kind) {
	k.rows += u.rows
	for _, row := range u.first {
		k.keep(row)
	}
}

// error is e where rows have the kind, as [faulty.error] has it.
func (k kind) error(e table.Error, n int64) error {
	return (&faulty{rows: int(k.rows), first: k.first}).error(e, n)
}

// classes codes one goroutine's batches of a column of two classes: 1 is the positive one.
type classes struct {
	recode
	positive string
	codes    []uint32
	is       []uint8 // by code
	kinds    []kind  // by code; 0: rows without a value
}

// column gives each row's class. It reuses to.
func (c *classes) column(column table.Column, first int64, to []uint8) []uint8 {
	c.codes = c.recode.column(column, c.codes)
	to = slices.Grow(to[:0], len(c.codes))[:len(c.codes)]
	for i, code := range c.codes {
		for int(code) >= len(c.is) {
			c.is, c.kinds = append(c.is, c.isPositive(uint32(len(c.is)))), append(c.kinds, kind{})
		}
		to[i] = c.is[code]
		c.kinds[code].add(first + int64(i))
	}
	return to
}

func (c *classes) isPositive(code uint32) uint8 {
	if code > 0 && c.of.text(code) == c.positive {
		return 1
	}
	return 0
}

// kindsOf adds up what all goroutines met, by code.
func kindsOf(n int, of func(i int) []kind) []kind {
	var all []kind
	for i := range n {
		for code, k := range of(i) {
			for code >= len(all) {
				all = append(all, kind{})
			}
			all[code].merge(k)
		}
	}
	return all
}

// outcomes are labels in a file of their own.
type outcomes struct {
	column table.Column // ids
	place  map[string]int
	label  []uint8
	kinds  map[string]bool
}

// outcomesOf reads them.
func (r *rows) outcomesOf(ctx context.Context) (*outcomes, error) {
	sources, err := r.c.Open(r.c.Labels)
	if err != nil {
		return nil, err
	}
	columns, inputs, err := load(ctx, sources, "labels", []table.Want{{Name: r.c.ID, As: table.Value}, {Name: r.t.Label, As: table.Value}})
	if err != nil {
		return nil, err
	}
	r.labelInputs = inputs
	ids, err := uniqueIDs(r.c.Labels, columns[0])
	if err != nil {
		return nil, err
	}
	o := &outcomes{column: columns[0], place: make(map[string]int, len(ids)), kinds: map[string]bool{}}
	if o.label, err = binary01(r.c.Labels, columns[1], r.t.Positive); err != nil {
		return nil, err
	}
	for i, id := range ids {
		o.place[id] = i
		o.kinds[columns[1].Texts[i]] = true
	}
	return o, nil
}

// of gives rows the labels of their ids. It reuses to.
func (o *outcomes) of(ids []string, first int64, wrong *faulty, to []uint8) []uint8 {
	to = slices.Grow(to[:0], len(ids))[:len(ids)]
	for i, id := range ids {
		at, ok := o.place[id]
		if to[i] = o.label[at]; !ok {
			wrong.add(first + int64(i))
		}
	}
	return to
}

// alone refuses outcomes of which there is no row: their places are all that ids, which are unique and all have an outcome, leave over.
func (o *outcomes) alone(file, labels string, ids []string) error {
	if len(ids) == len(o.label) {
		return nil
	}
	used := make([]bool, len(o.label))
	for _, id := range ids {
		used[o.place[id]] = true
	}
	n, first := firstRows(len(used), func(i int) bool { return !used[i] })
	return &table.Error{File: labels, Column: o.column.Name, Code: "unmatched-rows",
		What: fmt.Sprintf("%d of %d rows have no row of the same id in %s (first: row %s)", n, len(used), file, first)}
}
