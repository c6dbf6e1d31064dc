package evidence

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Protection is what a policy says of a stage or an alias; stage Production and alias champion have one by default. A word in Requires that
// the verifier does not know refuses, and so does an empty list.
type Protection struct {
	Requires []string `json:"requires"` // gates, card, artifacts, lineage
}

// Requirements are a target's protection by the policy in force, and what its words stand for.
type Requirements struct {
	Protection
	Target    Target
	Open      bool              // the target is not protected: nothing is required, and the move is audited all the same
	Policy    Digest            // evidence under another one is refused
	Gates     []string          // ids: none may be missing from the results
	Versus    []string          // those of Gates that compare with the champion
	Longest   time.Duration     // the longest life of evidence; 0: the policy sets none
	Artifacts map[string]string // role to pattern: {"weights": "*.onnx"}
	Guarded   []Target          // the targets that the policy or the defaults protect; Production is one, listed or not
}

// Trust lists whose signature counts and when: from the ledger or a --trust file, never from the envelope.
type Trust []TrustedKey

// TrustedKey is one key and what it may sign.
type TrustedKey struct {
	Public  ed25519.PublicKey `json:"public"`
	Owner   Actor             `json:"owner"`
	Roles   []string          `json:"roles"` // evidence, policy, admin
	From    time.Time         `json:"from"`
	Until   time.Time         `json:"until,omitzero"` // zero: no end
	Revoked bool              `json:"revoked,omitempty"`
}

// State is what registry and ledger say now.
type State struct {
	Version     Version // its manifest from the bytes, hashed just before
	Attachments []File  // likewise
	Policy      PolicyRef
	Champion    string // what the champion's target points at, "ma-employment/2"; empty: nothing
	// NeverChampion: by the ledger's log neither Production nor @champion of this model was ever pointed at another version than this. The
	// candidate itself is no champion before it: it may go to both, one after the other.
	NeverChampion bool
	Holds         []Target // what points at the version
	Damaged       []string // the paths of files whose stored bytes are not those that they were stored as: they stand above as they were stored
}

// Decision is the verifier's answer: every requirement, met and unmet.
type Decision struct {
	Target    Target    `json:"target"`
	Met       []string  `json:"met"`
	Unmet     []Refusal `json:"unmet,omitempty"`
	Unchecked []string  `json:"unchecked,omitempty"` // what [VerifyOffline] cannot know
}

// Allowed asks for something met and nothing unmet, so that the zero Decision refuses.
func (d Decision) Allowed() bool { return len(d.Met) > 0 && len(d.Unmet) == 0 }

// Refusal is one unmet requirement: "gates", gate-failed, "recall across disability: 0.295, at least 0.50 is required".
type Refusal struct {
	Requirement string `json:"requirement"`
	Reason      Reason `json:"reason"` // a stable code, explained by `gatecard explain`
	Detail      string `json:"detail"`
}

// Error makes a refusal an error where a single one ends the work.
func (r Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Reason, r.Detail) }

// Reason is such a code: "gate-failed", "policy-not-current", "champion-changed".
type Reason string

// Verify says what a bundle is good for now. A pure function: it judges every requirement, and never stops at the first that is unmet. Always
// asked for are evidence, version, bytes, policy and validity; then what r.Requires lists, and champion where r.Versus names a gate. Where the
// evidence itself is not trusted, nothing that it says is believed: the others are unmet as unproven.
func Verify(b Bundle, r Requirements, t Trust, live State, now time.Time) Decision {
	d := Decision{Target: r.Target}
	d.blame(checkLeaves(r, live))
	if r.Open {
		d.judge(wordOpen, checkOpen(r))
		return d
	}
	d.blame(checkRequires(r))
	c := candidate{bundle: b, requires: r, live: live, asOf: now}
	trusted := c.read(&d, t, now)
	for _, check := range append(always(), required(r)...) {
		d.judgeIf(trusted, check, c)
	}
	return d
}

// VerifyRollback says whether a target may go back to a version that it pointed at before, promoted then. It asks no more than the design
// does of a rollback: signature, revocation, log and bytes now; expiry as of the original promotion; results that let the version in. It
// does not ask again for today's policy, champion or words, under which the target would have to stay on a version that is worse.
func VerifyRollback(b Bundle, r Requirements, t Trust, live State, promoted, now time.Time) Decision {
	d := Decision{Target: r.Target}
	d.blame(checkLeaves(r, live))
	if r.Open {
		d.judge(wordOpen, checkOpen(r))
		return d
	}
	if r.Target == "" {
		d.blame([]Refusal{refuse(wordRequires, NoTarget, "no stage or alias is named")})
	}
	c := candidate{bundle: b, requires: r, live: live, asOf: promoted}
	trusted := c.read(&d, t, now)
	for _, check := range []requirement{
		{wordVersion, checkVersion},
		{wordBytes, checkBytes},
		{wordPolicy, checkPolicyLogged},
		{wordValidity, func(c candidate) []Refusal { return c.validThen(now) }},
		{wordGates, checkResultsThen},
	} {
		d.judgeIf(trusted, check, c)
	}
	return d
}

// RefuseRollback is the decision where the log knows no earlier holder of a target that it could go back to.
func RefuseRollback(t Target) Decision {
	return Decision{Target: t, Unmet: []Refusal{refuse(wordValidity, NothingEarlier, "%s never pointed at another version that could be rolled back to", t)}}
}

// VerifyOffline says what a bundle is good for by itself, without registry or ledger: evidence or a recheck that a trusted key signed, whose
// times are right and whose results let a version in; and, where there is a proof, that it is in the log. Unchecked lists the rest. It is
// never enough to promote by.
func VerifyOffline(b Bundle, t Trust, now time.Time) Decision {
	d := Decision{Unchecked: []string{wordVersion, wordBytes, wordPolicy, wordChampion}}
	c := candidate{bundle: b, asOf: now}
	s, key, err := open(b.Envelope, t, now)
	d.judge(wordEvidence, asRefusals(wordEvidence, err))
	c.statement, c.key = s, key
	if b.Log.empty() {
		d.Unchecked = append(d.Unchecked, wordLog)
	} else {
		d.judgeIf(err == nil, requirement{wordLog, func(c candidate) []Refusal { return under(wordLog, c.logged(t, now)) }}, c)
	}
	d.judgeIf(err == nil, requirement{wordValidity, checkValidity}, c)
	d.judgeIf(err == nil, requirement{wordGates, checkResultsThen}, c)
	return d
}

// candidate is what the checks read. Each of them is a function of it alone.
type candidate struct {
	bundle    Bundle
	requires  Requirements
	live      State
	asOf      time.Time // at which expiry is judged
	statement Statement
	key       TrustedKey
	record    Record // of the statement in the log; zero: not proven
}

// requirement is a word and the check behind it: no refusals, and it is met.
type requirement struct {
	word  string
	check func(candidate) []Refusal
}

func always() []requirement {
	return []requirement{
		{wordVersion, checkVersion},
		{wordBytes, checkBytes},
		{wordPolicy, checkPolicy},
		{wordValidity, checkValidity},
	}
}

// words are what a target may require.
func words() []requirement {
	return []requirement{
		{wordGates, checkGates},
		{wordCard, checkCard},
		{wordArtifacts, checkArtifacts},
		{wordLineage, checkLineage},
	}
}

func required(r Requirements) []requirement {
	var list []requirement
	for _, w := range words() {
		if slices.Contains(r.Requires, w.word) {
			list = append(list, w)
		}
	}
	if len(r.Versus) > 0 {
		list = append(list, requirement{wordChampion, checkChampion})
	}
	return list
}

// read opens the bundle, judges "evidence", and says whether what it says may be believed. A statement that is signed but not logged may, so
// that whoever reads the decision sees all that is wrong with it.
func (c *candidate) read(d *Decision, t Trust, now time.Time) bool {
	s, key, err := open(c.bundle.Envelope, t, now)
	if err != nil {
		d.judge(wordEvidence, asRefusals(wordEvidence, err))
		return false
	}
	c.statement, c.key = s, key
	refusals := c.logged(t, now)
	if s.Kind != Evidence {
		refusals = append(refusals, refuse(wordEvidence, NotEvidence, "it is of kind %q", s.Kind))
	}
	d.judge(wordEvidence, refusals)
	return true
}

// judge enters one requirement.
func (d *Decision) judge(word string, refusals []Refusal) {
	if len(refusals) == 0 {
		d.Met = append(d.Met, word)
		return
	}
	d.blame(refusals)
}

// judgeIf enters one that can only be judged where the statement is trusted.
func (d *Decision) judgeIf(trusted bool, r requirement, c candidate) {
	if !trusted {
		d.blame([]Refusal{refuse(r.word, Unproven, "the evidence that would show it is not trusted")})
		return
	}
	d.judge(r.word, r.check(c))
}

func (d *Decision) blame(refusals []Refusal) { d.Unmet = append(d.Unmet, refusals...) }

// asRefusals makes a list of an error, for checks that end at the first thing wrong.
func asRefusals(word string, err error) []Refusal {
	if err == nil {
		return nil
	}
	if r, ok := errors.AsType[Refusal](err); ok {
		return under(word, []Refusal{r})
	}
	return []Refusal{refuse(word, EnvelopeMalformed, "%v", err)}
}

// under enters refusals under another word than the one they were made for.
func under(word string, refusals []Refusal) []Refusal {
	for i := range refusals {
		refusals[i].Requirement = word
	}
	return refusals
}
