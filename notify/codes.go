package notify

// Codes are this package's problem codes, with what `gatecard explain` says of each.
func Codes() map[string]string {
	return map[string]string{
		"no-variable": "What people are told by needs a secret, and a secret never stands in a file: name the variable of the environment that holds it, " +
			"as in `notify: {slack: {channel: ml-risk, token_env: SLACK_BOT_TOKEN}}`.",
		"two-secrets": "A bot's token and a webhook are two ways to the same place, and only one would be used. Keep the one that you mean.",
	}
}
