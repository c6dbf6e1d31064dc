package render

import (
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// SummaryID names the shape of what `--output json` prints of a run.
const SummaryID = "https://github.com/gatecard/gatecard/schema/run/v1.json"

// Summarized is a View for machines: the terminal page's content, without its words.
type Summarized struct {
	Schema    string              `json:"schema"`
	Model     string              `json:"model"`
	Passed    bool                `json:"passed"`
	Version   string              `json:"version,omitempty"` // "ma-employment/2"
	Report    *gates.Report       `json:"report,omitempty"`
	Missing   []string            `json:"missing,omitempty"`  // what keeps the card from being complete
	Evidence  evidence.Digest     `json:"evidence,omitempty"` // of what was signed
	Decisions []evidence.Decision `json:"decisions,omitempty"`
	Notes     []string            `json:"notes,omitempty"`
	Out       string              `json:"out,omitempty"`
}

// Summary makes it.
func Summary(v View) Summarized {
	s := Summarized{Schema: SummaryID, Model: v.model(), Passed: v.Passed(), Version: v.version(), Report: v.Report, Decisions: v.Decisions, Notes: v.Notes, Out: v.Out}
	if v.Card != nil {
		s.Missing = v.Card.Missing
	}
	if v.Evidence != nil {
		s.Evidence = v.Evidence.Envelope.Digest()
	}
	return s
}
