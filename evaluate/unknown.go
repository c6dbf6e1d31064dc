package evaluate

import (
	"fmt"
	"slices"
)

// gatesOf writes the gates that hold groups to a disparity by its name in fairlearn or Aequitas, as examples; none where it is no disparity, or one of
// a rate that is no metric.
func gatesOf(disparity string) []string {
	var written []string
	for _, k := range Disparities() {
		if k.Name != disparity && !slices.Contains(k.Aliases, disparity) {
			continue
		}
		bound := "max_gap: 0.05"
		if k.Ratio {
			bound = "min_ratio: 0.8"
		}
		for _, metric := range k.Metrics {
			if _, ok := find(metric); ok {
				written = append(written, fmt.Sprintf("{metric: %s, across: GROUP, %s}", metric, bound))
			}
		}
	}
	return written
}
