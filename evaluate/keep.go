package evaluate

import (
	"context"
	"io"
	"slices"

	"github.com/gatecard/gatecard/evaluate/table"
)

// The columns of kept predictions.
const (
	KeptID    = "id"
	KeptLabel = "label"
	KeptScore = "score"
	// KeptPrediction is of a multiclass task, which has a score of each class: [KeptClassScore].
	KeptPrediction = "prediction"
)

// KeptClassScore is the column of a class's kept scores.
func KeptClassScore(class string) string { return KeptScore + "@class=" + class }

// Keep writes id, label (0 or 1; of a regression the truth) and score as Parquet: what a later version is compared with. The rows are read again, and must be those of
// e. Of a multiclass task it writes id, label and prediction, as texts, and the scores of each class where there are some. Without ids or scores there is nothing
// to compare by: kept is false, and nothing is written.
func Keep(ctx context.Context, c Config, t Terms, e *Evaluation, w io.Writer) (kept bool, err error) {
	if c.ID == "" || c.Score == "" && !t.is(Multiclass) || t.is(Scores) {
		return false, nil
	}
	r, err := read(ctx, c, t, others{})
	if err != nil {
		return false, err
	}
	defer r.close()
	for _, input := range r.inputs {
		if !slices.Contains(e.Inputs, input) {
			return false, &table.Error{File: input.Path, Code: "changed-file", What: "the file changed while it was being read"}
		}
	}
	if t.is(Multiclass) {
		return true, table.WriteParquet(w, r.keptClasses())
	}
	label := table.Column{Name: KeptLabel, Type: table.Integer, Numbers: make([]float64, r.n)}
	all := r.flat()
	for i, cell := range all.Cell {
		label.Numbers[i] = float64(cell & 1)
	}
	if t.is(Regression) {
		label.Type, label.Numbers = table.Float64, all.Numbers[r.place(truths)]
	}
	return true, table.WriteParquet(w, []table.Column{
		{Name: KeptID, Type: table.Text, Texts: r.ids},
		label,
		{Name: KeptScore, Type: r.scoreType, Numbers: all.Score},
	})
}

// keptClasses are the columns that are kept of a multiclass task.
func (r *rows) keptClasses() []table.Column {
	all := (&classCount{rows: r}).of(r.flat())
	names := func(column string, places []uint16) table.Column {
		c := table.Column{Name: column, Type: table.Text, Texts: make([]string, len(places))}
		for i, class := range places {
			c.Texts[i] = r.classes[class]
		}
		return c
	}
	columns := []table.Column{{Name: KeptID, Type: table.Text, Texts: r.ids}, names(KeptLabel, all.Truth), names(KeptPrediction, all.Call)}
	for k, xs := range all.Scores {
		at := slices.Index(r.from.Names, r.c.Scores[r.classes[k]])
		columns = append(columns, table.Column{Name: KeptClassScore(r.classes[k]), Type: r.from.Types[at], Numbers: xs})
	}
	return columns
}
