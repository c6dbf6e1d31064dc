package evaluate

import (
	"fmt"
	"slices"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// regressionPlan is what some metrics need of a regression.
func (r *rows) regressionPlan(named []Named) sweep.RegressionPlan {
	p := sweep.RegressionPlan{Intervals: r.place(lowers) >= 0}
	for _, m := range named {
		switch m.Name {
		case medianAbsoluteError.Name:
			p.Median = true
		case r2.Name:
			p.Explained = true
		case "pinball_loss":
			if !slices.Contains(p.Levels, m.At) {
				p.Levels = append(p.Levels, m.At)
			}
		}
	}
	return p
}

// regression is what is counted of a regression's rows.
func (r *rows) regression(named []Named) part {
	p := r.regressionPlan(named)
	truth, lower, upper := r.place(truths), r.place(lowers), r.place(uppers)
	columns, products := p.Numbers()
	return part{columns: columns, products: products,
		of: func(in sweep.Rows, rooms [][]float64) {
			var ends [2][]float64
			if p.Intervals {
				ends = [2][]float64{in.Numbers[lower], in.Numbers[upper]}
			}
			p.Values(in.Numbers[truth], in.Score, ends[0], ends[1], nil, rooms)
		},
		to: func(s *sweep.Stats, n *sweep.NumbersOf) { s.Regression = p.Of(n) }}
}

// sweepRegressions counts rows (of: their places; nil: all) with a rival's predictions beside them.
func (r *rows) sweepRegressions(named []Named, dimensions []coded, ours sweep.Rows, of []int, rival table.Column) (*swept, error) {
	p := r.regressionPlan(named)
	p.Median, p.Explained, p.Intervals, p.Rival = false, false, false, true
	truth, cells, scores := ours.Numbers[r.place(truths)], ours.Cell, ours.Score
	if of != nil {
		truth, cells, scores = pick(truth, of), pick(cells, of), pick(scores, of)
	}
	columns, products := p.Numbers()
	plan := sweep.NumbersPlan{Combinations: len(r.combinations.List()), Numbers: columns, Products: products}
	for _, d := range dimensions {
		plan.Dimensions, plan.Sizes = append(plan.Dimensions, d.of), append(plan.Sizes, len(d.groups))
	}
	values := make([][]float64, len(columns))
	for k := range values {
		values[k] = make([]float64, len(truth))
	}
	p.Values(truth, scores, nil, nil, rival.Numbers, values)
	numbers := sweep.NewNumbers(plan, values, 1)
	if err := numbers.Add(0, cells, values); err != nil {
		return nil, fmt.Errorf("compare the rows of %s: %w", r.file, err)
	}
	numbers.Again()
	overall, slices, err := numbers.Close()
	if err != nil {
		return nil, fmt.Errorf("compare the rows of %s: %w", r.file, err)
	}
	s := &swept{task: r.t.Kind(), scored: true, dimensions: dimensions}
	statsOf := func(n *sweep.NumbersOf) sweep.Stats {
		return sweep.Stats{Rows: n.Columns[0].N, Regression: p.Of(n)}
	}
	s.overall = statsOf(&overall)
	for d := range slices {
		var all []sweep.Stats
		for i := range slices[d] {
			all = append(all, statsOf(&slices[d][i]))
		}
		s.slices = append(s.slices, all)
	}
	return s, nil
}

// otherLabel says that a rival's row has another outcome than ours.
func (r *rows) otherLabel(theirs table.Column, row int, ours sweep.Rows, at int) bool {
	if r.t.is(Regression) {
		return theirs.Numbers[row] != ours.Numbers[r.place(truths)][at]
	}
	return theirs.Texts[row] != [2]string{"0", "1"}[ours.Cell[at]&1]
}
