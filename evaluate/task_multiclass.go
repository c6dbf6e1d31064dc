package evaluate

import (
	"fmt"
	"maps"
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

// judgeClasses finds the classes that labels and predictions have, and says what is wrong with them.
func (r *rows) judgeClasses() error {
	met := map[string]bool{}
	for class := range r.c.Scores {
		met[class] = true
	}
	used := make([]bool, len(r.labels.texts))
	for _, b := range r.blocks {
		for k, n := range r.numbers {
			if n.as == table.Code {
				for _, code := range b.numbers[k] {
					used[int(code)] = true
				}
			}
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
	for code, is := range used {
		if !is {
			continue
		}
		text := r.labels.texts[code]
		if _, ok := r.c.Scores[text]; !ok && len(r.c.Scores) > 0 {
			return &table.Error{File: r.file, Column: r.t.Label, Code: "bad-prediction", What: fmt.Sprintf("rows have the class %q, and `scores` name no column of it", text)}
		}
		r.classOf[code] = uint16(slices.Index(r.classes, text))
	}
	return r.judgeDecisions()
}

// judgeDecisions refuses predicted classes of which another has a higher score.
func (r *rows) judgeDecisions() error {
	at, first := r.place(predictions), r.place(classScores)
	if at < 0 || first < 0 {
		return nil
	}
	var wrong faulty
	for _, b := range r.blocks {
		scores := b.numbers[first:][:len(r.classes)]
		for i, code := range b.numbers[at] {
			own := scores[r.classOf[int(code)]][i]
			for _, xs := range scores {
				if xs[i] > own {
					wrong.add(b.first + int64(i) + 1)
					break
				}
			}
		}
	}
	return wrong.error(table.Error{File: r.file, Column: r.c.Prediction, Code: "bad-prediction", What: "%s predict a class while another has a higher score (first: row %s)"}, int64(r.n))
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
		c.plan.Areas = c.plan.Areas || m.Scores && m.Name != logLoss.Name
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
			return 0x1p-23
		}
	}
	return 0x1p-52
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
	out.Call = make([]uint16, len(in.Cell))
	for i := range out.Call {
		for class, xs := range out.Scores {
			if xs[i] > out.Scores[out.Call[i]][i] {
				out.Call[i] = uint16(class)
			}
		}
	}
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
	return s
}
