package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatecard/gatecard/evidence"
)

// Heal ends what a crash left: first of all, at every start that writes. What others are at is left alone. It lets nothing in: where a move was
// decided on and not made, it stays unmade, and the log says so; where it was made, the bytes are hashed again, as the one that crashed
// would have.
func Heal(ctx context.Context, s *Store) error {
	if err := heal(ctx, s, ""); err != nil {
		return fmt.Errorf("heal: %w", err)
	}
	return nil
}

// heal is Heal for one model, or ("") for all.
func heal(ctx context.Context, s *Store, model string) error {
	pending, err := s.Pending(ctx)
	if err != nil {
		return err
	}
	for _, lease := range pending {
		if model != "" && lease.Request.Version.Model != model {
			continue
		}
		instead, err := settle(ctx, s, &lease)
		if err != nil {
			return fmt.Errorf("intent %d: %w", lease.Intent, err)
		}
		if err := s.End(ctx, lease, instead); err != nil {
			return err
		}
	}
	return nil
}

// settle compares the registry with what was decided, and says what came of it.
func settle(ctx context.Context, s *Store, lease *Lease) (outcome, error) {
	if lease.Decided == nil || lease.Decided.Act == evidence.Refused {
		return errors.New("it was interrupted before anything was let in, and nothing moved"), nil
	}
	r := lease.Request
	m := Move{Model: r.Version.Model, From: lease.Decided.From, To: r.Version.Number, Target: r.Requires.Target}
	holders, err := numbers(ctx, s, m.Model, m.Target)
	if err != nil {
		return nil, err
	}
	lease.Holder = first(holders)
	later, err := decidedSince(ctx, s, *lease.Decided)
	switch {
	case err != nil:
		return nil, err
	case later > 0:
		return fmt.Errorf("it was interrupted, and record %d has decided on %s since, which points at %s", later, m.Target, list(holders)), nil
	case !contains(holders, m.To):
		return fmt.Errorf("it was interrupted before the move: %s points at %s", m.Target, list(holders)), nil
	}
	lease.Holder = m.To
	if !points(holders, m.To, m.Target) {
		if err := s.Move(ctx, Move{Model: m.Model, From: m.To, To: m.To, Target: m.Target}); err != nil {
			return nil, err
		}
	}
	changed, err := changedSince(ctx, s, r.Version)
	if err != nil {
		return nil, err
	}
	if changed == "" {
		return fmt.Errorf("it was interrupted after the move: %s points at %s", m.Target, numbered(m.To)), nil
	}
	if err := putBack(ctx, s, lease, m); err != nil {
		return nil, err
	}
	return fmt.Errorf("%s after it was judged; %s points at %s again", changed, m.Target, numbered(lease.Holder)), nil
}

// decidedSince is the record of a later move of the same target, or 0.
func decidedSince(ctx context.Context, s *Store, d evidence.Record) (int64, error) {
	records, err := s.Log(ctx, d.Model, d.Number+1)
	if err != nil {
		return 0, err
	}
	for _, r := range records {
		if r.Target == d.Target && (r.Act == evidence.Promoted || r.Act == evidence.RolledBack) {
			return r.Number, nil
		}
	}
	return 0, nil
}
