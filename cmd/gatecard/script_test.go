package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// clockVariable sets the clock of the scripts' gatecard, in RFC 3339. Only the test's own program knows it.
const clockVariable = "GATECARD_TEST_NOW"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gatecard": func() {
			now := time.Now
			if s := os.Getenv(clockVariable); s != "" {
				at, err := time.Parse(time.RFC3339, s)
				if err != nil {
					panic(err)
				}
				now = func() time.Time { return at }
			}
			os.Exit(program(now))
		},
	})
}

// TestScript runs testdata/*.txtar: whole commands, what they print and their exit codes. In them, beside testscript's own commands:
//
//	exits N gatecard …         run it and hold its exit code
//	fixture FROM TO            copy from fixtures/
//	rows FILE key=value …      write predictions; see rowsOf
//	parquet FROM.csv TO        write a CSV file as Parquet
//	nothing                    no registry, no output, no key, no temporary file was made here
//	valid SCHEMA FILE          hold a JSON file against a published schema
//	change FILE OLD NEW        replace what occurs once
//	flip FILE                  change a bit in the middle of every file that matches
//	cut FILE BYTES             truncate
//	sql FILE STATEMENT         change a database behind gatecard's back, its guards taken away
//	clean FOLDER               no temporary file of ours is left there
func TestScript(t *testing.T) {
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, ".home") // a dot: scripts list folders with *
			if err := os.MkdirAll(home, 0o700); err != nil {
				return err
			}
			var vars []string
			for _, v := range env.Vars {
				name, _, _ := strings.Cut(v, "=")
				if name != "HOME" && name != "CI" && !strings.HasPrefix(name, "GITHUB_") && !strings.HasPrefix(name, "GATECARD_") {
					vars = append(vars, v)
				}
			}
			env.Vars = append(vars, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "AppData="+filepath.Join(home, "config"),
				"GIT_CEILING_DIRECTORIES="+filepath.Dir(env.WorkDir), "NO_COLOR=1")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"slices":  sameSlices,
			"fixture": func(ts *testscript.TestScript, _ bool, args []string) { fixture(ts, fixtures, args) },
			"rows":    rows,
			"parquet": toParquet,
			"nothing": nothing,
			"valid":   valid,
			"change":  change,
			"flip":    flip,
			"cut":     truncate,
			"clean":   clean,
			"sql":     tamper,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}

func fixture(ts *testscript.TestScript, folder string, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: fixture FROM TO")
	}
	from, to := filepath.Join(folder, args[0]), ts.MkAbs(args[1])
	info, err := os.Stat(from)
	ts.Check(err)
	if info.IsDir() {
		ts.Check(os.CopyFS(to, os.DirFS(from)))
		return
	}
	b, err := os.ReadFile(from)
	ts.Check(err)
	ts.Check(os.WriteFile(to, b, 0o666))
}

// rows writes predictions that are the same each time: half are positive, half are women, the score tells the classes apart by `apart`
// (0: not at all, 1: always), for women by `women`.
func rows(ts *testscript.TestScript, _ bool, args []string) {
	n, apart, women, from := 400, 0.8, math.NaN(), 0
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		x, err := strconv.ParseFloat(value, 64)
		ts.Check(err)
		switch key {
		case "n":
			n = int(x)
		case "from":
			from = int(x)
		case "apart":
			apart = x
		case "women":
			women = x
		default:
			ts.Fatalf("rows: no key %q", key)
		}
	}
	if math.IsNaN(women) {
		women = apart
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	ts.Check(w.Write([]string{"id", "sex", "employed", "score"}))
	for i := range n {
		y, sex, by := i%2, "man", apart
		if i/2%2 == 1 {
			sex, by = "woman", women
		}
		noise := math.Mod(float64(i+1)*0.6180339887498949, 1) // even over [0, 1)
		score := (1-by)*noise + by*float64(y)
		ts.Check(w.Write([]string{strconv.Itoa(from + i), sex, strconv.Itoa(y), strconv.FormatFloat(0.01+0.98*score, 'f', 6, 64)}))
	}
	w.Flush()
	ts.Check(w.Error())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// toParquet writes a CSV file as Parquet: columns of nothing but numbers are numbers.
func toParquet(ts *testscript.TestScript, _ bool, args []string) {
	all, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	var columns []table.Column
	for j, name := range all[0] {
		c := table.Column{Name: name}
		numbers := true
		for _, row := range all[1:] {
			x, err := strconv.ParseFloat(row[j], 64)
			numbers = numbers && err == nil
			c.Texts, c.Numbers = append(c.Texts, row[j]), append(c.Numbers, x)
		}
		if numbers {
			c.Texts = nil
		} else {
			c.Numbers = nil
		}
		columns = append(columns, c)
	}
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(table.WriteParquet(f, columns))
	ts.Check(f.Close())
}

// nothing asks that a command that refused its input made nothing.
func nothing(ts *testscript.TestScript, _ bool, _ []string) {
	work := ts.MkAbs(".")
	for _, name := range []string{"registry.db", "registry.db.artifacts", "gatecard-out", ".home/config"} {
		if _, err := os.Lstat(filepath.Join(work, name)); !errors.Is(err, fs.ErrNotExist) {
			ts.Fatalf("%s was made", name)
		}
	}
	clean(ts, false, []string{"."})
}

func clean(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(filepath.Base(path), ".gatecard-") {
			err = fmt.Errorf("%s was left", path)
		}
		return err
	}))
}

func valid(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	switch args[0] {
	case "evaluation":
		v = &evaluate.Evaluation{}
	case "gates":
		v = &gates.Report{}
	case "filled-card":
		v = &cards.Card{}
	case "baseline":
		v = &evaluate.Baseline{}
	case "policy":
		d, err := schema.Parse(args[1], []byte(ts.ReadFile(args[1])))
		ts.Check(err)
		_, err = gates.ParsePolicy(d)
		ts.Check(err)
		return
	default:
		ts.Fatalf("valid: %q is no schema that is known here", args[0])
	}
	ts.Check(schema.Decode(args[0], args[1], []byte(ts.ReadFile(args[1])), v))
}

func change(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%q occurs %d times in %s, not once", args[1], n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o666))
}

func flip(ts *testscript.TestScript, _ bool, args []string) {
	var files []string
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if len(args) == 1 || bytes.Contains(b, []byte(args[1])) {
				files = append(files, path)
			}
		}
		return err
	}))
	if len(files) == 0 {
		ts.Fatalf("flip: no file")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		ts.Check(err)
		b[len(b)/2] ^= 1
		ts.Check(os.Chmod(f, 0o644))
		ts.Check(os.WriteFile(f, b, 0o644))
	}
}

func tamper(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
	ts.Check(err)
	var guards []string
	for rows.Next() {
		var name string
		ts.Check(rows.Scan(&name))
		guards = append(guards, name)
	}
	ts.Check(errors.Join(rows.Err(), rows.Close()))
	for _, name := range guards {
		_, err := db.Exec("DROP TRIGGER " + name)
		ts.Check(err)
	}
	done, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("sql: %d rows were changed: %v", n, err)
	}
	ts.Check(db.Close())
}

func truncate(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// TestScripts holds every command to have a script.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	a := &app{now: time.Now}
	root := a.root()
	var missing []string
	for _, c := range root.Commands() {
		leaves := c.Commands()
		if len(leaves) == 0 {
			leaves = append(leaves, c)
		}
		for _, leaf := range leaves {
			if !regexp.MustCompile(`(?m)^exits \d+ ` + regexp.QuoteMeta(leaf.CommandPath()) + `\b`).MatchString(all.String()) {
				missing = append(missing, leaf.CommandPath())
			}
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("no script runs %s", strings.Join(missing, ", "))
	}
}

// sameSlices holds two evaluations to the same figures of every slice.
func sameSlices(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: slices EVALUATION EVALUATION")
	}
	var found [2]struct {
		Slices []json.RawMessage `json:"slices"`
	}
	for i, name := range args {
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &found[i]))
	}
	if len(found[0].Slices) == 0 || !slices.EqualFunc(found[0].Slices, found[1].Slices, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}
