package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestPairedClasses: of two classes a difference is that of two classes' own methods; models in each other's place have the negated one with its limits; a basis survives JSON, and
// holds its own estimate.
func TestPairedClasses(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	judged := 0
	for i := range 300 {
		k := 2 + i%4
		c := PairedConfusion{Classes: k}
		turned := PairedConfusion{Classes: k}
		var binary PairedCounts
		for truth := range k {
			for ours := range k {
				for theirs := range k {
					n := int64(r.IntN(40))
					if ours == truth || theirs == truth {
						n *= 5
					}
					c.Cells = append(c.Cells, PairedCell{truth, ours, theirs, n})
					turned.Cells = append(turned.Cells, PairedCell{truth, theirs, ours, n})
					if k == 2 {
						binary[truth][2*ours+theirs] += n
					}
				}
			}
		}
		for name, of := range map[string]func(PairedConfusion) Basis{
			"macro recall": PairedConfusion.MacroRecall, "kappa": PairedConfusion.Kappa, "MCC": PairedConfusion.MCC,
			"macro F1":           func(c PairedConfusion) Basis { return c.MacroF1(false) },
			"weighted F1":        func(c PairedConfusion) Basis { return c.MacroF1(true) },
			"weighted precision": func(c PairedConfusion) Basis { return c.MacroPrecision(true) },
			"macro Jaccard":      func(c PairedConfusion) Basis { return c.MacroJaccard(false) },
		} {
			b, other := of(c), of(turned)
			low, high := b.Low(.025), b.High(.025)
			if b.Method == "" {
				continue
			}
			judged++
			if !(low <= b.Value() && b.Value() <= high) {
				t.Fatalf("%s: %v is not within [%v, %v]", name, b.Value(), low, high)
			}
			if !(math.Abs(other.Value()+b.Value()) < 1e-12 && math.Abs(other.Low(.025)+high) < 1e-9 && math.Abs(other.High(.025)+low) < 1e-9) {
				t.Fatalf("%s: [%v, %v], and in each other's place [%v, %v]", name, low, high, other.Low(.025), other.High(.025))
			}
			text, err := json.Marshal(b)
			var again Basis
			if err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(again, b) {
				t.Fatalf("%s: %s", name, text)
			}
			if want := map[string]Basis{"kappa": PairedKappa(binary), "MCC": PairedMCC(binary)}[name]; k == 2 && want.Method != "" {
				if !(math.Abs(b.Value()-want.Value()) < 1e-12 && math.Abs(b.SE-want.SE) < 1e-12) || b.N != want.N {
					t.Fatalf("%s of two classes is %+v, want %+v", name, b, want)
				}
			}
		}
		if ours, _ := c.Tables(); k == 2 {
			counts := Counts{TN: float64(ours[0][0]), FP: float64(ours[0][1]), FN: float64(ours[1][0]), TP: float64(ours[1][1])}
			for name, pair := range map[string][2]float64{"MCC": {ours.MCC().Value(), MCC(counts.TP, counts.FP, counts.TN, counts.FN).Value()}, "kappa": {ours.Kappa().Value(), Kappa(counts.TP, counts.FP, counts.TN, counts.FN).Value()}} {
				if !(math.Abs(pair[0]-pair[1]) < 1e-12) {
					t.Fatalf("%s of two classes is %v, want %v", name, pair[0], pair[1])
				}
			}
		}
	}
	if judged < 1000 {
		t.Errorf("%d were judged", judged)
	}
}

// TestNoneOfClasses: without rows, with counts that are none, with few rows wrong or right, or few on which two models differ, there are no limits.
func TestNoneOfClasses(t *testing.T) {
	few := PairedConfusion{3, []PairedCell{{0, 0, 0, 200}, {1, 1, 1, 200}, {2, 2, 2, 200}, {0, 0, 1, 5}, {1, 2, 1, 4}}}
	for name, b := range map[string]Basis{
		"no rows":                 Confusion{{0, 0}, {0, 0}}.Kappa(),
		"no table":                Confusion{{1, 2}, {3}}.MCC(),
		"one class":               Confusion{{50, 0}, {0, 0}}.MCC(),
		"4 wrong":                 Confusion{{100, 4, 0}, {0, 100, 0}, {0, 0, 100}}.Kappa(),
		"few right of the rarer":  Confusion{{300, 20, 20}, {30, 4, 2}, {30, 2, 5}}.MCC(),
		"few right of a class":    Confusion{{300, 20, 20}, {30, 40, 2}, {30, 2, 4}}.MacroJaccard(),
		"9 apart":                 few.Kappa(),
		"a class that is none":    PairedConfusion{2, []PairedCell{{0, 2, 0, 10}}}.MCC(),
		"a negative count":        PairedConfusion{2, []PairedCell{{0, 1, 0, -1}}}.MacroF1(false),
		"a class without rows":    PairedConfusion{3, []PairedCell{{0, 0, 1, 100}, {1, 1, 1, 100}}}.MacroRecall(),
		"a class without a right": PairedConfusion{2, []PairedCell{{0, 0, 0, 100}, {1, 0, 0, 100}, {0, 0, 1, 20}}}.MacroF1(true),
	} {
		if b.Method != "" {
			t.Errorf("%s: %+v", name, b)
		}
	}
	if b := few; fmt.Sprint(b.Accuracy()) != "[600 5 4 0]" || b.OneVsRest(1) != (PairedCounts{{400, 5, 0, 0}, {0, 4, 0, 200}}) {
		t.Errorf("%v, %v", b.Accuracy(), b.OneVsRest(1))
	}
}
