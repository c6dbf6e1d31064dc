package pipeline

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gatecard/gatecard/evidence"
)

// LocalKey is the file name of the key that is made on first use, in the user's configuration directory.
const LocalKey = "local.key"

// NewKey makes an ed25519 key and writes it to a file that does not exist yet, readable by its owner alone: PKCS #8 in PEM; beside it
// FILE.pub, its public half as SPKI in PEM.
func NewKey(file string) (Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, err
	}
	spki, err := evidence.MarshalPublicKey(public)
	if err != nil {
		return Key{}, err
	}
	if _, err := os.Lstat(file + ".pub"); err == nil { // somebody else's, it may be
		return Key{}, &fs.PathError{Op: "make", Path: file + ".pub", Err: fs.ErrExist}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return Key{}, err
	}
	if err := writeNew(file, 0o600, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return Key{}, err
	}
	if err := writeNew(file+".pub", 0o644, spki); err != nil {
		return Key{}, errors.Join(err, os.Remove(file))
	}
	return keyOf(private, filepath.Base(file)), nil
}

// writeNew writes a file that must not be there yet. Nobody sees half of it: it is written under another name and then linked.
func writeNew(file string, mode fs.FileMode, b []byte) (err error) {
	aside := filepath.Join(filepath.Dir(file), ".gatecard-"+rand.Text()+".tmp")
	if err := create(aside, mode, b); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(aside)) }()
	if err = os.Link(aside, file); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return create(file, mode, b) // a file system without links
}

func create(file string, mode fs.FileMode, b []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

func keyOf(private ed25519.PrivateKey, name string) Key {
	public, _ := private.Public().(ed25519.PublicKey)
	return Key{Signer: private, Owner: evidence.Actor{Issuer: "key", Subject: evidence.KeyID(public), Name: name}}
}

// ReadKey reads a private key from PEM: PKCS #8, as [NewKey] writes it.
func ReadKey(name string, b []byte) (Key, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "PRIVATE KEY" {
		return Key{}, usage("bad-key", "%s holds no private key in PEM (PKCS #8): `gatecard keys new FILE` makes one", name)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, usage("bad-key", "%s holds no ed25519 key", name)
	}
	return keyOf(private, name), nil
}

// KeyFrom answers the key that a file holds ("": none was named), or that a variable's value is, or else the local one in the
// configuration directory, which is made on first use, unless ci: there it must be brought along.
func KeyFrom(file, value, configDir string, ci bool) func(make bool) (Key, error) {
	return func(make bool) (Key, error) {
		switch {
		case file != "":
			b, err := os.ReadFile(file)
			if err != nil {
				return Key{}, usage("bad-key", "read the key: %s", err)
			}
			return ReadKey(filepath.Base(file), b)
		case value != "":
			return ReadKey("GATECARD_KEY", []byte(value))
		}
		if configDir == "" {
			return Key{}, usage("no-key", "there is no configuration directory for a local key: bring one by --key FILE or the variable GATECARD_KEY (`gatecard keys new FILE` makes one)")
		}
		local := filepath.Join(configDir, "gatecard", LocalKey)
		key, err := readLocal(local)
		switch {
		case !errors.Is(err, fs.ErrNotExist):
			return key, err
		case ci:
			return Key{}, usage("no-key", "CI is set, and there is no key: bring one by --key FILE or the variable GATECARD_KEY (`gatecard keys new FILE` makes one)")
		case !make:
			return Key{}, nil
		}
		made, err := NewKey(local)
		if errors.Is(err, fs.ErrExist) { // another call made it just now
			if key, err = readLocal(local); errors.Is(err, fs.ErrNotExist) {
				err = usage("bad-key", "%s.pub is there without its private half: move it away, and a new key is made", local)
			}
			return key, err
		}
		made.Owner.Name, made.Made = localOwner, local
		return made, err
	}
}

const localOwner = "local key"

func readLocal(file string) (Key, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Key{}, fmt.Errorf("read the local key: %w", err)
	}
	key, err := ReadKey(file, b)
	key.Owner.Name = localOwner
	return key, err
}

// KnownKey is a key that the ledger lists.
type KnownKey struct {
	ID    string         `json:"id"`
	Owner evidence.Actor `json:"owner"`
	Roles []string       `json:"roles"`
	evidence.TrustedKey
}

// keysOf lists the ledger's keys by their ids.
func keysOf(t evidence.Trust) []KnownKey {
	var keys []KnownKey
	for _, k := range t {
		keys = append(keys, KnownKey{ID: evidence.KeyID(k.Public), Owner: k.Owner, Roles: slices.Clone(k.Roles), TrustedKey: k})
	}
	return keys
}

// Keys lists the keys that the ledger trusts.
func Keys(ctx context.Context, job *Job) ([]KnownKey, error) {
	store, err := job.must(ctx)
	if err != nil {
		return nil, err
	}
	trust, err := store.Trust(ctx)
	return keysOf(trust), err
}

// ReadTrust reads public keys from a file of PEM blocks: each may sign everything that is verified by it.
func ReadTrust(file string) (evidence.Trust, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("bad-key", "read the trusted keys: %s", err)
	}
	var trust evidence.Trust
	for rest := b; ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			break
		}
		public, err := evidence.ParsePublicKey(pem.EncodeToMemory(block))
		if err != nil {
			return nil, usage("bad-key", "%s: %s", file, err)
		}
		trust = append(trust, evidence.TrustedKey{Public: public, Roles: []string{evidence.RoleEvidence, evidence.RoleAdmin},
			Owner: evidence.Actor{Issuer: "key", Subject: evidence.KeyID(public), Name: filepath.Base(file)}})
	}
	if len(trust) == 0 {
		return nil, usage("bad-key", "%s holds no public key in PEM", file)
	}
	return trust, nil
}
