package render

import (
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// reportedFigures is what [Figures] writes of results that another tool computed: every number that its file gives, and where it comes from.
func (c *console) reportedFigures(e *evaluate.Evaluation) {
	g := grid{columns: []column{{title: "metric"}, {title: "of"}, {title: "reported", right: true}, {title: "interval", right: true}, {title: "n", right: true}, {title: "", rank: 1}}}
	parts := map[string][]string{} // why figures are not of the whole, to which
	for _, s := range e.Slices {
		for _, key := range metricNames(s) {
			f := s.Metrics[key]
			if f.Undefined == evaluate.NotReported || strings.HasPrefix(f.Undefined, evaluate.SeveralVariants) {
				continue // the variants stand in rows of their own
			}
			row := []string{plain(key), plain(e.Terms.Name(s.Groups)), "undefined", "", "", plain(f.Undefined)}
			if f.Value != nil {
				row[2] = evaluate.Number(*f.Value)
			}
			if f.Interval != nil {
				row[3] = evaluate.Number(f.Interval.Low) + " – " + evaluate.Number(f.Interval.High)
			}
			if f.Support > 0 {
				row[4] = evaluate.Count(f.Support)
			}
			if f.Partial != "" {
				parts[f.Partial] = append(parts[f.Partial], key+" of "+e.Terms.Name(s.Groups))
			}
			g.add(row)
		}
	}
	c.grid(2, g)
	for _, why := range sortedKeys(parts) {
		c.gap()
		which := list(parts[why])
		if n := len(parts[why]); n > 4 {
			which = evaluate.Count(int64(n)) + " figures"
		}
		c.paragraph("  ", plain("Not of the whole: "+which+": "+why+"."))
	}
	c.gap()
	for _, s := range cards.Origin(e) {
		c.paragraph("  ", plain(s))
	}
}
