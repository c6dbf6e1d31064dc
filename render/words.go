package render

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// mark is a verdict's sign, which stands beside its word or in its place, so that colour never carries meaning alone.
func mark(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return "✓"
	case evidence.Fail:
		return "✕"
	case evidence.Inconclusive:
		return "?"
	case evidence.NotApplicable:
		return "–"
	}
	return "!"
}

// word is a verdict in a table. Anything unknown says so.
func word(v evidence.Verdict) string {
	switch v {
	case evidence.Pass, evidence.Fail, evidence.Waived:
		return string(v)
	case evidence.Inconclusive:
		return "undecided"
	case evidence.NotApplicable:
		return "not applicable"
	}
	return "no verdict"
}

// shout is a report's verdict at the head of a page.
func shout(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return "PASSED"
	case evidence.Fail:
		return "FAILED"
	}
	return strings.ToUpper(word(v))
}

// deciding is a gate's own interval, with as many decimals as what was measured.
func deciding(g gates.Outcome) string {
	like := 0.1
	if g.Value != nil {
		like = *g.Value
	}
	if _, decimals, ok := strings.Cut(g.Measured, "."); ok && len(decimals) > 3 {
		like = 0.001
	}
	return evaluate.Range(g.Low, g.High, like)
}

// tally counts verdicts in words, worst first: "1 failed · 3 passed · 1 does not apply".
func tally(r *gates.Report) string {
	count := map[evidence.Verdict]int{}
	for _, g := range r.Gates {
		count[g.Verdict]++
	}
	var parts []string
	say := func(v evidence.Verdict, one, many string) {
		if n := count[v]; n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
		delete(count, v)
	}
	say(evidence.Fail, "failed", "failed")
	say(evidence.Inconclusive, "is undecided", "are undecided")
	say(evidence.Waived, "is waived", "are waived")
	say(evidence.Pass, "passed", "passed")
	say(evidence.NotApplicable, "does not apply", "do not apply")
	if n := len(count); n > 0 {
		parts = append(parts, fmt.Sprintf("%d without a verdict that is known", n))
	}
	return strings.Join(parts, " · ")
}

// terms are those of the card's evaluation, which know the words for groups.
func (v View) terms() evaluate.Terms {
	if e := v.evaluation(); e != nil {
		return e.Terms
	}
	return evaluate.Terms{}
}

func (v View) evaluation() *evaluate.Evaluation {
	if v.Card == nil || v.Card.Evaluation == nil || len(v.Card.Evaluation.Slices) == 0 {
		return nil
	}
	return v.Card.Evaluation
}

// report is the view's own, else the card's.
func (v View) report() *gates.Report {
	if v.Report == nil && v.Card != nil {
		return v.Card.Report
	}
	return v.Report
}

// version is the one that the view is about: "ma-employment/2"; without a number the model, or "this version".
func (v View) version() string {
	switch {
	case v.Card != nil && v.Card.Version != nil:
		return v.Card.Version.String()
	case v.Statement != nil && v.Statement.Version.Model != "":
		return v.Statement.Version.String()
	}
	if m := v.model(); m != "" {
		return m
	}
	return "this version"
}

func (v View) model() string {
	if v.Model == "" && v.Card != nil {
		return v.Card.Model
	}
	return v.Model
}

// worst is the first gate that lets nothing through.
func worst(r *gates.Report) (gates.Outcome, bool) {
	if r == nil {
		return gates.Outcome{}, false
	}
	i := slices.IndexFunc(r.Gates, func(g gates.Outcome) bool { return !g.Verdict.Lets() })
	if i < 0 {
		return gates.Outcome{}, false
	}
	return r.Gates[i], true
}

// small is a group that is too small to judge by a metric.
type small struct {
	groups  map[string]string
	support int64
}

// tooFew are the groups that are too small to judge by a metric.
type tooFew struct {
	metric string
	under  int64 // the least number that the gate asked for
	groups []small
}

// tooFew gathers, by metric, the groups that a gate left unjudged for their size. For the first gate that looks at groups, the evaluation's
// other groups of such a size are among them, since nobody should read a figure into those either; of a cross, those of which no part is there already.
func (v View) tooFew() []tooFew {
	r, e := v.report(), v.evaluation()
	if r == nil {
		return nil
	}
	var list []tooFew
	shown := false
	for _, g := range r.Gates {
		if g.Metric == "" || len(g.Across) == 0 {
			continue
		}
		i := slices.IndexFunc(list, func(t tooFew) bool { return t.metric == g.Metric })
		if i < 0 {
			list, i = append(list, tooFew{metric: g.Metric}), len(list)
		}
		list[i].under = max(list[i].under, g.MinSupport)
		for _, c := range g.Claims {
			if c.Small && len(c.Against) == 0 {
				list[i].add(small{c.Groups, c.Support})
			}
		}
		if e == nil || shown {
			continue
		}
		shown = true
		for _, s := range e.Slices {
			if f, ok := s.Metrics[g.Metric]; ok && f.Support < list[i].under && (f.Reported == "" || f.Support > 0) && !list[i].covers(s.Groups) {
				list[i].add(small{s.Groups, f.Support})
			}
		}
	}
	return slices.DeleteFunc(list, func(t tooFew) bool { return len(t.groups) == 0 })
}

// head: "Too small to judge (under 30 truly positive rows): ".
func (t tooFew) head() string {
	return fmt.Sprintf("Too small to judge (under %d %s): ", t.under, denominator(t.metric))
}

// covers says that a part of these groups is among those that are too small.
func (t *tooFew) covers(groups evaluate.Groups) bool {
	return slices.ContainsFunc(t.groups, func(s small) bool {
		for name, word := range s.groups {
			if groups[name] != word {
				return false
			}
		}
		return len(s.groups) < len(groups)
	})
}

func (t *tooFew) add(s small) {
	if len(s.groups) > 0 && !slices.ContainsFunc(t.groups, func(o small) bool { return maps.Equal(o.groups, s.groups) }) {
		t.groups = append(t.groups, s)
	}
}

// denominator is what a metric's support counts: "truly positive rows".
func denominator(metric string) string {
	if n, err := evaluate.Lookup(metric); err == nil && n.Denominator != "" {
		return n.Denominator
	}
	return "rows"
}

// attached says what a statement binds, in words: "evaluation, gates and card".
func attached(files []evidence.File) []string {
	var words []string
	for _, f := range files {
		name := strings.ToLower(path.Base(f.Path))
		for _, kind := range []string{"evaluation", "gates", "card", "predictions", "baseline", "readme", "evidence"} {
			if strings.HasPrefix(name, kind) {
				name = kind
			}
		}
		if name == "readme" {
			name = "card"
		}
		if !slices.Contains(words, name) {
			words = append(words, name)
		}
	}
	return words
}

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// place is a target in a sentence: "in Production", "@champion".
func place(t evidence.Target) string {
	if strings.HasPrefix(string(t), "@") {
		return string(t)
	}
	return "in " + string(t)
}

// arrived says where a version that was let in is: "now in Production", "@champion already".
func arrived(d evidence.Decision) string {
	if slices.Contains(d.Met, alreadyThere) {
		return place(d.Target) + " already"
	}
	return "now " + place(d.Target)
}

// arrivals are the places of decisions that let a version in: those that it moved to, and those where it was before.
func arrivals(ds []evidence.Decision) (now, already []string) {
	for _, d := range ds {
		if p := plain(place(d.Target)); slices.Contains(d.Met, alreadyThere) {
			already = append(already, p)
		} else {
			now = append(now, p)
		}
	}
	return now, already
}

// alreadyThere is registry.AlreadyThere: no requirement, but that nothing moved.
const alreadyThere = "already"

// alwaysAsked are the requirements that [evidence.Verify] asks for whatever the policy lists: together, that the evidence holds for what is
// there now.
var alwaysAsked = []string{"evidence", "version", "bytes", "policy", "validity", "champion"}

// met are a decision's met requirements for reading. Those that are always asked for are one word, "evidence", unless one of them is unmet.
func met(d evidence.Decision) []string {
	asked := func(word string) bool { return slices.Contains(alwaysAsked, word) }
	each := !slices.Contains(d.Met, alwaysAsked[0]) || slices.ContainsFunc(d.Unmet, func(u evidence.Refusal) bool { return asked(u.Requirement) })
	var words []string
	for _, m := range d.Met {
		if m == alreadyThere || !each && asked(m) && m != alwaysAsked[0] {
			continue
		}
		words = append(words, m)
	}
	return words
}

// refusals are what a decision lacks, without the echo: that the evidence's own verdict refuses says nothing beside the gate that failed.
func refusals(d evidence.Decision) []evidence.Refusal {
	judged := slices.ContainsFunc(d.Unmet, func(u evidence.Refusal) bool {
		return u.Reason == evidence.GateFailed || u.Reason == evidence.GateInconclusive
	})
	var list []evidence.Refusal
	for _, u := range d.Unmet {
		if !judged || u.Reason != evidence.VerdictRefused {
			list = append(list, u)
		}
	}
	return list
}

// reasons are a decision's codes, each once.
func reasons(d evidence.Decision) []string {
	var codes []string
	for _, u := range refusals(d) {
		if c := string(u.Reason); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	if len(codes) == 0 && !d.Allowed() {
		codes = []string{"nothing was shown to be met"}
	}
	return codes
}

// distance is a drift distance's name on a page.
func distance(name string) string {
	switch name {
	case "psi", "ks", "js", "kl":
		return strings.ToUpper(name)
	}
	return strings.ReplaceAll(name, "_", " ")
}
