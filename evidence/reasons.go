package evidence

import (
	"fmt"
	"maps"
)

// The words that a decision lists as met or unmet. The first five are always judged; the others are those that a target requires, "champion"
// where a gate compares with one, "requires" is unmet where the requirements themselves are at fault, and "target" where the version must stay.
const (
	wordOpen      = "open" // the target is not protected
	wordRequires  = "requires"
	wordTarget    = "target" // the move would empty another one
	wordEvidence  = "evidence"
	wordVersion   = "version"
	wordBytes     = "bytes"
	wordPolicy    = "policy"
	wordValidity  = "validity"
	wordGates     = "gates"
	wordChampion  = "champion"
	wordCard      = "card"
	wordArtifacts = "artifacts"
	wordLineage   = "lineage"
	wordLog       = "log" // offline only: on line it is a part of "evidence"
)

func refuse(word string, reason Reason, format string, args ...any) Refusal {
	return Refusal{Requirement: word, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Reasons of "evidence": is this what a trusted key signed, and is it in the log?
const (
	NoEvidence          Reason = "no-evidence"
	EnvelopeMalformed   Reason = "envelope-malformed"
	SignatureCount      Reason = "signature-count"
	SignatureInvalid    Reason = "signature-invalid"
	KeyUntrusted        Reason = "key-untrusted"
	KeyIDMismatch       Reason = "keyid-mismatch"
	KeyRole             Reason = "key-role"
	KeyRevoked          Reason = "key-revoked"
	KeyRetired          Reason = "key-retired"
	KeyNotYetValid      Reason = "key-not-yet-valid"
	PayloadMalformed    Reason = "payload-malformed"
	StatementIncomplete Reason = "statement-incomplete"
	SubjectMismatch     Reason = "subject-mismatch"
	NotEvidence         Reason = "not-evidence"
	NotLogged           Reason = "not-logged"
	ProofInvalid        Reason = "proof-invalid"
	CheckpointInvalid   Reason = "checkpoint-invalid"
	ProofOfAnother      Reason = "proof-of-another"
	Unproven            Reason = "unproven"
)

// Reasons of "version" and "bytes": is it about this version, and are these the bytes?
const (
	OtherRegistry     Reason = "other-registry"
	OtherModel        Reason = "other-model"
	OtherVersion      Reason = "other-version"
	VersionRecreated  Reason = "version-recreated"
	OtherSource       Reason = "other-source"
	BytesChanged      Reason = "bytes-changed"
	ManifestInvalid   Reason = "manifest-invalid"
	AttachmentMissing Reason = "attachment-missing"
	AttachmentChanged Reason = "attachment-changed"

	StoredBytesDamaged Reason = "stored-bytes-damaged"
)

// Reasons of "policy" and "validity": was it judged by the policy in force, and does it still count?
const (
	PolicyMissing       Reason = "policy-missing"
	PolicyMoved         Reason = "policy-moved"
	PolicyNotCurrent    Reason = "policy-not-current"
	PolicyNotLogged     Reason = "policy-not-logged"
	EvidenceExpired     Reason = "evidence-expired"
	EvidenceNotYetValid Reason = "evidence-not-yet-valid"
	EvidenceOverlong    Reason = "evidence-overlong"
	IssuedBeforeVersion Reason = "issued-before-version"
	NeverPromoted       Reason = "never-promoted"
	NothingEarlier      Reason = "nothing-earlier"
)

// Reasons of the words that a target requires.
const (
	NoTarget           Reason = "no-target"
	NoRequirements     Reason = "no-requirements"
	UnknownRequirement Reason = "unknown-requirement"
	GatesNotRequired   Reason = "gates-not-required"
	OpenContradicted   Reason = "open-contradicted"
	LeavesProtected    Reason = "leaves-protected"

	NoGates              Reason = "no-gates"
	GateMissing          Reason = "gate-missing"
	GateFailed           Reason = "gate-failed"
	GateInconclusive     Reason = "gate-inconclusive"
	WaiverUnsupported    Reason = "waiver-unsupported"
	VerdictUnknown       Reason = "verdict-unknown"
	NotApplicableRefused Reason = "not-applicable-refused"
	NothingJudged        Reason = "nothing-judged"
	VerdictRefused       Reason = "verdict-refused"
	ResultIncoherent     Reason = "result-incoherent"
	ChampionChanged      Reason = "champion-changed"

	CardMissing    Reason = "card-missing"
	CardIncomplete Reason = "card-incomplete"
	CardUnbound    Reason = "card-unbound"

	NoArtifactRoles Reason = "no-artifact-roles"
	ArtifactMissing Reason = "artifact-missing"
	ArtifactPattern Reason = "artifact-pattern"
	LineageUnknown  Reason = "lineage-unknown"
	LineageDirty    Reason = "lineage-dirty"
)

// Reasons of [VerifyLog].
const (
	LogUndecodable   Reason = "log-undecodable"
	LogOutOfSequence Reason = "log-out-of-sequence"
	LogHashDiffers   Reason = "log-hash-differs"
	LogTruncated     Reason = "log-truncated"
	LogForked        Reason = "log-forked"
)

// Codes are the reasons, with what `gatecard explain` says of each: what happened, why it refuses, and what to do.
func Codes() map[string]string { return maps.Collect(explained) }

// explained lists every reason once.
func explained(yield func(code, text string) bool) {
	for _, e := range []struct {
		reason Reason
		text   string
	}{
		{NoEvidence, "There is no signed evidence for this version. A protected target lets nothing in on nobody's word. Run `gatecard run --version N`, which judges the version, signs what it found and attaches it."},
		{EnvelopeMalformed, "The evidence file is not a DSSE envelope as gatecard writes it: it is too large, is not strict JSON (a duplicate, unknown or misspelt member), or holds another payload type. What cannot be read in exactly one way is not judged. Fetch the file again from the registry, or run again."},
		{SignatureCount, "The envelope does not have exactly one signature. With several, verifiers differ on which of them counts, and with none nobody vouches. Use the envelope that `gatecard run` wrote; whoever signs beside it needs an envelope of their own."},
		{SignatureInvalid, "The key that the envelope names is trusted, but its signature is not of this payload: the evidence was changed after it was signed, or damaged. Fetch it again from the registry; if it is the same there, find out who changed it, and run again."},
		{KeyUntrusted, "No key that may sign here signed this evidence. Who may is listed in the ledger (or a --trust file), never in the envelope. `gatecard keys list` shows which they are: run again with one of them (--key FILE or GATECARD_KEY)."},
		{KeyIDMismatch, "The envelope names one key and another one signed it. The name is only a hint, but a wrong one misleads whoever reads it, and other verifiers refuse it. Run again, and do not edit the envelope."},
		{KeyRole, "The key is trusted, but not for evidence. Each key signs only what its roles say. Sign with a key whose role is evidence, or let an admin give this one the role."},
		{KeyRevoked, "The key that signed has been revoked. Nothing that it ever signed counts any more, since nobody can tell what its thief signed. Run again with a key that is valid."},
		{KeyRetired, "The key had been retired by the time this was signed or logged. What it signed before stays good; what it signs afterwards does not count. Run again with its successor."},
		{KeyNotYetValid, "The key was not yet valid when this was signed, or is not yet valid now. Either a clock is wrong, or the evidence was dated back. Compare the clocks of the machine that signed and of this one, and look at the key's dates with `gatecard keys list`."},
		{PayloadMalformed, "The signed payload is not a statement in the one form in which gatecard writes it: a member is duplicate, unknown, missing or misspelt, or bytes follow. What two readers may read differently is not judged, even where it is signed. Run again with a released version of gatecard; if another program made the payload, it must write the same bytes."},
		{StatementIncomplete, "The signed statement lacks something that every statement must have: version, manifest, policy, inputs, results, times or a known verdict. Nothing passes by absence. Run again: gatecard does not sign such a statement, so find out what made this one."},
		{SubjectMismatch, "The statement's subject is not the manifest that the statement itself lists. Other verifiers read only the subject, so the two must be the same. Run again: gatecard does not sign such a statement."},
		{NotEvidence, "This is a signed recheck, not evidence. A recheck says how a version in production is doing, and lets nothing in. Present the evidence that `gatecard run` signed."},
		{NotLogged, "Nothing shows that this evidence is in the ledger's log. Evidence that was never logged can be dated back, or picked out of many tries, unseen. Let `gatecard run` attach it to the version, and present the bundle from the registry."},
		{ProofInvalid, "The proof that comes with the evidence does not lead to the log's checkpoint: the record or the proof was changed, or belongs to another log. Fetch the bundle again from the registry, and run `gatecard audit verify`, which names the first bad record."},
		{CheckpointInvalid, "The log's checkpoint is not signed by a key that may sign it, or cannot be read. Without it a proof shows nothing, since anybody can make up a log. See `gatecard keys list` for who may sign, and fetch the bundle again from the registry."},
		{ProofOfAnother, "The proof is good, but shows another record than that of this evidence. A proof was put beside the wrong envelope. Fetch the bundle again from the registry."},
		{Unproven, "This requirement could not be judged, because the evidence that would show it is not trusted or cannot be read. Unread is unmet. Settle what the requirement \"evidence\" says first."},

		{OtherRegistry, "The evidence is about a version in another registry (or in another workspace of it). Names and numbers mean nothing across registries. Run on this registry's version."},
		{OtherModel, "The evidence is about another model. It says nothing of this one, even if the files are the same. Run on this model's version."},
		{OtherVersion, "The evidence is about another version of the model. Each version needs its own, even a copy of one that passed. Run with `--version` and this version's number."},
		{VersionRecreated, "A version of this name and number exists, but was created at another time than the one that was judged: the model was deleted and made again, and the numbers began anew. The evidence is about the version that is gone. Run again on this one."},
		{OtherSource, "The registry now keeps this version's files in another place than when it was judged. What lies there may be changed by other people. Run again, or put the version's source back."},
		{BytesChanged, "The version's files are not those that were judged: one was changed, added, removed or renamed. Evidence is about exact bytes. Register the files as a new version and run on that; if nobody meant to change them, find out who did."},
		{ManifestInvalid, "The list of the version's files cannot be right: it is empty or unsorted, or a name in it is odd, duplicate or different from another only in case or accents. Such names mean different files on different machines. Rename the files and register them as a new version."},
		{AttachmentMissing, "A file that the evidence binds (a card, a report, the evaluation) is no longer attached to the version. What was signed must stay there to be read. Attach it again, or run again."},
		{AttachmentChanged, "A file that the evidence binds has other bytes now than when it was signed. Attach the signed one again, or run again so that the new one is signed."},
		{StoredBytesDamaged, "The store gives other bytes of a file than were put there under its digest, or cannot give it whole. A disk may be failing, or somebody wrote to the store past gatecard. Put the file back from a backup (`gatecard audit verify` lists what is damaged), or register it again as a new version."},

		{PolicyMissing, "No policy is in force for this model, so that nothing says what it must satisfy. A protected target refuses without one. Set it with `gatecard policy set`, or let the first `gatecard run` set it."},
		{PolicyMoved, "The policy in force was changed while this was being decided. The decision would have been by the old one. Try again."},
		{PolicyNotCurrent, "The evidence was judged by another policy than the one in force. A version is let in by today's rules only. Run again by the policy in force (`gatecard policy show`), or, if the other one is right, set it with `gatecard policy set`, which is an audited act."},
		{PolicyNotLogged, "Nothing shows that the policy was in the log before this evidence. Rules that are written after the result prove nothing. Set the policy with `gatecard policy set`, then run again."},
		{EvidenceExpired, "The evidence has expired. The world that it was measured in moves on, so that evidence counts for a limited time only (`evidence: {expires: …}`). Run again on fresh data."},
		{EvidenceOverlong, "The evidence gives itself a longer life than the policy in force allows. Whoever signs cannot prolong it: run again, and gatecard dates it by the policy."},
		{EvidenceNotYetValid, "The evidence says that it was issued in the future. A clock is wrong, here or where it was signed, and with a wrong clock nothing expires. Set the clock right; if it was the signer's, run again."},
		{IssuedBeforeVersion, "The evidence says that it was issued before the version existed. It cannot be about this version, or a clock is wrong. Set the clocks right and run again."},
		{NeverPromoted, "A rollback goes to a version that the target pointed at before, and nothing shows when that was. Use `gatecard promote`, which asks for all that the target requires."},
		{NothingEarlier, "A rollback goes back to a version that the target pointed at before the one of now, and the log knows of none. Nothing was moved. Use `gatecard promote` for a version that passes, or see `gatecard registry history` for what the target pointed at."},

		{NoTarget, "No stage or alias was named to be moved. A decision is about one target. Name it with `--to Production` or `--to @champion`."},
		{NoRequirements, "The target is protected, but its list of requirements is empty. An empty list would let everything in. List what the target requires in the policy, `gates` at least."},
		{UnknownRequirement, "The policy requires something of this target that this gatecard does not know. What cannot be checked is not met. Correct the word in the policy, or use a version of gatecard that knows it."},
		{GatesNotRequired, "The target is protected, but its requirements leave out `gates`, so that a version that failed every gate would be let in. Add `gates` to the target in the policy."},
		{OpenContradicted, "The target is said to be open and yet something is required of it, or it is one that is always protected (Production, @champion). Between two readings the stricter holds. List the target's requirements in the policy, or remove them."},
		{LeavesProtected, "The version holds a protected stage (Production is always one), and a version is in one stage at a time, so that this move would leave the protected stage empty. Such a stage changes hands only by a decision about who holds it next. Promote another version to it, or roll it back: the one that holds it now then goes to Archived by itself."},

		{NoGates, "The policy in force has no gates, so that there is nothing to pass. Add gates to the policy and run again."},
		{GateMissing, "The evidence has no result for a gate of the policy. What was not judged did not pass. Run again with all of the policy's gates."},
		{GateFailed, "A gate failed: the measured figure is beyond its bound. This is what gates are for. Improve the model and register a new version; if the bound itself is wrong, change the policy, which the log shows."},
		{GateInconclusive, "The rows show neither that the gate is kept nor that it is broken: the sample, or a group in it, is too small, or a figure could not be computed. Not shown is not passed. Evaluate on more rows; `gatecard gate` says how many would do."},
		{WaiverUnsupported, "A result is marked as waived, and this gatecard honours no waivers. Nothing that would block is let in on a word in the evidence. Improve the model, or change the policy, which the log shows."},
		{VerdictUnknown, "A verdict is none that gatecard knows, or is empty. Only a known verdict that lets a version in does so. Run again with a released version of gatecard."},
		{NotApplicableRefused, "A gate was left out because there was no champion to compare with, but that does not hold: one was set before, is set now, or the policy compares with none. Run again, so that the gate is judged against the champion."},
		{NothingJudged, "Every gate was left out for want of a champion, so that nothing about this version was judged at all. A first version has none to be compared with, and must pass a gate by itself. Add a gate with a bound of its own to the policy, and run again."},
		{VerdictRefused, "The evidence's own verdict does not let the version in, whatever its gates say one by one. Look at the report of that run, and run again once its cause is gone."},
		{ResultIncoherent, "A gate's result contradicts itself: it says pass while its own figures are missing or beyond its bound, it has no bound or two, or it stands there twice. Such a result was not made by gatecard, or by one with a bug. Run again with a released version, and report it if it comes back."},
		{ChampionChanged, "The champion is not the version that this one was compared with: it was moved after the comparison. Better than the old champion is not better than the new one. Run again, against the champion of today."},

		{CardMissing, "The target requires a card, and the evidence binds none. Write `card.yaml` (`gatecard init` makes one to fill in), name it in `gatecard.yaml`, and run again."},
		{CardIncomplete, "The target requires a complete card, and fields that only a person can fill are empty. They are named beside this code. Fill them in `card.yaml` and run again."},
		{CardUnbound, "The evidence speaks of a card, but does not bind its file, so that any card could be shown in its place. Run again: gatecard binds the card that it writes."},

		{NoArtifactRoles, "The target requires artifacts, but the policy maps no roles to files. With no roles nothing would be required. Add them to the policy: `artifacts: {weights: \"*.onnx\"}`."},
		{ArtifactMissing, "No file of the version matches the pattern of a role that the policy asks for. A model cannot be run without its preprocessor or threshold. Register all files as a new version, or correct the pattern in the policy."},
		{ArtifactPattern, "The pattern of a role is empty or cannot be read, so that nothing can match it. Patterns are as in a shell: `*.onnx`, `tokenizer/*`. Correct it in the policy."},
		{LineageUnknown, "The target requires lineage, and the version does not say where it came from: data version, git commit and training run are all needed. They are fixed at registration: give them as flags or in `lineage:`, and register again."},
		{LineageDirty, "The version was made from a work tree that differed from its git commit, so that the commit does not say what trained it. Commit the changes, train again, and register a new version."},

		{LogUndecodable, "A record of the audit log cannot be read in the one form in which records are written: it was edited or damaged. The records before it are good. Compare with a backup, and with checkpoints that were kept elsewhere, to see what it was."},
		{LogOutOfSequence, "A record of the audit log does not stand at its number: one was deleted, added, doubled or moved. The records before this place are good. Compare with a backup to see which."},
		{LogHashDiffers, "A record of the audit log is not the one whose hash was stored when it was written: it, or the hash, was changed afterwards. The records before it are good. Compare with a backup to see what was changed."},
		{LogTruncated, "The audit log has fewer records than a checkpoint counts: its end was cut off, or an old copy of the ledger was put back. Find the newer copy. Until then nothing that was revoked, refused or promoted since can be seen."},
		{LogForked, "The audit log holds together, but is not the one that a checkpoint stands for: it was rewritten, hashes and all, or it is another ledger's. Compare with a backup. The first bad record lies among those named."},
	} {
		if !yield(string(e.reason), e.text) {
			return
		}
	}
}
