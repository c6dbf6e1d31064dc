package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// Register makes a new immutable version of a folder of artifacts; made is false where these very files are a version already.
func Register(ctx context.Context, model, folder string, job *Job) (v evidence.Version, made bool, err error) {
	if why := badModel(model); why != "" {
		return v, false, usage("bad-model", "%q is no model name: %s", model, why)
	}
	job.Folder = folder
	if job.Registry == "" {
		return v, false, usage("no-registry", "a version is made in a registry, and --no-registry says that there is none")
	}
	files, manifest, err := artifacts(job)
	if err != nil {
		return v, false, err
	}
	return registerFolder(ctx, job, model, files, manifest)
}

// artifacts reads the folder of --register. What a run writes, and the key that it signs with, must not lie in it: every run would find other
// files there than the one before, and a private key would be kept for everybody to read.
func artifacts(job *Job) (fs.FS, evidence.Manifest, error) {
	info, err := os.Stat(job.Folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, usage("no-such-file", "there is no folder %s to register", job.Folder)
	case err != nil:
		return nil, nil, fmt.Errorf("look at the artifacts: %w", err)
	case !info.IsDir():
		return nil, nil, usage("bad-folder", "%s is a file: name the folder that holds the artifacts", job.Folder)
	}
	_, path, _ := strings.Cut(job.Registry, ":")
	for _, x := range []struct{ what, path string }{{"--out", job.Out}, {"the registry", path}, {"the key", job.KeyFile}} {
		if x.path != "" && within(job.Folder, x.path) {
			return nil, nil, usage("bad-folder", "%s (%s) lies in the folder of artifacts %s: name another place for one of them", x.what, x.path, job.Folder)
		}
	}
	files := os.DirFS(job.Folder)
	manifest, err := evidence.ReadManifest(files)
	if err != nil {
		if err := errors.Unwrap(err); errors.Is(err, fs.ErrPermission) {
			return nil, nil, fmt.Errorf("read the artifacts in %s: %w", job.Folder, err)
		}
		return nil, nil, &DataError{"bad-artifacts", fmt.Errorf("the artifacts in %s: %s", filepath.ToSlash(job.Folder), strings.TrimPrefix(err.Error(), "read manifest: "))}
	}
	return files, manifest, nil
}

// within says whether a path is a folder, or lies in it.
func within(folder, path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	for {
		if sameFile(folder, path) {
			return true
		}
		up := filepath.Dir(path)
		if up == path {
			return false
		}
		path = up
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func registerFolder(ctx context.Context, job *Job, model string, folder fs.FS, manifest evidence.Manifest) (v evidence.Version, made bool, err error) {
	store, err := job.write(ctx)
	if err != nil {
		return v, false, err
	}
	var files []registry.Blob
	for _, f := range manifest {
		files = append(files, registry.Blob{File: f, Open: func(context.Context) (io.ReadCloser, error) { return folder.Open(f.Path) }})
	}
	lineage := job.Lineage
	lineage.Author = job.by()
	return store.Create(ctx, model, files, lineage, job.by())
}
