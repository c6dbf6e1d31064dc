package gates_test

import "testing"

// TestDefaultSupport: limits of a mean loss were shown to hold from 100 rows on, of its difference to a rival's from 300, of Wasserstein's distance from 100, all others from 30.
func TestDefaultSupport(t *testing.T) {
	p := parse(t, "task: binary\nlabel: y\ngates: [{metric: log_loss, max: 1}, {metric: brier, versus: champion, max_drop: 0.1}, {metric: recall, min: 0.5}, {drift: psi, columns: x, max: 0.1}, {drift: wasserstein, columns: x, max: 0.1}]\n")
	want := map[string]int64{"log_loss": 100, "brier_score-versus-champion": 300, "recall": 30, "psi-of-x": 30, "wasserstein-of-x": 100}
	for _, g := range p.Gates {
		if g.MinSupport != want[g.ID] {
			t.Errorf("%s: %d, want %d", g.ID, g.MinSupport, want[g.ID])
		}
	}
}
