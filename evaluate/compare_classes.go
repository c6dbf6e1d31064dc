package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// called are a rival's classes of our rows, and its scores of each class, and the places of our rows that they belong to, rising.
type called struct {
	from    string // file
	column  string // of what is told of it
	call    []uint16
	scores  [][]float64 // by our classes; nil: there are none
	types   []table.Type
	of      []int
	leftOut int64
}

// eps is where log loss clips its scores.
func (c called) eps() float64 {
	if slices.Contains(c.types, table.Float32) {
		return epsOf(table.Float32)
	}
	return epsOf(table.Float64)
}

// compareClasses finds the differences of a multiclass model to a rival on the same rows.
func (r *rows) compareClasses(ctx context.Context, named []Named, dimensions []coded, rival Rival) (Comparison, error) {
	c := Comparison{With: rival.Name, Version: rival.Version, Paired: true}
	all := r.flat()
	theirs, err := r.callsOf(ctx, rival, all)
	if err != nil {
		return c, err
	}
	c.Rows, c.Unmatched, c.LeftOut = int64(len(theirs.of)), int64(r.n-len(theirs.of)), theirs.leftOut
	s, err := r.sweepClassPairs(named, dimensions, all, theirs)
	if err != nil {
		return c, fmt.Errorf("compare the rows of %s: %w", r.file, err)
	}
	c.Slices = s.differences(named, func(st sweep.Stats, m Named) (float64, stats.Basis, error) {
		if m.Name == rocAUC.Name && len(st.Pairs) == 1 && math.IsNaN(st.Pairs[0].AUC) {
			switch {
			case !st.Classes.Scored:
				return 0, stats.Basis{}, Undefined(noClassScores)
			case theirs.scores == nil:
				return 0, stats.Basis{}, Undefined("the " + rival.Name + " has no scores of the classes")
			}
			return 0, stats.Basis{}, Undefined("all rows are of one class")
		}
		return m.Versus(st, 0)
	})
	return c, nil
}

// sweepClassPairs counts our rows with a rival's classes beside them.
func (r *rows) sweepClassPairs(named []Named, dimensions []coded, all sweep.Rows, theirs called) (*swept, error) {
	count := r.countClasses(nil, dimensions)
	in := count.of(all)
	if len(theirs.of) < len(in.Cell) {
		in.Cell, in.Truth, in.Call = pick(in.Cell, theirs.of), pick(in.Truth, theirs.of), pick(in.Call, theirs.of)
		picked := make([][]float64, len(in.Scores))
		for k, xs := range in.Scores {
			picked[k] = pick(xs, theirs.of)
		}
		in.Scores = picked
	}
	in.Theirs, in.TheirScores = theirs.call, theirs.scores
	plan := count.plan
	plan.Rival, plan.RivalScores, plan.RivalEps = true, plan.Scores && theirs.scores != nil, theirs.eps()
	tally := sweep.NewClassTally(plan)
	if err := tally.Add(in); err != nil {
		return nil, err
	}
	s := &swept{task: Multiclass, dimensions: dimensions}
	overall, slices := tally.Close(sweep.ClassRows{}, r.workers)
	of := func(c *sweep.Classes) sweep.Stats { return sweep.Stats{Rows: allRows(c), Classes: c} }
	s.overall = of(overall)
	for _, dimension := range slices {
		var some []sweep.Stats
		for _, c := range dimension {
			some = append(some, of(c))
		}
		s.slices = append(s.slices, some)
	}
	if !plan.RivalScores {
		return s, nil
	}
	for _, m := range named {
		if m.Name == rocAUC.Name && m.Class != "" {
			if err := r.pairAreas(s, m.Class, in, plan); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// pairAreas finds both models' areas under the ROC curve of one class against the rest, with their covariance.
func (r *rows) pairAreas(s *swept, class string, in sweep.ClassRows, p sweep.ClassesPlan) error {
	k := slices.Index(r.classes, class)
	tally := sweep.New(sweep.Plan{Combinations: p.Combinations, Dimensions: p.Dimensions, Sizes: p.Sizes, Ranks: true, Rivals: []float64{0.5}})
	rows := sweep.Rows{Score: in.Scores[k], Rivals: [][]float64{in.TheirScores[k]}, Cell: make([]uint32, len(in.Cell))}
	for i, cell := range in.Cell {
		rows.Cell[i] = cell &^ 1
		if int(in.Truth[i]) == k {
			rows.Cell[i] |= 1
		}
	}
	if err := tally.Add(rows); err != nil {
		return err
	}
	overall, slices, err := tally.Close()
	if err != nil {
		return err
	}
	put := func(to *sweep.Stats, from sweep.Stats) {
		pair := to.Classes.Pair
		if pair.Areas == nil {
			pair.Areas = map[int]sweep.PairedArea{}
		}
		pair.Areas[k] = sweep.PairedArea{AUC: from.AUC, Var: from.AUCVar, Pair: from.Pairs[0]}
	}
	put(&s.overall, overall)
	for d := range slices {
		for i := range slices[d] {
			put(&s.slices[d][i], slices[d][i])
		}
	}
	return nil
}

// callsOf finds the classes that the configuration names, or that were kept. Those that somebody brings are held against those kept.
func (r *rows) callsOf(ctx context.Context, rival Rival, all sweep.Rows) (called, error) {
	var found called
	var err error
	switch {
	case rival.Column != "":
		found, err = r.calledInColumn(rival, all)
	case rival.scoresAreKept():
		return r.calledByID(ctx, rival, all, rival.Scores, true)
	default:
		found, err = r.calledByID(ctx, rival, all, rival.Scores, false)
	}
	if err != nil || rival.Kept.Open == nil {
		found.leftOut = 0 // a file may hold rows beyond what was asked of it
		return found, err
	}
	kept, err := r.calledByID(ctx, rival, all, rival.Kept, true)
	if err != nil && !noneInBoth(err) {
		return found, err
	}
	found.leftOut = 0
	if err == nil {
		found.leftOut = kept.leftOut
		err = found.asKept(kept, rival, r.classes)
	} else { // other rows altogether: a new dataset, and nobody chose among the old
		err = nil
	}
	return found, err
}

// noneInBoth says that a rival was scored on other rows.
func noneInBoth(err error) bool {
	var wrong *table.Error
	return errors.As(err, &wrong) && wrong.Code == "unmatched-rows"
}

// calledInColumn are the classes of a column of the rows themselves.
func (r *rows) calledInColumn(rival Rival, all sweep.Rows) (called, error) {
	at := slices.IndexFunc(r.numbers, func(n number) bool { return n.is == rivalCalls && n.column == rival.Column })
	found := called{from: r.file, column: rival.Column, of: make([]int, r.n), call: r.inOrder(all.Numbers[at])}
	for i := range found.of {
		found.of[i] = i
	}
	return found, r.ofOurs(found, rival.Column, func(i int) string { return r.labels.texts[int(all.Numbers[at][i])] })
}

// ofOurs refuses classes of a rival that are none of these rows': they may be written in another way, and then every row would count as wrong.
func (r *rows) ofOurs(found called, column string, text func(i int) string) error {
	other, first := 0, -1
	for i, class := range found.call {
		if class == noClass {
			if other++; other == 1 {
				first = i
			}
		}
	}
	if other == 0 {
		return nil
	}
	what := fmt.Sprintf("%d of %d rows have a class that is none of %s: %q (first: row %d). They are %s", other, len(found.call), r.file, text(first), found.of[first]+1, strings.Join(r.classes[:min(len(r.classes), 8)], ", "))
	if len(r.classes) > 8 {
		what += fmt.Sprintf(" and %d more", len(r.classes)-8)
	}
	return &table.Error{File: found.from, Column: column, Code: "other-classes", What: what}
}

// calledByID reads a file of classes and scores, and finds our rows in it. One that was kept has the columns that [Keep] writes.
func (r *rows) calledByID(ctx context.Context, rival Rival, all sweep.Rows, file table.Source, kept bool) (called, error) {
	found := called{from: file.Name}
	id, label, prediction, scores := rival.ID, rival.Label, rival.Prediction, rival.Classes
	if kept {
		id, label, prediction, scores = KeptID, KeptLabel, KeptPrediction, map[string]string{}
		for _, class := range r.classes {
			scores[class] = KeptClassScore(class)
		}
	}
	if err := r.haveIDs(rival, id); err != nil {
		return found, err
	}
	prediction, scored, err := columnsThere(ctx, file, prediction, scores, kept)
	if err != nil {
		return found, err
	}
	want := []table.Want{{Name: id, As: table.Value}}
	at := func(w table.Want) int {
		want = append(want, w)
		return len(want) - 1
	}
	labels, predicted := -1, -1
	if label != "" {
		labels = at(table.Want{Name: label, As: table.Code})
	}
	if prediction != "" {
		predicted = at(table.Want{Name: prediction, As: table.Code})
	}
	first := len(want)
	if found.column = prediction; prediction == "" {
		found.column = scores[r.classes[0]]
	}
	if scored = scored && len(scores) == len(r.classes); scored {
		for _, class := range r.classes {
			at(table.Want{Name: scores[class], As: table.Number})
		}
	}
	if predicted < 0 && !scored {
		return found, problem("no-rival", fmt.Sprintf("%s has neither the %s's predictions nor a score of every class", file.Name, rival.Name), "")
	}
	columns, rows, err := r.joined(ctx, rival, file, want, &found.of)
	if err != nil {
		return found, err
	}
	found.leftOut = int64(columns[0].Len() - len(rows))
	if len(rows) == 0 {
		return found, r.otherRows(rival, found.from, id)
	}
	if labels >= 0 {
		if err := r.sameLabels(found, columns[labels], rows, all); err != nil {
			return found, err
		}
	}
	if scored {
		for _, c := range columns[first:] {
			if err := finite(file.Name, c); err != nil {
				return found, err
			}
			found.scores, found.types = append(found.scores, pick(c.Numbers, rows)), append(found.types, c.Type)
		}
	}
	if predicted < 0 {
		found.call = highest(found.scores, len(rows))
		return found, nil
	}
	return found, r.predicted(&found, columns[predicted], rows)
}

// columnsThere says which of a rival's columns a file has: its predictions ("": no), and a score of each class. Where some scores are there, but of a kept file, all
// must be, and so must one of the two.
func columnsThere(ctx context.Context, file table.Source, prediction string, scores map[string]string, kept bool) (string, bool, error) {
	t, err := table.OpenAll(ctx, []table.Source{file})
	if err != nil {
		return "", false, err
	}
	defer t.Close()
	lacking := 0
	for _, name := range scores {
		if !slices.Contains(t.Names, name) {
			lacking++
		}
	}
	scored := len(scores) > 0 && lacking == 0
	if !slices.Contains(t.Names, prediction) && (scored || prediction == "") {
		return "", len(scores) > 0, nil
	}
	return prediction, scored || !kept && len(scores) > 0 && lacking < len(scores), nil
}

// sameLabels refuses rows of a rival's that have another outcome than ours.
func (r *rows) sameLabels(found called, column table.Column, rows []int, all sweep.Rows) error {
	truth := all.Numbers[r.place(truths)]
	return r.sameOutcomes(found.from, column.Name, found.of, func(k int) bool {
		code := int(column.Codes[rows[k]])
		return code < len(column.Dictionary) && column.Dictionary[code] == r.labels.texts[int(truth[found.of[k]])]
	})
}

// predicted reads the classes that a rival's rows are predicted: each one of ours, and none of which another has a higher score.
func (r *rows) predicted(found *called, column table.Column, rows []int) error {
	var missing, wrong faulty
	text := func(k int) string { return column.Dictionary[column.Codes[rows[k]]] }
	to := make([]uint16, len(column.Dictionary))
	for code, class := range column.Dictionary {
		to[code] = noClass
		if i := slices.Index(r.classes, class); i >= 0 {
			to[code] = uint16(i)
		}
	}
	found.call = make([]uint16, len(rows))
	for k, j := range rows {
		if int(column.Codes[j]) == len(to) {
			missing.add(int64(j) + 1)
			continue
		}
		class := to[column.Codes[j]]
		found.call[k] = class
		for _, xs := range found.scores {
			if class != noClass && xs[k] > found.scores[class][k] {
				wrong.add(int64(j) + 1)
				break
			}
		}
	}
	n := int64(len(rows))
	if err := missing.error(table.Error{File: found.from, Column: column.Name, Code: "missing-values", What: noValue}, n); err != nil {
		return err
	}
	if err := r.ofOurs(*found, column.Name, text); err != nil {
		return err
	}
	return wrong.error(table.Error{File: found.from, Column: column.Name, Code: "bad-prediction", What: higherScore}, n)
}

// highest are the classes of highest score, of equal ones the lowest.
func highest(scores [][]float64, rows int) []uint16 {
	call := make([]uint16, rows)
	for i := range call {
		for class, xs := range scores {
			if xs[i] > scores[call[i]][i] {
				call[i] = uint16(class)
			}
		}
	}
	return call
}

// asKept holds classes and scores that somebody brought against those that were kept with the rival's version, where both have a row: scores to the last bit, or as
// float32 where either is stored so.
func (c called) asKept(kept called, rival Rival, classes []string) error {
	brought := make(map[int]int, len(c.of))
	for i, row := range c.of {
		brought[row] = i
	}
	other, first := 0, 0
	for k, row := range kept.of {
		i, ok := brought[row]
		if !ok || c.call[i] == kept.call[k] && c.sameScores(kept, i, k, len(classes)) {
			continue
		}
		if other++; other == 1 {
			first = row + 1
		}
	}
	if other == 0 {
		return nil
	}
	return &table.Error{File: c.from, Column: c.column, Code: "other-scores",
		What: fmt.Sprintf("%d of %d predictions of the %s are not those that were kept with %s (first: row %d)", other, len(kept.of), rival.Name, rival.Version, first)}
}

func (c called) sameScores(kept called, i, k, classes int) bool {
	if c.scores == nil || kept.scores == nil {
		return true
	}
	for class := range classes {
		x, y := c.scores[class][i], kept.scores[class][k]
		if c.types[class] == table.Float32 || kept.types[class] == table.Float32 {
			x, y = float64(float32(x)), float64(float32(y))
		}
		if x != y {
			return false
		}
	}
	return true
}
