package all_test

import (
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/all"
	"github.com/gatecard/gatecard/evaluate"
)

// TestForms holds each form to the contract: a name and a file of its own, the same bytes for the same card, an answer even to an empty card, and
// a word on what it could not carry.
func TestForms(t *testing.T) {
	if len(all.Forms()) == 0 {
		t.Fatal("there are no forms")
	}
	seen := map[string]bool{}
	for _, f := range all.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			if f.Name == "" || f.File == "" || seen[f.Name] || seen[f.File] || f.Write == nil {
				t.Errorf("name %q and file %q are not its own, or it cannot write", f.Name, f.File)
			}
			seen[f.Name], seen[f.File] = true, true
			for _, c := range []*cards.Card{{}, cards.Fill("m", cards.Words{}, &evaluate.Evaluation{}, nil, nil), full()} {
				one, _, err := f.Write(c)
				if err != nil || len(one) == 0 {
					t.Fatalf("%d bytes, %v", len(one), err)
				}
				if two, _, _ := f.Write(c); string(one) != string(two) {
					t.Error("the same card gives other bytes")
				}
			}
			if _, lost, _ := f.Write(full()); len(lost) == 0 {
				t.Error("it lost nothing, says it; but no form holds our intervals")
			}
		})
	}
}

func full() *cards.Card {
	v := 0.5
	return cards.Fill("m", cards.Words{}, &evaluate.Evaluation{Slices: []evaluate.Slice{{Metrics: map[string]evaluate.Figure{"recall": {Value: &v, Support: 9}}}}}, nil, nil)
}
