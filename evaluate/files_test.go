package evaluate_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// memory holds files by name.
type memory map[string]string

type memoryFile struct{ *strings.Reader }

func (memoryFile) Close() error { return nil }

func (m memory) open(name string) table.Source {
	return table.Source{Name: name, Open: func(context.Context) (table.File, error) { return memoryFile{strings.NewReader(m[name])}, nil }}
}

func (m memory) all(name string) ([]table.Source, error) { return []table.Source{m.open(name)}, nil }

// lines joins the lines of a CSV file.
func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

// terms reads terms as a policy has them.
func terms(t testing.TB, yaml string) evaluate.Terms {
	t.Helper()
	d, err := schema.Parse("gatecard.yaml", []byte("gates: []\n"+yaml))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		evaluate.Terms
		Gates []string `json:"gates"`
	}
	if err := d.Decode("policy", &out); err != nil {
		t.Fatal(err)
	}
	if err := out.Terms.Check(d); err != nil {
		t.Fatal(err)
	}
	return out.Terms
}

// evaluated runs an evaluation that is right.
func evaluated(t testing.TB, c evaluate.Config, terms evaluate.Terms, n evaluate.Needs, a evaluate.Against) *evaluate.Evaluation {
	t.Helper()
	e, err := evaluate.Run(t.Context(), c, terms, n, a)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// encoded is JSON for comparing.
func encoded(t testing.TB, v any) string {
	t.Helper()
	b, err := schema.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// parquet writes columns, as a model's job would.
func parquet(t testing.TB, columns ...table.Column) string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteParquet(&b, columns); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
