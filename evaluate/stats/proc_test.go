package stats

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// Figures of pROC: fixtures/oracle/proc.json, by proc.R.
func TestPROC(t *testing.T) {
	b, err := os.ReadFile("../../fixtures/oracle/proc.json")
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Level float64
		Sets  []struct {
			Name                 string
			Label                []int
			Scores               [][]float64
			Positives, Negatives int64
			AUC                  []float64
			Covariance           [][]float64
			Interval             [][2]float64
			Difference           [2]float64
			Partial              []*float64 `json:"partial_to_fpr_0.2"`
		}
	}
	if err := json.Unmarshal(b, &oracle); err != nil {
		t.Fatal(err)
	}
	if len(oracle.Sets) < 6 || oracle.Level != .95 {
		t.Fatal("no figures")
	}
	decided, partials := 0, 0
	for _, s := range oracle.Sets {
		var v10, v01 [2][]float64
		for m, xs := range s.Scores {
			var classes [2][]float64
			for i, x := range xs {
				classes[s.Label[i]] = append(classes[s.Label[i]], x)
			}
			v10[m], v01[m] = placements(classes[1], classes[0]), flip(placements(classes[0], classes[1]))
			near(t, s.Name+": area", meanOf(v10[m]), s.AUC[m], 1e-14)
			if s.Partial[m] != nil {
				partials++
				mean, _ := classesOf(classes).partial(.2)
				near(t, s.Name+": partial area", PartialAUC(mean, .01, .2, s.Negatives, s.Positives).Value(), *s.Partial[m], 1e-12)
			}
		}
		covariances := func(i, j int) float64 {
			return covariance(v10[i], v10[j])/float64(s.Positives) + covariance(v01[i], v01[j])/float64(s.Negatives)
		}
		for i := range 2 {
			for j := range 2 {
				near(t, s.Name+": covariance", covariances(i, j), s.Covariance[i][j], 1e-15)
			}
			se := math.Sqrt(covariances(i, i))
			for k, side := range []side{lower, upper} {
				near(t, s.Name+": interval", clip(symmetric(s.AUC[i], se, normalUpper(.025), side), 0, 1), s.Interval[i][k], 1e-12)
			}
		}
		paired := PairedAUC(s.AUC[0], s.AUC[1], math.Sqrt(covariances(0, 0)+covariances(1, 1)-2*covariances(0, 1)), s.Negatives, s.Positives)
		if low, high := paired.Low(.025), paired.High(.025); !math.IsNaN(low) {
			decided++
			near(t, s.Name+": difference low", low, s.Difference[0], 1e-12)
			near(t, s.Name+": difference high", high, s.Difference[1], 1e-12)
		}
	}
	if decided < 2 || partials < 6 {
		t.Errorf("%d differences and %d partial areas were compared", decided, partials)
	}
}

// classesOf puts each class's scores from the highest down.
func classesOf(classes [2][]float64) scores {
	var s scores
	for label, xs := range classes {
		s[label] = append([]float64(nil), xs...)
		sortDown(s[label])
	}
	return s
}
