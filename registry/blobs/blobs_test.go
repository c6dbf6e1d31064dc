package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func blob(content string) registry.Blob {
	return registry.Blob{File: evidence.File{Path: "model.onnx", Size: int64(len(content)), SHA256: evidence.DigestOf([]byte(content))},
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func opened(t *testing.T, folder string) *Dir {
	t.Helper()
	d, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func get(d *Dir, b registry.Blob) (string, error) {
	from, err := d.Get(b.File)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(from)
	return string(text), errors.Join(err, from.Close())
}

// files lists what is in the folder, but for folders.
func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutGet(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a")
	d := opened(t, folder)
	for _, content := range []string{"", "weights", strings.Repeat("long ", 1<<18)} {
		b := blob(content)
		for range 2 {
			if err := d.Put(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := get(d, b); err != nil || got != content {
			t.Errorf("%d bytes came back as %d, %v", len(content), len(got), err)
		}
		digits := string(b.SHA256[7:])
		if _, err := os.Stat(filepath.Join(folder, "sha256", digits[:2], digits[2:])); err != nil {
			t.Error(err)
		}
	}
	if got := files(t, folder); len(got) != 3 {
		t.Errorf("in the folder are %q", got)
	}
	if _, err := get(d, blob("never put")); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("what was never put: %v", err)
	}
	again := opened(t, folder)
	if got, err := get(again, blob("weights")); err != nil || got != "weights" {
		t.Errorf("opened again, it is %q, %v", got, err)
	}
}

func TestPutRefuses(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a")
	d := opened(t, folder)
	there := blob("weights")
	if err := d.Put(t.Context(), there); err != nil {
		t.Fatal(err)
	}
	from := func(announced string, read io.Reader) registry.Blob {
		b := blob(announced)
		b.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(read), nil }
		return b
	}
	broken := errors.New("broken")
	cannot := blob("x")
	cannot.Open = func(context.Context) (io.ReadCloser, error) { return nil, broken }
	unclosed := blob("y")
	unclosed.Open = func(context.Context) (io.ReadCloser, error) { return badClose{strings.NewReader("y")}, nil }
	odd := func(d evidence.Digest) registry.Blob {
		b := blob("weights")
		b.SHA256 = d
		return b
	}
	digits := string(there.SHA256)[7:]
	for name, b := range map[string]registry.Blob{
		"other bytes":          from("announced", strings.NewReader("annOunced")),
		"too few":              from("announced", strings.NewReader("announce")),
		"too many":             from("announced", strings.NewReader("announced!")),
		"endless":              from("announced", endless{}),
		"breaks off":           from("announced", io.MultiReader(strings.NewReader("anno"), fails{broken})),
		"other, though there":  from("weights", strings.NewReader("WEIGHTS")),
		"cannot open":          cannot,
		"cannot close":         unclosed,
		"no opener":            {File: there.File},
		"no digest":            odd(""),
		"digest of another":    odd("md5:0123"),
		"upper case":           odd(evidence.Digest("sha256:" + strings.ToUpper(digits))),
		"out of the folder":    odd("sha256:../../../../../../../../../../../../../../../../../../etc/passwd1234"),
		"too short for a name": odd("sha256:ab"),
	} {
		if err := d.Put(t.Context(), b); err == nil {
			t.Errorf("%s: it was put", name)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Put(ended, blob("z")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if got := files(t, folder); len(got) != 1 {
		t.Errorf("in the folder are %q", got)
	}
	if got, err := get(d, there); err != nil || got != "weights" {
		t.Errorf("what was there is %q, %v", got, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type fails struct{ err error }

func (f fails) Read([]byte) (int, error) { return 0, f.err }

type badClose struct{ io.Reader }

func (badClose) Close() error { return errors.New("close") }

// TestDamage flips a bit in each of 1,000 objects: P31.
func TestDamage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a")
	d := opened(t, folder)
	const objects = 1000
	for i := range objects {
		b := blob(fmt.Sprintf("weights %d", i))
		if err := d.Put(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "sha256", string(b.SHA256[7:9]), string(b.SHA256[9:]))
		bytes := []byte(fmt.Sprintf("weights %d", i))
		bytes[i%len(bytes)] ^= 1 << (i % 8)
		overwrite(t, path, bytes)
		if got, err := get(d, b); !errors.Is(err, registry.ErrDamaged) {
			t.Fatalf("object %d: %q was read, %v", i, got, err)
		}
		if i%100 > 0 {
			continue
		}
		if err := d.Put(t.Context(), b); err != nil { // the right bytes mend it
			t.Fatal(err)
		}
		if _, err := get(d, b); err != nil {
			t.Errorf("object %d is not mended: %v", i, err)
		}
	}
}

func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestOtherDamage(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("weights"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(path string) error
		want  error
	}{
		"cut off":   {func(path string) error { return os.Truncate(path, 3) }, registry.ErrDamaged},
		"empty":     {func(path string) error { return os.Truncate(path, 0) }, registry.ErrDamaged},
		"longer":    {func(path string) error { return os.Truncate(path, 1<<20) }, registry.ErrDamaged},
		"gone":      {os.Remove, registry.ErrNotFound},
		"a folder":  {func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o755)) }, registry.ErrDamaged},
		"a symlink": {func(path string) error { return errors.Join(os.Remove(path), os.Symlink(outside, path)) }, registry.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "a")
			d := opened(t, folder)
			b := blob("weights")
			if err := d.Put(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(folder, "sha256", string(b.SHA256[7:9]), string(b.SHA256[9:]))
			if err := errors.Join(os.Chmod(path, 0o644), c.spoil(path)); err != nil {
				t.Fatal(err)
			}
			if got, err := get(d, b); !errors.Is(err, c.want) {
				t.Errorf("%q was read, %v, want %v", got, err, c.want)
			}
		})
	}
	// A folder that leads out of the root is not followed, to read or to write.
	folder := filepath.Join(t.TempDir(), "a")
	d := opened(t, folder)
	b := blob("weights")
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(folder, "sha256", string(b.SHA256[7:9]))); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), b); err == nil {
		t.Error("it was put through a link that leads out")
	}
	if got, err := os.ReadDir(filepath.Dir(outside)); err != nil || len(got) != 1 {
		t.Errorf("outside are %v, %v", got, err)
	}
}

func TestConcurrentPuts(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a")
	big := strings.Repeat("weights ", 1<<14)
	var all sync.WaitGroup
	for range 32 {
		d := opened(t, folder) // as so many processes would
		all.Go(func() {
			if err := d.Put(t.Context(), blob(big)); err != nil {
				t.Error(err)
			}
			if got, err := get(d, blob(big)); err != nil || got != big {
				t.Errorf("%d bytes were read, %v", len(got), err)
			}
		})
	}
	all.Wait()
	if got := files(t, folder); len(got) != 1 {
		t.Errorf("in the folder are %q", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "a"), filepath.Join(folder, "absent", "a"), ""} {
		if d, err := Open(path); err == nil {
			t.Errorf("%q was opened", path)
			_ = d.Close()
		}
	}
}

func FuzzPlace(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("ab", 32))
	f.Add("sha256:../../etc/passwd")
	f.Fuzz(func(t *testing.T, d string) {
		name, err := place(evidence.Digest(d))
		if err == nil && (!filepath.IsLocal(name) || strings.Count(name, "/") != 2 || len(name) != len("sha256/")+65) {
			t.Errorf("%q lies at %q", d, name)
		}
		if err != nil && name != "" {
			t.Errorf("%q: beside an error there is %q", d, name)
		}
	})
}

// Reading in small pieces must not make the end good.
func TestSmallReads(t *testing.T) {
	c := newChecked(io.NopCloser(bytes.NewReader([]byte("weightz"))), blob("weights").File)
	var n int
	for {
		got, err := c.Read(make([]byte, 2))
		n += got
		if errors.Is(err, registry.ErrDamaged) {
			break
		}
		if err != nil {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
	if n != len("weightz") {
		t.Errorf("%d bytes were read before the damage was told", n)
	}
}
