// Package schema reads what a person or another tool wrote, and says what is wrong with it, by place.
//
// In: YAML or JSON bytes. Out: a [Document] that knows the line of every value, values decoded strictly, [Problems].
// It holds the published JSON Schemas, generated from the Go types of the packages below. It knows no metric, gate or card.
// Start with [Parse] and [Document.Decode]; [Encode] writes every file of ours.
//
// YAML is YAML 1.2's core schema: true and false are the only booleans, 1e3 is a number; yes, no, on, off, dates and 1_000 are text. Where
// readers of YAML differ the file is refused: see [Codes]. Keys are text, as they are written. A number or boolean is text only where the
// schema says x-text (Go tag jsonschema_extras:"x-text=true"): {positive: 1}.
package schema

//go:generate go test . -run TestPublished -update
