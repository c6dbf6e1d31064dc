package render

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

func TestMet(t *testing.T) {
	broken := []evidence.Refusal{{Requirement: "bytes", Reason: "version-changed"}}
	gate := []evidence.Refusal{{Requirement: "gates", Reason: evidence.GateFailed}}
	for name, c := range map[string]struct {
		met   []string
		unmet []evidence.Refusal
		want  []string
	}{
		"all":                {append(asked(), "gates", "card"), nil, []string{"evidence", "gates", "card"}},
		"a gate is unmet":    {append(asked(), "card"), gate, []string{"evidence", "card"}},
		"the bytes are not":  {[]string{"evidence", "version", "policy", "gates"}, broken, []string{"evidence", "version", "policy", "gates"}},
		"nothing was asked":  {[]string{"open"}, nil, []string{"open"}},
		"no word for it all": {[]string{"version", "policy"}, nil, []string{"version", "policy"}},
		"it was there":       {append(asked(), "gates", "already"), nil, []string{"evidence", "gates"}},
		"nothing":            {nil, gate, nil},
	} {
		if got := met(evidence.Decision{Met: c.met, Unmet: c.unmet}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAlready: a version is not said to have moved where it was before.
func TestAlready(t *testing.T) {
	v := passed(t)
	v.Decisions[0].Met = append(v.Decisions[0].Met, "already")
	for name, want := range map[string]string{
		"terminal": "ma-employment/2 is now @champion.\n  ✓ ma-employment/2 is in Production already.",
		"decision": "ma-employment/2 is in Production already.",
		"markdown": "- ✓ in Production already\n- ✓ now &#64;champion",
		"github":   "✓ ma-employment/2 is in Production already (evidence · gates · card · artifacts · lineage).",
		"html":     "Now @champion, and in Production already",
	} {
		if got := text(t, sinks()[name], v); !strings.Contains(got, want) || strings.Contains(got, "now in Production") {
			t.Errorf("%s does not say %q:\n%s", name, want, got)
		}
	}
	v.Decisions = v.Decisions[:1]
	if got := text(t, htmlPage.Write, v); !strings.Contains(got, "In Production already") {
		t.Error("the page does not say that it is in Production already")
	}
}

// TestNoPlace: an outcome without a position, as of a recheck, shows none, and leaves no empty line for it.
func TestNoPlace(t *testing.T) {
	v := failed(t)
	for i := range v.Report.Gates {
		v.Report.Gates[i].At = schema.Position{}
	}
	v.Report.Gates[0].Because = strings.Repeat("a reason that takes more than a line ", 4)
	for name, write := range sinks() {
		got := text(t, write, v)
		if strings.Contains(got, "gatecard.yaml") || strings.Contains(got, ":0:0") || strings.Contains(got, "<code></code>") || strings.Contains(got, "``") {
			t.Errorf("%s shows a place that is not there:\n%s", name, got)
		}
		if name == "terminal" && strings.Contains(got, "\n\n\n") {
			t.Errorf("it leaves empty lines:\n%s", got)
		}
	}
}

// TestAnnotationPlace: only a place inside the work tree is one for the runner.
func TestAnnotationPlace(t *testing.T) {
	for file, want := range map[string]string{"gatecard.yaml": "file=gatecard.yaml,line=31,", "a/b.yaml": "file=a/b.yaml,", "/etc/gatecard.yaml": "", "../gatecard.yaml": ""} {
		v := failed(t)
		v.Report.Gates[0].At.File = file
		got := text(t, Annotations, v)
		if want == "" && strings.Contains(got, "file=") || !strings.Contains(got, want) {
			t.Errorf("%s: %s", file, got)
		}
	}
}

// TestOrder: gates that do not apply come last in every table, and first in no sentence.
func TestOrder(t *testing.T) {
	for _, name := range []string{"terminal", "html", "github", "markdown"} {
		got := text(t, sinks()[name], failed(t))
		if name == "html" {
			got = got[strings.Index(got, `id="gates"`):]
		}
		no, yes := strings.Index(got, "not applicable"), strings.LastIndex(got[:strings.Index(got, "not applicable")], "✓")
		if no < 0 || yes < 0 || strings.Contains(got[no:no+min(len(got)-no, 900)], "PSI of score") {
			t.Errorf("%s: what does not apply is not last:\n%s", name, got)
		}
	}
}

func TestRollbackWithoutVersion(t *testing.T) {
	d := &evidence.Decision{Target: "Production", Unmet: []evidence.Refusal{{Requirement: "rollback", Reason: "no-previous", Detail: "nothing was there before"}}}
	records := []evidence.Record{{Act: evidence.Refused, Target: "Production", Decision: d, At: issued}}
	got := text(t, func(w io.Writer, v View) error { return History(w, v.History, Options{Width: 200}) }, View{History: records})
	if !strings.Contains(got, "rollback of Production: refused (no-previous: nothing was there before)") || strings.Contains(got, "version") {
		t.Error(got)
	}
}

// TestTooFew: what is too small is said with the number that the gate asked for.
func TestTooFew(t *testing.T) {
	v := failed(t)
	v.Report.Gates[0].MinSupport = 2
	none := evaluate.Figure{Undefined: "no row is truly positive"}
	for _, race := range []string{"Alaska Native", "white"} { // of a cross, only what its parts do not say
		v.Card.Evaluation.Slices = append(v.Card.Evaluation.Slices, evaluate.Slice{Groups: evaluate.Groups{"sex": "men", "race": race}, Metrics: map[string]evaluate.Figure{"recall": none}})
	}
	for _, g := range v.tooFew() {
		if g.under != 2 && g.metric == "recall" {
			t.Errorf("%s: under %d", g.metric, g.under)
		}
	}
	if got := text(t, sinks()["terminal"], v); !strings.Contains(got, "Too small to judge (under 2 truly positive rows): race: Alaska Native 1; sex ×\n  race: men, white 0\n") {
		t.Error(got)
	}
}
