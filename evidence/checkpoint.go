package evidence

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// originPrefix begins every checkpoint, so that no other signed text of ours can be taken for one (a DSSE signature covers "DSSEv1 …").
const originPrefix = "github.com/gatecard/gatecard/log/"

// Origin names the log of a ledger, by the ledger's instance id: the first line of its checkpoints.
func Origin(instance string) string { return originPrefix + instance }

// Checkpoint stands for the first Size records of a log. Kept elsewhere, it reveals a log that was rewritten or cut off.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// String is the text that is signed: three lines, as C2SP's tlog-checkpoint has them.
func (c Checkpoint) String() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// ParseCheckpoint reads that text. It checks no signature.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, errors.New("checkpoint: three lines are expected: origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, fmt.Errorf("checkpoint: %q is no size", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %q is no root: %w", lines[2], err)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if !strings.HasPrefix(c.Origin, originPrefix) {
		return Checkpoint{}, fmt.Errorf("checkpoint: origin %q does not begin with %q", c.Origin, originPrefix)
	}
	if c.String() != text {
		return Checkpoint{}, errors.New("checkpoint: written in an odd way")
	}
	return c, nil
}

// SignCheckpoint gives a signed note (golang.org/x/mod/sumdb/note) whose key name is the origin. Other signatures, a witness's say, may be
// appended to it.
func SignCheckpoint(c Checkpoint, key crypto.Signer) (string, error) {
	if _, err := ParseCheckpoint(c.String()); err != nil {
		return "", fmt.Errorf("sign %w", err)
	}
	if key == nil {
		return "", errors.New("sign checkpoint: no key")
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return "", fmt.Errorf("sign checkpoint: the key is %T, not ed25519", key.Public())
	}
	verifier, err := noteVerifier(c.Origin, public)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: c.String()}, noteSigner{verifier, key})
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(signed), nil
}

// OpenCheckpoint checks a signed checkpoint against t: one key that is not revoked, has the role evidence or admin and is valid at now must
// have signed it; signatures by keys that t does not list count for nothing.
func OpenCheckpoint(signed string, t Trust, now time.Time) (Checkpoint, Actor, error) {
	return openCheckpoint(signed, t, now, now)
}

// openCheckpoint asks that the key had not ended at the time logged, when the newest record that matters was written, and had begun by now.
func openCheckpoint(signed string, t Trust, logged, now time.Time) (Checkpoint, Actor, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, Actor{}, fmt.Errorf("checkpoint of %d bytes: more than %d", len(signed), maxCheckpoint)
	}
	origin, _, _ := strings.Cut(signed, "\n")
	if !strings.HasPrefix(origin, originPrefix) {
		return Checkpoint{}, Actor{}, fmt.Errorf("checkpoint: origin %q does not begin with %q", origin, originPrefix)
	}
	keys := &noteKeys{origin: origin, trust: t, usable: func(k TrustedKey) bool {
		return (slices.Contains(k.Roles, RoleEvidence) || slices.Contains(k.Roles, RoleAdmin)) &&
			!k.From.After(now) && (k.Until.IsZero() || logged.Before(k.Until))
	}}
	n, err := note.Open([]byte(signed), keys)
	if err != nil {
		var unverified *note.UnverifiedNoteError
		if errors.As(err, &unverified) {
			return Checkpoint{}, Actor{}, errors.New("checkpoint: no trusted key that may sign it did")
		}
		return Checkpoint{}, Actor{}, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, Actor{}, err
	}
	return c, keys.found.who(), nil
}

// noteKeys finds the usable key of a signature in a note by its 32-bit hint. Of two keys that share one, the first is asked: the other's
// signature is then refused.
type noteKeys struct {
	origin string
	trust  Trust
	usable func(TrustedKey) bool
	found  TrustedKey
}

func (ks *noteKeys) Verifier(name string, hash uint32) (note.Verifier, error) {
	unknown := &note.UnknownVerifierError{Name: name, KeyHash: hash}
	if name != ks.origin {
		return nil, unknown
	}
	for _, k := range ks.trust {
		v, err := noteVerifier(name, k.Public)
		if err != nil || v.KeyHash() != hash || ks.trust.revoked(k.Public) || !ks.usable(k) {
			continue
		}
		ks.found = k
		return v, nil
	}
	return nil, unknown
}

func noteVerifier(origin string, public ed25519.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// noteSigner signs notes with any ed25519 signer, one that never shows its private key too.
type noteSigner struct {
	note.Verifier
	key crypto.Signer
}

func (s noteSigner) Sign(msg []byte) ([]byte, error) { return s.key.Sign(nil, msg, crypto.Hash(0)) }
