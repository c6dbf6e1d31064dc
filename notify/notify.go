package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
)

// Reader is somebody who is told.
type Reader interface {
	// Name is that under which the ledger keeps how far it has come. It holds no secret.
	Name() string
	// Tell tells one record; v holds what is known about it. After an error that is [ErrUntellable] the record is not tried again; after any
	// other it stays for the next time. The error holds no secret.
	Tell(ctx context.Context, r evidence.Record, v render.View) error
}

// ErrUntellable says that the other side will never take this message, so that it may not stand in the way of the next ones.
var ErrUntellable = errors.New("the message is refused for good")

const (
	// patience is for one message, its repetitions included: a run does not wait longer for a chat.
	patience = 20 * time.Second
	// fresh is how much of the log a reader is told that was never told anything: one that is added to an old ledger is not flooded.
	fresh = 24 * time.Hour
	// atOnce bounds the messages of one call; the others stay for the next.
	atOnce = 50
)

// Send tells every reader what it has not seen yet. What could not be told stays for the next time, in its order, and is in the error.
func Send(ctx context.Context, s *registry.Store, readers []Reader) error {
	if s == nil || s.Ledger == nil {
		return nil
	}
	var errs []error
	for _, r := range readers {
		if err := send(ctx, s, r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Name(), err))
		}
	}
	return errors.Join(errs...)
}

func send(ctx context.Context, s *registry.Store, reader Reader) error {
	seen, err := s.Seen(ctx, reader.Name())
	if err != nil {
		return fmt.Errorf("read how far it has come: %w", err)
	}
	records, err := s.Log(ctx, "", seen+1)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	if seen == 0 {
		records = recent(records)
	}
	var refused error
	told, last := 0, seen
	for i, r := range records {
		if told == atOnce {
			break
		}
		v, wanted := about(ctx, s, r)
		wanted = wanted && !toldAnyway(r, records[i+1:])
		if wanted {
			err := tell(ctx, reader, r, v)
			if err != nil && !errors.Is(err, ErrUntellable) {
				return errors.Join(refused, fmt.Errorf("record %d (%s) stays for the next time: %w", r.Number, r.Act, err), advance(ctx, s, reader, seen, last))
			}
			if err != nil {
				refused = errors.Join(refused, fmt.Errorf("record %d (%s): %w", r.Number, r.Act, err))
			}
			if err := s.SetSeen(ctx, reader.Name(), r.Number); err != nil {
				return errors.Join(refused, fmt.Errorf("record %d was told, and will be again: %w", r.Number, err))
			}
			seen = r.Number
			told++
		}
		last = r.Number
	}
	return errors.Join(refused, advance(ctx, s, reader, seen, last))
}

// toldAnyway says that evidence which lets nothing in need not be told: the refusal that it led to follows, and says the same.
func toldAnyway(r evidence.Record, later []evidence.Record) bool {
	return r.Act == evidence.Attested && slices.ContainsFunc(later, func(l evidence.Record) bool {
		return l.Act == evidence.Refused && l.Model == r.Model && l.Version == r.Version && l.Digest == r.Digest
	})
}

// advance passes what nobody needs to be told.
func advance(ctx context.Context, s *registry.Store, reader Reader, seen, last int64) error {
	if last <= seen {
		return nil
	}
	if err := s.SetSeen(ctx, reader.Name(), last); err != nil {
		return fmt.Errorf("keep how far it has come: %w", err)
	}
	return nil
}

func tell(ctx context.Context, reader Reader, r evidence.Record, v render.View) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return reader.Tell(ctx, r, v)
}

// recent leaves out what is older than a day before the newest.
func recent(records []evidence.Record) []evidence.Record {
	if len(records) == 0 {
		return nil
	}
	newest := records[len(records)-1].At
	from := slices.IndexFunc(records, func(r evidence.Record) bool { return newest.Sub(r.At) <= fresh })
	return records[from:]
}

// about gathers what is known about a record, and says whether anybody is told of it: a protected target that moved, or did not; a rollback;
// what a crash or another hand undid; a recheck that does not let its version stay; evidence that lets nothing in. What cannot be read is left out: a message with less
// in it is better than none.
func about(ctx context.Context, s *registry.Store, r evidence.Record) (v render.View, wanted bool) {
	v.Model = r.Model
	if r.Decision != nil {
		v.Decisions = []evidence.Decision{*r.Decision}
	}
	switch r.Act {
	case evidence.Promoted, evidence.Refused:
		wanted = r.Decision == nil || !slices.Contains(r.Decision.Met, "open") // an open target moves freely
	case evidence.RolledBack, evidence.Healed:
		wanted = true
	case evidence.Rechecked:
		wanted = true // unless it turns out to be good
	case evidence.Attested:
		wanted = r.Digest != "" && s.Registry != nil // and it turns out to be bad
	}
	if !wanted || r.Digest == "" || s.Registry == nil {
		return v, wanted
	}
	evident(ctx, s, r, &v)
	if r.Act == evidence.Rechecked && v.Statement != nil && v.Statement.Verdict.Lets() {
		return v, false
	}
	if r.Act == evidence.Attested && (v.Statement == nil || v.Statement.Verdict.Lets()) {
		return v, false
	}
	return v, true
}

// evident finds the evidence that a record names, and the report that it binds.
func evident(ctx context.Context, s *registry.Store, r evidence.Record, v *render.View) {
	version, err := s.Version(ctx, r.Model, r.Version)
	if err != nil {
		return
	}
	bundles, err := s.Evidence(ctx, version)
	if err != nil {
		return
	}
	trust, err := s.Trust(ctx)
	if err != nil {
		return
	}
	i := slices.IndexFunc(bundles, func(b evidence.Bundle) bool { return b.Envelope.Digest() == r.Digest })
	if i < 0 {
		return
	}
	statement, _, err := evidence.Open(bundles[i].Envelope, trust, r.At)
	if err != nil {
		return
	}
	v.Evidence, v.Statement = &bundles[i], &statement
	v.Report = report(ctx, s, version, statement)
}

// reportFile is the attachment that holds the gates' report; maxReport is far more than one with a thousand groups has.
const (
	reportFile = "gates.json"
	maxReport  = 16 << 20
)

func report(ctx context.Context, s *registry.Store, version evidence.Version, statement evidence.Statement) *gates.Report {
	i := slices.IndexFunc(statement.Attachments, func(f evidence.File) bool { return f.Path == reportFile })
	if i < 0 {
		return nil
	}
	blob, err := s.Attachment(ctx, version, statement.Attachments[i].SHA256)
	if err != nil {
		return nil
	}
	file, err := blob.Open(ctx)
	if err != nil {
		return nil
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxReport+1))
	if err != nil || len(b) > maxReport || evidence.DigestOf(b) != statement.Attachments[i].SHA256 {
		return nil
	}
	var report gates.Report
	if json.Unmarshal(b, &report) != nil {
		return nil
	}
	return &report
}
