package evaluate

import (
	"fmt"
	"slices"
	"time"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// fate is what becomes of a row.
type fate uint8

const (
	toCount fate = iota
	toWait       // its outcome is still to come: it counts either way, or is known to be of those that were not selected
	toLeave      // too young for its label, or without an outcome where the terms allow to leave it out
)

// sorts says that rows may have other fates than to be counted.
func (r *rows) sorts() bool { return r.outcomes != nil || r.t.waits() || r.delay != nil }

// waits says that rows without an outcome are kept, by prediction.
func (t Terms) waits() bool {
	return t.Outcomes != nil && (t.Outcomes.MaxMissing > 0 || t.Outcomes.KnownFor != "")
}

// sorter decides the fates of one goroutine's rows.
type sorter struct {
	fates   []fate // of a batch's rows; nil: all are counted
	young   []bool
	tooNew  int64     // rows
	gone    []string  // ids of rows that are left out for their age: their outcomes have a row
	waiting []waiters // batch by batch
}

// waiters are some rows without an outcome.
type waiters struct {
	first int64
	rows  sweep.Rows
	ids   []string
}

// sort decides the fates of a batch's rows by their labels, in which those of missing ones are 0 afterwards where they are joined.
func (c *coder) sort(b table.Batch) {
	r, s := c.rows, &c.sorter
	s.fates = nil
	if !r.sorts() {
		return
	}
	s.young = s.young[:0]
	if r.delay != nil {
		s.young = r.delay.young(b.Columns[r.at.time], b.First, &r.wrong.times, s.young)
	}
	lacks := func(int) bool { return false }
	switch {
	case r.outcomes != nil:
		lacks = func(i int) bool { return c.label[i] == unmatched }
	case r.at.label >= 0: // by the code of its text, which is 0 where there is none
		codes, texts := b.Columns[r.at.label].Codes, c.labels.to
		lacks = func(i int) bool { return texts[codes[i]] == 0 }
	}
	without := toWait
	if !r.t.waits() {
		without = toLeave
	}
	for i := range b.Columns[0].Len() {
		f := toCount
		switch {
		case len(s.young) > 0 && s.young[i]:
			f = toLeave
			if s.tooNew++; r.outcomes != nil {
				s.gone = append(s.gone, b.Columns[r.at.id].Texts[i])
			}
		case lacks(i):
			f = without
			r.wrong.noOutcome.add(b.First + int64(i))
		}
		if f != toCount {
			if s.fates == nil {
				s.fates = make([]fate, b.Columns[0].Len())
			}
			if s.fates[i] = f; r.outcomes != nil {
				c.label[i] = 0
			}
		}
	}
}

// matched leaves rows out that are not counted, and keeps those without an outcome.
func (c *coder) matched(in sweep.Rows, first int64) sweep.Rows {
	if c.sorter.fates == nil {
		return in
	}
	of := func(f fate) []int {
		var places []int
		for i, is := range c.sorter.fates {
			if is == f {
				places = append(places, i)
			}
		}
		return places
	}
	if places := of(toWait); len(places) > 0 && c.rows.worthKeeping(len(places)) {
		w := waiters{first: first}
		w.rows, w.ids = pickRows(in, c.ids, places)
		c.sorter.waiting = append(c.sorter.waiting, w)
	}
	in, c.ids = pickRows(in, c.ids, of(toCount))
	return in
}

// worthKeeping says that so many rows more without an outcome are worth keeping: not when there are more than the terms allow, and the rows will be refused.
func (r *rows) worthKeeping(rows int) bool {
	kept := r.waitingRows.Add(int64(rows))
	return r.t.Outcomes.KnownFor != "" || float64(kept) <= r.t.Outcomes.MaxMissing*float64(r.from.Rows)
}

func pickRows(in sweep.Rows, ids []string, places []int) (sweep.Rows, []string) {
	out := sweep.Rows{Score: pick(in.Score, places), Cell: pick(in.Cell, places)}
	for _, xs := range in.Rivals {
		out.Rivals = append(out.Rivals, pick(xs, places))
	}
	for _, xs := range in.Numbers {
		out.Numbers = append(out.Numbers, pick(xs, places))
	}
	if ids != nil {
		ids = pick(ids, places)
	}
	return out, ids
}

// gatherWaiting brings together what the goroutines sorted out, in the file's order.
func (r *rows) gatherWaiting(coders []*coder) {
	var all []waiters
	for _, c := range coders {
		all = append(all, c.sorter.waiting...)
		r.tooNew += c.sorter.tooNew
		r.gone = append(r.gone, c.sorter.gone...)
	}
	slices.SortFunc(all, func(a, b waiters) int { return int(a.first - b.first) })
	r.waiting = sweep.Rows{Numbers: make([][]float64, len(r.numbers))}
	for _, w := range all {
		r.waiting = joinRows(r.waiting, w.rows)
		r.waitingIDs = append(r.waitingIDs, w.ids...)
	}
	if !r.sorts() {
		return
	}
	n := int64(0) // rows stand one behind the other, without those that are left out
	for i := range r.blocks {
		r.blocks[i].first = n
		n += int64(len(r.blocks[i].low))
	}
}

// judgeWaiting refuses more rows without an outcome than the terms allow, and rows of which none is old enough or has one; n is all rows.
func (r *rows) judgeWaiting(n int64) error {
	if !r.sorts() {
		return nil
	}
	old := n - r.tooNew
	if old == 0 {
		return &table.Error{File: r.file, Column: r.t.Time, Code: "all-young",
			What: fmt.Sprintf("all %d rows are younger than %s at %s: no label is due", n, r.t.LabelDelay, r.delay.asOf.UTC().Format(time.RFC3339))}
	}
	left := Unmatched{}
	if r.outcomes != nil {
		var err error
		if left, err = r.outcomes.allow(r.t, r.file, r.c.Labels, &r.wrong.noOutcome, r.ids, slices.Concat(r.waitingIDs, r.gone), old); err != nil {
			return err
		}
	} else if err := r.t.allowMissing(&r.wrong.noOutcome, table.Error{File: r.file, Column: r.t.Label, Code: "missing-values", What: noValue}, old); err != nil {
		return err
	}
	if r.known = int(old) - r.wrong.noOutcome.rows; r.known == 0 {
		return &table.Error{File: r.file, Column: r.t.Label, Code: "missing-values", What: fmt.Sprintf("none of %d rows has an outcome", old)}
	}
	left.Young = r.tooNew
	if left != (Unmatched{}) {
		r.leftOut = &left
	}
	return nil
}

// allowMissing refuses more rows without an outcome than the terms allow, of all that are old enough.
func (t Terms) allowMissing(without *faulty, e table.Error, all int64) error {
	o := t.Outcomes
	if t.waits() && (o.KnownFor != "" || float64(without.rows) <= o.MaxMissing*float64(all)) {
		return nil
	}
	if t.waits() {
		e.What += fmt.Sprintf(", more than the max_missing of %v", o.MaxMissing)
	}
	return without.error(e, all)
}

// checkOutcomes finds what is wrong with what is allowed of outcomes.
func (t *Terms) checkOutcomes(d *schema.Document, tell func(p schema.Position, code, message, suggest string)) {
	switch o := t.Outcomes; {
	case o == nil:
	case t.waits() && !t.is(Binary):
		tell(d.KeyAt("outcomes"), "other-task", fmt.Sprintf("outcomes that are still to come are counted for a binary task, and this one is %s", t.Kind()), "")
	case o.MaxMissing > 0 && o.KnownFor != "":
		tell(d.At("outcomes", "max_missing"), "bad-outcomes", "rows without an outcome either count both ways, up to `max_missing`, or are of those that were not selected: one of the two", "")
	case o.KnownFor != "" && o.KnownFor != Selected:
		tell(d.At("outcomes", "known_for"), "bad-outcomes", fmt.Sprintf("%q: outcomes may be known for the selected only", o.KnownFor), Selected)
	}
}

// sweepWaiting counts the rows without an outcome by what is predicted, in every slice, and puts that beside the others.
func (r *rows) sweepWaiting(s *swept, plan sweep.Plan) error {
	if len(r.waiting.Cell) == 0 {
		return nil
	}
	tally := sweep.New(sweep.Plan{Combinations: plan.Combinations, Dimensions: plan.Dimensions, Sizes: plan.Sizes, Cuts: plan.Cuts})
	if err := tally.Add(sweep.Rows{Score: r.waiting.Score, Cell: r.waiting.Cell}); err != nil {
		return err
	}
	overall, along, err := tally.Close()
	if err != nil {
		return err
	}
	s.overall.Pending = sweep.PendingOf(overall)
	for d := range along {
		for i := range along[d] {
			s.slices[d][i].Pending = sweep.PendingOf(along[d][i])
		}
	}
	return nil
}

// due is the batch with truths in which rows that are left out have one: it may still be missing, and nobody looks at it.
func (s *sorter) due(b table.Batch, at int) table.Batch {
	b.Columns = slices.Clone(b.Columns)
	column := &b.Columns[at]
	column.Numbers, column.Missing, column.Codes = slices.Clone(column.Numbers), slices.Clone(column.Missing), slices.Clone(column.Codes)
	for i, f := range s.fates {
		if f == toCount {
			continue
		}
		if column.Numbers != nil {
			column.Numbers[i] = 0
		}
		if column.Missing != nil {
			column.Missing[i] = false
		}
		if column.Codes != nil && len(column.Dictionary) > 0 {
			column.Codes[i] = 0
		}
	}
	return b
}
