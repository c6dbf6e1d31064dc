package drift

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestManyGroups: of a gate across 20 groups whose PSI all lie exactly on its bound, the corrected end fails it by chance in no more than .045 of the samples at
// nominal .025, where the uncorrected one would in many; the end that passes it is that of one claim. Both sides of every group are sampled.
func TestManyGroups(t *testing.T) {
	const groups, alpha, samples = 20, 0.025, 400
	even := slices.Repeat([]float64{0.1}, 10)
	for _, n := range []int{500, 3000} {
		for _, tilt := range []float64{0.4, 0.8} { // of shares: an index of about 0.07 and 0.3
			q := slices.Clone(even)
			for i := range q {
				q[i] *= 1 + tilt*float64(2*i-9)/9
			}
			truth := 0.0
			for i := range q {
				truth += (q[i] - even[i]) * math.Log(q[i]/even[i])
			}
			r := rand.New(rand.NewPCG(uint64(n), math.Float64bits(tilt)))
			fails, plain, passes := 0, 0, 0
			for range samples {
				fail, uncorrected, pass := false, false, true
				for range groups {
					_, basis, _, err := psi.Between(ofCounts(multinomial(r, even, n)), ofCounts(multinomial(r, q, n)))
					if err != nil {
						t.Fatal(err)
					}
					fail = fail || basis.Low(alpha/groups) > truth
					uncorrected = uncorrected || basis.Low(alpha) > truth
					pass = pass && basis.High(alpha) < truth
				}
				fails, plain, passes = fails+one(fail), plain+one(uncorrected), passes+one(pass)
			}
			share := func(k int) float64 { return float64(k) / samples }
			t.Logf("%d rows a side, index %.4f: fails %.3f, uncorrected %.3f; passes %.3f", n, truth, share(fails), share(plain), share(passes))
			most := 0.045 + 3*math.Sqrt(0.045*0.955/samples)
			if share(fails) > most || share(passes) > most {
				t.Errorf("%d rows a side, index %.4f: fails %.3f and passes %.3f, at most %.3f", n, truth, share(fails), share(passes), most)
			}
			if n == 3000 && share(plain) < 0.1 {
				t.Errorf("without the correction only %.3f would fail: the samples show nothing", share(plain))
			}
		}
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// ofCounts is a column of ten texts.
func ofCounts(counts []int64) Column {
	c := Column{Values: map[string]int64{}}
	for i, n := range counts {
		c.Values[string(rune('a'+i))] = n
		c.Rows += n
	}
	return c
}
