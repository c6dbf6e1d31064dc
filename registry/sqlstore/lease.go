package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// leaseTime is how long a promotion may take before others may think that it crashed, where they cannot see its process: hashing 100 GB takes
// minutes. Nothing depends on it but when a crash is cleaned up: whoever is taken for dead finds that its lease is lost.
const leaseTime = 15 * time.Minute

// Begin logs the intent and takes the lease, from whoever has it: of two that promote one model, the one that began later goes on.
func (s *Store) Begin(ctx context.Context, r registry.Request) (l registry.Lease, err error) {
	l.Request = r
	if err := errors.Join(checkModel(r.Version.Model), checkTarget(r.Requires.Target)); err != nil {
		return registry.Lease{}, fmt.Errorf("begin promotion: %w", err)
	}
	request, err := json.Marshal(r)
	if err != nil {
		return registry.Lease{}, fmt.Errorf("begin promotion: %w", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		model := r.Version.Model
		if err := tx.QueryRowContext(ctx, "INSERT INTO lease (model, fence) VALUES (?, 1) ON CONFLICT (model) DO UPDATE SET fence = fence + 1 RETURNING fence", model).Scan(&l.Fence); err != nil {
			return err
		}
		intent, err := s.append(ctx, tx, evidence.Record{By: r.By, Act: evidence.Intended, Model: model, Version: r.Version.Number, Target: r.Requires.Target, Detail: detail(r)})
		if err != nil {
			return err
		}
		l.Intent = intent.Number
		_, err = tx.ExecContext(ctx, "INSERT INTO intent (record, model, fence, host, process, expires, request) VALUES (?, ?, ?, ?, ?, ?, ?)",
			l.Intent, model, l.Fence, s.host, os.Getpid(), s.now().Add(leaseTime).UnixMilli(), string(request))
		return err
	})
	if err != nil {
		return registry.Lease{}, fmt.Errorf("begin promotion of %s to %s: %w", r.Version, r.Requires.Target, err)
	}
	return l, nil
}

func detail(r registry.Request) string {
	if r.Rollback {
		return "rollback"
	}
	return ""
}

// Decide logs the answer, and ends the intent where it is no.
func (s *Store) Decide(ctx context.Context, l registry.Lease, d evidence.Decision, digest evidence.Digest) error {
	err := s.write(ctx, func(tx *sql.Tx) error { return s.decide(ctx, tx, l, d, digest, "") })
	if err != nil {
		return fmt.Errorf("log decision on %s to %s: %w", l.Request.Version, l.Request.Requires.Target, err)
	}
	return nil
}

// DecideAndMove does both or neither, where the lease is still held, the policy that was asked is still in force, and the target still points at
// m.From.
func (s *Store) DecideAndMove(ctx context.Context, l registry.Lease, d evidence.Decision, digest evidence.Digest, m registry.Move) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		switch {
		case !d.Allowed():
			return errors.New("the decision does not allow it")
		case m.Model != l.Request.Version.Model || m.To != l.Request.Version.Number || m.Target != l.Request.Requires.Target:
			return errors.New("the move is not the one that was asked for")
		}
		left, err := leaves(ctx, tx, m)
		if err != nil {
			return err
		}
		l.Holder = m.From
		if err := s.decide(ctx, tx, l, d, digest, left); err != nil {
			return err
		}
		if err := move(ctx, tx, m); err != nil {
			return err
		}
		return end(ctx, tx, l)
	})
	if err != nil {
		return fmt.Errorf("move %s of %q to version %s: %w", m.Target, m.Model, m.To, err)
	}
	return nil
}

// leaves says what else a move to a stage changes: a version is in one stage at a time.
func leaves(ctx context.Context, q querier, m registry.Move) (string, error) {
	if !registry.IsStage(m.Target) {
		return "", nil
	}
	var stage string
	err := q.QueryRowContext(ctx, "SELECT stage FROM stage WHERE model = ? AND number = ?", m.Model, m.To).Scan(&stage)
	text := ""
	if stage != "" && stage != string(m.Target) {
		text = "leaves " + stage
	}
	if registry.Exclusive(m.Target) && m.From != "" && m.From != m.To {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("%s goes to %s", numbered(m.From), registry.Archived)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return text, err
}

func (s *Store) decide(ctx context.Context, tx *sql.Tx, l registry.Lease, d evidence.Decision, digest evidence.Digest, text string) error {
	decided, err := held(ctx, tx, l)
	if err != nil {
		return err
	}
	if decided != 0 {
		return fmt.Errorf("record %d has decided it already", decided)
	}
	r := l.Request
	act := evidence.Refused
	if d.Allowed() {
		act = evidence.Promoted
		if r.Rollback {
			act = evidence.RolledBack
		}
		if err := unchanged(ctx, tx, r); err != nil {
			return err
		}
	}
	entry, err := s.append(ctx, tx, evidence.Record{By: r.By, Act: act, Model: r.Version.Model, Version: r.Version.Number, Target: r.Requires.Target,
		From: l.Holder, Digest: digest, Detail: text, Decision: &d})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE intent SET decided = ? WHERE record = ?", entry.Number, l.Intent); err != nil {
		return err
	}
	if act == evidence.Refused {
		return end(ctx, tx, l)
	}
	return nil
}

// held gives what was decided under the lease already, or ErrFenced: somebody else has begun since, or has ended this.
func held(ctx context.Context, q querier, l registry.Lease) (decided int64, err error) {
	var (
		fence int64
		ended bool
	)
	err = q.QueryRowContext(ctx, `SELECT lease.fence, intent.ended, coalesce(intent.decided, 0) FROM intent JOIN lease ON lease.model = intent.model
		WHERE intent.record = ? AND intent.fence = ? AND intent.model = ?`, l.Intent, l.Fence, l.Request.Version.Model).Scan(&fence, &ended, &decided)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, fmt.Errorf("no such intent: %w", registry.ErrFenced)
	case err != nil:
		return 0, err
	case fence != l.Fence:
		return 0, fmt.Errorf("another promotion of %q has begun: %w", l.Request.Version.Model, registry.ErrFenced)
	case ended:
		return 0, fmt.Errorf("its intent was ended: %w", registry.ErrFenced)
	}
	return decided, nil
}

// unchanged asks that the policy in force is the one that the requirements came from.
func unchanged(ctx context.Context, q querier, r registry.Request) error {
	ref, err := inForce(ctx, q, r.Version.Model)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	if ref.Digest != r.Requires.Policy {
		return registry.ErrPolicyMoved
	}
	return nil
}

// End closes an intent, once. An outcome that is not as was decided gets a record, with where the target was left.
func (s *Store) End(ctx context.Context, l registry.Lease, outcome error) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		var (
			ended   bool
			decided sql.NullInt64
		)
		if err := tx.QueryRowContext(ctx, "SELECT ended, decided FROM intent WHERE record = ?", l.Intent).Scan(&ended, &decided); err != nil || ended {
			return err
		}
		if outcome != nil {
			r := evidence.Record{By: l.Request.By, Act: evidence.Healed, Model: l.Request.Version.Model, Detail: fmt.Sprintf("intent of record %d: %v", l.Intent, outcome)}
			if decided.Valid {
				r.Target, r.Version, r.From = l.Request.Requires.Target, l.Holder, l.Request.Version.Number
			}
			if _, err := s.append(ctx, tx, r); err != nil {
				return err
			}
		}
		return end(ctx, tx, l)
	})
	if err != nil {
		return fmt.Errorf("end promotion of %s to %s: %w", l.Request.Version, l.Request.Requires.Target, err)
	}
	return nil
}

func end(ctx context.Context, tx *sql.Tx, l registry.Lease) error {
	_, err := tx.ExecContext(ctx, "UPDATE intent SET ended = 1 WHERE record = ?", l.Intent)
	return err
}

// Pending lists the intents that nobody will end, oldest first: somebody else has the lease since, it ran out, or its process on this host is
// gone. Others may be at work.
func (s *Store) Pending(ctx context.Context) (pending []registry.Lease, err error) {
	type open struct {
		lease         registry.Lease
		host          string
		process       int
		expires       int64
		newest        int64
		decided       int64
		request, leaf []byte
	}
	rows, err := s.db.QueryContext(ctx, `SELECT intent.record, intent.fence, intent.host, intent.process, intent.expires, lease.fence, coalesce(intent.decided, 0), intent.request, log.leaf
		FROM intent JOIN lease ON lease.model = intent.model LEFT JOIN log ON log.number = intent.decided WHERE intent.ended = 0 ORDER BY intent.record`)
	found, err := collect(rows, err, func() (open, error) {
		var o open
		err := rows.Scan(&o.lease.Intent, &o.lease.Fence, &o.host, &o.process, &o.expires, &o.newest, &o.decided, &o.request, &o.leaf)
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("read open intents: %w", explain(err))
	}
	for _, o := range found {
		if o.newest == o.lease.Fence && s.now().UnixMilli() < o.expires && !(o.host == s.host && gone(o.process)) {
			continue
		}
		if err := json.Unmarshal(o.request, &o.lease.Request); err != nil {
			return nil, fmt.Errorf("read intent %d: %w", o.lease.Intent, err)
		}
		if o.decided != 0 {
			r, err := evidence.DecodeLeaf(o.leaf)
			if err != nil {
				return nil, fmt.Errorf("read decision on intent %d: %w", o.lease.Intent, err)
			}
			o.lease.Decided, o.lease.Holder = &r, r.From
		}
		pending = append(pending, o.lease)
	}
	return pending, nil
}

// gone says that a process of this host does certainly not run. Its number may have gone to another one: then the lease must run out.
func gone(process int) bool {
	if runtime.GOOS == "windows" { // no signal 0 there
		return false
	}
	p, err := os.FindProcess(process)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	return errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
