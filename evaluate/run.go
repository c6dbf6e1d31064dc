package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
)

// curvePoints is the most points that a stored curve has.
const curvePoints = 200

// Run reads the rows once and computes all that is needed. Bad data is a [*table.Error]; a need that nothing can meet (a drift without
// a baseline, a metric of scores without a score column) is [schema.Problems].
func Run(ctx context.Context, c Config, t Terms, n Needs, a Against) (*Evaluation, error) {
	named, err := n.named()
	if err != nil {
		return nil, err
	}
	if err := n.able(c, a); err != nil {
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
	all, err := r.sweep(ctx, t, named, dimensions, nil, nil)
	if err != nil {
		return nil, err
	}
	e.Slices = all.figures(named)
	if r.scores != nil && len(all.overall.Curve) > 0 {
		e.Curves = []Curve{{Name: "roc", Groups: Groups{}, Points: all.overall.Curve}}
	}
	for _, rival := range a.Rivals {
		comparison, err := r.compare(ctx, t, named, dimensions, rival)
		if err != nil {
			return nil, err
		}
		e.Comparisons = append(e.Comparisons, comparison)
	}
	if e.Drift, err = r.drift(c, n, a); err != nil {
		return nil, err
	}
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

// able refuses needs that nothing could meet. That a metric needs scores which are not there makes its figures undefined, no error.
func (n Needs) able(c Config, a Against) error {
	for distance, columns := range n.Drift {
		if len(columns) > 0 && a.Baseline == nil {
			return problem("no-baseline", fmt.Sprintf("drift %q needs a baseline, and data names none", distance), "")
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
		if r.Column != "" {
			want = append(want, table.Want{Name: r.Column, As: table.Number})
		}
	}
	return want
}

// driftWant reads a column as what its baseline is: numbers between edges, or values.
func driftWant(c Config, name string, b *Baseline) table.Want {
	column := c.driftColumn(name)
	if b != nil {
		if base, ok := b.Columns[name]; ok && base.Values != nil {
			return table.Want{Name: column, As: table.Value}
		}
	}
	return table.Want{Name: column, As: table.Number}
}

// driftColumn is the file's name of a column that a drift gate names: "score" is the score, whatever its name.
func (c Config) driftColumn(name string) string {
	if name == "score" && c.Score != "" {
		return c.Score
	}
	return name
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
func (r *rows) sweep(ctx context.Context, t Terms, named []Named, dimensions []coded, of []int, rivals [][]float64) (*swept, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &swept{scored: r.scores != nil, cuts: map[float64]int{}, dimensions: dimensions}
	plan := sweep.Plan{Cuts: []float64{r.cut(*t.Threshold)}, Eps: r.eps(), Curves: curvePoints}
	if !s.scored {
		plan = sweep.Plan{Cuts: []float64{0.5}, Eps: 0x1p-52}
	}
	for _, m := range named {
		if _, ok := s.cuts[m.Cut]; !ok && !math.IsNaN(m.Cut) && s.scored {
			s.cuts[m.Cut] = len(plan.Cuts)
			plan.Cuts = append(plan.Cuts, r.cut(m.Cut))
		}
	}
	for _, d := range dimensions {
		plan.Sizes = append(plan.Sizes, len(d.groups))
	}
	for range rivals {
		plan.Rivals = append(plan.Rivals, r.cut(*t.Threshold))
	}
	in := sweep.Rows{Score: r.scores, Label: r.labels, Rivals: rivals}
	if !s.scored {
		in.Score = make([]float64, r.n)
		for i, call := range r.calls {
			in.Score[i] = float64(call)
		}
	}
	for _, d := range dimensions {
		in.Slice = append(in.Slice, d.codes)
	}
	if of != nil {
		in.Score, in.Label = pick(in.Score, of), pick(in.Label, of)
		for i := range in.Slice {
			in.Slice[i] = pick(in.Slice[i], of)
		}
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
func (s *swept) figures(named []Named) []Slice {
	return s.each(func(st sweep.Stats, m Named) Figure {
		f := Figure{Support: m.Support(st)}
		value, err := m.Value(st)
		if err != nil {
			f.Undefined = err.Error()
			return f
		}
		f.Value = &value
		if m.Basis == nil {
			f.Without = "no method was shown to hold for " + m.Metric.Title
			return f
		}
		f.describe(m.Basis(st))
		return f
	}, named)
}

// describe gives the figure its limits.
func (f *Figure) describe(b stats.Basis) {
	f.Basis = b
	if f.Interval = stats.Describe(b, Level); f.Interval == nil {
		f.Without = "too few rows for an interval"
	}
}

// each makes a figure of every metric on every slice: overall, then along each dimension.
func (s *swept) each(figure func(sweep.Stats, Named) Figure, named []Named) []Slice {
	slice := func(st sweep.Stats, g Groups) Slice {
		counts := st.Counts
		out := Slice{Groups: g, Rows: st.Rows, Counts: &counts, Metrics: map[string]Figure{}}
		for _, m := range named {
			at := st
			if i, ok := s.cuts[m.Cut]; ok {
				at.Counts = st.Cuts[i]
			}
			if !s.scored && (m.Scores || !math.IsNaN(m.Cut)) {
				out.Metrics[m.Key] = Figure{Undefined: "there is no score column"}
				continue
			}
			out.Metrics[m.Key] = figure(at, m)
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

// compare finds the differences to a rival on the same rows.
func (r *rows) compare(ctx context.Context, t Terms, named []Named, dimensions []coded, rival Rival) (Comparison, error) {
	c := Comparison{With: rival.Name, Version: rival.Version, Paired: true, Rows: int64(r.n)}
	if r.scores == nil {
		return c, problem("no-rival", "a comparison with another version needs a score column", "")
	}
	scores, of, err := r.rivalScores(ctx, rival)
	if err != nil {
		return c, err
	}
	if of != nil {
		c.Rows, c.Unmatched = int64(len(of)), int64(r.n-len(of))
	}
	s, err := r.sweep(ctx, t, named, dimensions, of, [][]float64{scores})
	if err != nil {
		return c, err
	}
	c.Slices = s.each(func(st sweep.Stats, m Named) Figure {
		f := Figure{Support: m.Support(st)}
		switch {
		case !math.IsNaN(m.Cut):
			f.Undefined = "a comparison at another cut than the threshold is not computed"
		case m.Versus == nil:
			f.Undefined = "no method was shown to hold for a difference of " + m.Metric.Title
		default:
			value, basis, err := m.Versus(st, 0)
			if err != nil {
				f.Undefined = err.Error()
				return f
			}
			f.Value = &value
			f.describe(basis)
		}
		return f
	}, named)
	return c, nil
}

// rivalScores are the rival's scores, and the places of our rows that they belong to; nil: of all our rows, in order.
func (r *rows) rivalScores(ctx context.Context, rival Rival) (scores []float64, of []int, err error) {
	if rival.Column != "" {
		column := r.column(rival.Column, table.Number)
		if err := finite(r.file, column); err != nil {
			return nil, nil, err
		}
		return column.Numbers, nil, r.asKept(ctx, rival, column.Numbers, nil)
	}
	scores, of, err = r.scoresOf(ctx, rival, rival.Scores, rival.ID, rival.Label, rival.Score)
	if err != nil {
		return nil, nil, err
	}
	if len(of) == 0 {
		return nil, nil, &table.Error{File: rival.Scores.Name, Column: rival.ID, Code: "unmatched-rows",
			What: fmt.Sprintf("the %s was scored on other rows than those of %s: no id is in both. Score it on these rows, and name the file or column by `data: {compare: {%s: …}}`",
				rival.Name, r.file, rival.Name)}
	}
	if err := r.asKept(ctx, rival, scores, of); err != nil {
		return nil, nil, err
	}
	if len(of) == r.n {
		of = nil
	}
	return scores, of, nil
}

// asKept holds scores that somebody brought against those that were kept with the rival's version, where both have a row.
func (r *rows) asKept(ctx context.Context, rival Rival, scores []float64, of []int) error {
	if rival.Kept.Open == nil || r.ids == nil {
		return nil
	}
	kept, rows, err := r.scoresOf(ctx, rival, rival.Kept, KeptID, KeptLabel, KeptScore)
	if err != nil {
		return err
	}
	brought := make(map[int]float64, len(scores))
	for i, s := range scores {
		if of == nil {
			brought[i] = s
		} else {
			brought[of[i]] = s
		}
	}
	count, first := firstRows(len(rows), func(i int) bool { s, ok := brought[rows[i]]; return ok && s != kept[i] })
	if count > 0 {
		return &table.Error{File: r.file, Column: rival.Column, Code: "other-scores",
			What: fmt.Sprintf("%d of %d scores of the %s are not those that were kept with %s (first: row %s of them)", count, len(rows), rival.Name, rival.Version, first)}
	}
	return nil
}

// scoresOf reads a file of scores: those of our rows, and which rows these are.
func (r *rows) scoresOf(ctx context.Context, rival Rival, file table.Source, id, label, score string) (scores []float64, of []int, err error) {
	if r.ids == nil || id == "" {
		return nil, nil, problem("no-rival", "rows are compared by id: name its column by `data: {id: …}`", "")
	}
	want := []table.Want{{Name: id, As: table.Value}, {Name: score, As: table.Number}}
	if label != "" {
		want = append(want, table.Want{Name: label, As: table.Value})
	}
	columns, input, err := load(ctx, file, rival.Name, want)
	if err != nil {
		return nil, nil, err
	}
	r.inputs = append(r.inputs, input)
	ids, err := r.uniqueIDs(file.Name, columns[0])
	if err != nil {
		return nil, nil, err
	}
	if err := finite(file.Name, columns[1]); err != nil {
		return nil, nil, err
	}
	place := make(map[string]int, len(ids))
	for j, id := range ids {
		place[id] = j
	}
	other, first := 0, 0
	for i, id := range r.ids {
		j, ok := place[id]
		if !ok {
			continue
		}
		if label != "" && columns[2].Texts[j] != fmt.Sprint(r.labels[i]) {
			if other++; first == 0 {
				first = i + 1
			}
		}
		of = append(of, i)
		scores = append(scores, columns[1].Numbers[j])
	}
	if other > 0 {
		return nil, nil, &table.Error{File: file.Name, Column: label, Code: "other-labels",
			What: fmt.Sprintf("%d of %d rows have another outcome than in %s (first: row %d)", other, len(of), r.file, first)}
	}
	return scores, of, nil
}

// drift measures the columns against the baseline.
func (r *rows) drift(c Config, n Needs, a Against) ([]Shift, error) {
	if len(n.Drift) == 0 {
		return nil, nil
	}
	var shifts []Shift
	for _, d := range drift.Distances() {
		for _, name := range n.Drift[d.Name] {
			base, ok := a.Baseline.Columns[name]
			if !ok {
				return nil, problem("no-baseline", fmt.Sprintf("the baseline has no column %q", name), "")
			}
			now := measure(base, r, driftWant(c, name, a.Baseline))
			s := Shift{Column: name, Distance: d.Name, Baseline: a.Baseline.Input.Path}
			value, basis, support, err := d.Between(base, now)
			s.Figure.Support = support
			if err != nil {
				s.Figure.Undefined = err.Error()
			} else {
				s.Figure.Value = &value
				s.Figure.describe(basis)
			}
			shifts = append(shifts, s)
		}
	}
	return shifts, nil
}

func measure(base drift.Column, r *rows, w table.Want) drift.Column {
	column := r.column(w.Name, w.As)
	if w.As == table.Value {
		return base.Texts(column.Texts, column.Missing)
	}
	return base.Numbers(column.Numbers)
}

// Profile makes the baseline of the columns that drift is measured on, from the rows that c.Baseline names: attached to a version, so that
// a recheck in two years needs no training data. It is nil where c names none.
func Profile(ctx context.Context, c Config, n Needs) (*Baseline, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	t, err := table.Open(ctx, c.Open(c.Baseline))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var names []string
	var want []table.Want
	for _, d := range drift.Distances() {
		for _, name := range n.Drift[d.Name] {
			if slices.Contains(names, name) {
				continue
			}
			w := table.Want{Name: c.driftColumn(name), As: table.Number}
			if i := slices.Index(t.Names, w.Name); i >= 0 && t.Types[i] == table.Text {
				w.As = table.Value
			}
			names, want = append(names, name), append(want, w)
		}
	}
	if len(want) == 0 {
		return nil, nil
	}
	columns, err := t.Load(ctx, want)
	if err != nil {
		return nil, err
	}
	b := &Baseline{Columns: drift.Profile{}, Input: evidence.Input{File: base(t.Input), Role: "baseline", Rows: int64(length(columns))}}
	if b.Input.Rows == 0 {
		return nil, &table.Error{File: c.Baseline, Code: "no-rows", What: "the file has no rows"}
	}
	for i, name := range names {
		if want[i].As == table.Value {
			b.Columns[name] = drift.Texts(columns[i].Texts, columns[i].Missing)
		} else {
			b.Columns[name] = drift.Numbers(columns[i].Numbers)
		}
	}
	return b, nil
}
