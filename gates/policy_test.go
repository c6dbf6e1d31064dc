package gates_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

const head = "task: binary\nlabel: y\ngroups: [{column: SEX, name: sex}, {column: age, bins: [40]}, sex * age]\n"

// TestProblems tells what is wrong in a policy, all of it and where.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []string // without the file's name
	}{
		"unknown metric": {"gates:\n  - {metric: roc_acu, min: 0.5}\n", []string{
			`5:14: unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`}},
		"unknown cut": {"gates:\n  - {metric: roc_auc@0.9, min: 0.5}\n  - {metric: recall@high, min: 0.5}\n", []string{
			`5:14: unknown-cut: "roc_auc" does not depend on a cut of the score`,
			`6:14: unknown-cut: "high" is no score to cut at: write a number, as in "recall@0.9"`}},
		"a cut chosen on the same rows": {"gates:\n  - {metric: f1@fpr<=1%, min: 0.5}\n  - {metric: npv@top1%, min: 0.5, decide: estimate}\n  - {metric: recall@frp<=1%, min: 0.5}\n", []string{
			`5:14: no-interval: the cut of "f1@fpr<=0.01" is chosen on the rows that would decide it, and no interval was shown to include the choice: name a score, as in "f1@0.9"`,
			`6:14: no-interval: the cut of "negative_predictive_value@top1%" is chosen on the rows that would decide it, and no interval was shown to include the choice: name a score, as in "negative_predictive_value@0.9"`,
			`7:14: unknown-condition: no cut is chosen by "frp": a cut is chosen by fpr<=, recall>=, precision>= or top…% (did you mean "recall@fpr<=1%"?)`}},
		"prevalence of the deployment": {"sampling: deployment\nprevalence: 0.1\ngates:\n  - {metric: recall, min: 0.5}\n", []string{
			"5:1: bad-prevalence: rows sampled as in deployment have its share of positives: leave `prevalence` out, or say how these were sampled"}},
		"prevalence without sampling": {"prevalence: 0.1\ngates:\n  - {metric: recall, min: 0.5}\n", []string{
			"4:1: bad-prevalence: a stated share of positives is that of other rows than these: say how these were sampled, by `sampling: stratified` or `resampled`"}},
		"prevalence out of range": {"sampling: stratified\nprevalence: 18\ngates:\n  - {metric: recall, min: 0.5}\n", []string{`5:13: out-of-range: "prevalence" must be less than 1, not 18`}},
		"unknown gate key": {"gates:\n  - {metric: recall, minn: 0.5}\n", []string{
			`5:22: unknown-key: "minn" is no key of a gate (did you mean "min"?)`}},
		"no kind": {"gates:\n  - {metric: recall}\n", []string{
			`5:5: unknown-gate: no key says what kind of gate this is: one of max_gap, min_ratio, max_ratio, versus, max_drop, min_gain, drift, min, max is needed`}},
		"not a gate": {"gates:\n  - recall > 0.5\n", []string{
			`5:5: wrong-type: item 1 of "gates" must be a mapping, not the text "recall > 0.5"`}},
		"no gates": {"gates: []\n", []string{
			`4:8: no-gates: a policy without gates lets everything through: write at least one under "gates"`}},
		"gates missing": {"", []string{`1:1: missing-key: "gates" is missing`}},
		"unknown key beside": {"gates:\n  - {metric: recall, min: 0.5, accross: sex}\n", []string{
			`5:32: unknown-key: "accross" is no key here (did you mean "across"?)`}},
		"keys of two kinds": {"gates:\n  - {metric: recall, min: 0.5, max_gap: 0.1, across: sex}\n", []string{
			`5:22: unknown-key: "min" is no key here: what can be added is because, decide, id, level, min_support, on_small and warn`}},
		"unknown group": {"gates:\n  - {metric: recall, min: 0.5, across: sxe}\n  - metric: recall\n    max_gap: 0.1\n    across:\n      - age\n      - sexx\n", []string{
			`5:40: unknown-group: "sxe" is no group of this file (did you mean "sex"?)`,
			`10:9: unknown-group: "sexx" is no group of this file (did you mean "sex"?)`}},
		"group twice": {"gates:\n  - {metric: recall, min: 0.5, across: [sex, age, sex]}\n  - {metric: recall, min: 0.5, across: [sex × age, sex*age]}\n", []string{
			`5:51: duplicate-item: "sex" stands in ` + "`across`" + ` twice`,
			`6:52: duplicate-item: "sex*age" stands in ` + "`across`" + ` twice`}},
		"no group": {"gates:\n  - {metric: recall, max_gap: 0.5, across: []}\n", []string{
			"5:44: empty-across: `across` names no group: leave it out to look at all rows together"}},
		"two ids": {"gates:\n  - {id: a, metric: recall, min: 0.5}\n  - {metric: recall, min: 0.6}\n  - {id: a, metric: recall, min: 0.7}\n", []string{
			`7:10: gate-twice: "a" is the id of another gate`}},
		"an id that is a command": {"gates:\n  - {id: \"a; rm -rf .\", metric: recall, min: 0.5}\n", []string{
			`5:10: wrong-form: "a; rm -rf ." does not have the form of "id" (^[A-Za-z0-9][A-Za-z0-9_.@-]*$)`}},
		"two bounds": {"gates:\n  - {metric: recall, min: 0.5, max: 0.6}\n  - {metric: recall, across: sex, min_ratio: 0.5, max_ratio: 2}\n  - {metric: recall, versus: champion, max_drop: 0.1, min_gain: 0}\n", []string{
			"5:32: two-bounds: a gate has one bound: write a second gate for the other",
			"6:51: two-bounds: a gate has one bound: write a second gate for the other",
			"7:55: two-bounds: a gate has one bound: write a second gate for the other"}},
		"no bound": {"gates:\n  - {metric: recall, versus: champion}\n  - {drift: psi, columns: score}\n", []string{
			"5:5: missing-key: the bound is missing: write max_drop or min_gain",
			`6:5: missing-key: "max" is missing`}},
		"unprovable": {"gates:\n  - {metric: recall, min: 1}\n  - {metric: false_positive_rate, max: 0}\n  - {metric: recall, max_gap: 0, across: sex}\n" +
			"  - {metric: recall, min_ratio: 1, across: sex}\n  - {metric: recall, max_ratio: 1, across: sex}\n  - {drift: psi, columns: a, max: 0, decide: proven}\n", []string{
			"5:27: unprovable: no sample proves that recall is at least 1.00: give a bound short of it, or `decide: estimate`",
			"6:40: unprovable: no sample proves that false_positive_rate is at most 0.00: give a bound short of it, or `decide: estimate`",
			"7:31: unprovable: no sample proves that a gap in recall is at most 0.00: give a bound short of it, or `decide: estimate`",
			"8:33: unprovable: no sample proves that the smallest ratio of two groups is at least 1.00: give a bound short of it, or `decide: estimate`",
			"9:33: unprovable: no sample proves that the largest ratio of two groups is at most 1.00: give a bound short of it, or `decide: estimate`",
			"10:35: unprovable: no sample proves that psi is at most 0.00: give a bound short of it, or `decide: estimate`"}},
		"out of range": {"gates:\n  - {metric: recall, min: 50}\n  - {metric: recall, max_gap: 5, across: sex}\n  - {metric: recall, min_ratio: 80, across: sex}\n" +
			"  - {metric: recall, versus: champion, max_drop: 2}\n  - {metric: recall, versus: champion, max_drop: -1pp}\n  - {drift: psi, columns: a, max: -0.1}\n  - {metric: log_loss, max: -1}\n", []string{
			"5:27: bound-out-of-range: recall lies between 0 and 1: 50 is no bound of it",
			"6:31: bound-out-of-range: a gap in recall lies between 0 and 1: 5 is no bound of it",
			"7:33: bound-out-of-range: the smallest ratio of two groups lies between 0 and 1: 80 is no bound of it",
			"8:50: bound-out-of-range: a change of recall lies between -1 and 1: 2 is no bound of it",
			"9:50: bound-out-of-range: max_drop is at least 0: write min_gain: 0.01",
			"10:35: bound-out-of-range: psi is at least 0: -0.1 is no bound of it",
			"11:29: bound-out-of-range: log_loss is at least 0: -1 is no bound of it"}},
		"always kept": {"gates:\n  - {metric: recall, min: 0}\n  - {metric: recall, max: 1}\n  - {metric: recall, max_gap: 100%, across: sex}\n  - {metric: recall, min_ratio: 0, across: sex, reference: majority}\n", []string{
			"5:27: bound-out-of-range: recall lies between 0 and 1: every model keeps a bound of 0",
			"6:27: bound-out-of-range: recall lies between 0 and 1: every model keeps a bound of 1",
			"7:31: bound-out-of-range: a gap in recall lies between 0 and 1: every model keeps a bound of 1",
			"8:33: bound-out-of-range: a ratio to majority is at least 0: every model keeps a bound of 0"}},
		"only versus": {"gates:\n  - {metric: recall, versus: champion, max_drop: 0.1}\n  - {metric: roc_auc, versus: champion, min_gain: 0.1}\n", []string{
			"5:3: only-versus: every gate compares with the champion, and the first version has none: write at least one gate that judges the model by itself"}},
		"unmatched": {"gates:\n  - {metric: recall, min: 0.5}\n  - {metric: recall, versus: champion, max_drop: 0.1, max_unmatched: 100%}\n  - {metric: recall, versus: champion, max_drop: 0.1, max_unmatched: -0.1}\n", []string{
			"6:70: bound-out-of-range: max_unmatched is a part of the rows, from 0 to less than 1: 1 is none",
			"7:70: bound-out-of-range: max_unmatched is a part of the rows, from 0 to less than 1: -0.1 is none"}},
		"no interval": {"gates:\n  - {metric: lift, min: 0.5}\n  - {metric: lift, min: 0.5, decide: estimate}\n  - {metric: precision@0.9, versus: champion, max_drop: 0.1}\n", []string{
			`5:14: no-interval: no interval was shown to hold for "lift", so no gate can decide it`,
			`6:14: no-interval: no interval was shown to hold for "lift", so no gate can decide it`,
			`7:14: no-interval: no interval was shown to hold for a difference of "precision@0.9"`}},
		"no better": {"gates:\n  - {metric: selection_rate, versus: champion, max_drop: 0.1}\n  - {metric: recall, min: 0.5}\n", []string{
			`5:14: no-better: "selection_rate" is neither better high nor low, so it cannot drop`}},
		"unknown distance": {"gates:\n  - {drift: psii, columns: [a, b, a], max: 0.1}\n", []string{
			`5:13: unknown-distance: "psii" is no distance of distributions: there is psi, js_divergence, js_distance, cramers_v, ks, wasserstein, wasserstein_normalized, prevalence and selection_rate (did you mean "psi"?)`,
			"5:35: duplicate-item: \"a\" stands in `columns` twice"}},
		"distances": {"gates:\n  - {drift: ks, columns: a, max: 1}\n  - {drift: prevalence, columns: [y, z], max: 2}\n  - {drift: selection_rate, columns: [score, y], max: 2pp}\n  - {drift: wasserstein, columns: a, max: 12}\n", []string{
			"5:34: bound-out-of-range: ks lies between 0 and 1: every model keeps a bound of 1",
			`6:38: wrong-column: prevalence is of the label, which is "y"`,
			"6:47: bound-out-of-range: a change of prevalence lies between 0 and 1: 2 is no bound of it",
			"7:46: wrong-column: selection_rate is of the score or of predictions: the share of a label is `prevalence`"}},
		"modes": {"gates:\n  - {metric: recall, min: 0.5, decide: certain, level: 1, min_support: 0, on_small: ignore}\n", []string{
			`5:40: not-allowed-value: "certain" is not allowed for "decide": write proven, unless_disproven or estimate`,
			`5:56: out-of-range: "level" must be less than 1, not 1`,
			`5:72: out-of-range: "min_support" must be at least 1, not 0`,
			`5:85: not-allowed-value: "ignore" is not allowed for "on_small": write refuse or list`}},
		"fractions": {"gates:\n  - {metric: recall, min: \"0.5\"}\n  - {metric: recall, min: half}\n", []string{
			`5:27: wrong-form: "0.5" does not have the form of "min": write it like "5%" or "5pp"`,
			`6:27: wrong-form: "half" does not have the form of "min": write it like "5%" or "5pp"`}},
		"no number": {"gates:\n  - {metric: recall, min: .nan}\n", []string{
			`5:27: not-finite: .nan is no finite number: write one, or ".nan" if it is text`}},
		"stages": {"gates: [{metric: recall, min: 0.5}]\nstages:\n  Prodution: {requires: [gates]}\n  Staging: {requires: [gates, cards]}\n  Production: {requires: []}\n  Archived: {requires: [card]}\n", []string{
			`6:3: unknown-stage: "Prodution" is no stage: they are None, Staging, Production, Archived (did you mean "Production"?)`,
			`7:31: unknown-requirement: "cards" is no requirement: they are gates, card, artifacts, lineage (did you mean "card"?)`,
			"8:15: no-requirements: \"Production\" is protected by nothing: `requires` needs at least gates",
			`9:24: gates-not-required: what protects "Archived" must require gates`}},
		"aliases": {"gates: [{metric: recall, min: 0.5}]\naliases:\n  \"@champion\": {requires: [gates, artifacts]}\n", []string{
			`6:3: bad-alias: write the alias without its @: "champion" (did you mean "champion"?)`,
			"6:27: no-artifacts: artifacts are required, and `artifacts` names no role: as in {weights: \"*.onnx\"}"}},
		"patterns": {"gates: [{metric: recall, min: 0.5}]\nartifacts: {weights: \"[\", other: \"\"}\n", []string{
			`5:22: bad-pattern: "[" is no pattern of file names, as "*.onnx"`,
			`5:34: bad-pattern: "" is no pattern of file names, as "*.onnx"`}},
		"durations": {"gates: [{metric: recall, min: 0.5}]\nevidence: {expires: 0d}\n", []string{
			`5:21: bad-duration: "0d" is no length of time: write a number and h, d or w, as in "90d"`}},
		"several at once": {"gates:\n  - {metric: roc_acu, min: 0.5}\n  - {metric: recall, min: 0.5, across: disabilty}\nstages: {None: {requires: []}}\n", []string{
			`5:14: unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`,
			`6:40: unknown-group: "disabilty" is no group of this file`,
			"7:16: no-requirements: \"None\" is protected by nothing: `requires` needs at least gates"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := schema.Parse("policy.yaml", []byte(head+c.yaml))
			if err == nil {
				_, err = gates.ParsePolicy(d)
			}
			if err == nil {
				t.Fatal("nothing is wrong")
			}
			var ps schema.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("no problems: %v", err)
			}
			var got []string
			for _, p := range ps {
				got = append(got, strings.TrimPrefix(p.String(), "policy.yaml:"))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestFractions reads shares of 1 as they are meant: the decimal's own double, not that of a division.
func TestFractions(t *testing.T) {
	for text, want := range map[string]float64{"0.7%": 0.007, "5pp": 0.05, "5 pp": 0.05, "12.3%": 0.123, ".5%": 0.005, "99.99%": 0.9999, "+1%": 0.01} {
		p := parse(t, head+fmt.Sprintf("gates: [{metric: recall, min: %q}]\n", text))
		if lower, _ := p.Gates[0].Rule.Bound(); *lower != want {
			t.Errorf("%s is %v", text, *lower)
		}
	}
	for _, text := range []string{"5", "%", "five%", "1e1%", "0x1%", "inf%", "nanpp", "5%%", "5pp ", "--5%"} {
		d, err := schema.Parse("policy.yaml", []byte(head+fmt.Sprintf("gates: [{metric: recall, min: %q}]\n", text)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gates.ParsePolicy(d); err == nil {
			t.Errorf("%q is read as a fraction", text)
		}
	}
}

// TestDefaults: a gate takes the policy's level and its kind's mode, and may judge by the estimate what no sample proves.
func TestDefaults(t *testing.T) {
	p := parse(t, head+`level: 0.9
gates:
  - {metric: recall, min: 0.5}
  - {metric: recall, min: 0.5, level: 0.99, decide: unless_disproven, min_support: 5, on_small: list}
  - {drift: psi, columns: x, max: 0}
  - {metric: recall, min: 1, decide: estimate}
  - {metric: recall, across: sex, max_gap: 0, decide: estimate}
  - {metric: recall, across: sex, min_ratio: 1, reference: majority}
`)
	for i, want := range []gates.Common{
		{ID: "recall", Decide: gates.Proven, Level: 0.9, MinSupport: 30, OnSmall: "refuse"},
		{ID: "recall-2", Decide: gates.UnlessDisproven, Level: 0.99, MinSupport: 5, OnSmall: "list"},
		{ID: "psi-of-x", Decide: gates.UnlessDisproven, Level: 0.9, MinSupport: 30, OnSmall: "refuse"},
		{ID: "recall-3", Decide: gates.Estimate, Level: 0.9, MinSupport: 30, OnSmall: "refuse"},
		{ID: "recall-gap-by-sex", Decide: gates.Estimate, Level: 0.9, MinSupport: 30, OnSmall: "refuse"},
		{ID: "recall-ratio-by-sex-to-majority", Decide: gates.Proven, Level: 0.9, MinSupport: 30, OnSmall: "refuse"},
	} {
		if got := p.Gates[i].Common; got != want {
			t.Errorf("gate %d: %+v, want %+v", i+1, got, want)
		}
	}
}

// TestIDs: a made id never takes that of another gate, wherever it stands.
func TestIDs(t *testing.T) {
	p := parse(t, head+`gates:
  - {metric: tpr, min: 0.5}
  - {metric: recall, max: 0.9}
  - {id: recall-2, metric: recall, min: 0.6}
  - {metric: recall, min: 0.7}
  - {metric: recall@0.90, across: sex × age, min: 0.7}
`)
	var ids []string
	for _, g := range p.Gates {
		ids = append(ids, g.ID)
	}
	if want := []string{"recall", "recall-3", "recall-2", "recall-4", "recall@0.9-across-sex-age"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if at := p.Gates[2].At; at.Line != 7 || at.File != "policy.yaml" {
		t.Errorf("the third gate stands at %v", at)
	}
}

// TestRequirements: a target asks for what its protection lists, Production and champion for gates and card at least, and all the rest is open.
func TestRequirements(t *testing.T) {
	p := parse(t, head+`gates: [{metric: recall, min: 0.5}, {metric: roc_auc, versus: champion, max_drop: 0.1}]
stages: {Staging: {requires: [gates, artifacts]}}
aliases: {champion: {requires: [gates]}, challenger: {requires: [gates, lineage]}}
artifacts: {weights: "*.onnx"}
`)
	bare := parse(t, head+"gates: [{metric: recall, min: 0.5}]\n")
	digest, err := p.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p        gates.Policy
		target   evidence.Target
		requires []string
	}{
		{p, "Staging", []string{"gates", "artifacts"}},
		{p, "Production", []string{"gates", "card"}},
		{p, "@champion", []string{"gates"}},
		{p, "@challenger", []string{"gates", "lineage"}},
		{p, "Archived", nil},
		{p, "@Staging", nil},
		{p, "champion", nil},
		{bare, "Production", []string{"gates", "card"}},
		{bare, "@champion", []string{"gates", "card"}},
		{bare, "@other", nil},
		{bare, "Staging", nil},
	} {
		r, err := c.p.Requirements(c.target)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Requires, c.requires) || r.Open != (c.requires == nil) || r.Target != c.target {
			t.Errorf("%s requires %v, open %v", c.target, r.Requires, r.Open)
		}
		if len(r.Gates) != len(c.p.Gates) || r.Gates[0] != "recall" || (len(r.Versus) == 1) != (len(c.p.Gates) == 2) {
			t.Errorf("%s: gates %v, versus %v", c.target, r.Gates, r.Versus)
		}
		if reflect.DeepEqual(c.p, p) && (r.Policy != digest || !maps.Equal(r.Artifacts, map[string]string{"weights": "*.onnx"})) {
			t.Errorf("%s: policy %s, artifacts %v", c.target, r.Policy, r.Artifacts)
		}
	}
	for _, c := range []struct {
		p    gates.Policy
		want []evidence.Target
	}{{p, []evidence.Target{"@challenger", "@champion", "Production", "Staging"}}, {bare, []evidence.Target{"@champion", "Production"}}} {
		for _, target := range []evidence.Target{"None", "Production"} {
			if r, err := c.p.Requirements(target); err != nil || !slices.Equal(r.Guarded, c.want) {
				t.Errorf("%s: guarded are %v (%v), want %v", target, r.Guarded, err, c.want)
			}
		}
	}
	for _, target := range []evidence.Target{gates.Production, gates.Champion} {
		if !gates.Protected(target) {
			t.Errorf("%s is open without a policy", target)
		}
	}
}

// TestNeeds asks for every figure once, and Fresh for none of another version.
func TestNeeds(t *testing.T) {
	p := parse(t, head+`gates:
  - {metric: recall, min: 0.5}
  - {metric: roc_auc, versus: champion, max_drop: 0.1}
  - {metric: f1, versus: champion, max_drop: 0.1}
  - {drift: psi, columns: [score, age], max: 0.1}
  - {drift: psi, columns: age, max: 0.2}
`)
	want := evaluate.Needs{Metrics: []string{"recall", "roc_auc", "f1"}, Drift: map[string][]string{"psi": {"age", "score"}}, Versus: []string{"champion"}, Terms: p.Terms}
	if got := p.Needs(); !reflect.DeepEqual(got, want) {
		t.Errorf("needs %+v, want %+v", got, want)
	}
	fresh := p.Fresh()
	if len(fresh.Gates) != 3 || len(p.Gates) != 5 || len(fresh.Needs().Versus) != 0 {
		t.Errorf("%d of %d gates are fresh", len(fresh.Gates), len(p.Gates))
	}
}

func TestUntil(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, days := range map[string]float64{"": 90, "90d": 90, "2w": 14, "12h": 0.5} {
		if got := (gates.Validity{Expires: text}).Until(at).Sub(at).Hours() / 24; got != days {
			t.Errorf("%q is %v days", text, got)
		}
	}
}
