package evaluate_test

import (
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// BenchmarkRun evaluates 69,126 rows in 30 slices with all metrics: alone, and with a rival on the same rows.
func BenchmarkRun(b *testing.B) {
	rival := evaluate.Rival{Name: "champion", Scores: one("census/predictions-2016-v2.parquet"), ID: "id", Score: "score"}
	for name, against := range map[string]evaluate.Against{"alone": {}, "versus": {Rivals: []evaluate.Rival{rival}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := evaluate.Run(b.Context(), census("census/predictions-2016-v3.parquet"), censusTerms(censusGroups()...), evaluate.Needs{}, against); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
