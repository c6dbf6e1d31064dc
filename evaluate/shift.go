package evaluate

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// drift measures the columns against the baseline, and where it is asked for, the columns of groups against those of the baseline's.
func (r *rows) drift(c Config, n Needs, a Against, all *swept) []Shift {
	var shifts []Shift
	for _, d := range drift.Distances() {
		for _, name := range n.Drift[d.Name] {
			now := r.labelled()
			if i := slices.IndexFunc(r.measured, func(m measured) bool { return m.name == name }); i >= 0 {
				now = r.measured[i].now
			}
			s := Shift{Column: name, Distance: d.Name, Baseline: a.Baseline.Input.Path}
			s.Figure = shifted(d, a.Baseline.Columns[name], now)
			shifts = append(shifts, s)
			for _, ask := range n.Across {
				if ask.Distance == d.Name && ask.Column == name {
					shifts = append(shifts, r.driftAcross(c, n, d, ask, a.Baseline, all)...)
				}
			}
		}
	}
	return shifts
}

func shifted(d drift.Distance, from, to drift.Column) Figure {
	value, basis, support, err := d.Between(from, to)
	f := Figure{Support: support}
	if err != nil {
		f.Undefined = err.Error()
		return f
	}
	f.Value = &value
	f.describe(basis)
	return f
}

// driftAcross measures a column in each group of a dimension: those that there are now, in their order, and then those that only the baseline has.
func (r *rows) driftAcross(c Config, n Needs, d drift.Distance, ask Across, b *Baseline, all *swept) []Shift {
	dimension, _ := r.t.Dimension(ask.Dimension)
	known := b.along(dimension.Name)
	at := slices.IndexFunc(all.dimensions, func(x coded) bool { return x.Name == dimension.Name })
	groups := slices.Clone(all.dimensions[at].groups)
	for _, g := range known.Groups {
		if !slices.ContainsFunc(groups, func(x Groups) bool { return maps.Equal(x, g.Groups) }) {
			groups = append(groups, g.Groups)
		}
	}
	var shifts []Shift
	for i, g := range groups {
		s := Shift{Column: ask.Column, Distance: d.Name, Groups: g, Baseline: b.Input.Path, Among: len(groups)}
		var now drift.Column
		if n.joined(c, ask.Column) {
			if i < len(all.slices[at]) {
				now = labelled(all.slices[at][i].Rows, all.slices[at][i].Positives, r.t.Positive)
			}
			s.Now = now.Rows
		} else {
			s.Now, now = r.counted(dimension.Name, g, ask.Column)
		}
		then := known.of(g)
		if then != nil {
			s.Then = then.Rows
		}
		switch {
		case then == nil:
			s.Figure.Undefined = "the baseline keeps no profile of this group"
		case s.Now == 0:
			s.Figure.Undefined = "no row of a group that the baseline has"
		default:
			s.Figure = shifted(d, then.Columns[ask.Column], now)
		}
		shifts = append(shifts, s)
	}
	return shifts
}

// counted is how many rows a group has now, and what was counted of its column; no column where the baseline has no such group.
func (r *rows) counted(dimension string, g Groups, name string) (int64, drift.Column) {
	a := r.across.along(dimension)
	i := slices.IndexFunc(a.groups, func(x *metered) bool { return maps.Equal(x.groups, g) })
	if i < 0 {
		return 0, drift.Column{}
	}
	of := a.groups[i]
	if of.meters == nil {
		return of.rows.Load(), drift.Column{}
	}
	return of.rows.Load(), of.meters[slices.Index(a.names, name)].column()
}

// measures are the columns of the rows themselves whose drift is measured.
func (n Needs) measures(c Config, b *Baseline) []measured {
	var all []measured
	for _, d := range drift.Distances() {
		for _, name := range n.Drift[d.Name] {
			if n.joined(c, name) || slices.ContainsFunc(all, func(m measured) bool { return m.name == name }) {
				continue
			}
			m := measured{name: name, want: driftWant(c, n, name, b)}
			if b != nil {
				base := b.Columns[name]
				m.base = &base
			}
			all = append(all, m)
		}
	}
	return all
}

// driftWant reads a column as what its baseline is: numbers between edges, or values.
func driftWant(c Config, n Needs, name string, b *Baseline) table.Want {
	w := table.Want{Name: c.driftColumn(name), As: table.Number}
	if b != nil {
		if base, ok := b.Columns[name]; ok && base.Counts == nil {
			w.As = table.Code
		}
	}
	if n.counts(name) && w.Name != c.Score {
		w.As = table.Code
	}
	return w
}

// joined says that a column is of the labels, which stand in a file of their own: only the share of positives is known of it.
func (n Needs) joined(c Config, name string) bool { return c.Labels != "" && name == n.Terms.Label }

func (r *rows) labelled() drift.Column {
	return labelled(int64(r.n), r.scout.Positives(), r.t.Positive)
}

func labelled(rows, positives int64, positive string) drift.Column {
	return drift.Column{Other: rows, Rows: rows, Positive: &drift.Share{Means: strconv.Quote(positive), Rows: positives}}
}

// counts says that the share of positives of a column is asked for.
func (n Needs) counts(name string) bool {
	for distance, columns := range n.Drift {
		if d, ok := drift.Named(distance); ok && d.Of == drift.Positives && slices.Contains(columns, name) {
			return true
		}
	}
	return false
}

// driftColumn is the file's name of a column that a drift gate names: "score" is the score, whatever its name.
func (c Config) driftColumn(name string) string {
	if name == "score" && c.Score != "" {
		return c.Score
	}
	return name
}

// Profile makes the baseline of the columns that drift is measured on, from the rows that c.Baseline names: attached to a version, so that
// a recheck in two years needs no training data. Where c.Baseline is a stored baseline (a .json file), it is that one. It is nil where c names
// none, or nothing is measured.
func Profile(ctx context.Context, c Config, n Needs) (*Baseline, error) {
	if c.Baseline == "" || !n.drifts() {
		return nil, nil
	}
	sources, err := c.Open(c.Baseline)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(path.Ext(c.Baseline), ".json") {
		text, err := table.ReadFile(ctx, sources[0], maxBaseline)
		if err != nil {
			return nil, err
		}
		return ReadBaseline(sources[0].Name, text)
	}
	t, err := table.OpenAll(ctx, sources)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	columns := n.measures(c, nil)
	var want []table.Want
	for i, m := range columns {
		if at := slices.Index(t.Names, m.want.Name); at >= 0 {
			if columns[i].typ = t.Types[at]; t.Types[at] == table.Text {
				columns[i].want.As = table.Code
			}
		}
		want = append(want, columns[i].want)
	}
	workers := make([][]*meter, c.workers())
	for i := range workers {
		workers[i] = meters(columns, c, n.Terms)
	}
	groups := n.divided(c, n.Terms, c.Baseline, n.Terms.groupings(), columns, nil)
	profilers := groups.profilers(len(workers), &want)
	err = t.Each(ctx, want, len(workers), func(worker int, b table.Batch) error {
		for i, m := range workers[worker] {
			if err := m.add(b.Columns[i]); err != nil {
				return fmt.Errorf("measure %s of %s: %w", columns[i].name, c.Baseline, err)
			}
		}
		return profilers[worker].add(b)
	})
	if err != nil {
		return nil, err
	}
	if err := mergeMeters(columns, workers); err != nil {
		return nil, err
	}
	b := &Baseline{Columns: drift.Profile{}, Input: inputsOf(t, "baseline")[0]}
	b.Input.Rows = t.Rows
	if len(t.Inputs) > 1 {
		b.Input.File = together(c.Baseline, t.Inputs)
	}
	if b.Dataset, err = baselineDataset(ctx, c, n.Terms, t); err != nil {
		return nil, err
	}
	if b.Dataset == "" {
		b.Dataset = b.Input.SHA256
	}
	for _, m := range columns {
		b.Columns[m.name] = m.now
	}
	keep := kept(groups.all)
	for _, a := range groups.all {
		b.Slices = append(b.Slices, a.profiled(n, n.Terms, keep[a]))
	}
	return b, nil
}

// profiler counts a goroutine's rows of a baseline by their groups: read as the evaluation's are.
type profiler struct {
	of      *divided
	at      []int // of each grouping among the columns that are read; -1: no dimension asks for it
	values  []recode
	bins    [][]uint32
	groups  []sweep.Coded
	grouper *grouper
}

// profilers start one for each goroutine, and add what they read to want.
func (d *divided) profilers(n int, want *[]table.Want) []*profiler {
	at := make([]int, len(d.groupings))
	for k, of := range d.groupings {
		if at[k] = -1; slices.Contains(d.used, k) {
			if at[k] = slices.Index(*want, of.want()); at[k] < 0 {
				at[k], *want = len(*want), append(*want, of.want())
			}
		}
	}
	all := make([]*profiler, n)
	for i := range all {
		p := &profiler{of: d, at: at, values: make([]recode, len(at)), bins: make([][]uint32, len(at)), groups: make([]sweep.Coded, len(at)), grouper: d.grouper()}
		for k, of := range d.groupings {
			p.values[k].of = of.values
		}
		all[i] = p
	}
	return all
}

func (p *profiler) add(b table.Batch) error {
	for k, at := range p.at {
		if at >= 0 {
			p.groups[k], p.bins[k] = p.of.groupings[k].coded(b.Columns[at], &p.values[k], p.bins[k])
		}
	}
	return p.grouper.add(b.Columns[0].Len(), p.groups, func(i int) table.Column { return b.Columns[i] })
}

// baselineDataset is the digest of the baseline's ids and labels; "" where it has not both, or some row lacks one.
func baselineDataset(ctx context.Context, c Config, t Terms, from *table.Table) (evidence.Digest, error) {
	if !slices.Contains(from.Names, c.ID) || !slices.Contains(from.Names, t.Label) {
		return "", nil
	}
	columns, err := from.Load(ctx, []table.Want{{Name: c.ID, As: table.Value}, {Name: t.Label, As: table.Value}})
	if err != nil {
		return "", err
	}
	ids, err := uniqueIDs(c.Baseline, columns[0])
	if err != nil {
		return "", nil
	}
	labels, err := binary01(c.Baseline, columns[1], t.Positive)
	if err != nil {
		return "", nil
	}
	return datasetOfIDs(ids, func(i int) uint8 { return labels[i] }), nil
}

// drifts says that some column is measured.
func (n Needs) drifts() bool {
	for _, columns := range n.Drift {
		if len(columns) > 0 {
			return true
		}
	}
	return false
}

// maxBaseline is the most bytes that a stored baseline may have: it holds counts, not rows.
const maxBaseline = 64 << 20

// ReadBaseline reads the text of a baseline.json, and holds it to its schema and to itself: else it is a *[table.Error] that names the file.
func ReadBaseline(file string, text []byte) (*Baseline, error) {
	bad := func(what string) error { return &table.Error{File: file, Code: "bad-baseline", What: what} }
	var b Baseline
	if err := schema.Decode("baseline", file, text, &b); err != nil {
		return nil, bad("it is no stored baseline: " + err.Error())
	}
	for _, name := range slices.Sorted(maps.Keys(b.Columns)) {
		if err := b.Columns[name].Check(); err != nil {
			return nil, bad(fmt.Sprintf("its column %q contradicts itself: %v", name, err))
		}
	}
	for _, p := range b.Slices {
		if err := p.check(); err != nil {
			return nil, bad(fmt.Sprintf("in the groups of %q, %v", p.Dimension, err))
		}
	}
	return &b, nil
}
