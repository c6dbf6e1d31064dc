package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
)

// rows are the evaluation dataset as the terms read it. They are read once, by several goroutines, to be checked and coded; what was coded is kept where
// there is room, and else read again when it is counted.
type rows struct {
	c    Config
	t    Terms
	file string
	n    int
	from *table.Table

	want      []table.Want
	at        roles
	groupings []grouping
	rivals    []string   // columns of the rows themselves with other versions' scores
	measured  []measured // columns whose drift is measured
	across    *divided   // and dimensions in whose groups it is
	numbers   []number   // columns of numbers beside the score
	classes   []string   // of a multiclass task, in order
	classOf   []uint16   // by the code of their label
	ranked    bool       // and areas under their ROC curves are wanted
	outcomes  *outcomes  // labels of a file of their own; nil: they are a column
	labels    *dictionary
	calls     *dictionary // predictions

	combinations sweep.Combinations
	scored       bool
	scoreType    table.Type
	scout        sweep.Scout
	coded        []*coder // of each goroutine

	blocks      []block // by first row, where there was room
	kept        keeping
	done        atomic.Int64 // rows, of those being read or counted
	ids         []string     // nil: no id column
	inputs      []evidence.Input
	labelInputs []evidence.Input
	leftOut     *Unmatched
	delay       *delayed   // nil: rows of any age count
	waiting     sweep.Rows // without an outcome, in the file's order
	waitingIDs  []string
	waitingRows atomic.Int64
	tooNew      int64    // rows, of those left out
	gone        []string // their ids, where outcomes are in a file of their own
	known       int      // rows that are counted, where others are not
	wrong       rowFaults
	sample      sweep.Rows // some rows
	sampled     bool       // some metric is of the scores' order
	workers     int
}

// keeping is what is kept of the rows for the second reading.
type keeping struct {
	cells, all bool
	scores     int64 // of so many rows, the first ones; and their numbers
}

// block is some rows, coded and kept.
type block struct {
	first  int64     // from 0
	score  []float64 // nil: read again
	low    []uint16  // of the cells
	high   []uint16  // nil: all are 0
	ids    []string
	rivals [][]float64

	numbers [][]float64
}

// rowFaults are what rows may have wrong.
type rowFaults struct {
	noScore, nan, infinite, contradicts, noOutcome, noID faulty
	decisions                                            faulty // of classes
	times                                                timeFaults
	rivals, numbers                                      []faultyScores
}

// faultyScores are those of a rival's column.
type faultyScores struct{ missing, nan, infinite, negative, crossed faulty }

// others are the columns that are read beside the dataset's own.
type others struct {
	rivals []string
	drift  []measured
	across func(*rows) *divided // nil: drift is not measured in groups
	named  []Named              // that are wanted
}

// read reads the rows: label, id, score, prediction, groups, and each column that others ask for. The caller closes them.
func read(ctx context.Context, c Config, t Terms, o others) (*rows, error) {
	r := &rows{c: c, t: t, file: c.Path, groupings: t.groupings(), rivals: o.rivals, measured: o.drift, workers: c.workers(), sampled: ranked(o.named), scored: c.Score != "",
		labels: newDictionary(), calls: newDictionary()}
	r.wrong.rivals = make([]faultyScores, len(o.rivals))
	r.numbers = c.numbers(t)
	if t.is(Multiclass) { // whose rivals have classes
		for _, name := range r.rivals {
			r.numbers = append(r.numbers, number{column: name, as: table.Code, is: rivalCalls})
		}
		r.rivals = nil
	}
	r.wrong.numbers = make([]faultyScores, len(r.numbers))
	sources, err := c.Open(c.Path)
	if err != nil {
		return nil, err
	}
	if len(sources) == 1 {
		r.file = sources[0].Name
	}
	if r.from, err = table.OpenAll(ctx, sources); err != nil {
		return nil, err
	}
	if c.Labels != "" {
		if r.outcomes, err = r.outcomesOf(ctx); err != nil {
			r.close()
			return nil, err
		}
	}
	for i, m := range r.measured {
		if at := slices.Index(r.from.Names, m.want.Name); at >= 0 {
			r.measured[i].typ = r.from.Types[at]
		}
	}
	if o.across != nil {
		r.across = o.across(r)
	}
	if r.delay, err = r.delayOf(ctx); err != nil {
		r.close()
		return nil, err
	}
	if err := r.rankClasses(o.named); err != nil {
		r.close()
		return nil, err
	}
	r.at = r.roles()
	if err := r.first(ctx); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *rows) close() { _ = r.from.Close() }

func (c Config) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Bytes of rows that are kept, or counted in memory, where nobody says.
const (
	defaultMemory = 4 << 30
	keptCheap     = 96 << 20 // of files that cost little to read again
)

func (c Config) memory() int64 {
	if c.Memory > 0 {
		return c.Memory
	}
	return defaultMemory
}

// Bytes of a kept row: its cell, and with that its score. Ids and other numbers are more.
const (
	cellBytes = 2
	keptBytes = cellBytes + 8
)

// keep decides what is kept. Of typed files whose rows do not fit, cells come first: to make them again costs more than to read scores again.
func (r *rows) keep() keeping {
	n, room, numbers := r.from.Rows, r.room(), 8*int64(len(r.numbers))
	switch {
	case r.mustKeep() || n <= room/(keptBytes+numbers):
		return keeping{cells: true, all: true, scores: n}
	case !r.scored || !r.from.Cheap() || n > room/cellBytes:
		return keeping{}
	}
	return keeping{cells: true, scores: (room - cellBytes*n) / (keptBytes - cellBytes + numbers)}
}

// room is how many bytes of rows are kept for the second reading.
func (r *rows) room() int64 {
	if r.c.Memory == 0 && r.from.Cheap() {
		return keptCheap
	}
	return r.c.memory() / 2
}

// roles are where the columns that are read stand in a batch; -1: not read.
type roles struct {
	id, label, score, call int
	time                   int
	groups, rivals, drift  []int
	numbers                []int
}

func (r *rows) roles() roles {
	ask := func(w table.Want) int {
		if w.Name == "" {
			return -1
		}
		i := slices.Index(r.want, w)
		if i < 0 {
			i = len(r.want)
			r.want = append(r.want, w)
		}
		return i
	}
	at := roles{label: -1}
	at.id = ask(table.Want{Name: r.c.ID, As: table.Value})
	if at.time = -1; r.delay != nil {
		at.time = ask(table.Want{Name: r.t.Time, As: table.Value})
	}
	if r.outcomes == nil && r.t.is(Binary) {
		at.label = ask(table.Want{Name: r.t.Label, As: table.Code})
	}
	at.score = ask(table.Want{Name: r.c.Score, As: table.Number})
	if at.call = -1; r.t.is(Binary) {
		at.call = ask(table.Want{Name: r.c.Prediction, As: table.Code})
	}
	for _, g := range r.groupings {
		at.groups = append(at.groups, ask(g.want()))
	}
	for _, name := range r.rivals {
		at.rivals = append(at.rivals, ask(table.Want{Name: name, As: table.Number}))
	}
	for _, d := range r.measured {
		at.drift = append(at.drift, ask(d.want))
	}
	for _, n := range r.numbers {
		if n.joined {
			n.column = ""
		}
		at.numbers = append(at.numbers, ask(table.Want{Name: n.column, As: n.as}))
	}
	return at
}

// coder codes one goroutine's batches.
type coder struct {
	rows     *rows
	combiner *sweep.Combiner
	labels   classes
	calls    classes
	values   []recode
	bins     [][]uint32
	groups   []sweep.Coded
	label    []uint32 // of outcomes
	call     sweep.Coded
	cell     []uint32
	score    []float64
	ids      []string

	sorter sorter

	// of the first reading only
	scout   sweep.Scout
	meters  []*meter
	grouper *grouper
	blocks  []block
	sample  sweep.Rows

	// of the columns of numbers
	met    met
	rooms  [][]float64
	recode []recode // of those that are codes of classes
	none   []uint32 // zeros
}

func (r *rows) coders() []*coder {
	all := make([]*coder, r.workers)
	for i := range all {
		c := &coder{rows: r, combiner: r.combinations.Combiner(),
			labels: classes{recode: recode{of: r.labels}, positive: r.t.Positive}, calls: classes{recode: recode{of: r.calls}, positive: r.t.Positive},
			values: make([]recode, len(r.groupings)), bins: make([][]uint32, len(r.groupings)), groups: make([]sweep.Coded, len(r.groupings)),
			meters: meters(r.measured, r.c, r.t), grouper: r.across.grouper()}
		for k, g := range r.groupings {
			c.values[k].of = g.values
		}
		all[i] = c
	}
	return all
}

// code gives a batch's scores and cells, which are valid until the next.
func (c *coder) code(b table.Batch) sweep.Rows {
	r := c.rows
	for k, g := range r.groupings {
		c.groups[k], c.bins[k] = g.coded(b.Columns[r.at.groups[k]], &c.values[k], c.bins[k])
	}
	var label sweep.Coded
	if r.outcomes != nil {
		c.label = r.outcomes.of(b.Columns[r.at.id].Texts, c.label)
		label.Codes = c.label
	} else if !r.t.is(Binary) {
		label = c.unlabelled(b)
	} else {
		label = c.labels.column(b.Columns[r.at.label], b.First)
	}
	if r.at.call >= 0 {
		c.call = c.calls.column(b.Columns[r.at.call], b.First)
	} else if !r.scored {
		c.call = c.unlabelled(b)
	}
	c.sort(b)
	c.ids = nil
	if r.at.id >= 0 {
		c.ids = b.Columns[r.at.id].Texts
	}
	c.cell = c.combiner.Cells(c.cell[:0], label, c.groups)
	out := sweep.Rows{Cell: c.cell}
	if r.scored {
		out.Score = b.Columns[r.at.score].Numbers
	} else {
		c.score = slices.Grow(c.score[:0], len(c.call.Codes))[:len(c.call.Codes)]
		for i, code := range c.call.Codes {
			c.score[i] = float64(c.call.To[code])
		}
		out.Score = c.score
	}
	for _, at := range r.at.rivals {
		out.Rivals = append(out.Rivals, b.Columns[at].Numbers)
	}
	out.Numbers = c.numbers(b)
	return out
}

// first reads the rows for the first time.
func (r *rows) first(ctx context.Context) error {
	r.coded = r.coders()
	coders := r.coded
	r.kept = r.keep()
	err := r.from.Each(ctx, r.want, r.workers, func(worker int, b table.Batch) error {
		c := coders[worker]
		in := c.code(b)
		c.check(b, in)
		in = c.matched(in, b.First)
		c.meet(in)
		c.scout.Add(in)
		c.look(in)
		for k, at := range r.at.drift {
			if err := c.meters[k].add(b.Columns[at]); err != nil {
				return fmt.Errorf("measure %s of %s: %w", r.measured[k].name, r.file, err)
			}
		}
		if err := c.grouper.add(b.Columns[0].Len(), c.groups, func(i int) table.Column { return b.Columns[r.at.drift[i]] }); err != nil {
			return err
		}
		r.progress("reading", b.Columns[0].Len())
		switch {
		case !r.kept.cells:
		case !r.kept.all && c.scout.Even():
			c.blocks = nil // as gather decides
		default:
			c.keep(b, in)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.n = int(r.from.Rows)
	r.inputs = append(inputsOf(r.from, "predictions"), r.labelInputs...)
	if r.scored {
		r.scoreType = r.from.Types[slices.Index(r.from.Names, r.c.Score)]
	}
	return r.gather(coders)
}

// mustKeep says that rows are kept whatever room they take: they have ids, or are compared with others of the same file.
func (r *rows) mustKeep() bool {
	return r.at.id >= 0 || r.sorts() || len(r.rivals) > 0 || r.ranked || r.place(rivalCalls) >= 0
}

// gather brings together what the goroutines found, and says what is wrong with the rows.
func (r *rows) gather(coders []*coder) error {
	var counted [][]*meter
	for _, c := range coders {
		if r.kept.cells {
			r.blocks = append(r.blocks, c.blocks...)
			c.blocks = nil
		}
		r.scout.Merge(&c.scout)
		r.sample = joinRows(r.sample, c.sample)
		counted = append(counted, c.meters)
	}
	if err := mergeMeters(r.measured, counted); err != nil {
		return fmt.Errorf("%s: %w", r.file, err)
	}
	if !r.kept.all && !r.scout.Lopsided() { // all rows will be sorted, which takes the room
		r.kept, r.blocks = keeping{}, nil
	}
	slices.SortFunc(r.blocks, func(a, b block) int { return int(a.first - b.first) })
	r.gatherWaiting(coders)
	if err := r.judge(kindsOf(len(coders), func(i int) []kind { return coders[i].labels.kinds }), kindsOf(len(coders), func(i int) []kind { return coders[i].calls.kinds })); err != nil {
		return err
	}
	if r.sorts() {
		r.n = r.known
	}
	return nil
}

const noValue = "%s have no value (first: %s)"

// judge says what is wrong with the rows.
func (r *rows) judge(labels, calls []kind) error {
	w, n := &r.wrong, int64(r.n)
	if r.at.id >= 0 {
		if err := w.noID.error(table.Error{File: r.file, Column: r.c.ID, Code: "missing-values", What: noValue}, n); err != nil {
			return err
		}
		r.ids = make([]string, 0, r.n)
		for _, b := range r.blocks {
			r.ids = append(r.ids, b.ids...)
		}
		if _, err := uniqueIDs(r.file, table.Column{Name: r.c.ID, Texts: slices.Concat(r.ids, r.waitingIDs)}); err != nil {
			return err
		}
	}
	if err := r.judgeTimes(n); err != nil {
		return err
	}
	if err := r.judgeWaiting(n); err != nil {
		return err
	}
	known := map[string]bool{r.t.Positive: true}
	if r.outcomes != nil {
		for text := range r.outcomes.kinds {
			known[text] = true
		}
	} else if err := r.judgeLabels(labels, known); err != nil {
		return err
	}
	if err := judgeScores(r.file, r.c.Score, n, &w.noScore, &w.nan, &w.infinite); err != nil {
		return err
	}
	for i, name := range r.rivals {
		if err := judgeScores(r.file, name, n, &w.rivals[i].missing, &w.rivals[i].nan, &w.rivals[i].infinite); err != nil {
			return err
		}
	}
	if err := r.judgeNumbers(); err != nil {
		return err
	}
	if r.t.is(Multiclass) {
		return r.judgeClasses()
	}
	if r.at.call < 0 {
		return nil
	}
	return r.judgeCalls(calls, known)
}

func judgeScores(file, column string, n int64, missing, nan, infinite *faulty) error {
	if err := missing.error(table.Error{File: file, Column: column, Code: "missing-values", What: noValue}, n); err != nil {
		return err
	}
	if err := nan.error(table.Error{File: file, Column: column, Code: "not-finite-data", What: "%s are NaN (first: %s)"}, n); err != nil {
		return err
	}
	return infinite.error(table.Error{File: file, Column: column, Code: "not-finite-data", What: "%s are infinite (first: %s)"}, n)
}

// judgeLabels refuses labels that are missing or of more than two kinds, or of two of which neither is the positive one, and adds their texts to known.
func (r *rows) judgeLabels(kinds []kind, known map[string]bool) error {
	if len(kinds) > 0 && kinds[0].rows > 0 && !r.sorts() {
		return kinds[0].error(table.Error{File: r.file, Column: r.t.Label, Code: "missing-values", What: noValue}, int64(r.n))
	}
	counts := map[string]int{}
	for code := 1; code < len(kinds); code++ {
		counts[r.labels.text(uint32(code))] = int(kinds[code].rows)
		known[r.labels.text(uint32(code))] = true
	}
	return twoKinds(r.file, r.t.Label, counts, r.t.Positive)
}

// judgeCalls refuses predictions that are missing or no value of the label, or contradict the scores.
func (r *rows) judgeCalls(kinds []kind, known map[string]bool) error {
	n := int64(r.n)
	if len(kinds) > 0 && kinds[0].rows > 0 {
		return kinds[0].error(table.Error{File: r.file, Column: r.c.Prediction, Code: "missing-values", What: noValue}, n)
	}
	var foreign kind
	others := 0
	for code := 1; code < len(kinds); code++ {
		if !known[r.calls.text(uint32(code))] {
			foreign.merge(kinds[code])
			others++
		}
	}
	if len(known)+others > 2 { // where all outcomes are positive, one other value may be the negative one
		return foreign.error(table.Error{File: r.file, Column: r.c.Prediction, Code: "bad-prediction", What: "%s predict what is no value of the label (first: row %s)"}, n)
	}
	return r.wrong.contradicts.error(table.Error{File: r.file, Column: r.c.Prediction, Code: "bad-prediction",
		What: fmt.Sprintf("%%s contradict the score at the threshold %v (first: row %%s)", *r.t.Threshold)}, n)
}

// check counts what is wrong with a batch.
func (c *coder) check(b table.Batch, in sweep.Rows) {
	r, w := c.rows, &c.rows.wrong
	if r.at.id >= 0 {
		for i, missing := range b.Columns[r.at.id].Missing {
			if missing {
				w.noID.add(b.First + int64(i))
			}
		}
	}
	c.checkNumbers(b)
	c.checkDecisions(b, in)
	if !r.scored {
		return
	}
	checkScores(b, r.at.score, &w.noScore, &w.nan, &w.infinite)
	for i, at := range r.at.rivals {
		checkScores(b, at, &w.rivals[i].missing, &w.rivals[i].nan, &w.rivals[i].infinite)
	}
	if r.at.call < 0 {
		return
	}
	cut := cutOf(b.Columns[r.at.score].Type, *r.t.Threshold)
	for i, x := range in.Score {
		if (x >= cut) != (c.call.To[c.call.Codes[i]] == 1) {
			w.contradicts.add(b.First + int64(i))
		}
	}
}

// checkScores counts scores that are missing, NaN or infinite.
func checkScores(b table.Batch, at int, missing, nan, infinite *faulty) {
	column := b.Columns[at]
	off := 0.0
	for _, x := range column.Numbers {
		off += x - x // 0, and NaN for what is not finite
	}
	if off == 0 {
		return
	}
	for i, x := range column.Numbers {
		row := b.First + int64(i)
		switch {
		case column.Missing != nil && column.Missing[i]:
			missing.add(row)
		case math.IsNaN(x):
			nan.add(row)
		case math.IsInf(x, 0):
			infinite.add(row)
		}
	}
}

// keep keeps a batch.
func (c *coder) keep(b table.Batch, in sweep.Rows) {
	out := block{first: b.First - 1, low: make([]uint16, len(in.Cell))}
	most := uint32(0)
	for i, cell := range in.Cell {
		out.low[i] = uint16(cell)
		most = max(most, cell)
	}
	if most > math.MaxUint16 {
		out.high = make([]uint16, len(in.Cell))
		for i, cell := range in.Cell {
			out.high[i] = uint16(cell >> 16)
		}
	}
	if c.rows.kept.all || out.first < c.rows.kept.scores {
		out.score = append(make([]float64, 0, len(in.Score)), in.Score...)
		for _, xs := range in.Numbers {
			out.numbers = append(out.numbers, slices.Clone(xs))
		}
	}
	out.ids = slices.Clone(c.ids)
	for _, xs := range in.Rivals {
		out.rivals = append(out.rivals, slices.Clone(xs))
	}
	c.blocks = append(c.blocks, out)
}

// cells are the block's, in room that is used again.
func (b *block) cells(room []uint32) []uint32 {
	room = slices.Grow(room[:0], len(b.low))[:len(b.low)]
	for i, low := range b.low {
		room[i] = uint32(low)
	}
	for i, high := range b.high {
		room[i] |= uint32(high) << 16
	}
	return room
}

// each gives all rows again, some at a time: what was kept of them, and of the files what was not. first is the number of the first of them, from 0. Rivals in
// the rows' own columns are left out.
func (r *rows) each(ctx context.Context, do func(worker int, first int64, in sweep.Rows) error) error {
	r.done.Store(0)
	if !r.kept.cells {
		coders := r.coded // which know the combinations already
		return r.from.Each(ctx, r.want, r.workers, func(worker int, b table.Batch) error {
			in := coders[worker].code(b)
			in.Rivals = nil
			r.progress("counting", len(in.Cell))
			return do(worker, b.First-1, in)
		})
	}
	rooms := make([][]uint32, r.workers)
	whole := r.blocks
	if i := slices.IndexFunc(whole, func(b block) bool { return b.score == nil }); i >= 0 {
		whole = whole[:i]
	}
	give := func(worker int, b *block, score []float64, numbers [][]float64) error {
		rooms[worker] = b.cells(rooms[worker])
		r.progress("counting", len(b.low))
		return do(worker, b.first, sweep.Rows{Score: score, Cell: rooms[worker], Numbers: numbers})
	}
	err := sweep.Side(ctx, len(whole), r.workers, func(worker, i int) error { return give(worker, &whole[i], whole[i].score, whole[i].numbers) })
	rest := r.blocks[len(whole):]
	if err != nil || len(rest) == 0 {
		return err
	}
	want := []table.Want{{Name: r.c.Score, As: table.Number}}
	for _, n := range r.numbers {
		want = append(want, table.Want{Name: n.column, As: n.as})
	}
	return r.from.EachFrom(ctx, rest[0].first+1, want, r.workers, func(worker int, b table.Batch) error {
		at, ok := slices.BinarySearchFunc(rest, b.First-1, func(b block, first int64) int { return cmp.Compare(b.first, first) })
		if !ok {
			return nil // one of those kept
		}
		var numbers [][]float64
		for _, c := range b.Columns[1:] {
			numbers = append(numbers, c.Numbers)
		}
		return give(worker, &rest[at], b.Columns[0].Numbers, numbers)
	})
}

// progress tells that some rows more were read or counted.
func (r *rows) progress(doing string, rows int) {
	if done := r.done.Add(int64(rows)); r.c.Progress != nil {
		r.c.Progress(doing, done, r.from.Rows)
	}
}

// missing is how many rows have no value, by grouping. Most often there are none, as the combinations show.
func (r *rows) missing(ctx context.Context) ([]int64, error) {
	rows := make([]int64, len(r.groupings))
	list := r.combinations.List()
	if !slices.ContainsFunc(list, func(codes []uint32) bool { return slices.Contains(codes, 0) }) {
		return rows, nil
	}
	counts := make([][]int64, r.workers)
	for i := range counts {
		counts[i] = make([]int64, len(list))
	}
	err := r.each(ctx, func(worker int, _ int64, in sweep.Rows) error {
		for _, cell := range in.Cell {
			counts[worker][cell>>1]++
		}
		return nil
	})
	for _, of := range counts {
		for c, n := range of {
			for k, code := range list[c] {
				if code == 0 {
					rows[k] += n
				}
			}
		}
	}
	return rows, err
}

// flat are all rows that were kept, as one.
func (r *rows) flat() sweep.Rows {
	if len(r.blocks) == 1 {
		return sweep.Rows{Score: r.blocks[0].score, Cell: r.blocks[0].cells(nil), Rivals: r.blocks[0].rivals, Numbers: r.blocks[0].numbers}
	}
	all := sweep.Rows{Score: make([]float64, 0, r.n), Cell: make([]uint32, 0, r.n), Rivals: make([][]float64, len(r.rivals)), Numbers: make([][]float64, len(r.numbers))}
	var room []uint32
	for _, b := range r.blocks {
		room = b.cells(room)
		all.Score, all.Cell = append(all.Score, b.score...), append(all.Cell, room...)
		for i, xs := range b.rivals {
			all.Rivals[i] = append(all.Rivals[i], xs...)
		}
		for i, xs := range b.numbers {
			all.Numbers[i] = append(all.Numbers[i], xs...)
		}
	}
	return all
}

// eps is where log loss clips scores, as scikit-learn does for their type.
func (r *rows) eps() float64 { return epsOf(r.scoreType) }

func epsOf(scores table.Type) float64 {
	if scores == table.Float32 {
		return 0x1p-23
	}
	return 0x1p-52
}

// load reads the wanted columns of files whole.
func load(ctx context.Context, sources []table.Source, role string, want []table.Want) ([]table.Column, []evidence.Input, error) {
	t, err := table.OpenAll(ctx, sources)
	if err != nil {
		return nil, nil, err
	}
	defer t.Close()
	columns, err := t.Load(ctx, want)
	if err != nil {
		return nil, nil, err
	}
	return columns, inputsOf(t, role), nil
}

// inputsOf are the files of a table that was read: each by its path below the folder or pattern that finds it.
func inputsOf(t *table.Table, role string) []evidence.Input {
	var all []evidence.Input
	for i, f := range t.Inputs {
		f.Path = t.InputPath(i)
		all = append(all, evidence.Input{File: f, Role: role, Rows: t.InputRows(i)})
	}
	return all
}

// together is one file in place of several: its digest is that of theirs.
func together(name string, files []evidence.File) evidence.File {
	all := base(evidence.File{Path: name})
	text := ""
	for _, f := range files {
		all.Size += f.Size
		text += string(f.SHA256) + "\n"
	}
	all.SHA256 = evidence.DigestOf([]byte(text))
	return all
}

// base keeps of a path its last part: where a file lay on somebody's disk is no part of what was measured.
func base(f evidence.File) evidence.File {
	f.Path = path.Base(filepath.ToSlash(f.Path))
	return f
}

// firstRows says which rows a predicate holds for: their count and the first three, from 1.
func firstRows(n int, is func(i int) bool) (count int, first string) {
	var shown []string
	for i := range n {
		if is(i) {
			if count++; count <= 3 {
				shown = append(shown, fmt.Sprint(i+1))
			}
		}
	}
	return count, strings.Join(shown, ", ")
}

// uniqueIDs refuses ids that are missing or stand on several rows.
func uniqueIDs(file string, column table.Column) ([]string, error) {
	if err := present(file, column); err != nil {
		return nil, err
	}
	seen := make(map[string]struct{}, len(column.Texts))
	twice, first := firstRows(len(column.Texts), func(i int) bool {
		_, ok := seen[column.Texts[i]]
		seen[column.Texts[i]] = struct{}{}
		return ok
	})
	if twice > 0 {
		return nil, &table.Error{File: file, Column: column.Name, Code: "duplicate-ids",
			What: fmt.Sprintf("%d of %d rows repeat an id (first: row %s)", twice, len(column.Texts), first)}
	}
	return column.Texts, nil
}

// present refuses rows without a value.
func present(file string, c table.Column) error {
	n := max(len(c.Texts), len(c.Numbers))
	if c.Missing == nil {
		return nil
	}
	if count, first := firstRows(n, func(i int) bool { return c.Missing[i] }); count > 0 {
		return &table.Error{File: file, Column: c.Name, Code: "missing-values",
			What: fmt.Sprintf("%d of %d rows have no value (first: %s)", count, n, first)}
	}
	return nil
}

// finite refuses scores that are missing, NaN or infinite.
func finite(file string, c table.Column) error {
	if err := present(file, c); err != nil {
		return err
	}
	for _, bad := range []struct {
		is  func(float64) bool
		say string
	}{{math.IsNaN, "NaN"}, {func(x float64) bool { return math.IsInf(x, 0) }, "infinite"}} {
		if count, first := firstRows(len(c.Numbers), func(i int) bool { return bad.is(c.Numbers[i]) }); count > 0 {
			return &table.Error{File: file, Column: c.Name, Code: "not-finite-data",
				What: fmt.Sprintf("%d of %d rows are %s (first: %s)", count, len(c.Numbers), bad.say, first)}
		}
	}
	return nil
}

// binary01 codes labels as 0 and 1 (the positive value). More than two kinds, or no positive among two, is an error.
func binary01(file string, c table.Column, positive string) ([]uint8, error) {
	if err := present(file, c); err != nil {
		return nil, err
	}
	kinds := map[string]int{}
	labels := make([]uint8, len(c.Texts))
	for i, text := range c.Texts {
		kinds[text]++
		if text == positive {
			labels[i] = 1
		}
	}
	return labels, twoKinds(file, c.Name, kinds, positive)
}

// twoKinds refuses labels of more than two kinds, or of two of which neither is the positive one.
func twoKinds(file, column string, kinds map[string]int, positive string) error {
	if len(kinds) > 2 || len(kinds) == 2 && kinds[positive] == 0 {
		return &table.Error{File: file, Column: column, Code: "not-binary",
			What: fmt.Sprintf("the label of a binary task has two values, and `positive:` names the positive one (now %q); here are %s", positive, listed(kinds))}
	}
	return nil
}

// listed names the commonest values with their counts.
func listed(kinds map[string]int) string {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int {
		if kinds[a] != kinds[b] {
			return kinds[b] - kinds[a]
		}
		return strings.Compare(a, b)
	})
	var shown []string
	for _, k := range names[:min(4, len(names))] {
		shown = append(shown, fmt.Sprintf("%q (%d rows)", k, kinds[k]))
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// cutOf rounds a cut to the scores' own type: float32 0.9 >= 0.9 is true in NumPy, and false after widening.
func cutOf(scores table.Type, cut float64) float64 {
	if scores == table.Float32 {
		return float64(float32(cut))
	}
	return cut
}
