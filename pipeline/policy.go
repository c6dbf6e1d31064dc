package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// SetPolicy enters the policy of a configuration as the one in force.
func SetPolicy(ctx context.Context, c Config, job *Job) (evidence.PolicyRef, error) {
	if _, err := c.profile(ctx); err != nil {
		return evidence.PolicyRef{}, err
	}
	canonical, err := c.Policy.Canonical()
	if err != nil {
		return evidence.PolicyRef{}, err
	}
	if job.Registry == "" {
		return evidence.PolicyRef{}, usage("no-registry", "a policy is set in a registry's ledger, and --no-registry says that there is none")
	}
	store, err := job.write(ctx)
	if err != nil {
		return evidence.PolicyRef{}, err
	}
	if err := job.may(ctx, evidence.RolePolicy); err != nil {
		return evidence.PolicyRef{}, err
	}
	return store.SetPolicy(ctx, c.Model, canonical, job.by())
}

// ShowPolicy gives the policy in force.
func ShowPolicy(ctx context.Context, job *Job, model string) (evidence.PolicyRef, []byte, error) {
	store, err := job.must(ctx)
	if err != nil {
		return evidence.PolicyRef{}, nil, err
	}
	ref, canonical, err := store.Policy(ctx, model)
	if errors.Is(err, registry.ErrNotFound) {
		err = usage("no-policy", "no policy was ever set for %s: `gatecard policy set` sets that of gatecard.yaml", model)
	}
	return ref, canonical, err
}

// tellDifference says in a decision that refuses evidence for its policy in what that one differs from the one in force.
func tellDifference(ctx context.Context, s *registry.Store, v evidence.Version, d *evidence.Decision) error {
	at := slices.IndexFunc(d.Unmet, func(r evidence.Refusal) bool { return r.Reason == evidence.PolicyNotCurrent })
	if at < 0 {
		return nil
	}
	judged, err := judgedBy(ctx, s, v)
	if err != nil || judged == "" {
		return err
	}
	_, current, err := s.Policy(ctx, v.Model)
	if err != nil {
		return err
	}
	theirs, err := s.PolicyAt(ctx, judged)
	if errors.Is(err, registry.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := differences(theirs, current)
	if err != nil {
		return err
	}
	d.Unmet[at].Detail += "; of the policy judged by and that in force differ: " + strings.Join(lines, "; ") +
		". Run again by the one in force (`gatecard policy show`), or put that of gatecard.yaml in force: `gatecard policy set`"
	return nil
}

// judgedBy is the digest of the policy that the newest evidence was judged by.
func judgedBy(ctx context.Context, s *registry.Store, v evidence.Version) (evidence.Digest, error) {
	bundles, err := s.Evidence(ctx, v)
	if err != nil {
		return "", err
	}
	for _, b := range slices.Backward(bundles) {
		var said struct {
			PredicateType string `json:"predicateType"`
			Predicate     struct {
				Standing evidence.Standing `json:"standing"`
			} `json:"predicate"`
		}
		if err := json.Unmarshal(b.Envelope.Payload, &said); err == nil && said.PredicateType == string(evidence.Evidence) {
			return said.Predicate.Standing.Policy.Digest, nil
		}
	}
	return "", nil
}

// maxDifferences is how many are told: who rewrote a policy looks at it whole.
const maxDifferences = 8

// differences compares two canonical policies: gates by their ids, all else by its keys.
func differences(judged, current []byte) ([]string, error) {
	a, err := flat(judged)
	if err != nil {
		return nil, err
	}
	b, err := flat(current)
	if err != nil {
		return nil, err
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(both)) {
		x, inJudged := a[key]
		y, inForce := b[key]
		gate, field, isGate := strings.Cut(strings.TrimPrefix(key, gatePrefix), "\x00")
		isGate = isGate && strings.HasPrefix(key, gatePrefix)
		name := key
		if isGate {
			name = fmt.Sprintf("gate %s: %s", gate, field)
			_, judgedHas := a[gatePrefix+gate+"\x00id"]
			_, forceHas := b[gatePrefix+gate+"\x00id"]
			if judgedHas != forceHas {
				if field != "id" {
					continue
				}
				name = "gate " + gate
				x, y = "there", "there"
			}
		}
		switch {
		case inJudged && inForce && x == y:
		case !inForce:
			lines = append(lines, fmt.Sprintf("%s (%s) is not in the one in force", name, x))
		case !inJudged:
			lines = append(lines, fmt.Sprintf("%s (%s) is only in the one in force", name, y))
		default:
			lines = append(lines, fmt.Sprintf("%s was %s, in force is %s", name, x, y))
		}
	}
	for i, l := range lines {
		lines[i] = strings.Replace(l, " (there)", "", 1)
	}
	if n := len(lines) - maxDifferences; n > 0 {
		lines = append(lines[:maxDifferences], fmt.Sprintf("%d more", n))
	}
	if len(lines) == 0 {
		lines = []string{"nothing but their order"}
	}
	return lines, nil
}

// gatePrefix stands before a gate's keys in flat, so that no other key is like them.
const gatePrefix = "\x00gate\x00"

// flat is a policy as key to value in JSON. A gate's keys stand under its id.
func flat(canonical []byte) (map[string]string, error) {
	var p map[string]json.RawMessage
	if err := json.Unmarshal(canonical, &p); err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	all := map[string]string{}
	for key, value := range p {
		if key != "gates" {
			all[key] = string(value)
			continue
		}
		var list []map[string]json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, fmt.Errorf("read policy: %w", err)
		}
		for _, g := range list {
			var id string
			if err := json.Unmarshal(g["id"], &id); err != nil {
				return nil, fmt.Errorf("read policy: a gate's id: %w", err)
			}
			for field, v := range g {
				all[gatePrefix+id+"\x00"+field] = string(v)
			}
		}
	}
	return all, nil
}
