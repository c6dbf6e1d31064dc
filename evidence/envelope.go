package evidence

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// payloadType is that of in-toto attestations: admission controllers ask for it.
const payloadType = "application/vnd.in-toto+json"

// Limits on what is read: a manifest of 100,000 files fits, and a hostile file costs little.
const (
	maxPayload  = 16 << 20
	maxEnvelope = maxPayload/3*4 + 4096
	maxBundle   = maxEnvelope + 2*maxLeaf
)

// Envelope is DSSE with exactly one plain ed25519 signature; KeyID is "SHA256:…".
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is one of an envelope.
type Signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// Bundle is an envelope with the proof that it is in the log (evidence.dsse.json, evidence.proof.json): `gatecard verify` needs nothing else.
type Bundle struct {
	Envelope Envelope `json:"envelope"`
	Log      LogProof `json:"log"`
}

// Digest is that of the payload: approvals and pointers name evidence by it.
func (e Envelope) Digest() Digest { return DigestOf(e.Payload) }

// Sign seals a statement with an ed25519 key. It refuses a statement that [Open] would refuse: an incomplete one, reversed times, an unknown
// kind or verdict, text that is not UTF-8, a figure that is not finite. Times are written in UTC.
func Sign(s Statement, key crypto.Signer) (Envelope, error) {
	if key == nil {
		return Envelope{}, errors.New("sign statement: no key")
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(public) != ed25519.PublicKeySize {
		return Envelope{}, fmt.Errorf("sign statement: the key is %T, not ed25519", key.Public())
	}
	payload, err := encodeStatement(s)
	if err != nil {
		return Envelope{}, fmt.Errorf("sign statement: %w", err)
	}
	message := pae(payloadType, payload)
	sig, err := key.Sign(nil, message, crypto.Hash(0))
	if err != nil {
		return Envelope{}, fmt.Errorf("sign statement: %w", err)
	}
	if !ed25519.Verify(public, message, sig) {
		return Envelope{}, errors.New("sign statement: the key gave a signature that its public half does not verify")
	}
	return Envelope{PayloadType: payloadType, Payload: payload, Signatures: []Signature{{KeyID: KeyID(public), Sig: sig}}}, nil
}

// Open checks the signature against t and decodes strictly: the payload, re-marshalled, must give the same bytes. The key must have the role
// evidence, not be revoked, have begun by now, and be valid at the time at which the statement says that it was issued: what a key signed
// before it was retired stays good ([Verify] holds that against the time at which it was logged). The actor is the key's owner. Whether the
// statement is fresh, lets anything in, or is a recheck, is not asked here. The error is a [Refusal].
func Open(e Envelope, t Trust, now time.Time) (Statement, Actor, error) {
	s, key, err := open(e, t, now)
	if err != nil {
		return Statement{}, Actor{}, err
	}
	return s, key.who(), nil
}

func open(e Envelope, t Trust, now time.Time) (Statement, TrustedKey, error) {
	if len(e.Payload) == 0 && len(e.Signatures) == 0 {
		return Statement{}, TrustedKey{}, refuse(wordEvidence, NoEvidence, "there is none")
	}
	switch {
	case e.PayloadType != payloadType:
		return Statement{}, TrustedKey{}, refuse(wordEvidence, EnvelopeMalformed, "payload type %q, want %q", e.PayloadType, payloadType)
	case len(e.Payload) > maxPayload:
		return Statement{}, TrustedKey{}, refuse(wordEvidence, EnvelopeMalformed, "payload of %d bytes: more than %d", len(e.Payload), maxPayload)
	case len(e.Signatures) != 1:
		return Statement{}, TrustedKey{}, refuse(wordEvidence, SignatureCount, "%d signatures, want exactly one", len(e.Signatures))
	}
	entries, err := signers(e, t)
	if err != nil {
		return Statement{}, TrustedKey{}, err
	}
	s, err := decodeStatement(e.Payload)
	if err != nil {
		return Statement{}, TrustedKey{}, err
	}
	key, err := entitled(entries, s.Issued, now)
	if err != nil {
		return Statement{}, TrustedKey{}, err
	}
	return s, key, nil
}

// signers gives the entries of the key that made the signature. The keyid is a hint that is checked, never followed.
func signers(e Envelope, t Trust) ([]TrustedKey, error) {
	var (
		entries []TrustedKey
		named   = false // the keyid is that of a trusted key
		sig     = e.Signatures[0]
		message = pae(e.PayloadType, e.Payload)
	)
	for _, k := range t {
		if len(k.Public) != ed25519.PublicKeySize {
			continue
		}
		named = named || sig.KeyID == KeyID(k.Public)
		if ed25519.Verify(k.Public, message, sig.Sig) {
			entries = append(entries, k)
		}
	}
	switch {
	case len(entries) == 0 && named:
		return nil, refuse(wordEvidence, SignatureInvalid, "the signature is not one of this payload by %s", sig.KeyID)
	case len(entries) == 0:
		return nil, refuse(wordEvidence, KeyUntrusted, "no trusted key signed it; it names %q", sig.KeyID)
	case sig.KeyID != "" && sig.KeyID != KeyID(entries[0].Public):
		return nil, refuse(wordEvidence, KeyIDMismatch, "it names %q, but %s signed it", sig.KeyID, KeyID(entries[0].Public))
	case t.revoked(entries[0].Public):
		return nil, refuse(wordEvidence, KeyRevoked, "%s has been revoked", KeyID(entries[0].Public))
	}
	return entries, nil
}

// entitled picks the entry of a key by which it could sign evidence at the time issued, or says what keeps the last one from it.
func entitled(entries []TrustedKey, issued, now time.Time) (TrustedKey, error) {
	var err error
	for _, k := range entries {
		switch {
		case !slices.Contains(k.Roles, RoleEvidence):
			err = refuse(wordEvidence, KeyRole, "%s may sign %q, not evidence", KeyID(k.Public), k.Roles)
		case k.From.After(issued) || k.From.After(now):
			err = refuse(wordEvidence, KeyNotYetValid, "%s is valid from %s; issued %s", KeyID(k.Public), stamp(k.From), stamp(issued))
		case k.retired(issued):
			err = refuse(wordEvidence, KeyRetired, "%s was valid until %s; issued %s", KeyID(k.Public), stamp(k.Until), stamp(issued))
		default:
			return k, nil
		}
	}
	return TrustedKey{}, err
}

// retired says whether the key had ended by then.
func (k TrustedKey) retired(then time.Time) bool { return !k.Until.IsZero() && !then.Before(k.Until) }

// pae is DSSE's pre-authentication encoding: what is signed. https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md
func pae(kind string, payload []byte) []byte {
	b := append([]byte("DSSEv1 "), strconv.Itoa(len(kind))...)
	b = append(b, ' ')
	b = append(b, kind...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(len(payload)), 10)
	b = append(b, ' ')
	return append(b, payload...)
}

// stamp writes a time for a person.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
