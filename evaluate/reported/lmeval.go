package reported

import (
	"fmt"
	"strings"
)

// lmEvalFormat is results_DATE.json of EleutherAI's lm-evaluation-harness. A task becomes {"task": name}, a group of tasks {"group": name}.
// A metric's key is "acc,none": its name, and a filter, which becomes the variant unless it is "none". A standard error stands beside as
// "acc_stderr,none", or "N/A". n is the number of samples.
var lmEvalFormat = Format{
	Name:    "lm-evaluation-harness",
	Summary: "lm-evaluation-harness's results_DATE.json",
	is: func(s *source) bool {
		if !s.doc.get("results").is(mapping) {
			return false
		}
		for _, key := range []string{"configs", "versions", "lm_eval_version", "n-shot", "git_hash"} {
			if s.doc.get(key) != nil {
				return true
			}
		}
		return false
	},
	read: readLMEval,
}

// filterNone is the filter that is none.
const filterNone = "none"

func readLMEval(s *source) (Results, error) {
	f := faults{}
	r := Results{Tool: "lm-evaluation-harness", Origin: Origin{
		Version: s.doc.get("lm_eval_version").str(),
		Model:   s.doc.get("config", "model").str(),
		Created: s.doc.get("date").scalar(),
	}}
	if name := s.doc.get("model_name").str(); name != "" {
		r.Origin.Model = name
	}
	groups := s.doc.get("groups")
	some := f.someLimited(s.doc)
	for _, part := range []*value{s.doc.get("results"), groups} {
		if !part.given() {
			continue
		}
		if part.kind != mapping {
			f.add(part, "wrong-type", "a mapping of tasks is expected, not %s", part.shown())
			continue
		}
		for i, task := range part.keys {
			results := part.items[i]
			group := groups.get(task) != nil
			if part == groups && s.doc.get("results", task) != nil {
				continue // results has the groups too, in all but old files
			}
			if results.kind != mapping {
				f.add(results, "wrong-type", "a mapping of metrics is expected, not %s", results.shown())
				continue
			}
			f.task(&r, s.doc, task, group, some, results)
		}
	}
	return r, f.err()
}

// task reads the metrics of one task or group.
func (f *faults) task(r *Results, doc *value, task string, group, some bool, results *value) {
	dimension := "task"
	if group {
		dimension = "group"
	}
	n := f.count(results.get("sample_len"))
	if effective := doc.get("n-samples", task, "effective"); effective.given() {
		n = f.count(effective)
	}
	partial := f.limited(doc, task, group, some)
	for i, key := range results.keys {
		v := results.items[i]
		metric, filter := key, ""
		if at := strings.LastIndexByte(key, ','); at > 0 {
			metric, filter = key[:at], key[at+1:]
		}
		if filter == filterNone {
			filter = ""
		}
		switch {
		case filter == "" && metric == key && v.kind != number, key == "sample_len": // alias, name, sample_count
			continue
		case strings.HasSuffix(metric, "_stderr") && results.get(strings.Replace(key, metric, strings.TrimSuffix(metric, "_stderr"), 1)) != nil:
			continue // it is taken with its metric
		case metric == "":
			f.add(v, "wrong-value", "a metric has no name")
			continue
		}
		row := Row{Metric: metric, Variant: filter, Groups: map[string]string{dimension: task}, N: n, Partial: partial}
		if own := results.get("sample_count", key); own.given() {
			row.N = f.count(own)
		}
		if v.str() == notAvailable || v.kind == null {
			row.Undefined = "lm-evaluation-harness gives " + notAvailable
		} else {
			row.Value = f.float(v)
		}
		if se := results.get(strings.Replace(key, metric, metric+"_stderr", 1)); se.given() && se.str() != notAvailable {
			row.SE = f.float(se)
		}
		r.Rows = append(r.Rows, row)
	}
}

// notAvailable is how the harness writes that it gives none.
const notAvailable = "N/A"

// someLimited says whether a task was run on some of its samples.
func (f *faults) someLimited(doc *value) bool {
	for _, v := range items(doc.get("n-samples")) {
		if f.count(v.get("effective")) < f.count(v.get("original")) {
			return true
		}
	}
	return false
}

// limited says why a task's figures are not of all its samples, or not known to be. A group is as the tasks of its file are.
func (f *faults) limited(doc *value, task string, group, some bool) string {
	limit, original := doc.get("config", "limit"), doc.get("n-samples", task, "original")
	switch {
	case limit.given():
		return fmt.Sprintf("made with limit: %s, so on some of the samples only", clipped(limit.scalar()))
	case group && some:
		return "a task of the file was run on some of its samples only"
	case group && doc.get("n-samples").given():
		return ""
	case original.given():
		if n, of := f.count(doc.get("n-samples", task, "effective")), f.count(original); n < of {
			return fmt.Sprintf("run on %d of %d samples", n, of)
		}
		return ""
	case limit == nil:
		return "the file does not say whether all samples were run"
	}
	return ""
}

// items are a mapping's or list's; none where it is not there.
func items(v *value) []*value {
	if v == nil {
		return nil
	}
	return v.items
}
