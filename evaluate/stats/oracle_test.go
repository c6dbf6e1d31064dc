package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
)

// Figures of SciPy, statsmodels, 50-digit arithmetic and papers, by fixtures/oracle/stats.py.
type oracle struct {
	ClopperPearson []struct {
		K, N, A      float64
		SciPy, Exact [2]float64
	} `json:"clopper_pearson"`
	Wilson []struct {
		K, N, Level float64
		Interval    [2]float64
	}
	Newcombe []struct {
		K, N     [2]float64
		Level    float64
		Interval [2]float64
	}
	Mover []struct {
		K, N       [2]float64
		A          float64
		Difference [2]float64
		Ratio      [2]*float64
	}
	Tango []struct {
		B, C, N int64
		A       float64
		Limits  [2]float64
	}
	T []struct {
		N               int64
		Sum, Squares, A float64
		Limits          [2]float64
	}
	Quantiles []struct {
		A     float64
		DF    *float64
		Upper float64
	}
	AUC []struct {
		AUC, SE, A float64
		Classes    [2]int64
		Limits     [2]float64
	}
	Paired []struct {
		Counts        PairedCounts
		Precision, F1 [2]float64
	}
	RowsNeeded []struct {
		Bound, Truth, A, Power float64
		Rows                   int64
	} `json:"rows_needed"`
	Detectable []struct {
		N               int64
		Bound, A, Power float64
		Rate            *float64
	}
	ChanceGap []struct {
		Counts    []int64
		Rate, Gap float64
	} `json:"chance_gap"`
	Published struct {
		Wilson []struct {
			K, N     float64
			Interval [2]float64
		}
		Newcombe []struct {
			K, N     [2]float64
			Interval [2]float64
		}
		Tango []struct {
			B, C, N  int64
			Interval [2]float64
		}
	}
}

func readOracle(t *testing.T) oracle {
	t.Helper()
	b, err := os.ReadFile("../../fixtures/oracle/stats.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracle
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	for what, cases := range map[string]int{"clopper_pearson": len(o.ClopperPearson), "wilson": len(o.Wilson), "newcombe": len(o.Newcombe),
		"mover": len(o.Mover), "tango": len(o.Tango), "t": len(o.T), "quantiles": len(o.Quantiles), "auc": len(o.AUC), "paired": len(o.Paired),
		"rows_needed": len(o.RowsNeeded), "detectable": len(o.Detectable), "chance_gap": len(o.ChanceGap),
		"published": min(len(o.Published.Wilson), len(o.Published.Newcombe), len(o.Published.Tango))} {
		if cases == 0 {
			t.Fatalf("stats.json has no %s", what)
		}
	}
	return o
}

// relative compares to 1e-12 of the wanted number.
func relative(t *testing.T, what string, got, want float64) {
	t.Helper()
	near(t, what, got, want, 1e-12*math.Abs(want))
}

func TestOracleClopperPearson(t *testing.T) {
	for _, c := range readOracle(t).ClopperPearson {
		b := Proportion(c.K, c.N)
		for i, got := range []float64{b.Low(c.A), b.High(c.A)} {
			what := fmt.Sprintf("%v of %v at %v, limit %d", c.K, c.N, c.A, i)
			near(t, what+" (exact)", got, c.Exact[i], math.Max(1e-12*c.Exact[i], 5e-324))
			// SciPy is up to 7e-11 off the exact number at 1 of 1e7.
			near(t, what+" (SciPy)", got, c.SciPy[i], math.Max(1e-10*c.SciPy[i], 5e-324))
		}
	}
}

func TestOracleWilson(t *testing.T) {
	o := readOracle(t)
	for _, c := range o.Wilson {
		got := Wilson(c.K, c.N, c.Level)
		what := fmt.Sprintf("%v of %v at %v", c.K, c.N, c.Level)
		// Absolute: statsmodels subtracts near 0 (1e-17 for 0 of n) and near 1.
		near(t, what+" low", got.Low, c.Interval[0], 1e-12)
		near(t, what+" high", got.High, c.Interval[1], 1e-12)
	}
	for _, c := range o.Published.Wilson {
		got := Wilson(c.K, c.N, 0.95)
		near(t, "published low", got.Low, c.Interval[0], 0.00005)
		near(t, "published high", got.High, c.Interval[1], 0.00005)
	}
}

func TestOracleNewcombe(t *testing.T) {
	o := readOracle(t)
	for _, c := range o.Newcombe {
		got := Newcombe(c.K[0], c.N[0], c.K[1], c.N[1], c.Level)
		near(t, fmt.Sprintf("%v of %v low", c.K, c.N), got.Low, c.Interval[0], 1e-12)
		near(t, fmt.Sprintf("%v of %v high", c.K, c.N), got.High, c.Interval[1], 1e-12)
	}
	for _, c := range o.Published.Newcombe {
		got := Newcombe(c.K[0], c.N[0], c.K[1], c.N[1], 0.95)
		near(t, "published low", got.Low, c.Interval[0], 0.00005)
		near(t, "published high", got.High, c.Interval[1], 0.00005)
	}
}

func TestOracleMOVER(t *testing.T) {
	for _, c := range readOracle(t).Mover {
		x, y := Proportion(c.K[0], c.N[0]), Proportion(c.K[1], c.N[1])
		what := fmt.Sprintf("%v of %v at %v", c.K, c.N, c.A)
		d, r := Difference(x, y), Ratio(x, y)
		near(t, what+" difference low", d.Low(c.A), c.Difference[0], 1e-12)
		near(t, what+" difference high", d.High(c.A), c.Difference[1], 1e-12)
		if c.Ratio[0] == nil {
			if low, high := r.Low(c.A), r.High(c.A); !(low >= 0) || !math.IsInf(high, 1) {
				t.Errorf("%s ratio to 0: [%v, %v]", what, low, high)
			}
			continue
		}
		// As printed, the ratio's root subtracts nearly equal numbers: to 1e-10, and 1e-9 of a number as large as 1e8.
		near(t, what+" ratio low", r.Low(c.A), *c.Ratio[0], 1e-10*math.Max(1, *c.Ratio[0]))
		near(t, what+" ratio high", r.High(c.A), *c.Ratio[1], 1e-10*math.Max(1, *c.Ratio[1]))
	}
}

func TestOracleTango(t *testing.T) {
	o := readOracle(t)
	for _, c := range o.Tango {
		table := [4]int64{0, c.B, c.C, c.N - c.B - c.C}
		got := Describe(Paired(table), 1-2*c.A)
		what := fmt.Sprintf("%d, %d of %d at %v", c.B, c.C, c.N, c.A)
		// The level 1 − 2a is rounded, so at a = 1e-6 only 1e-10 of a is left.
		tolerance := 1e-12
		if c.A < 1e-5 {
			tolerance = 1e-10
		}
		near(t, what+" low", got.Low, c.Limits[0], tolerance)
		near(t, what+" high", got.High, c.Limits[1], tolerance)
		if c.B+c.C >= fewDiscordant && min(c.B, c.C) >= fewEither { // decides, too
			near(t, what+" deciding low", Paired(table).Low(c.A), c.Limits[0], 1e-12)
			near(t, what+" deciding high", Paired(table).High(c.A), c.Limits[1], 1e-12)
		}
	}
	for _, c := range o.Published.Tango {
		got := Describe(Paired([4]int64{0, c.B, c.C, c.N - c.B - c.C}), 0.95)
		near(t, "published low", got.Low, c.Interval[0], 0.0005)
		near(t, "published high", got.High, c.Interval[1], 0.0005)
	}
}

func TestOracleT(t *testing.T) {
	o := readOracle(t)
	for _, c := range o.Quantiles {
		if c.DF == nil {
			near(t, fmt.Sprintf("normal %v", c.A), normalUpper(c.A), c.Upper, 1e-12*math.Max(1, c.Upper))
			continue
		}
		near(t, fmt.Sprintf("t %v, %v", c.A, *c.DF), studentUpper(c.A, *c.DF), c.Upper, 1e-12*math.Max(1, c.Upper))
	}
	for _, c := range o.T {
		b := Mean(c.N, c.Sum, c.Squares)
		// The sums of squares have lost the digits that the deviations of mean 5 ± 0.1 keep: 1e-16 · (5/0.1)² · 10.
		near(t, fmt.Sprintf("mean of %d at %v low", c.N, c.A), b.Low(c.A), c.Limits[0], 1e-12*math.Max(1, math.Abs(c.Limits[0])))
		near(t, fmt.Sprintf("mean of %d at %v high", c.N, c.A), b.High(c.A), c.Limits[1], 1e-12*math.Max(1, math.Abs(c.Limits[1])))
	}
}

func TestOracleAUC(t *testing.T) {
	for _, c := range readOracle(t).AUC {
		b := AUC(c.AUC, c.SE, c.Classes[0], c.Classes[1])
		relative(t, fmt.Sprintf("%v of %v at %v low", c.AUC, c.Classes, c.A), b.Low(c.A), c.Limits[0])
		relative(t, fmt.Sprintf("%v of %v at %v high", c.AUC, c.Classes, c.A), b.High(c.A), c.Limits[1])
	}
}

func TestOraclePaired(t *testing.T) {
	for _, c := range readOracle(t).Paired {
		for what, pair := range map[string]struct {
			got  Basis
			want [2]float64
		}{"precision": {PairedPrecision(c.Counts), c.Precision}, "f1": {PairedF1(c.Counts), c.F1}} {
			near(t, what, pair.got.Estimate, pair.want[0], 1e-12)
			near(t, what+" standard error", pair.got.SE, pair.want[1], 1e-12)
		}
	}
}

func TestOraclePower(t *testing.T) {
	o := readOracle(t)
	for _, c := range o.RowsNeeded {
		if got, ok := RowsNeeded(Min, c.Bound, c.Truth, c.A, c.Power); got != c.Rows || !ok {
			t.Errorf("RowsNeeded(min %v, truth %v) = %d, %v, want %d", c.Bound, c.Truth, got, ok, c.Rows)
		}
	}
	for _, c := range o.Detectable {
		got := Detectable(Min, c.N, c.Bound, c.A, c.Power)
		if c.Rate == nil {
			if !math.IsNaN(got) {
				t.Errorf("Detectable(%d, %v) = %v, want none", c.N, c.Bound, got)
			}
			continue
		}
		near(t, fmt.Sprintf("Detectable(%d, %v)", c.N, c.Bound), got, *c.Rate, 1e-12)
	}
	for _, c := range o.ChanceGap {
		near(t, fmt.Sprintf("ChanceGap(%v, %v)", c.Counts, c.Rate), ChanceGap(c.Counts, c.Rate), c.Gap, 1e-12)
	}
}
