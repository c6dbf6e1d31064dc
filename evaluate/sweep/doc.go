// Package sweep counts rows for all slices at a time, and keeps no copy of the data per slice.
//
// In: scores and cells (a combination of codes, and a label), batch by batch, from any number of goroutines. Out: one [Stats] a slice, exact, ties included,
// whatever the order of rows, files, workers and memory. Where one class is rare its scores are enough ([Scout], [NewRare]); else rows are
// sorted in ranges, which may lie in temporary files. It knows no metric, name or data file. Start with [Run], or with [Tally]: add, merge, close; it serialises.
package sweep
