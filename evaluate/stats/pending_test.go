package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// countFigures are the figures of a confusion table that have limits.
func countFigures() map[string]func(Counts) Basis {
	return map[string]func(Counts) Basis{
		"precision":    func(c Counts) Basis { return Proportion(c.TP, c.TP+c.FP) },
		"npv":          func(c Counts) Basis { return Proportion(c.TN, c.TN+c.FN) },
		"recall":       func(c Counts) Basis { return Proportion(c.TP, c.TP+c.FN) },
		"fpr":          func(c Counts) Basis { return Proportion(c.FP, c.FP+c.TN) },
		"accuracy":     func(c Counts) Basis { return Proportion(c.TP+c.TN, c.TP+c.FN+c.FP+c.TN) },
		"prevalence":   func(c Counts) Basis { return Proportion(c.TP+c.FN, c.TP+c.FN+c.FP+c.TN) },
		"f1":           func(c Counts) Basis { return F1(c.TP, c.FP, c.FN) },
		"f0.5":         func(c Counts) Basis { return FBeta(c.TP, c.FP, c.FN, .5) },
		"f2":           func(c Counts) Basis { return FBeta(c.TP, c.FP, c.FN, 2) },
		"jaccard":      func(c Counts) Basis { return Jaccard(c.TP, c.FP, c.FN) },
		"balanced":     func(c Counts) Basis { return BalancedAccuracy(c.TP, c.FP, c.TN, c.FN) },
		"youden":       func(c Counts) Basis { return YoudenJ(c.TP, c.FP, c.TN, c.FN) },
		"LR+":          func(c Counts) Basis { return Ratio(Proportion(c.TP, c.TP+c.FN), Proportion(c.FP, c.FP+c.TN)) },
		"LR-":          func(c Counts) Basis { return Ratio(Proportion(c.FN, c.TP+c.FN), Proportion(c.TN, c.FP+c.TN)) },
		"mcc":          func(c Counts) Basis { return MCC(c.TP, c.FP, c.TN, c.FN) },
		"kappa":        func(c Counts) Basis { return Kappa(c.TP, c.FP, c.TN, c.FN) },
		"precision, π": Reweighted{Prevalence: .1}.Precision,
		"npv, π":       Reweighted{Prevalence: .1}.NPV,
		"accuracy, π":  Reweighted{Prevalence: .1}.Accuracy,
		"selected, π":  Reweighted{Prevalence: .1}.SelectionRate,
		"jaccard, π":   Reweighted{Prevalence: .1}.Jaccard,
		"f1, π":        func(c Counts) Basis { return Reweighted{Prevalence: .1}.FBeta(c, 1) },
		"mcc, π":       Reweighted{Prevalence: .1}.MCC,
		"kappa, π":     Reweighted{Prevalence: .1}.Kappa,
		"precision, o": Reweighted{Odds: .1}.Precision,
		"npv, o":       Reweighted{Odds: .1}.NPV,
		"accuracy, o":  Reweighted{Odds: .1}.Accuracy,
		"selected, o":  Reweighted{Odds: .1}.SelectionRate,
		"f1, o":        func(c Counts) Basis { return Reweighted{Odds: .1}.FBeta(c, 1) },
		"mcc, o":       Reweighted{Odds: .1}.MCC,
		"kappa, o":     Reweighted{Odds: .1}.Kappa,
	}
}

// eitherWay is a figure of the table with missing labels, by the corners.
func eitherWay(figure func(Counts) Basis, c Counts, called, uncalled float64) Basis {
	var ways []Basis
	for _, corner := range c.Corners(called, uncalled) {
		ways = append(ways, figure(corner))
	}
	return EitherWay(figure(c), ways...)
}

// completions are the tables that the missing labels may make: how many of either kind turn out positive is all that counts.
func completions(c Counts, called, uncalled float64) []Counts {
	var all []Counts
	for x := 0.0; x <= called; x++ {
		for z := 0.0; z <= uncalled; z++ {
			all = append(all, Counts{TP: c.TP + x, FP: c.FP + called - x, FN: c.FN + z, TN: c.TN + uncalled - z})
		}
	}
	return all
}

// kinds of limits: deciding, and descriptive.
func limitKinds() map[string]func(Basis, float64, side) float64 {
	return map[string]func(Basis, float64, side) float64{"deciding": Basis.limit, "described": Basis.described}
}

// completed is a completion's figure as it is bounded with missing labels: a function of rates by a box of its own.
func completed(p Basis) Basis {
	if p.Method == methodRates {
		return Basis{Method: methodEither, Parts: []Basis{p, p}}
	}
	return p
}

// beyond says how far the limit of a completion lies outside that of either way; 0: it does not. NaN of either way covers all.
func beyond(either, completion float64, s side) float64 {
	if math.IsNaN(either) || either == completion { // both may be infinite
		return 0
	}
	return math.Max(0, float64(s)*(completion-either))
}

// TestCornersAreExtremes: no completion of the missing labels has a limit, or a value, beyond those of the figure with missing labels; and for
// figures of proportions these are reached, so that they are no wider than they must be. All tables of small counts, and some larger ones, which leave the
// rules for few counts.
func TestCornersAreExtremes(t *testing.T) {
	var tables []Counts
	few := []float64{0, 1, 3}
	for _, tp := range few {
		for _, fp := range few {
			for _, fn := range few {
				for _, tn := range few {
					tables = append(tables, Counts{TP: tp, FP: fp, FN: fn, TN: tn})
				}
			}
		}
	}
	tables = append(tables, Counts{TP: 9, FP: 8, FN: 9, TN: 8}, Counts{TP: 12, FP: 9, FN: 8, TN: 40}, Counts{TP: 8, FP: 30, FN: 11, TN: 9}, Counts{TP: 40, FP: 2, FN: 3, TN: 300},
		Counts{TP: 2, FP: 8, FN: 30, TN: 50}, Counts{TP: 9, FP: 0, FN: 9, TN: 800})
	missing := [][2]float64{{0, 2}, {2, 0}, {3, 2}}
	for name, figure := range countFigures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judged, reached := 0, 0
			for _, c := range tables {
				for _, m := range missing {
					b := eitherWay(figure, c, m[0], m[1])
					if math.IsNaN(b.Value()) {
						continue
					}
					for what, limit := range limitKinds() {
						for _, a := range []float64{.025, .0005} {
							for _, s := range []side{lower, upper} {
								end, most := limit(b, a, s), math.Inf(-int(s))
								for _, done := range completions(c, m[0], m[1]) {
									p := completed(figure(done))
									x := limit(p, a, s)
									most = wider(most, x, s)
									if d := math.Max(beyond(end, x, s), beyond(end, p.Value(), s)); d > 1e-12 {
										t.Fatalf("%+v, %v missing, a %v, side %d, %s: the limit %v does not cover %v of %+v", c, m, a, s, what, end, x, done)
									}
								}
								if most = wider(most, limit(figure(c), a, s), s); end == most || math.IsNaN(end) && math.IsNaN(most) {
									reached++
								}
								judged++
							}
						}
					}
				}
			}
			if judged == 0 {
				t.Fatal("nothing was judged")
			}
			if b := eitherWay(figure, Counts{20, 20, 20, 20}, 1, 1); !b.boxed() && reached < judged {
				t.Errorf("%d of %d limits are wider than they must be", judged-reached, judged)
			}
		})
	}
}

// TestPendingDifferences: a difference or ratio of two groups, and the extremes over three, cover what every completion of all their missing labels
// gives. A distance that labels make is no chance: squares of both do not add up to it.
func TestPendingDifferences(t *testing.T) {
	groups := []Counts{{TP: 40, FP: 8, FN: 12, TN: 60}, {TP: 30, FP: 20, FN: 5, TN: 44}, {TP: 9, FP: 4, FN: 30, TN: 80}}
	missing := [][2]float64{{3, 2}, {0, 4}, {2, 1}}
	combined := map[string]func(x, y, z Basis) Basis{
		"difference": func(x, y, _ Basis) Basis { return Difference(x, y) },
		"ratio":      func(x, y, _ Basis) Basis { return Ratio(x, y) },
		"one known":  func(x, _, _ Basis) Basis { return Difference(x, Proportion(30, 60)) },
		"mean":       func(x, y, z Basis) Basis { return Average(x, y, z) },
		"largest":    func(x, y, z Basis) Basis { return MaxDifference(x, y, z) },
		"smallest":   func(x, y, z Basis) Basis { return MinRatio(x, y, z) },
		"odds":       func(x, y, z Basis) Basis { return Largest(MaxDifference(x, y), MaxDifference(x, z)) },
		"mean odds":  func(x, y, z Basis) Basis { return Average(MaxDifference(x, y), MaxDifference(x, z)) },
	}
	figures := countFigures()
	for _, name := range []string{"recall", "fpr", "precision", "f1", "accuracy", "balanced", "mcc", "kappa", "precision, o"} {
		figure := figures[name]
		for how, of := range combined {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				var either [3]Basis
				for i, c := range groups {
					either[i] = eitherWay(figure, c, missing[i][0], missing[i][1])
				}
				b := of(either[0], either[1], either[2])
				if !b.Pending() {
					t.Fatal("no label is missing")
				}
				near(t, "value", b.Value(), of(figure(groups[0]), figure(groups[1]), figure(groups[2])).Value(), 0)
				for what, limit := range limitKinds() {
					for _, a := range []float64{.025, .0005} {
						for _, s := range []side{lower, upper} {
							end := limit(b, a, s)
							if math.IsNaN(end) {
								t.Errorf("no limit at %v", a)
							}
							for _, x := range completions(groups[0], missing[0][0], missing[0][1]) {
								for _, y := range completions(groups[1], missing[1][0], missing[1][1]) {
									for _, z := range completions(groups[2], missing[2][0], missing[2][1]) {
										if got := limit(of(completed(figure(x)), completed(figure(y)), completed(figure(z))), a, s); beyond(end, got, s) > 1e-12 {
											t.Fatalf("a %v, side %d, %s: the limit %v does not cover %v of %+v, %+v, %+v", a, s, what, end, got, x, y, z)
										}
									}
								}
							}
						}
					}
				}
			})
		}
	}
}

// TestEitherWayHolds: of any table and any missing labels, every completion's figure and limits lie within; and what is stored is what was computed.
func TestEitherWayHolds(t *testing.T) {
	figures := countFigures()
	var names []string
	for name := range figures {
		names = append(names, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		figure := figures[rapid.SampledFrom(names).Draw(t, "figure")]
		cell := func(what string) float64 { return float64(rapid.IntRange(0, 40).Draw(t, what)) }
		c := Counts{TP: cell("tp"), FP: cell("fp"), FN: cell("fn"), TN: cell("tn")}
		called, uncalled := float64(rapid.IntRange(0, 5).Draw(t, "called")), float64(rapid.IntRange(0, 5).Draw(t, "uncalled"))
		if called+uncalled == 0 {
			t.Skip("no label is missing")
		}
		b := eitherWay(figure, c, called, uncalled)
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var stored Basis
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Fatal(err)
		}
		a := rapid.SampledFrom([]float64{.5, .1, .025, .001}).Draw(t, "a")
		for _, s := range []side{lower, upper} {
			end := b.limit(a, s)
			if again := stored.limit(a, s); again != end && !math.IsNaN(end) {
				t.Fatalf("stored it has the limit %v, was %v", again, end)
			}
			if v := b.Value(); beyond(end, v, s) > 0 {
				t.Fatalf("the value %v lies beyond %v", v, end)
			}
			for _, done := range completions(c, called, uncalled) {
				p := completed(figure(done))
				if beyond(end, p.limit(a, s), s) > 1e-12 || beyond(end, p.Value(), s) > 1e-12 {
					t.Fatalf("side %d: the limit %v does not cover %v, of %v, of %+v", s, end, p.limit(a, s), p.Value(), done)
				}
			}
		}
	})
}

// TestCanFailWithMissingLabels: a gate that missing labels alone keep from failing cannot fail.
func TestCanFailWithMissingLabels(t *testing.T) {
	for _, c := range []struct {
		missing float64
		want    bool
	}{{0, true}, {60, false}} {
		b := eitherWay(func(c Counts) Basis { return Proportion(c.TP, c.TP+c.FN) }, Counts{TP: 50, FN: 50}, c.missing, c.missing)
		if got := b.CanFail(Min, .3, .025); got != c.want {
			t.Errorf("%v missing: %v", c.missing, got)
		}
	}
}

// ExampleEitherWay: 20 of 120 labels are missing. Had all been known, 80 of 100 would have proven .7.
func ExampleEitherWay() {
	recall := func(c Counts) Basis { return Proportion(c.TP, c.TP+c.FN) }
	observed := Counts{TP: 80, FN: 20}
	var ways []Basis
	for _, c := range observed.Corners(0, 20) { // predicted negative, all of them
		ways = append(ways, recall(c))
	}
	b := EitherWay(recall(observed), ways...)
	fmt.Printf("%.2f, at least %.2f, and at least %.2f if every missing one is a miss\n", b.Value(), recall(observed).Low(0.025), b.Low(0.025))
	// Output: 0.80, at least 0.71, and at least 0.57 if every missing one is a miss
}
