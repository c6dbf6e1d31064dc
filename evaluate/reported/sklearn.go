package reported

import (
	"math"
	"slices"
)

// sklearnFormat is scikit-learn's classification_report(output_dict=True). A class becomes the group {"class": label}, an average the
// variant "macro avg". The support of a class is the rows that are truly of it: n for its recall, and for nothing else. So precision and
// f1-score have no n. The accuracy's n is the support of the averages.
var sklearnFormat = Format{
	Name:    "classification_report",
	Summary: "scikit-learn's classification_report(output_dict=True), as JSON",
	is: func(s *source) bool {
		for _, average := range []string{"macro avg", "weighted avg"} {
			if s.doc.get(average, "precision") == nil || s.doc.get(average, "support") == nil {
				return false
			}
		}
		return true
	},
	read: readSklearn,
}

func readSklearn(s *source) (Results, error) {
	f, r := faults{}, Results{Tool: "scikit-learn"}
	averages := []string{"micro avg", "macro avg", "weighted avg", "samples avg"}
	support, whole := 0.0, true
	rowsOf := func(v *value, name string) float64 {
		n := f.need(v, "support", number)
		if n == nil {
			return math.NaN()
		}
		x := f.float(n)
		if x == nil || *x < 0 || *x > maxCount {
			f.add(n, "bad-figure", "a number of rows is expected, not %s", n.shown())
			return math.NaN()
		}
		whole = whole && *x == math.Trunc(*x)
		average := slices.Contains(averages, name)
		for _, metric := range []string{"precision", "recall", "f1-score"} {
			m := f.need(v, metric, number)
			if m == nil {
				continue
			}
			row := Row{Metric: metric, Value: f.float(m)}
			if average {
				row.Variant = name
			} else {
				row.Groups = map[string]string{"class": name}
			}
			// Of averages, micro and weighted recall are shares of all supported rows; the others are means of shares.
			if metric == "recall" && (!average || name == "micro avg" || name == "weighted avg") {
				if row.N = int64(*x); *x == 0 {
					row.Value, row.Undefined = nil, "no row is truly of this class"
				}
			}
			r.Rows = append(r.Rows, row)
		}
		return *x
	}
	total := math.NaN()
	scalar := false
	for i, name := range s.doc.keys {
		v := s.doc.items[i]
		switch {
		case name == "accuracy" && v.kind == number:
			scalar = true
			r.Rows = append(r.Rows, Row{Metric: "accuracy", Value: f.float(v)})
		case v.kind != mapping:
			f.add(v, "wrong-type", "a class or an average is expected, a mapping of precision, recall, f1-score and support, not %s", v.shown())
		case slices.Contains(averages, name):
			if n := rowsOf(v, name); name == "macro avg" {
				total = n
			}
		default:
			support += rowsOf(v, name)
		}
	}
	if err := f.err(); err != nil {
		return Results{}, err
	}
	if scalar && s.doc.get("micro avg") != nil {
		f.add(s.doc.get("accuracy"), "lost-class", `"accuracy" stands beside "micro avg": it is no accuracy, but what scikit-learn left of a class of that name`)
	}
	if math.Abs(support-total) > 1e-9*total {
		f.add(s.doc, "lost-class", `the classes have a support of %v and the averages one of %v: a class is not there, as happens to one that is named "accuracy" or "macro avg"`, support, total)
	}
	if !whole { // with weights, a support is no number of rows
		r.Notes = append(r.Notes, Note{"weighted-rows", "the report is of weighted rows: its supports are sums of weights, and no n"})
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Metric == "accuracy" && len(row.Groups) == 0 {
			row.N = int64(total)
		}
		if !whole {
			row.N = 0
		}
	}
	return r, f.err()
}
