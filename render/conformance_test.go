package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// sinks are all that writes a view: the formats, and what prints.
func sinks() map[string]func(io.Writer, View) error {
	all := map[string]func(io.Writer, View) error{
		"terminal":    func(w io.Writer, v View) error { return Terminal(w, v, Options{}) },
		"history":     func(w io.Writer, v View) error { return History(w, v.History, Options{}) },
		"annotations": Annotations,
		"decision": func(w io.Writer, v View) error {
			return Decision(w, v.version(), firstDecision(v), Options{})
		},
		"figures": func(w io.Writer, v View) error {
			if v.evaluation() == nil {
				return nil
			}
			return Figures(w, v.evaluation(), Options{})
		},
		"explain": func(w io.Writer, v View) error {
			if r := v.report(); r == nil || len(r.Gates) == 0 || v.evaluation() == nil {
				return nil
			}
			return Explain(w, v.report().Gates[0], v.evaluation(), Options{})
		},
		"problems": func(w io.Writer, v View) error {
			return Problems(w, schema.Problems{{Position: schema.Position{File: v.Model, Line: 1, Column: 2}, Code: "code", Message: v.Model, Suggest: v.Model}}, Options{})
		},
	}
	for _, f := range Formats() {
		all[f.Name] = f.Write
	}
	return all
}

func firstDecision(v View) evidence.Decision {
	if len(v.Decisions) == 0 {
		return evidence.Decision{}
	}
	return v.Decisions[0]
}

type broken struct{}

var errBroken = errors.New("the disk is full")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterErrorsReturn(t *testing.T) {
	for name, write := range sinks() {
		if err := write(broken{}, failed(t)); !errors.Is(err, errBroken) {
			t.Errorf("%s: a writer's error becomes %v", name, err)
		}
	}
}

func TestFormatsAreNamed(t *testing.T) {
	shows := []string{"report", "card", "evidence", "decisions", "history", "notes"}
	seen := map[string]bool{}
	for _, f := range Formats() {
		if f.Name == "" || f.File == "" || len(f.Shows) == 0 || seen[f.Name] || seen[f.File] {
			t.Errorf("%q (%q) shows %q: each needs a name, a file of its own and a part", f.Name, f.File, f.Shows)
		}
		seen[f.Name], seen[f.File] = true, true
		for _, part := range f.Shows {
			if !slices.Contains(shows, part) {
				t.Errorf("%s shows %q, which is no part of a view", f.Name, part)
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d names and files, not those of html, markdown, junit and github", len(seen))
	}
}

// TestShows holds Shows to its word: a part that a format names changes what it writes.
func TestShows(t *testing.T) {
	for _, f := range Formats() {
		for _, part := range f.Shows {
			whole, without := failed(t), failed(t)
			switch part {
			case "report":
				without.Report, without.Card = nil, nil
			case "card":
				without.Card = nil
			case "evidence":
				without.Evidence, without.Statement = nil, nil
			case "decisions":
				without.Decisions = nil
			case "notes":
				whole.Notes = []string{"a note"}
			}
			if text(t, f.Write, whole) == text(t, f.Write, without) {
				t.Errorf("%s says that it shows %s, but is the same without", f.Name, part)
			}
		}
	}
}

func text(t testing.TB, write func(io.Writer, View) error, v View) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSameBytes: maps do not show.
func TestSameBytes(t *testing.T) {
	for name, write := range sinks() {
		first := text(t, write, worse(t))
		for range 5 {
			if text(t, write, worse(t)) != first {
				t.Errorf("%s: the same view gives other bytes", name)
			}
		}
	}
}

// TestNothingHides: whatever a view's strings hold, no control, bidirectional or zero-width character comes out.
func TestNothingHides(t *testing.T) {
	for name, write := range sinks() {
		out := text(t, write, hostile(t))
		for _, r := range out {
			if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%s lets %U through", name, r)
				break
			}
		}
		if name != "annotations" && name != "problems" && name != "figures" && !strings.Contains(out, "‹U+202E›") {
			t.Errorf("%s does not show what was hidden", name)
		}
		for i, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") && name != "annotations" && name != "html" { // which nobody prints
				t.Errorf("%s, line %d is a workflow command: %.80s", name, i+1, line)
			}
		}
	}
}

// elements that a page of ours has.
var elements = strings.Fields(`html head meta link title style body header main footer section article h1 h2 h3 h4 p small b strong em i q code pre span div
br wbr ul ol li dl dt dd table caption colgroup col thead tbody tr th td details summary figure svg g line rect circle path text desc a hr blockquote`)

// harm says what in an HTML text could run, fetch or lead astray.
func harm(page string) (found []string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return found
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := z.Token()
		if !slices.Contains(elements, token.Data) {
			found = append(found, "<"+token.Data+">")
		}
		for _, a := range token.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			led := strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "mailto:") || token.Data == "link" && value == "data:,"
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && !led {
				found = append(found, token.Data+" "+a.Key+"="+a.Val)
			}
		}
	}
}

func TestHarmIsFound(t *testing.T) {
	for _, s := range []string{"<script>", "<img src=x>", "<a href=javascript:x>", "<p onclick=x>", "<iframe>", "<p style=x>"} {
		if len(harm(s)) == 0 {
			t.Errorf("%s is taken for harmless, so that the tests below show nothing", s)
		}
	}
}

func TestPageIsInert(t *testing.T) {
	page := text(t, htmlPage.Write, hostile(t))
	if found := harm(page); len(found) > 0 {
		t.Errorf("the page has %q", found)
	}
	if n := strings.Count(page, "<style>"); n != 1 {
		t.Errorf("%d style sheets, not 1", n)
	}
	if !strings.Contains(page, `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:`) {
		t.Error("no content security policy")
	}
	if strings.Contains(page, "url(") || strings.Contains(page, "@import") {
		t.Error("the sheet fetches something")
	}
}

// TestMarkdownIsInert renders README and summary as the most careless host would: with raw HTML on.
func TestMarkdownIsInert(t *testing.T) {
	careless := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(goldmarkhtml.WithUnsafe()))
	for _, f := range []Format{markdown, github} {
		md := text(t, f.Write, hostile(t))
		if parts := strings.SplitN(md, "---\n", 3); f.Name == "markdown" && len(parts) == 3 {
			md = parts[2] // hosts take the front matter off
		}
		var b bytes.Buffer
		if err := careless.Convert([]byte(md), &b); err != nil {
			t.Fatal(err)
		}
		page := strings.NewReplacer(` style="text-align:left"`, "", ` style="text-align:right"`, "").Replace(b.String())
		if found := harm(page); len(found) > 0 {
			t.Errorf("%s, rendered, has %q", f.Name, found)
		}
		if n := strings.Count(page, "<table>"); n == 0 || strings.Count(page, "<h1") > 1 {
			t.Errorf("%s: the text broke out of its place: %d tables, %d titles", f.Name, n, strings.Count(page, "<h1"))
		}
	}
}

// TestTablesHold: a bar or a newline in a cell adds no cell and no row.
func TestTablesHold(t *testing.T) {
	md := text(t, github.Write, hostile(t))
	rows := 0
	for _, line := range strings.Split(md, "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		rows++
		bars := strings.Count(line, "|") - strings.Count(line, `\|`)
		if bars != 7 {
			t.Errorf("a row of %d cells, not 6: %.200s", bars-1, line)
		}
	}
	if want := len(worse(t).Report.Gates) + 2; rows != want {
		t.Errorf("%d rows, not %d", rows, want)
	}
}

func TestJUnit(t *testing.T) {
	type suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string  `xml:"name,attr"`
				Failure *string `xml:"failure"`
				Skipped *string `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	read := func(v View) suites {
		var s suites
		if err := xml.Unmarshal([]byte(text(t, junit.Write, v)), &s); err != nil {
			t.Fatal(err)
		}
		failures, skipped, tests := 0, 0, 0
		for _, suite := range s.Suites {
			for _, c := range suite.Cases {
				tests++
				if c.Failure != nil {
					failures++
				}
				if c.Skipped != nil {
					skipped++
				}
			}
		}
		if s.Tests != tests || s.Failures != failures || s.Skipped != skipped {
			t.Errorf("it counts %d, %d, %d and has %d, %d, %d", s.Tests, s.Failures, s.Skipped, tests, failures, skipped)
		}
		return s
	}
	unknown := passed(t)
	unknown.Report.Gates[2].Verdict = "splendid"
	liar := passed(t)
	liar.Report.Verdict, liar.Decisions = evidence.Fail, nil
	gateless := View{Report: &gates.Report{Verdict: evidence.Pass}}
	waived := passed(t)
	waived.Report.Gates[0].Verdict = evidence.Waived
	for name, test := range map[string]struct {
		v                        View
		tests, failures, skipped int
	}{
		"failed": {failed(t), 7, 3, 1}, "passed": {passed(t), 6, 0, 0}, "undecided": {undecided(t), 1, 1, 0}, "empty": {View{}, 1, 1, 0},
		"an unknown verdict": {unknown, 6, 1, 0}, "a report that failed with gates that passed": {liar, 5, 1, 0}, "no gates": {gateless, 1, 1, 0},
		"a refusal alone": {View{Decisions: worse(t).Decisions}, 1, 1, 0}, "hostile": {hostile(t), 5, 2, 0}, "waived": {waived, 6, 1, 0},
	} {
		if s := read(test.v); s.Tests != test.tests || s.Failures != test.failures || s.Skipped != test.skipped {
			t.Errorf("%s: %d cases, %d failures, %d skipped; not %d, %d, %d", name, s.Tests, s.Failures, s.Skipped, test.tests, test.failures, test.skipped)
		}
	}
}

// TestAbsenceNeverPasses: an empty view looks like no pass anywhere.
func TestAbsenceNeverPasses(t *testing.T) {
	for name, v := range map[string]View{"empty": {}, "no gates": {Report: &gates.Report{}}, "a card alone": {Card: undecidedCard(t)}} {
		for sink, write := range sinks() {
			if slices.Contains([]string{"history", "annotations", "problems", "figures", "explain"}, sink) {
				continue // they are given something, or nothing is asked of them
			}
			out := text(t, write, v)
			if out == "" {
				t.Errorf("%s of %s says nothing", sink, name)
			}
			for _, word := range []string{"PASSED", "✓", "Passed", "verdict pass", " is now "} {
				if strings.Contains(out, word) {
					t.Errorf("%s of %s says %q", sink, name, word)
				}
			}
		}
	}
}

func TestAnnotations(t *testing.T) {
	if out := text(t, Annotations, passed(t)); out != "" {
		t.Errorf("what passed is annotated: %s", out)
	}
	want := "::error file=gatecard.yaml,line=31,title=Fail%3A recall across disability%2C sex::Recall for people with a disability is 0.280; at least 0.50 is required in every group. " +
		"(A tool that offers jobs must find the people who work.)\n"
	if out := text(t, Annotations, failed(t)); out != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	for _, v := range []View{hostile(t), {Report: &gates.Report{Gates: []gates.Outcome{{Sentence: "100%\r\n::set-output name=x::y", Says: "a,b::c\n::stop-commands::z",
		At: schema.Position{File: "x,line=1::\n::error::y", Line: 3}}}}}} {
		lines := strings.Split(strings.TrimSuffix(text(t, Annotations, v), "\n"), "\n")
		if len(lines) != 1 {
			t.Errorf("one gate becomes %d lines: %q", len(lines), lines)
		}
		for _, l := range lines {
			head, _, ok := strings.Cut(strings.TrimPrefix(l, "::"), "::")
			if !strings.HasPrefix(l, "::error ") || !ok || strings.Count(head, ",") != 2 {
				t.Errorf("the properties are not file, line and title: %s", head)
			}
			if strings.ContainsAny(l, "\r\x1b") {
				t.Errorf("%q", l)
			}
		}
	}
}

// TestTerminalWidth: at any width words stay whole, and at 80 columns nothing is wider.
func TestTerminalWidth(t *testing.T) {
	for name, v := range views(t) {
		if name == "hostile" {
			continue
		}
		for _, width := range []int{0, 80, 100, 140} {
			var b bytes.Buffer
			if err := Terminal(&b, v, Options{Width: width, Color: true}); err != nil {
				t.Fatal(err)
			}
			limit := max(width, 80)
			for _, l := range strings.Split(b.String(), "\n") {
				if w := lipgloss.Width(l); w > limit {
					t.Errorf("%s at %d: a line of %d columns: %s", name, width, w, l)
				}
			}
			if !strings.Contains(b.String(), "\x1b[") && name != "empty" {
				t.Errorf("%s: no colour where it is wanted", name)
			}
		}
		if out := text(t, sinks()["terminal"], v); strings.Contains(out, "\x1b") {
			t.Errorf("%s: colour where none is wanted", name)
		}
	}
}

func TestPrintedGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"history.80":  func(w io.Writer) error { return History(w, history(), Options{}) },
		"history.120": func(w io.Writer) error { return History(w, history(), Options{Width: 120}) },
		"refused":     func(w io.Writer) error { return Decision(w, "ma-employment/1", failed(t).Decisions[0], Options{}) },
		"promoted":    func(w io.Writer) error { return Decision(w, "ma-employment/2", passed(t).Decisions[0], Options{}) },
		"nothing": func(w io.Writer) error {
			return Decision(w, "ma-employment/2", evidence.Decision{Target: "@champion"}, Options{})
		},
		"problems": func(w io.Writer) error {
			return Problems(w, schema.Problems{
				{Position: schema.Position{File: "gatecard.yaml", Line: 14, Column: 13}, Code: "unknown-metric", Message: `"roc_acu" is no metric`, Suggest: "roc_auc"},
				{Position: schema.Position{File: "gatecard.yaml", Line: 19, Column: 16}, Code: "unknown-group", Message: `"disabilty" is no group of this file`, Suggest: "disability"},
			}, Options{})
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".terminal", b.Bytes())
	}
}

// TestAbsentPartsAreAbsent: the page claims nothing that the view has not.
func TestAbsentPartsAreAbsent(t *testing.T) {
	with, without := text(t, htmlPage.Write, worse(t)), text(t, htmlPage.Write, undecided(t))
	for part, mark := range map[string]string{"comparison": "Against the champion", "drift": ">Drift<", "evidence": "gatecard verify", "version": "Version and lineage",
		"ROC": "ROC curve", "calibration": ">Calibration<", "thresholds": ">At other thresholds<", "disparities": "How far groups lie apart", "ethics": ">Ethical considerations<", "use": "What it is for"} {
		if !strings.Contains(with, mark) {
			t.Errorf("the %s is missing from a page that has one", part)
		}
		if strings.Contains(without, mark) {
			t.Errorf("there is a %s on a page that has none", part)
		}
	}
	if !strings.Contains(without, "nothing was signed") {
		t.Error("a page without evidence does not say so")
	}
	if n := strings.Count(text(t, htmlPage.Write, failed(t)), "A tool that offers jobs"); n != 1 {
		t.Errorf("the reason is said %d times", n)
	}
	if n := strings.Count(text(t, htmlPage.Write, passed(t)), `class="typed">as typed`); n != 4 {
		t.Errorf("%d of 4 figures are marked as typed", n)
	}
}

// TestPageIDsAreUnique: labels point at one heading.
func TestPageIDsAreUnique(t *testing.T) {
	for name, v := range views(t) {
		seen := map[string]bool{}
		z := html.NewTokenizer(strings.NewReader(text(t, htmlPage.Write, v)))
		for z.Next() != html.ErrorToken {
			for _, a := range z.Token().Attr {
				if a.Key == "id" && seen[a.Val] {
					t.Errorf("%s: id %q stands twice", name, a.Val)
				}
				if a.Key == "id" {
					seen[a.Val] = true
				}
			}
		}
	}
}
