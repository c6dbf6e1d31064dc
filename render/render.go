package render

import (
	"io"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// View is all that a page may show; any part may be absent.
type View struct {
	Model     string
	Report    *gates.Report
	Card      *cards.Card
	Evidence  *evidence.Bundle    // made after the card, which it binds; nil: nothing was signed
	Statement *evidence.Statement // what Evidence says, opened
	Decisions []evidence.Decision
	History   []evidence.Record
	Notes     []string // a new key, kept predictions, a message that could not be sent
	Out       string   // the folder that was written to; empty: none

	Registered bool          // the card's version is new; false: it existed before
	Took       time.Duration // 0: untold
}

// Passed says whether the gates pass and every move was allowed. An empty View passed nothing.
func (v View) Passed() bool {
	passed := v.Report == nil && len(v.Decisions) > 0 || v.Report != nil && v.Report.Verdict.Lets()
	for _, d := range v.Decisions {
		passed = passed && d.Allowed()
	}
	return passed
}

// Format is one kind of page. To add one: NAME.go and a line in Formats.
type Format struct {
	Name, File string   // "html", "card.html"
	Shows      []string // parts of a View: "report", "card", "decisions", "history", "notes"
	Write      func(io.Writer, View) error
}
