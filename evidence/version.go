package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Digest is "sha256:" and 64 hexadecimal digits.
type Digest string

// DigestOf hashes bytes.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// Short is for reading: the first four and last two digits.
func (d Digest) Short() string {
	if len(d) != len("sha256:")+64 {
		return string(d)
	}
	return string(d[7:11]) + "…" + string(d[len(d)-2:])
}

// File is a file by its content: an artifact of a version, or an attachment to it.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 Digest `json:"sha256"`
}

// Version is what a model version is, for good. Stages and aliases are no part of it: they are pointers, which move.
type Version struct {
	Registry string    `json:"registry"` // its instance id, not its address
	Model    string    `json:"model"`    // "ma-employment"
	Number   string    `json:"number"`   // "2"; a revision or digest where the registry has no numbers
	Created  time.Time `json:"created"`
	Source   string    `json:"source"` // where the registry keeps the files
	Manifest Manifest  `json:"manifest"`
	Lineage  Lineage   `json:"lineage"`
}

// String gives "ma-employment/2".
func (v Version) String() string { return v.Model + "/" + v.Number }

// Lineage is where a version came from. An empty field is unknown, and does not meet the requirement "lineage".
type Lineage struct {
	Data   string `json:"data,omitempty"`   // data version
	Commit string `json:"commit,omitempty"` // git commit of the training code
	Dirty  bool   `json:"dirty,omitempty"`  // the work tree differed from Commit
	Run    string `json:"run,omitempty"`    // training run
	Parent string `json:"parent,omitempty"` // version it was made from
	Author Actor  `json:"author,omitzero"`
}

// Actor is who did something. Issuer and Subject identify; Name is for reading.
type Actor struct {
	Issuer  string `json:"issuer,omitempty"`  // "key": Subject is a key's fingerprint
	Subject string `json:"subject,omitempty"` // "SHA256:…"
	Name    string `json:"name,omitempty"`    // "local key"
}

// Target is a stage ("Production") or an alias ("@champion"): a pointer that only promotion moves.
type Target string

// The targets that are always protected. Production is also a stage that is not emptied.
const (
	Production    Target = "Production"
	ChampionAlias Target = "@champion"
)

// Record is an entry of the audit log. The log is history, event stream and outbox in one: pages, watchers and Slack read it.
type Record struct {
	Number   int64     `json:"number"` // from 1
	At       time.Time `json:"at"`
	By       Actor     `json:"by"`
	Act      Act       `json:"act"`
	Model    string    `json:"model,omitempty"`
	Version  string    `json:"version,omitempty"`  // number
	Target   Target    `json:"target,omitempty"`   // of a move
	From     string    `json:"from,omitempty"`     // the version that the target pointed at before
	Digest   Digest    `json:"digest,omitempty"`   // of the policy, the evidence, or the key
	Manifest Digest    `json:"manifest,omitempty"` // of a look or a registration
	Dataset  Digest    `json:"dataset,omitempty"`  // of a look
	Detail   string    `json:"detail,omitempty"`
	Decision *Decision `json:"decision,omitempty"` // of a promotion
}

// Act is what was done.
type Act string

// The acts that the log knows.
const (
	KeyEnrolled Act = "key enrolled"
	PolicySet   Act = "policy set"
	Registered  Act = "registered"
	Looked      Act = "look"
	Attested    Act = "evidence"
	Rechecked   Act = "rechecked"
	Intended    Act = "intent"
	Promoted    Act = "promoted"
	Refused     Act = "refused"
	RolledBack  Act = "rolled back"
	Healed      Act = "healed"
)

// LogProof shows that a record is in the log that a signed checkpoint stands for.
type LogProof struct {
	Record     int64    `json:"record"`     // its number
	Leaf       []byte   `json:"leaf"`       // the record's bytes as logged
	Hashes     []string `json:"hashes"`     // base64
	Checkpoint string   `json:"checkpoint"` // origin, size and root, signed as a note
}
