package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// proves is the probability that the limit of n rows is within a Min, by the limits themselves.
func proves(n int, bound, truth, a float64) float64 {
	p := 0.0
	for k, w := range binomial(n, truth) {
		p += count(Proportion(float64(k), float64(n)).Low(a) >= bound, w)
	}
	return p
}

func TestRowsNeededByLimits(t *testing.T) {
	for _, c := range []struct{ bound, truth, a, power float64 }{{.8, .9, .025, .8}, {.5, .8, .025, .8}, {.3, .6, .1, .9}, {.05, .2, .025, .8}, {.7, .95, .005, .5}} {
		want := 1
		for proves(want, c.bound, c.truth, c.a) < c.power {
			want++
		}
		if got, ok := RowsNeeded(Min, c.bound, c.truth, c.a, c.power); !ok || got != int64(want) {
			t.Errorf("min %v: %d, %v, want %d", c, got, ok, want)
		}
		if got, ok := RowsNeeded(Max, 1-c.bound, 1-c.truth, c.a, c.power); !ok || got != int64(want) {
			t.Errorf("max of the failures %v: %d, %v, want %d", c, got, ok, want)
		}
	}
}

// The search by halving finds what a search from 1 upwards finds.
func TestRowsNeededIsSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.Float64Range(.02, .95).Draw(t, "bound")
		truth := bound + (1-bound)*rapid.Float64Range(.2, .99).Draw(t, "step")
		a, power := rapid.SampledFrom([]float64{.1, .025, .005}).Draw(t, "a"), rapid.Float64Range(.5, .95).Draw(t, "power")
		got, ok := RowsNeeded(Min, bound, truth, a, power)
		if !ok {
			t.Fatal("no answer")
		}
		f := int64(-1) // failures allowed at n
		for n := int64(1); ; n++ {
			for f+1 < n && logAtMost(f+1, n, 1-bound) <= math.Log(a) {
				f++
			}
			if f >= 0 && logAtMost(f, n, 1-truth) >= math.Log(power) {
				if n != got {
					t.Fatalf("bound %v, truth %v, a %v, power %v: %d, want %d", bound, truth, a, power, got, n)
				}
				return
			}
		}
	})
}

func TestRowsNeededWithoutAnswer(t *testing.T) {
	for _, c := range []struct {
		side         Bound
		bound, truth float64
	}{{Min, .8, .8}, {Min, .8, .7}, {Max, .1, .1}, {Max, .1, .2}, {0, .8, .9}, {Min, .8, 1.1}, {Min, math.NaN(), .9}, {Min, .8, math.NaN()}, {Min, .8, .80001}} {
		if n, ok := RowsNeeded(c.side, c.bound, c.truth, .025, .8); ok {
			t.Errorf("%v: %d rows, want no answer", c, n)
		}
	}
}

func TestDetectable(t *testing.T) {
	// 50 rows, min .8 at .025: 33 of 50 is the most that fails (high .788), and it or less has probability .8 where the rate is .6117.
	if Proportion(33, 50).High(.025) >= .8 || Proportion(34, 50).High(.025) < .8 {
		t.Fatal("33 of 50 is not the most that fails")
	}
	got := Detectable(Min, 50, .8, .025, .8)
	caught := 0.0
	for k, w := range binomial(50, got) {
		caught += count(k <= 33, w)
	}
	near(t, "probability to catch", caught, .8, 1e-12)
	near(t, "max", Detectable(Max, 50, .2, .025, .8), 1-got, 1e-12)
	near(t, "basis", Proportion(20, 50.9).Detectable(Min, .8, .025, .8), got, 1e-15)

	f1 := F1(60, 20, 20) // TP+FP+FN = 100; bound .8 of F1 is .8/1.2 of J
	j := Detectable(Min, 100, .8/1.2, .025, .8)
	near(t, "F1", f1.Detectable(Min, .8, .025, .8), 2*j/(1+j), 1e-12)

	// For others the normal approximation: bound + (z_a + z_power)·SE.
	b := Basis{Method: "psi", Estimate: .05, SE: .01}
	near(t, "psi", b.Detectable(Max, .1, .025, .8), .1+(normalUpper(.025)+normalUpper(.2))*.01, 1e-12)
	for name, none := range map[string]float64{"nothing fails": Detectable(Min, 30, .05, .025, .8), "no rows": Detectable(Min, 0, .5, .025, .8),
		"no side": Detectable(0, 30, .5, .025, .8), "no basis": Basis{}.Detectable(Min, .5, .025, .8)} {
		if !math.IsNaN(none) {
			t.Errorf("%s: %v, want NaN", name, none)
		}
	}
}

func TestCanFail(t *testing.T) {
	for _, c := range []struct {
		name  string
		b     Basis
		bound Bound
		at    float64
		want  bool
	}{
		{"0 of 30 has an upper limit of .116", Proportion(20, 30), Min, .05, false},
		{"and would fail .12", Proportion(20, 30), Min, .12, true},
		{"on the bound is not beyond it", Proportion(20, 30), Min, Proportion(0, 30).High(.025), false},
		{"nor at the other end", Proportion(20, 30), Max, Proportion(30, 30).Low(.025), false},
		{"30 of 30 has a lower limit of .884", Proportion(1, 30), Max, .88, true},
		{"", Proportion(1, 30), Max, .89, false},
		{"F1 of 30", F1(30, 0, 0), Min, .05, false},
		{"AUC of 5 positives: 0 of 5 below .522", AUC(.9, .01, 500, 5), Min, .52, false},
		{"", AUC(.9, .01, 500, 5), Min, .53, true},
		{"AUC without K and N", Basis{Method: "delong-logit", Estimate: 2, SE: .3, Classes: [2]int64{500, 5}}, Min, .52, false},
		{"a gap of 3 and 3 rows", Difference(Proportion(1, 3), Proportion(1, 3)), Max, .2, false},
		{"a gap of 30 and 30", Difference(Proportion(9, 30), Proportion(9, 30)), Max, .2, true},
		{"a ratio of 3 and 3 rows", Ratio(Proportion(1, 3), Proportion(1, 3)), Min, .5, false},
		{"a ratio of 30 and 30", Ratio(Proportion(9, 30), Proportion(9, 30)), Min, .5, true},
		{"balanced accuracy of 3 and 3", Average(Proportion(3, 3), Proportion(3, 3)), Min, .3, false},
		{"20 pairs", Paired([4]int64{10, 5, 5, 0}), Min, -.5, true},
		{"3 pairs", Paired([4]int64{3, 0, 0, 0}), Min, -.5, false},
		{"a mean can always fail", StudentT(1, .1, 30), Max, 5, true},
		{"without a limit nothing fails", Influence(.1, .1, 3), Min, .5, false},
		{"nor without a basis", Basis{}, Min, .5, false},
		{"nor without a bound", Proportion(20, 30), 0, .5, false},
		{"nor with a NaN", Proportion(20, 30), Min, math.NaN(), false},
	} {
		if got := c.b.CanFail(c.bound, c.at, .025); got != c.want {
			t.Errorf("%s: CanFail(%v, %v) = %v of %+v", c.name, c.bound, c.at, got, c.b)
		}
	}
}

// Worst is the worst: no other outcome on the same denominators has a limit further out.
func TestWorstIsWorst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 60).Draw(t, "n"), rapid.IntRange(1, 60).Draw(t, "m")
		x := Proportion(float64(rapid.IntRange(0, n).Draw(t, "k")), float64(n))
		y := Proportion(float64(rapid.IntRange(0, m).Draw(t, "l")), float64(m))
		for _, b := range []Basis{x, Difference(x, y), Ratio(x, y), Average(x, y)} {
			if worst := b.Worst(Min); worst.High(.025) > b.High(.025)+1e-12 {
				t.Fatalf("%+v: high %v, worst %v", b, b.High(.025), worst.High(.025))
			}
			if worst := b.Worst(Max); worst.Low(.025) < b.Low(.025)-1e-12 {
				t.Fatalf("%+v: low %v, worst %v", b, b.Low(.025), worst.Low(.025))
			}
		}
	})
}

func TestChanceGap(t *testing.T) {
	twenty := make([]int64, 20)
	for i := range twenty {
		twenty[i] = 500
	}
	near(t, "20 groups of 500 at .2", ChanceGap(twenty, .2), .067, .0005)
	random := rand.New(rand.NewPCG(3, 4))
	counts := []int64{30, 200, 77}
	simulated, reps := 0.0, 20000
	for range reps {
		low, high := 1.0, 0.0
		for _, n := range counts {
			k := 0
			for range n {
				if random.Float64() < .3 {
					k++
				}
			}
			low, high = math.Min(low, float64(k)/float64(n)), math.Max(high, float64(k)/float64(n))
		}
		simulated += (high - low) / float64(reps)
	}
	near(t, "simulated", ChanceGap(counts, .3), simulated, .002)
	for name, got := range map[string]float64{"one group": ChanceGap([]int64{50}, .3), "one group and an empty one": ChanceGap([]int64{50, 0}, .3),
		"rate 0": ChanceGap([]int64{50, 20}, 0), "rate 1": ChanceGap([]int64{50, 20}, 1)} {
		if got != 0 {
			t.Errorf("%s: %v, want 0", name, got)
		}
	}
	if !math.IsNaN(ChanceGap([]int64{5, 5}, 1.1)) || !math.IsNaN(ChanceGap([]int64{5, -5}, .1)) || !math.IsNaN(ChanceGap([]int64{5, 5}, math.NaN())) {
		t.Error("arguments out of range")
	}
}
