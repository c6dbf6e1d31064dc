package schema

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestProblemString(t *testing.T) {
	for want, p := range map[string]Problem{
		`gatecard.yaml:14:13: unknown-metric: "roc_acu" is no metric (did you mean "roc_auc"?)`: {Position{"gatecard.yaml", 14, 13}, "unknown-metric", `"roc_acu" is no metric`, "roc_auc"},
		`card.yaml: x: y`: {Position{File: "card.yaml"}, "x", "y", ""},
		`x: y`:            {Code: "x", Message: "y"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := (Position{"f", 3, 4}).String(); got != "f:3" {
		t.Errorf("a position is %s", got)
	}
	if got := (Position{File: "f"}).String(); got != "f" {
		t.Errorf("a position without line is %s", got)
	}
}

func TestSuggest(t *testing.T) {
	metrics := []string{"recall", "precision", "roc_auc", "f1", "false_positive_rate", "false_negative_rate"}
	for written, want := range map[string]string{
		"roc_acu":                         "roc_auc", // adjacent letters changed places: one step
		"ROC_AUC":                         "roc_auc",
		"recal":                           "recall",
		"Recal":                           "recall",
		"precisoin":                       "precision",
		"false_posative_rate":             "false_positive_rate",
		"f2":                              "", // of two letters none may differ
		"accuracy":                        "",
		"rec":                             "",
		"":                                "",
		"f1 ":                             "f1",
		strings.Repeat("recall", 100_000): "",
	} {
		if got := Suggest(written, metrics); got != want {
			t.Errorf("%.30q: got %q, want %q", written, got, want)
		}
	}
	if got := Suggest("abcd", []string{"abce", "abcf"}); got != "abce" {
		t.Errorf("of two that are equally near, got %q", got)
	}
	if got := Suggest("x", nil); got != "" {
		t.Errorf("of none, got %q", got)
	}
}

// TestEditDistance holds it to the definition, restricted to adjacent transpositions, by recursion.
func TestEditDistance(t *testing.T) {
	var slow func(a, b string) int
	slow = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		cost := 1
		if a[0] == b[0] {
			cost = 0
		}
		d := min(slow(a[1:], b)+1, slow(a, b[1:])+1, slow(a[1:], b[1:])+cost)
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
			d = min(d, slow(a[2:], b[2:])+1)
		}
		return d
	}
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := editDistance(a, b), slow(a, b); got != want {
			t.Fatalf("%q to %q: got %d, want %d", a, b, got, want)
		}
	})
}

func TestJoin(t *testing.T) {
	at := func(file string, line, column int, message string) Problem {
		return Problem{Position: Position{file, line, column}, Code: "c", Message: message}
	}
	full := errors.New("disk is full")
	for _, c := range []struct {
		errs []error
		want error
	}{
		{nil, nil},
		{[]error{nil, Problems{}, nil}, nil},
		{[]error{Problems(nil)}, nil},
		{[]error{Problems{at("b", 1, 1, "m"), at("a", 10, 2, "m")}, nil, Problems{at("a", 10, 1, "m"), at("a", 9, 9, "n"), at("a", 9, 9, "m")}},
			Problems{at("a", 9, 9, "m"), at("a", 9, 9, "n"), at("a", 10, 1, "m"), at("a", 10, 2, "m"), at("b", 1, 1, "m")}},
		{[]error{Problems{at("a", 1, 1, "m")}, Problems{at("a", 1, 1, "m")}}, Problems{at("a", 1, 1, "m")}},
		{[]error{Problems{at("a", 1, 1, "m")}, full, io.EOF}, full},
		{[]error{fmt.Errorf("read policy: %w", Problems{at("a", 1, 1, "m")})}, Problems{at("a", 1, 1, "m")}},
	} {
		if got := Join(c.errs...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Join(%v) = %v, want %v", c.errs, got, c.want)
		}
	}
	both := errors.Join(Problems{at("a", 1, 1, "m")}, full)
	if got := Join(both); got != both {
		t.Errorf("a full disk is lost among Problems: %v", got)
	}
}

func TestCodes(t *testing.T) {
	for code, text := range Codes() {
		if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("code %q is not in kebab-case", code)
		}
		if n := strings.Count(text+" ", ". ") + strings.Count(text, ": "); len(text) < 100 || n < 2 {
			t.Errorf("%s is explained too shortly: %s", code, text)
		}
	}
	Codes()["x"] = ""
	if _, ok := Codes()["x"]; ok {
		t.Error("whoever asks for the codes can change them")
	}
}

// TestCodesAreProvoked: each code is what some test case is refused with.
func TestCodesAreProvoked(t *testing.T) {
	provoked := map[string]bool{"wrong-value": true} // TestDecodeTypesRefuse
	note := func(told string) {
		for _, line := range strings.Split(told, "\n") {
			if parts := strings.SplitN(line, ": ", 3); len(parts) == 3 {
				provoked[parts[1]] = true
			}
		}
	}
	for _, c := range refusals {
		note(c.want)
	}
	for _, c := range jsonRefusals {
		note(c.want)
	}
	for _, c := range decodeRefusals {
		note(c.want)
	}
	for code := range Codes() {
		if !provoked[code] {
			t.Errorf("no test provokes %s", code)
		}
	}
	for code := range provoked {
		if Codes()[code] == "" {
			t.Errorf("%s is not explained", code)
		}
	}
}
