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
)

// Keep writes id, label (0 or 1; of a regression the truth) and score as Parquet: what a later version is compared with. The rows are read again, and must be those of
// e. Without ids or scores there is nothing to compare by: kept is false, and nothing is written.
func Keep(ctx context.Context, c Config, t Terms, e *Evaluation, w io.Writer) (kept bool, err error) {
	if c.ID == "" || c.Score == "" || t.is(Scores) {
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
