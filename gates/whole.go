package gates

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gatecard/gatecard/evaluate"
)

// whole is an error where slices are missing from an evaluation, or stand in it twice: a gate asks each group that it finds, so that one which was
// cut out would pass by its absence. Every row is in one group of each dimension; what another tool reports need not be, and is not held to it.
// Declared groups are counted where a gate asks for them.
func whole(e *evaluate.Evaluation) error {
	if e.Reported != nil {
		return nil
	}
	if n := e.Overall().Rows; n > e.Rows {
		return fmt.Errorf("%w: overall is of %d rows, and there are %d", ErrDamaged, n, e.Rows)
	}
	if err := partition(e.Slices, e.Terms); err != nil {
		return err
	}
	for _, c := range e.Comparisons {
		if len(c.Slices) == 0 {
			continue // there is nothing to compare
		}
		if err := partition(c.Slices, e.Terms); err != nil {
			return fmt.Errorf("the comparison with %s: %w", c.With, err)
		}
	}
	return nil
}

// partition is an error unless the slices are overall, and the groups of each dimension of the terms, which share the rows among them.
func partition(all []evaluate.Slice, t evaluate.Terms) error {
	along, seen := map[string]int64{}, map[string]bool{}
	for _, s := range all[1:] {
		name, ok := dimensionOf(s.Groups, t)
		switch {
		case !ok:
			return fmt.Errorf("%w: it has a slice of %s, and the terms have no such groups", ErrDamaged, s.Groups)
		case seen[s.Groups.String()]:
			return fmt.Errorf("%w: it has two slices of %s", ErrDamaged, s.Groups)
		}
		seen[s.Groups.String()] = true
		along[name] += s.Rows
	}
	for _, name := range t.Dimensions() {
		// where a dimension is not there at all, that is an error of the gate that asks for it
		if n, ok := along[name]; ok && n != all[0].Rows {
			return fmt.Errorf("%w: the groups of %s have %d rows together, and all have %d", ErrDamaged, name, n, all[0].Rows)
		}
	}
	return nil
}

// dimensionOf names the dimension that a slice is along.
func dimensionOf(g evaluate.Groups, t evaluate.Terms) (name string, ok bool) {
	keys := slices.Sorted(maps.Keys(g))
	for _, d := range t.Groups {
		if parts := slices.Sorted(slices.Values(evaluate.CrossOf(d.Name))); slices.Equal(parts, keys) {
			return d.Name, true
		}
	}
	return "", false
}
