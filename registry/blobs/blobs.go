package blobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

const (
	objects    = "sha256"
	unfinished = "tmp" // what a crash left here is no object
)

// Dir is a folder of objects. It is safe for use by several goroutines, and the folder by several processes.
type Dir struct{ root *os.Root }

// Open opens the folder, and makes it where it is not there; its parent must be.
func Open(folder string) (*Dir, error) {
	made := os.Mkdir(folder, 0o755)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return nil, fmt.Errorf("make folder of artifacts: %w", made)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open folder of artifacts: %w", err)
	}
	d := &Dir{root}
	if err := d.prepare(filepath.Dir(folder)); err != nil {
		return nil, errors.Join(fmt.Errorf("open folder of artifacts %q: %w", folder, err), root.Close())
	}
	return d, nil
}

// prepare makes what is missing, and has the names on the disk even where somebody else made them and came no further.
func (d *Dir) prepare(parent string) error {
	made := false
	for _, name := range []string{objects, unfinished} {
		err := d.root.Mkdir(name, 0o755)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		made = made || err == nil
	}
	err := syncFolder(os.Open(parent))
	if err == nil {
		err = syncFolder(d.root.Open("."))
	}
	if errors.Is(err, fs.ErrPermission) && !made { // who may only use the folder need not be able to list it
		return nil
	}
	return err
}

// Close lets the folder go.
func (d *Dir) Close() error { return d.root.Close() }

// Put stores a blob's bytes. An error leaves no object, or a whole one. Bytes of another size or digest than the blob says are an error, even
// where there is an object of that digest already. An object that is there stays, and is replaced by the right bytes where it is damaged.
func (d *Dir) Put(ctx context.Context, b registry.Blob) error {
	name, err := place(b.SHA256)
	if err != nil {
		return fmt.Errorf("store %q: %w", b.Path, err)
	}
	if b.Open == nil {
		return fmt.Errorf("store %q: the blob cannot be opened", b.Path)
	}
	if d.intact(b.File) {
		err = transfer(ctx, io.Discard, b)
		if err == nil {
			err = d.settle(name)
		}
	} else {
		err = d.put(ctx, name, b)
	}
	if err != nil {
		return fmt.Errorf("store %q: %w", b.Path, err)
	}
	return nil
}

// intact says whether the object is there, whole.
func (d *Dir) intact(f evidence.File) bool {
	from, err := d.Get(f)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, from)
	return errors.Join(err, from.Close()) == nil
}

func (d *Dir) put(ctx context.Context, name string, b registry.Blob) error {
	temporary := path.Join(unfinished, rand.Text())
	err := d.write(ctx, temporary, b)
	if err == nil {
		err = d.publish(temporary, name)
	}
	if err != nil {
		_ = d.root.Remove(temporary) // it is gone after a rename, and no object otherwise
	}
	return err
}

// write makes a file whose bytes are those that were announced, and on the disk.
func (d *Dir) write(ctx context.Context, name string, b registry.Blob) (err error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, objectMode())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := transfer(ctx, f, b); err != nil {
		return err
	}
	return f.Sync()
}

// transfer copies a blob's bytes, and errs where they are not those that were announced.
func transfer(ctx context.Context, to io.Writer, b registry.Blob) (err error) {
	from, err := b.Open(ctx)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	sum := sha256.New()
	limited := io.LimitReader(until(ctx, from), b.Size+1) // one more shows that there are more
	n, err := io.Copy(io.MultiWriter(to, sum), limited)
	switch {
	case err != nil:
		return err
	case n > b.Size:
		return fmt.Errorf("it has more than the announced %d bytes", b.Size)
	case n < b.Size:
		return fmt.Errorf("it has %d bytes, not the announced %d", n, b.Size)
	}
	if got := digest(sum.Sum(nil)); got != b.SHA256 {
		return fmt.Errorf("its bytes hash to %s, not to the announced %s", got, b.SHA256)
	}
	return nil
}

// publish gives the finished file its name, for good: the folders are on the disk too when it returns.
func (d *Dir) publish(temporary, name string) error {
	folder := path.Dir(name)
	if err := d.root.Mkdir(folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := d.root.Rename(temporary, name); err != nil {
		return err
	}
	return d.settle(name)
}

// settle has an object's name on the disk. Whoever made it, or its folder, may not have come to this yet: everybody does it.
func (d *Dir) settle(name string) error {
	if err := syncFolder(d.root.Open(path.Dir(name))); err != nil {
		return err
	}
	return syncFolder(d.root.Open(objects))
}

// Get opens an object. At its end the reader says [registry.ErrDamaged] instead of EOF where the bytes are not those of f; what was read until
// then must not be used. An absent object is [registry.ErrNotFound].
func (d *Dir) Get(f evidence.File) (io.ReadCloser, error) {
	name, err := place(f.SHA256)
	if err != nil {
		return nil, fmt.Errorf("read artifact %q: %w", f.Path, err)
	}
	info, err := d.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read artifact %q (%s): %w", f.Path, f.SHA256, registry.ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("read artifact %q: %w", f.Path, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read artifact %q (%s): it is %s, no file: %w", f.Path, f.SHA256, info.Mode().Type(), registry.ErrDamaged)
	}
	file, err := d.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read artifact %q: %w", f.Path, err)
	}
	return newChecked(file, f), nil
}

// place is where an object lies.
func place(d evidence.Digest) (string, error) {
	digits, ok := strings.CutPrefix(string(d), "sha256:")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != digits {
		return "", fmt.Errorf("%q is no digest", d)
	}
	return path.Join(objects, digits[:2], digits[2:]), nil
}

func digest(sum []byte) evidence.Digest { return evidence.Digest("sha256:" + hex.EncodeToString(sum)) }

// objectMode keeps people from editing an object by accident. Windows would not let a read-only file be replaced.
func objectMode() os.FileMode {
	if runtime.GOOS == "windows" {
		return 0o644
	}
	return 0o444
}

// syncFolder puts the names in a folder on the disk. Windows has no such call, and does it by itself.
func syncFolder(f *os.File, err error) error {
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// readerFunc reads by a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// until ends a long copy once nobody waits for it.
func until(ctx context.Context, from io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return from.Read(p)
	})
}
