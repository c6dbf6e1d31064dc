package evidence

import "fmt"

// The files: evidence.dsse.json holds an envelope, evidence.proof.json the proof that it is in the log; a bundle is both in one. They are
// read strictly (no duplicate, unknown, missing or misspelt member, nothing after it), but any spacing and order of members will do.

// EncodeEnvelope gives evidence.dsse.json.
func EncodeEnvelope(e Envelope) ([]byte, error) { return encodeFile("envelope", e) }

// DecodeEnvelope reads evidence.dsse.json. It checks the form alone: for what it is worth, see [Open] and [Verify].
func DecodeEnvelope(b []byte) (Envelope, error) {
	return decodeFile[Envelope]("envelope", maxEnvelope, b)
}

// EncodeProof gives evidence.proof.json.
func EncodeProof(p LogProof) ([]byte, error) { return encodeFile("proof", p) }

// DecodeProof reads evidence.proof.json; see [CheckProof] for what it shows.
func DecodeProof(b []byte) (LogProof, error) { return decodeFile[LogProof]("proof", 2*maxLeaf, b) }

// EncodeBundle gives both in one.
func EncodeBundle(b Bundle) ([]byte, error) { return encodeFile("bundle", b) }

// DecodeBundle reads both in one.
func DecodeBundle(b []byte) (Bundle, error) { return decodeFile[Bundle]("bundle", maxBundle, b) }

func encodeFile(name string, v any) ([]byte, error) {
	b, err := marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	return append(b, '\n'), nil
}

func decodeFile[T any](name string, limit int, b []byte) (T, error) {
	var v, none T
	if len(b) > limit {
		return none, refuse(wordEvidence, EnvelopeMalformed, "decode %s: %d bytes: more than %d", name, len(b), limit)
	}
	if err := decodeStrict(b, &v); err != nil {
		return none, refuse(wordEvidence, EnvelopeMalformed, "decode %s: %v", name, err)
	}
	return v, nil
}
