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
	Note        string   // what else is to be known of it, a sentence; "": nothing
	Denominator string   // what Support counts: "truly positive rows"
	Better      Better
	Range       [2]float64
	Cuts        bool            // has a value at any cut of the score: "precision@0.9"
	Under       []ConditionKind // its conditions, of a metric that has no value without one: "partial_auc@fpr<=0.1"
	Prevalence  bool            // depends on the share of positives: a sample that is not the deployment's cannot decide it
	Scores      bool            // needs a score, not only predictions
	Latency     bool            // is of the column of latencies, which a task of any kind may have
	Tasks       []Task          // that have it; none: binary ones
	Parameter   *Parameter      // a number after @ that it takes; nil: none
	Least       int64           // the support from which its limits were shown to hold, where that is more than 30
	Differences int64           // that of its difference to a rival on the same rows, where it is more than Least
	// Value is the figure; the error says why it is undefined.
	Value func(sweep.Stats) (float64, error)
	// Basis gives its deciding limits; nil: none were shown to hold.
	Basis func(sweep.Stats) stats.Basis
	// Support counts the metric's own denominator.
	Support func(sweep.Stats) int64
	// Restated is the figure at the share of positives of real use, and its basis; nil: it cannot be told from these counts.
	Restated func(sweep.Counts, stats.Reweighted) (float64, stats.Basis, error)
	// Versus is the difference to a rival on the same rows, with its basis; nil: no limits were shown to hold.
	Versus versus

	paired        func(stats.PairedCounts) stats.Basis             // Versus's basis, of a metric of counts; nil: none
	plan          func(*sweep.Plan)                                // asks for what it needs of the sweep beside counts
	restatedBasis func(stats.Counts, stats.Reweighted) stats.Basis // Restated's, of a metric of counts; nil: none
	ofCounts      bool                                             // is computed of the confusion counts alone, and so are its limits
	asked         bool                                             // is computed where somebody asks for it only
	intervals     bool                                             // is of prediction intervals
	fixedBy       []ConditionKind                                  // conditions that leave nothing to tell: recall at a recall
}

type versus func(s sweep.Stats, rival int) (difference float64, basis stats.Basis, err error)

// Metrics lists them all, but for F-beta, which [Lookup] makes of its name for any beta, and metrics that have no value without a condition.
func Metrics() []Metric {
	return []Metric{
		rocAUC, gini, averagePrecision, ksStatistic,
		inClasses(accuracy, classAccuracy), inClasses(balancedAccuracy, classBalancedAccuracy), precisionMacro, recallMacro, f1Macro, precisionWeighted, f1Weighted,
		jaccardMacro, jaccardWeighted, rocAUCOVR, rocAUCOVO, rocAUCOVRWeighted, rocAUCOVOWeighted, topKAccuracy(2),
		precision, recall, f1, fBeta(0.5), fBeta(2), jaccard, inClasses(matthewsCorrcoef, classMCC), inClasses(cohenKappa, classKappa),
		falsePositiveRate, falseNegativeRate, trueNegativeRate,
		negativePredictiveValue, falseDiscoveryRate, falseOmissionRate, positiveLikelihoodRatio, negativeLikelihoodRatio, lift,
		alsoOf(selectionRate, Scores), prevalence,
		inClasses(logLoss, classLogLoss), inClasses(brierScore, classBrier), brierReliability, brierResolution, brierUncertainty,
		expectedCalibrationError, calibrationErrorByChance, calibrationSlope, calibrationIntercept,
		meanAbsoluteError, rootMeanSquaredError, meanSquaredError, meanAbsolutePercentageError, medianAbsoluteError, r2, meanBias, pinballLoss(0.5),
		intervalCoverage, intervalWidth,
		scoringRate, scoreMean, scorePercentile(0.05), scorePercentile(0.25), scorePercentile(0.5), scorePercentile(0.75), scorePercentile(0.95),
		latencyMean, latencyP50, latencyP95, latencyP99, latencyP999,
	}
}

// conditional are the metrics that have no value without a condition.
func conditional() []Metric { return []Metric{partialAUC} }

// find finds a metric by its name or an alias.
func find(name string) (Metric, bool) {
	all := append(Metrics(), conditional()...)
	if i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == name || slices.Contains(m.Aliases, name) }); i >= 0 {
		return all[i], true
	}
	beta, ok := betaOf(name)
	if !ok {
		return Metric{}, false
	}
	return fBeta(beta), true
}

// Undefined is why a slice has no value of a metric.
type Undefined string

func (u Undefined) Error() string { return string(u) }

// Named is a metric as somebody asked for it: at a cut of the score, under a condition, or (NaN, and none) at the threshold.
type Named struct {
	Metric
	Cut   float64
	Where Condition
	At    float64 // its parameter, of a metric that has one
	Class string  // of a multiclass task: the class that it is of, against the rest
	Key   string  // its name in an Evaluation: "precision@0.9", "recall@fpr<=0.01"
}

// Title is the metric's title with its cut, condition or class.
func (n Named) Title() string {
	if n.Class != "" {
		return n.Metric.Title + " of " + n.Class
	}
	if math.IsNaN(n.Cut) {
		return n.Metric.Title + n.Where.words(n.Under != nil && n.Chosen())
	}
	return n.Metric.Title + " at a score of " + formatCut(n.Cut)
}

// Chosen says that its cut is chosen on the rows that the figure is of.
func (n Named) Chosen() bool { return n.Where.Kind != Unconditional }

// AtThreshold says that it stands at the threshold, or needs none.
func (n Named) AtThreshold() bool { return math.IsNaN(n.Cut) && !n.Chosen() }

func formatCut(cut float64) string { return strconv.FormatFloat(cut, 'g', -1, 64) }

// Lookup finds a metric by its name or an alias, with a cut or a condition after @: "tpr@0.90" is recall at 0.9, "tpr@fpr<=1%" recall at the
// lowest cut whose false positive rate is at most 0.01. F-beta carries its beta in its name: f2, f0.5. The error is a [schema.Problem]
// without a place: unknown-metric, unknown-cut or unknown-condition.
func Lookup(name string) (Named, error) {
	base, cut, cuts := strings.Cut(name, "@")
	base, cut = strings.TrimSpace(base), strings.TrimSpace(cut)
	m, ok := find(base)
	if !ok {
		return Named{}, unknown(base)
	}
	n := Named{Metric: m, Cut: math.NaN(), Key: m.Name}
	if class, ok := strings.CutPrefix(cut, "class="); ok {
		return n.ofClass(strings.TrimSpace(class))
	}
	if m.Parameter != nil {
		return m.at(cut, cuts)
	}
	if !cuts {
		if m.Under != nil {
			return Named{}, problem("unknown-condition", fmt.Sprintf("%q has a value only under a condition, as in %q", m.Name, m.example()), "")
		}
		return n, nil
	}
	where, conditional, err := m.parseCondition(cut)
	switch {
	case len(m.conditionsOf()) == 0:
		suggest := ""
		if where.Kind == AtMostFPR && (n.Name == rocAUC.Name || n.Name == gini.Name) {
			suggest = partialAUC.Name + "@" + where.String()
		}
		return Named{}, problem("unknown-cut", fmt.Sprintf("%q does not depend on a cut of the score", n.Name), suggest)
	case err != nil:
		return Named{}, err
	case conditional:
		n.Where, n.Key = where, n.Name+"@"+where.String()
		return n, nil
	case !m.Cuts:
		return Named{}, problem("unknown-condition", fmt.Sprintf("%q has a value only under a condition, as in %q", m.Name, m.example()), "")
	}
	c, err := strconv.ParseFloat(cut, 64)
	if err != nil || math.IsNaN(c) || math.IsInf(c, 0) {
		return Named{}, problem("unknown-cut", fmt.Sprintf("%q is no score to cut at: write a number, as in %q", cut, n.Name+"@0.9"), "")
	}
	n.Cut, n.Key = c, n.Name+"@"+formatCut(c)
	return n, nil
}

// unknown is the problem of a name that is no metric.
func unknown(name string) error {
	if name == "fbeta" || name == "f_beta" || name == "fbeta_score" {
		return problem("unknown-metric", fmt.Sprintf("%q needs its beta in the name: f2 weighs recall more, f0.5 precision", name), "")
	}
	if instead := gatesOf(name); len(instead) > 0 {
		return problem("unknown-metric", fmt.Sprintf("%q is no metric but how far groups lie apart in one: write %s", name, strings.Join(instead, " and ")), "")
	}
	var known []string
	for _, m := range append(Metrics(), conditional()...) {
		known = append(append(known, m.Name), m.Aliases...)
	}
	return problem("unknown-metric", fmt.Sprintf("%q is no metric", name), schema.Suggest(name, known))
}

// gatesOf are those of a disparity by its name in fairlearn or Aequitas; none where it is no disparity.
func gatesOf(disparity string) []string {
	all := Disparities()
	if i := slices.IndexFunc(all, func(k DisparityKind) bool { return k.Name == disparity || slices.Contains(k.Aliases, disparity) }); i >= 0 {
		return all[i].Gates("GROUP", "0.05")
	}
	return nil
}

func problem(code, message, suggest string) error {
	return schema.Problems{{Code: code, Message: message, Suggest: suggest}}
}
