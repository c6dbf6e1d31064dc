package evidence

import (
	"slices"
	"strings"
	"time"
)

// The checks that are always made, one function each.

// checkRequires says what is wrong with the requirements themselves. Nothing is met by it.
func checkRequires(r Requirements) []Refusal {
	var refusals []Refusal
	if r.Target == "" {
		refusals = append(refusals, refuse(wordRequires, NoTarget, "no stage or alias is named"))
	}
	if len(r.Requires) == 0 {
		return append(refusals, refuse(wordRequires, NoRequirements, "%s is protected, and requires nothing", r.Target))
	}
	if !slices.Contains(r.Requires, wordGates) {
		refusals = append(refusals, refuse(wordRequires, GatesNotRequired, "%s is protected, and requires only %q", r.Target, r.Requires))
	}
	for _, word := range r.Requires {
		if !slices.ContainsFunc(words(), func(w requirement) bool { return w.word == word }) {
			refusals = append(refusals, refuse(word, UnknownRequirement, "%s requires %q, which is not known here", r.Target, word))
		}
	}
	return refusals
}

// checkOpen holds a target that is said to be unprotected to that.
func checkOpen(r Requirements) []Refusal {
	switch {
	case r.Target == "":
		return []Refusal{refuse(wordOpen, NoTarget, "no stage or alias is named")}
	case r.Target == Production || r.Target == ChampionAlias:
		return []Refusal{refuse(wordOpen, OpenContradicted, "%s is always protected", r.Target)}
	case len(r.Requires) > 0:
		return []Refusal{refuse(wordOpen, OpenContradicted, "%s is said to be open, and requires %q", r.Target, r.Requires)}
	}
	return nil
}

// checkLeaves keeps a version in the protected stage that it holds, whatever the other stage requires: a version is in one stage at a time, and
// a protected one is left to another version, not emptied. Up to Production it may go from any. Nothing is met by it.
func checkLeaves(r Requirements, live State) []Refusal {
	if !r.Target.stage() || r.Target == Production {
		return nil
	}
	for _, held := range live.Holds {
		if held.stage() && held != r.Target && (held == Production || slices.Contains(r.Guarded, held)) {
			return []Refusal{refuse(wordTarget, LeavesProtected, "it holds %s: promote or roll back another version first", held)}
		}
	}
	return nil
}

// stage says whether it is one, and no alias.
func (t Target) stage() bool { return t != "" && !strings.HasPrefix(string(t), "@") }

// logged asks for a proof of this very envelope, by whose time of record the signer's key had not been retired.
func (c *candidate) logged(t Trust, now time.Time) []Refusal {
	record, _, err := CheckProof(c.bundle.Log, t, now)
	if err != nil {
		return asRefusals(wordEvidence, err)
	}
	act := map[Kind]Act{Evidence: Attested, Recheck: Rechecked}[c.statement.Kind]
	if record.Act != act || record.Digest != c.bundle.Envelope.Digest() {
		return []Refusal{refuse(wordEvidence, ProofOfAnother, "record %d is %q of %s", record.Number, record.Act, record.Digest.Short())}
	}
	c.record = record
	if c.key.retired(record.At) {
		return []Refusal{refuse(wordEvidence, KeyRetired, "%s was valid until %s; logged %s", KeyID(c.key.Public), stamp(c.key.Until), stamp(record.At))}
	}
	return nil
}

// checkVersion compares what names a version. Its files are for checkBytes.
func checkVersion(c candidate) []Refusal {
	var refusals []Refusal
	signed, live := c.statement.Version, c.live.Version
	differs := func(reason Reason, what, theirs, ours string) {
		if theirs != ours {
			refusals = append(refusals, refuse(wordVersion, reason, "the evidence is about %s %q, this is %q", what, theirs, ours))
		}
	}
	differs(OtherRegistry, "registry", signed.Registry, live.Registry)
	differs(OtherModel, "model", signed.Model, live.Model)
	differs(OtherVersion, "version", signed.Number, live.Number)
	differs(OtherSource, "source", signed.Source, live.Source)
	if !signed.Created.Equal(live.Created) {
		refusals = append(refusals, refuse(wordVersion, VersionRecreated, "the evidence is about one created at %s, this one was at %s",
			signed.Created.UTC().Format(time.RFC3339Nano), live.Created.UTC().Format(time.RFC3339Nano)))
	}
	return refusals
}

// checkBytes compares the files with those that were judged, and what is attached with what was bound.
func checkBytes(c candidate) []Refusal {
	var refusals []Refusal
	signed, live := c.statement.Version.Manifest, c.live.Version.Manifest
	if err := live.Check(); err != nil {
		refusals = append(refusals, refuse(wordBytes, ManifestInvalid, "%v", err))
	}
	if signed.Digest() != live.Digest() {
		refusals = append(refusals, refuse(wordBytes, BytesChanged, "%s", signed.firstDifference(live)))
	}
	for _, path := range c.live.Damaged {
		refusals = append(refusals, refuse(wordBytes, StoredBytesDamaged, "%q is damaged in the store", path))
	}
	for _, bound := range c.statement.Attachments {
		i := slices.IndexFunc(c.live.Attachments, func(f File) bool { return f.Path == bound.Path })
		switch {
		case i < 0:
			refusals = append(refusals, refuse(wordBytes, AttachmentMissing, "%q is not attached", bound.Path))
		case c.live.Attachments[i] != bound:
			refusals = append(refusals, refuse(wordBytes, AttachmentChanged, "%q is %s, signed was %s", bound.Path, c.live.Attachments[i].SHA256.Short(), bound.SHA256.Short()))
		}
	}
	return refusals
}

// firstDifference says how live first differs from m.
func (m Manifest) firstDifference(live Manifest) string {
	for i, f := range m {
		switch {
		case i >= len(live) || live[i].Path > f.Path:
			return quoted(f.Path) + " is missing"
		case live[i].Path < f.Path:
			return quoted(live[i].Path) + " was not there"
		case live[i] != f:
			return quoted(f.Path) + " is " + live[i].SHA256.Short() + ", judged was " + f.SHA256.Short()
		}
	}
	if len(live) > len(m) {
		return quoted(live[len(m)].Path) + " was not there"
	}
	return "they differ"
}

// checkPolicy asks that the evidence was judged by the policy in force, which was in the log before it.
func checkPolicy(c candidate) []Refusal {
	signed, wanted, live := c.statement.Standing.Policy.Digest, c.requires.Policy, c.live.Policy.Digest
	if wanted == "" || live == "" {
		return []Refusal{refuse(wordPolicy, PolicyMissing, "no policy is in force for %s", c.live.Version.Model)}
	}
	var refusals []Refusal
	if wanted != live {
		refusals = append(refusals, refuse(wordPolicy, PolicyMoved, "%s is in force now, the requirements are by %s", live.Short(), wanted.Short()))
	}
	if signed != wanted {
		refusals = append(refusals, refuse(wordPolicy, PolicyNotCurrent, "judged by %s, in force is %s", signed.Short(), wanted.Short()))
	}
	if c.live.Policy.Record < 1 {
		refusals = append(refusals, refuse(wordPolicy, PolicyNotLogged, "the policy in force has no record in the log"))
	}
	return append(refusals, checkPolicyLogged(c)...)
}

func checkPolicyLogged(c candidate) []Refusal {
	policy := c.statement.Standing.Policy
	switch {
	case policy.Record < 1:
		return []Refusal{refuse(wordPolicy, PolicyNotLogged, "the policy %s was not logged before the run", policy.Digest.Short())}
	case c.record.Number > 0 && policy.Record >= c.record.Number:
		return []Refusal{refuse(wordPolicy, PolicyNotLogged, "the policy's record %d does not come before the evidence's, %d", policy.Record, c.record.Number)}
	}
	return nil
}

// checkValidity asks that the evidence counted at c.asOf: issued then, not expired, and not older than its version.
func checkValidity(c candidate) []Refusal {
	var refusals []Refusal
	s := c.statement
	if s.Issued.After(c.asOf) {
		refusals = append(refusals, refuse(wordValidity, EvidenceNotYetValid, "issued %s, and it is %s", stamp(s.Issued), stamp(c.asOf)))
	}
	if !c.asOf.Before(s.Expires) {
		refusals = append(refusals, refuse(wordValidity, EvidenceExpired, "expired %s, and it is %s", stamp(s.Expires), stamp(c.asOf)))
	}
	if longest := c.requires.Longest; longest > 0 && s.Expires.Sub(s.Issued) > longest {
		refusals = append(refusals, refuse(wordValidity, EvidenceOverlong, "it would hold from %s until %s, longer than the policy's %s", stamp(s.Issued), stamp(s.Expires), longest))
	}
	if s.Issued.Before(s.Version.Created) {
		refusals = append(refusals, refuse(wordValidity, IssuedBeforeVersion, "issued %s, created %s", stamp(s.Issued), stamp(s.Version.Created)))
	}
	return refusals
}

// validThen is checkValidity for a rollback: c.asOf is when the target pointed at the version before.
func (c candidate) validThen(now time.Time) []Refusal {
	if c.asOf.IsZero() || c.asOf.After(now) {
		return []Refusal{refuse(wordValidity, NeverPromoted, "nothing shows that %s pointed at %s before", c.requires.Target, c.live.Version)}
	}
	return checkValidity(c)
}
