package drift

import (
	"errors"
	"fmt"
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// shown is how many rows the smaller column has in the smallest of the simulations that Wasserstein's upper limit was held to (docs/drift.md). As that of a
// mean it suffers where few numbers are skewed.
const shown = 100

var errNoEdges = fmt.Errorf("the baseline has fewer than %d rows with a number: nothing to tell apart", leastRows)

// wasserstein is the first Wasserstein distance, ∫|F−G|: how far the numbers lie from the baseline's on average, if each is paired with the nearest that is
// left (wasserstein_distance of SciPy; Kantorovich 1942, doi:10.1007/s10958-006-0049-2). Missing values are left out. Unit: the column's own, from 0 up.
//
// Rows of a bin are taken to lie at their mean, on each side its own: the distance is wrong by no more than the mean of |x − mean of x's bin|
// over the baseline's rows and that over the column's. It is exact where every bin has one number.
var wasserstein = Distance{
	Name: "wasserstein", Title: "Wasserstein distance", Most: math.Inf(1), Unit: "the column's own", Of: OrderedNumbers, Rows: shown,
	Summary: "Wasserstein distance: how far the numbers have moved on average",
	Note:    "It is in the column's own unit.",
	Between: transport(false),
}

// wassersteinNormalized is [wasserstein] in standard deviations of the baseline's numbers, which are taken as they are.
var wassersteinNormalized = Distance{
	Name: "wasserstein_normalized", Title: "normalized Wasserstein distance", Most: math.Inf(1), Unit: "baseline's standard deviations", Of: OrderedNumbers, Rows: shown,
	Summary: "Wasserstein distance in standard deviations of the baseline",
	Note:    "0.1 is a tenth of the baseline's standard deviation.",
	Between: transport(true),
}

func transport(normalized bool) func(from, to Column) (float64, stats.Basis, int64, error) {
	return func(from, to Column) (float64, stats.Basis, int64, error) {
		n0, n, err := numbersOf(from, to)
		switch {
		case err != nil:
			return none(err)
		case len(from.Edges) == 0:
			return none(errNoEdges)
		case from.Infinite > 0 || to.Infinite > 0:
			return none(fmt.Errorf("%d rows are infinite, and so is the distance", from.Infinite+to.Infinite))
		case normalized && !(from.SD > 0):
			return none(errors.New("the baseline's numbers are all the same: they have no spread to measure by"))
		}
		unit := 1.0
		if normalized {
			unit = from.SD
		}
		distance, noise := moved(from, to, n0, n, unit)
		se := math.Hypot(from.SD/unit/math.Sqrt(n0), to.SD/unit/math.Sqrt(n))
		if math.IsInf(distance, 0) || math.IsNaN(distance) {
			return none(errors.New("the numbers are too large"))
		}
		return distance, stats.Wasserstein(distance, noise, se), int64(min(n, n0)), nil
	}
}

// moved gives ∫|F−G| and √(2/π)·∫√(F(1−F)/n₀ + G(1−G)/n), in units.
func moved(from, to Column, n0, n, unit float64) (distance, noise float64) {
	last := math.NaN()
	below0, below := int64(0), int64(0)
	step := func(at float64, rows0, rows int64) {
		if rows0+rows == 0 {
			return
		}
		if width := at/unit - last/unit; width > 0 { // not before the first
			f, g := float64(below0)/n0, float64(below)/n
			distance += math.Abs(f-g) * width
			noise += math.Sqrt(f*(1-f)/n0+g*(1-g)/n) * width
		}
		last = at
		below0, below = below0+rows0, below+rows
	}
	for i := range from.Counts {
		a, b := from.Means[i], to.Means[i]
		switch {
		case to.Counts[i] == 0 || from.Counts[i] > 0 && a <= b:
			step(a, from.Counts[i], 0)
			step(b, 0, to.Counts[i])
		default:
			step(b, 0, to.Counts[i])
			step(a, from.Counts[i], 0)
		}
	}
	return distance, noise * math.Sqrt(2/math.Pi)
}
