package evaluate

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// compare finds the differences to a rival on the same rows.
func (r *rows) compare(ctx context.Context, t Terms, named []Named, dimensions []coded, rival Rival) (Comparison, error) {
	c := Comparison{With: rival.Name, Version: rival.Version, Paired: true, Rows: int64(r.n)}
	if r.t.is(Multiclass) {
		return r.compareClasses(ctx, named, dimensions, rival)
	}
	if r.t.is(Scores) {
		return c, problem("no-rival", fmt.Sprintf("models of a %s task are not compared on the same rows", r.t.Kind()), "")
	}
	if !r.scored {
		return c, problem("no-rival", "a comparison with another version needs a score column", "")
	}
	ours := r.flat()
	theirs, err := r.scoresOf(ctx, rival, ours)
	if err != nil {
		return c, err
	}
	of := theirs.of
	if len(of) == r.n {
		of = nil // all our rows, in order: nothing to pick
	}
	c.Rows, c.Unmatched, c.LeftOut = int64(len(theirs.of)), int64(r.n-len(theirs.of)), theirs.leftOut
	s, err := r.sweepPairs(named, dimensions, ours, of, theirs.scores)
	if err != nil {
		return c, err
	}
	c.Slices = s.differences(named, func(st sweep.Stats, m Named) (float64, stats.Basis, error) { return m.Versus(st, 0) })
	return c, nil
}

// itself is the comparison of a model with itself.
func (s *swept) itself(rival Rival, named []Named, n int64) Comparison {
	return Comparison{With: rival.Name, Version: rival.Version, Paired: true, Rows: n,
		Slices: s.differences(named, func(st sweep.Stats, m Named) (float64, stats.Basis, error) {
			if _, err := m.Value(st); err != nil {
				return 0, stats.Basis{}, err
			}
			return 0, stats.Same(), nil
		})}
}

// differences gives every slice the metrics of which there are differences.
func (s *swept) differences(named []Named, of func(sweep.Stats, Named) (float64, stats.Basis, error)) []Slice {
	return s.each(func(st sweep.Stats, _ Groups, m Named) Figure {
		f := Figure{Support: m.Support(st)}
		switch {
		case !m.AtThreshold():
			f.Undefined = "a comparison at another cut than the threshold is not computed"
		case m.Versus == nil:
			f.Undefined = "no method was shown to hold for a difference of " + m.Metric.Title
		default:
			value, basis, err := of(st, m)
			if err != nil {
				f.Undefined = err.Error()
				return f
			}
			f.Value = &value
			if f.Without = s.pendingDifference(st); f.Without == "" || basis.IsSame() {
				f.Without = ""
				f.describe(basis)
			}
		}
		return f
	}, named)
}

// theirs are a rival's scores, and the places of our rows that they belong to, rising.
type theirs struct {
	from   string // file
	scores table.Column
	of     []int
	// rows of the rival's that we have not: of a file's, and then, once compared, of its kept predictions
	leftOut int64
}

// scoresOf finds the scores that the configuration names, or that were kept. Those that somebody brings are held against those kept.
func (r *rows) scoresOf(ctx context.Context, rival Rival, ours sweep.Rows) (theirs, error) {
	var found theirs
	var err error
	if rival.Column != "" {
		i := slices.Index(r.rivals, rival.Column)
		found = theirs{from: r.file, of: make([]int, r.n),
			scores: table.Column{Name: rival.Column, Numbers: ours.Rivals[i], Type: r.from.Types[slices.Index(r.from.Names, rival.Column)]}}
		for i := range found.of {
			found.of[i] = i
		}
	} else {
		found, err = r.byID(ctx, rival, ours, rival.Scores, rival.ID, rival.Label, rival.Score)
	}
	if err != nil {
		return found, err
	}
	if len(found.of) == 0 {
		return found, r.otherRows(rival, found.from, rival.ID)
	}
	if rival.Kept.Open == nil {
		if !rival.scoresAreKept() {
			found.leftOut = 0 // a file may hold scores of more than was asked of it
		}
		return found, nil
	}
	kept, err := r.byID(ctx, rival, ours, rival.Kept, KeptID, KeptLabel, KeptScore)
	if err != nil {
		return found, err
	}
	found.leftOut = kept.leftOut
	if len(kept.of) == 0 {
		found.leftOut = 0 // other rows altogether: a new dataset, and nobody chose among the old
	}
	return found, found.asKept(kept, rival)
}

// scoresAreKept says that Scores is what [Keep] wrote with the rival's version.
func (r Rival) scoresAreKept() bool {
	return r.Column == "" && r.ID == KeptID && r.Label == KeptLabel && r.Score == KeptScore
}

// asKept holds scores that somebody brought against those that were kept with the rival's version, where both have a row: to the last bit, or as
// float32 where either is stored so.
func (f theirs) asKept(kept theirs, rival Rival) error {
	brought := make(map[int]float64, len(f.of))
	for i, row := range f.of {
		brought[row] = f.scores.Numbers[i]
	}
	same := func(x, y float64) bool { return x == y }
	if f.scores.Type == table.Float32 || kept.scores.Type == table.Float32 {
		same = func(x, y float64) bool { return float32(x) == float32(y) }
	}
	other, first := 0, 0
	for i, row := range kept.of {
		if s, ok := brought[row]; ok && !same(s, kept.scores.Numbers[i]) {
			if other++; other == 1 {
				first = row + 1
			}
		}
	}
	if other == 0 {
		return nil
	}
	return &table.Error{File: f.from, Column: f.scores.Name, Code: "other-scores",
		What: fmt.Sprintf("%d of %d scores of the %s are not those that were kept with %s (first: row %d)", other, len(kept.of), rival.Name, rival.Version, first)}
}

// byID reads a file of scores, and finds our rows in it.
func (r *rows) byID(ctx context.Context, rival Rival, ours sweep.Rows, file table.Source, id, label, score string) (theirs, error) {
	found := theirs{from: file.Name}
	if err := r.haveIDs(rival, id); err != nil {
		return found, err
	}
	want := []table.Want{{Name: id, As: table.Value}, {Name: score, As: table.Number}}
	if label != "" {
		want = append(want, table.Want{Name: label, As: r.t.labelAs()})
	}
	columns, rows, err := r.joined(ctx, rival, file, want, &found.of)
	if err != nil {
		return found, err
	}
	if err := finite(file.Name, columns[1]); err != nil {
		return found, err
	}
	found.scores = table.Column{Name: score, Type: columns[1].Type, Numbers: pick(columns[1].Numbers, rows)}
	found.leftOut = int64(columns[0].Len() - len(rows))
	if label == "" {
		return found, nil
	}
	return found, r.sameOutcomes(file.Name, label, found.of, func(k int) bool { return !r.otherLabel(columns[2], rows[k], ours, found.of[k]) })
}

// haveIDs refuses a comparison by id without one.
func (r *rows) haveIDs(rival Rival, id string) error {
	if r.ids == nil || id == "" {
		return problem("no-rival", fmt.Sprintf("rows are compared with those of the %s by id: name its column by `data: {id: …}`", rival.Name), "")
	}
	return nil
}

// joined reads a rival's file, of which the first column that is wanted is the id: all its columns, and the rows that are ours, in our order; of are their
// places among ours.
func (r *rows) joined(ctx context.Context, rival Rival, file table.Source, want []table.Want, of *[]int) (columns []table.Column, rows []int, err error) {
	columns, inputs, err := load(ctx, []table.Source{file}, rival.Name, want)
	if err != nil {
		return nil, nil, err
	}
	r.inputs = append(r.inputs, inputs...)
	ids, err := uniqueIDs(file.Name, columns[0])
	if err != nil {
		return nil, nil, err
	}
	place := make(map[string]int, len(ids))
	for j, id := range ids {
		place[id] = j
	}
	for i, id := range r.ids {
		if j, ok := place[id]; ok {
			*of, rows = append(*of, i), append(rows, j)
		}
	}
	return columns, rows, nil
}

// otherRows is the error of a rival that has none of our rows.
func (r *rows) otherRows(rival Rival, file, id string) error {
	return &table.Error{File: file, Column: id, Code: "unmatched-rows",
		What: fmt.Sprintf("the %s was scored on other rows than those of %s: no id is in both. Score it on these rows, and name the file or column by `data: {compare: {%s: …}}`",
			rival.Name, r.file, rival.Name)}
}

// sameOutcomes refuses rows of a rival's that have another outcome than ours; of are their places among ours.
func (r *rows) sameOutcomes(file, label string, of []int, same func(k int) bool) error {
	other, first := 0, 0
	for k, i := range of {
		if !same(k) {
			if other++; other == 1 {
				first = i + 1
			}
		}
	}
	if other == 0 {
		return nil
	}
	return &table.Error{File: file, Column: label, Code: "other-labels",
		What: fmt.Sprintf("%d of %d rows have another outcome than in %s (first: row %d)", other, len(of), r.file, first)}
}
