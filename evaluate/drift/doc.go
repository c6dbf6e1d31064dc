// Package drift says how far one column's distribution lies from another's, with the basis of the distance's limits.
//
// Start with [Distances]; [Profile] is what a baseline is stored as.
package drift
