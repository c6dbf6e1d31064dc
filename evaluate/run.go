package evaluate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
)

// Run reads the rows once and computes all that is needed. Bad data is a [*table.Error]; a need that nothing can meet (a drift without
// a baseline, a comparison without scores) is [schema.Problems]. A metric of scores without a score column is undefined, no error.
func Run(ctx context.Context, c Config, t Terms, n Needs, a Against) (*Evaluation, error) {
	if c.Reported != "" {
		return runReported(ctx, c, t, n)
	}
	named, err := n.named(c, t)
	if err != nil {
		return nil, err
	}
	if err := c.Fits(t, nil); err != nil {
		return nil, err
	}
	if err := n.able(a, t); err != nil {
		return nil, err
	}
	r, err := read(ctx, c, t, others{named: named, rivals: a.columns(), drift: n.measures(c, a.Baseline), across: func(r *rows) *divided {
		return n.divided(c, t, r.file, r.groupings, r.measured, a.Baseline)
	}})
	if err != nil {
		return nil, err
	}
	defer r.close()
	if named, err = r.perClass(named); err != nil {
		return nil, err
	}
	dimensions, err := t.slice(r.file, r.groupings, r.combinations.List())
	if err != nil {
		return nil, err
	}
	e := &Evaluation{Schema: SchemaID, Terms: t, Rows: int64(r.n), Countable: r.ids != nil, LeftOut: r.leftOut}
	missing, err := r.missing(ctx)
	if err != nil {
		return nil, err
	}
	for k, g := range r.groupings {
		if missing[k] > 0 {
			if e.Missing == nil {
				e.Missing = map[string]int64{}
			}
			e.Missing[g.Column] = missing[k]
		}
	}
	all, err := r.sweep(ctx, named, dimensions)
	if err != nil {
		return nil, err
	}
	e.Dataset = all.dataset
	e.Slices = all.figures(t, named)
	e.Pending = e.Overall().Pending
	e.KnownFor = t.known(e.Pending)
	e.Unlabelled = t.is(Scores)
	if t.is(Binary) || t.is(Scores) {
		e.Fairness = disparities(e.Slices, t, MinSupport)
	}
	if t.is(Multiclass) {
		all.confusions(e.Slices)
		e.Fairness = all.classDisparities(e.Slices, t, MinSupport)
	}
	e.Curves = all.curves()
	for _, rival := range a.Rivals {
		if rival.Self {
			e.Comparisons = append(e.Comparisons, all.itself(rival, named, e.Rows))
			continue
		}
		comparison, err := r.compare(ctx, t, named, dimensions, rival)
		if err != nil {
			return nil, err
		}
		e.Comparisons = append(e.Comparisons, comparison)
	}
	e.Drift = r.drift(c, n, a, all)
	e.withoutLabels()
	if a.Baseline != nil && len(n.Drift) > 0 {
		r.inputs = append(r.inputs, a.Baseline.Input)
	}
	e.Inputs = r.inputs
	return e, nil
}

// named resolves the metrics that are needed, each once; none: a full set.
func (n Needs) named(c Config, t Terms) ([]Named, error) {
	names := n.Metrics
	if len(names) == 0 {
		names = Shown(c, t)
	}
	var all []Named
	for _, name := range names {
		m, err := Lookup(name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(x Named) bool { return x.Key == m.Key }) {
			all = append(all, m)
		}
	}
	return all, nil
}

// able refuses needs that nothing could meet.
func (n Needs) able(a Against, t Terms) error {
	for _, distance := range slices.Sorted(maps.Keys(n.Drift)) {
		for _, name := range n.Drift[distance] {
			if a.Baseline == nil {
				return problem("no-baseline", fmt.Sprintf("drift %q needs a baseline, and data names none", distance), "")
			}
			if _, ok := a.Baseline.Columns[name]; !ok {
				return problem("no-baseline", fmt.Sprintf("the baseline has no column %q", name), "")
			}
		}
	}
	for _, ask := range n.Across {
		if err := ask.able(t, a.Baseline); err != nil {
			return err
		}
	}
	return nil
}

// columns are those of the rows themselves with rivals' scores.
func (a Against) columns() []string {
	var all []string
	for _, r := range a.Rivals {
		if r.Column != "" && !r.Self && !slices.Contains(all, r.Column) {
			all = append(all, r.Column)
		}
	}
	return all
}

// swept is what one sweep gave.
type swept struct {
	task       Task
	scored     bool
	selected   bool            // outcomes are known for the selected only
	cuts       map[float64]int // place of a cut in Stats.Cuts
	overall    sweep.Stats
	slices     [][]sweep.Stats
	dimensions []coded
	dataset    evidence.Digest
	plan       sweep.Plan
}

// plan says what is counted for some metrics.
func (r *rows) plan(named []Named, dimensions []coded) (*swept, sweep.Plan) {
	s := &swept{task: r.t.Kind(), scored: r.scored, selected: r.t.knownFor() != "", cuts: map[float64]int{}, dimensions: dimensions}
	plan := sweep.Plan{Combinations: len(r.combinations.List())}
	for _, d := range dimensions {
		plan.Dimensions, plan.Sizes = append(plan.Dimensions, d.of), append(plan.Sizes, len(d.groups))
	}
	if !r.t.is(Binary) && !r.t.is(Scores) {
		return s, plan
	}
	if r.t.is(Scores) {
		plan.Cuts, plan.Bands = []float64{cutOf(r.scoreType, *r.t.Threshold)}, true
		s.plan = plan
		return s, plan
	}
	if !s.scored {
		plan.Cuts = []float64{0.5}
		return s, plan
	}
	plan.Cuts, plan.Eps = []float64{cutOf(r.scoreType, *r.t.Threshold)}, r.eps()
	for _, m := range named {
		if _, ok := s.cuts[m.Cut]; !ok && !math.IsNaN(m.Cut) {
			s.cuts[m.Cut] = len(plan.Cuts)
			plan.Cuts = append(plan.Cuts, cutOf(r.scoreType, m.Cut))
		}
		if m.plan != nil {
			m.plan(&plan)
		}
		switch {
		case m.Name == partialAUC.Name && !slices.Contains(plan.Areas, m.Where.At):
			plan.Areas = append(plan.Areas, m.Where.At)
		case m.Chosen() && m.Name != partialAUC.Name && !slices.Contains(plan.Picks, m.Where.pick()):
			plan.Ranks, plan.Picks = true, append(plan.Picks, m.Where.pick())
		}
	}
	s.plan = plan
	return s, plan
}

// sweep counts all rows.
func (r *rows) sweep(ctx context.Context, named []Named, dimensions []coded) (*swept, error) {
	s, plan := r.plan(named, dimensions)
	beside := r.beside(named, dimensions)
	var ordered *orderedDataset
	if r.ids == nil {
		ordered = r.ordered()
	}
	limits := sweep.Limits{Memory: r.c.memory() / 3, Folder: r.c.Folder, Workers: r.workers}
	var err error
	s.overall, s.slices, err = sweep.Run(ctx, plan, &r.scout, r.workers, limits, func(ctx context.Context, do func(int, sweep.Rows) error) error {
		return r.each(ctx, func(worker int, first int64, in sweep.Rows) error {
			if ordered != nil {
				ordered.add(first, in)
			}
			if err := beside.add(worker, in); err != nil {
				return err
			}
			return do(worker, in)
		})
	})
	if err == nil {
		err = r.sweepWaiting(s, plan)
	}
	if err == nil && len(r.waiting.Cell) > 0 {
		err = beside.add(0, r.waiting)
	}
	if err == nil {
		err = beside.finish(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("count the rows of %s: %w", r.file, err)
	}
	if ordered != nil {
		s.dataset = ordered.digest()
	} else {
		s.dataset = r.datasetOfIDs()
	}
	return s, nil
}

// groupTexts are what the codes of each grouping stand for.
func (r *rows) groupTexts() [][]string {
	all := make([][]string, len(r.groupings))
	for k, g := range r.groupings {
		for code := range g.codes() {
			all[k] = append(all[k], g.text(uint32(code)))
		}
	}
	return all
}

// sweepPairs counts rows (of: their places; nil: all) with a rival's scores beside them.
func (r *rows) sweepPairs(named []Named, dimensions []coded, ours sweep.Rows, of []int, rival table.Column) (*swept, error) {
	if r.t.is(Regression) {
		return r.sweepRegressions(named, dimensions, ours, of, rival)
	}
	s, plan := r.plan(named, dimensions)
	plan.Ranks, plan.Bands, plan.Areas, plan.Picks = true, false, nil, nil
	plan.Rivals = []float64{cutOf(rival.Type, *r.t.Threshold)}
	in := sweep.Rows{Score: ours.Score, Cell: ours.Cell, Rivals: [][]float64{rival.Numbers}}
	if of != nil {
		in.Score, in.Cell = pick(in.Score, of), pick(in.Cell, of)
	}
	tally := sweep.New(plan)
	if err := tally.Add(in); err != nil {
		return nil, fmt.Errorf("compare the rows of %s: %w", r.file, err)
	}
	var err error
	if s.overall, s.slices, err = tally.Close(); err != nil {
		return nil, fmt.Errorf("compare the rows of %s: %w", r.file, err)
	}
	return s, r.sweepWaiting(s, plan)
}

func pick[T any](from []T, places []int) []T {
	to := make([]T, len(places))
	for i, p := range places {
		to[i] = from[p]
	}
	return to
}

// figures gives every slice its metrics.
func (s *swept) figures(t Terms, named []Named) []Slice {
	return s.each(func(st sweep.Stats, g Groups, m Named) Figure { return m.figure(st, g, t, s.overall) }, named)
}

// choose puts the counts of a cut that was chosen, or the area, in place. A comparison has none.
func (s *swept) choose(at *sweep.Stats, m Named) {
	if i := slices.Index(s.plan.Areas, m.Where.At); i >= 0 && i < len(at.Areas) {
		at.Areas = at.Areas[i : i+1]
	}
	i := slices.Index(s.plan.Picks, m.Where.pick())
	if !m.Chosen() || i < 0 || i >= len(at.Picks) {
		return
	}
	at.Picks = at.Picks[i : i+1]
	k := at.Picks[0]
	at.Counts = sweep.Counts{TP: k.TP, FP: k.FP, TN: at.Rows - at.Positives - k.FP, FN: at.Positives - k.TP}
}

// describe gives the figure its limits.
func (f *Figure) describe(b stats.Basis) {
	f.Basis = b
	if f.Interval = stats.Describe(b, Level); f.Interval == nil {
		f.Without = "too few rows for an interval"
	}
}

// each makes a figure of every metric on every slice: overall, then along each dimension.
func (s *swept) each(figure func(sweep.Stats, Groups, Named) Figure, named []Named) []Slice {
	slice := func(st sweep.Stats, g Groups) Slice {
		counts := st.Counts
		out := Slice{Groups: g, Rows: st.Rows, Counts: &counts, Pending: pendingOf(st.Pending), Above: st.Above, Metrics: map[string]Figure{}}
		if len(st.Cuts) == 0 || s.task == Scores { // of another task
			out.Counts = nil
		}
		for _, m := range named {
			at := st
			if i, ok := s.cuts[m.Cut]; ok {
				at.Counts, at.Pending = st.Cuts[i], st.Pending.At(i)
			}
			if m.Class != "" && st.Classes != nil {
				at = m.oneVsRest(st)
			}
			if !m.Of(s.task) {
				out.Metrics[m.Key] = Figure{Undefined: fmt.Sprintf("%s is no metric of a %s task", m.Name, s.task)}
				continue
			}
			if !s.scored && (m.Scores || !m.AtThreshold()) && s.task == Binary {
				out.Metrics[m.Key] = Figure{Undefined: "there is no score column", Support: m.Support(at)}
				continue
			}
			s.choose(&at, m)
			out.Metrics[m.Key] = figure(at, g, m)
		}
		return out
	}
	all := []Slice{slice(s.overall, Groups{})}
	for d, dimension := range s.dimensions {
		for code, g := range dimension.groups {
			all = append(all, slice(s.slices[d][code], g))
		}
	}
	return all
}
