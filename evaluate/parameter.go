package evaluate

import (
	"fmt"
	"math"
	"strconv"
)

// Parameter is a number that a metric takes after @: "pinball_loss@0.9".
type Parameter struct {
	Name    string  // "quantile"
	Default float64 // where none is written
	Takes   string  // what it may be, for a message: "a quantile between 0 and 1"
	// With is the metric for a value; ok is false for one that it does not take.
	With func(x float64) (m Metric, ok bool)
}

// at is the metric with its parameter, as it was written.
func (m Metric) at(written string, given bool) (Named, error) {
	n := Named{Metric: m, Cut: math.NaN(), Key: m.Name, At: m.Parameter.Default}
	if !given {
		return n, nil
	}
	x, err := strconv.ParseFloat(written, 64)
	with, ok := m.Parameter.With(x)
	if err != nil || !ok {
		example := m.Name + "@" + formatCut(m.Parameter.Default)
		return Named{}, problem("bad-parameter", fmt.Sprintf("%q takes %s, as in %q: %q is none", m.Name, m.Parameter.Takes, example, written), "")
	}
	if n.At = x; x != m.Parameter.Default {
		n.Metric, n.Key = with, m.Name+"@"+formatCut(x)
	}
	return n, nil
}
