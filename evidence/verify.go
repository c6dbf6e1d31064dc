package evidence

import (
	"crypto/ed25519"
	"fmt"
	"time"
)

// Protection is what a policy says of a stage or an alias; stage Production and alias champion have one by default. A word in Requires that
// the verifier does not know refuses, and so does an empty list.
type Protection struct {
	Requires []string `json:"requires"` // gates, card, artifacts, lineage
}

// Requirements are a target's protection by the policy in force, and what its words stand for.
type Requirements struct {
	Protection
	Target    Target
	Open      bool              // the target is not protected: nothing is required, and the move is audited all the same
	Policy    Digest            // evidence under another one is refused
	Gates     []string          // ids: none may be missing from the results
	Versus    bool              // a gate compares with the champion
	Artifacts map[string]string // role to pattern: {"weights": "*.onnx"}
}

// Trust lists whose signature counts and when: from the ledger or a --trust file, never from the envelope.
type Trust []TrustedKey

// TrustedKey is one key and what it may sign.
type TrustedKey struct {
	Public  ed25519.PublicKey `json:"public"`
	Owner   Actor             `json:"owner"`
	Roles   []string          `json:"roles"` // evidence, policy, admin
	From    time.Time         `json:"from"`
	Until   time.Time         `json:"until,omitzero"` // zero: no end
	Revoked bool              `json:"revoked,omitempty"`
}

// State is what registry and ledger say now.
type State struct {
	Version     Version // its manifest from the bytes, hashed just before
	Attachments []File  // likewise
	Policy      PolicyRef
	Champion    string // what the champion's target points at, "ma-employment/2"; empty: nothing
}

// Decision is the verifier's answer: every requirement, met and unmet.
type Decision struct {
	Target Target    `json:"target"`
	Met    []string  `json:"met"`
	Unmet  []Refusal `json:"unmet,omitempty"`
}

// Allowed asks for something met and nothing unmet, so that the zero Decision refuses.
func (d Decision) Allowed() bool { return len(d.Met) > 0 && len(d.Unmet) == 0 }

// Refusal is one unmet requirement: "gates", gate-failed, "recall across disability: 0.295, at least 0.50 is required".
type Refusal struct {
	Requirement string `json:"requirement"`
	Reason      Reason `json:"reason"` // a stable code, explained by `gatecard explain`
	Detail      string `json:"detail"`
}

// Error makes a refusal an error where a single one ends the work.
func (r Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Reason, r.Detail) }

// Reason is such a code: "gate-failed", "policy-not-current", "champion-changed".
type Reason string

// Verify says what a bundle is good for now. A pure function.
func Verify(b Bundle, r Requirements, t Trust, live State, now time.Time) Decision {
	panic("unwritten")
}
