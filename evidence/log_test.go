package evidence

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func longLog(t testing.TB, n int) *memoryLog {
	t.Helper()
	l := &memoryLog{}
	for i := range n {
		l.add(t, Record{At: day(0).Add(time.Duration(i) * time.Second), By: Actor{Name: "ana"}, Act: Looked, Model: "m", Detail: fmt.Sprintf("note %d", i+1)})
	}
	return l
}

func TestLogProves5000Records(t *testing.T) {
	const n = 5000
	l := longLog(t, n)
	if got, want := int64(len(l.hashes)), HashIndex(n+1); got != want {
		t.Fatalf("%d hashes, want %d", got, want)
	}
	key := testKey(2)
	trust := Trust{trusted(key, RoleAdmin)}
	signed, err := SignCheckpoint(l.checkpoint(t, n), key)
	if err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= n; number++ {
		p, err := Prove(number, n, l.leaves[number-1], signed, &l.hashes)
		if err != nil {
			t.Fatal(err)
		}
		record, c, err := CheckProof(p, trust, day(1))
		if err != nil || record.Number != number || record.Detail != fmt.Sprintf("note %d", number) || c.Size != n {
			t.Fatalf("record %d of %d: %v, %v", record.Number, c.Size, record, err)
		}
		if number%100 != 0 {
			continue
		}
		p.Leaf = l.leaves[number-2]
		p.Record = number - 1
		if _, _, err := CheckProof(p, trust, day(1)); err == nil {
			t.Fatalf("record %d is proved by the proof of %d", number-1, number)
		}
	}
	// An older tree proves its own records, not later ones.
	if _, err := Prove(101, 100, l.leaves[100], signed, &l.hashes); err == nil {
		t.Error("record 101 is proved in a log of 100")
	}
	tree, err := VerifyLog(l.leaves, &l.hashes, l.checkpoint(t, n), l.checkpoint(t, 17), l.checkpoint(t, 0))
	if err != nil || tree.N != n || tree.Hash != l.checkpoint(t, n).Root {
		t.Fatalf("%v, %v", tree, err)
	}
}

// The root is RFC 6962's: leaf hash SHA-256(0 ‖ leaf), node hash SHA-256(1 ‖ left ‖ right). Worked by hand for three records.
func TestLogRootByHand(t *testing.T) {
	l := longLog(t, 3)
	leaf := func(i int) tlog.Hash { return tlog.RecordHash(l.leaves[i]) }
	want := tlog.NodeHash(tlog.NodeHash(leaf(0), leaf(1)), leaf(2))
	if got := l.checkpoint(t, 3).Root; got != want {
		t.Errorf("root %s, want %s", got, want)
	}
	h := leaf(0)
	if got, want := hex.EncodeToString(h[:]), DigestOf(append([]byte{0}, l.leaves[0]...)).hex(); got != want {
		t.Errorf("leaf hash %s, want %s", got, want)
	}
}

func TestVerifyLogNamesFirstBadRecord(t *testing.T) {
	const n = 1000
	l := longLog(t, n)
	edit := func(leaf []byte) []byte {
		return []byte(strings.Replace(string(leaf), `"name":"ana"`, `"name":"bob"`, 1))
	}
	for _, at := range []int{0, 1, 499, 510, 998, 999} { // places from 0
		number := int64(at) + 1
		for name, change := range map[string]func(ls [][]byte, hs hashList) ([][]byte, hashList){
			"edited": func(ls [][]byte, hs hashList) ([][]byte, hashList) { ls[at] = edit(ls[at]); return ls, hs },
			"edited later": func(ls [][]byte, hs hashList) ([][]byte, hashList) {
				ls[at], ls[n-1] = edit(ls[at]), edit(ls[n-1])
				return ls, hs
			},
			"deleted": func(ls [][]byte, hs hashList) ([][]byte, hashList) { return slices.Delete(ls, at, at+1), hs },
			"doubled": func(ls [][]byte, hs hashList) ([][]byte, hashList) {
				return slices.Insert(ls, at, ls[(at+n-1)%n]), hs // the record before it, once more
			},
			"moved": func(ls [][]byte, hs hashList) ([][]byte, hashList) {
				ls[at], ls[(at+n/2)%n] = ls[(at+n/2)%n], ls[at]
				return ls, hs
			},
			"emptied":      func(ls [][]byte, hs hashList) ([][]byte, hashList) { ls[at] = nil; return ls, hs },
			"hash changed": func(ls [][]byte, hs hashList) ([][]byte, hashList) { hs[HashIndex(number)][3] ^= 1; return ls, hs },
			"hash lost":    func(ls [][]byte, hs hashList) ([][]byte, hashList) { return ls, hs[:HashIndex(number)] },
		} {
			leaves, hashes := change(slices.Clone(l.leaves), slices.Clone(l.hashes))
			_, err := VerifyLog(leaves, &hashes, l.checkpoint(t, n))
			first := number
			if name == "moved" && (at+n/2)%n < at {
				first = int64((at+n/2)%n) + 1
			}
			var bad *LogError
			if !errors.As(err, &bad) || bad.First != first {
				t.Errorf("%s at %d: %v", name, number, err)
			}
			if bad != nil && name != "deleted" && bad.Last != first {
				t.Errorf("%s at %d: not one record: %v", name, number, err)
			}
		}
	}
	for _, keep := range []int64{0, 1, 512, 999} {
		hashes := l.hashes[:HashIndex(keep+1)]
		_, err := VerifyLog(l.leaves[:keep], &hashes, l.checkpoint(t, n))
		var bad *LogError
		if !errors.As(err, &bad) || bad.Reason != LogTruncated || bad.First != keep+1 {
			t.Errorf("cut off after %d: %v", keep, err)
		}
	}
}

// A log that was rewritten with its hashes is found by checkpoints kept elsewhere, between two of which the first bad record lies.
func TestVerifyLogAgainstSavedCheckpoints(t *testing.T) {
	l := longLog(t, 300)
	saved := []Checkpoint{l.checkpoint(t, 300), l.checkpoint(t, 100), l.checkpoint(t, 200), l.checkpoint(t, 200)}
	fork := &memoryLog{}
	for i, leaf := range l.leaves {
		r, err := DecodeLeaf(leaf)
		if err != nil {
			t.Fatal(err)
		}
		if i == 149 {
			r.Detail = "another story"
		}
		fork.add(t, r)
	}
	if _, err := VerifyLog(fork.leaves, &fork.hashes); err != nil {
		t.Fatalf("without a checkpoint it cannot be told: %v", err)
	}
	_, err := VerifyLog(fork.leaves, &fork.hashes, saved...)
	var bad *LogError
	if !errors.As(err, &bad) || bad.Reason != LogForked || bad.First != 101 || bad.Last != 200 {
		t.Errorf("%v", err)
	}
}

func TestLeafBytes(t *testing.T) {
	r := Record{Number: 7, At: day(0).In(time.FixedZone("x", 3600)), By: Actor{Name: "<ana & bob>"}, Act: Refused, Decision: &Decision{Target: "Production", Unmet: []Refusal{{"gates", GateFailed, "x"}}}}
	leaf, err := LeafBytes(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := leafTag + `{"number":7,"at":"2026-03-01T12:00:00Z","by":{"name":"<ana & bob>"},"act":"refused","decision":{"target":"Production","met":null,"unmet":[{"requirement":"gates","reason":"gate-failed","detail":"x"}]}}`; string(leaf) != want {
		t.Errorf("got  %s\nwant %s", leaf, want)
	}
	for name, r := range map[string]Record{
		"no number": {At: day(0), Act: Looked},
		"negative":  {Number: -1, At: day(0), Act: Looked},
		"no time":   {Number: 1, Act: Looked},
		"no act":    {Number: 1, At: day(0)},
		"no UTF-8":  {Number: 1, At: day(0), Act: Looked, Detail: "\xff"},
		"large":     {Number: 1, At: day(0), Act: Looked, Detail: strings.Repeat("x", maxLeaf)},
	} {
		if leaf, err := LeafBytes(r); err == nil {
			t.Errorf("%s: %s", name, leaf)
		}
	}
	if _, err := AppendHashes(8, leaf, &hashList{}); err == nil {
		t.Error("record 7 was appended as 8")
	}
}

func TestCheckpoint(t *testing.T) {
	key := testKey(2)
	c := Checkpoint{Origin: Origin("ledger-1"), Size: 12, Root: tlog.RecordHash([]byte("x"))}
	signed, err := SignCheckpoint(c, key)
	if err != nil {
		t.Fatal(err)
	}
	// Any reader of C2SP's signed notes opens it.
	vkey, err := note.NewEd25519VerifierKey(c.Origin, public(key))
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil || n.Text != c.String() {
		t.Fatalf("%v, %v", n, err)
	}
	trust := Trust{trusted(testKey(3), RoleEvidence), trusted(key, RoleEvidence), trusted(key, RolePolicy)}
	got, by, err := OpenCheckpoint(signed, trust, day(1))
	if err != nil || got != c || by.Subject != KeyID(public(key)) {
		t.Errorf("%v by %v, %v", got, by, err)
	}
	// A witness may add its signature.
	cosigned, err := note.Sign(n, noteSigner{v, key}, cosigner(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenCheckpoint(string(cosigned), trust, day(1)); err != nil {
		t.Errorf("cosigned: %v", err)
	}
	for name, text := range map[string]string{
		"empty":         "",
		"unsigned":      c.String(),
		"no blank line": strings.Replace(signed, "\n\n", "\n", 1),
		"size":          strings.Replace(signed, "\n12\n", "\n13\n", 1),
		"origin":        strings.Replace(signed, "ledger-1", "ledger-2", 1),
	} {
		if _, _, err := OpenCheckpoint(text, trust, day(1)); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	for name, bad := range map[string]Checkpoint{
		"origin":   {Origin: "example.com/log", Size: 1},
		"space":    {Origin: Origin("a b"), Size: 1},
		"newline":  {Origin: Origin("a\n1"), Size: 1},
		"negative": {Origin: Origin("a"), Size: -1},
	} {
		if signed, err := SignCheckpoint(bad, key); err == nil {
			t.Errorf("%s: signed %q", name, signed)
		}
	}
	if signed, err := SignCheckpoint(c, nil); err == nil {
		t.Errorf("no key: %s", signed)
	}
	for _, text := range []string{"", "\n\n\n", c.String() + "more\n", strings.Replace(c.String(), "12", "012", 1), strings.Replace(c.String(), "12", "x", 1), c.Origin + "\n12\nAAAA\n"} {
		if got, err := ParseCheckpoint(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func cosigner(t *testing.T) note.Signer {
	v, err := noteVerifier("witness.example", public(testKey(8)))
	if err != nil {
		t.Fatal(err)
	}
	return noteSigner{v, testKey(8)}
}
