package evaluate

import (
	"context"
	"slices"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
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
	for i, name := range names {
		if want[i].As == table.Value {
			b.Columns[name] = drift.Texts(columns[i].Texts, columns[i].Missing)
		} else {
			b.Columns[name] = drift.Numbers(columns[i].Numbers)
		}
	}
	return b, nil
}
