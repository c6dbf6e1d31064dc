package evaluate

import (
	"fmt"
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

const noClasses = "the task is not multiclass"

// inClasses is a metric that binary and multiclass tasks both have, by what of gives of several classes.
func inClasses(m, of Metric) Metric {
	m.Note = of.Note
	m.Tasks, m.Aliases = []Task{Binary, Multiclass}, append(m.Aliases[:len(m.Aliases):len(m.Aliases)], of.Aliases...)
	value, basis, support, versus := m.Value, m.Basis, m.Support, m.Versus
	m.Value = func(s sweep.Stats) (float64, error) {
		if s.Classes != nil {
			return of.Value(s)
		}
		return value(s)
	}
	m.Basis = func(s sweep.Stats) stats.Basis {
		if s.Classes != nil {
			return of.Basis(s)
		}
		return basis(s)
	}
	m.Support = func(s sweep.Stats) int64 {
		if s.Classes != nil {
			return of.Support(s)
		}
		return support(s)
	}
	m.Versus = func(s sweep.Stats, rival int) (float64, stats.Basis, error) {
		if s.Classes == nil {
			return versus(s, rival)
		}
		return of.Versus(s, rival)
	}
	m.Range[1] = max(m.Range[1], of.Range[1])
	return m
}

// classified completes a metric of several classes. Undefined without rows.
func classified(m Metric, value func(*sweep.Classes) (float64, error), basis func(*sweep.Classes) stats.Basis, support func(*sweep.Classes) int64) Metric {
	m.Tasks, m.Range = []Task{Multiclass}, [2]float64{0, 1}
	if m.Better == "" {
		m.Better = Higher
	}
	m.Value = func(s sweep.Stats) (float64, error) {
		switch {
		case s.Classes == nil:
			return 0, Undefined(noClasses)
		case s.Rows == 0:
			return 0, Undefined(noRows)
		}
		return value(s.Classes)
	}
	if basis != nil {
		m.Basis = func(s sweep.Stats) stats.Basis {
			if s.Classes == nil || s.Rows == 0 {
				return stats.Basis{}
			}
			return basis(s.Classes)
		}
	}
	m.Support = func(s sweep.Stats) int64 {
		if s.Classes == nil {
			return 0
		}
		return support(s.Classes)
	}
	return m
}

// classRows are the rows of a class: truly, as predicted, and both.
func classRows(c *sweep.Classes, class int) (truth, called, right int64) {
	n := c.OneVsRest(class)
	return n.TP + n.FN, n.TP + n.FP, n.TP
}

// rarest is the least of a count over the classes.
func rarest(of func(truth, called, right int64) int64) func(*sweep.Classes) int64 {
	return func(c *sweep.Classes) int64 {
		least := int64(math.MaxInt64)
		for i := range c.Names {
			least = min(least, of(classRows(c, i)))
		}
		return least
	}
}

func ofTruth(truth, _, _ int64) int64           { return truth }
func ofCalled(_, called, _ int64) int64         { return called }
func ofEither(truth, called, right int64) int64 { return truth + called - right }
func allRows(c *sweep.Classes) (rows int64)     { return sumOf(c, ofTruth) }
func sumOf(c *sweep.Classes, of func(truth, called, right int64) int64) (n int64) {
	for i := range c.Names {
		n += of(classRows(c, i))
	}
	return n
}

// ratioOf is a class's figure: top over bottom.
type ratioOf func(truth, called, right int64) (top, bottom int64)

func recallOf(truth, _, right int64) (top, bottom int64)     { return right, truth }
func precisionOf(_, called, right int64) (top, bottom int64) { return right, called }
func f1Of(truth, called, right int64) (top, bottom int64)    { return 2 * right, truth + called }
func jaccardOf(truth, called, right int64) (top, bottom int64) {
	return right, truth + called - right
}

// meanOverClasses is the mean of the classes' figures, each counting the same, or as many times as it has rows. Undefined where a class has none:
// scikit-learn takes 0 for it, or leaves it out.
func meanOverClasses(of ratioOf, weighted bool, lacks string) func(*sweep.Classes) (float64, error) {
	return func(c *sweep.Classes) (float64, error) {
		sum, weights := 0.0, 0.0
		for i, name := range c.Names {
			truth, called, right := classRows(c, i)
			weight := 1.0
			if weighted {
				weight = float64(truth)
			}
			top, bottom := of(truth, called, right)
			if bottom == 0 {
				return 0, Undefined(fmt.Sprintf(lacks, name))
			}
			sum += weight * float64(top) / float64(bottom)
			weights += weight
		}
		return sum / weights, nil
	}
}

const (
	noTruth  = "no rows are truly %s"
	noCall   = "no rows are predicted %s"
	noEither = "no rows are %s, truly or as predicted"
)

// paired is the difference of a figure of the confusion table to a rival's on the same rows, with the basis that both tables together give it.
func paired(m Metric, basis func(stats.PairedConfusion) stats.Basis) Metric {
	value := m.Value
	of := func(s sweep.Stats, table stats.Confusion) (float64, error) {
		c := *s.Classes
		c.Confusion = table
		s.Classes = &c
		return value(s)
	}
	m.Versus = func(s sweep.Stats, _ int) (float64, stats.Basis, error) {
		if s.Classes == nil || s.Classes.Pair == nil {
			return 0, stats.Basis{}, Undefined(noClasses)
		}
		cells := s.Classes.Pair.Cells
		us, them := cells.Tables()
		ours, err := of(s, us)
		if err != nil {
			return 0, stats.Basis{}, err
		}
		theirs, err := of(s, them)
		if err != nil {
			return 0, stats.Basis{}, Undefined("of the other model: " + err.Error())
		}
		return ours - theirs, basis(cells), nil
	}
	return m
}

// Means over classes, scikit-learn's with average "macro" and "weighted". With one label a row, micro precision, recall and F1 are the accuracy, and so
// is weighted recall; macro recall is the balanced accuracy. Limits: see [stats.Confusion].
var (
	classAccuracy = paired(classified(Metric{Note: "With one label a row, micro-averaged precision, recall and F1, and recall weighted by classes, are the accuracy.", Aliases: []string{"precision_micro", "recall_micro", "f1_micro", "recall_weighted"}},
		func(c *sweep.Classes) (float64, error) {
			return float64(sumOf(c, func(_, _, right int64) int64 { return right })) / float64(allRows(c)), nil
		}, func(c *sweep.Classes) stats.Basis { return c.Confusion.Micro() }, allRows),
		func(c stats.PairedConfusion) stats.Basis { return stats.Paired(c.Accuracy()) })
	classBalancedAccuracy = paired(classified(Metric{}, meanOverClasses(recallOf, false, noTruth), func(c *sweep.Classes) stats.Basis { return c.Confusion.MacroRecall() }, rarest(ofTruth)),
		stats.PairedConfusion.MacroRecall)

	recallMacro = paired(classified(Metric{Name: "recall_macro", Aliases: []string{"macro_recall"}, Title: "macro recall", Summary: "of those truly of a class, how many it finds, on average of the classes",
		Denominator: "rows of the rarest class", asked: true},
		meanOverClasses(recallOf, false, noTruth), func(c *sweep.Classes) stats.Basis { return c.Confusion.MacroRecall() }, rarest(ofTruth)),
		stats.PairedConfusion.MacroRecall)
	precisionMacro = paired(classified(Metric{Name: "precision_macro", Aliases: []string{"macro_precision"}, Title: "macro precision", Summary: "of those predicted a class, how many are of it, on average of the classes",
		Denominator: "rows that are predicted the class of fewest", Prevalence: true},
		meanOverClasses(precisionOf, false, noCall), func(c *sweep.Classes) stats.Basis { return c.Confusion.MacroPrecision() }, rarest(ofCalled)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroPrecision(false) })
	f1Macro = paired(classified(Metric{Name: "f1_macro", Aliases: []string{"macro_f1"}, Title: "macro F1", Summary: "balance of precision and recall, on average of the classes",
		Denominator: rarestEither, Prevalence: true},
		meanOverClasses(f1Of, false, noEither), func(c *sweep.Classes) stats.Basis { return c.Confusion.MacroF1() }, rarest(ofEither)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroF1(false) })
	precisionWeighted = paired(classified(Metric{Name: "precision_weighted", Aliases: []string{"weighted_precision"}, Title: "weighted precision",
		Summary: "of those predicted a class, how many are of it, on average of the rows", Denominator: "rows that are predicted the class of fewest", Prevalence: true, asked: true},
		meanOverClasses(precisionOf, true, noCall), func(c *sweep.Classes) stats.Basis { return c.Confusion.WeightedPrecision() }, rarest(ofCalled)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroPrecision(true) })
	f1Weighted = paired(classified(Metric{Name: "f1_weighted", Aliases: []string{"weighted_f1"}, Title: "weighted F1", Summary: "balance of precision and recall, on average of the rows",
		Denominator: rarestEither, Prevalence: true, asked: true},
		meanOverClasses(f1Of, true, noEither), func(c *sweep.Classes) stats.Basis { return c.Confusion.WeightedF1() }, rarest(ofEither)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroF1(true) })
	jaccardMacro = paired(classified(Metric{Name: "jaccard_macro", Aliases: []string{"macro_jaccard", "mean_iou"}, Title: "macro Jaccard index",
		Summary: "of the rows that are a class, truly or as predicted, how many are both, on average of the classes", Denominator: rarestEither, Prevalence: true, asked: true},
		meanOverClasses(jaccardOf, false, noEither), func(c *sweep.Classes) stats.Basis { return c.Confusion.MacroJaccard() }, rarest(ofEither)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroJaccard(false) })
	jaccardWeighted = paired(classified(Metric{Name: "jaccard_weighted", Aliases: []string{"weighted_jaccard"}, Title: "weighted Jaccard index",
		Summary: "of the rows that are a class, truly or as predicted, how many are both, on average of the rows", Denominator: rarestEither, Prevalence: true, asked: true},
		meanOverClasses(jaccardOf, true, noEither), func(c *sweep.Classes) stats.Basis { return c.Confusion.WeightedJaccard() }, rarest(ofEither)),
		func(c stats.PairedConfusion) stats.Basis { return c.MacroJaccard(true) })
)

const rarestEither = "rows that are the rarest class, truly or as predicted"

// classKappa is Cohen's kappa of several classes, (pₒ−pₑ)/(1−pₑ): scikit-learn's cohen_kappa_score. Undefined where chance alone agrees everywhere: all rows are of one class, truly and
// as predicted (scikit-learn: NaN).
var classKappa = paired(classified(Metric{}, func(c *sweep.Classes) (float64, error) {
	m := marginsOf(c)
	if bottom := m.rows*m.rows - m.products; bottom > 0 {
		return (m.rows*m.right - m.products) / bottom, nil
	}
	return 0, Undefined("all rows are of one class, truly and as predicted")
}, func(c *sweep.Classes) stats.Basis { return c.Confusion.Kappa() }, outsideCommonest), stats.PairedConfusion.Kappa)

// classMCC is the correlation of true and predicted classes: scikit-learn's matthews_corrcoef, Gorodkin's R_K (2004, doi:10.1016/j.compbiolchem.2004.09.006). Range [−1, 1]; its least
// is −1 only of two classes. Undefined where all rows are of one class, truly or as predicted (scikit-learn: 0).
var classMCC = paired(classified(Metric{}, func(c *sweep.Classes) (float64, error) {
	m := marginsOf(c)
	truth, called := m.rows*m.rows-m.truthSquares, m.rows*m.rows-m.calledSquares
	switch {
	case truth == 0:
		return 0, Undefined("all rows are truly of one class")
	case called == 0:
		return 0, Undefined("all rows are predicted one class")
	}
	r := (m.rows*m.right - m.products) / (math.Sqrt(truth) * math.Sqrt(called))
	return math.Max(-1, math.Min(1, r)), nil // a product may be rounded beyond
}, func(c *sweep.Classes) stats.Basis { return c.Confusion.MCC() }, outsideCommonest), stats.PairedConfusion.MCC)

// margins are sums of a confusion table: rows, those on the diagonal, and over classes the products and squares of the rows truly of it and predicted it.
type margins struct{ rows, right, products, truthSquares, calledSquares float64 }

func marginsOf(c *sweep.Classes) (m margins) {
	for i := range c.Names {
		truth, called, right := classRows(c, i)
		x, y := float64(truth), float64(called)
		m.rows += x
		m.right += float64(right)
		m.products += x * y
		m.truthSquares += x * x
		m.calledSquares += y * y
	}
	return m
}

// outsideCommonest is how many rows are not of the commonest class, truly or as predicted: the fewer. Of two classes it is the rarest kind.
func outsideCommonest(c *sweep.Classes) int64 {
	var rows, truths, calls int64
	for i := range c.Names {
		truth, called, _ := classRows(c, i)
		rows, truths, calls = rows+truth, max(truths, truth), max(calls, called)
	}
	return rows - max(truths, calls)
}

const noClassScores = "there are no scores of the classes"

// area completes a mean of areas under ROC curves. Undefined without scores, and where a class has no rows.
func area(m Metric, of func(*sweep.Classes) float64, basis func(*sweep.Classes) stats.Basis) Metric {
	m.Denominator, m.Scores = "rows of the rarest class", true
	return classified(m, func(c *sweep.Classes) (float64, error) {
		if c.Areas == nil {
			return 0, Undefined(noClassScores)
		}
		if len(c.Names) < 2 {
			return 0, Undefined(oneClass)
		}
		for i, name := range c.Names {
			if truth, _, _ := classRows(c, i); truth == 0 {
				return 0, Undefined(fmt.Sprintf(noTruth, name))
			}
		}
		return of(c), nil
	}, basis, rarest(ofTruth))
}

func meanArea(of func(*sweep.Classes) sweep.MeanArea) func(*sweep.Classes) stats.Basis {
	return func(c *sweep.Classes) stats.Basis {
		a := of(c)
		if math.IsNaN(a.Mean) {
			return stats.Basis{}
		}
		var rows []int64
		for i := range c.Names {
			truth, _, _ := classRows(c, i)
			rows = append(rows, truth)
		}
		return stats.MeanAUC(a.Mean, a.SE, rows...)
	}
}

// Means of areas under ROC curves: of each class against the rest, by its own score (scikit-learn's multi_class "ovr"), and of each pair of classes
// (Hand and Till 2001, doi:10.1023/A:1010920819831; "ovo"). No interval was shown to hold for the weighted ones.
var (
	rocAUCOVR = area(Metric{Name: "roc_auc_ovr", Title: "ROC AUC, one against the rest", Summary: "how often a row of a class scores above one of another by that class's score, on average of the classes",
		Prevalence: true}, func(c *sweep.Classes) float64 { return c.OVR.Mean }, meanArea(func(c *sweep.Classes) sweep.MeanArea { return c.OVR }))
	rocAUCOVO = area(Metric{Name: "roc_auc_ovo", Aliases: []string{"hand_till"}, Title: "ROC AUC, pairs of classes (Hand and Till)", Summary: "how well scores tell two classes apart, on average of all pairs"},
		func(c *sweep.Classes) float64 { return c.OVO.Mean }, meanArea(func(c *sweep.Classes) sweep.MeanArea { return c.OVO }))
	rocAUCOVRWeighted = area(Metric{Name: "roc_auc_ovr_weighted", Title: "weighted ROC AUC, one against the rest", Summary: "as ROC AUC, one against the rest, on average of the rows",
		Prevalence: true, asked: true}, func(c *sweep.Classes) float64 { return c.OVR.Weighted }, nil)
	rocAUCOVOWeighted = area(Metric{Name: "roc_auc_ovo_weighted", Title: "weighted ROC AUC, pairs of classes", Summary: "how well scores tell two classes apart, on average of pairs by their rows",
		Prevalence: true, asked: true}, func(c *sweep.Classes) float64 { return c.OVO.Weighted }, nil)
)

const topKName = "top_k_accuracy"

// topKAccuracy is the share of rows whose true class is among the k of highest score: scikit-learn's top_k_accuracy_score, but that of equal scores the
// lowest class comes first there last. k is 2 where none is written.
func topKAccuracy(k int) Metric {
	m := classified(Metric{Name: topKName, Aliases: []string{"top_k_accuracy_score"}, Title: fmt.Sprintf("top-%d accuracy", k),
		Summary: "how often the true class is among those of highest score, as top_k_accuracy@3", Denominator: "rows", Scores: true, Prevalence: true},
		func(c *sweep.Classes) (float64, error) {
			hits, ok := hitsOf(c, k)
			if !ok {
				return 0, Undefined(noClassScores)
			}
			return float64(hits) / float64(allRows(c)), nil
		}, func(c *sweep.Classes) stats.Basis {
			hits, ok := hitsOf(c, k)
			if !ok {
				return stats.Basis{}
			}
			return stats.Proportion(float64(hits), float64(allRows(c)))
		}, allRows)
	m.Parameter = &Parameter{Name: "k", Default: 2, Takes: "a number of classes", With: func(x float64) (Metric, bool) {
		if !(x >= 1 && x <= maxClasses) || x != math.Trunc(x) {
			return Metric{}, false
		}
		return topKAccuracy(int(x)), true
	}}
	return m
}

func hitsOf(c *sweep.Classes, k int) (int64, bool) {
	for i, top := range c.Tops {
		if top == k && c.Scored {
			return c.Hits[i], true
		}
	}
	return 0, false
}

// commonestRows are those of the commonest class.
func commonestRows(c *sweep.Classes) int64 {
	most := int64(0)
	for i := range c.Names {
		truth, _, _ := classRows(c, i)
		most = max(most, truth)
	}
	return most
}

// classLoss is a mean of losses by the scores of all classes. Undefined where a row's scores are no probabilities.
func classLoss(m Metric, of func(*sweep.Classes) sweep.Loss, pair func(*sweep.ClassPair) sweep.Loss) Metric {
	improper := func(rows int64, whose string) error {
		return Undefined(fmt.Sprintf("the scores of %s rows%s are no probabilities: they lie outside [0, 1], or do not add up to 1", Count(rows), whose))
	}
	undefined := func(c *sweep.Classes) error {
		switch {
		case !c.Scored:
			return Undefined(noClassScores)
		case c.Improper > 0:
			return improper(c.Improper, "")
		}
		return nil
	}
	m.Better = Lower
	m = classified(m, func(c *sweep.Classes) (float64, error) { return of(c).Mean, undefined(c) },
		func(c *sweep.Classes) stats.Basis {
			if undefined(c) != nil {
				return stats.Basis{}
			}
			l, commonest := of(c), commonestRows(c)
			return stats.MeanLoss(l.Mean, l.SE, commonest, allRows(c)-commonest)
		}, allRows)
	m.Versus = func(s sweep.Stats, _ int) (float64, stats.Basis, error) {
		switch c := s.Classes; {
		case c == nil || c.Pair == nil:
			return 0, stats.Basis{}, Undefined(noClasses)
		case s.Rows == 0:
			return 0, stats.Basis{}, Undefined(noRows)
		case !c.Scored:
			return 0, stats.Basis{}, Undefined(noClassScores)
		case !c.Pair.Scored:
			return 0, stats.Basis{}, Undefined("there are no scores of the classes by the other model")
		case c.Pair.Improper > 0:
			return 0, stats.Basis{}, improper(c.Pair.Improper, ", of either model,")
		}
		l := pair(s.Classes.Pair)
		return l.Mean, differenceOfMeans(l, s.Rows), nil
	}
	return m
}

// classLogLoss is −mean(ln p) of the true class's score p, clipped as scikit-learn's log_loss does for the columns' type. Undefined where a row's scores
// are no probabilities; scikit-learn warns where they do not add up to 1.
var classLogLoss = classLoss(Metric{}, func(c *sweep.Classes) sweep.Loss { return c.LogLoss }, func(p *sweep.ClassPair) sweep.Loss { return p.LogLoss })

// classBrier is the mean over rows of Σ over classes of (score − whether it is the true class)², in [0, 2], 0 is best; of two classes half of that, as the Brier
// score of a binary task: scikit-learn's brier_score_loss, with its scale_by_half of "auto". Undefined as log loss. Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
var classBrier = func() Metric {
	m := classLoss(Metric{Note: "Of several classes it is the sum over them, from 0 to 2."}, func(c *sweep.Classes) sweep.Loss { return c.Brier }, func(p *sweep.ClassPair) sweep.Loss { return p.Brier })
	m.Range = [2]float64{0, 2}
	return m
}()
