package drift

import (
	"math"
	"math/rand/v2"
	"testing"
)

// BenchmarkNumbers counts a million numbers: for a baseline, against one, and against one that they have all left.
func BenchmarkNumbers(b *testing.B) {
	const rows = 1 << 20
	r := rand.New(rand.NewPCG(1, 2))
	for _, of := range []struct {
		name string
		draw func() float64
	}{
		{"uniform", r.Float64},
		{"lognormal", func() float64 { return math.Exp(r.NormFloat64()) }},
		{"normal", r.NormFloat64},
		{"integers", func() float64 { return float64(r.IntN(100)) }},
		{"constant", func() float64 { return 3 }},
		{"kelvin", func() float64 { return 295 + r.NormFloat64() }},
	} {
		xs := make([]float64, rows)
		moved := make([]float64, rows)
		for i := range xs {
			xs[i] = of.draw()
			moved[i] = xs[i]*100 + 1000
		}
		base := NewNumbers()
		base.Add(xs)
		column := base.Column()
		for name, run := range map[string]func(){
			"baseline":           func() { NewNumbers().Add(xs) },
			"more of a baseline": func() { base.Add(xs) },
			"against":            func() { n := column.NewNumbers(); n.Add(xs); n.Column() },
			"moved":              func() { n := column.NewNumbers(); n.Add(moved); n.Column() },
		} {
			b.Run(of.name+"/"+name, func(b *testing.B) {
				b.SetBytes(rows * 8)
				for b.Loop() {
					run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
			})
		}
	}
}
