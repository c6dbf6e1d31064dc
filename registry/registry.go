package registry

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"

	"github.com/gatecard/gatecard/evidence"
)

// ErrNotFound: there is none. ErrMoved: a compare-and-set lost. ErrFenced: somebody else has the lease now. ErrUntrusted: the key is not
// in the ledger for what it signed. ErrDamaged: stored bytes do not hash to what they were stored under. ErrPolicyMoved: another policy is in
// force than the one whose requirements were judged. ErrUndecided: no logged decision lets a pointer move so.
var (
	ErrNotFound    = errors.New("not found")
	ErrMoved       = errors.New("pointer has moved")
	ErrFenced      = errors.New("lease was lost")
	ErrUntrusted   = errors.New("key is not trusted")
	ErrDamaged     = errors.New("stored bytes are damaged")
	ErrPolicyMoved = errors.New("policy in force has changed")
	ErrUndecided   = errors.New("no logged decision lets it move")
)

// Blob is a file and its bytes: to be stored, or as stored.
type Blob struct {
	evidence.File
	Open func(context.Context) (io.ReadCloser, error)
}

// Registry is what any model registry can do. What only some can is a small interface of its own, as Atomic.
type Registry interface {
	// Instance is the registry's id, for good: not its address.
	Instance(ctx context.Context) (string, error)
	// Models lists the names of models that have a version.
	Models(ctx context.Context) ([]string, error)
	// Create makes the model's next version of the files, which are hashed as they are stored: a blob whose bytes do not hash to its
	// File is an error and leaves no version. Where a version of the model has these very files already, it is that one, the oldest, and made
	// is false, however many ask at once.
	Create(ctx context.Context, model string, files []Blob, l evidence.Lineage, by evidence.Actor) (v evidence.Version, made bool, err error)
	// Version and Versions (oldest first) answer ErrNotFound for a model or number that is not there.
	Version(ctx context.Context, model, number string) (evidence.Version, error)
	Versions(ctx context.Context, model string) ([]evidence.Version, error)
	// Artifacts are the files of the manifest, to be read and hashed again.
	Artifacts(ctx context.Context, v evidence.Version) ([]Blob, error)
	// Attach adds a file beside the version. A path that is attached already gets a later place; Attachments gives the newest of each path.
	Attach(ctx context.Context, v evidence.Version, b Blob) error
	Attachments(ctx context.Context, v evidence.Version) ([]Blob, error)
	// Attachment opens one by its digest, the newest or an older one.
	Attachment(ctx context.Context, v evidence.Version, d evidence.Digest) (Blob, error)
	// Holders are the versions that a target points at: none, or one, unless somebody else moved it.
	Holders(ctx context.Context, model string, t evidence.Target) ([]evidence.Version, error)
	// Targets lists what points at the version, stages first.
	Targets(ctx context.Context, v evidence.Version) ([]evidence.Target, error)
	Move(ctx context.Context, m Move) error
}

// Move points a target at a version (To "": at nothing); From is what it must point at now ("" for nothing), where the registry can hold it to
// that. A stage's previous holder goes to Archived. From means nothing for Archived and None, which any number of versions are in.
type Move struct {
	Model, From, To string // version numbers
	Target          evidence.Target
}

// Ledger is our durable record. What a method does and the audit record of it are one transaction.
type Ledger interface {
	// Enrol makes the first key of a ledger that never held a record its admin, for every role, and says that it did. Of any other
	// ledger it does nothing.
	Enrol(ctx context.Context, public ed25519.PublicKey, owner evidence.Actor) (enrolled bool, err error)
	Trust(ctx context.Context) (evidence.Trust, error)

	// Policy is the one in force; ErrNotFound where none was ever set.
	Policy(ctx context.Context, model string) (ref evidence.PolicyRef, canonical []byte, err error)
	PolicyAt(ctx context.Context, d evidence.Digest) (canonical []byte, err error)
	SetPolicy(ctx context.Context, model string, canonical []byte, by evidence.Actor) (evidence.PolicyRef, error)

	// Look logs that something is about to be judged, and says what the ledger knew before.
	Look(ctx context.Context, l Look) (evidence.Standing, error)
	// AddEvidence logs an envelope whose signer the ledger trusts; else ErrUntrusted. Evidence lists a version's, oldest first.
	AddEvidence(ctx context.Context, e evidence.Envelope, by evidence.Actor) (evidence.Bundle, error)
	Evidence(ctx context.Context, v evidence.Version) ([]evidence.Bundle, error)

	Begin(ctx context.Context, r Request) (Lease, error) // a durable intent, then the lease
	// Decide logs the verifier's answer: Promoted (or RolledBack) with the evidence's digest, or Refused.
	Decide(ctx context.Context, l Lease, d evidence.Decision, evidence evidence.Digest) error
	// End closes the intent. An outcome other than nil is logged as Healed: it did not go as decided, and l.Holder is where the target was left.
	End(ctx context.Context, l Lease, outcome error) error
	Pending(ctx context.Context) ([]Lease, error) // what a crash left: not what others may be at

	// Log gives records from a number on, of one model or ("") of all.
	Log(ctx context.Context, model string, from int64) ([]evidence.Record, error)
	// Leaves gives every record's bytes as logged, and the newest checkpoint that a key of Trust signed, which may count fewer records: whoever
	// writes and is trusted for nothing makes no log bad. Where no such key signed any, it is the newest of all.
	Leaves(ctx context.Context) (leaves [][]byte, checkpoint string, err error)
	// Check recomputes the log from its leaves against the stored hashes and checkpoints: nil, or an [*evidence.LogError], the first.
	Check(ctx context.Context) (records int64, root string, err error)

	Seen(ctx context.Context, reader string) (record int64, err error) // the outbox: how far a reader has come in the log
	SetSeen(ctx context.Context, reader string, record int64) error
}

// Atomic is a registry that is its own ledger: decision and move are one transaction, which checks the policy's digest again.
type Atomic interface {
	DecideAndMove(ctx context.Context, l Lease, d evidence.Decision, evidence evidence.Digest, m Move) error
}

// Look is what is about to be judged, logged before anybody sees a verdict. The policy of a model's first look is set in force.
type Look struct {
	Model    string
	Policy   []byte          // canonical
	Manifest evidence.Digest // of the candidate; empty: no files were given
	Dataset  evidence.Digest
	By       evidence.Actor
}

// Lease is the right to promote a model until somebody has a higher Fence.
type Lease struct {
	Request Request
	Fence   int64
	Intent  int64            // the record of the intent
	Holder  string           // the number that the target was last seen to point at ("": nothing): Decide logs it as From, End as where it was left
	Decided *evidence.Record // of a pending one: what Decide logged; nil: nothing
}

// Store is a registry with our ledger beside it.
type Store struct {
	Registry
	Ledger
	Close func() error
}

// Backend opens addresses of one scheme; the ledger is nil where the registry is foreign.
type Backend struct {
	Scheme, Summary string
	// Exists says whether a registry is at the address already; Open makes one where there is none.
	Exists func(ctx context.Context, address string) (bool, error)
	Open   func(ctx context.Context, address string, o Options) (*Store, error)
}

// Options are what a backend needs from outside: a key that signs the log's checkpoints, and a clock.
type Options struct {
	Signer Signer
	Now    Clock
}
