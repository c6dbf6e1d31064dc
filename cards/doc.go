// Package cards holds the [Card]: a person's words beside what was measured, how it was judged, and of which version.
//
// It computes and judges nothing, and never rewrites card.yaml. A card holds no digest of the evidence, which binds the card.
// Start with [Words], [Card] and [Fill].
package cards
