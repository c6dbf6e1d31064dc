// Package gates judges an [evaluate.Evaluation] by a [Policy] and returns a [Report] with one verdict for each gate.
//
// Start with [ParsePolicy] and [Judge]. Judge is a pure function: no file, clock or network, and the same input gives the same bytes.
// An error is no verdict: Judge returns a Report only when every gate was decided.
package gates
