package table

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatecard/gatecard/evidence"
)

// Files that are none are told apart.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ path, code, want string }{
		"missing":         {filepath.Join(dir, "none.csv"), codeNoFile, "no such file"},
		"a directory":     {dir, codeDirectory, "is a directory"},
		"empty":           {write("empty.csv", ""), codeEmpty, "the file is empty"},
		"unknown":         {write("a.xlsx", "\x00\x01"), codeFormat, "not a file of a known format (known: Parquet, JSONL, TSV, CSV)"},
		"a JSON array":    {write("b.json", " [{\"id\": 1}]\n"), codeFormat, "JSONL has one object a line"},
		"json":            {write("a.jsonl", "{}\n"), codeHeader, "no object has a key"},
		"named parquet":   {write("a.parquet", "id,score\n1,2\n"), codeParquet, "does not end as a Parquet file does"},
		"short parquet":   {write("b.parquet", "PAR1"), codeParquet, "it is cut off"},
		"encrypted":       {write("c.parquet", "PARE\x00\x00\x00\x00\x00\x00\x00\x00PARE"), codeEncrypted, "is encrypted"},
		"zeros":           {write("d.csv", "\x00\x00"), codeHeader, "not UTF-8 text"},
		"without a row":   {"testdata/empty.parquet", codeNoRows, "columns and no rows"},
		"a device":        {os.DevNull, codeUnreadable, "is not a regular file"},
		"parquet cut off": {write("e.parquet", "PAR1"+strings.Repeat("x", 100)), codeParquet, "it is cut off, or no Parquet"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), FromFile(c.path))
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) || e.File != c.path {
				t.Fatalf("got %v, want %s: %s", err, c.code, c.want)
			}
			if (c.code == codeNoFile) != errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("%v: is it fs.ErrNotExist?", err)
			}
		})
	}
}

// Every code is explained, and no other.
func TestCodes(t *testing.T) {
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	for code, text := range Codes() {
		if len(text) < 20 || !strings.Contains(string(source), fmt.Sprintf("= %q", code)) {
			t.Errorf("%s: %q", code, text)
		}
	}
	if n := len(regexp.MustCompile(`(?m)^\tcode[A-Z]`).FindAll(source, -1)); n != len(Codes()) {
		t.Errorf("%d codes, and %d are explained", n, len(Codes()))
	}
}

// The digest is that of the file's bytes, and columns come in the order asked for, twice if asked for twice.
func TestOpen(t *testing.T) {
	path := "testdata/rows.csv"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ta, err := Open(t.Context(), FromFile(path))
	if err != nil {
		t.Fatal(err)
	}
	defer ta.Close()
	sum := sha256.Sum256(b)
	if ta.Rows != 300 || strings.Join(ta.Names, " ") != "id score label group flag single" {
		t.Errorf("%d rows of %v", ta.Rows, ta.Names)
	}
	if _, err := ta.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if in := ta.Input; in.Path != path || in.Size != int64(len(b)) || string(in.SHA256) != "sha256:"+hex.EncodeToString(sum[:]) {
		t.Errorf("%v", in)
	}
	got, err := ta.Load(t.Context(), []Want{{"single", Value}, {"id", Value}, {"single", Number}})
	if err != nil || len(got) != 3 || got[0].Texts[1] != "1.625" || got[1].Texts[0] != "9007199254740993" || got[2].Numbers[1] != 1.625 {
		t.Errorf("%v", err)
	}
	if got, err := ta.Load(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("nothing asked for: %v, %v", got, err)
	}
}

// Batches have the rows' numbers, and belong to the caller.
func TestBatches(t *testing.T) {
	n := 2*batchRows + 7
	xs := make([]float64, n)
	texts := make([]string, n)
	gone := make([]bool, n)
	for i := range xs {
		xs[i], texts[i], gone[i] = float64(i)/4, fmt.Sprint("t", i%1000), i == batchRows+1
	}
	texts[batchRows+1] = ""
	for name, write := range writers() {
		b, err := write([]Column{{Name: "x", Type: Float64, Numbers: xs}, {Name: "t", Type: Text, Texts: texts, Missing: gone}})
		if err != nil {
			t.Fatal(err)
		}
		ta, err := Open(t.Context(), source("x."+strings.ToLower(name), b))
		if err != nil {
			t.Fatal(err)
		}
		var all []Batch
		for b, err := range ta.Read(t.Context(), []Want{{"x", Number}, {"t", Value}}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		if len(all) != 3 || all[0].First != 1 || all[1].First != batchRows+1 || all[2].First != 2*batchRows+1 || len(all[2].Columns[0].Numbers) != 7 {
			t.Fatalf("%s: %d batches", name, len(all))
		}
		for i := range xs {
			b := all[i/batchRows]
			if k := i % batchRows; b.Columns[0].Numbers[k] != xs[i] || b.Columns[1].Texts[k] != texts[i] || b.Columns[1].gone(k) != gone[i] {
				t.Fatalf("%s: row %d differs", name, i+1)
			}
		}
		whole, err := ta.Load(t.Context(), []Want{{"t", Value}, {"x", Number}})
		if err != nil || whole[1].Missing != nil || len(whole[0].Missing) != n || !whole[0].Missing[batchRows+1] {
			t.Fatalf("%s: %v", name, err)
		}
		for _, err := range ta.Read(t.Context(), []Want{{"x", Number}}) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			break // a reader may stop early
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := ta.Load(cancelled, []Want{{"x", Number}}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled: %v", name, err)
		}
		if err := ta.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A format that gives other rows than it said, or columns that do not fit, is not believed.
func TestReadHoldsFormatsToTheirWord(t *testing.T) {
	put := func(c *cells, n int) {
		for range n {
			c.boolean(true)
		}
	}
	for want, read := range map[string]func(x, y *cells, give func() error) error{
		"2 rows came from row 1 on and the file said 3": func(x, y *cells, give func() error) error {
			put(x, 2)
			put(y, 2)
			return give()
		},
		"0 rows came from row 1 on and the file said 3": func(_, _ *cells, give func() error) error { return nil },
		"more than the 3 rows came": func(x, y *cells, give func() error) error {
			for range 2 {
				put(x, 2)
				put(y, 2)
				if err := give(); err != nil {
					return err
				}
			}
			return nil
		},
		"y: 1 values from row 1 and other columns have 3": func(x, y *cells, give func() error) error {
			put(x, 3)
			put(y, 1)
			return give()
		},
	} {
		for workers := range 3 {
			f := &opened{name: "f", file: pin("f", inMemory{bytes.NewReader([]byte("1"))})}
			f.rows = Rows{Names: []string{"x", "y"}, Types: []Type{Boolean, Boolean}, Count: 3, Parts: func(int64) []Part {
				return []Part{{First: 1, Rows: 3, Read: func(_ context.Context, w *worker, give func() error) error { return read(w.cells[0], w.cells[1], give) }}}
			}}
			ta := &Table{files: []*opened{f}}
			if err := ta.join(); err != nil {
				t.Fatal(err)
			}
			err := ta.Each(t.Context(), []Want{{"x", Number}, {"y", Value}}, workers, func(int, Batch) error { return nil })
			if workers == 0 {
				_, err = ta.Load(t.Context(), []Want{{"x", Number}, {"y", Value}})
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != codeRows || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}

// changing is a file whose bytes change after some reads.
type changing struct {
	inMemory
	lock         sync.Mutex
	reads, after int
	change       func(b []byte, at int64) (int, error)
}

func (c *changing) ReadAt(b []byte, at int64) (int, error) {
	c.lock.Lock()
	c.reads++
	changed := c.reads > c.after
	c.lock.Unlock()
	if changed {
		return c.change(b, at)
	}
	return c.inMemory.ReadAt(b, at)
}

// Whatever is read comes from the bytes that the digest is of, or not at all.
func TestChangedFile(t *testing.T) {
	content := func(x any) []byte { // more than a megabyte
		return []byte("k,x\n" + strings.Repeat(fmt.Sprintf("%s,%v\n", strings.Repeat("k", 200), x), 6000))
	}
	b := content(2)
	for name, c := range map[string]struct {
		change func([]byte, int64) (int, error)
		code   string
	}{
		"other bytes": {func(b []byte, at int64) (int, error) {
			return bytes.NewReader(content(3)).ReadAt(b, at)
		}, codeChanged},
		"shorter": {func(b []byte, _ int64) (int, error) { return 10, io.EOF }, codeChanged},
		"no disk": {func(b []byte, _ int64) (int, error) { return 0, errors.New("input/output error") }, codeUnreadable},
	} {
		refused := 0
		for after := range 12 {
			f := &changing{inMemory: inMemory{bytes.NewReader(b)}, after: after, change: c.change}
			ta, err := Open(t.Context(), Source{Name: "x.csv", Open: func(context.Context) (File, error) { return f, nil }})
			var got []Column
			if err == nil {
				got, err = ta.Load(t.Context(), []Want{{"x", Number}})
			}
			var e *Error
			switch {
			case errors.As(err, &e) && e.Code == c.code:
				refused++
			case err != nil:
				t.Errorf("%s after %d reads: %v", name, after, err)
			default:
				sum := sha256.Sum256(content(got[0].Numbers[0]))
				if ta.Input.SHA256 != evidence.Digest("sha256:"+hex.EncodeToString(sum[:])) || slices.Min(got[0].Numbers) != slices.Max(got[0].Numbers) {
					t.Errorf("%s after %d reads: the digest is not that of the rows", name, after)
				}
			}
		}
		if refused < 3 {
			t.Errorf("%s: only %d were refused", name, refused)
		}
	}
}

// The same with several workers, who read other places at the time that the digest is taken.
func TestChangedParquet(t *testing.T) {
	xs := make([]float64, 100_000)
	for i := range xs {
		xs[i] = math.Sqrt(float64(i))
	}
	b, err := writers()["Parquet"]([]Column{{Name: "x", Type: Float64, Numbers: xs}})
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Clone(b)
	other[len(b)/2] ^= 1
	changed, read := 0, 0
	for after := range 3 * len(b) / pinBlock {
		f := &changing{inMemory: inMemory{bytes.NewReader(b)}, after: after, change: func(b []byte, at int64) (int, error) { return bytes.NewReader(other).ReadAt(b, at) }}
		ta, err := Open(t.Context(), Source{Name: "x.parquet", Open: func(context.Context) (File, error) { return f, nil }})
		if err == nil {
			ta.part = 10_000
			err = ta.Each(t.Context(), []Want{{"x", Number}}, 3, func(int, Batch) error { return nil })
		}
		var e *Error
		switch {
		case err == nil:
			read++
			if sum := sha256.Sum256(b); ta.Input.SHA256 != evidence.Digest("sha256:"+hex.EncodeToString(sum[:])) {
				t.Errorf("after %d reads: another digest", after)
			}
		case !errors.As(err, &e) || e.Code != codeChanged && e.Code != codeParquet:
			t.Errorf("after %d reads: %v", after, err)
		case e.Code == codeChanged:
			changed++
		}
	}
	if changed < 5 || read == 0 {
		t.Errorf("%d were seen to change, %d were read before", changed, read)
	}
}

// The same columns give the same bytes, and come back as they were.
func TestWriteParquet(t *testing.T) {
	n := groupRows + 5
	ids, scores, single, flags, gone := make([]string, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range ids {
		ids[i], scores[i], single[i], flags[i], gone[i] = fmt.Sprint(i*3), math.Sqrt(float64(i%997))/32, float64(float32(i%13)/7), float64(i%2), i%9 == 1
	}
	columns := []Column{
		{Name: "id", Type: Integer, Texts: ids}, {Name: "score", Type: Float64, Numbers: scores}, {Name: "single", Type: Float32, Numbers: single},
		{Name: "flag", Type: Boolean, Numbers: flags, Missing: gone}, {Name: "text", Type: Text, Texts: ids},
	}
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := WriteParquet(w, columns); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same columns gave other bytes")
	}
	got, err := load(t.Context(), "x.parquet", a.Bytes(), Want{"id", Value}, Want{"score", Number}, Want{"single", Number}, Want{"flag", Number}, Want{"text", Value})
	if err != nil {
		t.Fatal(err)
	}
	for i := range ids {
		if got[0].Texts[i] != ids[i] || got[1].Numbers[i] != scores[i] || got[2].Numbers[i] != single[i] || got[3].gone(i) != gone[i] || !gone[i] && got[3].Numbers[i] != flags[i] || got[4].Texts[i] != ids[i] {
			t.Fatalf("row %d differs", i+1)
		}
	}
	for i, want := range []Type{Integer, Float64, Float32, Boolean, Text} {
		if got[i].Type != want {
			t.Errorf("column %d: %s, want %s", i+1, got[i].Type, want)
		}
	}
	t.Logf("%d rows in %d bytes", n, a.Len())
}

func TestWriteParquetRefuses(t *testing.T) {
	one := []float64{1}
	for want, columns := range map[string][]Column{
		"no rows":                        nil,
		"write Parquet: no rows":         {{Name: "x"}},
		"has 1 numbers, 1 texts":         {{Name: "x", Numbers: one, Texts: []string{"a"}}},
		`column "y" has 2 numbers`:       {{Name: "x", Numbers: one}, {Name: "y", Numbers: []float64{1, 2}}},
		"2 marks of missing ones":        {{Name: "x", Numbers: one, Missing: []bool{true, false}}},
		"columns 1 and 2 have this name": {{Name: "x", Numbers: one}, {Name: "x", Numbers: one}},
		"column 1 of 1 has no name":      {{Numbers: one}},
		`"x": row 1: 0.1 is no float32`:  {{Name: "x", Type: Float32, Numbers: []float64{0.1}}},
		`"x": row 1: 0.5 is no integer`:  {{Name: "x", Type: Integer, Numbers: []float64{0.5}}},
		`"x": row 1: NaN is no integer`:  {{Name: "x", Type: Integer, Numbers: []float64{math.NaN()}}},
		`"x": row 1: 2 is no boolean`:    {{Name: "x", Type: Boolean, Numbers: []float64{2}}},
	} {
		var b bytes.Buffer
		if err := WriteParquet(&b, columns); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want %s", err, b.Len(), want)
		}
	}
	if err := WriteParquet(fullDisk{}, []Column{{Name: "x", Numbers: one}}); err == nil || !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
