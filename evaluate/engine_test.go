package evaluate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
)

// TestEngine: the order of rows, their split into files, the number of workers, and rows that are kept, read again or spilled change no figure by a bit;
// and but for the order of rows without ids, nor the dataset.
func TestEngine(t *testing.T) {
	for name, prevalence := range map[string]float64{"rare positives": 0.03, "half": 0.5, "rare negatives": 0.97} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			const n = 4000
			type row struct {
				y      float64
				score  float64
				g, h   string
				age    float64
				absent bool
			}
			rows := make([]row, n)
			for i := range rows {
				x := r.NormFloat64()
				y := 0.0
				if r.Float64() < prevalence {
					y, x = 1, x+1
				}
				rows[i] = row{y, 1 / (1 + math.Exp(-x)), fmt.Sprint("g", r.IntN(5)), fmt.Sprint(r.IntN(3)), float64(r.IntN(90)), r.IntN(50) == 0}
				if r.IntN(3) == 0 {
					rows[i].score = math.Round(20*rows[i].score) / 20 // ties
				}
			}
			file := func(rows []row) string {
				columns := [5]table.Column{{Name: "y", Type: table.Integer}, {Name: "s", Type: table.Float64}, {Name: "g", Type: table.Text}, {Name: "h", Type: table.Text}, {Name: "age", Type: table.Integer}}
				for _, x := range rows {
					columns[0].Numbers = append(columns[0].Numbers, x.y)
					columns[1].Numbers = append(columns[1].Numbers, x.score)
					columns[2].Texts = append(columns[2].Texts, x.g)
					columns[2].Missing = append(columns[2].Missing, x.absent)
					columns[3].Texts = append(columns[3].Texts, x.h)
					columns[4].Numbers = append(columns[4].Numbers, x.age)
				}
				return parquet(t, columns[:]...)
			}
			grouping := terms(t, plain+"sampling: deployment\ngroups: [{column: g}, {column: h}, {column: age, bins: [25, 40, 65]}, g * age, g * h]\n")
			evaluated := func(c evaluate.Config, files ...[]row) *evaluate.Evaluation {
				c.Path, c.Score = "all", "s"
				c.Open = func(string) ([]table.Source, error) {
					var all []table.Source
					for i, rows := range files {
						name := fmt.Sprint("part-", i)
						all = append(all, memory{name: file(rows)}.open(name))
					}
					return all, nil
				}
				e := evaluated(t, c, grouping, evaluate.Needs{Metrics: []string{
					"roc_auc", "average_precision", "ks_statistic", "recall@0.7", "f1", "log_loss", "calibration_slope", "expected_calibration_error",
					"partial_auc@fpr<=0.1", "recall@fpr<=0.05", "precision@recall>=0.8", "precision@top10%",
				}}, evaluate.Against{})
				e.Inputs = nil
				return e
			}
			want := evaluated(evaluate.Config{Workers: 1}, rows)
			if len(want.Missing) != 1 || len(want.Slices) < 50 {
				t.Fatalf("%v, %d slices", want.Missing, len(want.Slices))
			}
			same := func(name string, got *evaluate.Evaluation) {
				t.Helper()
				if encoded(t, got) != encoded(t, want) {
					t.Errorf("%s: another evaluation", name)
				}
			}
			for _, workers := range []int{2, 7} {
				for _, room := range []int64{0, 1, 16_000, 40_000} { // all is kept, nothing, cells, cells and the first scores
					c := evaluate.Config{Workers: workers, Memory: room, Folder: t.TempDir()}
					same(fmt.Sprintf("%d workers, %d bytes", workers, room), evaluated(c, rows))
					same(fmt.Sprintf("in three files, %d workers, %d bytes", workers, room), evaluated(c, rows[:1], rows[1:2500], rows[2500:]))
				}
			}
			shuffled := make([]row, n)
			for i, at := range r.Perm(n) {
				shuffled[i] = rows[at]
			}
			other := evaluated(evaluate.Config{Workers: 3}, shuffled)
			if other.Dataset == want.Dataset {
				t.Error("rows without ids in another order are the same dataset")
			}
			other.Dataset = want.Dataset
			same("shuffled", other)
		})
	}
}
