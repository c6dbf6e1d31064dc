package sqlstore

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gatecard/gatecard/evidence"
)

// Enrol makes the first key of a ledger that never held a record its admin. Once there is a record, even of keys that are all revoked by now,
// it does nothing.
func (s *Store) Enrol(ctx context.Context, public ed25519.PublicKey, owner evidence.Actor) (enrolled bool, err error) {
	id := evidence.KeyID(public)
	if id == "" {
		return false, fmt.Errorf("enrol key: %d bytes are no ed25519 key", len(public))
	}
	roles, err := json.Marshal([]string{evidence.RoleEvidence, evidence.RolePolicy, evidence.RoleAdmin})
	if err != nil {
		return false, err
	}
	who, err := json.Marshal(owner)
	if err != nil {
		return false, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		var records int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM log").Scan(&records); err != nil || records > 0 {
			return err
		}
		r, err := s.append(ctx, tx, evidence.Record{By: owner, Act: evidence.KeyEnrolled, Digest: evidence.DigestOf(public),
			Detail: fmt.Sprintf("%s, the first key, for every role", id)})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO trusted_key (record, public, owner, roles, since) VALUES (?, ?, ?, ?, ?)",
			r.Number, []byte(public), string(who), string(roles), r.At.UnixMilli())
		enrolled = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("enrol key %s: %w", id, err)
	}
	return enrolled, nil
}

// Trust lists the ledger's keys, the revoked ones too.
func (s *Store) Trust(ctx context.Context) (evidence.Trust, error) {
	t, err := trust(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read trusted keys: %w", explain(err))
	}
	return t, nil
}

func trust(ctx context.Context, q querier) (evidence.Trust, error) {
	rows, err := q.QueryContext(ctx, "SELECT public, owner, roles, since, until, revoked FROM trusted_key ORDER BY record")
	return collect(rows, err, func() (evidence.TrustedKey, error) {
		var (
			k            evidence.TrustedKey
			owner, roles []byte
			since        int64
			until        sql.NullInt64
		)
		if err := rows.Scan((*[]byte)(&k.Public), &owner, &roles, &since, &until, &k.Revoked); err != nil {
			return k, err
		}
		k.From = fromMilli(since)
		if until.Valid {
			k.Until = fromMilli(until.Int64)
		}
		return k, errors.Join(json.Unmarshal(owner, &k.Owner), json.Unmarshal(roles, &k.Roles))
	})
}
