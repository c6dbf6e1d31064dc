package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// anyProportion draws k of n, fractional or whole, up to 1e6.
func anyProportion(t *rapid.T) Basis {
	n := float64(rapid.IntRange(1, 1_000_000).Draw(t, "n"))
	k := float64(rapid.IntRange(0, int(n)).Draw(t, "k"))
	if rapid.Bool().Draw(t, "clustered") {
		deff := rapid.Float64Range(1, 10).Draw(t, "deff")
		k, n = k/deff, n/deff
	}
	return Proportion(k, n)
}

func anyCount(t *rapid.T, what string) int64 { return int64(rapid.IntRange(0, 5000).Draw(t, what)) }

func anyBasis(t *rapid.T) Basis {
	switch rapid.IntRange(0, 24).Draw(t, "kind") {
	case 0:
		return F1(float64(anyCount(t, "tp"))+1, float64(anyCount(t, "fp")), float64(anyCount(t, "fn")))
	case 1:
		return AUC(rapid.Float64Range(0, 1).Draw(t, "auc"), rapid.Float64Range(0, .2).Draw(t, "se"), anyCount(t, "negatives")+1, anyCount(t, "positives")+1)
	case 2:
		return PairedAUC(rapid.Float64Range(.5, 1).Draw(t, "ours"), rapid.Float64Range(.5, 1).Draw(t, "theirs"), rapid.Float64Range(0, .2).Draw(t, "se"),
			anyCount(t, "negatives")+1, anyCount(t, "positives")+1)
	case 3:
		return Paired([4]int64{anyCount(t, "both"), anyCount(t, "ours") / 100, anyCount(t, "theirs") / 100, anyCount(t, "neither") + 1})
	case 4:
		return StudentT(rapid.Float64Range(-5, 5).Draw(t, "mean"), rapid.Float64Range(0, 2).Draw(t, "se"), rapid.Float64Range(1, 1e6).Draw(t, "df"))
	case 5:
		return Influence(rapid.Float64Range(-1, 1).Draw(t, "difference"), rapid.Float64Range(0, .2).Draw(t, "se"), anyCount(t, "support"))
	case 6:
		return Basis{Method: "psi", Estimate: rapid.Float64Range(-.1, 3).Draw(t, "psi"), SE: rapid.Float64Range(0, .5).Draw(t, "se")}
	case 7:
		return Difference(anyProportion(t), anyProportion(t))
	case 8:
		return Ratio(anyProportion(t), anyProportion(t))
	case 9:
		return Average(anyProportion(t), anyProportion(t), anyProportion(t))
	case 10:
		return Difference(AUC(.8, .03, 200, 100), AUC(rapid.Float64Range(0, 1).Draw(t, "auc"), .02, 300, anyCount(t, "positives")+1))
	case 13:
		return Same()
	case 11:
		var c PairedCounts
		for label := range c {
			for cell := range c[label] {
				c[label][cell] = anyCount(t, "cell")
			}
		}
		return PairedF1(c)
	case 14:
		return FBeta(float64(anyCount(t, "tp"))+1, float64(anyCount(t, "fp")), float64(anyCount(t, "fn")), rapid.Float64Range(.1, 10).Draw(t, "beta"))
	case 15:
		return MCC(anyConfusion(t))
	case 16:
		return Kappa(anyConfusion(t))
	case 17:
		tp, fp, tn, fn := anyConfusion(t)
		r := Reweighted{Prevalence: rapid.Float64Range(.001, .999).Draw(t, "prevalence")}
		if rapid.Bool().Draw(t, "by odds") {
			r = Reweighted{Odds: rapid.Float64Range(.001, 1000).Draw(t, "odds")}
		}
		figures := []func(Reweighted, Counts) Basis{Reweighted.Precision, Reweighted.NPV, Reweighted.Accuracy, Reweighted.SelectionRate, Reweighted.Jaccard,
			Reweighted.MCC, Reweighted.Kappa, Reweighted.PrevalenceOf, func(r Reweighted, c Counts) Basis { return r.FBeta(c, 2) }}
		return rapid.SampledFrom(figures).Draw(t, "figure")(r, Counts{TP: tp, FP: fp, TN: tn, FN: fn})
	case 18:
		return anyCut(t)
	case 19:
		return anyPercentile(t)
	case 20:
		return KS(rapid.Float64Range(0, 1).Draw(t, "d"), anyCount(t, "negatives")+1, anyCount(t, "positives")+1)
	case 21:
		return rapid.SampledFrom([]func(...Basis) Basis{MaxDifference, MinRatio, Largest, Smallest}).Draw(t, "extreme")(anyProportion(t), anyProportion(t), anyProportion(t))
	case 22:
		return Gini(rapid.Float64Range(0, 1).Draw(t, "auc"), rapid.Float64Range(0, .2).Draw(t, "se"), anyCount(t, "negatives")+1, anyCount(t, "positives")+1)
	case 23:
		if rapid.Bool().Draw(t, "clusters") {
			var c ClusterSums
			for range rapid.IntRange(1, 60).Draw(t, "clusters") {
				n := rapid.IntRange(1, 9).Draw(t, "rows")
				c.add(float64(rapid.IntRange(0, n).Draw(t, "successes")), float64(n))
			}
			return ClusterProportion(c)
		}
		return DesignProportion(rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, .01).Draw(t, "variance"), anyCount(t, "successes"), anyCount(t, "failures"),
			rapid.Float64Range(0, 1e4).Draw(t, "df"))
	case 24:
		n := anyCount(t, "n") + 30
		x := rapid.Float64Range(.001, 100).Draw(t, "mean square")
		if rapid.Bool().Draw(t, "root") {
			return RMSE(n, x*float64(n), x*x*float64(n)*rapid.Float64Range(1, 9).Draw(t, "kurtosis"))
		}
		return RSquared(RSquaredSums{n, x * float64(n), float64(n), 3 * x * x * float64(n), x * float64(n), 3 * float64(n)})
	}
	return anyProportion(t)
}

func anyConfusion(t *rapid.T) (tp, fp, tn, fn float64) {
	return float64(anyCount(t, "tp")), float64(anyCount(t, "fp")), float64(anyCount(t, "tn")), float64(anyCount(t, "fn"))
}

// anyCut draws a walk over the cuts of a sample, and a figure at one of them.
func anyCut(t *rapid.T) Basis {
	negatives, positives := anyCount(t, "negatives")+1, anyCount(t, "positives")+1
	share := rapid.Float64Range(.001, .999).Draw(t, "share")
	steps := rapid.IntRange(1, 60).Draw(t, "steps")
	bend := rapid.Float64Range(.2, 5).Draw(t, "bend")
	var points []CutPoint
	for i := range steps + 1 {
		at := float64(i) / float64(steps)
		points = append(points, CutPoint{FP: int64(math.Pow(at, bend) * float64(negatives)), TP: int64(at * float64(positives))})
	}
	make := rapid.SampledFrom([]func(share, value float64, negatives, positives int64, points []CutPoint) Basis{RecallAtFPR, PrecisionAtRecall, PrecisionAtTop, RecallAtTop}).Draw(t, "figure")
	return make(share, rapid.Float64Range(0, 1).Draw(t, "value"), negatives, positives, points)
}

func anyPercentile(t *rapid.T) Basis {
	n := anyCount(t, "n") + 1
	q := rapid.Float64Range(.01, .999).Draw(t, "q")
	ranks := PercentileRanks(q, n)
	values := make([]float64, len(ranks))
	for i, r := range ranks {
		values[i] = math.Pow(float64(r), rapid.SampledFrom([]float64{.5, 1, 2}).Draw(t, "power"))
		if i > 0 {
			values[i] = math.Max(values[i], values[i-1])
		}
	}
	return Percentile(q, n, math.Pow(q*float64(n), 1.5), ranks, values)
}

func anyError(t *rapid.T, what string) float64 {
	return math.Pow(10, rapid.Float64Range(-6, math.Log10(.5)).Draw(t, what))
}

// slack is rounding: 1e-12 of the figure's size.
func slack(x float64) float64 { return 1e-12 * math.Max(1, math.Abs(x)) }

func TestLimitsHoldTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, a := anyBasis(t), anyError(t, "a")
		low, high, value := b.Low(a), b.High(a), b.Value()
		if math.IsNaN(low) != math.IsNaN(high) {
			t.Fatalf("%+v at %v: one limit only: %v, %v", b, a, low, high)
		}
		if math.IsInf(low, 0) || math.IsInf(high, -1) || math.IsInf(high, 1) && b.Method != methodMOVERRatio && b.Method != methodOrder {
			t.Fatalf("%+v at %v: infinite: %v, %v", b, a, low, high)
		}
		if low > value+slack(value) || high < value-slack(value) || low > high {
			t.Fatalf("%+v at %v: %v, %v, %v", b, a, low, value, high)
		}
	})
}

func TestLimitsWidenAsErrorFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, x, y := anyBasis(t), anyError(t, "x"), anyError(t, "y")
		small, large := math.Min(x, y), math.Max(x, y)
		if low, high := b.Low(small), b.High(small); low > b.Low(large)+slack(low) || high < b.High(large)-slack(high) {
			t.Fatalf("%+v: [%v, %v] at %v, [%v, %v] at %v", b, low, high, small, b.Low(large), b.High(large), large)
		}
	})
}

func TestLimitsMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, a := anyProportion(t), anyError(t, "a")
		other := Proportion(b.N-b.K, b.N)
		near2(t, "proportion", b.Low(a), 1-other.High(a))
		w, v := Wilson(b.K, b.N, .95), Wilson(other.K, other.N, .95)
		near2(t, "Wilson", w.Low, 1-v.High)

		x, y := anyProportion(t), anyProportion(t)
		near2(t, "difference", Difference(x, y).Low(a), -Difference(y, x).High(a))
		if high := Ratio(y, x).High(a); !math.IsInf(high, 1) && y.K > 0 && x.K > 0 {
			// 1/high of the reciprocal. The root of Donner and Zou's nearly equal terms costs digits where a group is tiny.
			if low := Ratio(x, y).Low(a); math.Abs(low*high-1) > 1e-6 {
				t.Fatalf("ratio %v, %v at %v: low %v, reciprocal's high %v", x, y, a, low, high)
			}
		}
		table := [4]int64{anyCount(t, "both"), anyCount(t, "ours"), anyCount(t, "theirs"), 1}
		near2(t, "paired", Paired(table).Low(a), -Paired([4]int64{table[0], table[2], table[1], table[3]}).High(a))
	})
}

func near2(t *rapid.T, what string, got, want float64) {
	if !(math.Abs(got-want) <= slack(want)) {
		t.Fatalf("%s: %.17g, mirrored %.17g", what, got, want)
	}
}

func same(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }

// An evaluation.json is judged later, at any level: a basis must come back from JSON bit for bit.
// TestSame: no difference at all, at any level, and none to be found.
func TestSame(t *testing.T) {
	b := Same()
	for _, a := range []float64{1e-6, .025, .5} {
		if b.Low(a) != 0 || b.High(a) != 0 {
			t.Errorf("at %v: %v, %v", a, b.Low(a), b.High(a))
		}
	}
	if b.Value() != 0 || !b.IsSame() || (Basis{}).IsSame() || Paired([4]int64{9, 0, 0, 1}).IsSame() || *Describe(b, .9) != (Interval{Level: .9, Method: "same"}) {
		t.Errorf("%+v, %v", b, Describe(b, .9))
	}
	if !math.IsNaN(b.Low(0)) || !math.IsNaN(b.High(.6)) {
		t.Error("limits at no level")
	}
}

func TestBasisSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, a := anyBasis(t), anyError(t, "a")
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var back Basis
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(b, back) || !same(b.Low(a), back.Low(a)) || !same(b.High(a), back.High(a)) {
			t.Fatalf("%s came back as %+v", text, back)
		}
		if i := Describe(b, .95); i != nil {
			if _, err := json.Marshal(i); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What gives no limit gives NaN on both sides, and no descriptive interval unless said.
func TestNone(t *testing.T) {
	for name, b := range map[string]Basis{
		"zero":                        {},
		"unknown method":              {Method: "wald", K: 1, N: 2, Estimate: .5, SE: .1},
		"no trials":                   Proportion(0, 0),
		"more successes than trials":  Proportion(3, 2),
		"negative":                    Proportion(-1, 2),
		"NaN":                         Proportion(math.NaN(), 2),
		"clopper-pearson by hand":     {Method: "clopper-pearson", K: 3, N: 2},
		"unknown scale":               {Method: "clopper-pearson", K: 1, N: 2, Scale: "log"},
		"F1 of nothing":               F1(0, 0, 0),
		"no positives":                AUC(.5, .1, 10, 0),
		"AUC of NaN":                  AUC(math.NaN(), .1, 10, 10),
		"paired AUC, few":             PairedAUC(.9, .8, .01, 1000, 99),
		"paired AUC, theirs perfect":  PairedAUC(.9, 1, .01, 1000, 1000),
		"paired AUC, zero se":         PairedAUC(.8, .8, 0, 1000, 1000),
		"empty table":                 Paired([4]int64{}),
		"negative table":              Paired([4]int64{1, -1, 2, 3}),
		"one row":                     Mean(1, 3, 9),
		"all equal":                   Mean(10, 3, .9),
		"no spread but rounding":      Mean(3, .1+.1+.1, .1*.1+.1*.1+.1*.1),
		"no degrees of freedom":       StudentT(1, 1, 0),
		"infinite":                    StudentT(math.Inf(1), 1, 3),
		"support 29":                  Influence(.1, .1, 29),
		"influence, zero se":          Influence(.1, 0, 300),
		"psi, zero se":                {Method: "psi", Estimate: .1},
		"no calls":                    PairedPrecision(PairedCounts{{10, 0, 10, 0}, {10, 0, 10, 0}}),
		"negative count":              PairedF1(PairedCounts{{-10, 0, 10, 0}, {10, 50, 10, 50}}),
		"difference with a missing":   Difference(Proportion(1, 2), Basis{}),
		"ratio with a missing":        Ratio(Basis{}, Proportion(1, 2)),
		"ratio of a negative":         Ratio(StudentT(-1, 1, 9), Proportion(1, 2)),
		"average of nothing":          Average(),
		"average with a missing":      Average(Proportion(1, 2), Basis{}),
		"difference of one":           {Method: "mover-difference", Parts: []Basis{Proportion(1, 2)}},
		"ratio of three":              {Method: "mover-ratio", Parts: []Basis{Proportion(1, 2), Proportion(1, 2), Proportion(1, 2)}},
		"logit without rows or class": {Method: "delong-logit", Estimate: 1, SE: .1},
	} {
		if low, high := b.Low(.025), b.High(.025); !math.IsNaN(low) || !math.IsNaN(high) {
			t.Errorf("%s: [%v, %v], want none", name, low, high)
		}
		if i := Describe(b, .95); i != nil {
			t.Errorf("%s: described as %+v, want nil", name, *i)
		}
	}
	good := Proportion(3, 4)
	for _, a := range []float64{0, -.1, .51, 1, math.NaN()} {
		if !math.IsNaN(good.Low(a)) || !math.IsNaN(good.High(a)) {
			t.Errorf("limits at error level %v", a)
		}
	}
	for _, level := range []float64{0, 1, -1, math.NaN()} {
		if Describe(good, level) != nil || !math.IsNaN(Wilson(3, 4, level).Low) {
			t.Errorf("an interval at level %v", level)
		}
	}
	if Describe(Ratio(good, Proportion(0, 4)), .95) != nil {
		t.Error("an infinite interval is described")
	}
}

func TestNegativeZero(t *testing.T) {
	b := Basis{Method: "psi", Estimate: math.Copysign(0, -1), SE: .5}
	if math.Signbit(b.Low(.5)) || math.Signbit(b.High(.5)) {
		t.Error("the limit is −0, and from JSON it would be 0")
	}
}

func TestPairedAUCStaysInRange(t *testing.T) {
	b := PairedAUC(.95, .05, .4, 1000, 1000)
	if low, high := b.Low(.025), b.High(.025); high != 1 || low < 0 {
		t.Errorf("[%v, %v], want [.116, 1]", low, high)
	}
}

func TestProportionEnds(t *testing.T) {
	for _, n := range []float64{1, 30, 7.5, 1e7} {
		for _, a := range []float64{.025, 1e-6} {
			relative(t, fmt.Sprintf("0 of %v", n), Proportion(0, n).High(a), -math.Expm1(math.Log(a)/n)) // 1 − a^(1/n)
			near(t, "n of n", Proportion(n, n).Low(a), math.Pow(a, 1/n), 1e-15)
			if Proportion(0, n).Low(a) != 0 || Proportion(n, n).High(a) != 1 {
				t.Errorf("n = %v: limits beyond [0, 1]", n)
			}
		}
	}
}

func TestF1IsMapped(t *testing.T) {
	// TP 80, FP 10, FN 30: J = 80/120, F1 = 160/200 = .8 = 2J/(1+J).
	b, j := F1(80, 10, 30), Proportion(80, 120)
	near(t, "F1", b.Value(), .8, 1e-15)
	near(t, "low", b.Low(.025), 2*j.Low(.025)/(1+j.Low(.025)), 1e-15)
	w := Wilson(80, 120, .95)
	i := Describe(b, .95)
	near(t, "described", i.High, 2*w.High/(1+w.High), 1e-15)
}

func TestAUCSmallSampleRule(t *testing.T) {
	cp := func(area, r float64) Basis { return Proportion(area*r, r) }
	for _, c := range []struct {
		name                 string
		area, se             float64
		negatives, positives int64
		alone                bool // Clopper-Pearson alone
	}{
		{"perfect", 1, 0, 30, 400, true},
		{"worst", 0, 0, 400, 30, true},
		{"zero se", .5, 0, 400, 300, true},
		{"unknown se", .5, math.NaN(), 400, 1, true},
		{"few", .95, .02, 400, 30, false},
	} {
		b, want := AUC(c.area, c.se, c.negatives, c.positives), cp(c.area, float64(min(c.negatives, c.positives)))
		low, high := want.Low(.025), want.High(.025)
		if !c.alone {
			l := logit(c.area)
			half := normalUpper(.025) * c.se / (c.area * (1 - c.area))
			low, high = math.Min(low, expit(l-half)), math.Max(high, expit(l+half))
		}
		near(t, c.name+" low", b.Low(.025), low, 1e-15)
		near(t, c.name+" high", b.High(.025), high, 1e-15)
	}
	// 9.99 of 10: the wider. 10: DeLong alone.
	if few, enough := AUC(.9001, .01, 400, 100), AUC(.9, .01, 400, 100); few.High(.025)-few.Low(.025) < .1 || enough.High(.025)-enough.Low(.025) > .05 {
		t.Error("the rule does not change at r·min(A, 1−A) = 10")
	}
	// A basis as the skeleton has it, without K and N, means the same.
	full := AUC(.95, .02, 400, 30)
	bare := Basis{Method: full.Method, Scale: full.Scale, Estimate: full.Estimate, SE: full.SE, Classes: full.Classes}
	near(t, "bare low", bare.Low(.025), full.Low(.025), 1e-12)
	near(t, "bare high", bare.High(.025), full.High(.025), 1e-12)
}

func TestPairedFewDiscordant(t *testing.T) {
	for _, table := range [][4]int64{{50, 6, 3, 41}, {500, 40, 2, 41}, {50, 0, 0, 50}} {
		n := float64(table[0] + table[1] + table[2] + table[3])
		ours, theirs := Proportion(float64(table[1]), n), Proportion(float64(table[2]), n)
		near(t, fmt.Sprint(table, " low"), Paired(table).Low(.025), ours.Low(.0125)-theirs.High(.0125), 1e-15)
		near(t, fmt.Sprint(table, " high"), Paired(table).High(.025), ours.High(.0125)-theirs.Low(.0125), 1e-15)
	}
	if Describe(Paired([4]int64{50, 0, 0, 50}), .95) == nil {
		t.Error("Tango describes any table")
	}
}

func TestPairedCountsTables(t *testing.T) {
	// Rows by label and calls: neither, only theirs, only ours, both.
	c := PairedCounts{{100, 20, 30, 40}, {5, 6, 7, 80}}
	for _, x := range []struct {
		name  string
		table [4]int64 // both, only ours, only theirs, neither
		want  [4]int64
	}{
		{"recall", c.Recall(), [4]int64{80, 7, 6, 5}},
		{"false positive rate", c.FalsePositiveRate(), [4]int64{40, 30, 20, 100}},
		{"selection rate", c.SelectionRate(), [4]int64{120, 37, 26, 105}},
		// Right on a negative: no call. Both 100+80, only ours 20+7 (theirs called), only theirs 30+6, neither 40+5.
		{"accuracy", c.Accuracy(), [4]int64{180, 27, 36, 45}},
	} {
		if x.table != x.want {
			t.Errorf("%s: %v, want %v", x.name, x.table, x.want)
		}
	}
	// ours 87/157, theirs 86/146.
	near(t, "precision", PairedPrecision(c).Value(), 87./157-86./146, 1e-15)
	// ours 2·87/(157+98), theirs 2·86/(146+98).
	near(t, "F1", PairedF1(c).Value(), 174./255-172./244, 1e-15)
	if got := PairedPrecision(c).N; got != 146 {
		t.Errorf("support of precision %v, want 146", got)
	}
	if got := PairedF1(c).N; got != 60+98 { // FP 60 and all 98 positives, as TP or FN
		t.Errorf("support of F1 %v, want 158", got)
	}
}

func TestRatioToZero(t *testing.T) {
	b := Ratio(Proportion(10, 100), Proportion(0, 100))
	if low, high := b.Low(.025), b.High(.025); !(low > 1) || !math.IsInf(high, 1) || !math.IsNaN(b.Value()) {
		t.Errorf("10%% to 0: [%v, %v], value %v", low, high, b.Value())
	}
	if low, high := Ratio(Proportion(0, 100), Proportion(0, 100)).Low(.025), Ratio(Proportion(0, 100), Proportion(0, 100)).High(.025); low != 0 || !math.IsInf(high, 1) {
		t.Errorf("0 to 0: [%v, %v]", low, high)
	}
}

func ExampleBasis() {
	severe := Proportion(41, 50) // recall of a group: 41 found of 50
	fmt.Printf("%.3f\n", severe.Value())
	fmt.Printf("one-sided at .025: above %.3f, below %.3f\n", severe.Low(.025), severe.High(.025))
	fmt.Printf("at .025/3: below %.3f\n", severe.High(.025/3))
	i := Describe(severe, .95)
	fmt.Printf("for reading: %s [%.3f, %.3f]\n", i.Method, i.Low, i.High)
	// Output:
	// 0.820
	// one-sided at .025: above 0.686, below 0.914
	// at .025/3: below 0.929
	// for reading: wilson [0.692, 0.902]
}
