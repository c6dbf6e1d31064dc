//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user who owns nothing. Permissions stop no root, so the program runs as this one where the test is root.
const nobody = 65534

// TestPermissions: places that may not be read or written are told, with the right exit code, before anything is made.
func TestPermissions(t *testing.T) {
	top := t.TempDir()
	bin := filepath.Join(top, "gatecard")
	copyProgram(t, built(t), bin)
	p := newProject(t, bin, filepath.Join(top, "work"), 400)
	home := filepath.Join(top, "home")
	p.env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + top}
	for _, folder := range []string{"closed", "reg"} {
		p.write(t, folder+"/here", "")
	}
	p.write(t, "secret.yaml", "model: m\n")
	p.must(t, exitPassed, "keys", "new", "k")
	p.must(t, exitPassed, "run", "--key", "k", "--register", "model", "--registry", "sqlite:reg/registry.db", "--out", "out")
	if err := os.MkdirAll(home, 0o777); err != nil {
		t.Fatal(err)
	}
	as := os.Geteuid() == 0
	if as {
		for d := top; strings.HasPrefix(filepath.Base(filepath.Dir(d)), "Test") || strings.HasPrefix(filepath.Base(d), "Test"); d = filepath.Dir(d) {
			chmod(t, d, 0o755)
		}
		chmod(t, top, 0o755)
		chmod(t, home, 0o777)
		chmod(t, p.folder, 0o777)
		chmod(t, filepath.Join(p.folder, "k"), 0o644)
	}
	chmod(t, filepath.Join(p.folder, "secret.yaml"), 0o000)
	chmod(t, filepath.Join(p.folder, "closed"), 0o555)
	chmod(t, filepath.Join(p.folder, "reg"), 0o555)
	t.Cleanup(func() {
		chmod(t, filepath.Join(p.folder, "closed"), 0o755)
		chmod(t, filepath.Join(p.folder, "reg"), 0o755)
	})
	for name, c := range map[string]struct {
		args string
		exit int
		want string
	}{
		"a configuration that may not be read": {"run -c secret.yaml", exitUsage, "unreadable: read secret.yaml: permission denied"},
		"an output that may not be written":    {"run --register model --out closed", exitOutside, "no-permission: "},
		"an output within one":                 {"run --no-registry --out closed/a/b", exitOutside, "no-permission: "},
		"a registry that may not be made":      {"run --register model --registry sqlite:closed/registry.db", exitOutside, "read-only"},
		"a registry that may not be written":   {"run --register model --registry sqlite:reg/registry.db --key k", exitOutside, "read-only"},
		"a key that may not be written":        {"keys new closed/k", exitOutside, "no-permission: "},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := p.command(t, strings.Fields(c.args)...)
			if as {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			}
			out, err := cmd.CombinedOutput()
			if got := exitOf(err); got != c.exit {
				t.Fatalf("exit %d, want %d: %v: %s", got, c.exit, err, out)
			}
			if !strings.Contains(string(out), c.want) {
				t.Errorf("it does not say %q: %s", c.want, out)
			}
			for _, made := range []string{"registry.db", "gatecard-out", "../home/gatecard", "closed/registry.db", "closed/a"} {
				if _, err := os.Lstat(filepath.Join(p.folder, made)); err == nil {
					t.Errorf("%s was made", made)
				}
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
