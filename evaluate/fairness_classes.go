package evaluate

import (
	"slices"

	"github.com/gatecard/gatecard/evaluate/sweep"
)

// ClassCounts are a slice's rows by true class (first) and predicted class.
type ClassCounts struct {
	Classes []string  `json:"classes"`
	Counts  [][]int64 `json:"counts"`
}

// The most cells of confusion tables that an evaluation has: of overall, and of all groups together; with more there are none, so that the file stays small.
const (
	mostCells      = 100 * 100
	mostGroupCells = 20_000
)

// stats are those of all slices, in their order.
func (s *swept) stats() []sweep.Stats {
	return append([]sweep.Stats{s.overall}, slices.Concat(s.slices...)...)
}

// confusions gives slices their confusion tables.
func (s *swept) confusions(all []Slice) {
	for i, st := range s.stats() {
		cells := len(st.Classes.Names) * len(st.Classes.Names)
		if cells <= mostCells && (i == 0 || cells*(len(all)-1) <= mostGroupCells) {
			all[i].Confusion = &ClassCounts{Classes: st.Classes.Names, Counts: st.Classes.Confusion}
		}
	}
}

// classDisparityKinds are those of [Disparities] that are told of every class against the rest: how often it is predicted (demographic parity), how much of
// it is found, and how much of what is predicted is of it.
func classDisparityKinds() []DisparityKind {
	names := []string{"demographic_parity_difference", "demographic_parity_ratio", "equal_opportunity_difference", "equal_opportunity_ratio", "predictive_parity_difference"}
	return slices.DeleteFunc(Disparities(), func(k DisparityKind) bool { return !slices.Contains(names, k.Name) })
}

// accuracyKinds are told of a task of several classes as a whole: of which accuracy is the one rate that needs no class.
func accuracyKinds() []DisparityKind {
	return []DisparityKind{
		{Name: "accuracy_difference", Title: "accuracy difference", Summary: "how far the shares that are predicted rightly lie apart", Metrics: []string{accuracy.Name}},
		{Name: "accuracy_ratio", Title: "accuracy ratio", Summary: "the lowest share that is predicted rightly, over the highest", Metrics: []string{accuracy.Name}, Ratio: true},
	}
}

// mostClassPairs is how many pairs of groups are compared along a dimension, for all classes: of more, accuracy alone is told.
const mostClassPairs = 20_000

// classDisparities compares the groups of every dimension: in accuracy, and class by class in the rates of it against the rest.
func (s *swept) classDisparities(all []Slice, t Terms, least int64) []Disparity {
	stats := s.stats()
	counted := func(counts func(*sweep.Classes) sweep.Counts) []Slice {
		out := make([]Slice, len(all))
		for i, x := range all {
			n := counts(stats[i].Classes)
			out[i] = Slice{Groups: x.Groups, Rows: x.Rows, Counts: &n}
		}
		return out
	}
	right := counted(func(c *sweep.Classes) sweep.Counts {
		n := sumOf(c, func(_, _, right int64) int64 { return right })
		return sweep.Counts{TP: n, FN: allRows(c) - n}
	})
	var found []Disparity
	for _, dimension := range t.Dimensions() {
		groups, err := along(right, dimension)
		if err != nil {
			continue // no row, and nothing declared
		}
		found = append(found, disparitiesOf(accuracyKinds(), dimension, groups, t, right[0], least)...)
		names := s.overall.Classes.Names
		if len(names)*len(groups)*len(groups) > mostClassPairs {
			continue
		}
		for k, class := range names {
			one := counted(func(c *sweep.Classes) sweep.Counts { return c.OneVsRest(k) })
			groups, _ := along(one, dimension) // as above
			for _, d := range disparitiesOf(classDisparityKinds(), dimension, groups, t, one[0], least) {
				found = append(found, d.ofClass(class))
			}
		}
	}
	return found
}

// disparitiesOf compares groups in some ways.
func disparitiesOf(kinds []DisparityKind, dimension string, groups []Slice, t Terms, overall Slice, least int64) []Disparity {
	var found []Disparity
	compared := map[string]*comparison{}
	for _, k := range kinds {
		for _, name := range k.Metrics {
			if compared[name] == nil {
				compared[name] = compareGroups(name, groups, t, overall, least)
			}
		}
		found = append(found, k.disparity(dimension, compared))
	}
	return found
}

// ofClass names a disparity by its class.
func (d Disparity) ofClass(class string) Disparity {
	of := func(name string) string { return name + "@class=" + class }
	d.Name, d.Metric = of(d.Name), of(d.Metric)
	d.Aliases = slices.Clone(d.Aliases)
	for i := range d.Aliases {
		d.Aliases[i] = of(d.Aliases[i])
	}
	d.LeftOut = slices.Clone(d.LeftOut)
	for i := range d.LeftOut {
		d.LeftOut[i].Metric = of(d.LeftOut[i].Metric)
	}
	return d
}
