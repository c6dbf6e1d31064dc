package evaluate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
)

// rows are the evaluation dataset as the terms read it.
type rows struct {
	file      string
	n         int
	ids       []string // nil: no id column
	labels    []uint8
	scores    []float64 // nil: only predictions
	scoreType table.Type
	calls     []uint8 // predictions; nil: none
	columns   map[string]table.Column
	inputs    []evidence.Input
}

// read loads the rows: label, id, score, prediction, and each column that others ask for.
func read(ctx context.Context, c Config, t Terms, others []table.Want) (*rows, error) {
	want := []table.Want{}
	add := func(w table.Want) {
		if w.Name != "" && !slices.Contains(want, w) {
			want = append(want, w)
		}
	}
	add(table.Want{Name: c.ID, As: table.Value})
	if c.Labels == "" {
		add(table.Want{Name: t.Label, As: table.Value})
	}
	add(table.Want{Name: c.Score, As: table.Number})
	add(table.Want{Name: c.Prediction, As: table.Value})
	for _, w := range others {
		add(w)
	}
	loaded, input, err := load(ctx, c.Open(c.Path), "predictions", want)
	if err != nil {
		return nil, err
	}
	r := &rows{file: c.Path, n: int(input.Rows), columns: map[string]table.Column{}, inputs: []evidence.Input{input}}
	for i, w := range want {
		r.columns[key(w)] = loaded[i]
	}
	if c.ID != "" {
		if r.ids, err = uniqueIDs(c.Path, r.column(c.ID, table.Value)); err != nil {
			return nil, err
		}
	}
	label := r.column(t.Label, table.Value)
	if c.Labels != "" {
		if label, err = r.join(ctx, c, t); err != nil {
			return nil, err
		}
	}
	if r.labels, err = binary01(c.Path, label, t.Positive); err != nil {
		return nil, err
	}
	if c.Score != "" {
		score := r.column(c.Score, table.Number)
		if err := finite(c.Path, score); err != nil {
			return nil, err
		}
		r.scores, r.scoreType = score.Numbers, score.Type
	}
	if c.Prediction != "" {
		if err := r.predictions(c, t, label); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// key keeps a column wanted as numbers apart from the same column wanted as text.
func key(w table.Want) string { return fmt.Sprintf("%d %s", w.As, w.Name) }

func (r *rows) column(name string, as table.As) table.Column {
	return r.columns[key(table.Want{Name: name, As: as})]
}

// load reads the wanted columns of a file whole.
func load(ctx context.Context, s table.Source, role string, want []table.Want) ([]table.Column, evidence.Input, error) {
	t, err := table.Open(ctx, s)
	if err != nil {
		return nil, evidence.Input{}, err
	}
	defer t.Close()
	columns, err := t.Load(ctx, want)
	if err != nil {
		return nil, evidence.Input{}, err
	}
	return columns, evidence.Input{File: base(t.Input), Role: role, Rows: int64(length(columns))}, nil
}

// base keeps of a path its last part: where a file lay on somebody's disk is no part of what was measured.
func base(f evidence.File) evidence.File {
	f.Path = path.Base(filepath.ToSlash(f.Path))
	return f
}

func length(columns []table.Column) int {
	if len(columns) == 0 {
		return 0
	}
	return max(len(columns[0].Numbers), len(columns[0].Texts))
}

// firstRows says which rows a predicate holds for: their count and the first three, from 1.
func firstRows(n int, is func(i int) bool) (count int, first string) {
	var shown []string
	for i := range n {
		if is(i) {
			if count++; count <= 3 {
				shown = append(shown, fmt.Sprint(i+1))
			}
		}
	}
	return count, strings.Join(shown, ", ")
}

// uniqueIDs refuses ids that are missing or stand on several rows.
func uniqueIDs(file string, column table.Column) ([]string, error) {
	if err := present(file, column); err != nil {
		return nil, err
	}
	seen := make(map[string]struct{}, len(column.Texts))
	twice, first := firstRows(len(column.Texts), func(i int) bool {
		_, ok := seen[column.Texts[i]]
		seen[column.Texts[i]] = struct{}{}
		return ok
	})
	if twice > 0 {
		return nil, &table.Error{File: file, Column: column.Name, Code: "duplicate-ids",
			What: fmt.Sprintf("%d of %d rows repeat an id (first: row %s)", twice, len(column.Texts), first)}
	}
	return column.Texts, nil
}

// present refuses rows without a value.
func present(file string, c table.Column) error {
	n := max(len(c.Texts), len(c.Numbers))
	if c.Missing == nil {
		return nil
	}
	if count, first := firstRows(n, func(i int) bool { return c.Missing[i] }); count > 0 {
		return &table.Error{File: file, Column: c.Name, Code: "missing-values",
			What: fmt.Sprintf("%d of %d rows have no value (first: %s)", count, n, first)}
	}
	return nil
}

// finite refuses scores that are missing, NaN or infinite.
func finite(file string, c table.Column) error {
	if err := present(file, c); err != nil {
		return err
	}
	for _, bad := range []struct {
		is  func(float64) bool
		say string
	}{{math.IsNaN, "NaN"}, {func(x float64) bool { return math.IsInf(x, 0) }, "infinite"}} {
		if count, first := firstRows(len(c.Numbers), func(i int) bool { return bad.is(c.Numbers[i]) }); count > 0 {
			return &table.Error{File: file, Column: c.Name, Code: "not-finite-data",
				What: fmt.Sprintf("%d of %d rows are %s (first: %s)", count, len(c.Numbers), bad.say, first)}
		}
	}
	return nil
}

// binary01 codes labels as 0 and 1 (the positive value). More than two kinds, or no positive among two, is an error.
func binary01(file string, c table.Column, positive string) ([]uint8, error) {
	if err := present(file, c); err != nil {
		return nil, err
	}
	kinds := map[string]int{}
	labels := make([]uint8, len(c.Texts))
	for i, text := range c.Texts {
		kinds[text]++
		if text == positive {
			labels[i] = 1
		}
	}
	if len(kinds) > 2 || len(kinds) == 2 && kinds[positive] == 0 {
		return nil, &table.Error{File: file, Column: c.Name, Code: "not-binary",
			What: fmt.Sprintf("the label of a binary task has two values, and `positive:` names the positive one (now %q); here are %s", positive, listed(kinds))}
	}
	return labels, nil
}

// listed names the commonest values with their counts.
func listed(kinds map[string]int) string {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int {
		if kinds[a] != kinds[b] {
			return kinds[b] - kinds[a]
		}
		return strings.Compare(a, b)
	})
	var shown []string
	for _, k := range names[:min(4, len(names))] {
		shown = append(shown, fmt.Sprintf("%q (%d rows)", k, kinds[k]))
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// predictions codes the prediction column, and holds it against the scores where there are any.
func (r *rows) predictions(c Config, t Terms, label table.Column) error {
	column := r.column(c.Prediction, table.Value)
	if err := present(c.Path, column); err != nil {
		return err
	}
	known := map[string]bool{t.Positive: true}
	for _, text := range label.Texts {
		known[text] = true
	}
	foreign := map[string]bool{}
	count, first := firstRows(r.n, func(i int) bool {
		is := !known[column.Texts[i]]
		if is {
			foreign[column.Texts[i]] = true
		}
		return is
	})
	// where all outcomes are positive, one other value may be the negative one
	if len(known)+len(foreign) > 2 {
		return &table.Error{File: c.Path, Column: column.Name, Code: "bad-prediction",
			What: fmt.Sprintf("%d of %d rows predict what is no value of the label (first: row %s)", count, r.n, first)}
	}
	r.calls = make([]uint8, r.n)
	for i, text := range column.Texts {
		if text == t.Positive {
			r.calls[i] = 1
		}
	}
	if r.scores == nil {
		return nil
	}
	cut := cutOf(r.scoreType, *t.Threshold)
	if count, first := firstRows(r.n, func(i int) bool { return (r.scores[i] >= cut) != (r.calls[i] == 1) }); count > 0 {
		return &table.Error{File: c.Path, Column: column.Name, Code: "bad-prediction",
			What: fmt.Sprintf("%d of %d rows contradict the score at the threshold %v (first: row %s)", count, r.n, *t.Threshold, first)}
	}
	return nil
}

// cutOf rounds a cut to the scores' own type: float32 0.9 >= 0.9 is true in NumPy, and false after widening.
func cutOf(scores table.Type, cut float64) float64 {
	if scores == table.Float32 {
		return float64(float32(cut))
	}
	return cut
}

// eps is where log loss clips scores, as scikit-learn does for their type.
func (r *rows) eps() float64 {
	if r.scoreType == table.Float32 {
		return 0x1p-23
	}
	return 0x1p-52
}

// join takes the outcomes from a file of their own. Each row must have one, and each outcome a row.
func (r *rows) join(ctx context.Context, c Config, t Terms) (table.Column, error) {
	columns, input, err := load(ctx, c.Open(c.Labels), "labels", []table.Want{{Name: c.ID, As: table.Value}, {Name: t.Label, As: table.Value}})
	if err != nil {
		return table.Column{}, err
	}
	r.inputs = append(r.inputs, input)
	ids, err := uniqueIDs(c.Labels, columns[0])
	if err != nil {
		return table.Column{}, err
	}
	if err := present(c.Labels, columns[1]); err != nil {
		return table.Column{}, err
	}
	order, err := match(c.Path, r.ids, c.Labels, ids, c.ID)
	if err != nil {
		return table.Column{}, err
	}
	label := table.Column{Name: t.Label, Type: columns[1].Type, Texts: make([]string, r.n)}
	for i, j := range order {
		label.Texts[i] = columns[1].Texts[j]
	}
	return label, nil
}

// match finds for each id its place in another file. Every id of either must have its partner.
func match(file string, ids []string, other string, others []string, column string) ([]int, error) {
	place := make(map[string]int, len(others))
	for j, id := range others {
		place[id] = j
	}
	order := make([]int, len(ids))
	alone, first := firstRows(len(ids), func(i int) bool {
		j, ok := place[ids[i]]
		order[i] = j
		delete(place, ids[i])
		return !ok
	})
	if alone > 0 {
		return nil, &table.Error{File: file, Column: column, Code: "unmatched-rows",
			What: fmt.Sprintf("%d of %d rows have no row of the same id in %s (first: row %s)", alone, len(ids), other, first)}
	}
	if len(place) > 0 {
		n, first := firstRows(len(others), func(j int) bool { _, ok := place[others[j]]; return ok })
		return nil, &table.Error{File: other, Column: column, Code: "unmatched-rows",
			What: fmt.Sprintf("%d of %d rows have no row of the same id in %s (first: row %s)", n, len(others), file, first)}
	}
	return order, nil
}

// dataset is a digest of ids and labels in any order. Without ids it is of the labels and the groups' columns in file order.
func (r *rows) dataset(groups []table.Column) evidence.Digest {
	lines := make([]string, r.n)
	for i := range lines {
		var b []byte
		part := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
		if r.ids != nil {
			part(r.ids[i])
		} else {
			for _, c := range groups {
				if c.Texts != nil {
					part(c.Texts[i])
				} else {
					part(formatCut(c.Numbers[i]))
				}
			}
		}
		lines[i] = string(append(b, r.labels[i]))
	}
	if r.ids != nil {
		slices.Sort(lines)
	}
	h := sha256.New()
	fmt.Fprintf(h, "gatecard dataset v1 %d\n", r.n)
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return evidence.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}
