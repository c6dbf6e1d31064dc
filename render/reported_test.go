package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// reported is a view of results of lm-evaluation-harness that were made with a limit: one gate is undecided, since they are not of the whole.
func reported(t testing.TB) View {
	d, err := schema.Parse("gatecard.yaml", []byte("task: binary\nlabel: answer\nsampling: deployment\ngroups: [{column: group}, {column: task}]\n"+
		"gates:\n  - {metric: accuracy, across: group, min: 0.45, min_support: 5, decide: estimate, because: half is what guessing gives}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatal(err)
	}
	c := evaluate.Config{Reported: "lm_eval_limit.json", Open: func(name string) ([]table.Source, error) {
		return []table.Source{table.FromFile("../evaluate/reported/testdata/" + name)}, nil
	}}
	e, err := evaluate.Run(t.Context(), c, p.Terms, evaluate.Needs{}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gates.Judge(p, e, evidence.Standing{Policy: evidence.PolicyRef{Digest: digest("policy of sums")}})
	if err != nil {
		t.Fatal(err)
	}
	return View{Model: "sums", Report: r, Card: cards.Fill("sums", cards.Words{}, e, r, nil), Out: "gatecard-out"}
}

// TestReportedIsMarked: no page shows a figure of another tool without its name, or says that it was computed or evaluated here.
func TestReportedIsMarked(t *testing.T) {
	v := reported(t)
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, v); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if !strings.Contains(text, "reported by lm-evaluation-harness 0.4.13") {
			t.Errorf("%s does not name the tool", f.Name)
		}
		for _, wrong := range []string{"Computed on", "Evaluated on", "Decision threshold", " 0 rows", "is predicted positive"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s says %q", f.Name, wrong)
			}
		}
	}
	var b bytes.Buffer
	if err := Figures(&b, v.Card.Evaluation, Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	golden(t, "reported.figures", b.Bytes())
}
