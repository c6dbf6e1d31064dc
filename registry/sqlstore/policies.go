package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Policy is the one in force: the newest that was set.
func (s *Store) Policy(ctx context.Context, model string) (ref evidence.PolicyRef, canonical []byte, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if ref, err = inForce(ctx, tx, model); err != nil {
			return err
		}
		canonical, err = policyAt(ctx, tx, ref.Digest)
		return err
	})
	if err != nil {
		return evidence.PolicyRef{}, nil, fmt.Errorf("policy of %q: %w", model, err)
	}
	return ref, canonical, nil
}

func inForce(ctx context.Context, q querier, model string) (evidence.PolicyRef, error) {
	var ref evidence.PolicyRef
	err := q.QueryRowContext(ctx, "SELECT digest, number FROM log WHERE model = ? AND act = ? ORDER BY number DESC LIMIT 1", model, string(evidence.PolicySet)).
		Scan(&ref.Digest, &ref.Record)
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	return ref, err
}

// PolicyAt gives a policy by its digest, one that was in force or not.
func (s *Store) PolicyAt(ctx context.Context, d evidence.Digest) ([]byte, error) {
	canonical, err := policyAt(ctx, s.db, d)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", d, explain(err))
	}
	return canonical, nil
}

func policyAt(ctx context.Context, q querier, d evidence.Digest) ([]byte, error) {
	var canonical []byte
	err := q.QueryRowContext(ctx, "SELECT canonical FROM policy WHERE digest = ?", string(d)).Scan(&canonical)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, registry.ErrNotFound
	case err != nil:
		return nil, err
	case evidence.DigestOf(canonical) != d:
		return nil, registry.ErrDamaged
	}
	return canonical, nil
}

// SetPolicy puts a policy in force. The one that is in force already stays so under its record: nothing is logged twice.
func (s *Store) SetPolicy(ctx context.Context, model string, canonical []byte, by evidence.Actor) (ref evidence.PolicyRef, err error) {
	if err := errors.Join(checkModel(model), checkPolicy(canonical)); err != nil {
		return ref, fmt.Errorf("set policy: %w", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		ref, err = inForce(ctx, tx, model)
		if err == nil && ref.Digest == evidence.DigestOf(canonical) {
			return nil
		}
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		ref, err = s.setPolicy(ctx, tx, model, canonical, by)
		return err
	})
	if err != nil {
		return evidence.PolicyRef{}, fmt.Errorf("set policy of %q: %w", model, err)
	}
	return ref, nil
}

func checkPolicy(canonical []byte) error {
	if len(canonical) == 0 {
		return errors.New("the policy is empty")
	}
	return nil
}

func (s *Store) setPolicy(ctx context.Context, tx *sql.Tx, model string, canonical []byte, by evidence.Actor) (evidence.PolicyRef, error) {
	d, err := storePolicy(ctx, tx, canonical)
	if err != nil {
		return evidence.PolicyRef{}, err
	}
	r, err := s.append(ctx, tx, evidence.Record{By: by, Act: evidence.PolicySet, Model: model, Digest: d})
	return evidence.PolicyRef{Digest: d, Record: r.Number}, err
}

func storePolicy(ctx context.Context, tx *sql.Tx, canonical []byte) (evidence.Digest, error) {
	d := evidence.DigestOf(canonical)
	var there bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM policy WHERE digest = ?)", string(d)).Scan(&there); err != nil || there {
		return d, err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO policy (digest, canonical) VALUES (?, ?)", string(d), canonical)
	return d, err
}

// Look logs that files are about to be judged on rows, and says what the ledger knew before. In one transaction:
//
//   - where the model has no policy in force, the one judged by is set, before all else;
//   - Policy is the one judged by, with the newest record that set it for this model, or 0: it never was;
//   - ThresholdsFirst: the first record that set it for this model stands before the first look at these files on these rows, this one
//     included, whatever policy that look was by;
//   - Look counts the manifests of this model that were judged on these rows, with this one;
//   - NeverChampion: no promotion or rollback of this model to the alias champion or to Production was ever logged, and neither points anywhere.
//
// A look that names no files may have been at any, and so counts as one at these: whoever tries a model out without registering it, changes the
// policy and registers it has not set the thresholds first. All such looks together count as one candidate. A look that names no rows may
// likewise have been at any; it is not counted (0).
func (s *Store) Look(ctx context.Context, l registry.Look) (st evidence.Standing, err error) {
	if err := errors.Join(checkModel(l.Model), checkPolicy(l.Policy)); err != nil {
		return st, fmt.Errorf("look: %w", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		st, err = s.look(ctx, tx, l)
		return err
	})
	if err != nil {
		return evidence.Standing{}, fmt.Errorf("log a look at %q: %w", l.Model, err)
	}
	return st, nil
}

func (s *Store) look(ctx context.Context, tx *sql.Tx, l registry.Look) (st evidence.Standing, err error) {
	_, err = inForce(ctx, tx, l.Model)
	if errors.Is(err, registry.ErrNotFound) {
		_, err = s.setPolicy(ctx, tx, l.Model, l.Policy, l.By)
	}
	if err != nil {
		return st, err
	}
	st.Policy.Digest, err = storePolicy(ctx, tx, l.Policy) // PolicyAt shows it, whether it is ever in force or not
	if err != nil {
		return st, err
	}
	var first, earlier sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT min(number), coalesce(max(number), 0) FROM log WHERE model = ? AND act = ? AND digest = ?",
		l.Model, string(evidence.PolicySet), string(st.Policy.Digest)).Scan(&first, &st.Policy.Record)
	if err != nil {
		return st, err
	}
	err = tx.QueryRowContext(ctx, `SELECT min(number) FROM log WHERE model = ?1 AND act = ?2
		AND (manifest = ?3 OR manifest = '' OR ?3 = '') AND (dataset = ?4 OR dataset = '' OR ?4 = '')`,
		l.Model, string(evidence.Looked), string(l.Manifest), string(l.Dataset)).Scan(&earlier)
	if err != nil {
		return st, err
	}
	st.ThresholdsFirst = first.Valid && (!earlier.Valid || first.Int64 < earlier.Int64)

	if st.NeverChampion, err = neverChampion(ctx, tx, l.Model); err != nil {
		return st, err
	}
	if _, err := s.append(ctx, tx, evidence.Record{By: l.By, Act: evidence.Looked, Model: l.Model, Digest: st.Policy.Digest, Manifest: l.Manifest, Dataset: l.Dataset}); err != nil {
		return st, err
	}
	if l.Dataset != "" {
		err = tx.QueryRowContext(ctx, "SELECT count(DISTINCT manifest) FROM log WHERE model = ? AND act = ? AND dataset = ?",
			l.Model, string(evidence.Looked), string(l.Dataset)).Scan(&st.Look)
	}
	return st, err
}

func neverChampion(ctx context.Context, q querier, model string) (never bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM log WHERE model = ?1 AND act IN (?2, ?3) AND target IN (?4, ?5))
		AND NOT EXISTS (SELECT 1 FROM alias WHERE model = ?1 AND '@' || name = ?4)
		AND NOT EXISTS (SELECT 1 FROM stage WHERE model = ?1 AND stage = ?5)`,
		model, string(evidence.Promoted), string(evidence.RolledBack), string(registry.ChampionAlias), string(registry.Production)).Scan(&never)
	return never, err
}
