package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) auditCommand() *cobra.Command {
	audit := group(&cobra.Command{Use: "audit", Short: "Check and read the audit log"})
	audit.AddCommand(
		&cobra.Command{
			Use:   "verify",
			Short: "Recompute the log and name its first bad record; hold targets and stored files to it",
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
					err = a.json(audited)
				} else {
					fmt.Fprintf(a.stdout, "The audit log holds: %d records, root %s\n", audited.Records, audited.Root)
					for _, f := range audited.Found {
						fmt.Fprintf(a.stdout, "✕ %s: %s\n", f.Code, cards.Line(f.What))
					}
				}
				if err == nil && len(audited.Found) > 0 {
					err = errRefused
				}
				return err
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
