package render

import (
	"encoding/csv"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// The views that every format is tested with. Counts and AUCs are those of fixtures/census for 2016 (testdata/census.csv, made with pandas from
// predictions-2016-v*.parquet); reports, digests and keys are made up here.

func ptr[T any](v T) *T { return &v }

func digest(s string) evidence.Digest { return evidence.DigestOf([]byte(s)) }

var censusTerms = evaluate.Terms{
	Task: "binary", Label: "employed", Positive: "1", Threshold: ptr(0.5), Sampling: "deployment",
	Groups: []evaluate.Dimension{
		{Name: "sex", Column: "SEX", Values: map[string]string{"1": "men", "2": "women"}},
		{Name: "disability", Column: "DIS", Values: map[string]string{"1": "with a disability", "2": "without a disability"}},
		{Name: "race", Column: "RAC1P", Values: map[string]string{
			"1": "white", "2": "black", "3": "American Indian", "4": "Alaska Native", "5": "tribe not given", "6": "Asian",
			"7": "Hawaiian or Pacific", "8": "other race", "9": "two or more races"}},
		{Name: "age", Column: "AGEP", Bins: []float64{25, 40, 65}},
		{Name: "sex * disability", Cross: []string{"sex", "disability"}},
	},
}

func interval(k, n float64) *stats.Interval {
	if n == 0 {
		return nil
	}
	i := stats.Wilson(k, n, 0.95)
	return &i
}

func share(k, n int64, why string) evaluate.Figure {
	if n == 0 {
		return evaluate.Figure{Undefined: why}
	}
	return evaluate.Figure{Value: ptr(float64(k) / float64(n)), Support: n, Interval: interval(float64(k), float64(n))}
}

// census is the evaluation of a version, from testdata/census.csv.
func census(t testing.TB, version string) *evaluate.Evaluation {
	t.Helper()
	f, err := os.Open("testdata/census.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	e := &evaluate.Evaluation{
		Schema: evaluate.SchemaID, Terms: censusTerms, Dataset: digest("rows of 2016"), Countable: true,
		Inputs: []evidence.Input{
			{File: evidence.File{Path: "predictions-2016-v" + version + ".parquet", Size: 901_233, SHA256: digest("p" + version)}, Role: "predictions", Rows: 69126},
			{File: evidence.File{Path: "predictions-2015-v" + version + ".parquet", Size: 896_120, SHA256: digest("b" + version)}, Role: "baseline", Rows: 68785},
		},
	}
	for _, l := range lines[1:] {
		if l[0] != version {
			continue
		}
		groups := evaluate.Groups{}
		for _, g := range strings.FieldsFunc(l[1], func(r rune) bool { return r == ';' }) {
			k, v, _ := strings.Cut(g, "=")
			groups[k] = v
		}
		var n [4]int64
		for i := range n {
			n[i], _ = strconv.ParseInt(l[2+i], 10, 64)
		}
		c := sweep.Counts{TP: n[0], FP: n[1], TN: n[2], FN: n[3]}
		rows := c.TP + c.FP + c.TN + c.FN
		auc := evaluate.Figure{Undefined: "only one class in the slice"}
		if v, err := strconv.ParseFloat(l[6], 64); err == nil {
			auc = evaluate.Figure{Value: &v, Support: min(c.TP+c.FN, c.FP+c.TN), Without: "one class has a single row"}
			if low, err := strconv.ParseFloat(l[7], 64); err == nil {
				high, _ := strconv.ParseFloat(l[8], 64)
				auc.Interval, auc.Without = &stats.Interval{Low: low, High: high, Level: 0.95, Method: "delong-logit"}, ""
			}
		}
		f1 := share(2*c.TP, 2*c.TP+c.FP+c.FN, "nothing is positive")
		e.Slices = append(e.Slices, evaluate.Slice{Groups: groups, Rows: rows, Counts: &c, Metrics: map[string]evaluate.Figure{
			"roc_auc": auc, "recall": share(c.TP, c.TP+c.FN, "no row is truly positive"), "precision": share(c.TP, c.TP+c.FP, "no row is predicted positive"),
			"false_positive_rate": share(c.FP, c.FP+c.TN, "no row is truly negative"), "accuracy": share(c.TP+c.TN, rows, "no rows"), "f1": f1,
			"prevalence": share(c.TP+c.FN, rows, "no rows"),
		}})
		if len(groups) == 0 {
			e.Rows = rows
		}
	}
	e.Drift = []evaluate.Shift{{Column: "score", Distance: "psi", Baseline: "predictions-2015-v" + version + ".parquet", Figure: evaluate.Figure{
		Value: ptr(0.0009), Support: 69126, Interval: &stats.Interval{Low: 0.0005, High: 0.0011, Level: 0.95, Method: "psi"}}}}
	e.Curves = []evaluate.Curve{{Name: "roc", Groups: evaluate.Groups{}, Points: [][2]float64{
		{0, 0}, {.0021, .0478}, {.0082, .1417}, {.0155, .2346}, {.0254, .324}, {.039, .412}, {.0551, .4941}, {.0749, .574}, {.0975, .6514},
		{.1242, .7246}, {.1571, .7916}, {.1989, .8504}, {.2517, .8969}, {.3134, .9355}, {.3856, .9632}, {.4652, .9837}, {.5522, .9969}, {.6493, 1}, {1, 1}}}}
	return e
}

// claims along a dimension, with limits that are not those of the policy but near them.
func claims(e *evaluate.Evaluation, metric string, dimensions ...string) []evidence.Claim {
	var list []evidence.Claim
	add := func(s evaluate.Slice) {
		f := s.Metrics[metric]
		c := evidence.Claim{Groups: s.Groups, Value: f.Value, Support: f.Support}
		switch {
		case f.Value == nil:
			c.Unjudged = f.Undefined
		case f.Support < 30 && metric != "roc_auc":
			c.Small, c.Unjudged = true, strconv.FormatInt(f.Support, 10)+" truly positive rows, under min_support 30"
		case f.Interval != nil:
			c.Low, c.High = ptr(f.Interval.Low-0.0005), ptr(f.Interval.High+0.0005)
		}
		list = append(list, c)
	}
	if len(dimensions) == 0 {
		add(e.Overall())
	}
	for _, d := range dimensions {
		ss, err := e.Along(d)
		if err != nil {
			panic(err)
		}
		for _, s := range ss {
			add(s)
		}
	}
	slices.SortStableFunc(list, func(a, b evidence.Claim) int {
		v := func(c evidence.Claim) float64 {
			if c.Unjudged != "" || c.Value == nil {
				return math.Inf(1)
			}
			return *c.Value
		}
		switch x, y := v(a), v(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return list
}

func gate(id string, verdict evidence.Verdict, low, high *float64, claims []evidence.Claim) evidence.Result {
	r := evidence.Result{Gate: id, Verdict: verdict, Low: low, High: high, Claims: claims}
	if len(claims) > 0 {
		r.Value = claims[0].Value
	}
	return r
}

func recallGate(e *evaluate.Evaluation, verdict evidence.Verdict, low, high float64, measured string) gates.Outcome {
	o := gates.Outcome{
		Result: gate("recall-across-disability-sex", verdict, &low, &high, claims(e, "recall", "disability", "sex")),
		Kind:   "bound", Says: "recall across disability, sex", Title: "Recall in every group", Metric: "recall", Across: []string{"disability", "sex"},
		Required: "at least 0.50", Bound: "≥ 0.50", Where: "with a disability", Measured: measured, Decide: gates.Proven, Level: 0.95,
		Because: "A tool that offers jobs must find the people who work.", Margin: ptr(low - 0.5), Reproduce: "gatecard gate --explain recall",
		Sentence: "Recall for people with a disability is " + measured + "; at least 0.50 is required in every group.",
		At:       schema.Position{File: "gatecard.yaml", Line: 31, Column: 5},
	}
	o.Min = ptr(0.5)
	return o
}

func otherGates(e *evaluate.Evaluation, auc, low, high, fpr string) []gates.Outcome {
	f := func(s string) *float64 { v, _ := strconv.ParseFloat(s, 64); return &v }
	a := gates.Outcome{Result: gate("roc-auc", evidence.Pass, f(low), f(high), claims(e, "roc_auc")), Kind: "bound", Says: "roc_auc", Title: "ROC AUC",
		Metric: "roc_auc", Required: "at least 0.86", Bound: "≥ 0.86", Where: "overall", Measured: auc, Decide: gates.Proven, Level: 0.95,
		Sentence: "ROC AUC is " + auc + "; at least 0.86 is required.", Reproduce: "gatecard gate --explain roc_auc", At: schema.Position{File: "gatecard.yaml", Line: 33, Column: 5}}
	a.Min = ptr(0.86)
	men, women := evaluate.Groups{"sex": "men"}, evaluate.Groups{"sex": "women"}
	g := gates.Outcome{Result: gate("fpr-gap", evidence.Pass, ptr(0.045), ptr(0.067), []evidence.Claim{
		{Groups: women, Against: men, Value: f(fpr), Low: ptr(0.045), High: ptr(0.067), Support: 15956},
		{Groups: men, Against: women, Value: ptr(-*f(fpr)), Low: ptr(-0.067), High: ptr(-0.045), Support: 15956}}),
		Kind: "gap", Says: "false_positive_rate, gap by sex", Title: "False positive rate, any two sexes", Metric: "false_positive_rate", Across: []string{"sex"},
		Required: "a gap of at most 0.10", Bound: "≤ 0.10", Where: "women − men", Measured: fpr, Decide: gates.Proven, Level: 0.95,
		Sentence: "False positive rate is " + fpr + " higher for women than for men; a gap of at most 0.10 is allowed.", Reproduce: "gatecard gate --explain false_positive_rate",
		At: schema.Position{File: "gatecard.yaml", Line: 34, Column: 5}}
	g.Max = ptr(0.10)
	d := gates.Outcome{Result: gate("psi-score", evidence.Pass, ptr(0.0005), ptr(0.0011), []evidence.Claim{
		{Groups: map[string]string{}, Column: "score", Value: ptr(0.0009), Low: ptr(0.0005), High: ptr(0.0011), Support: 69126}}),
		Kind: "drift", Says: "psi of score", Title: "PSI of the score", Required: "at most 0.10", Bound: "≤ 0.10", Where: "score", Measured: "0.0009",
		Decide: gates.UnlessDisproven, Level: 0.95, Sentence: "PSI of the score is 0.0009; at most 0.10 is allowed.",
		Reproduce: "gatecard gate --explain psi", At: schema.Position{File: "gatecard.yaml", Line: 35, Column: 5}}
	d.Max = ptr(0.10)
	return []gates.Outcome{a, g, d}
}

func notApplicable() gates.Outcome {
	o := gates.Outcome{Result: evidence.Result{Gate: "roc-auc-versus-champion", Verdict: evidence.NotApplicable, Max: ptr(0.002)}, Kind: "versus",
		Says: "roc_auc versus champion", Title: "ROC AUC against the champion", Metric: "roc_auc", Required: "a drop of at most 0.002", Bound: "≤ 0.002",
		Where: "no champion was ever set", Decide: gates.Proven, Level: 0.95, Sentence: "No champion was ever set.", Reproduce: "gatecard gate --explain roc_auc",
		At: schema.Position{File: "gatecard.yaml", Line: 36, Column: 5}}
	return o
}

var censusWords = cards.Words{
	ModelDetails: cards.Details{
		Type: "gradient boosting, 150 trees", Description: "Says whether a person in Massachusetts is in work, from 16 answers of the American Community Survey.",
		License: "Apache-2.0", Contact: "ml-team@example.org", TrainingDate: "2026-11-02", Framework: "scikit-learn 1.7.2",
	},
	IntendedUse: cards.Use{
		PrimaryUse:    "Statistics on employment, with a person reading every figure.",
		IntendedUsers: []string{"Analysts of the state's labour office"},
		OutOfScope:    []string{"Decisions about a single person: hiring, credit, benefits", "Other states, or years before 2015"},
	},
	Factors:        []string{"Sex, disability, race and age, as the survey asks for them: the model could learn that one of them means no job."},
	TrainingData:   cards.Data{Description: "The same survey, **2015**.", Size: "68,785 people", Preprocessing: "One 0/1 column a code; age as a number."},
	EvaluationData: cards.Data{Description: "American Community Survey, Massachusetts, 2016. One row a person; see <https://www.census.gov/programs-surveys/acs>."},
	EthicalConsiderations: []cards.Concern{
		{Concern: "The model has learnt that a disability means no job.", Mitigation: "Version 2 leaves out sex, race and disability."},
		{Concern: "Children are in the data, and count as not employed."},
	},
	MetricsRationale: "Whoever is in work and is not found is left out of the count: so *recall* decides.",
	Limitations:      []string{"People of all ages are in it: accuracy over adults alone is lower."},
	Caveats:          []string{"Race has groups of 1 to 36 people in work: no statement about them is possible.", "To be evaluated again when a new survey year is out."},
}

var issued = time.Date(2026, 11, 24, 20, 57, 0, 0, time.UTC)

func version(n string) *evidence.Version {
	return &evidence.Version{
		Registry: "c2a1", Model: "ma-employment", Number: n, Created: issued, Source: "registry.db.artifacts/ma-employment/" + n,
		Manifest: evidence.Manifest{
			{Path: "features.json", Size: 2210, SHA256: digest("f" + n)}, {Path: "model.onnx", Size: 202_140, SHA256: digest("m" + n)},
			{Path: "preprocessor.skops", Size: 30_112, SHA256: digest("s" + n)}, {Path: "threshold.json", Size: 18, SHA256: digest("t" + n)},
		},
		Lineage: evidence.Lineage{Data: "acs-2015@21d0e336", Commit: "3032f5d0c1b2a3948576605040302010ffeeddcc", Run: "8f2d0c7a"},
	}
}

// sealed adds evidence to a view; its signature is not one.
func sealed(v View) View {
	r := v.Card.Report
	v.Statement = &evidence.Statement{
		Kind: evidence.Evidence, Verdict: r.Verdict, Issued: issued, Expires: issued.AddDate(0, 0, 90), Version: *v.Card.Version, Standing: r.Standing,
		Dataset: v.Card.Evaluation.Dataset, Inputs: v.Card.Evaluation.Inputs, Predictions: "supplied by SHA256:q1ZrT0pGmUeLs", Results: r.Results(),
		Attachments: []evidence.File{{Path: "evaluation.json"}, {Path: "gates.json"}, {Path: "card.json"}}, Tool: "gatecard 0.1.0",
	}
	v.Evidence = &evidence.Bundle{Envelope: evidence.Envelope{PayloadType: "application/vnd.in-toto+json", Payload: []byte("{}"),
		Signatures: []evidence.Signature{{KeyID: "SHA256:q1ZrT0pGmUeLsPq7nB2yX4vC5kD8fH9jW3aE6tR1uIo"}}}}
	return v
}

func standing(first bool, look int) evidence.Standing {
	return evidence.Standing{Policy: evidence.PolicyRef{Digest: digest("policy"), Record: 1}, ThresholdsFirst: first, Look: look, NeverChampion: look == 1}
}

// failed is pages.md's first page: version 1 is refused.
func failed(t testing.TB) View {
	e := census(t, "1")
	r := &gates.Report{Schema: gates.SchemaID, Verdict: evidence.Fail, Standing: standing(true, 1)}
	r.Gates = append([]gates.Outcome{recallGate(e, evidence.Fail, 0.258, 0.304, "0.280")}, otherGates(e, "0.902", "0.900", "0.905", "0.054")...)
	r.Gates = append(r.Gates, notApplicable())
	r.Headline = r.Gates[0].Sentence
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 1100 * time.Millisecond}
	v.Card = cards.Fill("ma-employment", censusWords, e, r, version("1"))
	v = sealed(v)
	v.Decisions = []evidence.Decision{{Target: "Production", Met: []string{"card", "artifacts", "lineage"}, Unmet: []evidence.Refusal{
		{Requirement: "gates", Reason: evidence.GateFailed, Detail: "recall across disability, sex: 0.280, at least 0.50 is required"}}}}
	return v
}

// passed is version 2, compared with nothing, in Production.
func passed(t testing.TB) View {
	e := census(t, "2")
	r := &gates.Report{Schema: gates.SchemaID, Verdict: evidence.Pass, Standing: standing(true, 2)}
	r.Gates = append(otherGates(e, "0.884", "0.882", "0.887", "0.058"), recallGate(e, evidence.Pass, 0.674, 0.716, "0.695"))
	r.Headline = "All 4 gates passed."
	words := censusWords
	words.ModelDetails.Contact = "TODO"
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 64 * time.Second,
		Notes: []string{"Kept with the version: id, label and score of 69,126 rows."}}
	v.Card = cards.Fill("ma-employment", words, e, r, version("2"))
	v = sealed(v)
	v.Decisions = []evidence.Decision{{Target: "Production", Met: []string{"gates", "card", "artifacts", "lineage"}}, {Target: "@champion", Met: []string{"gates"}}}
	return v
}

// worse is version 3, against the champion.
func worse(t testing.TB) View {
	e := census(t, "3")
	drop := gates.Outcome{Result: gate("roc-auc-versus-champion", evidence.Fail, ptr(0.0177), ptr(0.0205), []evidence.Claim{
		{Groups: map[string]string{}, Value: ptr(0.0192), Low: ptr(0.0177), High: ptr(0.0205), Support: 34492}}), Kind: "versus", Says: "roc_auc versus champion",
		Title: "ROC AUC against the champion", Metric: "roc_auc", Required: "a drop of at most 0.002", Bound: "≤ 0.002", Where: "overall", Measured: "drop 0.0192",
		Decide: gates.Proven, Level: 0.95, Sentence: "ROC AUC is 0.019 below the champion's (ma-employment/2) on the same 69,126 rows; at most 0.002 is allowed.",
		Reproduce: "gatecard gate --explain roc_auc", At: schema.Position{File: "gatecard.yaml", Line: 36, Column: 5}}
	drop.Max = ptr(0.002)
	r := &gates.Report{Schema: gates.SchemaID, Verdict: evidence.Fail, Headline: drop.Sentence, Standing: standing(false, 3)}
	r.Gates = append(append(r.Gates, drop), otherGates(e, "0.865", "0.862", "0.868", "0.067")...)
	champion := census(t, "2")
	c := evaluate.Comparison{With: "champion", Version: "ma-employment/2", Paired: true, Rows: 69126}
	for i, s := range e.Slices {
		d := evaluate.Slice{Groups: s.Groups, Rows: s.Rows, Metrics: map[string]evaluate.Figure{}}
		for name, f := range s.Metrics {
			theirs := champion.Slices[i].Metrics[name]
			if f.Value == nil || theirs.Value == nil || name == "prevalence" {
				continue
			}
			v := *f.Value - *theirs.Value
			w := 1 / math.Sqrt(float64(f.Support)+1) / 3
			d.Metrics[name] = evaluate.Figure{Value: &v, Support: f.Support, Interval: &stats.Interval{Low: v - w, High: v + w, Level: 0.95, Method: "tango"}}
		}
		c.Slices = append(c.Slices, d)
	}
	e.Comparisons = []evaluate.Comparison{c}
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 1300 * time.Millisecond}
	v.Card = cards.Fill("ma-employment", censusWords, e, r, version("3"))
	v = sealed(v)
	v.Decisions = []evidence.Decision{{Target: "Production", Met: []string{"card", "artifacts", "lineage"}, Unmet: []evidence.Refusal{
		{Requirement: "gates", Reason: evidence.GateFailed, Detail: "roc_auc versus champion: drop 0.0192, at most 0.002 is required"}}}}
	return v
}

// undecided is a sample too small to tell, with groups too small to judge, and without a version: nothing is signed.
func undecided(t testing.TB) View {
	terms := evaluate.Terms{Task: "binary", Label: "relapsed", Positive: "1", Threshold: ptr(0.5), Sampling: "stratified",
		Groups: []evaluate.Dimension{{Name: "disability", Column: "dis"}}}
	e := &evaluate.Evaluation{Schema: evaluate.SchemaID, Terms: terms, Dataset: digest("rows of a small trial"), Rows: 2604,
		Inputs: []evidence.Input{{File: evidence.File{Path: "data/trial.csv", Size: 81_000, SHA256: digest("trial")}, Role: "predictions", Rows: 2604}}, Missing: map[string]int64{"dis": 4}}
	add := func(groups evaluate.Groups, tp, fn int64) {
		e.Slices = append(e.Slices, evaluate.Slice{Groups: groups, Rows: 2 * (tp + fn), Metrics: map[string]evaluate.Figure{"recall": share(tp, tp+fn, "no row is truly positive")}})
	}
	add(evaluate.Groups{}, 1132, 170)
	add(evaluate.Groups{"disability": "none"}, 900, 100)
	add(evaluate.Groups{"disability": "mild"}, 174, 26)
	add(evaluate.Groups{"disability": "severe"}, 41, 9)
	add(evaluate.Groups{"disability": "profound"}, 15, 5)
	add(evaluate.Groups{"disability": evaluate.Missing}, 0, 0)
	o := gates.Outcome{Result: gate("recall", evidence.Inconclusive, ptr(0.686), ptr(0.921), claims(e, "recall", "disability")), Kind: "bound", Says: "recall across disability",
		Title: "Recall in every group", Metric: "recall", Across: []string{"disability"}, Required: "at least 0.80", Bound: "≥ 0.80", Where: "severe disability", Measured: "0.820",
		Decide: gates.Proven, Level: 0.95, Note: "2 groups too small to judge", Reproduce: "gatecard gate --plan --assume 0.87", At: schema.Position{File: "gatecard.yaml", Line: 12, Column: 5},
		Sentence: "Recall for severe disability is 0.820 on 50 people: too few to show that it is at least 0.80. If it is truly 0.87, 250 people would settle it."}
	o.Min = ptr(0.8)
	r := &gates.Report{Schema: gates.SchemaID, Verdict: evidence.Inconclusive, Headline: o.Sentence, Gates: []gates.Outcome{o},
		Standing: evidence.Standing{Policy: evidence.PolicyRef{Digest: digest("policy of the trial")}}}
	return View{Model: "relapse", Report: r, Card: cards.Fill("relapse", cards.Words{ModelDetails: cards.Details{Description: "describe what it does"}}, e, r, nil), Out: "gatecard-out"}
}

// views are all of them by the name of their golden files.
func views(t testing.TB) map[string]View {
	return map[string]View{"failed": failed(t), "passed": passed(t), "worse": worse(t), "undecided": undecided(t), "hostile": hostile(t), "empty": {}}
}

func names(t testing.TB) []string { return slices.Sorted(maps.Keys(views(t))) }
