// Package schema reads what a person or another tool wrote, and says what is wrong with it, by place.
//
// In: YAML or JSON bytes. Out: a [Document] that knows the line of every value, values decoded strictly, [Problems].
// It holds the published JSON Schemas, generated from the Go types of the packages below. It knows no metric, gate or card.
// Start with [Parse] and [Document.Decode]; [Encode] writes every file of ours.
package schema
