package huggingface

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// Body is the text: the sentence that matters, the gates, and Mitchell's nine sections. What nobody wrote says so.
func Body(c *cards.Card) []byte {
	b := &body{}
	title := c.ModelDetails.Name
	if cards.Placeholder(title) {
		title = c.Model
	}
	b.line("# " + cards.Markdown(or(title, "Model card")))
	if c.Report != nil {
		b.line(fmt.Sprintf("**%s %s.** %s", sign(c.Report.Verdict), cards.Upper(verdict(c.Report.Verdict)), cards.Markdown(c.Report.Headline)))
	}
	if len(c.Missing) > 0 {
		b.line("**Not written yet:** " + cards.Markdown(strings.Join(c.Missing, ", ")) + ".")
	}
	if c.Report != nil {
		b.heading("Gates")
		b.line(Gates(c.Report))
	}
	b.details(c)
	b.use(c)
	b.heading("Factors")
	b.items("", c.Factors)
	b.dimensions(c)
	b.metrics(c)
	b.heading("Evaluation data")
	b.data(c.EvaluationData)
	b.heading("Training data")
	b.data(c.TrainingData)
	b.analyses(c)
	b.heading("Ethical considerations")
	for _, e := range c.EthicalConsiderations {
		b.text.WriteString("- **" + cards.Item(strings.ReplaceAll(e.Concern, "*", "")) + "**")
		if e.Mitigation != "" {
			b.text.WriteString("\n  " + cards.Item(e.Mitigation))
		}
		b.text.WriteString("\n")
	}
	b.absent(len(c.EthicalConsiderations) == 0)
	b.heading("Caveats and recommendations")
	b.items("Limitations", c.Limitations)
	b.items("Caveats", c.Caveats)
	b.absent(len(c.Limitations)+len(c.Caveats) == 0)
	b.text.WriteString("\n")
	for _, s := range [][2]string{{"Card version", c.ModelCardVersion}, {"Last updated", c.LastUpdated}, {"Approved by, as typed", c.ApprovedBy}} {
		b.field(s[0], s[1])
	}
	return []byte(strings.TrimRight(b.text.String(), "\n") + "\n")
}

type body struct{ text strings.Builder }

func (b *body) line(s string) { b.text.WriteString(s + "\n\n") }

func (b *body) heading(s string) {
	if t := b.text.String(); !strings.HasSuffix(t, "\n\n") {
		b.text.WriteString("\n")
	}
	b.line("## " + s)
}

func (b *body) absent(is bool) {
	if is {
		b.line("_Not written._")
	}
}

func (b *body) field(name, value string) {
	if !cards.Placeholder(value) {
		b.text.WriteString("- " + name + ": " + cards.Item(value) + "\n")
	}
}

func (b *body) items(title string, list []string) {
	if len(list) == 0 {
		return
	}
	if title != "" {
		b.line("**" + title + "**")
	}
	for _, s := range list {
		b.text.WriteString("- " + cards.Item(s) + "\n")
	}
	b.text.WriteString("\n")
}

func (b *body) details(c *cards.Card) {
	b.heading("Model details")
	d := c.ModelDetails
	if !cards.Placeholder(d.Description) {
		b.line(cards.Prose(d.Description))
	}
	for _, f := range [][2]string{{"Type", d.Type}, {"Version", d.Version}, {"License", d.License}, {"Contact", d.Contact}, {"Trained", d.TrainingDate},
		{"Framework", d.Framework}, {"Registry", d.RegistryURI}} {
		b.field(f[0], f[1])
	}
	if v := c.Version; v != nil {
		for _, f := range [][2]string{{"Data version", v.Lineage.Data}, {"Git commit", v.Lineage.Commit}, {"Training run", v.Lineage.Run}} {
			if f[1] != "" {
				b.text.WriteString("- " + f[0] + ": " + cards.Code(f[1]) + "\n")
			}
		}
	}
}

func (b *body) use(c *cards.Card) {
	b.heading("Intended use")
	u := c.IntendedUse
	if !cards.Placeholder(u.PrimaryUse) {
		b.line(cards.Prose(u.PrimaryUse))
	}
	b.items("Intended users", u.IntendedUsers)
	b.items("Out of scope", u.OutOfScope)
	b.absent(cards.Placeholder(u.PrimaryUse) && len(u.IntendedUsers)+len(u.OutOfScope) == 0)
}

func (b *body) dimensions(c *cards.Card) {
	if c.Evaluation == nil || len(c.Evaluation.Terms.Groups) == 0 {
		b.absent(len(c.Factors) == 0)
		return
	}
	var names []string
	for _, d := range c.Evaluation.Terms.Dimensions() {
		names = append(names, cards.Markdown(strings.ReplaceAll(d, " * ", " × ")))
	}
	b.line("Evaluated by " + strings.Join(names, ", ") + ".")
}

func (b *body) metrics(c *cards.Card) {
	b.heading("Metrics")
	if !cards.Placeholder(c.MetricsRationale) {
		b.line(cards.Prose(c.MetricsRationale))
	}
	e := c.Evaluation
	if e == nil || len(e.Slices) == 0 {
		b.absent(cards.Placeholder(c.MetricsRationale))
		return
	}
	for _, key := range names(e.Slices[0]) {
		if _, _, of := cards.OfClass(e, key); of {
			continue
		}
		if n, err := evaluate.Lookup(key); err == nil {
			b.text.WriteString("- " + cards.Upper(n.Title()) + ": " + n.Summary + "\n")
		}
	}
	if t := e.Terms.Threshold; t != nil && e.Reported == nil {
		b.text.WriteString("\nA score of " + strconv.FormatFloat(*t, 'g', -1, 64) + " or more is predicted positive.\n")
	}
}

func (b *body) data(d cards.Data) {
	if !cards.Placeholder(d.Description) {
		b.line(cards.Prose(d.Description))
	}
	b.field("Size", d.Size)
	b.field("Preprocessing", d.Preprocessing)
	b.field("Note", d.Note)
	b.absent(cards.Placeholder(d.Description) && d.Size == "" && d.Preprocessing == "" && d.Note == "")
}

func (b *body) analyses(c *cards.Card) {
	b.heading("Quantitative analyses")
	e := c.Evaluation
	typed := c.TypedFigures()
	if (e == nil || len(e.Slices) == 0) && len(typed) == 0 {
		b.absent(true)
		return
	}
	if e != nil && len(e.Slices) > 0 {
		if from := cards.Origin(e); from != nil {
			b.line(cards.Markdown(strings.Join(from, " ")))
		} else {
			b.line("Computed on " + cards.Markdown(cards.Rows(e)) + ". Intervals are for reading, at " + strconv.FormatFloat(evaluate.Level*100, 'g', 3, 64) + " %; those that decide are the gates'.")
		}
		for _, s := range e.Awaited() {
			b.line(cards.Markdown(s))
		}
		if rows := figures(e); len(rows) > 0 {
			b.table([]string{"overall", "value", "interval", "n"}, rows)
		}
		b.classes(e)
		for _, d := range dimensionsOf(e) {
			b.text.WriteString("\n")
			b.table(byGroup(e, d))
		}
		b.apart(e)
	}
	if len(typed) > 0 {
		b.text.WriteString("\n**Figures as typed.** A person wrote these; nothing computed them.\n\n")
		var rows [][]string
		for _, t := range typed {
			name, computed := cards.Upper(t.Title), "–"
			if len(t.Groups) > 0 {
				name += ", " + t.Groups.String()
			}
			if t.Computed != nil {
				computed = figure(*t.Computed)
			}
			rows = append(rows, []string{name, cards.Typing(t.Value) + " as typed", computed})
		}
		b.table([]string{"metric", "as typed", "computed"}, rows)
	}
}

// apart tells how far groups lie apart, a row a dimension.
func (b *body) apart(e *evaluate.Evaluation) {
	heads := []string{"how far groups lie apart"}
	parities := cards.ParitiesOf(e)
	for _, p := range parities {
		heads = append(heads, p.Short)
	}
	var rows [][]string
	for _, dimension := range cards.DimensionsApart(e) {
		row := []string{strings.ReplaceAll(dimension, " * ", " × ")}
		for _, p := range parities {
			d, _ := e.Disparity(p.Name, dimension)
			row = append(row, figure(evaluate.Figure{Value: d.Value, Interval: d.Interval}))
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 && e.Terms.Kind() != evaluate.Multiclass {
		b.text.WriteString("\n" + cards.ParityWords(e) + "\n\n")
		b.table(heads, rows)
	}
}

// table writes rows; every cell is escaped.
func (b *body) table(heads []string, rows [][]string) {
	b.text.WriteString(markdownTable(heads, rows))
}

// markdownTable aligns the first column to the left, and the others to the right but those that words names.
func markdownTable(heads []string, rows [][]string, words ...string) string {
	var t strings.Builder
	row := func(cells []string) {
		for _, c := range cells {
			t.WriteString("| " + cards.Markdown(c) + " ")
		}
		t.WriteString("|\n")
	}
	row(heads)
	for i, h := range heads {
		if i == 0 || slices.Contains(words, h) {
			t.WriteString("|:--")
		} else {
			t.WriteString("|--:")
		}
	}
	t.WriteString("|\n")
	for _, r := range rows {
		row(r)
	}
	return t.String()
}

// figure is a value with its interval: "0.280 (0.260 – 0.301)".
func figure(f evaluate.Figure) string {
	if f.Value == nil {
		return "–"
	}
	s := evaluate.Number(*f.Value)
	if f.Interval != nil {
		s += " (" + evaluate.Range(&f.Interval.Low, &f.Interval.High, *f.Value) + ")"
	}
	return s + reported(f)
}

// reported marks a figure that another tool computed.
func reported(f evaluate.Figure) string {
	switch {
	case f.Reported == "":
		return ""
	case f.Partial != "":
		return ", reported, not of the whole"
	}
	return ", reported"
}

func figures(e *evaluate.Evaluation) [][]string {
	var rows [][]string
	for _, key := range names(e.Slices[0]) {
		f := e.Slices[0].Metrics[key]
		if _, _, of := cards.OfClass(e, key); of || f.Undefined == evaluate.NotReported {
			continue // what stands class by class, and what the file gives for groups
		}
		value, interval := "–", or(f.Undefined, f.Without)
		if f.Value != nil {
			value = evaluate.Number(*f.Value) + reported(f)
			if f.Interval != nil {
				interval = evaluate.Range(&f.Interval.Low, &f.Interval.High, *f.Value)
			}
		}
		rows = append(rows, []string{cards.Upper(cards.Title(key)), value, interval, evaluate.Count(f.Support)})
	}
	return rows
}

func dimensionsOf(e *evaluate.Evaluation) []string {
	var list []string
	for _, s := range e.Slices {
		if d := e.Terms.Along(s.Groups); d != "" && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

func byGroup(e *evaluate.Evaluation, dimension string) (heads []string, rows [][]string) {
	keys := slices.DeleteFunc(names(e.Slices[0]), func(key string) bool { // a column a class would be no table
		_, _, of := cards.OfClass(e, key)
		return of
	})
	heads = []string{dimension, "rows"}
	for _, k := range keys {
		heads = append(heads, cards.Title(k))
	}
	for _, s := range e.Slices {
		if e.Terms.Along(s.Groups) != dimension {
			continue
		}
		row := []string{e.Terms.Short(s.Groups), evaluate.Count(s.Rows)}
		if e.Reported != nil {
			row[1] = "–" // not known
		}
		for _, k := range keys {
			row = append(row, figure(s.Metrics[k]))
		}
		rows = append(rows, row)
	}
	return heads, rows
}

// Gates is the table of a report, worst first, and the gates' notes below it; other Markdown pages use it too.
func Gates(r *gates.Report) string {
	if len(r.Gates) == 0 {
		return "No gate was judged.\n"
	}
	var rows [][]string
	notes := ""
	for _, g := range cards.Gates(r) {
		like := 0.1
		if g.Value != nil {
			like = *g.Value
		}
		where := g.Where
		switch {
		case g.Note == "":
		case where == "" && g.Measured == "":
			where = g.Note // why nothing was measured
		default:
			notes += "- " + cards.Markdown(g.Title+": "+g.Note) + "\n"
		}
		rows = append(rows, []string{sign(g.Verdict) + " " + verdict(g.Verdict), g.Title, where, g.Measured, evaluate.Range(g.Low, g.High, like), g.Required})
	}
	table := markdownTable([]string{"verdict", "gate", "where", "measured", "decides on", "required"}, rows, "gate", "where", "required")
	if notes == "" {
		return table
	}
	return table + "\n" + notes
}

func sign(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return "✓"
	case evidence.Fail:
		return "✕"
	case evidence.NotApplicable:
		return "–"
	}
	return "?"
}

func verdict(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return "passed"
	case evidence.Fail:
		return "failed"
	case evidence.Inconclusive:
		return "undecided"
	case evidence.NotApplicable:
		return "not applicable"
	}
	return "no verdict"
}
