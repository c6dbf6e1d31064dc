// Command testcount runs `go test -json` with the arguments it is given, prints what failed in full and the rest in a line a package,
// and counts. It fails where a test failed, where nothing was tested, and, with -skips=fail, where a test was skipped: a run that left
// something out must not look like one that did not.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

func main() {
	skips := flag.String("skips", "tell", "what a skipped test is: tell it, fail for it, or ignore it")
	allow := flag.String("allow", "^$", "skips for a reason that matches this are told and never fail")
	counts := flag.String("counts", "", "append 'passed failed skipped' to this file")
	flag.Parse()
	allowed, err := regexp.Compile(*allow)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(2)
	}
	tally, err := run(flag.Args(), policy{*skips, allowed}, os.Stdout)
	if err == nil && *counts != "" {
		err = tally.append(*counts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(1)
	}
	if tally.failed > 0 {
		os.Exit(1)
	}
}

// policy says what a skipped test is.
type policy struct {
	skips   string
	allowed *regexp.Regexp
}

func run(args []string, p policy, w io.Writer) (Tally, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Tally{}, err
	}
	if err := cmd.Start(); err != nil {
		return Tally{}, err
	}
	tally, readErr := Read(out, w)
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return tally, err
	}
	if readErr != nil {
		return tally, readErr
	}
	return tally, tally.report(w, exit != nil, p)
}

// An event is a line of `go test -json` (cmd/test2json).
type event struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
	Elapsed                                                float64
}

// Tally counts tests and subtests, and packages that failed without a failed test (a build, a panic outside a test).
type Tally struct {
	passed, failed int
	skipped        []string // with their reasons
}

// Read prints and counts the events.
func Read(r io.Reader, w io.Writer) (t Tally, err error) {
	said := map[[2]string]*strings.Builder{} // package and test to its output
	failed := map[string]bool{}              // packages with a failed test
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(w, lines.Text()) // what the go command itself says
			continue
		}
		key := [2]string{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			fmt.Fprint(w, e.Output)
		case "output":
			if said[key] == nil {
				said[key] = &strings.Builder{}
			}
			said[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			output := ""
			if b := said[key]; b != nil {
				output = b.String()
			}
			delete(said, key)
			t.ended(e, output, failed, w)
		}
	}
	return t, lines.Err()
}

func (t *Tally) ended(e event, output string, failed map[string]bool, w io.Writer) {
	isTest := e.Test != ""
	switch {
	case isTest && e.Action == "pass":
		t.passed++
	case isTest && e.Action == "skip":
		t.skipped = append(t.skipped, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(output)))
	case isTest:
		t.failed++
		failed[e.Package] = true
		fmt.Fprint(w, output)
	case e.Action == "pass":
		fmt.Fprintf(w, "ok  \t%s\t%.3fs\n", e.Package, e.Elapsed)
	case e.Action == "skip":
		fmt.Fprintf(w, "?   \t%s\t[no test files]\n", e.Package)
	default:
		if !failed[e.Package] {
			t.failed++
			fmt.Fprint(w, output)
		}
		fmt.Fprintf(w, "FAIL\t%s\n", e.Package)
	}
}

// reason is what a skipped test said, without go test's own lines.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

func (t *Tally) report(w io.Writer, exited bool, p policy) error {
	if p.skips == "ignore" {
		t.skipped = nil
	}
	slices.Sort(t.skipped)
	for _, s := range t.skipped {
		fmt.Fprintln(w, "skipped:", s)
	}
	if p.skips == "fail" {
		all := len(t.skipped)
		t.skipped = slices.DeleteFunc(t.skipped, func(s string) bool { return !p.allowed.MatchString(s) })
		if n := all - len(t.skipped); n > 0 {
			fmt.Fprintf(w, "%d skipped tests count as failed here\n", n)
			t.failed += n
		}
	}
	switch {
	case t.passed+t.failed == 0:
		return errors.New("no test was run")
	case exited && t.failed == 0:
		return errors.New("go test failed, and named no test")
	}
	return nil
}

func (t Tally) append(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, t.passed, t.failed, len(t.skipped))
	return errors.Join(err, f.Close())
}
