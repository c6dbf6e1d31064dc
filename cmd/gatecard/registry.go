package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
)

func (a *app) registryCommand() *cobra.Command {
	reg := group(&cobra.Command{Use: "registry", Short: "What is where, who decided it, and why"})
	reg.AddCommand(
		a.listCommand(),
		&cobra.Command{
			Use:   "show NAME/N",
			Short: "Show one version: files, lineage, targets, evidence",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				l, err := pipeline.Show(cmd.Context(), job, args[0])
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(l)
				}
				for _, line := range pipeline.Lines(l) {
					fmt.Fprintln(a.stdout, line)
				}
				return nil
			},
		},
		&cobra.Command{
			Use:   "history [NAME]",
			Short: "Who decided what, and when, from the audit log",
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
				if a.output == "json" {
					return a.json(records)
				}
				if err := render.History(a.stdout, records, a.options(a.stdout)); err != nil {
					return err
				}
				return a.audited(cmd)
			},
		},
	)
	return reg
}

func (a *app) listCommand() *cobra.Command {
	var metrics []string
	cmd := &cobra.Command{
		Use:   "list [NAME]",
		Short: "List versions, what points at them, and figures of them",
		Example: `  gatecard registry list
  gatecard registry list ma-employment --metric roc_auc --metric "recall for people with a disability"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			all, err := pipeline.List(cmd.Context(), job, strings.Join(args, ""), metrics...)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(all)
			}
			for _, line := range pipeline.Table(all, metrics) {
				fmt.Fprintln(a.stdout, line)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&metrics, "metric", nil, "show a `FIGURE` of each version: \"roc_auc\", or \"recall for men\" (again for more)")
	return cmd
}

// audited checks the log and says so.
func (a *app) audited(cmd *cobra.Command) error {
	audited, err := pipeline.Audit(cmd.Context(), a.job)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "  log: %d records, checked, root %s\n", audited.Records, audited.Root)
	return nil
}
