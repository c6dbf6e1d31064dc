package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
)

// outFiles are the names that may be written into --out.
func outFiles() []string {
	names := []string{evaluationFile, gatesFile, cardFile, filledFile, baselineFile, evidenceFile, proofFile}
	for _, f := range render.Formats() {
		names = append(names, f.File)
	}
	return names
}

// checkOut refuses a folder in which writing would replace an input, or files that gatecard did not write, or that cannot be written to: only
// over its own earlier output does it write.
func checkOut(out string, inputs []string) error {
	if out == "" {
		return nil
	}
	info, err := os.Stat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return probe(out)
	case err != nil:
		return fmt.Errorf("look at --out: %w", err)
	case !info.IsDir():
		return usage("bad-out", "--out %s is a file: name a folder", out)
	}
	for _, name := range outFiles() {
		file := filepath.Join(out, name)
		if _, err := os.Stat(file); err != nil {
			continue
		}
		for _, input := range inputs {
			if sameFile(input, file) {
				return usage("bad-out", "--out %s would write over the input %s: name another folder", out, input)
			}
		}
		if !ours(out, name) {
			return usage("bad-out", "--out %s holds a %s that gatecard did not write: name another folder", out, name)
		}
	}
	return probe(out)
}

// probe makes and removes a file where the folder is, or will be, so that a place that cannot be written to is told before any work.
func probe(out string) error {
	at := filepath.Clean(out)
	for {
		info, err := os.Stat(at)
		if err == nil && info.IsDir() {
			break
		}
		if err == nil {
			return usage("bad-out", "--out %s: %s is a file, so that no folder can be made in it", out, at)
		}
		if up := filepath.Dir(at); up != at {
			at = up
			continue
		}
		return fmt.Errorf("look at --out: %w", err)
	}
	f, err := os.CreateTemp(at, ".gatecard-*.tmp")
	if err != nil {
		return fmt.Errorf("write into --out: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// ours says whether a file of --out is gatecard's: evaluation.json and card.json by their own words, gates.json beside the one, all else beside
// the other; evidence beside either, as a recheck writes no card.
func ours(out, name string) bool {
	evaluated := says(filepath.Join(out, evaluationFile), evaluate.SchemaID)
	switch name {
	case evaluationFile, gatesFile:
		return evaluated
	case evidenceFile, proofFile:
		if evaluated {
			return true
		}
	}
	return says(filepath.Join(out, cardFile), cards.SchemaID)
}

// says looks for a schema's id in a file.
func says(file, id string) bool {
	info, err := os.Stat(file)
	if err != nil || info.Size() > 1<<28 {
		return false
	}
	b, err := os.ReadFile(file)
	return err == nil && bytes.Contains(b, []byte(`"schema":"`+id+`"`))
}

// keepEvidence refuses to write one step's files over a folder with the signed evidence of a run, which they would remove.
func keepEvidence(out string) error {
	if out == "" {
		return nil
	}
	if _, err := os.Lstat(filepath.Join(out, evidenceFile)); err == nil {
		return usage("bad-out", "--out %s holds the signed evidence of a run, which would be removed: name another folder", out)
	}
	return nil
}

// pages are those of a view.
func pages(v render.View) ([]registry.Blob, error) {
	var all []registry.Blob
	for _, format := range render.Formats() {
		var b bytes.Buffer
		if err := format.Write(&b, v); err != nil {
			return nil, fmt.Errorf("write the %s page: %w", format.Name, err)
		}
		if b.Len() > 0 && format.File != "" {
			all = append(all, blob(format.File, b.Bytes()))
		}
	}
	return all, nil
}

// write puts files and pages into --out, and attaches the pages that belong to a version.
func write(ctx context.Context, job *Job, version *evidence.Version, files []registry.Blob, v render.View) error {
	pages, err := pages(v)
	if err != nil {
		return err
	}
	if version != nil {
		for _, p := range pages {
			if err := job.store.Attach(ctx, *version, p); err != nil {
				return fmt.Errorf("attach %s to %s: %w", p.Path, version, err)
			}
		}
	}
	if job.Out == "" {
		return nil
	}
	var written []registry.Blob
	for _, f := range files {
		if f.Path != predictionsFile {
			written = append(written, f)
		}
	}
	if v.Evidence != nil {
		signed, err := evidenceFiles(v.Evidence)
		if err != nil {
			return err
		}
		written = append(written, signed...)
	}
	return writeAll(ctx, job.Out, append(written, pages...))
}

// evidenceFiles are an envelope, and its proof beside it.
func evidenceFiles(b *evidence.Bundle) ([]registry.Blob, error) {
	envelope, err := evidence.EncodeEnvelope(b.Envelope)
	if err != nil {
		return nil, err
	}
	proof, err := evidence.EncodeProof(b.Log)
	return []registry.Blob{blob(evidenceFile, envelope), blob(proofFile, proof)}, err
}

// rewrite writes the pages once more where something was decided since.
func rewrite(ctx context.Context, job *Job, v render.View) error {
	if job.Out == "" || len(v.Decisions) == 0 {
		return nil
	}
	v.Notes = job.notes
	pages, err := pages(v)
	if err != nil {
		return err
	}
	return replaceAll(ctx, job.Out, pages)
}

// writeAll replaces the files of an earlier run: what this one did not write again is removed, so that the folder speaks of one run.
func writeAll(ctx context.Context, folder string, files []registry.Blob) error {
	if err := replaceAll(ctx, folder, files); err != nil {
		return err
	}
	now := map[string]bool{}
	for _, f := range files {
		now[f.Path] = true
	}
	for _, name := range outFiles() {
		if now[name] {
			continue
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an earlier run's %s: %w", name, err)
		}
	}
	return nil
}

// replaceAll writes files into a folder: each to a temporary file, then synced and renamed, in this order: those by which [ours] knows the
// others come first. Nothing is renamed unless all could be written; once one is renamed, all are. What a killed run left is removed.
func replaceAll(ctx context.Context, folder string, files []registry.Blob) (err error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make --out: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open --out: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	names := outFiles()
	for _, f := range files {
		names = append(names, f.Path)
	}
	defer func() {
		for _, name := range names {
			if e := root.Remove(temporary(name)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	for _, f := range files {
		b, err := readBlob(ctx, f)
		if err != nil {
			return err
		}
		if err := writeSynced(root, temporary(f.Path), b); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(folder, f.Path), err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	first := func(f registry.Blob) int { return slices.Index([]string{cardFile, evaluationFile}, f.Path) }
	for _, f := range slices.SortedStableFunc(slices.Values(files), func(a, b registry.Blob) int { return first(b) - first(a) }) {
		if err := root.Rename(temporary(f.Path), f.Path); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(folder, f.Path), err)
		}
	}
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(d), d.Close())
}

// temporary is the name that a file has until it is whole.
func temporary(name string) string { return ".gatecard-" + name + ".tmp" }

// syncFolder makes renames last, where the system can sync a folder.
func syncFolder(d *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return d.Sync()
}

func writeSynced(root *os.Root, name string, b []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
