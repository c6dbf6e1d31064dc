package pipeline

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/gatecard/gatecard/evidence"
)

// Origins are what flags say of a version's lineage; empty: not said.
type Origins struct{ Data, Commit, Run, Parent string }

// Lineage joins flags, `lineage:` of the configuration and the git working tree around a folder, flags first. What nobody says stays unknown.
func Lineage(ctx context.Context, flags Origins, c *Config, env func(string) string, folder string) evidence.Lineage {
	var l evidence.Lineage
	if c != nil {
		l.Data, l.Run, l.Parent = c.dataVersion(env), fromEnv(c.Lineage.RunID, env), fromEnv(c.Lineage.Parent, env)
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
	return l
}

func fromEnv(value string, env func(string) string) string {
	if name, ok := strings.CutPrefix(value, "env:"); ok {
		return env(name)
	}
	return value
}

// dataVersion is that of the training data: a text, a variable, or a file's digest.
func (c *Config) dataVersion(env func(string) string) string {
	value := fromEnv(c.Lineage.Data, env)
	if value == "" || value != c.Lineage.Data {
		return value
	}
	if b, err := os.ReadFile(c.path(value)); err == nil {
		return value + " " + string(evidence.DigestOf(b))
	}
	return value
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
