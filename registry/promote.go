package registry

import (
	"context"
	"crypto"
	"errors"
	"fmt"
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

// AlreadyThere is met, beside what the target requires, where it points at the version already. Nothing is recorded then: nothing moves.
const AlreadyThere = "already"

// attempts are how often a promotion begins anew when it lost its lease and yet nothing moved, or when the policy changed under it.
const attempts = 3

// Promote moves the target or refuses, and records either. A refusal is a Decision; after an error nothing is known to have moved. Of
// promotions that overlap one moves the target; the others end in ErrMoved or ErrFenced. A version that the target points at already is judged
// like any other; where it is let in, Met says AlreadyThere, and the log stays as it is. DryRun judges, and records and moves nothing.
//
//	intent → lease → live state → hash bytes → verify → record → move → read back → outcome
//
// Where registry and ledger are one database, record, move and outcome are one transaction.
func Promote(ctx context.Context, s *Store, r Request, now Clock) (evidence.Decision, error) {
	p := &promotion{store: s, request: r, now: now, asked: r.Version}
	var err error
	if r.Rollback {
		p.back, err = lastHeld(ctx, s, r.Version, r.Requires.Target)
	}
	if err == nil {
		p.first, err = p.look(ctx)
	}
	var d evidence.Decision
	if err == nil {
		d, err = p.run(ctx)
	}
	if err != nil {
		return evidence.Decision{}, fmt.Errorf("promote %s to %s: %w", r.Version, r.Requires.Target, err)
	}
	return d, nil
}

// promotion is one call of Promote or Rollback.
type promotion struct {
	store   *Store
	request Request
	now     Clock
	asked   evidence.Version // as the caller knows it; the request has it as it is
	back    *held            // of a rollback: when the target pointed at the version before, and on which evidence
	first   live             // what was there when it was asked: who finds another holder later has lost
}

// outcome is how a lease ends: nil as was decided, else what happened instead.
type outcome = error

// run goes on from the first look.
func (p *promotion) run(ctx context.Context) (evidence.Decision, error) {
	p.request.Version = p.first.version
	there := p.first.points(p.request.Version.Number)
	if there || p.request.DryRun {
		d, _, _, err := p.judge(ctx, p.first)
		if there && d.Allowed() {
			d.Met = append(d.Met, AlreadyThere)
		}
		if err != nil || p.request.DryRun || d.Allowed() {
			return d, err
		}
	}
	for try := 1; ; try++ {
		d, err := p.attempt(ctx)
		if again := errors.Is(err, ErrFenced) || errors.Is(err, ErrPolicyMoved); !again || try == attempts {
			return d, err
		}
		// Whoever took the lease may have been refused. If the target moved, they won.
		now, looked := p.look(ctx)
		if looked != nil {
			return evidence.Decision{}, errors.Join(err, looked)
		}
		if !now.same(p.first) {
			return evidence.Decision{}, now.lost()
		}
	}
}

// attempt goes the way once. A panic on it is a crash: nothing here cleans up after one, Heal does.
func (p *promotion) attempt(ctx context.Context) (evidence.Decision, error) {
	lease, err := p.store.Begin(ctx, p.request)
	if err != nil {
		return evidence.Decision{}, err
	}
	d, instead, err := p.underLease(ctx, &lease)
	if err != nil {
		instead = err
	}
	// It is over, whatever becomes of ctx. Where the end cannot be recorded, Heal finds it.
	ended := p.store.End(context.WithoutCancel(ctx), lease, instead)
	return d, errors.Join(err, ended)
}

func (p *promotion) underLease(ctx context.Context, lease *Lease) (evidence.Decision, outcome, error) {
	if err := heal(ctx, p.store, p.request.Version.Model); err != nil { // who had the lease before can no longer decide
		return evidence.Decision{}, nil, err
	}
	now, err := p.look(ctx)
	if err != nil {
		return evidence.Decision{}, nil, err
	}
	lease.Holder = now.holder
	if !now.same(p.first) {
		return evidence.Decision{}, nil, now.lost()
	}
	d, version, digest, err := p.judge(ctx, now)
	if err != nil {
		return evidence.Decision{}, nil, err
	}
	if !d.Allowed() {
		return d, nil, p.store.Decide(ctx, *lease, d, digest)
	}
	move := Move{Model: version.Model, From: now.holder, To: version.Number, Target: p.request.Requires.Target}
	if both, ok := atomic(p.store); ok {
		return d, nil, both.DecideAndMove(ctx, *lease, d, digest, move)
	}
	if err := p.store.Decide(ctx, *lease, d, digest); err != nil {
		return evidence.Decision{}, nil, err
	}
	return moveForeign(ctx, p.store, lease, d, version, move)
}

// atomic says whether registry and ledger are one database.
func atomic(s *Store) (Atomic, bool) {
	registry, ok := s.Registry.(Atomic)
	ledger, same := s.Ledger.(Atomic)
	return registry, ok && same && registry == ledger
}

// moveForeign moves what the ledger has let move, in a registry that knows nothing of it, and looks whether that is what came of it. Where the
// bytes are others than those that were judged, the target goes back to where it was, and the decision becomes a refusal.
func moveForeign(ctx context.Context, s *Store, lease *Lease, d evidence.Decision, judged evidence.Version, m Move) (evidence.Decision, outcome, error) {
	moved := s.Move(ctx, m)
	holders, err := numbers(ctx, s, m.Model, m.Target)
	if err == nil && contains(holders, m.To) && !points(holders, m.To, m.Target) { // somebody else's too: once more
		moved = s.Move(ctx, Move{Model: m.Model, From: m.To, To: m.To, Target: m.Target})
		holders, err = numbers(ctx, s, m.Model, m.Target)
	}
	if err != nil {
		return evidence.Decision{}, nil, errors.Join(moved, fmt.Errorf("read back: %w", err))
	}
	lease.Holder = first(holders)
	if !points(holders, m.To, m.Target) { // an error of Move alone may be a lost answer
		return evidence.Decision{}, nil, errors.Join(moved, fmt.Errorf("it points at %s after the move: %w", list(holders), ErrMoved))
	}
	lease.Holder = m.To
	changed, err := changedSince(ctx, s, judged)
	if err != nil {
		return evidence.Decision{}, nil, errors.Join(fmt.Errorf("hash again after the move: %w", err), putBack(ctx, s, lease, m))
	}
	if changed == "" {
		return d, nil, nil
	}
	if err := putBack(ctx, s, lease, m); err != nil {
		return evidence.Decision{}, nil, fmt.Errorf("%s while it was promoted: %w", changed, err)
	}
	detail := fmt.Sprintf("%s while it was promoted; %s points at %s again", changed, m.Target, numbered(lease.Holder))
	d.Unmet = append(d.Unmet, evidence.Refusal{Requirement: "bytes", Reason: evidence.BytesChanged, Detail: detail})
	return d, errors.New(detail), nil
}

// putBack undoes a move.
func putBack(ctx context.Context, s *Store, lease *Lease, m Move) error {
	if m.From == m.To {
		return nil
	}
	back := s.Move(ctx, Move{Model: m.Model, From: m.To, To: m.From, Target: m.Target})
	holders, err := numbers(ctx, s, m.Model, m.Target)
	if err != nil {
		return errors.Join(back, fmt.Errorf("read back: %w", err))
	}
	lease.Holder = first(holders)
	if m.From == "" && len(holders) == 0 || m.From != "" && points(holders, m.From, m.Target) {
		return nil
	}
	return errors.Join(back, fmt.Errorf("it points at %s, and not at %s again: %w", list(holders), numbered(m.From), ErrMoved))
}
