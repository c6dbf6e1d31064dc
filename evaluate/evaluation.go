package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evidence"
)

// SchemaID names the shape of evaluation.json.
const SchemaID = "https://github.com/gatecard/gatecard/schema/evaluation/v1.json"

// Level is that of descriptive intervals.
const Level = 0.95

// Evaluation is evaluation.json. No clock stands in it: the same inputs give the same bytes.
type Evaluation struct {
	Schema      string           `json:"schema"`
	Terms       Terms            `json:"terms"`
	Dataset     evidence.Digest  `json:"dataset"`   // of ids and labels in any order: the same for every model that was scored on these rows
	Countable   bool             `json:"countable"` // Dataset is over ids, so that its reuse can be counted
	Inputs      []evidence.Input `json:"inputs"`
	Reported    *Source          `json:"reported,omitempty"` // where the figures come from, of results that another tool computed: Dataset is that of their file then, and Rows is 0
	Rows        int64            `json:"rows"`
	Unlabelled  bool             `json:"unlabelled,omitempty"`                           // no outcome is known: figures are of whom scores select and of how they lie, and of nothing else
	Missing     map[string]int64 `json:"missing,omitempty"`                              // column to rows without a value
	LeftOut     *Unmatched       `json:"left_out,omitempty"`                             // rows that are too young, and of rows and outcomes in files of their own
	Pending     *Pending         `json:"pending,omitempty"`                              // rows without an outcome, beside Rows
	KnownFor    string           `json:"known_for,omitempty" jsonschema:"enum=selected"` // outcomes are known for the selected only: as the terms say, or as all rows without one are predicted negative
	Slices      []Slice          `json:"slices"`                                         // overall first
	Fairness    []Disparity      `json:"fairness,omitempty"`                             // how far groups lie apart, dimension by dimension
	Comparisons []Comparison     `json:"comparisons,omitempty"`
	Drift       []Shift          `json:"drift,omitempty"`
	Curves      []Curve          `json:"curves,omitempty"`
}

// Unmatched counts what was left out when rows were matched with outcomes in a file of their own, as the terms allow.
type Unmatched struct {
	Rows     int64 `json:"rows"`            // that have no outcome
	Outcomes int64 `json:"outcomes"`        // of which there is no row
	Repeated int64 `json:"repeated"`        // outcomes of an id that has another
	Young    int64 `json:"young,omitempty"` // rows that are younger than the label delay
}

// Groups name a slice: {"sex": "men", "age": "25-40"}. Empty is overall.
type Groups map[string]string

// String gives "sex = men, age = 25-40", or "overall".
func (g Groups) String() string {
	if len(g) == 0 {
		return "overall"
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(g)) {
		parts = append(parts, k+" = "+g[k])
	}
	return strings.Join(parts, ", ")
}

// Slice is one group's figures.
type Slice struct {
	Groups    Groups            `json:"groups"`
	Rows      int64             `json:"rows"`
	Counts    *sweep.Counts     `json:"counts,omitempty"`    // at the threshold
	Pending   *Pending          `json:"pending,omitempty"`   // rows without an outcome, beside Rows
	Above     *int64            `json:"above,omitempty"`     // rows that score above the median of all rows
	Confusion *ClassCounts      `json:"confusion,omitempty"` // of a multiclass task, where the tables of all slices are not too large
	Metrics   map[string]Figure `json:"metrics"`
}

// Figure is a number with its uncertainty.
type Figure struct {
	Value      *float64        `json:"value"`                                                     // null: undefined, never 0
	Undefined  string          `json:"undefined,omitempty"`                                       // why
	Prevalence string          `json:"prevalence,omitempty" jsonschema:"enum=sample,enum=stated"` // of a metric that depends on the share of positives: at that of the sample, or of real use as stated; absent: the sample has that of real use
	Support    int64           `json:"support"`                                                   // rows, or clusters, of the metric's own denominator
	Interval   *stats.Interval `json:"interval"`                                                  // descriptive, for reading; null where no method was shown to hold
	Without    string          `json:"without,omitempty"`                                         // why there is no interval
	Basis      stats.Basis     `json:"basis,omitzero"`                                            // deciding, for gates, at any level
	Reported   string          `json:"reported,omitempty"`                                        // the tool that computed it, where that was not gatecard: it has no basis then
	Partial    string          `json:"partial,omitempty"`                                         // why a reported figure is not of all rows, or not known to be
}

// Comparison has the differences to a rival on the same rows: each Figure is our value minus the rival's.
type Comparison struct {
	With      string  `json:"with"`                // "champion"
	Version   string  `json:"version,omitempty"`   // "ma-employment/2"
	Paired    bool    `json:"paired"`              // on the same rows, by id
	Rows      int64   `json:"rows"`                // in both
	Unmatched int64   `json:"unmatched,omitempty"` // rows of ours that the rival has not
	LeftOut   int64   `json:"left_out,omitempty"`  // rows of the rival's kept predictions that we have not
	Slices    []Slice `json:"slices"`
}

// Shift is a column's distance from the baseline.
type Shift struct {
	Column   string `json:"column"`
	Distance string `json:"distance"`         // "psi"
	Groups   Groups `json:"groups,omitempty"` // of one group's rows, on both sides; empty: of all rows
	Baseline string `json:"baseline"`         // name of the file
	Now      int64  `json:"now,omitempty"`    // a group's rows
	Then     int64  `json:"then,omitempty"`   // and those of the baseline's group; 0 where it keeps none
	Among    int    `json:"among,omitempty"`  // how many groups of its dimension either side has: so many are listed
	Figure   Figure `json:"figure"`
}

// Overall is the first slice.
func (e *Evaluation) Overall() Slice { return e.Slices[0] }

// Along gives the slices of a dimension, "sex" or "sex * age", in their order; none is an error.
func (e *Evaluation) Along(dimension string) ([]Slice, error) { return along(e.Slices, dimension) }

// Along gives the comparison's slices of a dimension.
func (c Comparison) Along(dimension string) ([]Slice, error) { return along(c.Slices, dimension) }

func along(all []Slice, dimension string) ([]Slice, error) {
	names := CrossOf(dimension)
	var found []Slice
	for _, s := range all {
		if len(s.Groups) != len(names) || len(names) == 0 {
			continue
		}
		if !slices.ContainsFunc(names, func(n string) bool { _, ok := s.Groups[n]; return !ok }) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no slice along %q in the evaluation", dimension)
	}
	return found, nil
}

// CrossOf splits "sex * age" (or "sex × age") into its dimensions; a name alone is a cross of one.
func CrossOf(dimension string) []string {
	names := strings.FieldsFunc(dimension, func(r rune) bool { return r == '*' || r == '×' })
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// Comparison gives the one with a rival of that name; ok is false where there was none.
func (e *Evaluation) Comparison(with string) (c Comparison, ok bool) {
	for _, c := range e.Comparisons {
		if c.With == with {
			return c, true
		}
	}
	return Comparison{}, false
}

// Rival is the version compared with under that name; "" where there was none.
func (e *Evaluation) Rival(name string) (version string) {
	c, _ := e.Comparison(name)
	return c.Version
}
