package evidence

import (
	"bytes"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The log's arithmetic. What a ledger does with it, in one transaction for each record:
//
//	leaf, err := LeafBytes(record)                   // record.Number = records so far + 1
//	hashes, err := AppendHashes(number, leaf, r)     // r reads what was stored before
//	… store leaf at number, and hashes[i] at HashIndex(number)+i
//	root, err := TreeRoot(number, r)                 // r now reads the new hashes too
//	note, err := SignCheckpoint(Checkpoint{Origin(instance), number, root}, key)
//	proof, err := Prove(number, number, leaf, note, r)
//
// Everywhere a record's number counts from 1. The tree's own index, from 0, does not leave this file.

// Limits on what is read, so that a hostile file costs little: a record holds no rows, and a checkpoint is three lines and signatures.
const (
	maxLeaf       = 1 << 20
	maxCheckpoint = 16 << 10
	maxProof      = 63 // hashes: the depth of a tree of 2⁶³ records
)

// leafTag stands before every leaf, so that nothing else that is ever hashed or signed can be taken for a record.
const leafTag = "gatecard record v1\n"

// LeafBytes gives a record as it is logged and hashed: a tag, then JSON in one form only. It refuses a record without number, time or act.
func LeafBytes(r Record) ([]byte, error) {
	r.At = wire(r.At)
	b, err := marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode record %d: %w", r.Number, err)
	}
	leaf := append([]byte(leafTag), b...)
	if _, err := DecodeLeaf(leaf); err != nil {
		return nil, fmt.Errorf("encode record %d: %w", r.Number, err)
	}
	return leaf, nil
}

// DecodeLeaf reads what [LeafBytes] wrote, and nothing that differs from it by a byte.
func DecodeLeaf(leaf []byte) (Record, error) {
	if len(leaf) > maxLeaf {
		return Record{}, fmt.Errorf("leaf of %d bytes: more than %d", len(leaf), maxLeaf)
	}
	b, ok := bytes.CutPrefix(leaf, []byte(leafTag))
	if !ok {
		return Record{}, fmt.Errorf("leaf is no record: it does not begin with %q", leafTag)
	}
	var r Record
	if err := decodeExact(b, &r); err != nil {
		return Record{}, fmt.Errorf("decode record: %w", err)
	}
	switch {
	case r.Number < 1:
		return Record{}, fmt.Errorf("record number %d: they count from 1", r.Number)
	case r.At.IsZero() || !utc(r.At):
		return Record{}, fmt.Errorf("record %d has no time in UTC", r.Number)
	case r.Act == "":
		return Record{}, fmt.Errorf("record %d has no act", r.Number)
	}
	return r, nil
}

// HashIndex is the place of the first hash that [AppendHashes] gives for record number; the others follow it. A log of n records has
// HashIndex(n+1) hashes.
func HashIndex(number int64) int64 { return tlog.StoredHashIndex(0, number-1) }

// AppendHashes gives the hashes to store with record number, in order from [HashIndex] on: the leaf's own, then those of the subtrees that
// it completes. It reads at most 63 earlier ones from r, by their places. The leaf must hold that number.
func AppendHashes(number int64, leaf []byte, r tlog.HashReader) ([]tlog.Hash, error) {
	record, err := DecodeLeaf(leaf)
	if err != nil {
		return nil, fmt.Errorf("append record %d: %w", number, err)
	}
	if record.Number != number {
		return nil, fmt.Errorf("append record %d: its leaf is of record %d", number, record.Number)
	}
	hashes, err := tlog.StoredHashes(number-1, leaf, r)
	if err != nil {
		return nil, fmt.Errorf("append record %d: %w", number, err)
	}
	return hashes, nil
}

// TreeRoot is the hash that stands for the first size records. An empty log has one too.
func TreeRoot(size int64, r tlog.HashReader) (tlog.Hash, error) {
	if size < 0 {
		return tlog.Hash{}, fmt.Errorf("root of %d records: no such log", size)
	}
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("root of %d records: %w", size, err)
	}
	return root, nil
}

// Prove shows that the record is among the first size ones, which checkpoint stands for. The caller makes sure that checkpoint is of that
// size; [CheckProof] refuses the proof otherwise.
func Prove(number, size int64, leaf []byte, checkpoint string, r tlog.HashReader) (LogProof, error) {
	path, err := tlog.ProveRecord(size, number-1, r)
	if err != nil {
		return LogProof{}, fmt.Errorf("prove record %d of %d: %w", number, size, err)
	}
	hashes := make([]string, len(path))
	for i, h := range path {
		hashes[i] = h.String()
	}
	return LogProof{Record: number, Leaf: leaf, Hashes: hashes, Checkpoint: checkpoint}, nil
}

// CheckProof checks a proof against the keys that t lets sign checkpoints (role evidence or admin), and gives the record and the checkpoint
// that it belongs to. It says nothing of what the record is about. The error is a [Refusal].
func CheckProof(p LogProof, t Trust, now time.Time) (Record, Checkpoint, error) {
	if p.empty() {
		return Record{}, Checkpoint{}, refuse(wordEvidence, NotLogged, "there is no proof that it is in the log")
	}
	if len(p.Hashes) > maxProof {
		return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "%d hashes: more than %d", len(p.Hashes), maxProof)
	}
	record, err := DecodeLeaf(p.Leaf)
	if err != nil {
		return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "%v", err)
	}
	if record.Number != p.Record {
		return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "the proof is of record %d, its leaf of record %d", p.Record, record.Number)
	}
	c, by, err := openCheckpoint(p.Checkpoint, t, record.At, now)
	if err != nil {
		return Record{}, Checkpoint{}, refuse(wordEvidence, CheckpointInvalid, "%v", err)
	}
	path := make(tlog.RecordProof, len(p.Hashes))
	for i, s := range p.Hashes {
		if path[i], err = tlog.ParseHash(s); err != nil {
			return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "hash %d: %v", i+1, err)
		}
		if path[i].String() != s {
			return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "hash %d is written in an odd way", i+1)
		}
	}
	if err := tlog.CheckRecord(path, c.Size, c.Root, record.Number-1, tlog.RecordHash(p.Leaf)); err != nil {
		return Record{}, Checkpoint{}, refuse(wordEvidence, ProofInvalid, "record %d is not in the log of %d records whose checkpoint %s signed",
			record.Number, c.Size, by.Subject)
	}
	return record, c, nil
}

func (p LogProof) empty() bool {
	return p.Record == 0 && len(p.Leaf) == 0 && len(p.Hashes) == 0 && p.Checkpoint == ""
}
