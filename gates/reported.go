package gates

import (
	"fmt"

	"github.com/gatecard/gatecard/evaluate"
)

// refuse is what a policy says of reported figures to have none of them.
const refuse = "refuse"

// unjudgedReport says why a figure that another tool computed is not judged; "" where it may be compared as it is. There are no rows to find
// limits by, so that only the mode that compares estimates takes it, and never one that is not of the whole. An n that is given must be enough.
func unjudgedReport(f evaluate.Figure, m evaluate.Named, t evaluate.Terms, g Gate) (why string, small bool) {
	by := "reported by " + f.Reported
	switch {
	case g.refuses:
		return by + ": the policy refuses figures that were not computed from rows", false
	case g.Decide != Estimate:
		return by + ": no rows to judge by", false
	case f.Value == nil && f.Undefined == evaluate.NotReported:
		return "not " + by, false
	case f.Value == nil:
		return unjudged(f), false
	case f.Partial != "":
		return by + ", and not of the whole: " + f.Partial, false
	case m.Prevalence && t.Sampling != evaluate.Deployment:
		return fmt.Sprintf("%s depends on the share of positives, and %s", m.Metric.Title, sampled(evaluate.Terms{Sampling: t.Sampling})), false
	case f.Support > 0 && f.Support < g.MinSupport:
		return underSupport(f.Support, m.Denominator, g.MinSupport), true
	}
	return "", false
}

// noRows says why a gate that needs rows is undecided on figures that another tool computed; "" where it does not, or where gatecard did.
func noRows(g Gate, across []string, e *evaluate.Evaluation) string {
	if e.Reported == nil {
		return ""
	}
	if n := g.Rule.Needs(); len(n.Versus) > 0 || len(n.Drift) > 0 {
		return "reported by " + e.Reported.Tool + ": no rows to judge by"
	}
	if r, ok := g.Rule.(*ratioRule); ok && r.Reference == majority {
		return "reported by " + e.Reported.Tool + ": how many rows a group has is not known, so neither is the majority"
	}
	for _, dimension := range across {
		if _, err := e.Along(dimension); err != nil {
			return e.Reported.Tool + " reports nothing by " + dimension
		}
	}
	return ""
}
