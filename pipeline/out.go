package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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

// checkOut refuses a folder in which writing would replace an input, or files that gatecard did not write: only over its own earlier
// output, known by its evaluation.json, does it write.
func checkOut(out string, inputs []string) error {
	if out == "" {
		return nil
	}
	info, err := os.Stat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at --out: %w", err)
	case !info.IsDir():
		return usage("bad-out", "--out %s is a file: name a folder", out)
	}
	ours := isOurs(filepath.Join(out, evaluationFile))
	for _, name := range outFiles() {
		file := filepath.Join(out, name)
		there, err := os.Stat(file)
		if err != nil {
			continue
		}
		for _, input := range inputs {
			if in, err := os.Stat(input); err == nil && os.SameFile(in, there) {
				return usage("bad-out", "--out %s would write over the input %s: name another folder", out, input)
			}
		}
		if !ours {
			return usage("bad-out", "--out %s holds a %s that gatecard did not write: name another folder", out, name)
		}
	}
	return nil
}

// isOurs says whether a file is an evaluation that gatecard wrote.
func isOurs(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > 1<<28 {
		return false
	}
	b, err := os.ReadFile(file)
	return err == nil && bytes.Contains(b, []byte(`"schema":"`+evaluate.SchemaID+`"`))
}

// write puts files and pages into --out, and attaches the pages that belong to a version.
func write(ctx context.Context, job *Job, version *evidence.Version, files []registry.Blob, v render.View) error {
	var pages []registry.Blob
	for _, format := range render.Formats() {
		var b bytes.Buffer
		if err := format.Write(&b, v); err != nil {
			return fmt.Errorf("write the %s page: %w", format.Name, err)
		}
		if b.Len() > 0 && format.File != "" {
			pages = append(pages, blob(format.File, b.Bytes()))
		}
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
	written := append([]registry.Blob{}, pages...)
	for _, f := range files {
		if f.Path != predictionsFile {
			written = append(written, f)
		}
	}
	if v.Evidence != nil {
		envelope, err := evidence.EncodeEnvelope(v.Evidence.Envelope)
		if err != nil {
			return err
		}
		proof, err := evidence.EncodeProof(v.Evidence.Log)
		if err != nil {
			return err
		}
		written = append(written, blob(evidenceFile, envelope), blob(proofFile, proof))
	}
	return writeAll(ctx, job.Out, written)
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

// replaceAll writes files into a folder: each to a temporary file, then synced and renamed. Nothing is renamed unless all could be written.
func replaceAll(ctx context.Context, folder string, files []registry.Blob) (err error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make --out: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open --out: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	temporary := func(f registry.Blob) string { return ".gatecard-" + f.Path + ".tmp" }
	defer func() {
		for _, f := range files {
			if e := root.Remove(temporary(f)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	for _, f := range files {
		b, err := readBlob(ctx, f)
		if err != nil {
			return err
		}
		if err := writeSynced(root, temporary(f), b); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(folder, f.Path), err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, f := range files {
		if err := root.Rename(temporary(f), f.Path); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(folder, f.Path), err)
		}
	}
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func writeSynced(root *os.Root, name string, b []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
