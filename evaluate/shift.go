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
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// drift measures the columns against the baseline.
func (r *rows) drift(c Config, n Needs, a Against) []Shift {
	var shifts []Shift
	for _, d := range drift.Distances() {
		for _, name := range n.Drift[d.Name] {
			now := r.labelled()
			if i := slices.IndexFunc(r.measured, func(m measured) bool { return m.name == name }); i >= 0 {
				now = r.measured[i].now
			}
			s := Shift{Column: name, Distance: d.Name, Baseline: a.Baseline.Input.Path}
			value, basis, support, err := d.Between(a.Baseline.Columns[name], now)
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
	return shifts
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
	return drift.Column{Other: int64(r.n), Rows: int64(r.n), Positive: &drift.Share{Means: strconv.Quote(r.t.Positive), Rows: r.scout.Positives()}}
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
		return storedBaseline(ctx, sources[0])
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
	err = t.Each(ctx, want, len(workers), func(worker int, b table.Batch) error {
		for i, m := range workers[worker] {
			if err := m.add(b.Columns[i]); err != nil {
				return fmt.Errorf("measure %s of %s: %w", columns[i].name, c.Baseline, err)
			}
		}
		return nil
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
	return b, nil
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

// storedBaseline reads a baseline.json, and holds it to its schema and to itself.
func storedBaseline(ctx context.Context, s table.Source) (*Baseline, error) {
	text, err := table.ReadFile(ctx, s, maxBaseline)
	if err != nil {
		return nil, err
	}
	bad := func(what string) error { return &table.Error{File: s.Name, Code: "bad-baseline", What: what} }
	var b Baseline
	if err := schema.Decode("baseline", s.Name, text, &b); err != nil {
		return nil, bad("it is no stored baseline: " + err.Error())
	}
	for _, name := range slices.Sorted(maps.Keys(b.Columns)) {
		if err := b.Columns[name].Check(); err != nil {
			return nil, bad(fmt.Sprintf("its column %q contradicts itself: %v", name, err))
		}
	}
	return &b, nil
}
