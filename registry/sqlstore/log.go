package sqlstore

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gatecard/gatecard/evidence"
)

// append logs a record in the transaction that does what it says. The log's number and the clock are the record's own; it comes back with both.
func (s *Store) append(ctx context.Context, tx *sql.Tx, r evidence.Record) (evidence.Record, error) {
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM log").Scan(&r.Number); err != nil {
		return r, err
	}
	r.At = s.now()
	leaf, err := evidence.LeafBytes(r)
	if err != nil {
		return r, err
	}
	hashes, err := evidence.AppendHashes(r.Number, leaf, hashes(ctx, tx))
	if err != nil {
		return r, err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO log (number, leaf, act, model, version, target, digest, manifest, dataset) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.Number, leaf, string(r.Act), r.Model, r.Version, string(r.Target), string(r.Digest), string(r.Manifest), string(r.Dataset)); err != nil {
		return r, fmt.Errorf("log record %d: %w", r.Number, err)
	}
	for i, h := range hashes {
		if _, err := tx.ExecContext(ctx, "INSERT INTO log_hash (place, hash) VALUES (?, ?)", evidence.HashIndex(r.Number)+int64(i), h[:]); err != nil {
			return r, fmt.Errorf("log hash of record %d: %w", r.Number, err)
		}
	}
	note, signer, err := s.checkpoint(ctx, tx, r.Number)
	if err != nil {
		return r, err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO checkpoint (size, note, signer) VALUES (?, ?, ?)", r.Number, note, signer); err != nil {
		return r, fmt.Errorf("log checkpoint %d: %w", r.Number, err)
	}
	return r, nil
}

// checkpoint stands for the first size records; it is signed where there is a key, and names it.
func (s *Store) checkpoint(ctx context.Context, q querier, size int64) (note, signer string, err error) {
	root, err := evidence.TreeRoot(size, hashes(ctx, q))
	if err != nil {
		return "", "", err
	}
	c := evidence.Checkpoint{Origin: evidence.Origin(s.instance), Size: size, Root: root}
	if s.signer == nil {
		return c.String(), "", nil
	}
	note, err = evidence.SignCheckpoint(c, s.signer)
	if err != nil {
		return "", "", err
	}
	public, _ := s.signer.Public().(ed25519.PublicKey) // SignCheckpoint has seen that it is one
	return note, evidence.KeyID(public), nil
}

// newestCheckpoint is the newest of at least so many records that one of the keys signed: whoever may write to the ledger but is trusted for
// nothing logs checkpoints too, and these make nobody's proof bad. Where none was signed, it is the newest of all.
func newestCheckpoint(ctx context.Context, q querier, records int64, keys evidence.Trust) (size int64, note string, err error) {
	for _, k := range keys {
		if k.Revoked || !slices.Contains(k.Roles, evidence.RoleEvidence) && !slices.Contains(k.Roles, evidence.RoleAdmin) {
			continue
		}
		var (
			theirs int64
			signed string
		)
		err := q.QueryRowContext(ctx, "SELECT size, note FROM checkpoint WHERE signer = ? AND size >= ? ORDER BY size DESC LIMIT 1", evidence.KeyID(k.Public), records).Scan(&theirs, &signed)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, "", err
		}
		if theirs > size {
			size, note = theirs, signed
		}
	}
	if size == 0 {
		err = q.QueryRowContext(ctx, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").Scan(&size, &note)
	}
	return size, note, err
}

// hashes reads the log's stored hashes.
func hashes(ctx context.Context, q querier) tlog.HashReaderFunc {
	return func(places []int64) ([]tlog.Hash, error) {
		read := make([]tlog.Hash, len(places))
		for i, place := range places {
			var hash []byte
			if err := q.QueryRowContext(ctx, "SELECT hash FROM log_hash WHERE place = ?", place).Scan(&hash); err != nil {
				return nil, fmt.Errorf("read hash %d of the log: %w", place, err)
			}
			if copy(read[i][:], hash) != tlog.HashSize || len(hash) != tlog.HashSize {
				return nil, fmt.Errorf("read hash %d of the log: it has %d bytes", place, len(hash))
			}
		}
		return read, nil
	}
}

// Log gives records from a number on, of one model or ("") of all.
func (s *Store) Log(ctx context.Context, model string, from int64) ([]evidence.Record, error) {
	query := "SELECT leaf FROM log WHERE number >= ?1 AND ?2 = '' ORDER BY number"
	if model != "" {
		query = "SELECT leaf FROM log WHERE number >= ?1 AND model = ?2 ORDER BY number"
	}
	rows, err := s.db.QueryContext(ctx, query, from, model)
	records, err := collect(rows, err, func() (evidence.Record, error) {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return evidence.Record{}, err
		}
		return evidence.DecodeLeaf(leaf)
	})
	if err != nil {
		return nil, fmt.Errorf("read log: %w", explain(err))
	}
	return records, nil
}

// record reads one, inside a transaction or not.
func record(ctx context.Context, q querier, number int64) (evidence.Record, []byte, error) {
	var leaf []byte
	if err := q.QueryRowContext(ctx, "SELECT leaf FROM log WHERE number = ?", number).Scan(&leaf); err != nil {
		return evidence.Record{}, nil, fmt.Errorf("read record %d: %w", number, err)
	}
	r, err := evidence.DecodeLeaf(leaf)
	return r, leaf, err
}

// Leaves gives every record's bytes as logged, and the newest checkpoint that a trusted key signed, as one state.
func (s *Store) Leaves(ctx context.Context) (leaves [][]byte, checkpoint string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if leaves, err = readLeaves(ctx, tx); err != nil {
			return err
		}
		keys, err := trust(ctx, tx)
		if err != nil {
			return err
		}
		_, checkpoint, err = newestCheckpoint(ctx, tx, 1, keys)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("read log: %w", err)
	}
	return leaves, checkpoint, nil
}

func readLeaves(ctx context.Context, q querier) ([][]byte, error) {
	rows, err := q.QueryContext(ctx, "SELECT leaf FROM log ORDER BY number")
	return collect(rows, err, func() ([]byte, error) {
		var leaf []byte
		err := rows.Scan(&leaf)
		return leaf, err
	})
}

// Seen is 0 for a reader that has seen nothing.
func (s *Store) Seen(ctx context.Context, reader string) (number int64, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT record FROM seen WHERE reader = ?", reader).Scan(&number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("how far %q has read: %w", reader, explain(err))
	}
	return number, nil
}

// SetSeen moves a reader forward, never back: of two that bear one name, the slower one changes nothing.
func (s *Store) SetSeen(ctx context.Context, reader string, number int64) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO seen (reader, record) VALUES (?1, ?2) ON CONFLICT (reader) DO UPDATE SET record = max(record, ?2)", reader, number)
		return err
	})
	if err != nil {
		return fmt.Errorf("note how far %q has read: %w", reader, err)
	}
	return nil
}
