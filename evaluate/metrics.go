package evaluate

import (
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// Better says which way a metric improves.
type Better string

// Ways. Neither is for figures that describe, as prevalence.
const (
	Higher  Better = "higher"
	Lower   Better = "lower"
	Neither Better = "neither"
)

// Metric is a named number on a slice. To add one: a literal in its family's file and a line in Metrics.
type Metric struct {
	Name        string   // as in scikit-learn, else fairlearn
	Aliases     []string // other names of the same figure
	Title       string   // for a page: "ROC AUC"
	Summary     string   // what it says: "of those truly positive, how many it finds"
	Denominator string   // what Support counts: "truly positive rows"
	Better      Better
	Range       [2]float64
	Cuts        bool // has a value at any cut of the score: "precision@0.9"
	Prevalence  bool // depends on the share of positives, so that a sample which is not the deployment's cannot decide it
	Scores      bool // needs a score, not only predictions
	// Value is the figure; the error says why it is undefined.
	Value func(sweep.Stats) (float64, error)
	// Basis gives its deciding limits; nil: none were shown to hold.
	Basis func(sweep.Stats) stats.Basis
	// Support counts the metric's own denominator.
	Support func(sweep.Stats) int64
	// Versus is the basis of the difference to a rival on the same rows; nil: none were shown to hold.
	Versus func(s sweep.Stats, rival int) (difference float64, basis stats.Basis, err error)
}
