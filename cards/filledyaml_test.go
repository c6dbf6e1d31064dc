package cards_test

import (
	"bytes"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
)

const (
	fromModel    = "# filled from model: ma-employment\n"
	fromRegistry = "# filled from registry: ma-employment/1\n"
	fromRows     = "# filled from evaluation: 69126 rows, sha256:"
)

func TestFilledYAML(t *testing.T) {
	rows := fromRows + strings.TrimPrefix(string(evidence.DigestOf([]byte("rows"))), "sha256:") + "\n"
	registry := "  version: \"1\" " + fromRegistry + "  registry_uri: models:/ma-employment/1 " + fromRegistry
	size := "  size: 69,126 rows of predictions-2016-v1.parquet " + rows
	for name, test := range map[string]struct{ original, want string }{
		"empty": {"", "model_details:\n  name: ma-employment " + fromModel + registry + "\nevaluation_data:\n" + size},
		"comments, order and blank lines stay": {
			"# my card\n\nintended_use: {primary_use: 'x'}   # flow\n\nmodel_details:\n    # who\n    license:   MIT # odd   spacing\n\n    contact: a@b.c\n  \n# next\nevaluation_data:\n    description: >\n      folded\n      text\n\n# the end\n",
			"# my card\n\nintended_use: {primary_use: 'x'}   # flow\n\nmodel_details:\n    # who\n    license:   MIT # odd   spacing\n\n    contact: a@b.c\n" +
				"    name: ma-employment " + fromModel + "    version: \"1\" " + fromRegistry + "    registry_uri: models:/ma-employment/1 " + fromRegistry +
				"  \n# next\nevaluation_data:\n    description: >\n      folded\n      text\n    size: 69,126 rows of predictions-2016-v1.parquet " + rows + "\n# the end\n",
		},
		"empty values and placeholders are replaced": {
			"model_details:\n  name: # mine\n  version: \"\"\n  registry_uri: TODO\nevaluation_data:\n  size: ~ # count them\n",
			"model_details:\n  name: ma-employment # mine; filled from model: ma-employment\n  version: \"1\" " + fromRegistry +
				"  registry_uri: models:/ma-employment/1 " + fromRegistry +
				"evaluation_data:\n  size: 69,126 rows of predictions-2016-v1.parquet # count them; " + strings.TrimPrefix(rows, "# "),
		},
		"an empty section": {
			"model_details:\nevaluation_data:\n",
			"model_details:\n  name: ma-employment " + fromModel + registry + "evaluation_data:\n" + size,
		},
		"CRLF": {
			"model_details:\r\n  license: MIT\r\n",
			strings.ReplaceAll("model_details:\n  license: MIT\n  name: ma-employment "+fromModel+registry+"\nevaluation_data:\n"+size, "\n", "\r\n"),
		},
		"no newline at the end": {
			"evaluation_data:\n  size: mine\nmodel_details:\n  name: mine\n  version: \"2\"\n  registry_uri: mine", "evaluation_data:\n  size: mine\nmodel_details:\n  name: mine\n  version: \"2\"\n  registry_uri: mine",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := cards.Fill("ma-employment", words(t, []byte(test.original)), evaluation(), nil, &evidence.Version{Model: "ma-employment", Number: "1"})
			got, err := cards.FilledYAML([]byte(test.original), c)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			again, err := cards.FilledYAML(got, c)
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("a second time it gives (%v):\n%s", err, again)
			}
		})
	}
}

// TestFilledYAMLRewrites takes texts in which lines cannot be added: they are written anew, with all values and comments.
func TestFilledYAMLRewrites(t *testing.T) {
	for name, original := range map[string]string{
		"flow":            "# mine\nmodel_details: {license: MIT} # terse\n",
		"flow at the top": "{model_details: {license: MIT}, caveats: [a, b]}\n",
		"kept newlines":   "evaluation_data:\n  description: |+\n    text\n\n\n\ncaveats: [a]\n",
		"end of document": "model_details:\n  license: MIT\n...\n",
		"quoted key":      "model_details:\n  \"name\": \"\"\n",
		"two lines":       "model_details:\n  name:\n    TODO\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := cards.Fill("m", words(t, []byte(original)), evaluation(), nil, nil)
			got, err := cards.FilledYAML([]byte(original), c)
			if err != nil {
				t.Fatal(err)
			}
			w := words(t, got)
			if w.ModelDetails.Name != "m" || w.EvaluationData.Size != c.EvaluationData.Size || w.EvaluationData.Description != c.EvaluationData.Description ||
				len(w.Caveats) != len(c.Caveats) || w.ModelDetails.License != c.ModelDetails.License {
				t.Errorf("the filled card reads otherwise:\n%s", got)
			}
			if n := strings.Count(original, "#"); strings.Count(string(got), "#") < n+2 {
				t.Errorf("comments were lost:\n%s", got)
			}
			if again, err := cards.FilledYAML(got, c); err != nil || !bytes.Equal(again, got) {
				t.Errorf("a second time it gives (%v):\n%s", err, again)
			}
		})
	}
}

func TestFilledYAMLRefuses(t *testing.T) {
	c := cards.Fill("m", cards.Words{}, evaluation(), nil, nil)
	for _, original := range []string{"[a]", "model_details: text", "a: b: c", "\t"} {
		if got, err := cards.FilledYAML([]byte(original), c); err == nil {
			t.Errorf("%q gives %q and no error", original, got)
		}
	}
}

// FuzzFilledYAML: whatever the text, the filled copy reads as the person's words with the filled fields beside them, and is stable.
func FuzzFilledYAML(f *testing.F) {
	f.Add(fraud(f))
	for _, s := range []string{"", "# c", "model_details:\n  name: # x\n", "model_details: {}\n", "evaluation_data:\n  size: |\n    TODO\n", "a: &x {b: 1}\nc: *x\n", "---\n...\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, original []byte) {
		c := cards.Fill("m", cards.Words{}, evaluation(), nil, nil)
		got, err := cards.FilledYAML(original, c)
		if err != nil {
			return
		}
		var before, after map[string]any
		if yaml.Unmarshal(original, &before) != nil {
			t.Skip() // FilledYAML read nodes, which may be more than values
		}
		if err := yaml.Unmarshal(got, &after); err != nil {
			t.Fatalf("the filled copy of %q is no YAML: %v\n%s", original, err, got)
		}
		for k, v := range before {
			if _, ok := after[k]; !ok && v != nil {
				t.Fatalf("%q is gone from\n%s", k, got)
			}
		}
		again, err := cards.FilledYAML(got, c)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("a second time (%v):\n%s\nafter\n%s", err, again, got)
		}
	})
}
