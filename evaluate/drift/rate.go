package drift

import (
	"errors"
	"fmt"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// prevalence is the change of the share of rows whose label is positive. Unit: of 1, in [−1, 1].
var prevalence = Distance{
	Name: "prevalence", Title: "prevalence", Most: 1, Unit: "of 1", Of: Positives, Signed: true,
	Summary: "change of the share of positive labels",
	Note:    "It is the share now less the baseline's; a bound is on its size. It needs the labels of both.",
	Between: change,
}

// selectionRate is the change of the share of rows that are predicted positive. Unit: of 1, in [−1, 1].
var selectionRate = Distance{
	Name: "selection_rate", Title: "selection rate", Most: 1, Unit: "of 1", Of: Positives, Signed: true,
	Summary: "change of the share of positive predictions",
	Note:    "It is the share now less the baseline's; a bound is on its size. It needs no labels.",
	Between: change,
}

// change is the difference of two independent shares, of the rows that have a value.
func change(from, to Column) (float64, stats.Basis, int64, error) {
	if err := errors.Join(from.Check(), to.Check()); err != nil {
		return none(err)
	}
	switch a, b := from.Positive, to.Positive; {
	case a == nil || b == nil:
		return none(errors.New("what is positive was not counted"))
	case a.Means != b.Means:
		return none(fmt.Errorf("positive was %s in the baseline and is %s", a.Means, b.Means))
	}
	n0, n := from.Rows-from.Missing, to.Rows-to.Missing
	if n0 == 0 || n == 0 {
		return none(errors.New("no row has a value"))
	}
	k0, k := float64(from.Positive.Rows), float64(to.Positive.Rows)
	if k0 == 0 && k == 0 { // of a column that has no such value, no change would be a pass
		return none(fmt.Errorf("no row of either column is positive (%s): nothing to tell apart", from.Positive.Means))
	}
	return k/float64(n) - k0/float64(n0), stats.Difference(stats.Proportion(k, float64(n)), stats.Proportion(k0, float64(n0))), min(n, n0), nil
}
