package gates_test

import (
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// TestLatencyIsRefusedOnlyIfDisproven: a bound on a latency decides "unless_disproven" where nobody says otherwise, with limits by order statistics.
func TestLatencyIsRefusedOnlyIfDisproven(t *testing.T) {
	d, err := schema.Parse("gatecard.yaml", []byte(`
task: binary
label: y
gates:
  - {metric: latency_p50, max: 249}
  - {metric: latency_p50, max: 260, id: above}
  - {metric: p99_latency, max: 300}
  - {metric: latency_p50, max: 260, decide: proven, id: proven}
  - {metric: latency_p99.9, max: 600}
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatal(err)
	}
	if got := [3]gates.Decide{p.Gates[0].Decide, p.Gates[2].Decide, p.Gates[3].Decide}; got != [3]gates.Decide{gates.UnlessDisproven, gates.UnlessDisproven, gates.Proven} {
		t.Errorf("they decide %v", got)
	}
	n := sweep.NewNumbers(sweep.NumbersPlan{Numbers: []sweep.Number{{Name: "latency", Quantiles: []float64{0.5, 0.99, 0.999}}}}, [][]float64{nil}, 1)
	cells, values := make([]uint32, 500), make([]float64, 500)
	for i := range values {
		values[i] = float64(1 + (i*37)%500)
	}
	if err := n.Add(0, cells, [][]float64{values}); err != nil || !n.Again() {
		t.Fatal(err)
	}
	if err := n.Collect(0, cells, [][]float64{values}); err != nil {
		t.Fatal(err)
	}
	overall, _, err := n.Close()
	if err != nil {
		t.Fatal(err)
	}
	e := &evaluate.Evaluation{Terms: p.Terms, Rows: 500, Slices: []evaluate.Slice{{Groups: evaluate.Groups{}, Rows: 500, Metrics: map[string]evaluate.Figure{}}}}
	for _, name := range []string{"latency_p50", "latency_p99", "latency_p999"} {
		m, _ := evaluate.Lookup(name)
		s := sweep.Stats{Rows: 500, Latency: &overall.Columns[0]}
		v, err := m.Value(s)
		if err != nil {
			t.Fatal(err)
		}
		e.Slices[0].Metrics[name] = evaluate.Figure{Value: &v, Support: 500, Basis: m.Basis(s)}
	}
	r, err := gates.Judge(p, e, evidence.Standing{})
	if err != nil {
		t.Fatal(err)
	}
	// the median is 250, between 229 and 272 at .025 each; p99 is 495, above 300 for sure; of p99.9 there is no upper limit
	want := map[string]evidence.Verdict{"latency_p50": evidence.Pass, "above": evidence.Pass, "latency_p99": evidence.Fail, "proven": evidence.Inconclusive, "latency_p999": evidence.Pass}
	for _, g := range r.Gates {
		if g.Verdict != want[g.Gate] {
			t.Errorf("%s is %s, want %s: %s", g.Gate, g.Verdict, want[g.Gate], g.Sentence)
		}
		delete(want, g.Gate)
		t.Log(g.Sentence)
	}
	if len(want) > 0 {
		t.Errorf("not judged: %v", want)
	}
}
