// Package evidence owns the words that are signed, and checks them.
//
// In: a [Bundle], [Requirements], [Trust], the live [State] and a time. Out: a [Decision] that lists every requirement, met and unmet.
// Absence refuses; each refusal has its own [Reason]. No file, network or clock, only std and golang.org/x/mod; it imports nothing of
// ours, so that every package may import it. Start with [Statement] (what is signed) and [Verify] (what it is good for).
package evidence
