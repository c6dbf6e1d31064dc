package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate/table"
)

// Init looks at a file of predictions and writes gatecard.yaml and card.yaml beside it. Neither may be there yet.
func Init(ctx context.Context, file string) (written []string, g Guess, err error) {
	folder := filepath.Dir(file)
	config, card := filepath.Join(folder, DefaultConfig), filepath.Join(folder, "card.yaml")
	for _, f := range []string{config, card} {
		if _, err := os.Lstat(f); err == nil {
			return nil, g, &UsageError{Code: "exists", What: f + " is there already, and is not written over"}
		}
	}
	if g, err = Look(ctx, file); err != nil {
		return nil, g, err
	}
	if err := writeNew(config, 0o666, g.YAML()); err != nil {
		return nil, g, err
	}
	if err := writeNew(card, 0o666, CardYAML(modelName(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))))); err != nil {
		return nil, g, errors.Join(err, os.Remove(config))
	}
	return []string{config, card}, g, nil
}

// Guess is what a file of predictions looks like: which column is what, each with the reason.
type Guess struct {
	File             string
	Rows             int
	ID, Label, Score string
	Prediction       string
	Positive         string
	Groups           []GuessedGroup
	Said             []string // what was guessed, and why
	Unfit            string   // why nothing can be guessed
}

// GuessedGroup is a column that looks like a grouping.
type GuessedGroup struct {
	Column string
	Values []string
	Bins   []float64
	Small  []string // values with fewer positive rows than a gate judges by
}

// name is the group's: its column's, without the signs that mean something in a group's name.
func (g GuessedGroup) name() string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*×,=", r) {
			return '-'
		}
		return r
	}, g.Column)
}

func (g GuessedGroup) keys() string {
	keys := "column: " + yamlText(g.Column)
	if n := g.name(); n != g.Column {
		keys += ", name: " + yamlText(n)
	}
	return keys
}

const (
	maxGuessedValues = 12 // a grouping column with more is not guessed
	minGuessedRows   = 30
)

// Look reads a file of predictions and guesses the column map.
func Look(ctx context.Context, file string) (Guess, error) {
	t, err := table.Open(ctx, table.FromFile(file))
	if err != nil {
		return Guess{}, err
	}
	defer t.Close()
	var want []table.Want
	var types []table.Type
	g := Guess{File: file}
	for i, name := range t.Names {
		switch t.Types[i] {
		case table.Float64, table.Float32, table.Integer, table.Boolean, table.Text:
			want, types = append(want, table.Want{Name: name, As: table.Value}), append(types, t.Types[i])
		default:
			g.Said = append(g.Said, fmt.Sprintf("nothing of %s: it is of type %s", cards.Line(name), cards.Line(string(t.Types[i]))))
		}
	}
	columns, err := t.Load(ctx, want)
	if err != nil {
		return Guess{}, err
	}
	if len(columns) > 0 {
		g.Rows = len(columns[0].Texts)
	}
	if g.Rows == 0 {
		return g, &table.Error{File: file, Code: "no-rows", What: "the file has no rows"}
	}
	var seen []columnSeen
	for i, c := range columns {
		seen = append(seen, lookAt(c, types[i]))
	}
	g.guess(seen, columns)
	if g.Unfit != "" {
		return g, usage("no-guess", "%s: %s", file, g.Unfit)
	}
	if g.Label == "" || g.Score == "" && g.Prediction == "" {
		return g, usage("no-guess", "%s: no column looks like %s: write gatecard.yaml by hand; its columns are %s",
			file, map[bool]string{true: "a label of two values", false: "a score or a prediction"}[g.Label == ""], strings.Join(t.Names, ", "))
	}
	return g, nil
}

// columnSeen is what a column shows.
type columnSeen struct {
	name     string
	kind     table.Type
	distinct map[string]int
	unique   bool // every row another value
	unit     bool // numbers in [0, 1], not all 0 or 1
	numbers  bool
	missing  int
}

func lookAt(c table.Column, kind table.Type) columnSeen {
	s := columnSeen{name: c.Name, kind: kind, distinct: map[string]int{}, numbers: kind != table.Text && kind != table.Boolean}
	between := false
	s.unit = kind == table.Float64 || kind == table.Float32
	for i, v := range c.Texts {
		if c.Missing != nil && c.Missing[i] {
			s.missing++
			continue
		}
		s.distinct[v]++
		if s.unit {
			var x float64
			if _, err := fmt.Sscan(v, &x); err != nil || !(x >= 0 && x <= 1) {
				s.unit = false
			} else if x != 0 && x != 1 {
				between = true
			}
		}
	}
	s.unit = s.unit && between
	s.unique = s.missing == 0 && len(s.distinct) == len(c.Texts) && len(c.Texts) > 1
	return s
}

// named says whether one of the words is the column's name or a part of it between other letters than letters.
func (s columnSeen) named(words ...string) bool {
	parts := strings.FieldsFunc(strings.ToLower(s.name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(s.name, w) || slices.Contains(parts, w) })
}

func (g *Guess) guess(seen []columnSeen, columns []table.Column) {
	taken := map[string]bool{}
	pick := func(role, why string, words []string, fits func(columnSeen) bool, needName bool) string {
		for _, byName := range []bool{true, false} {
			if !byName && needName {
				break
			}
			for _, s := range seen {
				if taken[s.name] || !fits(s) || byName && !s.named(words...) {
					continue
				}
				taken[s.name] = true
				g.Said = append(g.Said, fmt.Sprintf("%s: %s (%s)", role, cards.Line(s.name), why))
				return s.name
			}
		}
		return ""
	}
	two := func(s columnSeen) bool { return len(s.distinct) == 2 && s.missing == 0 }
	g.ID = pick("id", "every row has another value", []string{"id", "uuid", "key"}, func(s columnSeen) bool { return s.unique && !s.unit }, true)
	scoreWords := []string{"score", "scores", "prob", "proba", "probability", "p", "pred", "prediction"}
	g.Score = pick("score", "numbers between 0 and 1", scoreWords, func(s columnSeen) bool { return s.unit }, false)
	if g.Score == "" {
		g.Score = pick("score", "numbers, not between 0 and 1: log loss and Brier score are undefined, and the threshold is yours to set", []string{"score", "scores", "logit", "logits"},
			func(s columnSeen) bool { return s.numbers && len(s.distinct) > 2 && s.missing == 0 }, true)
	}
	outcome := func(s columnSeen) bool { return two(s) && !s.named("prediction", "predicted", "pred", "yhat") }
	words := []string{"label", "y", "target", "outcome", "true", "truth", "actual", "class", "employed", "default", "fraud", "churn"}
	// by name, then by the values that a prediction has, then any of two
	g.Label = pick("label", "two values", words, outcome, true)
	if g.Label == "" {
		for _, s := range seen { // what is called the label and cannot be it is not passed over for another
			if slices.ContainsFunc([]string{"label", "y", "target", "outcome"}, func(w string) bool { return strings.EqualFold(w, s.name) }) && !taken[s.name] {
				g.Unfit = fmt.Sprintf("the column %s would be the label, and has %d different values and %d rows without one: a binary label has two, in every row", cards.Line(s.name), len(s.distinct), s.missing)
				return
			}
		}
	}
	for _, values := range []func(columnSeen) bool{yesOrNo, func(columnSeen) bool { return true }} {
		if g.Label == "" {
			g.Label = pick("label", "two values", words, func(s columnSeen) bool { return outcome(s) && values(s) }, false)
		}
	}
	var labels map[string]int
	for _, s := range seen {
		if s.name == g.Label {
			labels = s.distinct
		}
	}
	g.Prediction = pick("prediction", "the label's values", []string{"prediction", "predicted", "pred", "yhat"}, func(s columnSeen) bool {
		if !two(s) {
			return false
		}
		for v := range s.distinct {
			if _, ok := labels[v]; !ok {
				return false
			}
		}
		return true
	}, true)
	g.Positive = positiveOf(labels)
	for i, s := range seen {
		switch {
		case taken[s.name] || s.unique || len(s.distinct) < 2:
			continue
		case len(s.distinct) <= maxGuessedValues:
			values := make([]string, 0, len(s.distinct))
			for v := range s.distinct {
				values = append(values, v)
			}
			slices.Sort(values)
			g.Groups = append(g.Groups, GuessedGroup{Column: s.name, Values: values})
		case s.numbers && s.named("age", "agep", "years"):
			g.Groups = append(g.Groups, GuessedGroup{Column: s.name, Bins: []float64{25, 40, 65}})
		default:
			continue
		}
		g.count(columns, i)
	}
}

// yesOrNo says whether one of the column's values is positive by its name.
func yesOrNo(s columnSeen) bool {
	return slices.ContainsFunc(positiveNames(), func(v string) bool { _, ok := s.distinct[v]; return ok })
}

func positiveNames() []string { return []string{"1", "true", "yes", "positive", "Y", "Yes", "True"} }

// positiveOf is the value that is positive by its name, else the rarer one.
func positiveOf(labels map[string]int) string {
	for _, v := range positiveNames() {
		if _, ok := labels[v]; ok {
			return v
		}
	}
	best, n := "", math.MaxInt
	for v, count := range labels {
		if count < n || count == n && v > best {
			best, n = v, count
		}
	}
	return best
}

// count finds groups with few rows of the positive class.
func (g *Guess) count(columns []table.Column, at int) {
	group := &g.Groups[len(g.Groups)-1]
	if group.Bins != nil {
		return
	}
	var label table.Column
	for _, c := range columns {
		if c.Name == g.Label {
			label = c
		}
	}
	if label.Texts == nil {
		return
	}
	positives := map[string]int{}
	for i, v := range columns[at].Texts {
		if label.Texts[i] == g.Positive {
			positives[v]++
		}
	}
	for _, v := range group.Values {
		if positives[v] < minGuessedRows {
			group.Small = append(group.Small, cards.Line(fmt.Sprintf("%s = %s (%d)", group.Column, v, positives[v])))
		}
	}
}

// across is the grouping that the first gates ask about: one of values, which a person can name, before one of bins.
func (g Guess) across() *GuessedGroup {
	for i := range g.Groups {
		if g.Groups[i].Bins == nil {
			return &g.Groups[i]
		}
	}
	if len(g.Groups) > 0 {
		return &g.Groups[0]
	}
	return nil
}

// yamlLines are lines of YAML, each with its comment or without one.
type yamlLines [][2]string

func (ls *yamlLines) add(text, comment string) { *ls = append(*ls, [2]string{text, comment}) }

// bytes puts the comments under each other. One behind a long line stands where that ends.
func (ls yamlLines) bytes() []byte {
	const far = 48
	width := 0
	for _, l := range ls {
		if n := lipgloss.Width(l[0]); l[1] != "" && n <= far {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(l[0])
		if l[1] != "" {
			b.WriteString(strings.Repeat(" ", max(0, width-lipgloss.Width(l[0]))) + "  # " + l[1])
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// YAML writes gatecard.yaml of a guess, with comments that say what was guessed and what to decide. Written beside the file of predictions.
func (g Guess) YAML() []byte {
	var b yamlLines
	line := func(format string, args ...any) { b.add(fmt.Sprintf(format, args...), "") }
	model := strings.TrimSuffix(filepath.Base(g.File), filepath.Ext(g.File))
	line("# What gatecard evaluates, and what it asks of a model before it may be promoted.")
	line("# Written by `gatecard init` from %d rows; every guess is marked: check it.", g.Rows)
	b.add("model: "+yamlText(modelName(model)), "its name in the registry")
	line("task: binary")
	b.add("label: "+yamlText(g.Label), "guessed: the column with the outcome")
	b.add("positive: "+yamlText(g.Positive), "guessed: its positive value")
	b.add("threshold: 0.5", "score >= threshold is predicted positive")
	line("# Is the share of positives here that of real use? deployment: yes; stratified or resampled: no, and gates on")
	line("# precision, F1, accuracy and the like are then undecided. Uncomment what is true:")
	line("# sampling: deployment")
	if len(g.Groups) > 0 {
		b.add("groups:", "guessed: columns of few values; give the values a person's words")
		for _, group := range g.Groups {
			if group.Bins != nil {
				line("  - {%s, bins: [25, 40, 65]}", group.keys())
				continue
			}
			words := make([]string, len(group.Values))
			for i, v := range group.Values {
				words[i] = fmt.Sprintf("%s: %s", yamlQuoted(v), yamlQuoted(v))
			}
			line("  - {%s, values: {%s}}", group.keys(), strings.Join(words, ", "))
		}
	}
	line("data:")
	line("  path: %s", yamlText(filepath.Base(g.File)))
	for _, c := range []struct{ key, column string }{{"id", g.ID}, {"score", g.Score}, {"prediction", g.Prediction}} {
		if c.column != "" {
			line("  %s: %s", c.key, yamlText(c.column))
		}
	}
	line("  # What drift is measured against, where a gate asks for it:")
	line("  # baseline: reference.parquet")
	line("# decide: proven asks that the whole interval keeps the bound; estimate looks at the figure alone.")
	line("# Add because: \"why this much is needed\" to a gate: it is told where the gate fails.")
	line("gates:")
	if g.Score != "" {
		line("  - {metric: roc_auc, min: 0.70, decide: proven}")
	} else {
		line("  - {metric: recall, min: 0.50, decide: proven}")
	}
	if a := g.across(); a != nil {
		small := ""
		if len(a.Small) > 0 {
			small = ", on_small: list"
			line("  # fewer than %d positive rows, too few to judge: %s", minGuessedRows, strings.Join(a.Small, ", "))
		}
		line("  - {metric: recall, across: %s, min: 0.50, decide: proven%s}", yamlText(a.name()), small)
		line("  - {metric: false_positive_rate, across: %s, max_gap: 0.10, decide: proven%s}", yamlText(a.name()), small)
	}
	line("stages:")
	line("  Production: {requires: [gates, card]}")
	line("aliases:")
	line("  champion: {requires: [gates, card]}")
	line("card: card.yaml")
	line("registry: sqlite:registry.db")
	return b.bytes()
}

// modelName makes a name for the registry of a file's name.
func modelName(file string) string {
	for _, prefix := range []string{"predictions-", "predictions_"} {
		file = strings.TrimPrefix(file, prefix)
	}
	if file == "" || file == "predictions" || file == "-" {
		return "my-model"
	}
	return file
}

// yamlText writes a text plain where YAML reads it as that text, and quoted where it does not.
func yamlText(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r == '.')
	}) && unicode.IsLetter([]rune(s)[0]) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(s))
	if plain {
		return s
	}
	return yamlQuoted(s)
}

func yamlQuoted(s string) string { return fmt.Sprintf("%q", s) }

// CardYAML is a card.yaml to be filled in by a person.
func CardYAML(model string) []byte {
	return []byte(`# What only a person can say about this model. Figures are filled in by gatecard; what begins with TODO counts as missing.
model_details:
  name: ` + yamlText(model) + `
  type: "TODO: what kind of model this is"
  description: "TODO: what it says, of whom, from what"
  license: "TODO"
  contact: "TODO: who answers for it"
intended_use:
  primary_use: "TODO"
  intended_users: ["TODO"]
  out_of_scope: ["TODO: what it must not be used for"]
training_data:
  description: "TODO"
evaluation_data:
  description: "TODO"
limitations: ["TODO"]
ethical_considerations:
  - concern: "TODO"
    mitigation: "TODO"
caveats: ["TODO"]
`)
}
