package stats

import (
	"math"
	"testing"
)

// Figures whose limits can be worked by hand.

func TestKSByHand(t *testing.T) {
	b := KS(.5, 200, 50)
	// √(log(4/.025)/400) + √(log(4/.025)/100) = .1126 + .2253; √(log 40 · (1/200 + 1/50)/2) = .2147.
	near(t, "low", b.Low(.025), .5-.11264-.22528, 1e-4)
	near(t, "high", b.High(.025), .5+.21473, 1e-4)
	if KS(.1, 30, 30).Low(.025) != 0 || KS(.9, 30, 30).High(.025) != 1 {
		t.Error("limits beyond [0, 1]")
	}
}

func TestGiniIsMapped(t *testing.T) {
	a, g := AUC(.85, .02, 300, 100), Gini(.85, .02, 300, 100)
	near(t, "value", g.Value(), .7, 1e-15)
	near(t, "low", g.Low(.01), 2*a.Low(.01)-1, 1e-15)
	near(t, "high", g.High(.01), 2*a.High(.01)-1, 1e-15)
	d, p := PairedAUC(.85, .8, .02, 300, 100), PairedGini(.85, .8, .02, 300, 100)
	near(t, "difference", p.Value(), .1, 1e-15)
	near(t, "difference low", p.Low(.01), 2*d.Low(.01), 1e-15)
}

// McClish's scale: a mean recall of u/2 is chance, 1 is best.
func TestPartialAUCScale(t *testing.T) {
	near(t, "chance", PartialAUC(.05, .01, .1, 1000, 1000).Value(), .5, 1e-15)
	near(t, "best", PartialAUC(1, 0, .1, 1000, 1000).Value(), 1, 1e-15)
	whole := PartialAUC(.8, .02, 1, 300, 100)
	near(t, "the whole area", whole.Value(), .8, 1e-15)
	near(t, "the whole area's limit", whole.Low(.025), AUC(.8, .02, 300, 100).Low(.025), 1e-15)
	// 1,000 negatives, of which 20 are up to the rate .02: that few rows decide.
	if b := PartialAUC(.7, .001, .02, 1000, 5000); b.N != 20 || b.Low(.025) > PartialAUC(.7, .001, .5, 1000, 5000).Low(.025) {
		t.Errorf("%+v, low %v", b, b.Low(.025))
	}
}

func TestMaxDifferenceByHand(t *testing.T) {
	x, y, z := Proportion(20, 200), Proportion(45, 150), Proportion(30, 100)
	b := MaxDifference(x, y, z)
	near(t, "value", b.Value(), .2, 1e-15)
	high, low := math.Inf(-1), math.Inf(-1)
	for _, d := range []Basis{Difference(x, y), Difference(y, x), Difference(x, z), Difference(z, x), Difference(y, z), Difference(z, y)} {
		high, low = math.Max(high, d.High(.025)), math.Max(low, d.Low(.025/6))
	}
	near(t, "high", b.High(.025), high, 0)
	near(t, "low", b.Low(.025), low, 0)
	if equal := MaxDifference(x, x, x); equal.Low(.025) != 0 || !(equal.High(.025) > .05) {
		t.Errorf("equal groups: [%v, %v]", equal.Low(.025), equal.High(.025))
	}
	r := MinRatio(x, y, z)
	near(t, "ratio", r.Value(), 1./3, 1e-15)
	near(t, "ratio's low", r.Low(.025), math.Min(Ratio(x, y).Low(.025), Ratio(x, z).Low(.025)), 0)
	near(t, "ratio's high", r.High(.025), math.Min(Ratio(x, y).High(.025/6), Ratio(x, z).High(.025/6)), 0)
	if equal := MinRatio(x, x); equal.High(.025) != 1 {
		t.Errorf("equal groups: %v", equal.High(.025))
	}
	// Equalized odds: the twelve pairs of both rates.
	odds := Largest(b, MaxDifference(z, y, x))
	near(t, "equalized odds low", odds.Low(.025), b.Low(.0125), 1e-15)
	near(t, "equalized odds high", odds.High(.025), high, 0)
	near(t, "smallest", Smallest(x, y).Value(), .1, 1e-15)
	near(t, "smallest's high", Smallest(x, y).High(.025), x.High(.0125), 0)
	near(t, "smallest's low", Smallest(x, y).Low(.025), x.Low(.025), 0)
}

func TestEitherWayByHand(t *testing.T) {
	// 80 of 100 observed, 20 labels missing.
	b := EitherWay(Proportion(80, 100), Proportion(80, 120), Proportion(100, 120))
	near(t, "value", b.Value(), .8, 1e-15)
	near(t, "low", b.Low(.025), Proportion(80, 120).Low(.025), 0)
	near(t, "high", b.High(.025), math.Max(Proportion(100, 120).High(.025), Proportion(80, 100).High(.025)), 0)
}

// 1,000 negatives and 200 positives; at the rate .1 the sample's cut has 100 false and 150 true positives, and each 1 false positive more
// or less moves .1 true positives.
func TestRecallAtFPRByHand(t *testing.T) {
	var points []CutPoint
	for fp := int64(0); fp <= 1000; fp++ {
		points = append(points, CutPoint{FP: fp, TP: min(200, 140+fp/10)})
	}
	b := RecallAtFPR(.1, .75, 1000, 200, points)
	// Binomial(1000, .1) is at most 81 with probability .0246 and at least 120 with .0229 (119: .0300), which find 148 and 152.
	if low, high := atMost(1000, .1, .025), atLeast(1000, .1, .025); low != 81 || high != 120 {
		t.Errorf("counts %d and %d", low, high)
	}
	near(t, "low", b.Low(.025), .75-math.Hypot(.75-148./200, .75-Proportion(150, 200).Low(.025)), 1e-15)
	near(t, "high", b.High(.025), .75+math.Hypot(152./200-.75, Proportion(150, 200).High(.025)-.75), 1e-15)
	// With the points that are asked for only, the limit is the same, or a little wider at levels between those kept.
	var kept []CutPoint
	for _, c := range CutCounts(.1, 1000) {
		kept = append(kept, points[c])
	}
	few := RecallAtFPR(.1, .75, 1000, 200, kept)
	for _, a := range []float64{.025, .01, .025 / 7, 1e-6} {
		if !(few.Low(a) <= b.Low(a) && few.Low(a) > b.Low(a)-.01 && few.High(a) >= b.High(a) && few.High(a) < b.High(a)+.01) {
			t.Errorf("at %v: [%v, %v] of %d points, [%v, %v] of all", a, few.Low(a), few.High(a), len(kept), b.Low(a), b.High(a))
		}
	}
	near(t, "at a level that is kept", few.Low(.025), b.Low(.025), 0)
	// Without points nothing is known of other cuts.
	if none := RecallAtFPR(.1, .75, 1000, 200, nil); none.Low(.025) != 0 || none.High(.025) != 1 {
		t.Errorf("no points: [%v, %v]", none.Low(.025), none.High(.025))
	}
	// 5 expected false positives and 5 missed positives are few: one after the other, at a/2 each.
	var steep []CutPoint
	for fp := int64(0); fp <= 50; fp++ {
		steep = append(steep, CutPoint{FP: fp, TP: min(200, 190+fp/4)})
	}
	b = RecallAtFPR(.1, .955, 50, 200, steep)
	near(t, "few counts, high", b.High(.025), Proportion(float64(190+atLeast(50, .1, .0125)/4), 200).High(.0125), 1e-15)
}

func TestPrecisionAtRecallByHand(t *testing.T) {
	// 100 positives; at each recall twice as many false positives: precision 1/3 everywhere, were it not for chance.
	var points []CutPoint
	for tp := int64(0); tp <= 100; tp++ {
		points = append(points, CutPoint{FP: 2 * tp, TP: tp})
	}
	b := PrecisionAtRecall(.5, 1./3, 900, 100, points)
	// 50 true positives or more of a fair 100 have probability .025 from 61 on (.0176; 60: .0284), up to 39 down.
	h := Proportion(100, 200).High(.025) // 100 false positives for 100 positives: odds of 1
	chosen, sampled := .5/(.5+122./100), .5*(1-h)/(.5*(1-h)+h)
	near(t, "low", b.Low(.025), 1./3-math.Hypot(1./3-chosen, 1./3-sampled), 1e-12)
}

func TestPrecisionAtTopByHand(t *testing.T) {
	// 1,000 rows, the top tenth: 60 true positives of 100; of the rows after it one in five is positive.
	var points []CutPoint
	for n := int64(0); n <= 1000; n++ {
		tp := n * 3 / 5
		if n > 100 {
			tp = 60 + (n-100)/5
		}
		points = append(points, CutPoint{FP: n - tp, TP: tp})
	}
	b := PrecisionAtTop(.1, .6, 760, 240, points)
	from, to := atMost(1000, .1, .0125)+1, atLeast(1000, .1, .0125)-1
	least := 1.0
	for n := from; n <= to; n++ {
		least = math.Min(least, float64(points[n].TP)/float64(n))
	}
	near(t, "low", b.Low(.025), .6-math.Hypot(.6-least, .6-Proportion(60, 100).Low(.025)), 1e-15)
	lift := LiftAtTop(.1, 2.5, 760, 240, points)
	recall := RecallAtTop(.1, .25, 760, 240, points)
	near(t, "lift is recall over the share", lift.Low(.025), recall.Low(.025)/.1, 1e-14)
	near(t, "lift's high", lift.High(.025), recall.High(.025)/.1, 1e-14)
}

func TestReweightedByHand(t *testing.T) {
	// Recall .76 and false positive rate .0021: precision .997 at half, .395 at 0.18 %.
	c := Counts{TP: 760, FN: 240, FP: 21, TN: 9979}
	near(t, "at .5", Reweighted{Prevalence: .5}.Precision(c).Value(), .997, .0005)
	near(t, "at .0018", Reweighted{Prevalence: .0018}.Precision(c).Value(), .395, .0005)
	// One negative in a hundred was kept: 21 false positives stand for 2,100.
	b := Reweighted{Odds: .01}.Precision(c)
	near(t, "by odds", b.Value(), 760./(760+2100), 1e-15)
	k := Proportion(760, 781)
	near(t, "by odds, low", b.Low(.025), k.Low(.025)/(k.Low(.025)+100*(1-k.Low(.025))), 1e-15)
	// What would have been caught is caught on the sample's own scale.
	near(t, "detectable", b.Detectable(Min, .2, .025, .8), shiftOdds(Detectable(Min, 781, shiftOdds(.2, 100), .025, .8), .01), 1e-15)
	near(t, "NPV by odds", Reweighted{Odds: .01}.NPV(c).Value(), 997900./(997900+240), 1e-15)
	near(t, "prevalence by odds", Reweighted{Odds: .01}.PrevalenceOf(c).Value(), 1000./(1000+1e6), 1e-15)
	near(t, "accuracy by odds", Reweighted{Odds: .01}.Accuracy(c).Value(), (760+997900.)/(1000+1e6), 1e-15)
	// At the sample's own prevalence the figure is the sample's.
	near(t, "MCC at the sample's", Reweighted{Prevalence: 1000. / 11000}.MCC(c).Value(), MCC(760, 21, 9979, 240).Value(), 1e-14)
}

// Where a figure turns with prevalence, it is furthest from 0 at top: no prevalence beside it gives more.
func TestRatesTurn(t *testing.T) {
	for _, c := range [][2]float64{{.8, .1}, {.3, .02}, {.95, .4}, {.1, .6}} {
		for _, b := range []Basis{{Scale: "mcc"}, {Scale: "kappa"}, {Scale: "mcc", Odds: 20}} {
			b.Parts = make([]Basis, 3)
			top := b.top(c[0], c[1])
			most := math.Abs(b.at([3]float64{c[0], c[1], top}))
			for _, p := range []float64{.01, top * .99, top * 1.01, .3, .9} {
				if p < 1 && math.Abs(b.at([3]float64{c[0], c[1], p})) > most {
					t.Errorf("%s of %v at %v is above %v at %v", b.Scale, c, p, most, top)
				}
			}
		}
	}
	// Tables whose limits once narrowed as the error fell: the prevalence moved to the end that was best before recall moved.
	for _, b := range []Basis{MCC(2, 33, 14, 1), MCC(2, 35, 13, 1), Kappa(2, 33, 14, 1)} {
		for a := .4; a > 1e-6; a /= 1.5 {
			if b.High(a/1.5) < b.High(a) || b.Low(a/1.5) > b.Low(a) {
				t.Errorf("%v at %v: [%v, %v], then [%v, %v]", b.Scale, a, b.Low(a), b.High(a), b.Low(a/1.5), b.High(a/1.5))
			}
		}
	}
}

// Where every cluster has rows of both classes, Obuchowski's variance is that of the clusters' sums of influence.
func TestClusterAUCByHand(t *testing.T) {
	t1, t0 := make([]float64, 30), make([]float64, 30)
	s := ClusterAUCSums{Clusters: 30, WithPositives: 30, WithNegatives: 30, Negatives: 400, Positives: 300}
	want := 0.0
	for g := range t1 {
		t1[g], t0[g] = math.Sin(float64(g)), .7*math.Sin(float64(g))-.2*math.Cos(float64(3*g))
		s.T11, s.T00, s.T10 = s.T11+t1[g]*t1[g], s.T00+t0[g]*t0[g], s.T10+t1[g]*t0[g]
		d := t1[g]/300 + t0[g]/400
		want += 30. / 29 * d * d
	}
	b := ClusterAUC(.8, .015, s)
	near(t, "standard error", b.SE*.8*.2, math.Sqrt(want), 1e-15)
	near(t, "rows", b.N, 300*.015*.015/want, 1e-9)
}

func TestAverageDesigns(t *testing.T) {
	// 40 clusters of 5 rows that are all alike, half of them successes: 40 trials, not 200.
	s := ClusterSums{Clusters: 40, K: 100, N: 200, KK: 20 * 25, KN: 20 * 25, NN: 40 * 25}
	b := ClusterProportion(s)
	near(t, "trials", b.N, 39, 1e-12) // G − 1 of G
	near(t, "value", b.Value(), .5, 1e-15)
	if !(b.Low(.025) < Proportion(20, 40).Low(.025)) {
		t.Error("Student's quantile does not widen the limit")
	}
	// Nothing but successes: 40 trials, and Student's for the normal quantile.
	s.K, s.KK, s.KN = 200, 1000, 1000
	ratio := normalUpper(.025) / studentUpper(.025, 39)
	near(t, "all successes", ClusterProportion(s).Low(.025), math.Pow(.025, 1/(40*ratio*ratio)), 1e-12)
	// Rows that are independent are worth no more than themselves.
	m := ClusterMean(ClusterSums{Clusters: 30, K: 60, N: 30, KK: 150, KN: 60, NN: 30})
	near(t, "a mean of clusters of one", m.Low(.025), Mean(30, 60, 150).Low(.025), 1e-13)
}

func TestNoneOfTheNew(t *testing.T) {
	point := []CutPoint{{1, 1}}
	for name, b := range map[string]Basis{
		"F-beta of nothing":             FBeta(0, 0, 0, 2),
		"F-beta, beta 0":                FBeta(1, 1, 1, 0),
		"F-beta, negative":              FBeta(10, -1, 3, 2),
		"MCC, one class":                MCC(5, 0, 0, 5),
		"MCC, one prediction":           MCC(5, 5, 0, 0),
		"kappa, negative":               Kappa(5, -5, 20, 3),
		"balanced accuracy, one class":  BalancedAccuracy(5, 0, 0, 5),
		"prevalence and odds":           Reweighted{Prevalence: .1, Odds: 2}.MCC(Counts{5, 5, 5, 5}),
		"prevalence of 1":               Reweighted{Prevalence: 1}.Precision(Counts{5, 5, 5, 5}),
		"negative odds":                 Reweighted{Odds: -1}.Precision(Counts{5, 5, 5, 5}),
		"precision of no calls":         Reweighted{Prevalence: .1}.Precision(Counts{0, 0, 5, 5}),
		"rates by hand":                 {Method: "rates", Scale: "mcc", Parts: []Basis{Proportion(1, 2), Proportion(1, 2)}},
		"rates, unknown figure":         {Method: "rates", Scale: "lr+", Prevalence: .5, Parts: []Basis{Proportion(1, 2), Proportion(1, 2)}},
		"average precision, few":        AveragePrecision(.5, .05, 59),
		"average precision, NaN":        AveragePrecision(math.NaN(), .05, 100),
		"paired average precision, few": PairedAveragePrecision(.5, .4, .05, 399),
		"paired average precision, 1":   PairedAveragePrecision(.99, .4, .05, 400),
		"partial AUC to 0":              PartialAUC(.5, .1, 0, 100, 100),
		"mean AUC of one class":         MeanAUC(.5, .1, 100),
		"KS of one class":               KS(.5, 0, 10),
		"percentile of nothing":         Percentile(.5, 0, 1, nil, nil),
		"percentile of few":             Percentile(.5, 4, 2, []int64{1, 2, 3, 4}, []float64{1, 2, 3, 4}),
		"percentile, lists differ":      Percentile(.5, 40, 2, []int64{1, 2}, []float64{1}),
		"percentile, values fall":       Percentile(.5, 40, 2, []int64{10, 20}, []float64{3, 1}),
		"percentile, rank beyond":       Percentile(.5, 40, 2, []int64{10, 41}, []float64{1, 3}),
		"cut, share of 1":               RecallAtFPR(1, .5, 10, 10, point),
		"cut, one class":                RecallAtFPR(.1, .5, 0, 10, point),
		"cut, NaN":                      PrecisionAtTop(.1, math.NaN(), 10, 10, point),
		"cut, a point beyond":           PrecisionAtRecall(.1, .5, 10, 10, []CutPoint{{11, 1}}),
		"cut, points that fall":         PrecisionAtRecall(.1, .5, 10, 10, []CutPoint{{1, 3}, {5, 2}}),
		"cut, unknown figure":           {Method: "cut", Scale: "f1@top", K: .1, N: 20, Classes: [2]int64{10, 10}},
		"mean of 0":                     PositiveMean(0, .1, 20),
		"RMSE of one row":               RMSE(1, 1, 1),
		"R², few":                       RSquared(RSquaredSums{29, 1, 1, 1, 1, 1}),
		"R², equal labels":              RSquared(RSquaredSums{100, 1, 0, 1, 0, 0}),
		"19 clusters":                   ClusterProportion(ClusterSums{19, 10, 40, 20, 20, 100}),
		"weights, few failures":         DesignProportion(.9, .001, 100, 9, 108),
		"AUC, 19 clusters":              ClusterAUC(.8, .05, ClusterAUCSums{Clusters: 40, WithPositives: 19, WithNegatives: 30, Negatives: 60, Positives: 60, T11: 1, T00: 1, T10: .1}),
		"largest of none":               Largest(),
		"difference of one group":       MaxDifference(Proportion(1, 2)),
		"ratio with a missing group":    MinRatio(Proportion(1, 2), Basis{}),
		"difference with a missing":     MaxDifference(Proportion(1, 2), Proportion(1, 3), Basis{}),
		"either way of a missing":       EitherWay(Proportion(1, 2), Basis{}, Proportion(1, 3)),
		"a ragged table":                Confusion{{1, 2}, {3}}.MacroF1(),
		"a negative table":              Confusion{{1, -2}, {3, 4}}.Micro(),
		"a class without rows":          Confusion{{5, 2}, {0, 0}}.MacroRecall(),
		"a class never predicted":       Confusion{{5, 0}, {2, 0}}.MacroPrecision(),
		"paired kappa, one prediction":  PairedKappa(PairedCounts{{100, 0, 0, 0}, {100, 0, 0, 0}}),
		"paired, one class":             PairedBalancedAccuracy(PairedCounts{{10, 2, 3, 4}}),
	} {
		if low, high := b.Low(.025), b.High(.025); !math.IsNaN(low) || !math.IsNaN(high) {
			t.Errorf("%s: [%v, %v], want none", name, low, high)
		}
		if i := Describe(b, .95); i != nil {
			t.Errorf("%s: described as %+v, want nil", name, *i)
		}
	}
}

func TestDescribeTheNew(t *testing.T) {
	for name, b := range map[string]Basis{
		"rates": MCC(50, 20, 300, 30), "clopper-pearson": Jaccard(50, 20, 30), "max-difference": MaxDifference(Proportion(20, 100), Proportion(30, 80)),
		"either": EitherWay(Proportion(20, 100), Proportion(20, 110), Proportion(30, 110)),
	} {
		i := Describe(b, .95)
		if i == nil || !(i.Low <= b.Value() && i.High >= b.Value()) || !(i.Low >= b.Low(.025) && i.High <= b.High(.025)) {
			t.Errorf("%s: %+v, decided [%v, %v]", name, i, b.Low(.025), b.High(.025))
		}
	}
	// Too few rows for an upper limit of p99: nothing to draw.
	ranks := PercentileRanks(.99, 100)
	values := make([]float64, len(ranks))
	for i, r := range ranks {
		values[i] = float64(r)
	}
	b := Percentile(.99, 100, 99, ranks, values)
	if !math.IsInf(b.High(.025), 1) || !(b.Low(.025) < 99) || Describe(b, .95) != nil {
		t.Errorf("[%v, %v], described %v", b.Low(.025), b.High(.025), Describe(b, .95))
	}
}
