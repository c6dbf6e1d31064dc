package table

// InputRows is how many rows the i-th of Inputs has.
func (t *Table) InputRows(i int) int64 { return t.files[i].rows.Count }
