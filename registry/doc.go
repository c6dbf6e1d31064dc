// Package registry keeps versions, moves pointers to them, and records who let what in, and why.
//
// A [Registry] has versions and pointers, and may be foreign; a [Ledger] is always ours; a [Store] is one of each. [Promote] is the only
// way to a protected target: it verifies evidence against the live state, or refuses. To it a policy is bytes: it knows no gate.
package registry
