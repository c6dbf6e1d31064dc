package registry

import (
	"context"
	"fmt"

	"github.com/gatecard/gatecard/evidence"
)

// LetInBy is the evidence on which a version was last let into Production or to the alias champion, by the log: what was attached or attested
// since changes nothing of it. ok is false where the version never was let in.
func LetInBy(ctx context.Context, s *Store, v evidence.Version) (b evidence.Bundle, ok bool, err error) {
	b, ok, err = letInBy(ctx, s, v)
	if err != nil {
		return evidence.Bundle{}, false, fmt.Errorf("find on what evidence %s was let in: %w", v, err)
	}
	return b, ok, nil
}

func letInBy(ctx context.Context, s *Store, v evidence.Version) (evidence.Bundle, bool, error) {
	records, err := s.Log(ctx, v.Model, 1)
	if err != nil {
		return evidence.Bundle{}, false, err
	}
	var let []evidence.Record
	for _, r := range records {
		switch {
		case r.Model != v.Model || r.Target != Production && r.Target != ChampionAlias:
		case (r.Act == evidence.Promoted || r.Act == evidence.RolledBack) && r.Version == v.Number:
			let = append(let, r)
		case r.Act == evidence.Healed && r.From == v.Number && r.Version != v.Number && len(let) > 0 && let[len(let)-1].Target == r.Target:
			let = let[:len(let)-1] // it was let in, but the target was left at another version
		}
	}
	if len(let) == 0 {
		return evidence.Bundle{}, false, nil
	}
	by := let[len(let)-1]
	bundles, err := s.Evidence(ctx, v)
	if err != nil {
		return evidence.Bundle{}, false, err
	}
	for _, b := range bundles {
		if by.Digest != "" && b.Envelope.Digest() == by.Digest {
			return b, true, nil
		}
	}
	return evidence.Bundle{}, false, fmt.Errorf("record %d let it in by %s: %w", by.Number, orNone(by.Digest.Short()), ErrNotFound)
}
