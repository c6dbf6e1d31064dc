package evaluate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

const inGroups = plain + `sampling: deployment
groups:
  - {column: sex, values: {"1": men, "2": women, "3": women}}
  - {name: age, column: years, bins: [30, 50]}
  - {column: region}
  - sex * age
`

// inRegions asks for every distance that has a column, in the groups of some dimensions.
func inRegions(t testing.TB, dimensions ...string) evaluate.Needs {
	n := evaluate.Needs{Metrics: []string{"recall"}, Drift: map[string][]string{}, Terms: terms(t, inGroups)}
	for _, d := range drift.Distances() {
		columns := []string{"score", "word"}
		switch d.Name {
		case "prevalence":
			columns = []string{"y"}
		case "ks", "wasserstein", "wasserstein_normalized":
			columns = []string{"score"}
		}
		n.Drift[d.Name] = columns
		for _, column := range columns {
			for _, dimension := range dimensions {
				n.Across = append(n.Across, evaluate.Across{Distance: d.Name, Column: column, Dimension: dimension})
			}
		}
	}
	return n
}

type person struct {
	sex, region, word string
	years, y          int
	score             float64
}

func (p person) line() string {
	return fmt.Sprintf("%s,%d,%s,%d,%v,%s", p.sex, p.years, p.region, p.y, p.score, p.word)
}

func people(r *rand.Rand, rows int, moved float64) []person {
	all := make([]person, rows)
	for i := range all {
		p := person{sex: []string{"1", "2", "3", ""}[min(r.IntN(9)/2, 3)], region: []string{"north", "south", "west"}[r.IntN(3)], word: []string{"a", "b", ""}[r.IntN(3)], years: 20 + r.IntN(50), y: r.IntN(2)}
		if p.score = r.Float64(); p.region == "west" {
			p.score = moved*r.Float64() + (1-moved)*p.score*p.score
		}
		all[i] = p
	}
	return all
}

func file(of []person) string {
	out := []string{"sex,years,region,y,score,word"}
	for _, p := range of {
		out = append(out, p.line())
	}
	return lines(out...)
}

// of says whether somebody is of a group, apart from how gatecard finds it.
func (p person) of(g evaluate.Groups) bool {
	age := ">=50"
	switch {
	case p.years < 30:
		age = "<30"
	case p.years < 50:
		age = "30-50"
	}
	is := evaluate.Groups{"sex": map[string]string{"1": "men", "2": "women", "3": "women", "": evaluate.Missing}[p.sex], "age": age, "region": p.region}
	for name, word := range g {
		if is[name] != word {
			return false
		}
	}
	return true
}

// TestDriftInGroups: the drift of a group is, by every bit, that of files with its rows alone: of values, of bins, of a cross, and of rows without a value.
func TestDriftInGroups(t *testing.T) {
	for i, rows := range [][2]int{{400, 300}, {9000, 500}, {800, 9000}, {30000, 40000}} { // of a few bins, and of more rows than are kept before cells are made
		r := rand.New(rand.NewPCG(uint64(i), 1))
		then, now := people(r, rows[0], 1), people(r, rows[1], 0)
		files := memory{"p.csv": file(now), "base.csv": file(then)}
		n := inRegions(t, "sex", "region", "sex * age")
		c := evaluate.Config{Path: "p.csv", Score: "score", Baseline: "base.csv", Open: files.all, Workers: 1 + i%3}
		b, err := evaluate.Profile(t.Context(), c, n)
		if err != nil {
			t.Fatal(err)
		}
		var stored evaluate.Baseline
		if err := schema.Decode("baseline", "baseline.json", []byte(encoded(t, b)), &stored); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		alone := map[string][]evaluate.Shift{}
		for _, s := range evaluated(t, c, n.Terms, n, evaluate.Against{Baseline: &stored}).Drift {
			if len(s.Groups) == 0 || s.Then == 0 || s.Now == 0 {
				continue
			}
			seen[s.Groups.String()] = true
			if alone[s.Groups.String()] == nil {
				only := func(of []person) string {
					return file(slices.DeleteFunc(slices.Clone(of), func(p person) bool { return !p.of(s.Groups) }))
				}
				files["then.csv"], files["now.csv"] = only(then), only(now)
				c := evaluate.Config{Path: "now.csv", Score: "score", Baseline: "then.csv", Open: files.all}
				n := inRegions(t)
				b, err := evaluate.Profile(t.Context(), c, n)
				if err != nil {
					t.Fatal(err)
				}
				alone[s.Groups.String()] = evaluated(t, c, n.Terms, n, evaluate.Against{Baseline: b}).Drift
			}
			i := slices.IndexFunc(alone[s.Groups.String()], func(x evaluate.Shift) bool { return x.Distance == s.Distance && x.Column == s.Column })
			if want := alone[s.Groups.String()][i].Figure; !reflect.DeepEqual(s.Figure, want) {
				t.Fatalf("%s of %s, %s: %+v\nalone %+v", s.Distance, s.Column, s.Groups, s.Figure, want)
			}
		}
		for _, want := range []string{"sex = men", "sex = women", "region = west", "age = 30-50, sex = women"} {
			if !seen[want] {
				t.Fatalf("nothing of %s: %v", want, seen)
			}
		}
	}
}

// driftOf are the shifts of one distance and column, by group.
func driftOf(e *evaluate.Evaluation, distance, column string) map[string]evaluate.Shift {
	all := map[string]evaluate.Shift{}
	for _, s := range e.Drift {
		if s.Distance == distance && s.Column == column {
			all[s.Groups.String()] = s
		}
	}
	return all
}

// repeated is a file with some rows of each group.
func repeated(column string, rows map[string]int) string {
	out := []string{column + ",y,score"}
	for _, g := range slices.Sorted(maps.Keys(rows)) {
		for i := range rows[g] {
			out = append(out, fmt.Sprintf("%s,%d,%v", g, i%2, float64(i%7)/10))
		}
	}
	return lines(out...)
}

// TestGroupsThatAreNotBoth: a group of which one side has nothing has no drift, and why is told; a declared one is there without rows; one with a few rows of the
// baseline is as one of none.
func TestGroupsThatAreNotBoth(t *testing.T) {
	files := memory{
		"p.csv":    repeated("g", map[string]int{"both": 40, "new": 50, "few": 60}),
		"base.csv": repeated("g", map[string]int{"both": 100, "gone": 200, "few": 10, "fewer": 4}),
	}
	tm := terms(t, plain+"groups: [{column: g, values: {both: both, declared: declared}}]\n")
	n := evaluate.Needs{Metrics: []string{"recall"}, Drift: map[string][]string{"psi": {"score"}}, Across: []evaluate.Across{{"psi", "score", "g"}}, Terms: tm}
	c := evaluate.Config{Path: "p.csv", Score: "score", Baseline: "base.csv", Open: files.all}
	b, err := evaluate.Profile(t.Context(), c, n)
	if err != nil {
		t.Fatal(err)
	}
	e := evaluated(t, c, tm, n, evaluate.Against{Baseline: b})
	got := map[string]string{}
	for g, s := range driftOf(e, "psi", "score") {
		got[g] = fmt.Sprintf("%d %d %d %s", s.Now, s.Then, s.Figure.Support, s.Figure.Undefined)
	}
	const none = "the baseline keeps no profile of this group"
	want := map[string]string{
		"overall": "0 0 150 ", "g = both": "40 100 40 ", "g = new": "50 0 0 " + none, "g = few": "60 0 0 " + none, "g = declared": "0 0 0 " + none,
		"g = gone": "0 200 0 no row of a group that the baseline has",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if text := encoded(t, b); strings.Contains(text, "few") || !strings.Contains(text, "gone") {
		t.Errorf("the baseline names groups of a few rows: %s", text)
	}
}

// TestNobodysGroup: what a profile less those of its groups leaves is of no row, or of eleven or more; and no group's own is of fewer.
func TestNobodysGroup(t *testing.T) {
	for name, x := range map[string]struct {
		rows map[string]int
		want string
	}{
		"enough":                      {map[string]int{"a": 11, "b": 12}, "a b"},
		"one of ten":                  {map[string]int{"a": 10, "b": 20, "c": 30}, "c"}, // ten rows beside two profiles
		"two of few, eleven together": {map[string]int{"a": 5, "b": 6, "c": 30}, "c"},
		"two of few, ten together":    {map[string]int{"a": 5, "b": 5, "c": 30, "d": 40}, "d"},
		"the first by its words":      {map[string]int{"a": 1, "b": 30, "c": 30}, "c"},
		"none":                        {map[string]int{"a": 3, "b": 3}, ""},
		"one beside ten":              {map[string]int{"a": 3, "b": 300}, ""},
	} {
		b := profiled(t, plain+"groups: [{column: g}]\n", repeated("g", x.rows), "g")
		if got := strings.Join(kept(b, "g"), " "); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func profiled(t testing.TB, yaml, rows string, dimensions ...string) *evaluate.Baseline {
	n := evaluate.Needs{Drift: map[string][]string{"psi": {"score"}}, Terms: terms(t, yaml)}
	for _, d := range dimensions {
		n.Across = append(n.Across, evaluate.Across{Distance: "psi", Column: "score", Dimension: d})
	}
	b, err := evaluate.Profile(t.Context(), evaluate.Config{Path: "p.csv", Score: "score", Baseline: "base.csv", Open: memory{"base.csv": rows}.all}, n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func kept(b *evaluate.Baseline, dimension string) []string {
	var all []string
	for _, p := range b.Slices {
		if p.Dimension != dimension {
			continue
		}
		for _, g := range p.Groups {
			var words []string
			for _, name := range slices.Sorted(maps.Keys(g.Groups)) {
				words = append(words, g.Groups[name])
			}
			all = append(all, strings.Join(words, "-"))
		}
	}
	return all
}

// TestNobodysCross: of a cross, nothing is left of few rows within the groups that are crossed either; nor is a group of a cross told whose wider one is not.
func TestNobodysCross(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows, text := map[[2]string]int{}, []string{"g,h,y,score"}
		for _, g := range []string{"a", "b", "c"} {
			for _, h := range []string{"x", "y", "z"} {
				n := rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 14), rapid.IntRange(20, 60)).Draw(r, g+h)
				rows[[2]string{g, h}] = n
				for i := range n {
					text = append(text, fmt.Sprintf("%s,%s,%d,%v", g, h, i%2, float64(i%5)))
				}
			}
		}
		if len(text) == 1 {
			return
		}
		b := profiled(t, plain+"groups: [{column: g}, {column: h}, g * h]\n", lines(text...), "g", "h", "g * h")
		told := map[string]int{}
		for _, p := range b.Slices {
			for _, g := range p.Groups {
				told[g.Groups.String()] = int(g.Rows)
			}
		}
		sum := func(is func(k [2]string) bool) (n int) {
			for k, v := range rows {
				if is(k) {
					n += v
				}
			}
			return n
		}
		left := func(what string, all int, parts ...string) {
			some := false
			for _, p := range parts {
				all -= told[p]
				some = some || told[p] > 0
			}
			if all < 0 || some && all > 0 && all < 11 {
				r.Fatalf("%s: %d rows are left: %v of %v", what, all, told, rows)
			}
		}
		var cells, gs, hs []string
		for _, g := range []string{"a", "b", "c"} {
			var mine []string
			for _, h := range []string{"x", "y", "z"} {
				cell := "g = " + g + ", h = " + h
				mine = append(mine, cell)
				if n, ok := told[cell]; ok && (n != rows[[2]string{g, h}] || n < 11 || told["g = "+g] == 0 || told["h = "+h] == 0) {
					r.Fatalf("%s of %d rows: %v", cell, n, told)
				}
			}
			cells, gs, hs = append(cells, mine...), append(gs, "g = "+g), append(hs, "h = "+map[string]string{"a": "x", "b": "y", "c": "z"}[g])
			if told["g = "+g] > 0 {
				left("in "+g, sum(func(k [2]string) bool { return k[0] == g }), mine...)
			}
		}
		for _, h := range []string{"x", "y", "z"} {
			if told["h = "+h] > 0 {
				left("in "+h, sum(func(k [2]string) bool { return k[1] == h }), "g = a, h = "+h, "g = b, h = "+h, "g = c, h = "+h)
			}
		}
		all := sum(func([2]string) bool { return true })
		left("of all", all, cells...)
		left("of all", all, gs...)
		left("of all", all, hs...)
	})
}

// TestDriftInGroupsRefuses: a baseline without the groups, or of others, is told with what to do; and so are too many.
func TestDriftInGroupsRefuses(t *testing.T) {
	const yaml = plain + "groups: [{column: g, values: {a: one}}]\n"
	rows := repeated("g", map[string]int{"a": 30, "b": 40})
	asks := func(distance string, across ...string) evaluate.Needs {
		n := evaluate.Needs{Metrics: []string{"recall"}, Drift: map[string][]string{distance: {"score"}}, Terms: terms(t, yaml)}
		for _, d := range across {
			n.Across = append(n.Across, evaluate.Across{Distance: distance, Column: "score", Dimension: d})
		}
		return n
	}
	const again = ": name the baseline's rows by `data: {baseline: FILE}`, so that it is made anew, or leave `across` out"
	for name, x := range map[string]struct {
		b    *evaluate.Baseline
		n    evaluate.Needs
		want string
	}{
		"no groups":     {profiled(t, yaml, rows), asks("psi", "g"), `no-baseline: the baseline has no profile of "score" in the groups of "g": it was made without` + again},
		"other values":  {profiled(t, plain+"groups: [{column: g, values: {b: one}}]\n", rows, "g"), asks("psi", "g"), `no-baseline: the baseline's groups of "g" were made by other columns, values or bins than these` + again},
		"tenths only":   {profiled(t, yaml, rows, "g"), asks("ks", "g"), `no-baseline: the baseline has tenths only of "score" in the groups of "g", too few to tell ks by` + again},
		"no such group": {profiled(t, yaml, rows, "g"), asks("psi", "h"), `unknown-group: "h" is no group of this file`},
		"as it was":     {profiled(t, yaml, rows, "g"), asks("psi", "g"), ""},
		"only overall":  {profiled(t, yaml, rows, "g"), asks("ks"), ""},
	} {
		c := evaluate.Config{Path: "p.csv", Score: "score", Open: memory{"p.csv": rows}.all}
		_, err := evaluate.Run(t.Context(), c, x.n.Terms, x.n, evaluate.Against{Baseline: x.b})
		switch {
		case err == nil && x.want == "":
		case err == nil:
			t.Errorf("%s: no error", name)
		case coded(err) != x.want:
			t.Errorf("%s: got %s\nwant %s", name, coded(err), x.want)
		}
	}
	many := map[string]int{}
	for i := range 501 {
		many[strconv.Itoa(i)] = 1
	}
	n := asks("psi", "g")
	n.Terms = terms(t, plain+"groups: [{column: g}]\n")
	n.Drift["psi"] = append(n.Drift["psi"], "y")
	n.Across = append(n.Across, evaluate.Across{Distance: "psi", Column: "y", Dimension: "g"})
	c := evaluate.Config{Path: "p.csv", Score: "score", Baseline: "base.csv", Open: memory{"base.csv": repeated("g", many)}.all}
	if _, err := evaluate.Profile(t.Context(), c, n); err == nil ||
		coded(err) != "too-many-groups: base.csv: g: drift of 2 columns in more than 500 groups, along this and other dimensions, is more than the 1000 profiles allowed" {
		t.Errorf("too many: %v", coded(err))
	}
}

// TestStoredGroups: a stored baseline's groups are held to themselves, and one of before there were groups is read.
func TestStoredGroups(t *testing.T) {
	b := profiled(t, plain+"groups: [{column: g}]\n", repeated("g", map[string]int{"a": 30, "b": 40}), "g")
	read := func(text string) (*evaluate.Baseline, error) {
		c := evaluate.Config{Path: "p.csv", Score: "score", Baseline: "b.json", Open: memory{"b.json": text}.all}
		return evaluate.Profile(t.Context(), c, evaluate.Needs{Drift: map[string][]string{"psi": {"score"}}})
	}
	text := encoded(t, b)
	if got, err := read(text); err != nil || encoded(t, got) != text {
		t.Errorf("%+v, %v", got, err)
	}
	old := *b
	old.Slices = nil
	if got, err := read(encoded(t, old)); err != nil || strings.Contains(encoded(t, old), "slices") || got.Slices != nil {
		t.Errorf("one without groups: %v", err)
	}
	for want, change := range map[string]func(p *evaluate.Profiled){
		`its column "score" for g = a contradicts itself`:            func(p *evaluate.Profiled) { p.Groups[0].Columns["score"] = drift.Column{Rows: 30} },
		`its column "score" for g = a has 30 rows, and the group 31`: func(p *evaluate.Profiled) { p.Groups[0].Rows = 31 },
		`it has no column "score" for g = b`:                         func(p *evaluate.Profiled) { p.Groups[1].Columns = drift.Profile{} },
		`it has g = a twice`:                                         func(p *evaluate.Profiled) { p.Groups[1] = p.Groups[0] },
		`it has h = b, which is no group of "g"`:                     func(p *evaluate.Profiled) { p.Groups[1].Groups = evaluate.Groups{"h": "b"} },
		`it has overall, which is no group of "g"`:                   func(p *evaluate.Profiled) { p.Groups[1].Groups = evaluate.Groups{} },
	} {
		var bad evaluate.Baseline
		if err := schema.Decode("baseline", "b.json", []byte(text), &bad); err != nil {
			t.Fatal(err)
		}
		change(&bad.Slices[0])
		if _, err := read(encoded(t, bad)); err == nil || !strings.Contains(coded(err), "bad-baseline: b.json: in the groups of \"g\", "+want) {
			t.Errorf("got %v\nwant %s", coded(err), want)
		}
	}
}

// TestDriftOfNarrowScores: float32 scores reach a threshold in their own type on both sides, so that the same rows show no change; overall and in a group.
func TestDriftOfNarrowScores(t *testing.T) {
	scores, labels, groups := make([]float64, 40), make([]float64, 40), make([]string, 40)
	for i := range scores {
		scores[i], labels[i], groups[i] = float64(float32([]float64{0.9, 0.5}[i%2])), float64(i%2), "a"
	}
	files := memory{"p": parquet(t, table.Column{Name: "score", Type: table.Float32, Numbers: scores}, table.Column{Name: "y", Type: table.Integer, Numbers: labels},
		table.Column{Name: "g", Type: table.Text, Texts: groups})}
	n := evaluate.Needs{Metrics: []string{"recall"}, Drift: map[string][]string{"selection_rate": {"score"}}, Across: []evaluate.Across{{"selection_rate", "score", "g"}},
		Terms: terms(t, plain+"sampling: deployment\nthreshold: 0.9\ngroups: [{column: g}]\n")}
	c := evaluate.Config{Path: "p", Score: "score", Baseline: "p", Open: files.all}
	b, err := evaluate.Profile(t.Context(), c, n)
	if err != nil {
		t.Fatal(err)
	}
	e := evaluated(t, c, n.Terms, n, evaluate.Against{Baseline: b})
	for _, s := range e.Drift {
		if s.Figure.Value == nil || *s.Figure.Value != 0 || b.Columns["score"].Positive.Rows != 20 {
			t.Errorf("%s: %+v", s.Groups, s.Figure)
		}
	}
	if len(e.Drift) != 2 {
		t.Errorf("%d shifts", len(e.Drift))
	}
}
