package gates

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// ErrOtherTerms: the evaluation was made on other terms than the policy's, so that its figures mean something else.
var ErrOtherTerms = errors.New("the evaluation was made on other terms than the policy's")

// maxListed is the most claims of a gate that its result lists, worst first. All count in the verdict.
const maxListed = 200

// Judge decides every gate by docs/statistics.md, "Verdicts". An evaluation on other terms is an error, and so is a figure that is not
// there, or none: an error is no verdict.
func Judge(p Policy, e *evaluate.Evaluation, s evidence.Standing) (*Report, error) {
	if len(p.Gates) == 0 {
		return nil, errors.New("the policy has no gates: nothing was judged")
	}
	if len(e.Slices) == 0 || len(e.Overall().Groups) != 0 {
		return nil, errors.New("the evaluation has no slices: nothing was judged")
	}
	theirs, err := schema.Encode(e.Terms)
	if err != nil {
		return nil, err
	}
	if ours, err := schema.Encode(p.Terms); err != nil || !bytes.Equal(ours, theirs) {
		return nil, errors.Join(ErrOtherTerms, err)
	}
	r := &Report{Schema: SchemaID, Standing: s}
	for _, g := range p.Gates {
		o, err := judge(g, e, s)
		if err != nil {
			return nil, placedGate(err, g)
		}
		r.Gates = append(r.Gates, o)
	}
	slices.SortStableFunc(r.Gates, func(a, b Outcome) int { return badness(a.Verdict) - badness(b.Verdict) })
	r.Verdict = r.Gates[0].Verdict
	if r.Verdict == evidence.NotApplicable && slices.ContainsFunc(r.Gates, func(o Outcome) bool { return o.Verdict == evidence.Pass }) {
		r.Verdict = evidence.Pass
	}
	r.Headline = headline(r, e)
	r.Notes = notes(r, e)
	return r, nil
}

// placedGate names the gate that could not be judged.
func placedGate(err error, g Gate) error {
	var ps schema.Problems
	if errors.As(err, &ps) {
		return placed(ps, g.At)
	}
	return fmt.Errorf("gate %s: %w", g.ID, err)
}

// badness orders verdicts for a page; an unknown one is worst.
func badness(v evidence.Verdict) int {
	order := []evidence.Verdict{evidence.Fail, evidence.Inconclusive, evidence.NotApplicable, evidence.Pass}
	return slices.Index(order, v)
}

// judge decides one gate.
func judge(g Gate, e *evaluate.Evaluation, s evidence.Standing) (Outcome, error) {
	cs, err := g.Rule.claims(e, g)
	if err != nil {
		return Outcome{}, err
	}
	lower, upper := g.Rule.Bound()
	o := Outcome{
		Result: evidence.Result{Gate: g.ID, Min: lower, Max: upper, Claims: []evidence.Claim{}},
		Kind:   g.Kind, Says: g.Rule.String(), Bound: bound(lower, upper), Because: g.Because, Decide: g.Decide, Level: g.Level, Note: cs.note, At: g.At,
		Reproduce: "gatecard gate --explain " + g.ID,
	}
	if cs.absent != "" {
		o.fill(g.Rule.words(claim{}, e))
		o.Verdict, o.Where, o.Note = evidence.Inconclusive, "", cs.absent
		o.Sentence = fmt.Sprintf("%s: not judged, since %s.", o.Title, cs.absent)
		if cs.never && s.NeverChampion {
			o.Verdict, o.Note = evidence.NotApplicable, "no champion was ever set"
			o.Sentence = fmt.Sprintf("%s: not applicable, since no champion was ever set.", o.Title)
		}
		return o, nil
	}
	if len(cs.all) == 0 {
		return o, errors.New("no group, column or metric matched: nothing was judged")
	}
	j := newJudgement(g, cs)
	o.Verdict, o.Value, o.Low, o.High = j.verdict(), finite(j.value), finite(j.low), finite(j.high)
	o.Margin = finite(j.margin())
	j.order()
	worst := cs.all[0]
	o.fill(g.Rule.words(worst, e))
	if worst.Unjudged == "" {
		o.Measured = number(worst.Value)
	}
	o.Note = strings.Join(slices.DeleteFunc([]string{j.note, cs.note}, func(s string) bool { return s == "" }), "; ")
	for i, c := range cs.all {
		if c.Small {
			if name := smallName(c, e); !slices.Contains(o.Small, name) && len(c.Against) == 0 {
				o.Small = append(o.Small, name)
			}
		}
		if i < maxListed {
			o.Claims = append(o.Claims, c.Claim)
		}
	}
	if o.Verdict == evidence.Inconclusive {
		o.Sentence = j.undecided(o, worst, e)
	}
	return o, nil
}

func smallName(c claim, e *evaluate.Evaluation) string {
	return fmt.Sprintf("%s %s", who(c.Groups, e.Terms), count(c.Support))
}

func (o *Outcome) fill(w words) {
	o.Title, o.Where, o.Sentence, o.Required, o.Metric, o.Across = w.title, w.where, w.sentence, w.required, w.metric, w.across
}

// finite is x for JSON: null where it is NaN or infinite.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// judgement is the arithmetic of one gate: its interval over the judged claims.
type judgement struct {
	g            Gate
	cs           claims
	side         stats.Bound
	at           float64 // the bound
	alpha        float64
	m            float64 // claims, small groups included
	judged       int
	low, high    float64 // the gate's interval
	value        float64 // the estimate
	note         string
	onlySmall    bool // the unjudged are small ones, and enough is left to judge without them
	unjudgedSays string
}

func newJudgement(g Gate, cs claims) *judgement {
	j := &judgement{g: g, cs: cs, alpha: (1 - g.Level) / 2, m: float64(len(cs.all)), low: math.NaN(), high: math.NaN(), value: math.NaN()}
	lower, upper := g.Rule.Bound()
	if lower != nil {
		j.side, j.at = stats.Min, *lower
	} else {
		j.side, j.at = stats.Max, *upper
	}
	for i := range cs.all {
		c := &cs.all[i]
		passing, failing, value := j.ends(c)
		if c.Unjudged == "" && (math.IsNaN(passing) || math.IsNaN(failing) || math.IsNaN(value)) {
			c.Unjudged = "its method gives no limits here: too little varies, or too few rows"
		}
		if c.Unjudged != "" {
			if j.unjudgedSays == "" {
				j.unjudgedSays = c.Unjudged
			}
			continue
		}
		j.judged++
		low, high := passing, failing
		if j.side == stats.Max {
			low, high = failing, passing
		}
		low = math.Max(low, j.floor())
		c.Low, c.High = finite(low), finite(high)
		if j.judged == 1 {
			j.low, j.high, j.value = low, high, value
			continue
		}
		if j.side == stats.Min {
			j.low, j.high = math.Min(j.low, low), math.Min(j.high, high)
		} else {
			j.low, j.high = math.Max(j.low, low), math.Max(j.high, high)
		}
		if j.side == stats.Min && value < j.value || j.side == stats.Max && value > j.value {
			j.value = value
		}
	}
	j.onlySmall = j.enoughWithoutSmall()
	return j
}

// floor is what the interval does not go below.
func (j *judgement) floor() float64 {
	if j.g.Kind == gapKind.Name {
		return 0
	}
	return math.Inf(-1)
}

// ends are the claim's limit that can pass the gate, at α, and the one that can fail it, at α/M, with its estimate.
func (j *judgement) ends(c *claim) (passing, failing, value float64) {
	if c.Value == nil || c.limits == nil {
		return math.NaN(), math.NaN(), math.NaN()
	}
	if j.side == stats.Min {
		return c.limits.Low(j.alpha), c.limits.High(j.alpha / j.m), *c.Value
	}
	return c.limits.High(j.alpha), c.limits.Low(j.alpha / j.m), *c.Value
}

// verdict applies the rules in order. Each comparison is written so that NaN satisfies none.
func (j *judgement) verdict() evidence.Verdict {
	passing, failing := j.low, j.high
	if j.side == stats.Max {
		passing, failing = j.high, j.low
	}
	// 1. what was judged fails
	if j.judged > 0 && (j.beyond(failing) || j.g.Decide == Estimate && j.missed()) {
		j.note = j.smallNote()
		return evidence.Fail
	}
	// 2. something is unjudged
	if j.judged == 0 || j.judged < len(j.cs.all) && !(j.g.OnSmall == "list" && j.onlySmall) {
		j.note = j.whyUnjudged()
		return evidence.Inconclusive
	}
	j.note = j.smallNote()
	proven := j.within(passing)
	switch {
	case j.g.Decide == Estimate && j.kept():
		if !proven {
			j.add("unsettled: the interval straddles the bound")
		}
	case proven:
	case j.g.Decide == UnlessDisproven:
		for _, c := range j.cs.all {
			if c.Unjudged == "" && !c.basis.CanFail(j.flipped(c), j.flippedAt(c), j.alpha/j.m) {
				j.add("no outcome on these rows could have failed it")
				return evidence.Inconclusive
			}
		}
		j.add("not proven")
	default:
		j.add("too few rows to settle it")
		return evidence.Inconclusive
	}
	if w := j.g.Warn; w != nil && (j.side == stats.Min && !(j.value >= *w) || j.side == stats.Max && !(j.value <= *w)) {
		j.add(fmt.Sprintf("warning: beyond %s", limit(*w)))
	}
	return evidence.Pass
}

func (j *judgement) add(note string) {
	if j.note != "" {
		j.note += "; "
	}
	j.note += note
}

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
func (j *judgement) within(limit float64) bool {
	if j.side == stats.Min {
		return limit >= j.at-tolerance
	}
	return limit <= j.at+tolerance
}

// kept and missed compare the estimates with the bound: as fractions where they are counts, so that 0.8 − 0.7 is 0.1.
func (j *judgement) kept() bool {
	return !slices.ContainsFunc(j.cs.all, func(c claim) bool { return c.Unjudged == "" && !j.keeps(c) })
}

func (j *judgement) missed() bool { return !j.kept() }

func (j *judgement) keeps(c claim) bool {
	if order, ok := exactly(c, j.at); ok {
		return j.side == stats.Min && order >= 0 || j.side == stats.Max && order <= 0
	}
	return c.Value != nil && j.within(*c.Value)
}

// flipped and flippedAt are the bound as the claim's basis sees it: of minus a figure, the other way.
func (j *judgement) flipped(c claim) stats.Bound {
	if c.flip {
		return stats.Min + stats.Max - j.side
	}
	return j.side
}

func (j *judgement) flippedAt(c claim) float64 {
	if c.flip {
		return -j.at
	}
	return j.at
}

// enoughWithoutSmall says that only small groups are unjudged, and that in each dimension enough groups remain (two; for a bound, one)
// and hold nine tenths of the metric's denominator.
func (j *judgement) enoughWithoutSmall() bool {
	for _, c := range j.cs.all {
		if c.Unjudged != "" && !c.Small {
			return false
		}
	}
	need := 1
	if j.g.Kind == gapKind.Name || j.g.Kind == ratioKind.Name {
		need = 2
	}
	groups, held, total := map[string]int{}, map[string]int64{}, map[string]int64{}
	for _, m := range j.cs.members {
		total[m.dimension] += m.support
		if m.judged {
			groups[m.dimension]++
			held[m.dimension] += m.support
		}
	}
	for dimension := range total {
		if groups[dimension] < need || float64(held[dimension]) < 0.9*float64(total[dimension]) {
			return false
		}
	}
	return len(total) > 0
}

// smallMembers counts the groups that were not judged.
func (j *judgement) smallMembers() int {
	n := 0
	for _, m := range j.cs.members {
		if !m.judged {
			n++
		}
	}
	return n
}

func (j *judgement) smallNote() string {
	switch n := j.smallMembers(); n {
	case 0:
		return ""
	case 1:
		return "1 group too small to judge"
	default:
		return fmt.Sprintf("%d groups too small to judge", n)
	}
}

func (j *judgement) whyUnjudged() string {
	if note := j.smallNote(); note != "" && j.onlySmall {
		return note + ": write `on_small: list` to go on without them"
	}
	return j.unjudgedSays
}

// margin is the way from the bound to the interval's nearer end, negative where the interval is beyond it; NaN where it straddles.
func (j *judgement) margin() float64 {
	passing, failing := j.low-j.at, j.high-j.at
	if j.side == stats.Max {
		passing, failing = j.at-j.high, j.at-j.low
	}
	switch {
	case passing >= 0:
		return passing
	case failing < 0:
		return failing
	}
	return math.NaN()
}

// order puts the worst claim first, judged before unjudged.
func (j *judgement) order() {
	rank := func(c claim) float64 {
		switch {
		case c.Unjudged != "":
			return math.Inf(1)
		case j.side == stats.Min:
			return *c.Value
		}
		return -*c.Value
	}
	slices.SortStableFunc(j.cs.all, func(a, b claim) int {
		x, y := rank(a), rank(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// undecided is the sentence of an inconclusive gate.
func (j *judgement) undecided(o Outcome, worst claim, e *evaluate.Evaluation) string {
	if j.judged == 0 || j.judged < len(j.cs.all) {
		who := ""
		for _, c := range j.cs.all {
			if c.Unjudged != "" {
				who = groupsOf(c, e)
				break
			}
		}
		return fmt.Sprintf("%s: undecided%s, since %s.", o.Title, who, o.Note)
	}
	where := ""
	if len(worst.Groups) > 0 {
		where = " for " + o.Where
	}
	return fmt.Sprintf("%s%s is %s on %s rows: too few to show that it is %s.", sentence(o.Title), where, number(worst.Value), count(worst.Support), o.Required)
}

func groupsOf(c claim, e *evaluate.Evaluation) string {
	switch {
	case len(c.Groups) == 0:
		return ""
	case len(c.Against) > 0:
		return " for " + who(c.Groups, e.Terms) + " and " + who(c.Against, e.Terms)
	}
	return " for " + who(c.Groups, e.Terms)
}

// headline is the sentence that matters.
func headline(r *Report, e *evaluate.Evaluation) string {
	counts := map[evidence.Verdict]int{}
	for _, g := range r.Gates {
		counts[g.Verdict]++
	}
	if !r.Verdict.Lets() {
		return r.Gates[0].Sentence
	}
	say := fmt.Sprintf("All %d gates pass.", len(r.Gates))
	if len(r.Gates) == 1 {
		say = "The gate passes."
	}
	if n := counts[evidence.NotApplicable]; n > 0 {
		say = fmt.Sprintf("%d of %d gates pass; %d does not apply: no champion was ever set.", counts[evidence.Pass], len(r.Gates), n)
		if n > 1 {
			say = fmt.Sprintf("%d of %d gates pass; %d do not apply: no champion was ever set.", counts[evidence.Pass], len(r.Gates), n)
		}
	}
	return say
}

// notes say what a reader must know of all gates together.
func notes(r *Report, e *evaluate.Evaluation) []string {
	notes := []string{"rows are taken as independent"}
	proven := 0
	alpha := 0.0
	for _, g := range r.Gates {
		if g.Decide == Proven {
			proven++
			alpha += (1 - g.Level) / 2
		}
	}
	if proven > 1 {
		notes = append(notes, fmt.Sprintf("a model exactly on the bounds of all %d proven gates would be refused with probability up to %s for chance alone", proven, Number(math.Min(1, alpha))))
	}
	switch {
	case !e.Countable:
		notes = append(notes, "there are no ids, so that reuse of these rows cannot be counted")
	case r.Standing.Look > 1:
		notes = append(notes, fmt.Sprintf("this is the %s candidate judged on these rows", ordinal(r.Standing.Look)))
	}
	return notes
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
