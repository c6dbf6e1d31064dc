package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"
)

// maxDepth is far deeper than anything of ours nests.
const maxDepth = 32

// marshal is the one form in which this package writes JSON: struct order, sorted map keys, no spaces, <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// decodeExact reads JSON that [marshal] must give again byte by byte: so no member is duplicate, unknown, missing, spelt in another case,
// or text that is not UTF-8, all of which encoding/json takes.
func decodeExact(b []byte, v any) error {
	if err := decodeStrict(b, v); err != nil {
		return err
	}
	again, err := marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errors.New("not in the one form in which it is written")
	}
	return nil
}

// decodeStrict is decodeExact but for spaces and the order of members: for files that pass through other tools' hands.
func decodeStrict(b []byte, v any) error {
	theirs, err := decodeAny(b)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	again, err := marshal(v)
	if err != nil {
		return err
	}
	ours, err := decodeAny(again)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(theirs, ours) {
		return errors.New("a member is missing, misspelt or written in an odd way")
	}
	return nil
}

// decodeAny reads one JSON value, numbers as they are written. It refuses duplicate members, depth, bytes that are not UTF-8 and
// whatever follows.
func decodeAny(b []byte) (any, error) {
	if !utf8.Valid(b) { // encoding/json would put U+FFFD there
		return nil, errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name := key.(string) // the decoder gives nothing else here
			if _, ok := object[name]; ok {
				return nil, fmt.Errorf("duplicate member %q", name)
			}
			if object[name], err = decodeValue(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := decodeValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	return token, nil
}
