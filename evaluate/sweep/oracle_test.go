package sweep_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// read decodes a file of figures.
func read(t *testing.T, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}

// gap notes the largest difference from an oracle, and fails beyond a tolerance. A nil want is undefined: NaN.
type gap struct{ worst float64 }

func (g *gap) check(t *testing.T, name string, got float64, want *float64, tolerance float64) {
	t.Helper()
	switch {
	case want == nil && math.IsNaN(got):
	case want == nil || math.IsNaN(got):
		t.Errorf("%s: got %v, want %v", name, got, want)
	default:
		d := math.Abs(got - *want)
		if g.worst = max(g.worst, d); d > tolerance {
			t.Errorf("%s: got %.17g, want %.17g", name, got, *want)
		}
	}
}

// columns loads columns of a fixture.
func columns(t *testing.T, path string, want ...table.Want) []table.Column {
	t.Helper()
	ta, err := table.Open(t.Context(), table.FromFile(path))
	if err != nil {
		t.Fatal(err)
	}
	defer ta.Close()
	got, err := ta.Load(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func labels(xs []float64) []uint8 {
	ys := make([]uint8, len(xs))
	for i, x := range xs {
		ys[i] = uint8(x)
	}
	return ys
}

// close counts rows with a label and a code a dimension.
func close(t *testing.T, p sweep.Plan, r sweep.Rows, label []uint8, codes ...[]uint32) (sweep.Stats, [][]sweep.Stats) {
	t.Helper()
	var combinations sweep.Combinations
	y := sweep.Coded{}
	for _, l := range label {
		y.Codes = append(y.Codes, uint32(l))
	}
	var columns []sweep.Coded
	for _, c := range codes {
		columns = append(columns, sweep.Coded{Codes: c})
	}
	r.Cell = combinations.Combiner().Cells(nil, y, columns)
	list := combinations.List()
	p.Combinations, p.Ranks, p.Average, p.Losses = len(list), true, true, true
	for d := range codes {
		of := make([]uint32, len(list))
		for c, codes := range list {
			of[c] = codes[d]
		}
		p.Dimensions = append(p.Dimensions, of)
	}
	ta := sweep.New(p)
	if err := ta.Add(r); err != nil {
		t.Fatal(err)
	}
	all, slices, err := ta.Close()
	if err != nil {
		t.Fatal(err)
	}
	return all, slices
}

// DeLong's areas, variances and covariance by comparing all pairs: fixtures/oracle/delong.json.
func TestDeLongOracle(t *testing.T) {
	type figures struct {
		Name                 string
		Label                []uint8
		Scores               [][]float64
		Rows                 int
		Positives, Negatives int64
		AUC                  []*float64
		Covariance           [][]*float64
	}
	var oracle struct{ Small, Census []figures }
	read(t, "../../fixtures/oracle/delong.json", &oracle)
	if len(oracle.Small) < 5 || len(oracle.Census) < 2 {
		t.Fatal("no figures")
	}
	var scores [][]float64
	var label []uint8
	for _, version := range []int{2, 3} {
		c := columns(t, fmt.Sprintf("../../fixtures/census/predictions-2016-v%d.parquet", version), table.Want{Name: "score"}, table.Want{Name: "employed"})
		scores, label = append(scores, c[0].Numbers), labels(c[1].Numbers)
	}
	for _, f := range oracle.Census {
		f.Label, f.Scores = label[:f.Rows], [][]float64{scores[0][:f.Rows], scores[1][:f.Rows]}
		oracle.Small = append(oracle.Small, f)
	}
	g := gap{}
	for _, f := range oracle.Small {
		s, _ := close(t, sweep.Plan{Rivals: []float64{0.5}}, sweep.Rows{Score: f.Scores[0], Rivals: f.Scores[1:]}, f.Label)
		if s.Positives != f.Positives || s.Rows-s.Positives != f.Negatives {
			t.Errorf("%s: %d of %d positive", f.Name, s.Positives, s.Rows)
		}
		covariance := func(i, j int) *float64 {
			if f.Covariance == nil {
				return nil
			}
			return f.Covariance[i][j]
		}
		g.check(t, f.Name+": ours", s.AUC, f.AUC[0], 1e-14)
		g.check(t, f.Name+": theirs", s.Pairs[0].AUC, f.AUC[1], 1e-14)
		g.check(t, f.Name+": our variance", s.AUCVar, covariance(0, 0), 1e-15)
		g.check(t, f.Name+": their variance", s.Pairs[0].AUCVar, covariance(1, 1), 1e-15)
		g.check(t, f.Name+": covariance", s.Pairs[0].Covariance, covariance(0, 1), 1e-15)
	}
	t.Logf("largest difference: %.1e", g.worst)
}

// Every slice of the census by scikit-learn: fixtures/oracle/census.json.
func TestCensusOracle(t *testing.T) {
	var oracle struct {
		Threshold  float64
		Dimensions []struct {
			Name, Column string
			Bins         []float64
		}
		Crosses     [][]string
		Evaluations []struct {
			Data   struct{ Path string }
			Slices []struct {
				Groups  map[string]string
				Rows    int64
				Counts  sweep.Counts
				Metrics map[string]*float64
			}
		}
	}
	read(t, "../../fixtures/oracle/census.json", &oracle)
	var g [4]gap
	cells := 0
	for _, e := range oracle.Evaluations {
		path := filepath.Join("../../fixtures", e.Data.Path)
		c := columns(t, path, table.Want{Name: "score"}, table.Want{Name: "employed"})
		names := map[string][]string{}
		for _, d := range oracle.Dimensions {
			names[d.Name] = values(t, path, d.Column, d.Bins)
		}
		dimensions := [][]string{}
		for _, d := range oracle.Dimensions {
			dimensions = append(dimensions, []string{d.Name})
		}
		dimensions = append(dimensions, oracle.Crosses...)
		plan := sweep.Plan{Cuts: []float64{oracle.Threshold, 0.9}}
		rows, columns := sweep.Rows{Score: c[0].Numbers}, [][]uint32{}
		codes := []map[string]uint32{}
		for _, d := range dimensions {
			code, column := map[string]uint32{}, make([]uint32, len(rows.Score))
			for i := range column {
				k := ""
				for _, n := range d {
					k += n + "=" + names[n][i] + " "
				}
				if _, ok := code[k]; !ok {
					code[k] = uint32(len(code))
				}
				column[i] = code[k]
			}
			codes, columns, plan.Sizes = append(codes, code), append(columns, column), append(plan.Sizes, len(code))
		}
		overall, slices := close(t, plan, rows, labels(c[1].Numbers), columns...)
		for _, want := range e.Slices {
			s := overall
			for d, dimension := range dimensions {
				k := ""
				for _, n := range dimension {
					k += n + "=" + want.Groups[n] + " "
				}
				if code, ok := codes[d][k]; ok && len(dimension) == len(want.Groups) {
					s = slices[d][code]
				}
			}
			name := fmt.Sprint(e.Data.Path, want.Groups)
			if s.Rows != want.Rows || s.Counts != want.Counts {
				t.Errorf("%s: %d rows, %v, want %d, %v", name, s.Rows, s.Counts, want.Rows, want.Counts)
			}
			for i, m := range []struct {
				name string
				got  float64
			}{{"roc_auc", s.AUC}, {"average_precision", s.AveragePrecision}, {"log_loss", s.LogLoss.Mean}, {"brier_score", s.Brier.Mean}} {
				g[i].check(t, name+" "+m.name, m.got, want.Metrics[m.name], 1e-14)
				cells++
			}
		}
	}
	if cells < 400 {
		t.Errorf("only %d figures were compared", cells)
	}
	t.Logf("%d figures; largest differences: AUC %.1e, average precision %.1e, log loss %.1e, Brier %.1e", cells, g[0].worst, g[1].worst, g[2].worst, g[3].worst)
}

// values are a grouping column's, or its bins' names: "<25", "25-40", ">=40".
func values(t *testing.T, path, column string, bins []float64) []string {
	if bins == nil {
		return columns(t, path, table.Want{Name: column, As: table.Value})[0].Texts
	}
	out := []string{}
	for _, x := range columns(t, path, table.Want{Name: column})[0].Numbers {
		k := 0
		for k < len(bins) && x >= bins[k] {
			k++
		}
		switch k {
		case 0:
			out = append(out, fmt.Sprintf("<%g", bins[0]))
		case len(bins):
			out = append(out, fmt.Sprintf(">=%g", bins[k-1]))
		default:
			out = append(out, fmt.Sprintf("%g-%g", bins[k-1], bins[k]))
		}
	}
	return out
}

// Losses of float64 and float32 scores by scikit-learn 1.9.1: testdata/losses.json. It computes those of float32 in float32, where 1000
// roundings of 6e-8 add up; clipping one row of a thousand at another eps would differ by 0.02.
func TestLossesOracle(t *testing.T) {
	var oracle struct {
		Sets []struct {
			Type    string
			Eps     float64
			Score   []float64
			Label   []uint8
			LogLoss float64 `json:"log_loss"`
			Brier   float64 `json:"brier_score"`
			AP      float64 `json:"average_precision"`
			AUC     float64 `json:"roc_auc"`
		}
	}
	read(t, "testdata/losses.json", &oracle)
	if len(oracle.Sets) != 4 {
		t.Fatalf("%d sets", len(oracle.Sets))
	}
	for _, o := range oracle.Sets {
		s, _ := close(t, sweep.Plan{Eps: o.Eps}, sweep.Rows{Score: o.Score}, o.Label)
		name, g := fmt.Sprint(o.Type, " of ", len(o.Score)), gap{}
		tolerance := 1e-12
		if strings.HasPrefix(o.Type, "float32") {
			tolerance = 5e-7
		}
		g.check(t, name+": log loss", s.LogLoss.Mean, &o.LogLoss, tolerance)
		t.Logf("%s: log loss differs by %.1e", name, g.worst)
		g.check(t, name+": Brier", s.Brier.Mean, &o.Brier, tolerance)
		g.check(t, name+": average precision", s.AveragePrecision, &o.AP, 1e-12)
		g.check(t, name+": AUC", s.AUC, &o.AUC, 1e-12)
		t.Logf("%s: largest difference %.1e", name, g.worst)
	}
}
