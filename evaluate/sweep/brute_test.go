package sweep

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// placements are DeLong's V10 and V01 by definition, one by one: what share of the other class lies on the right side, ties ½. O(mn).
func placements(score []float64, label []uint8) [2][]float64 {
	var of [2][]float64
	for i, y := range label {
		sum, n := 0.0, 0.0
		for j, z := range label {
			if z == y {
				continue
			}
			n++
			positive, negative := score[i], score[j]
			if y == 0 {
				positive, negative = negative, positive
			}
			switch {
			case positive > negative:
				sum++
			case positive == negative:
				sum += 0.5
			}
		}
		of[y] = append(of[y], sum/n)
	}
	return of
}

func mean(xs []float64) float64 {
	s := 0.0
	for _, x := range xs {
		s += x
	}
	return s / float64(len(xs))
}

func covarianceOf(xs, ys []float64) float64 {
	mx, my, s := mean(xs), mean(ys), 0.0
	for i := range xs {
		s += (xs[i] - mx) * (ys[i] - my)
	}
	return s / float64(len(xs)-1)
}

// delong is the covariance of two areas as the paper writes it.
func delong(a, b [2][]float64) float64 {
	return covarianceOf(a[1], b[1])/float64(len(a[1])) + covarianceOf(a[0], b[0])/float64(len(a[0]))
}

// averagePrecision is scikit-learn's, by its definition: over each distinct score from the highest down.
func averagePrecision(score []float64, label []uint8) float64 {
	seen, positives := map[float64]bool{}, 0.0
	for i, y := range label {
		seen[score[i]] = true
		positives += float64(y)
	}
	area := 0.0
	for cut := range seen {
		tp, all, here := 0.0, 0.0, 0.0
		for i, y := range label {
			if score[i] >= cut {
				all++
				tp += float64(y)
			}
			if score[i] == cut {
				here += float64(y)
			}
		}
		area += here / positives * (tp / all)
	}
	return area
}

// logLoss is scikit-learn's log_loss of one row of float64 scores.
func logLoss(p float64, y uint8, eps float64) float64 {
	if y == 0 {
		p = 1 - p
	}
	return -math.Log(math.Min(math.Max(p, eps), 1-eps))
}

// meanSE is by the two-pass textbook formula, in 300 bits.
func meanSE(xs []float64) Loss {
	f := func(x float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(x) }
	n, s := f(float64(len(xs))), f(0)
	for _, x := range xs {
		s.Add(s, f(x))
	}
	m, v := f(0).Quo(s, n), f(0)
	for _, x := range xs {
		d := f(0).Sub(f(x), m)
		v.Add(v, d.Mul(d, d))
	}
	mean, _ := m.Float64()
	if len(xs) < 2 {
		return Loss{mean, math.NaN()}
	}
	v.Quo(v, f(float64(len(xs)-1)))
	v.Quo(v, n)
	se, _ := v.Sqrt(v).Float64()
	return Loss{mean, se}
}

func near(t fataler, name string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tolerance {
		t.Fatalf("%s: got %.17g, want %.17g", name, got, want)
	}
}

// Every figure is what its definition gives, row against row.
func TestDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		p.Eps = rapid.SampledFrom([]float64{float64Eps, 0.01}).Draw(t, "float64 eps")
		r := drawRows(t, p, 60)
		s, _, err := tally(t, p, r).Close()
		if err != nil {
			t.Fatal(err)
		}
		var size [2]int64
		outside := int64(0)
		for i, y := range r.Label {
			size[y]++
			if !(r.Score[i] >= 0 && r.Score[i] <= 1) {
				outside++
			}
		}
		if s.Rows != int64(len(r.Score)) || s.Positives != size[1] || s.Outside != outside {
			t.Fatalf("rows %d, positives %d, outside %d", s.Rows, s.Positives, s.Outside)
		}
		confusion(t, p, r, s)
		own := ranks(t, "ours", r.Score, r.Label, size, s.AUC, s.AUCVar)
		if size[1] > 0 {
			near(t, "average precision", s.AveragePrecision, averagePrecision(r.Score, r.Label), 1e-14)
		} else if !math.IsNaN(s.AveragePrecision) {
			t.Fatalf("average precision without a positive: %v", s.AveragePrecision)
		}
		lossesAre(t, p, r, nil, s.LogLoss, s.Brier)
		for k, q := range s.Pairs {
			rival := ranks(t, "rival", r.Rivals[k], r.Label, size, q.AUC, q.AUCVar)
			if min(size[0], size[1]) >= 2 {
				near(t, "covariance", q.Covariance, delong(own, rival), 1e-14)
			} else if !math.IsNaN(q.Covariance) {
				t.Fatalf("covariance of %v rows: %v", size, q.Covariance)
			}
			var joint [2][4]int64
			for i, y := range r.Label {
				at := 0
				if len(p.Cuts) > 0 && r.Score[i] >= p.Cuts[0] {
					at = 2
				}
				if r.Rivals[k][i] >= p.Rivals[k] {
					at++
				}
				joint[y][at]++
			}
			if q.Counts != joint {
				t.Fatalf("joint counts %v, want %v", q.Counts, joint)
			}
			lossesAre(t, p, r, r.Rivals[k], q.LogLoss, q.Brier)
		}
	})
}

func confusion(t *rapid.T, p Plan, r rowsOf, s Stats) {
	if len(s.Cuts) != len(p.Cuts) {
		t.Fatalf("%d cuts, want %d", len(s.Cuts), len(p.Cuts))
	}
	for k, cut := range p.Cuts {
		var want Counts
		for i, y := range r.Label {
			switch positive := r.Score[i] >= cut; {
			case positive && y == 1:
				want.TP++
			case positive:
				want.FP++
			case y == 1:
				want.FN++
			default:
				want.TN++
			}
		}
		if s.Cuts[k] != want || k == 0 && s.Counts != want {
			t.Fatalf("cut %v: %v and %v, want %v", cut, s.Cuts[k], s.Counts, want)
		}
	}
}

func ranks(t *rapid.T, name string, score []float64, label []uint8, size [2]int64, auc, variance float64) [2][]float64 {
	v := placements(score, label)
	if min(size[0], size[1]) == 0 {
		if !math.IsNaN(auc) || !math.IsNaN(variance) {
			t.Fatalf("%s: an empty class has AUC %v, variance %v", name, auc, variance)
		}
		return v
	}
	near(t, name+" auc", auc, mean(v[1]), 1e-14)
	near(t, name+" auc from the negatives", auc, mean(v[0]), 1e-14)
	if min(size[0], size[1]) < 2 {
		if !math.IsNaN(variance) {
			t.Fatalf("%s: one row of a class has variance %v", name, variance)
		}
		return v
	}
	near(t, name+" variance", variance, delong(v, v), 1e-14)
	return v
}

// lossesAre holds the losses, or those of ours minus a rival's, against their definition.
func lossesAre(t *rapid.T, p Plan, r rowsOf, rival []float64, log, brier Loss) {
	ls, bs := []float64{}, []float64{}
	defined := true
	for i, y := range r.Label {
		defined = defined && r.Score[i] >= 0 && r.Score[i] <= 1 && (rival == nil || rival[i] >= 0 && rival[i] <= 1)
		l, b := logLoss(r.Score[i], y, p.Eps), (r.Score[i]-float64(y))*(r.Score[i]-float64(y))
		if rival != nil {
			l -= logLoss(rival[i], y, p.Eps)
			b -= (rival[i] - float64(y)) * (rival[i] - float64(y))
		}
		ls, bs = append(ls, l), append(bs, b)
	}
	if !defined || len(ls) == 0 {
		for _, x := range []float64{log.Mean, log.SE, brier.Mean, brier.SE} {
			if !math.IsNaN(x) {
				t.Fatalf("losses %v %v, want NaN", log, brier)
			}
		}
		return
	}
	wantLog, wantBrier := meanSE(ls), meanSE(bs)
	near(t, "log loss", log.Mean, wantLog.Mean, 1e-14)
	near(t, "log loss's se", log.SE, wantLog.SE, 1e-14)
	near(t, "brier", brier.Mean, wantBrier.Mean, 1e-14)
	near(t, "brier's se", brier.SE, wantBrier.SE, 1e-14)
}
