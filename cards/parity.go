package cards

import "github.com/gatecard/gatecard/evaluate"

// Parity is a disparity that pages show first: one or another of them is asked for almost everywhere.
type Parity struct{ Name, Short string }

// Parities lists them, in the order of pages.
func Parities() []Parity {
	return []Parity{
		{"demographic_parity_ratio", "four-fifths ratio"},
		{"equal_opportunity_difference", "equal opportunity"},
		{"equalized_odds_difference", "equalized odds"},
		{"predictive_parity_difference", "predictive parity"},
	}
}

// ParityWords say what they are and what their intervals are.
const ParityWords = "At the threshold, between the groups of each kind that have rows enough: the lowest share predicted positive over the highest (1 is parity), " +
	"and the widest differences of recall, of recall or false positive rate, and of precision (0 is). In brackets: the interval, over every pair of groups, for reading only."

// DimensionsApart are the dimensions that an evaluation has disparities of, in its order.
func DimensionsApart(e *evaluate.Evaluation) []string {
	var names []string
	for _, d := range e.Fairness {
		if len(names) == 0 || names[len(names)-1] != d.Dimension {
			names = append(names, d.Dimension)
		}
	}
	return names
}
