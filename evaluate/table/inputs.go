package table

import "slices"

// InputRows is how many rows the i-th of Inputs has.
func (t *Table) InputRows(i int) int64 { return t.files[i].rows.Count }

// Cheap says that reading the rows again costs little: their columns have types by the files' own word, so that no text has to be parsed.
func (t *Table) Cheap() bool {
	for _, f := range t.files {
		if !slices.Contains(f.rows.Loose, false) {
			return false
		}
	}
	return true
}
