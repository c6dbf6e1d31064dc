package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Models lists the names of models that have a version.
func (s *Store) Models(ctx context.Context) ([]string, error) {
	models, err := texts(s.db.QueryContext(ctx, "SELECT DISTINCT model FROM version ORDER BY model"))
	if err != nil {
		return nil, fmt.Errorf("list models: %w", explain(err))
	}
	return models, nil
}

// Create makes the model's next version, or finds the one that has these files. The bytes are on the disk before the version is there, and hashed
// on the way.
func (s *Store) Create(ctx context.Context, model string, files []registry.Blob, l evidence.Lineage, by evidence.Actor) (v evidence.Version, made bool, err error) {
	v, made, err = s.create(ctx, model, files, l, by)
	if err != nil {
		return evidence.Version{}, false, fmt.Errorf("register a version of %q: %w", model, err)
	}
	return v, made, nil
}

func (s *Store) create(ctx context.Context, model string, files []registry.Blob, l evidence.Lineage, by evidence.Actor) (v evidence.Version, made bool, err error) {
	if err := checkModel(model); err != nil {
		return v, false, err
	}
	manifest := make(evidence.Manifest, len(files))
	for i, f := range files {
		manifest[i] = f.File
	}
	slices.SortFunc(manifest, func(a, b evidence.File) int { return strings.Compare(a.Path, b.Path) })
	if err := manifest.Check(); err != nil {
		return v, false, err
	}
	for _, f := range files {
		if err := s.blobs.Put(ctx, f); err != nil {
			return v, false, err
		}
	}
	files2, err := json.Marshal(manifest)
	if err != nil {
		return v, false, err
	}
	lineage, err := json.Marshal(l)
	if err != nil {
		return v, false, err
	}
	v = evidence.Version{Registry: s.instance, Model: model, Source: "blobs:" + string(manifest.Digest()), Manifest: manifest, Lineage: l}
	err = s.write(ctx, func(tx *sql.Tx) error {
		there, err := s.scanVersion(model, tx.QueryRowContext(ctx, versionColumns+" AND source = ? ORDER BY number LIMIT 1", model, v.Source))
		if made = errors.Is(err, sql.ErrNoRows); !made {
			v = there
			return err
		}
		v.Created = s.now()
		var number int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) + 1 FROM version WHERE model = ?", model).Scan(&number); err != nil {
			return err
		}
		v.Number = strconv.FormatInt(number, 10)
		if _, err := tx.ExecContext(ctx, "INSERT INTO version (model, number, created, source, manifest, lineage) VALUES (?, ?, ?, ?, ?, ?)",
			model, number, v.Created.UnixMilli(), v.Source, string(files2), string(lineage)); err != nil {
			return err
		}
		_, err = s.append(ctx, tx, evidence.Record{By: by, Act: evidence.Registered, Model: model, Version: v.Number, Manifest: manifest.Digest()})
		return err
	})
	return v, made, err
}

const versionColumns = "SELECT number, created, source, manifest, lineage FROM version WHERE model = ?"

// Version answers ErrNotFound for a model or number that is not there.
func (s *Store) Version(ctx context.Context, model, number string) (evidence.Version, error) {
	v, err := s.version(ctx, s.db, model, number)
	if err != nil {
		return evidence.Version{}, fmt.Errorf("version %s/%s: %w", model, number, explain(err))
	}
	return v, nil
}

func (s *Store) version(ctx context.Context, q querier, model, number string) (evidence.Version, error) {
	n, err := parseNumber(number)
	if err != nil {
		return evidence.Version{}, err
	}
	v, err := s.scanVersion(model, q.QueryRowContext(ctx, versionColumns+" AND number = ?", model, n))
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	return v, err
}

// Versions are the oldest first.
func (s *Store) Versions(ctx context.Context, model string) ([]evidence.Version, error) {
	vs, err := s.scanVersions(model)(s.db.QueryContext(ctx, versionColumns+" ORDER BY number", model))
	if err == nil && len(vs) == 0 {
		err = registry.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("versions of %q: %w", model, explain(err))
	}
	return vs, nil
}

func (s *Store) scanVersion(model string, row interface{ Scan(...any) error }) (evidence.Version, error) {
	var (
		v                 = evidence.Version{Registry: s.instance, Model: model}
		number, created   int64
		manifest, lineage []byte
	)
	if err := row.Scan(&number, &created, &v.Source, &manifest, &lineage); err != nil {
		return evidence.Version{}, err
	}
	v.Number, v.Created = strconv.FormatInt(number, 10), fromMilli(created)
	return v, errors.Join(json.Unmarshal(manifest, &v.Manifest), json.Unmarshal(lineage, &v.Lineage))
}

func (s *Store) scanVersions(model string) func(*sql.Rows, error) ([]evidence.Version, error) {
	return func(rows *sql.Rows, err error) ([]evidence.Version, error) {
		return collect(rows, err, func() (evidence.Version, error) { return s.scanVersion(model, rows) })
	}
}

// known finds the version's own row: not one of the same name in another registry.
func (s *Store) known(ctx context.Context, q querier, v evidence.Version) (evidence.Version, error) {
	if v.Registry != s.instance {
		return evidence.Version{}, fmt.Errorf("it is of registry %q, not of this one (%s): %w", v.Registry, s.instance, registry.ErrNotFound)
	}
	return s.version(ctx, q, v.Model, v.Number)
}

// Artifacts are the files of the manifest.
func (s *Store) Artifacts(ctx context.Context, v evidence.Version) ([]registry.Blob, error) {
	stored, err := s.known(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("artifacts of %s: %w", v, explain(err))
	}
	files := make([]registry.Blob, len(stored.Manifest))
	for i, f := range stored.Manifest {
		files[i] = s.blob(f)
	}
	return files, nil
}

func (s *Store) blob(f evidence.File) registry.Blob {
	return registry.Blob{File: f, Open: func(context.Context) (io.ReadCloser, error) { return s.blobs.Get(f) }}
}

// Attach adds a file beside the version. To attach what is the newest of its path already changes nothing.
func (s *Store) Attach(ctx context.Context, v evidence.Version, b registry.Blob) error {
	if err := s.attach(ctx, v, b); err != nil {
		return fmt.Errorf("attach %q to %s: %w", b.Path, v, err)
	}
	return nil
}

func (s *Store) attach(ctx context.Context, v evidence.Version, b registry.Blob) error {
	if err := checkPath(b.File); err != nil {
		return err
	}
	if _, err := s.known(ctx, s.db, v); err != nil {
		return explain(err)
	}
	if err := s.blobs.Put(ctx, b); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		var newest string
		err := tx.QueryRowContext(ctx, "SELECT sha256 FROM attachment WHERE model = ? AND number = ? AND path = ? ORDER BY id DESC LIMIT 1",
			v.Model, v.Number, b.Path).Scan(&newest)
		if err == nil && newest == string(b.SHA256) {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO attachment (model, number, path, size, sha256) VALUES (?, ?, ?, ?, ?)",
			v.Model, v.Number, b.Path, b.Size, string(b.SHA256))
		return err
	})
}

// Attachments gives the newest file of each path, by path.
func (s *Store) Attachments(ctx context.Context, v evidence.Version) ([]registry.Blob, error) {
	if _, err := s.known(ctx, s.db, v); err != nil {
		return nil, fmt.Errorf("attachments of %s: %w", v, explain(err))
	}
	found, err := s.scanBlobs(s.db.QueryContext(ctx, `SELECT path, size, sha256 FROM attachment
		WHERE id IN (SELECT max(id) FROM attachment WHERE model = ? AND number = ? GROUP BY path) ORDER BY path`, v.Model, v.Number))
	if err != nil {
		return nil, fmt.Errorf("attachments of %s: %w", v, explain(err))
	}
	return found, nil
}

// Attachment opens one by its digest, the newest or an older one.
func (s *Store) Attachment(ctx context.Context, v evidence.Version, d evidence.Digest) (registry.Blob, error) {
	if _, err := s.known(ctx, s.db, v); err != nil {
		return registry.Blob{}, fmt.Errorf("attachment %s of %s: %w", d, v, explain(err))
	}
	found, err := s.scanBlobs(s.db.QueryContext(ctx, "SELECT path, size, sha256 FROM attachment WHERE model = ? AND number = ? AND sha256 = ? ORDER BY id DESC LIMIT 1",
		v.Model, v.Number, string(d)))
	if err == nil && len(found) == 0 {
		err = registry.ErrNotFound
	}
	if err != nil {
		return registry.Blob{}, fmt.Errorf("attachment %s of %s: %w", d, v, explain(err))
	}
	return found[0], nil
}

func (s *Store) scanBlobs(rows *sql.Rows, err error) ([]registry.Blob, error) {
	return collect(rows, err, func() (registry.Blob, error) {
		var f evidence.File
		err := rows.Scan(&f.Path, &f.Size, &f.SHA256)
		return s.blob(f), err
	})
}

// texts reads a column of text.
func texts(rows *sql.Rows, err error) ([]string, error) {
	return collect(rows, err, func() (string, error) {
		var text string
		err := rows.Scan(&text)
		return text, err
	})
}

// collect reads all rows by one function.
func collect[T any](rows *sql.Rows, err error, scan func() (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		one, err := scan()
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
