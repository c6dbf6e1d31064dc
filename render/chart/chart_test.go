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

func TestCalibration(t *testing.T) {
	if s := (chart.Calibration{}).Draw(); s != "" {
		t.Errorf("nothing is drawn as %s", s)
	}
	c := chart.Calibration{Title: "a < b", Bins: []chart.Bin{{0.25, 0.5, 0.4, 0.6}, {0.75, 0.75, 0.7, 0.8}}}
	for i := range 8 {
		c.Bars = append(c.Bars, chart.Bar{From: float64(i) / 8, To: float64(i+1) / 8, Negatives: float64(8 - i), Positives: float64(i)})
	}
	s := c.Draw()
	wellFormed(t, s)
	// the square is 200 wide from 34, and ends 208 below the top; bars stand below it, 44 high at most
	for _, want := range []string{"<title>a &lt; b</title>", `cx="84" cy="108"`, `x1="84" x2="84" y1="128" y2="88"`, `cx="184" cy="58"`,
		`class="bar" x="34.5" y="214" width="24" height="44"`, `class="bar" x="209.5" y="214" width="24" height="44"`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	// where all scores are small, so is the square's share of [0, 1]: bars beyond it are none
	c.Bins = []chart.Bin{{0.01, 0.02, 0.015, 0.03}}
	if s = c.Draw(); strings.Contains(s, "bar") || !strings.Contains(s, ">0.03<") {
		t.Errorf("small scores are drawn as %s", s)
	}
}

func TestPrecisionRecall(t *testing.T) {
	if s := chart.PrecisionRecall(chart.Curve{Points: [][]float64{{0, 0}}}); s != "" {
		t.Errorf("a point is drawn as a curve: %s", s)
	}
	chance := 0.25
	s := chart.PrecisionRecall(chart.Curve{Title: "a & b", Points: [][]float64{{0, 1}, {0.5, 0.75}, {1, 0.25}}, At: &[2]float64{0.75, 0.5}, AtLabel: "threshold 0.5", Chance: &chance})
	wellFormed(t, s)
	for _, want := range []string{"<title>a &amp; b</title>", `d="M34 8L134 58L234 158"`, `class="chance" x1="34" x2="234" y1="158" y2="158"`, `cx="184" cy="108"`, `text-anchor="end">threshold 0.5`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
}

// TestScores: a class's bars are shares of its own rows, so that one positive row in a thousand is as long as all negative ones.
func TestScores(t *testing.T) {
	if s := (chart.Scores{Bars: []chart.Bar{{From: 0, To: 1, Negatives: 1}}}).Draw(); s != "" {
		t.Errorf("one bar is drawn: %s", s)
	}
	half := 0.5
	c := chart.Scores{Title: "s", Names: [2]string{"yes", "n<o"}, At: &half, Bars: []chart.Bar{{From: 0, To: 0.5, Negatives: 3000, Positives: 1}, {From: 0.5, To: 1, Negatives: 1000, Positives: 3}}}
	s := c.Draw()
	wellFormed(t, s)
	// the line between is at 108; the longest bar takes 94 of the 100 to the edge
	for _, want := range []string{`class="bar full" x="134.4" y="14" width="99.2" height="94"`, `class="bar full" x="34.4" y="76.67" width="99.2" height="31.33"`,
		`class="bar" x="34.4" y="108" width="99.2" height="94"`, `class="bar" x="134.4" y="108" width="99.2" height="31.33"`, "75 %", "n&lt;o", `class="bound" x1="134"`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	// where nobody knows the classes, all rows stand up
	c.Names = [2]string{}
	if s := c.Draw(); !strings.Contains(s, `class="bar full" x="34.4" y="20" width="99.2" height="188"`) || strings.Contains(s, `class="bar" `) {
		t.Errorf("scores without labels are drawn as %s", s)
	}
}

func TestSmall(t *testing.T) {
	if s := (chart.Small{}).Draw(); s != "" {
		t.Errorf("nothing is drawn as %s", s)
	}
	unit := chart.NewAxis(0, 1)
	s := chart.Small{Title: "men & women", X: unit, Y: unit, Chance: true, Points: [][]float64{{0, 0}, {0.5, 1}, {1, 1}}, All: [][]float64{{0, 0}, {1, 1}}}.Draw()
	wellFormed(t, s)
	for _, want := range []string{"<title>men &amp; women</title>", `<path class="curve" d="M3 103L53 3L103 3"/>`, `<path class="curve all" d="M3 103L103 3"/>`, `class="chance" x1="3" y1="103" x2="103" y2="3"`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	if s = (chart.Small{X: unit, Y: unit, Bins: []chart.Bin{{0.5, 0.25, 0.2, 0.3}}}).Draw(); !strings.Contains(s, `x1="53" x2="53" y1="83" y2="73"/><circle class="pt" cx="53" cy="78"`) {
		t.Errorf("a bin is drawn as %s", s)
	}
}

func TestSpread(t *testing.T) {
	p := func(v float64) *float64 { return &v }
	a := chart.NewAxis(0, 100)
	s := a.Spread(chart.Spread{Title: "overall: 25", Middle: p(25), Box: [2]*float64{p(0), p(50)}, Ends: [2]*float64{p(0), p(75)}, Guide: p(100)})
	wellFormed(t, s)
	for _, want := range []string{`<circle class="pt" cx="26%"`, `class="box" x1="2%" x2="50%"`, `class="whisker" x1="2%" x2="74%"`, `class="bound" x1="98%"`, `<g class="in">`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	if s = a.Spread(chart.Spread{Middle: p(25), Ends: [2]*float64{p(0), nil}, Faint: true}); strings.Contains(s, "whisker") || strings.Contains(s, "box") || !strings.Contains(s, "unjudged") {
		t.Errorf("a mark alone is drawn as %s", s)
	}
}

func TestThousands(t *testing.T) {
	s := chart.NewAxis(-2_000_000, 2_000_000).Scale(nil)
	for _, want := range []string{">−2,000,000<", ">−1,000,000<", ">0<", ">1,000,000<"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	if s := chart.NewAxis(999.5, 1000.5).Scale(nil); !strings.Contains(s, ">999.5<") || !strings.Contains(s, ">1,000.0<") {
		t.Error(s)
	}
}

func TestThresholds(t *testing.T) {
	if s := (chart.Thresholds{Points: [][]float64{{0, 1, 1, 1}}}).Draw(); s != "" {
		t.Errorf("a point is drawn as lines: %s", s)
	}
	half := 0.5
	s := chart.Thresholds{Title: "t", Points: [][]float64{{0, 0.5, 1, 1}, {1, 1, 0, 0}}, Lines: []string{"precision", "a&b", "selected"}, At: &half}.Draw()
	wellFormed(t, s)
	for _, want := range []string{`<path class="curve" d="M34 108L234 8"/>`, `<path class="curve dashed" d="M34 8L234 208"/>`, `<path class="curve dotted"`, "a&amp;b",
		`<line class="bound" x1="134" x2="134" y1="208" y2="8"/>`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in %s", want, s)
		}
	}
	beyond := 7.0
	if s := (chart.Thresholds{Points: [][]float64{{0, 1}, {1, 0}}, Lines: []string{"x"}, At: &beyond}).Draw(); strings.Contains(s, "bound") {
		t.Errorf("a threshold beyond the axis is drawn: %s", s)
	}
}

// TestCurvesOfAnything: whatever the numbers, the drawing is XML without a number that is none.
func TestCurvesOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(-1e6, 1e6))
		points := func(columns int) (list [][]float64) {
			for range rapid.IntRange(0, 6).Draw(t, "points") {
				list = append(list, rapid.SliceOfN(value, columns, columns).Draw(t, "point"))
			}
			return list
		}
		var c chart.Calibration
		for _, p := range points(4) {
			c.Bins = append(c.Bins, chart.Bin{Score: p[0], Share: p[1], Low: p[2], High: p[3]})
		}
		for _, p := range points(4) {
			c.Bars = append(c.Bars, chart.Bar{From: p[0], To: p[1], Negatives: math.Abs(p[2]), Positives: math.Abs(p[3])})
		}
		at := value.Draw(t, "threshold")
		for _, s := range []string{c.Draw(), chart.ROC(chart.Curve{Points: points(2)}), chart.PrecisionRecall(chart.Curve{Points: points(2), Chance: &at}),
			chart.Scores{Bars: c.Bars, At: &at, Names: [2]string{"a", "b"}}.Draw(), chart.Scores{Bars: c.Bars}.Draw(), chart.NewAxis(at).Spread(chart.Spread{Middle: &at, Box: [2]*float64{&at, &at}}),
			chart.Small{X: chart.NewAxis(at), Y: chart.NewAxis(0, 1), Points: points(2), All: points(2), Bins: c.Bins}.Draw(), chart.Thresholds{Points: points(4), Lines: []string{"a", "b", "c"}, At: &at}.Draw()} {
			for _, e := range wellFormed(t, "<x>"+s+"</x>") {
				for _, a := range e.Attr {
					if a.Name.Local == "id" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || (a.Name.Local == "width" || a.Name.Local == "height") && strings.HasPrefix(a.Value, "-") {
						t.Fatalf("%s has %s=%s", e.Name.Local, a.Name.Local, a.Value)
					}
				}
			}
		}
	})
}
