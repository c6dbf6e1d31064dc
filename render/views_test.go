package render

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
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
// predictions-2016-v*.parquet), calibration, thresholds and disparities those of an evaluation of them (testdata/curves.json); reports, digests and keys are made up here.

func ptr[T any](v T) *T { return &v }

func digest(s string) evidence.Digest { return evidence.DigestOf([]byte(s)) }

func censusTerms() evaluate.Terms {
	return evaluate.Terms{
		Task: "binary", Label: "employed", Positive: "1", Threshold: ptr(0.5), Sampling: "deployment",
		Groups: []evaluate.Dimension{
			{Name: "sex", Column: "SEX", Values: map[string]string{"1": "men", "2": "women"}},
			{Name: "disability", Column: "DIS", Values: map[string]string{"1": "people with a disability", "2": "people without a disability"}},
			{Name: "race", Column: "RAC1P", Values: map[string]string{
				"1": "white", "2": "black", "3": "American Indian", "4": "Alaska Native", "5": "tribe not given", "6": "Asian",
				"7": "Hawaiian or Pacific", "8": "other race", "9": "two or more races"}},
			{Name: "age", Column: "AGEP", Bins: []float64{25, 40, 65}},
			{Name: "sex * disability", Cross: []string{"sex", "disability"}},
		},
	}
}

// figure is a metric from its basis, as evaluate makes one.
func figure(value float64, support int64, b stats.Basis) evaluate.Figure {
	f := evaluate.Figure{Value: &value, Support: support, Basis: b, Interval: stats.Describe(b, evaluate.Level)}
	if f.Interval == nil {
		f.Without = "too few rows for an interval"
	}
	return f
}

func share(k, n int64, why string) evaluate.Figure {
	if n == 0 {
		return evaluate.Figure{Undefined: why}
	}
	return figure(float64(k)/float64(n), n, stats.Proportion(float64(k), float64(n)))
}

// points are a version's ROC curve, at 41 thresholds.
func points(t testing.TB, version string) (list [][]float64) {
	for _, l := range csvRows(t, "testdata/roc.csv") {
		if l[0] == version {
			x, _ := strconv.ParseFloat(l[1], 64)
			y, _ := strconv.ParseFloat(l[2], 64)
			list = append(list, []float64{x, y})
		}
	}
	return list
}

// csvRows reads a CSV file without its head.
func csvRows(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines[1:]
}

// census is the evaluation of a version, from testdata/census.csv.
func census(t testing.TB, version string) *evaluate.Evaluation {
	t.Helper()
	e := &evaluate.Evaluation{
		Schema: evaluate.SchemaID, Terms: censusTerms(), Dataset: digest("rows of 2016"), Countable: true,
		Inputs: []evidence.Input{
			{File: evidence.File{Path: "predictions-2016-v" + version + ".parquet", Size: 901_233, SHA256: digest("p" + version)}, Role: "predictions", Rows: 69126},
			{File: evidence.File{Path: "predictions-2015-v" + version + ".parquet", Size: 896_120, SHA256: digest("b" + version)}, Role: "baseline", Rows: 68785},
		},
	}
	for _, l := range csvRows(t, "testdata/census.csv") {
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
				logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
				auc = figure(v, auc.Support, stats.AUC(v, (logit(high)-logit(low))/2/1.96*v*(1-v), c.FP+c.TN, c.TP+c.FN))
			}
		}
		f1 := share(2*c.TP, 2*c.TP+c.FP+c.FN, "nothing is positive")
		if f1.Value != nil {
			f1 = figure(*f1.Value, c.TP+c.FP+c.FN, stats.F1(float64(c.TP), float64(c.FP), float64(c.FN)))
		}
		e.Slices = append(e.Slices, evaluate.Slice{Groups: groups, Rows: rows, Counts: &c, Metrics: map[string]evaluate.Figure{
			"roc_auc": auc, "recall": share(c.TP, c.TP+c.FN, "no row is truly positive"), "precision": share(c.TP, c.TP+c.FP, "no row is predicted positive"),
			"false_positive_rate": share(c.FP, c.FP+c.TN, "no row is truly negative"), "accuracy": share(c.TP+c.TN, rows, "no rows"), "f1": f1,
			"prevalence": share(c.TP+c.FN, rows, "no rows"),
		}})
		if len(groups) == 0 {
			e.Rows = rows
		}
	}
	e.Drift = []evaluate.Shift{{Column: "score", Distance: "psi", Baseline: "predictions-2015-v" + version + ".parquet", Figure: figure(0.0009, 69126,
		stats.Basis{Method: "psi", Estimate: 0.0008, SE: 0.00015})}}
	var more map[string]struct {
		Curves   []evaluate.Curve
		Fairness []evaluate.Disparity
	}
	b, err := os.ReadFile("testdata/curves.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &more); err != nil {
		t.Fatal(err)
	}
	e.Curves = append([]evaluate.Curve{{Name: "roc", Groups: evaluate.Groups{}, Points: points(t, version)}}, more[version].Curves...)
	e.Fairness = more[version].Fairness
	return e
}

// claims of a metric along dimensions, worst (lowest) first, with the limits that package gates would give a bound.
func claims(e *evaluate.Evaluation, metric string, dimensions ...string) []evidence.Claim {
	var found []evaluate.Slice
	if len(dimensions) == 0 {
		found = e.Slices[:1]
	}
	for _, d := range dimensions {
		along, err := e.Along(d)
		if err != nil {
			panic(err)
		}
		found = append(found, along...)
	}
	var list []evidence.Claim
	for _, s := range found {
		f := s.Metrics[metric]
		c := evidence.Claim{Groups: s.Groups, Value: f.Value, Support: f.Support}
		if f.Support < 30 {
			c.Small, c.Unjudged = true, fmt.Sprintf("%d truly positive rows, under min_support 30", f.Support)
		} else {
			c.Low, c.High = ptr(f.Basis.Low(0.025)), ptr(f.Basis.High(0.025/float64(len(found))))
		}
		list = append(list, c)
	}
	rank := func(c evidence.Claim) float64 {
		if c.Unjudged != "" {
			return 2
		}
		return *c.Value
	}
	slices.SortStableFunc(list, func(a, b evidence.Claim) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// outcome fills what follows from the claims: the worst one's figure, and the gate's interval.
func outcome(o gates.Outcome, lower, upper *float64, line int, list []evidence.Claim) gates.Outcome {
	o.Min, o.Max, o.Claims, o.Level = lower, upper, list, 0.95
	o.MinSupport = 30
	o.At = schema.Position{File: "gatecard.yaml", Line: line, Column: 5}
	o.Reproduce = "gatecard gate --explain " + o.Gate
	if o.Decide == "" {
		o.Decide = gates.Proven
	}
	if len(list) == 0 {
		return o
	}
	o.Value = list[0].Value
	o.Measured = evaluate.Number(*o.Value)
	for _, c := range list {
		if c.Unjudged != "" {
			continue
		}
		if o.Low == nil {
			o.Low, o.High = c.Low, c.High
		}
		if lower != nil {
			o.Low, o.High = ptr(min(*o.Low, *c.Low)), ptr(min(*o.High, *c.High))
		} else {
			o.Low, o.High = ptr(max(*o.Low, *c.Low)), ptr(max(*o.High, *c.High))
		}
	}
	return o
}

func recallGate(e *evaluate.Evaluation, v evidence.Verdict) gates.Outcome {
	o := outcome(gates.Outcome{Result: evidence.Result{Gate: "recall-across-disability-sex", Verdict: v}, Kind: "bound", Says: "recall across disability, sex",
		Title: "Recall in every group", Metric: "recall", Across: []string{"disability", "sex"}, Required: "at least 0.50", Bound: "≥ 0.50",
		Where: "people with a disability", Because: "A tool that offers jobs must find the people who work.",
	}, ptr(0.5), nil, 31, claims(e, "recall", "disability", "sex"))
	o.Sentence = "Recall for people with a disability is " + o.Measured + "; at least 0.50 is required in every group."
	return o
}

func otherGates(e *evaluate.Evaluation) []gates.Outcome {
	auc := outcome(gates.Outcome{Result: evidence.Result{Gate: "roc-auc", Verdict: evidence.Pass}, Kind: "bound", Says: "roc_auc", Title: "ROC AUC",
		Metric: "roc_auc", Required: "at least 0.86", Bound: "≥ 0.86", Where: "overall"}, ptr(0.86), nil, 33, claims(e, "roc_auc"))
	sexes, err := e.Along("sex")
	if err != nil {
		panic(err)
	}
	men, women := sexes[0], sexes[1]
	gap := func(x, y evaluate.Slice) evidence.Claim {
		f, g := x.Metrics["false_positive_rate"], y.Metrics["false_positive_rate"]
		b := stats.Difference(f.Basis, g.Basis)
		return evidence.Claim{Groups: x.Groups, Against: y.Groups, Value: ptr(*f.Value - *g.Value), Low: ptr(max(0, b.Low(0.0125))), High: ptr(max(0, b.High(0.025))),
			Support: min(f.Support, g.Support)}
	}
	fpr := outcome(gates.Outcome{Result: evidence.Result{Gate: "false-positive-rate-gap-by-sex", Verdict: evidence.Pass}, Kind: "gap",
		Says: "false_positive_rate, gap by sex", Title: "False positive rate, any two groups by sex", Metric: "false_positive_rate", Across: []string{"sex"},
		Required: "at most 0.10", Bound: "≤ 0.10", Where: "women − men"}, nil, ptr(0.10), 34, []evidence.Claim{gap(women, men), gap(men, women)})
	shift := e.Drift[0].Figure
	psi := outcome(gates.Outcome{Result: evidence.Result{Gate: "psi-of-score", Verdict: evidence.Pass}, Kind: "drift", Says: "psi of score", Title: "PSI of score",
		Required: "at most 0.10", Bound: "≤ 0.10", Where: "score", Decide: gates.UnlessDisproven}, nil, ptr(0.10), 35,
		[]evidence.Claim{{Groups: map[string]string{}, Column: "score", Value: shift.Value, Low: &shift.Interval.Low, High: &shift.Interval.High, Support: 69126}})
	return []gates.Outcome{auc, fpr, psi}
}

// versusGate compares with the champion; without a drop there never was one.
func versusGate(drop *evaluate.Figure) gates.Outcome {
	o := gates.Outcome{Result: evidence.Result{Gate: "roc-auc-versus-champion", Verdict: evidence.NotApplicable}, Kind: "versus", Says: "roc_auc versus champion",
		Title: "ROC AUC against the champion", Metric: "roc_auc", Required: "drop at most 0.002", Bound: "≤ 0.002", Note: "no champion was ever set",
		Sentence: "ROC AUC against the champion: not applicable, since no champion was ever set."}
	if drop == nil {
		return outcome(o, nil, ptr(0.002), 36, nil)
	}
	o.Verdict, o.Note, o.Where = evidence.Fail, "", "overall"
	o = outcome(o, nil, ptr(0.002), 36, []evidence.Claim{{Groups: map[string]string{}, Value: ptr(-*drop.Value), Low: ptr(-drop.Basis.High(0.025)), High: ptr(-drop.Basis.Low(0.025)),
		Support: drop.Support}})
	o.Sentence = "ROC AUC is " + o.Measured + " below the champion's (ma-employment/2) on the same 69,126 rows; a drop of at most 0.002 is allowed."
	return o
}

// judged is a report as package gates makes one.
func judged(s evidence.Standing, headline string, outcomes ...gates.Outcome) *gates.Report {
	r := &gates.Report{Schema: gates.SchemaID, Verdict: outcomes[0].Verdict, Headline: headline, Standing: s, Gates: outcomes,
		Notes: []string{"rows are taken as independent"}}
	if headline == "" {
		r.Headline = outcomes[0].Sentence
	}
	if s.Look > 1 {
		r.Notes = append(r.Notes, fmt.Sprintf("this is candidate number %d judged on these rows", s.Look))
	}
	return r
}

func censusWords() cards.Words {
	return cards.Words{
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

// asked are the requirements that each target has.
func asked() []string {
	return []string{"evidence", "version", "bytes", "policy", "validity", "champion"}
}

// failed is pages.md's first page: version 1 is refused.
func failed(t testing.TB) View {
	e := census(t, "1")
	outcomes := append([]gates.Outcome{recallGate(e, evidence.Fail), versusGate(nil)}, otherGates(e)...)
	r := judged(standing(true, 1), "", outcomes...)
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 1100 * time.Millisecond}
	v.Card = cards.Fill("ma-employment", censusWords(), e, r, version("1"))
	v = sealed(v)
	unmet := []evidence.Refusal{{Requirement: "gates", Reason: evidence.GateFailed, Detail: "recall across disability, sex: 0.280, at least 0.50 is required"},
		{Requirement: "gates", Reason: evidence.VerdictRefused, Detail: `the evidence's own verdict is "fail"`}}
	v.Decisions = []evidence.Decision{{Target: "Production", Met: append(asked(), "card", "artifacts", "lineage"), Unmet: unmet}, {Target: "@champion", Met: asked(), Unmet: unmet}}
	return v
}

// passed is version 2, with nothing to compare, in Production.
func passed(t testing.TB) View {
	e := census(t, "2")
	r := judged(standing(true, 2), "All 4 gates pass.", append(otherGates(e), recallGate(e, evidence.Pass))...)
	words := censusWords()
	words.ModelDetails.Contact = "TODO"
	words.EthicalConsiderations = nil
	words.Metrics = cards.Typed{Overall: map[string]float64{"roc_auc": 0.91, "precision_at_0.5": 0.78, "uplift": 1.2},
		PerGroup: map[string]map[string]map[string]float64{"sex": {"women": {"recall": 0.87}}}}
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 64 * time.Second,
		Notes: []string{"Kept with the version: id, label and score of 69,126 rows."}}
	v.Card = cards.Fill("ma-employment", words, e, r, version("2"))
	v = sealed(v)
	v.Decisions = []evidence.Decision{{Target: "Production", Met: append(asked(), "gates", "card", "artifacts", "lineage")}, {Target: "@champion", Met: append(asked(), "gates")}}
	return v
}

// worse is version 3, against the champion.
func worse(t testing.TB) View {
	e, champion := census(t, "3"), census(t, "2")
	c := evaluate.Comparison{With: "champion", Version: "ma-employment/2", Paired: true, Rows: 69126, Unmatched: 1203, LeftOut: 12}
	for i, s := range e.Slices {
		d := evaluate.Slice{Groups: s.Groups, Rows: s.Rows, Metrics: map[string]evaluate.Figure{}}
		for name, f := range s.Metrics {
			theirs := champion.Slices[i].Metrics[name]
			if f.Value == nil || theirs.Value == nil {
				continue
			}
			b := stats.Influence(*f.Value-*theirs.Value, 1/math.Sqrt(float64(f.Support)+1)/6, f.Support)
			if name == "roc_auc" && i == 0 {
				b = stats.PairedAUC(*f.Value, *theirs.Value, 0.0007, 34492, 34634)
			}
			d.Metrics[name] = figure(*f.Value-*theirs.Value, f.Support, b)
		}
		c.Slices = append(c.Slices, d)
	}
	e.Comparisons = []evaluate.Comparison{c}
	drop := c.Slices[0].Metrics["roc_auc"]
	r := judged(standing(false, 3), "", append([]gates.Outcome{versusGate(&drop)}, otherGates(e)...)...)
	v := View{Model: "ma-employment", Report: r, Registered: true, Out: "gatecard-out", Took: 1300 * time.Millisecond}
	v.Card = cards.Fill("ma-employment", censusWords(), e, r, version("3"))
	v = sealed(v)
	v.Decisions = []evidence.Decision{{Target: "Production", Met: []string{"card", "artifacts", "lineage"}, Unmet: []evidence.Refusal{
		{Requirement: "gates", Reason: evidence.GateFailed, Detail: "roc_auc versus champion: 0.0192, at most 0.002 is required"}}}}
	return v
}

// undecided is a sample too small to tell, with groups too small to judge, and without a version: nothing is signed.
func undecided(t testing.TB) View {
	terms := evaluate.Terms{Task: "binary", Label: "relapsed", Positive: "1", Threshold: ptr(0.5), Sampling: "stratified",
		Groups: []evaluate.Dimension{{Name: "disability", Column: "dis"}}}
	e := &evaluate.Evaluation{Schema: evaluate.SchemaID, Terms: terms, Dataset: digest("rows of a small trial"), Rows: 2604,
		Inputs:  []evidence.Input{{File: evidence.File{Path: "data/trial.csv", Size: 81_000, SHA256: digest("trial")}, Role: "predictions", Rows: 2604}},
		Missing: map[string]int64{"dis": 4}}
	add := func(groups evaluate.Groups, tp, fn int64) {
		e.Slices = append(e.Slices, evaluate.Slice{Groups: groups, Rows: 2 * (tp + fn), Metrics: map[string]evaluate.Figure{"recall": share(tp, tp+fn, "no row is truly positive")}})
	}
	add(evaluate.Groups{}, 1132, 170)
	add(evaluate.Groups{"disability": "none"}, 900, 100)
	add(evaluate.Groups{"disability": "mild"}, 174, 26)
	add(evaluate.Groups{"disability": "severe"}, 41, 9)
	add(evaluate.Groups{"disability": "profound"}, 15, 5)
	add(evaluate.Groups{"disability": evaluate.Missing}, 0, 0)
	o := outcome(gates.Outcome{Result: evidence.Result{Gate: "recall-across-disability", Verdict: evidence.Inconclusive}, Kind: "bound", Says: "recall across disability",
		Title: "Recall in every group", Metric: "recall", Across: []string{"disability"}, Required: "at least 0.80", Bound: "≥ 0.80", Where: "disability severe",
		Note: "2 groups too small to judge; too few rows to settle it"}, ptr(0.80), nil, 12, claims(e, "recall", "disability"))
	o.Sentence = "Recall in every group for disability severe is 0.820 on 50 rows: too few to show that it is at least 0.80."
	r := judged(evidence.Standing{Policy: evidence.PolicyRef{Digest: digest("policy of the trial")}}, "", o)
	return View{Model: "relapse", Report: r, Card: cards.Fill("relapse", cards.Words{ModelDetails: cards.Details{Description: "describe what it does"}}, e, r, nil), Out: "gatecard-out"}
}

// tasks are evaluations of small tables of the tasks that are not binary, with their reports: testdata/tasks.json, made by tasks.py beside it.
func tasks(t testing.TB) map[string]View {
	b, err := os.ReadFile("testdata/tasks.json")
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]struct {
		Evaluation *evaluate.Evaluation
		Report     *gates.Report
	}
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	all := map[string]View{}
	for name, of := range read {
		model := map[string]string{"regression": "house-prices", "multiclass": "mail-topics", "scores": "shortlist"}[name]
		all[name] = View{Model: model, Report: of.Report, Out: "gatecard-out", Card: cards.Fill(model, cards.Words{ModelDetails: cards.Details{Type: name}}, of.Evaluation, of.Report, nil)}
	}
	if len(all) != 3 {
		t.Fatalf("%d tasks", len(all))
	}
	return all
}

// views are all of them by the name of their golden files.
func views(t testing.TB) map[string]View {
	all := map[string]View{"failed": failed(t), "passed": passed(t), "worse": worse(t), "undecided": undecided(t), "hostile": hostile(t), "reported": reported(t), "empty": {}}
	maps.Copy(all, tasks(t))
	return all
}

func names(t testing.TB) []string { return slices.Sorted(maps.Keys(views(t))) }

func undecidedCard(t testing.TB) *cards.Card {
	c := undecided(t).Card
	c.Report = nil
	return c
}
