package gates

import (
	"fmt"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
)

// power is the probability with which a violation that a gate "would have caught" is caught.
const power = 0.8

// judgement is the arithmetic of one gate: its interval over the judged claims, and what follows.
type judgement struct {
	g         Gate
	cs        claims
	side      stats.Bound
	at        float64 // the bound
	alpha     float64
	m         float64 // claims, small groups included
	judged    int
	low, high float64 // the gate's interval; NaN: nothing was judged
	value     float64 // the estimate
	note      string
	decides   claim // of which the sentence speaks: the worst of those that the verdict comes from
}

// newJudgement gives each claim its limits, orders the claims, worst first, and finds the gate's interval.
func newJudgement(g Gate, cs claims) *judgement {
	j := &judgement{g: g, cs: cs, side: stats.Max, alpha: (1 - g.Level) / 2, m: float64(len(cs.all)), low: math.NaN(), high: math.NaN(), value: math.NaN()}
	lower, upper := g.Rule.Bound()
	if lower != nil {
		j.side, j.at = stats.Min, *lower
	} else {
		j.at = *upper
	}
	for i := range cs.all {
		c := &cs.all[i]
		if c.Unjudged != "" {
			continue
		}
		if !j.limit(c) {
			c.Unjudged = "its method gives no limits here: too little varies, or too few rows"
			continue
		}
		low, high := c.passing, c.failing
		if j.side == stats.Max {
			low, high = high, low
		}
		c.Low, c.High = finite(low), finite(high)
		if j.judged++; j.judged == 1 {
			j.low, j.high, j.value = low, high, *c.Value
			continue
		}
		j.low, j.high, j.value = j.worse(j.low, low), j.worse(j.high, high), j.worse(j.value, *c.Value)
	}
	if cs.fromZero {
		j.low = math.Max(j.low, 0)
	}
	slices.SortStableFunc(cs.all, j.compare)
	j.decides = cs.all[0]
	return j
}

// limit finds the claim's limit that can pass the gate, at α, and the one that can fail it, at α/M. False where it has none.
func (j *judgement) limit(c *claim) bool {
	if c.reported != "" {
		c.passing, c.failing = math.NaN(), math.NaN()
		return c.Value != nil && !math.IsNaN(*c.Value)
	}
	if c.Value == nil || c.limits == nil {
		return false
	}
	if j.side == stats.Min {
		c.passing, c.failing = c.limits.Low(j.alpha), c.limits.High(j.alpha/j.m)
	} else {
		c.passing, c.failing = c.limits.High(j.alpha), c.limits.Low(j.alpha/j.m)
	}
	return !math.IsNaN(c.passing) && !math.IsNaN(c.failing) && !math.IsNaN(*c.Value)
}

// worse is the smaller of two figures that must be large, the larger of two that must be small.
func (j *judgement) worse(a, b float64) float64 {
	if j.side == stats.Min {
		return math.Min(a, b)
	}
	return math.Max(a, b)
}

// compare puts the worst claim first, and judged ones before unjudged.
func (j *judgement) compare(a, b claim) int {
	x, y := a.Unjudged == "", b.Unjudged == ""
	switch {
	case x != y && x:
		return -1
	case x != y:
		return 1
	case !x || *a.Value == *b.Value:
		return 0
	case j.worse(*a.Value, *b.Value) == *a.Value:
		return -1
	}
	return 1
}

// verdict applies the rules in order. Each comparison is written so that NaN satisfies none.
func (j *judgement) verdict() evidence.Verdict {
	passing, failing := j.low, j.high
	if j.side == stats.Max {
		passing, failing = j.high, j.low
	}
	// 1. what was judged fails
	if j.judged > 0 && (j.beyond(failing) || j.g.Decide == Estimate && !j.kept()) {
		j.note = j.smallNote()
		if by := j.decides.reported; by != "" {
			j.add("reported by " + by)
		}
		if j.g.Decide != Estimate {
			j.decide(func(c claim) bool { return j.beyond(c.failing) })
		}
		return evidence.Fail
	}
	// 2. something is unjudged
	if j.judged == 0 || j.judged < len(j.cs.all) && !(j.g.OnSmall == "list" && j.enoughWithoutSmall()) {
		j.note = j.whyUnjudged()
		return evidence.Inconclusive
	}
	// 3., 4., 5.
	j.note = j.smallNote()
	proven := j.within(passing)
	switch {
	case j.g.Decide == Estimate && j.kept():
		switch {
		case j.decides.reported != "":
			j.add("reported by " + j.decides.reported + ", and compared as it is")
		case !proven:
			j.add("unsettled: the interval straddles the bound")
		}
	case proven:
	case j.g.Decide == UnlessDisproven:
		if j.decide(func(c claim) bool { return !j.canFail(c) }) {
			j.add(couldNotFail)
			return evidence.Inconclusive
		}
		j.add("not proven: " + j.caught())
	default:
		j.decide(func(c claim) bool { return !j.within(c.passing) })
		j.add("too few rows to settle it")
		return evidence.Inconclusive
	}
	if w := j.g.Warn.number(); w != nil && slices.ContainsFunc(j.cs.all, func(c claim) bool { return c.Unjudged == "" && !j.keeps(c, *w) }) {
		j.add(fmt.Sprintf("warning: beyond %s", limit(*w)))
	}
	return evidence.Pass
}

const couldNotFail = "no outcome on these rows could have failed it"

// decide makes the worst judged claim for which it holds the one that the sentence speaks of.
func (j *judgement) decide(holds func(claim) bool) bool {
	i := slices.IndexFunc(j.cs.all, func(c claim) bool { return c.Unjudged == "" && holds(c) })
	if i >= 0 {
		j.decides = j.cs.all[i]
	}
	return i >= 0
}

func (j *judgement) add(note string) { j.note = joined("; ", j.note, note) }

// tolerance is that of limits, which are no fractions.
const tolerance = 1e-12

// beyond says that a limit lies strictly on the wrong side of the bound.
func (j *judgement) beyond(limit float64) bool {
	if j.side == stats.Min {
		return limit < j.at-tolerance
	}
	return limit > j.at+tolerance
}

// within says that a limit lies on the right side of the bound, or on it.
func (j *judgement) within(limit float64) bool { return onRightSide(j.side, limit, j.at) }

func onRightSide(side stats.Bound, x, at float64) bool {
	if side == stats.Min {
		return x >= at-tolerance
	}
	return x <= at+tolerance
}

// kept says that the estimate of every judged claim keeps the bound.
func (j *judgement) kept() bool {
	return !slices.ContainsFunc(j.cs.all, func(c claim) bool { return c.Unjudged == "" && !j.keeps(c, j.at) })
}

// keeps compares a claim's estimate with a bound: as fractions where it is of counts, so that 0.8 − 0.7 is 0.1.
func (j *judgement) keeps(c claim, at float64) bool {
	if order, ok := exactly(c, at); ok {
		return j.side == stats.Min && order >= 0 || j.side == stats.Max && order <= 0
	}
	return c.Value != nil && onRightSide(j.side, *c.Value, at)
}

// asBasis is the bound as the claim's basis sees it: of minus a figure, the other way.
func (j *judgement) asBasis(c claim) (side stats.Bound, at float64) {
	if c.flip {
		return stats.Min + stats.Max - j.side, -j.at
	}
	return j.side, j.at
}

// canFail says whether an outcome on the claim's denominators could have failed the gate.
func (j *judgement) canFail(c claim) bool {
	side, at := j.asBasis(c)
	return c.basis.CanFail(side, at, j.alpha/j.m)
}

// caught says what violation the gate would have caught for certain enough: that of the claim which could hide the largest.
func (j *judgement) caught() string {
	worst := math.NaN()
	for _, c := range j.cs.all {
		if c.Unjudged != "" {
			continue
		}
		side, at := j.asBasis(c)
		d := c.basis.Detectable(side, at, j.alpha/j.m, power)
		if c.flip {
			d = -d
		}
		if math.IsNaN(worst) || math.IsNaN(d) {
			worst = d
		} else {
			worst = j.worse(worst, d)
		}
		if math.IsNaN(worst) {
			break
		}
	}
	_, least, most := j.g.Rule.span()
	switch {
	case j.side == stats.Min && worst >= least:
		return fmt.Sprintf("%s or less would have been caught with 80 %% power", evaluate.Number(worst))
	case j.side == stats.Max && worst <= most:
		return fmt.Sprintf("%s or more would have been caught with 80 %% power", evaluate.Number(worst))
	}
	return "no violation would have been caught with 80 % power"
}

// enoughWithoutSmall says that only small groups are unjudged, and that in each dimension enough groups remain (two where groups are
// compared, else one) and hold nine tenths of the metric's denominator.
func (j *judgement) enoughWithoutSmall() bool {
	if len(j.cs.members) == 0 || slices.ContainsFunc(j.cs.all, func(c claim) bool { return c.Unjudged != "" && !c.Small }) {
		return false
	}
	type remains struct{ groups, held, total int64 }
	dimensions := map[string]remains{}
	for _, m := range j.cs.members {
		r := dimensions[m.dimension]
		r.total += m.support
		if !m.small {
			r.groups++
			r.held += m.support
		}
		dimensions[m.dimension] = r
	}
	for _, r := range dimensions {
		if r.groups < j.cs.need || 10*r.held < 9*r.total {
			return false
		}
	}
	return true
}

// smallNote counts the groups that are too small to judge.
func (j *judgement) smallNote() string {
	switch n := j.small(); n {
	case 0:
		return ""
	case 1:
		return "1 group too small to judge"
	default:
		return fmt.Sprintf("%d groups too small to judge", n)
	}
}

func (j *judgement) small() int64 {
	n := int64(0)
	for _, m := range j.cs.members {
		if m.small {
			n++
		}
	}
	return n
}

// whyUnjudged says why nothing was decided: a reason that more rows of a small group would not mend comes first.
func (j *judgement) whyUnjudged() string {
	i := slices.IndexFunc(j.cs.all, func(c claim) bool { return c.Unjudged != "" && !c.Small })
	if i < 0 {
		i = slices.IndexFunc(j.cs.all, func(c claim) bool { return c.Unjudged != "" })
	}
	j.decides = j.cs.all[i]
	switch {
	case !j.decides.Small || len(j.cs.members) == 0:
		return j.decides.Unjudged
	case j.g.OnSmall == "list":
		return j.smallNote() + ", and too little is left without"
	case j.enoughWithoutSmall():
		return j.smallNote() + ": `on_small: list` goes on without"
	}
	return j.smallNote()
}

// margin is the way from the bound to the interval's nearer end, negative where the interval is beyond it; NaN where it straddles.
func (j *judgement) margin() float64 {
	passing, failing := j.low-j.at, j.high-j.at
	if j.side == stats.Max {
		passing, failing = j.at-j.high, j.at-j.low
	}
	switch {
	case passing >= -tolerance:
		return math.Max(passing, 0)
	case failing < 0:
		return failing
	}
	return math.NaN()
}

// sentence is the outcome's, in a person's words.
func (j *judgement) sentence(o Outcome, e *evaluate.Evaluation) string {
	w := j.g.Rule.words(j.decides, e)
	switch {
	case o.Verdict != evidence.Inconclusive && j.decides.reported != "":
		return fmt.Sprintf("%s, as %s reports; %s.", w.is, j.decides.reported, w.demand)
	case o.Verdict != evidence.Inconclusive:
		return fmt.Sprintf("%s; %s.", w.is, w.demand)
	case j.decides.Unjudged != "":
		about := ""
		if name := subject(j.decides, e.Terms); name != "" && len(j.cs.all) > 1 {
			about = " for " + name
		}
		if n := j.small(); j.decides.Small && n > 1 {
			about += fmt.Sprintf(", one of %d groups too small to judge", n)
		}
		return fmt.Sprintf("%s is undecided%s: %s.", o.Title, about, j.decides.Unjudged)
	case j.g.Decide == UnlessDisproven:
		return fmt.Sprintf("%s%s: %s.", w.is, w.on, couldNotFail)
	}
	return fmt.Sprintf("%s%s: too few to show that %s.%s", w.is, w.on, w.show, w.plan)
}

// subject names the group, pair or column of a claim; "" for overall.
func subject(c claim, t evaluate.Terms) string {
	switch {
	case c.Column != "" && len(c.Groups) > 0:
		return c.Column + ", " + t.Name(c.Groups)
	case c.Column != "":
		return c.Column
	case len(c.Groups) == 0:
		return ""
	case len(c.Against) > 0:
		return t.Name(c.Groups) + " and " + t.Name(c.Against)
	}
	return t.Name(c.Groups)
}
