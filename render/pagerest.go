package render

import (
	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// comparisonBlock shows the differences to a rival on the same rows: ours minus theirs.
type comparisonBlock struct {
	With, Version, Rows string
	Paired              bool
	Unmatched, LeftOut  string // rows of one side alone; empty: none
	Figures             []comparedRow
	Groups              []comparedRow // of the metrics that gates compare, along their dimensions
}

type comparedRow struct {
	Name, Ours, Theirs, Difference, Interval, Word string
}

func comparisons(v View, e *evaluate.Evaluation) []comparisonBlock {
	var blocks []comparisonBlock
	for _, c := range e.Comparisons {
		b := comparisonBlock{With: c.With, Version: c.Version, Rows: evaluate.Count(c.Rows), Paired: c.Paired}
		if c.Unmatched > 0 {
			b.Unmatched = evaluate.Count(c.Unmatched)
		}
		if c.LeftOut > 0 {
			b.LeftOut = evaluate.Count(c.LeftOut)
		}
		if len(c.Slices) == 0 {
			continue
		}
		for _, m := range metricNames(c.Slices[0]) {
			if m == "prevalence" {
				continue // the same rows
			}
			if row, ok := compared(cards.Title(m), m, e.Overall().Metrics[m], c.Slices[0].Metrics[m]); ok {
				b.Figures = append(b.Figures, row)
			}
		}
		if r := v.report(); r != nil {
			for _, g := range r.Gates {
				if g.Kind != "versus" {
					continue
				}
				for _, d := range g.Across {
					theirs, _ := c.Along(d)
					for _, s := range theirs {
						row, ok := compared(cards.Upper(cards.Title(g.Metric))+", "+e.Terms.Name(s.Groups), g.Metric, sliceOf(e, s.Groups).Metrics[g.Metric], s.Metrics[g.Metric])
						if ok {
							b.Groups = append(b.Groups, row)
						}
					}
				}
			}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func sliceOf(e *evaluate.Evaluation, g evaluate.Groups) evaluate.Slice {
	for _, s := range e.Slices {
		if s.Groups.String() == g.String() {
			return s
		}
	}
	return evaluate.Slice{}
}

// compared says better or worse only where the interval leaves 0 out.
func compared(name, metric string, ours, difference evaluate.Figure) (comparedRow, bool) {
	if difference.Value == nil || ours.Value == nil {
		return comparedRow{}, false
	}
	row := comparedRow{Name: name, Ours: evaluate.Number(*ours.Value), Theirs: evaluate.Number(*ours.Value - *difference.Value), Difference: evaluate.Signed(*difference.Value)}
	i := difference.Interval
	if i == nil {
		row.Word = "no interval"
		return row, true
	}
	row.Interval = evaluate.Range(&i.Low, &i.High, *difference.Value)
	n, err := evaluate.Lookup(metric)
	switch up := i.Low > 0; {
	case err != nil || n.Better == evaluate.Neither:
	case i.Low <= 0 && i.High >= 0:
		row.Word = "no clear difference"
	case up == (n.Better == evaluate.Higher):
		row.Word = "better"
	default:
		row.Word = "worse"
	}
	return row, true
}

// driftRow is the drift of a column, and beneath it that of groups, each against its own rows of the baseline.
type driftRow struct {
	figureRow
	Groups []figureRow
}

func drift(v View, e *evaluate.Evaluation) []driftRow {
	var rows []driftRow
	for _, s := range e.Drift {
		f := newFigure("", s.Figure)
		f.Name, f.Summary = distance(s.Distance)+" of "+s.Column, s.Baseline
		if len(s.Groups) == 0 || len(rows) == 0 {
			rows = append(rows, driftRow{figureRow: f})
			continue
		}
		f.Name, f.Summary = v.terms().Name(s.Groups), ""
		if s.Figure.Value == nil { // how many rows the side has that there is
			f.Support = evaluate.Count(max(s.Now, s.Then))
		}
		last := &rows[len(rows)-1]
		last.Groups = append(last.Groups, f)
	}
	return rows
}

// typedRow is a figure that a person typed, beside what was computed.
type typedRow struct {
	Name, Typed, Computed, Interval string
}

func typedRows(c *cards.Card) []typedRow {
	terms := evaluate.Terms{}
	if c.Evaluation != nil {
		terms = c.Evaluation.Terms
	}
	var rows []typedRow
	for _, t := range c.TypedFigures() {
		row := typedRow{Name: cards.Upper(t.Title), Typed: cards.Typing(t.Value)}
		if len(t.Groups) > 0 {
			row.Name += ", " + terms.Name(t.Groups)
		}
		if f := t.Computed; f != nil && f.Value != nil {
			x := newFigure("", *f)
			row.Computed, row.Interval = x.Value, x.Interval
		}
		rows = append(rows, row)
	}
	return rows
}
