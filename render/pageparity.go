package render

import (
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// parityBlock tells how far the groups of a dimension lie apart.
type parityBlock struct {
	Name  string
	First []parityRow // [cards.Parities]
	All   []parityRow
}

type parityRow struct{ Name, Summary, Value, Interval, Why, Between string }

func parity(e *evaluate.Evaluation) []parityBlock {
	var list []parityBlock
	for _, dimension := range cards.DimensionsApart(e) {
		b := parityBlock{Name: strings.ReplaceAll(dimension, " * ", " × ")}
		for _, p := range cards.Parities() {
			if d, ok := e.Disparity(p.Name, dimension); ok {
				row := newParity(e, d)
				row.Name = p.Short
				b.First = append(b.First, row)
			}
		}
		for _, d := range e.Fairness {
			if d.Dimension == dimension {
				b.All = append(b.All, newParity(e, d))
			}
		}
		list = append(list, b)
	}
	return list
}

func newParity(e *evaluate.Evaluation, d evaluate.Disparity) parityRow {
	name, class, ofClass := cards.OfClass(e, d.Name)
	row := parityRow{Name: strings.ReplaceAll(name, "_", " "), Value: "–", Why: d.Undefined}
	for _, k := range evaluate.Disparities() {
		if k.Name == name {
			row.Name, row.Summary = k.Title, k.Summary
		}
	}
	if ofClass { // whose positive rows are those of the class
		row.Name, row.Summary = row.Name+" of "+class, ""
	}
	if d.Value == nil {
		return row
	}
	row.Value, row.Why = evaluate.Number(*d.Value), d.Without
	if d.Interval != nil {
		row.Interval, row.Why = evaluate.Range(&d.Interval.Low, &d.Interval.High, *d.Value), ""
	}
	if len(d.Lowest) > 0 && len(d.Highest) > 0 {
		row.Between = e.Terms.Short(d.Lowest) + " – " + e.Terms.Short(d.Highest)
	}
	return row
}
