package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// agreeing are populations of several classes, from those in which few rows are wrong to those in which chance would do as well.
func agreeing() []classed {
	all := []classed{
		{[]float64{.5, .3, .2}, [][]float64{{.8, .1, .1}, {.1, .7, .2}, {.1, .2, .7}}},
		{[]float64{.9, .06, .04}, [][]float64{{.97, .02, .01}, {.3, .6, .1}, {.2, .1, .7}}},
		{[]float64{.4, .3, .2, .1}, [][]float64{{.97, .01, .01, .01}, {.02, .95, .02, .01}, {.01, .02, .96, .01}, {.02, .02, .01, .95}}},
		{[]float64{.96, .02, .01, .01}, [][]float64{{.985, .005, .005, .005}, {.2, .7, .05, .05}, {.3, .1, .6, 0}, {.3, 0, .1, .6}}},
	}
	if !soak {
		return all
	}
	return append(all,
		classed{[]float64{.4, .3, .3}, [][]float64{{.4, .3, .3}, {.35, .35, .3}, {.3, .3, .4}}},
		classed{[]float64{.8, .1, .1}, [][]float64{{.8, .1, .1}, {.8, .1, .1}, {.8, .1, .1}}},
		classed{[]float64{.3, .3, .4}, [][]float64{{.1, .5, .4}, {.5, .1, .4}, {.4, .5, .1}}},
		classed{[]float64{.35, .35, .3}, [][]float64{{.992, .004, .004}, {.004, .992, .004}, {.004, .004, .992}}},
		classed{[]float64{.2, .2, .2, .1, .1, .1, .05, .05}, [][]float64{
			{.7, .1, .05, .05, .04, .03, .02, .01}, {.1, .7, .05, .05, .04, .03, .02, .01}, {.05, .1, .7, .05, .04, .03, .02, .01}, {.05, .1, .05, .7, .04, .03, .02, .01},
			{.05, .1, .05, .04, .7, .03, .02, .01}, {.05, .1, .05, .04, .03, .7, .02, .01}, {.05, .1, .05, .04, .03, .02, .7, .01}, {.05, .1, .05, .04, .03, .02, .01, .7}}},
	)
}

const agreementMethod = "influence function, Student's t; below on the scale log(1 − figure)"

// agreementStudies are of figures of whole tables.
func agreementStudies() []study {
	sizes := []int{100, 300, 2000}
	if soak {
		sizes = []int{60, 100, 300, 1000, 5000}
	}
	figures := []struct {
		name, paper string
		of          func(Confusion) Basis
		value       shared
	}{
		{"kappa of several classes", "9, 18", Confusion.Kappa, Confusion.kappaBy},
		{"MCC of several classes", "9, 25", Confusion.MCC, Confusion.mccBy},
		{"macro F1", "9, 23", Confusion.MacroF1, meanBy(f1Of, false)},
		{"weighted F1", "9, 23", Confusion.WeightedF1, meanBy(f1Of, true)},
		{"weighted precision", "9", Confusion.WeightedPrecision, meanBy(precisionOf, true)},
		{"macro Jaccard", "9", Confusion.MacroJaccard, meanBy(jaccardOf, false)},
		{"weighted Jaccard", "9", Confusion.WeightedJaccard, meanBy(jaccardOf, true)},
	}
	var all []study
	for _, f := range figures {
		s := study{figure: f.name, method: agreementMethod, paper: f.paper, bound: boundRest}
		for _, p := range agreeing() {
			truth, _, _ := f.value(p.expected())
			for _, n := range sizes {
				s.settings = append(s.settings, setting{fmt.Sprintf("shares %v, right %v, n %d", p.shares, p.calls[0][0], n), truth, func(r *rand.Rand) Basis {
					return f.of(p.draw(r, n))
				}})
			}
		}
		all = append(all, s)
	}
	return append(all, pairedClassStudies()...)
}

// rivals are two models of the same rows: shares of the classes, our calls of each, and how often the rival calls what we call; else it calls as it would alone.
type rivals struct {
	classed
	theirs [][]float64
	agree  float64
}

func (p rivals) cell(truth, ours, theirs int) float64 {
	other := (1 - p.agree) * p.theirs[truth][theirs]
	if ours == theirs {
		other += p.agree
	}
	return p.shares[truth] * p.calls[truth][ours] * other
}

func (p rivals) each(rows func(probability float64) int64) PairedConfusion {
	c := PairedConfusion{Classes: len(p.shares)}
	for t := range p.shares {
		for o := range p.shares {
			for h := range p.shares {
				if n := rows(p.cell(t, o, h)); n > 0 {
					c.Cells = append(c.Cells, PairedCell{t, o, h, n})
				}
			}
		}
	}
	return c
}

func (p rivals) draw(r *rand.Rand, n int) PairedConfusion {
	left, rest := n, 1.0
	return p.each(func(x float64) int64 {
		k := left
		if x < rest {
			k = binomialDraw(r, left, x/rest)
		}
		left, rest = left-k, rest-x
		return int64(k)
	})
}

func pairedClassStudies() []study {
	var pairs []rivals
	agreed := []float64{.9}
	if soak {
		agreed = []float64{.5, .9}
	}
	all := agreeing()
	for _, p := range all {
		for _, agree := range agreed {
			pairs = append(pairs, rivals{p, p.calls, agree})
			for _, q := range all {
				if len(q.calls) == len(p.calls) && q.calls[0][0] != p.calls[0][0] && agree > .5 {
					pairs = append(pairs, rivals{p, q.calls, agree})
				}
			}
		}
	}
	sizes := []int{300, 2000}
	if soak {
		sizes = []int{100, 300, 1000, 5000}
	}
	figures := []struct {
		name, method, paper string
		of                  func(PairedConfusion) Basis
		value               func(Confusion) float64
	}{
		{"macro recalls", "MOVER on Tango's for all classes", "6, 8", PairedConfusion.MacroRecall, func(c Confusion) float64 { return c.MacroRecall().Value() }},
		{"kappas of several classes", "influence function, with its skewness", "9, 18", PairedConfusion.Kappa, valueOf(Confusion.kappaBy)},
		{"MCCs of several classes", "influence function, with its skewness", "9, 25", PairedConfusion.MCC, valueOf(Confusion.mccBy)},
		{"macro F1s", "influence function, with its skewness", "9, 23", func(c PairedConfusion) Basis { return c.MacroF1(false) }, valueOf(meanBy(f1Of, false))},
		{"weighted F1s", "influence function, with its skewness", "9, 23", func(c PairedConfusion) Basis { return c.MacroF1(true) }, valueOf(meanBy(f1Of, true))},
		{"macro precisions", "influence function, with its skewness", "9", func(c PairedConfusion) Basis { return c.MacroPrecision(false) }, valueOf(meanBy(precisionOf, false))},
		{"macro Jaccard indices", "influence function, with its skewness", "9", func(c PairedConfusion) Basis { return c.MacroJaccard(false) }, valueOf(meanBy(jaccardOf, false))},
	}
	var studies []study
	for _, f := range figures {
		s := study{figure: "difference of " + f.name + ", same rows", method: f.method, paper: f.paper, bound: boundRest, slow: true}
		for _, p := range pairs {
			ours, theirs := p.each(func(x float64) int64 { return int64(math.Round(x * 1e12)) }).Tables()
			for _, n := range sizes {
				s.settings = append(s.settings, setting{fmt.Sprintf("shares %v, right %v and %v, agreed %v, n %d", p.shares, p.calls[0][0], p.theirs[0][0], p.agree, n),
					f.value(ours) - f.value(theirs), func(r *rand.Rand) Basis {
						c := p.draw(r, n)
						for i := range p.shares {
							if f.name == "macro recalls" && sumOf(c.OneVsRest(i)[1]) < minSupport {
								return Basis{}
							}
						}
						return f.of(c)
					}})
			}
		}
		studies = append(studies, s)
	}
	return studies
}

func valueOf(of shared) func(Confusion) float64 {
	return func(c Confusion) float64 {
		value, _, _ := of(c)
		return value
	}
}
