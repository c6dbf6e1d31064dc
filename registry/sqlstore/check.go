package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gatecard/gatecard/evidence"
)

// Check recomputes the log from its leaves. Beside what [evidence.VerifyLog] finds it holds every stored checkpoint against them, asks that the
// newest one of each trusted key is signed by it (proofs use no other), and that the columns beside a leaf say what the leaf says.
func (s *Store) Check(ctx context.Context) (records int64, root string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		records, root, err = s.check(ctx, tx)
		return err
	})
	if _, bad := errors.AsType[*evidence.LogError](err); err != nil && !bad {
		err = fmt.Errorf("check log: %w", err)
	}
	return records, root, err
}

func (s *Store) check(ctx context.Context, q querier) (int64, string, error) {
	leaves, err := readLeaves(ctx, q)
	if err != nil {
		return 0, "", err
	}
	saved, err := s.checkpoints(ctx, q)
	if err != nil {
		return 0, "", err
	}
	stored, err := readHashes(ctx, q)
	if err != nil {
		return 0, "", err
	}
	tree, err := evidence.VerifyLog(leaves, stored, saved...)
	if err != nil {
		return 0, "", err
	}
	if err := s.checkColumns(ctx, q); err != nil {
		return 0, "", err
	}
	return tree.N, tree.Hash.String(), nil
}

// readHashes reads all of them at once: they are two for each record.
func readHashes(ctx context.Context, q querier) (tlog.HashReaderFunc, error) {
	rows, err := q.QueryContext(ctx, "SELECT hash FROM log_hash ORDER BY place")
	all, err := collect(rows, err, func() (h tlog.Hash, err error) {
		var b sql.RawBytes
		if err := rows.Scan(&b); err != nil {
			return h, err
		}
		if len(b) != len(h) {
			return h, fmt.Errorf("a stored hash has %d bytes", len(b))
		}
		return tlog.Hash(b), nil
	})
	return func(places []int64) ([]tlog.Hash, error) {
		read := make([]tlog.Hash, len(places))
		for i, place := range places {
			if place >= int64(len(all)) {
				return nil, fmt.Errorf("hash %d is not stored", place)
			}
			read[i] = all[place]
		}
		return read, nil
	}, err
}

func (s *Store) checkpoints(ctx context.Context, q querier) ([]evidence.Checkpoint, error) {
	keys, err := trust(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, "SELECT size, note, signer, size = (SELECT max(size) FROM checkpoint c WHERE c.signer = checkpoint.signer) FROM checkpoint ORDER BY size")
	return collect(rows, err, func() (evidence.Checkpoint, error) {
		var (
			size         int64
			note, signer string
			newest       bool
		)
		if err := rows.Scan(&size, &note, &signer, &newest); err != nil {
			return evidence.Checkpoint{}, err
		}
		c, err := evidence.ParseCheckpoint(text(note))
		if err == nil && newest {
			err = signedBy(note, signer, keys)
		}
		if err == nil && (c.Size != size || c.Origin != evidence.Origin(s.instance)) {
			err = fmt.Errorf("it is of %q at %d records", c.Origin, c.Size)
		}
		if err != nil {
			err = &evidence.LogError{First: size, Last: size, Reason: evidence.CheckpointInvalid, Detail: err.Error()}
		}
		return c, err
	})
}

// signedBy holds a checkpoint to the key that it is said to be by, where the ledger lists it, for whatever time and role that key is good.
func signedBy(note, signer string, keys evidence.Trust) error {
	for _, k := range keys {
		if signer == "" || evidence.KeyID(k.Public) != signer {
			continue
		}
		k.Revoked, k.Until, k.Roles = false, time.Time{}, []string{evidence.RoleEvidence}
		_, _, err := evidence.OpenCheckpoint(note, evidence.Trust{k}, k.From)
		return err
	}
	return nil
}

// text is what a note's signatures are of.
func text(note string) string {
	lines := 0
	for i, c := range note {
		if c == '\n' {
			if lines++; lines == 3 {
				return note[:i+1]
			}
		}
	}
	return note
}

func (s *Store) checkColumns(ctx context.Context, q querier) error {
	rows, err := q.QueryContext(ctx, "SELECT number, leaf, act, model, version, target, digest, manifest, dataset FROM log ORDER BY number")
	_, err = collect(rows, err, func() (none struct{}, err error) {
		var (
			r    evidence.Record
			leaf []byte
		)
		if err := rows.Scan(&r.Number, &leaf, &r.Act, &r.Model, &r.Version, &r.Target, &r.Digest, &r.Manifest, &r.Dataset); err != nil {
			return none, err
		}
		said, err := evidence.DecodeLeaf(leaf)
		if err != nil {
			return none, err
		}
		if r.Act != said.Act || r.Model != said.Model || r.Version != said.Version || r.Target != said.Target || r.Digest != said.Digest || r.Manifest != said.Manifest || r.Dataset != said.Dataset {
			return none, &evidence.LogError{First: r.Number, Last: r.Number, Reason: evidence.LogHashDiffers, Detail: "the columns beside it do not say what it says"}
		}
		return none, nil
	})
	return err
}
