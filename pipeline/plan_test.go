package pipeline

import (
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// TestPlan: recall 0.87 against 0.80 is 225 rows by exact binomial probabilities, four times in five; an area under a curve is no proportion.
func TestPlan(t *testing.T) {
	least := 0.8
	outcome := func(metric, kind string) gates.Outcome {
		return gates.Outcome{Result: evidence.Result{Gate: metric, Verdict: evidence.Inconclusive, Min: &least, Claims: []evidence.Claim{{Support: 50}}}, Kind: kind, Metric: metric, Level: 0.95}
	}
	r := &gates.Report{Gates: []gates.Outcome{outcome("recall", "bound"), outcome("f1", "bound"), outcome("roc_auc", "bound"), outcome("recall", "gap"), {Result: evidence.Result{Gate: "passed", Verdict: evidence.Pass}}}}
	plans, err := Plan(r, 0.87)
	if err != nil || len(plans) != 4 {
		t.Fatalf("%d plans, %v", len(plans), err)
	}
	if p := plans[0]; p.Rows != 225 || p.Now != 50 {
		t.Errorf("recall: %+v", p)
	}
	// F1 of .87 and .80 are J of .770 and .667: further apart, but with more variance
	if p := plans[1]; p.Rows < 100 || p.Rows > 250 {
		t.Errorf("f1: %+v", p)
	}
	for _, p := range plans[2:] {
		if p.Rows != 0 || !strings.Contains(p.Why, "one proportion") {
			t.Errorf("%s: %+v", p.Gate, p)
		}
	}
	if plans, _ := Plan(r, 0.7); plans[0].Rows != 0 || plans[0].Why == "" {
		t.Errorf("beyond the bound: %+v", plans[0])
	}
	if _, err := Plan(r, 1.2); err == nil {
		t.Error("a recall of 1.2 was planned for")
	}
}
