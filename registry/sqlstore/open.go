package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/blobs"
)

// busy is how long a call waits for another process's transaction; ours take milliseconds.
const busy = 60 * time.Second

// smallest is the size of SQLite's smallest page: no database is smaller.
const smallest = 512

// connections are few: one writes, the others read.
const connections = 8

// Store is a registry and its ledger in one file.
type Store struct {
	db       *sql.DB
	path     string
	blobs    *blobs.Dir
	instance string
	signer   registry.Signer
	clock    registry.Clock
	host     string
	writing  chan struct{} // one writer at a time in this process: the others queue here, and not at the file
}

var (
	_ registry.Registry = (*Store)(nil)
	_ registry.Ledger   = (*Store)(nil)
	_ registry.Atomic   = (*Store)(nil)
)

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Exists says whether there is a file at path. Open says whether it is one of ours.
func Exists(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for registry %q: %w", path, err)
	}
	return info.Size() > 0, nil // an empty file is what is left where making one was interrupted
}

// Open opens the registry at path, and makes it where there is none (its folder must be there); the artifacts lie at path.artifacts. A file
// that is no SQLite database, or another program's, is an error and stays as it is.
func Open(ctx context.Context, path string, o registry.Options) (*Store, error) {
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("open registry %q: %w", path, explain(err))
	}
	return s, nil
}

func open(ctx context.Context, path string, o registry.Options) (*Store, error) {
	if o.Now == nil {
		return nil, errors.New("no clock was given")
	}
	path, err := locate(path)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", address(path))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &Store{db: db, path: path, signer: o.Signer, clock: o.Now, host: host, writing: make(chan struct{}, 1)}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.blobs, err = blobs.Open(path + ".artifacts")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// locate gives the one absolute path of a file, so that its artifacts are found by whatever link it is reached.
func locate(path string) (string, error) {
	if path == "" {
		return "", errors.New("no path was given")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("its folder: %w", err)
	}
	path = filepath.Join(folder, filepath.Base(path))
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", err
		}
		if info, err = os.Stat(path); err != nil {
			return "", err
		}
	}
	switch size := info.Size(); {
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("it is no file (%s)", info.Mode().Type())
	case 0 < size && size < smallest: // SQLite would take it for empty
		return "", fmt.Errorf("the file is no SQLite database: it has %d bytes", size)
	}
	return path, nil
}

// address is the path as a URI with what every connection sets. The journal's mode is a property of the file, and set once the file is known
// to be ours.
func address(path string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "synchronous(full)", "foreign_keys(on)", "recursive_triggers(on)", "trusted_schema(off)",
	}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// prepare checks that the file is ours or empty before it changes anything.
func (s *Store) prepare(ctx context.Context) error {
	var st state
	err := s.read(ctx, func(tx *sql.Tx) (err error) { // as one: somebody may be making it
		st, err = readState(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	if st.version < int64(len(migrations)) {
		if err := s.make(ctx); err != nil {
			return err
		}
	}
	var mode string
	if err := s.db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		if mode, err = s.toWAL(ctx); err != nil {
			return fmt.Errorf("set journal mode: %w", err)
		}
		if mode != "wal" {
			return fmt.Errorf("set journal mode: it stays %q, not \"wal\"", mode)
		}
	}
	return s.db.QueryRowContext(ctx, "SELECT id FROM instance").Scan(&s.instance)
}

// toWAL sets the journal's mode. SQLite does not wait for that lock, whatever busy_timeout says: so this does, as long.
func (s *Store) toWAL(ctx context.Context) (mode string, err error) {
	const pause = 10 * time.Millisecond
	for range busy / pause {
		err = s.db.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode)
		var e *sqlite.Error
		if !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return mode, err
}

func (s *Store) make(ctx context.Context) error {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, hex.EncodeToString(id), s.now().UnixMilli()) })
}

// Close lets the file and the folder go.
func (s *Store) Close() error { return errors.Join(s.db.Close(), s.blobs.Close()) }

// Instance is the id that was made with the file.
func (s *Store) Instance(context.Context) (string, error) { return s.instance, nil }

// now is to the millisecond, which is what the file keeps: a time that is given out comes back the same.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

func fromMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// write runs f in a transaction that is on the disk when it returns nil. It holds the file's write lock from the start, so that what f reads
// stays true until it ends.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(explain(err), rollback(tx))
	}
	return explain(tx.Commit())
}

// read runs f in a transaction that sees one state of the file.
func (s *Store) read(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	return errors.Join(explain(f(tx)), rollback(tx))
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// explained is an error of SQLite with what its code means for who sees it.
type explained struct {
	why string
	err error
}

func (e *explained) Error() string { return e.why + ": " + e.err.Error() }
func (e *explained) Unwrap() error { return e.err }

func explain(err error) error {
	var (
		e       *sqlite.Error
		already *explained
	)
	if !errors.As(err, &e) || errors.As(err, &already) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &explained{fmt.Sprintf("another process has held the database for more than %s", busy), err}
	case sqlite3.SQLITE_READONLY:
		return &explained{"the database, or its folder, is read-only", err}
	case sqlite3.SQLITE_CANTOPEN:
		return &explained{"the database cannot be opened: its folder is absent or read-only", err}
	case sqlite3.SQLITE_NOTADB:
		return &explained{"the file is no SQLite database", err}
	case sqlite3.SQLITE_CORRUPT:
		return &explained{"the database is damaged", err}
	case sqlite3.SQLITE_FULL:
		return &explained{"the disk is full", err}
	case sqlite3.SQLITE_IOERR:
		return &explained{"the disk failed", err}
	}
	return err
}
