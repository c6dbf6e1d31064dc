package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Listed is a version with what points at it.
type Listed struct {
	Version  evidence.Version  `json:"version"`
	Targets  []evidence.Target `json:"targets"`
	Evidence []Shown           `json:"evidence"`
	Attached []evidence.File   `json:"attachments"`
	// Figures are those that were asked for, by the words that asked; null where the version's evaluation has none.
	Figures map[string]*evaluate.Figure `json:"figures,omitempty"`
	// Refused is the log's newest word on it, where that is a refusal: "gate-failed".
	Refused string `json:"refused,omitempty"`
}

// List shows the versions of a model, or ("") of all models. Each of metrics is "recall", or "recall for men": of all rows, or of the slice
// that has this word; it is read from the evaluation that the version's newest evidence binds.
func List(ctx context.Context, job *Job, model string, metrics ...string) ([]Listed, error) {
	asked, err := parseAsked(metrics)
	if err != nil {
		return nil, err
	}
	store, err := job.must(ctx)
	if err != nil {
		return nil, err
	}
	models := []string{model}
	if model == "" {
		if models, err = store.Models(ctx); err != nil {
			return nil, err
		}
	}
	var all []Listed
	for _, m := range models {
		versions, err := store.Versions(ctx, m)
		if errors.Is(err, registry.ErrNotFound) {
			err = unknownModel(ctx, store, m)
		}
		if err != nil {
			return nil, err
		}
		records, err := store.Log(ctx, m, 1)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			l, err := listed(ctx, job, v)
			if err != nil {
				return nil, err
			}
			l.Refused = lastRefusal(records, v.Number)
			if err := l.take(ctx, store, asked); err != nil {
				return nil, err
			}
			all = append(all, l)
		}
	}
	return all, found(asked, all)
}

// lastRefusal is why the version was refused, where nothing was decided on it since.
func lastRefusal(records []evidence.Record, number string) string {
	for _, r := range slices.Backward(records) {
		if r.Version != number {
			continue
		}
		switch r.Act {
		case evidence.Promoted, evidence.RolledBack:
			return ""
		case evidence.Refused:
			if r.Decision == nil || len(r.Decision.Unmet) == 0 {
				return "refused"
			}
			return string(r.Decision.Unmet[0].Reason)
		}
	}
	return ""
}

// asked is one figure that --metric names.
type asked struct {
	text, key, group string // "tpr for men", "recall", "men"; no group: all rows
	words            map[string]bool
	seen             bool
}

func parseAsked(metrics []string) ([]*asked, error) {
	var all []*asked
	for _, text := range metrics {
		name, group, of := strings.Cut(text, " for ")
		m, err := evaluate.Lookup(strings.TrimSpace(name))
		if err != nil {
			var ps schema.Problems
			if errors.As(err, &ps) && len(ps) > 0 {
				return nil, usage(ps[0].Code, "--metric: %s%s", ps[0].Message, suggested(ps[0].Suggest))
			}
			return nil, err
		}
		group = strings.TrimSpace(group)
		if of && group == "" {
			return nil, usage("unknown-group", "--metric %q names no group: write it as in \"recall for men\"", text)
		}
		all = append(all, &asked{text: text, key: m.Key, group: group, words: map[string]bool{}})
	}
	return all, nil
}

func suggested(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", s)
}

// take reads the figures from the evaluation that the newest evidence binds. A version without evidence has none.
func (l *Listed) take(ctx context.Context, store *registry.Store, all []*asked) error {
	if len(all) == 0 {
		return nil
	}
	l.Figures = map[string]*evaluate.Figure{}
	for _, a := range all {
		l.Figures[a.text] = nil
	}
	var file evidence.File
	for _, s := range l.Evidence {
		if s.Kind == evidence.Evidence && s.evaluation.Path != "" {
			file = s.evaluation
		}
	}
	if file.Path == "" {
		return nil
	}
	b, err := store.Attachment(ctx, l.Version, file.SHA256)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", file.Path, l.Version, err)
	}
	text, err := readBlob(ctx, b)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", file.Path, l.Version, err)
	}
	var e evaluate.Evaluation
	if err := schema.Decode("evaluation", file.Path, text, &e); err != nil {
		return err
	}
	for _, a := range all {
		if l.Figures[a.text], err = a.find(&e); err != nil {
			return err
		}
	}
	return nil
}

// find gives the figure of all rows, or of the one slice that the group's words name: "men", or "sex = men" where two dimensions have that word.
func (a *asked) find(e *evaluate.Evaluation) (*evaluate.Figure, error) {
	var hits []evaluate.Slice
	for _, s := range e.Slices {
		names := []string{s.Groups.String(), e.Terms.Name(s.Groups), e.Terms.Short(s.Groups)}
		if len(s.Groups) == 1 {
			for _, word := range s.Groups {
				names = append(names, word)
			}
		}
		if len(s.Groups) > 0 {
			a.words[e.Terms.Name(s.Groups)] = true
		}
		if a.group == "" && len(s.Groups) == 0 || a.group != "" && slices.Contains(names, a.group) {
			hits = append(hits, s)
		}
	}
	if len(hits) > 1 {
		return nil, usage("unknown-group", "--metric %q: %q is a group of several dimensions: write %q or %q", a.text, a.group, hits[0].Groups, hits[1].Groups)
	}
	if len(hits) == 0 {
		return nil, nil
	}
	f, ok := hits[0].Metrics[a.key]
	if !ok {
		return nil, nil
	}
	a.seen = true
	return &f, nil
}

// found refuses a figure that no version has: a column of nothing but dashes is a misspelt group, or a metric that was never computed.
func found(all []*asked, versions []Listed) error {
	for _, a := range all {
		if a.seen || len(a.words) == 0 && a.group != "" || len(versions) == 0 {
			continue
		}
		known := slices.Sorted(maps.Keys(a.words))
		if a.group != "" && !slices.Contains(known, a.group) {
			return usage("unknown-group", "--metric %q: no version was evaluated on a group %q%s", a.text, a.group, suggested(schema.Suggest(a.group, known)))
		}
		if slices.ContainsFunc(versions, func(l Listed) bool { return len(l.Evidence) > 0 }) {
			return usage("unknown-metric", "--metric %q: no version's evaluation has the figure %s", a.text, a.key)
		}
	}
	return nil
}

// state says where a version is, or why it is nowhere.
func (l Listed) state() string {
	var newest *Shown
	for i, s := range l.Evidence {
		if s.Problem != "" {
			return "evidence cannot be believed: " + s.Problem
		}
		if s.Kind == evidence.Evidence {
			newest = &l.Evidence[i]
		}
	}
	var targets []string
	for _, t := range l.Targets {
		if t != "None" {
			targets = append(targets, string(t))
		}
	}
	switch {
	case len(targets) > 0:
		return strings.Join(targets, ", ")
	case l.Refused != "":
		return "refused (" + l.Refused + ")"
	case newest == nil:
		return "no evidence"
	case newest.Verdict.Lets():
		return "passed, not promoted"
	}
	return map[evidence.Verdict]string{evidence.Fail: "failed", evidence.Inconclusive: "undecided"}[newest.Verdict]
}

// Table lists versions for a terminal: with figures, one column each, or else with what the evidence is worth.
func Table(all []Listed, metrics []string) []string {
	if len(all) == 0 {
		return []string{"No versions yet: gatecard register NAME DIR makes one."}
	}
	heads := []string{"version"}
	for _, m := range metrics {
		heads = append(heads, wrapHead(m))
	}
	heads = append(heads, "where")
	if len(metrics) == 0 {
		heads = append(heads, "evidence")
	}
	var rows [][]string
	for _, l := range all {
		row := []string{l.Version.String()}
		for _, m := range metrics {
			row = append(row, figure(l.Figures[m]))
		}
		row = append(row, l.state())
		if len(metrics) == 0 {
			row = append(row, l.proof())
		}
		rows = append(rows, row)
	}
	return align(heads, rows, func(i int) bool { return i > 0 && i <= len(metrics) })
}

func figure(f *evaluate.Figure) string {
	if f == nil || f.Value == nil {
		return "–"
	}
	if f.Reported != "" {
		return evaluate.Number(*f.Value) + " reported" // by another tool
	}
	return evaluate.Number(*f.Value)
}

// proof is the newest evidence and how long it holds.
func (l Listed) proof() string {
	said := ""
	for _, s := range l.Evidence {
		if s.Problem == "" && s.Kind == evidence.Evidence {
			said = fmt.Sprintf("%s, %s until %s", s.Verdict, s.Digest.Short(), s.Expires.UTC().Format("2006-01-02"))
		}
	}
	return said
}

// headWidth is where a column's title breaks.
const headWidth = 18

// wrapHead breaks a title into lines.
func wrapHead(s string) string {
	var lines []string
	for _, word := range strings.Fields(s) {
		last := len(lines) - 1
		if last >= 0 && lipgloss.Width(lines[last])+1+lipgloss.Width(word) <= headWidth {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return strings.Join(lines, "\n")
}

// align sets a table in columns; right says which stand on the right. Titles of several lines stand on the last one.
func align(heads []string, rows [][]string, right func(int) bool) []string {
	tall := 1
	for _, h := range heads {
		tall = max(tall, strings.Count(h, "\n")+1)
	}
	table := make([][]string, tall, tall+len(rows))
	for _, h := range heads {
		lines := strings.Split(h, "\n")
		for i := range table {
			cell := ""
			if at := i - (tall - len(lines)); at >= 0 {
				cell = lines[at]
			}
			table[i] = append(table[i], cell)
		}
	}
	table = append(table, rows...)
	widths := make([]int, len(heads))
	for _, row := range table {
		for i := range row {
			row[i] = cards.Line(row[i])
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
	}
	var lines []string
	for _, row := range table {
		line := ""
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			if right(i) {
				cell = pad + cell
			} else {
				cell += pad
			}
			line += "  " + cell
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}
