package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// raw opens the file as any other program could.
func raw(t *testing.T, path, query string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?"+query)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := write("text", []byte(strings.Repeat("these are notes, and no database\n", 100)))
	short := write("short", []byte("x"))
	other := filepath.Join(folder, "other.db")
	run(t, raw(t, other, ""), "CREATE TABLE notes (text TEXT)", "INSERT INTO notes VALUES ('mine')")
	marked := filepath.Join(folder, "marked.db")
	run(t, raw(t, marked, ""), "PRAGMA application_id = 42")
	versioned := filepath.Join(folder, "versioned.db")
	run(t, raw(t, versioned, ""), "PRAGMA user_version = 1")
	newer := filepath.Join(folder, "newer.db")
	run(t, raw(t, newer, ""), fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1))
	for name, c := range map[string]struct{ path, want string }{
		"text":                 {text, "no SQLite database"},
		"one byte":             {short, "no SQLite database"},
		"another program's":    {other, "another program"},
		"another's id":         {marked, "another program"},
		"another's, versioned": {versioned, "another program"},
		"newer":                {newer, "newer gatecard"},
		"a folder":             {folder, "no file"},
		"no folder":            {filepath.Join(folder, "absent", "registry.db"), "no such file"},
		"below a file":         {filepath.Join(text, "registry.db"), "not a directory"},
		"no path":              {"", "no path"},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := os.ReadFile(c.path)
			s, err := Open(t.Context(), c.path, options())
			if err == nil {
				t.Fatal("it was opened", s.Close())
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", c.path)) {
				t.Errorf("it says %v, want %q", err, c.want)
			}
			if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if _, err := os.Stat(c.path + ".artifacts"); err == nil {
				t.Error("a folder was made beside it")
			}
		})
	}
	if _, err := Open(t.Context(), filepath.Join(folder, "clockless.db"), registry.Options{}); err == nil {
		t.Error("it was opened without a clock")
	}
}

func TestExists(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "registry.db")
	if ok, err := Exists(path); ok || err != nil {
		t.Errorf("before: %v, %v", ok, err)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil { // where making one was killed at once
		t.Fatal(err)
	}
	if ok, err := Exists(path); ok || err != nil {
		t.Errorf("empty: %v, %v", ok, err)
	}
	opened(t, path)
	if ok, err := Exists(path); !ok || err != nil {
		t.Errorf("after: %v, %v", ok, err)
	}
	if _, err := Exists(filepath.Join(path, "below")); err == nil {
		t.Error("below a file there is no error")
	}
}

// A path is a path: nothing in it is read as an address.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "100%.db", "a?mode=memory&cache=shared", "a#b.db", "%41.db", "ä.db", "a;b'c\".db"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, `?"`) {
			continue
		}
		path := filepath.Join(t.TempDir(), name)
		opened(t, path)
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(path + ".artifacts"); err != nil {
			t.Error(err)
		}
	}
}

// By whatever link it is reached, it is the same registry with the same artifacts.
func TestLinks(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "registry.db"), filepath.Join(folder, "link.db")
	s := opened(t, path)
	v, _, err := s.Create(t.Context(), "m", registrytest.Files("a"), v0.Lineage, registrytest.By())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("registry.db", link); err != nil {
		t.Skip(err)
	}
	other := opened(t, link)
	blobs, err := other.Artifacts(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if err := whole(t, blobs[0]); err != nil {
		t.Error(err)
	}
	t.Chdir(folder)
	if again := opened(t, "registry.db"); again.instance != s.instance {
		t.Errorf("instance %s by a relative path, %s by an absolute one", again.instance, s.instance)
	}
}

func TestPragmas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	for range 2 { // as made, and as opened again
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "trusted_schema": "0",
			"busy_timeout": fmt.Sprint(busy.Milliseconds()), "application_id": fmt.Sprint(applicationID), "user_version": fmt.Sprint(len(migrations))} {
			var got string
			if err := s.db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %s, want %s, %v", pragma, got, want, err)
			}
		}
		s = opened(t, path)
	}
}

// What was written is refused to be changed by the database itself, whoever asks.
func TestImmutable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Register(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Attest(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	db := raw(t, path, "_pragma=busy_timeout(10000)") // without our pragmas
	for _, table := range []string{"instance", "version", "attachment", "log", "log_hash", "checkpoint", "policy", "evidence"} {
		var column string
		if err := db.QueryRowContext(t.Context(), "SELECT name FROM pragma_table_info(?) LIMIT 1", table).Scan(&column); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil || rows == 0 {
			t.Fatalf("%s has %d rows: nothing is tested; %v", table, rows, err)
		}
		for _, statement := range []string{
			fmt.Sprintf("UPDATE %s SET %s = %s", table, column, column),
			fmt.Sprintf("DELETE FROM %s", table),
		} {
			if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "never changed") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	for name, statement := range map[string]string{
		"replace a version":    "INSERT OR REPLACE INTO version SELECT model, number, created, 'elsewhere', manifest, lineage FROM version",
		"skip a number":        "INSERT INTO version SELECT model, number + 7, created, source, manifest, lineage FROM version",
		"replace a record":     "INSERT OR REPLACE INTO log SELECT number, x'00', act, model, version, target, digest, manifest, dataset FROM log",
		"skip a record":        "INSERT INTO log SELECT max(number) + 2, leaf, act, model, version, target, digest, manifest, dataset FROM log",
		"replace a hash":       "INSERT OR REPLACE INTO log_hash SELECT place, x'00' FROM log_hash",
		"replace evidence":     "INSERT OR REPLACE INTO evidence SELECT record, registry, model, version, digest, signature, '{}' FROM evidence",
		"replace a policy":     "INSERT OR REPLACE INTO policy SELECT digest, x'00' FROM policy",
		"another instance":     "INSERT INTO instance VALUES ('mine', 0)",
		"replace the instance": "INSERT OR REPLACE INTO instance SELECT id, 0 FROM instance",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: it went through", name)
		}
	}
}

// While another process writes, a call waits; who stops waiting gets an error, and so does who waited too long, in words.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	other := raw(t, path, "")
	run(t, other, "BEGIN IMMEDIATE")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := s.SetPolicy(ctx, "m", []byte("{}"), registrytest.By()); err == nil || ctx.Err() == nil {
		t.Errorf("it wrote while another process did: %v", err)
	}
	if waited := time.Since(start); waited > busy/2 {
		t.Errorf("it waited %s after its context ended", waited)
	}
	if _, err := s.Models(t.Context()); err != nil { // reading goes on
		t.Error(err)
	}
	_, err := raw(t, path, "_pragma=busy_timeout(1)").ExecContext(t.Context(), "BEGIN IMMEDIATE")
	var e *sqlite.Error
	if told := explain(err); !strings.Contains(told.Error(), "another process has held") || !errors.As(told, &e) || explain(told) != told {
		t.Errorf("it says %v", told)
	}
	run(t, other, "ROLLBACK")
	if _, err := s.SetPolicy(t.Context(), "m", []byte("{}"), registrytest.By()); err != nil {
		t.Errorf("once the other is done: %v", err)
	}
}

// TestReadOnly: on a file system that may only be read, the error says so. (Root may write to whatever has no permission bits.)
func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	opened(t, path)
	_, err := raw(t, path, "mode=ro").ExecContext(t.Context(), "DELETE FROM seen")
	if told := explain(err); told == nil || !strings.Contains(told.Error(), "read-only") {
		t.Errorf("it says %v", told)
	}
}

func TestLocateRefusesLoops(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a.db"), filepath.Join(folder, "b.db")
	if err := errors.Join(os.Symlink(a, b), os.Symlink(b, a)); err != nil {
		t.Skip(err)
	}
	if s, err := Open(t.Context(), a, options()); err == nil {
		t.Error("a link to itself was opened", s.Close())
	}
	dangling := filepath.Join(folder, "dangling.db")
	if err := os.Symlink(filepath.Join(folder, "absent", "x"), dangling); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dangling, options()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dangling link: %v", err)
	}
}
