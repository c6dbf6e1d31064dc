package sqlstore

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

var v0 evidence.Version

// TestTampered edits, deletes, reorders, cuts off and forks the log as who may write to the file can, triggers or not. Check names the first bad
// record: P14.
func TestTampered(t *testing.T) {
	for name, c := range map[string]struct {
		tamper string
		first  int64
		reason evidence.Reason
	}{
		"nothing":                           {"", 0, ""},
		"edited":                            {`UPDATE log SET leaf = CAST(replace(CAST(leaf AS TEXT), '"model":"m"', '"model":"n"') AS BLOB) WHERE number = 4`, 4, evidence.LogHashDiffers},
		"edited, with its hash of nonsense": {`UPDATE log_hash SET hash = zeroblob(32) WHERE place = 3`, 3, evidence.LogHashDiffers},
		"no record":                         {`UPDATE log SET leaf = x'00' WHERE number = 3`, 3, evidence.LogUndecodable},
		"deleted":                           {`DELETE FROM log WHERE number = 3`, 3, evidence.LogOutOfSequence},
		"deleted, closed up":                {`DELETE FROM log WHERE number = 3; UPDATE log SET number = number - 1 WHERE number > 3`, 3, evidence.LogOutOfSequence},
		"reordered":                         {`UPDATE log SET number = 100 WHERE number = 3; UPDATE log SET number = 3 WHERE number = 4; UPDATE log SET number = 4 WHERE number = 100`, 3, evidence.LogOutOfSequence},
		"cut off":                           {`DELETE FROM log WHERE number > 5`, 6, evidence.LogTruncated},
		"a hash missing":                    {`DELETE FROM log_hash WHERE place = (SELECT max(place) FROM log_hash)`, 8, evidence.LogHashDiffers},
		"columns":                           {`UPDATE log SET act = 'promoted' WHERE number = 5`, 5, evidence.LogHashDiffers},
		"columns, another dataset":          {`UPDATE log SET dataset = 'x' WHERE number = 5`, 5, evidence.LogHashDiffers},
		"checkpoint of another":             {`UPDATE checkpoint SET note = (SELECT note FROM checkpoint c WHERE c.size = 6) WHERE size = 5`, 5, evidence.CheckpointInvalid},
		"checkpoint's signature":            {`UPDATE checkpoint SET note = substr(note, 1, length(note) - 9) || 'AAAAAAA=' || char(10) WHERE size = (SELECT max(size) FROM checkpoint)`, 8, evidence.CheckpointInvalid},
		"checkpoint is none":                {`UPDATE checkpoint SET note = 'x' WHERE size = 2`, 2, evidence.CheckpointInvalid},
		"checkpoint of another root":        {`UPDATE checkpoint SET note = replace(note, (SELECT substr(note, instr(note, char(10) || '7' || char(10)) + 3, 8) FROM checkpoint WHERE size = 7), 'AAAAAAAA') WHERE size = 7`, 7, evidence.LogForked},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.db")
			s := opened(t, path)
			w, err := registrytest.NewWorld(t.Context(), stored(s), "m") // records 1 and 2
			if err != nil {
				t.Fatal(err)
			}
			for i := range 6 {
				if _, _, err := s.Create(t.Context(), "m", registrytest.Files(fmt.Sprint(i)), v0.Lineage, registrytest.By()); err != nil {
					t.Fatal(err)
				}
			}
			n, _, err := s.Check(t.Context())
			if err != nil || n != 8 {
				t.Fatalf("before, there are %d records, %v", n, err)
			}
			db := raw(t, path, "_pragma=busy_timeout(10000)&_pragma=foreign_keys(off)")
			triggers, err := texts(db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
			if err != nil || len(triggers) == 0 {
				t.Fatal(triggers, err)
			}
			for _, trigger := range triggers {
				run(t, db, "DROP TRIGGER "+trigger)
			}
			run(t, db, c.tamper)
			_, _, err = s.Check(t.Context())
			var bad *evidence.LogError
			switch {
			case c.tamper == "" && err != nil:
				t.Error(err)
			case c.tamper != "" && (!errors.As(err, &bad) || bad.Last != c.first && bad.First != c.first || bad.Reason != c.reason):
				t.Errorf("it says %v, want record %d and %s", err, c.first, c.reason)
			}
			_ = w
		})
	}
}

// TestPolicyDamaged: a policy whose bytes are not those of its digest is none.
func TestPolicyDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	ref, err := s.SetPolicy(t.Context(), "m", []byte(`{"min":0.9}`), registrytest.By())
	if err != nil {
		t.Fatal(err)
	}
	run(t, raw(t, path, "_pragma=busy_timeout(10000)"), "DROP TRIGGER policy_no_UPDATE", `UPDATE policy SET canonical = CAST('{"min":0.1}' AS BLOB)`)
	if b, err := s.PolicyAt(t.Context(), ref.Digest); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("%s, %v", b, err)
	}
	if _, b, err := s.Policy(t.Context(), "m"); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("%s, %v", b, err)
	}
}

// TestAttachedOnce: to attach the same again is nothing new; to attach an older file again makes it the newest.
func TestAttachedOnce(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "registry.db"))
	v, _, err := s.Create(t.Context(), "m", registrytest.Files("a"), v0.Lineage, registrytest.By())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		content string
		rows    int
	}{{"one", 1}, {"one", 1}, {"two", 2}, {"two", 2}, {"one", 3}} {
		b := registrytest.Blob("card.json", c.content)
		if err := s.Attach(t.Context(), v, b); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := s.db.QueryRowContext(t.Context(), "SELECT count(*) FROM attachment").Scan(&rows); err != nil || rows != c.rows {
			t.Errorf("step %d: %d attachments, want %d, %v", i+1, rows, c.rows, err)
		}
		if newest, err := s.Attachments(t.Context(), v); err != nil || len(newest) != 1 || newest[0].SHA256 != b.SHA256 {
			t.Errorf("step %d: newest are %v, %v", i+1, newest, err)
		}
	}
}

// TestUnsigned: without a key checkpoints are unsigned, and evidence whose only checkpoints are is not let in; the next one that a trusted key
// signs makes it good, and one by a key that nobody trusts makes nothing bad.
func TestUnsigned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	unsigned := options()
	unsigned.Signer = nil
	s, err := Open(t.Context(), path, unsigned)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
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
	d, err := w.Promote(t.Context(), v, registry.Production)
	if err != nil || d.Allowed() {
		t.Errorf("on unsigned checkpoints: %+v, %v", d, err)
	}
	if n, _, err := s.Check(t.Context()); err != nil || n == 0 {
		t.Errorf("%d unsigned records: %v", n, err)
	}
	if _, err := opened(t, path).SetPolicy(t.Context(), "other", []byte("{}"), registrytest.By()); err != nil { // signed
		t.Fatal(err)
	}
	stranger := options()
	stranger.Signer = strangeKey()
	strange, err := Open(t.Context(), path, stranger)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = strange.Close() }()
	if _, err := strange.SetPolicy(t.Context(), "other", []byte("{ }"), registrytest.By()); err != nil {
		t.Fatal(err)
	}
	// What somebody else signs, or nobody, makes the log that is handed out no worse.
	keys, err := s.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	leaves, note, err := s.Leaves(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := evidence.OpenCheckpoint(note, keys, time.Now())
	if err != nil || c.Size != int64(len(leaves))-1 {
		t.Errorf("the log of %d records comes with a checkpoint of %d: %v", len(leaves), c.Size, err)
	}
	if _, err := evidence.VerifyLog(leaves, nil, c); err != nil {
		t.Error(err)
	}
	if d, err := w.Promote(t.Context(), v, registry.Production); err != nil || !d.Allowed() {
		t.Errorf("after a signed checkpoint: %+v, %v", d, err)
	}
	if _, _, err := strange.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func strangeKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }
