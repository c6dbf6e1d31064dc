package evidence

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The checks behind the words that a target requires, one function each.

// checkGates asks for a result of every gate of the policy, and that every result, in the policy or not, lets the version in.
func checkGates(c candidate) []Refusal {
	var refusals []Refusal
	if len(c.requires.Gates) == 0 {
		refusals = append(refusals, refuse(wordGates, NoGates, "the policy has no gates"))
	}
	for _, id := range c.requires.Gates {
		if !slices.ContainsFunc(c.statement.Results, func(r Result) bool { return r.Gate == id }) {
			refusals = append(refusals, refuse(wordGates, GateMissing, "%s: there is no result", id))
		}
	}
	none := c.live.Champion == "" || c.live.Champion == c.live.Version.String()
	bootstrap := c.statement.bootstrap() && c.live.NeverChampion && none
	compares := func(gate string) bool { return slices.Contains(c.requires.Versus, gate) }
	return append(refusals, checkResults(c.statement, bootstrap && len(c.requires.Versus) > 0, compares)...)
}

// checkResultsThen is checkGates by the statement alone: what it itself says of the champion at the time is believed, since it is signed.
func checkResultsThen(c candidate) []Refusal {
	return checkResults(c.statement, c.statement.bootstrap(), func(string) bool { return true })
}

// bootstrap says whether there was nothing to compare with: no champion was ever set, and none was brought.
func (s Statement) bootstrap() bool { return s.Standing.NeverChampion && s.Champion == "" }

// checkResults judges every result and the statement's own verdict. Bootstrap allows not_applicable, to gates that compare.
func checkResults(s Statement, bootstrap bool, compares func(gate string) bool) []Refusal {
	var refusals []Refusal
	if len(s.Results) == 0 {
		refusals = append(refusals, refuse(wordGates, NoGates, "the evidence has no results"))
	} else if !slices.ContainsFunc(s.Results, func(r Result) bool { return r.Verdict != NotApplicable }) {
		refusals = append(refusals, refuse(wordGates, NothingJudged, "every gate was left out, and none passed"))
	}
	seen := map[string]bool{}
	for _, r := range s.Results {
		if seen[r.Gate] {
			refusals = append(refusals, refuse(wordGates, ResultIncoherent, "%s: two results", r.Gate))
		}
		seen[r.Gate] = true
		if refusal, ok := r.refusal(bootstrap && compares(r.Gate)); ok {
			refusals = append(refusals, refusal)
		}
	}
	if !s.Verdict.Lets() || s.Verdict == NotApplicable && !bootstrap {
		refusals = append(refusals, refuse(wordGates, VerdictRefused, "the evidence's own verdict is %q", s.Verdict))
	}
	return refusals
}

// refusal says why a result does not let the version in.
func (r Result) refusal(bootstrap bool) (Refusal, bool) {
	switch r.Verdict {
	case Pass:
		if why := r.incoherence(); why != "" {
			return refuse(wordGates, ResultIncoherent, "%s: passed, but %s", r.Gate, why), true
		}
		return Refusal{}, false
	case NotApplicable:
		switch {
		case !bootstrap:
			return refuse(wordGates, NotApplicableRefused, "%s: left out for want of a champion, but there is or was one, or this gate compares with none", r.Gate), true
		case r.Value != nil || r.Low != nil || r.High != nil || len(r.Claims) > 0:
			return refuse(wordGates, ResultIncoherent, "%s: not applicable, but something was judged", r.Gate), true
		}
		return Refusal{}, false
	case Fail:
		return refuse(wordGates, GateFailed, "%s: %s", r.Gate, r.short()), true
	case Inconclusive:
		return refuse(wordGates, GateInconclusive, "%s: %s", r.Gate, r.short()), true
	case Waived:
		return refuse(wordGates, WaiverUnsupported, "%s: it is waived", r.Gate), true
	}
	return refuse(wordGates, VerdictUnknown, "%s: the verdict is %q", r.Gate, r.Verdict), true
}

// incoherence says why a result cannot have passed, where its own figures tell: whatever the gate's mode, it has one bound, a figure, a
// claim that was judged, and an interval that is not wholly beyond the bound.
func (r Result) incoherence() string {
	judged := func(c Claim) bool { return c.Unjudged == "" }
	switch {
	case (r.Min == nil) == (r.Max == nil):
		return "it has no bound, or two"
	case r.Value == nil:
		return "nothing was judged"
	case !finite(r.Min, r.Max, r.Value, r.Low, r.High):
		return "a figure is not finite"
	case !slices.ContainsFunc(r.Claims, judged):
		return "no claim was judged"
	case r.Low != nil && r.High != nil && beyond(*r.High, *r.Low):
		return "its interval is reversed"
	case r.Min != nil && r.High != nil && beyond(*r.High, *r.Min):
		return fmt.Sprintf("all of its interval is below %s", limit(*r.Min))
	case r.Max != nil && r.Low != nil && beyond(*r.Max, *r.Low):
		return fmt.Sprintf("all of its interval is above %s", limit(*r.Max))
	}
	return ""
}

// short says what was found, and what is required: "0.280, 0.250 to 0.310, at least 0.50 is required".
func (r Result) short() string {
	found := "was not judged; "
	switch {
	case r.Value != nil && r.Low != nil && r.High != nil:
		found = fmt.Sprintf("%s, %s to %s, ", figure(*r.Value), figure(*r.Low), figure(*r.High))
	case r.Value != nil:
		found = figure(*r.Value) + ", "
	}
	return found + r.bound() + " is required"
}

func (r Result) bound() string {
	switch {
	case r.Min != nil:
		return "at least " + limit(*r.Min)
	case r.Max != nil:
		return "at most " + limit(*r.Max)
	}
	return "a bound"
}

// checkChampion asks that the champion is still the one compared with. The candidate itself may have become it.
func checkChampion(c candidate) []Refusal {
	if c.live.Champion == c.statement.Champion || c.live.Champion == c.live.Version.String() {
		return nil
	}
	return []Refusal{refuse(wordChampion, ChampionChanged, "compared with %s, champion is %s", orNone(c.statement.Champion), orNone(c.live.Champion))}
}

// checkCard asks for a complete card that the evidence binds and that is still attached.
func checkCard(c candidate) []Refusal {
	card := c.statement.Card
	if card == nil {
		return []Refusal{refuse(wordCard, CardMissing, "the evidence binds no card")}
	}
	var refusals []Refusal
	if len(card.Missing) > 0 {
		refusals = append(refusals, refuse(wordCard, CardIncomplete, "missing: %s", strings.Join(card.Missing, ", ")))
	}
	i := slices.IndexFunc(c.statement.Attachments, func(f File) bool { return f.SHA256 == card.File })
	switch {
	case i < 0:
		refusals = append(refusals, refuse(wordCard, CardUnbound, "%s is not among the attachments", card.File.Short()))
	case !slices.Contains(c.live.Attachments, c.statement.Attachments[i]):
		refusals = append(refusals, refuse(wordCard, AttachmentMissing, "%q is not attached as it was signed", c.statement.Attachments[i].Path))
	}
	return refusals
}

// checkArtifacts asks for a file of each role, by its whole path or its last element.
func checkArtifacts(c candidate) []Refusal {
	if len(c.requires.Artifacts) == 0 {
		return []Refusal{refuse(wordArtifacts, NoArtifactRoles, "the policy maps no roles to files")}
	}
	var refusals []Refusal
	for _, role := range slices.Sorted(maps.Keys(c.requires.Artifacts)) {
		pattern := c.requires.Artifacts[role]
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			refusals = append(refusals, refuse(wordArtifacts, ArtifactPattern, "%s: the pattern %q matches nothing", role, pattern))
			continue
		}
		matches := func(f File) bool {
			whole, _ := path.Match(pattern, f.Path)
			last, _ := path.Match(pattern, path.Base(f.Path))
			return whole || last
		}
		if !slices.ContainsFunc(c.statement.Version.Manifest, matches) {
			refusals = append(refusals, refuse(wordArtifacts, ArtifactMissing, "%s: no file matches %q", role, pattern))
		}
	}
	return refusals
}

// checkLineage asks where the version came from.
func checkLineage(c candidate) []Refusal {
	var refusals []Refusal
	l := c.statement.Version.Lineage
	for _, part := range []struct{ name, value string }{{"data version", l.Data}, {"git commit", l.Commit}, {"training run", l.Run}} {
		if part.value == "" {
			refusals = append(refusals, refuse(wordLineage, LineageUnknown, "no %s", part.name))
		}
	}
	if l.Dirty {
		refusals = append(refusals, refuse(wordLineage, LineageDirty, "the work tree differed from commit %s", orNone(l.Commit)))
	}
	return refusals
}

// finite says whether those that are there are numbers.
func finite(figures ...*float64) bool {
	for _, f := range figures {
		if f != nil && !(*f-*f == 0) {
			return false
		}
	}
	return true
}

// figure writes one for a person, as the pages do: three decimals, four under 0.01, none where it is large.
func figure(x float64) string {
	places := 3
	switch a := max(x, -x); {
	case a >= 1000:
		places = 0
	case a < 0.00995 && a >= 0.00005: // 0.00995 is 0.010 in three
		places = 4
	}
	return minus(strconv.FormatFloat(x, 'f', places, 64))
}

// limit writes a bound as it was typed, with two decimals at least.
func limit(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	whole, decimals, _ := strings.Cut(s, ".")
	for len(decimals) < 2 {
		decimals += "0"
	}
	return minus(whole + "." + decimals)
}

// minus writes a real one, and none before zero.
func minus(s string) string {
	digits, negative := strings.CutPrefix(s, "-")
	if negative && strings.Trim(digits, "0.") != "" {
		return "−" + digits
	}
	return digits
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func quoted(s string) string { return strconv.Quote(s) }
