package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/schema"
)

// block is what stands between the fences after a mark of the README.
func block(t *testing.T, mark string) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(b), "<!-- "+mark+" -->\n```")
	if !ok {
		t.Fatalf("the README has no block %q", mark)
	}
	_, after, _ = strings.Cut(after, "\n")
	text, _, ok := strings.Cut(after, "```")
	if !ok || strings.TrimSpace(text) == "" {
		t.Fatalf("the README's block %q is empty", mark)
	}
	return text
}

// TestREADMEOwnData runs the ten lines of YAML on the data that the README names, and finds the verdict that it shows.
func TestREADMEOwnData(t *testing.T) {
	folder := t.TempDir()
	data, err := os.ReadFile("../../fixtures/compas/compas.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"compas.csv": data, "gatecard.yaml": []byte(block(t, "config"))} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"run", "--no-registry", "-c", filepath.Join(folder, "gatecard.yaml"), "--out", filepath.Join(folder, "out")}, &stdout, &stderr)
	if code != exitRefused {
		t.Fatalf("exit %d, want %d: %s", code, exitRefused, &stderr)
	}
	if want := block(t, "verdict"); !strings.Contains(stdout.String(), want) {
		t.Errorf("the README shows\n%s\nand gatecard says\n%s", want, &stdout)
	}
}

// TestREADMEGates reads the README's example of a policy's gates.
func TestREADMEGates(t *testing.T) {
	policy := "task: binary\nlabel: y\n" + block(t, "gates")
	d, err := schema.Parse("README.yaml", []byte(policy))
	if err != nil {
		t.Fatal(err)
	}
	p, err := gates.ParsePolicy(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Gates) != strings.Count(policy, "\n  - {metric")+strings.Count(policy, "\n  - {drift") {
		t.Errorf("%d gates were read", len(p.Gates))
	}
}

// TestREADMEDemo runs the demo by the program as it is built, and finds the last table that the README shows.
func TestREADMEDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("short: the demo runs the whole story")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("there is no bash to run the demo by")
	}
	folder := t.TempDir()
	binary := filepath.Join(folder, "gatecard")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	demo := exec.CommandContext(t.Context(), bash, "../../fixtures/demo/demo.sh")
	demo.Env = append(os.Environ(), "GATECARD="+binary, "DEMO_FOLDER="+filepath.Join(folder, "demo"), "HOME="+folder, "XDG_CONFIG_HOME="+folder)
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("demo: %v\n%s", err, out)
	}
	if want := block(t, "demo"); !strings.Contains(string(out), want) {
		t.Errorf("the README shows\n%s\nand the demo ends\n%s", want, out)
	}
	if _, err := os.Stat(filepath.Join(folder, "demo", "out-2", "card.html")); err != nil {
		t.Errorf("the card to open: %v", err)
	}
}
