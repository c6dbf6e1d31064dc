package compliance

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// The files of a dossier, beside those that the last evidence binds, which stand under their own paths (card.json among them).
const (
	readmeFile     = "README.txt"
	indexFile      = "dossier.json"
	evidenceFolder = "evidence/" // 001.dsse.json, 001.proof.json, …: oldest first, but the last is what the version was let in by
	recheckFolder  = "recheck/"  // the same, of rechecks
	logFile        = "log.jsonl" // a record a line
	proofsFile     = "log.proofs.jsonl"
	checkpointFile = "checkpoint.txt"
	cardPath       = "card.json"
)

// DossierID names the shape of dossier.json.
const DossierID = "https://github.com/gatecard/gatecard/schema/dossier/v1.json"

// index is dossier.json: what a dossier is about, and its files. It is not signed: the envelopes, proofs and checkpoint inside are.
type index struct {
	Schema  string          `json:"schema"`
	Version string          `json:"version"`
	At      string          `json:"at"`
	Files   []evidence.File `json:"files"`
}

const readme = `This is what gatecard has to show about one version of a model.

  card.json           the model card: what was measured, how it was judged, and what a person wrote
  baseline.json       what drift was measured against
  evidence/           signed statements (DSSE, in-toto), each with its proof that it is in the log: oldest first, but the last is that by which
                      the version was let in, where it was; the files here are those that the last one binds
  recheck/            the same of what was found since on fresh data
  log.jsonl           the audit log's records about the model; log.proofs.jsonl proves that they are in the log
  checkpoint.txt      what the log was signed as when this was put together
  dossier.json        a list of these files

  gatecard verify FILE --trust TRUSTED-KEYS

checks all of it without a network. Whose keys count is not for this file to say: bring them from elsewhere.
`

// WriteZip writes the dossier as one file: the same inputs, the same bytes, whatever the release of Go (nothing is compressed).
func WriteZip(w io.Writer, d Dossier) error {
	files, err := zipFiles(d)
	if err != nil {
		return fmt.Errorf("write dossier: %w", err)
	}
	list := index{Schema: DossierID, Version: d.version(), At: d.At.UTC().Format("2006-01-02T15:04:05Z"), Files: []evidence.File{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list.Files = append(list.Files, evidence.File{Path: name, Size: int64(len(files[name])), SHA256: evidence.DigestOf(files[name])})
	}
	if files[indexFile], err = schema.Encode(list); err != nil {
		return fmt.Errorf("write dossier: %w", err)
	}
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return fmt.Errorf("write dossier: %w", err)
		}
		if _, err := f.Write(files[name]); err != nil {
			return fmt.Errorf("write dossier: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write dossier: %w", err)
	}
	return nil
}

func zipFiles(d Dossier) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, b := range d.Attached {
		if !goodName(name) || own(name) {
			return nil, fmt.Errorf("an attached file is named %q", name)
		}
		files[name] = b
	}
	if d.Card != nil {
		b, err := cardFile(d)
		if err != nil {
			return nil, err
		}
		files[cardPath] = b
	}
	for folder, bundles := range map[string][]evidence.Bundle{evidenceFolder: d.Evidence, recheckFolder: d.Rechecks} {
		for i, bundle := range bundles {
			name := fmt.Sprintf("%s%03d", folder, i+1)
			var errEnvelope, errProof error
			files[name+".dsse.json"], errEnvelope = evidence.EncodeEnvelope(bundle.Envelope)
			files[name+".proof.json"], errProof = evidence.EncodeProof(bundle.Log)
			if err := errors.Join(errEnvelope, errProof); err != nil {
				return nil, err
			}
		}
	}
	var log, proofs bytes.Buffer
	for _, r := range d.Log {
		b, err := schema.Encode(r)
		if err != nil {
			return nil, err
		}
		log.Write(append(b, '\n'))
	}
	for _, p := range d.Proofs {
		b, err := evidence.EncodeProof(p)
		if err != nil {
			return nil, err
		}
		proofs.Write(b)
	}
	files[logFile], files[proofsFile] = log.Bytes(), proofs.Bytes()
	files[checkpointFile], files[readmeFile] = []byte(d.Checkpoint), []byte(readme)
	return files, nil
}

// cardFile gives the card's bytes: those that were attached, since they were signed, else those of the card.
func cardFile(d Dossier) ([]byte, error) {
	if b, ok := d.Attached[cardPath]; ok {
		return b, nil
	}
	return schema.Encode(d.Card)
}

// goodName says whether a path stays inside a folder, on any system.
func goodName(name string) bool {
	return name != "" && name != "." && path.Clean(name) == name && !path.IsAbs(name) && !strings.HasPrefix(name, "../") && name != ".." &&
		!strings.ContainsAny(name, "\\:\x00")
}

func own(name string) bool {
	return slices.Contains([]string{readmeFile, indexFile, logFile, proofsFile, checkpointFile}, name) || strings.HasPrefix(name, evidenceFolder) ||
		strings.HasPrefix(name, recheckFolder)
}

// TakeLog puts the records about a model into the dossier, each with its proof that it is in the log that checkpoint stands for. Leaves are
// all of the ledger's, from record 1: records about other models are used for their hashes and stay out. Records later than the checkpoint
// stay out too, since nothing stands for them.
func (d *Dossier) TakeLog(leaves [][]byte, checkpoint, model string) error {
	text, _, _ := strings.Cut(checkpoint, "\n\n") // the signatures follow
	c, err := evidence.ParseCheckpoint(strings.TrimSuffix(text, "\n") + "\n")
	if err != nil {
		return fmt.Errorf("take the log: %w", err)
	}
	if c.Size > int64(len(leaves)) {
		return fmt.Errorf("take the log: the checkpoint counts %d records, there are %d", c.Size, len(leaves))
	}
	var hashes hashes
	for i, leaf := range leaves[:c.Size] {
		more, err := evidence.AppendHashes(int64(i)+1, leaf, &hashes)
		if err != nil {
			return fmt.Errorf("take the log: %w", err)
		}
		hashes = append(hashes, more...)
	}
	d.Log, d.Proofs, d.Checkpoint = nil, nil, checkpoint
	for _, leaf := range leaves[:c.Size] {
		record, err := evidence.DecodeLeaf(leaf)
		if err != nil {
			return fmt.Errorf("take the log: %w", err)
		}
		if record.Model != model {
			continue
		}
		proof, err := evidence.Prove(record.Number, c.Size, leaf, checkpoint, &hashes)
		if err != nil {
			return fmt.Errorf("take the log: %w", err)
		}
		d.Log, d.Proofs = append(d.Log, record), append(d.Proofs, proof)
	}
	return nil
}

// hashes are a log's, by their places.
type hashes []tlog.Hash

func (hs *hashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, p := range places {
		if p < 0 || p >= int64(len(*hs)) {
			return nil, fmt.Errorf("no hash at place %d of %d", p, len(*hs))
		}
		read[i] = (*hs)[p]
	}
	return read, nil
}

// decodeLines reads JSON, one value a line.
func decodeLines[T any](b []byte, decode func([]byte) (T, error)) (all []T, err error) {
	for line := range bytes.Lines(b) {
		v, err := decode(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(all)+1, err)
		}
		all = append(all, v)
	}
	return all, nil
}

// decodeRecord reads a record of log.jsonl. Its keys are held to be right by its proof, which is over all of it.
func decodeRecord(b []byte) (r evidence.Record, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return r, d.Decode(&r)
}
