package evaluate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
)

// classTable is a table of the oracle's, with a second model.
type classTable struct {
	Name                                     string
	Classes, Label, Prediction, Group, Rival []string
	Scores                                   [][]float64
	RivalScores                              [][]float64 `json:"rival_scores"`
	Slices                                   []struct {
		figuresOf
		Differences map[string]*float64
	}
	Errors map[string]struct{ Ours, Difference, Fleiss float64 }
}

func classTables(t *testing.T) []classTable {
	t.Helper()
	var o struct{ Tables []classTable }
	if readOracle(t, "multiclass.json", &o); len(o.Tables) == 0 {
		t.Fatal("the oracle is empty")
	}
	return o.Tables
}

// file writes one of the two models' rows, from the last to the first where turned.
func (o classTable) file(rival, turned bool) string {
	label, call, scores := slices.Clone(o.Label), slices.Clone(o.Prediction), o.Scores
	if rival {
		call, scores = slices.Clone(o.Rival), o.RivalScores
	}
	group := slices.Clone(o.Group)
	var ids []string
	for i := range label {
		ids = append(ids, fmt.Sprint("row", i))
	}
	header, columns := []string{"id", "label", "prediction", "group"}, []any{}
	if turned {
		for _, c := range [][]string{ids, label, call, group} {
			slices.Reverse(c)
		}
	}
	columns = append(columns, ids, label, call, group)
	for k, xs := range scores {
		if xs = slices.Clone(xs); turned {
			slices.Reverse(xs)
		}
		header, columns = append(header, "p"+o.Classes[k]), append(columns, xs)
	}
	return asCSV(header, columns...)
}

func (o classTable) config(files memory) evaluate.Config {
	c := evaluate.Config{Path: "rows.csv", ID: "id", Prediction: "prediction", Open: files.all}
	for k := range o.Scores {
		if c.Scores == nil {
			c.Scores = map[string]string{}
		}
		c.Scores[o.Classes[k]] = "p" + o.Classes[k]
	}
	return c
}

func rivalFile(files memory, name string, c evaluate.Config) evaluate.Rival {
	return evaluate.Rival{Name: "champion", Version: "m/1", Scores: files.open(name), ID: "id", Prediction: c.Prediction, Classes: c.Scores}
}

// TestMulticlassDifferencesEqualScikitLearn holds every difference of every slice to that of scikit-learn's figures, and the standard errors of figures of the whole table to
// derivatives by each row's weight.
func TestMulticlassDifferencesEqualScikitLearn(t *testing.T) {
	compared, errors := 0, 0
	for _, o := range classTables(t) {
		t.Run(o.Name, func(t *testing.T) {
			files := memory{"rows.csv": o.file(false, false), "rival.csv": o.file(true, true)}
			c := o.config(files)
			names := slices.Sorted(maps.Keys(o.Slices[0].Metrics))
			e, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{Metrics: names}, evaluate.Against{Rivals: []evaluate.Rival{rivalFile(files, "rival.csv", c)}})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range o.Slices {
				at := slices.IndexFunc(e.Comparisons[0].Slices, func(s evaluate.Slice) bool { return maps.Equal(s.Groups, want.Groups) })
				got := e.Comparisons[0].Slices[at]
				for _, name := range names {
					m, err := evaluate.Lookup(name)
					if err != nil {
						t.Fatal(err)
					}
					f, d := got.Metrics[name], want.Differences[name]
					switch {
					case m.Versus == nil:
						if f.Value != nil || f.Undefined == "" {
							t.Errorf("%s of %s: %+v", name, want.Groups, f)
						}
					case d == nil:
						if f.Value != nil || f.Undefined == "" {
							t.Errorf("%s of %s is %v, and scikit-learn has none", name, want.Groups, *f.Value)
						}
					case f.Value == nil || !(math.Abs(*f.Value-*d) <= 1e-12):
						t.Errorf("%s of %s: %+v, want %v", name, want.Groups, f, *d)
					default:
						compared++
						if v := f.Basis.Value(); f.Basis.Method != "" && !(math.Abs(v-*d) <= 1e-12) {
							t.Errorf("%s of %s: %v by its basis, want %v", name, want.Groups, v, *d)
						}
					}
				}
			}
			for name, want := range o.Errors {
				ours, apart := e.Overall().Metrics[name].Basis, e.Comparisons[0].Slices[0].Metrics[name].Basis
				if want.Fleiss > 0 && !(math.Abs(ours.SE-want.Fleiss) <= 1e-12) {
					t.Errorf("%s: %v, and by Fleiss %v", name, ours.SE, want.Fleiss)
				}
				if !(math.Abs(ours.SE-want.Ours) <= 1e-8) && ours.Method == "agreement" || !(math.Abs(apart.SE-want.Difference) <= 1e-8) {
					t.Errorf("%s: standard errors %v (%s) and %v, want %+v", name, ours.SE, ours.Method, apart.SE, want)
				}
				errors++
			}
		})
	}
	if compared < 500 || errors < 8 {
		t.Errorf("%d differences and %d errors were compared", compared, errors)
	}
}

// TestMulticlassRivals: from a file in any order, or from what was kept, a rival gives the same comparison; a column of predictions that of predictions; and without scores there are no losses.
func TestMulticlassRivals(t *testing.T) {
	o := classTables(t)[0]
	files := memory{"rows.csv": o.file(false, false), "rival.csv": o.file(true, true)}
	c := o.config(files)
	run := func(c evaluate.Config, rivals ...evaluate.Rival) *evaluate.Evaluation {
		t.Helper()
		e, err := evaluate.Run(t.Context(), c, multiclassTerms, evaluate.Needs{}.Also(append(evaluate.Shown(c, multiclassTerms), "roc_auc@class=cat")...), evaluate.Against{Rivals: rivals})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if got := c.Columns(); len(got) != 5 || got["score@class=cat"] != "pcat" || got["prediction"] != "prediction" {
		t.Errorf("columns %v", got) // that the evidence binds
	}
	file := run(c, rivalFile(files, "rival.csv", c)).Comparisons
	if f := file[0].Slices[0].Metrics["roc_auc@class=cat"]; f.Value == nil || f.Basis.Method != "delong-paired" || f.Basis.Low(.025) >= *f.Value {
		t.Errorf("roc_auc@class=cat: %+v", f)
	}
	theirs := c
	theirs.Path = "rival.csv"
	kept := func(name string, c evaluate.Config) evaluate.Rival {
		var b bytes.Buffer
		e := run(c)
		if ok, err := evaluate.Keep(t.Context(), c, multiclassTerms, e, &b); !ok || err != nil {
			t.Fatal(ok, err)
		}
		files[name] = b.String()
		return evaluate.Rival{Name: "champion", Version: "m/1", Scores: files.open(name), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
	}
	own := kept("kept", theirs)
	if got := run(c, own).Comparisons; encoded(t, got) != encoded(t, file) {
		t.Error("what was kept compares otherwise")
	}
	both := rivalFile(files, "rival.csv", c)
	both.Kept = files.open("kept")
	if got := run(c, both).Comparisons; encoded(t, got) != encoded(t, file) {
		t.Error("a file that is what was kept compares otherwise")
	}
	// of a version with predictions alone
	theirs.Scores = nil
	calls := run(c, kept("calls", theirs)).Comparisons[0].Slices[0].Metrics
	for name, f := range file[0].Slices[0].Metrics {
		want := encoded(t, f)
		switch name {
		case "log_loss", "brier_score", "roc_auc@class=cat":
			if calls[name].Value != nil || !strings.Contains(calls[name].Undefined, "no scores of the classes") {
				t.Errorf("%s: %+v", name, calls[name])
			}
			continue
		}
		if got := encoded(t, calls[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	// and a column
	header, rest, _ := strings.Cut(files["rows.csv"], "\n")
	out := []string{header + ",theirs"}
	for i, line := range strings.Split(strings.TrimSpace(rest), "\n") {
		out = append(out, line+","+o.Rival[i])
	}
	files["rows.csv"] = lines(out...)
	column := run(c, evaluate.Rival{Name: "champion", Column: "theirs"}).Comparisons[0].Slices
	file = run(c, rivalFile(files, "rival.csv", evaluate.Config{Prediction: "prediction"})).Comparisons
	if encoded(t, column) != encoded(t, file[0].Slices) {
		t.Error("a column compares otherwise")
	}
	// to itself, and rows of one alone
	same := run(c, evaluate.Rival{Name: "champion", Self: true}).Comparisons[0].Slices[0].Metrics
	if f := same["f1_macro"]; f.Value == nil || *f.Value != 0 || !f.Basis.IsSame() {
		t.Errorf("to itself: %+v", f)
	}
	some := strings.SplitAfter(files["rival.csv"], "\n")
	files["some.csv"] = strings.Join(some[:101], "") + strings.Replace(some[101], "row", "other", 1)
	if got := run(c, rivalFile(files, "some.csv", c)).Comparisons[0]; got.Rows != 100 || got.Unmatched != 300 || got.LeftOut != 0 || got.Slices[0].Rows != 100 {
		t.Errorf("%d rows, %d unmatched, %d left out", got.Rows, got.Unmatched, got.LeftOut)
	}
	theirs.Path = "some.csv"
	if got := run(c, kept("some", theirs)).Comparisons[0]; got.Rows != 100 || got.LeftOut != 1 {
		t.Errorf("%d rows, %d left out", got.Rows, got.LeftOut)
	}
}

// TestBadMulticlassRivals are refused.
func TestBadMulticlassRivals(t *testing.T) {
	files := memory{"rows.csv": lines("id,label,call,pa,pb,theirs", "x,a,a,0.9,0.1,a", "y,b,a,0.6,0.4,c", "z,b,b,0.2,0.8,b")}
	scored := evaluate.Config{Path: "rows.csv", ID: "id", Prediction: "call", Scores: map[string]string{"a": "pa", "b": "pb"}, Open: files.all}
	plain := evaluate.Config{Path: "rows.csv", ID: "id", Prediction: "call", Open: files.all}
	for want, c := range map[string]struct {
		c     evaluate.Config
		rival string
		kept  string
	}{
		`other-classes: rival.csv: call: 2 of 3 rows have a class that is none of rows.csv: "A" (first: row 1). They are a, b`:  {c: plain, rival: "id,call\nx,A\ny,b\nz,B\n"},
		`other-classes: rows.csv: theirs: 1 of 3 rows have a class that is none of rows.csv: "c" (first: row 2). They are a, b`: {c: plain},
		`other-labels: kept: label: 2 of 3 rows have another outcome than in rows.csv (first: row 1)`:                           {c: plain, kept: "id,label,prediction\nx,b,a\ny,b,b\nz,a,b\n"},
		`bad-prediction: rival.csv: call: 1 of 3 rows predict a class while another has a higher score (first: row 1)`:          {c: scored, rival: "id,call,pa,pb\nx,b,0.9,0.1\ny,b,0,1\nz,b,0,1\n"},
		`missing-values: rival.csv: call: 1 of 3 rows have no value (first: 2)`:                                                 {c: plain, rival: "id,call\nx,a\ny,\nz,b\n"},
		`unmatched-rows: rival.csv: id: the champion was scored on other rows than those of rows.csv: no id is in both.`:        {c: plain, rival: "id,call\n1,a\n2,b\n"},
		`other-scores: rival.csv: call: 1 of 3 predictions of the champion are not those that were kept with m/1 (first: row 3)`: {c: plain, rival: "id,call\nx,a\ny,b\nz,a\n",
			kept: "id,label,prediction\nx,a,a\ny,b,b\nz,b,b\n"},
		`other-scores: rival.csv: call: 1 of 3 predictions of the champion are not those that were kept with m/1 (first: row 2)`: {c: scored, rival: "id,call,pa,pb\nx,a,1,0\ny,b,0.25,0.75\nz,b,0,1\n",
			kept: "id,label,prediction,score@class=a,score@class=b\nx,a,a,1,0\ny,b,b,0.125,0.875\nz,b,b,0,1\n"},
		`no-such-column: rival.csv: call: no such column`:                {c: scored, rival: "id,pa\nx,1\ny,0\nz,1\n"},
		`not-finite-data: rival.csv: pa: 1 of 3 rows are NaN (first: 1)`: {c: scored, rival: "id,pa,pb\nx,NaN,1\ny,0,1\nz,1,0\n"},
	} {
		files["rival.csv"], files["kept"] = c.rival, c.kept
		rival := rivalFile(files, "rival.csv", c.c)
		switch {
		case c.rival == "" && c.kept == "":
			rival = evaluate.Rival{Name: "champion", Column: "theirs"}
		case c.rival == "":
			rival = evaluate.Rival{Name: "champion", Version: "m/1", Scores: files.open("kept"), ID: evaluate.KeptID, Label: evaluate.KeptLabel, Score: evaluate.KeptScore}
		case c.kept != "":
			rival.Kept = files.open("kept")
		}
		_, err := evaluate.Run(t.Context(), c.c, evaluate.Terms{Task: "multiclass", Label: "label"}, evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{rival}})
		wrong, _ := err.(*table.Error)
		if wrong == nil || !strings.HasPrefix(wrong.Code+": "+err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	noIDs := plain
	noIDs.ID = ""
	_, err := evaluate.Run(t.Context(), noIDs, evaluate.Terms{Task: "multiclass", Label: "label"}, evaluate.Needs{}, evaluate.Against{Rivals: []evaluate.Rival{rivalFile(files, "rival.csv", plain)}})
	if err == nil || !strings.HasPrefix(err.Error(), "no-rival: ") {
		t.Error(err)
	}
}

// TestClassesEngine: the order of rows, their split into files, the number of workers, and rows that are kept or read again change no figure of several classes by a bit.
func TestClassesEngine(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 3000
	type row struct{ cells string }
	names := []string{"a", "b", "c", "d"}
	header := "label,prediction,g,pa,pb,pc,pd"
	rows := make([]row, n)
	for i := range rows {
		y := r.IntN(4)
		var parts [4]int
		for range 16 {
			k := r.IntN(4)
			if r.IntN(3) == 0 {
				k = y
			}
			parts[k]++
		}
		call := 0
		for k, p := range parts {
			if p > parts[call] {
				call = k
			}
		}
		rows[i] = row{fmt.Sprintf("%s,%s,g%d,%v,%v,%v,%v", names[y], names[call], r.IntN(5), float64(parts[0])/16, float64(parts[1])/16, float64(parts[2])/16, float64(parts[3])/16)}
	}
	for name, metrics := range map[string][]string{
		"without areas": {"accuracy", "f1_macro", "cohen_kappa", "matthews_corrcoef", "log_loss", "brier_score", "top_k_accuracy", "recall@class=*", "precision@class=b"},
		"with areas":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			evaluated := func(c evaluate.Config, files ...[]row) (string, error) {
				c.Path, c.Prediction, c.Scores = "all", "prediction", map[string]string{"a": "pa", "b": "pb", "c": "pc", "d": "pd"}
				c.Open = func(string) ([]table.Source, error) {
					var all []table.Source
					for i, rows := range files {
						text := []string{header}
						for _, x := range rows {
							text = append(text, x.cells)
						}
						name := fmt.Sprint("part-", i)
						all = append(all, memory{name: lines(text...)}.open(name))
					}
					return all, nil
				}
				e, err := evaluate.Run(t.Context(), c, evaluate.Terms{Task: "multiclass", Label: "label", Groups: []evaluate.Dimension{{Name: "g", Column: "g"}}}, evaluate.Needs{Metrics: metrics}, evaluate.Against{})
				if err != nil {
					return "", err
				}
				b, err := json.Marshal(e.Slices)
				return string(b), err
			}
			want, err := evaluated(evaluate.Config{Workers: 1}, rows)
			if err != nil {
				t.Fatal(err)
			}
			shuffled := make([]row, n)
			for i, at := range r.Perm(n) {
				shuffled[i] = rows[at]
			}
			for _, workers := range []int{1, 3} {
				for _, memory := range []int64{0, 1 << 12, 1 << 20} {
					for how, files := range map[string][][]row{"whole": {rows}, "in three files": {rows[:1], rows[1:2000], rows[2000:]}, "shuffled": {shuffled}} {
						got, err := evaluated(evaluate.Config{Workers: workers, Memory: memory}, files...)
						if metrics == nil && memory == 1<<12 { // areas need the rows in memory
							if wrong, _ := err.(*table.Error); wrong == nil || wrong.Code != "too-many-rows" || !strings.Contains(wrong.What, "roc_auc_ovr, roc_auc_ovo") {
								t.Errorf("%d bytes: %v", memory, err)
							}
							continue
						}
						if err != nil || got != want {
							t.Errorf("%s, %d workers, %d bytes: another evaluation (%v)", how, workers, memory, err)
						}
					}
				}
			}
		})
	}
}
