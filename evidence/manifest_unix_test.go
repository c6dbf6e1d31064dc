//go:build unix

package evidence

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe is refused without being opened, which would wait for a writer for ever.
func TestReadManifestRefusesPipe(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "model.onnx"), "weights")
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	if m, err := ReadManifest(os.DirFS(dir)); err == nil {
		t.Errorf("%v", m)
	}
}
