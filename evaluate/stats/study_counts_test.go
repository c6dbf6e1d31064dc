package stats

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// rated is a population by prevalence, recall and false positive rate.
type rated struct{ prevalence, recall, falls float64 }

func (p rated) String() string {
	return fmt.Sprintf("π %.3g, TPR %.3g, FPR %.3g", p.prevalence, p.recall, p.falls)
}

// draw is a confusion table of n rows.
func (p rated) draw(r *rand.Rand, n int) Counts {
	positives := binomialDraw(r, n, p.prevalence)
	tp, fp := binomialDraw(r, positives, p.recall), binomialDraw(r, n-positives, p.falls)
	return Counts{TP: float64(tp), FP: float64(fp), TN: float64(n - positives - fp), FN: float64(positives - tp)}
}

// support is the smallest sum of a row or column: under 30 a gate does not judge.
func (c Counts) support() float64 { return min(c.TP+c.FN, c.TN+c.FP, c.TP+c.FP, c.TN+c.FN) }

const minSupport = 30

func populations() []rated {
	small := []rated{{.5, .8, .1}, {.1, .7, .05}, {.02, .6, .01}, {.3, .95, .02}, {.9, .9, .3}, {.2, .5, .5}}
	if !soak {
		return small
	}
	for _, prevalence := range []float64{.01, .2, .8} {
		for _, recall := range []float64{.1, .6, .98} {
			for _, falls := range []float64{.002, .05, .4} {
				if recall > falls {
					small = append(small, rated{prevalence, recall, falls})
				}
			}
		}
	}
	return small
}

// sampleSizes are those at which some samples have the support.
func (p rated) sampleSizes() []int {
	q := p.prevalence*p.recall + (1-p.prevalence)*p.falls
	least := int(40/min(p.prevalence, 1-p.prevalence, q, 1-q)) + 1
	sizes := []int{least, 5 * least}
	if soak {
		sizes = append(sizes, 20*least)
	}
	return sizes
}

// confused are settings of a figure of confusion counts, judged at the support.
func confused(truth func(rated) float64, support func(Counts) float64, basis func(Counts) Basis) []setting {
	var out []setting
	for _, p := range populations() {
		for _, n := range p.sampleSizes() {
			if n > 100_000 {
				continue
			}
			out = append(out, setting{fmt.Sprintf("%v, n %d", p, n), truth(p), func(r *rand.Rand) Basis {
				c := p.draw(r, n)
				if support(c) < minSupport {
					return Basis{}
				}
				return basis(c)
			}})
		}
	}
	return out
}

func (p rated) figure(name string) float64 { return figure(name, p.recall, p.falls, p.prevalence) }

func countStudies() []study {
	either := func(c Counts) float64 { return c.TP + c.FP + c.FN }
	var all []study
	for _, beta := range []float64{.5, 2} {
		name := fmt.Sprintf("f%v", beta)
		all = append(all, study{figure: "F" + name[1:], method: "Clopper-Pearson, TP of TP + (β²FN + FP)/(1 + β²)", paper: "2", bound: boundCounts,
			settings: confused(func(p rated) float64 { return p.figure(name) }, either, func(c Counts) Basis { return FBeta(c.TP, c.FP, c.FN, beta) })})
	}
	mover := "MOVER on recall, FPR and prevalence"
	named := map[string]func(Counts) Basis{
		"MCC":   func(c Counts) Basis { return MCC(c.TP, c.FP, c.TN, c.FN) },
		"kappa": func(c Counts) Basis { return Kappa(c.TP, c.FP, c.TN, c.FN) },
	}
	for _, name := range []string{"MCC", "kappa"} {
		scale := strings.ToLower(name)
		all = append(all,
			study{figure: name, method: mover, paper: "6", bound: boundRest, settings: confused(func(p rated) float64 { return p.figure(scale) }, Counts.support, named[name])},
			study{figure: name + ", fewer than 30 rows of a kind (not judged by default)", method: mover, paper: "6", bound: .08, settings: tiny(func(p rated) float64 { return p.figure(scale) }, named[name])},
			study{figure: name + ", difference of groups", method: "MOVER on both", paper: "6", bound: boundRest,
				settings: groupPairs(func(p, q rated) float64 { return p.figure(scale) - q.figure(scale) }, func(x, y Counts) Basis { return Difference(named[name](x), named[name](y)) })},
			study{figure: name + ", ratio of groups", method: "MOVER on both", paper: "7", bound: boundRest,
				settings: groupPairs(func(p, q rated) float64 { return p.figure(scale) / q.figure(scale) }, func(x, y Counts) Basis { return Ratio(named[name](x), named[name](y)) })},
		)
	}
	all = append(all,
		study{figure: "F2, difference of groups", method: "MOVER on both", paper: "6", bound: boundCounts,
			settings: groupPairs(func(p, q rated) float64 { return p.figure("f2") - q.figure("f2") }, func(x, y Counts) Basis {
				return Difference(FBeta(x.TP, x.FP, x.FN, 2), FBeta(y.TP, y.FP, y.FN, 2))
			})},
		study{figure: "balanced accuracy, difference of groups", method: "MOVER on the four rates", paper: "6", bound: boundCounts,
			settings: groupPairs(func(p, q rated) float64 { return (p.recall - p.falls - q.recall + q.falls) / 2 }, func(x, y Counts) Basis {
				return Difference(BalancedAccuracy(x.TP, x.FP, x.TN, x.FN), BalancedAccuracy(y.TP, y.FP, y.TN, y.FN))
			})},
	)
	return append(all, reweightedStudies()...)
}

// tiny are samples with next to no rows of a kind: judged where the figure is defined, so that the page can say what the support is for.
func tiny(truth func(rated) float64, basis func(Counts) Basis) []setting {
	var out []setting
	for _, p := range populations() {
		for _, n := range []int{30, 60, 300} {
			out = append(out, setting{fmt.Sprintf("%v, n %d, any support", p, n), truth(p), func(r *rand.Rand) Basis { return basis(p.draw(r, n)) }})
		}
	}
	return out
}

// groupPairs are two groups with their own rates, one of them up to ten times the other.
func groupPairs(truth func(p, q rated) float64, basis func(x, y Counts) Basis) []setting {
	pairs := [][2]rated{{{.5, .8, .1}, {.5, .8, .1}}, {{.1, .7, .05}, {.2, .8, .05}}, {{.3, .95, .02}, {.3, .9, .1}}, {{.02, .6, .01}, {.03, .5, .01}}}
	times := []int{1, 10}
	if soak {
		pairs = append(pairs, [2]rated{{.05, .3, .01}, {.05, .9, .02}}, [2]rated{{.9, .9, .3}, {.6, .9, .3}}, [2]rated{{.2, .5, .3}, {.2, .6, .3}}, [2]rated{{.5, .98, .02}, {.5, .99, .01}})
		times = []int{1, 3, 10}
	}
	var out []setting
	for _, pair := range pairs {
		for _, swap := range []bool{false, true} {
			p, q := pair[0], pair[1]
			if swap {
				p, q = q, p
			}
			for _, m := range times {
				n1, n2 := p.sampleSizes()[0], m*q.sampleSizes()[0]
				out = append(out, setting{fmt.Sprintf("%v, n %d; %v, n %d", p, n1, q, n2), truth(p, q), func(r *rand.Rand) Basis {
					x, y := p.draw(r, n1), q.draw(r, n2)
					if x.support() < minSupport || y.support() < minSupport {
						return Basis{}
					}
					return basis(x, y)
				}})
			}
		}
	}
	return out
}

// reweightedStudies are of samples whose classes were drawn apart: at a stated prevalence, or with the negatives thinned.
func reweightedStudies() []study {
	figures := []struct {
		name, scale string
		of          func(Reweighted, Counts) Basis
	}{
		{"precision", "precision", Reweighted.Precision}, {"accuracy", "accuracy", Reweighted.Accuracy}, {"selection rate", "selection", Reweighted.SelectionRate},
		{"F1", "f1", func(r Reweighted, c Counts) Basis { return r.FBeta(c, 1) }}, {"Jaccard", "jaccard", Reweighted.Jaccard},
		{"MCC", "mcc", Reweighted.MCC}, {"kappa", "kappa", Reweighted.Kappa}, {"NPV", "npv", Reweighted.NPV},
	}
	stated, odds := []float64{.0018, .3}, []float64{.01}
	rates := [][2]float64{{.8, .1}, {.76, .0021}, {.95, .02}}
	sizes := [][2]int{{50, 500}, {300, 300}}
	if soak {
		stated, odds = []float64{.0018, .05, .7}, []float64{.01, .1, 10}
		rates = append(rates, [2]float64{.3, .05}, [2]float64{.98, .3})
		sizes = append(sizes, [2]int{1000, 100}, [2]int{30, 30}, [2]int{30, 2000})
	}
	var all []study
	for _, f := range figures {
		at, by := study{figure: f.name + ", prevalence stated", method: "MOVER on recall and FPR", paper: "6", bound: boundCounts},
			study{figure: f.name + ", weights by class", method: "MOVER on recall, FPR and prevalence", paper: "6", bound: boundCounts}
		switch f.name {
		case "precision", "NPV":
			by.method, by.paper = "Clopper-Pearson, odds shifted", "2"
		case "F1", "Jaccard", "MCC", "kappa": // no proportions, nor sums of them
			at.bound, by.bound = boundRest, boundRest
		}
		for _, rate := range rates {
			for _, n := range sizes {
				for _, prevalence := range stated {
					at.settings = append(at.settings, setting{fmt.Sprintf("π %v, TPR %v of %d, FPR %v of %d", prevalence, rate[0], n[0], rate[1], n[1]),
						figure(f.scale, rate[0], rate[1], prevalence), func(r *rand.Rand) Basis {
							tp, fp := float64(binomialDraw(r, n[0], rate[0])), float64(binomialDraw(r, n[1], rate[1]))
							return f.of(Reweighted{Prevalence: prevalence}, Counts{TP: tp, FP: fp, FN: float64(n[0]) - tp, TN: float64(n[1]) - fp})
						}})
				}
				for _, o := range odds {
					sampled := float64(n[0]) / float64(n[0]+n[1])
					p := rated{sampled, rate[0], rate[1]}
					by.settings = append(by.settings, setting{fmt.Sprintf("odds %v, %v, n %d", o, p, n[0]+n[1]), figure(f.scale, rate[0], rate[1], shiftOdds(sampled, o)), func(r *rand.Rand) Basis {
						return f.of(Reweighted{Odds: o}, p.draw(r, n[0]+n[1]))
					}})
				}
			}
		}
		all = append(all, at, by)
	}
	return all
}

func studies() []study {
	return slices.Concat(countStudies(), pairedStudies(), rankingStudies(), cutStudies(), meanStudies(), designStudies(), extremeStudies(), classStudies(), agreementStudies())
}
