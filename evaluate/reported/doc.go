// Package reported reads results that another tool computed, as plain [Row]s. It computes nothing and resolves no name.
//
// In: a file of one of the [Formats], which its content tells. Out: [Results], each number with the tool's name for it, its n and its error
// where the file gives them, and with why it is not of the whole where the file says so. It knows no metric of ours, and judges nothing.
// Start with [Read].
package reported
