package evaluate

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// fairnessCase is confusion counts by group with fairlearn's disparities: fixtures/oracle/fairness.json.
type fairnessCase struct {
	Name, Dimension string
	Least           int64
	Groups          map[string]sweep.Counts
	Disparities     map[string]*float64
	Peers           []struct {
		Disparity string
		Gives     json.RawMessage
	}
}

func fairnessCases(t *testing.T) []fairnessCase {
	t.Helper()
	var o struct{ Cases []fairnessCase }
	readFigures(t, "fairness.json", &o)
	if len(o.Cases) == 0 {
		t.Fatal("no cases in the oracle")
	}
	return o.Cases
}

func readFigures(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("../fixtures/oracle/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

// grouped are slices with these counts: overall, and along "g" in the order of the names.
func grouped(groups map[string]sweep.Counts) ([]Slice, Terms) {
	var overall sweep.Counts
	var all []Slice
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		c := groups[name]
		overall.TP, overall.FP, overall.TN, overall.FN = overall.TP+c.TP, overall.FP+c.FP, overall.TN+c.TN, overall.FN+c.FN
		all = append(all, Slice{Groups: Groups{"g": name}, Rows: c.TP + c.FP + c.TN + c.FN, Counts: &c})
	}
	first := Slice{Groups: Groups{}, Rows: overall.TP + overall.FP + overall.TN + overall.FN, Counts: &overall}
	return append([]Slice{first}, all...), Terms{Sampling: Deployment, Groups: []Dimension{{Name: "g", Column: "g"}}}
}

// TestDisparitiesEqualFairlearn holds every disparity to fairlearn's, on the census and COMPAS and on random tables, among groups that are large
// enough.
func TestDisparitiesEqualFairlearn(t *testing.T) {
	compared := map[string]int{}
	for _, c := range fairnessCases(t) {
		all, terms := grouped(c.Groups)
		found := map[string]Disparity{}
		for _, d := range disparities(all, terms, c.Least) {
			found[d.Name] = d
		}
		for name, want := range c.Disparities {
			d, ok := found[name]
			switch {
			case !ok:
				t.Errorf("%s: no %s", c.Name, name)
			case (d.Value == nil) != (want == nil) || want == nil && d.Undefined == "":
				t.Errorf("%s: %s is %v (%q), want %v", c.Name, name, d.Value, d.Undefined, want)
			case want != nil && !(math.Abs(*d.Value-*want) <= 1e-12):
				t.Errorf("%s: %s is %.17g, want %.17g", c.Name, name, *d.Value, *want)
			default:
				compared[name]++
			}
		}
	}
	for _, k := range Disparities() {
		if k.Metrics[0] != scoringRate.Name && compared[k.Name] == 0 {
			t.Errorf("fixtures/oracle has no figure for %s", k.Name)
		}
	}
}

// TestDisparitiesWherePeersDiffer lists why a disparity is another one than fairlearn's on all groups. fairlearn takes the rate of a group without any
// row of its denominator for 0, so that a group of which nothing is known makes the largest difference there can be; gives 0 or 1, perfect
// parity, where there is one group; and NaN for 0/0.
func TestDisparitiesWherePeersDiffer(t *testing.T) {
	seen := map[string]int{}
	for _, c := range fairnessCases(t) {
		all, terms := grouped(c.Groups)
		found := map[string]Disparity{}
		for _, d := range disparities(all, terms, c.Least) {
			found[d.Name] = d
		}
		for _, p := range c.Peers {
			d := found[p.Disparity]
			switch {
			case len(d.LeftOut) > 0:
				for _, out := range d.LeftOut {
					if !strings.Contains(out.Why, "under") && !strings.HasPrefix(out.Why, "no ") {
						t.Errorf("%s: %s leaves out %s because %q", c.Name, d.Name, out.Groups, out.Why)
					}
				}
				seen["left out"]++
			case d.Undefined == "there is one group":
				seen[d.Undefined+": "+string(p.Gives)]++
			case strings.HasSuffix(d.Undefined, "is 0 in every group"):
				// of equalized odds the other ratio alone is what is left
				if name := string(p.Gives); name != `"nan"` && !strings.HasPrefix(d.Name, "equalized_odds") && name != "1.0" {
					t.Errorf("%s: %s is undefined, and fairlearn gives %s", c.Name, d.Name, name)
				}
				seen["0/0"]++
			default:
				t.Errorf("%s: %s is %v (%q), and fairlearn gives %s: that is not listed", c.Name, d.Name, d.Value, d.Undefined, p.Gives)
			}
		}
	}
	for _, why := range []string{"left out", "there is one group: 0.0", "there is one group: 1.0", "0/0"} {
		if seen[why] == 0 {
			t.Errorf("no case: %s (seen: %v)", why, seen)
		}
	}
}

// TestDisparitiesEqualAequitas: the lowest rate over the highest is 1 over the largest of Aequitas's disparities to the lowest, and its rates and its
// disparities to the largest group are what metrics give.
func TestDisparitiesEqualAequitas(t *testing.T) {
	var o struct {
		Cases []struct {
			Name    string
			Metrics map[string]struct {
				Rates     map[string]float64
				ToLowest  map[string]float64 `json:"to_lowest"`
				ToLargest map[string]float64 `json:"to_largest"`
			}
		}
	}
	readFigures(t, "aequitas_ratios.json", &o)
	counts := map[string]map[string]sweep.Counts{}
	for _, c := range fairnessCases(t) {
		counts[c.Name] = c.Groups
	}
	compared := 0
	for _, c := range o.Cases {
		all, terms := grouped(counts[c.Name])
		found := disparities(all, terms, MinSupport)
		for name, want := range c.Metrics {
			m, _ := find(name)
			highest := 1.0
			largest := all[1]
			for _, s := range all[1:] {
				if s.Rows > largest.Rows {
					largest = s
				}
			}
			base, _ := m.Value(countsOf(largest))
			for _, s := range all[1:] {
				g := s.Groups["g"]
				v, err := m.Value(countsOf(s))
				if err != nil || math.Abs(v-want.Rates[g]) > 1e-12 || math.Abs(v/base-want.ToLargest[g]) > 1e-12*math.Max(1, v/base) {
					t.Errorf("%s: %s of %s is %v, %v times the largest group's (%v); want %v, %v", c.Name, name, g, v, v/base, err, want.Rates[g], want.ToLargest[g])
				}
				highest = math.Max(highest, want.ToLowest[g])
				compared++
			}
			i := slices.IndexFunc(found, func(d Disparity) bool {
				return d.Metric == name && strings.HasSuffix(d.Name, "_ratio") && !strings.HasPrefix(d.Name, "equalized")
			})
			if i < 0 || found[i].Value == nil || math.Abs(*found[i].Value-1/highest) > 1e-12 {
				t.Errorf("%s: no ratio of %s that is 1/%v", c.Name, name, highest)
			}
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestDisparities holds every disparity to what its readers need, on random groups.
func TestDisparities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, 3000))
		groups := map[string]sweep.Counts{}
		for i := range rapid.IntRange(1, 7).Draw(t, "groups") {
			groups[fmt.Sprint(i)] = sweep.Counts{TP: cell.Draw(t, "tp"), FP: cell.Draw(t, "fp"), TN: cell.Draw(t, "tn"), FN: cell.Draw(t, "fn")}
		}
		all, terms := grouped(groups)
		if rapid.Bool().Draw(t, "scored") {
			for i := range all {
				above := all[i].Rows / 2
				all[i].Above = &above
			}
		}
		if rapid.Bool().Draw(t, "stratified") {
			share := rapid.Float64Range(0.001, 0.999).Draw(t, "share")
			terms.Sampling, terms.Prevalence = "stratified", &share
		}
		found := disparities(all, terms, MinSupport)
		want := len(Disparities())
		if all[0].Above == nil {
			want -= 2
		}
		if len(found) != want {
			t.Fatalf("%d disparities, want %d", len(found), want)
		}
		for _, d := range found {
			k := Disparities()[slices.IndexFunc(Disparities(), func(k DisparityKind) bool { return k.Name == d.Name })]
			left := map[string]bool{}
			for _, out := range d.LeftOut {
				if out.Why == "" || !slices.Contains(k.Metrics, out.Metric) {
					t.Fatalf("%s leaves out %+v", d.Name, out)
				}
				left[out.Groups["g"]] = true
			}
			if d.Compared < 0 || d.Compared+len(left) < len(groups) || d.Compared > len(groups) {
				t.Fatalf("%s compares %d of %d groups, and leaves out %d", d.Name, d.Compared, len(groups), len(left))
			}
			if d.Value == nil {
				if d.Undefined == "" || d.Interval != nil || d.Highest != nil || d.Lowest != nil {
					t.Fatalf("%s is undefined: %+v", d.Name, d)
				}
				continue
			}
			if !(*d.Value >= 0 && *d.Value <= 1) || len(d.Highest) == 0 || len(d.Lowest) == 0 {
				t.Fatalf("%s is %v, between %s and %s", d.Name, *d.Value, d.Highest, d.Lowest)
			}
			if (d.Interval == nil) == (d.Without == "") {
				t.Fatalf("%s has the interval %+v, and %q", d.Name, d.Interval, d.Without)
			}
			if i := d.Interval; i != nil && !(i.Low <= *d.Value+1e-9 && i.High >= *d.Value-1e-9 && i.Low >= -1e-12 && i.High <= 1+1e-12) {
				t.Fatalf("%s is %v in %+v", d.Name, *d.Value, *i)
			}
		}
	})
}

// TestDisparityKinds: names are one thing's alone, and plain.
func TestDisparityKinds(t *testing.T) {
	names := map[string]bool{}
	for _, k := range Disparities() {
		for _, name := range append([]string{k.Name}, k.Aliases...) {
			if names[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
				t.Errorf("%q is there twice, or no plain name", name)
			}
			names[name] = true
			if _, err := Lookup(name); err == nil {
				t.Errorf("%q is a metric too", name)
			}
		}
		if k.Title == "" || k.Summary == "" || len(k.Metrics) == 0 || strings.HasSuffix(strings.TrimSuffix(k.Name, "_mean"), "_ratio") != k.Ratio {
			t.Errorf("%s is not complete: %+v", k.Name, k)
		}
		for _, name := range k.Metrics {
			if m, ok := find(name); name != scoringRate.Name && (!ok || m.Name != name) {
				t.Errorf("%s compares %q", k.Name, name)
			}
		}
	}
}

// TestSmallGroups: a group too small to compare is named, and is never an extreme.
func TestSmallGroups(t *testing.T) {
	all, terms := grouped(map[string]sweep.Counts{
		"a": {TP: 40, FN: 10, FP: 10, TN: 40}, "b": {TP: 20, FN: 20, FP: 10, TN: 50}, "c": {TP: 29, FN: 0, FP: 0, TN: 71}, "d": {},
	})
	e := Evaluation{Slices: all, Fairness: disparities(all, terms, MinSupport)}
	d, ok := e.Disparity("equal_opportunity_difference", "g")
	// 40/50 − 20/40; c finds all of its 29
	if !ok || math.Abs(*d.Value-0.3) > 1e-15 || d.Highest["g"] != "a" || d.Lowest["g"] != "b" || d.Compared != 2 {
		t.Errorf("equal opportunity difference: %+v", d)
	}
	want := []LeftOut{{Groups{"g": "c"}, "recall", "29 truly positive rows, under 30"}, {Groups{"g": "d"}, "recall", "no rows"}}
	if !slices.EqualFunc(d.LeftOut, want, func(a, b LeftOut) bool {
		return maps.Equal(a.Groups, b.Groups) && a.Metric == b.Metric && a.Why == b.Why
	}) {
		t.Errorf("left out: %+v, want %+v", d.LeftOut, want)
	}
	if d, ok := e.Disparity("four_fifths_ratio", "g"); !ok || d.Name != "demographic_parity_ratio" || math.Abs(*d.Value-0.29/0.5) > 1e-15 || d.Compared != 3 {
		t.Errorf("four-fifths ratio: %+v", d)
	}
	if _, ok := e.Disparity("four_fifths_ratio", "h"); ok {
		t.Error("a disparity along no dimension")
	}
}

// TestEqualGroups: of equals the first is the highest and the last the lowest.
func TestEqualGroups(t *testing.T) {
	same := sweep.Counts{TP: 40, FN: 10, FP: 10, TN: 40}
	all, terms := grouped(map[string]sweep.Counts{"a": same, "b": same, "c": same})
	for _, d := range disparities(all, terms, MinSupport) {
		if parity := map[bool]float64{true: 1}[strings.Contains(d.Name, "ratio")]; *d.Value != parity || d.Highest["g"] != "a" || d.Lowest["g"] != "c" {
			t.Errorf("%s is %v, from %s to %s", d.Name, *d.Value, d.Highest, d.Lowest)
		}
	}
}

// TestScoringRates is worked by hand: of 100 men 60 score above the median of all, of 100 women 45, of 50 others 20: the impact ratios are
// 1, .75 and .4/.6 = .667.
func TestScoringRates(t *testing.T) {
	all, terms := grouped(map[string]sweep.Counts{"men": {TN: 100}, "women": {TN: 100}, "others": {TN: 50}})
	for i, n := range []int64{125, 60, 20, 45} { // men, others, women
		all[i].Above = &n
	}
	e := Evaluation{Fairness: disparities(all, terms, MinSupport)}
	d, ok := e.Disparity("impact_ratio", "g")
	if !ok || d.Name != "scoring_rate_ratio" || math.Abs(*d.Value-2.0/3) > 1e-15 || d.Highest["g"] != "men" || d.Lowest["g"] != "others" || d.Interval == nil {
		t.Errorf("scoring rate ratio: %+v", d)
	}
	if d, _ := e.Disparity("scoring_rate_difference", "g"); math.Abs(*d.Value-0.2) > 1e-15 {
		t.Errorf("scoring rate difference: %+v", d)
	}
	for i := range all {
		all[i].Above = nil
	}
	e.Fairness = disparities(all, terms, MinSupport)
	if _, ok := e.Disparity("scoring_rate_ratio", "g"); ok {
		t.Error("scoring rates of rows without scores")
	}
}

// TestDisparityIntervals: the interval is over all pairs, so that it is no narrower than that of the two groups which happen to be extreme, and the
// chance of groups that are all alike does not make a difference.
func TestDisparityIntervals(t *testing.T) {
	groups := map[string]sweep.Counts{}
	for i := range 20 {
		groups[fmt.Sprint("g", i)] = sweep.Counts{TP: 100 + int64(i), FN: 400 - int64(i), TN: 500}
	}
	all, terms := grouped(groups)
	e := Evaluation{Fairness: disparities(all, terms, MinSupport)}
	d, _ := e.Disparity("equal_opportunity_difference", "g")
	pair := stats.Describe(stats.Difference(stats.Proportion(119, 500), stats.Proportion(100, 500)), Level)
	if d.Interval.Low != 0 || d.Interval.High < pair.High {
		t.Errorf("difference %v in %+v; of the two extremes alone %+v", *d.Value, *d.Interval, *pair)
	}
}
