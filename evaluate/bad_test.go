package evaluate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

const plain = "task: binary\nlabel: y\n"

// TestBadData: what is wrong with the rows is told with file, column, count and first rows, and never evaluated.
func TestBadData(t *testing.T) {
	good := memory{
		"p.csv":      lines("id,y,score,call,g,other", "a,1,0.9,1,x,0.8", "b,0,0.1,0,y,0.2", "c,1,0.7,1,x,0.6", "d,0,0.6,1,y,0.4"),
		"labels.csv": lines("id,y", "d,0", "c,1", "b,0", "a,1"),
		"rival.csv":  lines("id,score", "a,0.5", "b,0.5", "c,0.4", "d,0.1"),
		"kept.csv":   lines("id,label,score", "a,1,0.5", "b,0,0.5", "c,1,0.4", "d,0,0.1"),
		"base.csv":   lines("score,g", "0.9,x", "0.2,y", "0.3,y"),
	}
	whole := evaluate.Config{Path: "p.csv", ID: "id", Score: "score", Prediction: "call", Labels: "labels.csv", Baseline: "base.csv"}
	grouped := plain + "groups: [{column: g}]\n"
	many := []string{"id,y,score,call,g,other"}
	for i := range 1001 {
		many = append(many, fmt.Sprintf("%d,1,0.9,1,g%d,0.1", i, i))
	}
	for name, c := range map[string]struct {
		files  memory // instead of the good ones
		change func(*evaluate.Config, *evaluate.Needs, *evaluate.Against)
		terms  string
		want   string
	}{
		"text in score":        {files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,high,1,x,1", "b,0,0.1,0,y,1", "c,1,n/a,1,x,1")}, want: `not-a-number: p.csv: score: 2 of 3 rows are not numbers (first: row 1 "high", row 3 "n/a")`},
		"NaN score":            {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,NaN,1,x,1", "b,0,0.1,0,y,1")}, want: "not-finite-data: p.csv: score: 1 of 2 rows are NaN (first: 1)"},
		"infinite score":       {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.3,1,x,1", "b,0,inf,0,y,1", "c,0,-Inf,0,y,1")}, want: "not-finite-data: p.csv: score: 2 of 3 rows are infinite (first: 2, 3)"},
		"missing score":        {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,,1,x,1", "b,0,0.1,0,y,1")}, want: "missing-values: p.csv: score: 1 of 2 rows have no value (first: 1)"},
		"missing label":        {files: memory{"labels.csv": lines("id,y", "d,", "c,1", "b,0", "a,")}, want: "missing-values: labels.csv: y: 2 of 4 rows have no value (first: 1, 4)"},
		"missing own label":    {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,,0.4,1,x,1", "b,0,0.1,0,y,1")}, want: "missing-values: p.csv: y: 1 of 2 rows have no value (first: 1)"},
		"missing id":           {files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.4,1,x,1", ",0,0.1,0,y,1")}, want: "missing-values: p.csv: id: 1 of 2 rows have no value (first: 2)"},
		"missing prediction":   {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.6,1,x,1", "b,0,0.1,,y,1")}, want: "missing-values: p.csv: call: 1 of 2 rows have no value (first: 2)"},
		"three kinds":          {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.9,1,x,1", "b,0,0.1,0,y,1", "c,2,0.1,0,y,1", "d,0,0.1,0,y,1")}, want: "not-binary: p.csv: y: the label of a binary task has two values, and `positive:` names the positive one (now \"1\"); here are \"0\" (2 rows), \"1\" (1 rows), \"2\" (1 rows)"},
		"labels of text":       {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,yes,0.9,1,x,1", "b,no,0.1,0,y,1")}, want: "not-binary: p.csv: y: the label of a binary task has two values, and `positive:` names the positive one (now \"1\"); here are \"no\" (1 rows), \"yes\" (1 rows)"},
		"labels of a score":    {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,0.1,0.9,1,x,1", "b,0.2,0.1,0,y,1", "c,0.3,0.1,0,y,1", "d,0.4,0.1,0,y,1", "e,0.5,0.1,0,y,1")}, want: "not-binary: p.csv: y: the label of a binary task has two values, and `positive:` names the positive one (now \"1\"); here are \"0.1\" (1 rows), \"0.2\" (1 rows), \"0.3\" (1 rows), \"0.4\" (1 rows), and 1 more"},
		"duplicate ids":        {files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.9,1,x,1", "a,0,0.1,0,y,1", "b,0,0.1,0,y,1", "a,0,0.1,0,y,1")}, want: "duplicate-ids: p.csv: id: 2 of 4 rows repeat an id (first: row 2, 4)"},
		"duplicate label ids":  {files: memory{"labels.csv": lines("id,y", "d,0", "c,1", "b,0", "a,1", "d,1")}, want: "duplicate-ids: labels.csv: id: 1 of 5 rows repeat an id (first: row 5)"},
		"scores without label": {files: memory{"labels.csv": lines("id,y", "d,0", "a,1")}, want: "unmatched-rows: p.csv: id: 2 of 4 rows have no row of the same id in labels.csv (first: row 2, 3)"},
		"labels without score": {files: memory{"labels.csv": lines("id,y", "x,0", "d,0", "c,1", "b,0", "a,1", "e,1")}, want: "unmatched-rows: labels.csv: id: 2 of 6 rows have no row of the same id in p.csv (first: row 1, 6)"},
		"header only":          {files: memory{"p.csv": "id,y,score,call,g,other\n"}, want: "no-rows: p.csv: the file has columns and no rows"},
		"empty file":           {files: memory{"p.csv": ""}, want: "empty-file: p.csv: the file is empty"},
		"labels header only":   {files: memory{"labels.csv": "id,y\n"}, want: "no-rows: labels.csv: the file has columns and no rows"},
		"baseline header only": {files: memory{"base.csv": "score,g\n"}, change: drifting("score"), want: "no-rows: base.csv: the file has columns and no rows"},
		"no such column":       {change: func(c *evaluate.Config, _ *evaluate.Needs, _ *evaluate.Against) { c.Score = "scor" }, want: `no-such-column: p.csv: scor: no such column (did you mean "score"?)`},
		"no such group":        {terms: plain + "groups: [{column: gg}]\n", want: `no-such-column: p.csv: gg: no such column`},
		"bins of text":         {terms: plain + "groups: [{column: g, bins: [1, 2]}]\n", want: `not-a-number: p.csv: g: 4 of 4 rows are not numbers (first: row 1 "x", row 2 "y", row 3 "x")`},
		"too many groups":      {change: own, terms: grouped, files: memory{"p.csv": lines(many...)}, want: "too-many-groups: p.csv: g: 1001 different values are more groups than the 1000 allowed"},
		"too large a cross":    {change: own, terms: plain + "groups: [{column: g}, {column: id, bins: " + edges(20) + "}, g * id]\n", files: memory{"p.csv": crossed(600)}, want: "too-many-groups: p.csv: g * id: 12000 different values are more groups than the 10000 allowed"},
		"too many declared": {change: own, terms: plain + "groups: [{column: other, bins: " + edges(999) + "}, {column: score, bins: " + edges(10) + "}, other * score]\n",
			want: "too-many-groups: p.csv: other * score: 11000 different values are more groups than the 10000 allowed"},
		"strange predictions": {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.9,yes,x,1", "b,0,0.1,no,y,1", "c,0,0.1,0,y,1")}, want: "bad-prediction: p.csv: call: 2 of 3 rows predict what is no value of the label (first: row 1, 2)"},
		"contradictory calls": {change: own, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.5,0,x,1", "b,0,0.499,1,y,1", "c,0,0.1,0,y,1")}, want: "bad-prediction: p.csv: call: 2 of 3 rows contradict the score at the threshold 0.5 (first: row 1, 2)"},
		"unknown metric":      {change: func(_ *evaluate.Config, n *evaluate.Needs, _ *evaluate.Against) { n.Metrics = []string{"roc_acu"} }, want: `unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`},
		"no baseline": {change: func(_ *evaluate.Config, n *evaluate.Needs, _ *evaluate.Against) {
			n.Drift = map[string][]string{"psi": {"score"}}
		}, want: `no-baseline: drift "psi" needs a baseline, and data names none`},
		"a baseline of other columns": {change: func(_ *evaluate.Config, n *evaluate.Needs, a *evaluate.Against) {
			n.Drift, a.Baseline = map[string][]string{"psi": {"g"}}, &evaluate.Baseline{}
		}, want: `no-baseline: the baseline has no column "g"`},
		"no rival without ids": {change: func(c *evaluate.Config, _ *evaluate.Needs, a *evaluate.Against) {
			c.ID, c.Labels = "", ""
			a.Rivals = []evaluate.Rival{{Name: "champion", Scores: good.open("rival.csv"), ID: "id", Score: "score"}}
		}, want: "no-rival: rows are compared with those of the champion by id: name its column by `data: {id: …}`"},
		"no rival's column unchecked": {change: func(c *evaluate.Config, _ *evaluate.Needs, a *evaluate.Against) {
			c.ID, c.Labels = "", ""
			a.Rivals = []evaluate.Rival{{Name: "champion", Column: "other", Kept: good.open("kept.csv")}}
		}, want: "no-rival: rows are compared with those of the champion by id: name its column by `data: {id: …}`"},
		"no rival without scores": {change: func(c *evaluate.Config, _ *evaluate.Needs, a *evaluate.Against) {
			c.Score = ""
			a.Rivals = []evaluate.Rival{{Name: "champion", Column: "other"}}
		}, want: "no-rival: a comparison with another version needs a score column"},
		"a rival of other rows": {change: rival, files: memory{"rival.csv": lines("id,score", "e,0.5", "f,0.5")},
			want: "unmatched-rows: rival.csv: id: the champion was scored on other rows than those of p.csv: no id is in both. Score it on these rows, and name the file or column by `data: {compare: {champion: …}}`"},
		"a rival twice":           {change: rival, files: memory{"rival.csv": lines("id,score", "a,0.5", "a,0.5")}, want: "duplicate-ids: rival.csv: id: 1 of 2 rows repeat an id (first: row 2)"},
		"a rival's NaN":           {change: rival, files: memory{"rival.csv": lines("id,score", "a,0.5", "b,NaN")}, want: "not-finite-data: rival.csv: score: 1 of 2 rows are NaN (first: 2)"},
		"other scores":            {change: rival, files: memory{"rival.csv": lines("id,score", "d,0.1", "a,0.55", "b,0.5", "c,0.44")}, want: "other-scores: rival.csv: score: 2 of 4 scores of the champion are not those that were kept with m/1 (first: row 1)"},
		"other scores in columns": {change: rivalColumn, want: "other-scores: p.csv: other: 4 of 4 scores of the champion are not those that were kept with m/1 (first: row 1)"},
		"other labels":            {change: rival, files: memory{"kept.csv": lines("id,label,score", "a,1,0.5", "b,1,0.5", "c,0,0.4", "d,0,0.1")}, want: "other-labels: kept.csv: label: 2 of 4 rows have another outcome than in p.csv (first: row 2)"},
		"a column's gaps":         {change: rivalColumn, files: memory{"p.csv": lines("id,y,score,call,g,other", "a,1,0.9,1,x,", "b,0,0.1,0,y,1", "c,1,0.7,1,x,1", "d,0,0.6,1,y,1")}, want: "missing-values: p.csv: other: 1 of 4 rows have no value (first: 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory{}
			for _, from := range []memory{good, c.files} {
				for name, text := range from {
					files[name] = text
				}
			}
			config, needs, against := whole, evaluate.Needs{}, evaluate.Against{}
			config.Open = files.all
			if c.change != nil {
				c.change(&config, &needs, &against)
			}
			yaml := c.terms
			if yaml == "" {
				yaml = grouped
			}
			var err error
			if against.Baseline == nil && needs.Drift != nil && name != "no baseline" {
				against.Baseline, err = evaluate.Profile(t.Context(), config, needs)
			}
			var e *evaluate.Evaluation
			if err == nil {
				e, err = evaluate.Run(t.Context(), config, terms(t, yaml), needs, against)
			}
			if e != nil || err == nil {
				t.Fatalf("an evaluation %v, error %v", e, err)
			}
			if got := coded(err); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// own takes the labels from the rows' own file.
func own(c *evaluate.Config, _ *evaluate.Needs, _ *evaluate.Against) { c.Labels = "" }

func drifting(columns ...string) func(*evaluate.Config, *evaluate.Needs, *evaluate.Against) {
	return func(_ *evaluate.Config, n *evaluate.Needs, _ *evaluate.Against) {
		n.Drift = map[string][]string{"psi": columns}
	}
}

func rival(c *evaluate.Config, _ *evaluate.Needs, a *evaluate.Against) {
	one := func(name string) table.Source { s, _ := c.Open(name); return s[0] }
	a.Rivals = []evaluate.Rival{{Name: "champion", Version: "m/1", Scores: one("rival.csv"), ID: "id", Score: "score", Kept: one("kept.csv")}}
}

func rivalColumn(c *evaluate.Config, _ *evaluate.Needs, a *evaluate.Against) {
	one := func(name string) table.Source { s, _ := c.Open(name); return s[0] }
	a.Rivals = []evaluate.Rival{{Name: "champion", Version: "m/1", Column: "other", Kept: one("kept.csv")}}
}

// edges are so many of bins.
func edges(n int) string { return strings.ReplaceAll(fmt.Sprint(rising(n)), " ", ",") }

func rising(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// crossed are rows of so many groups in two bins each.
func crossed(groups int) string {
	all := []string{"id,y,score,call,g,other"}
	for i := range 20 * groups {
		all = append(all, fmt.Sprintf("%d.%d,1,0.9,1,g%d,0.1", i%20, 1000+i/20, i/20))
	}
	return lines(all...)
}

// coded is an error with its code, as only bad data and problems have one.
func coded(err error) string {
	var e *table.Error
	if errors.As(err, &e) {
		return e.Code + ": " + e.Error()
	}
	var ps schema.Problems
	if errors.As(err, &ps) {
		return ps.Error()
	}
	return "of no kind: " + err.Error()
}

// TestUnreadable: a file that is not there, or that nobody waits for any more.
func TestUnreadable(t *testing.T) {
	c := evaluate.Config{Path: "nowhere.csv", Score: "score", Open: table.FromPath}
	if _, err := evaluate.Run(t.Context(), c, terms(t, plain), evaluate.Needs{}, evaluate.Against{}); err == nil || coded(err) != "no-such-file: nowhere.csv: no such file" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c = evaluate.Config{Path: "p.csv", Score: "score", Open: memory{"p.csv": lines("y,score", "1,0.5", "0,0.4")}.all}
	if _, err := evaluate.Run(ctx, c, terms(t, plain), evaluate.Needs{}, evaluate.Against{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled, and got %v", err)
	}
}

// TestKeepRefusesOtherRows: what is kept must be what was evaluated.
func TestKeepRefusesOtherRows(t *testing.T) {
	files := memory{"p.csv": lines("id,y,score", "a,1,0.5", "b,0,0.4")}
	c := evaluate.Config{Path: "p.csv", ID: "id", Score: "score", Open: files.all}
	e := evaluated(t, c, terms(t, plain), evaluate.Needs{}, evaluate.Against{})
	files["p.csv"] = lines("id,y,score", "a,1,0.5", "b,0,0.45")
	kept, err := evaluate.Keep(t.Context(), c, terms(t, plain), e, io.Discard)
	if kept || err == nil || coded(err) != "changed-file: p.csv: the file changed while it was being read" {
		t.Errorf("kept %v, %v", kept, err)
	}
	c.ID = ""
	if kept, err := evaluate.Keep(t.Context(), c, terms(t, plain), e, io.Discard); kept || err != nil {
		t.Errorf("kept without ids: %v, %v", kept, err)
	}
}

// TestTermsProblems tells what is wrong in terms and data, by place.
func TestTermsProblems(t *testing.T) {
	const before = "model: m\ntask: binary\n"
	for name, c := range map[string]struct{ yaml, want string }{
		"no label":        {"label: \"\"\n", `gatecard.yaml:3:8: missing-key: "label" is needed: the column with the outcome`},
		"group twice":     {"label: y\ngroups: [{column: a}, {column: b, name: a}]\n", `gatecard.yaml:4:23: group-twice: "a" is a group already`},
		"bad name":        {"label: y\ngroups: [{column: \"a=b\"}, {column: \"a, b\"}]\n", "gatecard.yaml:4:10: bad-group-name: \"a=b\": the signs * × , = have a meaning of their own in the name of a group: give it another by \"name\"\ngatecard.yaml:4:27: bad-group-name: \"a, b\": the signs * × , = have a meaning of their own in the name of a group: give it another by \"name\""},
		"cross of one":    {"label: y\ngroups: [{column: a}, b]\n", `gatecard.yaml:4:23: bad-cross: "b" is a cross of one: write {column: b}, or two names as in "sex * age"`},
		"cross of itself": {"label: y\ngroups: [{column: a}, a * a]\n", `gatecard.yaml:4:23: bad-cross: "a" stands in its own cross twice`},
		"unknown cross":   {"label: y\ngroups: [sex * age, {column: sex}, sex * agee, {column: age}]\n", "gatecard.yaml:4:10: unknown-group: \"age\" is no group that is named before this cross\ngatecard.yaml:4:10: unknown-group: \"sex\" is no group that is named before this cross\ngatecard.yaml:4:36: unknown-group: \"agee\" is no group that is named before this cross"},
		"bins and values": {"label: y\ngroups: [{column: a, bins: [1], values: {\"1\": x}}]\n", `gatecard.yaml:4:33: bad-bins: a group has bins or values, not both`},
		"falling bins":    {"label: y\ngroups: [{column: a, bins: [1, 3, 3]}]\n", `gatecard.yaml:4:35: bad-bins: bins must rise: each edge above the one before`},
		"unnamed":         {"label: y\ngroups: [{values: {a: b}}]\n", `gatecard.yaml:4:10: unnamed-group: a group needs a "column"`},
		"no scores":       {"label: y\ndata: {path: p.csv}\n", `gatecard.yaml:4:7: missing-key: "data" needs a "score" column, a "prediction" column, or both`},
		"labels, no id":   {"label: y\ndata: {path: p.csv, score: s, labels: l.csv}\n", `gatecard.yaml:4:39: missing-key: "labels" are joined by id: name its column by "id"`},
		"rows or results": {"label: y\ndata: {reported: r.json, score: s, keep: nothing}\n", "gatecard.yaml:4:26: rows-or-results: \"score\" is of rows, and \"reported\" gives results without rows: write one of the two\n" +
			`gatecard.yaml:4:36: rows-or-results: "keep" is of rows, and "reported" gives results without rows: write one of the two`},
		"variant of rows": {"label: y\ndata: {path: p.csv, score: s, variant: v}\n", `gatecard.yaml:4:31: rows-or-results: "variant" is of results that another tool computed: rows have none`},
		"no path":         {"label: y\ndata: {path: \"\", score: s}\n", `gatecard.yaml:4:7: missing-key: "data" needs a "path", the file of predictions, or "reported", a file of results that another tool computed`},
	} {
		t.Run(name, func(t *testing.T) {
			yaml := before + c.yaml + "gates: [{metric: recall, min: 0.5}]\n"
			if !strings.Contains(yaml, "data:") {
				yaml += "data: {path: p.csv, score: s}\n"
			}
			d, err := schema.Parse("gatecard.yaml", []byte(yaml))
			if err != nil {
				t.Fatal(err)
			}
			var all struct {
				evaluate.Terms
				Model string           `json:"model"`
				Data  evaluate.Config  `json:"data"`
				Gates []map[string]any `json:"gates"`
			}
			if err := d.Decode("gatecard", &all); err != nil {
				t.Fatal(err)
			}
			err = schema.Join(all.Terms.Check(d), all.Data.Check(d))
			if err == nil || err.Error() != c.want {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
	bad := evaluate.Terms{Label: "y", Groups: []evaluate.Dimension{{Name: "a", Column: "a", Bins: []float64{math.NaN()}}}}
	if err := bad.Check(nil); err == nil || err.Error() != "bad-bins: bins must rise: each edge above the one before" {
		t.Errorf("an edge of NaN: %v", err)
	}
}
