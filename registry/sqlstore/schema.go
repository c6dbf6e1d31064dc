package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID stands in the header of our files: "gcrd".
const applicationID = 0x67637264

// migrations make a database what it is today, each from what the one before it left; user_version counts those that were applied. A released
// one is never changed.
//
// The log is the truth; the columns beside a leaf are what it says, to be searched ([Store.Check] compares them). Times are milliseconds since
// 1970 in UTC.
var migrations = []string{`
CREATE TABLE instance (
	id      TEXT PRIMARY KEY,
	created INTEGER NOT NULL
) STRICT;

CREATE TABLE version (
	model    TEXT NOT NULL,
	number   INTEGER NOT NULL CHECK (number >= 1),
	created  INTEGER NOT NULL,
	source   TEXT NOT NULL,
	manifest TEXT NOT NULL, -- JSON
	lineage  TEXT NOT NULL, -- JSON
	PRIMARY KEY (model, number)
) STRICT;

CREATE TABLE attachment (
	id     INTEGER PRIMARY KEY AUTOINCREMENT, -- later is newer
	model  TEXT NOT NULL,
	number INTEGER NOT NULL,
	path   TEXT NOT NULL,
	size   INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	FOREIGN KEY (model, number) REFERENCES version
) STRICT;
CREATE INDEX attachment_of ON attachment (model, number, path);

-- A version without a row is in stage None.
CREATE TABLE stage (
	model  TEXT NOT NULL,
	number INTEGER NOT NULL,
	stage  TEXT NOT NULL CHECK (stage IN ('Staging', 'Production', 'Archived')),
	PRIMARY KEY (model, number),
	FOREIGN KEY (model, number) REFERENCES version
) STRICT;
CREATE UNIQUE INDEX stage_holder ON stage (model, stage) WHERE stage <> 'Archived';

CREATE TABLE alias (
	model  TEXT NOT NULL,
	name   TEXT NOT NULL,
	number INTEGER NOT NULL,
	PRIMARY KEY (model, name),
	FOREIGN KEY (model, number) REFERENCES version
) STRICT;

CREATE TABLE log (
	number   INTEGER PRIMARY KEY CHECK (number >= 1),
	leaf     BLOB NOT NULL,
	act      TEXT NOT NULL,
	model    TEXT NOT NULL,
	version  TEXT NOT NULL,
	target   TEXT NOT NULL,
	digest   TEXT NOT NULL,
	manifest TEXT NOT NULL,
	dataset  TEXT NOT NULL
) STRICT;
CREATE INDEX log_of_model ON log (model, act, number);
CREATE INDEX log_of_dataset ON log (dataset, act) WHERE dataset <> '';
CREATE TABLE log_hash (
	place INTEGER PRIMARY KEY,
	hash  BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
	size   INTEGER PRIMARY KEY REFERENCES log (number),
	note   TEXT NOT NULL,
	signer TEXT NOT NULL -- the key's id; empty: unsigned
) STRICT;
CREATE INDEX checkpoint_by ON checkpoint (signer, size);

CREATE TABLE trusted_key (
	record  INTEGER PRIMARY KEY REFERENCES log (number), -- what entered it
	public  BLOB NOT NULL UNIQUE,
	owner   TEXT NOT NULL, -- JSON
	roles   TEXT NOT NULL, -- JSON
	since   INTEGER NOT NULL,
	until   INTEGER,       -- NULL: no end
	revoked INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE policy (
	digest    TEXT PRIMARY KEY,
	canonical BLOB NOT NULL
) STRICT;

CREATE TABLE evidence (
	record    INTEGER PRIMARY KEY REFERENCES log (number),
	registry  TEXT NOT NULL,
	model     TEXT NOT NULL,
	version   TEXT NOT NULL,
	digest    TEXT NOT NULL,
	signature BLOB NOT NULL,
	envelope  TEXT NOT NULL, -- JSON
	UNIQUE (digest, signature)
) STRICT;
CREATE INDEX evidence_of ON evidence (registry, model, version, record);

CREATE TABLE lease (
	model TEXT PRIMARY KEY,
	fence INTEGER NOT NULL
) STRICT;
CREATE TABLE intent (
	record  INTEGER PRIMARY KEY REFERENCES log (number),
	model   TEXT NOT NULL,
	fence   INTEGER NOT NULL,
	host    TEXT NOT NULL, -- whose it is
	process INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	request TEXT NOT NULL, -- JSON
	decided INTEGER REFERENCES log (number),
	ended   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX intent_open ON intent (model) WHERE ended = 0;

CREATE TABLE seen (
	reader TEXT PRIMARY KEY,
	record INTEGER NOT NULL
) STRICT;
` + immutable("instance", "version", "attachment", "log", "log_hash", "checkpoint", "policy", "evidence") + `
CREATE TRIGGER version_in_order BEFORE INSERT ON version
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM version WHERE model = NEW.model)
BEGIN SELECT RAISE(ABORT, 'versions are numbered one after the other'); END;
CREATE TRIGGER log_in_order BEFORE INSERT ON log
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'records are numbered one after the other'); END;
CREATE TRIGGER log_hash_in_order BEFORE INSERT ON log_hash
WHEN NEW.place <> (SELECT coalesce(max(place), -1) + 1 FROM log_hash)
BEGIN SELECT RAISE(ABORT, 'hashes are stored one after the other'); END;
CREATE TRIGGER evidence_once BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE record = NEW.record OR (digest = NEW.digest AND signature = NEW.signature))
BEGIN SELECT RAISE(ABORT, 'evidence is logged once'); END;
CREATE TRIGGER policy_once BEFORE INSERT ON policy
WHEN EXISTS (SELECT 1 FROM policy WHERE digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a policy is stored once'); END;
CREATE TRIGGER instance_once BEFORE INSERT ON instance
WHEN EXISTS (SELECT 1 FROM instance)
BEGIN SELECT RAISE(ABORT, 'a registry has one id, for good'); END;
`}

// immutable writes the triggers that refuse to change or delete a row. The order triggers beside them refuse INSERT OR REPLACE.
func immutable(tables ...string) string {
	var triggers string
	for _, table := range tables {
		for _, verb := range []string{"UPDATE", "DELETE"} {
			triggers += fmt.Sprintf("CREATE TRIGGER %[1]s_no_%[2]s BEFORE %[2]s ON %[1]s\nBEGIN SELECT RAISE(ABORT, '%[1]s: rows are never changed'); END;\n", table, verb)
		}
	}
	return triggers
}

// state is what a file's header says of it.
type state struct {
	application, version int64
	tables               int
}

func (st state) empty() bool { return st == state{} }

// readState refuses what is no database, or not ours, or newer than we are. It changes nothing.
func readState(ctx context.Context, q querier) (state, error) {
	var st state
	for pragma, into := range map[string]any{"PRAGMA application_id": &st.application, "PRAGMA user_version": &st.version, "SELECT count(*) FROM sqlite_schema": &st.tables} {
		if err := q.QueryRowContext(ctx, pragma).Scan(into); err != nil {
			return st, err
		}
	}
	switch {
	case st.empty():
	case st.application != applicationID:
		return st, fmt.Errorf("it is a database of another program (application id %#x, %d tables): choose another file", st.application, st.tables)
	case st.version > int64(len(migrations)):
		return st, fmt.Errorf("it was written by a newer gatecard (schema %d, this one knows %d)", st.version, len(migrations))
	}
	return st, nil
}

// migrate applies what is missing. It does nothing to a file of today.
func migrate(ctx context.Context, tx *sql.Tx, newID string, now int64) error {
	st, err := readState(ctx, tx)
	if err != nil {
		return err
	}
	for i, m := range migrations[st.version:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("apply schema %d: %w", int(st.version)+i+1, err)
		}
	}
	if st.empty() {
		if _, err := tx.ExecContext(ctx, "INSERT INTO instance (id, created) VALUES (?, ?)", newID, now); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
	return err
}
