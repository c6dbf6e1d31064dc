package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// kind is one value of a label or prediction: how many rows have it, and the first of them.
type kind struct {
	rows  int64
	first []int64
}

// firstKept is how many rows are named where rows are wrong.
const firstKept = 3

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
	is       []uint32 // by the batch's code
	kinds    []kind   // by the dictionary's code; 0: rows without a value
	rows     []int64
}

// column gives what the batch's codes mean, 0 or 1, and counts the rows of each kind.
func (c *classes) column(column table.Column, first int64) sweep.Coded {
	to := c.recode.column(column).To
	c.is, c.rows = slices.Grow(c.is[:0], len(to))[:len(to)], slices.Grow(c.rows[:0], len(to))[:len(to)]
	for local, code := range to {
		c.is[local], c.rows[local] = 0, 0
		if code > 0 && c.positive == column.Dictionary[local] {
			c.is[local] = 1
		}
		for int(code) >= len(c.kinds) {
			c.kinds = append(c.kinds, kind{})
		}
	}
	rows := c.rows
	for _, local := range column.Codes {
		rows[local]++
	}
	for local, n := range rows {
		if k := &c.kinds[to[local]]; n > 0 {
			k.rows += n
			k.find(column.Codes, uint32(local), first)
		}
	}
	return sweep.Coded{Codes: column.Codes, To: c.is}
}

// find keeps the first rows of a batch that have the kind, if they may be among the first of all.
func (k *kind) find(codes []uint32, local uint32, first int64) {
	for i := 0; i < len(codes) && (len(k.first) < firstKept || first+int64(i) < k.first[firstKept-1]); i++ {
		if codes[i] == local {
			k.keep(first + int64(i))
		}
	}
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
	Outcomes
	column   string // of ids
	ids      []string
	place    map[string]int
	label    []uint8
	kinds    map[string]bool
	repeated int64
	truth    []float64 // of a task that is not binary
}

// outcomesOf reads them.
func (r *rows) outcomesOf(ctx context.Context) (*outcomes, error) {
	sources, err := r.c.Open(r.c.Labels)
	if err != nil {
		return nil, err
	}
	columns, inputs, err := load(ctx, sources, "labels", []table.Want{{Name: r.c.ID, As: table.Value}, {Name: r.t.Label, As: r.t.labelAs()}})
	if err != nil {
		return nil, err
	}
	r.labelInputs = inputs
	o := &outcomes{column: r.c.ID, ids: columns[0].Texts, place: make(map[string]int, len(columns[0].Texts)), kinds: map[string]bool{}}
	if r.t.Outcomes != nil {
		o.Outcomes = *r.t.Outcomes
	}
	if o.Repeated == "" {
		_, err = uniqueIDs(r.c.Labels, columns[0])
	} else {
		err = present(r.c.Labels, columns[0])
	}
	if err != nil {
		return nil, err
	}
	if r.t.is(Binary) {
		if o.label, err = r.outcomeLabels(columns[1]); err != nil {
			return nil, err
		}
	} else if err := r.truths(o, columns[1]); err != nil {
		return nil, err
	}
	for i, id := range o.ids {
		if o.label[i] == unmatched {
			continue
		}
		if r.t.is(Binary) {
			o.kinds[columns[1].Texts[i]] = true
		}
		if _, met := o.place[id]; met {
			if o.repeated++; o.Repeated == "first" {
				continue
			}
		}
		o.place[id] = i
	}
	return o, nil
}

// outcomeLabels codes the labels; one that is still to come is unmatched, where the terms wait for it.
func (r *rows) outcomeLabels(column table.Column) ([]uint8, error) {
	if !r.t.waits() && r.t.LabelDelay == "" || column.Missing == nil {
		return binary01(r.c.Labels, column, r.t.Positive)
	}
	var known table.Column
	var at []int
	for i, text := range column.Texts {
		if !column.Missing[i] {
			known.Texts, at = append(known.Texts, text), append(at, i)
		}
	}
	known.Name = column.Name
	labels, err := binary01(r.c.Labels, known, r.t.Positive)
	all := slices.Repeat([]uint8{unmatched}, len(column.Texts))
	for k, i := range at {
		all[i] = labels[k]
	}
	return all, err
}

// unmatched is what a row without an outcome has in place of a label.
const unmatched = 2

// of gives rows the labels of their ids. It reuses to.
func (o *outcomes) of(ids []string, to []uint32) []uint32 {
	to = slices.Grow(to[:0], len(ids))[:len(ids)]
	for i, id := range ids {
		to[i] = unmatched
		if at, ok := o.place[id]; ok {
			to[i] = uint32(o.label[at])
		}
	}
	return to
}

// allow refuses more rows without an outcome, or outcomes without a row, than the terms allow. ids are those of the rows that have one and are counted, others
// those of rows that are not; all are the rows that are old enough.
func (o *outcomes) allow(t Terms, file, labels string, alone *faulty, ids, others []string, all int64) (Unmatched, error) {
	e := table.Error{File: file, Column: o.column, Code: "unmatched-rows", What: "%s have no row of the same id in " + strings.ReplaceAll(labels, "%", "%%") + " (first: row %s)"}
	left := Unmatched{Repeated: o.repeated}
	switch {
	case t.waits():
		if err := t.allowMissing(alone, e, all); err != nil {
			return left, err
		}
	case float64(alone.rows) > o.MaxUnmatched*float64(all):
		return left, alone.error(e, all)
	default:
		left.Rows = int64(alone.rows)
	}
	if len(ids) == 0 {
		return left, &table.Error{File: file, Column: o.column, Code: "unmatched-rows", What: "no row has a row of the same id in " + labels}
	}
	used := make([]bool, len(o.label))
	left.Outcomes = int64(len(o.place))
	for _, id := range slices.Concat(ids, others) {
		if at, ok := o.place[id]; ok && !used[at] {
			used[at] = true
			left.Outcomes--
		}
	}
	if float64(left.Outcomes) <= o.MaxUnmatched*float64(len(o.place)) {
		return left, nil
	}
	n, first := firstRows(len(used), func(i int) bool { return !used[i] && o.label[i] != unmatched && o.place[o.ids[i]] == i })
	return left, &table.Error{File: labels, Column: o.column, Code: "unmatched-rows",
		What: fmt.Sprintf("%d of %d rows have no row of the same id in %s (first: row %s)", n, len(o.place), file, first)}
}
