package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
)

// TestDriftByGroup: the drift of groups stands beneath that of their column, with why one has none and how many rows there are; a claim names both.
func TestDriftByGroup(t *testing.T) {
	v := failed(t)
	e := *v.Card.Evaluation
	moved := e.Drift[0]
	moved.Groups, moved.Now, moved.Then, moved.Among = evaluate.Groups{"sex": "<b>women</b>"}, 300, 400, 2
	gone := moved
	gone.Groups, gone.Now = evaluate.Groups{"sex": "men"}, 0
	gone.Figure = evaluate.Figure{Undefined: "no row of a group that the baseline has"}
	e.Drift = append(e.Drift[:1:1], moved, gone)
	c := *v.Card
	c.Evaluation, v.Card = &e, &c
	g := &v.Card.Report.Gates[0]
	g.Kind, g.Claims = "drift", []evidence.Claim{
		{Column: "score", Groups: moved.Groups, Value: moved.Figure.Value, Support: 300},
		{Column: "score", Groups: gone.Groups, Unjudged: gone.Figure.Undefined},
	}
	for _, f := range Formats() {
		if f.Name != "html" {
			continue
		}
		var b bytes.Buffer
		if err := f.Write(&b, v); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		at := strings.Index(page, "PSI of score, by group")
		if at < 0 {
			t.Fatal("no drift by group")
		}
		for _, want := range []string{"&lt;b&gt;women&lt;/b&gt;", ">69,126<", ">men<", "no row of a group that the baseline has", ">400<"} {
			i := strings.Index(page[at:], want)
			if i < 0 {
				t.Fatalf("no %s in what follows: %s", want, page[at:min(len(page), at+3000)])
			}
			at += i
		}
		if n := strings.Count(page, "against predictions-2015"); n != 1 {
			t.Errorf("the baseline is named %d times", n)
		}
		for _, want := range []string{"2 columns of groups", "score, men"} {
			if !strings.Contains(page, want) {
				t.Errorf("no %q", want)
			}
		}
		return
	}
	t.Fatal("no HTML")
}
