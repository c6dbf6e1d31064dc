package chart_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/render/chart"
)

// wellFormed fails where s is no XML, and gives its elements.
func wellFormed(t interface{ Fatalf(string, ...any) }, s string) []xml.StartElement {
	var list []xml.StartElement
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%v in %s", err, s)
		}
		if e, ok := token.(xml.StartElement); ok {
			list = append(list, e)
		}
	}
}

func TestAxis(t *testing.T) {
	for name, test := range map[string]struct {
		values []float64
		ticks  []float64
	}{
		"shares over half": {[]float64{0.28, 0.9}, []float64{0, 0.25, 0.5, 0.75, 1}},
		"near each other":  {[]float64{0.86, 0.9, 0.905}, []float64{0.86, 0.88, 0.9, 0.92}},
		"tiny":             {[]float64{0, 0.1, 0.0009}, []float64{0, 0.05, 0.1}},
		"negative":         {[]float64{-0.021, 0.002}, []float64{-0.03, -0.02, -0.01, 0, 0.01}},
		"one value":        {[]float64{0.5}, nil},
		"nothing":          {nil, []float64{0, 0.25, 0.5, 0.75, 1}},
		"not finite":       {[]float64{math.NaN(), math.Inf(1), math.MaxFloat64}, []float64{0, 0.25, 0.5, 0.75, 1}},
	} {
		a := chart.NewAxis(test.values...)
		if len(a.Ticks) < 2 || len(a.Ticks) > 8 {
			t.Errorf("%s: ticks %v", name, a.Ticks)
		}
		if test.ticks == nil {
			continue
		}
		same := len(a.Ticks) == len(test.ticks)
		for i := range test.ticks {
			same = same && math.Abs(a.Ticks[i]-test.ticks[i]) < 1e-9
		}
		if !same {
			t.Errorf("%s: ticks %v, not %v", name, a.Ticks, test.ticks)
		}
	}
}

// TestRows draws whatever numbers: it is XML, within its axis, and the same each time.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-1e12+1, 1e12-1)
		values := rapid.SliceOfN(value, 0, 6).Draw(t, "values")
		a := chart.NewAxis(values...)
		if !(a.Low < a.High) {
			t.Fatalf("the axis goes from %v to %v", a.Low, a.High)
		}
		for _, v := range values {
			if slack := 2e-9 * (a.High - a.Low); v < a.Low-slack || v > a.High+slack {
				t.Fatalf("%v is beyond the axis %v to %v", v, a.Low, a.High)
			}
		}
		maybe := func(name string) *float64 {
			if rapid.Bool().Draw(t, name) {
				v := value.Draw(t, name)
				return &v
			}
			return nil
		}
		r := chart.Row{Title: rapid.String().Filter(plain).Draw(t, "title"), Value: maybe("value"), Low: maybe("low"), High: maybe("high"), Min: maybe("min"), Max: maybe("max"),
			Mark: chart.Mark(rapid.IntRange(0, 2).Draw(t, "mark"))}
		s := a.Row(r) + a.Scale(r.Min)
		if s != a.Row(r)+a.Scale(r.Min) {
			t.Fatal("two drawings differ")
		}
		for _, e := range wellFormed(t, "<x>"+s+"</x>") {
			for _, attribute := range e.Attr {
				if attribute.Name.Local == "id" {
					t.Fatal("an id could collide with another chart's")
				}
				if strings.Contains(attribute.Value, "NaN") || strings.Contains(attribute.Value, "Inf") {
					t.Fatalf("%s has %s=%s", e.Name.Local, attribute.Name.Local, attribute.Value)
				}
			}
		}
	})
}

func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > 0xd7ff })
}

func TestShapesDiffer(t *testing.T) {
	a := chart.NewAxis(0, 1)
	v := 0.5
	seen := map[string]bool{}
	for _, m := range []chart.Mark{chart.Disc, chart.Diamond, chart.Ring} {
		s := a.Row(chart.Row{Title: "a < b & c", Value: &v, Mark: m})
		s = strings.NewReplacer(`class="in"`, "", `class="out"`, "", `class="unjudged"`, "").Replace(s)
		if seen[s] {
			t.Error("two marks differ by their colour alone")
		}
		seen[s] = true
		if !strings.Contains(s, "<title>a &lt; b &amp; c</title>") {
			t.Errorf("the title is not read aloud, or not escaped: %s", s)
		}
	}
}

func TestROC(t *testing.T) {
	if s := chart.ROC(chart.Curve{Points: [][]float64{{0, 0}}}); s != "" {
		t.Errorf("a point is drawn as a curve: %s", s)
	}
	s := chart.ROC(chart.Curve{Title: "ROC <curve>", Points: [][]float64{{0, 0}, {0.25, 0.75}, {1, 1}}, At: &[2]float64{0.25, 0.75}, AtLabel: "threshold 0.5"})
	wellFormed(t, s)
	for _, want := range []string{"<title>ROC &lt;curve&gt;</title>", `d="M34 208L84 58L234 8"`, `cx="84" cy="58"`, "threshold 0.5"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
}
