package compliance

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

func zipOf(t testing.TB, d Dossier) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteZip(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(t *testing.T, w *world, b []byte) Verified {
	t.Helper()
	v, err := VerifyZip(bytes.NewReader(b), int64(len(b)), w.trust, w.now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestZipVerifies(t *testing.T) {
	w := newWorld(t)
	d := w.dossier()
	b := zipOf(t, d)
	if !bytes.Equal(b, zipOf(t, d)) {
		t.Error("the same dossier gives other bytes")
	}
	if bytes.Contains(b, []byte("another")) || bytes.Contains(b, []byte(evidence.DigestOf([]byte("secret of another")))) {
		t.Error("a record of another model is in it")
	}
	v := verify(t, w, b)
	if !v.OK() || v.Version != "ma-employment/2" || v.Statement == nil || v.Signer.Name != "local key" || len(v.Notes) > 0 {
		t.Errorf("found %+v", v)
	}
	if all := strings.Join(v.Met, "\n"); !strings.Contains(all, "card.json, gates.json: as signed") ||
		!strings.Contains(all, "evidence/001: signed by local key, and in the log") || !strings.Contains(all, "2 records about ma-employment: in the log of 3") {
		t.Errorf("met only\n%s", all)
	}
	if (Verified{}).OK() {
		t.Error("nothing was checked, and it is well")
	}
}

func TestZipHoldsRechecks(t *testing.T) {
	w := newWorld(t)
	d := w.dossier()
	recheck := w.statement
	recheck.Kind = evidence.Recheck
	recheck.Card, recheck.Attachments = nil, []evidence.File{{Path: "recheck/gates.json", Size: 2, SHA256: evidence.DigestOf([]byte("{}"))}}
	envelope, err := evidence.Sign(recheck, w.key)
	if err != nil {
		t.Fatal(err)
	}
	number := w.log.add(t, evidence.Record{At: day(1), By: w.trust[0].Owner, Act: evidence.Rechecked, Model: "ma-employment", Version: "2", Digest: envelope.Digest()})
	checkpoint := w.log.checkpoint(t, w.key)
	proof, err := evidence.Prove(number, number, w.log.leaves[number-1], checkpoint, &w.log.hashes)
	if err != nil {
		t.Fatal(err)
	}
	d.Rechecks = []evidence.Bundle{{Envelope: envelope, Log: proof}}
	good := zipOf(t, d)
	v := verify(t, w, good)
	if !v.OK() || v.Statement.Kind != evidence.Evidence || !strings.Contains(strings.Join(v.Met, "\n"), "recheck/001: signed by local key, and in the log") {
		t.Fatalf("found %+v", v)
	}
	for name, change := range map[string]func(files map[string][]byte){
		"one is changed": func(files map[string][]byte) {
			files["recheck/001.dsse.json"] = bytes.Replace(files["recheck/001.dsse.json"], []byte(`"sig":"`), []byte(`"sig":"AAAA`), 1)
		},
		"one has another's proof": func(files map[string][]byte) { files["recheck/001.proof.json"] = files["evidence/001.proof.json"] },
		"one is missing":          func(files map[string][]byte) { delete(files, "recheck/001.dsse.json") },
		"a recheck stands for evidence": func(files map[string][]byte) {
			files["evidence/002.dsse.json"], files["evidence/002.proof.json"] = files["recheck/001.dsse.json"], files["recheck/001.proof.json"]
		},
		"evidence stands for a recheck": func(files map[string][]byte) {
			files["recheck/001.dsse.json"], files["recheck/001.proof.json"] = files["evidence/001.dsse.json"], files["evidence/001.proof.json"]
		},
	} {
		if v := verify(t, w, rewrite(t, good, change)); v.OK() {
			t.Errorf("%s, and it verifies: %+v", name, v)
		}
	}
}

func TestZipIsOfTheEvidenceThatLetIn(t *testing.T) {
	for _, other := range []bool{false, true} {
		w := newWorld(t)
		d := w.dossier()
		by := d.Evidence[0].Envelope.Digest()
		if other {
			by = evidence.DigestOf([]byte("earlier evidence"))
		}
		w.log.add(t, evidence.Record{At: day(1), By: w.trust[0].Owner, Act: evidence.Promoted, Model: "ma-employment", Version: "2", Target: "Production", Digest: by})
		if err := d.TakeLog(w.log.leaves, w.log.checkpoint(t, w.key), "ma-employment"); err != nil {
			t.Fatal(err)
		}
		if v := verify(t, w, zipOf(t, d)); v.OK() == other {
			t.Errorf("let in by another: %v; found %+v", other, v)
		}
	}
}

func TestZipThatExpiredOrFailedStillVerifies(t *testing.T) {
	w := newWorld(t)
	w.statement.Verdict = evidence.Fail
	w.statement.Results[0].Verdict = evidence.Fail
	b := zipOf(t, w.dossier())
	w.now = day(200)
	v := verify(t, w, b)
	if !v.OK() || len(v.Notes) != 2 || !strings.Contains(v.Notes[0], `"fail"`) || !strings.Contains(v.Notes[1], "expired on 2027-02-22") {
		t.Errorf("found %+v", v)
	}
}

// rewrite gives the dossier with its files changed, and its list made true again: what a forger would do.
func rewrite(t *testing.T, b []byte, change func(files map[string][]byte)) []byte {
	t.Helper()
	files, err := readZip(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var list index
	if err := json.Unmarshal(files[indexFile], &list); err != nil {
		t.Fatal(err)
	}
	delete(files, indexFile)
	change(files)
	list.Files = nil
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list.Files = append(list.Files, evidence.File{Path: name, Size: int64(len(files[name])), SHA256: evidence.DigestOf(files[name])})
	}
	if _, ok := files[indexFile]; !ok {
		files[indexFile], err = schema.Encode(list)
		if err != nil {
			t.Fatal(err)
		}
	}
	return packed(t, files)
}

func packed(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestZipRefusals(t *testing.T) {
	other := func(t *testing.T) map[string][]byte { // a dossier of version 3
		w := newWorld(t)
		w.statement.Version.Number = "3"
		w.log.add(t, evidence.Record{At: day(0), Act: evidence.Looked, Model: "ma-employment"})
		b := zipOf(t, w.dossier())
		files, err := readZip(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, files map[string][]byte)
		want   evidence.Reason
	}{
		"an edited card": {func(_ *testing.T, f map[string][]byte) {
			f[cardPath] = bytes.Replace(f[cardPath], []byte("0.69"), []byte("0.96"), 1)
		}, DossierChanged},
		"a file beside":  {func(_ *testing.T, f map[string][]byte) { f["approval.txt"] = []byte("approved") }, evidence.CardUnbound},
		"no evidence":    {func(_ *testing.T, f map[string][]byte) { drop(f, evidenceFolder) }, evidence.NoEvidence},
		"no proof":       {func(_ *testing.T, f map[string][]byte) { delete(f, "evidence/001.proof.json") }, evidence.EnvelopeMalformed},
		"an empty proof": {func(t *testing.T, f map[string][]byte) { f["evidence/001.proof.json"] = emptyProof(t) }, evidence.NotLogged},
		"evidence cut short": {func(_ *testing.T, f map[string][]byte) {
			f["evidence/001.dsse.json"] = f["evidence/001.dsse.json"][:100]
		}, evidence.EnvelopeMalformed},
		"another's evidence": {func(t *testing.T, f map[string][]byte) {
			o := other(t)
			f["evidence/001.dsse.json"], f["evidence/001.proof.json"] = o["evidence/001.dsse.json"], o["evidence/001.proof.json"]
		}, DossierOther},
		"another's proof": {func(t *testing.T, f map[string][]byte) {
			f["evidence/001.proof.json"] = other(t)["evidence/001.proof.json"]
		}, evidence.ProofOfAnother},
		"a gap in evidence": {func(_ *testing.T, f map[string][]byte) {
			f["evidence/003.dsse.json"] = f["evidence/001.dsse.json"]
		}, DossierMalformed},
		"no checkpoint": {func(_ *testing.T, f map[string][]byte) { f[checkpointFile] = nil }, evidence.CheckpointInvalid},
		"an unsigned one": {func(_ *testing.T, f map[string][]byte) {
			f[checkpointFile], _, _ = bytes.Cut(f[checkpointFile], []byte("\n\n"))
		}, evidence.CheckpointInvalid},
		"a record edited": {func(_ *testing.T, f map[string][]byte) {
			f[logFile] = bytes.Replace(f[logFile], []byte("policy set"), []byte("registered"), 1)
		}, DossierUnproven},
		"a record left out": {func(_ *testing.T, f map[string][]byte) { f[logFile] = f[logFile][bytes.IndexByte(f[logFile], '\n')+1:] }, DossierUnproven},
		"a record twice": {func(_ *testing.T, f map[string][]byte) {
			f[logFile], f[proofsFile] = bytes.Repeat(f[logFile], 2), bytes.Repeat(f[proofsFile], 2)
		}, DossierUnproven},
		"no JSON in the log": {func(_ *testing.T, f map[string][]byte) { f[logFile] = []byte("{\n") }, DossierMalformed},
		"an unknown key in a record": {func(_ *testing.T, f map[string][]byte) {
			f[logFile] = bytes.Replace(f[logFile], []byte(`"act"`), []byte(`"x":1,"act"`), 1)
		}, DossierMalformed},
		"proofs of another log": {func(t *testing.T, f map[string][]byte) {
			o := other(t)
			f[checkpointFile], f[proofsFile] = o[checkpointFile], o[proofsFile]
		}, DossierUnproven},
		"a list of our own": {func(_ *testing.T, f map[string][]byte) { f[indexFile] = []byte(`{"schema":"x"}`) }, DossierMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v := verify(t, w, rewrite(t, zipOf(t, w.dossier()), func(f map[string][]byte) { c.change(t, f) }))
			if v.OK() || !slices.ContainsFunc(v.Unmet, func(r evidence.Refusal) bool { return r.Reason == c.want }) {
				t.Errorf("unmet is %+v, want %s", v.Unmet, c.want)
			}
		})
	}
}

func drop(files map[string][]byte, folder string) {
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return strings.HasPrefix(name, folder) })
}

func emptyProof(t *testing.T) []byte {
	b, err := evidence.EncodeProof(evidence.LogProof{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The list is held too: a file that is damaged, added or lost on the way, without a forger.
func TestZipListIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(files map[string][]byte)
		want   evidence.Reason
	}{
		"damaged": {func(f map[string][]byte) { f[readmeFile] = []byte("x") }, DossierChanged},
		"lost":    {func(f map[string][]byte) { delete(f, "gates.json") }, DossierMalformed},
		"added":   {func(f map[string][]byte) { f["x"] = nil }, DossierMalformed},
		"no list": {func(f map[string][]byte) { delete(f, indexFile) }, DossierMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := zipOf(t, w.dossier())
			files, err := readZip(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			c.change(files)
			v := verify(t, w, packed(t, files))
			if v.OK() || v.Unmet[0].Reason != c.want {
				t.Errorf("unmet is %+v, want %s", v.Unmet, c.want)
			}
		})
	}
}

func TestZipKeys(t *testing.T) {
	w := newWorld(t)
	b := zipOf(t, w.dossier())
	none := *w
	none.trust = nil
	if v := verify(t, &none, b); v.OK() || v.Statement != nil {
		t.Errorf("nobody's keys are trusted, and it is well: %+v", v)
	}
	revoked := *w
	revoked.trust = slices.Clone(w.trust)
	revoked.trust[0].Revoked = true
	if v := verify(t, &revoked, b); v.OK() || v.Statement != nil {
		t.Errorf("the key is revoked, and it is well: %+v", v)
	}
}

func TestZipIsNotRead(t *testing.T) {
	w := newWorld(t)
	b := zipOf(t, w.dossier())
	for name, file := range map[string][]byte{
		"no zip":   []byte("PK"),
		"cut":      b[:len(b)/2],
		"upwards":  packed(t, map[string][]byte{"../x": nil}),
		"absolute": packed(t, map[string][]byte{"/x": nil}),
		"a folder": packed(t, map[string][]byte{"x/": nil}),
		"a drive":  packed(t, map[string][]byte{"c:x": nil}),
		"twice":    twice(t),
		"a bomb":   bomb(t),
	} {
		if _, err := VerifyZip(bytes.NewReader(file), int64(len(file)), w.trust, w.now); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func twice(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for range 2 {
		if _, err := z.Create("x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bomb is small, and a byte more than is read once it is unpacked.
func bomb(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, err := z.Create("card.json")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for n := 0; n <= maxFile; n += len(zeros) {
		if _, err := f.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestZipRefusesNames(t *testing.T) {
	for _, name := range []string{"../x", "/x", "a/../b", "", ".", "dossier.json", "evidence/001.dsse.json", `a\b`, "c:x"} {
		d := newWorld(t).dossier()
		d.Attached[name] = []byte("x")
		if err := WriteZip(&bytes.Buffer{}, d); err == nil {
			t.Errorf("an attached file may be named %q", name)
		}
	}
}

func TestTakeLogRefuses(t *testing.T) {
	w := newWorld(t)
	d := w.dossier()
	checkpoint := d.Checkpoint
	for name, err := range map[string]error{
		"no checkpoint":       d.TakeLog(w.log.leaves, "", "ma-employment"),
		"too few records":     d.TakeLog(w.log.leaves[:1], checkpoint, "ma-employment"),
		"a record is damaged": d.TakeLog([][]byte{[]byte("x"), w.log.leaves[1], w.log.leaves[2]}, checkpoint, "ma-employment"),
	} {
		if err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	w.log.add(t, evidence.Record{At: day(1), Act: evidence.Looked, Model: "ma-employment"})
	if err := d.TakeLog(w.log.leaves, checkpoint, "ma-employment"); err != nil || len(d.Log) != 2 {
		t.Errorf("took %d records, want the 2 that the checkpoint stands for, %v", len(d.Log), err)
	}
}
