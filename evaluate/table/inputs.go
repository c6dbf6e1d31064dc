package table

import (
	"path"
	"path/filepath"
	"slices"
)

// InputRows is how many rows the i-th of Inputs has.
func (t *Table) InputRows(i int) int64 { return t.files[i].rows.Count }

// InputPath is the path of the i-th of Inputs below the folder or the pattern that it was found by, with slashes; of a file that was named itself, its
// last part. Where files lie on somebody's disk it does not say.
func (t *Table) InputPath(i int) string {
	f := t.files[i]
	if f.below != "" {
		return f.below
	}
	return path.Base(filepath.ToSlash(f.name))
}

// Cheap says that reading the rows again costs little: their columns have types by the files' own word, so that no text has to be parsed.
func (t *Table) Cheap() bool {
	for _, f := range t.files {
		if !slices.Contains(f.rows.Loose, false) {
			return false
		}
	}
	return true
}
