package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) verifyCommand() *cobra.Command {
	var artifacts string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check evidence (evidence.dsse.json) or a dossier (.zip), offline",
		Example: `  gatecard verify gatecard-out/evidence.dsse.json --trust local.key.pub
  gatecard verify gatecard-out/evidence.dsse.json --artifacts model/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var c *pipeline.Config
			if a.keyTrust != "" {
				c = &pipeline.Config{} // offline: what gatecard.yaml says is not asked
			}
			job, err := a.newJob(c)
			if err != nil {
				return err
			}
			verified, err := pipeline.Verify(cmd.Context(), args[0], artifacts, job)
			if err != nil {
				return err
			}
			if a.output == "json" {
				err = a.json(verified)
			} else {
				for _, line := range verified.Lines() {
					fmt.Fprintln(a.stdout, line)
				}
			}
			if err == nil && !verified.OK() {
				err = errRefused
			}
			return err
		},
	}
	cmd.Flags().StringVar(&artifacts, "artifacts", "", "also check that `DIR` holds the very files that were tested")
	return cmd
}
