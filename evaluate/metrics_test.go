package evaluate_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// TestMetricsAreComplete holds the list to what its readers need: pages, policies and `gatecard explain`.
func TestMetricsAreComplete(t *testing.T) {
	var oracle struct {
		Evaluations []struct {
			Slices []struct{ Metrics map[string]*float64 }
		}
	}
	readOracle(t, "census.json", &oracle)
	names := map[string]string{}
	for _, m := range evaluate.Metrics() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if other, ok := names[name]; ok {
				t.Errorf("%q is %s and %s", name, other, m.Name)
			}
			names[name] = m.Name
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
				t.Errorf("%q is no plain name", name)
			}
			found, err := evaluate.Lookup(name)
			if err != nil || found.Key != m.Name {
				t.Errorf("%q is looked up as %q (%v)", name, found.Key, err)
			}
			_, err = evaluate.Lookup(name + "@0.5")
			if m.Cuts != (err == nil) {
				t.Errorf("%s@0.5: %v", name, err)
			}
		}
		if m.Title == "" || m.Summary == "" || m.Denominator == "" || m.Value == nil || m.Support == nil {
			t.Errorf("%s is not complete: %+v", m.Name, m)
		}
		if m.Better != evaluate.Higher && m.Better != evaluate.Lower && m.Better != evaluate.Neither {
			t.Errorf("%s is better %q", m.Name, m.Better)
		}
		if !(m.Range[0] < m.Range[1]) {
			t.Errorf("%s ranges over %v", m.Name, m.Range)
		}
		// those without an interval are named here: a gate on one is a configuration error
		if without := m.Name == "average_precision"; (m.Basis == nil) != without {
			t.Errorf("%s has an interval: %v", m.Name, m.Basis != nil)
		}
		if without := m.Name == "average_precision" || m.Name == "prevalence"; (m.Versus == nil) != without {
			t.Errorf("%s has a difference: %v", m.Name, m.Versus != nil)
		}
		if v := oracle.Evaluations[0].Slices[0].Metrics[m.Name]; v == nil {
			t.Errorf("fixtures/oracle has no figure for %s", m.Name)
		}
	}
	if len(names) == 0 {
		t.Fatal("no metrics")
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{"tpr@0.90": "recall@0.9", " recall @ 1e-1 ": "recall@0.1", "f1_score": "f1", "precision@-2": "precision@-2"} {
		if m, err := evaluate.Lookup(name); err != nil || m.Key != want {
			t.Errorf("%q is %q (%v), want %q", name, m.Key, err, want)
		}
	}
	if m, _ := evaluate.Lookup("tpr@.9"); m.Title() != "recall at a score of 0.9" {
		t.Errorf("its title is %q", m.Title())
	}
	for name, want := range map[string]string{
		"roc_acu":      `unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`,
		"sensitivty":   `unknown-metric: "sensitivty" is no metric (did you mean "sensitivity"?)`,
		"":             `unknown-metric: "" is no metric`,
		"recall@":      `unknown-cut: "" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@NaN":   `unknown-cut: "NaN" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@1e999": `unknown-cut: "1e999" is no score to cut at: write a number, as in "recall@0.9"`,
		"recall@1@2":   `unknown-cut: "1@2" is no score to cut at: write a number, as in "recall@0.9"`,
	} {
		if _, err := evaluate.Lookup(name); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

// scored are rows of two models, in two slices.
type scored struct {
	rows sweep.Rows
	plan sweep.Plan
}

func drawScored(t *rapid.T) scored {
	n := rapid.IntRange(0, 80).Draw(t, "rows")
	grid := rapid.SampledFrom([]float64{0, 0.1, 0.25, 0.5, 0.5, 0.75, 0.9, 1})
	if rapid.IntRange(0, 9).Draw(t, "beyond") == 0 {
		grid = rapid.SampledFrom([]float64{-3, 0, 0.5, 1, 7})
	}
	scores := func(name string) []float64 { return rapid.SliceOfN(grid, n, n).Draw(t, name) }
	labels := rapid.SampledFrom([]*rapid.Generator[uint8]{rapid.Uint8Range(0, 1), rapid.Uint8Range(0, 1), rapid.Just[uint8](0), rapid.Just[uint8](1)}).Draw(t, "classes")
	return scored{
		rows: sweep.Rows{Score: scores("ours"), Rivals: [][]float64{scores("theirs")}, Label: rapid.SliceOfN(labels, n, n).Draw(t, "labels"),
			Slice: [][]uint32{rapid.SliceOfN(rapid.Uint32Range(0, 1), n, n).Draw(t, "slices")}},
		plan: sweep.Plan{Cuts: []float64{0.5}, Sizes: []int{2}, Rivals: []float64{0.5}},
	}
}

// swept counts parts of the rows apart, and merges them.
func (s scored) swept(t *rapid.T, parts ...[]int) []sweep.Stats {
	whole := sweep.New(s.plan)
	for _, places := range parts {
		part := sweep.New(s.plan)
		r := sweep.Rows{Score: at(s.rows.Score, places), Rivals: [][]float64{at(s.rows.Rivals[0], places)}, Label: at(s.rows.Label, places), Slice: [][]uint32{at(s.rows.Slice[0], places)}}
		if err := part.Add(r); err != nil {
			t.Fatal(err)
		}
		if err := whole.Merge(part); err != nil {
			t.Fatal(err)
		}
	}
	overall, slices, err := whole.Close()
	if err != nil {
		t.Fatal(err)
	}
	return append([]sweep.Stats{overall}, slices[0]...)
}

func at[T any](from []T, places []int) []T {
	to := make([]T, len(places))
	for i, p := range places {
		to[i] = from[p]
	}
	return to
}

func (s scored) all() []int {
	places := make([]int, len(s.rows.Score))
	for i := range places {
		places[i] = i
	}
	return places
}

// exchanged has the two models in each other's place.
func (s scored) exchanged() scored {
	s.rows.Score, s.rows.Rivals = s.rows.Rivals[0], [][]float64{s.rows.Score}
	return s
}

// TestMetrics is what every metric keeps, on random rows of both classes, of one and of none.
func TestMetrics(t *testing.T) {
	for _, m := range evaluate.Metrics() {
		t.Run(m.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := drawScored(t)
				stats, n := s.swept(t, s.all()), len(s.rows.Score)
				for _, st := range stats {
					sensible(t, m, st)
				}
				if n == 0 {
					if _, err := m.Value(stats[0]); err == nil {
						t.Fatal("a value of no rows")
					}
				}
				order := s.all()
				if n > 0 {
					order = rapid.Permutation(order).Draw(t, "order")
				}
				split := rapid.IntRange(0, n).Draw(t, "split")
				for i, other := range s.swept(t, order[:split], order[split:]) {
					sameFigure(t, m, stats[i], other, 0)
				}
				for i, twice := range s.swept(t, order, order) {
					sameFigure(t, m, stats[i], twice, 1e-14)
				}
			})
		})
	}
}

// sensible holds a figure to its range, its denominator and its own limits.
func sensible(t *rapid.T, m evaluate.Metric, s sweep.Stats) {
	v, err := m.Value(s)
	support := m.Support(s)
	if support < 0 || support > s.Rows {
		t.Fatalf("its denominator has %d of %d rows", support, s.Rows)
	}
	var undefined evaluate.Undefined
	switch {
	case err != nil && (!errors.As(err, &undefined) || err.Error() == ""):
		t.Fatalf("undefined, for no reason: %v", err)
	case err != nil:
		return
	case !(v >= m.Range[0] && v <= m.Range[1]):
		t.Fatalf("%v lies outside %v", v, m.Range)
	case support == 0 && m.Name != "average_precision": // whose denominator is the rarer class, and which needs positives only
		t.Fatalf("%v of an empty denominator", v)
	case m.Basis == nil:
		return
	}
	b := m.Basis(s)
	if b.Method == "" {
		if s.Rows > 1 {
			t.Fatalf("%v of %d rows has no basis", v, s.Rows)
		}
		return
	}
	if !(math.Abs(b.Value()-v) <= 1e-12) {
		t.Fatalf("%v, and %v by its basis %+v", v, b.Value(), b)
	}
	for _, a := range []float64{0.5, 0.025, 0.0001} {
		if low, high := b.Low(a), b.High(a); low > v+1e-12 || high < v-1e-12 || math.IsNaN(low) != math.IsNaN(high) {
			t.Fatalf("%v lies outside its limits %v and %v at %v", v, low, high, a)
		}
	}
	if i := stats.Describe(b, evaluate.Level); i != nil && !(i.Low <= v+1e-12 && i.High >= v-1e-12) {
		t.Fatalf("%v lies outside its interval %+v", v, i)
	}
}

// sameFigure compares values, to a relative tolerance, and where that is 0 the limits too.
func sameFigure(t *rapid.T, m evaluate.Metric, a, b sweep.Stats, tolerance float64) {
	v, errV := m.Value(a)
	w, errW := m.Value(b)
	if (errV == nil) != (errW == nil) || errV == nil && !(math.Abs(v-w) <= tolerance*math.Max(1, math.Abs(v))) {
		t.Fatalf("%v (%v) became %v (%v)", v, errV, w, errW)
	}
	if tolerance > 0 || m.Basis == nil {
		return
	}
	if x, y := m.Basis(a), m.Basis(b); !slices.Equal([]float64{x.K, x.N, x.Estimate, x.SE, x.DF}, []float64{y.K, y.N, y.Estimate, y.SE, y.DF}) || m.Support(a) != m.Support(b) {
		t.Fatalf("the basis %+v became %+v", x, y)
	}
}

// TestVersus: a difference is ours less theirs, and exchanging the models turns its sign and its limits round.
func TestVersus(t *testing.T) {
	for _, m := range evaluate.Metrics() {
		if m.Versus == nil {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			defined := 0
			rapid.Check(t, func(t *rapid.T) {
				s := drawScored(t)
				ours, theirs := s.swept(t, s.all()), s.exchanged().swept(t, s.all())
				for i := range ours {
					d, basis, err := m.Versus(ours[i], 0)
					e, turned, errTurned := m.Versus(theirs[i], 0)
					if (err == nil) != (errTurned == nil) {
						t.Fatalf("undefined one way only: %v, %v", err, errTurned)
					}
					v, errV := m.Value(ours[i])
					w, errW := m.Value(theirs[i])
					if (err == nil) != (errV == nil && errW == nil) {
						t.Fatalf("the difference: %v; the values: %v, %v", err, errV, errW)
					}
					if err != nil {
						continue
					}
					defined++
					if !(math.Abs(d-(v-w)) <= 1e-12) || !(math.Abs(d+e) <= 1e-15) {
						t.Fatalf("%v − %v is %v, and the other way %v", v, w, d, e)
					}
					if basis.Method != "" && !(math.Abs(basis.Value()-d) <= 1e-12) {
						t.Fatalf("%v, and %v by its basis", d, basis.Value())
					}
					for _, a := range []float64{0.025, 0.001} {
						low, high := basis.Low(a), basis.High(a)
						if math.IsNaN(low) != math.IsNaN(turned.High(a)) || math.Abs(low+turned.High(a)) > 1e-12 || math.Abs(high+turned.Low(a)) > 1e-12 {
							t.Fatalf("limits %v, %v, and the other way %v, %v", low, high, turned.Low(a), turned.High(a))
						}
					}
				}
			})
			if defined == 0 {
				t.Error("no difference was defined")
			}
		})
	}
}
