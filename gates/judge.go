package gates

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// ErrOtherTerms says that the evaluation was made on other terms than the policy's, so that its figures mean something else.
var ErrOtherTerms = errors.New("the evaluation was made on other terms than the policy's")

// EvaluationError is an evaluation that cannot be judged, beside [ErrOtherTerms]. Code is stable.
type EvaluationError struct{ Code, What string }

func (e *EvaluationError) Error() string { return e.What }

// The evaluation errors. What is missing or wrong is told beside them.
var (
	ErrNotEvaluated = &EvaluationError{Code: "not-evaluated", What: "the evaluation lacks what a gate needs"}
	ErrDamaged      = &EvaluationError{Code: "evaluation-damaged", What: "the evaluation is not as `gatecard evaluate` writes it"}
)

// maxListed is the most claims of a gate that its result lists, worst first. All count in the verdict.
const maxListed = 200

// Judge decides every gate by docs/statistics.md, "Verdicts". An evaluation on other terms is an error, and so is a figure or a group that is not
// there, or a NaN: an error is no verdict.
func Judge(p Policy, e *evaluate.Evaluation, s evidence.Standing) (*Report, error) {
	if len(p.Gates) == 0 {
		return nil, errors.New("the policy has no gates: nothing was judged")
	}
	if len(e.Slices) == 0 || len(e.Overall().Groups) != 0 {
		return nil, fmt.Errorf("%w: it has no slices, and nothing was judged", ErrDamaged)
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
		g.refuses = p.Reported == refuse
		o, err := judge(g, e, s)
		if err != nil {
			return nil, placedGate(err, g)
		}
		r.Gates = append(r.Gates, o)
	}
	if err := whole(e); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Gates, func(a, b Outcome) int { return badness(a.Verdict) - badness(b.Verdict) })
	r.Verdict = r.Gates[0].Verdict
	if r.Verdict == evidence.NotApplicable && slices.ContainsFunc(r.Gates, func(o Outcome) bool { return o.Verdict == evidence.Pass }) {
		r.Verdict = evidence.Pass
	}
	r.Headline = headline(r)
	if e.Reported != nil && r.Verdict.Lets() {
		r.Headline = strings.TrimSuffix(r.Headline, ".") + ", on figures that " + e.Reported.Tool + " reports."
	}
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
	w := g.Rule.words(claim{}, e)
	cs := claims{absent: noRows(g, w.across, e)}
	if cs.absent == "" {
		var err error
		if cs, err = g.Rule.claims(e, g); err != nil {
			return Outcome{}, err
		}
	}
	lower, upper := g.Rule.Bound()
	o := Outcome{
		Result: evidence.Result{Gate: g.ID, Min: lower, Max: upper, Claims: []evidence.Claim{}},
		Kind:   g.Kind, Says: g.Rule.String(), Bound: bound(lower, upper), Because: g.Because, Decide: g.Decide, Level: g.Level, MinSupport: g.MinSupport, At: g.At,
		Reproduce: "gatecard gate --explain " + g.ID,
	}
	if e.Reported != nil {
		o.Reported = e.Reported.Tool
	}
	o.Title, o.Required, o.Metric, o.Across = w.title, w.required, w.metric, w.across
	if cs.absent != "" {
		o.Verdict, o.Note, o.Sentence = evidence.Inconclusive, cs.absent, fmt.Sprintf("%s is undecided: %s.", o.Title, cs.absent)
		if cs.never && s.NeverChampion {
			o.Verdict, o.Note, o.Sentence = evidence.NotApplicable, neverSet, fmt.Sprintf("%s does not apply: %s.", o.Title, neverSet)
		}
		return o, nil
	}
	if len(cs.all) == 0 {
		return o, fmt.Errorf("%w: no group, column or metric matched, and nothing was judged", ErrDamaged)
	}
	j := newJudgement(g, cs)
	o.Verdict = j.verdict()
	o.Value, o.Low, o.High, o.Margin = finite(j.value), finite(j.low), finite(j.high), finite(j.margin())
	o.Note = joined("; ", j.note, cs.note, restated(g, e))
	o.Where = g.Rule.words(j.decides, e).where
	if j.decides.Value != nil {
		o.Measured = number(j.decides.Value)
	}
	o.Sentence = j.sentence(o, e)
	for _, m := range cs.members {
		if m.small {
			o.Small = append(o.Small, fmt.Sprintf("%s %s", e.Terms.Name(m.groups), evaluate.Count(m.support)))
		}
	}
	for _, c := range cs.all[:min(len(cs.all), maxListed)] {
		o.Claims = append(o.Claims, c.Claim)
	}
	return o, nil
}

// restated says that the gate's figure is told at the stated share of positives.
func restated(g Gate, e *evaluate.Evaluation) string {
	for _, name := range g.Rule.Needs().Metrics {
		if f := e.Overall().Metrics[name]; e.Terms.Prevalence != nil && f.Prevalence == evaluate.StatedShare && len(g.Rule.Needs().Versus) == 0 {
			return "at the stated prevalence of " + strconv.FormatFloat(*e.Terms.Prevalence, 'g', -1, 64)
		}
	}
	return ""
}

const neverSet = "no champion was ever set"

// finite is x for JSON: null where it is NaN or infinite.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// headline is the sentence that matters.
func headline(r *Report) string {
	if !r.Verdict.Lets() {
		return r.Gates[0].Sentence
	}
	passed, left := 0, 0
	for _, g := range r.Gates {
		switch g.Verdict {
		case evidence.Pass:
			passed++
		case evidence.NotApplicable:
			left++
		}
	}
	switch {
	case passed == 0:
		return fmt.Sprintf("No gate applies: %s.", neverSet)
	case left == 1:
		return fmt.Sprintf("%d of %d gates pass; 1 does not apply: %s.", passed, len(r.Gates), neverSet)
	case left > 1:
		return fmt.Sprintf("%d of %d gates pass; %d do not apply: %s.", passed, len(r.Gates), left, neverSet)
	case passed == 1:
		return "The gate passes."
	}
	return fmt.Sprintf("All %d gates pass.", passed)
}

// notes say what a reader must know of all gates together.
func notes(r *Report, e *evaluate.Evaluation) []string {
	notes := []string{"rows are taken as independent"}
	if from := e.Reported; from != nil {
		return append([]string{fmt.Sprintf("every figure is reported by %s: gatecard saw no rows, computed none of them and proves none of them", from.Tool)}, from.Notes...)
	}
	gates, alpha := 0, 0.0
	for _, g := range r.Gates {
		if g.Decide != Estimate && g.Verdict != evidence.NotApplicable {
			gates++
			alpha += (1 - g.Level) / 2
		}
	}
	if gates > 1 {
		notes = append(notes, fmt.Sprintf("a model exactly on the bounds of all %d gates would fail one by chance alone with probability up to %s", gates, evaluate.Number(math.Min(1, alpha))))
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

// joined joins what is not empty.
func joined(with string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), with)
}
