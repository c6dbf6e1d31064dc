package table

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func BenchmarkCensus(b *testing.B) {
	t, err := Open(b.Context(), FromFile("../../fixtures/census/predictions-2016-v2.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	defer t.Close()
	for name, want := range map[string][]Want{
		"numbers":        {{"score", Number}, {"employed", Number}},
		"groups":         {{"SEX", Value}, {"DIS", Value}},
		"codes":          {{"SEX", Code}, {"DIS", Code}},
		"ids":            {{"id", Value}},
		"scores as text": {{"score", Value}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := t.Load(b.Context(), want); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// payments writes scores, labels and groups, and gives the file's path. GATECARD_ROWS names another file with the same columns.
func payments(b *testing.B) string {
	if path := os.Getenv("GATECARD_ROWS"); path != "" {
		return path
	}
	r := rand.New(rand.NewPCG(6, 6))
	n := 2 << 20
	columns := []Column{{Name: "score", Type: Float64}, {Name: "label", Type: Integer}, {Name: "card_type", Type: Text}, {Name: "transaction_type", Type: Text}, {Name: "region", Type: Text}}
	for range n {
		columns[0].Numbers = append(columns[0].Numbers, 1/(1+math.Exp(-r.NormFloat64())))
		columns[1].Numbers = append(columns[1].Numbers, math.Floor(r.Float64()+0.0018))
		for i, groups := range map[int]int{2: 4, 3: 2, 4: 50} {
			columns[i].Texts = append(columns[i].Texts, string(rune('A'+r.IntN(groups))))
		}
	}
	path := filepath.Join(b.TempDir(), "payments.parquet")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := WriteParquet(f, columns); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// Decoding for an engine that counts by group, with the digest. Bytes are the file's.
func BenchmarkEach(b *testing.B) {
	path := payments(b)
	for _, workers := range []int{1, 2} {
		b.Run(map[int]string{1: "one worker", 2: "two workers"}[workers], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t, err := Open(b.Context(), FromFile(path))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(t.Inputs[0].Size)
				rows := make([]int, workers)
				err = t.Each(b.Context(), []Want{{"score", Number}, {"label", Code}, {"card_type", Code}, {"transaction_type", Code}, {"region", Code}}, workers, func(w int, b Batch) error {
					rows[w] += b.Columns[0].Len()
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				if err := t.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
