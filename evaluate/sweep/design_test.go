package sweep

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// drawDesign draws rows with ties everywhere, in two slices along one dimension and one along another.
func drawDesign(t *rapid.T, weighted, clustered bool) (DesignPlan, DesignRows) {
	n := rapid.IntRange(1, 60).Draw(t, "rows")
	r := DesignRows{
		Score:  rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 1}), n, n).Draw(t, "scores"),
		Cell:   rapid.SliceOfN(rapid.Uint32Range(0, 3), n, n).Draw(t, "cells"),
		Rival:  rapid.SliceOfN(rapid.SampledFrom([]float64{0.2, 0.5, 0.8}), n, n).Draw(t, "rival"),
		Values: [][]float64{rapid.SliceOfN(rapid.Float64Range(-5, 5), n, n).Draw(t, "values")},
	}
	if weighted {
		r.Weight = rapid.SliceOfN(rapid.SampledFrom([]float64{1, 1.7, 1. / 3, 100, 0.01, 7.25}), n, n).Draw(t, "weights")
	}
	if clustered {
		r.Cluster = rapid.SliceOfN(rapid.Uint32Range(0, 9), n, n).Draw(t, "clusters")
	}
	return DesignPlan{Combinations: 2, Dimensions: [][]uint32{{0, 1}, {0, 0}}, Sizes: []int{2, 1}, Cuts: []float64{0.5, 0.9}, Rival: 0.5, Losses: true, Ranks: true}, r
}

func (r DesignRows) permuted(order []int, rename func(uint32) uint32) DesignRows {
	take := func(xs []float64) []float64 {
		if xs == nil {
			return nil
		}
		var to []float64
		for _, i := range order {
			to = append(to, xs[i])
		}
		return to
	}
	out := DesignRows{Score: take(r.Score), Weight: take(r.Weight), Rival: take(r.Rival)}
	for _, xs := range r.Values {
		out.Values = append(out.Values, take(xs))
	}
	for _, i := range order {
		out.Cell = append(out.Cell, r.Cell[i])
		if r.Cluster != nil {
			out.Cluster = append(out.Cluster, rename(r.Cluster[i]))
		}
	}
	return out
}

// bits are a design's numbers, so that NaN equals itself.
func (d Design) bits() []any {
	var all []any
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Float64:
			all = append(all, math.Float64bits(v.Float()))
		case reflect.Int64:
			all = append(all, v.Int())
		case reflect.Bool:
			all = append(all, v.Bool())
		default:
			panic(v.Kind())
		}
	}
	walk(reflect.ValueOf(d))
	return all
}

// TestDesignOrder: the order of rows, what number a cluster has and the goroutines change no bit.
func TestDesignOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawDesign(t, rapid.Bool().Draw(t, "weighted"), rapid.Bool().Draw(t, "clustered"))
		order := make([]int, len(r.Score))
		for i := range order {
			order[i] = i
		}
		other := r.permuted(rapid.Permutation(order).Draw(t, "order"), func(c uint32) uint32 { return 12 - c })
		overall, all, shared, err := RunDesign(t.Context(), p, r, 1)
		if err != nil {
			t.Fatal(err)
		}
		again, others, sharedToo, err := RunDesign(t.Context(), p, other, 3)
		if err != nil {
			t.Fatal(err)
		}
		for d := range all {
			if shared[d] != sharedToo[d] {
				t.Fatal("clusters span a dimension in one order and not in another")
			}
			for s := range all[d] {
				if !reflect.DeepEqual(all[d][s].bits(), others[d][s].bits()) {
					t.Fatalf("a slice became another:\n%+v\n%+v", all[d][s], others[d][s])
				}
			}
		}
		if !reflect.DeepEqual(overall.bits(), again.bits()) {
			t.Fatalf("overall became another:\n%+v\n%+v", overall, again)
		}
		if shared[1] {
			t.Fatal("clusters span a dimension of one slice")
		}
	})
}

// TestDesignByDefinition holds every figure to its definition, by all pairs and by clusters one after another.
func TestDesignByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawDesign(t, rapid.Bool().Draw(t, "weighted"), rapid.Bool().Draw(t, "clustered"))
		overall, all, _, err := RunDesign(t.Context(), p, r, 2)
		if err != nil {
			t.Fatal(err)
		}
		byDefinition(t, "overall", overall, r, func(uint32) bool { return true })
		for s := range all[0] {
			byDefinition(t, "slice", all[0][s], r, func(combination uint32) bool { return combination == uint32(s) })
		}
	})
}

func byDefinition(t *rapid.T, where string, got Design, r DesignRows, in func(uint32) bool) {
	near := func(name string, x, y float64) {
		if math.IsNaN(x) != math.IsNaN(y) || math.Abs(x-y) > 1e-12*math.Max(1, math.Abs(y)) {
			t.Fatalf("%s: %s is %v, want %v", where, name, x, y)
		}
	}
	type row struct {
		x, w, v, rival float64
		y              uint32
		cluster        int
	}
	var rows []row
	for i, c := range r.Cell {
		if in(c >> 1) {
			one := row{r.Score[i], 1, r.Values[0][i], r.Rival[i], c & 1, i}
			if r.Weight != nil {
				one.w = r.Weight[i]
			}
			if r.Cluster != nil {
				one.cluster = int(r.Cluster[i])
			}
			rows = append(rows, one)
		}
	}
	clusters := map[int][]row{}
	for _, x := range rows {
		clusters[x.cluster] = append(clusters[x.cluster], x)
	}
	sums := func(k, n func(row) float64) (s stats.ClusterSums) {
		for _, of := range clusters {
			a, b, has := 0.0, 0.0, false
			for _, x := range of {
				a, b, has = a+x.w*k(x), b+x.w*n(x), has || n(x) != 0
			}
			if has {
				s.Clusters++
			}
			s.K, s.N, s.KK, s.KN, s.NN = s.K+a, s.N+b, s.KK+a*a, s.KN+a*b, s.NN+b*b
		}
		return s
	}
	same := func(name string, got, want stats.ClusterSums) {
		if got.Clusters != want.Clusters {
			t.Fatalf("%s: %s over %d clusters, want %d", where, name, got.Clusters, want.Clusters)
		}
		near(name+" N", got.N, want.N)
		near(name+" NN", got.NN, want.NN)
		near(name+" KK", got.KK, want.KK)
		near(name+" K", 1+got.K/max(1, want.N), 1+want.K/max(1, want.N)) // terms of either sign may cancel
		near(name+" KN", 1+got.KN/max(1, want.NN), 1+want.KN/max(1, want.NN))
	}
	is := func(yes bool) float64 {
		if yes {
			return 1
		}
		return 0
	}
	every := func(row) float64 { return 1 }
	for c, cut := range []float64{0.5, 0.9} {
		same("precision", got.Cuts[c].Sums(Kinds{TP: 1}, Kinds{TP: 1, FP: 1}),
			sums(func(x row) float64 { return is(x.y == 1 && x.x >= cut) }, func(x row) float64 { return is(x.x >= cut) }))
		same("accuracy", got.Cuts[c].Sums(Kinds{TP: 1, TN: 1}, Kinds{1, 1, 1, 1}), sums(func(x row) float64 { return is((x.y == 1) == (x.x >= cut)) }, every))
	}
	gain := func(x row) float64 { return is(x.x >= 0.5) - is(x.rival >= 0.5) }
	same("difference of recalls", got.Versus.Sums(1, 0, [2]bool{false, true}), sums(func(x row) float64 { return is(x.y == 1) * gain(x) }, func(x row) float64 { return is(x.y == 1) }))
	same("difference of accuracies", got.Versus.Sums(1, -1, [2]bool{true, true}), sums(func(x row) float64 { return (2*is(x.y == 1) - 1) * gain(x) }, every))
	same("a mean", got.Values[0], sums(func(x row) float64 { return x.v }, every))
	loss := func(p float64, y uint32) float64 {
		return -math.Log(math.Min(math.Max(math.Abs(1-float64(y)-p), 0x1p-52), 1-0x1p-52))
	}
	square := func(p float64, y uint32) float64 { return (p - float64(y)) * (p - float64(y)) }
	same("log loss", got.LogLoss, sums(func(x row) float64 { return loss(x.x, x.y) - loss(x.rival, x.y) }, every))
	same("Brier score", got.Brier, sums(func(x row) float64 { return square(x.x, x.y) - square(x.rival, x.y) }, every))

	// placements by all pairs
	var weight [2]float64
	var n [2]int64
	for _, x := range rows {
		weight[x.y] += x.w
		n[x.y]++
	}
	place := func(x row) float64 {
		v := 0.0
		for _, z := range rows {
			low, high := z.x, x.x
			if x.y == 0 {
				low, high = x.x, z.x
			}
			if z.y != x.y {
				v += z.w * (is(low < high) + is(low == high)/2)
			}
		}
		return v / weight[1-x.y]
	}
	area, ks, average := 0.0, 0.0, 0.0
	seen := map[float64]bool{}
	for _, x := range rows {
		if x.y == 1 {
			area += x.w * place(x) / weight[1]
			tp, all := 0.0, 0.0
			for _, z := range rows {
				if z.x >= x.x {
					all += z.w
					tp += z.w * is(z.y == 1)
				}
			}
			average += x.w / weight[1] * tp / all
		}
		if !seen[x.x] {
			seen[x.x] = true
			var below [2]float64
			for _, z := range rows {
				below[z.y] += z.w * is(z.x <= x.x)
			}
			ks = math.Max(ks, math.Abs(below[0]/weight[0]-below[1]/weight[1]))
		}
	}
	if n[1] == 0 {
		average = math.NaN()
	}
	near("average precision", got.AveragePrecision, average)
	if n[0] == 0 || n[1] == 0 {
		near("AUC", got.AUC, math.NaN())
		near("KS", got.KS, math.NaN())
		return
	}
	near("AUC", got.AUC, area)
	near("KS", got.KS, ks)
	want := stats.ClusterAUCSums{Negatives: n[0], Positives: n[1]}
	alone := 0.0
	for _, of := range clusters {
		var t [2]float64
		var has [2]bool
		for _, x := range of {
			d := place(x) - area
			t[x.y] += x.w * d
			has[x.y] = true
			alone += x.w * d * d / weight[x.y] / float64(n[x.y]-1)
		}
		want.Clusters++
		want.WithNegatives, want.WithPositives = want.WithNegatives+int64(is(has[0])), want.WithPositives+int64(is(has[1]))
		want.T11, want.T00, want.T10 = want.T11+t[1]*t[1], want.T00+t[0]*t[0], want.T10+t[1]*t[0]
		want.Fourth += math.Pow(t[1]/weight[1]+t[0]/weight[0], 4)
	}
	a := got.Area
	if a.Clusters != want.Clusters || a.WithNegatives != want.WithNegatives || a.WithPositives != want.WithPositives || a.Negatives != n[0] || a.Positives != n[1] {
		t.Fatalf("%s: %+v, want %+v", where, a, want)
	}
	near("fourth", 1+a.Fourth, 1+want.Fourth)
	near("T11", 1+a.T11/weight[1]/weight[1], 1+want.T11/weight[1]/weight[1])
	near("T00", 1+a.T00/weight[0]/weight[0], 1+want.T00/weight[0]/weight[0])
	near("T10", 1+a.T10/weight[0]/weight[1], 1+want.T10/weight[0]/weight[1])
	near("weight of negatives", a.NegativeWeight, weight[0])
	near("weight of positives", a.PositiveWeight, weight[1])
	if n[0] > 1 && n[1] > 1 {
		near("standard error of independent rows", got.AreaSE, math.Sqrt(alone))
	}
}

// TestDesignOfEqualWeights: rows of weight 1, or of any one weight, give what a Tally gives.
func TestDesignOfEqualWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, r := drawDesign(t, false, false)
		w := rapid.SampledFrom([]float64{0, 1, 3, 0.1}).Draw(t, "weight")
		if w > 0 {
			r.Weight = make([]float64, len(r.Score))
			for i := range r.Weight {
				r.Weight[i] = w
			}
		}
		r.Rival = nil
		got, _, _, err := RunDesign(t.Context(), p, r, 1)
		if err != nil {
			t.Fatal(err)
		}
		tally := New(Plan{Combinations: 2, Cuts: p.Cuts, Losses: true, Ranks: true, Average: true})
		if err := tally.Add(Rows{Score: r.Score, Cell: r.Cell}); err != nil {
			t.Fatal(err)
		}
		want, _, err := tally.Close()
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string][2]float64{
			"AUC": {got.AUC, want.AUC}, "KS": {got.KS, want.KS}, "average precision": {got.AveragePrecision, want.AveragePrecision},
			"log loss": {got.LogLoss.K / got.LogLoss.N, want.LogLoss.Mean}, "Brier": {got.Brier.K / got.Brier.N, want.Brier.Mean},
			"precision": {got.Counts.Weight.TP / (got.Counts.Weight.TP + got.Counts.Weight.FP), float64(want.Counts.TP) / float64(want.Counts.TP+want.Counts.FP)},
		} {
			if math.IsNaN(x[0]) != math.IsNaN(x[1]) || math.Abs(x[0]-x[1]) > 1e-14 {
				t.Fatalf("%s is %v, want %v", name, x[0], x[1])
			}
		}
		if negatives, positives := want.Rows-want.Positives, want.Positives; min(negatives, positives) > 1 {
			// DeLong's variance is that of the design where each row is its own cluster
			if math.Abs(got.AreaSE-math.Sqrt(want.AUCVar)) > 1e-14 {
				t.Fatalf("the standard error is %v, want DeLong's %v", got.AreaSE, math.Sqrt(want.AUCVar))
			}
		}
	})
}

func TestDesignRefuses(t *testing.T) {
	p := DesignPlan{}
	for name, r := range map[string]DesignRows{
		"short cells":         {Score: []float64{1, 2}, Cell: []uint32{0}},
		"short weights":       {Score: []float64{1, 2}, Cell: []uint32{0, 1}, Weight: []float64{1}},
		"a weight of 0":       {Score: []float64{1, 2}, Cell: []uint32{0, 1}, Weight: []float64{1, 0}},
		"a weight of NaN":     {Score: []float64{1, 2}, Cell: []uint32{0, 1}, Weight: []float64{1, math.NaN()}},
		"an infinite weight":  {Score: []float64{1, 2}, Cell: []uint32{0, 1}, Weight: []float64{1, math.Inf(1)}},
		"a score that is NaN": {Score: []float64{1, math.NaN()}, Cell: []uint32{0, 1}},
		"short clusters":      {Score: []float64{1, 2}, Cell: []uint32{0, 1}, Cluster: []uint32{1}},
	} {
		if _, _, _, err := RunDesign(t.Context(), p, r, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
