package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) auditCommand() *cobra.Command {
	audit := group(&cobra.Command{Use: "audit", Short: "Check and read the audit log"})
	audit.AddCommand(
		&cobra.Command{
			Use:   "verify",
			Short: "Recompute the log, and name the first bad record",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				audited, err := pipeline.Audit(cmd.Context(), job)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(audited)
				}
				fmt.Fprintf(a.stdout, "The audit log holds: %d records, root %s\n", audited.Records, audited.Root)
				return nil
			},
		},
		&cobra.Command{
			Use:   "log [NAME]",
			Short: "Print every record as JSON, one a line",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				records, err := pipeline.History(cmd.Context(), job, strings.Join(args, ""))
				if err != nil {
					return err
				}
				for _, r := range records {
					if err := a.json(r); err != nil {
						return err
					}
				}
				return nil
			},
		},
	)
	return audit
}
