// Package drift profiles columns of numbers and of texts as they are read, batch by batch, and says how far one lies from another's, with the basis of the
// distance's limits. A baseline's [Profile] is small, holds no row, and needs no rows to be measured against later. The same rows give the same bits, however
// they are ordered, cut into batches and shared among goroutines.
//
// Start with [NewNumbers] and [NewTexts] for a baseline, [Column.NewNumbers] and [Column.NewTexts] for what is measured against it, and [Distances].
// docs/drift.md tells what is exact, what is bounded, and how often limits miss.
package drift
