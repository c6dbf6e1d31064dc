package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// wants are all columns of a table that have a reading, in each way.
func wants(ta *Table) []Want {
	var all []Want
	for i, n := range ta.Names {
		if ta.Types[i].readable() {
			all = append(all, Want{n, Value}, Want{n, Code})
			if ta.Types[i] != Text && n != "id" && n != "uint64" {
				all = append(all, Want{n, Number})
			}
		}
	}
	return all
}

// gathered is what Each gives, as Load would.
func gathered(ctx context.Context, ta *Table, want []Want, workers int) ([]Column, error) {
	var lock sync.Mutex
	var wrong error
	busy := make([]bool, workers)
	batches := map[int64]Batch{}
	err := ta.Each(ctx, want, workers, func(n int, b Batch) error {
		lock.Lock()
		if busy[n] {
			wrong = fmt.Errorf("two calls of worker %d overlap", n)
		}
		busy[n] = true
		lock.Unlock()
		mine := Batch{First: b.First}
		for _, c := range b.Columns {
			c.Numbers, c.Texts, c.Codes, c.Missing = slices.Clone(c.Numbers), slices.Clone(c.Texts), slices.Clone(c.Codes), slices.Clone(c.Missing)
			mine.Columns = append(mine.Columns, c)
		}
		lock.Lock()
		defer lock.Unlock()
		busy[n] = false
		if _, twice := batches[b.First]; twice {
			wrong = fmt.Errorf("row %d came twice", b.First)
		}
		batches[b.First] = mine
		return nil
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return nil, err
	}
	all := make([]joined, len(want))
	next := int64(1)
	for _, first := range slices.Sorted(maps.Keys(batches)) {
		if first != next {
			return nil, fmt.Errorf("row %d came, and not row %d", first, next)
		}
		for i, c := range batches[first].Columns {
			all[i].append(c)
		}
		next += int64(batches[first].Columns[0].Len())
	}
	columns := make([]Column, len(want))
	for i := range all {
		columns[i] = all[i].end()
	}
	return columns, nil
}

// same says where two columns differ; codes are compared by their texts.
func same(a, b Column) error {
	if a.Name != b.Name || a.Type != b.Type || a.Len() != b.Len() {
		return fmt.Errorf("%s of %s with %d rows, and %s of %s with %d", a.Name, a.Type, a.Len(), b.Name, b.Type, b.Len())
	}
	for i := range a.Len() {
		x, gone := a.cell(i)
		y, alsoGone := b.cell(i)
		if x != y || gone != alsoGone {
			return fmt.Errorf("%s, row %d: %q (missing %v) and %q (missing %v)", a.Name, i+1, x, gone, y, alsoGone)
		}
	}
	return nil
}

// cell is a cell's text, or its number's bits.
func (c Column) cell(i int) (text string, missing bool) {
	switch {
	case c.Codes != nil && c.Codes[i] == uint32(len(c.Dictionary)):
		return "", true
	case c.Codes != nil:
		return c.Dictionary[c.Codes[i]], false
	case c.Texts != nil:
		return c.Texts[i], c.gone(i)
	}
	return fmt.Sprintf("%x", math.Float64bits(c.Numbers[i])), c.gone(i)
}

// Each, with any number of workers, gives what Load gives, and codes stand for the same texts as values.
func TestEachIsLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) < 17 {
		t.Fatalf("%d files in testdata (%v)", len(files), err)
	}
	for _, f := range files {
		if name := filepath.Base(f); name == "empty.parquet" || name == "expected.json" || name == "make.py" {
			continue
		}
		t.Run(filepath.Base(f), func(t *testing.T) {
			ta, err := Open(t.Context(), FromFile(f))
			if err != nil {
				t.Fatal(err)
			}
			defer ta.Close()
			want := wants(ta)
			loaded, err := ta.Load(t.Context(), want)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				if w.As == Code {
					if err := same(loaded[i-1], loaded[i]); err != nil {
						t.Errorf("as codes: %v", err)
					}
					if d := loaded[i].Dictionary; len(slices.Compact(slices.Sorted(slices.Values(d)))) != len(d) || loaded[i].Missing != nil {
						t.Errorf("%s: the dictionary %q, missing %v", w.Name, d, loaded[i].Missing)
					}
				}
			}
			for i, w := range want {
				if w.As != Number {
					continue
				}
				for k, x := range loaded[i].Numbers {
					text, missing := loaded[i-2].cell(k)
					if b, ok := parseBool(text); ok {
						text = map[bool]string{false: "0", true: "1"}[b]
					}
					if y, _ := parseNumber(text); y != x && !(missing && math.IsNaN(x)) {
						t.Errorf("%s, row %d: %v as a number and %q as text", w.Name, k+1, x, text)
					}
				}
			}
			for _, workers := range []int{1, 2, 7} {
				for _, ta.part = range []int64{0, 7, 64} {
					got, err := gathered(t.Context(), ta, want, workers)
					if err != nil {
						t.Fatal(err)
					}
					for i := range want {
						if err := same(loaded[i], got[i]); err != nil {
							t.Errorf("%d workers, parts of %d rows: %v", workers, ta.part, err)
						}
					}
				}
			}
		})
	}
}

// Each ends at do's error, and tells that of the lowest rows.
func TestEachStops(t *testing.T) {
	n := 6*batchRows + 5
	numbers := make([]float64, n)
	for name, write := range writers() {
		b, err := write([]Column{{Name: "x", Type: Float64, Numbers: numbers}})
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 2, 7} {
			ta, err := Open(t.Context(), source("x."+strings.ToLower(name), b))
			if err != nil {
				t.Fatal(err)
			}
			calls := 0
			var lock sync.Mutex
			err = ta.Each(t.Context(), []Want{{"x", Number}}, workers, func(_ int, b Batch) error {
				lock.Lock()
				defer lock.Unlock()
				if calls++; b.First > batchRows {
					return fmt.Errorf("row %d", b.First)
				}
				return nil
			})
			if err == nil || err.Error() != fmt.Sprintf("row %d", batchRows+1) {
				t.Errorf("%s, %d workers: %v after %d calls", name, workers, err, calls)
			}
			if err := ta.Each(t.Context(), []Want{{"y", Number}}, workers, nil); err == nil || !strings.Contains(err.Error(), "no such column") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Which batches are of use, which tasks are begun, and whose error is told, by what is known: d of do, f of a file's bytes, w of wrong cells.
func TestRunKnowsTheLowest(t *testing.T) {
	d, f := errors.New("d"), errors.New("f")
	tasks := []task{{file: 0}, {file: 0}, {file: 1}, {file: 1}, {file: 1}, {file: 2}}
	none := len(tasks)
	for name, c := range map[string]struct {
		done, failed, faulty int
		bound                int
		ended                string // of each task
		err                  string
	}{
		"nothing":               {none, none, none, 6, "000000", "<nil>"},
		"d":                     {2, none, none, 2, "000111", "d"},
		"f":                     {none, 2, none, 2, "000111", "f"},
		"f before d":            {3, 1, none, 1, "001111", "f"},
		"d before f":            {1, 3, none, 1, "001111", "d"},
		"w":                     {none, none, 2, 5, "001111", "w"},
		"w before d":            {3, none, 2, 5, "001111", "w"},
		"d before w":            {1, none, 2, 1, "001111", "d"},
		"f behind w's file":     {none, 5, 2, 5, "001111", "w"},
		"f in w's file":         {none, 4, 2, 4, "001111", "f"},
		"f in w's file, then d": {5, 4, 2, 4, "001111", "f"},
		"f before w":            {none, 1, 2, 1, "001111", "f"},
		"d before f and w":      {0, 4, 2, 0, "011111", "d"},
	} {
		r := run{tasks: tasks, want: []Want{{Name: "x"}}, t: &Table{files: []*opened{{}, {}, {}}}, done: failure{task: c.done}, failed: failure{task: c.failed}, faulty: c.faulty, faults: map[int]found{}}
		if c.done < none {
			r.done.err = d
		}
		if c.failed < none {
			r.failed.err = f
		}
		if c.faulty < none {
			r.faults[c.faulty] = found{{notNumber: {rows: 1}}}
		}
		ended := ""
		for i := range tasks {
			ended += map[bool]string{false: "0", true: "1"}[r.ended(i)]
		}
		err := r.error()
		text := fmt.Sprint(err)
		var e *Error
		if errors.As(err, &e) && e.Code == codeNumber {
			text = "w"
		}
		if r.bound() != c.bound || ended != c.ended || text != c.err {
			t.Errorf("%s: got %d, %s, %s, want %d, %s, %s", name, r.bound(), ended, text, c.bound, c.ended, c.err)
		}
	}
}

// A context that ends ends Each, soon and without another batch of the worker.
func TestEachIsCancelled(t *testing.T) {
	xs := make([]float64, 20*batchRows)
	for i := range xs {
		xs[i] = float64(i % 9973)
	}
	b, err := writers()["Parquet"]([]Column{{Name: "x", Type: Float64, Numbers: xs}})
	if err != nil {
		t.Fatal(err)
	}
	ta, err := Open(t.Context(), source("x.parquet", b))
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2, 7} {
		ctx, cancel := context.WithCancel(t.Context())
		var calls atomic.Int64
		err := ta.Each(ctx, []Want{{"x", Number}}, workers, func(int, Batch) error {
			calls.Add(1)
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) || calls.Load() > int64(workers) {
			t.Errorf("%d workers: %v after %d calls", workers, err, calls.Load())
		}
	}
	if _, err := gathered(t.Context(), ta, []Want{{"x", Code}}, 2); err != nil { // what was given up is read again
		t.Error(err)
	}
}

// Wrong cells are counted over the whole file, whoever found them, and told as Load tells them; errors of do in lower rows go first.
func TestEachCountsFaults(t *testing.T) {
	texts := make([]string, 6*batchRows)
	for i := range texts {
		texts[i] = strconv.Itoa(i % 10)
	}
	for _, i := range []int{5*batchRows + 3, 3 * batchRows, 3*batchRows + 1, 2*batchRows + 7} {
		texts[i] = "x"
	}
	want := fmt.Sprintf(`x.parquet: n: 4 of %d rows are not numbers (first: row %d "x", row %d "x", row %d "x")`, len(texts), 2*batchRows+8, 3*batchRows+1, 3*batchRows+2)
	b, err := writers()["Parquet"]([]Column{{Name: "n", Type: Text, Texts: texts}})
	if err != nil {
		t.Fatal(err)
	}
	good, err := writers()["Parquet"]([]Column{{Name: "n", Type: Text, Texts: []string{"1"}}})
	if err != nil {
		t.Fatal(err)
	}
	ta, err := OpenAll(t.Context(), []Source{source("good.parquet", good), source("x.parquet", b), source("y.parquet", b)})
	if err != nil {
		t.Fatal(err)
	}
	n := []Want{{"n", Number}}
	if _, err := ta.Load(t.Context(), n); err == nil || err.Error() != want {
		t.Errorf("Load: got %v, want %s", err, want)
	}
	for _, workers := range []int{1, 2, 7} {
		if _, err := gathered(t.Context(), ta, n, workers); err == nil || err.Error() != want {
			t.Errorf("%d workers: got %v, want %s", workers, err, want)
		}
		for first, want := range map[int64]string{2: "do", 2 + 4*batchRows: want} {
			err := ta.Each(t.Context(), n, workers, func(_ int, b Batch) error {
				if b.First >= first {
					return errors.New("do")
				}
				return nil
			})
			if err == nil || err.Error() != want {
				t.Errorf("%d workers, do fails from row %d on: got %v, want %s", workers, first, err, want)
			}
		}
	}
}

// Dictionaries larger than a batch's, values that are no text, and columns of as many values as rows have codes that stand for their texts.
func TestManyCodes(t *testing.T) {
	n := 2*batchRows + 11
	few, many, numbers, again, gone := make([]string, n), make([]string, n), make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range n {
		few[i], many[i], numbers[i], gone[i] = fmt.Sprint("t", i*7%6007), fmt.Sprint("t", i), float64(i*7%6007)/8, i%11 == 3
		again[i] = float64(i % (batchRows + 5000)) // stored plainly, and there again after its code is of another dictionary
		if gone[i] {
			few[i] = ""
		}
		if i%6007 == 5 {
			numbers[i] = math.NaN()
		}
	}
	b, err := writers()["Parquet"]([]Column{
		{Name: "few", Type: Text, Texts: few, Missing: gone}, {Name: "many", Type: Text, Texts: many}, {Name: "numbers", Type: Float64, Numbers: numbers},
		{Name: "again", Type: Float64, Numbers: again},
	})
	if err != nil {
		t.Fatal(err)
	}
	ta, err := Open(t.Context(), source("x.parquet", b))
	if err != nil {
		t.Fatal(err)
	}
	var values, codes []Want
	for _, n := range ta.Names {
		values, codes = append(values, Want{n, Value}), append(codes, Want{n, Code})
	}
	want, err := ta.Load(t.Context(), values)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if want[0].Texts[i] != few[i] || want[1].Texts[i] != many[i] || want[2].gone(i) != math.IsNaN(numbers[i]) {
			t.Fatalf("row %d: %q %q %q", i+1, want[0].Texts[i], want[1].Texts[i], want[2].Texts[i])
		}
	}
	for _, workers := range []int{0, 1, 2} {
		ta.part = int64(workers%2) << 20 // with one worker, all in one
		var got []Column
		if workers == 0 {
			got, err = ta.Load(t.Context(), codes)
		} else {
			got, err = gathered(t.Context(), ta, codes, workers)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if err := same(want[i], got[i]); err != nil {
				t.Errorf("%d workers: %v", workers, err)
			}
		}
	}
	err = ta.Each(t.Context(), codes, 1, func(_ int, b Batch) error {
		for _, c := range b.Columns {
			if len(c.Dictionary) > maxDictionary+batchRows {
				return fmt.Errorf("%s: a dictionary of %d", c.Name, len(c.Dictionary))
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Decimals of any length are an older way that pyarrow reads and does not write.
func TestDecimalsOfAnyLength(t *testing.T) {
	node, err := schema.NewPrimitiveNodeLogical("x", parquet.Repetitions.Required, schema.NewDecimalLogicalType(40, 2), parquet.Types.ByteArray, -1, -1)
	if err != nil {
		t.Fatal(err)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{node}, -1)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		values []parquet.ByteArray
		want   string
	}{
		"values": {[]parquet.ByteArray{{1, 0}, {0xff}, {}, {0x80, 0, 0, 0, 0, 0, 0, 0, 0}}, "[2.56 -0.01 0 -23611832414348226068.48 2.56 -0.01 0 -2.3611832414348227e+19]"},
		"wide":   {[]parquet.ByteArray{{1}, make([]byte, 33)}, "x.parquet: x: 1 of 2 rows are not numbers (first: row 2)"},
	} {
		var b bytes.Buffer
		w := file.NewParquetWriter(&b, root)
		columns, err := w.AppendRowGroupChecked()
		if err != nil {
			t.Fatal(err)
		}
		column, err := columns.NextColumn()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := column.(*file.ByteArrayColumnChunkWriter).WriteBatch(c.values, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(column.Close(), columns.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := load(t.Context(), "x.parquet", b.Bytes(), Want{"x", Value}, Want{"x", Number})
		text := fmt.Sprint(err)
		if err == nil {
			text = strings.ReplaceAll(fmt.Sprint(got[0].Texts, got[1].Numbers), "] [", " ")
		}
		if text != c.want {
			t.Errorf("%s: got %s, want %s", name, text, c.want)
		}
	}
}

// folder writes files, by path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"card=visa/region=7/part-0.csv":                  "x,y\n1,a\n2,b\n",
		"card=visa/region=7/part-1.csv":                  "y,x\nc,3\n",
		"card=a%2Fb/region=8/part-0.csv":                 "x,y\n4.5,d\n",
		"card=__HIVE_DEFAULT_PARTITION__/region=9/z.csv": "x,y\n5,e\n",
		"card=visa/_temporary/part-9.csv":                "broken",
		"card=visa/.part-0.csv.crc":                      "broken",
		"_SUCCESS":                                       "",
	})
	for name, path := range map[string]string{
		"a folder":           dir,
		"folders":            filepath.Join(dir, "card=*"),
		"files":              filepath.Join(dir, "*", "*", "*.csv"),
		"files at any depth": filepath.Join(dir, "**", "*.csv"),
		"any depth and more": filepath.Join(dir, "**", "region=*", "*.csv"),
		"folders at any":     filepath.Join(dir, "**", "region=?"),
		"everything":         filepath.Join(dir, "**"),
	} {
		t.Run(name, func(t *testing.T) {
			sources, err := FromPath(path)
			if err != nil {
				t.Fatal(err)
			}
			ta, err := OpenAll(t.Context(), sources)
			if err != nil {
				t.Fatal(err)
			}
			defer ta.Close()
			want := []Want{{"x", Number}, {"card", Code}, {"region", Number}, {"y", Value}, {"card", Value}}
			for _, workers := range []int{0, 1, 3} {
				var got []Column
				if workers == 0 {
					got, err = ta.Load(t.Context(), want)
				} else {
					got, err = gathered(t.Context(), ta, want, workers)
				}
				if err != nil {
					t.Fatal(err)
				}
				if x := fmt.Sprint(got[0].Numbers, got[2].Numbers, got[3].Texts, got[4].Texts, got[4].Missing); x != "[5 4.5 1 2 3] [9 8 7 7 7] [e d a b c] [ a/b visa visa visa] [true false false false false]" {
					t.Error(x)
				}
				if err := same(got[4], got[1]); err != nil {
					t.Error(err)
				}
				if at := ta.InputPath(2); at != "card=visa/region=7/part-0.csv" { // below the folder, or the pattern's first *
					t.Errorf("a file is at %q", at)
				}
				if got[0].Type != Float64 || got[2].Type != Integer || ta.Rows != 5 || len(ta.Inputs) != 4 || ta.Inputs[3].SHA256 == "" {
					t.Errorf("%v, %d rows of %v", got, ta.Rows, ta.Inputs)
				}
			}
			only, err := gathered(t.Context(), ta, []Want{{"card", Code}}, 2)
			if err != nil || only[0].Len() != 5 {
				t.Errorf("a column that no file has: %v, %v", only, err)
			}
		})
	}
}

func TestFolderRefuses(t *testing.T) {
	dir := folder(t, map[string]string{
		"empty/_SUCCESS":       "",
		"twice/k=1/k=2/a.csv":  "x\n1\n",
		"both/x=1/a.csv":       "x\n1\n",
		"percent/k=%zz/a.csv":  "x\n1\n",
		"names/a.csv":          "x,y\n1,2\n",
		"names/b.csv":          "x,z\n1,2\n",
		"depth/a.csv":          "x\n1\n",
		"depth/k=1/b.csv":      "x\n1\n",
		"links/a.csv":          "x\n1\n",
		"loop/sub/a.csv":       "x\n1\n",
		"outside/a.csv":        "x\n1\n",
		"good/..data/real.csv": "x\n1\n",
		"notes/a.csv":          "x\n1\n",
		"notes/README.md":      "# notes\n",
		"[a].csv":              "x\n1\n",
	})
	link := func(to, name string) {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	link("a.csv", "links/b.csv")
	link("..", "loop/sub/up")
	link("../links/a.csv", "outside/b.csv")
	link("..data/real.csv", "good/a.csv")
	link("none", "gone.csv")
	for name, c := range map[string]struct{ path, code, want string }{
		"an empty folder":       {"empty", codeNoMatch, "no file of rows is there"},
		"an empty pattern":      {"*.parquet", codeNoMatch, "no file of rows is there"},
		"no folder":             {"none/*.csv", codeNoFile, "no such file"},
		"no file":               {"none.csv", codeNoFile, "no such file"},
		"no pattern":            {"[a.csv", codeNoMatch, "no pattern"},
		"a key twice":           {"twice", codeHeader, `two of its folders say "k"`},
		"a column and a key":    {"both", codeHeader, "and so has a folder's name"},
		"an escape":             {"percent", codeHeader, "%zz"},
		"other names":           {"names", codeFiles, "names/b.csv has it"},
		"other keys":            {"depth", codeFiles, "k: no such column"},
		"a link to a sibling":   {"links", codeLink, "is the same file as"},
		"a link to a folder":    {"loop", codeLink, "is a link to a folder"},
		"a link to elsewhere":   {"outside", codeLink, "is a link to a file outside of"},
		"a link to nothing":     {"g*.csv", codeLink, "is a link to nothing"},
		"a file of no format":   {"notes", codeFormat, "not a file of a known format"},
		"":                      {"good", "", ""},
		"a name like a pattern": {"[a].csv", "", ""},
	} {
		sources, err := FromPath(filepath.Join(dir, c.path))
		if err == nil {
			var ta *Table
			if ta, err = OpenAll(t.Context(), sources); err == nil {
				if err := ta.Close(); err != nil {
					t.Error(err)
				}
			}
		}
		var e *Error
		if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %s: %s", name, err, c.code, c.want)
		}
	}
}

// Files whose columns' types go together are one table; others are refused, naming both.
func TestFilesTypes(t *testing.T) {
	parquet := func(typ Type, numbers []float64, texts ...string) Source {
		b, err := writers()["Parquet"]([]Column{{Name: "x", Type: typ, Numbers: numbers, Texts: texts}})
		if err != nil {
			t.Fatal(err)
		}
		return source(string(typ)+".parquet", b)
	}
	csv := func(name, cells string) Source { return source(name+".csv", []byte("x\n"+cells)) }
	for want, sources := range map[string][]Source{
		"float64 0.5 1 0.25": {parquet(Float64, []float64{0.5, 1}), parquet(Float32, []float64{0.25})},
		"float64 0.5 3":      {parquet(Float32, []float64{0.5}), parquet(Integer, []float64{3})},
		"integer 1 7":        {parquet(Integer, []float64{1}), csv("a", "7\n")},
		"text 0.50 a":        {csv("a", "0.50\n"), csv("b", "a\n")},
		"float64 0.5 1":      {csv("a", "0.50\n"), csv("b", "1\n")},
		"text x 1":           {parquet(Text, nil, "x"), csv("b", "1\n")},
	} {
		ta, err := OpenAll(t.Context(), sources)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		got, err := ta.Load(t.Context(), []Want{{"x", Value}})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if x := string(ta.Types[0]) + " " + strings.Join(got[0].Texts, " "); x != want {
			t.Errorf("got %s, want %s", x, want)
		}
	}
	_, err := OpenAll(t.Context(), []Source{parquet(Integer, []float64{1}), parquet(Text, nil, "x")})
	if err == nil || err.Error() != "text.parquet: x: its type is text, and integer in integer.parquet: files that are read as one have the same columns" {
		t.Error(err)
	}
}
