package evaluate_test

import (
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// TestLabelDelay: rows younger than the delay are left out and counted, with or without a label; one of exactly that age counts.
func TestLabelDelay(t *testing.T) {
	dates := lines("id,y,s,t", "a,1,0.9,2026-01-01", "b,0,0.1,2026-01-02", "c,1,0.2,2026-01-02T00:00:01Z", "d,,0.2,2026-02-01")
	files := memory{"p.csv": dates, "labels.csv": lines("id,y", "a,1", "b,0", "c,1")}
	for name, c := range map[string]struct {
		rows, labels, terms string
		want                string
		counted, young      int64
	}{
		"from the newest row":         {terms: "label_delay: 30d", counted: 2, young: 2},
		"exactly so old":              {terms: "label_delay: 30d\nas_of: 2026-02-01", counted: 2, young: 2},
		"a second later":              {terms: "label_delay: 30d\nas_of: 2026-02-01T00:00:01Z", counted: 3, young: 1},
		"a second before":             {terms: "label_delay: 30d\nas_of: 2026-01-31T23:59:59Z", counted: 1, young: 3},
		"with an offset":              {terms: "label_delay: 30d\nas_of: 2026-02-01T01:00:00+01:00", counted: 2, young: 2},
		"by hours":                    {terms: "label_delay: 720h", counted: 2, young: 2},
		"by weeks":                    {terms: "label_delay: 1w", counted: 3, young: 1},
		"labels in a file":            {labels: "labels.csv", terms: "label_delay: 30d", counted: 2, young: 2},
		"all are young":               {terms: "label_delay: 60d", want: "all-young: p.csv: t: all 4 rows are younger than 60d at 2026-02-01T00:00:00Z: no label is due"},
		"an old one has no label":     {terms: "label_delay: 30d\nas_of: 2026-12-01", want: "missing-values: p.csv: y: 1 of 4 rows have no value (first: 4)"},
		"which is allowed":            {terms: "label_delay: 30d\nas_of: 2026-12-01\noutcomes: {max_missing: 0.25}", counted: 3},
		"an old one has no partner":   {labels: "labels.csv", terms: "label_delay: 30d\nas_of: 2026-12-01", want: "unmatched-rows: p.csv: id: 1 of 4 rows have no row of the same id in labels.csv (first: row 4)"},
		"no such column":              {rows: lines("id,y,s", "a,1,0.9"), terms: "label_delay: 30d", want: "no-such-column: p.csv: t: no such column"},
		"a missing time":              {rows: lines("id,y,s,t", "a,1,0.9,2026-01-01", "b,1,0.9,"), terms: "label_delay: 30d", want: "missing-values: p.csv: t: 1 of 2 rows have no value (first: 2)"},
		"no time":                     {rows: lines("id,y,s,t", "a,1,0.9,2026-01-01", "b,1,0.9,tomorrow"), terms: "label_delay: 30d", want: `bad-time: p.csv: t: 1 of 2 rows have no time that can be read (first: 2): "tomorrow" is no time: write 2026-01-31, or 2026-01-31T12:00:00Z`},
		"a date without dashes":       {rows: lines("id,y,s,t", "a,1,0.9,20260101"), terms: "label_delay: 30d", want: "bad-time: p.csv: t: 1 of 1 rows have no time that can be read (first: 1): 20260101 is no time: as seconds, milliseconds, microseconds or nanoseconds since 1970 it would lie before 1973 or too far away"},
		"two units":                   {rows: lines("id,y,s,t", "a,1,0.9,1767225600", "b,0,0.9,1769904000000"), terms: "label_delay: 30d", want: "bad-time: p.csv: t: rows have times in milliseconds and in seconds: nobody can tell which is meant"},
		"seconds":                     {rows: lines("id,y,s,t", "a,1,0.9,1767225600", "b,0,0.9,1769904000"), terms: "label_delay: 30d", counted: 1, young: 1},
		"milliseconds":                {rows: lines("id,y,s,t", "a,1,0.9,1767225600000", "b,0,0.9,1769904000000"), terms: "label_delay: 30d", counted: 1, young: 1},
		"nanoseconds":                 {rows: lines("id,y,s,t", "a,1,0.9,1767225600000000", "b,0,0.9,1769904000000000"), terms: "label_delay: 30d", counted: 1, young: 1},
		"seconds, half a day short":   {rows: lines("id,y,s,t", "a,1,0.9,1767312000", "b,0,0.9,1769904000"), terms: "label_delay: 31d\nas_of: 2026-02-01T12:00:00Z", want: "all-young: p.csv: t: all 2 rows are younger than 31d at 2026-02-01T12:00:00Z: no label is due"},
		"dates with a blank for T":    {rows: lines("id,y,s,t", "a,1,0.9,2026-01-01 00:00:00", "b,0,0.9,2026-02-01 00:00:00"), terms: "label_delay: 31d", counted: 1, young: 1},
		"dates of different writings": {rows: lines("id,y,s,t", "a,1,0.9,2026-01-01", "b,0,0.9,2026-02-01T00:00:00Z"), terms: "label_delay: 31d", counted: 1, young: 1},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory{"p.csv": files["p.csv"], "labels.csv": files["labels.csv"]}
			if c.rows != "" {
				files["p.csv"] = c.rows
			}
			for _, id := range []string{"id", ""} {
				if id == "" && c.labels != "" {
					continue
				}
				e, err := awaiting(t, files, evaluate.Config{ID: id, Labels: c.labels}, terms(t, deployed+"time: t\n"+c.terms+"\n"), "accuracy")
				if c.want != "" {
					if err == nil || coded(err) != c.want {
						t.Fatalf("%v, want %s", err, c.want)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				young := int64(0)
				if e.LeftOut != nil {
					young = e.LeftOut.Young
				}
				if e.Rows != c.counted || young != c.young || e.Overall().Rows != c.counted {
					t.Errorf("%d rows and %d young ones, want %d and %d", e.Rows, young, c.counted, c.young)
				}
				if said := strings.Join(e.Awaited(), " "); (young > 0) != strings.Contains(said, "younger than") {
					t.Errorf("it says %q", said)
				}
			}
		})
	}
}

// TestLabelDelayOfOtherTasks: a young row's truth may be missing, whatever the task.
func TestLabelDelayOfOtherTasks(t *testing.T) {
	regression := memory{"p.csv": lines("id,y,s,t", "a,3,2.5,2026-01-01", "b,4,5,2026-01-01", "c,,5,2026-03-01")}
	e, err := awaiting(t, regression, evaluate.Config{ID: "id"}, terms(t, "task: regression\nlabel: y\nlabel_delay: 30d\ntime: t\n"), "mean_absolute_error")
	if err != nil || e.Rows != 2 || e.LeftOut.Young != 1 || *e.Overall().Metrics["mean_absolute_error"].Value != 0.75 {
		t.Errorf("%v: %+v", err, e)
	}
	multiclass := memory{"p.csv": lines("id,y,p,t", "a,u,u,2026-01-01", "b,v,u,2026-01-01", "c,,w,2026-03-01", "d,w,w,2026-01-01")}
	config := evaluate.Config{Path: "p.csv", Prediction: "p", Open: multiclass.all}
	e, err = evaluate.Run(t.Context(), config, terms(t, "task: multiclass\nlabel: y\nlabel_delay: 30d\ntime: t\n"), evaluate.Needs{Metrics: []string{"accuracy"}}, evaluate.Against{})
	if err != nil || e.Rows != 3 || e.LeftOut.Young != 1 || *e.Overall().Metrics["accuracy"].Value != 2./3 {
		t.Errorf("%v: %+v", err, e)
	}
}
