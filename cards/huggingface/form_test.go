package huggingface_test

import (
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/huggingface"
	"github.com/gatecard/gatecard/evaluate"
)

// TestForm holds the form to its contract: a name and a file, the same bytes for the same card, an answer even to an empty card, and a word on
// what it could not carry.
func TestForm(t *testing.T) {
	if huggingface.Form.Name == "" || huggingface.Form.File == "" || huggingface.Form.Write == nil {
		t.Errorf("name %q, file %q, or it cannot write", huggingface.Form.Name, huggingface.Form.File)
	}
	v := 0.5
	full := cards.Fill("m", cards.Words{}, &evaluate.Evaluation{Slices: []evaluate.Slice{{Metrics: map[string]evaluate.Figure{"recall": {Value: &v, Support: 9}}}}}, nil, nil)
	for _, c := range []*cards.Card{{}, cards.Fill("m", cards.Words{}, &evaluate.Evaluation{}, nil, nil), full} {
		one, _, err := huggingface.Form.Write(c)
		if err != nil || len(one) == 0 {
			t.Fatalf("%d bytes, %v", len(one), err)
		}
		if two, _, _ := huggingface.Form.Write(c); string(one) != string(two) {
			t.Error("the same card gives other bytes")
		}
	}
	if _, lost, _ := huggingface.Form.Write(full); len(lost) == 0 {
		t.Error("it lost nothing, says it; but it does not hold our intervals")
	}
}
