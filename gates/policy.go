package gates

import (
	"bytes"
	"encoding/json"
	"errors"
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
func (v Validity) Until(now time.Time) time.Time {
	d, err := parseValidity(v.Expires)
	if err != nil {
		d, _ = parseValidity(DefaultExpires)
	}
	return now.Add(d)
}

func parseValidity(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s == "" {
		s = DefaultExpires
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	if !ok || err != nil || n <= 0 || n > 100000 {
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
	ids := map[string]int{}
	for i := range p.Gates {
		g := &p.Gates[i]
		if err := g.resolve(d, i); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, g.check(*p, d.Sub("gates", i)))
		if ids[g.ID]++; ids[g.ID] > 1 {
			if d.Has("gates", i, "id") {
				tell(d.At("gates", i, "id"), "gate-twice", fmt.Sprintf("%q is the id of another gate", g.ID), "")
			}
			g.ID = fmt.Sprintf("%s-%d", g.ID, ids[g.ID])
		}
	}
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
	if len(ps) == 0 {
		return nil
	}
	return ps
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
	all := evaluate.Needs{Drift: map[string][]string{}}
	for _, g := range p.Gates {
		n := g.Rule.Needs()
		all.Metrics = append(all.Metrics, n.Metrics...)
		for distance, columns := range n.Drift {
			all.Drift[distance] = append(all.Drift[distance], columns...)
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
	r := evidence.Requirements{Target: t, Policy: digest, Artifacts: p.Artifacts, Versus: len(p.Needs().Versus) > 0}
	for _, g := range p.Gates {
		r.Gates = append(r.Gates, g.ID)
	}
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

// Protected says whether a target is, by any policy: also by one that was never set.
func Protected(t evidence.Target) bool { return t == Production || t == Champion }

// Gate is one entry: its kind's own keys (Rule), and those that every kind has. Its JSON puts them side by side.
type Gate struct {
	Common
	Rule Rule            // what its kind knows
	Kind string          // the kind's name
	At   schema.Position // "gatecard.yaml:31"; no part of the digest
	raw  json.RawMessage // as written, until Check resolves it
}

// Common are the keys that every kind of gate has.
type Common struct {
	ID         string   `json:"id,omitempty"`                                                                  // "recall-across-disability", made from the rule where it is not given
	Decide     Decide   `json:"decide,omitempty" jsonschema:"enum=proven,enum=unless_disproven,enum=estimate"` // what a sample must show
	Level      float64  `json:"level,omitempty" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1"`            // of its interval; default: the policy's
	MinSupport int64    `json:"min_support,omitempty" jsonschema:"minimum=1"`                                  // of the metric's own denominator; default 30
	OnSmall    string   `json:"on_small,omitempty" jsonschema:"enum=refuse,enum=list"`                         // groups under min_support: refuse (inconclusive), or list them and go on
	Warn       *float64 `json:"warn,omitempty"`                                                                // a softer bound: an estimate beyond it makes a pass say so
	Because    string   `json:"because,omitempty"`                                                             // why somebody wants it
}

// Decide is what a sample must show.
type Decide string

// The modes.
const (
	Proven          Decide = "proven"           // the whole interval is within the bound
	UnlessDisproven Decide = "unless_disproven" // not the whole interval is beyond it
	Estimate        Decide = "estimate"         // the estimate is within it
)

// MarshalJSON puts the rule's keys beside the common ones.
func (g Gate) MarshalJSON() ([]byte, error) {
	if g.Rule == nil {
		return nil, errors.New("a gate without a rule cannot be written")
	}
	all := map[string]json.RawMessage{}
	for _, part := range []any{g.Common, g.Rule} {
		b, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &all); err != nil {
			return nil, err
		}
	}
	return json.Marshal(all)
}

// UnmarshalJSON keeps the entry as it is written: [Policy.Check] finds its kind and reads it, so that what is wrong is told by place.
func (g *Gate) UnmarshalJSON(b []byte) error {
	g.raw = bytes.Clone(b)
	return nil
}

// resolve finds the entry's kind by its keys and reads it.
func (g *Gate) resolve(d *schema.Document, i int) error {
	g.At = d.At("gates", i)
	if g.raw == nil {
		if g.Rule == nil {
			return schema.Problems{{Position: g.At, Code: "unknown-gate", Message: "a gate without a rule"}}
		}
		return nil
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(g.raw, &keys); err != nil {
		return schema.Problems{{Position: g.At, Code: "unknown-gate", Message: "a gate is written as {metric: …, min: …}"}}
	}
	kind, ok := kindOf(keys)
	if !ok {
		var known []string
		for _, k := range Kinds() {
			known = append(known, k.Keys...)
		}
		suggest := ""
		at := g.At
		for key := range keys {
			if s := schema.Suggest(key, known); s != "" && !slices.Contains(commonKeys(), key) {
				suggest, at = s, d.KeyAt("gates", i, key)
			}
		}
		return schema.Problems{{Position: at, Code: "unknown-gate", Suggest: suggest,
			Message: "no key says what kind of gate this is: one of " + strings.Join(known, ", ") + " is needed"}}
	}
	g.Kind, g.Rule = kind.Name, kind.New()
	if err := d.Sub("gates", i).Decode("gate-"+kind.Name, &keys); err != nil {
		return err
	}
	common, own := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for key, v := range keys {
		if slices.Contains(commonKeys(), key) {
			common[key] = v
		} else {
			own[key] = v
		}
	}
	for _, part := range []struct {
		keys map[string]json.RawMessage
		into any
	}{{common, &g.Common}, {own, g.Rule}} {
		b, err := json.Marshal(part.keys)
		if err == nil {
			decoder := json.NewDecoder(bytes.NewReader(b))
			decoder.DisallowUnknownFields()
			err = decoder.Decode(part.into)
		}
		if err != nil {
			return schema.Problems{{Position: g.At, Code: "bad-gate", Message: err.Error()}}
		}
	}
	g.raw = nil
	return nil
}

func commonKeys() []string {
	return []string{"id", "decide", "level", "min_support", "on_small", "warn", "because"}
}

// kindOf finds the first kind of which the entry has a key.
func kindOf(keys map[string]json.RawMessage) (Kind, bool) {
	for _, k := range Kinds() {
		for _, key := range k.Keys {
			if _, ok := keys[key]; ok {
				return k, true
			}
		}
	}
	return Kind{}, false
}

// check fills in the gate's defaults and finds what its schema cannot.
func (g *Gate) check(p Policy, d *schema.Document) error {
	if g.Decide == "" {
		g.Decide = g.Rule.Decide()
	}
	if g.Level == 0 {
		g.Level = p.Level
	}
	if g.MinSupport == 0 {
		g.MinSupport = DefaultMinSupport
	}
	if g.OnSmall == "" {
		g.OnSmall = "refuse"
	}
	if g.ID == "" {
		g.ID = slug(g.Rule.String())
	}
	if err := g.Rule.check(p.Terms, *g, d); err != nil {
		return err
	}
	lower, upper := g.Rule.Bound()
	if g.Decide == Proven && (lower != nil && *lower >= g.Rule.best() || upper != nil && *upper <= g.Rule.best()) {
		return schema.Problems{{Position: d.At(), Code: "unprovable",
			Message: fmt.Sprintf("no sample proves %s: give a bound short of it, or `decide: estimate`", bound(lower, upper))}}
	}
	return nil
}

// slug makes an id of a rule's words.
func slug(says string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(says) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '.', r == '@':
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		default:
			dash = true
		}
	}
	return b.String()
}
