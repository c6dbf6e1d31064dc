package notify

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/schema"
)

func TestConfigCheck(t *testing.T) {
	const file = "slack:\n  channel: ml-risk\n  token_env: xoxb-canary\n"
	d, err := schema.Parse("notify.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config SlackConfig
		code   string // empty: nothing is wrong
		line   int
	}{
		"nothing":                {SlackConfig{}, "", 0},
		"a bot":                  {SlackConfig{Channel: "ml-risk", TokenEnv: "SLACK_BOT_TOKEN"}, "", 0},
		"a webhook":              {SlackConfig{WebhookEnv: "SLACK_HOOK"}, "", 0},
		"a secret in the file":   {SlackConfig{Channel: "ml-risk", TokenEnv: "xoxb-canary"}, "no-variable", 3},
		"an address in the file": {SlackConfig{WebhookEnv: "https://hooks.slack.com/canary"}, "no-variable", 1},
		"no secret":              {SlackConfig{Channel: "ml-risk"}, "missing-key", 1},
		"no channel":             {SlackConfig{TokenEnv: "SLACK_BOT_TOKEN"}, "missing-key", 1},
		"both":                   {SlackConfig{Channel: "ml-risk", TokenEnv: "A", WebhookEnv: "B"}, "two-secrets", 1},
	} {
		t.Run(name, func(t *testing.T) {
			err := Config{Slack: c.config}.Check(d)
			var problems schema.Problems
			if c.code == "" {
				if err != nil {
					t.Errorf("said %v", err)
				}
				return
			}
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Code != c.code || c.code == "no-variable" && c.line == 3 && problems[0].Line != c.line {
				t.Fatalf("said %v, want %s at line %d", err, c.code, c.line)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("repeats the secret: %v", err)
			}
		})
	}
}
