package gates

import (
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// SchemaID names the shape of gates.json.
const SchemaID = "https://github.com/gatecard/gatecard/schema/gates/v1.json"

// Report is gates.json.
type Report struct {
	Schema   string            `json:"schema"`
	Verdict  evidence.Verdict  `json:"verdict"`  // the worst of the gates'
	Headline string            `json:"headline"` // the sentence that matters: "Recall for people with a disability is 0.295; at least 0.50 is required."
	Standing evidence.Standing `json:"standing"`
	Gates    []Outcome         `json:"gates"` // worst first
	Notes    []string          `json:"notes,omitempty"`
}

// Outcome is a gate's result, and what a person wants to know about it. Figures in words are ready for a page; numbers stand in Result.
type Outcome struct {
	evidence.Result
	Kind       string          `json:"kind"`
	Says       string          `json:"says"`             // "recall across disability, sex"
	Title      string          `json:"title"`            // for a page: "Recall in every group"
	Metric     string          `json:"metric,omitempty"` // name, with its cut
	Across     []string        `json:"across,omitempty"` // dimensions
	Required   string          `json:"required"`         // "at least 0.50"
	Bound      string          `json:"bound"`            // "≥ 0.50"
	Where      string          `json:"where"`            // the claim that decides, in words: "people with a disability", "women − men", "score"
	Measured   string          `json:"measured"`         // its figure: "0.295"; empty: nothing
	Because    string          `json:"because,omitempty"`
	Decide     Decide          `json:"decide"`
	Level      float64         `json:"level"`
	MinSupport int64           `json:"min_support"`        // fewer rows of the metric's own denominator are too few to judge
	Margin     *float64        `json:"margin"`             // from the bound to the interval's nearer end; negative: beyond; null: it straddles
	Sentence   string          `json:"sentence"`           // "Recall for people with a disability is 0.295; at least 0.50 is required in every group."
	Note       string          `json:"note,omitempty"`     // "not proven", "unsettled", "2 groups too small to judge"
	Reported   string          `json:"reported,omitempty"` // the tool that computed what it judges, where that was not gatecard
	Small      []string        `json:"small,omitempty"`    // groups too small to judge, with their support: "Alaska Native 1"
	Reproduce  string          `json:"reproduce"`          // a command
	At         schema.Position `json:"at,omitzero"`
}

// Results are what of a report is signed.
func (r *Report) Results() []evidence.Result {
	var results []evidence.Result
	for _, g := range r.Gates {
		results = append(results, g.Result)
	}
	return results
}
