package evidence

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata again")

// The examples of the DSSE protocol, version 1: https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md#test-vectors
func TestPAE(t *testing.T) {
	for _, c := range []struct{ kind, payload, want string }{
		{"http://example.com/HelloWorld", "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world"},
		{"", "", "DSSEv1 0  0 "},
		{"é", "ü ", "DSSEv1 2 é 3 ü "}, // lengths count bytes
	} {
		if got := string(pae(c.kind, []byte(c.payload))); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What `ssh-keygen -lf` says of a key that `ssh-keygen -t ed25519` made.
func TestKeyID(t *testing.T) {
	wire, err := base64.StdEncoding.DecodeString("AAAAC3NzaC1lZDI1NTE5AAAAIKjUq6dqwPHO5/UntqiTqSXnmudVAxNzJn261kEalPqy")
	if err != nil {
		t.Fatal(err)
	}
	public := ed25519.PublicKey(wire[len(wire)-32:])
	if got, want := KeyID(public), "SHA256:0KMSkGGulYYIa+cguyElI3QqfP/z6OPUWDIUAO1EjGw"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := KeyID(public[:31]); got != "" {
		t.Errorf("31 bytes have the fingerprint %s", got)
	}
}

// The public key of RFC 8410's example 10.1, as openssl writes it.
func TestPublicKeyPEM(t *testing.T) {
	const text = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
	public, err := ParsePublicKey([]byte(text))
	if err != nil || hex.EncodeToString(public) != "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1" {
		t.Fatalf("%x, %v", public, err)
	}
	if got, err := MarshalPublicKey(public); err != nil || string(got) != text {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := MarshalPublicKey(public[1:]); err == nil {
		t.Errorf("31 bytes: %s", got)
	}
	for name, text := range map[string]string{
		"empty":   "",
		"twice":   text + text,
		"private": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
		"other":   "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", // X25519
		"cut":     strings.Replace(text, "MCow", "", 1),
	} {
		if public, err := ParsePublicKey([]byte(text)); err == nil {
			t.Errorf("%s: %x", name, public)
		}
	}
}

func TestSignAndOpen(t *testing.T) {
	w := newWorld(t)
	w.seal()
	s, by, err := Open(w.bundle.Envelope, w.trust, w.now)
	if err != nil || by != keyActor(w.key, "a key") {
		t.Fatalf("%v, %v", by, err)
	}
	if !reflect.DeepEqual(s, w.statement) {
		t.Errorf("got  %+v\nwant %+v", s, w.statement)
	}
	w.trust[1].Owner = Actor{Name: "nobody"}
	if _, by, err := Open(w.bundle.Envelope, w.trust, w.now); err != nil || by.Subject != KeyID(public(w.key)) {
		t.Errorf("without an owner: %v, %v", by, err)
	}
}

// Open by itself, without a log, holds the key's dates against the time of issue.
func TestOpenKeyDates(t *testing.T) {
	w := newWorld(t)
	w.seal()
	for name, c := range map[string]struct {
		from, until time.Time
		want        Reason
	}{
		"valid":        {day(0), day(2), ""},
		"no end":       {day(1), time.Time{}, ""},
		"ended then":   {day(0), day(1), KeyRetired},
		"ended before": {day(-2), day(0), KeyRetired},
		"began after":  {day(2), day(5), KeyNotYetValid},
		"begins later": {day(3), day(5), KeyNotYetValid},
	} {
		w.trust[1].From, w.trust[1].Until = c.from, c.until
		_, _, err := Open(w.bundle.Envelope, w.trust, w.now)
		var refusal Refusal
		if errors.As(err, &refusal); refusal.Reason != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	// Issued, says the signer, on a day to come, by a key that begins then.
	w.statement.Issued = day(50)
	w.seal()
	w.trust[1].From, w.trust[1].Until = day(40), time.Time{}
	if _, _, err := Open(w.bundle.Envelope, w.trust, w.now); err == nil {
		t.Error("a key that begins in the future is taken")
	}
}

// What others must be able to read without us: in-toto's members, the subject, verdict and expires at the predicate's top level.
func TestPayloadForOthers(t *testing.T) {
	w := newWorld(t)
	w.seal()
	var on struct {
		Type    string `json:"_type"`
		Subject []struct {
			Name   string
			Digest map[string]string
		}
		PredicateType string
		Predicate     struct{ Verdict, Expires string }
	}
	if err := json.Unmarshal(w.bundle.Envelope.Payload, &on); err != nil {
		t.Fatal(err)
	}
	expires, err := time.Parse(time.RFC3339, on.Predicate.Expires)
	if err != nil || !expires.Equal(w.statement.Expires) || on.Predicate.Verdict != "pass" || on.Type != "https://in-toto.io/Statement/v1" || on.PredicateType != string(Evidence) {
		t.Errorf("%+v, %v", on, err)
	}
	digest := strings.TrimPrefix(string(w.statement.Version.Manifest.Digest()), "sha256:")
	if len(on.Subject) != 1 || on.Subject[0].Name != "ma-employment/3" || on.Subject[0].Digest["sha256"] != digest || len(on.Subject[0].Digest) != 1 {
		t.Errorf("subject %+v, want %s", on.Subject, digest)
	}
}

func TestSignRefuses(t *testing.T) {
	for name, change := range map[string]func(*Statement){
		"zero":                func(s *Statement) { *s = Statement{} },
		"no kind":             func(s *Statement) { s.Kind = "" },
		"unknown kind":        func(s *Statement) { s.Kind = "https://example.com" },
		"no verdict":          func(s *Statement) { s.Verdict = "" },
		"unknown verdict":     func(s *Statement) { s.Verdict = "Pass" },
		"no issue":            func(s *Statement) { s.Issued = time.Time{} },
		"no expiry":           func(s *Statement) { s.Expires = time.Time{} },
		"reversed":            func(s *Statement) { s.Issued, s.Expires = s.Expires, s.Issued },
		"no time between":     func(s *Statement) { s.Expires = s.Issued },
		"year 10000":          func(s *Statement) { s.Expires = day(365 * 9000) },
		"no version":          func(s *Statement) { s.Version = Version{} },
		"no registry":         func(s *Statement) { s.Version.Registry = "" },
		"no model":            func(s *Statement) { s.Version.Model = "" },
		"no number":           func(s *Statement) { s.Version.Number = "" },
		"no creation":         func(s *Statement) { s.Version.Created = time.Time{} },
		"no manifest":         func(s *Statement) { s.Version.Manifest = nil },
		"odd manifest":        func(s *Statement) { s.Version.Manifest = Manifest{file("../a", "x")} },
		"no policy":           func(s *Statement) { s.Standing.Policy = PolicyRef{} },
		"odd policy":          func(s *Statement) { s.Standing.Policy.Digest = "sha256:x" },
		"negative record":     func(s *Statement) { s.Standing.Policy.Record = -1 },
		"negative look":       func(s *Statement) { s.Standing.Look = -1 },
		"no dataset":          func(s *Statement) { s.Dataset = "" },
		"no inputs":           func(s *Statement) { s.Inputs = nil },
		"only a baseline":     func(s *Statement) { s.Inputs = s.Inputs[1:] },
		"input without path":  func(s *Statement) { s.Inputs = []Input{{File: s.Inputs[0].File, Rows: 1}} },
		"input without rows":  func(s *Statement) { s.Inputs = []Input{{File: s.Inputs[0].File, Role: "predictions"}} },
		"no supplier":         func(s *Statement) { s.Predictions = "" },
		"no tool":             func(s *Statement) { s.Tool = "" },
		"large":               func(s *Statement) { s.Tool = strings.Repeat("x", maxPayload) },
		"nil results":         func(s *Statement) { s.Results = nil },
		"no results":          func(s *Statement) { s.Results = []Result{} },
		"no gate":             func(s *Statement) { s.Results = []Result{{Verdict: Fail}} },
		"result's verdict":    func(s *Statement) { s.Results = []Result{{Gate: "g"}} },
		"negative support":    func(s *Statement) { s.Results = []Result{{Gate: "g", Verdict: Fail, Claims: []Claim{{Support: -1}}}} },
		"NaN":                 func(s *Statement) { s.Results = []Result{{Gate: "g", Verdict: Fail, Value: f64(math.NaN())}} },
		"infinite":            func(s *Statement) { s.Results = []Result{{Gate: "g", Verdict: Fail, Low: f64(math.Inf(-1))}} },
		"not UTF-8":           func(s *Statement) { s.Columns = map[string]string{"label": "\xff"} },
		"attachment's digest": func(s *Statement) { s.Attachments = []File{{Path: "a"}} },
		"attachment's name":   func(s *Statement) { s.Attachments = []File{file("a\n", "x")} },
		"attachment twice":    func(s *Statement) { s.Attachments = []File{file("a", "x"), file("a", "y")} },
		"card without digest": func(s *Statement) { s.Card = &CardState{} },
	} {
		s := newWorld(t).statement
		change(&s)
		if e, err := Sign(s, testKey(1)); err == nil {
			t.Errorf("%s: signed %.2000s", name, e.Payload)
		}
	}
	good := newWorld(t).statement
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"none": nil, "ecdsa": ecKey, "liar": liar{testKey(1)}, "broken": broken{testKey(1)}, "short": short{testKey(1)}} {
		if _, err := Sign(good, key); err == nil {
			t.Errorf("key %s: signed", name)
		}
	}
}

// liar signs with another key than it shows, as a service that was set up wrongly.
type liar struct{ ed25519.PrivateKey }

func (liar) Public() crypto.PublicKey { return testKey(2).Public() }

// short shows half a key.
type short struct{ ed25519.PrivateKey }

func (short) Public() crypto.PublicKey { return public(testKey(1))[:16] }

type broken struct{ ed25519.PrivateKey }

func (broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("no power")
}

// Lists and maps that may be empty may be nil, and the caller's are left alone.
func TestSignWithoutLists(t *testing.T) {
	s := newWorld(t).statement
	s.Columns, s.Attachments, s.Card = nil, nil, nil
	s.Results[0].Claims, s.Results[0].Verdict = nil, Fail
	s.Issued = s.Issued.In(time.FixedZone("x", 3600))
	e, err := Sign(s, testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	if s.Results[0].Claims != nil {
		t.Error("the caller's results were changed")
	}
	for _, want := range []string{`"columns":{}`, `"attachments":[]`, `"claims":[]`, `"issued":"2026-03-02T12:00:00Z"`} {
		if !strings.Contains(string(e.Payload), want) {
			t.Errorf("no %s in %s", want, e.Payload)
		}
	}
}

func TestDecodeFiles(t *testing.T) {
	w := newWorld(t)
	w.seal()
	b, err := EncodeBundle(w.bundle)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeBundle(b); err != nil || !reflect.DeepEqual(got, w.bundle) {
		t.Errorf("%+v, %v", got, err)
	}
	envelope, err := EncodeEnvelope(w.bundle.Envelope)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := EncodeProof(w.bundle.Log)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeProof(proof); err != nil || !reflect.DeepEqual(got, w.bundle.Log) {
		t.Errorf("%+v, %v", got, err)
	}
	// Another tool may indent it and sort its members.
	var any map[string]json.RawMessage
	if err := json.Unmarshal(envelope, &any); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(any, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeEnvelope(sorted); err != nil || !reflect.DeepEqual(got, w.bundle.Envelope) {
		t.Errorf("%+v, %v", got, err)
	}
	text := string(envelope)
	for name, bad := range map[string]string{
		"empty":         "",
		"cut":           text[:len(text)-3],
		"null":          "null",
		"array":         "[]",
		"trailing":      text + "{}",
		"duplicate":     strings.Replace(text, `"payloadType"`, `"payloadType":"x","payloadType"`, 1),
		"deep twin":     strings.Replace(text, `"keyid"`, `"keyid":"","keyid"`, 1),
		"unknown":       strings.Replace(text, `"payloadType"`, `"cert":"","payloadType"`, 1),
		"case":          strings.Replace(text, `"payloadType"`, `"payloadtype"`, 1),
		"both cases":    strings.Replace(text, `"payloadType"`, `"payloadtype":"","payloadType"`, 1),
		"missing":       strings.Replace(text, `"keyid":"`+w.bundle.Envelope.Signatures[0].KeyID+`",`, "", 1),
		"long s":        strings.Replace(text, `"signatures"`, `"ſignatures"`, 1),
		"base64 spaces": strings.Replace(text, `"payload":"`, `"payload":"\n`, 1),
		"not UTF-8":     strings.Replace(text, `"payloadType":"`, "\"payloadType\":\"\xff", 1),
		"deep":          strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"large":         text + strings.Repeat(" ", maxEnvelope),
	} {
		e, err := DecodeEnvelope([]byte(bad))
		var refusal Refusal
		if !errors.As(err, &refusal) || refusal.Reason != EnvelopeMalformed || !reflect.DeepEqual(e, Envelope{}) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// What a release wrote is read for good: the format's first bundle, the key that signed it and the one of its log. Signing the same statement
// gives the same bytes.
func TestReleasedBundle(t *testing.T) {
	dir := filepath.Join("testdata", "v1")
	w := newWorld(t)
	w.seal()
	envelope, err := EncodeEnvelope(w.bundle.Envelope)
	must(t, err)
	proof, err := EncodeProof(w.bundle.Log)
	must(t, err)
	pem, err := MarshalPublicKey(public(w.key))
	must(t, err)
	files := map[string][]byte{"evidence.dsse.json": envelope, "evidence.proof.json": proof, "key.pub": pem}
	for name, b := range files {
		path := filepath.Join(dir, name)
		if *update {
			must(t, os.MkdirAll(dir, 0o755))
			must(t, os.WriteFile(path, b, 0o644))
		}
		stored, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(stored, b) {
			t.Errorf("%s differs:\ngot  %s\nwant %s", path, b, stored)
		}
		files[name] = stored
	}
	w.bundle.Envelope, err = DecodeEnvelope(files["evidence.dsse.json"])
	must(t, err)
	w.bundle.Log, err = DecodeProof(files["evidence.proof.json"])
	must(t, err)
	if d := w.verify(); !d.Allowed() {
		t.Errorf("unmet %v", d.Unmet)
	}
}
