package pipeline

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"strings"
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
	Key      func(make bool) (Key, error) // asked when something is to be signed; without make a key that is to be made is the zero Key
	KeyFile  string                       // --key, which must not be registered as an artifact
	Trust    evidence.Trust               // --trust; nil: the ledger's
	Tell     []notify.Reader
	Out      string // a folder; "": nothing is written
	Tool     string // gatecard's version and build
	Now      func() time.Time

	notes   []string
	store   *registry.Store
	key     *Key
	writing bool // the key is enrolled or not needed, and what a crash left is healed
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

// Note adds what the caller found on the way.
func (j *Job) Note(text string) { j.note("%s", text) }

// Notes tell what happened on the way: a new key, a new registry.
func (j *Job) Notes() []string { return slices.Clone(j.notes) }

// signer is the key, made or read once.
func (j *Job) signer() (*Key, error) {
	if j.key != nil {
		return j.key, nil
	}
	if j.Key == nil {
		return nil, usage("no-key", "there is no key to sign with")
	}
	key, err := j.Key(true)
	if err != nil {
		return nil, err
	}
	if key.Made != "" {
		j.note("a local key was made: %s (%s)", key.Owner.Subject, key.Made)
	}
	j.key = &key
	return j.key, nil
}

// there says whether there is a registry at the address already.
func (j *Job) there(ctx context.Context) (bool, error) {
	backend, err := j.backend()
	if err != nil {
		return false, err
	}
	return backend.Exists(ctx, j.Registry)
}

func (j *Job) backend() (registry.Backend, error) {
	backend, err := all.Find(j.Registry)
	if err == nil {
		return backend, nil
	}
	var known []string
	for _, b := range all.Backends() {
		known = append(known, b.Scheme+":")
	}
	scheme, _, _ := strings.Cut(j.Registry, ":")
	return registry.Backend{}, usage("unknown-registry", "--registry: %q is no kind of registry: an address begins with %s, as in %s", scheme, strings.Join(known, ", "), DefaultRegistry)
}

// mayMake refuses a registry that is not there yet and may not be made.
func (j *Job) mayMake(ctx context.Context) error {
	there, err := j.there(ctx)
	if err == nil && !there && !j.MakeNew {
		err = usage("new-registry", "there is no registry at %s, and CI is set: a disk that is thrown away would make every job version 1 under a policy of its own. "+
			"Name one that lasts by --registry, or say --new-registry", j.Registry)
	}
	return err
}

// read opens the registry for reading where it is there already; nil where it is not. It needs no key, and writes nothing.
func (j *Job) read(ctx context.Context) (*registry.Store, error) {
	if j.Registry == "" || j.store != nil {
		return j.store, nil
	}
	there, err := j.there(ctx)
	if err != nil || !there {
		return nil, err
	}
	return j.open(ctx)
}

// must is [Job.read] of a registry that has to be there.
func (j *Job) must(ctx context.Context) (*registry.Store, error) {
	if j.Registry == "" {
		return nil, usage("no-registry", "this needs a registry, and --no-registry says that there is none")
	}
	store, err := j.read(ctx)
	if err == nil && store == nil {
		err = usage("no-registry", "there is no registry at %s: `gatecard run` or `gatecard register` makes one", j.Registry)
	}
	return store, err
}

// mustWrite is [Job.write] to a registry that has to be there.
func (j *Job) mustWrite(ctx context.Context) (*registry.Store, error) {
	if _, err := j.must(ctx); err != nil {
		return nil, err
	}
	return j.write(ctx)
}

// write opens the registry to write in it, or makes it and says so: with a key, whose owner is who acts. The first key of a ledger without
// records is enrolled, and what a crash left is healed.
func (j *Job) write(ctx context.Context) (*registry.Store, error) {
	if j.writing {
		return j.store, nil
	}
	if err := j.mayMake(ctx); err != nil {
		return nil, err
	}
	there, err := j.there(ctx)
	if err != nil {
		return nil, err
	}
	// A key that cannot be had is told before a registry is made; one that is to be made is made after the registry opened.
	if j.Key == nil {
		return nil, usage("no-key", "there is no key to sign with")
	}
	if _, err := j.Key(false); err != nil {
		return nil, err
	}
	store, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		j.note("a new registry was made at %s", j.Registry)
	}
	key, err := j.signer()
	if err != nil {
		return nil, err
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
	// Who the ledger does not know registers, promotes and rolls back nothing: what they sign of the log would count for nothing.
	if err := j.may(ctx, evidence.RoleEvidence, evidence.RoleAdmin); err != nil {
		return nil, err
	}
	j.writing = true
	return store, registry.Heal(ctx, store)
}

func (j *Job) open(ctx context.Context) (*registry.Store, error) {
	if j.store != nil {
		return j.store, nil
	}
	backend, err := j.backend()
	if err != nil {
		return nil, err
	}
	j.store, err = backend.Open(ctx, j.Registry, registry.Options{Signer: lateKey{j}, Now: j.Now})
	return j.store, err
}

// lateKey is the job's key, made or read when something is signed.
type lateKey struct{ job *Job }

func (k lateKey) Public() crypto.PublicKey {
	key, err := k.job.signer()
	if err != nil {
		return nil
	}
	return key.Signer.Public()
}

func (k lateKey) Sign(random io.Reader, message []byte, o crypto.SignerOpts) ([]byte, error) {
	key, err := k.job.signer()
	if err != nil {
		return nil, err
	}
	return key.Signer.Sign(random, message, o)
}

// may refuses a key that the ledger does not list now for one of the roles, before anything is written that it would have to sign.
func (j *Job) may(ctx context.Context, roles ...string) error {
	key, err := j.signer()
	if err != nil {
		return err
	}
	trust, err := j.store.Trust(ctx)
	if err != nil {
		return err
	}
	public, reason, may := key.Signer.Public(), evidence.KeyUntrusted, false
	for _, k := range trust {
		if !k.Public.Equal(public) {
			continue
		}
		why := notNow(k, roles, j.Now())
		if may = may || why == ""; why != "" {
			reason = why
		}
		if why == evidence.KeyRevoked { // which is for good, whatever other entries say
			may = false
			break
		}
	}
	if may {
		return nil
	}
	return evidence.Refusal{Requirement: "evidence", Reason: reason,
		Detail: fmt.Sprintf("key %s (%s) is not in the ledger of %s for %s: `gatecard keys list` shows who is. Nothing was written",
			key.Owner.Subject, key.Owner.Name, j.Registry, roleWords[roles[0]])}
}

// roleWords say what a role is needed for.
var roleWords = map[string]string{evidence.RoleEvidence: "signing evidence", evidence.RolePolicy: "setting policies"}

// notNow says why an entry of the ledger lets a key do nothing now for which one of the roles is needed; "": it does.
func notNow(k evidence.TrustedKey, roles []string, now time.Time) evidence.Reason {
	switch {
	case k.Revoked:
		return evidence.KeyRevoked
	case k.From.After(now):
		return evidence.KeyNotYetValid
	case !k.Until.IsZero() && !now.Before(k.Until):
		return evidence.KeyRetired
	case !slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(k.Roles, r) }):
		return evidence.KeyRole
	}
	return ""
}

// by is who acts: the owner of the key.
func (j *Job) by() evidence.Actor {
	if j.key == nil {
		return evidence.Actor{}
	}
	return j.key.Owner
}
