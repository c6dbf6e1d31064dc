package reported

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/schema"
)

func readBytes(b []byte) (Results, error) {
	return Read("results", bytes.NewReader(b), int64(len(b)))
}

func readFile(t testing.TB, name string) (Results, error) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return readBytes(b)
}

// line writes a row for comparing: everything that it holds.
func line(r Row) string {
	s := r.String() + ":"
	num := func(name string, x *float64) {
		if x != nil {
			s += fmt.Sprintf(" %s%v", name, *x)
		}
	}
	num("", r.Value)
	if r.Undefined != "" {
		s += " undefined"
	}
	num("se ", r.SE)
	num("low ", r.Low)
	num("high ", r.High)
	num("level ", r.Level)
	if r.N != 0 {
		s += fmt.Sprintf(" n %d", r.N)
	}
	if r.Partial != "" {
		s += " partial"
	}
	return s
}

// Files of each format, made by the tools themselves (testdata/make.py), with all that their rows say.
var files = []struct {
	file, format, tool string
	notes              string
	rows               []string
}{
	{"sklearn_report.json", "classification_report", "scikit-learn", "", []string{
		"precision, class = cat: 0.868421052631579",
		"recall, class = cat: 0.825 n 40", // the support is the denominator of recall alone
		"f1-score, class = cat: 0.8461538461538461",
		"precision, class = dog: 0.8108108108108109",
		"recall, class = dog: 0.8571428571428571 n 35",
		"f1-score, class = dog: 0.8333333333333334",
		"precision, class = eel: 0.8",
		"recall, class = eel: 0.8 n 25",
		"f1-score, class = eel: 0.8",
		"accuracy: 0.83 n 100",
		"precision (macro avg): 0.8264106211474633",
		"recall (macro avg): 0.8273809523809522",
		"f1-score (macro avg): 0.8264957264957266",
		"precision (weighted avg): 0.8311522048364154",
		"recall (weighted avg): 0.83 n 100",
		"f1-score (weighted avg): 0.8301282051282051",
	}},
	{"sklearn_micro.json", "classification_report", "scikit-learn", "", []string{
		"precision, class = cat: 0.868421052631579", "recall, class = cat: 0.825 n 40", "f1-score, class = cat: 0.8461538461538461",
		"precision, class = dog: 0.8108108108108109", "recall, class = dog: 0.8571428571428571 n 35", "f1-score, class = dog: 0.8333333333333334",
		"precision (micro avg): 0.84", "recall (micro avg): 0.84 n 75", "f1-score (micro avg): 0.84",
		"precision (macro avg): 0.8396159317211949", "recall (macro avg): 0.8410714285714285", "f1-score (macro avg): 0.8397435897435898",
		"precision (weighted avg): 0.8415362731152205", "recall (weighted avg): 0.84 n 75", "f1-score (weighted avg): 0.8401709401709402",
	}},
	{"mlflow_run.json", "MLflow run", "mlflow", "", []string{
		"val/loss: 0.125", "accuracy: 0.9", "roc_auc: 0.95", "broken: undefined", "worst: undefined", "rows: 69126",
	}},
	{"mlflow_history.json", "MLflow run", "mlflow", "last-of-history unnamed-run", []string{"val/loss: 0.125"}},
	{"mlflow_flat.json", "flat JSON", Unnamed, "unnamed-tool", []string{"val/loss: 0.125", "accuracy: 0.9", "roc_auc: 0.95", "rows: 69126"}},
	{"lm_eval.json", "lm-evaluation-harness", "lm-evaluation-harness", "", []string{
		"acc, task = sums_choice: 0.4 se 0.07844645405527362 n 40",
		"brier_score, task = sums_choice: 0.5634019870423919 n 40", // its error is "N/A"
		"acc, task = more_choice: 0.525 se 0.07996393417804533 n 40",
		"brier_score, task = more_choice: 0.514221577696186 n 40",
		"exact_match (strict-match), task = sums_written: 0 se 0 n 40",
		"exact_match (flexible-extract), task = sums_written: 0 se 0 n 40",
		"acc, group = sums: 0.4625 se 0.05600909953542576 n 80",
	}},
	{"lm_eval_limit.json", "lm-evaluation-harness", "lm-evaluation-harness", "", []string{
		"acc, task = sums_choice: 0.4 se 0.24494897427831783 n 5 partial",
		"brier_score, task = sums_choice: 0.6172412611489906 n 5 partial",
		"acc, task = more_choice: 0.8 se 0.19999999999999998 n 5 partial",
		"brier_score, task = more_choice: 0.500929216955068 n 5 partial",
		"exact_match (strict-match), task = sums_written: 0 se 0 n 5 partial",
		"exact_match (flexible-extract), task = sums_written: 0 se 0 n 5 partial",
		"acc, group = sums: 0.6 se 0.15811388300841897 n 10 partial",
	}},
	{"inspect.json", "Inspect log", "inspect", "", inspectRows},
	{"inspect.eval", "Inspect log", "inspect", "", inspectRows}, // entries of method 93
	{"inspect_frequency.json", "Inspect log", "inspect", "", []string{
		"accuracy (answers/mean): 0.6666666666666666 n 12",
		"frequency (answers), frequency = C: 0.6666666666666666",
		"frequency (answers), frequency = I: 0.3333333333333333",
	}},
	{"inspect_limit.json", "Inspect log", "inspect", "", []string{"accuracy (includes): 0.75 se 0.25 n 4 partial"}},
	{"inspect_unscored.json", "Inspect log", "inspect", "", []string{"accuracy (half): 1 se 0 n 6 partial"}},
	{"slices.csv", "slices as CSV", "tfma", "", []string{
		"auc: 0.91 low 0.9 high 0.92 level 0.95 n 69126",
		"auc, sex = women: 0.9 se 0.01 low 0.88 high 0.92 level 0.95 n 34000",
		"auc, age = <25, sex = women: undefined",
		"auc, sex = men, all: 0.92 n 35126",
	}},
	{"slices_tfma.csv", "slices as CSV", Unnamed, "unnamed-tool", []string{
		"auc: 0.91 low 0.9 high 0.92 n 69126",
		"auc, sex = women: 0.9 low 0.88 high 0.92 n 34000",
		"auc, age = <25, sex = women: 0.87 low 0.8 high 0.93 n 2100",
		"auc, time = 12:30: 0.5",
	}},
}

var inspectRows = []string{
	"accuracy (by_kind), kind = odd: 1 se 0",
	"accuracy (by_kind), kind = even: 0.5 se 0.22360679774997896",
	"accuracy (by_kind), kind = all: 0.75 se 0.1305582419667734",
	"accuracy (by_kind): 0.75 se 0.1305582419667734 n 12", // 24 samples are 12 rows in two epochs
	"accuracy (match): 0.75 se 0.1305582419667734 n 12",
	"mean (tone): 1 se 0 n 12",
	"mean (length): 1.25 n 12",
}

// Every number, its n, its error and its origin are kept, and each row is marked as reported.
func TestFormats(t *testing.T) {
	read := map[string]bool{}
	for _, c := range files {
		t.Run(c.file, func(t *testing.T) {
			r, err := readFile(t, c.file)
			if err != nil {
				t.Fatal(err)
			}
			read[r.Format] = true
			var got, notes []string
			for _, row := range r.Rows {
				got = append(got, line(row))
				if row.Tool != c.tool {
					t.Errorf("%v is marked as of %q, want %q", row, row.Tool, c.tool)
				}
			}
			for _, n := range r.Notes {
				notes = append(notes, n.Code)
				if Codes()[n.Code] == "" || n.Message == "" {
					t.Errorf("note %q is not explained", n.Code)
				}
			}
			if r.Format != c.format || r.Tool != c.tool || strings.Join(notes, " ") != c.notes || !slices.Equal(got, c.rows) {
				t.Errorf("%s of %s, notes %v:\n%s\nwant %s of %s, notes %s:\n%s", r.Format, r.Tool, notes, strings.Join(got, "\n"), c.format, c.tool, c.notes, strings.Join(c.rows, "\n"))
			}
		})
	}
	for _, f := range Formats() {
		if !read[f.Name] {
			t.Errorf("no file of the format %q is read", f.Name)
		}
		if f.Summary == "" {
			t.Errorf("%s has no summary", f.Name)
		}
	}
}

func TestOrigin(t *testing.T) {
	for file, want := range map[string]string{
		"mlflow_run.json": `{ [0-9a-f]{32} fixture  }`,
		"lm_eval.json":    `{0.4.13   \w+ [0-9.]+}`,
		"inspect.eval":    `{0.3.285 \w{22} sums mockllm/model 20\S+}`,
		"slices.csv":      `{    }`,
	} {
		r, err := readFile(t, file)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Origin); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%s: origin %s, want %s", file, got, want)
		}
	}
}

// change gives a fixture's JSON with one value set, or taken out where it is nil; a step of the path is a key or an index.
func change(t *testing.T, file string, v any, path ...any) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	at := doc
	for _, step := range path[:len(path)-1] {
		if i, ok := step.(int); ok {
			at = at.([]any)[i]
		} else {
			at = at.(map[string]any)[step.(string)]
		}
	}
	last, key := path[len(path)-1], ""
	if i, ok := last.(int); ok {
		at.([]any)[i] = v
	} else if key = last.(string); v == nil {
		delete(at.(map[string]any), key)
	} else {
		at.(map[string]any)[key] = v
	}
	if b, err = json.MarshalIndent(doc, "", " "); err != nil {
		t.Fatal(err)
	}
	return b
}

type object = map[string]any

func TestRefused(t *testing.T) {
	fixture := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	nest := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
	for name, c := range map[string]struct {
		in   []byte
		want string // code and a part of the message
	}{
		"nothing":                    {nil, "empty-file"},
		"blank":                      {[]byte(" \n"), "unknown-results"},
		"a table of predictions":     {[]byte("id,score,label\n1,0.5,1\n"), "unknown-results: no results of a tool that is known here: it is neither"},
		"JSON of another kind":       {[]byte(`{"a": {"b": 1}}`), "unknown-results"},
		"a key twice":                {[]byte("{\"accuracy\": 0.9,\n \"accuracy\": 0.1}"), "results:2:2: duplicate-key"},
		"NaN":                        {[]byte(`{"accuracy": NaN}`), "results:1:14: not-finite"},
		"1e400":                      {[]byte(`{"accuracy": 1e400}`), "results:1:14: not-finite"},
		"a large integer":            {[]byte(`{"rows": 9007199254740993}`), "integer-too-large"},
		"too deep":                   {[]byte(nest), "too-deep"},
		"something after it":         {[]byte(`{"accuracy": 0.9} {}`), "trailing-data"},
		"a byte order mark":          {[]byte("\ufeff{\"accuracy\": 0.9}"), "byte order mark"},
		"no UTF-8":                   {[]byte("{\"acc\xff\": 0.9}"), "not-utf8"},
		"an empty name":              {[]byte(`{"": 1}`), "wrong-value"},
		"text for a number":          {change(t, "lm_eval.json", "0.4", "results", "sums_choice", "acc,none"), `wrong-type: results.sums_choice.acc,none: a number is expected, not the text "0.4"`},
		"a negative error":           {change(t, "lm_eval.json", -0.1, "results", "sums_choice", "acc_stderr,none"), "bad-figure: acc, task = sums_choice: a standard error of -0.1"},
		"a share of a sample":        {change(t, "lm_eval.json", 4.5, "n-samples", "sums_choice", "effective"), "bad-figure: n-samples.sums_choice.effective"},
		"a failed run":               {fixture("mlflow_failed.json"), "unfinished-run: run.info.status: the run is FAILED"},
		"a run without info":         {change(t, "mlflow_run.json", nil, "run", "info"), "unfinished-run: run: the file does not say that the run is FINISHED"},
		"a run without status":       {change(t, "mlflow_run.json", nil, "run", "info", "status"), "unfinished-run"},
		"a deleted run":              {change(t, "mlflow_run.json", "deleted", "run", "info", "lifecycle_stage"), "unfinished-run: run.info.lifecycle_stage"},
		"a run without metrics":      {change(t, "mlflow_run.json", nil, "run", "data", "metrics"), "no-results"},
		"Python's NaN":               {fixture("mlflow_to_dictionary.json"), "not-finite"},
		"a page":                     {fixture("mlflow_history_page.json"), "more-pages"},
		"a class named accuracy":     {fixture("sklearn_class_accuracy.json"), "lost-class: the classes have a support of 4 and the averages one of 10"},
		"and micro avg":              {fixture("sklearn_class_accuracy_micro.json"), "lost-class: accuracy: "},
		"a class without recall":     {change(t, "sklearn_report.json", nil, "cat", "recall"), `missing-key: cat: the key "recall" is missing`},
		"a class taken out":          {change(t, "sklearn_report.json", nil, "cat"), "lost-class"},
		"a failed evaluation":        {fixture("inspect_failed.json"), `unfinished-run: status: the run's status is "error"`},
		"its archive":                {fixture("inspect_failed.eval"), "results/header.json:1:23: unfinished-run"},
		"no sample completed":        {fixture("inspect_tolerated.json"), "incomplete-run"},
		"invalidated":                {change(t, "inspect.json", true, "invalidated"), "invalidated-run"},
		"not completed":              {change(t, "inspect.json", 23, "results", "completed_samples"), "incomplete-run: results.completed_samples: 23 of 24"},
		"drained":                    {change(t, "inspect.json", 20, "results", "logged_samples"), "incomplete-run: results.logged_samples: 20 of 24"},
		"of no sample":               {change(t, "inspect.json", 0, "results", "total_samples"), "incomplete-run"},
		"version 3":                  {change(t, "inspect.json", 3, "version"), "unsupported-version: version: the log has version 3"},
		"scored more than there are": {change(t, "inspect.json", 99, "results", "scores", 0, "scored_samples"), "bad-figure: results.scores[0].scored_samples"},
		"a scorer twice":             {change(t, "inspect.json", "match", "results", "scores", 0, "name"), "duplicate-row: accuracy (match)"},
		"one row twice":              {[]byte("metric,value\nauc,1\nauc,1\n"), "duplicate-row: auc"},
		"a ragged row":               {[]byte("metric,value\nauc,1,2\n"), "results:2:1: ragged-row"},
		"a quote":                    {[]byte("metric,value\nau\"c,1\n"), "results:2:3: bad-csv"},
		"a misspelt column":          {[]byte("metric,value,uper\nauc,1,2\n"), `results:1:14: bad-header: the column "uper" has no meaning here (columns of groups stand before the metric) (did you mean "upper"?)`},
		"two values":                 {[]byte("metric,value,metric_value\nauc,1,2\n"), "bad-header: columns 2 and 3 both are the value"},
		"two groups of one name":     {[]byte("sex,sex,metric,value\na,b,auc,1\n"), "bad-header"},
		"a percent sign":             {[]byte("metric,value\nauc,91%\n"), `results:2:5: not-a-number: a number as 0.91 is expected, not "91%"`},
		"a hexadecimal number":       {[]byte("metric,value\nauc,0x1p-2\n"), "not-a-number"},
		"an underscore":              {[]byte("metric,value\nauc,1_0\n"), "not-a-number"},
		"nan in CSV":                 {[]byte("metric,value\nauc,nan\n"), "results:2:5: not-finite"},
		"infinity in CSV":            {[]byte("metric,value\nauc,1e999\n"), "results:2:5: not-finite"},
		"half a row":                 {[]byte("metric,value,n\nauc,1,2.5\n"), "results:2:7: bad-figure"},
		"an interval turned round":   {[]byte("metric,value,lower,upper\nauc,0.5,0.6,0.4\n"), "bad-figure: auc: the interval ends at 0.4"},
		"a level in percent":         {[]byte("metric,value,lower,upper,level\nauc,0.5,0.4,0.6,95\n"), "bad-figure: auc: a level of 95"},
		"a slice's name":             {[]byte("slice,metric,value\nage_X_sex:women,auc,1\n"), "results:2:1: bad-slice"},
		"two slices":                 {[]byte("sex,slice,metric,value\nmen,sex:women,auc,1\n"), "bad-slice"},
		"two tools":                  {[]byte("metric,value,tool\nauc,1,a\nf1,1,b\n"), "two-tools"},
		"a metric without a name":    {[]byte("metric,value\n,1\n"), "wrong-value"},
		"a header alone":             {[]byte("metric,value\n"), "no-results"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := readBytes(c.in)
			var ps schema.Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %s", err, c.want)
			}
			if len(r.Rows) > 0 {
				t.Error("rows beside an error")
			}
			for _, p := range ps {
				_, ours := Codes()[p.Code]
				_, theirs := schema.Codes()[p.Code]
				if !ours && !theirs && !slices.Contains([]string{"not-a-number", "ragged-row", "bad-csv", "bad-header"}, p.Code) { // package table explains these
					t.Errorf("%s is not explained", p.Code)
				}
				if !strings.HasPrefix(p.File, "results") || strings.HasSuffix(p.File, "results.json") {
					t.Errorf("file %q", p.File)
				}
			}
		})
	}
}

// A limit that is not null, or a file that does not say, makes every row one that no gate is judged by.
func TestPartial(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		want string // "" : whole
	}{
		"whole":                     {change(t, "lm_eval.json", "x", "git_hash"), ""},
		"limit of all":              {change(t, "lm_eval.json", 40, "config", "limit"), "made with limit: 40, so on some of the samples only"},
		"samples chosen":            {change(t, "lm_eval.json", 39, "n-samples", "more_choice", "effective"), "run on 39 of 40 samples"},
		"counts without a limit":    {change(t, "lm_eval.json", nil, "config", "limit"), ""},
		"nothing said":              {[]byte(`{"results": {"a": {"acc,none": 0.5}}, "versions": {"a": 1}}`), "the file does not say whether all samples were run"},
		"a limit of null is enough": {[]byte(`{"results": {"a": {"acc,none": 0.5}}, "versions": {"a": 1}, "config": {"limit": null}}`), ""},
		"limit as a range":          {change(t, "inspect.json", []any{1, 5}, "eval", "config", "limit"), "made with a limit, so on some of the samples only"},
		"sample ids":                {change(t, "inspect.json", []any{1, 5}, "eval", "config", "sample_id"), "made on chosen samples only (sample_id)"},
		"early stopping":            {change(t, "inspect.json", object{"manager": "x"}, "results", "early_stopping"), "stopped early, by the samples that came first"},
		"unscored":                  {change(t, "inspect.json", 3, "results", "scores", 0, "unscored_samples"), "3 samples were not scored"},
	} {
		r, err := readBytes(c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.Rows[0].Partial; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	r, err := readBytes(change(t, "lm_eval.json", 39, "n-samples", "more_choice", "effective"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Rows { // a group of a part is a part, and other tasks are whole
		if want := row.Groups["group"] != "" || row.Groups["task"] == "more_choice"; (row.Partial != "") != want {
			t.Errorf("%s, want partial %v", line(row), want)
		}
	}
}

func TestDirtyCodeIsNoted(t *testing.T) {
	r, err := readBytes(change(t, "inspect.json", object{"type": "git", "commit": "abc", "dirty": true}, "eval", "revision"))
	if err != nil || len(r.Notes) != 1 || r.Notes[0].Code != "uncommitted-code" {
		t.Errorf("%v, %v", r.Notes, err)
	}
}

// A support that is a sum of weights is no n.
func TestWeightedReport(t *testing.T) {
	r, err := readFile(t, "sklearn_weighted.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Notes) != 1 || r.Notes[0].Code != "weighted-rows" {
		t.Errorf("notes %v", r.Notes)
	}
	for _, row := range r.Rows {
		if row.N != 0 {
			t.Errorf("%v has n %d", row, row.N)
		}
	}
	r, err = readFile(t, "sklearn_multilabel.json")
	if err != nil || len(r.Rows) != 3*7 {
		t.Fatalf("%d rows, %v", len(r.Rows), err)
	}
	empty, err := readBytes(change(t, "sklearn_report.json", object{"precision": 0, "recall": 0, "f1-score": 0, "support": 0}, "fly"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range empty.Rows {
		if row.Groups["class"] == "fly" && (row.Metric == "recall") != (row.Value == nil) {
			t.Errorf("%s: the recall of no rows is undefined, and only that", line(row))
		}
	}
}
