package gates_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// whole is a policy with every key that there is.
const whole = `task: binary
label: y
positive: "1"
threshold: 0.5
sampling: stratified
prevalence: 0.02
level: 0.95
outcomes: {max_unmatched: 0.02, max_missing: 0.03, repeated: last}
label_delay: 30d
time: at
as_of: 2026-01-31
groups:
  - {name: sex, column: SEX, values: {"1": men, "2": women}}
  - {name: age, column: AGEP, bins: [25, 40]}
  - sex * age
gates:
  - {id: a, metric: recall, across: [sex], min: 0.5, decide: proven, level: 0.9, min_support: 30, on_small: refuse, warn: 0.6, because: it must}
  - {id: b, metric: false_positive_rate, across: [sex, age], max: 0.2}
  - {id: c, metric: recall, across: [sex], max_gap: 0.1}
  - {id: d, metric: recall, across: [sex], min_ratio: 0.8, reference: highest}
  - {id: e, metric: recall, across: [sex], max_ratio: 1.25, reference: majority}
  - {id: f, metric: roc_auc, versus: champion, across: [sex], max_drop: 0.01, max_unmatched: 0}
  - {id: g, metric: roc_auc, versus: champion, min_gain: 0.01}
  - {id: h, drift: psi, columns: [score], max: 0.1}
stages: {Staging: {requires: [gates, card]}}
aliases: {champion: {requires: [gates]}}
artifacts: {weights: "*.onnx"}
evidence: {expires: 90d}
reported: refuse
baseline: sha256:0000000000000000000000000000000000000000000000000000000000000001
`

// flips are changes that may change a verdict or a refusal, by the key that each changes. One that stands twice is told apart by its second
// word.
var flips = map[string][2]string{
	"label":          {"label: y", "label: z"},
	"positive":       {`positive: "1"`, `positive: "2"`},
	"threshold":      {"threshold: 0.5", "threshold: 0.4"},
	"sampling":       {"sampling: stratified", "sampling: resampled"},
	"prevalence":     {"prevalence: 0.02", "prevalence: 0.03"},
	"level":          {"\nlevel: 0.95", "\nlevel: 0.9"},
	"level gate":     {"level: 0.9,", "level: 0.99,"},
	"groups":         {"  - sex * age\n", ""},
	"name":           {"{name: age", "{name: years"},
	"column":         {"column: SEX", "column: GENDER"},
	"values":         {"men, ", "man, "},
	"bins":           {"[25, 40]", "[25, 41]"},
	"gates":          {"  - {id: h, drift: psi, columns: [score], max: 0.1}\n", ""},
	"id":             {"id: a", "id: z"},
	"metric":         {"a, metric: recall", "a, metric: precision"},
	"across":         {"[sex], min: 0.5", "[age], min: 0.5"},
	"min":            {"min: 0.5", "min: 0.51"},
	"max":            {"max: 0.2", "max: 0.21"},
	"max drift":      {"columns: [score], max: 0.1", "columns: [score], max: 0.2"},
	"decide":         {"decide: proven", "decide: estimate"},
	"min_support":    {"min_support: 30", "min_support: 31"},
	"on_small":       {"on_small: refuse", "on_small: list"},
	"warn":           {"warn: 0.6", "warn: 0.7"},
	"because":        {"it must", "it should"},
	"max_gap":        {"max_gap: 0.1", "max_gap: 0.11"},
	"min_ratio":      {"min_ratio: 0.8", "min_ratio: 0.9"},
	"max_ratio":      {"max_ratio: 1.25", "max_ratio: 1.3"},
	"reference":      {"reference: highest", "reference: majority"},
	"reference name": {"reference: majority", "reference: men"},
	"max_drop":       {"max_drop: 0.01", "max_drop: 0.02"},
	"outcomes":       {"{max_unmatched: 0.02", "{max_unmatched: 0.03"},
	"max_missing":    {"max_missing: 0.03", "max_missing: 0.04"},
	"known_for":      {"max_missing: 0.03, repeated: last}", "repeated: last, known_for: selected}"},
	"label_delay":    {"label_delay: 30d", "label_delay: 31d"},
	"time":           {"time: at", "time: on"},
	"as_of":          {"as_of: 2026-01-31", "as_of: 2026-02-01"},
	"repeated":       {"repeated: last", "repeated: first"},
	"max_unmatched":  {"max_unmatched: 0}", "max_unmatched: 0.01}"},
	"min_gain":       {"min_gain: 0.01", "min_gain: 0.02"},
	"versus":         {"metric: roc_auc, versus: champion, min_gain: 0.01", "metric: roc_auc, min: 0.01"},
	"drift":          {"drift: psi, columns: [score], max: 0.1", "metric: recall, max: 0.1"},
	"columns":        {"columns: [score]", "columns: [score, x]"},
	"stages":         {"stages: {Staging", "stages: {Archived"},
	"requires":       {"[gates, card]", "[gates]"},
	"aliases":        {"aliases: {champion", "aliases: {best"},
	"artifacts":      {"*.onnx", "*.bin"},
	"evidence":       {"evidence: {expires: 90d}\n", "evidence: {expires: 91d}\n"},
	"reported":       {"reported: refuse\n", ""},
	"expires":        {"expires: 90d", "expires: 30d"},
	"baseline":       {"00000001\n", "00000002\n"},
}

// TestDigestDependsOnEveryKey flips each key that changes a verdict or a refusal: all digests differ. A key of the types that no flip changes fails.
func TestDigestDependsOnEveryKey(t *testing.T) {
	digests := map[evidence.Digest]string{digest(t, whole): "nothing"}
	covered := map[string]bool{"task": true} // which is always binary yet
	for name, flip := range flips {
		if strings.Count(whole, flip[0]) == 0 {
			t.Fatalf("%s: %q is not in the policy", name, flip[0])
		}
		text := strings.Replace(whole, flip[0], flip[1], 1)
		if name == "name" {
			text = strings.ReplaceAll(strings.ReplaceAll(text, "sex * age", "sex * years"), "[sex, age]", "[sex, years]")
		}
		d := digest(t, text)
		if other, ok := digests[d]; ok {
			t.Errorf("the policy with another %s has the digest of that with another %s", name, other)
		}
		digests[d] = name
		covered[strings.Fields(name)[0]] = true
	}
	types := []any{gates.Policy{}, gates.Common{}, gates.Validity{}, evidence.Protection{}, evaluate.Terms{}, evaluate.Dimension{}}
	for _, k := range gates.Kinds() {
		types = append(types, k.New())
	}
	for _, v := range types {
		for _, key := range keysOf(reflect.TypeOf(v)) {
			if !covered[key] {
				t.Errorf("no flip changes %q of %T", key, v)
			}
		}
	}
}

func keysOf(of reflect.Type) []string {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	var keys []string
	for f := range of.Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

func digest(t testing.TB, yaml string) evidence.Digest {
	t.Helper()
	d, err := parse(t, yaml).Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDigestOfTheSame: how a policy is written does not count, what it says does.
func TestDigestOfTheSame(t *testing.T) {
	want := digest(t, whole)
	for name, change := range map[string][2]string{
		"comments":          {"gates:\n", "# the rules\ngates: # worst first\n\n\n"},
		"key order":         {"id: a, metric: recall, across: [sex], min: 0.5", "min: 0.5, metric: recall, id: a, across: [sex]"},
		"an alias":          {"a, metric: recall", "a, metric: tpr"},
		"one name":          {"across: [sex], min: 0.5", "across: sex, min: 0.5"},
		"a fraction":        {"max_gap: 0.1", "max_gap: 10pp"},
		"a number":          {"min: 0.5,", "min: 5.0e-1,"},
		"a multiplication":  {"sex * age", "sex × age"},
		"no threshold":      {"threshold: 0.5\n", ""},
		"no positive":       {"positive: \"1\"\n", ""},
		"a number positive": {"positive: \"1\"\n", "positive: 1\n"},
		"no level":          {"level: 0.95\n", ""},
		"no reference":      {", reference: highest", ""},
		"no unmatched":      {", max_unmatched: 0}", "}"},
		"no mode":           {"decide: proven, ", ""},
		"no support":        {"min_support: 30, on_small: refuse, ", ""},
		"no validity":       {"evidence: {expires: 90d}\n", ""},
		"a default written": {"max_gap: 0.1", "max_gap: 0.1, decide: proven, level: 0.95, min_support: 30, on_small: refuse"},
		"blocks":            {"stages: {Staging: {requires: [gates, card]}}", "stages:\n  Staging:\n    requires:\n      - gates\n      - card"},
	} {
		if !strings.Contains(whole, change[0]) {
			t.Fatalf("%s: %q is not in the policy", name, change[0])
		}
		if got := digest(t, strings.Replace(whole, change[0], change[1], 1)); got != want {
			t.Errorf("%s: another digest", name)
		}
	}
	if got := digest(t, "# moved down\n\n\n"+whole); got != want {
		t.Error("it depends on where the gates stand in the file")
	}
	d, err := schema.Parse("elsewhere.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	p, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Digest(); err != nil || got != want {
		t.Errorf("it depends on the file's name (%v)", err)
	}
}

// TestCanonical: what was left out stands in the canonical form as its default, and the canonical form says the same policy.
func TestCanonical(t *testing.T) {
	p := parse(t, "task: binary\nlabel: y\ngroups: [{column: SEX}]\ngates: [{metric: tpr, min: 50%}, {metric: selection_rate, across: SEX, min_ratio: 0.8}, {drift: psi, columns: x, max: 0.1}]\n")
	b, err := p.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"evidence":{"expires":"90d"},"gates":[` +
		`{"decide":"proven","id":"recall","level":0.95,"metric":"recall","min":0.5,"min_support":30,"on_small":"refuse"},` +
		`{"across":["SEX"],"decide":"proven","id":"selection_rate-ratio-by-sex","level":0.95,"metric":"selection_rate","min_ratio":0.8,"min_support":30,"on_small":"refuse","reference":"highest"},` +
		`{"columns":["x"],"decide":"unless_disproven","drift":"psi","id":"psi-of-x","level":0.95,"max":0.1,"min_support":30,"on_small":"refuse"}],` +
		`"groups":[{"column":"SEX","name":"SEX"}],"label":"y","level":0.95,"positive":"1","task":"binary","threshold":0.5}`
	if got := strings.TrimSpace(string(b)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	stable(t, p)
	stable(t, parse(t, whole))
}

// stable reads the canonical form, and wants the same bytes again.
func stable(t interface {
	Helper()
	Fatalf(string, ...any)
}, p gates.Policy) {
	t.Helper()
	b, err := p.Canonical()
	if err != nil {
		t.Fatalf("%v", err)
	}
	d, err := schema.Parse("policy.json", b)
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	q, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	again, err := q.Canonical()
	if err != nil || !bytes.Equal(b, again) {
		t.Fatalf("%v: canonical\n%s\nbecomes\n%s", err, b, again)
	}
}

// TestAnyPolicyIsStable parses policies of random gates, in random spelling, from their canonical form.
func TestAnyPolicyIsStable(t *testing.T) {
	metrics := []string{"recall", "tpr", "fpr", "precision@0.90", "f1", "roc_auc", "log_loss", "selection_rate"}
	rapid.Check(t, func(t *rapid.T) {
		across := func() string {
			return rapid.SampledFrom([]string{"sex", "[sex]", "[sex, age]", `"sex × age"`, "[age, sex * age]"}).Draw(t, "across")
		}
		lines := []string{"  - {metric: recall, min: 0.5}"}
		for range rapid.IntRange(1, 6).Draw(t, "gates") {
			m := rapid.SampledFrom(metrics).Draw(t, "metric")
			bound := rapid.SampledFrom([]string{"0.25", "25%", "2.5e-1", "0.3333333333333333"}).Draw(t, "bound")
			keys := rapid.SampledFrom([]string{
				"metric: " + m + ", min: " + quoted(bound),
				"metric: " + m + ", max: " + quoted(bound) + ", across: " + across(),
				"metric: " + m + ", max_gap: " + quoted(bound) + ", across: " + across(),
				"metric: " + m + ", min_ratio: " + quoted(bound) + ", across: " + across(),
				"metric: " + m + ", max_ratio: 1.5, reference: majority, across: " + across(),
				"metric: recall, versus: champion, max_drop: " + quoted(bound),
				"drift: psi, columns: [x, y], max: " + quoted(bound),
			}).Draw(t, "keys")
			for _, extra := range []string{", decide: estimate", ", level: 0.9", ", min_support: 50", ", on_small: list", ", warn: 0.1", ", because: \"é: '#\""} {
				if rapid.Bool().Draw(t, extra) {
					keys += extra
				}
			}
			lines = append(lines, "  - {"+keys+"}")
		}
		d, err := schema.Parse("policy.yaml", []byte(head+"gates:\n"+strings.Join(lines, "\n")+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := gates.ParsePolicy(d)
		if err != nil {
			t.Fatal(err)
		}
		stable(t, p)
		ids := map[string]bool{}
		for _, g := range p.Gates {
			if g.ID == "" || ids[g.ID] {
				t.Fatalf("the id %q is empty, or stands twice", g.ID)
			}
			ids[g.ID] = true
		}
	})
}

func quoted(s string) string {
	if strings.HasSuffix(s, "%") {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// TestKeysAreOfOneKind: no key that tells the kind is one that every gate has.
func TestKeysAreOfOneKind(t *testing.T) {
	common := keysOf(reflect.TypeFor[gates.Common]())
	seen := map[string]string{}
	for _, k := range gates.Kinds() {
		if k.Name == "" || k.Summary == "" || len(k.Keys) == 0 || k.New() == nil {
			t.Errorf("kind %+v is not complete", k)
		}
		own := keysOf(reflect.TypeOf(k.New()))
		for _, key := range own {
			if slices.Contains(common, key) {
				t.Errorf("%q of kind %s is a key of every gate", key, k.Name)
			}
		}
		for _, key := range k.Keys {
			if !slices.Contains(own, key) || seen[key] != "" {
				t.Errorf("%q tells kind %s: a key of its own %v, also of kind %q", key, k.Name, slices.Contains(own, key), seen[key])
			}
			seen[key] = k.Name
		}
	}
}
