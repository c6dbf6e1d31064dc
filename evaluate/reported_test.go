package evaluate_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// reportedFrom evaluates a file of results: one of the readers' fixtures where text is "".
func reportedFrom(t *testing.T, name, text, variant string, metrics ...string) (*evaluate.Evaluation, error) {
	t.Helper()
	if text == "" {
		b, err := os.ReadFile(filepath.Join("reported", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	c := evaluate.Config{Reported: name, Variant: variant, Open: func(path string) ([]table.Source, error) { return memory{name: text}.all(path) }}
	return evaluate.Run(t.Context(), c, terms(t, "task: binary\nlabel: y\n"), evaluate.Needs{Metrics: metrics}, evaluate.Against{})
}

// twoClasses and threeClasses are scikit-learn's reports of classes named by numbers.
const (
	ofTwo = `"0": {"precision": 0.8, "recall": 0.9, "f1-score": 0.85, "support": 100}, "1": {"precision": 0.75, "recall": 0.6, "f1-score": 0.67, "support": 50},`

	twoClasses = "{" + ofTwo + ` "macro avg": {"precision": 0.775, "recall": 0.75, "f1-score": 0.76, "support": 150},
		"weighted avg": {"precision": 0.78, "recall": 0.8, "f1-score": 0.79, "support": 150}, "accuracy": 0.8}`
	threeClasses = "{" + ofTwo + ` "2": {"precision": 0.75, "recall": 0.6, "f1-score": 0.67, "support": 50},
		"macro avg": {"precision": 0.775, "recall": 0.75, "f1-score": 0.76, "support": 200}, "weighted avg": {"precision": 0.78, "recall": 0.8, "f1-score": 0.79, "support": 200}}`
)

// TestReported: what each tool's file gives is taken as it is, called as gates ask for it, and can prove nothing.
func TestReported(t *testing.T) {
	for _, c := range []struct {
		file, text, variant, slice, metric string
		want                               evaluate.Figure // without its tool and method
		low, high                          float64         // 0: no interval
	}{
		// 0.4 ± 1.96·0.07844645405527362
		{file: "lm_eval.json", slice: "task = sums_choice", metric: "accuracy", want: evaluate.Figure{Value: ptr(0.4), Support: 40}, low: 0.246247775, high: 0.553752225},
		{file: "lm_eval.json", slice: "group = sums", metric: "accuracy", want: evaluate.Figure{Value: ptr(0.4625), Support: 80}, low: 0.352724182, high: 0.572275818},
		{file: "lm_eval.json", slice: "overall", metric: "accuracy", want: evaluate.Figure{Undefined: evaluate.NotReported}},
		{file: "lm_eval.json", slice: "task = sums_written", metric: "exact_match (strict-match)", want: evaluate.Figure{Value: ptr(0), Support: 40}, low: 0, high: 0},
		{file: "lm_eval_limit.json", slice: "task = more_choice", metric: "accuracy", want: evaluate.Figure{Value: ptr(0.8), Support: 5, Partial: "made with limit: 5.0, so on some of the samples only"}, low: 0.4080072, high: 1.1919928},
		{file: "sklearn_report.json", slice: "class = dog", metric: "f1", want: evaluate.Figure{Value: ptr(0.8333333333333334), Without: "scikit-learn gives no interval"}},
		{file: "sklearn_report.json", slice: "class = dog", metric: "recall", want: evaluate.Figure{Value: ptr(0.8571428571428571), Support: 35, Without: "scikit-learn gives no interval"}},
		{file: "sklearn_report.json", slice: "overall", metric: "f1_macro", want: evaluate.Figure{Value: ptr(0.8264957264957266), Without: "scikit-learn gives no interval"}},
		{file: "sklearn_report.json", slice: "overall", metric: "accuracy", want: evaluate.Figure{Value: ptr(0.83), Support: 100, Without: "scikit-learn gives no interval"}},
		{file: "sklearn_report.json", slice: "overall", metric: "recall (weighted avg)", want: evaluate.Figure{Value: ptr(0.83), Support: 100, Without: "scikit-learn gives no interval"}},
		{file: "sklearn_report.json", slice: "overall", metric: "f1", want: evaluate.Figure{Undefined: evaluate.NotReported}},
		// of two classes the positive one's are those of all rows; of three, "1" is one class among others
		{file: "two.json", text: twoClasses, slice: "overall", metric: "recall", want: evaluate.Figure{Value: ptr(0.6), Support: 50, Without: "scikit-learn gives no interval"}},
		{file: "two.json", text: twoClasses, slice: "overall", metric: "precision", want: evaluate.Figure{Value: ptr(0.75), Without: "scikit-learn gives no interval"}},
		{file: "two.json", text: twoClasses, slice: "class = 0", metric: "recall", want: evaluate.Figure{Value: ptr(0.9), Support: 100, Without: "scikit-learn gives no interval"}},
		{file: "three.json", text: threeClasses, slice: "overall", metric: "recall", want: evaluate.Figure{Undefined: evaluate.NotReported}},
		{file: "slices.csv", slice: "overall", metric: "roc_auc", want: evaluate.Figure{Value: ptr(0.91), Support: 69126}, low: 0.9, high: 0.92},
		{file: "mlflow_flat.json", slice: "overall", metric: "val/loss", want: evaluate.Figure{Value: ptr(0.125), Without: "an unnamed tool gives no interval"}},
		// a percentage is no accuracy; recall@10 is of ten results, and no recall at a score of 10
		{file: "m.json", text: `{"accuracy": 85.3}`, slice: "overall", metric: "accuracy", want: evaluate.Figure{Undefined: "reported as 85.3, which accuracy cannot be: it lies between 0 and 1"}},
		{file: "m.json", text: `{"recall@10": 0.5}`, slice: "overall", metric: "recall@10 (another)", want: evaluate.Figure{Value: ptr(0.5), Without: "an unnamed tool gives no interval"}},
		{file: "m.json", text: `{"neg_mean_absolute_error": -3}`, slice: "overall", metric: "neg_mean_absolute_error (another)", want: evaluate.Figure{Value: ptr(-3), Without: "an unnamed tool gives no interval"}},
		{file: "m.json", text: `{"AUC": 0.5, "roc_auc": 0.6, "f1-score": 0.7}`, slice: "overall", metric: "roc_auc (another)", want: evaluate.Figure{Value: ptr(0.6), Without: "an unnamed tool gives no interval"}},
		{file: "filters.json", text: filters, variant: "strict", slice: "task = a", metric: "accuracy", want: evaluate.Figure{Value: ptr(0.25), Support: 8, Partial: "the file does not say whether all samples were run", Without: "lm-evaluation-harness gives no interval"}},
		{file: "filters.json", text: filters, variant: "strict", slice: "task = a", metric: "acc (loose)", want: evaluate.Figure{Value: ptr(0.5), Support: 8, Partial: "the file does not say whether all samples were run", Without: "lm-evaluation-harness gives no interval"}},
	} {
		t.Run(c.file+" "+c.slice+" "+c.metric, func(t *testing.T) {
			e, err := reportedFrom(t, c.file, c.text, c.variant)
			if err != nil {
				t.Fatal(err)
			}
			var got *evaluate.Figure
			for _, s := range e.Slices {
				if f, ok := s.Metrics[c.metric]; ok && s.Groups.String() == c.slice {
					got = &f
				}
			}
			if got == nil {
				t.Fatalf("there is none")
			}
			if got.Reported == "" || got.Reported != e.Reported.Tool {
				t.Errorf("it is reported by %q, in an evaluation of %+v", got.Reported, e.Reported)
			}
			if i := got.Interval; (i != nil) != (c.low != 0 || c.high != 0 || c.metric == "exact_match (strict-match)") ||
				i != nil && (math.Abs(i.Low-c.low) > 1e-7 || math.Abs(i.High-c.high) > 1e-7 || i.Method != "reported" || i.Level != 0.95) {
				t.Errorf("interval %+v, want %v to %v", i, c.low, c.high)
			}
			c.want.Reported, c.want.Interval = got.Reported, got.Interval
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got %+v, want %+v", *got, c.want)
			}
			if !math.IsNaN(got.Basis.Low(0.025)) || !math.IsNaN(got.Basis.High(0.025)) {
				t.Errorf("it has limits: %+v", got.Basis)
			}
		})
	}
}

func ptr(x float64) *float64 { return &x }

// filters are results with two filters of one metric of ours.
const filters = `{"results": {"a": {"sample_len": 8, "acc,strict": 0.25, "acc,loose": 0.5}}, "versions": {}}`

// TestReportedClasses: a class of scikit-learn's report is a figure of a multiclass task, and a mean is that of its name.
func TestReportedClasses(t *testing.T) {
	b, err := os.ReadFile("reported/testdata/sklearn_report.json")
	if err != nil {
		t.Fatal(err)
	}
	c := evaluate.Config{Reported: "r.json", Open: memory{"r.json": string(b)}.all}
	e, err := evaluate.Run(t.Context(), c, terms(t, "task: multiclass\nlabel: y\n"), evaluate.Needs{Metrics: []string{"recall@class=dog", "f1_macro"}}, evaluate.Against{})
	if err != nil {
		t.Fatal(err)
	}
	if f := e.Overall().Metrics["recall@class=dog"]; len(e.Slices) != 1 || f.Value == nil || *f.Value != 0.8571428571428571 || f.Support != 35 || f.Reported != "scikit-learn" {
		t.Errorf("%d slices, %+v", len(e.Slices), f)
	}
}

// TestReportedWhole holds what stands beside the figures: the file with its digest, where it comes from, and no word of rows.
func TestReportedWhole(t *testing.T) {
	e, err := reportedFrom(t, "lm_eval.json", "", "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("reported/testdata/lm_eval.json")
	if err != nil {
		t.Fatal(err)
	}
	want := evidence.Input{File: evidence.File{Path: "lm_eval.json", Size: int64(len(b)), SHA256: evidence.DigestOf(b)}, Role: "reported"}
	if len(e.Inputs) != 1 || e.Inputs[0] != want {
		t.Errorf("inputs %+v", e.Inputs)
	}
	if e.Dataset != want.SHA256 || e.Countable || e.Rows != 0 || len(e.Overall().Groups) != 0 || e.Curves != nil || e.Drift != nil || e.Comparisons != nil || e.Fairness != nil {
		t.Errorf("%+v", e)
	}
	if e.Reported.Tool != "lm-evaluation-harness 0.4.13" || e.Reported.Format != "lm-evaluation-harness" || e.Reported.Model != "jt8a2350" {
		t.Errorf("%+v", e.Reported)
	}
	again, err := schema.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	var read evaluate.Evaluation
	if err := schema.Decode("evaluation", "evaluation.json", again, &read); err != nil {
		t.Error(err)
	}
}

// TestReportedProblems: what is asked for and not there, or there more than once, is told by name.
func TestReportedProblems(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, variant string
		metrics             []string
		want                string
	}{
		"nothing of it":     {file: "lm_eval.json", metrics: []string{"accuracy", "recall"}, want: `not-reported: lm_eval.json gives no "recall", but accuracy, brier_score, exact_match (flexible-extract), exact_match (strict-match)`},
		"two filters":       {file: "f.json", text: filters, metrics: []string{"accuracy"}, want: "ambiguous-figure: f.json gives \"accuracy\" in several variants: acc (strict), acc (loose). Say which counts by `variant:` under \"data\""},
		"two names":         {file: "m.json", text: `{"auc": 0.5, "roc_auc": 0.6}`, metrics: []string{"roc_auc"}, want: "ambiguous-figure: m.json gives \"roc_auc\" in several variants: auc, roc_auc. Say which counts by `variant:` under \"data\""},
		"no such variant":   {file: "f.json", text: filters, variant: "strictt", want: `unknown-variant: f.json has no variant "strictt" (known: strict, loose) (did you mean "strict"?)`},
		"a run that failed": {file: "mlflow_failed.json", want: "mlflow_failed.json:"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := reportedFrom(t, c.file, c.text, c.variant, c.metrics...)
			if err == nil || e != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

// TestReportedAsked: two filters are no error where nobody asks for the metric; the slice says what there is.
func TestReportedAsked(t *testing.T) {
	e, err := reportedFrom(t, "f.json", strings.Replace(filters, `}}, "v`, `}, "b": {"sample_len": 8, "acc,none": 0.75}}, "v`, 1), "", "accuracy")
	if err != nil {
		t.Fatal(err)
	}
	if f := e.Slices[1].Metrics["accuracy"]; f.Value != nil || f.Undefined != "reported in several variants: acc (strict), acc (loose)" {
		t.Errorf("%+v", f)
	}
	if f := e.Slices[2].Metrics["accuracy"]; f.Value == nil || *f.Value != 0.75 {
		t.Errorf("%+v", f)
	}
}
