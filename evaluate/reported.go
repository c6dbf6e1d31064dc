package evaluate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate/reported"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Source is where figures come from that gatecard did not compute, in the words of the file that gives them. Nothing of it was checked.
type Source struct {
	Tool    string   `json:"tool"`              // that computed them, with its version: "lm-evaluation-harness 0.4.9"
	Format  string   `json:"format"`            // of the file
	Run     string   `json:"run,omitempty"`     // the tool's id of the run
	Task    string   `json:"task,omitempty"`    // the tool's
	Model   string   `json:"model,omitempty"`   // what the tool says was evaluated
	Created string   `json:"created,omitempty"` // as the tool writes it
	Notes   []string `json:"notes,omitempty"`   // what a reader of the numbers must be told
}

// ReportedRole is the role of a file of results among the inputs.
const ReportedRole = "reported"

// reportedMethod is the method of an interval that a tool gave.
const reportedMethod = "reported"

// ResultsError is a file of results that cannot be read, or is of no run that ended well: [schema.Problems] of the file, and not of what a person
// configured.
type ResultsError struct{ err error }

func (e *ResultsError) Error() string { return e.err.Error() }
func (e *ResultsError) Unwrap() error { return e.err }

// runReported turns the results of another tool into an Evaluation: its figures as they are, without a basis, so that no limits can be had of
// them. The first slice is overall, where the file may have no number at all; every slice has every metric, undefined where the file does not
// give it. A metric that is needed and of which the file gives nothing, or nothing but several variants, is [schema.Problems].
func runReported(ctx context.Context, c Config, t Terms, n Needs) (*Evaluation, error) {
	results, file, err := c.readReported(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case t.is(Multiclass):
		perClass(results.Rows)
	case t.is(Binary):
		results.Rows = append(results.Rows, ofPositive(results.Rows, t.Positive)...)
	}
	if c.Variant != "" && !slices.ContainsFunc(results.Rows, func(r reported.Row) bool { return r.Variant == c.Variant }) {
		var known []string
		for _, r := range results.Rows {
			if r.Variant != "" && !slices.Contains(known, r.Variant) {
				known = append(known, r.Variant)
			}
		}
		return nil, problem("unknown-variant", fmt.Sprintf("%s has no variant %q (known: %s)", file.Path, c.Variant, cmp.Or(some(known), "none")), schema.Suggest(c.Variant, known))
	}
	e := &Evaluation{Schema: SchemaID, Terms: t, Dataset: file.SHA256, Inputs: []evidence.Input{{File: base(file), Role: ReportedRole}}}
	from := &Source{Tool: toolOf(results), Format: results.Format, Run: results.Origin.Run, Task: results.Origin.Task, Model: results.Origin.Model, Created: results.Origin.Created}
	for _, note := range results.Notes {
		from.Notes = append(from.Notes, note.Message)
	}
	e.Reported = from
	e.Slices = []Slice{{Groups: Groups{}, Metrics: map[string]Figure{}}}
	names := namesOf(results.Rows, c.Variant)
	keys := map[string]bool{}
	for i, row := range results.Rows {
		at := slices.IndexFunc(e.Slices, func(s Slice) bool { return maps.Equal(s.Groups, Groups(row.Groups)) })
		if at < 0 {
			at = len(e.Slices)
			e.Slices = append(e.Slices, Slice{Groups: Groups(maps.Clone(row.Groups)), Metrics: map[string]Figure{}})
		}
		key := names.keys[i]
		if _, twice := e.Slices[at].Metrics[key]; twice {
			return nil, problem("ambiguous-figure", fmt.Sprintf("%s gives %q twice for %s", file.Path, key, t.Name(row.Groups)), "")
		}
		e.Slices[at].Metrics[key], keys[key] = figureOf(row, key, from.Tool), true
	}
	if err := n.reported(file.Path, keys, names); err != nil {
		return nil, err
	}
	for _, s := range e.Slices {
		for key := range keys {
			if _, ok := s.Metrics[key]; ok {
				continue
			}
			s.Metrics[key] = Figure{Undefined: NotReported, Reported: from.Tool}
			if variants := names.variants[place{s.Groups.String(), key}]; len(variants) > 0 {
				s.Metrics[key] = Figure{Undefined: SeveralVariants + strings.Join(variants, ", "), Reported: from.Tool}
			}
		}
	}
	return e, nil
}

// SeveralVariants begins why a slice has no value of a metric that several of its rows could be.
const SeveralVariants = "reported in several variants: "

// NotReported is why a slice has no value of a metric that a file of results gives for others.
const NotReported = "not reported"

// readReported reads the file that c.Reported names.
func (c Config) readReported(ctx context.Context) (r reported.Results, file evidence.File, err error) {
	sources, err := c.Open(c.Reported)
	if err != nil {
		return r, file, err
	}
	if len(sources) != 1 {
		return r, file, problem("ambiguous-figure", fmt.Sprintf("%q is %d files, and results are read from one", c.Reported, len(sources)), "")
	}
	f, err := sources[0].Open(ctx)
	if err != nil {
		return r, file, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	file = evidence.File{Path: sources[0].Name, Size: f.Size()}
	if file.SHA256, err = digestOf(f); err != nil {
		return r, file, fmt.Errorf("read %s: %w", file.Path, err)
	}
	if r, err = reported.Read(file.Path, f, f.Size()); err != nil {
		return r, file, &ResultsError{err}
	}
	switch again, err := digestOf(f); {
	case err != nil:
		return r, file, fmt.Errorf("read %s: %w", file.Path, err)
	case again != file.SHA256:
		return r, file, &table.Error{File: file.Path, Code: "changed-file", What: "the file changed while it was being read"}
	}
	return r, file, nil
}

func digestOf(f table.File) (evidence.Digest, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, f.Size())); err != nil {
		return "", err
	}
	return evidence.Digest("sha256:" + hex.EncodeToString(h.Sum(nil))), nil
}

// toolOf names the tool with its version.
func toolOf(r reported.Results) string {
	if v := r.Origin.Version; v != "" && r.Tool != reported.Unnamed {
		return r.Tool + " " + v
	}
	return r.Tool
}

// perClass makes a row of one class, as scikit-learn's report has them, the figure of all rows that the task has: "recall@class=dog".
func perClass(rows []reported.Row) {
	for i, r := range rows {
		if class, ok := r.Groups["class"]; ok && len(r.Groups) == 1 && r.Variant == "" {
			if key, ok := ours(r.Metric); ok {
				if m, err := Lookup(key + "@" + classOf + class); err == nil {
					rows[i].Groups, rows[i].Variant = nil, strings.TrimPrefix(m.Key, m.Name+"@")
				}
			}
		}
	}
}

// ofPositive are the figures of a binary task that a report of two classes has: precision, recall and F1 of the positive class are those of all rows.
// The classes stay, as groups. Of more classes, or none of that name, there is nothing.
func ofPositive(rows []reported.Row, positive string) []reported.Row {
	var found []reported.Row
	classes := map[string]bool{}
	for _, r := range rows {
		class, ok := r.Groups["class"]
		if !ok || len(r.Groups) > 1 || r.Variant != "" {
			continue
		}
		if classes[class] = true; class == positive {
			r.Groups = nil
			found = append(found, r)
		}
	}
	if len(classes) != 2 {
		return nil
	}
	return found
}

// classOf begins the variant of a row of one class.
const classOf = "class="

// place is a metric of ours in a slice.
type place struct{ slice, metric string }

// names are what the figures of rows are called.
type names struct {
	keys     []string           // of each row
	variants map[place][]string // of a metric that nothing in a slice is called, since several rows could be
}

// namesOf gives each row the name of its figure: that of a metric of ours, where the row alone, or of its variants the chosen one, means it, else
// the tool's own. A mean over classes is the metric of that name, "f1_macro".
func namesOf(rows []reported.Row, chosen string) names {
	n := names{keys: make([]string, len(rows)), variants: map[place][]string{}}
	mean := map[place][]int{} // rows that mean a metric
	for i, r := range rows {
		n.keys[i] = own(r)
		if key, ok := meant(r); ok {
			at := place{Groups(r.Groups).String(), key}
			mean[at] = append(mean[at], i)
		}
	}
	for at, all := range mean {
		one := all
		if len(all) > 1 {
			one = slices.DeleteFunc(slices.Clone(all), func(i int) bool { return chosen == "" || rows[i].Variant != chosen })
		}
		if len(one) == 1 {
			n.keys[one[0]] = at.metric
			continue
		}
		for _, i := range all {
			n.variants[at] = append(n.variants[at], nameOf(rows[i]))
		}
	}
	return n
}

// places are those of variants, in order.
func (n names) places() []place {
	return slices.SortedFunc(maps.Keys(n.variants), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.slice, b.slice), cmp.Compare(a.metric, b.metric))
	})
}

// nameOf is the metric's name as the tool has it, with its variant.
func nameOf(r reported.Row) string {
	if r.Variant == "" {
		return r.Metric
	}
	return r.Metric + " (" + r.Variant + ")"
}

// own is a row's own name as that of a figure: never one that a gate could ask for.
func own(r reported.Row) string {
	name := nameOf(r)
	if _, err := Lookup(name); err == nil {
		return name + " (another)"
	}
	return name
}

// meant is the metric of ours that a row means. A mean over classes that has no name of ours means none: the mean is not the metric of two
// classes.
func meant(r reported.Row) (key string, ok bool) {
	key, ok = ours(r.Metric)
	if ok && strings.HasPrefix(r.Variant, classOf) {
		m, err := Lookup(key + "@" + r.Variant)
		return m.Key, err == nil
	}
	mean, is := averages()[r.Variant]
	if !is || !ok {
		return key, ok
	}
	key, ok = ours(key + "_" + mean)
	return key, ok && strings.HasSuffix(key, "_"+mean) // recall_micro is accuracy, but only where a row has one label
}

// averages are scikit-learn's means over classes, as a report writes them, and as names of metrics do.
func averages() map[string]string {
	return map[string]string{"macro avg": "macro", "weighted avg": "weighted", "micro avg": "micro", "samples avg": "samples"}
}

// ours finds the metric of ours that a tool's name means. A name with @ is none: recall@10 may be of ten results, and here it is of a score. A
// negated loss is none either.
func ours(name string) (key string, ok bool) {
	name = strings.ToLower(name)
	if name == "acc" { // lm-evaluation-harness
		name = "accuracy"
	}
	if strings.Contains(name, "@") || strings.HasPrefix(name, "neg_") {
		return "", false
	}
	m, err := Lookup(strings.ReplaceAll(name, "-", "_"))
	return m.Key, err == nil
}

// figureOf is a row as a figure. A value that the metric of ours cannot have is none of it: a percentage, most often.
func figureOf(r reported.Row, key, tool string) Figure {
	f := Figure{Value: r.Value, Undefined: r.Undefined, Support: r.N, Reported: tool, Partial: r.Partial}
	m, err := Lookup(key)
	if err == nil && f.Value != nil && !(*f.Value >= m.Range[0] && *f.Value <= m.Range[1]) {
		f.Value, f.Undefined = nil, fmt.Sprintf("reported as %v, which %s cannot be: it lies between %v and %v", *f.Value, key, m.Range[0], m.Range[1])
	}
	if f.Value == nil {
		return f
	}
	switch f.Interval = intervalOf(r); {
	case f.Interval != nil:
	case r.Low != nil || r.High != nil:
		f.Without = tool + " does not say of which level its interval is"
	default:
		f.Without = tool + " gives no interval"
	}
	return f
}

// intervalOf is the interval that the tool gave, or the value and 1.96 standard errors either way; nil where it gives neither, or an interval
// that does not say of which level it is.
func intervalOf(r reported.Row) *stats.Interval {
	switch {
	case r.Low != nil && r.High != nil && r.Level != nil:
		return &stats.Interval{Low: *r.Low, High: *r.High, Level: *r.Level, Method: reportedMethod}
	case r.SE != nil && r.Low == nil && r.High == nil:
		const z = 1.959963984540054 // the normal distribution's 0.975 quantile
		return &stats.Interval{Low: *r.Value - z**r.SE, High: *r.Value + z**r.SE, Level: Level, Method: reportedMethod}
	}
	return nil
}

// reported refuses metrics that are needed and of which the file gives nothing, or nothing but several variants.
func (n Needs) reported(file string, keys map[string]bool, given names) error {
	var all schema.Problems
	for _, name := range slices.Compact(slices.Sorted(slices.Values(n.Metrics))) {
		m, err := Lookup(name)
		if err != nil {
			return err
		}
		if keys[m.Key] {
			continue
		}
		p := schema.Problem{Code: "not-reported", Message: fmt.Sprintf("%s gives no %q, but %s", file, m.Key, some(slices.Sorted(maps.Keys(keys))))}
		for _, at := range given.places() {
			if at.metric == m.Key {
				p.Code, p.Message = "ambiguous-figure", fmt.Sprintf("%s gives %q in several variants: %s. Say which counts by `variant:` under \"data\"", file, m.Key, some(given.variants[at]))
				break
			}
		}
		all = append(all, p)
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// some are names in a message, not too many.
func some(names []string) string {
	const most = 20
	if n := len(names); n > most {
		return fmt.Sprintf("%s, and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}

// checkReported finds keys of rows beside results, which have none.
func (c Config) checkReported(d *schema.Document) error {
	var ps schema.Problems
	for _, key := range []string{"path", "id", "score", "prediction", "scores", "lower", "upper", "latency", "labels", "baseline", "compare", "keep"} {
		if d.Has("data", key) {
			ps = append(ps, schema.Problem{Position: d.KeyAt("data", key), Code: "rows-or-results",
				Message: fmt.Sprintf("%q is of rows, and \"reported\" gives results without rows: write one of the two", key)})
		}
	}
	return schema.Join(ps)
}
