package drift

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

type oracle struct {
	Columns []struct {
		Name      string
		Base, Now Column
		Figures   map[string]float64
	}
	Raw []struct {
		Name                  string
		Base, Now             [][2]float64 // number, rows
		KS, Wasserstein, SD   float64
		WassersteinNormalized float64 `json:"wasserstein_normalized"`
	}
}

func readOracle(t *testing.T) oracle {
	t.Helper()
	text, err := os.ReadFile("../../fixtures/oracle/drift.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracle
	if err := json.Unmarshal(text, &o); err != nil || len(o.Columns) == 0 || len(o.Raw) == 0 {
		t.Fatalf("%d columns, %d raw, %v", len(o.Columns), len(o.Raw), err)
	}
	return o
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) }

// Every figure of SciPy's on the same bins, to 1e-12, with standard errors by differences of the definitions.
func TestDistancesAreSciPys(t *testing.T) {
	for _, c := range readOracle(t).Columns {
		got := map[string]float64{}
		p, q, err := shares(c.Base, c.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, got["psi_se"] = index(p, q)
		divergence, chance, se := jensen(p, q)
		got["js_raw"], got["js_divergence"], got["js_se"] = divergence, divergence-chance, se
		phi, chance, se := contingency(p, q)
		got["v_raw"], got["phi"], got["phi_se"] = math.Sqrt(phi), phi-chance, se
		statistic, freedom, probability, err := ChiSquared(c.Base, c.Now)
		if err != nil {
			t.Fatal(err)
		}
		got["chi_squared"], got["freedom"], got["p"] = statistic, float64(freedom), probability
		for _, d := range Distances() {
			if d.Of == Positives || d.Of == OrderedNumbers && c.Base.Counts == nil {
				continue
			}
			v, basis, _, err := d.Between(c.Base, c.Now)
			if err != nil {
				t.Fatalf("%s: %s: %v", c.Name, d.Name, err)
			}
			if v != basis.Value() {
				t.Errorf("%s: %s is %v, and by its basis %v", c.Name, d.Name, v, basis.Value())
			}
			got[d.Name] = v
			switch d.Name {
			case "ks":
				got["ks_p"] = KolmogorovSmirnov(v, c.Base.Rows-c.Base.Missing, c.Now.Rows-c.Now.Missing)
			case "wasserstein":
				got["noise"], got["wasserstein_se"] = basis.K, basis.SE
			case "js_divergence", "psi":
				if s := map[string]float64{"psi": got["psi_se"], "js_divergence": got["js_se"]}[d.Name]; basis.SE != s || basis.Estimate != v {
					t.Errorf("%s: the basis of %s is %+v", c.Name, d.Name, basis)
				}
			case "js_distance":
				if want := math.Sqrt(math.Max(0, got["js_divergence"])); v != want {
					t.Errorf("%s: %s is %v, want %v", c.Name, d.Name, v, want)
				}
				delete(got, d.Name)
			case "cramers_v":
				if want := math.Sqrt(math.Max(0, got["phi"])); v != want {
					t.Errorf("%s: %s is %v, want %v", c.Name, d.Name, v, want)
				}
				delete(got, d.Name)
			}
		}
		for name, want := range c.Figures {
			x, ok := got[name]
			if !ok || !near(x, want) {
				t.Errorf("%s: %s is %.17g, want %.17g", c.Name, name, x, want)
			}
			delete(got, name)
		}
		if len(got) > 0 {
			t.Errorf("%s: the oracle has no %v", c.Name, got)
		}
	}
}

// Numbers that a profile keeps apart have SciPy's figures of the numbers themselves.
func TestRawNumbersAreSciPys(t *testing.T) {
	for _, c := range readOracle(t).Raw {
		rows := func(pairs [][2]float64) []float64 {
			var xs []float64
			for _, p := range pairs {
				for range int(p[1]) {
					xs = append(xs, p[0])
				}
			}
			return xs
		}
		base := columnOf(rows(c.Base))
		now := base.against(rows(c.Now))
		if !near(base.SD, c.SD) {
			t.Errorf("%s: the standard deviation is %v, want %v", c.Name, base.SD, c.SD)
		}
		for name, want := range map[string]float64{"ks": c.KS, "wasserstein": c.Wasserstein, "wasserstein_normalized": c.WassersteinNormalized} {
			d, _ := Named(name)
			v, _, _, err := d.Between(base, now)
			// A number that the baseline has not is known to 2^−26 of its bin's width.
			tolerance := 1e-12 * math.Max(1, want)
			if c.Name == "values that the baseline has not" && name != "ks" {
				tolerance = 1e-7 * want
			}
			if err != nil || math.Abs(v-want) > tolerance {
				t.Errorf("%s: %s is %.17g, want %.17g (%v)", c.Name, name, v, want, err)
			}
		}
	}
}
