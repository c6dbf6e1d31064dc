package pipeline

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/all"
)

// Job is one call: what flags, environment and clock say.
type Job struct {
	Registry string           // address; "": no registry: nothing is known before, nothing is kept
	MakeNew  bool             // a registry that does not exist yet may be made
	Folder   string           // --register: the artifacts of a new version
	Lineage  evidence.Lineage // of it
	Number   string           // --version: one that exists
	Promote  []evidence.Target
	Key      func() (Key, error) // called when something is to be signed, for the first time
	Trust    evidence.Trust      // --trust; nil: the ledger's
	Tell     []notify.Reader
	Out      string // a folder; "": nothing is written
	Tool     string // gatecard's version and build
	Now      func() time.Time

	notes []string
	store *registry.Store
	key   *Key
}

// Key signs; Owner says whose it is.
type Key struct {
	Signer crypto.Signer
	Owner  evidence.Actor
	Made   string // where it was made just now; "": it was there
}

// Close closes the registry, where one was opened.
func (j *Job) Close() error {
	if j.store == nil || j.store.Close == nil {
		return nil
	}
	return j.store.Close()
}

func (j *Job) note(format string, args ...any) {
	j.notes = append(j.notes, fmt.Sprintf(format, args...))
}

// signer is the key, made or read once.
func (j *Job) signer() (*Key, error) {
	if j.key != nil {
		return j.key, nil
	}
	if j.Key == nil {
		return nil, usage("no-key", "there is no key to sign with")
	}
	key, err := j.Key()
	if err != nil {
		return nil, err
	}
	if key.Made != "" {
		j.note("a local key was made: %s (%s)", key.Owner.Subject, key.Made)
	}
	j.key = &key
	return j.key, nil
}

// exists says whether there is a registry at the address already. One that may not be made is an error.
func (j *Job) exists(ctx context.Context) (bool, error) {
	backend, err := all.Find(j.Registry)
	if err != nil {
		return false, usage("unknown-registry", "%s", err)
	}
	there, err := backend.Exists(ctx, j.Registry)
	if err != nil {
		return false, err
	}
	if !there && !j.MakeNew {
		return false, usage("new-registry", "there is no registry at %s, and CI is set: a disk that is thrown away would make every job version 1 under a policy of its own. "+
			"Name one that lasts by --registry, or say --new-registry", j.Registry)
	}
	return there, nil
}

// existing opens the registry if it is there already, and answers nil where it is not.
func (j *Job) existing(ctx context.Context) (*registry.Store, error) {
	if j.Registry == "" || j.store != nil {
		return j.store, nil
	}
	there, err := j.exists(ctx)
	if err != nil || !there {
		return nil, err
	}
	return j.open(ctx)
}

// open opens the registry, or makes it and says so. The first key of a ledger without records is enrolled.
func (j *Job) open(ctx context.Context) (*registry.Store, error) {
	if j.store != nil {
		return j.store, nil
	}
	there, err := j.exists(ctx)
	if err != nil {
		return nil, err
	}
	key, err := j.signer()
	if err != nil {
		return nil, err
	}
	backend, err := all.Find(j.Registry)
	if err != nil {
		return nil, err
	}
	store, err := backend.Open(ctx, j.Registry, registry.Options{Signer: key.Signer, Now: j.Now})
	if err != nil {
		return nil, err
	}
	j.store = store
	if !there {
		j.note("a new registry was made at %s", j.Registry)
	}
	if store.Ledger == nil {
		return store, nil
	}
	public, ok := key.Signer.Public().(ed25519.PublicKey)
	if !ok {
		return nil, usage("bad-key", "the key is no ed25519 key")
	}
	enrolled, err := store.Enrol(ctx, public, key.Owner)
	if err != nil {
		return nil, err
	}
	if enrolled {
		j.note("key %s was enrolled as the first of this ledger: it may sign everything", key.Owner.Subject)
	}
	return store, registry.Heal(ctx, store)
}

// must opens a registry that has to be there.
func (j *Job) must(ctx context.Context) (*registry.Store, error) {
	if j.Registry == "" {
		return nil, usage("no-registry", "this needs a registry")
	}
	backend, err := all.Find(j.Registry)
	if err != nil {
		return nil, usage("unknown-registry", "%s", err)
	}
	there, err := backend.Exists(ctx, j.Registry)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, usage("no-registry", "there is no registry at %s: `gatecard run` or `gatecard register` makes one", j.Registry)
	}
	return j.open(ctx)
}

// by is who acts: the owner of the key.
func (j *Job) by() evidence.Actor {
	if j.key == nil {
		return evidence.Actor{}
	}
	return j.key.Owner
}
