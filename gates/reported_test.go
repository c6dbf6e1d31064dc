package gates_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

type results struct{ *strings.Reader }

func (results) Close() error { return nil }

// reportedBy evaluates results that another tool computed, on a policy's terms.
func reportedBy(t *testing.T, p gates.Policy, csv string) *evaluate.Evaluation {
	t.Helper()
	c := evaluate.Config{Reported: "results.csv", Open: func(name string) ([]table.Source, error) {
		return []table.Source{{Name: name, Open: func(context.Context) (table.File, error) { return results{strings.NewReader(csv)}, nil }}}, nil
	}}
	e, err := evaluate.Run(t.Context(), c, p.Terms, evaluate.Needs{}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const resultsBySex = "sex,metric,value,se,n,tool\n,recall,0.9,0.01,900,tfma\nmen,recall,0.95,0.01,400,tfma\nwomen,recall,0.85,0.02,500,tfma\nother,recall,0.5,,7,tfma\n"

// TestReported: another tool's figure is compared as it is in the mode that compares estimates; in every other it is undecided, however far
// from the bound it lies, and whatever interval the tool gives.
func TestReported(t *testing.T) {
	const head = "task: binary\nlabel: y\nsampling: deployment\ngroups: [{column: sex}, {column: age}]\n"
	const list = ", on_small: list"
	for name, c := range map[string]struct {
		gate, more, csv string
		want            evidence.Verdict
		sentence, note  string
	}{
		"an estimate that keeps it":  {gate: "metric: recall, min: 0.9, decide: estimate", want: evidence.Pass, sentence: "Recall is 0.900, as tfma reports; at least 0.90 is required.", note: "reported by tfma, and compared as it is"},
		"an estimate beyond it":      {gate: "metric: recall, min: 0.91, decide: estimate", want: evidence.Fail, sentence: "Recall is 0.900, as tfma reports; at least 0.91 is required.", note: "reported by tfma"},
		"proven":                     {gate: "metric: recall, min: 0.1", want: evidence.Inconclusive, sentence: "Recall is undecided: reported by tfma: no rows to judge by.", note: "reported by tfma: no rows to judge by"},
		"proven far beyond":          {gate: "metric: recall, max: 0.1", want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"unless disproven":           {gate: "metric: recall, min: 0.1, decide: unless_disproven", want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"unless disproven, listed":   {gate: "metric: recall, min: 0.1, across: sex, decide: unless_disproven" + list, want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"refused":                    {gate: "metric: recall, min: 0.1, decide: estimate", more: "reported: refuse\n", want: evidence.Inconclusive, note: "reported by tfma: the policy refuses figures that were not computed from rows"},
		"a small group":              {gate: "metric: recall, min: 0.4, across: sex, decide: estimate", want: evidence.Inconclusive, note: "1 group too small to judge: `on_small: list` goes on without"},
		"a small group, listed":      {gate: "metric: recall, min: 0.8, across: sex, decide: estimate" + list, want: evidence.Pass, sentence: "Recall for women is 0.850, as tfma reports; at least 0.80 is required in every group.", note: "1 group too small to judge; reported by tfma, and compared as it is"},
		"a group beyond":             {gate: "metric: recall, min: 0.9, across: sex, decide: estimate" + list, want: evidence.Fail, sentence: "Recall for women is 0.850, as tfma reports; at least 0.90 is required in every group."},
		"a gap":                      {gate: "metric: recall, max_gap: 0.1, across: sex, decide: estimate" + list, want: evidence.Pass, sentence: "Recall for men is 0.100 above that for women, as tfma reports; a gap of at most 0.10 is allowed."},
		"a gap beyond":               {gate: "metric: recall, max_gap: 0.09, across: sex, decide: estimate" + list, want: evidence.Fail},
		"a gap, proven":              {gate: "metric: recall, max_gap: 0.9, across: sex" + list, want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"a ratio":                    {gate: "metric: recall, min_ratio: 0.9, across: sex, decide: estimate" + list, want: evidence.Fail},
		"a ratio to the majority":    {gate: "metric: recall, min_ratio: 0.1, reference: majority, across: sex, decide: estimate" + list, want: evidence.Inconclusive, note: "reported by tfma: how many rows a group has is not known, so neither is the majority"},
		"a champion":                 {gate: "metric: recall, versus: champion, max_drop: 0.5, decide: estimate", want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"drift":                      {gate: "drift: psi, columns: score, max: 0.5, decide: estimate", want: evidence.Inconclusive, note: "reported by tfma: no rows to judge by"},
		"no such dimension":          {gate: "metric: recall, min: 0.1, across: age, decide: estimate", want: evidence.Inconclusive, note: "tfma reports nothing by age"},
		"no number of rows":          {gate: "metric: recall, min: 0.9, decide: estimate", csv: "metric,value,tool\nrecall,0.9,tfma\n", want: evidence.Pass},
		"not of this slice":          {gate: "metric: recall, min: 0.1, decide: estimate", csv: "sex,metric,value,n,tool\nmen,recall,0.9,500,tfma\n", want: evidence.Inconclusive, sentence: "Recall is undecided: not reported by tfma.", note: "not reported by tfma"},
		"no value":                   {gate: "metric: recall, min: 0.1, decide: estimate", csv: "metric,value,n,tool\nrecall,,500,tfma\n", want: evidence.Inconclusive},
		"a percentage":               {gate: "metric: recall, min: 0.8, decide: estimate", csv: "metric,value,n,tool\nrecall,90,500,tfma\n", want: evidence.Inconclusive, note: "reported as 90, which recall cannot be: it lies between 0 and 1"},
		"depends on the prevalence":  {gate: "metric: precision, min: 0.8, decide: estimate", csv: "metric,value,n,tool\nprecision,0.9,500,tfma\n", want: evidence.Pass},
		"a warning beyond the bound": {gate: "metric: recall, min: 0.8, warn: 0.95, decide: estimate", want: evidence.Pass, note: "reported by tfma, and compared as it is; warning: beyond 0.95"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.csv == "" {
				c.csv = resultsBySex
			}
			gate := "  - {" + c.gate + "}\n"
			if strings.Contains(gate, "versus") {
				gate = "  - {metric: recall, min: 0.1, decide: estimate}\n" + gate
			}
			p := parse(t, head+c.more+"gates:\n"+gate)
			p.Gates = p.Gates[len(p.Gates)-1:]
			r, err := gates.Judge(p, reportedBy(t, p, c.csv), evidence.Standing{NeverChampion: true})
			if err != nil {
				t.Fatal(err)
			}
			g := r.Gates[0]
			if g.Verdict != c.want || c.sentence != "" && g.Sentence != c.sentence || c.note != "" && g.Note != c.note {
				t.Errorf("%s: %s\nnote: %s\nwant %s: %s\nnote: %s", g.Verdict, g.Sentence, g.Note, c.want, c.sentence, c.note)
			}
			if g.Reported != "tfma" || g.Low != nil || g.High != nil || g.Margin != nil {
				t.Errorf("reported by %q, in [%v, %v]", g.Reported, g.Low, g.High)
			}
			for _, x := range g.Claims {
				if x.Low != nil || x.High != nil {
					t.Errorf("the claim %+v has limits", x)
				}
			}
			if !strings.Contains(r.Notes[0], "reported by tfma") || r.Verdict == evidence.Pass && r.Headline != "The gate passes, on figures that tfma reports." {
				t.Errorf("%s %q", r.Headline, r.Notes)
			}
		})
	}
}

// TestPartialNeverPasses: a figure that is not of the whole decides nothing, also where the estimate keeps the bound.
func TestPartialNeverPasses(t *testing.T) {
	for _, bound := range []string{"min: 0.1", "min: 0.95"} {
		for _, decide := range []string{"proven", "unless_disproven", "estimate"} {
			p := parse(t, "task: binary\nlabel: y\nsampling: deployment\ngates:\n  - {metric: recall, on_small: list, decide: "+decide+", "+bound+"}\n")
			e := reportedBy(t, p, "metric,value,n,tool\nrecall,0.9,500,tfma\n")
			f := e.Slices[0].Metrics["recall"]
			f.Partial = "made with a limit"
			e.Slices[0].Metrics["recall"] = f
			r, err := gates.Judge(p, e, evidence.Standing{})
			if err != nil || r.Verdict != evidence.Inconclusive {
				t.Errorf("%s, %s: %v, %v", bound, decide, r, err)
			}
			if decide == "estimate" && r.Gates[0].Note != "reported by tfma, and not of the whole: made with a limit" {
				t.Errorf("note %q", r.Gates[0].Note)
			}
		}
	}
}

// TestReportedWithBasis: a reported figure that has a basis was tampered with.
func TestReportedWithBasis(t *testing.T) {
	p := parse(t, "task: binary\nlabel: y\nsampling: deployment\ngates:\n  - {metric: recall, min: 0.1}\n")
	e := reportedBy(t, p, "metric,value,n,tool\nrecall,0.9,500,tfma\n")
	f := e.Slices[0].Metrics["recall"]
	f.Basis = stats.Basis{Method: "clopper-pearson", K: 450, N: 500}
	e.Slices[0].Metrics["recall"] = f
	if r, err := gates.Judge(p, e, evidence.Standing{}); err == nil || !strings.Contains(err.Error(), "recall for overall is reported by tfma, and has a basis") {
		t.Errorf("%v, %v", r, err)
	}
}
