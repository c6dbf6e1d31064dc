package evaluate_test

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
)

// Run evaluates a file of predictions: here ProPublica's COMPAS table, which has predictions and no scores.
func ExampleRun() {
	terms := evaluate.Terms{Task: "binary", Label: "two_year_recid", Groups: []evaluate.Dimension{{Name: "race", Column: "race"}}}
	if err := terms.Check(nil); err != nil { // fills in what is left out
		fmt.Println(err)
		return
	}
	config := evaluate.Config{Path: "compas.csv", ID: "id", Prediction: "prediction", Open: func(path string) ([]table.Source, error) {
		return table.FromPath(filepath.Join("../fixtures/compas", path))
	}}
	e, err := evaluate.Run(context.Background(), config, terms, evaluate.Needs{Metrics: []string{"fpr"}}, evaluate.Against{})
	if err != nil {
		fmt.Println(err) // bad data: column, count and first rows
		return
	}
	groups, err := e.Along("race")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range groups {
		f := s.Metrics["false_positive_rate"]
		fmt.Printf("%s: %.4f of %d, %.0f %% interval %.4f to %.4f\n", s.Groups, *f.Value, f.Support, 100*f.Interval.Level, f.Interval.Low, f.Interval.High)
	}
	// Output:
	// race = African-American: 0.4485 of 1795, 95 % interval 0.4256 to 0.4716
	// race = Caucasian: 0.2345 of 1488, 95 % interval 0.2137 to 0.2567
}
