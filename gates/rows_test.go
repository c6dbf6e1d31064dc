package gates_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// memory holds files by name.
type memory map[string][]byte

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

func (m memory) one(name string) table.Source {
	return table.Source{Name: name, Open: func(context.Context) (table.File, error) { return memoryFile{bytes.NewReader(m[name])}, nil }}
}

func (m memory) open(name string) ([]table.Source, error) { return []table.Source{m.one(name)}, nil }

// repeated reads a table with spaces between its cells; its last column says how many rows of the file a line stands for. An id is added.
func repeated(t testing.TB, b []byte) (columns []string, rows []map[string]string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	columns = strings.Fields(lines[0])
	if len(columns) < 2 || columns[len(columns)-1] != "n" {
		t.Fatalf("the last column of %q is not n", lines[0])
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		if len(cells) != len(columns) {
			t.Fatalf("%q has not the columns of %q", line, lines[0])
		}
		n, err := strconv.Atoi(cells[len(cells)-1])
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			row := map[string]string{"id": fmt.Sprint(len(rows) + 1)}
			for i, column := range columns[:len(columns)-1] {
				row[column] = cells[i]
			}
			rows = append(rows, row)
		}
	}
	return append([]string{"id"}, columns[:len(columns)-1]...), rows
}

func csvOf(columns []string, rows []map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString(strings.Join(columns, ",") + "\n")
	for _, row := range rows {
		for i, column := range columns {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(row[column])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// only reads a policy of gates that may not stand alone: while it is read, one more stands before them.
func only(t testing.TB, yaml string) gates.Policy {
	t.Helper()
	const itself = "{id: itself, metric: recall, min: 0.1}"
	p := parse(t, strings.NewReplacer("gates: [", "gates: ["+itself+", ", "gates:\n", "gates:\n  - "+itself+"\n").Replace(yaml))
	p.Gates = p.Gates[1:]
	return p
}

// parse reads a policy that is right.
func parse(t testing.TB, yaml string) gates.Policy {
	t.Helper()
	d, err := schema.Parse("policy.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	p, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
