package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gatecard/gatecard/evidence"
)

// Check recomputes the log from its leaves. Beside what [evidence.VerifyLog] finds it holds every stored checkpoint against them, asks that the
// signed ones of a key that is trusted are signed by it, and that the columns beside a leaf say what the leaf says.
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
	tree, err := evidence.VerifyLog(leaves, hashes(ctx, q), saved...)
	if err != nil {
		return 0, "", err
	}
	if err := s.checkColumns(ctx, q); err != nil {
		return 0, "", err
	}
	return tree.N, tree.Hash.String(), nil
}

func (s *Store) checkpoints(ctx context.Context, q querier) ([]evidence.Checkpoint, error) {
	keys, err := trust(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, "SELECT size, note, signer FROM checkpoint ORDER BY size")
	return collect(rows, err, func() (evidence.Checkpoint, error) {
		var (
			size         int64
			note, signer string
		)
		if err := rows.Scan(&size, &note, &signer); err != nil {
			return evidence.Checkpoint{}, err
		}
		c, err := s.parseCheckpoint(note, signer, keys)
		switch {
		case err != nil:
			err = &evidence.LogError{First: size, Last: size, Reason: evidence.CheckpointInvalid, Detail: err.Error()}
		case c.Size != size || c.Origin != evidence.Origin(s.instance):
			err = &evidence.LogError{First: size, Last: size, Reason: evidence.CheckpointInvalid, Detail: fmt.Sprintf("it is of %q at %d records", c.Origin, c.Size)}
		}
		return c, err
	})
}

// parseCheckpoint holds a signed one to the key that it is said to be by, for whatever time that key was good.
func (s *Store) parseCheckpoint(note, signer string, keys evidence.Trust) (evidence.Checkpoint, error) {
	for _, k := range keys {
		if signer == "" || evidence.KeyID(k.Public) != signer {
			continue
		}
		k.Revoked, k.Roles = false, []string{evidence.RoleEvidence}
		c, _, err := evidence.OpenCheckpoint(note, evidence.Trust{k}, k.From)
		return c, err
	}
	return evidence.ParseCheckpoint(text(note))
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
