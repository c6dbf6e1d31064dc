package cards

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
)

// AsTyped marks, on every page, a figure that a person typed and nothing computed.
const AsTyped = "as typed"

// TypedFigure is a figure of card.yaml, with what was computed under the same name where that is known.
type TypedFigure struct {
	Name     string // as typed: "precision_at_0.5"
	Title    string // "precision at a score of 0.5"
	Groups   evaluate.Groups
	Value    float64
	Computed *evaluate.Figure // of the same metric and slice; nil: none, or one that another tool reports
}

// TypedFigures lists the figures that a person typed: overall first, then by dimension and group, each in the order of names.
func (c *Card) TypedFigures() []TypedFigure {
	var list []TypedFigure
	add := func(groups evaluate.Groups, figures map[string]float64) {
		for _, name := range slices.Sorted(maps.Keys(figures)) {
			t := TypedFigure{Name: name, Title: Title(name), Groups: groups, Value: figures[name]}
			if key, ok := c.metric(name); ok {
				t.Title, t.Computed = Title(key), c.figure(groups, key)
			}
			list = append(list, t)
		}
	}
	add(nil, c.Metrics.Overall)
	for _, dimension := range slices.Sorted(maps.Keys(c.Metrics.PerGroup)) {
		for _, group := range slices.Sorted(maps.Keys(c.Metrics.PerGroup[dimension])) {
			add(evaluate.Groups{dimension: group}, c.Metrics.PerGroup[dimension][group])
		}
	}
	return list
}

// metric finds which metric a typed name means: "precision_at_0.5" is precision at a cut, or, where 0.5 is the threshold, precision.
func (c *Card) metric(name string) (key string, ok bool) {
	base, cut, at := strings.Cut(name, "_at_")
	if at {
		v, err := strconv.ParseFloat(cut, 64)
		if err != nil || math.IsNaN(v) {
			return "", false
		}
		name = base + "@" + cut
		if e := c.Evaluation; e != nil && e.Terms.Threshold != nil && *e.Terms.Threshold == v {
			name = base
		}
	}
	n, err := evaluate.Lookup(name)
	return n.Key, err == nil
}

func (c *Card) figure(groups evaluate.Groups, key string) *evaluate.Figure {
	if c.Evaluation == nil {
		return nil
	}
	for _, s := range c.Evaluation.Slices {
		if f, ok := s.Metrics[key]; ok && maps.Equal(s.Groups, groups) && f.Reported == "" {
			return &f
		}
	}
	return nil
}

// Typing writes a figure with the digits that it was typed with.
func Typing(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
