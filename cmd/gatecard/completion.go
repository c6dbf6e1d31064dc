package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/schema"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "fish", "powershell", "zsh"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that completes commands and flags: " + strings.Join(shells, ", "),
		Example: `  source <(gatecard completion bash)
  gatecard completion zsh > "${fpath[1]}/_gatecard"
  gatecard completion fish | source`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.stdout, true)
			case "fish":
				return root.GenFishCompletion(a.stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.stdout)
			case "zsh":
				return root.GenZshCompletion(a.stdout)
			}
			near := ""
			if s := schema.Suggest(args[0], shells); s != "" {
				near = " (did you mean \"" + s + "\"?)"
			}
			return misuse("there is no completion for %q%s: shells are %s", args[0], near, strings.Join(shells, ", "))
		},
	}
}
