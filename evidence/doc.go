// Package evidence owns the words that are signed, and checks them.
//
// In: a [Bundle], [Requirements], [Trust], the live [State] and a time. Out: a [Decision] that lists every requirement, met and unmet.
// Absence refuses; each refusal has its own [Reason]. No file, network or clock, only std and golang.org/x/mod; it imports nothing of
// ours, so that every package may import it. Start with [Statement] (what is signed) and [Verify] (what it is good for).
//
// The way of a statement: [Sign] seals it, a ledger logs it ([LeafBytes], [AppendHashes], [Prove]), [Verify] reads it. In files, version.go and
// statement.go are the words, manifest.go and name.go the bytes that they are about, payload.go, envelope.go and encode.go their form on the
// wire, key.go who signed, log.go, checkpoint.go and audit.go the log, verify.go the decision, check.go and check_words.go one function for
// each requirement, and reasons.go why one is unmet.
package evidence
