// Package sweep goes over the rows once, for all slices at a time, and keeps no copy of the data per slice.
//
// In: column slices, already coded. Out: one [Stats] a slice, exact, ties included, whatever the order of rows, files and workers.
// It knows no metric, name or file. Start with [Tally]: add, merge, close.
package sweep
