package evaluate

import (
	"fmt"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// Pending are rows whose outcome is still to come. They stand beside the rows that figures are of, and count either way: a figure's value is
// that of the rows with an outcome, and its interval and its deciding limits cover every way in which the others may turn out. A figure that needs no outcome, the
// selection rate or a latency, is of all rows.
type Pending struct {
	Rows     int64 `json:"rows"`
	Selected int64 `json:"selected"` // of them, predicted positive
}

// Selected is whom outcomes may be known for only: the rows that somebody selected, as loans that were granted.
const Selected = "selected"

func pendingOf(p *sweep.Pending) *Pending {
	if p == nil {
		return nil
	}
	return &Pending{Rows: p.Rows(), Selected: p.Called}
}

// swept is the same as it was counted.
func (p *Pending) swept() *sweep.Pending {
	if p == nil {
		return nil
	}
	return &sweep.Pending{Called: p.Selected, Uncalled: p.Rows - p.Selected}
}

// known says whom outcomes are known for: the selected, where the terms say so, or where it is plain to see: every row without an outcome is predicted negative.
func (t Terms) known(p *Pending) string {
	if p != nil && p.Selected == 0 {
		return Selected
	}
	return t.knownFor()
}

// knownFor is whom outcomes are known for by the terms; "": for all, or for anybody.
func (t Terms) knownFor() string {
	if t.Outcomes == nil {
		return ""
	}
	return t.Outcomes.KnownFor
}

// Awaited says in sentences what became of rows without an outcome, and of those that are too young to have one; none where there are none.
func (e *Evaluation) Awaited() []string {
	var all []string
	if l := e.LeftOut; l != nil && l.Young > 0 {
		all = append(all, fmt.Sprintf("%s younger than %s: left out, for their outcome may still change.", rowsAre(l.Young), e.Terms.LabelDelay))
	}
	p := e.Pending
	switch {
	case e.Terms.knownFor() != "":
		without := ""
		if p != nil {
			without = fmt.Sprintf(" %s without one, %s of them predicted positive.", rowsAre(p.Rows), Count(p.Selected))
		}
		all = append(all, "Outcomes are known for the selected only."+without+" Figures that need an outcome are among those selected, and prove nothing of the others.")
	case p != nil:
		all = append(all, fmt.Sprintf("%s without an outcome, %s of them predicted positive: each is counted either way, so that limits hold whatever it turns out to be.",
			rowsAre(p.Rows), Count(p.Selected)))
		if e.KnownFor != "" {
			all = append(all, "All of these are predicted negative: outcomes may be known for the selected only, and figures are then among those selected.")
		}
	}
	return all
}

func rowsAre(n int64) string {
	if n == 1 {
		return "1 row is"
	}
	return Count(n) + " rows are"
}

// withoutOutcome says that a figure needs no outcome: it is of all rows, whether they have one or not.
func (n Named) withoutOutcome(restated bool) bool {
	return n.Latency || n.Name == selectionRate.Name && !restated && !n.Chosen()
}

// all are the slice's rows with and without an outcome, of a figure that does not ask which.
func all(s sweep.Stats) sweep.Stats {
	if s.Pending != nil {
		s.Rows += s.Pending.Rows()
		s.Counts.FP += s.Pending.Called
		s.Counts.TN += s.Pending.Uncalled
		s.Pending = nil
	}
	return s
}

// await gives a figure of rows with an outcome the limits that hold whatever the others turn out to be; or takes its limits away, and says why. whole is overall's, of which the
// share of positives counts in a restated figure of a group.
func (n Named) await(f Figure, s sweep.Stats, groups Groups, t Terms, whole sweep.Stats) Figure {
	restated := f.Prevalence == StatedShare
	here := s.Pending.Rows()
	switch {
	case f.Value == nil || n.withoutOutcome(restated):
		return f
	case t.knownFor() != "":
		return n.amongSelected(f, s)
	case here == 0 && !(restated && len(groups) > 0 && whole.Pending.Rows() > 0):
		return f
	case f.Basis.Method == "": // says why already
		return f
	case !n.ofCounts || n.Chosen():
		f.Basis, f.Interval = stats.Basis{}, nil
		f.Without = missingOutcomes(here) + ", and no limits are known that hold whatever they turn out to be"
		return f
	}
	called, uncalled := float64(0), float64(0)
	if s.Pending != nil {
		called, uncalled = float64(s.Pending.Called), float64(s.Pending.Uncalled)
	}
	var ways []stats.Basis
	for _, c := range confusionOf(s.Counts).counts().Corners(called, uncalled) {
		counts := sweep.Counts{TP: int64(c.TP), FP: int64(c.FP), TN: int64(c.TN), FN: int64(c.FN)}
		if !restated {
			ways = append(ways, n.Basis(sweep.Stats{Rows: s.Rows + here, Positives: counts.TP + counts.FN, Counts: counts}))
			continue
		}
		for _, to := range restatements(t, whole, len(groups) > 0) {
			_, b, err := n.Restated(counts, to)
			if err != nil {
				b = stats.Basis{}
			}
			ways = append(ways, b)
		}
	}
	f.describe(stats.EitherWay(f.Basis, ways...))
	return f
}

// restatements are how counts may be told at the stated share of positives: of a group by the odds, which depend on the share of positives among all rows; it is extreme
// where all missing labels are alike.
func restatements(t Terms, whole sweep.Stats, group bool) []stats.Reweighted {
	if !group {
		return []stats.Reweighted{{Prevalence: *t.Prevalence}}
	}
	var all []stats.Reweighted
	for _, positives := range []int64{0, whole.Pending.Rows()} {
		of := whole
		of.Rows += whole.Pending.Rows()
		of.Positives += positives
		if to := restate(t, of); to != nil {
			all = append(all, to.slice)
		}
	}
	return all
}

func missingOutcomes(n int64) string {
	if n == 1 {
		return "1 outcome is missing"
	}
	return Count(n) + " outcomes are missing"
}

// amongSelected is a figure where outcomes are known for the selected only. Of the precision of rows that are all selected nothing is missing; any other figure is among
// those selected, and proves nothing.
func (n Named) amongSelected(f Figure, s sweep.Stats) Figure {
	ofCalled := n.Name == precision.Name || n.Name == falseDiscoveryRate.Name
	if ofCalled && !n.Chosen() && f.Prevalence != StatedShare && (s.Pending == nil || s.Pending.Called == 0) {
		return f
	}
	f.Basis, f.Interval, f.Without = stats.Basis{}, nil, onlySelected
	return f
}

const onlySelected = "outcomes are known for the selected only: the figure is among those selected"

// pendingDifference is why a difference to a rival has no limits; "" where no outcome is missing.
func (s *swept) pendingDifference(st sweep.Stats) string {
	if s.selected {
		return onlySelected
	}
	if n := st.Pending.Rows(); n > 0 {
		return missingOutcomes(n) + ": the difference is of the rows that have one, and no limits are known that hold for the others"
	}
	return ""
}

// withoutLabels takes away what is told of the label's own drift where labels are still to come: those that are known may be of other rows.
func (e *Evaluation) withoutLabels() {
	missing := int64(0)
	if e.LeftOut != nil {
		missing += e.LeftOut.Young
	}
	if e.Pending != nil {
		missing += e.Pending.Rows
	}
	if missing == 0 {
		return
	}
	for i, s := range e.Drift {
		if s.Column == e.Terms.Label {
			e.Drift[i].Figure = Figure{Undefined: missingOutcomes(missing) + ": the share of positives is not known", Support: s.Figure.Support}
		}
	}
}
