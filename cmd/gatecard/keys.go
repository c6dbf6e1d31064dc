package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) keysCommand() *cobra.Command {
	keys := group(&cobra.Command{Use: "keys", Short: "Make and list signing keys"})
	keys.AddCommand(
		&cobra.Command{
			Use:   "new FILE",
			Short: "Make an ed25519 key: FILE, and FILE.pub for those who verify",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				key, err := pipeline.NewKey(args[0])
				if errors.Is(err, os.ErrExist) {
					return &pipeline.UsageError{Code: "exists", What: args[0] + " or " + args[0] + ".pub is there already, and is not written over"}
				}
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(key.Owner)
				}
				fmt.Fprintf(a.stdout, "%s\nprivate: %s (keep it)\npublic:  %s.pub\n", key.Owner.Subject, args[0], args[0])
				return nil
			},
		},
		&cobra.Command{
			Use:   "list",
			Short: "List the keys that the ledger trusts",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				keys, err := pipeline.Keys(cmd.Context(), job)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(keys)
				}
				for _, k := range keys {
					state := "since " + k.From.Format("2006-01-02 15:04")
					if k.Revoked {
						state += ", revoked"
					}
					fmt.Fprintf(a.stdout, "%s  %s  %s  %s\n", k.ID, strings.Join(k.Roles, ","), cards.Line(k.Owner.Name), state)
				}
				return nil
			},
		},
	)
	return keys
}
