package sqlstore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// TestFailingCalls has single system calls fail, or the process killed in them, while a version is registered, attested and promoted. Whatever
// fails, what was acknowledged is there, and the rest can be healed: P2.
func TestFailingCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	type fault struct {
		call, inject string
		n            int
	}
	var faults []fault
	for _, call := range []string{"fsync", "fdatasync", "pwrite64", "renameat", "openat", "write", "close", "ftruncate", "mkdirat", "unlinkat", "fstat", "pread64"} {
		for n := 1; n <= 24; n++ {
			for _, inject := range []string{"error=EIO", "error=ENOSPC", "signal=KILL"} {
				faults = append(faults, fault{call, inject, n})
			}
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	faults = faults[:min(len(faults), inShort(faultCalls))]
	failed, acked := 0, 0
	for _, f := range faults {
		path := filepath.Join(t.TempDir(), "registry.db")
		if _, err := registrytest.NewWorld(t.Context(), stored(opened(t, path)), "m0"); err != nil {
			t.Fatal(err)
		}
		writer := child(t, "once", path, "m0")
		c := exec.CommandContext(t.Context(), strace, append([]string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + f.call,
			"-e", fmt.Sprintf("inject=%s:%s:when=%d", f.call, f.inject, f.n)}, writer.Args...)...)
		var out, said bytes.Buffer
		c.Env, c.Stdout, c.Stderr = append(writer.Env, "GOMAXPROCS=1"), &out, &said
		if err := c.Run(); err != nil {
			if strings.Contains(said.String(), "ptrace") || strings.Contains(said.String(), "Operation not permitted") {
				t.Skipf("strace may not trace: %s", said.String())
			}
			failed++
		}
		s := opened(t, path)
		lines := strings.SplitAfter(out.String(), "\n")
		for _, line := range lines {
			line, ended := strings.CutSuffix(line, "\n")
			if !ended {
				continue
			}
			acked++
			if err := found(t, s, line); err != nil {
				t.Errorf("%+v: %q was acknowledged: %v (it said %s)", f, line, err, said.String())
			}
		}
		intact(t, s)
		w := registrytest.World{Store: stored(s), Model: "m0"}
		versions, _ := s.Versions(t.Context(), "m0")
		for _, v := range versions {
			if damaged, err := registry.Damage(t.Context(), stored(s), v); err != nil || len(damaged) > 0 {
				t.Errorf("%+v: of %s are damaged %v, %v", f, v, damaged, err)
			}
		}
		if v, err := w.Register(t.Context(), "once more"); err != nil || v.Number != fmt.Sprint(len(versions)+1) {
			t.Errorf("%+v: after %d versions comes %s, %v", f, len(versions), v.Number, err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d faults, %d of them ended the process; %d acknowledged writes, 0 lost", len(faults), failed, acked)
	if failed == 0 || acked == 0 {
		t.Errorf("%d processes failed, %d writes were acknowledged: nothing was tested", failed, acked)
	}
}
