package stats

import (
	"math"
	"strconv"
)

// The figures of a confusion table that are no proportion: functions of recall, false positive rate and prevalence, which have independent
// samples. Each of these moves to its own deciding limit while the others stay, and the figure's distances are put together by MOVER
// (Zou and Donner 2008); as there, parts with fewer than 10 counts towards their limit move together, at an equal share of a.

// figures of a rates basis, by the name that its Scale has. Each takes recall t, false positive rate f and prevalence p.
const (
	scaleMCC       = "mcc"
	scaleKappa     = "kappa"
	scalePrecision = "precision"
	scaleNPV       = "npv"
	scaleAccuracy  = "accuracy"
	scaleSelection = "selection"
	scaleJaccard   = "jaccard"
	scaleFBeta     = "f" // followed by beta: "f1", "f0.5"
)

// FBeta is (1+β²)TP/((1+β²)TP + β²FN + FP), as a proportion: k = TP of n = TP + (β²FN+FP)/(1+β²). An error counts for less than one
// trial, so that n is less than the rows it is made of and the limits, Clopper and Pearson's, lie wider than they need. Support is
// TP+FP+FN. The zero Basis where that is 0, a count is negative, or β is not positive and finite. β = 1 gives F1, but [F1] is sharper.
func FBeta(tp, fp, fn, beta float64) Basis {
	if !(beta > 0) || math.IsInf(beta, 0) || !(fp >= 0 && fn >= 0) {
		return Basis{}
	}
	// Divided so that no beta overflows.
	missed := 1 / (1 + 1/beta/beta)
	return Proportion(tp, tp+missed*fn+(1-missed)*fp)
}

// Jaccard is TP/(TP+FP+FN), a proportion. The zero Basis where no row is positive by label or by prediction, or a count is negative.
func Jaccard(tp, fp, fn float64) Basis {
	if !(fp >= 0 && fn >= 0) {
		return Basis{}
	}
	return Proportion(tp, tp+fp+fn)
}

// BalancedAccuracy is the mean of recall and specificity, which have independent samples: see [Average]. The zero Basis where a class has
// no rows or a count is negative. Brodersen et al. 2010, doi:10.1109/ICPR.2010.764.
func BalancedAccuracy(tp, fp, tn, fn float64) Basis {
	recall, specificity := Proportion(tp, tp+fn), Proportion(tn, tn+fp)
	if recall.Method == "" || specificity.Method == "" {
		return Basis{}
	}
	return Average(recall, specificity)
}

// YoudenJ is recall + specificity − 1 (Youden 1950), which is recall less false positive rate: see [Difference].
func YoudenJ(tp, fp, tn, fn float64) Basis {
	recall, falls := Proportion(tp, tp+fn), Proportion(fp, tn+fp)
	if recall.Method == "" || falls.Method == "" {
		return Basis{}
	}
	return Difference(recall, falls)
}

// MCC is Matthews's correlation of label and prediction (1975, doi:10.1016/0005-2795(75)90109-9), in [−1, 1], as a function of recall,
// false positive rate and prevalence. The zero Basis where a class has no rows, a prediction was never made (it is 0/0 there) or a
// count is negative.
func MCC(tp, fp, tn, fn float64) Basis { return correlation(tp, fp, tn, fn, scaleMCC) }

// Kappa is Cohen's agreement of label and prediction beyond chance (1960, doi:10.1177/001316446002000104), at most 1, as a function of
// recall, false positive rate and prevalence. The zero Basis where a class has no rows, a prediction was never made or a count is negative.
func Kappa(tp, fp, tn, fn float64) Basis { return correlation(tp, fp, tn, fn, scaleKappa) }

func correlation(tp, fp, tn, fn float64, scale string) Basis {
	if !(tp+fp > 0 && tn+fn > 0) {
		return Basis{}
	}
	return Counts{TP: tp, FP: fp, TN: tn, FN: fn}.rates(scale)
}

// Counts are a confusion table, of rows or of weights.
type Counts struct{ TP, FP, TN, FN float64 }

// Reweighted says how the classes of a sample stand to those of the population that a figure is for: a stated Prevalence, in (0, 1); or
// Odds, how many times more rows of the population a positive row of the sample stands for than a negative one does (100 where one
// negative in a hundred was kept gives 1/100), and then the sample's own prevalence, shifted by that, is a part of what varies.
// The zero Reweighted is the sample as it is.
type Reweighted struct{ Prevalence, Odds float64 }

// Precision at another prevalence than the sample's: πt/(πt + (1−π)f) of recall t and false positive rate f. With Odds it is
// the proportion TP of TP+FP, shifted: exact. The zero Basis where the figure is undefined.
func (r Reweighted) Precision(c Counts) Basis {
	if r.Prevalence == 0 {
		return r.shifted(c.TP, c.FP, Proportion(c.TP, c.TP+c.FP))
	}
	return r.rates(c, scalePrecision)
}

// NPV is the negative predictive value at another prevalence than the sample's; see [Reweighted.Precision].
func (r Reweighted) NPV(c Counts) Basis {
	if r.Prevalence == 0 { // negatives count once, positives Odds times
		if r.Odds > 0 {
			r.Odds = 1 / r.Odds
		}
		return r.shifted(c.TN, c.FN, Proportion(c.TN, c.TN+c.FN))
	}
	return r.rates(c, scaleNPV)
}

// PrevalenceOf is the population's share of positives by a sample with Odds; the zero Basis where it is stated.
func (r Reweighted) PrevalenceOf(c Counts) Basis {
	if r.Prevalence != 0 {
		return Basis{}
	}
	return r.shifted(c.TP+c.FN, c.FP+c.TN, Proportion(c.TP+c.FN, c.TP+c.FN+c.FP+c.TN))
}

// shifted is a proportion of which the successes are all positives and the failures all negatives, or the other way.
func (r Reweighted) shifted(k, rest float64, b Basis) Basis {
	switch {
	case !(rest >= 0) || b.Method == "" || r.Odds < 0 || math.IsNaN(r.Odds) || math.IsInf(r.Odds, 0):
		return Basis{}
	case r.Odds != 0 && r.Odds != 1:
		b.Scale, b.Odds = scaleOdds, r.Odds
	}
	return b
}

// Accuracy at another prevalence than the sample's is a function of recall, false positive rate and prevalence, as SelectionRate, Jaccard, MCC,
// Kappa and FBeta are. The zero Basis where the figure is undefined.
func (r Reweighted) Accuracy(c Counts) Basis { return r.rates(c, scaleAccuracy) }

// SelectionRate is the share called positive; see [Reweighted.Accuracy].
func (r Reweighted) SelectionRate(c Counts) Basis { return r.rates(c, scaleSelection) }

// Jaccard is TP/(TP+FP+FN); see [Reweighted.Accuracy].
func (r Reweighted) Jaccard(c Counts) Basis { return r.rates(c, scaleJaccard) }

// MCC is Matthews's correlation; see [Reweighted.Accuracy].
func (r Reweighted) MCC(c Counts) Basis { return r.rates(c, scaleMCC) }

// Kappa is Cohen's kappa; see [Reweighted.Accuracy].
func (r Reweighted) Kappa(c Counts) Basis { return r.rates(c, scaleKappa) }

// FBeta is F with the given β, which is positive and finite; see [Reweighted.Accuracy].
func (r Reweighted) FBeta(c Counts, beta float64) Basis {
	if !(beta > 0) || math.IsInf(beta, 0) {
		return Basis{}
	}
	return r.rates(c, scaleFBeta+strconv.FormatFloat(beta, 'g', -1, 64))
}

func (c Counts) rates(scale string) Basis { return Reweighted{}.rates(c, scale) }

func (r Reweighted) rates(c Counts, scale string) Basis {
	if !(c.TP >= 0 && c.FP >= 0 && c.TN >= 0 && c.FN >= 0) || !(r.Prevalence >= 0 && r.Prevalence < 1) || !(r.Odds >= 0) || math.IsInf(r.Odds, 0) ||
		r.Prevalence > 0 && r.Odds != 0 {
		return Basis{}
	}
	recall, falls := Proportion(c.TP, c.TP+c.FN), Proportion(c.FP, c.FP+c.TN)
	if recall.Method == "" || falls.Method == "" {
		return Basis{}
	}
	b := Basis{Method: methodRates, Scale: scale, Parts: []Basis{recall, falls}, Prevalence: r.Prevalence}
	if r.Prevalence == 0 {
		b.Parts = append(b.Parts, Proportion(c.TP+c.FN, c.TP+c.FN+c.FP+c.TN))
		if r.Odds != 1 {
			b.Odds = r.Odds
		}
	}
	if math.IsNaN(b.Value()) {
		return Basis{}
	}
	return b
}

// figure is the figure at recall t, false positive rate f and prevalence p. NaN: it is 0/0, or unknown.
func figure(name string, t, f, p float64) float64 {
	q := p*t + (1-p)*f // the share called positive
	switch name {
	case scalePrecision:
		return p * t / q
	case scaleNPV:
		return (1 - p) * (1 - f) / (1 - q)
	case scaleAccuracy:
		return p*t + (1-p)*(1-f)
	case scaleSelection:
		return q
	case scaleJaccard:
		return p * t / (p + (1-p)*f)
	case scaleMCC:
		return (t - f) * math.Sqrt(p*(1-p)/(q*(1-q)))
	case scaleKappa:
		return 2 * p * (1 - p) * (t - f) / (p + q - 2*p*q)
	}
	if len(name) > 1 && name[:1] == scaleFBeta {
		beta, err := strconv.ParseFloat(name[1:], 64)
		if err != nil || !(beta > 0) {
			return math.NaN()
		}
		w := 1 / (1 + 1/beta/beta)
		return p * t / (w*p + (1-w)*q)
	}
	return math.NaN()
}

// at is the figure where the parts have the given values.
func (b Basis) at(parts [3]float64) float64 {
	p := parts[2]
	switch {
	case len(b.Parts) == 2:
		p = b.Prevalence
	case b.Odds > 0:
		p = shiftOdds(p, b.Odds)
	}
	return figure(b.Scale, parts[0], parts[1], p)
}

func (b Basis) rateValues() (parts [3]float64, ok bool) {
	if len(b.Parts) != 3 && !(len(b.Parts) == 2 && b.Prevalence > 0 && b.Prevalence < 1) {
		return parts, false
	}
	for i, p := range b.Parts {
		if parts[i] = p.Value(); math.IsNaN(parts[i]) {
			return parts, false
		}
	}
	return parts, true
}

func (b Basis) ratesValue() float64 {
	parts, ok := b.rateValues()
	if !ok {
		return math.NaN()
	}
	return b.at(parts)
}

// ratesLimit is a limit of the figure from those of its parts, as [Basis.mover] has it for sums.
func (b Basis) ratesLimit(a float64, s side, limit func(p Basis, a float64, s side) float64, together bool) float64 {
	parts, ok := b.rateValues()
	if !ok {
		return math.NaN()
	}
	value := b.at(parts)
	var alone [3]float64 // how far each part moves the figure to s
	var few []int
	for i, p := range b.Parts {
		ends := [2]float64{limit(p, a, lower), limit(p, a, upper)}
		if math.IsNaN(ends[0]) || math.IsNaN(ends[1]) {
			return math.NaN()
		}
		at, way := b.furthest(parts, i, ends, s)
		moved := parts
		moved[i] = at
		if d := float64(s) * (b.at(moved) - value); d > 0 { // not NaN: 0/0 at the end of the range
			alone[i] = d
		}
		if together && (p.few(way) || i == 2 && b.bends() && p.few(-way)) {
			few = append(few, i)
		}
	}
	squares := 0.0
	if len(few) > 1 {
		moved := parts
		for _, i := range few {
			share := a / float64(len(few))
			moved[i], _ = b.furthest(moved, i, [2]float64{limit(b.Parts[i], share, lower), limit(b.Parts[i], share, upper)}, s)
			alone[i] = 0
		}
		if d := float64(s) * (b.at(moved) - value); d > 0 {
			squares = d * d
		}
	}
	for _, d := range alone {
		squares += d * d
	}
	least := 0.0
	if b.bends() {
		least = -1
	}
	return clip(value+float64(s)*math.Sqrt(squares), least, 1)
}

// furthest is where the i-th part, between its limits, moves the figure most to s while the others stay, and the end it lies on or near.
func (b Basis) furthest(parts [3]float64, i int, ends [2]float64, s side) (at float64, way side) {
	candidates := []float64{ends[0], ends[1]}
	if i == 2 && b.bends() {
		if top := b.top(parts[0], parts[1]); top > ends[0] && top < ends[1] {
			candidates = append(candidates, top)
		}
	}
	most := math.Inf(-1)
	for _, c := range candidates {
		moved := parts
		moved[i] = c
		if d := float64(s) * b.at(moved); d > most {
			most, at = d, c
		}
	}
	if math.IsInf(most, -1) {
		return parts[i], s
	}
	if at < parts[i] {
		return at, lower
	}
	return at, upper
}

// bends says that the figure does not rise or fall with prevalence all the way.
func (b Basis) bends() bool { return b.Scale == scaleMCC || b.Scale == scaleKappa }

// top is the prevalence of the sample at which the figure lies furthest from 0, given recall and false positive rate: where its derivative is 0, π/(1−π) is
// √(f(1−f)/t(1−t)) for MCC and √(f/(1−t)) for kappa. NaN: 0/0.
func (b Basis) top(t, f float64) float64 {
	odds := math.Sqrt(f / (1 - t))
	if b.Scale == scaleMCC {
		odds = math.Sqrt(f * (1 - f) / (t * (1 - t)))
	}
	if b.Odds > 0 {
		odds /= b.Odds
	}
	return odds / (1 + odds)
}

// scaleOdds maps a proportion x to ox/(ox + 1 − x).
const scaleOdds = "odds"

func shiftOdds(x, odds float64) float64 { return odds * x / (odds*x + 1 - x) }
