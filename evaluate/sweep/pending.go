package sweep

// Pending are rows without a label, by what is predicted: of a slice, at the cuts of its plan.
type Pending struct {
	Called, Uncalled int64   // at the cut that the counts stand at: predicted positive, and negative
	Cuts             []Calls // one a cut of the plan; the first is the threshold's
}

// Calls are rows by prediction.
type Calls struct{ Called, Uncalled int64 }

// Rows is how many there are.
func (p *Pending) Rows() int64 {
	if p == nil {
		return 0
	}
	return p.Called + p.Uncalled
}

// At is the same at another cut of the plan.
func (p *Pending) At(cut int) *Pending {
	if p == nil {
		return nil
	}
	return &Pending{Called: p.Cuts[cut].Called, Uncalled: p.Cuts[cut].Uncalled, Cuts: p.Cuts}
}

// PendingOf are rows that were counted as if their labels were negative; nil where there are none.
func PendingOf(s Stats) *Pending {
	if s.Rows == 0 || len(s.Cuts) == 0 {
		return nil
	}
	p := &Pending{}
	for _, c := range s.Cuts {
		p.Cuts = append(p.Cuts, Calls{Called: c.TP + c.FP, Uncalled: c.TN + c.FN})
	}
	return p.At(0)
}
