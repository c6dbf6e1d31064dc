package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/schema"
)

// Condition says at which cut a figure stands where no score is named: "recall@fpr<=0.01". Such a cut is chosen on the rows that the
// figure is of, so that an interval must include the choice, or there is none. The zero Condition is none.
type Condition struct {
	Kind ConditionKind
	At   float64 // a rate, or a share of the rows
}

// ConditionKind is how a cut is chosen.
type ConditionKind string

// The kinds, each with the values of At that it takes.
const (
	Unconditional    ConditionKind = ""
	AtMostFPR        ConditionKind = "fpr<="       // a false positive rate of at most At, in [0, 1): see [sweep.PickFPR]
	AtLeastRecall    ConditionKind = "recall>="    // a recall of at least At, in (0, 1]: see [sweep.PickRecall]
	AtLeastPrecision ConditionKind = "precision>=" // a precision of at least At, in (0, 1]: see [sweep.PickPrecision]; there may be none
	TopShare         ConditionKind = "top"         // At of the rows, in (0, 1), those with the highest scores, are predicted positive: see [sweep.PickTop]
)

// conditioned are the metrics that a cut may be chosen by, each with its sign.
func conditioned() map[string]ConditionKind {
	return map[string]ConditionKind{falsePositiveRate.Name: AtMostFPR, recall.Name: AtLeastRecall, precision.Name: AtLeastPrecision}
}

// String gives the condition as it stands in a metric's key: "fpr<=0.01", "top1%"; "" for none.
func (c Condition) String() string {
	switch c.Kind {
	case Unconditional:
		return ""
	case TopShare:
		return string(c.Kind) + c.percent() + "%"
	}
	return string(c.Kind) + formatCut(c.At)
}

// percent is At in per cent, without what the multiplication adds: 7, not 7.000000000000001.
func (c Condition) percent() string { return formatCut(math.Round(c.At*1e14) / 1e12) }

// words say it on a page, after the metric's title; area: of the area up to a cut, not of a figure at it.
func (c Condition) words(area bool) string {
	if area {
		return " up to a false positive rate of " + formatCut(c.At)
	}
	switch c.Kind {
	case AtMostFPR:
		return " at a false positive rate of at most " + formatCut(c.At)
	case AtLeastRecall:
		return " at a recall of at least " + formatCut(c.At)
	case AtLeastPrecision:
		return " at a precision of at least " + formatCut(c.At)
	case TopShare:
		return " in the top " + c.percent() + " %"
	}
	return ""
}

// conditionsOf are those that mean something for a metric: none that fixes the metric itself.
func (m Metric) conditionsOf() []ConditionKind {
	switch {
	case m.Under != nil:
		return m.Under
	case !m.Cuts:
		return nil
	}
	var kinds []ConditionKind
	for _, k := range []ConditionKind{AtMostFPR, AtLeastRecall, AtLeastPrecision, TopShare} {
		if !slices.Contains(m.fixedBy, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// Takes are examples of what may stand after the metric's name, each with what it means: cuts, conditions, a parameter.
func (m Metric) Takes() []string {
	var all []string
	if m.Cuts {
		all = append(all, m.Name+"@0.9 (at that score)")
	}
	for _, k := range m.conditionsOf() {
		c := Condition{k, map[ConditionKind]float64{AtMostFPR: 0.01, AtLeastRecall: 0.8, AtLeastPrecision: 0.5, TopShare: 0.01}[k]}
		all = append(all, fmt.Sprintf("%s@%s (%s)", m.Name, c, strings.TrimSpace(c.words(m.Under != nil))))
	}
	if m.Parameter != nil {
		all = append(all, fmt.Sprintf("%s@%s (%s)", m.Name, formatCut(m.Parameter.Default), m.Parameter.Takes))
	}
	return all
}

// example writes a condition that a metric takes which has no value without one.
func (m Metric) example() string { return m.Name + "@" + Condition{m.Under[0], 0.1}.String() }

// signs start what is no plain number. ≤ and ≥ are read too.
const signs = "<>=≤≥"

// parseCondition reads what stands after the @ of a metric: "fpr<=0.01", "top1%". ok is false where it is not meant as a condition.
func (m Metric) parseCondition(text string) (c Condition, ok bool, err error) {
	if share, top := strings.CutPrefix(text, string(TopShare)); top {
		c, err = m.parseTop(text, share)
	} else if i := strings.IndexAny(text, signs); i >= 0 {
		c, err = m.parseChosen(text, i)
	} else {
		return c, false, nil
	}
	switch {
	case err != nil:
	case slices.Contains(m.fixedBy, c.Kind):
		err = problem("unknown-condition", fmt.Sprintf("%q at a cut that is chosen by it says only how it was chosen", m.Name), "")
	case !slices.Contains(m.conditionsOf(), c.Kind) || m.Under != nil && c.At == 0:
		err = problem("unknown-condition", fmt.Sprintf("%q has no value under the condition %q", m.Name, c), "")
	}
	return c, true, err
}

// parseTop reads the share of "top1%".
func (m Metric) parseTop(text, share string) (Condition, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(share), "%")
	number = strings.TrimSpace(number)
	// the point is moved in the text, so that 0.7 % is 0.007 and not the double beside it
	at, err := strconv.ParseFloat(number+"e-2", 64)
	if good := err == nil && at > 0 && at < 1; !percent || !good {
		suggestion := ""
		if share, err := strconv.ParseFloat(number, 64); good && err == nil && share < 1 && !percent {
			at = share // "top0.01" is the hundredth part, rather than a hundredth of one per cent
		}
		if good {
			suggestion = m.Name + "@" + Condition{TopShare, at}.String()
		}
		return Condition{}, problem("unknown-condition",
			fmt.Sprintf("%q is no share of the rows: write it in per cent, above 0 and under 100, as in \"top1%%\"", text), suggestion)
	}
	return Condition{TopShare, at}, nil
}

// parseChosen reads "fpr<=0.01", whose sign starts at i. The rate may go by any of its names, and be written in per cent.
func (m Metric) parseChosen(text string, i int) (Condition, error) {
	const known = "a cut is chosen by fpr<=, recall>=, precision>= or top…%"
	name, number := strings.TrimSpace(text[:i]), strings.TrimLeft(text[i:], signs)
	sign := text[i : len(text)-len(number)]
	number = strings.TrimSpace(number)
	by, found := find(name)
	kind := conditioned()[by.Name]
	opposite := map[string]ConditionKind{trueNegativeRate.Name: AtMostFPR, falseNegativeRate.Name: AtLeastRecall, falseDiscoveryRate.Name: AtLeastPrecision}
	switch {
	case !found:
		nearest := schema.Suggest(name, []string{"fpr", "recall", "tpr", falsePositiveRate.Name, "true_positive_rate"})
		if nearest != "" {
			nearest = m.Name + "@" + nearest + sign + number
		}
		return Condition{}, problem("unknown-condition", fmt.Sprintf("no cut is chosen by %q: %s", name, known), nearest)
	case opposite[by.Name] != Unconditional:
		return Condition{}, problem("unknown-condition",
			fmt.Sprintf("no cut is chosen by %q: write %q, with 1 less the number", name, m.Name+"@"+string(opposite[by.Name])+"…"), "")
	case kind == Unconditional:
		return Condition{}, problem("unknown-condition", fmt.Sprintf("no cut is chosen by %q: %s", name, known), "")
	case strings.NewReplacer("≤", "<=", "≥", ">=").Replace(sign) != string(kind)[len(kind)-2:]:
		return Condition{}, problem("unknown-condition", fmt.Sprintf("%q chooses no cut", text), m.Name+"@"+string(kind)+number)
	}
	value, percent := strings.CutSuffix(number, "%")
	if percent {
		value = strings.TrimSpace(value) + "e-2"
	}
	at, err := strconv.ParseFloat(value, 64)
	least, most := at >= 0, at < 1
	if kind != AtMostFPR {
		least, most = at > 0, at <= 1
	}
	if err != nil || !least || !most {
		return Condition{}, problem("unknown-condition", fmt.Sprintf("%q is no bound on a rate: write a number between 0 and 1, as in \"fpr<=0.01\" or \"recall>=0.8\"", text), "")
	}
	return Condition{kind, at + 0}, nil
}
