package evidence

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Nothing passes by absence (P11): from a valid, signed and logged bundle each member and each element is taken away or emptied in turn, signed
// again with the trusted key, logged, and verified. All must be refused, but for those listed with the reason why they may be absent.
var mayBeAbsent = []struct{ path, to, why string }{
	{`predicate\.standing\.thresholds_first`, "false", "no requirement asks for it yet"},
	{`predicate\.standing\.look`, "0", "no requirement asks for it yet"},
	{`predicate\.columns.*`, "deleted|{}|\"\"", "results that another tool reported have no columns"},
	{`predicate\.inputs\[\d\]\.size`, "0", "an input is told apart by its digest; the reader counts the rows"},
	{`predicate\.inputs\[1\]\.rows`, "0", "a stored profile has no rows"},
	{`predicate\.inputs\[1\]`, "deleted", "a baseline is asked for by a drift gate, not here"},
	{`predicate\.results\[\d\]\.(low|high)`, "null", "a figure may have no limits (reported, or by estimate)"},
	{`predicate\.results\[[12]\]\.max`, "0", "a bound of nothing is a bound, and the interval reaches it"},
	{`predicate\.results\[\d\]\.(low|high)`, "0", "the interval still reaches the bound"},
	{`predicate\.results\[\d\]\.value`, "0", "an estimate beyond the bound passes where a gate is unless_disproven"},
	{`predicate\.results\[0\]\.min`, "0", "a bound of nothing is a bound; that it is the policy's own is for the signer"},
	{`predicate\.results\[\d\]\.claims\[\d\]\.(groups|against).*`, "deleted|null|{}|\"\"", "which groups there must be, only the rows tell; the signer vouches"},
	{`predicate\.results\[\d\]\.claims\[\d\]\.(value|low|high|support)`, "null|0", "the gate's own figures decide"},
	{`predicate\.version\.lineage\.(parent|author.*)`, "deleted", "a first version has no parent, and not every registry knows the author"},
	{`predicate\.attachments\[[12]\]`, "deleted", "only the card must be bound; what is bound must be there"},
}

func TestNothingPassesByAbsence(t *testing.T) {
	w := newWorld(t)
	w.seal()
	payload := w.bundle.Envelope.Payload
	if d := w.verify(); !d.Allowed() {
		t.Fatalf("the valid one: %v", d.Unmet)
	}
	used := make([]bool, len(mayBeAbsent))
	refused := 0
	for _, m := range members(t, payload) {
		for _, to := range []string{"deleted", "null", `""`, "0", "false", "[]", "{}"} {
			mutant := m.mutate(payload, to)
			if bytes.Equal(mutant, payload) {
				continue
			}
			w.sealRaw(mutant)
			if d := w.verify(); !d.Allowed() {
				refused++
				continue
			}
			excused := false
			for i, e := range mayBeAbsent {
				path := regexp.MustCompile("^(" + e.path + ")$")
				if path.MatchString(m.path) && slices.Contains(strings.Split(e.to, "|"), to) {
					excused, used[i] = true, true
				}
			}
			if !excused {
				t.Errorf("%s %s: let in", m.path, to)
			}
		}
	}
	if refused < 700 {
		t.Errorf("only %d mutants were refused", refused)
	}
	for i, e := range mayBeAbsent {
		if !used[i] {
			t.Errorf("%s %s need not be listed", e.path, e.to)
		}
	}
}

// The same of what stands around the payload, two changes at a time.
func TestNothingPassesByAbsenceAround(t *testing.T) {
	changes := []func(*world){
		func(w *world) { w.bundle.Envelope.PayloadType = "" },
		func(w *world) { w.bundle.Envelope.Payload = nil },
		func(w *world) { w.bundle.Envelope.Signatures = nil },
		func(w *world) { w.bundle.Envelope.Signatures = []Signature{} },
		func(w *world) { w.bundle.Envelope.Signatures[0] = Signature{} },
		func(w *world) { w.bundle.Envelope.Signatures[0].Sig = nil },
		func(w *world) { w.bundle.Envelope.Signatures[0].Sig = make([]byte, ed25519.SignatureSize) },
		func(w *world) { w.bundle.Envelope = Envelope{} },
		func(w *world) { w.bundle.Log = LogProof{} },
		func(w *world) { w.bundle.Log.Record = 0 },
		func(w *world) { w.bundle.Log.Leaf = nil },
		func(w *world) { w.bundle.Log.Hashes = nil },
		func(w *world) { w.bundle.Log.Hashes = []string{} },
		func(w *world) { w.bundle.Log.Hashes[0] = "" },
		func(w *world) { w.bundle.Log.Checkpoint = "" },
		func(w *world) { w.requires = Requirements{} },
		func(w *world) { w.requires.Target = "" },
		func(w *world) { w.requires.Requires = nil },
		func(w *world) { w.requires.Requires = []string{} },
		func(w *world) { w.requires.Requires[0] = "" },
		func(w *world) { w.requires.Policy = "" },
		func(w *world) { w.requires.Gates = nil },
		func(w *world) { w.requires.Gates = []string{} },
		func(w *world) { w.requires.Gates[0] = "" },
		func(w *world) { w.requires.Artifacts = nil },
		func(w *world) { w.requires.Artifacts["weights"] = "" },
		func(w *world) { w.trust = nil },
		func(w *world) { w.trust[1] = TrustedKey{} },
		func(w *world) { w.trust[1].Public = nil },
		func(w *world) { w.trust[1].Public = make(ed25519.PublicKey, ed25519.PublicKeySize) },
		func(w *world) { w.trust[1].Roles = nil },
		func(w *world) { w.live = State{} },
		func(w *world) { w.live.Version = Version{} },
		func(w *world) { w.live.Version.Registry = "" },
		func(w *world) { w.live.Version.Model = "" },
		func(w *world) { w.live.Version.Number = "" },
		func(w *world) { w.live.Version.Created = day(0).AddDate(-2025, 0, 0) },
		func(w *world) { w.live.Version.Source = "" },
		func(w *world) { w.live.Version.Manifest = nil },
		func(w *world) { w.live.Version.Manifest = Manifest{} },
		func(w *world) { w.live.Attachments = nil },
		func(w *world) { w.live.Policy = PolicyRef{} },
		func(w *world) { w.live.Policy.Digest = "" },
		func(w *world) { w.live.Policy.Record = 0 },
		func(w *world) { w.live.Champion = "" },
	}
	try := func(t testing.TB, chosen ...int) {
		w := newWorld(t)
		w.seal()
		for _, i := range chosen {
			if !applies(w, changes[i]) {
				return
			}
		}
		if d := w.verify(); d.Allowed() {
			t.Errorf("changes %v: let in by %q", chosen, d.Met)
		}
	}
	for i := range changes {
		try(t, i)
	}
	rapid.Check(t, func(rt *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(changes)-1), 2, 6, rapid.ID).Draw(rt, "changes")
		try(t, chosen...)
	})
}

// applies makes a change, or says that an earlier one took away what it would change.
func applies(w *world, change func(*world)) (ok bool) {
	defer func() { ok = recover() == nil }()
	change(w)
	return true
}

// Without even the signer's key, no change of a single bit of an envelope or of a proof is let in.
func TestNoBitMayChange(t *testing.T) {
	w := newWorld(t)
	w.seal()
	good, err := EncodeBundle(w.bundle)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := slices.Clone(good)
		at := rapid.IntRange(0, len(b)-2).Draw(rt, "at") // not the newline at the end
		b[at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		bundle, err := DecodeBundle(b)
		if err != nil {
			return
		}
		w.bundle = bundle
		if d := w.verify(); d.Allowed() {
			rt.Errorf("byte %d (%q for %q) is let in", at, b[at], good[at])
		}
	})
}

// member is one of an object, or an element of an array: payload[start:end] with its name, payload[value:end] without.
type member struct {
	path              string
	start, value, end int64
}

func (m member) mutate(payload []byte, to string) []byte {
	if to != "deleted" {
		return slices.Concat(payload[:m.value], []byte(to), payload[m.end:])
	}
	start, end := m.start, m.end
	if payload[end] == ',' {
		end++
	} else if payload[start-1] == ',' {
		start--
	}
	return slices.Concat(payload[:start], payload[end:])
}

func members(t *testing.T, payload []byte) []member {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(payload))
	var all []member
	token := func() json.Token {
		tok, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	skip := func() int64 { // the decoder's offset stands before the comma or colon that follows
		at := dec.InputOffset()
		for strings.ContainsRune(",:", rune(payload[at])) {
			at++
		}
		return at
	}
	var walk func(path string)
	walk = func(path string) {
		opened, ok := token().(json.Delim)
		if !ok {
			return
		}
		for i := 0; dec.More(); i++ {
			m := member{start: skip(), path: path + "[" + strconv.Itoa(i) + "]"}
			m.value = m.start
			if opened == '{' {
				m.path = strings.TrimPrefix(fmt.Sprintf("%s.%s", path, token()), ".")
				m.value = skip()
			}
			walk(m.path)
			m.end = dec.InputOffset()
			all = append(all, m)
		}
		token()
	}
	walk("")
	if len(all) < 100 {
		t.Fatalf("only %d members were found", len(all))
	}
	return all
}
