package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func TestSendTellsWhatMattersOnceAndInOrder(t *testing.T) {
	open := promoted("a", "1", "")
	open.Target, open.Decision = "Staging", &evidence.Decision{Target: "Staging", Met: []string{"open"}}
	s, l := newStore(t,
		evidence.Record{Act: evidence.KeyEnrolled},
		evidence.Record{Act: evidence.PolicySet, Model: "ma-employment"},
		refused("ma-employment"),
		open,
		promoted("a", "2", "1"),
		evidence.Record{Act: evidence.RolledBack, Model: "a", Version: "1", Target: "Production"},
		evidence.Record{Act: evidence.Healed, Model: "a", Version: "1", Detail: "the registry said otherwise"},
		evidence.Record{Act: evidence.Attested, Model: "a"},
	)
	e := &ear{}
	for range 2 {
		if err := Send(t.Context(), s, []Reader{e}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{3, 5, 6, 7}; !slices.Equal(e.heard, want) {
		t.Errorf("told %v, want %v", e.heard, want)
	}
	if l.seen["ear"] != 8 {
		t.Errorf("came to record %d of 8", l.seen["ear"])
	}
}

func TestSendKeepsWhatCouldNotBeTold(t *testing.T) {
	s, l := newStore(t, evidence.Record{Act: evidence.PolicySet}, promoted("a", "1", ""), promoted("a", "2", "1"), promoted("b", "1", ""))
	e := &ear{fail: map[int64]error{3: errDown}}
	if err := Send(t.Context(), s, []Reader{e}); !errors.Is(err, errDown) || !strings.Contains(err.Error(), "record 3") {
		t.Errorf("said %v", err)
	}
	if l.seen["ear"] != 2 || !slices.Equal(e.heard, []int64{2}) {
		t.Errorf("came to %d, told %v: nothing may pass the one that failed", l.seen["ear"], e.heard)
	}
	e.fail = nil
	if err := Send(t.Context(), s, []Reader{e}); err != nil || !slices.Equal(e.heard, []int64{2, 3, 4}) {
		t.Errorf("then told %v, %v", e.heard, err)
	}
}

func TestSendPassesWhatIsRefusedForGood(t *testing.T) {
	s, l := newStore(t, promoted("a", "1", ""), promoted("a", "2", "1"))
	e := &ear{fail: map[int64]error{1: fmt.Errorf("msg_too_long: %w", ErrUntellable)}}
	err := Send(t.Context(), s, []Reader{e})
	if !errors.Is(err, ErrUntellable) || l.seen["ear"] != 2 || !slices.Equal(e.heard, []int64{2}) {
		t.Errorf("said %v, came to %d, told %v", err, l.seen["ear"], e.heard)
	}
}

func TestSendTellsTheOthersWhenOneIsDown(t *testing.T) {
	s, _ := newStore(t, promoted("a", "1", ""))
	deaf, e := &named{ear{fail: map[int64]error{1: errDown}}}, &ear{}
	if err := Send(t.Context(), s, []Reader{deaf, e}); !errors.Is(err, errDown) || !strings.Contains(err.Error(), "deaf: ") {
		t.Errorf("said %v", err)
	}
	if len(e.heard) != 1 {
		t.Error("the second reader was not told")
	}
}

type named struct{ ear }

func (*named) Name() string { return "deaf" }

func TestSendSaysWhereThePlaceWasNotKept(t *testing.T) {
	s, l := newStore(t, promoted("a", "1", ""))
	l.failSet = errors.New("disk full")
	if err := Send(t.Context(), s, []Reader{&ear{}}); err == nil || !strings.Contains(err.Error(), "will be again") {
		t.Errorf("said %v", err)
	}
	l.failLog = errors.New("locked")
	if err := Send(t.Context(), s, []Reader{&ear{}}); err == nil || !strings.Contains(err.Error(), "locked") {
		t.Errorf("said %v", err)
	}
}

func TestSendDoesNotFloodANewReader(t *testing.T) {
	old := promoted("a", "1", "")
	old.At = day(-2)
	s, _ := newStore(t, old, promoted("a", "2", "1"))
	e := &ear{}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || !slices.Equal(e.heard, []int64{2}) {
		t.Errorf("told %v, %v", e.heard, err)
	}
	var many []evidence.Record
	for range atOnce + 5 {
		many = append(many, promoted("a", "1", ""))
	}
	s, _ = newStore(t, many...)
	e = &ear{}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || len(e.heard) != atOnce {
		t.Errorf("told %d at once, %v", len(e.heard), err)
	}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || len(e.heard) != atOnce+5 {
		t.Errorf("told %d in two calls, %v", len(e.heard), err)
	}
}

func TestSendRechecks(t *testing.T) {
	fails := evidence.Record{Act: evidence.Rechecked, Model: "ma-employment", Version: "1", Digest: "its evidence"}
	lost := evidence.Record{Act: evidence.Rechecked, Model: "ma-employment", Version: "1", Digest: evidence.DigestOf([]byte("another"))}
	s, _ := newStore(t, fails, lost)
	e := &ear{}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || !slices.Equal(e.heard, []int64{1, 2}) {
		t.Errorf("told %v, %v: one that failed, and one that cannot be read", e.heard, err)
	}
}

func TestSendTellsOfATestThatFailed(t *testing.T) {
	attested := evidence.Record{Act: evidence.Attested, Model: "ma-employment", Version: "1", Digest: "its evidence"}
	other := refused("ma-employment")
	other.Version = "2"
	s, l := newStore(t, attested, attested, refused("ma-employment"), attested, other)
	e := &ear{}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || !slices.Equal(e.heard, []int64{3, 4, 5}) {
		t.Errorf("told %v, %v: the refusal stands for the evidence that it is about, and for no other", e.heard, err)
	}
	v, _ := about(t.Context(), s, l.records[3])
	m := compose(l.records[3], v)
	if m.mark != "✕" || m.headline != "was tested, and does not keep its gates" || len(m.lines) == 0 || !strings.Contains(m.lines[0], "0.295") {
		t.Errorf("composed %+v", m)
	}
	unread := attested
	unread.Digest = evidence.DigestOf([]byte("another"))
	s, _ = newStore(t, unread)
	e = &ear{}
	if err := Send(t.Context(), s, []Reader{e}); err != nil || len(e.heard) > 0 {
		t.Errorf("told %v, %v of what cannot be read", e.heard, err)
	}
}

func TestSendWithoutALedger(t *testing.T) {
	if err := Send(t.Context(), nil, []Reader{&ear{}}); err != nil {
		t.Error(err)
	}
	if err := Send(t.Context(), &registry.Store{}, []Reader{&ear{}}); err != nil {
		t.Error(err)
	}
}

func TestSendStopsWithItsContext(t *testing.T) {
	s, _ := newStore(t, promoted("a", "1", ""))
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	slow := slowReader{}
	if err := Send(ctx, s, []Reader{slow}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("said %v", err)
	}
}
