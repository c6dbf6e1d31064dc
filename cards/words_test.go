package cards_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
)

func TestFill(t *testing.T) {
	c := cards.Fill("ma-employment", cards.Words{}, evaluation(), nil, &evidence.Version{Model: "ma-employment", Number: "2"})
	for path, want := range map[string][2]string{
		"model_details.name":         {c.ModelDetails.Name, "ma-employment"},
		"model_details.version":      {c.ModelDetails.Version, "2"},
		"model_details.registry_uri": {c.ModelDetails.RegistryURI, "models:/ma-employment/2"},
		"evaluation_data.size":       {c.EvaluationData.Size, "69,126 rows of predictions-2016-v1.parquet"},
	} {
		if want[0] != want[1] {
			t.Errorf("%s is %q, not %q", path, want[0], want[1])
		}
		if c.Filled[path] == "" {
			t.Errorf("nothing says what filled %s", path)
		}
	}
	if got, want := c.Filled["evaluation_data.size"], "evaluation: 69126 rows, "+string(evidence.DigestOf([]byte("rows"))); got != want {
		t.Errorf("size was filled from %q, not %q", got, want)
	}
	if len(c.Filled) != 4 || c.Metrics.Overall != nil {
		t.Errorf("filled %v, figures %v", c.Filled, c.Metrics)
	}
	mine := cards.Words{ModelDetails: cards.Details{Name: "Mine", Version: "v9"}, EvaluationData: cards.Data{Size: "many"}}
	c = cards.Fill("ma-employment", mine, evaluation(), nil, &evidence.Version{Model: "ma-employment", Number: "2"})
	if c.ModelDetails.Name != "Mine" || c.ModelDetails.Version != "v9" || c.EvaluationData.Size != "many" || len(c.Filled) != 1 {
		t.Errorf("a person's words were overwritten: %+v, filled %v", c.ModelDetails, c.Filled)
	}
}

func TestMissing(t *testing.T) {
	all := cards.Missing(cards.Words{})
	if len(all) != 12 {
		t.Errorf("an empty card lacks %d fields, not 12: %q", len(all), all)
	}
	full := words(t, fraud(t))
	for path, spoil := range map[string]func(*cards.Words){
		"model_details.name":            func(w *cards.Words) { w.ModelDetails.Name = "" },
		"model_details.type":            func(w *cards.Words) { w.ModelDetails.Type = "TBD" },
		"model_details.description":     func(w *cards.Words) { w.ModelDetails.Description = "describe what the model does" },
		"model_details.license":         func(w *cards.Words) { w.ModelDetails.License = "<license>" },
		"model_details.contact":         func(w *cards.Words) { w.ModelDetails.Contact = " … " },
		"intended_use.primary_use":      func(w *cards.Words) { w.IntendedUse.PrimaryUse = "todo: ask Ann" },
		"intended_use.intended_users":   func(w *cards.Words) { w.IntendedUse.IntendedUsers = []string{"..."} },
		"intended_use.out_of_scope":     func(w *cards.Words) { w.IntendedUse.OutOfScope = nil },
		"training_data.description":     func(w *cards.Words) { w.TrainingData.Description = "[More Information Needed]" },
		"evaluation_data.description":   func(w *cards.Words) { w.EvaluationData.Description = "Rows of 2016 (TODO: which?)" },
		"limitations":                   func(w *cards.Words) { w.Limitations, w.Caveats = []string{"TODO"}, nil },
		"ethical_considerations":        func(w *cards.Words) { w.EthicalConsiderations = []cards.Concern{{Concern: "Describe the risks"}} },
		"":                              func(w *cards.Words) { w.Limitations = nil },
		"nothing: words are no figures": func(w *cards.Words) { w.Metrics = cards.Typed{} },
	} {
		w := full
		spoil(&w)
		want := []string{path}
		if path == "" || strings.HasPrefix(path, "nothing") {
			want = nil
		}
		if got := cards.Missing(w); !slices.Equal(got, want) {
			t.Errorf("%s: missing %q", path, got)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for _, s := range []string{"Describes fraud in real time", "Proprietary — internal use only", "a <b> c", "n/a for children; see the note", "Toda la región", "A todo list app", "5", "unknown sources excluded"} {
		if cards.Placeholder(s) {
			t.Errorf("%q is taken for a placeholder", s)
		}
	}
	for _, s := range []string{"", " ", "-", "???", "TODO", "tbd", "FIXME later", "<name>", "{{ name }}", "To be determined", "N/A", "…", "describe …", "Text. TODO: more"} {
		if !cards.Placeholder(s) {
			t.Errorf("%q is taken for a text", s)
		}
	}
}

func TestNames(t *testing.T) {
	terms := evaluate.Terms{Groups: []evaluate.Dimension{
		{Name: "sex", Column: "SEX", Values: map[string]string{"1": "men", "2": "women"}}, {Name: "age", Column: "AGEP", Bins: []float64{25, 40}},
		{Name: "card_type", Column: "card_type"}, {Name: "sex * age", Cross: []string{"sex", "age"}}}}
	for _, test := range []struct {
		groups      map[string]string
		name, short string
	}{
		{nil, "overall", "overall"},
		{map[string]string{"sex": "men"}, "men", "men"},
		{map[string]string{"age": "25-40"}, "age 25–40", "25–40"},
		{map[string]string{"age": "<25"}, "age under 25", "under 25"},
		{map[string]string{"age": ">=40", "sex": "women"}, "women, age 40 and over", "women, age 40 and over"},
		{map[string]string{"card_type": "visa"}, "visa", "visa"},
		{map[string]string{"card_type": "3"}, "card_type = 3", "3"},
		{map[string]string{"card_type": "other"}, "card_type = other", "other"},
		{map[string]string{"sex": evaluate.Missing}, "sex missing", "missing"},
	} {
		if got := terms.Name(test.groups); got != test.name {
			t.Errorf("Name(%v) is %q, not %q", test.groups, got, test.name)
		}
		if got := terms.Short(test.groups); got != test.short {
			t.Errorf("Short(%v) is %q, not %q", test.groups, got, test.short)
		}
	}
	men, women := map[string]string{"sex": "men"}, map[string]string{"sex": "women"}
	for kind, want := range map[string]string{"gap": "women − men", "ratio": "women ÷ men"} {
		if got := cards.ClaimName(terms, kind, evidence.Claim{Groups: women, Against: men}); got != want {
			t.Errorf("a %s is named %q, not %q", kind, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"0.280": evaluate.Number(0.28), "0.0009": evaluate.Number(0.0009), "−0.019": evaluate.Number(-0.0192), "0.000": evaluate.Number(-0.00001), "–": evaluate.Number(math.NaN()),
		"1.000": evaluate.Number(1), "69,126": evaluate.Count(69126), "999": evaluate.Count(999), "1,000": evaluate.Count(1000), "−1,000,000": evaluate.Count(-1000000),
		"+0.012": evaluate.Signed(0.012), "50.1 %": evaluate.Percent(0.501), "0.18 %": evaluate.Percent(0.0018), "0.0005 – 0.0011": evaluate.Range(ptr(0.0005), ptr(0.0011), 0.0009),
		"≥ 0.274": evaluate.Range(ptr(0.274), nil, 0.3), "": evaluate.Range(nil, nil, 0.3),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestTypedFigures(t *testing.T) {
	c := cards.Fill("fraud-detector", words(t, fraud(t)), evaluation(), nil, nil)
	figures := c.TypedFigures()
	if len(figures) != 13 {
		t.Fatalf("%d figures, not the 13 of the card", len(figures))
	}
	for _, f := range figures {
		if computed := f.Name == "recall_at_0.5"; computed != (f.Computed != nil) {
			t.Errorf("%s %v: computed is %v", f.Name, f.Groups, f.Computed)
		}
	}
	if figures[4].Name != "roc_auc" || figures[4].Title != "ROC AUC" || cards.Typing(figures[4].Value) != "0.9724" {
		t.Errorf("%+v", figures[4])
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\x1b[31mb\u202ec\u200bd\xffe\u2066")
	f.Add("plain — text, naïve 日本 🙂")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range cards.Visible(s) {
			if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("Visible(%q) has %U", s, r)
			}
		}
		if l := cards.Line(s); strings.ContainsAny(l, "\n\r\t") {
			t.Errorf("Line(%q) is %q", s, l)
		}
		if m := cards.Markdown(s); strings.ContainsAny(m, "\n\r<>") {
			t.Errorf("Markdown(%q) is %q", s, m)
		}
		if v := cards.Visible(cards.Visible(s)); v != cards.Visible(s) {
			t.Errorf("Visible twice: %q", v)
		}
	})
}
