package evaluate

import (
	"fmt"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// MinSupport is the support of a metric's own denominator under which a group is too small to be compared with others.
const MinSupport = 30

// maxCompared is the most groups of which a disparity has an interval: it looks at every pair.
const maxCompared = 200

// Disparity is how far a metric lies apart over the groups of one dimension, at the threshold: a difference, the highest less the lowest, or a
// ratio, the lowest over the highest. Groups with too few rows, or without the figure, are left out and named.
type Disparity struct {
	Name       string          `json:"name"`                                                      // as in fairlearn: "demographic_parity_difference"
	Aliases    []string        `json:"aliases,omitempty"`                                         // "four_fifths_ratio"
	Dimension  string          `json:"dimension"`                                                 // "sex", "sex * age"
	Metric     string          `json:"metric"`                                                    // of the two groups: "selection_rate"
	Value      *float64        `json:"value"`                                                     // null: undefined, never 0
	Undefined  string          `json:"undefined,omitempty"`                                       // why
	Prevalence string          `json:"prevalence,omitempty" jsonschema:"enum=sample,enum=stated"` // as a [Figure]'s
	Highest    Groups          `json:"highest,omitempty"`                                         // the group with the highest figure, and with the lowest
	Lowest     Groups          `json:"lowest,omitempty"`
	Compared   int             `json:"compared"`           // groups: in each of the metrics, those along the dimension that are not left out
	LeftOut    []LeftOut       `json:"left_out,omitempty"` // groups that are not compared
	Interval   *stats.Interval `json:"interval"`           // over every pair of groups, not of the two that the sample happens to show
	Without    string          `json:"without,omitempty"`  // why there is no interval
}

// LeftOut is a group that a disparity does not compare.
type LeftOut struct {
	Groups Groups `json:"groups"`
	Metric string `json:"metric"`
	Why    string `json:"why"` // "12 truly positive rows, under 30"
}

// Disparity finds one by its name or an alias.
func (e *Evaluation) Disparity(name, dimension string) (Disparity, bool) {
	i := slices.IndexFunc(e.Fairness, func(d Disparity) bool {
		return d.Dimension == dimension && (d.Name == name || slices.Contains(d.Aliases, name))
	})
	if i < 0 {
		return Disparity{}, false
	}
	return e.Fairness[i], true
}

// DisparityKind is a way to compare groups. To add one: a line in Disparities.
type DisparityKind struct {
	Name    string
	Aliases []string
	Title   string   // for a page
	Summary string   // what it says
	Metrics []string // that are compared: one, or the two of equalized odds
	Ratio   bool     // the lowest over the highest, in [0, 1], 1 is parity; else the highest less the lowest, in [0, 1], 0 is parity
	Mean    bool     // of the metrics' disparities; else the worst of them
}

// Gates writes the gates that hold groups to the disparity, one a metric, as examples: for a person's group and widest gap.
func (k DisparityKind) Gates(group, gap string) []string {
	bound := "max_gap: " + gap
	if k.Ratio {
		bound = "min_ratio: 0.8"
	}
	var written []string
	for _, metric := range k.Metrics {
		written = append(written, fmt.Sprintf("{metric: %s, across: %s, %s}", metric, group, bound))
	}
	return written
}

// Disparities lists them all, in fairlearn's words, and where it has none in Aequitas's.
//   - demographic parity (statistical parity): groups are selected equally often. Calders and Verwer 2010, doi:10.1007/s10618-010-0190-x;
//   - equal opportunity: recall is equal; equalized odds: recall and false positive rate are. Hardt, Price and Srebro 2016, arXiv:1610.02413;
//   - predictive parity: precision is equal. Chouldechova 2017, doi:10.1089/big.2016.0047;
//   - parity of the false positive, negative, discovery and omission rates: Saleiro et al. 2018, arXiv:1811.05577;
//   - scoring rate: the share of a group's rows that score above the median of all rows; its ratio is the impact ratio of scores in New York City's
//     rules for automated employment decision tools (6 RCNY 5-300).
func Disparities() []DisparityKind {
	return []DisparityKind{
		{Name: "demographic_parity_difference", Aliases: []string{"statistical_parity_difference", "selection_rate_difference"}, Title: "demographic parity difference",
			Summary: "how far the shares that are predicted positive lie apart", Metrics: []string{selectionRate.Name}},
		{Name: "demographic_parity_ratio", Aliases: []string{"four_fifths_ratio", "selection_rate_ratio"}, Title: "demographic parity ratio (four-fifths ratio)",
			Summary: "the lowest share that is predicted positive, over the highest", Metrics: []string{selectionRate.Name}, Ratio: true},
		{Name: "equal_opportunity_difference", Aliases: []string{"true_positive_rate_difference", "recall_difference"}, Title: "equal opportunity difference",
			Summary: "how far recall lies apart", Metrics: []string{recall.Name}},
		{Name: "equal_opportunity_ratio", Aliases: []string{"true_positive_rate_ratio", "recall_ratio"}, Title: "equal opportunity ratio",
			Summary: "the lowest recall over the highest", Metrics: []string{recall.Name}, Ratio: true},
		{Name: "equalized_odds_difference", Title: "equalized odds difference",
			Summary: "how far recall, or the false positive rate, lies apart: the larger of the two", Metrics: []string{recall.Name, falsePositiveRate.Name}},
		{Name: "equalized_odds_ratio", Title: "equalized odds ratio",
			Summary: "the lowest recall over the highest, or that of false positive rates: the smaller of the two", Metrics: []string{recall.Name, falsePositiveRate.Name}, Ratio: true},
		{Name: "equalized_odds_difference_mean", Aliases: []string{"average_odds_difference"}, Title: "mean equalized odds difference",
			Summary: "how far recall and the false positive rate lie apart, on average of the two", Metrics: []string{recall.Name, falsePositiveRate.Name}, Mean: true},
		{Name: "equalized_odds_ratio_mean", Title: "mean equalized odds ratio",
			Summary: "the lowest over the highest of recall and of the false positive rate, on average of the two", Metrics: []string{recall.Name, falsePositiveRate.Name}, Ratio: true, Mean: true},
		{Name: "false_positive_rate_difference", Aliases: []string{"predictive_equality_difference"}, Title: "false positive rate difference",
			Summary: "how far the false positive rates lie apart", Metrics: []string{falsePositiveRate.Name}},
		{Name: "false_positive_rate_ratio", Aliases: []string{"predictive_equality_ratio"}, Title: "false positive rate ratio",
			Summary: "the lowest false positive rate over the highest", Metrics: []string{falsePositiveRate.Name}, Ratio: true},
		{Name: "false_negative_rate_difference", Title: "false negative rate difference",
			Summary: "how far the false negative rates lie apart", Metrics: []string{falseNegativeRate.Name}},
		{Name: "false_negative_rate_ratio", Title: "false negative rate ratio",
			Summary: "the lowest false negative rate over the highest", Metrics: []string{falseNegativeRate.Name}, Ratio: true},
		{Name: "predictive_parity_difference", Aliases: []string{"precision_difference"}, Title: "predictive parity difference",
			Summary: "how far precision lies apart", Metrics: []string{precision.Name}},
		{Name: "predictive_parity_ratio", Aliases: []string{"precision_ratio"}, Title: "predictive parity ratio",
			Summary: "the lowest precision over the highest", Metrics: []string{precision.Name}, Ratio: true},
		{Name: "false_discovery_rate_ratio", Title: "false discovery rate ratio",
			Summary: "the lowest false discovery rate over the highest", Metrics: []string{falseDiscoveryRate.Name}, Ratio: true},
		{Name: "false_omission_rate_difference", Title: "false omission rate difference",
			Summary: "how far the false omission rates lie apart", Metrics: []string{falseOmissionRate.Name}},
		{Name: "false_omission_rate_ratio", Title: "false omission rate ratio",
			Summary: "the lowest false omission rate over the highest", Metrics: []string{falseOmissionRate.Name}, Ratio: true},
		{Name: "scoring_rate_difference", Title: "scoring rate difference",
			Summary: "how far the shares that score above the median of all rows lie apart", Metrics: []string{scoringRate.Name}},
		{Name: "scoring_rate_ratio", Aliases: []string{"impact_ratio"}, Title: "scoring rate ratio",
			Summary: "the lowest share that scores above the median of all rows, over the highest", Metrics: []string{scoringRate.Name}, Ratio: true},
	}
}

// disparities compares the groups of every dimension that has at least least of a metric's denominator. Overall is the first slice. Scoring rates are
// compared where the slices have them.
func disparities(all []Slice, t Terms, least int64) []Disparity {
	var found []Disparity
	for _, dimension := range t.Dimensions() {
		groups, err := along(all, dimension)
		if err != nil {
			continue // no row, and nothing declared
		}
		compared := map[string]*comparison{}
		for _, k := range Disparities() {
			if k.Metrics[0] == scoringRate.Name && all[0].Above == nil || t.is(Scores) && k.Metrics[0] != scoringRate.Name && k.Metrics[0] != selectionRate.Name {
				continue
			}
			for _, name := range k.Metrics {
				if compared[name] == nil {
					compared[name] = compareGroups(name, groups, t, all[0], least)
				}
			}
			found = append(found, k.disparity(dimension, compared))
		}
	}
	return found
}

// comparison is one metric over the groups of a dimension.
type comparison struct {
	metric          string
	leftOut         []LeftOut
	prevalence      string
	highest, lowest *Slice
	most, least     float64
	bases           []stats.Basis
	undefined       string // why there is no disparity
}

func compareGroups(name string, groups []Slice, t Terms, overall Slice, least int64) *comparison {
	c := &comparison{metric: name}
	denominator := "rows"
	for i, s := range groups {
		var f Figure
		f, denominator = groupFigure(name, s, t, overall)
		c.prevalence = f.Prevalence
		why := f.Undefined
		switch {
		case s.Rows == 0:
			why = noRows
		case f.Support < least:
			why = fmt.Sprintf("%s %s, under %d", Count(f.Support), denominator, least)
		}
		if why != "" {
			c.leftOut = append(c.leftOut, LeftOut{s.Groups, name, why})
			continue
		}
		// of equals the first is the highest and the last the lowest: two groups, where there are two
		if v := *f.Value; c.highest == nil || v > c.most {
			c.highest, c.most = &groups[i], v
		}
		if v := *f.Value; c.lowest == nil || v <= c.least {
			c.lowest, c.least = &groups[i], v
		}
		c.bases = append(c.bases, f.Basis)
	}
	switch {
	case len(groups) < 2:
		c.undefined = "there is one group"
	case len(c.bases) < 2:
		c.undefined = fmt.Sprintf("fewer than two groups have %d %s", least, denominator)
	}
	return c
}

// groupFigure is the metric of a group, and what its support counts.
func groupFigure(name string, s Slice, t Terms, overall Slice) (f Figure, denominator string) {
	if name == scoringRate.Name {
		if s.Above == nil {
			return Figure{Undefined: noRows}, "rows"
		}
		k, n := float64(*s.Above), float64(s.Rows)
		v := k / n
		f = Figure{Value: &v, Support: s.Rows, Basis: stats.Proportion(k, n)}
		if t.Sampling != Deployment {
			f.Prevalence = SampleShare
		}
		return f, "rows"
	}
	m, _ := find(name)
	if f, ok := s.Metrics[name]; ok && t.is(Scores) {
		return f, m.Denominator
	}
	n := Named{Metric: m, Cut: math.NaN(), Key: m.Name}
	return n.figure(countsOf(s), s.Groups, t, countsOf(overall)), m.Denominator
}

// countsOf is what metrics of counts need of a slice.
func countsOf(s Slice) sweep.Stats {
	if s.Counts == nil {
		return sweep.Stats{}
	}
	return sweep.Stats{Rows: s.Rows, Positives: s.Counts.TP + s.Counts.FN, Counts: *s.Counts, Pending: s.Pending.swept()}
}

// value is the difference, or the ratio, of the extremes.
func (c *comparison) value(ratio bool) (float64, error) {
	switch {
	case c.undefined != "":
		return 0, Undefined(c.undefined)
	case ratio && c.most == 0:
		return 0, Undefined(fmt.Sprintf("%s is 0 in every group", c.metric))
	case ratio:
		return c.least / c.most, nil
	}
	return c.most - c.least, nil
}

func (c *comparison) basis(ratio bool) stats.Basis {
	if ratio {
		return stats.MinRatio(c.bases...)
	}
	return stats.MaxDifference(c.bases...)
}

// disparity is the one of its kind, over metrics that were compared.
func (k DisparityKind) disparity(dimension string, compared map[string]*comparison) Disparity {
	d := Disparity{Name: k.Name, Aliases: k.Aliases, Dimension: dimension, Metric: k.Metrics[0]}
	values := make([]float64, len(k.Metrics))
	bases := make([]stats.Basis, len(k.Metrics))
	worst := 0
	for i, name := range k.Metrics {
		c := compared[name]
		d.LeftOut = append(d.LeftOut, c.leftOut...)
		if i == 0 || len(c.bases) < d.Compared {
			d.Compared = len(c.bases)
		}
		if c.prevalence != "" {
			d.Prevalence = c.prevalence
		}
		v, err := c.value(k.Ratio)
		if err != nil {
			if d.Undefined == "" {
				d.Undefined, d.Metric = err.Error(), name
			}
			continue
		}
		values[i], bases[i] = v, c.basis(k.Ratio)
		if k.Ratio && v < values[worst] || !k.Ratio && v > values[worst] {
			worst = i
		}
	}
	if d.Undefined != "" {
		return d
	}
	c := compared[k.Metrics[worst]]
	d.Metric, d.Highest, d.Lowest = c.metric, c.highest.Groups, c.lowest.Groups
	v, basis := values[worst], bases[0]
	switch {
	case k.Mean:
		sum := 0.0
		for _, x := range values {
			sum += x
		}
		v, basis = sum/float64(len(values)), stats.Average(bases...)
	case len(bases) > 1 && k.Ratio:
		basis = stats.Smallest(bases...)
	case len(bases) > 1:
		basis = stats.Largest(bases...)
	}
	d.Value = &v
	if d.Compared > maxCompared {
		d.Without = fmt.Sprintf("more than %d groups are compared", maxCompared)
	} else if d.Interval = stats.Describe(basis, Level); d.Interval == nil {
		d.Without = "no method was shown to hold for it"
	}
	return d
}
