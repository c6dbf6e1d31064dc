package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// paymentLines are rows as the bench's: a score of 17 digits, a label, three groups, a latency and an id.
func paymentLines(n int, line func(b *bytes.Buffer, id int, score float64, label int, card, kind, region string, latency float64)) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	cards, kinds := []string{"visa", "mastercard", "amex", "other"}, []string{"online", "terminal"}
	var b bytes.Buffer
	for i := range n {
		line(&b, 10_000_000+i, r.Float64(), int(r.Uint32()%500/499), cards[r.IntN(4)], kinds[r.IntN(2)], fmt.Sprintf("region %02d", r.IntN(50)), float64(r.IntN(100_000))/1000)
	}
	return b.Bytes()
}

var paymentWants = []Want{{"score", Number}, {"label", Number}, {"latency", Number}, {"card_type", Code}, {"transaction_type", Code}, {"region", Code}}

// benchmarkText measures Open and Each of seven columns, of which all but the id are wanted, beside readers that only split the same bytes.
func benchmarkText(b *testing.B, name string, text []byte, peers map[string]func() error) {
	for workers := 1; workers <= 2; workers++ {
		b.Run(fmt.Sprintf("ours/workers=%d", workers), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				t, err := Open(b.Context(), source(name, text))
				if err != nil {
					b.Fatal(err)
				}
				if err := t.Each(b.Context(), paymentWants, workers, func(int, Batch) error { return nil }); err != nil {
					b.Fatal(err)
				}
				if err := t.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for peer, read := range peers {
		b.Run(peer, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCSV(b *testing.B) {
	text := paymentLines(500_000, func(b *bytes.Buffer, id int, score float64, label int, card, kind, region string, latency float64) {
		if b.Len() == 0 {
			b.WriteString("id,score,label,card_type,transaction_type,region,latency\n")
		}
		fmt.Fprintf(b, "%d,%v,%d,%s,%s,%s,%v\n", id, score, label, card, kind, region, latency)
	})
	benchmarkText(b, "x.csv", text, map[string]func() error{
		"encoding_csv": func() error {
			r := csv.NewReader(bytes.NewReader(text))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err == io.EOF {
					return nil
				} else if err != nil {
					return err
				}
			}
		},
		// No quote, no error, no number: the least that can be called reading.
		"splitting_bytes": func() error {
			cells := 0
			for rest := text; len(rest) > 0; {
				line, after, _ := bytes.Cut(rest, []byte{'\n'})
				for {
					i := bytes.IndexByte(line, ',')
					cells++
					if i < 0 {
						break
					}
					line = line[i+1:]
				}
				rest = after
			}
			if cells != 7*500_001 {
				return fmt.Errorf("%d cells", cells)
			}
			return nil
		},
	})
}

func BenchmarkJSONL(b *testing.B) {
	text := paymentLines(300_000, func(b *bytes.Buffer, id int, score float64, label int, card, kind, region string, latency float64) {
		fmt.Fprintf(b, `{"id": %d, "score": %v, "label": %d, "card_type": %q, "transaction_type": %q, "region": %q, "latency": %v}`+"\n", id, score, label, card, kind, region, latency)
	})
	benchmarkText(b, "x.jsonl", text, map[string]func() error{
		"encoding_json_tokens": func() error {
			d := json.NewDecoder(bytes.NewReader(text))
			for {
				if _, err := d.Token(); err == io.EOF {
					return nil
				} else if err != nil {
					return err
				}
			}
		},
		"encoding_json_valid": func() error {
			for rest := text; len(rest) > 0; {
				line, after, _ := bytes.Cut(rest, []byte{'\n'})
				if !json.Valid(line) {
					return fmt.Errorf("%s", line)
				}
				rest = after
			}
			return nil
		},
	})
}
