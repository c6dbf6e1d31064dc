package table

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// hiveMissing is what Hive names the folder of rows whose cell is missing.
const hiveMissing = "__HIVE_DEFAULT_PARTITION__"

// maxFiles bounds a folder's files, which are all open at once.
const maxFiles = 100_000

// FromPath gives the files that a path means, sorted by name, part by part: the file that it names; all files of a folder, and of the folders
// in it; or those that a pattern matches, with *, ? and [a-z] for letters of a name and ** for any folders. A file whose own name has such
// letters goes before a pattern. A pattern that matches a folder means its files.
//
// What a pattern or folder finds leaves out names that begin with "." or "_", as other tools do: they are of jobs, and of systems. Folders
// named key=value, below the folder or from the pattern's first * on, are columns of their files (see [Source]); %xx stands for letters that
// a folder's name cannot have, and __HIVE_DEFAULT_PARTITION__ for missing cells. Links are followed to files in the same folder; any other
// is an *Error, since rows would be read twice or others than meant, and so is a pattern or folder without a file.
func FromPath(name string) ([]Source, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && !info.IsDir():
		return []Source{FromFile(name)}, nil
	case err == nil:
		return find(name, name, nil)
	case !strings.ContainsAny(name, "*?["):
		return []Source{FromFile(name)}, nil // whose error says what is wrong
	}
	slashed := filepath.ToSlash(filepath.Clean(name))
	segments := strings.Split(slashed, "/")
	literal := slices.IndexFunc(segments, func(s string) bool { return strings.ContainsAny(s, "*?[") })
	if literal < 0 {
		return nil, unopened(name, err)
	}
	for _, s := range segments {
		if _, err := path.Match(s, ""); err != nil {
			return nil, &Error{File: name, Code: codeNoMatch, What: fmt.Sprintf("%q is no pattern: a [ without its ]", s), Err: err}
		}
	}
	root := strings.Join(segments[:literal], "/")
	switch {
	case root == "" && literal > 0:
		root = "/"
	case root == "":
		root = "."
	}
	return find(name, filepath.FromSlash(root), segments[literal:])
}

// find gives the files below root that match, and all files of folders that do.
func find(name, root string, pattern []string) ([]Source, error) {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, unopened(name, err)
	}
	w := walk{name: name, root: root, real: real, seen: map[string]string{}}
	if err := w.folder(nil, [][]string{pattern}); err != nil {
		return nil, err
	}
	if len(w.found) == 0 {
		return nil, &Error{File: name, Code: codeNoMatch, What: "no file of rows is there"}
	}
	return w.found, nil
}

// walk is a search of a folder.
type walk struct {
	name, root string
	real       string            // root without links
	seen       map[string]string // files that were found, without links, and how
	found      []Source
}

// folder looks into the folder at a path below root for what matches one of the patterns.
func (w *walk) folder(at []string, patterns [][]string) error {
	entries, err := os.ReadDir(w.path(at))
	if err != nil {
		return unopened(w.path(at), err)
	}
	for _, e := range entries { // sorted by name
		if err := w.entry(append(slices.Clip(at), e.Name()), e, patterns); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) path(at []string) string {
	return filepath.Join(append([]string{w.root}, at...)...)
}

// entry goes into a folder or takes a file, if it matches.
func (w *walk) entry(at []string, e fs.DirEntry, patterns [][]string) error {
	var ends bool
	var below [][]string
	for _, p := range patterns {
		end, rest := matches(e.Name(), p)
		ends, below = ends || end, append(below, rest...)
	}
	switch {
	case e.IsDir() && len(below) > 0:
		return w.folder(at, below)
	case e.Type()&fs.ModeSymlink != 0 && (ends || len(below) > 0):
		return w.link(at, ends)
	case e.IsDir() || !ends:
		return nil
	case e.Type().IsRegular():
		return w.take(at, filepath.Join(append([]string{w.real}, at...)...))
	}
	return &Error{File: w.path(at), Code: codeUnreadable, What: "is not a regular file"}
}

// matches holds a name against the first part of a pattern: whether a file of this name is meant, and by which patterns a folder of this
// name is searched. No pattern means everything. What is hidden matches only a part that says so.
func matches(name string, pattern []string) (file bool, below [][]string) {
	hidden := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
	switch {
	case len(pattern) == 0:
		if hidden {
			return false, nil
		}
		return true, [][]string{nil}
	case pattern[0] == "**":
		if len(pattern) > 1 {
			file, below = matches(name, pattern[1:])
		}
		if hidden {
			return file, below
		}
		return file || len(pattern) == 1, append(below, pattern)
	}
	if ok, _ := path.Match(pattern[0], name); !ok || hidden && pattern[0][0] != name[0] {
		return false, nil
	}
	return len(pattern) == 1, [][]string{pattern[1:]}
}

// link follows a link to a file in the same folder, if a file is wanted there.
func (w *walk) link(at []string, wanted bool) error {
	bad := func(what string, err error) error {
		return &Error{File: w.path(at), Code: codeLink, What: what, Err: err}
	}
	real, err := filepath.EvalSymlinks(w.path(at))
	if err != nil {
		return bad("is a link to nothing that can be read", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return bad("is a link to nothing that can be read", err)
	}
	if info.IsDir() {
		return bad("is a link to a folder: name that folder itself", nil)
	}
	if !wanted {
		return nil
	}
	if below, err := filepath.Rel(w.real, real); err != nil || !filepath.IsLocal(below) {
		return bad(fmt.Sprintf("is a link to a file outside of %s", w.root), nil)
	}
	return w.take(at, real)
}

// take adds a file, whose path without links is real.
func (w *walk) take(at []string, real string) error {
	if first, twice := w.seen[real]; twice {
		return &Error{File: w.path(at), Code: codeLink, What: fmt.Sprintf("is the same file as %s", first)}
	}
	w.seen[real] = w.path(at)
	if len(w.found) == maxFiles {
		return &Error{File: w.name, Code: codeNoMatch, What: fmt.Sprintf("more than %d files are there", maxFiles)}
	}
	s := FromFile(w.path(at))
	s.Below = path.Join(at...)
	var err error
	if s.Constants, err = constants(at[:len(at)-1]); err != nil {
		return &Error{File: w.path(at), Code: codeHeader, What: err.Error(), Err: err}
	}
	w.found = append(w.found, s)
	return nil
}

// constants are the columns that folders' names say.
func constants(folders []string) ([]Constant, error) {
	var all []Constant
	for _, f := range folders {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			continue
		}
		name, err := url.PathUnescape(key)
		if err != nil {
			return nil, fmt.Errorf("the folder %q: %w", f, err)
		}
		c := Constant{Name: name}
		if value != hiveMissing {
			if c.Value, err = url.PathUnescape(value); err != nil {
				return nil, fmt.Errorf("the folder %q: %w", f, err)
			}
		}
		if slices.ContainsFunc(all, func(x Constant) bool { return x.Name == c.Name }) {
			return nil, fmt.Errorf("two of its folders say %q", c.Name)
		}
		all = append(all, c)
	}
	return all, nil
}
