package cards_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
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
		t.Errorf("%s differs; if that is meant, go test ./cards -update\n%s", file, got)
	}
}

// words reads a card.yaml strictly: a key that Words does not have is an error.
func words(t testing.TB, text []byte) cards.Words {
	t.Helper()
	var plain any
	if err := yaml.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	var w cards.Words
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		t.Fatal(err)
	}
	return w
}

func fraud(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/fraud-card.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func evaluation() *evaluate.Evaluation {
	half, recall := 0.5, 0.8641
	return &evaluate.Evaluation{
		Schema: evaluate.SchemaID, Terms: evaluate.Terms{Task: "binary", Label: "employed", Threshold: &half}, Rows: 69126,
		Dataset: evidence.DigestOf([]byte("rows")),
		Inputs:  []evidence.Input{{File: evidence.File{Path: "data/predictions-2016-v1.parquet"}, Role: "predictions", Rows: 69126}},
		Slices:  []evaluate.Slice{{Groups: evaluate.Groups{}, Rows: 69126, Metrics: map[string]evaluate.Figure{"recall": {Value: &recall, Support: 34634}}}},
	}
}

// TestFraudCardSurvives holds that card.json has every field of the card that users write today, with its value.
func TestFraudCardSurvives(t *testing.T) {
	text := fraud(t)
	b, err := json.Marshal(cards.Fill("fraud-detector", words(t, text), nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := yaml.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if n := within(t, "", want, got); n != 48 {
		t.Errorf("%d values were compared, not the 48 that the card has", n)
	}
}

// within checks that got has all of want, and counts the values.
func within(t *testing.T, path string, want, got any) int {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		n := 0
		for k, v := range w {
			n += within(t, path+"."+k, v, g[k])
		}
		return n
	case []any:
		g, _ := got.([]any)
		if len(g) != len(w) {
			t.Errorf("%s: %d items, not %d", path, len(g), len(w))
			return len(w)
		}
		n := 0
		for i := range w {
			n += within(t, fmt.Sprintf("%s[%d]", path, i), w[i], g[i])
		}
		return n
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s: %v, not %v", path, got, want)
	}
	return 1
}

func TestFraudCardIsComplete(t *testing.T) {
	w := words(t, fraud(t))
	if m := cards.Missing(w); len(m) > 0 {
		t.Errorf("missing %q", m)
	}
	if c := cards.Fill("fraud-detector", w, nil, nil, nil); !reflect.DeepEqual(c.Missing, []string{"evaluation"}) || c.Filled != nil {
		t.Errorf("typed figures stand in for an evaluation: missing %q, filled %v", c.Missing, c.Filled)
	}
}

func TestFraudCardFilled(t *testing.T) {
	c := cards.Fill("fraud-detector", words(t, fraud(t)), evaluation(), nil, &evidence.Version{Model: "fraud-detector", Number: "7"})
	b, err := cards.FilledYAML(fraud(t), c)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, fraud(t)) {
		t.Errorf("nothing was empty, and yet the text changed:\n%s", b)
	}
	card, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "fraud-card.json", append(card, '\n'))
}
