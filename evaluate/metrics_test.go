package evaluate_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// TestMetricsAreComplete holds the list to what its readers need: pages, policies and `gatecard explain`.
func TestMetricsAreComplete(t *testing.T) {
	type figures struct {
		Evaluations []struct {
			Slices []struct {
				Metrics       map[string]*float64
				Recalibration map[string]float64 // intercept and slope
			}
		}
	}
	var census, ranking figures
	readOracle(t, "census.json", &census)
	readOracle(t, "ranking.json", &ranking)
	measured := map[string]bool{}
	for name := range peerTables(t)[0].Metrics {
		measured[name] = true
	}
	for _, slice := range []struct {
		Metrics       map[string]*float64
		Recalibration map[string]float64
	}{census.Evaluations[0].Slices[0], ranking.Evaluations[0].Slices[0]} {
		for name, v := range slice.Metrics {
			measured[name] = measured[name] || v != nil
		}
		for name := range slice.Recalibration {
			measured["calibration_"+name] = true
		}
	}
	measured["scoring_rate"] = true // latency.json: see TestScoringRates
	names := map[string]string{}
	for _, m := range binaryMetrics() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if other, ok := names[name]; ok {
				t.Errorf("%q is %s and %s", name, other, m.Name)
			}
			names[name] = m.Name
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789.") != "" {
				t.Errorf("%q is no plain name", name)
			}
			found, err := evaluate.Lookup(name)
			if err != nil || found.Key != m.Name {
				t.Errorf("%q is looked up as %q (%v)", name, found.Key, err)
			}
			_, err = evaluate.Lookup(name + "@0.5")
			if m.Cuts != (err == nil) {
				t.Errorf("%s@0.5: %v", name, err)
			}
		}
		if m.Title == "" || m.Summary == "" || m.Denominator == "" || m.Value == nil || m.Support == nil {
			t.Errorf("%s is not complete: %+v", m.Name, m)
		}
		if m.Better != evaluate.Higher && m.Better != evaluate.Lower && m.Better != evaluate.Neither {
			t.Errorf("%s is better %q", m.Name, m.Better)
		}
		if !(m.Range[0] < m.Range[1]) {
			t.Errorf("%s ranges over %v", m.Name, m.Range)
		}
		// those without an interval are named here: a gate on one is a configuration error
		if without := slices.Contains([]string{"lift", "brier_reliability", "brier_resolution", "brier_uncertainty", "expected_calibration_error", "calibration_error_by_chance"}, m.Name); (m.Basis == nil) != without {
			t.Errorf("%s has an interval: %v", m.Name, m.Basis != nil)
		}
		without := []string{"average_precision", "scoring_rate", "prevalence", "lift", "positive_likelihood_ratio", "negative_likelihood_ratio", "ks_statistic", "brier_reliability", "brier_resolution", "brier_uncertainty",
			"expected_calibration_error", "calibration_error_by_chance", "calibration_slope", "calibration_intercept"}
		if without := slices.Contains(without, m.Name); (m.Versus == nil) != without {
			t.Errorf("%s has a difference: %v", m.Name, m.Versus != nil)
		}
		if !measured[m.Name] {
			t.Errorf("fixtures/oracle has no figure for %s", m.Name)
		}
		// what depends on the share of positives, and is of counts, can be told at another
		if counted := m.Cuts || m.Name == "prevalence"; (m.Restated != nil) != (m.Prevalence && counted) {
			t.Errorf("%s can be restated: %v", m.Name, m.Restated != nil)
		}
	}
	if len(names) == 0 {
		t.Fatal("no metrics")
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{"tpr@0.90": "recall@0.9", " recall @ 1e-1 ": "recall@0.1", "f1_score": "f1", "precision@-2": "precision@-2",
		"mcc@0.9": "matthews_corrcoef@0.9", "f2_score": "f2", "fbeta_2": "f2", "f0.50": "f0.5", "f1.0": "f1", "f3@.5": "f3@0.5", "for": "false_omission_rate",
		"tpr@fpr<=1%": "recall@fpr<=0.01", "recall @ false_positive_rate ≤ 0.010": "recall@fpr<=0.01", "recall@fpr<=0": "recall@fpr<=0",
		"ppv@sensitivity>=80 %": "precision@recall>=0.8", "precision@top 1 %": "precision@top1%",
		"lift@top7%": "lift@top7%", "lift@top0.70%": "lift@top0.7%", "pauc@fpr<=.1": "partial_auc@fpr<=0.1"} {
		if m, err := evaluate.Lookup(name); err != nil || m.Key != want {
			t.Errorf("%q is %q (%v), want %q", name, m.Key, err, want)
		}
	}
	for name, want := range map[string]string{
		"tpr@.9": "recall at a score of 0.9", "recall@fpr<=1%": "recall at a false positive rate of at most 0.01", "lift@top7%": "lift in the top 7 %",
		"pauc@fpr<=.1":         "partial ROC AUC up to a false positive rate of 0.1",
		"precision@recall>=.8": "precision at a recall of at least 0.8",
	} {
		m, err := evaluate.Lookup(name)
		if m.Title() != want || err != nil {
			t.Errorf("the title of %q is %q (%v)", name, m.Title(), err)
		}
		if again, err := evaluate.Lookup(m.Key); err != nil || again.Key != m.Key || again.Where != m.Where {
			t.Errorf("%q is read again as %+v (%v)", m.Key, again.Where, err)
		}
	}
	for name, want := range map[string]evaluate.Condition{
		"recall@fpr<=1%": {Kind: evaluate.AtMostFPR, At: 0.01}, "precision@recall>=0.8": {Kind: evaluate.AtLeastRecall, At: 0.8},
		"precision@top0.7%": {Kind: evaluate.TopShare, At: 0.007}, "lift@top10%": {Kind: evaluate.TopShare, At: 0.1},
		"pauc@fpr<=0.1": {Kind: evaluate.AtMostFPR, At: 0.1}, "recall@0.9": {}, "recall": {},
	} {
		if m, err := evaluate.Lookup(name); err != nil || m.Where != want || m.Chosen() != (want.Kind != "") {
			t.Errorf("%q is under %+v (%v), want %+v", name, m.Where, err, want)
		}
	}
	for name, want := range map[string]string{
		"roc_acu":      `unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`,
		"sensitivty":   `unknown-metric: "sensitivty" is no metric (did you mean "sensitivity"?)`,
		"":             `unknown-metric: "" is no metric`,
		"recall@":      `unknown-cut: "" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@NaN":   `unknown-cut: "NaN" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@1e999": `unknown-cut: "1e999" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@1@2":   `unknown-cut: "1@2" is no score to cut at: write a number, as in "recall@0.9"`,
		"roc_auc@0.9":  `unknown-cut: "roc_auc" does not depend on a cut of the score`,

		"fbeta":         `unknown-metric: "fbeta" needs its beta in the name: f2 weighs recall more, f0.5 precision`,
		"f0":            `unknown-metric: "f0" is no metric`,
		"f05":           `unknown-metric: "f05" is no metric (did you mean "f0.5"?)`,
		"matthews_corr": `unknown-metric: "matthews_corr" is no metric (did you mean "matthews_corrcoef"?)`,

		"recall@fprr<=0.01":     `unknown-condition: no cut is chosen by "fprr": a cut is chosen by fpr<=, recall>=, precision>= or top…% (did you mean "recall@fpr<=0.01"?)`,
		"recall@accuracy>=0.9":  `unknown-condition: no cut is chosen by "accuracy": a cut is chosen by fpr<=, recall>=, precision>= or top…%`,
		"recall@npv>=0.9":       `unknown-condition: no cut is chosen by "npv": a cut is chosen by fpr<=, recall>=, precision>= or top…%`,
		"precision@ppv>=0.9":    `unknown-condition: "precision" at a cut that is chosen by it says only how it was chosen`,
		"recall@tnr>=0.99":      `unknown-condition: no cut is chosen by "tnr": write "recall@fpr<=…", with 1 less the number`,
		"precision@fnr<=0.1":    `unknown-condition: no cut is chosen by "fnr": write "precision@recall>=…", with 1 less the number`,
		"recall@fpr>=0.01":      `unknown-condition: "fpr>=0.01" chooses no cut (did you mean "recall@fpr<=0.01"?)`,
		"recall@fpr<0.01":       `unknown-condition: "fpr<0.01" chooses no cut (did you mean "recall@fpr<=0.01"?)`,
		"recall@fpr=0.01":       `unknown-condition: "fpr=0.01" chooses no cut (did you mean "recall@fpr<=0.01"?)`,
		"recall@fpr<=":          `unknown-condition: "fpr<=" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
		"recall@fpr<=1":         `unknown-condition: "fpr<=1" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
		"recall@fpr<=NaN":       `unknown-condition: "fpr<=NaN" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
		"precision@recall>=80":  `unknown-condition: "recall>=80" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
		"precision@recall>=0":   `unknown-condition: "recall>=0" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
		"recall@recall>=0.8":    `unknown-condition: "recall" at a cut that is chosen by it says only how it was chosen`,
		"specificity@fpr<=0.1":  `unknown-condition: "true_negative_rate" at a cut that is chosen by it says only how it was chosen`,
		"selection_rate@top10%": `unknown-condition: "selection_rate" at a cut that is chosen by it says only how it was chosen`,
		"precision@top1":        `unknown-condition: "top1" is no share of the rows: write it in per cent, above 0 and under 100, as in "top1%" (did you mean "precision@top1%"?)`,
		"precision@top0.01":     `unknown-condition: "top0.01" is no share of the rows: write it in per cent, above 0 and under 100, as in "top1%" (did you mean "precision@top1%"?)`,
		"four_fifths_ratio":     `unknown-metric: "four_fifths_ratio" is no metric but how far groups lie apart in one: write {metric: selection_rate, across: GROUP, min_ratio: 0.8}`,
		"average_odds_difference": `unknown-metric: "average_odds_difference" is no metric but how far groups lie apart in one: ` +
			`write {metric: recall, across: GROUP, max_gap: 0.05} and {metric: false_positive_rate, across: GROUP, max_gap: 0.05}`,
		"precision@top100%":      `unknown-condition: "top100%" is no share of the rows: write it in per cent, above 0 and under 100, as in "top1%"`,
		"precision@top-1%":       `unknown-condition: "top-1%" is no share of the rows: write it in per cent, above 0 and under 100, as in "top1%"`,
		"precision@topmost":      `unknown-condition: "topmost" is no share of the rows: write it in per cent, above 0 and under 100, as in "top1%"`,
		"pauc":                   `unknown-condition: "partial_auc" has a value only under a condition, as in "partial_auc@fpr<=0.1"`,
		"pauc@0.1":               `unknown-condition: "partial_auc" has a value only under a condition, as in "partial_auc@fpr<=0.1"`,
		"pauc@fpr<=0":            `unknown-condition: "partial_auc" has no value under the condition "fpr<=0"`,
		"pauc@recall>=0.8":       `unknown-condition: "partial_auc" has no value under the condition "recall>=0.8"`,
		"roc_auc@fpr<=0.1":       `unknown-cut: "roc_auc" does not depend on a cut of the score (did you mean "partial_auc@fpr<=0.1"?)`,
		"prevalence@fpr<=0.1":    `unknown-cut: "prevalence" does not depend on a cut of the score`,
		"recall@fpr<=0.1@top10%": `unknown-condition: "fpr<=0.1@top10%" is no bound on a rate: write a number between 0 and 1, as in "fpr<=0.01" or "recall>=0.8"`,
	} {
		if _, err := evaluate.Lookup(name); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

// scored are rows of two models, in two slices.
type scored struct {
	rows sweep.Rows
	plan sweep.Plan
}

func drawScored(t *rapid.T) scored {
	n := rapid.IntRange(0, 80).Draw(t, "rows")
	grid := rapid.SampledFrom([]float64{0, 0.1, 0.25, 0.5, 0.5, 0.75, 0.9, 1})
	if rapid.IntRange(0, 9).Draw(t, "beyond") == 0 {
		grid = rapid.SampledFrom([]float64{-3, 0, 0.5, 1, 7})
	}
	scores := func(name string) []float64 { return rapid.SliceOfN(grid, n, n).Draw(t, name) }
	labels := rapid.SampledFrom([]*rapid.Generator[uint8]{rapid.Uint8Range(0, 1), rapid.Uint8Range(0, 1), rapid.Just[uint8](0), rapid.Just[uint8](1)}).Draw(t, "classes")
	return scored{
		rows: sweep.Rows{Score: scores("ours"), Rivals: [][]float64{scores("theirs")},
			Cell: cells(rapid.SliceOfN(rapid.Uint32Range(0, 1), n, n).Draw(t, "slices"), rapid.SliceOfN(labels, n, n).Draw(t, "labels"))},
		plan: sweep.Plan{Combinations: 2, Dimensions: [][]uint32{{0, 1}}, Sizes: []int{2}, Cuts: []float64{0.5}, Rivals: []float64{0.5}, Ranks: true, Average: true, Losses: true, Bands: true},
	}
}

func cells(slices []uint32, labels []uint8) []uint32 {
	of := make([]uint32, len(slices))
	for i, s := range slices {
		of[i] = 2*s + uint32(labels[i])
	}
	return of
}

// swept counts parts of the rows apart, and merges them.
func (s scored) swept(t *rapid.T, parts ...[]int) []sweep.Stats {
	whole := sweep.New(s.plan)
	for _, places := range parts {
		part := sweep.New(s.plan)
		r := sweep.Rows{Score: at(s.rows.Score, places), Rivals: [][]float64{at(s.rows.Rivals[0], places)}, Cell: at(s.rows.Cell, places)}
		if err := part.Add(r); err != nil {
			t.Fatal(err)
		}
		if err := whole.Merge(part); err != nil {
			t.Fatal(err)
		}
	}
	overall, slices, err := whole.Close()
	if err != nil {
		t.Fatal(err)
	}
	return append([]sweep.Stats{overall}, slices[0]...)
}

func at[T any](from []T, places []int) []T {
	to := make([]T, len(places))
	for i, p := range places {
		to[i] = from[p]
	}
	return to
}

func (s scored) all() []int {
	places := make([]int, len(s.rows.Score))
	for i := range places {
		places[i] = i
	}
	return places
}

// exchanged has the two models in each other's place.
func (s scored) exchanged() scored {
	s.rows.Score, s.rows.Rivals = s.rows.Rivals[0], [][]float64{s.rows.Score}
	return s
}

// TestMetrics is what every metric keeps, on random rows of both classes, of one and of none.
func TestMetrics(t *testing.T) {
	for _, m := range binaryMetrics() {
		t.Run(m.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := drawScored(t)
				stats, n := s.swept(t, s.all()), len(s.rows.Score)
				for _, st := range stats {
					sensible(t, m, st)
				}
				if n == 0 {
					if _, err := m.Value(stats[0]); err == nil {
						t.Fatal("a value of no rows")
					}
				}
				order := s.all()
				if n > 0 {
					order = rapid.Permutation(order).Draw(t, "order")
				}
				split := rapid.IntRange(0, n).Draw(t, "split")
				for i, other := range s.swept(t, order[:split], order[split:]) {
					sameFigure(t, m, stats[i], other, 0)
				}
				if m.Name == "calibration_error_by_chance" {
					return // it falls with the number of rows
				}
				for i, twice := range s.swept(t, order, order) {
					sameFigure(t, m, stats[i], twice, 1e-14)
				}
			})
		})
	}
}

// sensible holds a figure to its range, its denominator and its own limits.
func sensible(t *rapid.T, m evaluate.Metric, s sweep.Stats) {
	v, err := m.Value(s)
	support := m.Support(s)
	if support < 0 || support > s.Rows {
		t.Fatalf("its denominator has %d of %d rows", support, s.Rows)
	}
	var undefined evaluate.Undefined
	switch {
	case err != nil && (!errors.As(err, &undefined) || err.Error() == ""):
		t.Fatalf("undefined, for no reason: %v", err)
	case err != nil:
		return
	case !(v >= m.Range[0] && v <= m.Range[1]):
		t.Fatalf("%v lies outside %v", v, m.Range)
	// average precision needs positives only, and its denominator is the rarer class; kappa is 0 where one kind of prediction is all that there is
	case support == 0 && m.Name != "average_precision" && !(m.Name == "cohen_kappa" && v == 0):
		t.Fatalf("%v of an empty denominator", v)
	case m.Basis == nil:
		return
	}
	b := m.Basis(s)
	if b.Method == "" {
		if s.Rows > 1 && support > 0 {
			t.Fatalf("%v of %d rows has no basis", v, s.Rows)
		}
		return
	}
	if !(math.Abs(b.Value()-v) <= 1e-12) {
		t.Fatalf("%v, and %v by its basis %+v", v, b.Value(), b)
	}
	for _, a := range []float64{0.5, 0.025, 0.0001} {
		if low, high := b.Low(a), b.High(a); low > v+1e-12 || high < v-1e-12 || math.IsNaN(low) != math.IsNaN(high) {
			t.Fatalf("%v lies outside its limits %v and %v at %v", v, low, high, a)
		}
	}
	if i := stats.Describe(b, evaluate.Level); i != nil && !(i.Low <= v+1e-12 && i.High >= v-1e-12) {
		t.Fatalf("%v lies outside its interval %+v", v, i)
	}
}

// sameFigure compares values, to a relative tolerance, and where that is 0 the limits too.
func sameFigure(t *rapid.T, m evaluate.Metric, a, b sweep.Stats, tolerance float64) {
	v, errV := m.Value(a)
	w, errW := m.Value(b)
	if (errV == nil) != (errW == nil) || errV == nil && !(math.Abs(v-w) <= tolerance*math.Max(1, math.Abs(v))) {
		t.Fatalf("%v (%v) became %v (%v)", v, errV, w, errW)
	}
	if tolerance > 0 || m.Basis == nil {
		return
	}
	if x, y := m.Basis(a), m.Basis(b); !slices.Equal([]float64{x.K, x.N, x.Estimate, x.SE, x.DF}, []float64{y.K, y.N, y.Estimate, y.SE, y.DF}) || m.Support(a) != m.Support(b) {
		t.Fatalf("the basis %+v became %+v", x, y)
	}
}

// TestVersus: a difference is ours less theirs, and exchanging the models turns its sign and its limits round.
func TestVersus(t *testing.T) {
	for _, m := range binaryMetrics() {
		if m.Versus == nil {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			defined := 0
			rapid.Check(t, func(t *rapid.T) {
				s := drawScored(t)
				ours, theirs := s.swept(t, s.all()), s.exchanged().swept(t, s.all())
				for i := range ours {
					d, basis, err := m.Versus(ours[i], 0)
					e, turned, errTurned := m.Versus(theirs[i], 0)
					if (err == nil) != (errTurned == nil) {
						t.Fatalf("undefined one way only: %v, %v", err, errTurned)
					}
					v, errV := m.Value(ours[i])
					w, errW := m.Value(theirs[i])
					if (err == nil) != (errV == nil && errW == nil) {
						t.Fatalf("the difference: %v; the values: %v, %v", err, errV, errW)
					}
					if err != nil {
						continue
					}
					defined++
					if !(math.Abs(d-(v-w)) <= 1e-12) || !(math.Abs(d+e) <= 1e-15) {
						t.Fatalf("%v − %v is %v, and the other way %v", v, w, d, e)
					}
					if basis.Method != "" && !(math.Abs(basis.Value()-d) <= 1e-12) {
						t.Fatalf("%v, and %v by its basis", d, basis.Value())
					}
					for _, a := range []float64{0.025, 0.001} {
						low, high := basis.Low(a), basis.High(a)
						if math.IsNaN(low) != math.IsNaN(turned.High(a)) || math.Abs(low+turned.High(a)) > 1e-12 || math.Abs(high+turned.Low(a)) > 1e-12 {
							t.Fatalf("limits %v, %v, and the other way %v, %v", low, high, turned.Low(a), turned.High(a))
						}
					}
				}
			})
			if defined == 0 {
				t.Error("no difference was defined")
			}
		})
	}
}
