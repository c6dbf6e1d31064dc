package pipeline

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// Gate judges an evaluation.json by the policy of c, without rows or registry. Into job.Out, where that is given, it writes what [Render] needs:
// evaluation.json, gates.json, card.json and card.yaml.
func Gate(ctx context.Context, c Config, file string, job *Job) (render.View, error) {
	view := render.View{Model: c.Model}
	b, err := os.ReadFile(file)
	if err != nil {
		return view, missing("read the evaluation (`gatecard evaluate` makes one)", err)
	}
	if job.Out != "" {
		inputs := slices.DeleteFunc(append(c.inputs(), file), func(f string) bool { return sameFile(f, job.Out+"/"+evaluationFile) }) // it stays as it is
		if err := checkOut(job.Out, inputs); err != nil {
			return view, err
		}
		if err := keepEvidence(job.Out); err != nil {
			return view, err
		}
	}
	var e evaluate.Evaluation
	if err := spoilt(schema.Decode("evaluation", file, b, &e)); err != nil {
		return view, err
	}
	if c.Data.Baseline != "" && isFile(c.path(c.Data.Baseline)) { // else the policy is as the file states it
		if _, err := c.profile(ctx); err != nil {
			return view, err
		}
	}
	digest, err := c.Policy.Digest()
	if err != nil {
		return view, err
	}
	view.Report, err = gates.Judge(c.Policy, &e, evidence.Standing{Policy: evidence.PolicyRef{Digest: digest}})
	if err != nil {
		return view, err
	}
	view.Card = cards.Fill(c.Model, c.Words, &e, view.Report, nil)
	if job.Out != "" {
		files, err := encode(ctx, c, job, view.Card, evaluate.Against{})
		if err != nil {
			return view, err
		}
		if err := writeAll(ctx, job.Out, files); err != nil {
			return view, err
		}
		view.Out = job.Out
	}
	return reproducible(view, c, file), nil
}

// reproducible makes each gate's command whole: with the configuration and the evaluation, where they are not those that `gatecard gate` takes.
func reproducible(v render.View, c Config, evaluation string) render.View {
	with := ""
	if c.file != DefaultConfig {
		with += " -c " + quoted(c.file)
	}
	if evaluation != DefaultOut+"/"+evaluationFile {
		with += " " + quoted(evaluation)
	}
	if v.Report == nil || with == "" {
		return v
	}
	r := *v.Report
	r.Gates = slices.Clone(r.Gates)
	for i, g := range r.Gates {
		if flags, ok := strings.CutPrefix(g.Reproduce, "gatecard gate "); ok {
			r.Gates[i].Reproduce = "gatecard gate" + with + " " + flags
		}
	}
	v.Report = &r
	return v
}

// quoted is a word for a shell.
func quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+,\\", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
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

// Plan says, for each undecided gate with a bound on a proportion or F1, how many rows would prove it with probability 0.8.
func Plan(r *gates.Report, assumed float64) (Plans, error) {
	if !(assumed >= 0 && assumed <= 1) {
		return nil, usage("usage", "--assume is a value that the metric can have, in [0, 1]")
	}
	var plans Plans
	for _, o := range r.Gates {
		if o.Verdict != evidence.Inconclusive {
			continue
		}
		p := Planned{Gate: o.Gate, Assumed: assumed}
		if len(o.Claims) > 0 {
			p.Now = o.Claims[0].Support
		}
		p.Rows, p.Why = planned(o, assumed)
		plans = append(plans, p)
	}
	return plans, nil
}

// planned is the rows of the metric's denominator that would settle a gate, or why none can be told.
func planned(o gates.Outcome, assumed float64) (rows int64, why string) {
	m, err := evaluate.Lookup(o.Metric)
	if o.Kind != "bound" || err != nil || m.Basis == nil {
		return 0, "rows are planned for bounds of one proportion or F1 only"
	}
	// The kind of basis does not depend on the counts.
	basis := m.Basis(sweep.Stats{Rows: 4, Positives: 2, Counts: sweep.Counts{TP: 1, FP: 1, TN: 1, FN: 1}, AUC: 0.5})
	side, at := stats.Min, o.Min
	if at == nil {
		side, at = stats.Max, o.Max
	}
	bound := *at
	switch {
	case basis.Method != "clopper-pearson":
		return 0, "rows are planned for bounds of one proportion or F1 only"
	case basis.Scale != "": // F1 is 2j/(1+j) of the proportion j
		bound, assumed = bound/(2-bound), assumed/(2-assumed)
	}
	rows, ok := stats.RowsNeeded(side, bound, assumed, (1-o.Level)/2, 0.8)
	if !ok {
		return 0, "no number of rows would show it: the assumed truth does not keep the bound"
	}
	return rows, ""
}

// Lines are the plans for a terminal.
func (ps Plans) Lines() []string {
	if len(ps) == 0 {
		return []string{"No gate is undecided."}
	}
	var lines []string
	for _, p := range ps {
		if p.Rows > 0 {
			lines = append(lines, fmt.Sprintf("%s: if it is truly %v, %s rows of the metric's denominator would settle it four times in five (now %s).", p.Gate, p.Assumed, evaluate.Count(p.Rows), evaluate.Count(p.Now)))
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s.", p.Gate, p.Why))
		}
	}
	return lines
}
