package gates_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// TestCOMPAS judges ProPublica's table: wrongly called likely to reoffend are 44.85 % of African-Americans and 23.45 % of Caucasians.
func TestCOMPAS(t *testing.T) {
	p := parse(t, "task: binary\nlabel: two_year_recid\ngroups: [{column: race}]\ngates: [{metric: false_positive_rate, across: race, max_gap: 0.05}]\n")
	open := func(path string) ([]table.Source, error) {
		return table.FromPath(filepath.Join("../fixtures/compas", path))
	}
	e, err := evaluate.Run(t.Context(), evaluate.Config{Path: "compas.csv", ID: "id", Prediction: "prediction", Open: open}, p.Terms, p.Needs(), evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gates.Judge(p, e, evidence.Standing{})
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Between struct {
			Race struct{ Gap map[string]float64 }
		}
	}
	b, err := os.ReadFile("../fixtures/oracle/compas.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &oracle); err != nil {
		t.Fatal(err)
	}
	g, want := r.Gates[0], oracle.Between.Race.Gap["false_positive_rate"] // fairlearn's
	if math.Abs(want-0.2139) > 0.00005 {
		t.Fatalf("the published gap is 21.39 points, and the oracle says %v", want)
	}
	if r.Verdict != evidence.Fail || math.Abs(*g.Value-want) > 1e-12 || *g.Low <= 0.05 || g.Where != "African-American − Caucasian" || g.Measured != "0.214" {
		t.Errorf("%s", told(r, nil))
	}
}

// TestFailingEnd: the limit that passes a gate is at α whatever the number of claims, the one that fails it at α/M.
func TestFailingEnd(t *testing.T) {
	for _, groups := range []int{2, 5, 20} {
		rows := "g label prediction n\n"
		for g := range groups {
			rows += fmt.Sprintf("g%d 1 1 %d\ng%d 1 0 %d\n", g, 80+g%3, g, 20-g%3)
		}
		for _, c := range []struct {
			key  string
			m    float64
			side stats.Bound
		}{{"min: 0.5", float64(groups), stats.Min}, {"max: 0.95", float64(groups), stats.Max}, {"max_gap: 0.5", float64(groups * (groups - 1)), stats.Max},
			{"min_ratio: 0.5", float64(groups * (groups - 1)), stats.Min}, {"min_ratio: 0.5, reference: g1", float64(groups - 1), stats.Min}} {
			yaml := "task: binary\nlabel: label\ngroups: [{column: g}]\ngates: [{metric: recall, across: g, level: 0.9, " + c.key + "}]\n"
			e, r := run(t, yaml, rows)
			level := 0.9
			alpha := (1 - level) / 2
			for _, claim := range r.Gates[0].Claims {
				basis := basisOf(t, e, "recall", claim)
				low, high := basis.Low(alpha/c.m), basis.High(alpha)
				if c.side == stats.Min {
					low, high = basis.Low(alpha), basis.High(alpha/c.m)
				}
				if claim.Low == nil || claim.High == nil || *claim.Low != low || *claim.High != high {
					t.Fatalf("%s of %d groups: %s in [%s, %s], want [%v, %v]", c.key, groups, name(claim), show(claim.Low), show(claim.High), low, high)
				}
			}
		}
	}
}

// TestEquality: a limit on the bound keeps it, whichever end it is.
func TestEquality(t *testing.T) {
	const rows = "label prediction n\n1 1 80\n1 0 20\n"
	e, _ := run(t, "task: binary\nlabel: label\ngates: [{metric: recall, min: 0.5}]\n", rows)
	basis := e.Overall().Metrics["recall"].Basis
	alpha := (1 - 0.95) / 2
	low, high := basis.Low(alpha), basis.High(alpha)
	const little = 1e-9
	for _, c := range []struct {
		key  string
		at   float64
		want evidence.Verdict
	}{
		{"min", low, evidence.Pass}, {"min", low + little, evidence.Inconclusive}, {"min", high, evidence.Inconclusive}, {"min", high + little, evidence.Fail},
		{"max", high, evidence.Pass}, {"max", high - little, evidence.Inconclusive}, {"max", low, evidence.Inconclusive}, {"max", low - little, evidence.Fail},
	} {
		_, r := run(t, fmt.Sprintf("task: binary\nlabel: label\ngates: [{metric: recall, %s: %.17g}]\n", c.key, c.at), rows)
		if r.Verdict != c.want {
			t.Errorf("[%v, %v] with %s %v: %s, want %s", low, high, c.key, c.at, r.Verdict, c.want)
		}
		if g := r.Gates[0]; c.want == evidence.Pass && *g.Margin != 0 {
			t.Errorf("on the bound the margin is %v", *g.Margin)
		}
	}
}

// basisOf is that of a claim: of its group, of its pair's difference or ratio.
func basisOf(t *testing.T, e *evaluate.Evaluation, metric string, c evidence.Claim) stats.Basis {
	t.Helper()
	of := func(groups map[string]string) stats.Basis {
		i := slices.IndexFunc(e.Slices, func(s evaluate.Slice) bool { return s.Groups.String() == evaluate.Groups(groups).String() })
		if i < 0 {
			t.Fatalf("no slice %v", groups)
		}
		return e.Slices[i].Metrics[metric].Basis
	}
	switch {
	case len(c.Against) == 0:
		return of(c.Groups)
	case math.Abs(of(c.Groups).Value()/of(c.Against).Value()-*c.Value) < 1e-12:
		return stats.Ratio(of(c.Groups), of(c.Against))
	}
	return stats.Difference(of(c.Groups), of(c.Against))
}

// run evaluates rows, written as in testdata, and judges them.
func run(t testing.TB, yaml, rows string) (*evaluate.Evaluation, *gates.Report) {
	t.Helper()
	p := parse(t, yaml)
	columns, lines := repeated(t, []byte(rows))
	config := evaluate.Config{Path: "rows.csv", ID: "id", Open: memory{"rows.csv": csvOf(columns, lines)}.open}
	if slices.Contains(columns, "score") {
		config.Score = "score"
	} else {
		config.Prediction = "prediction"
	}
	e, err := evaluate.Run(t.Context(), config, p.Terms, p.Needs(), evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gates.Judge(p, e, evidence.Standing{})
	if err != nil {
		t.Fatal(err)
	}
	return e, r
}

// TestReport: the worst gate comes first and its sentence is the headline; what all gates have in common is noted.
func TestReport(t *testing.T) {
	const terms = "task: binary\nlabel: label\n"
	const rows = "label prediction n\n1 1 800\n1 0 200\n0 1 100\n0 0 900\n"
	for name, c := range map[string]struct {
		gates, headline string
		verdict         evidence.Verdict
		order           string
		standing        evidence.Standing
		notes           []string
	}{
		"one": {"[{metric: recall, min: 0.5}]", "The gate passes.", evidence.Pass, "recall", evidence.Standing{Look: 1}, []string{"rows are taken as independent"}},
		"two": {"[{metric: recall, min: 0.5}, {metric: fpr, max: 0.2}]", "All 2 gates pass.", evidence.Pass, "recall false_positive_rate", evidence.Standing{Look: 12},
			[]string{"rows are taken as independent", "a model exactly on the bounds of all 2 gates would fail one by chance alone with probability up to 0.050", "this is the 12th candidate judged on these rows"}},
		"by the estimate": {"[{metric: recall, min: 0.5, decide: estimate}, {metric: fpr, max: 0.2}]", "All 2 gates pass.", evidence.Pass, "recall false_positive_rate", evidence.Standing{Look: 2},
			[]string{"rows are taken as independent", "this is the 2nd candidate judged on these rows"}},
		"worst first": {"[{id: p, metric: recall, min: 0.5}, {id: u, metric: recall, min: 0.79}, {id: f, metric: fpr, max: 0.05}, {id: n, metric: recall, versus: champion, max_drop: 0.1}]",
			"False positive rate is 0.100; at most 0.05 is required.", evidence.Fail, "f u n p", evidence.Standing{NeverChampion: true}, nil},
		"undecided": {"[{id: p, metric: recall, min: 0.5}, {id: u, metric: recall, min: 0.79}]",
			"Recall is 0.800 on 1,000 truly positive rows: too few to show that it is at least 0.79. `gatecard gate --assume VALUE` tells how many would settle it.",
			evidence.Inconclusive, "u p", evidence.Standing{}, nil},
		"one left": {"[{id: p, metric: recall, min: 0.5}, {id: n, metric: recall, versus: champion, max_drop: 0.1}]", "1 of 2 gates pass; 1 does not apply: no champion was ever set.",
			evidence.Pass, "n p", evidence.Standing{NeverChampion: true}, []string{"rows are taken as independent"}},
		"all left": {"[{id: n, metric: recall, versus: champion, max_drop: 0.1}]", "No gate applies: no champion was ever set.", evidence.NotApplicable, "n", evidence.Standing{NeverChampion: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := only(t, terms+"gates: "+c.gates+"\n")
			columns, lines := repeated(t, []byte(rows))
			rows := make([]map[string]string, 0, len(lines))
			for _, l := range lines {
				rows = append(rows, map[string]string{"id": l["id"], "label": l["label"], "score": l["prediction"], "prediction": l["prediction"]})
			}
			config := evaluate.Config{Path: "rows.csv", ID: "id", Prediction: "prediction", Open: memory{"rows.csv": csvOf(columns, rows)}.open}
			e, err := evaluate.Run(t.Context(), config, p.Terms, p.Needs(), evaluate.Against{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := gates.Judge(p, e, c.standing)
			if err != nil {
				t.Fatal(err)
			}
			var order []string
			for _, g := range r.Gates {
				order = append(order, g.Gate)
			}
			if r.Headline != c.headline || r.Verdict != c.verdict || strings.Join(order, " ") != c.order {
				t.Errorf("%s: %q, gates %q", r.Verdict, r.Headline, order)
			}
			if c.notes != nil && !slices.Equal(r.Notes, c.notes) {
				t.Errorf("notes %q", r.Notes)
			}
			if results := r.Results(); len(results) != len(r.Gates) || results[0].Gate != order[0] {
				t.Errorf("results %v", results)
			}
		})
	}
}

// TestNothingToJudge: an error is no verdict.
func TestNothingToJudge(t *testing.T) {
	e, _ := run(t, "task: binary\nlabel: label\ngates: [{metric: recall, min: 0.5}]\n", "label prediction n\n1 1 800\n")
	p := parse(t, "task: binary\nlabel: label\ngates: [{metric: recall, min: 0.5}]\n")
	none := p
	none.Gates = nil
	other := p
	other.Label = "another"
	empty := *e
	empty.Slices = nil
	figureless := *e
	figureless.Slices = []evaluate.Slice{{Groups: evaluate.Groups{}}}
	headless := *e
	headless.Slices = []evaluate.Slice{{Groups: evaluate.Groups{"g": "a"}}}
	for name, c := range map[string]struct {
		p    gates.Policy
		e    *evaluate.Evaluation
		want string
	}{
		"no gates":    {none, e, "the policy has no gates: nothing was judged"},
		"no slices":   {p, &empty, gates.ErrDamaged.Error() + ": it has no slices, and nothing was judged"},
		"no overall":  {p, &headless, gates.ErrDamaged.Error() + ": it has no slices, and nothing was judged"},
		"no figure":   {p, &figureless, "gate recall: " + gates.ErrNotEvaluated.Error() + ": no recall for overall"},
		"other terms": {other, e, gates.ErrOtherTerms.Error()},
	} {
		r, err := gates.Judge(c.p, c.e, evidence.Standing{})
		if r != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	if _, err := gates.Judge(other, e, evidence.Standing{}); !errors.Is(err, gates.ErrOtherTerms) {
		t.Errorf("other terms: %v", err)
	}
	if _, err := gates.Judge(p, &empty, evidence.Standing{}); !errors.Is(err, gates.ErrDamaged) {
		t.Errorf("no slices: %v", err)
	}
	if _, err := gates.Judge(p, &figureless, evidence.Standing{}); !errors.Is(err, gates.ErrNotEvaluated) {
		t.Errorf("no figure: %v", err)
	}
}

// TestWithoutLimits: what has no method, and what was not compared on the same rows, is undecided in every mode, and the reason is told.
func TestWithoutLimits(t *testing.T) {
	const terms = "task: binary\nlabel: label\n"
	value := 0.9
	f := evaluate.Figure{Value: &value, Support: 1000, Without: "no method was shown to hold for recall"}
	slice := []evaluate.Slice{{Groups: evaluate.Groups{}, Metrics: map[string]evaluate.Figure{"recall": f}}}
	paired := stats.Paired([4]int64{900, 20, 10, 70})
	difference := paired.Value()
	compared := []evaluate.Slice{{Groups: evaluate.Groups{}, Metrics: map[string]evaluate.Figure{"recall": {Value: &difference, Support: 1000, Basis: paired}}}}
	for _, mode := range []string{"proven", "unless_disproven", "estimate"} {
		for name, c := range map[string]struct {
			gate  string
			of    evaluate.Comparison
			want  evidence.Verdict
			wants string
		}{
			"no method":    {"min: 0.5", evaluate.Comparison{}, evidence.Inconclusive, "no method was shown to hold for recall"},
			"other rows":   {"versus: champion, max_drop: 0.1", evaluate.Comparison{With: "champion", Rows: 1000, Slices: compared}, evidence.Inconclusive, "the champion was not scored on the same rows"},
			"paired":       {"versus: champion, max_drop: 0.1", evaluate.Comparison{With: "champion", Rows: 1000, Paired: true, Slices: compared}, evidence.Pass, ""},
			"another name": {"versus: champion, max_drop: 0.1", evaluate.Comparison{With: "challenger", Rows: 1000, Paired: true, Slices: compared}, evidence.Inconclusive, "there are no scores of the champion to compare with"},
		} {
			p := only(t, terms+"gates: [{metric: recall, "+c.gate+", decide: "+mode+"}]\n")
			r, err := gates.Judge(p, &evaluate.Evaluation{Terms: p.Terms, Slices: slice, Comparisons: []evaluate.Comparison{c.of}}, evidence.Standing{})
			if err != nil {
				t.Fatal(err)
			}
			if g := r.Gates[0]; g.Verdict != c.want || g.Note != c.wants {
				t.Errorf("%s, %s: %s, %q", name, mode, g.Verdict, g.Note)
			}
		}
	}
}

// TestSelf: the champion that is run again is no worse than itself, on however few rows, and no better.
func TestSelf(t *testing.T) {
	p := parse(t, `task: binary
label: label
groups: [{column: sex}]
gates:
  - {id: itself, metric: recall, min: 0.5}
  - {id: none, metric: roc_auc, versus: champion, max_drop: 0}
  - {id: some, metric: precision, versus: champion, max_drop: 0.01, decide: unless_disproven}
  - {id: groups, metric: recall, versus: champion, across: sex, max_drop: 0.01, decide: estimate}
  - {id: gain, metric: roc_auc, versus: champion, min_gain: 0.01}
  - {id: estimated-gain, metric: roc_auc, versus: champion, min_gain: 0.01, decide: estimate}
  - {id: no-gain, metric: roc_auc, versus: champion, min_gain: 0}
`)
	columns, rows := repeated(t, []byte("sex label score n\nm 1 0.9 40\nm 0 0.1 9\nf 1 0.9 3\nf 0 0.1 1\n"))
	config := evaluate.Config{Path: "rows.csv", ID: "id", Score: "score", Open: memory{"rows.csv": csvOf(columns, rows)}.open}
	e, err := evaluate.Run(t.Context(), config, p.Terms, p.Needs(), evaluate.Against{Rivals: []evaluate.Rival{{Name: "champion", Version: "m/1", Self: true}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gates.Judge(p, clone(t, e), evidence.Standing{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Gates {
		want := evidence.Pass
		if g.Gate == "gain" || g.Gate == "estimated-gain" {
			want = evidence.Fail
		}
		if g.Verdict != want {
			t.Errorf("%s is %s: %s", g.Gate, g.Verdict, g.Sentence)
		}
		if g.MinSupport != 30 {
			t.Errorf("%s: min_support %d", g.Gate, g.MinSupport)
		}
	}
	if want := "ROC AUC is the same as the champion's (m/1) on the same 53 rows; a gain of at least 0.01 is required."; r.Headline != want {
		t.Errorf("got %q", r.Headline)
	}
}

// TestDeclaredGroupsAreThere: an evaluation without a slice that its terms declare is not judged, whoever left it out.
func TestDeclaredGroupsAreThere(t *testing.T) {
	const yaml = `task: binary
label: label
groups: [{column: sex, values: {m: men, f: women, w: women}}, {column: age, bins: [40]}, {column: region}, sex * age, region * sex]
gates:
`
	const rows = "sex age region label prediction n\nm 20 a 1 1 99\nf 50 b 1 1 99\n"
	for _, across := range []string{"sex", "age", "sex * age", "region * sex"} {
		rule := fmt.Sprintf("  - {metric: recall, across: [%q], min: 0.5}\n", across)
		e, _ := run(t, yaml+rule, rows)
		p := parse(t, yaml+rule)
		along, err := e.Along(across)
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range along {
			less := *e
			less.Slices = slices.DeleteFunc(slices.Clone(e.Slices), func(s evaluate.Slice) bool { return s.Groups.String() == gone.Groups.String() })
			_, err := gates.Judge(p, &less, evidence.Standing{})
			if declared := across != "region * sex"; errors.Is(err, gates.ErrNotEvaluated) != declared {
				t.Errorf("without %s: %v", gone.Groups, err)
			}
		}
	}
}

// manyRegions are 50 groups of some thousand rows: 2,450 ordered pairs.
func manyRegions() string {
	rows := "region label prediction n\n"
	for g := range 50 {
		rows += fmt.Sprintf("r%02d 0 1 %d\nr%02d 0 0 %d\n", g, 100+g, g, 900+7*g)
	}
	return rows
}

// TestManyGroups lists the worst of many claims and counts all.
func TestManyGroups(t *testing.T) {
	_, r := run(t, "task: binary\nlabel: label\ngroups: [{column: region}]\ngates: [{metric: fpr, across: region, max_gap: 0.2}]\n", manyRegions())
	g := r.Gates[0]
	if len(g.Claims) != 200 || g.Where != "region = r49 − region = r00" || g.Verdict != evidence.Pass {
		t.Errorf("%s, %d claims, worst %s", g.Verdict, len(g.Claims), g.Where)
	}
	if !slices.IsSortedFunc(g.Claims, func(a, b evidence.Claim) int { return int(math.Copysign(1, *b.Value-*a.Value)) }) {
		t.Error("the worst claim is not first")
	}
}

func BenchmarkManyGroups(b *testing.B) {
	for _, mode := range []string{"proven", "unless_disproven"} {
		b.Run(mode, func(b *testing.B) {
			yaml := "task: binary\nlabel: label\ngroups: [{column: region}]\ngates: [{metric: fpr, across: region, max_gap: 0.02, decide: " + mode + "}]\n"
			e, _ := run(b, yaml, manyRegions())
			p := parse(b, yaml)
			for b.Loop() {
				if _, err := gates.Judge(p, e, evidence.Standing{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for want, x := range map[string]float64{"0.295": 0.2948, "0.0021": 0.00211, "0.010": 0.00999999, "0.0099": 0.0099, "−0.0002": -0.0002, "0.000": -0.00001, "1,235": 1234.6,
		"128.400": 128.4, "∞": math.Inf(1), "−∞": math.Inf(-1), "−0.019": -0.0192} {
		if got := evaluate.Number(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}
