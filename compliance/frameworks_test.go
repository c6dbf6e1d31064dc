package compliance

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/schema"
)

// annexIV are the ids that were given: an item may be added, none may go or be renamed.
var annexIV = strings.Fields(`
IV.1a.purpose IV.1a.provider IV.1a.version IV.1b.interaction IV.1c.versions IV.1c.updates IV.1d.forms IV.1e.hardware IV.1f.photos IV.1g.ui
IV.1h.instructions IV.1h.ui IV.2a.methods IV.2a.thirdparty IV.2b.logic IV.2b.choices IV.2b.persons IV.2b.classification IV.2b.objective IV.2b.output
IV.2b.tradeoffs IV.2c.architecture IV.2c.compute IV.2d.training IV.2d.datasets IV.2d.provenance IV.2d.selection IV.2d.labelling IV.2d.cleaning
IV.2e.oversight IV.2e.interpret IV.2f.changes IV.2f.continuity IV.2g.procedures IV.2g.data IV.2g.accuracy IV.2g.robustness IV.2g.other
IV.2g.discrimination IV.2g.logs IV.2g.reports IV.2g.changes IV.2h.cyber IV.3.capability IV.3.groups IV.3.overall IV.3.outcomes IV.3.oversight
IV.3.input IV.4.metrics IV.5.risk IV.6.changes IV.7.standards IV.7.solutions IV.8.doc IV.9.system IV.9.plan`)

// neverNA are those for which "not applicable" is no answer.
var neverNA = []string{"IV.1a.purpose", "IV.2g.accuracy", "IV.2g.reports", "IV.4.metrics", "IV.8.doc", "IV.9.plan"}

func TestFrameworks(t *testing.T) {
	all, err := Frameworks()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no files in frameworks")
	}
	for _, f := range all {
		t.Run(f.Name, func(t *testing.T) {
			named, err := Named(f.Name)
			if err != nil || named.Title != f.Title {
				t.Errorf("not found by its name: %v", err)
			}
			if !strings.Contains(f.Notice, "no legal advice") {
				t.Errorf("the notice does not say that it is no legal advice: %q", f.Notice)
			}
			for _, item := range f.Items {
				if item.Lacks != "" && len(item.FilledBy.Pipeline)+len(item.FilledBy.Person) == 0 {
					t.Errorf("%s lacks something, but nothing shows the rest", item.ID)
				}
				if len(item.FilledBy.Pipeline)+len(item.FilledBy.Person) > 0 && item.Lacks == "" && item.Owner == Both && len(item.FilledBy.Person) == 0 {
					t.Errorf("%s could be filled without the person who owns half of it", item.ID)
				}
			}
		})
	}
}

func TestAnnexIV(t *testing.T) {
	f, err := Named("eu-ai-act")
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]Item{}
	for _, item := range f.Items {
		items[item.ID] = item
	}
	for _, id := range annexIV {
		if _, ok := items[id]; !ok {
			t.Errorf("%s is gone", id)
		}
	}
	for _, id := range neverNA {
		if items[id].NA != "" {
			t.Errorf("%s may be left out: %q", id, items[id].NA)
		}
	}
}

// TestPathsLead shows each path with the full dossier: one that leads nowhere would be missing for ever.
func TestPathsLead(t *testing.T) {
	all, err := Frameworks()
	if err != nil {
		t.Fatal(err)
	}
	d := reflect.ValueOf(newWorld(t).dossier())
	seen := 0
	for _, f := range all {
		for _, item := range f.Items {
			for _, p := range append(slices.Clone(item.FilledBy.Pipeline), item.FilledBy.Person...) {
				seen++
				if found, _ := follow(d, steps(p)); len(found) == 0 {
					t.Errorf("%s: %s leads to nothing in a full dossier", item.ID, p)
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d paths", seen)
	}
}

const good = `name: f
title: F
as_of: "2026-11-24"
source: a book
notice: This is no legal advice.
items:
  - {id: A.1, asks: something, owner: pipeline, filled_by: {pipeline: [card.evaluation.rows]}}
  - {id: A.2, asks: more, owner: person}
`

func TestParseFramework(t *testing.T) {
	if _, err := ParseFramework("f.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"an unknown key":            {"asks: more", "askes: more", `f.yaml:8:15: unknown-key: "askes" is no key here (did you mean "asks"?)`},
		"an unknown key above":      {"source:", "sauce:", `unknown-key: "sauce"`},
		"an unknown part":           {"{pipeline: [card", "{pipline: [card", `unknown-key: "pipline" is no key here (did you mean "pipeline"?)`},
		"a key twice":               {"title: F", "title: F\ntitle: G", "duplicate"},
		"an id twice":               {"id: A.2", "id: A.1", `f.yaml:8:10: duplicate-id: "A.1"`},
		"no id":                     {"id: A.2", "id: A", "bad-id"},
		"nothing asked":             {"asks: more", `asks: ""`, "missing-key"},
		"an unknown owner":          {"owner: person", "owner: persn", `unknown-owner: "persn" is no owner: pipeline, person or both (did you mean "person"?)`},
		"filled by another":         {"owner: pipeline", "owner: person", "other-owner"},
		"a path to nowhere":         {"card.evaluation.rows", "card.evaluation.row", `unknown-path: "card.evaluation.row"`},
		"a path into a number":      {"card.evaluation.rows", "card.evaluation.rows.n", "unknown-path"},
		"each of what is no list":   {"[card.evaluation.rows]", `["card.evaluation.rows[]"]`, `"rows" is no list or map`},
		"a Go name":                 {"card.evaluation.rows", "card.Words", "unknown-path"},
		"a date that is none":       {`"2026-11-24"`, `"24 Nov 2026"`, "no-date"},
		"a date that is a date":     {`"2026-11-24"`, `2026-11-24T00:00:00Z`, ""},
		"no items":                  {good[strings.Index(good, "items"):], "items: []\n", "there are no items"},
		"items that are no mapping": {good[strings.Index(good, "items"):], "items: [1]\n", ""},
		"no YAML":                   {good, "a: [", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseFramework("f.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("said %v, want %q", err, c.want)
			}
		})
	}
}

func TestNamedSuggests(t *testing.T) {
	if _, err := Named("eu-ai-akt"); err == nil || !strings.Contains(err.Error(), `did you mean "eu-ai-act"?`) {
		t.Errorf("said %v", err)
	}
	if _, err := Named("x"); err == nil || !strings.Contains(err.Error(), "eu-ai-act") {
		t.Errorf("said %v", err)
	}
	var problems schema.Problems
	if _, err := ParseFramework("f.yaml", []byte("items: [{id: A, x: 1}]")); !errors.As(err, &problems) || problems[0].Line != 1 {
		t.Errorf("said %v, want problems at their places", err)
	}
}
