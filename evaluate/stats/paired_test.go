package stats

import (
	"math"
	"testing"
)

// The gradients against differences of the figures themselves.
func TestPairedGradients(t *testing.T) {
	c := PairedCounts{{812, 23, 31, 57}, {44, 29, 35, 310}}
	for name, f := range map[string]struct {
		basis  func(PairedCounts) Basis
		figure func(Counts) float64
	}{
		"mcc": {PairedMCC, func(c Counts) float64 { return MCC(c.TP, c.FP, c.TN, c.FN).Value() }},
		"kappa": {PairedKappa, func(c Counts) float64 {
			n := c.TP + c.FP + c.TN + c.FN
			observed := (c.TP + c.TN) / n
			chance := ((c.TP+c.FP)*(c.TP+c.FN) + (c.TN+c.FN)*(c.TN+c.FP)) / n / n
			return (observed - chance) / (1 - chance)
		}},
		"f2":      {func(c PairedCounts) Basis { return PairedFBeta(c, 2) }, func(c Counts) float64 { return 5 * c.TP / (5*c.TP + 4*c.FN + c.FP) }},
		"jaccard": {PairedJaccard, func(c Counts) float64 { return c.TP / (c.TP + c.FN + c.FP) }},
	} {
		difference := func(cells [2][4]float64) float64 {
			var t [2]Counts
			for label := range cells {
				for cell, n := range cells[label] {
					for model := range t {
						*t[model].cell(label, calls(cell, model)) += n
					}
				}
			}
			return f.figure(t[0]) - f.figure(t[1])
		}
		var cells [2][4]float64
		for label := range c {
			for cell, n := range c[label] {
				cells[label][cell] = float64(n)
			}
		}
		variance := 0.0
		for label := range cells {
			for cell := range cells[label] {
				up, down := cells, cells
				up[label][cell] += .01
				down[label][cell] -= .01
				d := (difference(up) - difference(down)) / .02
				variance += cells[label][cell] * d * d
			}
		}
		b := f.basis(c)
		near(t, name, b.Value(), difference(cells), 1e-14)
		near(t, name+" standard error", b.SE, math.Sqrt(variance), 1e-9)
	}
}
