package gates_test

import (
	"fmt"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// A policy is parsed, and judges an evaluation. Here the evaluation is written out; evaluate.Run makes one of rows, and evaluation.json
// keeps it.
func Example() {
	document, err := schema.Parse("policy.yaml", []byte(`
task: binary
label: hired
groups: [{column: disability}]
gates:
  - {metric: recall, across: disability, min: 0.80, because: it must find everybody}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := gates.ParsePolicy(document)
	if err != nil {
		fmt.Println(err) // all that is wrong, by place
		return
	}

	recall := func(found, positives float64) map[string]evaluate.Figure {
		basis := stats.Proportion(found, positives)
		value := basis.Value()
		return map[string]evaluate.Figure{"recall": {Value: &value, Support: int64(positives), Basis: basis}}
	}
	evaluation := evaluate.Evaluation{Terms: policy.Terms, Slices: []evaluate.Slice{
		{Groups: evaluate.Groups{}, Metrics: recall(1107, 1260)},
		{Groups: evaluate.Groups{"disability": "none"}, Metrics: recall(900, 1000)},
		{Groups: evaluate.Groups{"disability": "mild"}, Metrics: recall(174, 200)},
		{Groups: evaluate.Groups{"disability": "severe"}, Metrics: recall(33, 60)},
	}}
	report, err := gates.Judge(policy, &evaluation, evidence.Standing{})
	if err != nil {
		fmt.Println(err) // an error is no verdict
		return
	}
	fmt.Println(report.Verdict, report.Headline)
	gate := report.Gates[0]
	fmt.Printf("decides on %s – %s, bound %s\n", evaluate.Number(*gate.Low), evaluate.Number(*gate.High), gate.Bound)
	// Output:
	// fail Recall for severe is 0.550; at least 0.80 is required in every group.
	// decides on 0.416 – 0.704, bound ≥ 0.80
}
