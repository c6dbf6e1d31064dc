package evidence

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
)

// What a trusted key may sign. A key may have several roles; only RoleAdmin can change who is trusted.
const (
	RoleEvidence = "evidence" // statements and checkpoints
	RolePolicy   = "policy"
	RoleAdmin    = "admin" // keys, and checkpoints
)

// KeyID is the SSH fingerprint of a key, "SHA256:…": what `ssh-keygen -l` prints. A key of another length than ed25519's has none: "".
func KeyID(public ed25519.PublicKey) string {
	if len(public) != ed25519.PublicKeySize {
		return ""
	}
	const kind = "ssh-ed25519"
	wire := binary.BigEndian.AppendUint32(nil, uint32(len(kind)))
	wire = append(wire, kind...)
	wire = binary.BigEndian.AppendUint32(wire, uint32(len(public)))
	wire = append(wire, public...)
	sum := sha256.Sum256(wire)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// MarshalPublicKey gives PEM SPKI, the form that openssl, cosign, Kyverno and policy-controller read.
func MarshalPublicKey(public ed25519.PublicKey) ([]byte, error) {
	if len(public) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("write public key: %d bytes, want %d", len(public), ed25519.PublicKeySize)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("write public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ParsePublicKey reads one PEM SPKI block of an ed25519 key, and nothing beside it.
func ParsePublicKey(b []byte) (ed25519.PublicKey, error) {
	block, rest := pem.Decode(b)
	switch {
	case block == nil:
		return nil, errors.New("read public key: no PEM block")
	case block.Type != "PUBLIC KEY":
		return nil, fmt.Errorf("read public key: the PEM block is %q, not \"PUBLIC KEY\"", block.Type)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read public key: it is %T, not ed25519", key)
	}
	if next, _ := pem.Decode(rest); next != nil {
		return nil, errors.New("read public key: more than one PEM block")
	}
	return public, nil
}

// revoked says whether any entry revokes the key: revocation is for good, whatever other entries of the key say.
func (t Trust) revoked(public ed25519.PublicKey) bool {
	for _, k := range t {
		if k.Revoked && k.Public.Equal(public) {
			return true
		}
	}
	return false
}

// who is an entry's owner, or, where the entry names none, the key itself.
func (k TrustedKey) who() Actor {
	if k.Owner.Issuer == "" || k.Owner.Subject == "" {
		return Actor{Issuer: "key", Subject: KeyID(k.Public), Name: k.Owner.Name}
	}
	return k.Owner
}
