package huggingface_test

import (
	"strings"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// TestTasks: a regression is one on the Hub too; and of several classes each has a row, not a column of every group's table, and is no threshold.
func TestTasks(t *testing.T) {
	v := 0.5
	f := evaluate.Figure{Value: &v, Support: 100}
	of := func(task string, metrics ...string) string {
		e := &evaluate.Evaluation{Terms: evaluate.Terms{Task: task, Label: "topic", Groups: []evaluate.Dimension{{Name: "sex", Column: "sex"}}}, Rows: 100}
		for _, g := range []evaluate.Groups{{}, {"sex": "men"}} {
			s := evaluate.Slice{Groups: g, Rows: 100, Metrics: map[string]evaluate.Figure{}}
			for _, m := range metrics {
				s.Metrics[m] = f
			}
			e.Slices = append(e.Slices, s)
		}
		b, _ := write(t, cards.Fill("m", cards.Words{}, e, nil, nil))
		return string(b)
	}
	for name, test := range map[string]struct {
		text      string
		has, lack []string
	}{
		"regression": {of("regression", "r2"), []string{"pipeline_tag: tabular-regression\n", "type: tabular-regression\n", "name: Tabular regression\n"}, []string{"classification"}},
		"classes": {of("multiclass", "accuracy", "recall@class=loan", "precision@class=loan", "recall@class=a|b"),
			[]string{"pipeline_tag: tabular-classification\n", "class: loan\n", "| topic | precision | recall |\n", "| loan | 0.500 | 0.500 |\n", `| a\|b | – | 0.500 |` + "\n", "| sex | rows | accuracy |\n"},
			[]string{"threshold", "| recall of loan"}},
		"binary": {of("binary", "recall@0.9"), []string{"threshold: \"0.9\"\n"}, []string{"class:"}},
	} {
		for _, want := range test.has {
			if !strings.Contains(test.text, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, test.text)
			}
		}
		for _, not := range test.lack {
			if strings.Contains(test.text, not) {
				t.Errorf("%s: %q is in\n%s", name, not, test.text)
			}
		}
	}
}
