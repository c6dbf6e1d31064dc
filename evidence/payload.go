package evidence

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// statementType is in-toto's, version 1. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
const statementType = "https://in-toto.io/Statement/v1"

// inToto is a statement on the wire.
type inToto struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType Kind      `json:"predicateType"`
	Predicate     Statement `json:"predicate"`
}

// subject is "ma-employment/2" by its manifest.
type subject struct {
	Name   string        `json:"name"`
	Digest subjectDigest `json:"digest"`
}

type subjectDigest struct {
	SHA256 string `json:"sha256"` // in-toto writes bare hexadecimal
}

func subjectOf(v Version) []subject {
	return []subject{{Name: v.String(), Digest: subjectDigest{SHA256: v.Manifest.Digest().hex()}}}
}

// encodeStatement gives the payload: what decodeStatement takes, and nothing else.
func encodeStatement(s Statement) ([]byte, error) {
	s = s.normal()
	if err := s.complete(); err != nil {
		return nil, err
	}
	payload, err := marshal(inToto{Type: statementType, Subject: subjectOf(s.Version), PredicateType: s.Kind, Predicate: s})
	if err != nil {
		return nil, err
	}
	if len(payload) > maxPayload {
		return nil, fmt.Errorf("payload of %d bytes: more than %d", len(payload), maxPayload)
	}
	if _, err := decodeStatement(payload); err != nil {
		return nil, err
	}
	return payload, nil
}

// decodeStatement reads a payload strictly. The error is a [Refusal].
func decodeStatement(payload []byte) (Statement, error) {
	var on inToto
	if err := decodeExact(payload, &on); err != nil {
		return Statement{}, refuse(wordEvidence, PayloadMalformed, "%v", err)
	}
	if on.Type != statementType {
		return Statement{}, refuse(wordEvidence, PayloadMalformed, "statement type %q, want %q", on.Type, statementType)
	}
	s := on.Predicate
	s.Kind = on.PredicateType
	if err := s.complete(); err != nil {
		return Statement{}, refuse(wordEvidence, StatementIncomplete, "%v", err)
	}
	if !slices.Equal(on.Subject, subjectOf(s.Version)) {
		return Statement{}, refuse(wordEvidence, SubjectMismatch, "the subject is not %s by the manifest %s that the statement lists", s.Version, s.Version.Manifest.Digest().Short())
	}
	return s, nil
}

// normal writes times in UTC, and empty lists and maps, which may be empty, as empty and not as null. It shares nothing that it changes.
func (s Statement) normal() Statement {
	s.Issued, s.Expires, s.Version.Created = wire(s.Issued), wire(s.Expires), wire(s.Version.Created)
	if s.Columns == nil {
		s.Columns = map[string]string{}
	}
	if s.Attachments == nil {
		s.Attachments = []File{}
	}
	s.Results = slices.Clone(s.Results)
	for i := range s.Results {
		if s.Results[i].Claims == nil {
			s.Results[i].Claims = []Claim{}
		}
	}
	return s
}

// wire is a time as it is written: UTC, without the monotonic clock.
func wire(t time.Time) time.Time { return t.UTC().Round(0) }

func utc(times ...time.Time) bool {
	return !slices.ContainsFunc(times, func(t time.Time) bool { return t.Location() != time.UTC })
}

// complete says what every statement must have and this one lacks. What its words are worth is for [Verify]; here only that they are there.
func (s Statement) complete() error {
	switch {
	case s.Kind != Evidence && s.Kind != Recheck:
		return fmt.Errorf("unknown kind %q", s.Kind)
	case !s.Verdict.known():
		return fmt.Errorf("unknown verdict %q", s.Verdict)
	case s.Issued.IsZero() || s.Expires.IsZero():
		return errors.New("no time of issue or of expiry")
	case !utc(s.Issued, s.Expires, s.Version.Created):
		return errors.New("a time is not in UTC")
	case !s.Issued.Before(s.Expires):
		return fmt.Errorf("it expires at %s, not after it was issued at %s", stamp(s.Expires), stamp(s.Issued))
	case s.Version.Registry == "" || s.Version.Model == "" || s.Version.Number == "" || s.Version.Created.IsZero():
		return errors.New("the version lacks its registry, model, number or time of creation")
	case !s.Standing.Policy.Digest.valid():
		return errors.New("no policy digest")
	case s.Standing.Policy.Record < 0 || s.Standing.Look < 0:
		return errors.New("a negative count in its standing")
	case !s.Dataset.valid():
		return errors.New("no dataset digest")
	case s.Predictions == "":
		return errors.New("nothing says who supplied the predictions")
	case s.Tool == "":
		return errors.New("no tool")
	case s.Columns == nil || s.Attachments == nil:
		return errors.New("no columns or attachments: they may be empty, not absent")
	}
	if err := s.Version.Manifest.Check(); err != nil {
		return err
	}
	if err := completeInputs(s.Inputs); err != nil {
		return err
	}
	if err := completeResults(s.Results); err != nil {
		return err
	}
	return completeFiles(s.Attachments, s.Card)
}

// completeInputs asks that something was judged: rows of a baseline or a champion alone, or labels, are no candidate's.
func completeInputs(inputs []Input) error {
	beside := []string{"baseline", "champion", "labels"}
	if !slices.ContainsFunc(inputs, func(in Input) bool { return !slices.Contains(beside, in.Role) }) {
		return errors.New("no input of predictions")
	}
	for _, in := range inputs {
		if in.Path == "" || in.Role == "" || !in.SHA256.valid() || in.Size < 0 || in.Rows < 0 {
			return fmt.Errorf("input %q lacks its path, role, digest, size or rows", in.Path)
		}
		if in.Role == "predictions" && in.Rows == 0 {
			return fmt.Errorf("input %q has no rows", in.Path)
		}
	}
	return nil
}

func completeResults(results []Result) error {
	if len(results) == 0 {
		return errors.New("no results")
	}
	for _, r := range results {
		if r.Gate == "" {
			return errors.New("a result names no gate")
		}
		if !r.Verdict.known() {
			return fmt.Errorf("gate %q has the unknown verdict %q", r.Gate, r.Verdict)
		}
		if r.Claims == nil {
			return fmt.Errorf("gate %q has no list of claims", r.Gate)
		}
		for _, c := range r.Claims {
			if c.Support < 0 {
				return fmt.Errorf("gate %q has a claim of %d rows", r.Gate, c.Support)
			}
		}
	}
	return nil
}

func completeFiles(attachments []File, card *CardState) error {
	paths := map[string]bool{}
	for _, f := range attachments {
		if err := f.check(); err != nil {
			return fmt.Errorf("attachment %w", err)
		}
		if paths[f.Path] {
			return fmt.Errorf("attachment %q stands there twice", f.Path)
		}
		paths[f.Path] = true
	}
	if card != nil && !card.File.valid() {
		return errors.New("the card has no digest")
	}
	return nil
}

// known says whether it is one of the five verdicts.
func (v Verdict) known() bool {
	return v == Pass || v == Fail || v == Inconclusive || v == Waived || v == NotApplicable
}

// valid says whether it is "sha256:" and 64 hexadecimal digits, lower case.
func (d Digest) valid() bool {
	digits, ok := strings.CutPrefix(string(d), "sha256:")
	return ok && len(digits) == 64 && strings.Trim(digits, "0123456789abcdef") == ""
}

// hex is a digest without its "sha256:".
func (d Digest) hex() string { return strings.TrimPrefix(string(d), "sha256:") }

// beyond says whether x is below y by more than the rounding of either.
func beyond(x, y float64) bool {
	return x < y-1e-9*math.Max(1, math.Max(math.Abs(x), math.Abs(y)))
}
