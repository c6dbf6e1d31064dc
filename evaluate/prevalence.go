package evaluate

import (
	"fmt"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// The shares of positives that a figure may hold at: Figure.Prevalence. Of a figure that does not depend on it, or of rows that have the
// share of real use, it is "".
const (
	SampleShare = "sample" // that of these rows, which is not known to be that of real use
	StatedShare = "stated" // that of real use, as Terms.Prevalence states it
)

// weigh counts the rows as those of real use, up to a factor.
func weigh(c sweep.Counts, to stats.Reweighted) confusion {
	w := confusionOf(c)
	positive, negative := to.Odds, 1.0
	if to.Prevalence > 0 {
		positive, negative = to.Prevalence/w.positives(), (1-to.Prevalence)/w.negatives()
	}
	// 0 rows stay 0 where their class is empty, and the factor infinite
	for _, x := range []struct {
		rows   *float64
		factor float64
	}{{&w.tp, positive}, {&w.fn, positive}, {&w.fp, negative}, {&w.tn, negative}} {
		if *x.rows > 0 {
			*x.rows *= x.factor
		}
	}
	return w
}

// restating is how the figures of an evaluation are told at the stated share of positives: nil where none is stated, or where the rows have
// one class. All rows of a class count the same, in every slice, so that a group has a share of its own: what is stated is overall's. So it holds
// where rows were sampled by their label, and by nothing else.
type restating struct{ overall, slice stats.Reweighted }

func restate(t Terms, whole sweep.Stats) *restating {
	positives, negatives := float64(whole.Positives), float64(whole.Rows-whole.Positives)
	if t.Prevalence == nil || positives == 0 || negatives == 0 {
		return nil
	}
	p := *t.Prevalence
	return &restating{overall: stats.Reweighted{Prevalence: p}, slice: stats.Reweighted{Odds: p / (1 - p) * negatives / positives}}
}

// figure is the metric on a slice, with its descriptive interval and its basis. whole is overall's.
func (n Named) figure(s sweep.Stats, groups Groups, t Terms, whole sweep.Stats) Figure {
	restated := n.Prevalence && t.Sampling != Deployment && n.Restated != nil && restate(t, whole) != nil
	if n.withoutOutcome(restated) {
		s = all(s)
	}
	return n.await(n.observed(s, groups, t, whole), s, groups, t, whole)
}

// observed is the metric on the rows with an outcome.
func (n Named) observed(s sweep.Stats, groups Groups, t Terms, whole sweep.Stats) Figure {
	f := Figure{Support: n.Support(s)}
	value, basis, err := 0.0, stats.Basis{}, error(nil)
	if n.Prevalence && t.Sampling != Deployment {
		f.Prevalence = SampleShare
	}
	to := restate(t, whole)
	if n.Chosen() {
		return n.atChosen(f, s)
	}
	switch restates := f.Prevalence == SampleShare && to != nil && n.Restated != nil; {
	case restates && len(groups) == 0:
		f.Prevalence = StatedShare
		value, basis, err = n.Restated(s.Counts, to.overall)
	case restates:
		f.Prevalence = StatedShare
		value, basis, err = n.Restated(s.Counts, to.slice)
	default:
		value, err = n.Value(s)
		if n.Basis != nil && err == nil {
			basis = n.Basis(s)
		}
	}
	if err != nil {
		f.Undefined = err.Error()
		return f
	}
	f.Value = &value
	switch {
	case f.Prevalence == StatedShare && basis.Method == "":
		f.Without = fmt.Sprintf("no method was shown to hold for %s at a stated prevalence", n.Metric.Title)
	case n.Basis == nil:
		f.Without = "no method was shown to hold for " + n.Metric.Title
	default:
		f.describe(basis)
	}
	return f
}

// atChosen is a figure at a cut that is chosen on the rows.
func (n Named) atChosen(f Figure, s sweep.Stats) Figure {
	value, basis, err := n.chosen(s)
	if err != nil {
		f.Undefined = err.Error()
		return f
	}
	f.Value = &value
	if f.describe(basis); basis.Method == "" {
		f.Without = chosenHere
	}
	return f
}

// chosenHere is why a figure at a chosen cut has no interval.
const chosenHere = "its cut is chosen on these rows, and no interval was shown to include the choice"
