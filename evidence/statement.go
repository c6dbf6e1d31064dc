package evidence

import "time"

// Statement is what is signed: about which version, by which policy, from which rows, with which results and attachments. On the wire it
// is the predicate of an in-toto v1 statement whose subject is the manifest and whose predicate type tells evidence and recheck apart.
type Statement struct {
	Kind        Kind              `json:"-"`       // the predicate type
	Verdict     Verdict           `json:"verdict"` // at the predicate's top level, as Expires: admission controllers read them there
	Issued      time.Time         `json:"issued"`
	Expires     time.Time         `json:"expires"`
	Version     Version           `json:"version"`
	Standing    Standing          `json:"standing"`
	Champion    string            `json:"champion,omitempty"` // the version compared with, "ma-employment/2"; empty: none
	Dataset     Digest            `json:"dataset"`            // ids and labels, in any order
	Inputs      []Input           `json:"inputs"`
	Columns     map[string]string `json:"columns"`     // which column was what: the part of the configuration that the policy does not hold
	Predictions string            `json:"predictions"` // "supplied by SHA256:…"
	Results     []Result          `json:"results"`
	Card        *CardState        `json:"card,omitempty"` // nil: no card was made
	Attachments []File            `json:"attachments"`
	Tool        string            `json:"tool"` // gatecard's version and build
}

// CardState is what the requirement "card" asks for: the attachment that holds it, and what keeps it from being complete.
type CardState struct {
	File    Digest   `json:"file"`
	Missing []string `json:"missing,omitempty"`
}

// Kind is what a statement is for: its predicate type. Only Evidence lets a version through.
type Kind string

// The predicate types.
const (
	Evidence Kind = "https://github.com/gatecard/gatecard/evidence/v1"
	Recheck  Kind = "https://github.com/gatecard/gatecard/recheck/v1"
)

// Verdict is the outcome of a gate, or of all of them. Anything else, the zero value included, lets nothing through.
type Verdict string

// The verdicts. Waived is reserved: nothing gives it yet, and the verifier refuses it.
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	Inconclusive  Verdict = "inconclusive"   // the sample shows it neither way
	Waived        Verdict = "waived"         // would block, but a waiver in force covers it
	NotApplicable Verdict = "not_applicable" // versus a champion that the ledger shows was never set, and nothing else
)

// Lets says whether a promotion may go on.
func (v Verdict) Lets() bool { return v == Pass || v == NotApplicable }

// Result is a gate's outcome as it is signed.
type Result struct {
	Gate    string   `json:"gate"` // its id in the policy
	Verdict Verdict  `json:"verdict"`
	Min     *float64 `json:"min,omitempty"` // the bound: one of them
	Max     *float64 `json:"max,omitempty"`
	Value   *float64 `json:"value"` // the estimate: the worst judged claim's; null: unjudged
	Low     *float64 `json:"low"`   // the gate's interval, which alone decides; null: unjudged or infinite
	High    *float64 `json:"high"`
	Claims  []Claim  `json:"claims"` // worst first
}

// Claim is one group's part of a gate, or one pair's: the figure that must keep the bound, with its own limits.
type Claim struct {
	Groups   map[string]string `json:"groups"`            // empty: overall
	Against  map[string]string `json:"against,omitempty"` // the other group of a gap or a ratio
	Column   string            `json:"column,omitempty"`  // of drift
	Value    *float64          `json:"value"`
	Low      *float64          `json:"low"` // one-sided, at the gate's own levels
	High     *float64          `json:"high"`
	Support  int64             `json:"support"`            // rows, or clusters, of the metric's own denominator
	Unjudged string            `json:"unjudged,omitempty"` // why it has no limits
	Small    bool              `json:"small,omitempty"`    // unjudged because Support is under min_support
}

// Standing is what the ledger knew of a run before its verdict. The zero Standing: there was no ledger.
type Standing struct {
	Policy          PolicyRef `json:"policy"`           // the one judged by
	ThresholdsFirst bool      `json:"thresholds_first"` // it was logged before these files were first evaluated on these rows
	Look            int       `json:"look"`             // this is the n-th candidate on these rows; 0: not counted
	NeverChampion   bool      `json:"never_champion"`   // no champion was ever set
}

// PolicyRef names a policy, and its record in the log, from 1; 0: not logged.
type PolicyRef struct {
	Digest Digest `json:"digest"`
	Record int64  `json:"record"`
}

// Input is a file of rows that was read.
type Input struct {
	File
	Role string `json:"role"` // "predictions", "labels", "baseline", "champion"
	Rows int64  `json:"rows"`
}
