package drift_test

import (
	"fmt"

	"github.com/gatecard/gatecard/evaluate/drift"
)

// Two goroutines' counters make a baseline's column; later rows are counted in its bins and measured.
func Example() {
	one, two := drift.NewNumbers(), drift.NewNumbers()
	for age := range 60 {
		one.Add([]float64{float64(20 + age%30), float64(20 + age%40)})
		two.Add([]float64{float64(25 + age%30)})
	}
	if err := one.Merge(two); err != nil {
		panic(err)
	}
	baseline := one.Column() // what is stored: counts, and no row

	now := baseline.NewNumbers()
	for age := range 400 {
		now.Add([]float64{float64(30 + age%40)})
	}
	for _, name := range []string{"psi", "ks", "wasserstein"} {
		d, _ := drift.Named(name)
		value, basis, support, err := d.Between(baseline, now.Column())
		fmt.Printf("%s %.3f, at least %.3f, of %d rows, %v\n", d.Title, value, basis.Low(0.025), support, err)
	}
	// Output:
	// PSI 1.797, at least 1.068, of 180 rows, <nil>
	// KS distance 0.386, at least 0.188, of 180 rows, <nil>
	// Wasserstein distance 12.778, at least 9.908, of 180 rows, <nil>
}
