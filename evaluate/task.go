package evaluate

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Task is what a model does with a row: `task:` of the terms.
type Task string

// Tasks.
const (
	Binary     Task = "binary"     // predicts one of two classes, by a score
	Regression Task = "regression" // predicts a number
	Multiclass Task = "multiclass" // predicts one of several classes, or gives each a score
	Scores     Task = "scores"     // a binary task's scores of rows whose outcome nobody knows (yet): whom they select, and how they lie
)

// Kind is the task; none is a binary one.
func (t Terms) Kind() Task {
	if t.Task == "" {
		return Binary
	}
	return Task(t.Task)
}

func (t Terms) is(task Task) bool { return t.Kind() == task }

// Of says that a task has the metric.
func (m Metric) Of(task Task) bool {
	if len(m.Tasks) == 0 {
		return task == Binary || m.Latency
	}
	return slices.Contains(m.Tasks, task)
}

// Shown are the metrics that are computed where nobody names any: all that the task has, but those that say little beside others, and those of
// columns that there are not.
func Shown(c Config, t Terms) []string {
	var names []string
	if c.Reported != "" { // all that the file has
		return nil
	}
	for _, m := range Metrics() {
		if t.is(Multiclass) && slices.Contains([]string{recall.Name, precision.Name, f1.Name}, m.Name) {
			names = append(names, m.Name+"@class=*")
		}
		if m.Of(t.Kind()) && (!m.asked || m.Name == scoringRate.Name && t.is(Scores) && len(t.Groups) > 0) && (!m.Latency || c.Latency != "") && (!m.intervals || c.Lower != "") {
			names = append(names, m.Name)
		}
	}
	return names
}

// number is a column of numbers that is read beside the score.
type number struct {
	column string
	as     table.As
	is     role
	joined bool // in the file of labels, by id
}

// role is what a column of numbers is.
type role uint8

const (
	latencies   role = iota
	truths           // of a task that is not binary
	predictions      // classes
	classScores      // one a class, in their order
	rivalCalls       // classes that another version predicts
	lowers           // ends of prediction intervals
	uppers
)

// numbers are the columns of numbers beside the score.
func (c Config) numbers(t Terms) []number {
	var all []number
	if t.is(Regression) {
		all = append(all, number{column: t.Label, as: t.labelAs(), is: truths, joined: c.Labels != ""})
		if c.Lower != "" {
			all = append(all, number{column: c.Lower, is: lowers}, number{column: c.Upper, is: uppers})
		}
	}
	if t.is(Multiclass) {
		all = append(all, number{column: t.Label, as: t.labelAs(), is: truths, joined: c.Labels != ""})
		if c.Prediction != "" {
			all = append(all, number{column: c.Prediction, as: table.Code, is: predictions})
		}
		for _, class := range c.scored() {
			all = append(all, number{column: c.Scores[class], is: classScores})
		}
	}
	if c.Latency != "" {
		all = append(all, number{column: c.Latency, is: latencies})
	}
	return all
}

// labelAs is how a label is read.
func (t Terms) labelAs() table.As {
	switch t.Kind() {
	case Regression:
		return table.Number
	case Multiclass:
		return table.Code
	}
	return table.Value
}

// numbers are a batch's, valid until the next.
func (c *coder) numbers(b table.Batch) [][]float64 {
	var all [][]float64
	for len(c.rooms) < len(c.rows.numbers) {
		c.rooms, c.recode = append(c.rooms, nil), append(c.recode, recode{of: c.rows.labels})
	}
	for k, n := range c.rows.numbers {
		if !n.joined {
			column := b.Columns[c.rows.at.numbers[k]]
			if n.as == table.Code {
				c.rooms[k] = c.recode[k].numbers(column, c.rooms[k])
				column.Numbers = c.rooms[k]
			}
			all = append(all, column.Numbers)
			continue
		}
		ids := b.Columns[c.rows.at.id].Texts
		c.rooms[k] = slices.Grow(c.rooms[k][:0], len(ids))[:len(ids)]
		for i, id := range ids {
			at, ok := c.rows.outcomes.place[id]
			if c.rooms[k][i] = 0; ok { // a row without one is left out, or refused
				c.rooms[k][i] = c.rows.outcomes.truth[at]
			}
		}
		all = append(all, c.rooms[k])
	}
	return all
}

// unlabelled is the label of a task without positive rows.
func (c *coder) unlabelled(b table.Batch) sweep.Coded {
	n := b.Columns[0].Len()
	c.none = slices.Grow(c.none[:0], n)[:n]
	return sweep.Coded{Codes: c.none, To: []uint32{0}}
}

// truths reads the labels of a file of their own.
func (r *rows) truths(o *outcomes, column table.Column) error {
	o.label = make([]uint8, column.Len())
	if r.t.is(Multiclass) {
		codes := recode{of: r.labels}
		o.truth = codes.numbers(column, nil)
		if n, first := firstRows(len(o.truth), func(i int) bool { return o.truth[i] == 0 }); n > 0 {
			return &table.Error{File: r.c.Labels, Column: column.Name, Code: "missing-values", What: fmt.Sprintf(noValue, fmt.Sprintf("%d of %d rows", n, len(o.truth)), first)}
		}
		return nil
	}
	if err := finite(r.c.Labels, column); err != nil {
		return err
	}
	o.truth = column.Numbers
	return nil
}

// truth are all rows' truths, of rows that are kept, as whole numbers that tell them apart.
func (r *rows) truth() func(i int) uint64 {
	all, code := r.flat().Numbers[r.place(truths)], r.codeOf()
	return func(i int) uint64 { return code(all[i]) }
}

// codeOf tells a truth from others: a class by its place, a number by its bits. −0 is 0.
func (r *rows) codeOf() func(truth float64) uint64 {
	if r.t.is(Multiclass) {
		return func(truth float64) uint64 { return uint64(r.classOf[int(truth)]) }
	}
	return func(truth float64) uint64 { return math.Float64bits(truth + 0) }
}

// ordered starts the digest of rows without ids.
func (r *rows) ordered() *orderedDataset {
	d := newOrderedDataset(int64(r.n), r.groupTexts(), r.combinations.List())
	if r.t.is(Scores) {
		d.header = append(d.header, "without labels\n"...)
	}
	if len(r.waiting.Cell) > 0 {
		d.header = append(d.header, "and rows whose labels are still to come\n"...)
		for _, cell := range r.waiting.Cell {
			d.header = binary.LittleEndian.AppendUint32(d.header, d.canonical[cell])
		}
	}
	if at := r.place(truths); at >= 0 {
		d.truth, d.code = at, r.codeOf()
		d.header = append(d.header, "truths of a "+string(r.t.Kind())+" task\n"+strings.Join(r.classes, "\n")...)
	}
	return d
}

// datasetOfIDs is the digest of the rows' ids and labels.
func (r *rows) datasetOfIDs() evidence.Digest {
	if r.place(truths) < 0 {
		if r.t.is(Scores) {
			return datasetOfIDs(r.ids, func(int) uint8 { return unmatched })
		}
		cells := r.flat().Cell
		return datasetOfIDs(slices.Concat(r.ids, r.waitingIDs), func(i int) uint8 {
			if i >= len(cells) {
				return unmatched
			}
			return uint8(cells[i] & 1)
		})
	}
	truth := r.truth()
	header := fmt.Sprintf("gatecard %s dataset v1 %d\n%s\n", r.t.Kind(), len(r.ids), strings.Join(r.classes, "\n"))
	return digestOfIDs(header, r.ids, func(b []byte, i int) []byte { return binary.LittleEndian.AppendUint64(b, truth(i)) })
}

// Fits finds what a task needs of the data and has not.
func (c Config) Fits(t Terms, d *schema.Document) error {
	var ps schema.Problems
	tell := func(p schema.Position, code, message string) {
		ps = append(ps, schema.Problem{Position: p, Code: code, Message: message})
	}
	if !slices.Contains(tasks(), t.Kind()) {
		tell(d.At("task"), "unknown-task", fmt.Sprintf("%q is no task: they are %s", t.Task, strings.Join(taskNames(), ", ")))
	}
	if c.Reported != "" {
		return schema.Join(ps)
	}
	if t.is(Regression) {
		if c.Score == "" {
			tell(d.At("data"), "missing-key", `the "data" of a regression need a "score" column: the predicted number`)
		}
		if c.Prediction != "" {
			tell(d.At("data", "prediction"), "other-task", `the prediction of a regression is its "score": leave "prediction" out`)
		}
	}
	if t.is(Scores) {
		if c.Score == "" {
			tell(d.At("data"), "missing-key", `the "data" of a task of scores need a "score" column`)
		}
		for key, value := range map[string]string{"prediction": c.Prediction, "labels": c.Labels} {
			if value != "" {
				tell(d.At("data", key), "other-task", fmt.Sprintf("a task of scores has no %q", key))
			}
		}
	}
	if t.is(Multiclass) {
		if c.Score != "" {
			tell(d.At("data", "score"), "other-task", `a multiclass model has a score of each class: write "scores: {CLASS: COLUMN, …}"`)
		}
		if c.Prediction == "" && len(c.Scores) == 0 {
			tell(d.At("data"), "missing-key", `the "data" of a multiclass task need a "prediction" column, "scores" of each class, or both`)
		}
	} else if len(c.Scores) > 0 {
		tell(d.At("data", "scores"), "other-task", `"scores" of each class are of a multiclass task: this one has a "score"`)
	}
	if c.Lower != "" || c.Upper != "" {
		if !t.is(Regression) {
			tell(d.At("data"), "other-task", `"lower" and "upper" are the ends of a regression's prediction intervals`)
		} else if c.Lower == "" || c.Upper == "" {
			tell(d.At("data"), "missing-key", `a prediction interval has two ends: "lower" and "upper"`)
		}
	}
	return schema.Join(ps)
}

func tasks() []Task { return []Task{Binary, Regression, Multiclass, Scores} }

func taskNames() []string {
	var names []string
	for _, t := range tasks() {
		names = append(names, string(t))
	}
	return names
}

// place is where a column stands among the numbers; −1: it is not read.
func (r *rows) place(is role) int {
	return slices.IndexFunc(r.numbers, func(n number) bool { return n.is == is })
}

// checkNumbers counts numbers that are missing, not finite, or below what they can be.
func (c *coder) checkNumbers(b table.Batch) {
	for i, n := range c.rows.numbers {
		w, at := &c.rows.wrong.numbers[i], c.rows.at.numbers[i]
		if n.joined {
			continue
		}
		if n.is == truths && c.sorter.fates != nil {
			b = c.sorter.due(b, at)
		}
		if n.as == table.Code {
			for k, code := range b.Columns[at].Codes {
				if int(code) == len(b.Columns[at].Dictionary) {
					w.missing.add(b.First + int64(k))
				}
			}
			continue
		}
		checkScores(b, at, &w.missing, &w.nan, &w.infinite)
		if n.is == latencies {
			for k, x := range b.Columns[at].Numbers {
				if x < 0 {
					w.negative.add(b.First + int64(k))
				}
			}
		}
		if n.is == uppers {
			lower := b.Columns[c.rows.at.numbers[c.rows.place(lowers)]].Numbers
			for k, x := range b.Columns[at].Numbers {
				if x < lower[k] {
					w.crossed.add(b.First + int64(k))
				}
			}
		}
	}
}

// judgeNumbers says what is wrong with the numbers.
func (r *rows) judgeNumbers() error {
	for i, n := range r.numbers {
		w := &r.wrong.numbers[i]
		if err := judgeScores(r.file, n.column, int64(r.n), &w.missing, &w.nan, &w.infinite); err != nil {
			return err
		}
		if err := w.crossed.error(table.Error{File: r.file, Column: n.column, Code: "bad-interval", What: "%s have an upper end below the lower one (first: row %s)"}, int64(r.n)); err != nil {
			return err
		}
		if err := w.negative.error(table.Error{File: r.file, Column: n.column, Code: "negative-latency", What: "%s took less than no time (first: row %s)"}, int64(r.n)); err != nil {
			return err
		}
	}
	return nil
}

// looked is how many rows of a batch are kept as a sample.
const looked = 128

// look keeps some rows of a batch.
func (c *coder) look(in sweep.Rows) {
	if len(in.Numbers) == 0 && !c.rows.t.is(Scores) && !c.rows.sampled {
		return
	}
	var some sweep.Rows
	some.Numbers = make([][]float64, len(in.Numbers))
	for i := 0; i < len(in.Cell); i += max(1, len(in.Cell)/looked) {
		some.Score, some.Cell = append(some.Score, in.Score[i]), append(some.Cell, in.Cell[i])
		for k, xs := range in.Numbers {
			some.Numbers[k] = append(some.Numbers[k], xs[i])
		}
	}
	c.sample = joinRows(c.sample, some)
}

// joinRows are the rows of both, without rivals.
func joinRows(a, b sweep.Rows) sweep.Rows {
	if len(a.Numbers) < len(b.Numbers) {
		a.Numbers = make([][]float64, len(b.Numbers))
	}
	a.Score, a.Cell = append(a.Score, b.Score...), append(a.Cell, b.Cell...)
	for k, xs := range b.Numbers {
		a.Numbers[k] = append(a.Numbers[k], xs...)
	}
	return a
}

// beside is what is counted of the rows beside what a [sweep.Tally] counts. A nil one counts nothing.
type beside struct {
	rows    *rows
	numbers *sweep.Numbers
	parts   []part
	rooms   [][][]float64
	classes *classCount // nil: the task is another
}

// part is something that is counted of columns of numbers, and put into a slice's Stats.
type part struct {
	columns  []sweep.Number
	products [][2]int
	of       func(in sweep.Rows, rooms [][]float64) // fills in a batch's numbers; a room may be put in place of another
	to       func(*sweep.Stats, *sweep.NumbersOf)
}

// beside says what is counted for some metrics.
func (r *rows) beside(named []Named, dimensions []coded) *beside {
	b := &beside{rows: r, rooms: make([][][]float64, r.workers)}
	if r.t.is(Regression) {
		b.parts = append(b.parts, r.regression(named))
	}
	if at := r.place(latencies); at >= 0 && slices.ContainsFunc(named, func(m Named) bool { return m.Latency }) {
		b.parts = append(b.parts, part{columns: []sweep.Number{{Name: r.c.Latency, Quantiles: latencyQuantiles(named)}},
			of: func(in sweep.Rows, rooms [][]float64) { rooms[0] = in.Numbers[at] },
			to: func(s *sweep.Stats, n *sweep.NumbersOf) { s.Latency = &n.Columns[0] }})
	}
	if r.t.is(Scores) {
		b.parts = append(b.parts, part{columns: []sweep.Number{{Name: r.c.Score, Quantiles: scoreQuantiles(named), Above: ranked(named)}},
			of: func(in sweep.Rows, rooms [][]float64) { rooms[0] = in.Score },
			to: func(s *sweep.Stats, n *sweep.NumbersOf) {
				if s.Scores = &n.Columns[0]; ranked(named) {
					s.Above = &n.Columns[0].Above
				}
			}})
	}
	if r.t.is(Binary) && r.scored && ranked(named) {
		b.parts = append(b.parts, part{columns: []sweep.Number{{Name: r.c.Score, Above: true}},
			of: func(in sweep.Rows, rooms [][]float64) { rooms[0] = in.Score },
			to: func(s *sweep.Stats, n *sweep.NumbersOf) { s.Above = &n.Columns[0].Above }})
	}
	if r.t.is(Multiclass) {
		b.classes = r.countClasses(named, dimensions)
	}
	if len(b.parts) == 0 && b.classes == nil {
		return nil
	}
	b.start(dimensions, r.sample)
	return b
}

// start makes the plan of all parts.
func (b *beside) start(dimensions []coded, sample sweep.Rows) {
	plan := sweep.NumbersPlan{Combinations: len(b.rows.combinations.List())}
	for _, d := range dimensions {
		plan.Dimensions, plan.Sizes = append(plan.Dimensions, d.of), append(plan.Sizes, len(d.groups))
	}
	for _, p := range b.parts {
		for _, pair := range p.products {
			plan.Products = append(plan.Products, [2]int{len(plan.Numbers) + pair[0], len(plan.Numbers) + pair[1]})
		}
		plan.Numbers = append(plan.Numbers, p.columns...)
	}
	for i := range b.rooms {
		b.rooms[i] = make([][]float64, len(plan.Numbers))
	}
	b.numbers = sweep.NewNumbers(plan, b.values(0, sample), len(b.rooms))
}

// add counts rows.
func (b *beside) add(worker int, in sweep.Rows) error {
	if b == nil {
		return nil
	}
	if err := b.classes.add(worker, in); err != nil {
		return err
	}
	return b.numbers.Add(worker, in.Cell, b.values(worker, in))
}

// values are the columns that are counted, valid until the next rows.
func (b *beside) values(worker int, in sweep.Rows) [][]float64 {
	rooms, n := b.rooms[worker], len(in.Cell)
	all := make([][]float64, len(rooms))
	for k := range rooms {
		rooms[k] = slices.Grow(rooms[k][:0], n)[:n]
		all[k] = rooms[k]
	}
	at := 0
	for _, p := range b.parts {
		p.of(in, all[at:at+len(p.columns)])
		at += len(p.columns)
	}
	return all
}

// finish reads the rows once more where order statistics need it, and puts what was found into the slices.
func (b *beside) finish(ctx context.Context, s *swept) error {
	if b == nil {
		return nil
	}
	if b.numbers.Again() {
		err := b.rows.each(ctx, func(worker int, _ int64, in sweep.Rows) error {
			return b.numbers.Collect(worker, in.Cell, b.values(worker, in))
		})
		if waiting := b.rows.waiting; err == nil && len(waiting.Cell) > 0 {
			err = b.numbers.Collect(0, waiting.Cell, b.values(0, waiting))
		}
		if err != nil {
			return err
		}
	}
	b.classes.finish(b.rows, s)
	overall, slices, err := b.numbers.Close()
	if err != nil {
		return err
	}
	put := func(to *sweep.Stats, from *sweep.NumbersOf) {
		columns, products := 0, 0
		for _, p := range b.parts {
			p.to(to, from.Part(columns, len(p.columns), products, len(p.products)))
			columns, products = columns+len(p.columns), products+len(p.products)
		}
	}
	put(&s.overall, &overall)
	for d := range slices {
		for i := range slices[d] {
			put(&s.slices[d][i], &slices[d][i])
		}
	}
	return nil
}

// notNegative is where a number must lie that is neither negative nor infinite.
var notNegative = [2]float64{0, math.Inf(1)}

// checkTask fills in what a task leaves out, and finds what is of another.
func (t *Terms) checkTask(d *schema.Document, tell func(p schema.Position, code, message, suggest string)) {
	if t.Threshold == nil && (t.is(Binary) || t.is(Scores)) {
		half := 0.5
		t.Threshold = &half
	}
	if t.is(Binary) {
		if t.Positive == "" {
			t.Positive = "1"
		}
		return
	}
	for _, key := range []struct {
		name string
		is   bool
	}{{"positive", t.Positive != ""}, {"threshold", t.Threshold != nil && !t.is(Scores)}, {"prevalence", t.Prevalence != nil}, {"label", t.Label != "" && t.is(Scores)}} {
		if key.is {
			tell(d.KeyAt(key.name), "other-task", fmt.Sprintf("%q is of a binary task, and this one is %s", key.name, t.Task), "")
		}
	}
}
