package registry

import (
	"context"
	"crypto"
	"time"

	"github.com/gatecard/gatecard/evidence"
)

// Signer signs the log's checkpoints; nil leaves them unsigned, which `audit verify` says.
type Signer = crypto.Signer

// Clock tells the time.
type Clock = func() time.Time

// Request asks for a target to point at a version.
type Request struct {
	Version  evidence.Version
	Requires evidence.Requirements // by the policy in force, which is checked to be so still
	Trust    evidence.Trust        // narrows the ledger's; nil: the ledger's
	By       evidence.Actor
	DryRun   bool
	Rollback bool // expiry is judged as of the original promotion
}

// Promote moves the target or refuses, and records either. A refusal is a Decision; after an error nothing is known to have moved.
//
//	intent → lease → live state → hash bytes → verify → record → move → read back → outcome
func Promote(ctx context.Context, s *Store, r Request, now Clock) (evidence.Decision, error) {
	panic("unwritten")
}

// Rollback goes to the nearest earlier holder whose evidence still verifies but for expiry, and says which version that is.
func Rollback(ctx context.Context, s *Store, model string, requires evidence.Requirements, by evidence.Actor, now Clock) (evidence.Version, evidence.Decision, error) {
	panic("unwritten")
}

// Heal ends what a crash left: first of all, at every start that writes.
func Heal(ctx context.Context, s *Store) error { panic("unwritten") }

// Champion is the version that `champion` points at, else the holder of Production; ok is false where there is neither.
func Champion(ctx context.Context, s *Store, model string) (v evidence.Version, ok bool, err error) {
	panic("unwritten")
}
