package evidence

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// LogError says where a log first stops being what it was. First and Last are the same where the record itself shows it; where only a
// checkpoint does, the first bad record is one from First to Last.
type LogError struct {
	First, Last int64
	Reason      Reason
	Detail      string
}

func (b *LogError) Error() string {
	if b.First == b.Last {
		return fmt.Sprintf("record %d: %s: %s", b.First, b.Reason, b.Detail)
	}
	return fmt.Sprintf("records %d to %d: %s: %s", b.First, b.Last, b.Reason, b.Detail)
}

// VerifyLog recomputes a log from its leaves, in order from record 1, and gives its size and root. Stored reads the hashes that the ledger
// stored when the records were written (nil: there are none to compare with); saved are checkpoints of this log that were kept, in any
// order, their signatures checked by [OpenCheckpoint]. The error is the first [*LogError]:
//
//   - an undecodable leaf, or one whose number is not its place (a gap, a duplicate, a changed order);
//   - a leaf whose hash, or the hash of a subtree that it completes, is not the stored one;
//   - fewer records than a saved checkpoint counts, or another root than it has.
//
// Without a saved checkpoint, records that were cut off the end, and a log that was rewritten with its hashes, cannot be told.
func VerifyLog(leaves [][]byte, stored tlog.HashReader, saved ...Checkpoint) (tlog.Tree, error) {
	var hashes hashList
	for i, leaf := range leaves {
		number := int64(i) + 1
		if err := verifyRecord(number, leaf, &hashes, stored); err != nil {
			return tlog.Tree{}, err
		}
	}
	size := int64(len(leaves))
	if err := verifySaved(size, &hashes, saved); err != nil {
		return tlog.Tree{}, err
	}
	root, err := TreeRoot(size, &hashes)
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func verifyRecord(number int64, leaf []byte, hashes *hashList, stored tlog.HashReader) error {
	bad := func(reason Reason, format string, args ...any) error {
		return &LogError{number, number, reason, fmt.Sprintf(format, args...)}
	}
	record, err := DecodeLeaf(leaf)
	if err != nil {
		return bad(LogUndecodable, "%v", err)
	}
	if record.Number != number {
		return bad(LogOutOfSequence, "the record in its place is number %d", record.Number)
	}
	own, err := AppendHashes(number, leaf, hashes)
	if err != nil {
		return fmt.Errorf("verify log: %w", err)
	}
	*hashes = append(*hashes, own...)
	if stored == nil {
		return nil
	}
	places := make([]int64, len(own))
	for i := range places {
		places[i] = HashIndex(number) + int64(i)
	}
	theirs, err := stored.ReadHashes(places)
	if err != nil {
		return bad(LogHashDiffers, "its stored hashes cannot be read: %v", err)
	}
	if len(theirs) != len(own) {
		return bad(LogHashDiffers, "%d of its %d hashes are stored", len(theirs), len(own))
	}
	for i := range own {
		if own[i] != theirs[i] {
			return bad(LogHashDiffers, "it hashes to %s, but %s was stored", own[i], theirs[i])
		}
	}
	return nil
}

// verifySaved compares with the smallest checkpoint first, so that the range it can name is the narrowest.
func verifySaved(size int64, hashes *hashList, saved []Checkpoint) error {
	good := int64(0)
	bySize := slices.SortedFunc(slices.Values(saved), func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	for _, c := range bySize {
		if c.Size > size {
			return &LogError{size + 1, c.Size, LogTruncated, fmt.Sprintf("the log has %d records, the checkpoint counts %d", size, c.Size)}
		}
		root, err := TreeRoot(c.Size, hashes)
		if err != nil {
			return fmt.Errorf("verify log: %w", err)
		}
		if root != c.Root {
			return &LogError{min(good+1, c.Size), c.Size, LogForked, fmt.Sprintf("the first %d records hash to %s, the checkpoint has %s", c.Size, root, c.Root)}
		}
		good = c.Size
	}
	return nil
}

// hashList is a log's hashes in memory, by their places.
type hashList []tlog.Hash

func (hs *hashList) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, place := range places {
		if place < 0 || place >= int64(len(*hs)) {
			return nil, fmt.Errorf("no hash at place %d of %d", place, len(*hs))
		}
		read[i] = (*hs)[place]
	}
	return read, nil
}
