package evaluate

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
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
			base := a.Baseline.Columns[name]
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
	return shifts
}

// driftWant reads a column as what its baseline is: numbers between edges, or values.
func driftWant(c Config, name string, b *Baseline) table.Want {
	column := c.driftColumn(name)
	if b != nil {
		if base, ok := b.Columns[name]; ok && base.Counts == nil {
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

func measure(base drift.Column, r *rows, w table.Want) drift.Column {
	column := r.column(w.Name, w.As)
	if w.As == table.Value {
		return base.Texts(column.Texts, column.Missing)
	}
	return base.Numbers(column.Numbers)
}

// Profile makes the baseline of the columns that drift is measured on, from the rows that c.Baseline names: attached to a version, so that
// a recheck in two years needs no training data. Where c.Baseline is a stored baseline (a .json file), it is that one. It is nil where c names
// none, or nothing is measured.
func Profile(ctx context.Context, c Config, n Needs) (*Baseline, error) {
	if c.Baseline == "" || !n.drifts() {
		return nil, nil
	}
	source := c.Open(c.Baseline)
	if strings.EqualFold(path.Ext(c.Baseline), ".json") {
		return storedBaseline(ctx, source)
	}
	t, err := table.Open(ctx, source)
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
	id, label := table.Want{Name: c.ID, As: table.Value}, table.Want{Name: n.Terms.Label, As: table.Value}
	labelled := slices.Contains(t.Names, id.Name) && slices.Contains(t.Names, label.Name)
	if labelled {
		want = append(want, id, label)
	}
	columns, err := t.Load(ctx, want)
	if err != nil {
		return nil, err
	}
	b := &Baseline{Columns: drift.Profile{}, Input: evidence.Input{File: base(t.Input), Role: "baseline", Rows: int64(length(columns))}}
	b.Dataset = b.Input.SHA256
	if labelled {
		if d, ok := datasetOf(c.Baseline, columns[len(names)], columns[len(names)+1], n.Terms.Positive); ok {
			b.Dataset = d
		}
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

// drifts says that some column is measured.
func (n Needs) drifts() bool {
	for _, columns := range n.Drift {
		if len(columns) > 0 {
			return true
		}
	}
	return false
}

// datasetOf is the digest of ids and labels: the same for every model that was scored on these rows. Rows that are not all named and labelled
// have none, as a baseline's need not be.
func datasetOf(file string, id, label table.Column, positive string) (evidence.Digest, bool) {
	ids, err := uniqueIDs(file, id)
	if err != nil {
		return "", false
	}
	labels, err := binary01(file, label, positive)
	if err != nil {
		return "", false
	}
	r := rows{n: len(ids), ids: ids, labels: labels}
	return r.dataset(nil), true
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
