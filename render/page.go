package render

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// cardPage is what card.html shows, in its order: each part is absent where the view has nothing for it.
type cardPage struct {
	Title, Number, Kind string
	Description         string
	Verdict             verdict
	Facts               []fact
	Missing             []string
	Gates               []gateBlock
	Words               *cards.Words
	Groups              *groupBlock
	Classes             *classBlock
	Spreads             []spreadBlock
	Overall             []figureRow
	Charts              []chartBlock
	Comparisons         []comparisonBlock
	Drift               []driftRow
	Typed               []typedRow
	DataNotes           []string
	Inputs              []evidence.Input
	Dataset             evidence.Digest
	Version             *evidence.Version
	Filled              []fact
	Evidence            *evidenceBlock
	Notes               []string
	Computed            bool
	FromRows            bool // gatecard computed the figures
}

// verdict is the banner.
type verdict struct {
	Class, Mark, Status string // "fail", "✕", "Not allowed into Production"
	Sentence            string
	Because, At         string
	Tally               string // with the notes
	Policy              string
	Refusals            []refusal
}

type refusal struct {
	Target string
	Unmet  []evidence.Refusal
}

type fact struct{ Name, Value, Note string }

func newPage(v View) cardPage {
	p := cardPage{Title: v.model(), Notes: v.Notes, Verdict: newVerdict(v)}
	if p.Title == "" {
		p.Title = "Model card"
	}
	if r := v.report(); r != nil {
		p.Gates = gateBlocks(v, r)
	}
	e := v.evaluation()
	if c := v.Card; c != nil {
		p.Words, p.Missing, p.Version, p.Computed = &c.Words, fieldNames(c.Missing), c.Version, e != nil
		p.Description, p.Kind = c.ModelDetails.Description, c.ModelDetails.Type
		if cards.Placeholder(p.Description) {
			p.Description = ""
		}
		p.Typed = typedRows(c)
		for _, path := range c.FilledFields() {
			p.Filled = append(p.Filled, fact{Name: fieldName(path), Value: c.Filled[path]})
		}
		if c.ModelDetails.Name != "" && c.ModelDetails.Name != c.Model {
			p.Title = c.ModelDetails.Name
		}
		if c.Version != nil {
			p.Number = c.Version.Number
		}
	}
	p.Facts = facts(v)
	if e != nil {
		p.Groups = groups(v, e)
		p.Classes = classes(e)
		p.Spreads = spreads(e, dimensions(e, v.report()))
		p.Overall = overall(e)
		p.Charts = charts(e)
		p.Comparisons = comparisons(v, e)
		p.Drift = drift(v, e)
		p.Inputs, p.Dataset, p.FromRows = e.Inputs, e.Dataset, e.Reported == nil
		p.DataNotes = dataNotes(e)
	}
	p.Evidence = newEvidence(v)
	return p
}

func newVerdict(v View) verdict {
	x := verdict{Class: "none", Mark: "–", Status: "Not judged", Sentence: "No gate has judged this model, and nothing was decided about it."}
	r := v.report()
	if r != nil {
		x.Class, x.Mark = class(r.Verdict), mark(r.Verdict)
		x.Status = map[evidence.Verdict]string{evidence.Pass: "Passed its gates", evidence.Fail: "Failed its gates", evidence.Inconclusive: "Undecided",
			evidence.NotApplicable: "No gate applied"}[r.Verdict]
		if x.Status == "" {
			x.Status = "No verdict"
		}
		x.Sentence, x.Tally = r.Headline, said(r)
		if g, ok := worst(r); ok {
			x.Because = g.Because
			if g.At.File != "" {
				x.At = g.At.String()
			}
		}
		x.Policy = thresholds(r.Standing)
	}
	var let []evidence.Decision
	var out []string
	for _, d := range v.Decisions {
		if d.Allowed() {
			let = append(let, d)
			continue
		}
		to := "into " + string(d.Target)
		if strings.HasPrefix(string(d.Target), "@") {
			to = "to be " + string(d.Target)
		}
		out = append(out, to)
		x.Refusals = append(x.Refusals, refusal{string(d.Target), unmet(d, r)})
	}
	switch {
	case len(out) > 0:
		x.Class, x.Mark, x.Status = "fail", "✕", "Not allowed "+strings.Join(out, ", nor ")
		if r != nil && r.Verdict == evidence.Inconclusive {
			x.Class, x.Mark = "inconclusive", "?"
		}
		if r == nil {
			x.Sentence = "It was refused."
		}
	case len(let) > 0:
		now, already := arrivals(let)
		switch {
		case len(now) == 0:
			x.Status = cards.Upper(list(already)) + " already"
		case len(already) == 0:
			x.Status = "Now " + list(now)
		default:
			x.Status = "Now " + list(now) + ", and " + list(already) + " already"
		}
		if r == nil {
			x.Class, x.Mark, x.Sentence = "pass", "✓", "All that was required is met."
		}
	}
	return x
}

// unmet leaves out what the gates below say already.
func unmet(d evidence.Decision, r *gates.Report) []evidence.Refusal {
	var rest []evidence.Refusal
	for _, u := range refusals(d) {
		if r == nil || u.Reason != evidence.GateFailed && u.Reason != evidence.GateInconclusive {
			rest = append(rest, u)
		}
	}
	return rest
}

// said is the tally as a sentence, and the report's notes: "1 of 5 gates failed, 3 passed, 1 does not apply." Of a report that lets its version
// through the headline has said it.
func said(r *gates.Report) string {
	if r.Verdict.Lets() && r.Headline != "" {
		return noted(r)
	}
	parts := strings.Split(tally(r), " · ")
	if len(r.Gates) == 0 || parts[0] == "" {
		return "No gate was judged."
	}
	n, rest, _ := strings.Cut(parts[0], " ")
	switch {
	case len(parts) > 1:
		parts[0] = fmt.Sprintf("%s of %d gates %s", n, len(r.Gates), rest)
	case len(r.Gates) == 1:
		parts[0] = "The only gate " + rest
	default:
		parts[0] = fmt.Sprintf("All %d gates %s", len(r.Gates), rest)
	}
	return strings.Join(parts, ", ") + ". " + noted(r)
}

// thresholds says what the ledger shows of when the policy was set.
func thresholds(s evidence.Standing) string {
	policy := ""
	if s.Policy.Digest != "" {
		policy = " (policy " + s.Policy.Digest.Short() + ")"
	}
	switch {
	case s.ThresholdsFirst:
		return "The thresholds were set before these rows were first seen" + policy + "."
	case s.Policy.Record > 0:
		return "These rows had been seen before this policy was set" + policy + "."
	}
	return "No ledger shows when the thresholds were set" + policy + "."
}

func class(v evidence.Verdict) string {
	switch v {
	case evidence.Pass, evidence.Fail, evidence.Inconclusive:
		return string(v)
	case evidence.NotApplicable:
		return "none"
	}
	return "inconclusive"
}

func facts(v View) []fact {
	var list []fact
	add := func(name, value, note string) {
		if !cards.Placeholder(value) {
			list = append(list, fact{name, value, note})
		}
	}
	e := v.evaluation()
	if e != nil && e.Reported != nil {
		add("Reported by", e.Reported.Tool, "gatecard saw no rows, and computed no figure")
		add("Sample", sampling(e.Terms.Sampling), "")
	} else if e != nil {
		files := ""
		for _, in := range e.Inputs {
			if in.Role == "predictions" {
				files = path.Base(in.Path)
			}
		}
		add("Evaluated on", evaluate.Count(e.Rows)+" rows", files)
		if f, ok := e.Overall().Metrics["prevalence"]; ok && f.Value != nil {
			add("Share that is "+e.Terms.Label, evaluate.Percent(*f.Value), sampling(e.Terms.Sampling))
		} else {
			add("Sample", sampling(e.Terms.Sampling), "")
		}
		if t := e.Terms.Threshold; t != nil {
			add("Decision threshold", strconv.FormatFloat(*t, 'g', -1, 64), "a score from here on is predicted positive")
		}
	}
	if v.Card == nil {
		return list
	}
	d := v.Card.ModelDetails
	add("License", d.License, "")
	add("Contact", d.Contact, "")
	add("Trained", d.TrainingDate, "")
	add("Framework", d.Framework, "")
	if n := v.Card.Version; n == nil || d.Version != n.Number {
		add("The author's version", d.Version, "")
	}
	add("Registry", d.RegistryURI, "")
	add("Card version", v.Card.ModelCardVersion, "")
	add("Last updated", v.Card.LastUpdated, "")
	add("Approved by, as typed", v.Card.ApprovedBy, "")
	return list
}

// sampling says whether the share of positives is that of real use.
func sampling(s string) string {
	switch s {
	case "deployment":
		return "as in real use"
	case "stratified":
		return "stratified: not the share of real use"
	case "resampled":
		return "resampled: not the share of real use"
	}
	return ""
}

func dataNotes(e *evaluate.Evaluation) []string {
	notes := cards.Origin(e)
	notes = append(notes, e.Awaited()...)
	if l := e.LeftOut; l != nil && l.Rows+l.Outcomes+l.Repeated > 0 {
		notes = append(notes, "Left out, as the policy allows: "+evaluate.Count(l.Rows)+" rows that have no outcome, "+evaluate.Count(l.Outcomes)+" outcomes of which there is no row, and "+
			evaluate.Count(l.Repeated)+" outcomes of an id that has another.")
	}
	for _, column := range sortedKeys(e.Missing) {
		notes = append(notes, evaluate.Count(e.Missing[column])+" rows have no value of "+column+".")
	}
	return notes
}

// fieldName is a path of the card in words: "training data: description".
func fieldName(path string) string {
	section, field, ok := strings.Cut(path, ".")
	section, field = strings.ReplaceAll(section, "_", " "), strings.ReplaceAll(field, "_", " ")
	switch {
	case !ok:
		return section
	case section == "model details" || section == "intended use":
		return field
	}
	return section + ": " + field
}

func fieldNames(paths []string) []string {
	var names []string
	for _, p := range paths {
		names = append(names, fieldName(p))
	}
	return names
}

// evidenceBlock is the footer: only what was signed.
type evidenceBlock struct {
	Digest   evidence.Digest
	Key      string
	Issued   string
	Expires  string
	Verdict  string
	Supplied string
	Log      int64
	Tool     string
}

func newEvidence(v View) *evidenceBlock {
	if v.Evidence == nil {
		return nil
	}
	x := &evidenceBlock{Digest: v.Evidence.Envelope.Digest(), Log: v.Evidence.Log.Record}
	if s := v.Evidence.Envelope.Signatures; len(s) > 0 {
		x.Key = s[0].KeyID
	}
	if s := v.Statement; s != nil {
		x.Issued, x.Verdict, x.Supplied, x.Tool = day(s.Issued), word(s.Verdict), s.Predictions, s.Tool
		x.Expires = day(s.Expires)
	}
	return x
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
