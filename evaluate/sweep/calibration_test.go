package sweep

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gatecard/gatecard/evaluate/stats"
	"pgregory.net/rapid"
)

// Bins hold all rows, in order, each about as many as another.
func TestEqualMass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRows(t, Plan{}, 100)
		n := rapid.IntRange(1, 12).Draw(t, "bins")
		s, _, err := tally(t, Plan{Bands: true}, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		total, widest := int64(0), int64(0)
		sum := 0.0
		for i, x := range r.Score {
			if x >= 0 && x <= 1 {
				total++
				sum += r.Score[i]
			}
		}
		for _, b := range s.Bands {
			widest = max(widest, b.Rows[0]+b.Rows[1])
		}
		bins := EqualMass(s.Bands, n)
		if len(bins) > n {
			t.Fatalf("%d bins", len(bins))
		}
		seen, scores := int64(0), 0.0
		for i, b := range bins {
			seen += b.Rows[0] + b.Rows[1]
			scores += b.Sum
			if i > 0 && b.Low < bins[i-1].High {
				t.Fatalf("%v after %v", b, bins[i-1])
			}
			if k := float64(b.Rows[0] + b.Rows[1]); k > float64(total)/float64(n)+float64(widest) {
				t.Fatalf("%v of %d rows in %d bins, %d in a band", k, total, n, widest)
			}
		}
		if seen != total {
			t.Fatalf("%d of %d rows", seen, total)
		}
		near(t, "sum", scores, sum, 1e-12)
	})
}

// The recalibration by bands is that by rows.
func TestRecalibration(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct{ intercept, slope, spread, shift float64 }{{0, 1, 2, 0}, {-0.4, 0.7, 1, -3}, {1, 1.8, 4, 1}, {0.2, -0.5, 1, 0}} {
		var rows rowsOf
		var xs []float64
		for range 4000 {
			x := c.spread*r.NormFloat64() + c.shift
			p := 1 / (1 + math.Exp(-x))
			x = math.Log(p) - math.Log1p(-p)
			y := uint8(0)
			if r.Float64() < 1/(1+math.Exp(-c.intercept-c.slope*x)) {
				y = 1
			}
			rows.Score, rows.Label, xs = append(rows.Score, p), append(rows.Label, y), append(xs, x)
		}
		s, _, err := tally(t, Plan{Bands: true}, rows).Close()
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Recalibration(s.Bands, float64Eps)
		want, also := stats.Recalibrate(func(a, b float64) stats.RecalibrationSums {
			var s stats.RecalibrationSums
			for i, x := range xs {
				p := 1 / (1 + math.Exp(-a-b*x))
				s.Y += float64(rows.Label[i]) - p
				s.YX += (float64(rows.Label[i]) - p) * x
				for k := range s.Information {
					s.Information[k] += p * (1 - p) * math.Pow(x, float64(k))
				}
			}
			return s
		})
		if !ok || !also {
			t.Fatal("no recalibration")
		}
		near(t, "intercept", got.Intercept, want.Intercept, 1e-8)
		near(t, "slope", got.Slope, want.Slope, 1e-8)
		near(t, "intercept's error", got.InterceptSE, want.InterceptSE, 1e-8)
		near(t, "slope's error", got.SlopeSE, want.SlopeSE, 1e-8)
		t.Logf("off by %.1e, %.1e, %.1e, %.1e", got.Intercept-want.Intercept, got.Slope-want.Slope, got.InterceptSE-want.InterceptSE, got.SlopeSE-want.SlopeSE)
	}
}
