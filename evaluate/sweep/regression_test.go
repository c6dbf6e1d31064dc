package sweep

import (
	"math"
	"math/rand/v2"
	"testing"
)

// regress counts rows of a regression.
func regress(t *testing.T, p RegressionPlan, truth, prediction, rival []float64) *Regression {
	t.Helper()
	columns, products := p.Numbers()
	values := make([][]float64, len(columns))
	for k := range values {
		values[k] = make([]float64, len(truth))
	}
	p.Values(truth, prediction, nil, nil, rival, values)
	n := NewNumbers(NumbersPlan{Numbers: columns, Products: products}, values, 1)
	cells := make([]uint32, len(truth))
	if err := n.Add(0, cells, values); err != nil {
		t.Fatal(err)
	}
	if n.Again() {
		if err := n.Collect(0, cells, values); err != nil {
			t.Fatal(err)
		}
	}
	overall, _, err := n.Close()
	if err != nil {
		t.Fatal(err)
	}
	return p.Of(&overall)
}

// TestExplainedSums holds R²'s sums to those of rows whose truths are shifted to lie around 0, where plain sums do: far from 0 they are the same.
func TestExplainedSums(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, shift := range []float64{0, 1 << 20, -(1 << 40)} {
		var truth, prediction, near, error []float64
		mean := 0.0
		for range 400 {
			y, e := math.Round(random.NormFloat64()*64)/8, math.Round(random.NormFloat64()*16)/8 // eighths, which stay exact far from 0
			near, error = append(near, y), append(error, e)
			truth, prediction = append(truth, y+shift), append(prediction, y+shift+e)
			mean += y / 400
		}
		got := regress(t, RegressionPlan{Explained: true}, truth, prediction, nil).Explained
		var ee, dd, eeee, eedd, dddd float64
		for i, y := range near {
			e, d := error[i]*error[i], (y-mean)*(y-mean)
			ee, dd, eeee, eedd, dddd = ee+e, dd+d, eeee+e*e, eedd+e*d, dddd+d*d
		}
		for name, x := range map[string][2]float64{"ee": {got.EE, ee}, "dd": {got.DD, dd}, "eeee": {got.EEEE, eeee}, "eedd": {got.EEDD, eedd}, "dddd": {got.DDDD, dddd}} {
			if !(math.Abs(x[0]-x[1]) <= 1e-12*x[1]) {
				t.Errorf("Σ%s of truths around %v is %v, want %v", name, shift, x[0], x[1])
			}
		}
	}
}

// TestRootDifference: a model differs from itself by 0, without a spread; and the difference turns its sign with the models exchanged.
func TestRootDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var truth, a, b []float64
	for range 350 {
		y := random.NormFloat64()
		truth, a, b = append(truth, y), append(a, y+random.NormFloat64()), append(b, y+2*random.NormFloat64())
	}
	p := RegressionPlan{Rival: true, Levels: []float64{0.9}}
	same, ours, theirs := regress(t, p, truth, a, a).Rivals[0], regress(t, p, truth, a, b).Rivals[0], regress(t, p, truth, b, a).Rivals[0]
	if same.Root != (Loss{}) || same.Absolute != (Loss{}) || same.Pinball[0] != (Loss{}) {
		t.Errorf("a model against itself: %+v", same)
	}
	if !(ours.Root.Mean < 0) || ours.Root.Mean != -theirs.Root.Mean || !(math.Abs(ours.Root.SE-theirs.Root.SE) < 1e-15) || !(ours.Root.SE > 0) || ours.Pinball[0].Mean != -theirs.Pinball[0].Mean {
		t.Errorf("%+v, and the other way %+v", ours, theirs)
	}
}
