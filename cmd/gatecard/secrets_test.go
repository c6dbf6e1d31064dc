package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// canary is in every secret that gatecard can be given: P27.
const canary = "CANARY7f3a"

// TestSecretsStay runs every command, rightly and wrongly, with secrets in the environment, the addresses and the files of keys. None may come
// back: not on the screen, not in a file, not in the registry.
func TestSecretsStay(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for name, value := range map[string]string{
		"HOME": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir(), "CI": "", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": filepath.Join(folder, "summary.md"),
		"GATECARD_KEY": "-----BEGIN " + canary, "SLACK_HOOK": "https://127.0.0.1:1/services/" + canary,
		"SLACK_BOT_TOKEN": "xoxb-" + canary, "AWS_SECRET_ACCESS_KEY": canary, "MLFLOW_TRACKING_TOKEN": canary, "GITHUB_TOKEN": canary,
		"DATABASE_URL": "postgres://u:" + canary + "@h/db", "HTTPS_PROXY": "",
	} {
		t.Setenv(name, value)
	}
	config := "model: m\ntask: binary\nlabel: y\nsampling: deployment\ndata: {path: p.csv, id: id, score: s}\ngates: [{metric: roc_auc, min: 0.5, decide: estimate}]\n"
	for name, text := range map[string]string{
		"gatecard.yaml": config + "notify: {slack: {webhook_env: SLACK_HOOK}}\n",
		"token.yaml":    config + "notify: {slack: {channel: c, token_env: xoxb-" + canary + "}}\n",
		"foreign.yaml":  config + "registry: postgres://u:" + canary + "@h/db\n",
		"p.csv":         "id,y,s\n1,0,0.1\n2,1,0.9\n3,0,0.2\n4,1,0.8\n",
		"model/w.bin":   "w",
		"bad.key":       "-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----\n",
		"text.key":      canary,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	secret := []string{"bad.key", "text.key", "token.yaml", "foreign.yaml"} // they hold it already
	commands := `keys new good.key
run
run --key bad.key --register model
run --key text.key --register model
run --key good.key --register model --promote Production
run --key good.key --version 1 --output json
run -c token.yaml
run -c foreign.yaml
run --registry postgres://u:CANARY7f3a@h/db
audit verify --registry mlflow+http://u:CANARY7f3a@h
registry list
registry show m/1
registry show m/1 --output json
registry history
audit log
audit verify
keys list --output json
policy set --key good.key
policy set
policy show
evaluate --out e
gate
render
register m model
register m model --key text.key
promote m/1 --to Staging
promote m/1 --to Staging --key good.key
rollback m --to Staging --key good.key
recheck m/1 --data p.csv --key good.key
export m/1 --out export
verify gatecard-out/evidence.dsse.json --trust good.key.pub
verify gatecard-out/evidence.dsse.json --trust bad.key
verify gatecard-out/evidence.dsse.json --trust text.key
verify bad.key --trust good.key.pub
init p.csv
explain gate-failed
schema gatecard
version
help`
	codes := map[int]int{}
	for command := range strings.Lines(commands) {
		var stdout, stderr bytes.Buffer
		codes[runAt(t.Context(), time.Now, strings.Fields(command), &stdout, &stderr)]++
		if strings.Contains(stdout.String()+stderr.String(), canary) {
			t.Errorf("gatecard %sshows a secret:\n%s%s", command, &stdout, &stderr)
		}
	}
	if codes[exitBug] > 0 || codes[exitPassed] < 15 || codes[exitUsage] < 5 {
		t.Errorf("exit codes and how often they came: %v: the commands no longer do what they did", codes)
	}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, s := range secret {
			if filepath.Base(path) == s {
				return nil
			}
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(canary)) {
			t.Errorf("%s holds a secret", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
