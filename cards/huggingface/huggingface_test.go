package huggingface_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/huggingface"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fraud is the card that users write today, with an evaluation whose groups differ in every figure: trap T3 of the formats.
func fraud(t testing.TB) *cards.Card {
	t.Helper()
	text, err := os.ReadFile("../testdata/fraud-card.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := yaml.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	var w cards.Words
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	return cards.Fill("fraud-detector", w, evaluation(), nil, nil)
}

func evaluation() *evaluate.Evaluation {
	half := 0.5
	e := &evaluate.Evaluation{Schema: evaluate.SchemaID, Rows: 5000, Dataset: evidence.DigestOf([]byte("rows")),
		Terms: evaluate.Terms{Task: "binary", Label: "fraud", Threshold: &half, Groups: []evaluate.Dimension{
			{Name: "card_type", Column: "card_type"}, {Name: "region", Column: "region"}, {Name: "card_type * region", Cross: []string{"card_type", "region"}}}},
		Inputs: []evidence.Input{{File: evidence.File{Path: "data/Held out (Sep).csv"}, Role: "predictions", Rows: 5000}}}
	for i, g := range []evaluate.Groups{{}, {"card_type": "visa"}, {"card_type": "mc"}, {"region": "north"}, {"region": "visa"}, {"card_type": "visa", "region": "north"}} {
		k := float64(700 + 11*i)
		b := stats.Proportion(k, 1000)
		v := b.Value()
		f := evaluate.Figure{Value: &v, Support: 1000, Interval: stats.Describe(b, 0.95), Basis: b}
		s := evaluate.Slice{Groups: g, Rows: 1000, Metrics: map[string]evaluate.Figure{"f1": f, "precision@0.9": f, "precision": f, "recall": {Undefined: "no row is truly positive"}}}
		if i%2 == 0 {
			s.Metrics["recall"] = f
		}
		e.Slices = append(e.Slices, s)
	}
	return e
}

func write(t testing.TB, c *cards.Card) ([]byte, []string) {
	t.Helper()
	b, lost, err := huggingface.Form.Write(c)
	if err != nil {
		t.Fatal(err)
	}
	return b, lost
}

func TestGolden(t *testing.T) {
	got, lost := write(t, fraud(t))
	got = append(got, "\nLOST\n"+strings.Join(lost, "\n")+"\n"...)
	file := filepath.Join("testdata", "fraud.README.md.golden")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant, go test ./cards/huggingface -update\n%s", file, got)
	}
}

// TestHub gives the file to the real huggingface_hub, which regroups results and must not mix the groups up.
func TestHub(t *testing.T) {
	python := os.Getenv("GATECARD_PYTHON")
	if python == "" {
		t.Skip("GATECARD_PYTHON names no Python with huggingface_hub: the file was not loaded by it")
	}
	hostile := fraud(t)
	hostile.Model = "a: b\n---\n# \u202e'\""
	hostile.ModelDetails.License = "my 'own' license: v2\n---"
	for i := range hostile.Evaluation.Slices {
		for k, v := range hostile.Evaluation.Slices[i].Groups {
			hostile.Evaluation.Slices[i].Groups[k] = v + "\n---\n: {x} = y, #\t\u200b"
		}
	}
	for name, c := range map[string]*cards.Card{"fraud": fraud(t), "hostile": hostile, "empty": cards.Fill("m", cards.Words{}, nil, nil, nil)} {
		t.Run(name, func(t *testing.T) {
			b, _ := write(t, c)
			if out, err := check(t, python, b); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	// The check must be able to fail: two groups under one config, as other tools write them.
	b, _ := write(t, fraud(t))
	mixed := bytes.ReplaceAll(b, []byte("config: card_type = mc"), []byte("config: card_type = visa"))
	if out, err := check(t, python, mixed); err == nil {
		t.Errorf("two groups under one config pass the check:\n%s", out)
	}
}

func check(t *testing.T, python string, b []byte) ([]byte, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/check_hub.py", file)
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "HF_HOME="+t.TempDir())
	return cmd.CombinedOutput()
}

// front is the YAML block.
func front(t *testing.T, b []byte) map[string]any {
	t.Helper()
	parts := strings.SplitN(string(b), "---\n", 3)
	if len(parts) != 3 || parts[0] != "" {
		t.Fatalf("no front matter in\n%s", b)
	}
	var m map[string]any
	if err := yaml.Unmarshal([]byte(parts[1]), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestEachGroupIsApart holds without Python what TestHub holds with it: no two results share what huggingface_hub groups by.
func TestEachGroupIsApart(t *testing.T) {
	b, _ := write(t, fraud(t))
	results := front(t, b)["model-index"].([]any)[0].(map[string]any)["results"].([]any)
	seen := map[string]bool{}
	for _, r := range results {
		d := r.(map[string]any)["dataset"].(map[string]any)
		key := d["type"].(string) + "/" + d["config"].(string)
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
		if d["config"] == "overall" {
			continue
		}
		for _, m := range r.(map[string]any)["metrics"].([]any) {
			m := m.(map[string]any)
			if args, ok := m["args"].(map[string]any); !ok || len(args) == 0 || !strings.Contains(m["name"].(string), "(") {
				t.Errorf("%s: %v does not name its group", key, m)
			}
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d results, not 6", len(seen))
	}
}

func TestMetadata(t *testing.T) {
	for license, want := range map[string][2]any{
		"Apache-2.0": {"apache-2.0", nil}, "MIT License": {"mit", nil}, "Proprietary — internal use only": {"other", "proprietary-internal-use-only"}, "TODO": {nil, nil},
	} {
		c := fraud(t)
		c.ModelDetails.License = license
		b, lost := write(t, c)
		m := front(t, b)
		if m["license"] != want[0] || m["license_name"] != want[1] {
			t.Errorf("%q becomes %v, %v", license, m["license"], m["license_name"])
		}
		said := slices.ContainsFunc(lost, func(l string) bool { return strings.HasPrefix(l, "license") })
		if said != (want[0] == "other") {
			t.Errorf("%q: lost %q", license, lost)
		}
	}
	c := fraud(t)
	c.TrainingData.Note = "see https://huggingface.co/datasets/acme/cards-2024. Also https://huggingface.co/acme/other and My Data"
	b, _ := write(t, c)
	m := front(t, b)
	if got, ok := m["datasets"].([]any); !ok || len(got) != 1 || got[0] != "acme/cards-2024" {
		t.Errorf("datasets: %v", m["datasets"])
	}
	if m["library_name"] != "xgboost" || m["pipeline_tag"] != "tabular-classification" {
		t.Errorf("library %v, pipeline %v", m["library_name"], m["pipeline_tag"])
	}
	if b, _ := write(t, fraud(t)); strings.Contains(string(b), "verified") || strings.Contains(string(b), "datasets:") {
		t.Error("it claims what nobody verified, or a dataset of the Hub")
	}
}

// TestEveryFieldIsShown: what a person wrote stands in the text.
func TestEveryFieldIsShown(t *testing.T) {
	c := fraud(t)
	b, _ := write(t, c)
	shown := func(s string) {
		t.Helper()
		if !strings.Contains(string(b), cards.Prose(s)) {
			t.Errorf("%q is not in the file", s)
		}
	}
	d := c.ModelDetails
	for _, s := range []string{d.Name, d.Version, d.Type, d.Description, d.License, d.Contact, d.TrainingDate, d.Framework, d.RegistryURI, c.IntendedUse.PrimaryUse,
		c.TrainingData.Description, c.TrainingData.Size, c.TrainingData.Preprocessing, c.TrainingData.Note, c.EvaluationData.Description, c.EvaluationData.Size,
		c.ModelCardVersion, c.LastUpdated, c.ApprovedBy, "0.9724 as typed", "0.8043 as typed"} {
		shown(s)
	}
	for _, list := range [][]string{c.IntendedUse.IntendedUsers, c.IntendedUse.OutOfScope, c.Limitations, c.Caveats} {
		for _, s := range list {
			shown(s)
		}
	}
	for _, e := range c.EthicalConsiderations {
		shown(e.Concern)
		shown(e.Mitigation)
	}
}
