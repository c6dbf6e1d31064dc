package pipeline

import (
	"fmt"
	"testing"

	"github.com/gatecard/gatecard/gates"
)

func TestClassifyEvaluations(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind Kind
		code string
	}{{gates.ErrNotEvaluated, Usage, "not-evaluated"}, {gates.ErrDamaged, Data, "evaluation-damaged"}} {
		if kind, code := Classify(fmt.Errorf("gate recall: %w", c.err)); kind != c.kind || code != c.code {
			t.Errorf("%v: %v, %s", c.err, kind, code)
		}
	}
}
