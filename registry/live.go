package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatecard/gatecard/evidence"
)

// live is what registry and ledger say at one moment of a version and a target.
type live struct {
	version  evidence.Version
	policy   evidence.PolicyRef // in force; zero: none
	champion string             // "ma-employment/2"
	never    bool               // by the log no other version ever was champion
	holds    []evidence.Target  // what points at the version
	target   evidence.Target
	holders  []string // numbers of the versions that an exclusive target points at, or the one asked for where it is in another stage already
	holder   string   // the first
}

func (p *promotion) look(ctx context.Context) (live, error) {
	s, asked := p.store, p.request.Version
	now := live{target: p.request.Requires.Target}
	var err error
	if now.version, err = s.Version(ctx, asked.Model, asked.Number); err != nil {
		return now, err
	}
	if now.holders, err = numbers(ctx, s, asked.Model, now.target); err != nil {
		return now, err
	}
	if !Exclusive(now.target) {
		now.holders = slices.DeleteFunc(now.holders, func(n string) bool { return n != asked.Number })
	} else {
		now.holder = first(now.holders)
	}
	champions, _, err := champions(ctx, s, asked.Model)
	if err != nil {
		return now, err
	}
	for i, v := range champions { // several are none that anything was compared with
		if i > 0 {
			now.champion += " and "
		}
		now.champion += v.String()
	}
	if now.holds, err = s.Targets(ctx, now.version); err != nil {
		return now, err
	}
	if now.never, err = neverChampion(ctx, s, asked); err != nil {
		return now, err
	}
	if now.policy, _, err = s.Policy(ctx, asked.Model); errors.Is(err, ErrNotFound) {
		err = nil
	}
	return now, err
}

// neverChampion says whether the log let no other version than this into Production or to the alias champion, ever: one that was taken away
// since was a champion too. Whoever is let in while this is looked at takes the lease, so that what is decided on it is lost.
func neverChampion(ctx context.Context, s *Store, v evidence.Version) (bool, error) {
	records, err := s.Log(ctx, v.Model, 1)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(records, func(r evidence.Record) bool {
		return (r.Act == evidence.Promoted || r.Act == evidence.RolledBack) && (r.Target == Production || r.Target == ChampionAlias) &&
			r.Model == v.Model && r.Version != v.Number
	}), nil
}

func (l live) points(number string) bool { return points(l.holders, number, l.target) }

func (l live) same(other live) bool { return slices.Equal(l.holders, other.holders) }

// lost names who won.
func (l live) lost() error {
	return fmt.Errorf("%s points at %s now: %w", l.target, list(l.holders), ErrMoved)
}

// judge hashes the version's bytes again and asks the verifier. It gives the version with the manifest of what was there, and the digest of the
// evidence.
func (p *promotion) judge(ctx context.Context, now live) (evidence.Decision, evidence.Version, evidence.Digest, error) {
	if p.request.Requires.Open {
		d := evidence.Verify(evidence.Bundle{}, p.request.Requires, nil, evidence.State{Version: now.version, Holds: now.holds}, p.now())
		d.Unmet = append(d.Unmet, p.stale(now)...)
		return d, now.version, "", nil
	}
	keys, err := p.trust(ctx)
	if err != nil {
		return evidence.Decision{}, now.version, "", err
	}
	bundle, err := p.bundle(ctx, now.version)
	if err != nil {
		return evidence.Decision{}, now.version, "", err
	}
	state, err := p.state(ctx, now, bundle, keys)
	if err != nil {
		return evidence.Decision{}, now.version, "", err
	}
	var d evidence.Decision
	if p.request.Rollback {
		var promoted time.Time
		if p.back != nil {
			promoted = p.back.at
		}
		d = evidence.VerifyRollback(bundle, p.request.Requires, keys, state, promoted, p.now())
	} else {
		d = evidence.Verify(bundle, p.request.Requires, keys, state, p.now())
	}
	for _, r := range p.stale(now) {
		if !slices.ContainsFunc(d.Unmet, func(u evidence.Refusal) bool { return u.Reason == r.Reason }) {
			d.Unmet = append(d.Unmet, r)
		}
	}
	if asked := p.asked; !asked.Created.IsZero() && !asked.Created.Equal(now.version.Created) {
		d.Unmet = append(d.Unmet, evidence.Refusal{Requirement: "version", Reason: evidence.VersionRecreated,
			Detail: fmt.Sprintf("asked was for the version created at %s, this one was at %s", asked.Created.Format(time.RFC3339Nano), now.version.Created.Format(time.RFC3339Nano))})
	}
	digest := evidence.Digest("")
	if len(bundle.Envelope.Payload) > 0 {
		digest = bundle.Envelope.Digest()
	}
	return d, state.Version, digest, nil
}

// stale refuses where the requirements are not of the policy in force, or where a protected target has none. [evidence.Verify] does so too, but
// not for open targets and rollbacks, nor where there is no evidence to hold the policy against.
func (p *promotion) stale(now live) []evidence.Refusal {
	asked := p.request.Requires.Policy
	switch {
	case now.policy.Digest == "" && !p.request.Requires.Open:
		return []evidence.Refusal{{Requirement: "policy", Reason: evidence.PolicyMissing, Detail: fmt.Sprintf("no policy is in force for %s", now.version.Model)}}
	case now.policy.Digest != asked:
		return []evidence.Refusal{{Requirement: "policy", Reason: evidence.PolicyMoved,
			Detail: fmt.Sprintf("%s is in force now, the requirements are by %s", orNone(now.policy.Digest.Short()), orNone(asked.Short()))}}
	}
	return nil
}

// trust is the ledger's, or what the request leaves of it.
func (p *promotion) trust(ctx context.Context) (evidence.Trust, error) {
	keys, err := p.store.Trust(ctx)
	if err != nil || p.request.Trust == nil {
		return keys, err
	}
	return narrow(keys, p.request.Trust), nil
}

// narrow keeps of the ledger's keys what the other list allows too.
func narrow(ledger, to evidence.Trust) evidence.Trust {
	left := evidence.Trust{}
	for _, k := range ledger {
		for _, other := range to {
			if !k.Public.Equal(other.Public) {
				continue
			}
			both := k
			both.Roles = slices.DeleteFunc(slices.Clone(k.Roles), func(role string) bool { return !slices.Contains(other.Roles, role) })
			both.Revoked = k.Revoked || other.Revoked
			if other.From.After(both.From) {
				both.From = other.From
			}
			if !other.Until.IsZero() && (both.Until.IsZero() || other.Until.Before(both.Until)) {
				both.Until = other.Until
			}
			left = append(left, both)
		}
	}
	return left
}

// bundle is the newest evidence of the version, or, for a rollback, that on which it was let in; zero where there is none. A recheck is none.
func (p *promotion) bundle(ctx context.Context, v evidence.Version) (evidence.Bundle, error) {
	bundles, err := p.store.Evidence(ctx, v)
	if err != nil {
		return evidence.Bundle{}, err
	}
	var newest evidence.Bundle
	for _, b := range bundles {
		if p.back != nil && p.back.evidence != "" && b.Envelope.Digest() != p.back.evidence {
			continue
		}
		record, err := evidence.DecodeLeaf(b.Log.Leaf)
		if err != nil {
			return evidence.Bundle{}, fmt.Errorf("read evidence of %s: %w", v, err)
		}
		if record.Act == evidence.Attested {
			newest = b
		}
	}
	return newest, nil
}

// state hashes the version's files, and those of its attachments that the evidence binds (where it cannot be read, the newest of each path).
func (p *promotion) state(ctx context.Context, now live, b evidence.Bundle, keys evidence.Trust) (evidence.State, error) {
	st := evidence.State{Version: now.version, Policy: now.policy, Champion: now.champion, NeverChampion: now.never, Holds: now.holds}
	blobs, err := p.store.Artifacts(ctx, now.version)
	if err != nil {
		return st, err
	}
	if st.Version.Manifest, st.Damaged, err = hashAll(ctx, blobs); err != nil {
		return st, err
	}
	statement, _, err := evidence.Open(b.Envelope, keys, p.now())
	if err != nil { // the verifier says so
		blobs, err = p.store.Attachments(ctx, now.version)
	} else {
		blobs, err = bound(ctx, p.store, now.version, statement.Attachments)
	}
	if err != nil {
		return st, err
	}
	attached, damaged, err := hashAll(ctx, blobs)
	st.Attachments, st.Damaged = attached, append(st.Damaged, damaged...)
	return st, err
}

// bound finds attachments as they were bound, whatever was attached by their names since.
func bound(ctx context.Context, s *Store, v evidence.Version, files []evidence.File) ([]Blob, error) {
	var blobs []Blob
	for _, f := range files {
		b, err := s.Attachment(ctx, v, f.SHA256)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		b.Path = f.Path // the same bytes may be attached by several names
		blobs = append(blobs, b)
	}
	return blobs, nil
}

// hashAll reads files as they are stored. One that is gone is left out; one that is damaged is as it was stored, and its path among the damaged:
// the verifier refuses both. Any other error is one: nothing is known of the bytes then.
func hashAll(ctx context.Context, blobs []Blob) (m evidence.Manifest, damaged []string, err error) {
	for _, b := range blobs {
		f, err := hash(ctx, b)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case errors.Is(err, ErrDamaged):
			damaged, f = append(damaged, b.Path), b.File
		case err != nil:
			return nil, nil, err
		}
		m = append(m, f)
	}
	return m, damaged, nil
}

func hash(ctx context.Context, b Blob) (evidence.File, error) {
	from, err := b.Open(ctx)
	if err != nil {
		return evidence.File{}, fmt.Errorf("hash %q: %w", b.Path, err)
	}
	sum, n := sha256.New(), int64(0)
	buffer := make([]byte, 256<<10)
	for err == nil && ctx.Err() == nil {
		var got int
		got, err = from.Read(buffer)
		sum.Write(buffer[:got])
		n += int64(got)
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, ErrDamaged) {
		err = nil
	}
	if err = errors.Join(err, ctx.Err(), from.Close()); err != nil {
		return evidence.File{}, fmt.Errorf("hash %q: %w", b.Path, err)
	}
	return evidence.File{Path: b.Path, Size: n, SHA256: evidence.Digest("sha256:" + hex.EncodeToString(sum.Sum(nil)))}, nil
}

// changedSince says what is no longer as it was judged; empty: nothing.
func changedSince(ctx context.Context, s *Store, judged evidence.Version) (string, error) {
	now, err := s.Version(ctx, judged.Model, judged.Number)
	if err != nil {
		return "", err
	}
	if !now.Created.Equal(judged.Created) || now.Source != judged.Source {
		return "the version was made anew", nil
	}
	blobs, err := s.Artifacts(ctx, now)
	if err != nil {
		return "", err
	}
	manifest, damaged, err := hashAll(ctx, blobs)
	switch {
	case err != nil:
		return "", err
	case len(damaged) > 0:
		return fmt.Sprintf("%q was damaged in the store", damaged[0]), nil
	case manifest.Digest() != judged.Manifest.Digest():
		return "its files changed", nil
	}
	return "", nil
}

// Champion is the version that `champion` points at, else the holder of Production; ok is false where there is neither.
func Champion(ctx context.Context, s *Store, model string) (v evidence.Version, ok bool, err error) {
	vs, t, err := champions(ctx, s, model)
	switch {
	case err != nil:
		return evidence.Version{}, false, fmt.Errorf("find the champion of %q: %w", model, err)
	case len(vs) > 1:
		return evidence.Version{}, false, fmt.Errorf("find the champion of %q: %d versions hold %s", model, len(vs), t)
	case len(vs) == 1:
		return vs[0], true, nil
	}
	return evidence.Version{}, false, nil
}

// champions are several only in a registry in which somebody else moved things.
func champions(ctx context.Context, s *Store, model string) ([]evidence.Version, evidence.Target, error) {
	for _, t := range []evidence.Target{ChampionAlias, Production} {
		if vs, err := s.Holders(ctx, model, t); err != nil || len(vs) > 0 {
			return vs, t, err
		}
	}
	return nil, Production, nil
}

// numbers are those of the versions that a target points at.
func numbers(ctx context.Context, s *Store, model string, t evidence.Target) ([]string, error) {
	holders, err := s.Holders(ctx, model, t)
	if err != nil {
		return nil, err
	}
	var ns []string
	for _, v := range holders {
		ns = append(ns, v.Number)
	}
	return ns, nil
}

// points says whether the target points at the number, and, if it is to point at one only, at nothing else.
func points(holders []string, number string, t evidence.Target) bool {
	return contains(holders, number) && (len(holders) == 1 || !Exclusive(t))
}

func contains(holders []string, number string) bool { return slices.Contains(holders, number) }

func first(holders []string) string {
	if len(holders) == 0 {
		return ""
	}
	return holders[0]
}

func numbered(number string) string {
	if number == "" {
		return "nothing"
	}
	return "version " + number
}

func list(holders []string) string {
	if len(holders) > 1 {
		return "versions " + strings.Join(holders, ", ")
	}
	return numbered(first(holders))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
