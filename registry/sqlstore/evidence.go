package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// AddEvidence logs an envelope whose signer the ledger trusts for it now. One that was logged before keeps its place: to add an old pass again
// does not put it after a newer failure.
func (s *Store) AddEvidence(ctx context.Context, e evidence.Envelope, by evidence.Actor) (b evidence.Bundle, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		b, err = s.addEvidence(ctx, tx, e, by)
		return err
	})
	if err != nil {
		return evidence.Bundle{}, fmt.Errorf("add evidence: %w", err)
	}
	return b, nil
}

func (s *Store) addEvidence(ctx context.Context, tx *sql.Tx, e evidence.Envelope, by evidence.Actor) (evidence.Bundle, error) {
	keys, err := trust(ctx, tx)
	if err != nil {
		return evidence.Bundle{}, err
	}
	st, _, err := evidence.Open(e, keys, s.now())
	if err != nil {
		return evidence.Bundle{}, untrusted(err)
	}
	// A version of a foreign registry is not in this file: promotion compares it with what that registry says.
	if st.Version.Registry == s.instance {
		v, err := s.version(ctx, tx, st.Version.Model, st.Version.Number)
		if err != nil {
			return evidence.Bundle{}, fmt.Errorf("it is about %s: %w", st.Version, err)
		}
		if v.Manifest.Digest() != st.Version.Manifest.Digest() || !v.Created.Equal(st.Version.Created) || v.Source != st.Version.Source || v.Lineage != st.Version.Lineage {
			return evidence.Bundle{}, fmt.Errorf("it is about another %s than the one that is registered", st.Version)
		}
	}
	number, err := logged(ctx, tx, e)
	if errors.Is(err, sql.ErrNoRows) {
		number, err = s.logEvidence(ctx, tx, e, st, by)
	}
	if err != nil {
		return evidence.Bundle{}, err
	}
	log, err := s.prove(ctx, tx, number, keys)
	return evidence.Bundle{Envelope: e, Log: log}, err
}

// untrusted makes ErrUntrusted of the refusals that are about the key.
func untrusted(err error) error {
	var r evidence.Refusal
	about := []evidence.Reason{evidence.KeyUntrusted, evidence.KeyRole, evidence.KeyRevoked, evidence.KeyRetired, evidence.KeyNotYetValid}
	if errors.As(err, &r) && slices.Contains(about, r.Reason) {
		return fmt.Errorf("%w: %w", registry.ErrUntrusted, err)
	}
	return err
}

func logged(ctx context.Context, q querier, e evidence.Envelope) (number int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT record FROM evidence WHERE digest = ? AND signature = ?", string(e.Digest()), e.Signatures[0].Sig).Scan(&number)
	return number, err
}

func (s *Store) logEvidence(ctx context.Context, tx *sql.Tx, e evidence.Envelope, st evidence.Statement, by evidence.Actor) (int64, error) {
	envelope, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	act := evidence.Attested
	if st.Kind == evidence.Recheck {
		act = evidence.Rechecked
	}
	r, err := s.append(ctx, tx, evidence.Record{By: by, Act: act, Model: st.Version.Model, Version: st.Version.Number, Digest: e.Digest(), Detail: string(st.Verdict)})
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO evidence (record, registry, model, version, digest, signature, envelope) VALUES (?, ?, ?, ?, ?, ?, ?)",
		r.Number, st.Version.Registry, st.Version.Model, st.Version.Number, string(e.Digest()), e.Signatures[0].Sig, string(envelope))
	return r.Number, err
}

// Evidence lists a version's, rechecks too, oldest first, each with a proof against the newest checkpoint that a trusted key signed.
func (s *Store) Evidence(ctx context.Context, v evidence.Version) (bundles []evidence.Bundle, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		keys, err := trust(ctx, tx)
		if err != nil {
			return err
		}
		type row struct {
			record   int64
			envelope []byte
		}
		rows, err := tx.QueryContext(ctx, "SELECT record, envelope FROM evidence WHERE registry = ? AND model = ? AND version = ? ORDER BY record", v.Registry, v.Model, v.Number)
		found, err := collect(rows, err, func() (row, error) {
			var one row
			err := rows.Scan(&one.record, &one.envelope)
			return one, err
		})
		if err != nil {
			return err
		}
		for _, one := range found {
			var b evidence.Bundle
			if err := json.Unmarshal(one.envelope, &b.Envelope); err != nil {
				return fmt.Errorf("read envelope of record %d: %w", one.record, err)
			}
			if b.Log, err = s.prove(ctx, tx, one.record, keys); err != nil {
				return err
			}
			bundles = append(bundles, b)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", v, err)
	}
	return bundles, nil
}

// prove shows that a record is in the log, against the newest checkpoint that one of the keys signed, or an unsigned one where none did.
func (s *Store) prove(ctx context.Context, q querier, number int64, keys evidence.Trust) (evidence.LogProof, error) {
	_, leaf, err := record(ctx, q, number)
	if err != nil {
		return evidence.LogProof{}, err
	}
	size, note, err := newestCheckpoint(ctx, q, number, keys)
	if err != nil {
		return evidence.LogProof{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return evidence.Prove(number, size, leaf, note, hashes(ctx, q))
}
