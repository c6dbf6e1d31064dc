package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/compliance"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// Notes tell what happened on the way: a new key, a new registry.
func (j *Job) Notes() []string { return slices.Clone(j.notes) }

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
		return nil, g, err
	}
	return []string{config, card}, g, nil
}

// Render makes one page of what a run wrote into a folder.
func Render(_ context.Context, folder, format string, job *Job) ([]byte, error) {
	formats := render.Formats()
	i := slices.IndexFunc(formats, func(f render.Format) bool { return f.Name == format })
	if i < 0 {
		var names []string
		for _, f := range formats {
			names = append(names, f.Name)
		}
		return nil, usage("usage", "there is no page %q: they are %s", format, strings.Join(names, ", "))
	}
	file := filepath.Join(folder, cardFile)
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("no-such-file", "read the card: %s (`gatecard run` writes one)", err)
	}
	v := render.View{Card: &cards.Card{}}
	if err := schema.Decode("filled-card", file, b, v.Card); err != nil {
		return nil, err
	}
	v.Model, v.Report = v.Card.Model, v.Card.Report
	var page bytes.Buffer
	if err := formats[i].Write(&page, v); err != nil {
		return nil, err
	}
	return page.Bytes(), nil
}

// FindGate finds a gate of a report by its id, or by its metric where only one gate has it.
func FindGate(r *gates.Report, id string) (gates.Outcome, error) {
	var ids []string
	var found []gates.Outcome
	for _, g := range r.Gates {
		if g.Gate == id {
			return g, nil
		}
		if g.Metric == id {
			found = append(found, g)
		}
		ids = append(ids, g.Gate)
	}
	if len(found) > 0 {
		return found[0], nil // worst first
	}
	if s := schema.Suggest(id, ids); s != "" {
		return gates.Outcome{}, usage("unknown-gate-id", "no gate has the id %q (did you mean %q?)", id, s)
	}
	return gates.Outcome{}, usage("unknown-gate-id", "no gate has the id %q: they are %s", id, strings.Join(ids, ", "))
}

// Planned is how many rows would settle a gate, if the truth were Assumed.
type Planned struct {
	Gate    string  `json:"gate"`
	Assumed float64 `json:"assumed"`
	Rows    int64   `json:"rows,omitempty"` // of the metric's own denominator; 0: none would, or it is not known
	Now     int64   `json:"now"`            // in the group that is undecided
	Why     string  `json:"why,omitempty"`
}

// Plans are those of a report's undecided gates.
type Plans []Planned

// Plan says, for each undecided gate with a bound on a proportion, how many rows would prove it with probability 0.8.
func Plan(c Config, r *gates.Report, assumed float64) (Plans, error) {
	var plans Plans
	for _, o := range r.Gates {
		if o.Verdict != evidence.Inconclusive {
			continue
		}
		p := Planned{Gate: o.Gate, Assumed: assumed}
		if len(o.Claims) > 0 {
			p.Now = o.Claims[0].Support
		}
		side, at := stats.Min, o.Min
		if at == nil {
			side, at = stats.Max, o.Max
		}
		switch {
		case o.Kind != "bound":
			p.Why = "is planned for bounds of one figure only"
		case assumed < 0 || assumed > 1:
			return nil, usage("usage", "--assume is a value that the metric can have, in [0, 1]")
		default:
			rows, ok := stats.RowsNeeded(side, *at, assumed, (1-o.Level)/2, 0.8)
			if ok {
				p.Rows = rows
			} else {
				p.Why = "no number of rows would show it: the assumed truth does not keep the bound"
			}
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// Lines are the plans for a terminal.
func (ps Plans) Lines() []string {
	if len(ps) == 0 {
		return []string{"No gate is undecided."}
	}
	var lines []string
	for _, p := range ps {
		if p.Rows > 0 {
			lines = append(lines, fmt.Sprintf("%s: if it is truly %v, %s rows of the metric's denominator would settle it four times in five (now %s).", p.Gate, p.Assumed, cards.Count(p.Rows), cards.Count(p.Now)))
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s.", p.Gate, p.Why))
		}
	}
	return lines
}

// FrameworkNames lists the frameworks.
func FrameworkNames() []string {
	all, err := compliance.Frameworks()
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// WriteExport writes the dossier and the matrix (JSON and Markdown) into a folder, and answers the dossier's path.
func WriteExport(ctx context.Context, folder string, m compliance.Matrix, dossier []byte) (string, error) {
	var asJSON, markdown bytes.Buffer
	if err := m.WriteJSON(&asJSON); err != nil {
		return "", err
	}
	if err := m.WriteMarkdown(&markdown); err != nil {
		return "", err
	}
	name := "dossier-" + strings.NewReplacer("/", "-", "@", "-").Replace(m.Version) + ".zip"
	files := []registry.Blob{blob(name, dossier), blob(m.Framework+".json", asJSON.Bytes()), blob(m.Framework+".md", markdown.Bytes())}
	return filepath.Join(folder, name), replaceAll(ctx, folder, files)
}

// Checked is what a verification of a file found.
type Checked struct {
	File      string              `json:"file"`
	Version   string              `json:"version,omitempty"`
	Digest    evidence.Digest     `json:"digest,omitempty"`
	Signer    evidence.Actor      `json:"signer,omitzero"`
	Met       []string            `json:"met"`
	Unmet     []evidence.Refusal  `json:"unmet"`
	Unchecked []string            `json:"unchecked,omitempty"` // what cannot be known offline
	Notes     []string            `json:"notes,omitempty"`
	Statement *evidence.Statement `json:"statement,omitempty"`
}

// OK asks for something met and nothing unmet.
func (c Checked) OK() bool { return len(c.Met) > 0 && len(c.Unmet) == 0 }

// Lines are the answer for a terminal.
func (c Checked) Lines() []string {
	mark := "✕ NOT verified"
	if c.OK() {
		mark = "✓ verified"
	}
	lines := []string{mark + ": " + c.File}
	if s := c.Statement; s != nil {
		lines = append(lines, fmt.Sprintf("  %s, verdict %s, signed by %s (%s)", s.Version, s.Verdict, c.Signer.Subject, c.Signer.Name),
			fmt.Sprintf("  issued %s, expires %s, policy %s", s.Issued.Format("2006-01-02 15:04"), s.Expires.Format("2006-01-02 15:04"), s.Standing.Policy.Digest.Short()))
	}
	for _, u := range c.Unmet {
		lines = append(lines, fmt.Sprintf("  unmet  %s: %s (gatecard explain %s)", u.Requirement, u.Detail, u.Reason))
	}
	if len(c.Met) > 0 {
		lines = append(lines, "  met    "+strings.Join(c.Met, " · "))
	}
	if len(c.Unchecked) > 0 {
		lines = append(lines, "  not checked here: "+strings.Join(c.Unchecked, " · "))
	}
	for _, n := range c.Notes {
		lines = append(lines, "  note: "+n)
	}
	for i, l := range lines {
		lines[i] = cards.Visible(l)
	}
	return lines
}

// VerifyFile checks a file of evidence, or a dossier, against the keys of --trust or of the ledger.
func VerifyFile(ctx context.Context, file, artifacts string, job *Job) (Checked, error) {
	trust := job.Trust
	if trust == nil {
		store, err := job.must(ctx)
		if err != nil {
			return Checked{}, usage("no-trust", "whose signature counts? Name public keys by --trust FILE.pub, or a registry whose ledger lists them (%s)", err)
		}
		if trust, err = store.Trust(ctx); err != nil {
			return Checked{}, err
		}
	}
	if strings.HasSuffix(file, ".zip") {
		return verifyDossier(file, trust, job)
	}
	v, err := Verify(file, artifacts, trust, job)
	return Checked{File: file, Version: versionOf(v.Statement), Digest: v.Digest, Signer: v.Signer, Met: v.Decision.Met, Unmet: v.Decision.Unmet,
		Unchecked: v.Decision.Unchecked, Statement: v.Statement}, err
}

func versionOf(s *evidence.Statement) string {
	if s == nil {
		return ""
	}
	return s.Version.String()
}

func verifyDossier(file string, trust evidence.Trust, job *Job) (Checked, error) {
	f, err := os.Open(file)
	if err != nil {
		return Checked{}, usage("no-such-file", "read the dossier: %s", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Checked{}, err
	}
	v, err := compliance.VerifyZip(f, info.Size(), trust, job.Now())
	if err != nil {
		v.Unmet = append(v.Unmet, evidence.Refusal{Requirement: "dossier", Reason: compliance.DossierMalformed, Detail: err.Error()})
	}
	return Checked{File: file, Version: v.Version, Met: v.Met, Unmet: v.Unmet, Notes: v.Notes, Statement: v.Statement}, nil
}

// Lines are a version whole.
func Lines(l Listed) []string {
	v := l.Version
	lines := []string{v.String() + "  " + l.state(), fmt.Sprintf("  created   %s by %s", v.Created.Format("2006-01-02 15:04:05"), v.Lineage.Author.Subject)}
	dirty := ""
	if v.Lineage.Dirty {
		dirty = " (work tree differed)"
	}
	for _, f := range []struct{ name, value string }{{"data", v.Lineage.Data}, {"commit", v.Lineage.Commit + dirty}, {"run", v.Lineage.Run}, {"parent", v.Lineage.Parent}} {
		if f.value == "" {
			f.value = "unknown"
		}
		lines = append(lines, fmt.Sprintf("  %-9s %s", f.name, f.value))
	}
	lines = append(lines, "  manifest  "+string(v.Manifest.Digest()))
	for _, f := range v.Manifest {
		lines = append(lines, fmt.Sprintf("    %s  %10s  %s", f.SHA256.Short(), cards.Count(f.Size), f.Path))
	}
	lines = append(lines, "  attached")
	for _, f := range l.Attached {
		lines = append(lines, fmt.Sprintf("    %s  %10s  %s", f.SHA256.Short(), cards.Count(f.Size), f.Path))
	}
	for _, s := range l.Evidence {
		kind := s.Kind[strings.LastIndex(strings.TrimSuffix(string(s.Kind), "/v1"), "/")+1:]
		lines = append(lines, fmt.Sprintf("  %s %s  %s, issued %s, expires %s, by %s %s", strings.TrimSuffix(string(kind), "/v1"), s.Digest.Short(), s.Verdict,
			s.Issued.Format("2006-01-02 15:04"), s.Expires.Format("2006-01-02"), s.Signer.Subject, s.Problem))
	}
	for i, line := range lines {
		lines[i] = cards.Visible(line)
	}
	return lines
}
