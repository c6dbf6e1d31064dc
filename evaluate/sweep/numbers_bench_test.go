package sweep

import (
	"math"
	"math/rand/v2"
	"testing"
)

// BenchmarkLatencies counts a column of latencies in 400 combinations, as the benchmark's payments have them: sums alone, quantiles too, and the second look.
func BenchmarkLatencies(b *testing.B) {
	const rows, combinations = 1 << 21, 400
	r := rand.New(rand.NewPCG(1, 2))
	xs, cell := make([]float64, rows), make([]uint32, rows)
	of := [3][]uint32{make([]uint32, combinations), make([]uint32, combinations), make([]uint32, combinations)}
	for i := range xs {
		xs[i] = math.Round(1000*math.Exp(3+0.6*r.NormFloat64())) / 1000
		cell[i] = 2 * uint32(r.IntN(combinations))
	}
	for c := range uint32(combinations) {
		of[0][c], of[1][c], of[2][c] = c%4, c/4%2, c/8
	}
	sample := xs[:30_000]
	each := func(do func(cell []uint32, xs []float64)) {
		const batch = 8192
		for i := 0; i < rows; i += batch {
			do(cell[i:i+batch], xs[i:i+batch])
		}
	}
	start := func(quantiles ...float64) *Numbers {
		return NewNumbers(NumbersPlan{Combinations: combinations, Dimensions: [][]uint32{of[0], of[1], of[2]}, Sizes: []int{4, 2, 50},
			Numbers: []Number{{Name: "latency", Quantiles: quantiles}}}, [][]float64{sample}, 1)
	}
	add := func(n *Numbers) {
		each(func(cell []uint32, xs []float64) {
			if err := n.Add(0, cell, [][]float64{xs}); err != nil {
				b.Fatal(err)
			}
		})
	}
	perRow := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row") }
	b.Run("sums", func(b *testing.B) {
		for b.Loop() {
			add(start())
		}
		perRow(b)
	})
	b.Run("cells", func(b *testing.B) {
		for b.Loop() {
			add(start(0.5, 0.95, 0.99, 0.999))
		}
		perRow(b)
	})
	b.Run("close", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			n := start(0.5, 0.95, 0.99, 0.999)
			add(n)
			b.StartTimer()
			if n.Again() {
				each(func(cell []uint32, xs []float64) {
					if err := n.Collect(0, cell, [][]float64{xs}); err != nil {
						b.Fatal(err)
					}
				})
			}
			if _, _, err := n.Close(); err != nil {
				b.Fatal(err)
			}
		}
		perRow(b)
	})
}
