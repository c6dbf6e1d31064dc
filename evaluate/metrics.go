package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/schema"
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
	Cuts        bool  // has a value at any cut of the score: "precision@0.9"
	Prevalence  bool  // depends on the share of positives: a sample that is not the deployment's cannot decide it
	Scores      bool  // needs a score, not only predictions
	Least       int64 // the support from which its limits were shown to hold, where that is more than 30
	// Value is the figure; the error says why it is undefined.
	Value func(sweep.Stats) (float64, error)
	// Basis gives its deciding limits; nil: none were shown to hold.
	Basis func(sweep.Stats) stats.Basis
	// Support counts the metric's own denominator.
	Support func(sweep.Stats) int64
	// Versus is the difference to a rival on the same rows, with its basis; nil: no limits were shown to hold.
	Versus versus
}

type versus func(s sweep.Stats, rival int) (difference float64, basis stats.Basis, err error)

// Metrics lists them all.
func Metrics() []Metric {
	return []Metric{
		rocAUC, averagePrecision,
		accuracy, precision, recall, f1,
		falsePositiveRate, falseNegativeRate, trueNegativeRate,
		selectionRate, prevalence,
		logLoss, brierScore,
	}
}

// Undefined is why a slice has no value of a metric.
type Undefined string

func (u Undefined) Error() string { return string(u) }

// Named is a metric as somebody asked for it: at a cut of the score, or (NaN) at the threshold.
type Named struct {
	Metric
	Cut float64
	Key string // its name in an Evaluation: "precision@0.9"
}

// Title is the metric's title with its cut.
func (n Named) Title() string {
	if math.IsNaN(n.Cut) {
		return n.Metric.Title
	}
	return n.Metric.Title + " at a score of " + formatCut(n.Cut)
}

func formatCut(cut float64) string { return strconv.FormatFloat(cut, 'g', -1, 64) }

// Lookup finds a metric by its name or an alias, with a cut: "tpr@0.90" is recall at 0.9. The error is a [schema.Problem] without a
// place: unknown-metric or unknown-cut.
func Lookup(name string) (Named, error) {
	base, cut, cuts := strings.Cut(name, "@")
	base = strings.TrimSpace(base)
	all := Metrics()
	i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == base || slices.Contains(m.Aliases, base) })
	if i < 0 {
		var known []string
		for _, m := range all {
			known = append(append(known, m.Name), m.Aliases...)
		}
		return Named{}, problem("unknown-metric", fmt.Sprintf("%q is no metric", base), schema.Suggest(base, known))
	}
	n := Named{Metric: all[i], Cut: math.NaN(), Key: all[i].Name}
	if !cuts {
		return n, nil
	}
	if !n.Cuts {
		return Named{}, problem("unknown-cut", fmt.Sprintf("%q does not depend on a cut of the score", n.Name), "")
	}
	c, err := strconv.ParseFloat(strings.TrimSpace(cut), 64)
	if err != nil || math.IsNaN(c) || math.IsInf(c, 0) {
		return Named{}, problem("unknown-cut", fmt.Sprintf("%q is no score to cut at: write a number, as in %q", cut, n.Name+"@0.9"), "")
	}
	n.Cut, n.Key = c, n.Name+"@"+formatCut(c)
	return n, nil
}

func problem(code, message, suggest string) error {
	return schema.Problems{{Code: code, Message: message, Suggest: suggest}}
}
