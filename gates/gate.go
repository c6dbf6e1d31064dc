package gates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/schema"
)

// Gate is one entry: its kind's own keys (Rule), and those that every kind has. Its JSON puts them side by side.
type Gate struct {
	Common
	Rule Rule            // what its kind knows
	Kind string          // the kind's name
	At   schema.Position // "gatecard.yaml:31"; no part of the digest
	raw  json.RawMessage // as written, until Check resolves it

	refuses bool // its policy refuses reported figures; set by Judge
}

// Common are the keys that every kind of gate has.
type Common struct {
	ID         string    `json:"id,omitempty" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9_.@-]*$"`               // "recall-across-disability", made from the rule where it is not given
	Decide     Decide    `json:"decide,omitempty" jsonschema:"enum=proven,enum=unless_disproven,enum=estimate"` // what a sample must show
	Level      float64   `json:"level,omitempty" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1"`            // of its interval; default: the policy's
	MinSupport int64     `json:"min_support,omitempty" jsonschema:"minimum=1"`                                  // of the metric's own denominator; default 30, of means of losses 100, of their difference to a rival 300
	OnSmall    string    `json:"on_small,omitempty" jsonschema:"enum=refuse,enum=list"`                         // groups under min_support: refuse (inconclusive), or list them and go on
	Warn       *Fraction `json:"warn,omitempty" jsonschema:"oneof_type=number;string"`                          // a softer bound: an estimate beyond it makes a pass say so
	Because    string    `json:"because,omitempty"`                                                             // why somebody wants it
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
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if s := schema.Suggest(key, known); s != "" && !slices.Contains(commonKeys(), key) {
				return schema.Problems{{Position: d.KeyAt("gates", i, key), Code: "unknown-key", Suggest: s, Message: fmt.Sprintf("%q is no key of a gate", key)}}
			}
		}
		return schema.Problems{{Position: g.At, Code: "unknown-gate",
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
		g.MinSupport = defaultSupport(g.Rule)
	}
	if g.OnSmall == "" {
		g.OnSmall = "refuse"
	}
	return schema.Join(g.Rule.check(p.Terms, *g, d), checkBound(*g, d), checkTask(g.Rule, p.Terms, d))
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

// defaultSupport is 30, or what the limits of the metric or distance need where that is more.
func defaultSupport(r Rule) int64 {
	least := int64(DefaultMinSupport)
	for name := range r.Needs().Drift {
		if d, ok := drift.Named(name); ok {
			least = max(least, d.Rows)
		}
	}
	for _, name := range r.Needs().Metrics {
		if m, err := evaluate.Lookup(name); err == nil {
			if least = max(least, m.Least); len(r.Needs().Versus) > 0 {
				least = max(least, m.Differences)
			}
		}
	}
	return least
}
