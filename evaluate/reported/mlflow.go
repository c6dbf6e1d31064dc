package reported

import (
	"fmt"
	"math"
	"strconv"
)

const mlflowTool = "mlflow"

// mlflowFormat is a run of MLflow as its REST API gives it (runs/get), as run.to_dictionary() gives it, or a history of metrics
// (metrics/get-history). Metrics bear names that whoever logged them chose; there is no n, no error and no group.
var mlflowFormat = Format{
	Name:    "MLflow run",
	Summary: "a run or a metric's history as MLflow's REST API or run.to_dictionary() gives them",
	is: func(s *source) bool {
		switch {
		case s.doc.is(list):
			return len(s.doc.items) > 0 && s.doc.items[0].get("key") != nil
		case s.doc.get("run").is(mapping):
			return s.doc.get("run", "data").is(mapping)
		case s.doc.get("info").is(mapping):
			return s.doc.get("data").is(mapping)
		}
		return s.doc.get("metrics").is(list)
	},
	read: readMLflow,
}

// flatFormat is {"accuracy": 0.9}: what mlflow.evaluate writes as metrics.json, and many a script.
var flatFormat = Format{
	Name:    "flat JSON",
	Summary: `a JSON mapping of metrics to numbers, {"accuracy": 0.9}`,
	is: func(s *source) bool {
		if !s.doc.is(mapping) || len(s.doc.items) == 0 {
			return false
		}
		for _, item := range s.doc.items {
			if item.kind != number && item.kind != null {
				return false
			}
		}
		return true
	},
	read: func(s *source) (Results, error) {
		f := faults{}
		r := Results{Tool: Unnamed, Notes: []Note{{"unnamed-tool", "the file names no tool and no run: who computed its numbers, and on which rows, is not known"}}}
		r.Rows = f.logged(s.doc)
		return r, f.err()
	},
}

func readMLflow(s *source) (Results, error) {
	f, run := faults{}, s.doc
	if inner := run.get("run"); inner != nil {
		run = inner
	}
	r := Results{Tool: mlflowTool}
	if info := run.get("info"); info != nil || run.get("data") != nil {
		r.Origin = Origin{Run: info.get("run_id").str(), Task: info.get("run_name").str()}
		// What a run logged before it failed may be of half its work.
		if status := info.get("status"); status == nil || status.str() != "FINISHED" {
			around := info
			if around == nil {
				around = run
			}
			return Results{}, f.unfinished(around, status, "FINISHED")
		}
		if stage := info.get("lifecycle_stage"); stage.given() && stage.str() != "active" {
			return Results{}, f.unfinished(info, stage, "active")
		}
		metrics := run.get("data", "metrics")
		switch {
		case metrics == nil: // the API leaves empty lists out
		case metrics.kind == mapping:
			r.Rows = f.logged(metrics)
		default:
			r.Rows, _ = f.history(metrics)
		}
		return r, f.err()
	}
	metrics := run
	if run.kind == mapping {
		metrics = run.get("metrics")
		if next := run.get("next_page_token"); next.given() && next.str() != "" {
			f.add(next, "more-pages", "this is one page of the history: the last values are on a later one")
			return Results{}, f.err()
		}
	}
	if r.Rows, r.Notes = f.history(metrics); metrics.kind == list && len(metrics.items) > 0 {
		r.Origin.Run = metrics.items[0].get("run_id").str()
	}
	r.Notes = append(r.Notes, Note{"unnamed-run", "the file has a metric's history and not its run: whether the run ended well is not known"})
	return r, f.err()
}

// unfinished is the error of a run whose state is not the one that is wanted.
func (f *faults) unfinished(around, state *value, want string) error {
	if state == nil {
		f.add(around, "unfinished-run", "the file does not say that the run is %s", want)
	} else {
		f.add(state, "unfinished-run", "the run is %s, not %s: its numbers may be of half its work", clipped(state.scalar()), want)
	}
	return f.err()
}

// logged reads a mapping of metrics to numbers.
func (f *faults) logged(m *value) []Row {
	var rows []Row
	for i, key := range m.keys {
		if key == "" {
			f.add(m.items[i], "wrong-value", "a metric has no name")
			continue
		}
		row := Row{Metric: key}
		f.metric(&row, m.items[i])
		rows = append(rows, row)
	}
	return rows
}

// metric sets a row's value. Protobuf's JSON writes NaN as text; MLflow's store keeps an infinity as the largest float64.
func (f *faults) metric(row *Row, v *value) {
	switch s := v.str(); {
	case v.kind == null:
		row.Undefined = "null was logged"
	case s == "NaN" || s == "Infinity" || s == "-Infinity":
		row.Undefined = s + " was logged"
	default:
		row.Value = f.float(v)
		if row.Value != nil && math.Abs(*row.Value) == math.MaxFloat64 {
			row.Value, row.Undefined = nil, "an infinity was logged"
		}
	}
}

// history reads a list of logged values. Of several of one metric it takes that which MLflow calls the latest: of the greatest step, then
// time, then value.
func (f *faults) history(metrics *value) ([]Row, []Note) {
	if !metrics.is(list) {
		f.add(metrics, "wrong-type", "a list of metrics is expected, not %s", metrics.shown())
		return nil, nil
	}
	type entry struct {
		at     int
		last   [2]int64
		logged int
	}
	var rows []Row
	latest := map[string]*entry{}
	var order []string
	for _, item := range metrics.items {
		key := f.need(item, "key", text)
		logged := item.get("value")
		if key == nil || logged == nil || key.text == "" {
			f.add(item, "missing-key", "a metric has a key and a value")
			continue
		}
		row := Row{Metric: key.text}
		f.metric(&row, logged)
		now := [2]int64{f.integer(item.get("step")), f.integer(item.get("timestamp"))}
		e, ok := latest[key.text]
		if !ok {
			latest[key.text] = &entry{at: len(rows), last: now, logged: 1}
			rows, order = append(rows, row), append(order, key.text)
			continue
		}
		e.logged++
		if after(now, e.last) || now == e.last && above(row, rows[e.at]) {
			rows[e.at], e.last = row, now
		}
	}
	var notes []Note
	for _, key := range order {
		if e := latest[key]; e.logged > 1 {
			notes = append(notes, Note{"last-of-history", fmt.Sprintf("%s was logged %d times: its value is that of the last step, %d", key, e.logged, e.last[0])})
		}
	}
	return rows, notes
}

func after(a, b [2]int64) bool { return a[0] > b[0] || a[0] == b[0] && a[1] > b[1] }

func above(a, b Row) bool { return b.Value == nil || a.Value != nil && *a.Value > *b.Value }

// integer is a whole number, which protobuf's JSON may write as text; nothing is 0.
func (f *faults) integer(v *value) int64 {
	if !v.given() {
		return 0
	}
	i, err := strconv.ParseInt(v.scalar(), 10, 64)
	if err != nil {
		f.add(v, "wrong-type", "a whole number is expected, not %s", v.shown())
	}
	return i
}
