package schema_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/schema"
)

// config is a gatecard.yaml as the README has it.
const config = `model: ma-employment
task: binary
label: employed
positive: 1
threshold: 0.5
sampling: deployment
groups:
  - {column: SEX, name: sex, values: {1: men, "2": women}}
  - {column: AGEP, name: age, bins: [25, 40, 65]}
  - sex * age
data:
  path: predictions-2016.parquet
  id: id
  score: score
  baseline: predictions-2015.parquet
  keep: predictions
metrics: [roc_auc, recall]
gates:
  - {metric: precision, min: 0.80, because: "every alert costs an analyst 20 minutes"}
  - {metric: recall, across: [sex, age], min: 50%}
  - {metric: false_positive_rate, across: sex, max_gap: 5pp}
  - {metric: selection_rate, across: [sex, sex * age], min_ratio: 0.8, reference: highest}
  - {metric: roc_auc, versus: champion, max_drop: 0.002}
  - {drift: psi, columns: [score], max: 0.2, warn: 0.1}
stages:
  Production: {requires: [gates, card, artifacts, lineage]}
aliases:
  champion: {requires: [gates]}
artifacts: {weights: "*.onnx"}
card: card.yaml
registry: sqlite:registry.db
evidence: {expires: 90d}
`

func TestConfigIsRead(t *testing.T) {
	d, err := schema.Parse("gatecard.yaml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	var c pipeline.Config
	if err := d.Decode("gatecard", &c); err != nil {
		t.Fatal(err)
	}
	if c.Positive != "1" || c.Groups[0].Values["1"] != "men" || c.Groups[2].Cross[1] != "age" {
		t.Errorf("got %+v", c)
	}
	if err := c.Policy.Check(d); err != nil {
		t.Fatal(err)
	}
	first, err := c.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"policy.json", "sha256:1234"} { // the ledger's bytes, read as JSON or as YAML, are the same policy
		d, err := schema.Parse(file, first)
		if err != nil {
			t.Fatal(err)
		}
		p, err := gates.ParsePolicy(d)
		if err != nil {
			t.Fatalf("%s: %v\n%s", file, err, first)
		}
		if second, err := p.Canonical(); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: %s became %s (%v)", file, first, second, err)
		}
	}
}

func TestConfigIsRefused(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"threshold: 0.5", "treshold: 0.5", `gatecard.yaml:5:1: unknown-key: "treshold" is no key here (did you mean "threshold"?)`},
		{"sampling: deployment", "sampling: deployed", `gatecard.yaml:6:11: not-allowed-value: "deployed" is not allowed for "sampling": write deployment, stratified or resampled`},
		{"values: {1: men", "values: {1: 1", `gatecard.yaml:8:42: wrong-type: "1" must be text, not the number 1: write "1"`},
		{"bins: [25,", "bins: ['25',", `gatecard.yaml:9:38: wrong-type: item 1 of "bins" must be a number, not the text "25": remove the quotes`},
		{"  id: id", "  task: id", `gatecard.yaml:13:3: unknown-key: "task" is no key of "data": it stands at the top of the file, not indented`},
		{`"*.onnx"`, "*.onnx", `gatecard.yaml:29:22: yaml-syntax: a value that starts with "*" must be quoted: write "*.onnx"`},
		{"model: ma-employment\n", "", `gatecard.yaml:1:1: missing-key: "model" is missing`},
		{"max: 0.2", "max: 0.2x", `gatecard.yaml:24:41: wrong-form: "0.2x" does not have the form of "max": write it like "5%" or "5pp"`},
		{"reference: highest", "refrence: highest", `gatecard.yaml:22:72: unknown-key: "refrence" is no key here (did you mean "reference"?)`},
		{"min: 50%}", "min: 50%, decide: prooven}", `gatecard.yaml:20:60: not-allowed-value: "prooven" is not allowed for "decide": write proven, unless_disproven or estimate (did you mean "proven"?)`},
	} {
		t.Run(c.new, func(t *testing.T) {
			text := bytes.Replace([]byte(config), []byte(c.old), []byte(c.new), 1)
			d, err := schema.Parse("gatecard.yaml", text)
			var got pipeline.Config
			if err == nil {
				err = d.Decode("gatecard", &got)
			}
			if err == nil {
				err = got.Policy.Check(d)
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestCardIsRead: the card that is in use today is a card of ours.
func TestCardIsRead(t *testing.T) {
	b, err := os.ReadFile("../cards/testdata/fraud-card.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := schema.Parse("card.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	var w cards.Words
	if err := d.Decode("card", &w); err != nil {
		t.Fatal(err)
	}
	if w.ModelDetails.Version != "3.2.1" || w.Metrics.PerGroup["card_type"]["visa"]["f1"] != 0.7998 {
		t.Errorf("got %+v", w)
	}
}

// TestZeroValuesAreRead: what a program leaves out, nil slices and pointers, is written as its schema allows.
func TestZeroValuesAreRead(t *testing.T) {
	figure := evaluate.Figure{Undefined: "no rows"}
	for name, v := range map[string]any{
		"evaluation": &evaluate.Evaluation{Schema: schema.ID("evaluation"), Terms: evaluate.Terms{Task: "binary"}, Slices: []evaluate.Slice{{Metrics: map[string]evaluate.Figure{"recall": figure}}}},
		"gates":      &gates.Report{Schema: schema.ID("gates"), Gates: []gates.Outcome{{Decide: gates.Proven}}},
		"filled-card": &cards.Card{Schema: schema.ID("filled-card"), Evaluation: &evaluate.Evaluation{Terms: evaluate.Terms{Task: "binary"}},
			Words: cards.Words{ModelDetails: cards.Details{Version: "3"}}},
	} {
		b, err := schema.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := schema.Decode(name, name+".json", b, &back); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
	}
}
