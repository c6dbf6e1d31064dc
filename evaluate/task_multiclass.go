package evaluate

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// maxClasses is the most classes of a task: more are ids, or a number that wants a regression.
const maxClasses = 200

// scored are the classes that have a score, in order: numbers by size, then texts.
func (c Config) scored() []string {
	return slices.SortedFunc(maps.Keys(c.Scores), byValue)
}

// numbers are the codes of a column's texts, 0 where a cell is missing. It reuses to.
func (r *recode) numbers(column table.Column, to []float64) []float64 {
	coded := r.column(column)
	to = slices.Grow(to[:0], len(coded.Codes))[:len(coded.Codes)]
	for i, code := range coded.Codes {
		to[i] = float64(coded.To[code])
	}
	return to
}

// met is what one goroutine met of classes.
type met struct {
	used   []bool  // codes that labels and predictions have
	scored []int32 // by code: the place of its score among those of all classes; −1: it has none
}

// meet takes note of the classes that rows have.
func (c *coder) meet(in sweep.Rows) {
	for k, n := range c.rows.numbers {
		if n.as != table.Code || n.is == rivalCalls {
			continue
		}
		for _, code := range in.Numbers[k] {
			for int(code) >= len(c.met.used) {
				c.met.used = append(c.met.used, false)
			}
			c.met.used[int(code)] = true
		}
	}
}

// checkDecisions counts predicted classes of which another has a higher score.
func (c *coder) checkDecisions(b table.Batch, in sweep.Rows) {
	r := c.rows
	at, first := r.place(predictions), r.place(classScores)
	if at < 0 || first < 0 {
		return
	}
	classes := r.c.scored()
	scores := in.Numbers[first:][:len(classes)]
	for i, code := range in.Numbers[at] {
		for int(code) >= len(c.met.scored) {
			c.met.scored = append(c.met.scored, int32(slices.Index(classes, r.labels.text(uint32(len(c.met.scored))))))
		}
		own := c.met.scored[int(code)]
		if own < 0 {
			continue // told elsewhere
		}
		for _, xs := range scores {
			if xs[i] > scores[own][i] {
				r.wrong.decisions.add(b.First + int64(i))
				break
			}
		}
	}
}

// noClass is the place of a class that is none of the rows'.
const noClass = math.MaxUint16

const higherScore = "%s predict a class while another has a higher score (first: row %s)"

// judgeClasses finds the classes that labels and predictions have, and says what is wrong with them.
func (r *rows) judgeClasses() error {
	met := map[string]bool{}
	for class := range r.c.Scores {
		met[class] = true
	}
	used := make([]bool, len(r.labels.texts))
	for _, c := range r.coded {
		for code, is := range c.met.used {
			used[code] = used[code] || is
		}
	}
	for code, is := range used {
		if is {
			met[r.labels.texts[code]] = true
		}
	}
	if len(met) > maxClasses {
		return &table.Error{File: r.file, Column: r.t.Label, Code: "too-many-classes", What: fmt.Sprintf("%d different values are more classes than the %d allowed", len(met), maxClasses)}
	}
	r.classes = slices.SortedFunc(maps.Keys(met), byValue)
	r.classOf = make([]uint16, len(r.labels.texts))
	for code, text := range r.labels.texts {
		if r.classOf[code] = noClass; code > 0 {
			if at := slices.Index(r.classes, text); at >= 0 {
				r.classOf[code] = uint16(at)
			}
		}
		if _, ok := r.c.Scores[text]; !ok && used[code] && len(r.c.Scores) > 0 {
			return &table.Error{File: r.file, Column: r.t.Label, Code: "bad-prediction", What: fmt.Sprintf("rows have the class %q, and `scores` name no column of it", text)}
		}
	}
	return r.wrong.decisions.error(table.Error{File: r.file, Column: r.c.Prediction, Code: "bad-prediction", What: higherScore}, int64(r.n))
}

// areas says that it is of areas under ROC curves: of one class against the rest, or a mean of such.
func (n Named) areas() bool {
	switch n.Name {
	case rocAUCOVR.Name, rocAUCOVO.Name, rocAUCOVRWeighted.Name, rocAUCOVOWeighted.Name:
		return true
	}
	return n.Name == rocAUC.Name && n.Class != ""
}

// rankClasses decides whether all rows are kept, to be put in order by the score of every class; and refuses more rows than there is memory for.
func (r *rows) rankClasses(named []Named) error {
	k := int64(len(r.c.Scores))
	if r.ranked = k > 0 && slices.ContainsFunc(named, Named.areas); !r.ranked {
		return nil
	}
	// twice the row, once in one piece; a key and a place by each score, twice while they are sorted; two shares by each dimension at work; and a fourth more for what
	// is no longer needed and still there: 2,000,000 rows of ten classes take 896 MiB by this, and took 880 with all else
	dimensions := int64(min(len(r.t.Groups)+1, r.workers))
	bytes := r.from.Rows * (2*(keptBytes+8*int64(len(r.numbers))) + 12*k + 12*min(k, int64(r.workers)) + 16*dimensions + 4) / 4 * 5
	if bytes <= r.c.memory() {
		return nil
	}
	var names []string
	for _, m := range named {
		if m.areas() {
			names = append(names, m.Key)
		}
	}
	return &table.Error{File: r.file, Column: "", Code: "too-many-rows", What: fmt.Sprintf(
		"areas under the ROC curves of %d classes take all %s rows in memory, some %d MiB of them, and %d MiB are allowed: allow more by --memory, or name `metrics:`, and gates, without %s",
		k, Count(r.from.Rows), bytes>>20, r.c.memory()>>20, strings.Join(names, ", "))}
}

// classCount counts the rows of a multiclass task. A nil one counts nothing.
type classCount struct {
	rows    *rows
	plan    sweep.ClassesPlan
	tallies []*sweep.ClassTally // one a goroutine
}

// countClasses says what is counted for some metrics.
func (r *rows) countClasses(named []Named, dimensions []coded) *classCount {
	c := &classCount{rows: r, tallies: make([]*sweep.ClassTally, r.workers),
		plan: sweep.ClassesPlan{Combinations: len(r.combinations.List()), Names: r.classes, Scores: r.place(classScores) >= 0, Eps: r.classEps()}}
	for _, d := range dimensions {
		c.plan.Dimensions, c.plan.Sizes = append(c.plan.Dimensions, d.of), append(c.plan.Sizes, len(d.groups))
	}
	for _, m := range named {
		c.plan.Areas = c.plan.Areas || m.areas()
		if k := int(m.At); m.Name == topKName && !slices.Contains(c.plan.Tops, k) {
			c.plan.Tops = append(c.plan.Tops, k)
		}
	}
	return c
}

// classEps is where log loss clips scores: as the coarsest of their columns is stored.
func (r *rows) classEps() float64 {
	for _, n := range r.numbers {
		if at := slices.Index(r.from.Names, n.column); n.is == classScores && at >= 0 && r.from.Types[at] == table.Float32 {
			return epsOf(table.Float32)
		}
	}
	return epsOf(table.Float64)
}

// of are rows as classes.
func (c *classCount) of(in sweep.Rows) sweep.ClassRows {
	r := c.rows
	out := sweep.ClassRows{Cell: in.Cell, Truth: r.inOrder(in.Numbers[r.place(truths)])}
	if first := r.place(classScores); first >= 0 {
		out.Scores = in.Numbers[first:][:len(r.classes)]
	}
	if at := r.place(predictions); at >= 0 {
		out.Call = r.inOrder(in.Numbers[at])
		return out
	}
	out.Call = highest(out.Scores, len(in.Cell))
	return out
}

// inOrder are the places of classes by their codes.
func (r *rows) inOrder(codes []float64) []uint16 {
	to := make([]uint16, len(codes))
	for i, code := range codes {
		to[i] = r.classOf[int(code)]
	}
	return to
}

func (c *classCount) add(worker int, in sweep.Rows) error {
	if c == nil {
		return nil
	}
	if c.tallies[worker] == nil {
		c.tallies[worker] = sweep.NewClassTally(c.plan)
	}
	return c.tallies[worker].Add(c.of(in))
}

// finish puts what was found into the slices.
func (c *classCount) finish(r *rows, s *swept) {
	if c == nil {
		return
	}
	all := sweep.NewClassTally(c.plan)
	for _, t := range c.tallies {
		if t != nil {
			all.Merge(t)
		}
	}
	var rows sweep.ClassRows
	if c.plan.Areas {
		rows = c.of(r.flat())
	}
	overall, slices := all.Close(rows, r.workers)
	s.overall.Classes = overall
	for d := range slices {
		for i := range slices[d] {
			s.slices[d][i].Classes = slices[d][i]
		}
	}
}

// classwise says that the metric can be had of one class against the rest.
func (m Metric) classwise() bool {
	return m.Cuts || m.Name == prevalence.Name || m.Name == rocAUC.Name
}

// everyClass stands for all classes.
const everyClass = "*"

// ofClass is the metric of one class against the rest.
func (n Named) ofClass(class string) (Named, error) {
	if !n.classwise() || class == "" {
		return Named{}, problem("unknown-class", fmt.Sprintf("%q is no metric of one class: those of two classes are, as in \"recall@class=NAME\"", n.Name), "")
	}
	n.Class, n.Key = class, n.Name+"@class="+class
	return n, nil
}

// Of says that a task has the metric: one of a class is of a task with several.
func (n Named) Of(task Task) bool {
	if n.Class != "" {
		return task == Multiclass
	}
	return n.Metric.Of(task)
}

// perClass puts each class in place of all, and refuses one that there is not.
func (r *rows) perClass(named []Named) ([]Named, error) {
	if !r.t.is(Multiclass) {
		return named, nil
	}
	var all []Named
	for _, m := range named {
		classes := []string{m.Class}
		if m.Class == everyClass && !slices.Contains(r.classes, everyClass) {
			classes = r.classes
		} else if m.Class != "" && !slices.Contains(r.classes, m.Class) {
			return nil, problem("unknown-class", fmt.Sprintf("%q is no class of these rows: they are %s", m.Class, strings.Join(r.classes, ", ")), schema.Suggest(m.Class, r.classes))
		}
		for _, class := range classes {
			if m.Class != "" {
				m.Class, m.Key = class, m.Name+"@class="+class
			}
			if !slices.ContainsFunc(all, func(x Named) bool { return x.Key == m.Key }) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// oneVsRest is the slice as if its classes were two: the metric's, and the rest.
func (n Named) oneVsRest(s sweep.Stats) sweep.Stats {
	class := slices.Index(s.Classes.Names, n.Class)
	if class < 0 {
		return s
	}
	s.Counts = s.Classes.OneVsRest(class)
	s.Positives = s.Counts.TP + s.Counts.FN
	if s.Classes.Areas != nil {
		s.AUC, s.AUCVar = s.Classes.Areas[class].AUC, s.Classes.Areas[class].Var
	}
	if p := s.Classes.Pair; p != nil {
		area, ok := p.Areas[class]
		if !ok {
			area = sweep.PairedArea{AUC: math.NaN(), Pair: sweep.Pair{AUC: math.NaN()}}
		}
		area.Counts = p.Cells.OneVsRest(class)
		s.AUC, s.AUCVar, s.Pairs = area.AUC, area.Var, []sweep.Pair{area.Pair}
	}
	return s
}
