package gates_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

var update = flag.Bool("update", false, "write the wanted outcomes in testdata again")

// TestKinds judges the cases of every kind, and holds each kind to what the list of kinds asks for: testdata/KIND/*.txtar. A case is a policy,
// rows with how often each stands in the file, and what comes out.
func TestKinds(t *testing.T) {
	for _, kind := range gates.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join("testdata", kind.Name, "*.txtar"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no files in testdata/%s: %v", kind.Name, err)
			}
			verdicts := map[evidence.Verdict]int{}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					c := readCase(t, file)
					p, e := c.policy(t), c.evaluation(t)
					r, err := gates.Judge(p, e, c.standing)
					if got := told(r, err); *update {
						c.write(t, got)
					} else if got != c.want {
						t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
					}
					if err != nil {
						return
					}
					for i, g := range r.Gates {
						if p.Gates[i].Kind != kind.Name {
							t.Errorf("%s is of kind %s", p.Gates[i].ID, p.Gates[i].Kind)
						}
						verdicts[g.Verdict]++
						complete(t, g)
					}
					again(t, p, e, r, c.standing)
					damaged(t, p, e, r, c.standing)
				})
			}
			for _, v := range []evidence.Verdict{evidence.Pass, evidence.Fail, evidence.Inconclusive} {
				if verdicts[v] == 0 {
					t.Errorf("no case of testdata/%s ends with %s", kind.Name, v)
				}
			}
		})
	}
}

// complete holds an outcome to what every kind gives.
func complete(t *testing.T, g gates.Outcome) {
	t.Helper()
	for name, s := range map[string]string{"id": g.Gate, "says": g.Says, "title": g.Title, "required": g.Required, "bound": g.Bound, "sentence": g.Sentence, "decide": string(g.Decide)} {
		if s == "" {
			t.Errorf("%s: no %s", g.Gate, name)
		}
	}
	if !strings.HasSuffix(g.Sentence, ".") || strings.Contains(g.Sentence, "undefined") || strings.Contains(g.Sentence, "..") || strings.Contains(g.Sentence, "  ") {
		t.Errorf("%s: %q is no sentence", g.Gate, g.Sentence)
	}
	if g.Reproduce != "gatecard gate --explain "+g.Gate {
		t.Errorf("%s: it is reproduced by %q", g.Gate, g.Reproduce)
	}
	if (g.Min == nil) == (g.Max == nil) {
		t.Errorf("%s: bounds %v and %v", g.Gate, g.Min, g.Max)
	}
	if g.Level <= 0 || g.Level >= 1 {
		t.Errorf("%s: level %v", g.Gate, g.Level)
	}
	straddles := strings.Contains(g.Note, "not proven") || strings.Contains(g.Note, "unsettled")
	switch {
	case g.Verdict == evidence.Pass && !straddles && !(g.Margin != nil && *g.Margin >= 0):
		t.Errorf("%s: passes with margin %v", g.Gate, g.Margin)
	case g.Verdict == evidence.Fail && g.Decide != gates.Estimate && !(g.Margin != nil && *g.Margin < 0):
		t.Errorf("%s: fails with margin %v", g.Gate, g.Margin)
	case g.Verdict == evidence.Inconclusive && g.Note == "":
		t.Errorf("%s: undecided, and no note says why", g.Gate)
	case g.Verdict == evidence.NotApplicable && (g.Value != nil || len(g.Claims) > 0):
		t.Errorf("%s: does not apply, and judged something", g.Gate)
	}
	if g.Low != nil && g.High != nil && !(*g.Low <= *g.High) {
		t.Errorf("%s: the interval is [%v, %v]", g.Gate, *g.Low, *g.High)
	}
	for _, c := range g.Claims {
		if c.Unjudged == "" && (c.Value == nil || c.Low != nil && *c.Low > *c.Value || c.High != nil && *c.High < *c.Value) {
			t.Errorf("%s: %v − %v is %v in [%v, %v]", g.Gate, c.Groups, c.Against, show(c.Value), show(c.Low), show(c.High))
		}
	}
}

// again judges what evaluation.json gives, and wants the same bytes.
func again(t *testing.T, p gates.Policy, e *evaluate.Evaluation, want *gates.Report, s evidence.Standing) {
	t.Helper()
	first, err := schema.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gates.Judge(p, clone(t, e), s)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := schema.Encode(r); err != nil || !bytes.Equal(first, second) {
		t.Errorf("judged from evaluation.json it is another report (%v):\n%s\n%s", err, first, second)
	}
}

// clone is what comes back from evaluation.json.
func clone(t *testing.T, e *evaluate.Evaluation) *evaluate.Evaluation {
	t.Helper()
	b, err := schema.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	var back evaluate.Evaluation
	if err := schema.Decode("evaluation", "evaluation.json", b, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// place is where a figure stands in an evaluation: one of its parts, of a copy.
type place struct {
	name   string
	get    func(*evaluate.Evaluation) evaluate.Figure
	set    func(*evaluate.Evaluation, evaluate.Figure)
	remove func(*evaluate.Evaluation)
}

func places(e *evaluate.Evaluation) []place {
	var all []place
	in := func(name string, at func(*evaluate.Evaluation) []evaluate.Slice) {
		for i, s := range at(e) {
			for key := range s.Metrics {
				all = append(all, place{
					name:   fmt.Sprintf("%s%s of %s", name, key, s.Groups),
					get:    func(e *evaluate.Evaluation) evaluate.Figure { return at(e)[i].Metrics[key] },
					set:    func(e *evaluate.Evaluation, f evaluate.Figure) { at(e)[i].Metrics[key] = f },
					remove: func(e *evaluate.Evaluation) { delete(at(e)[i].Metrics, key) },
				})
			}
		}
	}
	in("", func(e *evaluate.Evaluation) []evaluate.Slice { return e.Slices })
	for c := range e.Comparisons {
		in("compared ", func(e *evaluate.Evaluation) []evaluate.Slice { return e.Comparisons[c].Slices })
	}
	for i, s := range e.Drift {
		all = append(all, place{
			name:   s.Distance + " of " + s.Column,
			get:    func(e *evaluate.Evaluation) evaluate.Figure { return e.Drift[i].Figure },
			set:    func(e *evaluate.Evaluation, f evaluate.Figure) { e.Drift[i].Figure = f },
			remove: func(e *evaluate.Evaluation) { e.Drift[i].Column = "another" },
		})
	}
	return all
}

// damaged holds a kind to what is an error and what is no more than undecided. Each figure of the evaluation is damaged alone: one that the
// gate does not look at changes nothing, and of the others there are as many as the gate claims something of, at least.
func damaged(t *testing.T, p gates.Policy, e *evaluate.Evaluation, was *gates.Report, s evidence.Standing) {
	t.Helper()
	nothing := true
	for _, g := range was.Gates {
		nothing = nothing && len(g.Claims) == 0
	}
	if nothing {
		return
	}
	before := told(was, nil)
	judge := func(damage func(*evaluate.Evaluation)) (*gates.Report, error) {
		copied := clone(t, e)
		damage(copied)
		return gates.Judge(p, copied, s)
	}
	nan, infinite, half := math.NaN(), math.Inf(1), 0.5
	other := stats.Proportion(1, 1_000_003)
	for name, damage := range map[string]func(place) func(*evaluate.Evaluation){
		"NaN": func(at place) func(*evaluate.Evaluation) {
			return changed(at, func(f *evaluate.Figure) { f.Value = &nan })
		},
		"infinite": func(at place) func(*evaluate.Evaluation) {
			return changed(at, func(f *evaluate.Figure) { f.Value = &infinite })
		},
		"another basis": func(at place) func(*evaluate.Evaluation) {
			return changed(at, func(f *evaluate.Figure) { f.Value, f.Basis = &half, other })
		},
		"absent": func(at place) func(*evaluate.Evaluation) { return at.remove },
	} {
		refused := 0
		for _, at := range places(e) {
			r, err := judge(damage(at))
			switch {
			case err != nil && r != nil:
				t.Fatalf("%s, %s: a report beside an error", at.name, name)
			case err != nil:
				if wanted := map[bool]error{true: gates.ErrNotEvaluated, false: gates.ErrDamaged}[name == "absent"]; !errors.Is(err, wanted) {
					t.Errorf("%s is %s: %v", at.name, name, err)
				}
				refused++
			case told(r, nil) != before:
				t.Errorf("%s is %s, and the gates say\n%s\ninstead of\n%s", at.name, name, told(r, nil), before)
			}
		}
		if refused == 0 {
			t.Errorf("figures that are %s were judged", name)
		}
	}
	for _, at := range places(e) {
		r, err := judge(changed(at, func(f *evaluate.Figure) { *f = evaluate.Figure{Undefined: "no reason", Support: f.Support} }))
		if err != nil {
			t.Errorf("%s is null: %v", at.name, err)
			continue
		}
		for i, g := range r.Gates {
			if told(r, nil) != before && !strings.Contains(told(r, nil), "chance") && g.Verdict == evidence.Pass && was.Gates[i].Verdict != evidence.Pass {
				t.Errorf("%s is null, and %s passes", at.name, g.Gate)
			}
		}
	}
	r, err := judge(func(e *evaluate.Evaluation) {
		for _, at := range places(e) {
			changed(at, func(f *evaluate.Figure) { *f = evaluate.Figure{Undefined: "no reason", Support: 1_000_000} })(e)
		}
	})
	if err != nil {
		t.Fatalf("all figures are null: %v", err)
	}
	for _, g := range r.Gates {
		if g.Verdict != evidence.Inconclusive || g.Value != nil || g.Low != nil || g.High != nil || g.Margin != nil {
			t.Errorf("all figures are null, and %s is %s with %v in [%v, %v]", g.Gate, g.Verdict, show(g.Value), show(g.Low), show(g.High))
		}
	}
	// no matched group: an evaluation without the slices that the gate is about
	for i := range p.Gates {
		if len(across(t, p.Gates[i])) == 0 {
			continue
		}
		one := p
		one.Gates = p.Gates[i : i+1]
		copied := clone(t, e)
		copied.Slices = copied.Slices[:1]
		for c := range copied.Comparisons {
			copied.Comparisons[c].Slices = copied.Comparisons[c].Slices[:1]
		}
		if r, err := gates.Judge(one, copied, s); !errors.Is(err, gates.ErrDamaged) {
			t.Errorf("no group is in the evaluation, and %s is %v (%v)", one.Gates[0].ID, r, err)
		}
	}
	// other terms
	copied := clone(t, e)
	copied.Terms.Sampling = "resampled"
	if p.Sampling == "resampled" {
		copied.Terms.Sampling = "stratified"
	}
	if _, err := gates.Judge(p, copied, s); err == nil || !strings.Contains(err.Error(), gates.ErrOtherTerms.Error()) {
		t.Errorf("an evaluation on other terms: %v", err)
	}
}

func changed(at place, change func(*evaluate.Figure)) func(*evaluate.Evaluation) {
	return func(e *evaluate.Evaluation) {
		f := at.get(e)
		change(&f)
		at.set(e, f)
	}
}

func across(t *testing.T, g gates.Gate) []string {
	t.Helper()
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var keys struct{ Across []string }
	if err := json.Unmarshal(b, &keys); err != nil {
		t.Fatal(err)
	}
	return keys.Across
}

func show(x *float64) string {
	if x == nil {
		return "–"
	}
	return fmt.Sprintf("%.4f", *x)
}

// told is a report as the cases want it: what decides to four decimals, and what a person reads.
func told(r *gates.Report, err error) string {
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	for i, g := range r.Gates {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s\n", g.Gate, g.Verdict)
		fmt.Fprintf(&b, "%s\n", g.Sentence)
		if g.Note != "" {
			fmt.Fprintf(&b, "note: %s\n", g.Note)
		}
		if g.Value != nil {
			fmt.Fprintf(&b, "gate: %s in [%s, %s] %s, margin %s\n", show(g.Value), show(g.Low), show(g.High), g.Bound, show(g.Margin))
		}
		if g.Where != "" {
			fmt.Fprintf(&b, "shown: %s\n", strings.TrimSpace(g.Where+" "+g.Measured))
		}
		if len(g.Small) > 0 {
			fmt.Fprintf(&b, "small: %s\n", strings.Join(g.Small, "; "))
		}
		for _, c := range g.Claims {
			fmt.Fprintf(&b, "  %s", name(c))
			if c.Unjudged != "" {
				fmt.Fprintf(&b, ": %s\n", c.Unjudged)
				continue
			}
			fmt.Fprintf(&b, ": %s in [%s, %s] of %d\n", show(c.Value), show(c.Low), show(c.High), c.Support)
		}
	}
	return b.String()
}

func name(c evidence.Claim) string {
	s := evaluate.Groups(c.Groups).String()
	if c.Column != "" {
		if s = c.Column; len(c.Groups) > 0 {
			s += ", " + evaluate.Groups(c.Groups).String()
		}
	}
	if len(c.Against) > 0 {
		s += " against " + evaluate.Groups(c.Against).String()
	}
	return s
}

// kindCase is a file of testdata.
type kindCase struct {
	file     string
	archive  *txtar.Archive
	yaml     []byte
	rows     []map[string]string
	columns  []string
	baseline []byte
	standing evidence.Standing
	want     string
}

func readCase(t *testing.T, file string) *kindCase {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &kindCase{file: file, archive: a}
	for _, f := range a.Files {
		switch f.Name {
		case "policy.yaml":
			c.yaml = f.Data
		case "rows":
			c.columns, c.rows = repeated(t, f.Data)
		case "baseline":
			columns, rows := repeated(t, f.Data)
			c.baseline = csvOf(columns, rows)
		case "standing":
			switch s := strings.TrimSpace(string(f.Data)); s {
			case "no champion was ever set":
				c.standing.NeverChampion = true
			default:
				t.Fatalf("%s: no standing %q", file, s)
			}
		case "want":
			c.want = string(f.Data)
		default:
			t.Fatalf("%s: a file %q", file, f.Name)
		}
	}
	if len(c.yaml) == 0 || len(c.rows) == 0 {
		t.Fatalf("%s: no policy.yaml, or no rows", file)
	}
	return c
}

func (c *kindCase) write(t *testing.T, got string) {
	t.Helper()
	i := slices.IndexFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i < 0 {
		i = len(c.archive.Files)
		c.archive.Files = append(c.archive.Files, txtar.File{Name: "want"})
	}
	c.archive.Files[i].Data = []byte(got)
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c *kindCase) policy(t *testing.T) gates.Policy {
	t.Helper()
	if filepath.Base(filepath.Dir(c.file)) == "versus" {
		return only(t, string(c.yaml))
	}
	return parse(t, string(c.yaml))
}

// evaluation computes it from the rows, as `gatecard evaluate` does.
func (c *kindCase) evaluation(t *testing.T) *evaluate.Evaluation {
	t.Helper()
	p := c.policy(t)
	ours := slices.DeleteFunc(slices.Clone(c.rows), func(row map[string]string) bool { return row["score"] == "-" })
	files := memory{"rows.csv": csvOf(c.columns, ours)}
	config := evaluate.Config{Path: "rows.csv", ID: "id", Open: files.open}
	var against evaluate.Against
	for _, column := range c.columns {
		switch column {
		case "score":
			config.Score = column
		case "prediction":
			config.Prediction = column
		case "champion":
			against.Rivals = []evaluate.Rival{c.champion(files)}
		}
	}
	if c.baseline != nil {
		files["baseline.csv"], config.Baseline = c.baseline, "baseline.csv"
		var err error
		if against.Baseline, err = evaluate.Profile(t.Context(), config, p.Needs()); err != nil {
			t.Fatal(err)
		}
	}
	e, err := evaluate.Run(t.Context(), config, p.Terms, p.Needs(), against)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// champion is a column of the rows; or, where some rows have none of its scores (-), a file of its own; or, where some rows have none of ours
// (-), what was kept with it.
func (c *kindCase) champion(files memory) evaluate.Rival {
	var matched []map[string]string
	for _, row := range c.rows {
		if row["champion"] != "-" {
			matched = append(matched, map[string]string{"id": row["id"], "score": row["champion"]})
		}
	}
	if slices.ContainsFunc(c.rows, func(row map[string]string) bool { return row["score"] == "-" }) {
		var kept []map[string]string
		for _, row := range c.rows {
			if row["champion"] != "-" {
				kept = append(kept, map[string]string{"id": row["id"], "label": row["label"], "score": row["champion"]})
			}
		}
		files["kept.csv"] = csvOf([]string{"id", "label", "score"}, kept)
		return evaluate.Rival{Name: "champion", Version: "m/1", Scores: files.one("kept.csv"), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	}
	if len(matched) == len(c.rows) {
		return evaluate.Rival{Name: "champion", Version: "m/1", Column: "champion"}
	}
	files["champion.csv"] = csvOf([]string{"id", "score"}, matched)
	return evaluate.Rival{Name: "champion", Version: "m/1", Scores: files.one("champion.csv"), ID: "id", Score: "score"}
}
