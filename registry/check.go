package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gatecard/gatecard/evidence"
)

// Difference is a target that does not point where the log's decisions left it: somebody moved it past us. It is an incident; nothing heals it.
type Difference struct {
	Model   string
	Target  evidence.Target
	Logged  string   // the version's number; empty: nothing
	Holders []string // numbers
}

func (d Difference) Error() string {
	return fmt.Sprintf("%s of %q points at %s, and the log left it at %s", d.Target, d.Model, list(d.Holders), numbered(d.Logged))
}

// Differences compares a model's targets with its log: Production, Staging, the alias champion, every target that the log ever moved, and whatever
// points at a version. Heal first: what a crash left is no difference.
func Differences(ctx context.Context, s *Store, model string) ([]Difference, error) {
	different, err := differences(ctx, s, model)
	if err != nil {
		return nil, fmt.Errorf("compare %q with its log: %w", model, err)
	}
	return different, nil
}

func differences(ctx context.Context, s *Store, model string) ([]Difference, error) {
	records, err := s.Log(ctx, model, 1)
	if err != nil {
		return nil, err
	}
	logged := pointers(records)
	for _, t := range []evidence.Target{Production, Staging, ChampionAlias} {
		logged[t] += "" // asked about too
	}
	versions, err := s.Versions(ctx, model)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for _, v := range versions {
		targets, err := s.Targets(ctx, v)
		if err != nil {
			return nil, err
		}
		for _, t := range targets {
			logged[t] += ""
		}
	}
	var different []Difference
	for _, t := range slices.Sorted(maps.Keys(logged)) {
		if !Exclusive(t) {
			continue
		}
		holders, err := numbers(ctx, s, model, t)
		if err != nil {
			return nil, err
		}
		if logged[t] == "" && len(holders) > 0 || logged[t] != "" && !points(holders, logged[t], t) {
			different = append(different, Difference{model, t, logged[t], holders})
		}
	}
	return different, nil
}

// pointers replays the log: where its decisions left each target that is exclusive.
func pointers(records []evidence.Record) map[evidence.Target]string {
	left := map[evidence.Target]string{}
	for _, r := range records {
		switch {
		case r.Target == "":
		case r.Act == evidence.Promoted, r.Act == evidence.RolledBack:
			for t, number := range left { // a version is in one stage at a time
				if number == r.Version && IsStage(t) && IsStage(r.Target) {
					left[t] = ""
				}
			}
			left[r.Target] = r.Version
		case r.Act == evidence.Healed:
			left[r.Target] = r.Version
		}
	}
	return left
}

// Damage lists the files of a version, artifacts and newest attachments, whose stored bytes are gone or are not what they were stored as.
func Damage(ctx context.Context, s *Store, v evidence.Version) ([]evidence.File, error) {
	artifacts, err := s.Artifacts(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("check files of %s: %w", v, err)
	}
	attached, err := s.Attachments(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("check files of %s: %w", v, err)
	}
	var damaged []evidence.File
	for _, b := range slices.Concat(artifacts, attached) {
		found, err := hash(ctx, b)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged) {
			return nil, fmt.Errorf("check files of %s: %w", v, err)
		}
		if err != nil || found != b.File {
			damaged = append(damaged, b.File)
		}
	}
	return damaged, nil
}
