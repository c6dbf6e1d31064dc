package evaluate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/schema"
)

// Missing is the group of the rows that have no value in a grouping column.
const Missing = "(missing)"

// UnmarshalJSON reads "sex * age" (or "sex × age") as a cross, and an object as a dimension of one column. What an absent name, column
// or cross means is filled in.
func (d *Dimension) UnmarshalJSON(b []byte) error {
	var cross string
	if json.Unmarshal(b, &cross) == nil {
		names := CrossOf(cross)
		*d = Dimension{Name: strings.Join(names, " * "), Cross: names}
		return nil
	}
	type plain Dimension
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode((*plain)(d)); err != nil {
		return err
	}
	if d.Name == "" {
		d.Name = d.Column
	}
	if d.Column == "" {
		d.Column = d.Name
	}
	return nil
}

// Check fills in what is left out, and finds what the schema cannot: names twice, crosses of dimensions that are not there, bins out of order.
func (t *Terms) Check(d *schema.Document) error {
	var ps schema.Problems
	tell := func(p schema.Position, code, message, suggest string) {
		ps = append(ps, schema.Problem{Position: p, Code: code, Message: message, Suggest: suggest})
	}
	t.checkTask(d, tell)
	t.checkDelay(d, tell)
	t.checkOutcomes(d, tell)
	if t.Label == "" && !t.is(Scores) {
		tell(d.At("label"), "missing-key", `"label" is needed: the column with the outcome`, "")
	}
	if p := t.Prevalence; p != nil {
		switch {
		case !(*p > 0 && *p < 1):
			tell(d.At("prevalence"), "bad-prevalence", fmt.Sprintf("a share of positives lies between 0 and 1, and is neither: %v is none", *p), "")
		case t.Sampling == Deployment:
			tell(d.KeyAt("prevalence"), "bad-prevalence", "rows sampled as in deployment have its share of positives: leave `prevalence` out, or say how these were sampled", "")
		case t.Sampling == "":
			tell(d.KeyAt("prevalence"), "bad-prevalence", "a stated share of positives is that of other rows than these: say how these were sampled, by `sampling: stratified` or `resampled`", "")
		}
	}
	var names []string
	for i, g := range t.Groups {
		place := d.At("groups", i)
		switch {
		case g.Name == "":
			tell(place, "unnamed-group", `a group needs a "column"`, "")
		case len(g.Cross) == 1:
			tell(place, "bad-cross", fmt.Sprintf("%q is a cross of one: write {column: %s}, or two names as in \"sex * age\"", g.Name, g.Name), "")
		case slices.Contains(names, g.Name):
			tell(place, "group-twice", fmt.Sprintf("%q is a group already", g.Name), "")
		case len(g.Cross) == 0 && strings.ContainsAny(g.Name, "*×,="):
			tell(place, "bad-group-name", fmt.Sprintf(`%q: the signs * × , = have a meaning of their own in the name of a group: give it another by "name"`, g.Name), "")
		}
		for j, c := range g.Cross {
			if len(g.Cross) == 1 {
				break
			}
			if !slices.Contains(names, c) {
				tell(place, "unknown-group", fmt.Sprintf("%q is no group that is named before this cross", c), schema.Suggest(c, names))
			} else if slices.Contains(g.Cross[:j], c) {
				tell(place, "bad-cross", fmt.Sprintf("%q stands in its own cross twice", c), "")
			}
		}
		if len(g.Bins) > 0 && len(g.Values) > 0 {
			tell(d.KeyAt("groups", i, "values"), "bad-bins", "a group has bins or values, not both", "")
		}
		for j, edge := range g.Bins {
			if math.IsNaN(edge) || math.IsInf(edge, 0) || j > 0 && edge <= g.Bins[j-1] {
				tell(d.At("groups", i, "bins", j), "bad-bins", "bins must rise: each edge above the one before", "")
				break
			}
		}
		names = append(names, g.Name)
	}
	return schema.Join(ps)
}

// Dimension finds one by its name; a cross may be written with * or ×.
func (t Terms) Dimension(name string) (Dimension, bool) {
	name = strings.Join(CrossOf(name), " * ")
	i := slices.IndexFunc(t.Groups, func(d Dimension) bool { return d.Name == name })
	if i < 0 {
		return Dimension{}, false
	}
	return t.Groups[i], true
}

// Declares says that the terms name a slice: by a value or a bin of every dimension that it is along. Such a slice stands in an evaluation with
// or without rows. Overall is none.
func (t Terms) Declares(groups map[string]string) bool {
	for name, word := range groups {
		if d, ok := t.Dimension(name); !ok || !d.declares(word) {
			return false
		}
	}
	return len(groups) > 0
}

// Declared is how many slices along a dimension the terms declare: for a cross, none unless they declare every part.
func (t Terms) Declared(dimension string) int {
	d, _ := t.Dimension(dimension)
	switch {
	case len(d.Cross) > 0:
		n := 1
		for _, part := range d.Cross {
			n *= t.Declared(part)
		}
		return n
	case len(d.Bins) > 0:
		return len(d.Bins) + 1
	}
	words := slices.Sorted(maps.Values(d.Values))
	return len(slices.Compact(words))
}

// declares says that a group is one of the values or bins.
func (d Dimension) declares(word string) bool {
	if len(d.Bins) > 0 {
		return slices.Contains(binNames(d.Bins), word)
	}
	return slices.Contains(slices.Collect(maps.Values(d.Values)), word)
}

// Dimensions are their names, in order.
func (t Terms) Dimensions() []string {
	var names []string
	for _, d := range t.Groups {
		names = append(names, d.Name)
	}
	return names
}

// binNames name the bins between edges: "<25", "25-40", "40-65", ">=65". Left-closed, as numpy.digitize.
func binNames(edges []float64) []string {
	names := make([]string, len(edges)+1)
	for i := range names {
		switch i {
		case 0:
			names[i] = "<" + formatCut(edges[0])
		case len(edges):
			names[i] = ">=" + formatCut(edges[i-1])
		default:
			names[i] = formatCut(edges[i-1]) + "-" + formatCut(edges[i])
		}
	}
	return names
}

// Check finds what the schema cannot.
func (c Config) Check(d *schema.Document) error {
	var ps schema.Problems
	tell := func(p schema.Position, code, message string) {
		ps = append(ps, schema.Problem{Position: p, Code: code, Message: message})
	}
	if c.Reported != "" {
		return c.checkReported(d)
	}
	if c.Path == "" {
		tell(d.At("data"), "missing-key", `"data" needs a "path", the file of predictions, or "reported", a file of results that another tool computed`)
	}
	if c.Variant != "" {
		tell(d.KeyAt("data", "variant"), "rows-or-results", `"variant" is of results that another tool computed: rows have none`)
	}
	if c.Score == "" && c.Prediction == "" && len(c.Scores) == 0 {
		tell(d.At("data"), "missing-key", `"data" needs a "score" column, a "prediction" column, or both`)
	}
	if c.Labels != "" && c.ID == "" {
		tell(d.At("data", "labels"), "missing-key", `"labels" are joined by id: name its column by "id"`)
	}
	return schema.Join(ps)
}
