package gates

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// Policy is everything that changes a verdict or a refusal. Its keys are the same in gatecard.yaml, in a policy file and in the
// canonical JSON that the ledger holds: one shape, one digest, nothing to translate.
type Policy struct {
	evaluate.Terms
	Level     float64                        `json:"level,omitempty" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1"` // of the gates' intervals; default 0.95
	Gates     []Gate                         `json:"gates"`
	Stages    map[string]evidence.Protection `json:"stages,omitempty"`
	Aliases   map[string]evidence.Protection `json:"aliases,omitempty"`
	Artifacts map[string]string              `json:"artifacts,omitempty"` // role to pattern
	Evidence  Validity                       `json:"evidence,omitzero"`
	Reported  string                         `json:"reported,omitempty" jsonschema:"enum=refuse"` // figures that another tool computed: refuse; default: `decide: estimate` compares them, and no other mode
	// Baseline is the digest of what drift is measured against: another baseline is another policy. It is found in the data, and nobody writes it.
	Baseline evidence.Digest `json:"baseline,omitempty" jsonschema:"pattern=^sha256:[0-9a-f]{64}$"`
}

// Validity says how long evidence holds: "90d".
type Validity struct {
	Expires string `json:"expires,omitempty"` // a number and h, d or w
}

// Defaults of a policy. MinSupport is of the metric's own denominator.
const (
	DefaultLevel      = 0.95
	DefaultMinSupport = 30
	DefaultExpires    = "90d"
)

// The targets that are protected whether a policy lists them or not.
const (
	Production evidence.Target = "Production"
	Champion   evidence.Target = "@champion"
)

// Stages are the stages that there are, as in MLflow.
func Stages() []string { return []string{"None", "Staging", "Production", "Archived"} }

// requirements are the words that a target may require.
func requirements() []string { return []string{"gates", "card", "artifacts", "lineage"} }

// Until is when evidence issued now expires.
func (v Validity) Until(now time.Time) time.Time { return now.Add(v.life()) }

// life is how long evidence holds; what Check would refuse holds as long as the default.
func (v Validity) life() time.Duration {
	d, err := parseValidity(v.Expires)
	if err != nil {
		d, _ = parseValidity(DefaultExpires)
	}
	return d
}

// maxValidity is a hundred years, in nanoseconds: what is longer was mistyped.
const maxValidity = int(100 * 365 * 24 * time.Hour)

func parseValidity(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s == "" {
		s = DefaultExpires
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	if !ok || err != nil || n <= 0 || n > maxValidity/int(unit) {
		return 0, fmt.Errorf("%q is no length of time: write a number and h, d or w, as in %q", s, DefaultExpires)
	}
	return time.Duration(n) * unit, nil
}

// ParsePolicy reads a policy that stands alone: a file, or what the ledger holds.
func ParsePolicy(d *schema.Document) (Policy, error) {
	var p Policy
	if err := d.Decode("policy", &p); err != nil {
		return Policy{}, err
	}
	return p, p.Check(d)
}

// Check fills in what is left out, holds every name against the metrics, groups and kinds that there are, and gives each gate its place.
func (p *Policy) Check(d *schema.Document) error {
	errs := []error{p.Terms.Check(d)}
	tell := func(at schema.Position, code, message, suggest string) {
		errs = append(errs, schema.Problems{{Position: at, Code: code, Message: message, Suggest: suggest}})
	}
	if p.Level == 0 {
		p.Level = DefaultLevel
	}
	if p.Evidence.Expires == "" {
		p.Evidence.Expires = DefaultExpires
	}
	if _, err := parseValidity(p.Evidence.Expires); err != nil {
		tell(d.At("evidence", "expires"), "bad-duration", err.Error(), "")
	}
	if len(p.Gates) == 0 {
		tell(d.At("gates"), "no-gates", "a policy without gates lets everything through: write at least one under \"gates\"", "")
	}
	for i := range p.Gates {
		g := &p.Gates[i]
		if err := g.resolve(d, i); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, g.check(*p, d.Sub("gates", i)))
	}
	if p.comparesOnly() {
		tell(d.At("gates"), "only-versus", "every gate compares with the champion, and the first version has none: write at least one gate that judges the model by itself", "")
	}
	errs = append(errs, p.name(d))
	for _, name := range slices.Sorted(maps.Keys(p.Stages)) {
		if !slices.Contains(Stages(), name) {
			tell(d.KeyAt("stages", name), "unknown-stage", fmt.Sprintf("%q is no stage: they are %s", name, strings.Join(Stages(), ", ")), schema.Suggest(name, Stages()))
		}
		errs = append(errs, p.checkProtection(p.Stages[name], d, "stages", name))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Aliases)) {
		if strings.HasPrefix(name, "@") {
			tell(d.KeyAt("aliases", name), "bad-alias", fmt.Sprintf("write the alias without its @: %q", name[1:]), name[1:])
		}
		errs = append(errs, p.checkProtection(p.Aliases[name], d, "aliases", name))
	}
	for _, role := range slices.Sorted(maps.Keys(p.Artifacts)) {
		if _, err := path.Match(p.Artifacts[role], "x"); err != nil || p.Artifacts[role] == "" {
			tell(d.At("artifacts", role), "bad-pattern", fmt.Sprintf("%q is no pattern of file names, as \"*.onnx\"", p.Artifacts[role]), "")
		}
	}
	return schema.Join(errs...)
}

// comparesOnly says that no gate judges the model by itself, so that the first version would be let in with nothing judged.
func (p *Policy) comparesOnly() bool {
	return len(p.Gates) > 0 && !slices.ContainsFunc(p.Gates, func(g Gate) bool { return g.Rule == nil || len(g.Rule.Needs().Versus) == 0 })
}

// name gives each gate without an id one that is made from its rule. Ids that were written come first, so that a made one never takes theirs.
func (p *Policy) name(d *schema.Document) error {
	var ps schema.Problems
	taken := map[string]bool{}
	for i, g := range p.Gates {
		if g.ID != "" && taken[g.ID] {
			ps = append(ps, schema.Problem{Position: d.At("gates", i, "id"), Code: "gate-twice", Message: fmt.Sprintf("%q is the id of another gate", g.ID)})
		}
		taken[g.ID] = true
	}
	for i := range p.Gates {
		g := &p.Gates[i]
		if g.ID != "" || g.Rule == nil {
			continue
		}
		made := slug(g.Rule.String())
		g.ID = made
		for n := 2; taken[g.ID]; n++ {
			g.ID = fmt.Sprintf("%s-%d", made, n)
		}
		taken[g.ID] = true
	}
	return problems(ps)
}

func (p *Policy) checkProtection(x evidence.Protection, d *schema.Document, kind, name string) error {
	var ps schema.Problems
	tell := func(at schema.Position, code, message, suggest string) {
		ps = append(ps, schema.Problem{Position: at, Code: code, Message: message, Suggest: suggest})
	}
	for i, word := range x.Requires {
		if !slices.Contains(requirements(), word) {
			tell(d.At(kind, name, "requires", i), "unknown-requirement",
				fmt.Sprintf("%q is no requirement: they are %s", word, strings.Join(requirements(), ", ")), schema.Suggest(word, requirements()))
		}
	}
	switch {
	case len(x.Requires) == 0:
		tell(d.At(kind, name), "no-requirements", fmt.Sprintf("%q is protected by nothing: `requires` needs at least gates", name), "")
	case !slices.Contains(x.Requires, "gates"):
		tell(d.At(kind, name, "requires"), "gates-not-required", fmt.Sprintf("what protects %q must require gates", name), "")
	}
	if slices.Contains(x.Requires, "artifacts") && len(p.Artifacts) == 0 {
		tell(d.At(kind, name, "requires"), "no-artifacts", "artifacts are required, and `artifacts` names no role: as in {weights: \"*.onnx\"}", "")
	}
	return problems(ps)
}

// Canonical is the policy as JSON: the policy's digest is of these bytes. What was left out stands in it as its default.
func (p Policy) Canonical() ([]byte, error) { return schema.Encode(p) }

// Digest is that of the canonical bytes.
func (p Policy) Digest() (evidence.Digest, error) {
	b, err := p.Canonical()
	return evidence.DigestOf(b), err
}

// Needs are the figures that the gates ask for.
func (p Policy) Needs() evaluate.Needs {
	all := evaluate.Needs{Drift: map[string][]string{}, Terms: p.Terms}
	for _, g := range p.Gates {
		n := g.Rule.Needs()
		all.Metrics = append(all.Metrics, n.Metrics...)
		for distance, columns := range n.Drift {
			all.Drift[distance] = append(all.Drift[distance], columns...)
		}
		for _, ask := range n.Across {
			if !slices.Contains(all.Across, ask) {
				all.Across = append(all.Across, ask)
			}
		}
		for _, v := range n.Versus {
			if !slices.Contains(all.Versus, v) {
				all.Versus = append(all.Versus, v)
			}
		}
	}
	for distance, columns := range all.Drift {
		slices.Sort(columns)
		all.Drift[distance] = slices.Compact(columns)
	}
	slices.SortFunc(all.Across, func(a, b evaluate.Across) int {
		return cmp.Or(strings.Compare(a.Distance, b.Distance), strings.Compare(a.Column, b.Column), strings.Compare(a.Dimension, b.Dimension))
	})
	return all
}

// Fresh keeps the gates that fresh data can be judged by without another version's scores: all but those versus a rival.
func (p Policy) Fresh() Policy {
	p.Gates = slices.DeleteFunc(slices.Clone(p.Gates), func(g Gate) bool { return len(g.Rule.Needs().Versus) > 0 })
	return p
}

// Requirements are what a target asks for. One that the policy does not protect is open.
func (p Policy) Requirements(t evidence.Target) (evidence.Requirements, error) {
	digest, err := p.Digest()
	r := evidence.Requirements{Target: t, Policy: digest, Artifacts: p.Artifacts, Longest: p.Evidence.life()}
	for _, g := range p.Gates {
		r.Gates = append(r.Gates, g.ID)
		if len(g.Rule.Needs().Versus) > 0 {
			r.Versus = append(r.Versus, g.ID)
		}
	}
	r.Guarded = p.guarded()
	alias, isAlias := strings.CutPrefix(string(t), "@")
	protections, name := p.Stages, string(t)
	if isAlias {
		protections, name = p.Aliases, alias
	}
	protection, listed := protections[name]
	switch {
	case listed:
		r.Protection = protection
	case t == Production || t == Champion:
		r.Protection = evidence.Protection{Requires: []string{"gates", "card"}}
	default:
		r.Open = true
	}
	return r, err
}

// guarded are the targets that the policy or the defaults protect.
func (p Policy) guarded() []evidence.Target {
	all := []evidence.Target{Production, Champion}
	for name := range p.Stages {
		all = append(all, evidence.Target(name))
	}
	for name := range p.Aliases {
		all = append(all, evidence.Target("@"+name))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Protected says whether a target is, by any policy: also by one that was never set.
func Protected(t evidence.Target) bool { return t == Production || t == Champion }
