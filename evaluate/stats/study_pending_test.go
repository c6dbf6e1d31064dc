package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// pendingSample is a table of n rows of a model with the given recall and false positive rate. Of the rows whose outcome is the one that is late,
// a share has no label yet: the worst there is, for those that have one are other rows.
func pendingSample(r *rand.Rand, n int, prevalence, recall, falls, share float64, late int) (known Counts, called, uncalled float64) {
	for range n {
		label, rate := 0, falls
		if r.Float64() < prevalence {
			label, rate = 1, recall
		}
		call := 0.0
		if r.Float64() < rate {
			call = 1
		}
		switch {
		case label != late || r.Float64() >= share:
			*known.cell(label, call)++
		case call == 1:
			called++
		default:
			uncalled++
		}
	}
	return known, called, uncalled
}

// pendingStudies are figures, and differences of groups, with labels missing by outcome.
func pendingStudies() []study {
	f1 := study{figure: "F1 with missing labels", method: "Clopper-Pearson on J, labels either way", paper: "2", bound: nominal, guaranteed: true}
	gap := study{figure: "difference of recalls of groups with missing labels", method: "MOVER on Clopper-Pearson, in every pair of ways", paper: "6", bound: boundCounts, guaranteed: true}
	of := func(c Counts) Basis { return F1(c.TP, c.FP, c.FN) }
	recall := func(c Counts) Basis { return Proportion(c.TP, c.TP+c.FN) }
	for _, share := range []float64{.01, .1} {
		for _, late := range []int{0, 1} {
			for _, rates := range [][2]float64{{.6, .1}, {.9, .3}} {
				t, f, p := rates[0], rates[1], .3
				where := fmt.Sprintf("recall %v, false positive rate %v, %v missing of those with %d", t, f, share, late)
				f1.settings = append(f1.settings, setting{where, 2 * p * t / (p + p*t + (1-p)*f), func(r *rand.Rand) Basis {
					c, called, uncalled := pendingSample(r, 400, p, t, f, share, late)
					return eitherWay(of, c, called, uncalled)
				}})
				gap.settings = append(gap.settings, setting{where + ", of one group", .1, func(r *rand.Rand) Basis {
					c, called, uncalled := pendingSample(r, 400, p, t, f, share, late)
					d, _, _ := pendingSample(r, 300, p, t-.1, f, 0, 0)
					return Difference(eitherWay(recall, c, called, uncalled), recall(d))
				}}, setting{where + ", of both", .1, func(r *rand.Rand) Basis {
					c, called, uncalled := pendingSample(r, 400, p, t, f, share, late)
					d, calledToo, uncalledToo := pendingSample(r, 300, p, t-.1, f, share, late)
					return Difference(eitherWay(recall, c, called, uncalled), eitherWay(recall, d, calledToo, uncalledToo))
				}})
			}
		}
	}
	return []study{f1, gap}
}

// TestCoveragePending: labels that are missing by their outcome make no limit miss more often than it says.
func TestCoveragePending(t *testing.T) {
	for _, s := range pendingStudies() {
		t.Run(s.figure, func(t *testing.T) { s.run(t) })
	}
}
