package evidence

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// Law of each reader: no panic; beside an error, nothing; what is taken, written again, reads the same. Fuzz with -fuzzminimizetime 20x: the
// seeds are long, and a minute is spent on shortening each otherwise.

func FuzzDecodeEnvelope(f *testing.F) {
	w := newWorld(f)
	w.seal()
	b, err := EncodeEnvelope(w.bundle.Envelope)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"payloadType":"","payload":"","signatures":[]}`))
	f.Add([]byte(`{"payloadType":"","payload":null,"signatures":null,"Payload":"eA=="}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := DecodeEnvelope(b)
		if err != nil {
			if !reflect.DeepEqual(e, Envelope{}) || !isRefusal(err) {
				t.Fatalf("%+v beside %v", e, err)
			}
			return
		}
		again, err := EncodeEnvelope(e)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := DecodeEnvelope(again); err != nil || !reflect.DeepEqual(back, e) {
			t.Fatalf("%+v became %+v, %v", e, back, err)
		}
		if _, _, err := Open(e, w.trust, w.now); err == nil && !bytes.Equal(e.Payload, w.bundle.Envelope.Payload) {
			t.Fatalf("a forged payload was opened: %s", e.Payload)
		}
	})
}

func FuzzDecodeStatement(f *testing.F) {
	w := newWorld(f)
	w.seal()
	f.Add(w.bundle.Envelope.Payload)
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"","predicate":{}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s, err := decodeStatement(payload)
		if err != nil {
			if !reflect.DeepEqual(s, Statement{}) || !isRefusal(err) {
				t.Fatalf("%+v beside %v", s, err)
			}
			return
		}
		if again, err := encodeStatement(s); err != nil || !bytes.Equal(again, payload) {
			t.Fatalf("%s\nbecame %s, %v", payload, again, err)
		}
	})
}

func FuzzDecodeLeaf(f *testing.F) {
	for _, leaf := range longLog(f, 2).leaves {
		f.Add(leaf)
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		r, err := DecodeLeaf(leaf)
		if err != nil {
			if !reflect.DeepEqual(r, Record{}) {
				t.Fatalf("%+v beside %v", r, err)
			}
			return
		}
		if again, err := LeafBytes(r); err != nil || !bytes.Equal(again, leaf) {
			t.Fatalf("%q\nbecame %q, %v", leaf, again, err)
		}
	})
}

func FuzzCheckProof(f *testing.F) {
	w := newWorld(f)
	w.seal()
	good, err := EncodeProof(w.bundle.Log)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodeProof(b)
		if err != nil {
			return
		}
		record, c, err := CheckProof(p, w.trust, w.now)
		if err != nil {
			if !reflect.DeepEqual(record, Record{}) || c != (Checkpoint{}) || !isRefusal(err) {
				t.Fatalf("%+v and %v beside %v", record, c, err)
			}
			return
		}
		if !bytes.Equal(p.Leaf, w.bundle.Log.Leaf) || p.Record != w.bundle.Log.Record {
			t.Fatalf("a forged record was proved: %s", p.Leaf)
		}
	})
}

func isRefusal(err error) bool {
	var r Refusal
	return errors.As(err, &r) && r.Reason != ""
}
