package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Manifest lists the files that register received, sorted by the bytes of their paths: the subject of evidence, fixed for good.
type Manifest []File

// ReadManifest hashes the regular files of a folder. There is no ignore list: .git and its like are files too. Errors are:
//
//   - a symlink, device, socket or pipe, and a file that changes its size while it is read;
//   - an empty directory (the folder itself too), since it would be lost on the way and nothing would show it;
//   - an odd name ([Manifest.Check] says which), and names that differ in case alone.
//
// Not part of a manifest, because a registry keeps bytes by path and nothing else: permissions and times. A hard link is a file like any other.
func ReadManifest(folder fs.FS) (Manifest, error) {
	var m Manifest
	err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != "." && checkName(path) != nil:
			return checkName(path)
		case entry.IsDir():
			return notEmpty(folder, path)
		case !entry.Type().IsRegular():
			return fmt.Errorf("%q is no regular file: %s", path, entry.Type())
		}
		f, err := hashFile(folder, path)
		m = append(m, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	slices.SortFunc(m, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) // WalkDir puts a/b before a.c
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("read %w", err)
	}
	return m, nil
}

func notEmpty(folder fs.FS, path string) error {
	entries, err := fs.ReadDir(folder, path)
	if err == nil && len(entries) == 0 {
		return fmt.Errorf("directory %q is empty", path)
	}
	return err
}

func hashFile(folder fs.FS, path string) (File, error) {
	f, err := folder.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() { // it was one when the directory was read
		return File{}, fmt.Errorf("%q is no regular file: %s", path, info.Mode())
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return File{}, fmt.Errorf("hash %q: %w", path, err)
	}
	if n != info.Size() {
		return File{}, fmt.Errorf("hash %q: %d bytes were read of %d: it changes", path, n, info.Size())
	}
	return File{Path: path, Size: n, SHA256: Digest("sha256:" + hex.EncodeToString(sum.Sum(nil)))}, nil
}

// Digest is that of the lines "size sha256 path", the hash in bare hexadecimal, each line ended by a newline.
func (m Manifest) Digest() Digest {
	sum := sha256.New()
	for _, f := range m {
		fmt.Fprintf(sum, "%d %s %s\n", f.Size, f.SHA256.hex(), f.Path)
	}
	return Digest("sha256:" + hex.EncodeToString(sum.Sum(nil)))
}

// Check says what is wrong with a manifest that came from elsewhere. It has a file; each has a size, a digest and a path; the paths are sorted
// by bytes, and no two of them, nor the directories in them, are one path on a file system that ignores case. A path is relative, clean and
// UTF-8, has neither backslash nor control or invisible formatting characters, and none of the characters that Unicode writes in two ways:
// combining marks, conjoining Jamo, and those that normalise to another. That is stricter than "is in normal form C" (it refuses names that
// need combining marks, in Hindi say), and needs no tables: two names that look the same are then the same bytes.
func (m Manifest) Check() error {
	if len(m) == 0 {
		return errors.New("manifest: no files")
	}
	for i, f := range m {
		if err := f.check(); err != nil {
			return fmt.Errorf("manifest: %w", err)
		}
		if i > 0 && m[i-1].Path == f.Path {
			return fmt.Errorf("manifest: %q stands there twice", f.Path)
		}
		if i > 0 && m[i-1].Path > f.Path {
			return fmt.Errorf("manifest: %q is not in order", f.Path)
		}
	}
	return m.checkCase()
}

// checkCase also finds a file that another path takes for a directory.
func (m Manifest) checkCase() error {
	type spelling struct {
		path string
		file bool
	}
	seen := map[string]spelling{}
	for _, f := range m {
		for end := range len(f.Path) + 1 {
			if end < len(f.Path) && f.Path[end] != '/' {
				continue
			}
			now := spelling{f.Path[:end], end == len(f.Path)}
			folded := strings.ToLower(strings.ToUpper(now.path)) // ſ and S are one letter only this way round
			before, ok := seen[folded]
			if ok && before != now {
				return fmt.Errorf("manifest: %q and %q are one name where case does not count, or a file and a directory", before.path, now.path)
			}
			seen[folded] = now
		}
	}
	return nil
}

// check says what is wrong with one file's line.
func (f File) check() error {
	if err := checkName(f.Path); err != nil {
		return err
	}
	if f.Size < 0 {
		return fmt.Errorf("%q has a size of %d bytes", f.Path, f.Size)
	}
	if !f.SHA256.valid() {
		return fmt.Errorf("%q has no SHA-256 digest: %q", f.Path, f.SHA256)
	}
	return nil
}
