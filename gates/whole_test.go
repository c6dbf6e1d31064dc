package gates_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// TestWhole: a group that was cut out of an evaluation, or whose name was changed, lets no gate pass by its absence.
func TestWhole(t *testing.T) {
	const yaml = `task: binary
label: label
groups:
  - {column: sex}
  - {column: age, bins: [30, 60]}
  - sex * age
gates: [{metric: recall, across: sex, min: 0.5}, {metric: recall, across: sex, min: 0.1}]
`
	const rows = "sex age label prediction n\nm 20 1 1 400\nm 40 1 1 400\nf 20 1 1 400\nf 40 1 1 400\nf 40 0 1 20\n"
	e, r := run(t, yaml, rows)
	if r.Verdict != evidence.Pass {
		t.Fatalf("as it was made: %s", r.Verdict)
	}
	p := parse(t, yaml)
	at := func(e *evaluate.Evaluation, name string) int {
		for i, s := range e.Slices {
			if s.Groups.String() == name {
				return i
			}
		}
		t.Fatalf("no slice of %s", name)
		return 0
	}
	drop := func(name string) func(*evaluate.Evaluation) {
		return func(e *evaluate.Evaluation) {
			i := at(e, name)
			e.Slices = append(e.Slices[:i:i], e.Slices[i+1:]...)
		}
	}
	for name, c := range map[string]struct {
		damage func(*evaluate.Evaluation)
		want   string
	}{
		"a group is cut out":       {drop("sex = f"), "the groups of sex have 800 rows together, and all have 1620"},
		"a combination is cut out": {drop("age = <30, sex = f"), "the groups of sex * age have 1220 rows together, and all have 1620"},
		"a group takes another's name": {func(e *evaluate.Evaluation) { e.Slices[at(e, "sex = f")].Groups = evaluate.Groups{"sex": "m"} },
			"it has two slices of sex = m"},
		"a group is moved to a dimension that is none": {func(e *evaluate.Evaluation) { e.Slices[at(e, "sex = f")].Groups = evaluate.Groups{"gender": "f"} },
			"it has a slice of gender = f, and the terms have no such groups"},
		"a group is overall a second time": {func(e *evaluate.Evaluation) { e.Slices[at(e, "sex = f")].Groups = evaluate.Groups{} },
			"it has a slice of overall, and the terms have no such groups"},
		"fewer rows than overall": {func(e *evaluate.Evaluation) { e.Rows = 0 }, "overall is of 1620 rows, and there are 0"},
	} {
		copied := clone(t, e)
		c.damage(copied)
		if r, err := gates.Judge(p, copied, evidence.Standing{}); r != nil || !errors.Is(err, gates.ErrDamaged) || !strings.HasSuffix(err.Error(), ": "+c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
