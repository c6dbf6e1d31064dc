package notify

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/gatecard/gatecard/schema"
)

// Config is `notify:` of gatecard.yaml: who is told, and which environment variable has the secret for it.
type Config struct {
	Slack SlackConfig `json:"slack,omitzero"`
}

// SlackConfig names a bot's token and its channel, or an incoming webhook, which knows its channel.
type SlackConfig struct {
	Channel    string `json:"channel,omitempty"`     // "ml-risk"
	TokenEnv   string `json:"token_env,omitempty"`   // the environment variable that holds a bot's token: SLACK_BOT_TOKEN
	WebhookEnv string `json:"webhook_env,omitempty"` // the one that holds an incoming webhook's URL
}

// variable is a name of an environment variable, as POSIX has them for users.
var variable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// Check finds what the schema cannot. D is the part of the document under `notify`. A secret that was written where the name of its variable
// belongs is not repeated.
func (c Config) Check(d *schema.Document) error {
	s := c.Slack
	if s == (SlackConfig{}) {
		return nil
	}
	var problems schema.Problems
	add := func(code, message string, at ...any) {
		problems = append(problems, schema.Problem{Position: d.At(at...), Code: code, Message: message})
	}
	for _, v := range []struct{ key, name string }{{"token_env", s.TokenEnv}, {"webhook_env", s.WebhookEnv}} {
		if v.name != "" && !variable.MatchString(v.name) {
			add("no-variable", fmt.Sprintf("%s is the name of an environment variable, in capitals, never the secret itself", v.key), "slack", v.key)
		}
	}
	switch {
	case s.TokenEnv == "" && s.WebhookEnv == "":
		add("missing-key", `slack needs "token_env" with "channel", or "webhook_env"`, "slack")
	case s.TokenEnv != "" && s.WebhookEnv != "":
		add("two-secrets", `slack has "token_env" and "webhook_env": one of them is meant`, "slack")
	case s.TokenEnv != "" && s.Channel == "":
		add("missing-key", `slack needs "channel" beside "token_env"`, "slack")
	}
	return schema.Join(problems)
}

// Readers gives those that c names. Getenv is os.Getenv, or a map's: the environment is read by the caller. A reader whose secret is not there
// is left out, and the error says so: nothing else depends on it.
func Readers(c Config, getenv func(string) string) ([]Reader, error) {
	s := c.Slack
	switch {
	case s.WebhookEnv != "":
		return one(s.WebhookEnv, func(url string) (*Slack, error) { return NewWebhook(s, url) }, getenv)
	case s.TokenEnv != "":
		return one(s.TokenEnv, func(token string) (*Slack, error) { return NewBot(s, token) }, getenv)
	}
	return nil, nil
}

func one(name string, open func(string) (*Slack, error), getenv func(string) string) ([]Reader, error) {
	value := getenv(name)
	if value == "" {
		return nil, fmt.Errorf("slack is not told: %s is not set", name)
	}
	r, err := open(value)
	if err != nil {
		return nil, fmt.Errorf("slack is not told: %s: %w", name, err)
	}
	return []Reader{r}, nil
}

// Errors of a secret that cannot be one. They do not repeat it.
var (
	errToken   = errors.New("it holds no Slack token (they begin with \"xox\"), so it was not sent anywhere")
	errWebhook = errors.New("it holds no webhook's address (https://…), so nothing was sent to it")
)
