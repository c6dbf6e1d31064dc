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
)

// curvePoints is the most points that a stored curve has.
const curvePoints = 200

// Run reads the rows once and computes all that is needed. Bad data is a [*table.Error]; a need that nothing can meet (a drift without
// a baseline, a comparison without scores) is [schema.Problems]. A metric of scores without a score column is undefined, no error.
func Run(ctx context.Context, c Config, t Terms, n Needs, a Against) (*Evaluation, error) {
	named, err := n.named()
	if err != nil {
		return nil, err
	}
	if err := n.able(a); err != nil {
		return nil, err
	}
	r, err := read(ctx, c, t, append(t.wants(), wantsOf(c, n, a)...))
	if err != nil {
		return nil, err
	}
	dimensions, err := r.code(t)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{Schema: SchemaID, Terms: t, Rows: int64(r.n), Countable: r.ids != nil}
	var grouping []table.Column
	for _, w := range t.wants() {
		grouping = append(grouping, r.column(w.Name, w.As))
	}
	e.Dataset = r.dataset(grouping)
	for _, d := range dimensions {
		if d.missing > 0 {
			if e.Missing == nil {
				e.Missing = map[string]int64{}
			}
			e.Missing[d.Column] = d.missing
		}
	}
	all, err := r.sweep(ctx, t, named, dimensions, nil)
	if err != nil {
		return nil, err
	}
	e.Slices = all.figures(t, named)
	if points, _ := sweep.ROC(all.overall.Bands, curvePoints); points != nil {
		e.Curves = []Curve{{Name: "roc", Groups: Groups{}, Points: points}}
	}
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
	e.Drift = r.drift(c, n, a)
	if a.Baseline != nil && len(n.Drift) > 0 {
		r.inputs = append(r.inputs, a.Baseline.Input)
	}
	e.Inputs = r.inputs
	return e, nil
}

// named resolves the metrics that are needed, each once; none: a full set.
func (n Needs) named() ([]Named, error) {
	names := n.Metrics
	if len(names) == 0 {
		for _, m := range Metrics() {
			names = append(names, m.Name)
		}
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
func (n Needs) able(a Against) error {
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
	return nil
}

// wantsOf are the columns of drift and of rivals that stand among the rows.
func wantsOf(c Config, n Needs, a Against) []table.Want {
	var want []table.Want
	for _, columns := range n.Drift {
		for _, name := range columns {
			want = append(want, driftWant(c, name, a.Baseline))
		}
	}
	for _, r := range a.Rivals {
		if r.Column != "" && !r.Self {
			want = append(want, table.Want{Name: r.Column, As: table.Number})
		}
	}
	return want
}

// swept is what one sweep gave.
type swept struct {
	scored     bool
	cuts       map[float64]int // place of a cut in Stats.Cuts
	overall    sweep.Stats
	slices     [][]sweep.Stats
	dimensions []coded
}

// sweep counts the rows (of: their places; nil: all) with the rivals' scores beside them.
func (r *rows) sweep(ctx context.Context, t Terms, named []Named, dimensions []coded, of []int, rivals ...table.Column) (*swept, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &swept{scored: r.scores != nil, cuts: map[float64]int{}, dimensions: dimensions}
	plan := sweep.Plan{Cuts: []float64{cutOf(r.scoreType, *t.Threshold)}, Eps: r.eps(), Ranks: true, Average: true, Losses: true, Bands: len(rivals) == 0}
	if !s.scored {
		plan = sweep.Plan{Cuts: []float64{0.5}}
	}
	for _, m := range named {
		if _, ok := s.cuts[m.Cut]; !ok && !math.IsNaN(m.Cut) && s.scored {
			s.cuts[m.Cut] = len(plan.Cuts)
			plan.Cuts = append(plan.Cuts, cutOf(r.scoreType, m.Cut))
		}
	}
	in := sweep.Rows{Score: r.scores}
	for _, rival := range rivals {
		plan.Rivals = append(plan.Rivals, cutOf(rival.Type, *t.Threshold))
		in.Rivals = append(in.Rivals, rival.Numbers)
	}
	if !s.scored {
		in.Score = make([]float64, r.n)
		for i, call := range r.calls {
			in.Score[i] = float64(call)
		}
	}
	var codes [][]uint32
	for _, d := range dimensions {
		codes = append(codes, d.codes)
	}
	labels := r.labels
	if of != nil {
		in.Score, labels = pick(in.Score, of), pick(labels, of)
		for i := range codes {
			codes[i] = pick(codes[i], of)
		}
	}
	var combinations sweep.Combinations
	in.Cell = combinations.Combiner().Cells(nil, labels, codes)
	list := combinations.List()
	plan.Combinations = len(list)
	for i, d := range dimensions {
		slice := make([]uint32, max(1, len(list)))
		for c, codes := range list {
			slice[c] = codes[i]
		}
		plan.Dimensions, plan.Sizes = append(plan.Dimensions, slice), append(plan.Sizes, max(1, len(d.groups)))
	}
	tally := sweep.New(plan)
	if err := tally.Add(in); err != nil {
		return nil, fmt.Errorf("count the rows of %s: %w", r.file, err)
	}
	var err error
	if s.overall, s.slices, err = tally.Close(); err != nil {
		return nil, fmt.Errorf("count the rows of %s: %w", r.file, err)
	}
	return s, nil
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
		out := Slice{Groups: g, Rows: st.Rows, Counts: &counts, Metrics: map[string]Figure{}}
		for _, m := range named {
			at := st
			if i, ok := s.cuts[m.Cut]; ok {
				at.Counts = st.Cuts[i]
			}
			if !s.scored && (m.Scores || !m.AtThreshold()) {
				out.Metrics[m.Key] = Figure{Undefined: "there is no score column", Support: m.Support(at)}
				continue
			}
			if m.Chosen() { // no cut was chosen
				out.Metrics[m.Key] = Figure{Undefined: notChosen, Support: m.Support(at)}
				continue
			}
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
