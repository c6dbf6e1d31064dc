package main

import (
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, lines ...string) (Tally, string) {
	t.Helper()
	var w strings.Builder
	tally, err := Read(strings.NewReader(strings.Join(lines, "\n")), &w)
	if err != nil {
		t.Fatal(err)
	}
	return tally, w.String()
}

func TestReadCounts(t *testing.T) {
	tally, said := read(t,
		`{"Action":"output","Package":"p","Test":"A","Output":"quiet\n"}`,
		`{"Action":"pass","Package":"p","Test":"A"}`,
		`{"Action":"output","Package":"p","Test":"B","Output":"loud\n"}`,
		`{"Action":"fail","Package":"p","Test":"B"}`,
		`{"Action":"output","Package":"p","Test":"C","Output":"=== RUN   C\n"}`,
		`{"Action":"output","Package":"p","Test":"C","Output":"    c_test.go:3: no chromium\n"}`,
		`{"Action":"output","Package":"p","Test":"C","Output":"--- SKIP: C (0.00s)\n"}`,
		`{"Action":"skip","Package":"p","Test":"C"}`,
		`{"Action":"fail","Package":"p"}`)
	if tally.passed != 1 || tally.failed != 1 || len(tally.skipped) != 1 {
		t.Errorf("counted %+v", tally)
	}
	if strings.Contains(said, "quiet") || !strings.Contains(said, "loud") || !strings.Contains(said, "FAIL\tp") {
		t.Errorf("said %q", said)
	}
	if want := "p C: c_test.go:3: no chromium"; tally.skipped[0] != want {
		t.Errorf("skipped %q, want %q", tally.skipped[0], want)
	}
}

func TestReadCountsABrokenBuild(t *testing.T) {
	tally, said := read(t,
		`{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined\n"}`,
		`{"Action":"fail","Package":"p","FailedBuild":"p"}`)
	if tally.failed != 1 || !strings.Contains(said, "undefined") {
		t.Errorf("counted %+v, said %q", tally, said)
	}
}

func TestReportRefusesNothingAndSkips(t *testing.T) {
	var w strings.Builder
	none, skipped := Tally{}, Tally{passed: 1, skipped: []string{"p C: no chromium"}}
	if none.report(&w, false, policy{skips: "tell"}) == nil {
		t.Error("no test was run, and it passed")
	}
	quiet := Tally{passed: 1}
	if quiet.report(&w, true, policy{skips: "tell"}) == nil {
		t.Error("go test exited with an error, and it passed")
	}
	if err := skipped.report(&w, false, policy{"fail", regexp.MustCompile("-tags soak")}); err != nil || skipped.failed != 1 {
		t.Errorf("a skip is %d failures, %v", skipped.failed, err)
	}
	allowed := Tally{passed: 1, skipped: []string{"p C: no chromium", "p D: the large grid: -tags soak"}}
	if err := allowed.report(&w, false, policy{"fail", regexp.MustCompile("-tags soak")}); err != nil || allowed.failed != 1 || len(allowed.skipped) != 1 {
		t.Errorf("one skip of two is allowed: %+v, %v", allowed, err)
	}
	told := Tally{passed: 1, skipped: []string{"p C: no chromium"}}
	if err := told.report(&w, false, policy{skips: "tell"}); err != nil || told.failed != 0 || len(told.skipped) != 1 {
		t.Errorf("a skip that is told: %+v, %v", told, err)
	}
	if err := told.report(&w, false, policy{skips: "ignore"}); err != nil || len(told.skipped) != 0 {
		t.Errorf("a skip that is ignored: %+v, %v", told, err)
	}
}
