package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

type limitsAt struct {
	A      float64
	Limits [2]float64
}

// Figures of scikit-learn, statsmodels and SciPy, by fixtures/oracle/stats_figures.py.
type figuresOracle struct {
	Ranking []struct {
		Name             string
		Label            []int
		Score            []float64
		AveragePrecision struct{ Value, SE float64 } `json:"average_precision"`
	}
	Classes []struct {
		Label     []int
		Scores    [][]float64
		HandTill  struct{ Value, SE float64 } `json:"hand_till"`
		OneVsRest struct{ Value, SE float64 } `json:"one_vs_rest"`
	}
	Confusion []struct {
		Matrix            Confusion
		MacroF1           [2]float64 `json:"macro_f1"`
		WeightedF1        [2]float64 `json:"weighted_f1"`
		WeightedPrecision [2]float64 `json:"weighted_precision"`
		MacroRecall       float64    `json:"macro_recall"`
		MacroPrecision    float64    `json:"macro_precision"`
		Micro             float64
	}
	Agreement []struct {
		Counts      [4]float64
		MCC, Kappa  float64
		MCCSE       float64 `json:"mcc_se"`
		KappaSE     float64 `json:"kappa_se"`
		F2, Jaccard float64
		Balanced    float64 `json:"balanced_accuracy"`
	}
	Rates []struct {
		Figure     string
		Counts     [4]float64
		Prevalence *float64
		limitsAt
		Value float64
	}
	Percentiles []struct {
		Q, A      float64
		N         int64
		Low, High *int64
	}
	Clusters []struct {
		K, N []float64
		limitsAt
	}
	Recalibration []struct {
		Logit      []float64
		Label      []float64
		Params, SE [2]float64
	}
	Chance []struct {
		N     []int64
		P     []float64
		Error float64
	}
	Regression []struct {
		Error, Distance []float64
		RMSE, R2        float64
		Limits          []struct {
			A        float64
			RMSE, R2 [2]float64
		}
	}
}

func readFigures(t *testing.T) figuresOracle {
	t.Helper()
	b, err := os.ReadFile("../../fixtures/oracle/stats_figures.json")
	if err != nil {
		t.Fatal(err)
	}
	var o figuresOracle
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	if slices.Contains([]int{len(o.Ranking), len(o.Classes), len(o.Confusion), len(o.Agreement), len(o.Rates), len(o.Percentiles), len(o.Clusters), len(o.Recalibration), len(o.Chance), len(o.Regression)}, 0) {
		t.Fatal("stats_figures.json lacks figures")
	}
	return o
}

func TestOracleRanking(t *testing.T) {
	for _, c := range readFigures(t).Ranking {
		var classes [2][]float64
		for i, x := range c.Score {
			classes[c.Label[i]] = append(classes[c.Label[i]], x)
		}
		ap, se, _ := classesOf(classes).averagePrecision()
		near(t, c.Name, ap, c.AveragePrecision.Value, 1e-13)
		near(t, c.Name+" standard error", se, c.AveragePrecision.SE, 1e-13)
	}
}

func TestOracleClasses(t *testing.T) {
	for _, c := range readFigures(t).Classes {
		classes := slices.Max(c.Label) + 1
		s := make([][][]float64, classes)
		for k := range s {
			s[k] = make([][]float64, classes)
		}
		for i, scores := range c.Scores {
			for j, x := range scores {
				s[c.Label[i]][j] = append(s[c.Label[i]][j], x)
			}
		}
		mean, se := meanAreas(s, true)
		near(t, "Hand and Till", mean, c.HandTill.Value, 1e-13)
		near(t, "Hand and Till, standard error", se, c.HandTill.SE, 1e-13)
		mean, se = meanAreas(s, false)
		near(t, "one against the rest", mean, c.OneVsRest.Value, 1e-13)
		near(t, "one against the rest, standard error", se, c.OneVsRest.SE, 1e-13)
	}
}

func TestOracleConfusion(t *testing.T) {
	for _, c := range readFigures(t).Confusion {
		for what, pair := range map[string]struct {
			got  Basis
			want [2]float64
		}{"macro F1": {c.Matrix.MacroF1(), c.MacroF1}, "weighted F1": {c.Matrix.WeightedF1(), c.WeightedF1}, "weighted precision": {c.Matrix.WeightedPrecision(), c.WeightedPrecision}} {
			near(t, what, pair.got.Value(), pair.want[0], 1e-14)
			near(t, what+" standard error", pair.got.SE, pair.want[1], 1e-14)
		}
		near(t, "macro recall", c.Matrix.MacroRecall().Value(), c.MacroRecall, 1e-14)
		near(t, "macro precision", c.Matrix.MacroPrecision().Value(), c.MacroPrecision, 1e-14)
		near(t, "micro", c.Matrix.Micro().Value(), c.Micro, 1e-14)
	}
}

func TestOracleAgreement(t *testing.T) {
	for _, c := range readFigures(t).Agreement {
		tp, fp, tn, fn := c.Counts[0], c.Counts[1], c.Counts[2], c.Counts[3]
		table := Counts{TP: tp, FP: fp, TN: tn, FN: fn}
		for what, pair := range map[string][2]float64{
			"MCC": {MCC(tp, fp, tn, fn).Value(), c.MCC}, "kappa": {Kappa(tp, fp, tn, fn).Value(), c.Kappa}, "F2": {FBeta(tp, fp, fn, 2).Value(), c.F2},
			"Jaccard": {Jaccard(tp, fp, fn).Value(), c.Jaccard}, "balanced accuracy": {BalancedAccuracy(tp, fp, tn, fn).Value(), c.Balanced},
			"J + 1": {(YoudenJ(tp, fp, tn, fn).Value() + 1) / 2, c.Balanced},
		} {
			near(t, what, pair[0], pair[1], 1e-14)
		}
		for what, f := range map[string]struct {
			by   func(Counts) (float64, Counts)
			want [2]float64
		}{"MCC": {mccBy, [2]float64{c.MCC, c.MCCSE}}, "kappa": {kappaBy, [2]float64{c.Kappa, c.KappaSE}}} {
			value, by := f.by(table)
			near(t, what+" by cells", value, f.want[0], 1e-14)
			near(t, what+" standard error", math.Sqrt(tp*by.TP*by.TP+fp*by.FP*by.FP+tn*by.TN*by.TN+fn*by.FN*by.FN), f.want[1], 1e-14)
		}
	}
}

func TestOracleRates(t *testing.T) {
	for _, c := range readFigures(t).Rates {
		r, table := Reweighted{}, Counts{TP: c.Counts[0], FP: c.Counts[1], TN: c.Counts[2], FN: c.Counts[3]}
		if c.Prevalence != nil {
			r.Prevalence = *c.Prevalence
		}
		b := map[string]func() Basis{"mcc": func() Basis { return r.MCC(table) }, "kappa": func() Basis { return r.Kappa(table) },
			"precision": func() Basis { return r.Precision(table) }, "f1": func() Basis { return r.FBeta(table, 1) }}[c.Figure]()
		what := fmt.Sprintf("%s of %v at %v", c.Figure, c.Counts, c.A)
		near(t, what, b.Value(), c.Value, 1e-14)
		// Where a figure turns with prevalence, the oracle's grid is 200,001 points wide.
		near(t, what+" low", b.Low(c.A), c.Limits[0], 1e-9)
		near(t, what+" high", b.High(c.A), c.Limits[1], 1e-9)
	}
}

func TestOraclePercentiles(t *testing.T) {
	for _, c := range readFigures(t).Percentiles {
		what := fmt.Sprintf("p%v of %d at %v", 100*c.Q, c.N, c.A)
		low, high := atMost(c.N, c.Q, c.A)+1, atLeast(c.N, c.Q, c.A)+1 // ranks: as many below as the count says
		if (c.Low == nil) != (low < 1) || c.Low != nil && low != *c.Low {
			t.Errorf("%s: lower rank %d, want %v", what, low, c.Low)
		}
		if high--; (c.High == nil) != (high > c.N) || c.High != nil && high != *c.High {
			t.Errorf("%s: upper rank %d, want %v", what, high, c.High)
		}
		// All the values that were kept: their ranks, as values.
		ranks := PercentileRanks(c.Q, c.N)
		values := make([]float64, len(ranks))
		for i, r := range ranks {
			values[i] = float64(r)
		}
		b := Percentile(c.Q, c.N, c.Q*float64(c.N), ranks, values)
		if len(ranks) > fewRanks {
			t.Errorf("%s: %d ranks are kept", what, len(ranks))
		}
		spread := math.Sqrt(float64(c.N) * c.Q * (1 - c.Q))
		if c.Low != nil {
			if got := b.Low(c.A); got > float64(*c.Low) || got < float64(*c.Low)-1-.35*spread {
				t.Errorf("%s: low %v, want %d or not far below", what, got, *c.Low)
			}
		}
		switch got := b.High(c.A); {
		case c.High == nil && !math.IsInf(got, 1):
			t.Errorf("%s: high %v, want none", what, got)
		case c.High != nil && (got < float64(*c.High) || got > float64(*c.High)+1+.35*spread):
			t.Errorf("%s: high %v, want %d or not far above", what, got, *c.High)
		}
	}
}

func TestOracleClusters(t *testing.T) {
	for _, c := range readFigures(t).Clusters {
		var s ClusterSums
		for i, k := range c.K {
			s.add(k, c.N[i])
		}
		b := ClusterProportion(s)
		near(t, fmt.Sprintf("%d clusters low", len(c.K)), b.Low(c.A), c.Limits[0], 1e-12)
		near(t, fmt.Sprintf("%d clusters high", len(c.K)), b.High(c.A), c.Limits[1], 1e-12)
	}
}

// statsmodels iterates, too: 1e-8 of the number.
func TestOracleRecalibration(t *testing.T) {
	for _, c := range readFigures(t).Recalibration {
		fit, ok := Recalibrate(logistic(c.Logit, c.Label))
		if !ok {
			t.Fatal("no fit")
		}
		for i, got := range []float64{fit.Intercept, fit.Slope} {
			near(t, fmt.Sprintf("parameter %d", i), got, c.Params[i], 1e-8)
			near(t, fmt.Sprintf("standard error %d", i), []float64{fit.InterceptSE, fit.SlopeSE}[i], c.SE[i], 1e-8)
		}
	}
}

func TestRecalibrateRefuses(t *testing.T) {
	for name, c := range map[string]struct{ x, y []float64 }{
		"separated":       {[]float64{-2, -1, 1, 2}, []float64{0, 0, 1, 1}},
		"one class":       {[]float64{-2, -1, 1, 2}, []float64{1, 1, 1, 1}},
		"one score":       {[]float64{1, 1, 1, 1}, []float64{0, 1, 0, 1}},
		"no rows":         {},
		"infinite logits": {[]float64{math.Inf(-1), 0, 1, math.Inf(1)}, []float64{0, 1, 0, 1}},
	} {
		if fit, ok := Recalibrate(logistic(c.x, c.y)); ok {
			t.Errorf("%s: %+v, want no fit", name, fit)
		}
	}
	// Far from 0 and 1 it still converges: logits a hundred times too large.
	fit, ok := Recalibrate(logistic([]float64{-300, -200, -100, 100, 200, 300, -50, 50}, []float64{0, 0, 1, 0, 1, 1, 0, 1}))
	if !ok || !(fit.Slope > 0 && fit.Slope < .1) {
		t.Errorf("%+v, %v", fit, ok)
	}
}

func TestOracleChance(t *testing.T) {
	for _, c := range readFigures(t).Chance {
		near(t, fmt.Sprintf("%v at %v", c.N, c.P), CalibrationByChance(c.N, c.P), c.Error, 1e-13)
	}
	for name, got := range map[string]float64{"no rows": CalibrationByChance(nil, nil), "negative": CalibrationByChance([]int64{-1}, []float64{.5}),
		"score": CalibrationByChance([]int64{1}, []float64{1.5}), "lists": CalibrationByChance([]int64{1}, nil)} {
		if !math.IsNaN(got) {
			t.Errorf("%s: %v, want NaN", name, got)
		}
	}
}

func TestOracleRegression(t *testing.T) {
	for _, c := range readFigures(t).Regression {
		n := int64(len(c.Error))
		s := RSquaredSums{N: n}
		for i, e := range c.Error {
			d := c.Distance[i]
			s.EE, s.DD, s.EEEE, s.EEDD, s.DDDD = s.EE+e*e, s.DD+d*d, s.EEEE+e*e*e*e, s.EEDD+e*e*d*d, s.DDDD+d*d*d*d
		}
		rmse, r2 := RMSE(n, s.EE, s.EEEE), RSquared(s)
		near(t, "RMSE", rmse.Value(), c.RMSE, 1e-13)
		near(t, "R²", r2.Value(), c.R2, 1e-13)
		for _, l := range c.Limits {
			for i, got := range []float64{rmse.Low(l.A), rmse.High(l.A)} {
				near(t, fmt.Sprintf("RMSE's limit %d at %v", i, l.A), got, l.RMSE[i], 1e-12)
			}
			for i, got := range []float64{r2.Low(l.A), r2.High(l.A)} {
				near(t, fmt.Sprintf("R²'s limit %d at %v", i, l.A), got, l.R2[i], 1e-12)
			}
		}
	}
}
