package gates

import (
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Policy is everything that changes a verdict or a refusal. Its keys are the same in gatecard.yaml, in a policy file and in the
// canonical JSON that the ledger holds: one shape, one digest, nothing to translate.
type Policy struct {
	evaluate.Terms
	Gates     []Gate                         `json:"gates"`
	Stages    map[string]evidence.Protection `json:"stages,omitempty"`
	Aliases   map[string]evidence.Protection `json:"aliases,omitempty"`
	Artifacts map[string]string              `json:"artifacts,omitempty"` // role to pattern
	Evidence  Validity                       `json:"evidence,omitzero"`
}

// Validity says how long evidence holds: "90d".
type Validity struct {
	Expires string `json:"expires,omitempty"`
}

// Gate is one entry: its kind's own keys (Rule), and those that every kind has. Its JSON puts them side by side.
type Gate struct {
	Common
	Rule Rule            // what its kind knows
	Kind string          // the kind's name
	At   schema.Position // "gatecard.yaml:31"; no part of the digest
}

// Common are the keys that every kind of gate has.
type Common struct {
	ID         string  `json:"id,omitempty"`                                                                  // "recall-across-disability", made from the rule where it is not given
	Decide     Decide  `json:"decide,omitempty" jsonschema:"enum=proven,enum=unless_disproven,enum=estimate"` // what a sample must show
	Level      float64 `json:"level,omitempty" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1"`            // of its interval; default 0.95
	MinSupport int64   `json:"min_support,omitempty" jsonschema:"minimum=1"`                                  // of the metric's own denominator; default 30
	OnSmall    string  `json:"on_small,omitempty" jsonschema:"enum=refuse,enum=list"`                         // groups under min_support: refuse (inconclusive), or list them and go on
	Because    string  `json:"because,omitempty"`                                                             // why somebody wants it
}

// Decide is what a sample must show.
type Decide string

// The modes.
const (
	Proven          Decide = "proven"           // the whole interval is within the bound
	UnlessDisproven Decide = "unless_disproven" // not the whole interval is beyond it
	Estimate        Decide = "estimate"         // the estimate is within it
)
