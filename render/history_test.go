package render

import (
	"time"

	"github.com/gatecard/gatecard/evidence"
)

// history is that of pages.md.
func history() []evidence.Record {
	by := evidence.Actor{Issuer: "key", Subject: "SHA256:q1ZrT0pGmUeLsPq7nB2yX4vC5kD8fH9jW3aE6tR1uIo", Name: "local key"}
	var list []evidence.Record
	add := func(minute int, r evidence.Record) {
		r.Number, r.At, r.By, r.Model = int64(len(list)+1), issued.Add(time.Duration(minute)*time.Minute), by, "ma-employment"
		list = append(list, r)
	}
	refused := func(detail string) *evidence.Decision {
		return &evidence.Decision{Target: "Production", Met: []string{"card"}, Unmet: []evidence.Refusal{{Requirement: "gates", Reason: evidence.GateFailed, Detail: detail}}}
	}
	allowed := &evidence.Decision{Target: "Production", Met: []string{"gates", "card"}}
	add(0, evidence.Record{Act: evidence.PolicySet, Digest: digest("policy")})
	add(0, evidence.Record{Act: evidence.Looked, Dataset: digest("rows")})
	add(0, evidence.Record{Act: evidence.Registered, Version: "1"})
	add(0, evidence.Record{Act: evidence.Refused, Version: "1", Target: "Production", Decision: refused("recall, with a disability 0.280 < 0.50")})
	add(0, evidence.Record{Act: evidence.Registered, Version: "2"})
	add(0, evidence.Record{Act: evidence.Promoted, Version: "2", Target: "Production", Digest: digest("e2"), Detail: "until 2027-02-22", Decision: allowed})
	add(0, evidence.Record{Act: evidence.Promoted, Version: "2", Target: "@champion", Digest: digest("e2"), Detail: "until 2027-02-22", Decision: allowed})
	add(1, evidence.Record{Act: evidence.Registered, Version: "3"})
	add(1, evidence.Record{Act: evidence.Refused, Version: "3", Target: "Production", Decision: refused("roc_auc −0.019 versus version 2")})
	add(2, evidence.Record{Act: evidence.RolledBack, Version: "1", From: "2", Target: "Production"})
	add(3, evidence.Record{Act: evidence.Registered, Version: "4"})
	return list
}
