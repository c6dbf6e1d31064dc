//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatecard/gatecard/evidence"
)

var signals = flag.Int("signals", usualSignals, "how often each test of interruptions sends its signal")

// built is the program: this test's own binary, which is gatecard by that name ([TestMain]).
func built(t *testing.T) string {
	t.Helper()
	bin, err := exec.LookPath("gatecard")
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// project is a folder with a configuration, a folder of artifacts, and many rows, so that a run takes a while.
type project struct {
	folder, bin string
	env         []string
}

func newProject(t *testing.T, bin, folder string, n int) project {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("id,sex,employed,score\n")
	for i := range n {
		noise := math.Mod(float64(i+1)*0.6180339887498949, 1)
		fmt.Fprintf(&b, "%d,%s,%d,%.6f\n", i, [2]string{"man", "woman"}[i/2%2], i%2, 0.01+0.98*(0.4*noise+0.6*float64(i%2)))
	}
	home := t.TempDir()
	p := project{folder: folder, bin: bin, env: []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}}
	p.write(t, "predictions.csv", b.String())
	p.write(t, "gatecard.yaml", `model: m
task: binary
label: employed
sampling: deployment
groups: [{column: sex}]
data: {path: predictions.csv, id: id, score: score}
gates:
  - {metric: roc_auc, min: 0.6}
  - {metric: recall, across: sex, min: 0.5}
stages:
  Production: {requires: [gates]}
`)
	p.write(t, "model/weights.bin", strings.Repeat("weights ", 1<<15))
	return p
}

func (p project) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(p.folder, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func (p project) command(t *testing.T, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), p.bin, args...)
	c.Dir, c.Env = p.folder, p.env
	return c
}

// must runs a command that has to end with an exit code, and gives what it printed.
func (p project) must(t *testing.T, exit int, args ...string) string {
	t.Helper()
	out, err := p.command(t, args...).CombinedOutput()
	if got := exitOf(err); got != exit {
		t.Fatalf("gatecard %s: exit %d, want %d\n%s", strings.Join(args, " "), got, exit, out)
	}
	return string(out)
}

func exitOf(err error) int {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode() // -1: killed
	}
	if err != nil {
		return -2
	}
	return 0
}

// interrupt starts a command and sends it a signal after a while.
func (p project) interrupt(t *testing.T, s os.Signal, after time.Duration, args ...string) (exit int, out string) {
	t.Helper()
	var b bytes.Buffer
	c := p.command(t, args...)
	c.Stdout, c.Stderr = &b, &b
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Signal(s) }) // it may have ended
	defer timer.Stop()
	return exitOf(c.Wait()), b.String()
}

var allFiles = []string{"README.md", "card.html", "card.json", "card.yaml", "evaluation.json", "evidence.dsse.json", "evidence.proof.json", "gates.json", "junit.xml", "summary.md"}

// checkOut holds the output to be one run's, whole: the evidence there binds the very files beside it. No folder is fine too.
func (p project) checkOut(t *testing.T, out string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(p.folder, out))
	if errors.Is(err, fs.ErrNotExist) || len(entries) == 0 {
		return
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(allFiles, " ") {
		t.Errorf("%s holds %s, want %s", out, names, allFiles)
		return
	}
	var envelope struct{ Payload []byte }
	var said struct {
		Predicate struct {
			Attachments []struct{ Path, SHA256 string }
		}
	}
	b, err := os.ReadFile(filepath.Join(p.folder, out, "evidence.dsse.json"))
	if err := errors.Join(err, json.Unmarshal(b, &envelope), json.Unmarshal(envelope.Payload, &said)); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, a := range said.Predicate.Attachments {
		b, err := os.ReadFile(filepath.Join(p.folder, out, a.Path))
		if errors.Is(err, fs.ErrNotExist) {
			continue // only attached
		}
		if err != nil {
			t.Fatal(err)
		}
		checked++
		if got := string(evidence.DigestOf(b)); got != a.SHA256 {
			t.Errorf("%s/%s is not what the evidence beside it binds", out, a.Path)
		}
	}
	if checked < 4 {
		t.Errorf("the evidence in %s binds %d files of it, want 4 at least", out, checked)
	}
}

// TestInterrupt sends Ctrl-C at random moments: it ends with 130, or had finished; no temporary file is left; the folder is the old one or the
// new one; the registry opens, and its log holds.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it interrupts the program")
	}
	p := newProject(t, built(t), t.TempDir(), 60_000)
	began := time.Now()
	p.must(t, exitPassed, "run", "--register", "model", "--out", "first")
	whole := time.Since(began)
	stopped := 0
	for i := 0; i < *signals || stopped == 0 && i < 100; i++ {
		p.write(t, "model/weights.bin", fmt.Sprint("weights ", i)) // a version of its own
		after := time.Duration(rand.Int64N(int64(whole) * 5 / 4))
		began := time.Now()
		exit, out := p.interrupt(t, os.Interrupt, after, "run", "--register", "model", "--promote", "Production", "--out", "out")
		switch exit {
		case exitInterrupted:
			stopped++
			if !strings.Contains(out, "interrupted") {
				t.Errorf("after %s: it does not say that it was interrupted: %s", after, out)
			}
		case -1: // before the program could listen
		case exitPassed:
			whole = min(whole, time.Since(began)) // the machine may have more to do at one time than at another
		default:
			t.Errorf("after %s: exit %d: %s", after, exit, out)
		}
		p.checkOut(t, "out")
		p.must(t, exitPassed, "audit", "verify")
	}
	if stopped == 0 {
		t.Errorf("of %d signals none came while it was at work (%s long)", *signals, whole)
	}
	p.must(t, exitPassed, "run", "--register", "model", "--promote", "Production", "--out", "out")
	p.checkOut(t, "out")
}

// TestKill sends SIGKILL at random moments: the registry opens, its log holds, and the same run again succeeds and makes no second version.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it kills the program")
	}
	p := newProject(t, built(t), t.TempDir(), 40_000)
	began := time.Now()
	p.must(t, exitPassed, "run", "--register", "model", "--out", "first")
	whole := time.Since(began)
	for i := range *signals {
		p.write(t, "model/weights.bin", fmt.Sprint("weights ", i))
		after := time.Duration(rand.Int64N(int64(whole) * 5 / 4))
		p.interrupt(t, syscall.SIGKILL, after, "run", "--register", "model", "--promote", "Production", "--out", "out")
		p.must(t, exitPassed, "audit", "verify")
		p.must(t, exitPassed, "run", "--register", "model", "--promote", "Production", "--out", "out")
		p.checkOut(t, "out")
		p.must(t, exitPassed, "audit", "verify")
		if got, want := strings.Count(p.must(t, exitPassed, "registry", "list", "m"), "  m/"), i+2; got != want {
			t.Fatalf("after a kill at %s and a run again there are %d versions, want %d", after, got, want)
		}
	}
}
