package cards

import (
	"slices"

	"github.com/gatecard/gatecard/evaluate"
)

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

// ParitiesOf lists those that an evaluation has of some dimension.
func ParitiesOf(e *evaluate.Evaluation) []Parity {
	return slices.DeleteFunc(Parities(), func(p Parity) bool {
		return !slices.ContainsFunc(e.Fairness, func(d evaluate.Disparity) bool { return d.Name == p.Name })
	})
}

// ParityWords say what those that an evaluation has are, and what their intervals are.
func ParityWords(e *evaluate.Evaluation) string {
	if e.Terms.Kind() == evaluate.Multiclass {
		return "Between the groups of each kind that have rows enough: in accuracy, and class by class in how often it is predicted (demographic parity), how much of it is found (equal " +
			"opportunity) and how much of what is predicted is of it (predictive parity). The interval is over every pair of groups, for reading only."
	}
	first := "the lowest share predicted positive over the highest (1 is parity)"
	if len(ParitiesOf(e)) > 1 {
		first += ", and the widest differences of recall, of recall or false positive rate, and of precision (0 is)"
	}
	return "At the threshold, between the groups of each kind that have rows enough: " + first + ". In brackets: the interval, over every pair of groups, for reading only."
}

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
