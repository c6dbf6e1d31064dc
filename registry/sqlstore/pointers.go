package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Holders are one at most, but for Archived and None.
func (s *Store) Holders(ctx context.Context, model string, t evidence.Target) ([]evidence.Version, error) {
	if err := checkTarget(t); err != nil {
		return nil, fmt.Errorf("holders: %w", err)
	}
	query, name := "EXISTS (SELECT 1 FROM stage s WHERE s.model = version.model AND s.number = version.number AND s.stage = ?)", string(t)
	if t == registry.None {
		query = "NOT EXISTS (SELECT 1 FROM stage s WHERE s.model = version.model AND s.number = version.number) AND ? <> ''"
	} else if alias, ok := registry.Alias(t); ok {
		query, name = "number = (SELECT a.number FROM alias a WHERE a.model = version.model AND a.name = ?)", alias
	}
	vs, err := s.scanVersions(model)(s.db.QueryContext(ctx, versionColumns+" AND "+query+" ORDER BY number", model, name))
	if err != nil {
		return nil, fmt.Errorf("holders of %s of %q: %w", t, model, explain(err))
	}
	return vs, nil
}

// Targets lists what points at the version: its stage, but for None, then aliases by name.
func (s *Store) Targets(ctx context.Context, v evidence.Version) ([]evidence.Target, error) {
	if _, err := s.known(ctx, s.db, v); err != nil {
		return nil, fmt.Errorf("targets of %s: %w", v, explain(err))
	}
	rows, err := s.db.QueryContext(ctx, `SELECT stage, 0 AS place FROM stage WHERE model = ?1 AND number = ?2
		UNION ALL SELECT '@' || name, 1 FROM alias WHERE model = ?1 AND number = ?2 ORDER BY place, 1`, v.Model, v.Number)
	targets, err := collect(rows, err, func() (t evidence.Target, err error) {
		var place int
		err = rows.Scan(&t, &place)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("targets of %s: %w", v, explain(err))
	}
	return targets, nil
}

// Move moves only what a decision that is logged and not ended yet lets move: to the version decided on, or back. Promotion here goes by
// DecideAndMove instead.
func (s *Store) Move(ctx context.Context, m registry.Move) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		var let bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM intent JOIN log ON log.number = intent.decided
			JOIN lease ON lease.model = intent.model AND lease.fence = intent.fence
			WHERE intent.ended = 0 AND log.model = ? AND log.target = ? AND log.act IN (?, ?))`,
			m.Model, string(m.Target), string(evidence.Promoted), string(evidence.RolledBack)).Scan(&let)
		if err != nil {
			return err
		}
		if !let {
			return registry.ErrUndecided
		}
		return move(ctx, tx, m)
	})
	if err != nil {
		return fmt.Errorf("move %s of %q to version %s: %w", m.Target, m.Model, m.To, err)
	}
	return nil
}

// move compares and sets.
func move(ctx context.Context, tx *sql.Tx, m registry.Move) error {
	if err := checkTarget(m.Target); err != nil {
		return err
	}
	if m.To != "" {
		n, err := parseNumber(m.To)
		if err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM version WHERE model = ? AND number = ?)", m.Model, n).Scan(&there); err != nil {
			return err
		}
		if !there {
			return registry.ErrNotFound
		}
	}
	if !registry.Exclusive(m.Target) {
		return setStage(ctx, tx, m)
	}
	at, err := pointsAt(ctx, tx, m.Model, m.Target)
	if err != nil {
		return err
	}
	if at != m.From {
		return fmt.Errorf("it points at %s, not at %s: %w", numbered(at), numbered(m.From), registry.ErrMoved)
	}
	if alias, ok := registry.Alias(m.Target); ok {
		return setAlias(ctx, tx, m, alias)
	}
	if at != "" && at != m.To {
		if _, err := tx.ExecContext(ctx, "UPDATE stage SET stage = ? WHERE model = ? AND number = ?", string(registry.Archived), m.Model, at); err != nil {
			return err
		}
	}
	return setStage(ctx, tx, m)
}

func setStage(ctx context.Context, tx *sql.Tx, m registry.Move) error {
	var err error
	switch {
	case m.To == "":
	case m.Target == registry.None:
		_, err = tx.ExecContext(ctx, "DELETE FROM stage WHERE model = ? AND number = ?", m.Model, m.To)
	default:
		_, err = tx.ExecContext(ctx, "INSERT INTO stage (model, number, stage) VALUES (?1, ?2, ?3) ON CONFLICT (model, number) DO UPDATE SET stage = ?3", m.Model, m.To, string(m.Target))
	}
	return err
}

func setAlias(ctx context.Context, tx *sql.Tx, m registry.Move, alias string) error {
	if m.To == "" {
		_, err := tx.ExecContext(ctx, "DELETE FROM alias WHERE model = ? AND name = ?", m.Model, alias)
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO alias (model, name, number) VALUES (?1, ?2, ?3) ON CONFLICT (model, name) DO UPDATE SET number = ?3", m.Model, alias, m.To)
	return err
}

// pointsAt is the number of an exclusive target's holder, or "".
func pointsAt(ctx context.Context, q querier, model string, t evidence.Target) (string, error) {
	query, name := "SELECT number FROM stage WHERE model = ? AND stage = ?", string(t)
	if alias, ok := registry.Alias(t); ok {
		query, name = "SELECT number FROM alias WHERE model = ? AND name = ?", alias
	}
	var n int64
	err := q.QueryRowContext(ctx, query, model, name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return strconv.FormatInt(n, 10), err
}

func numbered(number string) string {
	if number == "" {
		return "nothing"
	}
	return "version " + number
}
