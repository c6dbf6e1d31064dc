package stats

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A study is how often the limits of one figure err, over its settings: a row of the table in docs/statistics.md, which `make coverage`
// writes from the large grid. The ordinary tests run the small one.
type study struct {
	figure, method, paper string
	bound                 float64 // on the misses at nominal .025, of each side
	a                     float64 // 0: nominal
	settings              []setting
	guaranteed            bool // misses of 0 are no surprise
	slow                  bool // samples take long to draw: 2,000 in the large grid, too
}

// setting is a truth and a sample drawn from it; a basis without limits, or the zero Basis, judges nothing and so does not err.
type setting struct {
	where string
	truth float64
	draw  func(*rand.Rand) Basis
}

func (s study) run(t *testing.T) {
	t.Helper()
	if len(s.settings) == 0 {
		t.Fatal("no settings")
	}
	if s.a == 0 {
		s.a = nominal
	}
	var w worst
	found := make([][3]float64, len(s.settings))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(found)); i = next.Add(1) - 1 {
				found[i][0], found[i][1], found[i][2] = s.misses(s.settings[i])
			}
		})
	}
	workers.Wait()
	for i, x := range s.settings {
		low, high, judged := found[i][0], found[i][1], found[i][2]
		n := float64(s.repetitions())
		w.add(low, high, "%s", x.where)
		w.judged(judged)
		for side, miss := range map[string]float64{"lower": low, "upper": high} {
			if se := math.Sqrt(miss * (1 - miss) / n); !(miss-3*se <= s.bound) {
				t.Errorf("%s, %s: the %s limit misses %.4f ± %.4f, want at most %.4f", s.figure, x.where, side, miss, se, s.bound)
			}
		}
		if testing.Verbose() {
			t.Logf("%-40s %.4f %.4f judged %.2f", x.where, low, high, judged)
		}
	}
	if w.most == 0 {
		t.Errorf("%s: nothing was judged", s.figure)
	}
	if (w.low == 0 || w.high == 0) && !s.guaranteed {
		t.Errorf("%s: a side never missed: nothing was tested", s.figure)
	}
	record(row{s.figure, s.method, s.paper, fmt.Sprintf("sim, %d × %d", len(s.settings), s.repetitions()), s.a, s.bound, w})
}

func (s study) repetitions() int {
	if soak && !s.slow {
		return 4000
	}
	return 2000
}

// misses are the shares of the repetitions in which a limit excludes the truth, and in which there are limits.
func (s study) misses(x setting) (low, high, judged float64) {
	seed := fnv.New64a()
	seed.Write([]byte(s.figure + x.where))
	random := rand.New(rand.NewPCG(1, seed.Sum64()))
	each := 1 / float64(s.repetitions())
	for range s.repetitions() {
		b := x.draw(random)
		l, h := b.Low(s.a), b.High(s.a)
		judged += count(!math.IsNaN(l) && !math.IsNaN(h), each)
		low += count(l > x.truth+1e-12, each)
		high += count(h < x.truth-1e-12, each)
	}
	return low, high, judged
}

// row is one of the table.
type row struct {
	figure, method, paper, how string
	nominal, bound             float64
	worst                      worst
}

var rows []row

func record(r row) { rows = append(rows, r) }

const (
	tableStart = "<!-- coverage: written by make coverage -->"
	tableEnd   = "<!-- end of coverage -->"
	tablePage  = "../../docs/statistics.md"
)

func (r row) String() string {
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |", r.figure, r.method, r.how, short(r.nominal), short(r.worst.low), short(r.worst.high), short(r.bound), r.paper)
}

// key says which row it is: figure, limits and nominal error.
func (r row) key() string { return keyOf(r.String()) }

func keyOf(line string) string {
	cells := strings.Split(line, " | ")
	if len(cells) < 4 {
		return line
	}
	return cells[0] + "|" + cells[1] + "|" + cells[3]
}

func short(x float64) string {
	return strings.TrimPrefix(fmt.Sprintf("%.4g", math.Round(x*1e5)/1e5), "0")
}

// TestMain writes the table where COVERAGE is set, after the large grid: anew, or ("merge") with the rows of what was run in place of theirs.
func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("COVERAGE") != "" { // also after a failure: the page then shows the row that is past its bound
		if err := writeTable(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func writeTable() error {
	if !soak {
		return fmt.Errorf("the table is of the large grid: go test -tags soak")
	}
	page, err := os.ReadFile(tablePage)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), tableStart)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no %s", tablePage, tableStart)
	}
	lines := []string{"| figure | deciding limits | how | nominal | lower limit misses | upper limit misses | at most | paper |", "|---|---|---|---|---|---|---|---|"}
	if os.Getenv("COVERAGE") == "merge" { // a part was run: the others' rows stay
		old, _, _ := strings.Cut(rest, tableEnd)
		for line := range strings.Lines(old) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "| ") && !slices.Contains(lines, line) && !slices.ContainsFunc(rows, func(r row) bool { return r.key() == keyOf(line) }) {
				lines = append(lines, line)
			}
		}
	}
	for _, r := range rows {
		lines = append(lines, r.String())
	}
	table := strings.Join(lines, "\n")
	fmt.Println(table)
	return os.WriteFile(tablePage, []byte(before+tableStart+"\n\n"+table+"\n\n"+tableEnd+after), 0o644)
}

func TestStudies(t *testing.T) {
	if testing.Short() {
		t.Skip("simulations take most of a minute")
	}
	names := map[string]bool{}
	all := studies()
	if soak { // at one of Bonferroni's levels, with the same ratio of bound to nominal
		for _, s := range studies() {
			if slices.Contains([]string{"MCC", "F1, prevalence stated", "average precision, 60 positives or more", "recall at a false positive rate",
				"mean of losses, 100 rows or more", "proportion of clustered rows", "Hand and Till's AUC"}, s.figure) {
				s.a, s.bound, s.guaranteed = .005, s.bound/nominal*.005, true
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		if s.a != 0 {
			t.Run(s.figure+" at .005", s.run)
			continue
		}
		if names[s.figure+s.method] {
			t.Errorf("two studies of %s", s.figure)
		}
		names[s.figure+s.method] = true
		t.Run(s.figure, s.run)
	}
}

// binomialDraw draws from a binomial: by inversion from the mode for any n.
func binomialDraw(r *rand.Rand, n int, p float64) int {
	if n <= 64 {
		k := 0
		for range n {
			if r.Float64() < p {
				k++
			}
		}
		return k
	}
	// Exact: halve the sample by the median of n uniforms, which is Beta (Devroye 1986, X.4.3).
	a := n/2 + 1
	b := n + 1 - a
	x := betaDraw(r, float64(a), float64(b))
	if x >= p {
		return binomialDraw(r, a-1, p/x)
	}
	return a + binomialDraw(r, b-1, (p-x)/(1-x))
}

func betaDraw(r *rand.Rand, a, b float64) float64 {
	x, y := gammaDraw(r, a), gammaDraw(r, b)
	return x / (x + y)
}

// gammaDraw is Marsaglia and Tsang's (2000), for shapes from 1; below, boosted.
func gammaDraw(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaDraw(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// The descriptive intervals that are not the deciding ones: on average over the settings they hold the truth about as often as they say.
func TestStudyDescribed(t *testing.T) {
	if testing.Short() {
		t.Skip("simulations")
	}
	figures := []string{"F2", "MCC", "kappa", "precision, prevalence stated", "F1, weights by class", "largest difference of groups", "macro recall", "proportion of clustered rows"}
	seen := 0
	for _, s := range studies() {
		if !slices.Contains(figures, s.figure) {
			continue
		}
		seen++
		mean, worst, where := 0.0, 1.0, ""
		for _, x := range s.settings {
			random := rand.New(rand.NewPCG(2, 3))
			covered, judged := 0.0, 0.0
			for range 1000 {
				if i := Describe(x.draw(random), .95); i != nil {
					judged++
					covered += count(i.Low <= x.truth+1e-12 && i.High >= x.truth-1e-12, 1)
				}
			}
			if judged > 0 {
				covered /= judged
			} else {
				covered = 1
			}
			mean += covered / float64(len(s.settings))
			if covered < worst {
				worst, where = covered, x.where
			}
		}
		t.Logf("%s: covered %.4f on average, %.4f at worst (%s)", s.figure, mean, worst, where)
		if !(mean >= .94 && worst >= .90) {
			t.Errorf("%s: the descriptive interval covers %.4f on average, %.4f at worst (%s)", s.figure, mean, worst, where)
		}
	}
	if seen != len(figures) {
		t.Errorf("%d of %d figures", seen, len(figures))
	}
}
