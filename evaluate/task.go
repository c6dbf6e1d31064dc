package evaluate

import (
	"context"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// Task is what a model does with a row: `task:` of the terms.
type Task string

// Tasks.
const (
	Binary Task = "binary" // predicts one of two classes, by a score
)

// Of says that a task has the metric.
func (m Metric) Of(task Task) bool {
	if task == "" {
		task = Binary
	}
	if len(m.Tasks) == 0 {
		return task == Binary || m.Latency
	}
	return slices.Contains(m.Tasks, task)
}

// Shown are the metrics that are computed where nobody names any: all that the task has, and those of latencies where there is a column of these.
func Shown(c Config, t Terms) []string {
	var names []string
	for _, m := range Metrics() {
		if m.Of(Task(t.Task)) && (!m.Latency || c.Latency != "") {
			names = append(names, m.Name)
		}
	}
	return names
}

// number is a column of numbers that is read beside the score.
type number struct {
	column string
	is     role
}

// role is what a column of numbers is.
type role uint8

const latencies role = iota

// numbers are the columns of numbers beside the score.
func (c Config) numbers() []number {
	var all []number
	if c.Latency != "" {
		all = append(all, number{c.Latency, latencies})
	}
	return all
}

// place is where a column stands among the numbers; −1: it is not read.
func (r *rows) place(is role) int {
	return slices.IndexFunc(r.numbers, func(n number) bool { return n.is == is })
}

// checkNumbers counts numbers that are missing, not finite, or below what they can be.
func (c *coder) checkNumbers(b table.Batch) {
	for i, n := range c.rows.numbers {
		w, at := &c.rows.wrong.numbers[i], c.rows.at.numbers[i]
		checkScores(b, at, &w.missing, &w.nan, &w.infinite)
		if n.is == latencies {
			for k, x := range b.Columns[at].Numbers {
				if x < 0 {
					w.negative.add(b.First + int64(k))
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
	if len(in.Numbers) == 0 {
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
	columns []countedColumn
	rooms   [][][]float64
}

// countedColumn is a column of numbers that is counted: what is found of it goes to a slice's Stats.
type countedColumn struct {
	sweep.Number
	of func(in sweep.Rows, room []float64) []float64 // its numbers; room may be used for them
	to func(*sweep.Stats, *sweep.Summary)
}

// beside says what is counted for some metrics.
func (r *rows) beside(named []Named, dimensions []coded) *beside {
	b := &beside{rows: r, rooms: make([][][]float64, r.workers)}
	if at := r.place(latencies); at >= 0 && slices.ContainsFunc(named, func(m Named) bool { return m.Latency }) {
		c := countedColumn{Number: sweep.Number{Name: r.c.Latency, Quantiles: latencyQuantiles(named)},
			of: func(in sweep.Rows, _ []float64) []float64 { return in.Numbers[at] },
			to: func(s *sweep.Stats, sum *sweep.Summary) { s.Latency = sum }}
		b.columns = append(b.columns, c)
	}
	if len(b.columns) == 0 {
		return nil
	}
	plan := sweep.NumbersPlan{Combinations: len(r.combinations.List())}
	for _, d := range dimensions {
		plan.Dimensions, plan.Sizes = append(plan.Dimensions, d.of), append(plan.Sizes, len(d.groups))
	}
	samples := make([][]float64, len(b.columns))
	for k, c := range b.columns {
		plan.Numbers = append(plan.Numbers, c.Number)
		samples[k] = c.of(r.sample, nil)
	}
	b.numbers = sweep.NewNumbers(plan, samples, r.workers)
	for i := range b.rooms {
		b.rooms[i] = make([][]float64, len(b.columns))
	}
	return b
}

// add counts rows.
func (b *beside) add(worker int, in sweep.Rows) error {
	if b == nil {
		return nil
	}
	return b.numbers.Add(worker, in.Cell, b.values(worker, in))
}

// values are the columns that are counted.
func (b *beside) values(worker int, in sweep.Rows) [][]float64 {
	all := make([][]float64, len(b.columns))
	for k, c := range b.columns {
		room := b.rooms[worker][k]
		if cap(room) < len(in.Cell) {
			room = make([]float64, len(in.Cell))
			b.rooms[worker][k] = room
		}
		all[k] = c.of(in, room[:len(in.Cell)])
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
		if err != nil {
			return err
		}
	}
	overall, slices, err := b.numbers.Close()
	if err != nil {
		return err
	}
	put := func(to *sweep.Stats, from *sweep.NumbersOf) {
		for k, c := range b.columns {
			c.to(to, &from.Columns[k])
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
