package compliance

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatecard/gatecard/evidence"
)

// Limits on what is read, so that a hostile file costs little: a card with its evaluation is under 2 MiB, a bundle with a manifest of
// 100,000 files under 32 MiB.
const (
	maxFiles = 10_000
	maxFile  = 64 << 20
	maxTotal = 256 << 20
)

// Reasons of a dossier, beside those of package evidence.
const (
	DossierMalformed evidence.Reason = "dossier-malformed"
	DossierChanged   evidence.Reason = "dossier-changed"
	DossierOther     evidence.Reason = "dossier-other-version"
	DossierUnproven  evidence.Reason = "dossier-log-unproven"
)

// Codes gives the reasons of this package with their explanations.
func Codes() map[string]string {
	return map[string]string{
		string(DossierMalformed): "The file is not a dossier as gatecard writes it: it cannot be read, lacks a part, or has one that its list does not name. Export it again.",
		string(DossierChanged):   "A file of the dossier has other bytes than its list or the signed evidence say: it was edited or damaged. Export it again.",
		string(DossierOther):     "The parts of the dossier speak of different versions, so that one could pass for another. Export it again.",
		string(DossierUnproven):  "A record of the audit log in the dossier has no proof that fits it. It may never have been in the log. Export it again.",
	}
}

// Verified is what became of a dossier's checks: each names what it was about.
type Verified struct {
	Version string             `json:"version"`
	Met     []string           `json:"met"`
	Unmet   []evidence.Refusal `json:"unmet,omitempty"`
	// Notes say what is true and may be unwelcome, but makes nothing in the dossier false: a gate that failed, evidence that has expired.
	Notes []string `json:"notes,omitempty"`
	// Statement is what the last evidence says, opened; Signer is the owner of the key that signed it.
	Statement *evidence.Statement `json:"statement,omitempty"`
	Signer    evidence.Actor      `json:"signer,omitzero"`
}

// OK asks for something met and nothing unmet, so that the zero Verified is not.
func (v Verified) OK() bool { return len(v.Met) > 0 && len(v.Unmet) == 0 }

// VerifyZip checks a dossier, without a network or a ledger: every file against the list, every envelope and proof against the keys that t
// lists, the card and other files against what the last evidence binds, every record of the log against the checkpoint, and that all speak
// of one version. It says whether the dossier is what it claims to be, not that a version may be promoted. The error means that it could not
// be read at all.
func VerifyZip(r io.ReaderAt, size int64, t evidence.Trust, now time.Time) (Verified, error) {
	files, err := readZip(r, size)
	if err != nil {
		return Verified{}, fmt.Errorf("read dossier: %w", err)
	}
	v := verification{files: files, trust: t, now: now}
	if !v.list() {
		return v.result, nil
	}
	v.evidence()
	v.attached()
	v.log()
	return v.result, nil
}

func readZip(r io.ReaderAt, size int64) (map[string][]byte, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("%d files: more than %d", len(z.File), maxFiles)
	}
	files, total := map[string][]byte{}, int64(0)
	for _, f := range z.File {
		if !goodName(f.Name) || !f.Mode().IsRegular() {
			return nil, fmt.Errorf("an entry is named %q", clip(f.Name))
		}
		if _, ok := files[f.Name]; ok {
			return nil, fmt.Errorf("two entries are named %q", clip(f.Name))
		}
		content, err := f.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(content, maxFile+1))
		if err := errors.Join(err, content.Close()); err != nil {
			return nil, fmt.Errorf("%q: %w", clip(f.Name), err)
		}
		if total += int64(len(b)); len(b) > maxFile || total > maxTotal {
			return nil, fmt.Errorf("%q: the dossier is larger than is read", clip(f.Name))
		}
		files[f.Name] = b
	}
	return files, nil
}

// verification collects what is found.
type verification struct {
	files  map[string][]byte
	trust  evidence.Trust
	now    time.Time
	result Verified
	last   evidence.Digest // of the evidence that the files are held to
}

func (v *verification) met(format string, args ...any) {
	v.result.Met = append(v.result.Met, fmt.Sprintf(format, args...))
}

func (v *verification) unmet(about string, reason evidence.Reason, format string, args ...any) {
	v.result.Unmet = append(v.result.Unmet, evidence.Refusal{Requirement: about, Reason: reason, Detail: fmt.Sprintf(format, args...)})
}

// err enters an error of package evidence, which is a Refusal where it is about trust.
func (v *verification) err(about string, err error) {
	var r evidence.Refusal
	if errors.As(err, &r) {
		v.unmet(about, r.Reason, "%s", r.Detail)
		return
	}
	v.unmet(about, DossierMalformed, "%v", err)
}

// list holds the files to dossier.json, one to one; false: there is nothing to go by.
func (v *verification) list() bool {
	b, ok := v.files[indexFile]
	if !ok {
		v.unmet("files", DossierMalformed, "there is no %s", indexFile)
		return false
	}
	var list index
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil || d.More() || list.Schema != DossierID {
		v.unmet("files", DossierMalformed, "%s cannot be read", indexFile)
		return false
	}
	v.result.Version = list.Version
	listed := map[string]bool{indexFile: true}
	before := len(v.result.Unmet)
	for _, f := range list.Files {
		b, ok := v.files[f.Path]
		switch {
		case listed[f.Path]:
			v.unmet("files", DossierMalformed, "%q is listed twice", clip(f.Path))
		case !ok:
			v.unmet("files", DossierMalformed, "%q is listed and not there", clip(f.Path))
		case int64(len(b)) != f.Size || evidence.DigestOf(b) != f.SHA256:
			v.unmet("files", DossierChanged, "%q has other bytes than are listed", clip(f.Path))
		}
		listed[f.Path] = true
	}
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if !listed[name] {
			v.unmet("files", DossierMalformed, "%q is there and not listed", clip(name))
		}
	}
	if len(v.result.Unmet) == before {
		v.met("%d files, as listed", len(list.Files))
	}
	return true
}

// evidence opens every bundle; the last is what the rest is held against.
func (v *verification) evidence() {
	all := v.statements(evidenceFolder, evidence.Evidence)
	v.statements(recheckFolder, evidence.Recheck)
	if len(all) == 0 {
		if len(v.result.Unmet) == 0 {
			v.unmet("evidence", evidence.NoEvidence, "there is none")
		}
		return
	}
	last := all[len(all)-1]
	if last.statement == nil { // an older one cannot stand for one that does not open
		return
	}
	s := last.statement
	v.result.Statement, v.result.Signer, v.last = s, last.signer, last.digest
	if !s.Verdict.Lets() {
		v.result.Notes = append(v.result.Notes, fmt.Sprintf("its verdict is %q", s.Verdict))
	}
	if !v.now.Before(s.Expires) {
		v.result.Notes = append(v.result.Notes, "it expired on "+s.Expires.UTC().Format("2006-01-02"))
	}
}

// opened is a bundle of a dossier; statement is nil where it cannot be believed.
type opened struct {
	statement *evidence.Statement
	signer    evidence.Actor
	digest    evidence.Digest
}

// statements opens the bundles of a folder, which have to follow on each other, and tells the good ones in one line.
func (v *verification) statements(folder string, kind evidence.Kind) (all []opened) {
	seen := map[string]bool{}
	var signers []string
	good := 0
	for i := 1; ; i++ {
		name := fmt.Sprintf("%s%03d", folder, i)
		envelope, ok := v.files[name+".dsse.json"]
		if !ok {
			break
		}
		seen[name+".dsse.json"], seen[name+".proof.json"] = true, true
		all = append(all, opened{})
		s, signer, digest, err := v.bundle(envelope, v.files[name+".proof.json"])
		switch {
		case err != nil:
			v.err(name, err)
			continue
		case s.Version.String() != v.result.Version:
			v.unmet(name, DossierOther, "it is about %s, the dossier about %s", s.Version, clip(v.result.Version))
			continue
		case s.Kind != kind:
			v.unmet(name, DossierMalformed, "it is a statement of kind %q", s.Kind)
			continue
		}
		all[i-1] = opened{&s, signer, digest}
		good++
		if by := clip(cmp.Or(signer.Name, signer.Subject)); !slices.Contains(signers, by) {
			signers = append(signers, by)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if strings.HasPrefix(name, folder) && !seen[name] {
			v.unmet(strings.TrimSuffix(folder, "/"), DossierMalformed, "%q does not follow on the others", clip(name))
		}
	}
	if good > 0 && good == len(all) {
		name := folder + "001"
		if good > 1 {
			name += fmt.Sprintf("–%03d", good)
		}
		v.met("%s: signed by %s, and in the log", name, strings.Join(signers, ", "))
	}
	return all
}

// bundle opens one, and asks that its proof is of this very envelope.
func (v *verification) bundle(envelope, proof []byte) (s evidence.Statement, signer evidence.Actor, digest evidence.Digest, err error) {
	e, err := evidence.DecodeEnvelope(envelope)
	if err != nil {
		return s, signer, digest, err
	}
	digest = e.Digest()
	p, err := evidence.DecodeProof(proof)
	if err != nil {
		return s, signer, digest, err
	}
	if s, signer, err = evidence.Open(e, v.trust, v.now); err != nil {
		return s, signer, digest, err
	}
	d := evidence.VerifyOffline(evidence.Bundle{Envelope: e, Log: p}, v.trust, v.now)
	if slices.Contains(d.Unchecked, "log") {
		return s, signer, digest, evidence.Refusal{Requirement: "log", Reason: evidence.NotLogged, Detail: "there is no proof that it is in the log"}
	}
	for _, u := range d.Unmet {
		if u.Requirement == "evidence" || u.Requirement == "log" {
			return s, signer, digest, u
		}
	}
	return s, signer, digest, nil
}

// attached holds the files to what the last evidence binds. One that is bound and not there is told; one that is there is the bound one.
func (v *verification) attached() {
	s := v.result.Statement
	if s == nil {
		return
	}
	bound := map[string]evidence.Digest{}
	for _, f := range s.Attachments {
		bound[f.Path] = f.SHA256
		if _, ok := v.files[f.Path]; !ok {
			v.result.Notes = append(v.result.Notes, fmt.Sprintf("%q is bound by the evidence, and not in the dossier", clip(f.Path)))
		}
	}
	var signed []string
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		switch digest, ok := bound[name]; {
		case own(name):
		case !ok:
			v.unmet(clip(name), evidence.CardUnbound, "the evidence does not bind it")
		case digest != evidence.DigestOf(v.files[name]):
			v.unmet(clip(name), DossierChanged, "it has other bytes than the evidence binds")
		default:
			signed = append(signed, clip(name))
		}
	}
	if len(signed) > 0 {
		v.met("%s: as signed", strings.Join(signed, ", "))
	}
}

// log checks the checkpoint's signature, and that every record is under it. That no record about the model was left out, only the whole log
// can show.
func (v *verification) log() {
	checkpoint := string(v.files[checkpointFile])
	if checkpoint == "" {
		v.unmet("log", evidence.CheckpointInvalid, "there is no checkpoint")
		return
	}
	c, _, err := evidence.OpenCheckpoint(checkpoint, v.trust, v.now)
	if err != nil {
		v.unmet("log", evidence.CheckpointInvalid, "%v", err)
		return
	}
	records, errRecords := decodeLines(v.files[logFile], decodeRecord)
	proofs, errProofs := decodeLines(v.files[proofsFile], evidence.DecodeProof)
	if err := errors.Join(errRecords, errProofs); err != nil {
		v.unmet("log", DossierMalformed, "%v", err)
		return
	}
	if len(records) != len(proofs) {
		v.unmet("log", DossierUnproven, "%d records, and %d proofs", len(records), len(proofs))
		return
	}
	model, number, _ := cutLast(v.result.Version, "/")
	last, before := int64(0), len(v.result.Unmet)
	for i, r := range records {
		if r.Number <= last {
			v.unmet("log", DossierUnproven, "record %d follows record %d", r.Number, last)
		}
		last = r.Number
		leaf, err := evidence.LeafBytes(r)
		switch {
		case err != nil || !bytes.Equal(leaf, proofs[i].Leaf) || proofs[i].Checkpoint != checkpoint:
			v.unmet("log", DossierUnproven, "record %d: its proof is of another record, or another log", r.Number)
		case r.Model != model:
			v.unmet("log", DossierOther, "record %d is about %q", r.Number, clip(r.Model))
		default:
			if _, _, err := evidence.CheckProof(proofs[i], v.trust, v.now); err != nil {
				v.err("log", err)
			}
		}
	}
	if by := letInBy(records, number); by != "" && v.last != "" && by != v.last {
		v.unmet("evidence", DossierOther, "by the log it was let in by %s, and the files are those of %s", by.Short(), v.last.Short())
	}
	if len(v.result.Unmet) == before {
		v.met("%d records about %s: in the log of %d", len(records), clip(model), c.Size)
	}
}

// letInBy is the evidence by which records say that a version was last let into Production or made the champion, as registry.LetInBy finds it.
func letInBy(records []evidence.Record, number string) evidence.Digest {
	var let []evidence.Record
	for _, r := range records {
		switch {
		case r.Target != "Production" && r.Target != "@champion":
		case (r.Act == evidence.Promoted || r.Act == evidence.RolledBack) && r.Version == number:
			let = append(let, r)
		case r.Act == evidence.Healed && r.From == number && r.Version != number && len(let) > 0 && let[len(let)-1].Target == r.Target:
			let = let[:len(let)-1]
		}
	}
	if len(let) == 0 {
		return ""
	}
	return let[len(let)-1].Digest
}

// cutLast cuts around the last sep: a model's name may hold slashes.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
