package compliance

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
)

func annex(t *testing.T) Framework {
	t.Helper()
	f, err := Named("eu-ai-act")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func item(t *testing.T, d Dossier, id string) Covered {
	t.Helper()
	for _, c := range Cover(annex(t), d) {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no item %s", id)
	return Covered{}
}

func TestCoverAFullDossier(t *testing.T) {
	d := newWorld(t).dossier()
	for id, want := range map[string]State{
		"IV.1a.purpose": Filled, "IV.2g.accuracy": Filled, "IV.2g.discrimination": Filled, "IV.3.groups": Filled, "IV.4.metrics": Filled, "IV.2d.datasets": Filled,
		"IV.1a.version": Partial, "IV.2g.reports": Partial, "IV.2g.logs": Partial, "IV.6.changes": Partial,
		"IV.8.doc": Missing, "IV.5.risk": Missing, "IV.2g.robustness": Missing, "IV.1f.photos": Missing, "IV.9.plan": Missing,
	} {
		if got := item(t, d, id); got.State != want {
			t.Errorf("%s is %s (%s), want %s", id, got.State, got.Why, want)
		}
	}
	for _, c := range Cover(annex(t), d) {
		switch {
		case c.State == Filled && (len(c.Shown) == 0 || c.Why != ""):
			t.Errorf("%s is filled, shown by %q, why %q", c.ID, c.Shown, c.Why)
		case c.State != Filled && c.Why == "":
			t.Errorf("%s is %s, and nobody says why", c.ID, c.State)
		case c.State == NotApplicable || c.State == Waived:
			t.Errorf("%s is %s, and nobody said so", c.ID, c.State)
		}
	}
	got := strings.Join(item(t, d, "IV.2g.data").Shown, "\n")
	for _, want := range []string{"card.evaluation.rows: 69126", "card.evaluation.slices[].groups: 2 of 3, first: sex = men", `card.evaluation_data.description: "census of 2016"`} {
		if !strings.Contains(got, want) {
			t.Errorf("IV.2g.data is shown by\n%s\nwant %q", got, want)
		}
	}
}

func TestShownIntervals(t *testing.T) {
	got := strings.Join(item(t, newWorld(t).dossier(), "IV.2g.accuracy").Shown, "\n")
	if want := "slices[].metrics[].interval: 4 of 4, first: low 0.84, high 0.88, level 0.95"; !strings.Contains(got, want) {
		t.Errorf("shown by\n%s\nwant %q", got, want)
	}
}

func TestCoverAnEmptyDossier(t *testing.T) {
	for _, c := range Cover(annex(t), Dossier{}) {
		if c.State != Missing || len(c.Shown) > 0 {
			t.Errorf("%s is %s of nothing, shown by %q", c.ID, c.State, c.Shown)
		}
	}
}

func TestCoverChanges(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		after  func(*Dossier)
		id     string
		want   State
		why    string
	}{
		"a placeholder is missing":  {func(w *world) { w.card.IntendedUse.PrimaryUse = "TODO: what it is for" }, nil, "IV.1a.purpose", Missing, "a person's words"},
		"half a person's words":     {func(w *world) { w.card.TrainingData.Size = "" }, nil, "IV.2d.datasets", Partial, "card.training_data.size"},
		"no person's words":         {func(w *world) { w.card.MetricsRationale = "tbd" }, nil, "IV.4.metrics", Partial, "card.metrics_rationale (a person's words)"},
		"a list of placeholders":    {func(w *world) { w.card.Limitations = []string{"…", "TODO"} }, nil, "IV.3.capability", Partial, "card.limitations"},
		"filled in by the pipeline": {func(w *world) { w.card.Filled = map[string]string{"model_details.version": "registry"} }, nil, "IV.1a.version", Partial, "card.model_details.version (a person's words)"},
		"no groups":                 {func(w *world) { w.card.Evaluation.Slices = w.card.Evaluation.Slices[:1] }, nil, "IV.3.groups", Partial, "slices[].groups"},
		"reported by another":       {func(w *world) { w.card.Evaluation.Reported = &evaluate.Source{Tool: "lm-eval 0.4.9"} }, nil, "IV.2g.accuracy", Partial, "reported by lm-eval 0.4.9, without rows"},
		"no evaluation":             {func(w *world) { w.card.Evaluation = nil }, nil, "IV.2g.accuracy", Missing, "card.evaluation"},
		"no version":                {func(w *world) { w.card.Version = nil }, nil, "IV.1d.forms", Missing, "card.registry_version"},
		"not signed":                {nil, func(d *Dossier) { d.Statement, d.Evidence = nil, nil }, "IV.2g.accuracy", Partial, "no signed evidence"},
		"unsigned words count":      {nil, func(d *Dossier) { d.Statement, d.Evidence = nil, nil }, "IV.1a.purpose", Filled, ""},
		"another card": {nil, func(d *Dossier) {
			card := *d.Card
			card.Model = "other"
			d.Card = &card
			delete(d.Attached, "card.json")
		}, "IV.2g.accuracy", Partial, "does not bind this card"},
		"expired": {nil, func(d *Dossier) { d.At = day(90) }, "IV.2g.accuracy", Stale, "expired on 2027-02-22"},
		"another policy since": {nil, func(d *Dossier) {
			d.Log = append(d.Log, evidence.Record{Act: evidence.PolicySet, Model: "ma-employment", Digest: evidence.DigestOf([]byte("new"))})
		}, "IV.2g.accuracy", Stale, "was set since"},
		"another model's policy": {nil, func(d *Dossier) {
			d.Log = append(d.Log, evidence.Record{Act: evidence.PolicySet, Model: "another", Digest: evidence.DigestOf([]byte("new"))})
		}, "IV.2g.accuracy", Filled, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.change != nil {
				c.change(w)
			}
			d := w.dossier()
			if c.after != nil {
				c.after(&d)
			}
			if got := item(t, d, c.id); got.State != c.want || !strings.Contains(got.Why, c.why) {
				t.Errorf("%s is %s (%s), want %s (%s)", c.id, got.State, got.Why, c.want, c.why)
			}
		})
	}
}

func TestMatrixWrites(t *testing.T) {
	w := newWorld(t)
	w.card.IntendedUse.PrimaryUse = "<script>alert(1)</script> | [x](http://evil.example) `rm` @here\n# title \x1b[31m\u202e"
	m := NewMatrix(annex(t), w.dossier())
	var text, page, file, again bytes.Buffer
	for _, err := range []error{m.WriteText(&text), m.WriteMarkdown(&page), m.WriteJSON(&file), NewMatrix(annex(t), w.dossier()).WriteJSON(&again)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	total := 0
	for _, n := range m.Counts {
		total += n
	}
	if total != len(m.Items) || len(m.Counts) != len(States()) {
		t.Errorf("%v counts %d of %d items", m.Counts, total, len(m.Items))
	}
	for name, said := range map[string]string{"text": text.String(), "page": page.String(), "file": file.String()} {
		for _, item := range annexIV {
			if !strings.Contains(said, item) && !strings.Contains(said, strings.ReplaceAll(item, ".", `\.`)) {
				t.Errorf("%s has no %s", name, item)
			}
		}
		if lower := strings.ToLower(said); strings.Contains(lower, "compliant") || strings.Contains(said, "%") {
			t.Errorf("%s judges the whole, or gives a share", name)
		}
		if strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "legal advice") {
			t.Errorf("%s moves a cursor, turns the writing, or forgets the notice", name)
		}
	}
	if p := page.String(); strings.Contains(p, "<script>") || strings.Contains(p, "](http") || strings.Contains(p, "@here") || strings.Contains(p, "http://") {
		t.Error("the page has markup from data in it")
	}
	for line := range strings.Lines(page.String()) {
		if cells := strings.Count(line, "|") - strings.Count(line, `\|`); strings.HasPrefix(line, "| IV") && cells != 6 {
			t.Errorf("a row of %d cells: %s", cells-1, line)
		}
	}
	for line := range strings.Lines(text.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > width && strings.Contains(strings.TrimSpace(line), " ") && len(strings.Fields(line)) > 1 {
			if longest := longestWord(line); longest < width/2 {
				t.Errorf("a line of %d columns: %q", n, line)
			}
		}
	}
	if !bytes.HasPrefix(file.Bytes(), []byte(`{"applies`)) && !strings.Contains(file.String(), MatrixID) {
		t.Errorf("the file is %.80s", file.String())
	}
}

func longestWord(line string) (n int) {
	for _, w := range strings.Fields(line) {
		n = max(n, len([]rune(w)))
	}
	return n
}

func TestEmptyKinds(t *testing.T) {
	for _, v := range []any{"", "TODO", 0, int64(0), 0.0, false, []string(nil), []string{"TODO"}, map[string]string{}, map[string]string{"a": "…"}, cards.Data{}, []*int{nil}} {
		if !empty(reflect.ValueOf(v)) {
			t.Errorf("%#v counts as something", v)
		}
	}
	for _, v := range []any{"a word", 1, true, 0.1, []string{"TODO", "done"}, map[string]string{"a": "b"}, cards.Data{Note: "n"}, []cards.Data{{}}} {
		if empty(reflect.ValueOf(v)) {
			t.Errorf("%#v counts as nothing", v)
		}
	}
}
