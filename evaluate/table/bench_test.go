package table

import "testing"

func BenchmarkCensus(b *testing.B) {
	t, err := Open(b.Context(), FromFile("../../fixtures/census/predictions-2016-v2.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	defer t.Close()
	for name, want := range map[string][]Want{
		"numbers":        {{"score", Number}, {"employed", Number}},
		"groups":         {{"SEX", Value}, {"DIS", Value}},
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
