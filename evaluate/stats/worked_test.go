package stats

import (
	"math"
	"testing"
)

// The two worked examples of docs/statistics.md ("A bound", "A gap"), to the digits printed there.

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.17g, want %.17g within %g", what, got, want, tolerance)
	}
}

func TestWorkedBound(t *testing.T) {
	const digit = 0.000502 // .921498 stands in the page as .922: rounded twice
	for _, c := range []struct {
		name      string
		k, n      float64
		low, high float64
	}{
		{"none", 900, 1000, .880, .922},
		{"mild", 174, 200, .815, .921},
		{"severe", 41, 50, .686, .929},
	} {
		b := Proportion(c.k, c.n)
		near(t, c.name+" low(.025)", b.Low(.025), c.low, digit)
		near(t, c.name+" high(.025/3)", b.High(.025/3), c.high, digit)
	}
	near(t, "severe 33/60 high(.025/3)", Proportion(33, 60).High(.025/3), .704, digit)
}

func TestWorkedGap(t *testing.T) {
	const digit = 0.0005
	north, south, west := Proportion(200, 2000), Proportion(190, 2000), Proportion(84, 800)
	near(t, "west − south high(.025)", Difference(west, south).High(.025), .036, digit)
	// The parts of the working: .010 + √((.1283 − .1050)² + (.0950 − .0825)²).
	near(t, "west high(.025)", west.High(.025), .1283, .00005)
	near(t, "south low(.025)", south.Low(.025), .0825, .00005)
	groups := []Basis{north, south, west}
	largest := math.Inf(-1)
	for i, x := range groups {
		for j, y := range groups {
			if i == j {
				continue
			}
			d := Difference(x, y)
			if low := d.Low(.025 / 6); !(low < 0) {
				t.Errorf("low(.025/6) of %d − %d = %v, want negative", i, j, low)
			}
			largest = math.Max(largest, d.High(.025))
		}
	}
	near(t, "largest high(.025) of six", largest, .036, digit)

	wide := Difference(Proportion(96, 800), Proportion(110, 2000))
	near(t, "estimate", wide.Value(), .065, 1e-15)
	near(t, "low(.025/6)", wide.Low(.025/6), .033, digit)
	near(t, "high(.025)", wide.High(.025), .091, digit)
}
