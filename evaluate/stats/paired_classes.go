package stats

import "math"

// PairedCell are rows of one true class with the calls of two models; classes are numbered from 0.
type PairedCell struct {
	Truth, Ours, Theirs int
	N                   int64
}

// PairedConfusion are rows of several classes judged by two models, each cell once: most of them are empty, and left out.
type PairedConfusion struct {
	Classes int
	Cells   []PairedCell
}

// sound says that every cell is of the classes and holds no less than 0 rows.
func (c PairedConfusion) sound() bool {
	for _, x := range c.Cells {
		if min(x.Truth, x.Ours, x.Theirs) < 0 || max(x.Truth, x.Ours, x.Theirs) >= c.Classes || x.N < 0 {
			return false
		}
	}
	return true
}

// Tables are the confusion tables of both models.
func (c PairedConfusion) Tables() (ours, theirs Confusion) {
	if !c.sound() {
		return nil, nil
	}
	tables := [2]Confusion{make(Confusion, c.Classes), make(Confusion, c.Classes)}
	for i := range c.Classes {
		tables[0][i], tables[1][i] = make([]int64, c.Classes), make([]int64, c.Classes)
	}
	for _, x := range c.Cells {
		tables[0][x.Truth][x.Ours] += x.N
		tables[1][x.Truth][x.Theirs] += x.N
	}
	return tables[0], tables[1]
}

// OneVsRest are the rows as if there were two classes: one, and all others.
func (c PairedConfusion) OneVsRest(class int) PairedCounts {
	var n PairedCounts
	for _, x := range c.Cells {
		n[int(one(x.Truth == class))][2*int(one(x.Ours == class))+int(one(x.Theirs == class))] += x.N
	}
	return n
}

// Accuracy is the table for [Paired] of who was right.
func (c PairedConfusion) Accuracy() [4]int64 {
	var t [4]int64
	for _, x := range c.Cells {
		switch ours, theirs := x.Ours == x.Truth, x.Theirs == x.Truth; {
		case ours && theirs:
			t[0] += x.N
		case ours:
			t[1] += x.N
		case theirs:
			t[2] += x.N
		default:
			t[3] += x.N
		}
	}
	return t
}

// MacroRecall is the difference of the unweighted means of recalls: those of the classes have independent samples ([Average] of [Paired]). The zero Basis
// where a class has no rows.
func (c PairedConfusion) MacroRecall() Basis {
	parts := make([]Basis, c.Classes)
	for i := range parts {
		if parts[i] = Paired(c.OneVsRest(i).Recall()); parts[i].Method == "" {
			return Basis{}
		}
	}
	return Average(parts...)
}

// Kappa is the difference of Cohen's kappas, ours − theirs, on the same rows: by the influence function, a row's share being the
// difference of its shares in either; see [Influence]. Where nearly all rows on which the two differ are right by the same, shares are skewed, and the limit on that side lies further away:
// it is the estimate ± se·(z + |γ|(2z² + 1)/6), γ = Σd³/(Σd²)^1.5 being the skewness of their sum, by the first term of Edgeworth's series (Hall 1992, doi:10.1007/978-1-4612-4384-7). The support is the smaller of both models', as [Confusion.Kappa] has it. The zero Basis where the figure is undefined
// for either model, or where few rows are right by one of them alone.
func (c PairedConfusion) Kappa() Basis { return c.difference(Confusion.kappaBy) }

// MCC is the difference of Gorodkin's correlations; see [PairedConfusion.Kappa].
func (c PairedConfusion) MCC() Basis { return c.difference(Confusion.mccBy) }

// MacroPrecision is the difference of the means of the classes' precisions, weighted by their rows or not; see [PairedConfusion.Kappa].
func (c PairedConfusion) MacroPrecision(weighted bool) Basis { return c.mean(precisionOf, weighted) }

// MacroF1 is the difference of the means of the classes' F1; see [PairedConfusion.Kappa].
func (c PairedConfusion) MacroF1(weighted bool) Basis { return c.mean(f1Of, weighted) }

// MacroJaccard is the difference of the means of the classes' Jaccard indices; see [PairedConfusion.Kappa].
func (c PairedConfusion) MacroJaccard(weighted bool) Basis { return c.mean(jaccardOf, weighted) }

func (c PairedConfusion) mean(of ratioOf, weighted bool) Basis {
	return c.difference(meanBy(of, weighted))
}

// minApart is how many rows must be right by one of two models alone for limits of a difference of figures of whole tables, and minRightBoth how many of each
// class must be right, by both, where it is one of means over classes. Without them limits miss up to .11 at nominal .025.
const (
	minApart     = 10
	minRightBoth = 10
)

func (c PairedConfusion) difference(of shared) Basis {
	ours, theirs := c.Tables()
	if ours == nil {
		return Basis{}
	}
	a, ourShare, ourSupport := of(ours)
	b, theirShare, theirSupport := of(theirs)
	if math.IsNaN(a) || math.IsNaN(b) {
		return Basis{}
	}
	variance, cubes := 0.0, 0.0
	apart := int64(0)
	for _, x := range c.Cells {
		d := ourShare[x.Truth][x.Ours] - theirShare[x.Truth][x.Theirs]
		variance += float64(x.N) * d * d
		cubes += float64(x.N) * d * d * d
		apart += x.N * int64(one((x.Ours == x.Truth) != (x.Theirs == x.Truth)))
	}
	if apart < minApart || math.Min(ours.rightOutside(), theirs.rightOutside()) < minRight {
		return Basis{}
	}
	d := Influence(a-b, math.Sqrt(variance), int64(math.Min(ourSupport, theirSupport)))
	if d.SE > 0 {
		d.K = cubes / math.Pow(variance, 1.5)
	}
	return d
}
