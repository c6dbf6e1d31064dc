package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/gatecard/gatecard/evidence"
)

// Origins are what flags say of a version's lineage; empty: not said.
type Origins struct{ Data, Commit, Run, Parent string }

// Lineage joins flags, `lineage:` of the configuration and the git working tree around a folder, flags first. What nobody says stays unknown.
func Lineage(ctx context.Context, flags Origins, c *Config, env func(string) string, folder string) (l evidence.Lineage, err error) {
	if c != nil {
		l.Run, l.Parent = fromEnv(c.Lineage.RunID, env), fromEnv(c.Lineage.Parent, env)
		if flags.Data == "" {
			if l.Data, err = c.dataVersion(env); err != nil {
				return l, err
			}
		}
	}
	for _, f := range []struct {
		flag string
		to   *string
	}{{flags.Data, &l.Data}, {flags.Run, &l.Run}, {flags.Parent, &l.Parent}} {
		if f.flag != "" {
			*f.to = f.flag
		}
	}
	l.Commit = flags.Commit
	if l.Commit == "" {
		l.Commit, l.Dirty = workTree(ctx, folder)
	}
	return l, nil
}

func fromEnv(value string, env func(string) string) string {
	if name, ok := strings.CutPrefix(value, "env:"); ok {
		return env(name)
	}
	return value
}

// dataVersion is that of the training data: a text, a variable, or a file's name and digest.
func (c *Config) dataVersion(env func(string) string) (string, error) {
	value := fromEnv(c.Lineage.Data, env)
	if value == "" || strings.HasPrefix(c.Lineage.Data, "env:") {
		return value, nil
	}
	f, err := os.Open(c.path(value))
	if err != nil { // a text, not a file
		if info, e := os.Stat(c.path(value)); e == nil && info.Mode().IsRegular() {
			return "", missing("read the training data's version (lineage: data)", err)
		}
		return value, nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return value, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", missing("read the training data's version (lineage: data)", err)
	}
	return value + " sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

// workTree asks git for the commit around a folder, and whether tracked files differ from it. Where there is no git or no commit, both are unknown.
func workTree(ctx context.Context, folder string) (commit string, dirty bool) {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	commit, err := git("rev-parse", "--verify", "-q", "HEAD")
	if err != nil {
		return "", false
	}
	changed, err := git("status", "--porcelain", "--untracked-files=no")
	return commit, err != nil || changed != ""
}
