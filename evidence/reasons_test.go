package evidence

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// A provocation makes a world that is let in into one that is not, for one reason alone. Before changes what is signed, after the rest.
type provocation struct {
	reason  Reason
	word    string
	name    string
	before  func(*world)
	after   func(*world)
	decide  func(*world) Decision // nil: Verify
	besides []Reason              // others that cannot but come with it
}

func rollback(w *world) Decision {
	return VerifyRollback(w.bundle, w.requires, w.trust, w.live, day(2), w.now)
}

func rawReplace(old, new string) func(*world) {
	return func(w *world) {
		payload := strings.Replace(string(w.bundle.Envelope.Payload), old, new, 1)
		if payload == string(w.bundle.Envelope.Payload) {
			w.t.Fatalf("the payload does not hold %s", old)
		}
		w.sealRaw([]byte(payload))
	}
}

func provocations() []provocation {
	setResult := func(change func(*Result)) func(*world) {
		return func(w *world) { change(&w.statement.Results[0]) }
	}
	return []provocation{
		{reason: NoEvidence, word: "evidence", after: func(w *world) { w.bundle = Bundle{} }},
		{reason: EnvelopeMalformed, word: "evidence", after: func(w *world) { w.bundle.Envelope.PayloadType = "application/json" }},
		{reason: EnvelopeMalformed, word: "evidence", name: "large", after: func(w *world) { w.bundle.Envelope.Payload = make([]byte, maxPayload+1) }},
		{reason: SignatureCount, word: "evidence", name: "two", after: func(w *world) {
			w.bundle.Envelope.Signatures = append(w.bundle.Envelope.Signatures, w.bundle.Envelope.Signatures[0])
		}},
		{reason: SignatureCount, word: "evidence", name: "none", after: func(w *world) { w.bundle.Envelope.Signatures = nil }},
		{reason: SignatureInvalid, word: "evidence", after: func(w *world) { w.bundle.Envelope.Payload[400] ^= 1 }},
		{reason: SignatureInvalid, word: "evidence", name: "no bytes", after: func(w *world) { w.bundle.Envelope.Signatures[0].Sig = nil }},
		{reason: KeyUntrusted, word: "evidence", after: func(w *world) { w.trust = w.trust[:1] }},
		{reason: KeyUntrusted, word: "evidence", name: "a key of no length", after: func(w *world) { w.trust[1].Public = nil }},
		{reason: KeyUntrusted, word: "evidence", name: "keyid of nobody, changed payload", after: func(w *world) {
			w.bundle.Envelope.Signatures[0].KeyID, w.bundle.Envelope.Payload[400] = "", 'x'
		}},
		{reason: KeyIDMismatch, word: "evidence", after: func(w *world) { w.bundle.Envelope.Signatures[0].KeyID = KeyID(public(w.ledgerKey)) }},
		{reason: KeyRole, word: "evidence", after: func(w *world) { w.trust[1].Roles = []string{RolePolicy, RoleAdmin} }},
		{reason: KeyRole, word: "evidence", name: "no roles", after: func(w *world) { w.trust[1].Roles = nil }},
		{reason: KeyRevoked, word: "evidence", after: func(w *world) { w.trust[1].Revoked = true }},
		{reason: KeyRevoked, word: "evidence", name: "listed twice", after: func(w *world) {
			again := trusted(w.key, RolePolicy)
			again.Revoked = true
			w.trust = append(w.trust, again)
		}},
		{reason: KeyRetired, word: "evidence", after: func(w *world) { w.trust[1].Until = day(1) }},
		{reason: KeyRetired, word: "evidence", name: "dated back, logged after", before: func(w *world) { w.statement.Issued = day(0) }, after: func(w *world) { w.trust[1].Until = day(1) }},
		{reason: KeyNotYetValid, word: "evidence", after: func(w *world) { w.trust[1].From = day(1).Add(time.Second) }},
		{reason: PayloadMalformed, word: "evidence", name: "no JSON", after: func(w *world) { w.sealRaw([]byte("x")) }},
		{reason: PayloadMalformed, word: "evidence", name: "duplicate", after: rawReplace(`"verdict":"pass"`, `"verdict":"fail","verdict":"pass"`)},
		{reason: PayloadMalformed, word: "evidence", name: "case", after: rawReplace(`"verdict":"pass"`, `"Verdict":"pass"`)},
		{reason: PayloadMalformed, word: "evidence", name: "unknown", after: rawReplace(`"verdict":"pass"`, `"verdict":"pass","waivers":[]`)},
		{reason: PayloadMalformed, word: "evidence", name: "space", after: rawReplace(`"verdict":"pass"`, `"verdict": "pass"`)},
		{reason: PayloadMalformed, word: "evidence", name: "type", after: rawReplace(`in-toto.io/Statement/v1`, `in-toto.io/Statement/v0.1`)},
		{reason: PayloadMalformed, word: "evidence", name: "trailing", after: func(w *world) { w.sealRaw(append(w.bundle.Envelope.Payload, "{}"...)) }},
		{reason: StatementIncomplete, word: "evidence", after: rawReplace(`"tool":"gatecard 0.1.0 (abc)"`, `"tool":""`)},
		{reason: StatementIncomplete, word: "evidence", name: "kind", after: rawReplace(string(Evidence), "https://example.com/v1")},
		{reason: StatementIncomplete, word: "evidence", name: "verdict", after: rawReplace(`"verdict":"pass"`, `"verdict":"passed"`)},
		{reason: StatementIncomplete, word: "evidence", name: "zone", after: rawReplace(`"issued":"2026-03-02T12:00:00Z"`, `"issued":"2026-03-02T13:00:00+01:00"`)},
		{reason: SubjectMismatch, word: "evidence", after: rawReplace(`"subject":[{"name":"ma-employment/3"`, `"subject":[{"name":"ma-employment/4"`)},
		{reason: SubjectMismatch, word: "evidence", name: "none", after: func(w *world) {
			_, rest, _ := strings.Cut(string(w.bundle.Envelope.Payload), `],"predicateType"`)
			w.sealRaw([]byte(`{"_type":"` + statementType + `","subject":[],"predicateType"` + rest))
		}},
		{reason: NotEvidence, word: "evidence", before: func(w *world) { w.statement.Kind = Recheck }},
		{reason: NotLogged, word: "evidence", after: func(w *world) { w.bundle.Log = LogProof{} }},
		{reason: ProofInvalid, word: "evidence", name: "hash", after: func(w *world) { w.bundle.Log.Hashes[0] = tlog.Hash{}.String() }},
		{reason: ProofInvalid, word: "evidence", name: "no hash", after: func(w *world) { w.bundle.Log.Hashes = nil }},
		{reason: ProofInvalid, word: "evidence", name: "no hash text", after: func(w *world) { w.bundle.Log.Hashes[0] = "x" }},
		{reason: ProofInvalid, word: "evidence", name: "hash written oddly", after: func(w *world) { w.bundle.Log.Hashes[0] += "\n" }},
		{reason: ProofInvalid, word: "evidence", name: "number", after: func(w *world) { w.bundle.Log.Record = 1 }},
		{reason: ProofInvalid, word: "evidence", name: "leaf", after: func(w *world) { w.bundle.Log.Leaf = w.bundle.Log.Leaf[1:] }},
		{reason: ProofInvalid, word: "evidence", name: "deep", after: func(w *world) { w.bundle.Log.Hashes = make([]string, maxProof+1) }},
		{reason: CheckpointInvalid, word: "evidence", name: "unsigned", after: func(w *world) { w.bundle.Log.Checkpoint = "" }},
		{reason: CheckpointInvalid, word: "evidence", name: "by a stranger", after: func(w *world) { w.bundle.Log = w.log.prove(w.t, 2, 2, testKey(9)) }},
		{reason: CheckpointInvalid, word: "evidence", name: "role", after: func(w *world) { w.trust[0].Roles = []string{RolePolicy} }},
		{reason: CheckpointInvalid, word: "evidence", name: "revoked", after: func(w *world) { w.trust[0].Revoked = true }},
		{reason: CheckpointInvalid, word: "evidence", name: "retired before it was logged", after: func(w *world) { w.trust[0].Until = day(1) }},
		{reason: CheckpointInvalid, word: "evidence", name: "not yet", after: func(w *world) { w.trust[0].From = day(3) }},
		{reason: CheckpointInvalid, word: "evidence", name: "other size", after: func(w *world) {
			w.bundle.Log.Checkpoint = strings.Replace(w.bundle.Log.Checkpoint, "\n2\n", "\n3\n", 1)
		}},
		{reason: CheckpointInvalid, word: "evidence", name: "large", after: func(w *world) { w.bundle.Log.Checkpoint += strings.Repeat("x", maxCheckpoint) }},
		{reason: ProofOfAnother, word: "evidence", name: "act", after: func(w *world) { w.bundle.Log = w.log.prove(w.t, 1, 2, w.ledgerKey) }},
		{reason: ProofOfAnother, word: "evidence", name: "digest", after: func(w *world) {
			w.log.add(w.t, Record{At: day(1), Act: Attested, Digest: DigestOf([]byte("another"))})
			w.bundle.Log = w.log.prove(w.t, 3, 3, w.ledgerKey)
		}},
		{reason: ProofOfAnother, word: "evidence", name: "act alone", after: func(w *world) {
			w.log.add(w.t, Record{At: day(1), Act: Refused, Digest: w.bundle.Envelope.Digest()})
			w.bundle.Log = w.log.prove(w.t, 3, 3, w.ledgerKey)
		}},

		{reason: OtherRegistry, word: "version", after: func(w *world) { w.live.Version.Registry = "reg-1/other-workspace" }},
		{reason: OtherModel, word: "version", after: func(w *world) { w.live.Version.Model = "credit" }},
		{reason: OtherVersion, word: "version", after: func(w *world) { w.live.Version.Number = "4" }},
		{reason: OtherVersion, word: "version", name: "spelling", after: func(w *world) { w.live.Version.Number = "03" }},
		{reason: VersionRecreated, word: "version", after: func(w *world) { w.live.Version.Created = day(0).Add(time.Millisecond) }},
		{reason: OtherSource, word: "version", after: func(w *world) { w.live.Version.Source = "artifacts/4" }},
		{reason: BytesChanged, word: "bytes", after: func(w *world) { w.live.Version.Manifest = slices.Clone(w.live.Version.Manifest)[:2] }},
		{reason: ManifestInvalid, word: "bytes", after: func(w *world) { w.live.Version.Manifest = nil }, besides: []Reason{BytesChanged}},
		{reason: AttachmentMissing, word: "bytes", after: func(w *world) { w.live.Attachments = w.live.Attachments[:2] }},
		{reason: AttachmentMissing, word: "card", after: func(w *world) { w.live.Attachments = w.live.Attachments[1:] }},
		{reason: AttachmentChanged, word: "bytes", after: func(w *world) { w.live.Attachments[1] = file("evaluation.json", "other figures") }},
		{reason: StoredBytesDamaged, word: "bytes", after: func(w *world) { w.live.Damaged = []string{"model.onnx"} }},
		{reason: StoredBytesDamaged, word: "bytes", name: "rollback", after: func(w *world) { w.live.Damaged = []string{"card.json"} }, decide: rollback},

		{reason: PolicyMissing, word: "policy", name: "live", after: func(w *world) { w.live.Policy = PolicyRef{} }},
		{reason: PolicyMissing, word: "policy", name: "wanted", after: func(w *world) { w.requires.Policy = "" }},
		{reason: PolicyMoved, word: "policy", after: func(w *world) { w.live.Policy.Digest = DigestOf([]byte("newer")) }},
		{reason: PolicyNotCurrent, word: "policy", after: func(w *world) {
			w.live.Policy.Digest, w.requires.Policy = DigestOf([]byte("newer")), DigestOf([]byte("newer"))
		}},
		{reason: PolicyNotLogged, word: "policy", before: func(w *world) { w.statement.Standing.Policy.Record = 0 }},
		{reason: PolicyNotLogged, word: "policy", name: "after the evidence", before: func(w *world) { w.statement.Standing.Policy.Record = 2 }},
		{reason: PolicyNotLogged, word: "policy", name: "the one in force", after: func(w *world) { w.live.Policy.Record = 0 }},
		{reason: PolicyNotLogged, word: "policy", name: "rollback", before: func(w *world) { w.statement.Standing.Policy.Record = 0 }, decide: rollback},
		{reason: EvidenceExpired, word: "validity", after: func(w *world) { w.now = day(91) }},
		{reason: EvidenceExpired, word: "validity", name: "years later", after: func(w *world) { w.now = day(1000) }},
		{reason: EvidenceExpired, word: "validity", name: "rollback to what had expired", after: func(w *world) { w.now = day(100) },
			decide: func(w *world) Decision {
				return VerifyRollback(w.bundle, w.requires, w.trust, w.live, day(91), w.now)
			}},
		{reason: EvidenceNotYetValid, word: "validity", after: func(w *world) { w.now = day(1).Add(-time.Second) }},
		{reason: IssuedBeforeVersion, word: "validity", before: func(w *world) {
			w.statement.Version.Created = day(2)
			w.live.Version.Created = day(2)
		}},
		{reason: NeverPromoted, word: "validity", name: "never", decide: func(w *world) Decision {
			return VerifyRollback(w.bundle, w.requires, w.trust, w.live, time.Time{}, w.now)
		}},
		{reason: NeverPromoted, word: "validity", name: "in the future", decide: func(w *world) Decision {
			return VerifyRollback(w.bundle, w.requires, w.trust, w.live, day(3), w.now)
		}},
		{reason: NothingEarlier, word: "validity", decide: func(w *world) Decision { return RefuseRollback("Production") }},

		{reason: NoTarget, word: "requires", after: func(w *world) { w.requires.Target = "" }},
		{reason: NoTarget, word: "requires", name: "rollback", after: func(w *world) { w.requires.Target = "" }, decide: rollback},
		{reason: NoTarget, word: "open", name: "open", after: func(w *world) { w.requires = Requirements{Open: true} }},
		{reason: NoRequirements, word: "requires", after: func(w *world) { w.requires.Requires = nil }},
		{reason: UnknownRequirement, word: "approvals", after: func(w *world) { w.requires.Requires = append(w.requires.Requires, "approvals") }},
		{reason: UnknownRequirement, word: "Gates", after: func(w *world) { w.requires.Requires = append(w.requires.Requires, "Gates") }},
		{reason: GatesNotRequired, word: "requires", after: func(w *world) { w.requires.Requires = []string{"card"} }},
		{reason: OpenContradicted, word: "open", name: "requires", after: func(w *world) { w.requires.Open, w.requires.Target = true, "Staging" }},
		{reason: OpenContradicted, word: "open", name: "always protected", after: func(w *world) {
			w.requires = Requirements{Target: "@champion", Open: true}
		}},
		{reason: OpenContradicted, word: "open", name: "rollback", after: func(w *world) {
			w.requires = Requirements{Target: "Production", Open: true}
		}, decide: rollback},
		{reason: LeavesProtected, word: "target", name: "open", after: func(w *world) {
			w.requires, w.live.Holds = Requirements{Target: "Archived", Open: true}, []Target{"Production", "@champion"}
		}},
		{reason: LeavesProtected, word: "target", name: "protected", after: func(w *world) {
			w.requires.Target, w.live.Holds = "Staging", []Target{"Production"}
		}},
		{reason: LeavesProtected, word: "target", name: "guarded by the policy", after: func(w *world) {
			w.requires = Requirements{Target: "None", Open: true, Guarded: []Target{"Staging", "@champion"}}
			w.live.Holds = []Target{"Staging"}
		}},
		{reason: LeavesProtected, word: "target", name: "Production, listed or not", after: func(w *world) {
			w.requires = Requirements{Target: "None", Open: true, Guarded: []Target{"Staging", "@champion"}}
			w.live.Holds = []Target{"Production"}
		}},
		{reason: LeavesProtected, word: "target", name: "rollback", after: func(w *world) {
			w.requires.Target, w.live.Holds = "Staging", []Target{"Production"}
		}, decide: rollback},
		{reason: LeavesProtected, word: "target", name: "open rollback", after: func(w *world) {
			w.requires, w.live.Holds = Requirements{Target: "Staging", Open: true}, []Target{"Production"}
		}, decide: rollback},

		{reason: NoGates, word: "gates", after: func(w *world) { w.requires.Gates = nil }},
		{reason: GateMissing, word: "gates", before: func(w *world) { w.statement.Results = w.statement.Results[1:] }},
		{reason: GateFailed, word: "gates", before: setResult(func(r *Result) { r.Verdict = Fail })},
		{reason: GateFailed, word: "gates", name: "not in the policy", before: func(w *world) {
			extra := w.statement.Results[0]
			extra.Gate, extra.Verdict = "another", Fail
			w.statement.Results = append(w.statement.Results, extra)
		}},
		{reason: GateFailed, word: "gates", name: "rollback", before: setResult(func(r *Result) { r.Verdict = Fail }), decide: rollback},
		{reason: GateInconclusive, word: "gates", before: setResult(func(r *Result) { r.Verdict = Inconclusive })},
		{reason: WaiverUnsupported, word: "gates", before: setResult(func(r *Result) { r.Verdict = Waived })},
		{reason: NotApplicableRefused, word: "gates", name: "there was one", before: setResult(func(r *Result) { *r = Result{Gate: r.Gate, Verdict: NotApplicable} })},
		{reason: NotApplicableRefused, word: "gates", name: "there is one", before: firstEver, after: func(w *world) { w.live.Champion = "ma-employment/2" }, besides: []Reason{ChampionChanged}},
		{reason: NotApplicableRefused, word: "gates", name: "no gate compares", before: firstEver, after: func(w *world) { w.requires.Versus = nil }},
		{reason: NotApplicableRefused, word: "gates", name: "another gate compares", before: firstEver, after: func(w *world) { w.requires.Versus = []string{"gap"} }},
		{reason: NotApplicableRefused, word: "gates", name: "there was another before", before: firstEver, after: func(w *world) { w.live.NeverChampion = false }},
		{reason: NotApplicableRefused, word: "gates", name: "there was another before, and this is champion", before: firstEver, after: func(w *world) {
			w.live.NeverChampion, w.live.Champion = false, "ma-employment/3"
		}},
		{reason: NothingJudged, word: "gates", name: "verdict of nothing", before: nothingJudged, after: func(w *world) { w.requires.Versus = w.requires.Gates }},
		{reason: NothingJudged, word: "gates", name: "verdict pass", before: func(w *world) { nothingJudged(w); w.statement.Verdict = Pass },
			after: func(w *world) { w.requires.Versus = w.requires.Gates }},
		{reason: NothingJudged, word: "gates", name: "rollback", before: nothingJudged, decide: rollback},
		{reason: EvidenceOverlong, word: "validity", after: func(w *world) { w.requires.Longest = time.Hour }},
		{reason: NotApplicableRefused, word: "gates", name: "compared all the same", before: func(w *world) {
			firstEver(w)
			w.statement.Champion, w.live.Champion = "ma-employment/3", "ma-employment/3"
		}},
		{reason: VerdictRefused, word: "gates", before: func(w *world) { w.statement.Verdict = Fail }},
		{reason: VerdictRefused, word: "gates", name: "waived", before: func(w *world) { w.statement.Verdict = Waived }},
		{reason: VerdictRefused, word: "gates", name: "not applicable", before: func(w *world) { w.statement.Verdict = NotApplicable }},
		{reason: ResultIncoherent, word: "gates", name: "no bound", before: setResult(func(r *Result) { r.Min = nil })},
		{reason: ResultIncoherent, word: "gates", name: "two bounds", before: setResult(func(r *Result) { r.Max = f64(1) })},
		{reason: ResultIncoherent, word: "gates", name: "no value", before: setResult(func(r *Result) { r.Value = nil })},
		{reason: ResultIncoherent, word: "gates", name: "no claims", before: setResult(func(r *Result) { r.Claims = nil })},
		{reason: ResultIncoherent, word: "gates", name: "none judged", before: setResult(func(r *Result) { r.Claims[0].Unjudged = "too small" })},
		{reason: ResultIncoherent, word: "gates", name: "reversed", before: setResult(func(r *Result) { r.Low, r.High = f64(0.7), f64(0.6) })},
		{reason: ResultIncoherent, word: "gates", name: "below", before: setResult(func(r *Result) { r.Low, r.High = f64(0.3), f64(0.499) })},
		{reason: ResultIncoherent, word: "gates", name: "above", before: func(w *world) { w.statement.Results[1].Low, w.statement.Results[1].High = f64(0.06), f64(0.08) }},
		{reason: ResultIncoherent, word: "gates", name: "twice", before: func(w *world) { w.statement.Results = append(w.statement.Results, w.statement.Results[0]) }},
		{reason: ResultIncoherent, word: "gates", name: "figures of nothing", before: func(w *world) {
			firstEver(w)
			w.statement.Results[2].Low = f64(0)
		}},
		{reason: ResultIncoherent, word: "gates", name: "claims of nothing", before: func(w *world) {
			claims := w.statement.Results[2].Claims
			firstEver(w)
			w.statement.Results[2].Claims = claims
		}},
		{reason: ChampionChanged, word: "champion", after: func(w *world) { w.live.Champion = "ma-employment/1" }},
		{reason: ChampionChanged, word: "champion", name: "gone", after: func(w *world) { w.live.Champion = "" }},
		{reason: ChampionChanged, word: "champion", name: "not compared", before: func(w *world) { w.statement.Champion = "" }},

		{reason: CardMissing, word: "card", before: func(w *world) { w.statement.Card = nil }},
		{reason: CardIncomplete, word: "card", before: func(w *world) { w.statement.Card.Missing = []string{"intended use"} }},
		{reason: CardUnbound, word: "card", before: func(w *world) { w.statement.Card.File = DigestOf([]byte("another card")) }},
		{reason: NoArtifactRoles, word: "artifacts", after: func(w *world) { w.requires.Artifacts = nil }},
		{reason: ArtifactMissing, word: "artifacts", after: func(w *world) { w.requires.Artifacts["tokenizer"] = "tokenizer.*" }},
		{reason: ArtifactPattern, word: "artifacts", after: func(w *world) { w.requires.Artifacts["weights"] = "[" }},
		{reason: ArtifactPattern, word: "artifacts", name: "empty", after: func(w *world) { w.requires.Artifacts["weights"] = "" }},
		{reason: LineageUnknown, word: "lineage", name: "data", before: func(w *world) { w.statement.Version.Lineage.Data = "" }},
		{reason: LineageUnknown, word: "lineage", name: "commit", before: func(w *world) { w.statement.Version.Lineage.Commit = "" }},
		{reason: LineageUnknown, word: "lineage", name: "run", before: func(w *world) { w.statement.Version.Lineage.Run = "" }},
		{reason: LineageDirty, word: "lineage", before: func(w *world) { w.statement.Version.Lineage.Dirty = true }},
	}
}

// firstEver makes the statement one of the first version that anybody judged: there was no champion to compare with.
func firstEver(w *world) {
	w.statement.Standing.NeverChampion, w.statement.Champion, w.live.Champion = true, "", ""
	w.live.NeverChampion = true
	w.statement.Results[2] = Result{Gate: w.statement.Results[2].Gate, Verdict: NotApplicable}
}

// nothingJudged is a first version of which every gate was left out.
func nothingJudged(w *world) {
	firstEver(w)
	for i, r := range w.statement.Results {
		w.statement.Results[i] = Result{Gate: r.Gate, Verdict: NotApplicable}
	}
	w.statement.Verdict = NotApplicable
}

func (p provocation) run(t *testing.T) Decision {
	w := newWorld(t)
	if p.before != nil {
		p.before(w)
	}
	w.seal()
	if p.after != nil {
		p.after(w)
	}
	if p.decide != nil {
		return p.decide(w)
	}
	return w.verify()
}

// The replay matrix (P10) and all else that refuses: each has its own reason, under its own requirement, and brings no other with it.
func TestProvoked(t *testing.T) {
	for _, p := range provocations() {
		t.Run(string(p.reason)+" "+p.word+" "+p.name, func(t *testing.T) {
			d := p.run(t)
			if d.Allowed() {
				t.Fatal("let in")
			}
			under := func(u Refusal) bool {
				return u.Reason == p.reason && u.Requirement == p.word && u.Detail != ""
			}
			if !slices.ContainsFunc(d.Unmet, under) {
				t.Errorf("unmet: %v\nwant %s under %q", d.Unmet, p.reason, p.word)
			}
			for r := range reasons(d) {
				if r != p.reason && !slices.Contains(p.besides, r) {
					t.Errorf("brings %s with it: %v", r, d.Unmet)
				}
			}
			for _, word := range d.Met {
				if slices.ContainsFunc(d.Unmet, func(u Refusal) bool { return u.Requirement == word }) {
					t.Errorf("%q is both met and unmet", word)
				}
			}
		})
	}
}

// Reasons that Verify gives nowhere by itself: of checks that a payload cannot reach, and of the log.
func TestProvokedElsewhere(t *testing.T) {
	for reason, err := range elsewhere(t) {
		var refusal Refusal
		var bad *LogError
		switch {
		case errors.As(err, &refusal) && refusal.Reason == reason:
		case errors.As(err, &bad) && bad.Reason == reason:
		default:
			t.Errorf("%v, want %s", err, reason)
		}
	}
}

func elsewhere(t *testing.T) map[Reason]error {
	l := longLog(t, 20)
	edited := func(change func([][]byte) [][]byte) error {
		_, err := VerifyLog(change(slices.Clone(l.leaves)), &l.hashes, l.checkpoint(t, 20))
		return err
	}
	other := longLog(t, 21)
	return map[Reason]error{
		VerdictUnknown:   func() error { r, _ := Result{Gate: "g", Verdict: "passed"}.refusal(true); return r }(), // decoding refuses it before
		Unproven:         Verify(Bundle{}, newWorld(t).requires, nil, State{}, day(1)).Unmet[1],
		LogUndecodable:   edited(func(ls [][]byte) [][]byte { ls[4] = []byte("x"); return ls }),
		LogOutOfSequence: edited(func(ls [][]byte) [][]byte { return slices.Delete(ls, 4, 5) }),
		LogHashDiffers: edited(func(ls [][]byte) [][]byte {
			ls[4] = []byte(strings.Replace(string(ls[4]), "note 5", "note 6", 1))
			return ls
		}),
		LogTruncated: edited(func(ls [][]byte) [][]byte { return ls[:19] }),
		LogForked: func() error {
			_, err := VerifyLog(l.leaves, nil, Checkpoint{Origin("x"), 10, other.checkpoint(t, 11).Root})
			return err
		}(),
	}
}

// Every reason is explained, in two to four sentences, and provoked above.
func TestCodes(t *testing.T) {
	provoked := map[string]bool{}
	for _, p := range provocations() {
		provoked[string(p.reason)] = true
	}
	for reason := range elsewhere(t) {
		provoked[string(reason)] = true
	}
	codes := Codes()
	if len(codes) < 50 {
		t.Fatalf("only %d codes", len(codes))
	}
	for code, text := range codes {
		if !provoked[code] {
			t.Errorf("%s: no test provokes it", code)
		}
		if n := strings.Count(text, ". ") + 1; n < 2 || n > 4 || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %d sentences: %s", code, n, text)
		}
		if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q is not kebab-case", code)
		}
	}
	for code := range provoked {
		if codes[code] == "" {
			t.Errorf("%s is not explained", code)
		}
	}
	seen := map[string]bool{}
	for code := range explained {
		if seen[code] {
			t.Errorf("%s is explained twice", code)
		}
		seen[code] = true
	}
}

// Three generations of keys (P18): what a key signed while it was valid stays good, what it signs afterwards does not, and a revoked one
// counts for nothing.
func TestKeyRotation(t *testing.T) {
	keys := []ed25519.PrivateKey{testKey(11), testKey(12), testKey(13)}
	ends := []int{0, 10, 20, 30} // key i is valid from ends[i], with two days of overlap
	for revoked := -1; revoked < len(keys); revoked++ {
		for i, key := range keys {
			for signed := range 3 {
				w := newWorld(t)
				w.key = key
				w.trust = w.trust[:1]
				for j, k := range keys {
					w.trust = append(w.trust, TrustedKey{Public: public(k), Roles: []string{RoleEvidence}, From: day(ends[j]), Until: day(ends[j+1] + 2), Revoked: j == revoked})
				}
				when := day(ends[signed] + 5)
				w.statement.Issued = when
				e, err := Sign(w.statement, w.key)
				if err != nil {
					t.Fatal(err)
				}
				w.enter(e, when)
				w.now = day(40)
				want := i == signed && i != revoked
				if d := w.verify(); d.Allowed() != want {
					t.Errorf("revoked %d: signed by key %d in the time of key %d: allowed %t, want %t: %v", revoked, i, signed, d.Allowed(), want, d.Unmet)
				}
			}
		}
	}
}
