package evidence

import (
	"math"
	"slices"
	"testing"
)

func TestVerifyLetsIn(t *testing.T) {
	all := []string{"evidence", "version", "bytes", "policy", "validity", "gates", "card", "artifacts", "lineage", "champion"}
	for name, change := range map[string]func(*world){
		"as made":                   func(*world) {},
		"first ever":                firstEver,
		"first ever, already moved": func(w *world) { firstEver(w); w.live.Champion = "ma-employment/3" },
		"candidate became champion": func(w *world) { w.live.Champion = "ma-employment/3" },
		"key ends later":            func(w *world) { w.trust[1].Until = day(1).Add(1) },
		"last moment":               func(w *world) { w.now = day(91).Add(-1) },
		"first moment":              func(w *world) { w.now = day(1) },
		"small groups listed": func(w *world) {
			w.statement.Results[0].Claims = append(w.statement.Results[0].Claims, Claim{Unjudged: "too small", Small: true})
		},
		"estimate under the bound":   func(w *world) { w.statement.Results[0].Value, w.statement.Results[0].Low = f64(0.49), f64(0.4) }, // unless_disproven
		"on the bound":               func(w *world) { w.statement.Results[0].Low, w.statement.Results[0].High = f64(0.5), f64(0.5) },
		"by estimate, no limits":     func(w *world) { w.statement.Results[0].Low, w.statement.Results[0].High = nil, nil },
		"another zone":               func(w *world) { w.live.Version.Created = w.live.Version.Created.Local() },
		"listed twice, second fits":  func(w *world) { w.trust = append(Trust{trusted(w.key, RolePolicy)}, w.trust...) },
		"checkpoint by evidence key": func(w *world) { w.ledgerKey = w.key },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			change(w)
			w.seal()
			d := w.verify()
			if !d.Allowed() || !slices.Equal(d.Met, all) || d.Target != "Production" {
				t.Errorf("met %q, unmet %v", d.Met, d.Unmet)
			}
		})
	}
}

// An empty keyid is allowed: verifiers that know no fingerprints write none.
func TestVerifyWithoutKeyID(t *testing.T) {
	w := newWorld(t)
	w.seal()
	w.bundle.Envelope.Signatures[0].KeyID = ""
	if d := w.verify(); !d.Allowed() {
		t.Errorf("unmet %v", d.Unmet)
	}
}

func TestVerifyOpenTarget(t *testing.T) {
	d := Verify(Bundle{}, Requirements{Target: "Staging", Open: true}, nil, State{}, day(1))
	if !d.Allowed() || !slices.Equal(d.Met, []string{"open"}) {
		t.Errorf("met %q, unmet %v", d.Met, d.Unmet)
	}
}

// A version that holds a protected stage may go to Production, get an alias, and be where it is; what is not protected may be left.
func TestVerifyLeaves(t *testing.T) {
	for _, c := range []struct {
		to    Target
		holds []Target
	}{
		{"@candidate", []Target{"Production"}}, {"Staging", []Target{"Staging"}}, {"Archived", []Target{"@champion"}}, {"Archived", []Target{"Other"}},
	} {
		r := Requirements{Target: c.to, Open: true, Guarded: []Target{"Production", "Staging", "@champion"}}
		if d := Verify(Bundle{}, r, nil, State{Holds: c.holds}, day(1)); !d.Allowed() || !slices.Equal(d.Met, []string{"open"}) {
			t.Errorf("%s from %s: met %q, unmet %v", c.to, c.holds, d.Met, d.Unmet)
		}
	}
	w := newWorld(t)
	w.seal()
	for _, held := range []Target{"Staging", "Production"} {
		w.requires.Guarded, w.live.Holds = []Target{"Staging"}, []Target{held}
		if d := w.verify(); !d.Allowed() {
			t.Errorf("from %s to Production: %v", held, d.Unmet)
		}
	}
}

func TestVerifyNothing(t *testing.T) {
	w := newWorld(t)
	w.seal()
	for name, d := range map[string]Decision{
		"all zero":        Verify(Bundle{}, Requirements{}, nil, State{}, day(1)),
		"no requirements": Verify(w.bundle, Requirements{}, w.trust, w.live, w.now),
		"no trust":        Verify(w.bundle, w.requires, nil, w.live, w.now),
		"no live state":   Verify(w.bundle, w.requires, w.trust, State{}, w.now),
		"no bundle":       Verify(Bundle{}, w.requires, w.trust, w.live, w.now),
		"rollback":        VerifyRollback(Bundle{}, w.requires, w.trust, w.live, day(2), w.now),
		"offline":         VerifyOffline(Bundle{}, w.trust, w.now),
		"offline, no one": VerifyOffline(w.bundle, nil, w.now),
	} {
		if d.Allowed() {
			t.Errorf("%s: let in by %q", name, d.Met)
		}
	}
}

// It never stops at the first: all that is wrong is told, and what is right too.
func TestVerifyTellsAll(t *testing.T) {
	w := newWorld(t)
	w.statement.Results[0].Verdict, w.statement.Results[1].Verdict, w.statement.Verdict = Fail, Inconclusive, Fail
	w.statement.Card = nil
	w.seal()
	w.now, w.live.Champion = day(100), "ma-employment/1"
	d := w.verify()
	want := map[Reason]bool{EvidenceExpired: true, GateFailed: true, GateInconclusive: true, VerdictRefused: true, CardMissing: true, ChampionChanged: true}
	got := reasons(d)
	for r := range want {
		if !got[r] {
			t.Errorf("%s is not told", r)
		}
	}
	if len(got) != len(want) || !slices.Equal(d.Met, []string{"evidence", "version", "bytes", "policy", "artifacts", "lineage"}) {
		t.Errorf("met %q, unmet %v", d.Met, d.Unmet)
	}
}

func TestVerifyRollback(t *testing.T) {
	w := newWorld(t)
	w.seal()
	w.now = day(400)                                     // long expired
	w.live.Policy.Digest = DigestOf([]byte("today's"))   // another policy
	w.requires.Policy = w.live.Policy.Digest             //
	w.requires.Gates = append(w.requires.Gates, "newer") // with more gates
	w.live.Champion = "ma-employment/9"                  // which is what we want to be rid of
	if d := rollback(w); !d.Allowed() || !slices.Equal(d.Met, []string{"evidence", "version", "bytes", "policy", "validity", "gates"}) {
		t.Errorf("met %q, unmet %v", d.Met, d.Unmet)
	}
	if d := w.verify(); d.Allowed() {
		t.Error("a promotion is let in where only a rollback may be")
	}
	w.trust[1].Revoked = true
	if d := rollback(w); d.Allowed() || !reasons(d)[KeyRevoked] {
		t.Errorf("revoked: %v", d)
	}
	w.trust[1].Revoked = false
	w.live.Version.Manifest = w.live.Version.Manifest[1:]
	if d := rollback(w); d.Allowed() || !reasons(d)[BytesChanged] {
		t.Errorf("other bytes: %v", d)
	}
	open := Requirements{Target: "Staging", Open: true}
	if d := VerifyRollback(Bundle{}, open, nil, State{}, day(1), day(2)); !d.Allowed() {
		t.Errorf("open: %v", d)
	}
}

func TestVerifyOffline(t *testing.T) {
	unchecked := []string{"version", "bytes", "policy", "champion"}
	w := newWorld(t)
	w.seal()
	d := VerifyOffline(w.bundle, w.trust, w.now)
	if !d.Allowed() || !slices.Equal(d.Met, []string{"evidence", "log", "validity", "gates"}) || !slices.Equal(d.Unchecked, unchecked) {
		t.Errorf("%+v", d)
	}
	if d := VerifyOffline(Bundle{Envelope: w.bundle.Envelope}, w.trust, w.now); !d.Allowed() || !slices.Contains(d.Unchecked, "log") || slices.Contains(d.Met, "log") {
		t.Errorf("without proof: %+v", d)
	}
	if d := VerifyOffline(w.bundle, w.trust, day(91)); d.Allowed() || !reasons(d)[EvidenceExpired] {
		t.Errorf("expired: %+v", d)
	}
	damaged := w.bundle
	damaged.Log.Record++
	if d := VerifyOffline(damaged, w.trust, w.now); d.Allowed() || d.Unmet[0].Requirement != "log" {
		t.Errorf("damaged proof: %+v", d)
	}
	w.statement.Kind, w.statement.Verdict, w.statement.Results[0].Verdict = Recheck, Fail, Fail
	w.seal()
	d = VerifyOffline(w.bundle, w.trust, w.now)
	if d.Allowed() || !slices.Equal(d.Met, []string{"evidence", "log", "validity"}) || !reasons(d)[GateFailed] {
		t.Errorf("a failing recheck: %+v", d)
	}
}

// The detail names the first file that differs, so that a person knows where to look.
func TestBytesChangedNamesTheFile(t *testing.T) {
	a, b, c := file("a", "1"), file("b", "2"), file("c", "3")
	judged := Manifest{a, b, c}
	for want, live := range map[string]Manifest{
		`"a" is missing`:     {b, c},
		`"b" is missing`:     {a, c},
		`"c" is missing`:     {a, b},
		`"a0" was not there`: {a, file("a0", "x"), b, c},
		`"d" was not there`:  {a, b, c, file("d", "x")},
		`"b" is ` + DigestOf([]byte("x")).Short() + `, judged was ` + b.SHA256.Short(): {a, file("b", "x"), c},
	} {
		if got := judged.firstDifference(live); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestGateRefusalsInWords(t *testing.T) {
	for want, r := range map[string]Result{
		"recall: 0.295, at least 0.50 is required":                  {Gate: "recall", Verdict: Fail, Min: f64(0.5), Value: f64(0.295)},
		"gap: 0.060, 0.030 to 0.090, at most 0.05 is required":      {Gate: "gap", Verdict: Inconclusive, Max: f64(0.05), Value: f64(0.06), Low: f64(0.03), High: f64(0.09)},
		"x: was not judged; a bound is required":                    {Gate: "x", Verdict: Inconclusive},
		"versus: was not judged; at most 0.002 is required":         {Gate: "versus", Verdict: Inconclusive, Max: f64(0.002)},
		"drop: −0.280, −0.310 to 0.000, at least −0.50 is required": {Gate: "drop", Verdict: Inconclusive, Min: f64(-0.5), Value: f64(-0.28), Low: f64(-0.31), High: f64(0)},
		"half: 0.280, at most 2.00 is required":                     {Gate: "half", Verdict: Fail, Max: f64(2), Value: f64(0.28), Low: f64(0.1)},
	} {
		if got, refused := r.refusal(true); !refused || got.Detail != want {
			t.Errorf("%s, want %s", got.Detail, want)
		}
	}
}

// JSON has no figures that are not finite, so that no statement can hold one; the check is for those who judge results by themselves.
func TestNotFiniteIsIncoherent(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		good := Result{Gate: "g", Verdict: Pass, Min: f64(0.5), Value: f64(0.6), Claims: []Claim{{}}}
		if why := good.incoherence(); why != "" {
			t.Fatal(why)
		}
		for i, at := range []func(*Result) **float64{
			func(r *Result) **float64 { return &r.Min },
			func(r *Result) **float64 { return &r.Value },
			func(r *Result) **float64 { return &r.Low },
			func(r *Result) **float64 { return &r.High },
		} {
			r := good
			*at(&r) = &x
			if r.incoherence() == "" {
				t.Errorf("%g as figure %d passes", x, i)
			}
		}
	}
}

func TestZeroDecisionRefuses(t *testing.T) {
	for _, d := range []Decision{{}, {Target: "Production"}, {Met: []string{"gates"}, Unmet: []Refusal{{}}}, {Unchecked: []string{"bytes"}}} {
		if d.Allowed() {
			t.Errorf("%+v is allowed", d)
		}
	}
	if !(Decision{Met: []string{"gates"}}).Allowed() {
		t.Error("met, with nothing unmet, is not allowed")
	}
}

func TestChampionRefusalInWords(t *testing.T) {
	c := candidate{statement: Statement{Champion: "m/1"}}
	if got, want := checkChampion(c)[0].Detail, "compared with m/1, champion is none"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
