package schema

// Document is a file after the one walk that refuses duplicate keys, tags, aliases, depth and non-finite numbers.
type Document struct {
	file string
}

// Parse reads YAML, or JSON where the file's name ends in .json: JSON is never read as YAML. The error is [Problems].
func Parse(file string, b []byte) (*Document, error) { panic("unwritten") }

// Decode validates the document against a published schema ("gatecard", "policy", "card", …) and fills v strictly.
// The error is [Problems], each at its place.
func (d *Document) Decode(schema string, v any) error { panic("unwritten") }

// Sub is the part of the document under a path, with its places: d.Sub("gates", 3). Of a path that is not there it is empty.
func (d *Document) Sub(path ...any) *Document { panic("unwritten") }

// Has says whether a value stands at the path.
func (d *Document) Has(path ...any) bool { panic("unwritten") }

// Keys lists the keys of the mapping at the path, in the order written; nil where there is no mapping.
func (d *Document) Keys(path ...any) []string { panic("unwritten") }

// At is the place of a value: d.At("gates", 3, "metric"). Where it is not there, that of the nearest value around it.
func (d *Document) At(path ...any) Position { panic("unwritten") }

// KeyAt is the place of a key rather than of its value.
func (d *Document) KeyAt(path ...any) Position { panic("unwritten") }

// Encode gives canonical JSON (RFC 8785). It refuses what that cannot hold: NaN, infinities, integers beyond 2^53.
func Encode(v any) ([]byte, error) { panic("unwritten") }

// Decode reads JSON strictly, from this or any released version: no duplicate, case-folded or unknown keys, nothing after the value.
func Decode(schema, file string, b []byte, v any) error { panic("unwritten") }

// Names lists the published schemas; Source gives one as JSON.
func Names() []string { panic("unwritten") }

// Source is the JSON Schema of that name.
func Source(name string) ([]byte, error) { panic("unwritten") }

// Codes are this package's problem codes, with what `gatecard explain` says of each.
func Codes() map[string]string { panic("unwritten") }
